//! Half-done states, ways back, the price of waiting and interleavings, of a cutover's own VBRs.

use super::{IN_PLACE, QUICK, load, rehearsed, scenario, text};
use crate::check::Verdict;
use crate::rehearse::before::Before;
use crate::rehearse::explore::{Bounds, Invariant};
use crate::rehearse::states::HalfDone;
use crate::rehearse::ways_back::{Rebuild, Step};
use crate::rehearse::{AnewTold, Options, WayTold, undone, world};
use crate::scenario::{Code, MemorySources, load_text};
use crate::units::SimDuration;

const BROKEN: &str = "  tenants: [acme]\n  strategy: break_before_make\n  prepare: { at: 5s }\n  \
     window: { at: 10s, lasts: 15s, response: 2s }\n";

fn before(text: &str) -> (Before, world::World) {
    let scenario = scenario(text);
    let bare = world::with(&scenario, &[], &[]).expect("it can be run");
    (Before::new(&scenario, &[], &bare).expect("it can be run"), bare)
}

/// The ways back of one class that all are in.
fn ways(text: &str) -> (Vec<WayTold>, Vec<AnewTold>) {
    let (before, bare) = before(text);
    let cutover = bare.cutover.expect("it has a cutover");
    undone::told(&before, &bare.plan, &cutover, &cutover.units)
}

fn verdicts(ways: &[WayTold]) -> Vec<(Step, Verdict)> {
    ways.iter().map(|way| (way.step, way.verdict)).collect()
}

#[test]
fn each_vbr_stands_where_the_plan_leaves_it_and_who_never_accepts_is_awaited() {
    let never = IN_PLACE.replace("prepare: { at: 5s,", "prepare: { at: 5s, never: [acme],");
    let prices = "prices: { currency: USD, port_per_month: { 50M: 30 } }\n";
    let (before, bare) = before(&text("", &never, prices));
    let standings = before.standings(&bare.plan);
    let told: Vec<_> = standings
        .iter()
        .map(|s| (s.vbr.as_str(), s.at_window, s.at_end))
        .collect();
    let waits = HalfDone::AwaitingAcceptance;
    assert_eq!(
        told,
        [
            ("acme-vbr", waits, waits),
            ("globex-vbr", HalfDone::NotAttached, HalfDone::Converted)
        ],
        "who takes no part is not told of"
    );
    let [acme, globex] = &standings[..] else {
        panic!("two are converted")
    };
    assert_eq!((acme.waits, globex.payer.as_str()), (None, "globex"));
    assert!(globex.waits.is_some_and(|waits| waits > SimDuration::from_secs(11)));
    assert_eq!(globex.waiting.day, Some(1_000_000), "a month of 30 days");
}

#[test]
fn every_way_back_of_a_conversion_in_place_leads_back_and_the_attach_has_none() {
    let (told, anew) = ways(&text("", IN_PLACE, ""));
    let expected = [
        (Step::Create, Verdict::Pass),
        (Step::Confirm, Verdict::Pass),
        (Step::Attach, Verdict::NotApplicable),
    ];
    assert_eq!(verdicts(&told), expected);
    assert!(
        told.iter().all(|way| way.vbrs == 2 && way.representative == "acme"),
        "{told:?}"
    );
    assert!(told[..2].iter().all(|way| way.remains.is_empty()), "{told:?}");
    assert_eq!(
        (told[0].costs, told[1].costs),
        (false, true),
        "the fee begins with the acceptance"
    );
    assert!(told[2].remains.contains(&"VBR acme-vbr".to_owned()), "{told:?}");
    let built: Vec<(Rebuild, bool)> = anew.iter().map(|anew| (anew.how, anew.built)).collect();
    assert_eq!(built, [(Rebuild::OnThePort, true), (Rebuild::AsLegacy, true)]);

    let (_, held) = ways(&text("vlan_retention_on_delete: seven_days", IN_PLACE, ""));
    let [_, legacy] = &held[..] else { panic!("{held:?}") };
    assert!(!legacy.built, "the VLAN is held: {legacy:?}");
    let last = legacy.calls.last().and_then(|call| call.refused.as_deref());
    assert_eq!(last, Some("InvalidVlanId.Used"));
}

#[test]
fn the_ways_back_of_break_before_make_are_run_whether_the_vlan_is_held_or_not() {
    for policy in ["", "vlan_retention_on_delete: seven_days"] {
        let expected = [
            (Step::TerminateVbr, Verdict::Pass),
            (Step::DeleteVbr, Verdict::NotApplicable),
            (Step::Sell, Verdict::Pass),
            (Step::Confirm, Verdict::Pass),
            (Step::BuildVbr, Verdict::Pass),
        ];
        let (told, anew) = ways(&text(policy, BROKEN, ""));
        assert_eq!(verdicts(&told), expected, "{policy}: {told:?}");
        assert!(anew.is_empty(), "nothing was attached");
        let held = told[2].remains.iter().any(|what| what.ends_with("(held for a time)"));
        assert_eq!(held, !policy.is_empty(), "{:?}", told[2].remains);
    }
}

#[test]
fn a_support_case_that_is_assumed_is_told_as_a_policy_and_nobody_can_test_it() {
    let assumed = format!("{IN_PLACE}  containment: {{ support_case: 4h }}\n");
    let (told, _) = ways(&text("", &assumed, ""));
    let attach = told.last().expect("attach is the last");
    assert_eq!((attach.step, attach.verdict), (Step::Attach, Verdict::NotTestable));
    assert_eq!(attach.longest, Some(SimDuration::from_secs(14_400)));
    for zero in ["tenants: 0", "octets: 0", "silence: 0s"] {
        let cutover = format!("{IN_PLACE}  containment: {{ stop: {{ {zero} }} }}\n");
        let refused = load_text("small.yaml", text("", &cutover, ""), &MemorySources::new());
        assert_eq!(refused.expect_err(zero).errors[0].code, Code::Zero);
    }
}

#[test]
fn the_interleavings_are_those_of_the_tenants_that_are_converted() {
    let (before, _) = before(&text("", &IN_PLACE.replace("[acme, globex]", "[globex]"), ""));
    let explored = before.explore(Bounds {
        faults: 1,
        ..Bounds::default()
    });
    let [group] = &explored.groups[..] else {
        panic!("{:?}", explored.argument)
    };
    assert_eq!(
        (&group.tenants[..], &group.speaks_for[..]),
        (&["globex".to_owned()][..], &[][..])
    );
    assert!(group.names.contains_key(&HalfDone::Converted) && group.violations.is_empty());
}

#[test]
fn a_violation_fails_the_rehearsal_and_comes_as_a_scenario_that_can_be_run() {
    let short = IN_PLACE.replace("window: { at: 20s", "window: { at: 12s");
    let tight = text("sum_of_specs: unenforced", &short, "").replace(
        "{ name: one, a: ap, b: dev }",
        "{ name: one, a: ap, b: dev, rate: 1G, bandwidth: 60M }",
    );
    let one_more = Options { explore: true, ..QUICK };
    let rehearsal = rehearsed(&tight, one_more);
    assert_eq!(
        (rehearsal.interleavings(), rehearsal.verdict()),
        (Some(Verdict::Fail), Verdict::Fail)
    );
    let explored = rehearsal.explored.as_ref().expect("asked for");
    let kinds = explored
        .groups
        .iter()
        .flat_map(|group| &group.violations)
        .map(|v| v.invariant);
    assert!(
        kinds.clone().any(|kind| kind == Invariant::SpecSum),
        "{:?}",
        kinds.collect::<Vec<_>>()
    );
    let replay = rehearsal.replay().expect("a scenario replays it");
    assert!(replay.contains("sum_of_specs: unenforced"), "{replay}");
    assert!(load(replay).plan.steps.len() > 5);
}
