//! Known faults are injected into healthy worlds, and somebody notices.

use std::collections::BTreeSet;
use std::path::Path;

use trunklab::check::Verdict;
use trunklab::scenario::{MemorySources, Plan, load_text};
use trunklab::study::isolate;
use trunklab::study::mutants::{Engine, FAULTS, Fault, Injection, Outcome, engines, run, survivors};

fn plan(name: &str) -> Plan {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    let text = std::fs::read_to_string(path).expect("a shipped scenario");
    load_text(name, text, &MemorySources::new()).expect("it loads").plan
}

fn only(ids: &[&str]) -> Vec<Fault> {
    FAULTS.iter().filter(|fault| ids.contains(&fault.id)).copied().collect()
}

#[test]
fn the_catalogue_is_in_order_each_fault_once_with_a_sentence_and_a_source() {
    assert!(FAULTS.is_sorted_by(|a, b| order(a.id) < order(b.id)));
    for fault in FAULTS {
        assert!(fault.what.len() > 15 && fault.source.len() > 5, "{}", fault.id);
    }
}

/// Devices, configurations, migrations, the physical layer.
fn order(id: &str) -> (usize, &str) {
    ("MCTP".find(&id[..1]).expect("a known kind"), id)
}

#[test]
fn the_catalogue_has_every_fault_of_the_list_that_it_was_made_from() {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/faults.tsv");
    let Ok(text) = std::fs::read_to_string(list) else {
        eprintln!("skipped: the list of faults is not here");
        return;
    };
    let listed: BTreeSet<_> = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split('\t').next())
        .collect();
    let known: BTreeSet<_> = FAULTS.iter().map(|fault| fault.id).collect();
    assert_eq!(known, listed);
}

#[test]
fn an_injection_changes_the_plan_or_says_why_it_cannot() {
    let healthy = plan("isolation/two-tenants-one-circuit.yaml");
    for fault in FAULTS {
        match fault.injection.apply(&healthy) {
            Ok((world, how)) => {
                assert_ne!(format!("{world:?}"), format!("{healthy:?}"), "{}", fault.id);
                assert!(!how.is_empty(), "{}", fault.id);
            }
            Err(why) => assert!(why.len() > 15, "{}: {why}", fault.id),
        }
    }
}

#[test]
fn the_checks_of_a_scenario_notice_faults_of_every_mechanism_and_none_in_the_healthy_world() {
    let healthy = plan("isolation/two-tenants-one-circuit.yaml");
    let checks: Vec<Engine> = engines().into_iter().filter(|engine| engine.name == "checks").collect();
    let faults = only(&["M11", "C01", "C03", "P06", "T01"]);
    let matrix = run(&healthy, &faults, &checks, |_| {});
    assert_eq!(matrix.false_alarms(), Vec::<String>::new());
    let killed = |id: &str| {
        let found = matrix.outcomes.iter().find(|(fault, _)| *fault == id);
        match &found.expect("it was tried").1 {
            Outcome::Injected { alarms, .. } => alarms["checks"].iter().cloned().collect::<Vec<_>>().join(" "),
            Outcome::NotApplicable(_) => "not applicable".to_owned(),
        }
    };
    assert_eq!(killed("M11"), "continuity reachability");
    assert_eq!(killed("C01"), "continuity isolation reachability");
    assert_eq!(killed("C03"), "provisioning");
    assert_eq!(killed("P06"), "continuity");
    assert_eq!(killed("T01"), "not applicable");
    assert!(survivors(&[matrix]).is_empty());
}

#[test]
fn a_fault_that_nobody_looks_for_survives_and_is_listed() {
    let healthy = plan("isolation/two-tenants-one-circuit.yaml");
    let blind = Engine {
        name: "blind",
        alarms: |_| Ok(BTreeSet::new()),
        able: |_| BTreeSet::from(["nothing".to_owned()]),
    };
    let matrix = run(&healthy, &only(&["C01", "T01"]), &[blind], |_| {});
    assert_eq!(matrix.idle()["blind"], BTreeSet::from(["nothing".to_owned()]));
    assert_eq!(survivors(&[matrix]), BTreeSet::from(["C01"]));
}

#[test]
fn an_alarm_of_the_healthy_world_kills_nothing_and_is_a_false_alarm() {
    let healthy = plan("isolation/two-tenants-one-circuit.yaml");
    let nervous = Engine {
        name: "nervous",
        alarms: |_| Ok(BTreeSet::from(["wolf".to_owned()])),
        able: |_| BTreeSet::new(),
    };
    let matrix = run(&healthy, &only(&["C01"]), &[nervous], |_| {});
    assert_eq!(matrix.false_alarms(), ["nervous raises wolf in the healthy world"]);
    assert_eq!(survivors(&[matrix]), BTreeSet::from(["C01"]));
}

#[test]
fn every_planted_fault_of_the_catalogue_is_a_quirk_that_a_scenario_can_name() {
    for fault in FAULTS {
        if let Injection::Quirk(quirk) = fault.injection {
            assert_eq!(quirk.as_str().parse(), Ok(quirk), "{}", fault.id);
        }
    }
}

#[test]
fn frames_that_no_host_sends_show_the_faults_that_no_check_of_a_run_sees() {
    let healthy = plan("isolation/two-tenants-one-circuit.yaml");
    let meant = [
        ("M03", "X-01"),
        ("M04", "L-06"),
        ("M05", "T-08"),
        ("M12", "I-03"),
        ("M33", "V-01"),
        ("M34", "T-04"),
        ("M43", "V-01"),
    ];
    for (id, vector) in meant {
        let [fault] = only(&[id])[..] else {
            panic!("{id} is listed")
        };
        let (world, _) = fault.injection.apply(&healthy).expect("it has a place here");
        let verdict = |plan: &Plan| {
            let options = isolate::Options {
                vectors: vec![vector.to_owned()],
                minimised: 0,
                ..isolate::Options::default()
            };
            isolate::run(plan, &options, &|_, _| {}).expect("a testbed").verdict
        };
        assert_eq!(verdict(&world), Verdict::Fail, "{id} by {vector}");
        assert_eq!(verdict(&healthy), Verdict::Pass, "healthy by {vector}");
    }
}
