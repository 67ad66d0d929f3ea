//! Ways back are run on the law: what is as it was, and what is not.

use std::collections::BTreeMap;

use super::world::*;
use crate::provision::{OperationName as O, *};
use crate::rehearse::states::HalfDone;
use crate::rehearse::ways_back::*;
use crate::scenario::plan::Prices;
use crate::units::SimDuration;

const TERMS: Terms = Terms { support_case: None };

#[test]
fn a_port_that_is_made_or_accepted_can_be_given_back_and_leaves_only_traces() {
    let (state, conversions) = legacy(2, 1_000, &[]);
    let one = &conversions[0];
    let made = try_back(&state, one, Step::Create, TERMS).unwrap();
    assert!(made.is_undone() && !made.cost_something(), "{made:?}");
    assert_eq!(
        made.differences,
        [Difference::Numbers(one.tenant)],
        "the next port has another number"
    );

    let mut waits = state.clone();
    convert(&mut waits, one, 1);
    let accepted = try_back(&waits, one, Step::Confirm, TERMS).unwrap();
    assert!(accepted.was_accepted() && accepted.cost_something());
    let port = one.port(&waits).unwrap().0;
    assert_eq!(
        accepted.differences,
        [
            Difference::Count(one.began.circuit),
            Difference::Port(port),
            Difference::Vlan(one.began)
        ],
        "the way back of Confirm gives the port back too: Create is undone with it"
    );
    assert!(!accepted.is_undone());
    let calls: Vec<O> = accepted.calls.iter().map(|call| call.call).collect();
    let expected = [
        O::ConfirmPhysicalConnection,
        O::TerminatePhysicalConnection,
        O::DeletePhysicalConnection,
    ];
    assert_eq!(calls, expected);
}

#[test]
fn attach_has_no_way_back_but_what_the_user_assumes() {
    let (mut state, conversions) = legacy(1, 1_000, &[]);
    let one = &conversions[0];
    convert(&mut state, one, 2);
    let none = try_back(&state, one, Step::Attach, TERMS).unwrap();
    assert!(matches!(none.way, WayBack::Nothing { .. }) && !none.is_undone());
    assert!(none.differences.contains(&Difference::Vbr(one.vbr)), "{none:?}");
    let delay = SimDuration::from_secs(7_200);
    let assumed = Terms {
        support_case: Some(delay),
    };
    let name = "support_case";
    assert_eq!(Step::Attach.way_back(assumed), WayBack::Policy { name, delay });
    assert_eq!(longest(Step::Attach.way_back(assumed), &state), Some(delay));
    assert_eq!(longest(Step::Attach.way_back(TERMS), &state), None);
    let mut leads = state.premises().leads.clone();
    leads.connection_terminate.max = SimDuration::from_secs(40);
    leads.vbr_recover.max = SimDuration::from_secs(7);
    let slow = state.clone().under(state.premises().policies.clone(), leads);
    let seconds = |step: Step| longest(step.way_back(TERMS), &slow).map(SimDuration::as_secs);
    let spans = [Step::Create, Step::Confirm, Step::TerminateVbr].map(seconds);
    assert_eq!(
        spans,
        [Some(0), Some(40), Some(7)],
        "what a way back sets going is waited for"
    );
    let no_return: Vec<Step> = Step::ALL.into_iter().filter(|s| s.is_point_of_no_return()).collect();
    assert_eq!(no_return, [Step::Attach]);
}

#[test]
fn no_call_that_the_law_knows_takes_a_vbr_off_its_port_and_leaves_it_there() {
    let (mut state, conversions) = legacy(1, 1_000, &[]);
    let one = &conversions[0];
    convert(&mut state, one, 3);
    let mut tried = 0;
    for name in O::ALL {
        let Some(op) = hands_call(&state, one, *name) else {
            continue;
        };
        for by in [one.partner, one.tenant, SYSTEM] {
            let mut after = state.clone();
            let _ = after.call(by, &Call::from(op.clone()), &mut Defaults);
            tried += 1;
            assert!(
                after.vbr(one.vbr).is_none_or(Vbr::is_on_port),
                "{name:?} by {by:?} took it off"
            );
        }
    }
    assert_eq!(tried, 16 * 3, "every call that a conversion knows was tried");
}

fn hands_call(state: &State, one: &crate::rehearse::Conversion, name: O) -> Option<Operation> {
    crate::rehearse::hands::call(state, one, name)
}

#[test]
fn a_terminated_vbr_is_recovered_whole_until_its_vlan_is_somebody_elses() {
    let (state, conversions) = legacy(2, 1_000, &[]);
    let one = &conversions[0];
    let back = try_back(&state, one, Step::TerminateVbr, TERMS).unwrap();
    assert_eq!((back.is_undone(), back.differences), (true, Vec::new()));

    let mut late = state.clone();
    go(&mut late, one, one.partner, O::TerminateVirtualBorderRouter);
    late.advance(SimDuration::from_secs(7 * 86_400));
    ok(
        &mut late,
        PARTNER,
        CreateVirtualPhysicalConnection {
            physical_connection_id: one.began.circuit.into(),
            vpconn_ali_uid: tenant(1).into(),
            vlan_id: i64::from(one.began.vlan),
            spec: "50M".into(),
            order_mode: OrderMode::PayByPhysicalConnectionOwner,
            ..Default::default()
        },
    );
    let refused = undo(&late, one, Step::TerminateVbr, TERMS);
    assert_eq!(
        refused.calls[0].refused.as_deref(),
        Some("OperationFailed.VlanIdAlreadyInUse")
    );
    assert!(!refused.is_undone());
}

#[test]
fn billing_stays_open_and_nothing_closes_it() {
    let (mut state, conversions) = legacy(1, 1_000, &[]);
    let one = &conversions[0];
    ok(
        &mut state,
        SYSTEM,
        LapseOutboundBilling {
            ali_uid: one.tenant.into(),
        },
    );
    let opened = try_back(&state, one, Step::OpenBilling, TERMS).unwrap();
    assert_eq!(opened.differences, [Difference::OutboundBilling(one.tenant)]);
    assert!(!opened.is_undone() && !opened.cost_something());
}

#[test]
fn a_vbr_that_is_built_anew_is_another_one_on_the_port_or_on_the_circuit() {
    let (mut state, conversions) = legacy(1, 1_000, &[]);
    let one = &conversions[0];
    convert(&mut state, one, 3);
    let on_port = rebuild(&state, one, Rebuild::OnThePort);
    let new = on_port.vbr.expect("nothing was refused");
    assert_ne!(new, one.vbr);
    assert!(on_port.tried.differences.contains(&Difference::Vbr(one.vbr)));
    assert!(on_port.tried.differences.contains(&Difference::Vbr(new)));
    let calls: Vec<O> = on_port.tried.calls.iter().map(|call| call.call).collect();
    let expected = [
        O::DeleteTransitRouterVbrAttachment,
        O::DeleteVirtualBorderRouter,
        O::CreateVirtualBorderRouter,
        O::ModifyVirtualBorderRouterAttribute,
        O::CreateRouteEntry,
        O::CreateTransitRouterVbrAttachment,
    ];
    assert_eq!(calls, expected);
    assert_eq!(on_port.outage, Some((0, 6)));

    let legacy_again = rebuild(&state, one, Rebuild::AsLegacy);
    assert!(legacy_again.vbr.is_some(), "{legacy_again:?}");
    let (mut kept, conversions) = legacy(1, 1_000, &[("vlan_retention_on_delete", "seven_days")]);
    convert(&mut kept, &conversions[0], 3);
    let held = rebuild(&kept, &conversions[0], Rebuild::AsLegacy);
    let last = held.tried.calls.last().unwrap();
    assert_eq!((held.vbr, held.outage), (None, None));
    assert_eq!(
        (last.call, last.refused.as_deref()),
        (O::CreateVirtualBorderRouter, Some("InvalidVlanId.Used")),
        "the VLAN is held for its seven days"
    );
}

#[test]
fn a_day_between_confirm_and_attach_has_its_price() {
    let (mut state, conversions) = legacy(1, 1_000, &[]);
    let one = &conversions[0];
    let prices = Prices {
        port_per_month: BTreeMap::from([(Spec::parse("100M").unwrap(), 30_000_001)]),
        ..Prices::default()
    };
    let expected = Waiting {
        payer: one.tenant,
        spec: Spec::parse("100M"),
        day: Some(1_000_000),
    };
    assert_eq!(waiting(&state, one, Some(&prices)), expected, "before it begins");
    convert(&mut state, one, 2);
    assert_eq!(waiting(&state, one, Some(&prices)), expected);
    assert_eq!(waiting(&state, one, None).day, None, "no price is invented");
    assert_eq!(HalfDone::of(&state, one), HalfDone::NotAttached);
}

#[test]
fn each_way_back_names_its_document_or_what_was_looked_for() {
    for step in Step::ALL {
        match step.way_back(TERMS) {
            WayBack::Documented { calls, source } => {
                assert!(!calls.is_empty() && !source.says.is_empty(), "{step:?}");
            }
            WayBack::Nothing { why } => assert!(!why.is_empty(), "{step:?}"),
            WayBack::Policy { .. } => panic!("nothing is assumed unless the user says so"),
        }
    }
    let none: Vec<Step> = Step::ALL
        .into_iter()
        .filter(|step| matches!(step.way_back(TERMS), WayBack::Nothing { .. }))
        .collect();
    assert_eq!(none, [Step::OpenBilling, Step::Attach, Step::DeleteVbr]);
}
