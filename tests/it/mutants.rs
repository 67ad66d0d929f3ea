//! Known faults are injected into healthy worlds, and somebody notices.

use std::collections::BTreeSet;
use std::path::Path;

use trunklab::check::Verdict;
use trunklab::isolate;
use trunklab::mutants::{
    Bounds, Engine, FAULTS, Fault, Heard, Injection, Matrix, Outcome, Standing, Study, engines, run,
};
use trunklab::report::Format;
use trunklab::report::mutants::{MutantsReport, document};
use trunklab::scenario::{Loaded, MemorySources, Plan, load_text};

fn world(name: &str) -> Loaded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    let text = std::fs::read_to_string(path).expect("a shipped scenario");
    load_text(name, text, &MemorySources::new()).expect("it loads")
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
    let Some(octets) = crate::shared_inputs::read("faults.tsv") else {
        return;
    };
    let text = String::from_utf8(octets).expect("a list of text");
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
    let healthy = world("isolation/two-tenants-one-circuit.yaml");
    for fault in FAULTS {
        match fault.injection.apply(&healthy) {
            Ok((world, how)) => {
                assert_ne!(format!("{world:?}"), format!("{:?}", healthy.plan), "{}", fault.id);
                assert!(!how.is_empty(), "{}", fault.id);
            }
            Err(why) => assert!(why.len() > 15, "{}: {why}", fault.id),
        }
    }
}

const BOUNDS: Bounds = Bounds {
    jobs: 2,
    everywhere: false,
};

fn study(plans: &[Loaded], faults: &[Fault], engines: &[Engine]) -> Study {
    run(plans, faults, engines, BOUNDS, &|_| {})
}

fn by_name(name: &str) -> Vec<Engine> {
    engines().into_iter().filter(|engine| engine.name == name).collect()
}

/// What `engine` noticed of a fault in a world.
fn alarms(world: &Matrix, id: &str, engine: &str) -> String {
    let found = world.outcomes.iter().find(|(fault, _)| *fault == id);
    match &found.expect("it was listed").1 {
        Outcome::Injected { alarms, .. } => {
            let heard = alarms.get(engine).into_iter().flatten().cloned();
            heard.collect::<Vec<_>>().join(" ")
        }
        Outcome::NotApplicable(_) => "not applicable".to_owned(),
        Outcome::Spared => "not tried".to_owned(),
    }
}

#[test]
fn the_checks_of_a_scenario_notice_faults_of_every_mechanism_and_none_in_the_healthy_world() {
    let healthy = [world("isolation/two-tenants-one-circuit.yaml")];
    let faults = only(&["M11", "C01", "C03", "P06", "T06"]);
    let study = study(&healthy, &faults, &by_name("checks"));
    assert_eq!(study.false_alarms(), vec![]);
    let killed = |id: &str| alarms(&study.worlds[0], id, "checks");
    assert_eq!(killed("M11"), "continuity reachability");
    assert_eq!(killed("C01"), "continuity isolation reachability");
    assert_eq!(killed("C03"), "provisioning");
    assert_eq!(killed("P06"), "continuity");
    assert_eq!(killed("T06"), "not applicable");
    assert!(study.survivors().is_empty());
    assert_eq!(study.standing(&only(&["T06"])[0]), Standing::Open);
}

fn heard(able: &[&str], alarms: &[&str]) -> Heard {
    let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    Heard {
        able: all(able),
        alarms: all(alarms),
    }
}

#[test]
fn a_fault_that_nobody_looks_for_survives_and_is_listed() {
    let healthy = [world("isolation/two-tenants-one-circuit.yaml")];
    let blind = Engine {
        name: "blind",
        ask: |_, _| Ok(heard(&["nothing"], &[])),
    };
    let study = study(&healthy, &only(&["C01", "T06"]), &[blind]);
    assert_eq!(study.idle()["blind"], BTreeSet::from(["nothing".to_owned()]));
    assert_eq!(study.survivors(), BTreeSet::from(["C01"]));
    assert!(!study.kills());
}

#[test]
fn an_alarm_of_the_healthy_world_kills_nothing_and_is_a_false_alarm() {
    let healthy = [world("isolation/two-tenants-one-circuit.yaml")];
    let nervous = Engine {
        name: "nervous",
        ask: |_, _| Ok(heard(&[], &["wolf"])),
    };
    let study = study(&healthy, &only(&["C01"]), &[nervous]);
    let alarm = "nervous raises wolf in the healthy world".to_owned();
    assert_eq!(study.false_alarms(), vec![("two-tenants-one-circuit", alarm)]);
    assert_eq!(study.survivors(), BTreeSet::from(["C01"]));
}

/// Notices every fault where VLANs share a database, and says so by the world's own number of tenants.
fn of_twins() -> Engine {
    Engine {
        name: "twins",
        ask: |plan, _| match plan.name.starts_with("same") {
            true if format!("{:?}", plan.nodes).contains("Shared") => Ok(heard(&["a", "b"], &["a"])),
            _ => Ok(heard(&["a", "b"], &[])),
        },
    }
}

#[test]
fn a_fault_is_killed_where_any_world_kills_it_and_not_applicable_where_none_has_a_place_for_it() {
    let worlds = vec![
        world("isolation/two-tenants-one-circuit.yaml"),
        world("isolation/same-mac.yaml"),
        world("isolation/mac-flood.yaml"),
    ];
    let faults = only(&["M16", "M22", "C01"]);
    let study = study(&worlds, &faults, &[of_twins()]);
    let standing: Vec<_> = faults.iter().map(|fault| study.standing(fault)).collect();
    assert!(
        matches!(&standing[0], Standing::NotApplicable(why) if why.contains("IP header")),
        "{standing:?}"
    );
    assert!(
        matches!(&standing[1], Standing::Killed(by) if by.contains_key("twins")),
        "{standing:?}"
    );
    assert!(matches!(&standing[2], Standing::Survived(_)), "{standing:?}");
    assert_eq!(study.killers("M22").collect::<Vec<_>>(), ["same-mac"]);
    assert_eq!(
        study.idle()["twins"],
        BTreeSet::from(["b".to_owned()]),
        "`a` killed something somewhere"
    );
    assert_eq!(alarms(&study.worlds[0], "M22", "twins"), "not applicable");
}

#[test]
fn a_world_that_is_unwell_by_its_own_expectations_is_left_out_and_named() {
    let study = study(
        &[world("isolation/unpruned-trunk.yaml")],
        &only(&["C01"]),
        &[of_twins()],
    );
    assert!(study.worlds.is_empty() && !study.kills());
    let [(name, why)] = &study.left_out[..] else {
        panic!("{:?}", study.left_out)
    };
    assert_eq!(name, "unpruned-trunk");
    assert!(why.starts_with("line 28 expects"), "{why}");
}

#[test]
fn large_worlds_get_the_faults_that_no_smaller_one_has_killed_or_all_where_that_is_asked() {
    let notices = Engine {
        name: "some",
        ask: |plan, _| {
            let one_icmp = format!("{:?}", plan.nodes).contains("icmp: Some(Limit { per_second: 1,");
            Ok(heard(
                &["icmp"],
                if one_icmp && plan.tenants.len() < 10 {
                    &["icmp"]
                } else {
                    &[]
                },
            ))
        },
    };
    let worlds = [
        world("isolation/full-circuit-200x50m.yaml"),
        world("isolation/two-tenants-one-circuit.yaml"),
    ];
    let faults = only(&["C01", "C07"]);
    let some = run(&worlds, &faults, &[notices], BOUNDS, &|_| {});
    assert_eq!(
        some.worlds[0].scenario, "full-circuit-200x50m",
        "in the order in which they were given"
    );
    let large = |study: &Study| ["C01", "C07"].map(|id| alarms(&study.worlds[0], id, "some"));
    assert_eq!(large(&some), ["", "not tried"]);
    let every = Bounds {
        everywhere: true,
        ..BOUNDS
    };
    let every = run(&worlds, &faults, &[notices], every, &|_| {});
    assert_eq!(large(&every), ["", ""]);
    assert!(some.worlds[0].share.attackers < some.worlds[1].share.attackers);
}

#[test]
fn the_same_is_found_on_one_thread_and_on_three() {
    let worlds = [
        world("isolation/two-tenants-one-circuit.yaml"),
        world("isolation/same-mac.yaml"),
    ];
    let faults = only(&["M22", "C01", "T06"]);
    let found = |jobs| {
        let bounds = Bounds { jobs, ..BOUNDS };
        let study = run(&worlds, &faults, &by_name("checks"), bounds, &|_| {});
        let document = document(MutantsReport {
            study: &study,
            not_run: &[],
            warnings: &[],
        });
        let text = document.render(Format::Text { verbose: true });
        (text, document.render(Format::Json))
    };
    let once = found(1);
    assert_eq!(once, found(3));
    assert!(
        once.0
            .contains("2 worlds, 3 faults: 2 killed, 0 survived, 0 not applicable, 1 open"),
        "{}",
        once.0
    );
}

#[test]
fn faults_of_learning_are_killed_in_a_scenario_that_learns_and_have_no_place_elsewhere() {
    let worlds = [
        world("isolation/same-mac.yaml"),
        world("isolation/two-tenants-one-circuit.yaml"),
    ];
    let study = study(&worlds, &only(&["M22", "M23", "M37"]), &by_name("suite"));
    assert_eq!(study.false_alarms(), vec![]);
    for (id, vector) in [("M22", "F-01"), ("M23", "F-08"), ("M37", "F-09")] {
        let heard = alarms(&study.worlds[0], id, "suite");
        assert!(heard.split(' ').any(|alarm| alarm == vector), "{id}: {heard}");
        assert_eq!(alarms(&study.worlds[1], id, "suite"), "not applicable");
    }
}

#[test]
fn every_planted_fault_of_the_catalogue_is_a_quirk_that_a_scenario_can_name() {
    for fault in FAULTS {
        if let Injection::Quirk(quirk) | Injection::Learner(quirk) = fault.injection {
            assert_eq!(quirk.as_str().parse(), Ok(quirk), "{}", fault.id);
        }
    }
}

#[test]
fn frames_that_no_host_sends_show_the_faults_that_no_check_of_a_run_sees() {
    let healthy = world("isolation/two-tenants-one-circuit.yaml");
    let meant = [
        ("M03", "X-01"),
        ("M04", "L-06"),
        ("M05", "T-08"),
        ("M12", "I-03"),
        ("M14", "I-06"),
        ("M27", "T-02"),
        ("M33", "V-01"),
        ("M34", "T-04"),
        ("M42", "S-01"),
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
                random: Some(200),
                ..isolate::Options::default()
            };
            isolate::run(plan, &options, &|_, _| {}).expect("a testbed").verdict
        };
        assert_eq!(verdict(&world), Verdict::Fail, "{id} by {vector}");
        assert_eq!(verdict(&healthy.plan), Verdict::Pass, "healthy by {vector}");
    }
}

#[test]
fn migration_faults_within_reach_are_killed_by_the_checks_of_a_conversion() {
    let healthy = [world("migration/in-place-with-traffic.yaml")];
    let faults = only(&["T01", "T02", "T04", "T07"]);
    let study = study(&healthy, &faults, &by_name("checks"));
    assert_eq!(study.false_alarms(), vec![]);
    for id in ["T01", "T02", "T04", "T07"] {
        assert!(alarms(&study.worlds[0], id, "checks").contains("continuity"), "{id}");
    }
    assert!(study.survivors().is_empty());
}
