//! A violation is a scenario: it loads, runs, and shows at its end what was found.

use super::*;
use crate::scenario::MemorySources;

fn oversold() -> Violation {
    let group = joint(explore_world(
        &world(2, 200, &[("sum_of_specs", "unenforced")], bounds(1, 1)),
        &TheLaw,
    ));
    assert_eq!(group.violations.len(), 1);
    group.violations.into_iter().next().unwrap()
}

#[test]
fn a_violation_is_the_shortest_sequence_and_a_scenario_that_replays_it() {
    let violation = oversold();
    assert_eq!(violation.invariant, Invariant::SpecSum);
    assert_eq!(
        line(&violation.sequence),
        "create the port, create the port, order more bandwidth"
    );
    let text = violation.scenario.expect("it can be replayed");
    let loaded = crate::load("found.yaml", &MemorySources::new().with("found.yaml", text.as_str()))
        .unwrap_or_else(|e| panic!("{e:?}\n{text}"));
    let record = crate::run(&loaded.plan).unwrap();
    assert!(
        record.cloud.steps.iter().all(|step| step.error.is_none()),
        "{:?}\n{text}",
        record.cloud.steps
    );
    let (id, circuit) = record.cloud.law.circuits().next().unwrap();
    assert_eq!(
        (circuit.allocated_mbps(), circuit.bandwidth_mbps),
        (300, 200),
        "{id} is oversold at the end"
    );
}

#[test]
fn a_plan_is_explored_from_the_state_that_its_steps_set_up() {
    let text = oversold().scenario.unwrap();
    let loaded = crate::load("found.yaml", &MemorySources::new().with("found.yaml", text.as_str())).unwrap();
    let exploration = explore(&loaded.plan, &bounds(1, 1));
    assert_eq!(exploration.verdict(), Verdict::Fail);
    let group = joint(exploration);
    assert_eq!(group.tenants, ["tenant-1", "tenant-2"]);
    assert_eq!(line(&group.violations[0].sequence), line(&oversold().sequence));
}

#[test]
fn a_shipped_conversion_is_explored_beside_a_tenant_that_takes_no_part() {
    let name = "legacy-to-shared-port.yaml";
    let text = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/scenarios/migration/legacy-to-shared-port.yaml"
    ));
    let loaded = crate::load(name, &MemorySources::new().with(name, text)).unwrap();
    let law = foundation(&loaded.plan);
    assert_eq!(law.ports().count(), 1, "globex has its port, acme has none yet");
    let exploration = explore(&loaded.plan, &bounds(1, 1));
    assert_eq!(exploration.verdict(), Verdict::Pass, "{:?}", shown(&exploration));
    let group = only(exploration);
    assert_eq!((group.tenants, group.speaks_for.len()), (vec!["acme".to_owned()], 0));
    assert_eq!(
        group.states, 197,
        "its world has no account for the cloud, which acts all the same"
    );
}
