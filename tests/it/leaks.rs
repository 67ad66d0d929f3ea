//! The cause of leaks: whatever is named, putting it right does what is told of it.

use std::collections::BTreeSet;

use trunklab::prove::{Snapshots, quiet};
use trunklab::scenario::{Edit, Expanded, Loaded, MemorySources, Plan, SourceError, Sources, load, load_text};
use trunklab::study::{Proof, Proven, prove_snapshot, prove_throughout};
use trunklab::swarm::{SoundBounds, draw_sound};
use trunklab::why::leaks::{LeakCauses, of_proof, of_run};

use crate::shared_inputs;

fn proved(plan: &Plan, throughout: bool) -> Proof {
    let plan = quiet(plan);
    let mut timeline = Snapshots::new(&plan).expect("a plan that exists can be run");
    let proof = if throughout {
        prove_throughout(&plan, &mut timeline, |_, _, _| {})
    } else {
        timeline.run(plan.end);
        prove_snapshot(&plan, &timeline.snapshot())
    };
    timeline.finish();
    proof.expect("the model has room")
}

/// The scenario with everything that was named put right.
fn healed(expanded: &Expanded, causes: &LeakCauses) -> Plan {
    let changes = causes.causes.iter().flat_map(|cause| &cause.changes);
    let mut edits: Vec<Edit> = Vec::new();
    for edit in changes.flat_map(|change| &change.heal) {
        if !edits.contains(edit) {
            edits.push(edit.clone());
        }
    }
    let edited = expanded.edit(&edits).expect("what was tried can be made");
    edited.resolve().expect("what was tried means something")
}

/// Puts right what is named, proves again, and holds that against what is told; `None`: it does not leak.
fn held(name: &str, loaded: &Loaded, throughout: bool) -> Option<LeakCauses> {
    let Loaded { plan, expanded, .. } = loaded;
    let proof = proved(plan, throughout);
    let causes = of_proof(expanded, plan, &proof, throughout, 2).expect("a plan that exists can be run");
    let Some(causes) = causes else {
        assert_ne!(
            proof.verdict,
            Proven::Leaks,
            "{name}: a leak has a cause, or none that was found"
        );
        return None;
    };
    assert_eq!(proof.verdict, Proven::Leaks, "{name}");
    let after = proved(&healed(expanded, &causes), throughout);
    assert_eq!(causes.healed.verdict, after.word(), "{name}: {causes:#?}");
    let left = after.verdict == Proven::Leaks;
    if throughout {
        assert!(causes.remains == 0 || left, "{name}: {causes:#?}");
    } else {
        assert_eq!(causes.remains > 0, left, "{name}: {causes:#?}");
    }
    let closed: u64 = causes.causes.iter().map(|cause| cause.closes).sum();
    assert!(closed <= causes.total, "{name}: {causes:#?}");
    assert!(causes.remains > 0 || closed == causes.total, "{name}: {causes:#?}");
    Some(causes)
}

/// The lines that are named, in order, each with its column.
fn lines(causes: &LeakCauses) -> Vec<(u32, u32)> {
    let changes = causes.causes.iter().flat_map(|cause| &cause.changes);
    changes.map(|change| (change.wrote.line, change.wrote.column)).collect()
}

fn shipped(name: &str) -> String {
    let path = format!("{}/scenarios/isolation/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("a shipped scenario")
}

/// Line and column, from 1, at which the value of this text begins.
fn place(text: &str, needle: &str) -> (u32, u32) {
    let mut lines = text.lines().zip(1..);
    let (line, number) = lines.find(|(line, _)| line.contains(needle)).expect("it is written");
    let column = line.find(needle).expect("it is there") + needle.find(": ").expect("a value") + 2;
    // Of a list, where its first VLAN stands.
    let column = column + usize::from(needle.contains(": ["));
    (number, u32::try_from(column + 1).expect("a short line"))
}

#[test]
fn each_shipped_scenario_that_leaks_names_the_lines_that_made_it_and_is_proved_without_them() {
    for (name, needles, verdict) in [
        ("native-vlan-mismatch", &["native_vid_b: 102"][..], "PROVED"),
        ("unpruned-trunk", &["unpruned: true"], "PROVED"),
        // The VLAN that goes untagged at both ends of a circuit has to go at both.
        (
            "default-vlan",
            &[
                "profile: ieee-default",
                "default_vlan: 1 }",
                "region: cn-shanghai, default_vlan: 1",
            ],
            "PROVED",
        ),
        ("planted-leak", &["misconnect: ap-east"], "PROVED"),
        // A list at the other end lacks a VLAN, which leaks nothing and still keeps its tenant out.
        (
            "wrong-vlan-list",
            &["allowed_vids: [100]", "allowed_vids: [100-199]"],
            "INCONC",
        ),
    ] {
        let text = shipped(name);
        let loaded = load_text(name, text.clone(), &MemorySources::new()).expect("it loads");
        let causes = held(name, &loaded, false).expect("it leaks");
        let told: BTreeSet<u32> = lines(&causes).into_iter().map(|(line, _)| line).collect();
        let wanted: BTreeSet<u32> = needles.iter().map(|needle| place(&text, needle).0).collect();
        assert_eq!(told, wanted, "{name}: {causes:#?}");
        let first = place(&text, needles[0]);
        assert!(lines(&causes).contains(&first), "{name}: {first:?} in {causes:#?}");
        assert_eq!((causes.remains, causes.healed.verdict), (0, verdict), "{name}");
        assert!(causes.is_smallest, "{name}");
        let beside = causes.healed.beside.as_ref().map(|change| change.what.as_str());
        let wanted = (verdict == "INCONC").then_some("the list of circuit-1 at its `b` end lacks VLAN 101");
        assert_eq!(beside, wanted, "{name}");
    }
}

#[test]
fn whatever_is_named_in_a_shipped_scenario_does_what_is_told_of_it() {
    let folder = format!("{}/scenarios/isolation", env!("CARGO_MANIFEST_DIR"));
    let mut leaky = 0;
    for entry in std::fs::read_dir(folder).expect("the shipped scenarios") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let name = name.expect("a name");
        if name.starts_with("full-circuit") {
            continue; // healthy, and large
        }
        let loaded = load_text(&name, shipped(&name), &MemorySources::new()).expect("it loads");
        for throughout in [false, true] {
            leaky += u32::from(held(&name, &loaded, throughout).is_some());
        }
    }
    assert!(leaky >= 10, "{leaky} are few");
}

/// The shared folder.
struct Shared;

impl Sources for Shared {
    fn read(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        std::fs::read(shared_inputs::path(path)).map_err(|e| SourceError::Io(e.to_string()))
    }
}

#[test]
fn whatever_is_named_in_the_shared_cases_does_what_is_told_of_it() {
    if shared_inputs::read("cases/answers.tsv").is_none() {
        return;
    }
    let mut leaky = 0;
    for folder in [
        "02-access-port-is-open-trunk",
        "27-blame-by-planted-fault",
        "28-shipped-leak-blame",
        "29-can-the-cloud-be-named",
        "45-controls",
    ] {
        let entries = std::fs::read_dir(shared_inputs::path(&format!("cases/{folder}"))).expect("the folder");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.retain(|name| name.ends_with(".yaml"));
        names.sort_unstable();
        for name in names {
            let path = format!("cases/{folder}/{name}");
            let Ok(loaded) = load(&path, &Shared) else { continue };
            let Some(causes) = held(&path, &loaded, false) else {
                continue;
            };
            leaky += 1;
            if folder.starts_with("27-") {
                names_the_fault(&path, &causes);
            }
        }
    }
    assert!(leaky >= 8, "{leaky} are few");
}

/// Where a fault is planted, and frames leak, its line is named and its stage, and no other.
fn names_the_fault(path: &str, causes: &LeakCauses) {
    let changes = causes.causes.iter().flat_map(|cause| &cause.changes);
    for change in changes {
        assert!(change.what.contains("is planted in it"), "{path}: {change:?}");
        assert!(change.stage.is_some(), "{path}: {change:?}");
    }
    assert_eq!(
        (causes.remains, causes.healed.verdict),
        (0, "PROVED"),
        "{path}: {causes:#?}"
    );
}

#[test]
fn whatever_is_named_in_random_worlds_does_what_is_told_of_it() {
    let bounds = SoundBounds {
        tenants: (2, 4),
        ..SoundBounds::default()
    };
    let mut leaky = 0;
    for seed in 1..=40 {
        let text = draw_sound(seed, &bounds).draft.yaml();
        let name = format!("sound {seed}");
        let loaded = load_text(&name, text, &MemorySources::new()).expect("it loads");
        if let Some(causes) = held(&name, &loaded, false) {
            leaky += 1;
            assert_eq!(
                causes.remains, 0,
                "every leak of a sound world is some profile's or setting's: {causes:#?}"
            );
        }
    }
    assert!(leaky >= 4, "{leaky} of 40 worlds leak, which shows little");
}

#[test]
fn what_is_named_does_not_depend_on_the_threads() {
    let text = shipped("default-vlan");
    let loaded = load_text("default-vlan", text, &MemorySources::new()).expect("it loads");
    let proof = proved(&loaded.plan, false);
    let on = |jobs| of_proof(&loaded.expanded, &loaded.plan, &proof, false, jobs).expect("it can be run");
    assert_eq!(on(1), on(5));
}

#[test]
fn a_run_that_leaks_names_the_line_and_one_that_does_not_names_nothing() {
    let text = shipped("planted-leak");
    let loaded = load_text("planted-leak", text.clone(), &MemorySources::new()).expect("it loads");
    let record = trunklab::run(&loaded.plan).expect("it can be run");
    let causes = of_run(&loaded.expanded, &loaded.plan, &record, 2).expect("it can be run");
    let causes = causes.expect("it leaks");
    assert_eq!(lines(&causes), [place(&text, "misconnect: ap-east")]);
    assert_eq!((causes.total, causes.remains), (12_202, 0));
    assert_eq!(causes.healed.verdict, "PROVED");
    let plan = healed(&loaded.expanded, &causes);
    let record = trunklab::run(&plan).expect("it can be run");
    assert!(record.isolation.leaks().is_empty());
    assert_eq!(of_run(&loaded.expanded, &plan, &record, 2), Ok(None));
}
