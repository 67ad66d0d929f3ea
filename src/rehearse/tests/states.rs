//! What each half-done state is called, and that what is said of it is so.

use std::collections::BTreeSet;

use super::world::*;
use crate::provision::{OperationName as O, *};
use crate::rehearse::states::{HalfDone, Line};
use crate::rehearse::{Actor, Conversion, hands};

/// Something that somebody does wrong.
type Departure = fn(&mut State, &Conversion);

fn name(state: &State, conversion: &Conversion) -> &'static str {
    HalfDone::of(state, conversion).name()
}

#[test]
fn a_conversion_goes_through_its_states_by_name() {
    let (mut state, conversions) = legacy(1, 1_000, &[("accept_and_pay", "two_steps")]);
    let one = &conversions[0];
    let mut names = vec![name(&state, one)];
    let steps = [
        (Actor::Partner, O::CreateVpconnFromVbr),
        (Actor::Tenant, O::ConfirmPhysicalConnection),
        (Actor::Tenant, O::PayOrder),
        (Actor::Partner, O::AttachVbrToVpconn),
    ];
    for (by, call) in steps {
        let here = HalfDone::of(&state, one);
        assert_eq!((here.go_on()[0].by, here.go_on()[0].call), (by, call), "{here:?}");
        go(&mut state, one, one.account(by).unwrap(), call);
        names.push(name(&state, one));
    }
    let expected = [
        "not-begun",
        "awaiting-acceptance",
        "accepted-unpaid",
        "not-attached",
        "converted",
    ];
    assert_eq!(names, expected);
    assert!(HalfDone::of(&state, one).is_past_return());
}

#[test]
fn each_departure_has_a_name_of_its_own_and_the_call_that_mends_it() {
    let departures: [(usize, Departure, HalfDone); 6] = [
        (0, lapse, HalfDone::BillingOff),
        (1, lapse, HalfDone::AwaitingBilling),
        (2, lapse, HalfDone::BillingLapsed),
        (2, raise, HalfDone::Drifted),
        (2, order, HalfDone::OrderUnpaid),
        (2, own_vbr, HalfDone::TenantVbrOnPort),
    ];
    for (steps, depart, expected) in departures {
        let (mut state, conversions) = legacy(1, 1_000, &[("new_vbr_on_converting_port", "allow")]);
        let one = &conversions[0];
        convert(&mut state, one, steps);
        let before = HalfDone::of(&state, one);
        depart(&mut state, one);
        assert_eq!(HalfDone::of(&state, one), expected);
        let next = expected.go_on()[0];
        go(&mut state, one, one.account(next.by).unwrap(), next.call);
        if expected == HalfDone::OrderUnpaid {
            // What was ordered is there, and the legacy VBR has still what it had.
            assert_eq!(HalfDone::of(&state, one), HalfDone::Drifted);
            go(&mut state, one, PARTNER, HalfDone::Drifted.go_on()[0].call);
        }
        assert_eq!(HalfDone::of(&state, one), before, "{expected:?} is mended");
    }
}

fn lapse(state: &mut State, one: &Conversion) {
    ok(
        state,
        SYSTEM,
        LapseOutboundBilling {
            ali_uid: one.tenant.into(),
        },
    );
}

fn raise(state: &mut State, one: &Conversion) {
    ok(
        state,
        PARTNER,
        UpdateVirtualBorderBandwidth {
            virtual_border_router_id: one.vbr.into(),
            bandwidth: 200,
        },
    );
}

fn order(state: &mut State, one: &Conversion) {
    let (id, port) = one.port(state).unwrap();
    let vlan_id = i64::from(port.vlan);
    ok(
        state,
        PARTNER,
        UpdateVirtualPhysicalConnection {
            instance_id: id.into(),
            vlan_id,
            expect_spec: Some("100M".into()),
        },
    );
    assert_eq!(
        HalfDone::of(state, one),
        HalfDone::NotAttached,
        "the same spec is no order"
    );
    ok(
        state,
        PARTNER,
        UpdateVirtualPhysicalConnection {
            instance_id: id.into(),
            vlan_id,
            expect_spec: Some("200M".into()),
        },
    );
}

fn own_vbr(state: &mut State, one: &Conversion) {
    go(state, one, one.tenant, O::CreateVirtualBorderRouter);
    let attach = hands::call(state, one, O::AttachVbrToVpconn).unwrap();
    let error = state.call(PARTNER, &Call::from(attach), &mut Defaults).unwrap_err();
    assert_eq!(error.code, "QuotaExceeded.VPCONN");
}

#[test]
fn what_is_given_up_before_the_attach_is_named_and_leads_back() {
    let (mut state, conversions) = legacy(1, 1_000, &[]);
    let one = &conversions[0];
    convert(&mut state, one, 1);
    go(&mut state, one, one.tenant, O::CancelPhysicalConnection);
    assert_eq!(HalfDone::of(&state, one), HalfDone::PortCanceled);
    go(&mut state, one, one.tenant, O::DeletePhysicalConnection);
    assert_eq!(HalfDone::of(&state, one), HalfDone::NotBegun);
    convert(&mut state, one, 2);
    go(&mut state, one, one.tenant, O::TerminatePhysicalConnection);
    assert_eq!(HalfDone::of(&state, one), HalfDone::PortTerminated);
    go(&mut state, one, one.tenant, O::RecoverPhysicalConnection);
    assert_eq!(HalfDone::of(&state, one), HalfDone::NotAttached);
}

#[test]
fn locks_and_ends_are_named_on_both_sides_of_the_attach() {
    for (steps, locked, down) in [
        (2, HalfDone::PortLocked, HalfDone::LegacyVbrDown),
        (3, HalfDone::ConvertedLocked, HalfDone::ConvertedVbrDown),
    ] {
        let (mut state, conversions) = legacy(1, 1_000, &[]);
        let one = &conversions[0];
        convert(&mut state, one, steps);
        let before = state.clone();
        let port = one.port(&state).unwrap().0;
        let lock = |business_status| SetBusinessStatus {
            instance_id: port.into(),
            business_status,
        };
        ok(&mut state, SYSTEM, lock(BusinessStatus::FinancialLocked));
        assert_eq!(HalfDone::of(&state, one), locked);
        go(&mut state, one, SYSTEM, locked.go_on()[0].call);
        assert_eq!(state, before);
        let owner = if steps == 2 { one.partner } else { one.tenant };
        go(&mut state, one, owner, O::TerminateVirtualBorderRouter);
        assert_eq!(HalfDone::of(&state, one), down);
        assert_eq!(
            down.go_on()[0].by,
            if steps == 2 { Actor::Partner } else { Actor::Tenant }
        );
        go(&mut state, one, owner, down.go_on()[0].call);
        assert_eq!(state, before, "recovered");
    }
}

#[test]
fn the_line_goes_from_the_partner_to_the_tenant_at_the_attach_unless_the_policy_says_otherwise() {
    let policies = Policies::default();
    assert_eq!(HalfDone::NotAttached.standing(&policies).line, Some(Line::Partner));
    assert_eq!(HalfDone::Converted.standing(&policies).line, Some(Line::Tenant));
    let mut kept = Policies::default();
    kept.set("vbr_terminate_right_on_shared_port", "partner").unwrap();
    assert_eq!(HalfDone::Converted.standing(&kept).line, Some(Line::Partner));
}

#[test]
fn every_name_is_its_own_and_is_said_in_a_sentence() {
    let names: BTreeSet<&str> = HalfDone::ALL.iter().map(|state| state.name()).collect();
    assert_eq!(names.len(), HalfDone::ALL.len());
    for state in HalfDone::ALL {
        let what = state.what();
        assert!(what.ends_with('.') && what.starts_with(char::is_uppercase), "{what}");
    }
}
