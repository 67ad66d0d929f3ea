//! Who goes when: waves, the test tenant before them, the limit of calls, and the stop rule.

use super::{IN_PLACE, QUICK, load, rehearsed, scenario, text};
use crate::provision::OperationName;
use crate::rehearse::timing::time;
use crate::rehearse::world;
use crate::scenario::{Carried, Code, MemorySources, Unit, load_text};
use crate::units::SimTime;

fn units(cutover: &str) -> Vec<Unit> {
    let world = world::with(&scenario(&text("", cutover, "")), &[], &[]).unwrap();
    world.cutover.unwrap().units
}

#[test]
fn the_test_tenant_goes_first_and_alone_and_who_does_not_go_leaves_its_place() {
    let three = "  prepare: { at: 5s, acceptance: { median: 1s, p95: 1s, longest: 1s } }\n  window: { at: 20s, lasts: 8s, every: 2s, wave: 1, test_tenant: initech }\n";
    let waves = |cutover: &str| -> Vec<(String, usize)> {
        let going = units(cutover).into_iter().filter(|unit| unit.carried_over.is_none());
        going.map(|unit| (unit.tenant, unit.wave)).collect()
    };
    let told = |list: &[(&str, usize)]| list.iter().map(|(t, w)| ((*t).to_owned(), *w)).collect::<Vec<_>>();
    assert_eq!(waves(three), told(&[("initech", 0), ("acme", 1), ("globex", 2)]));
    let two = three.replace("wave: 1", "wave: 2");
    assert_eq!(waves(&two), told(&[("initech", 0), ("acme", 1), ("globex", 1)]));
    let never = three.replace("prepare: { at: 5s,", "prepare: { at: 5s, never: [acme],");
    assert_eq!(waves(&never), told(&[("initech", 0), ("globex", 1)]));
    let short = three.replace("lasts: 8s", "lasts: 3s");
    assert_eq!(waves(&short), told(&[("initech", 0), ("acme", 1)]));
    let over = units(&short).into_iter().find(|unit| unit.tenant == "globex").unwrap();
    assert_eq!(over.carried_over, Some(Carried::WindowOver));
}

#[test]
fn a_wave_begins_only_if_every_attach_of_the_one_before_was_accepted() {
    let cutover =
        "  tenants: [acme, globex]\n  prepare: { at: 5s }\n  window: { at: 20s, lasts: 8s, every: 2s, wave: 1 }\n"
            .replace(
                "prepare: { at: 5s }",
                "prepare: { at: 5s, acceptance: { median: 1s, p95: 1s, longest: 1s } }",
            );
    let attached = |rest: &str| {
        let world = world::with(&scenario(&text("", &cutover, rest)), &[], &[]).unwrap();
        let timing = time(&world, SimTime::ZERO);
        let call = |vbr: &str| {
            timing
                .calls
                .get(&format!("cutover.{vbr}.attach"))
                .map(|call| call.error.is_none())
        };
        (call("acme-vbr"), call("globex-vbr"))
    };
    assert_eq!(attached(""), (Some(true), Some(true)));
    let lock = "provisioning:\n  - { at: 19s, by: cloud, do: Simulator.SetBusinessStatus, with: { InstanceId: acme-vbr-port, BusinessStatus: SecurityLocked } }\n";
    assert_eq!(attached(lock), (Some(false), None));
}

#[test]
fn acceptance_is_a_distribution_with_a_tail_that_each_tenant_takes_its_own_time_of() {
    let cutover = "  prepare: { at: 5s, acceptance: { median: 1h, p95: 2d, longest: 6d, deadline: 6d } }\n  window: { at: 7d, lasts: 1h, wave: 500 }\n";
    let many = text("", cutover, "").replace("duration: 30s", "duration: 8d").replace(
        "tenants:\n  - { name: acme, circuit: one, vlan_id: 101, spec: 50M, legacy: true }\n",
        "tenants:\n  - { name: many, count: 150, circuit: one, vlan_id: 200, spec: 50M, legacy: true }\n",
    );
    let world = world::with(&scenario(&many), &[], &[]).unwrap();
    let timing = time(&world, SimTime::ZERO);
    let at = |unit: &Unit, word: &str| {
        let called = timing.calls.get(&format!("cutover.{}.{word}", unit.vbr))?;
        Some(called.at.as_nanos() / 1_000_000_000)
    };
    let units = &world.cutover.as_ref().unwrap().units;
    let mut takes: Vec<u64> = units
        .iter()
        .filter_map(|unit| Some(at(unit, "confirm")? - at(unit, "create")?))
        .collect();
    takes.sort_unstable();
    assert_eq!(takes.len(), 152);
    let share = |of: u64| takes.iter().filter(|took| **took <= of).count() * 100 / takes.len();
    assert!(
        (40..=60).contains(&share(3_600)),
        "half take an hour at most: {}",
        share(3_600)
    );
    assert!(
        (88..=99).contains(&share(2 * 86_400)),
        "95 of a hundred take two days: {}",
        share(2 * 86_400)
    );
    assert!(takes.iter().all(|took| *took <= 6 * 86_400));
    assert!(takes[151] > 86_400, "there is a tail: {takes:?}");
    assert!(units.iter().all(|unit| at(unit, "attach").is_some()));
}

#[test]
fn a_cutover_keeps_to_the_limit_of_calls_and_questions_count() {
    let cutover = "  prepare: { at: 5s, acceptance: { median: 1s, p95: 1s, longest: 1s } }\n  window: { at: 20s, lasts: 8s, poll: 1s }\n";
    let asks = "  - { at: 19500ms, by: telecom, do: AttachVbrToVpconn, dry_run: true, with: { VbrId: acme-vbr, VpconnId: acme-vbr-port } }\n";
    let rest = format!("provisioning:\n{}", asks.repeat(3));
    let limited = text("", cutover, &rest).replace(
        "duration: 30s",
        "duration: 100s\napi_limit: { calls: 3, per: 10s, retry: 1s }",
    );
    let world = world::with(&scenario(&limited), &[], &[]).unwrap();
    let timing = time(&world, SimTime::ZERO);
    assert!(
        timing.calls.values().all(|call| call.error.is_none()),
        "a throttled call is tried again"
    );
    let units = &world.cutover.as_ref().unwrap().units;
    let steps = units.iter().flat_map(|unit| &unit.steps);
    let attaches = steps.filter(|step| step.operation == OperationName::AttachVbrToVpconn);
    let at: Vec<u64> = attaches
        .map(|step| timing.calls[&step.name].at.as_nanos() / 1_000_000)
        .collect();
    assert_eq!(at.len(), 3);
    assert!(
        at.iter().all(|at| (29_500..31_500).contains(at)),
        "three calls of the kind were made at 19.5 s: {at:?}"
    );
}

#[test]
fn a_cutover_that_cannot_be_is_refused_where_it_stands() {
    let refused = |cutover: &str| {
        let refused = load_text("small.yaml", text("", cutover, ""), &MemorySources::new());
        refused.expect_err(cutover).errors[0].code
    };
    for (from, to, code) in [
        ("[acme, globex]", "[nobody]", Code::Dangling),
        ("[acme, globex]", "[acme, acme]", Code::DuplicateName),
        ("[acme, globex]", "[telecom]", Code::Needed),
        ("prepare: { at: 5s", "prepare: { at: 25s", Code::TimeOrder),
        ("median: 1s", "median: 9s", Code::TimeOrder),
        ("lasts: 8s", "lasts: 8s, wave: 0", Code::Zero),
        ("lasts: 8s", "lasts: 8s, hold: [nothing]", Code::Dangling),
        ("lasts: 8s", "lasts: 8s, test_tenant: nobody", Code::Dangling),
    ] {
        let cutover = IN_PLACE.replace(from, to);
        assert_ne!(cutover, IN_PLACE);
        assert_eq!(refused(&cutover), code, "{to}");
    }
}

#[test]
fn a_run_of_a_scenario_with_a_cutover_converts_what_it_says_and_a_world_without_it_has_none_of_its_steps() {
    let lean = "provisioning:\n  - { at: 12s, step: leans, after: [{ step: cutover.acme-vbr.create }], by: telecom, do: AttachVbrToVpconn, with: { VbrId: acme-vbr, VpconnId: acme-vbr-port } }\n  \
                - { at: 13s, after: [{ step: leans }], by: acme, do: OpenPhysicalConnectionService }\n";
    let loaded = load(&text("", IN_PLACE, lean));
    let own = loaded
        .expanded
        .steps()
        .filter(|(_, step)| step.step.as_ref().is_some_and(|n| n.0.starts_with("cutover.")));
    assert_eq!(own.count(), 6);
    let scenario = loaded.cutover.unwrap();
    let cutover = world::with(&scenario, &[], &[]).unwrap().cutover.unwrap();
    let quiet = world::without(&scenario, &cutover, &[], &[]).unwrap();
    assert!(quiet.cutover.is_none());
    assert_eq!(
        quiet.plan.steps.len(),
        15,
        "three tenants with five steps each, and nothing that leans on the cutover"
    );
    let rehearsal = rehearsed(&text("", IN_PLACE, ""), QUICK);
    let names: Vec<&str> = rehearsal.runs[0].steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names.len(), 6, "{names:?}");
}
