//! One tenant, three actors, up to two faults.

use std::collections::BTreeSet;

use super::*;
use crate::rehearse::states::HalfDone;
use crate::units::ByteCount;

#[test]
fn everything_holds_in_each_state_of_one_tenant_with_two_faults() {
    let exploration = explore_world(&world(1, 1_000, &[], bounds(2, 1)), &TheLaw);
    assert_eq!(exploration.verdict(), Verdict::Pass, "{:?}", shown(&exploration));
    let group = only(exploration);
    assert_eq!((group.states, &group.by_faults[..]), (1_519, &[11, 186, 1_322][..]));
    assert_eq!((group.transitions, group.depth), (5_226, 14));
    assert!(group.stuck.is_empty() && group.reached.is_none() && !group.reduced);
    assert!(group.refused["TaskConflict"] > 0, "two calls meet on one VBR");
    assert!(group.names.contains_key(&HalfDone::Rebuilt) && group.names.contains_key(&HalfDone::ConvertedVbrDown));
    // What is said to lead on and back does, in every one of them.
    for (name, seen) in &group.names {
        let blocked: u64 = seen.blocked.values().sum();
        if name.go_on().is_empty() {
            assert_eq!(seen.goes_on + blocked, 0, "{name:?}");
        } else {
            assert_eq!(seen.goes_on + blocked, seen.states, "{name:?}");
        }
        assert!(seen.blocked.is_empty(), "{name:?}: {seen:?}");
        let back = if name.go_back().is_empty() { 0 } else { seen.states };
        assert_eq!(seen.goes_back, back, "{name:?}");
    }
}

#[test]
fn without_faults_a_conversion_is_done_or_given_back_from_every_state() {
    let group = only(explore_world(&world(1, 1_000, &[], bounds(0, 2)), &TheLaw));
    assert!(group.stuck.is_empty() && group.violations.is_empty(), "{group:?}");
    let names: BTreeSet<HalfDone> = group.names.keys().copied().collect();
    let expected = [
        HalfDone::NotBegun,
        HalfDone::AwaitingAcceptance,
        HalfDone::AcceptedComingUp,
        HalfDone::NotAttached,
        HalfDone::PortGoing,
        HalfDone::PortTerminated,
        HalfDone::PortCanceled,
        HalfDone::Converted,
    ];
    assert_eq!(names, BTreeSet::from(expected));
    let terminal: Vec<_> = group.terminal.keys().cloned().collect();
    assert_eq!(terminal, [vec![HalfDone::NotBegun], vec![HalfDone::Converted]]);
}

#[test]
fn a_bound_that_is_reached_is_told_and_is_no_pass() {
    for (few, expected) in [
        (
            Bounds {
                states: 20,
                ..bounds(2, 1)
            },
            Reached::States(20),
        ),
        (
            Bounds {
                memory: ByteCount::new(60_000),
                ..bounds(2, 1)
            },
            Reached::Memory(ByteCount::new(60_000)),
        ),
    ] {
        let exploration = explore_world(&world(1, 1_000, &[], few), &TheLaw);
        assert_eq!(exploration.verdict(), Verdict::Inconclusive);
        assert_eq!(only(exploration).reached, Some(expected));
    }
    let nobody = explore_world(&world(0, 1_000, &[], bounds(2, 1)), &TheLaw);
    assert_eq!(nobody.verdict(), Verdict::Inconclusive, "nothing could have failed");
}

#[test]
fn states_that_are_not_kept_are_found_again_along_their_sequence() {
    let whole = only(explore_world(&world(1, 1_000, &[], bounds(1, 1)), &TheLaw));
    // Room for every key, and for hardly any state in use.
    let tight = Bounds {
        memory: ByteCount::new(whole.memory.get() + 60_000),
        ..bounds(1, 1)
    };
    let again = only(explore_world(&world(1, 1_000, &[], tight), &TheLaw));
    assert_eq!(
        (again.states, again.transitions, again.names),
        (whole.states, whole.transitions, whole.names)
    );
}

#[test]
fn policies_open_the_states_that_they_are_about() {
    let seen = |policies: &[(&str, &str)], faults| {
        let exploration = explore_world(&world(1, 1_000, policies, bounds(faults, 1)), &TheLaw);
        assert_eq!(
            exploration.verdict(),
            Verdict::Pass,
            "{policies:?}: {:?}",
            shown(&exploration)
        );
        only(exploration).names
    };
    let two = seen(&[("accept_and_pay", "two_steps")], 0);
    assert!(two[&HalfDone::AcceptedUnpaid].goes_on > 0);
    let own = seen(&[("new_vbr_on_converting_port", "allow")], 2);
    assert!(own.contains_key(&HalfDone::TenantVbrOnPort));
    assert!(
        !seen(&[], 1).contains_key(&HalfDone::TenantVbrOnPort),
        "refused by default"
    );
    seen(&[("unaccepted_port_lifetime", "30d")], 1);
    seen(&[("outbound_from", "confirm")], 1);
    seen(&[("vbr_terminate_right_on_shared_port", "partner")], 1);
    seen(&[("vlan_retention_on_delete", "seven_days")], 1);
    seen(&[("port_delete_right", "owner_or_partner_while_unconfirmed")], 1);
    seen(
        &[
            ("converted_port_payer", "partner"),
            ("convert_needs_outbound", "unenforced"),
        ],
        1,
    );
}
