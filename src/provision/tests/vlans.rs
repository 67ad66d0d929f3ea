//! Retention and change of VLANs, change of bandwidth.

use super::bench::*;
use crate::provision::*;
use crate::units::SimDuration;

const NS: SimDuration = SimDuration::from_nanos(1);

fn retained() -> (Bench, VbrId) {
    let mut b = Bench::new();
    let vbr = b.legacy(T1, 101, 50);
    b.ok(P, TerminateVirtualBorderRouter { vbr_id: vbr.into() });
    (b, vbr)
}

#[test]
fn c15_a_terminated_vbr_keeps_its_vlan_for_seven_days() {
    let (mut b, vbr) = retained();
    b.s.advance(days(7).saturating_sub(secs(1)));
    b.refused(P, b.sell(T2, 101, "50M"), "Simulator.VlanIdInUse");
    b.s.advance(secs(1).saturating_sub(NS));
    b.refused(P, legacy_on(b.circuit, T2, 101, 50), "InvalidVlanId.Used");
    let done = b.s.advance(NS);
    assert_eq!(done[0].events, [Event::VlanFreed { service: b.key(101) }]);
    b.ok(P, b.sell(T2, 101, "50M"));
    b.refused(
        P,
        RecoverVirtualBorderRouter { vbr_id: vbr.into() },
        "OperationFailed.VlanIdAlreadyInUse",
    );
}

#[test]
fn c15_the_boundary_of_the_seven_days_is_a_policy() {
    let mut b = Bench::policy("retention_boundary", "retained_at_seven_days");
    let vbr = b.legacy(T1, 101, 50);
    b.ok(P, TerminateVirtualBorderRouter { vbr_id: vbr.into() });
    b.s.advance(days(7));
    b.refused(P, b.sell(T2, 101, "50M"), "Simulator.VlanIdInUse");
    b.s.advance(NS);
    b.ok(P, b.sell(T2, 101, "50M"));
}

#[test]
fn a_terminated_vbr_recovers_within_and_after_the_retention_if_its_vlan_is_free() {
    let (mut b, vbr) = retained();
    b.s.advance(days(3));
    b.refused(
        T1,
        RecoverVirtualBorderRouter { vbr_id: vbr.into() },
        "Forbidden.OperationNotAllowedByUser",
    );
    b.ok(P, RecoverVirtualBorderRouter { vbr_id: vbr.into() });
    assert!(b.open(101) && b.s.is_settled());
    b.ok(P, TerminateVirtualBorderRouter { vbr_id: vbr.into() });
    b.s.advance(days(8));
    assert!(b.s.service(&b.key(101)).is_none());
    b.ok(P, RecoverVirtualBorderRouter { vbr_id: vbr.into() });
    assert!(b.open(101));
}

#[test]
fn what_deletion_does_to_a_retained_vlan_is_a_policy() {
    for (policy, after, free) in [
        ("none", 0, true),
        ("remainder", 1, false),
        ("remainder", 4, true),
        ("seven_days", 6, false),
        ("seven_days", 7, true),
    ] {
        let mut b = Bench::policy("vlan_retention_on_delete", policy);
        let vbr = b.legacy(T1, 101, 50);
        b.ok(P, TerminateVirtualBorderRouter { vbr_id: vbr.into() });
        b.s.advance(days(3));
        b.ok(T1, DeleteVirtualBorderRouter { vbr_id: vbr.into() });
        b.s.advance(days(after));
        assert_eq!(
            b.call(P, b.sell(T2, 101, "50M")).is_ok(),
            free,
            "{policy} after {after} days"
        );
    }
}

#[test]
fn the_vlan_of_a_deleted_shared_port_is_free_at_once_or_by_policy_after_seven_days() {
    for (policy, free) in [("none", true), ("remainder", true), ("seven_days", false)] {
        let mut b = Bench::policy("vlan_retention_on_delete", policy);
        let port = b.made(P, b.sell(T1, 101, "50M"));
        b.ok(
            T1,
            DeletePhysicalConnection {
                physical_connection_id: port,
            },
        );
        assert_eq!(b.call(P, b.sell(T2, 101, "50M")).is_ok(), free, "{policy}");
        b.s.advance(days(7));
        assert!(b.s.is_settled());
    }
}

fn update(port: PcId, vlan_id: i64) -> UpdateVirtualPhysicalConnection {
    UpdateVirtualPhysicalConnection {
        instance_id: port.into(),
        vlan_id,
        expect_spec: None,
    }
}

#[test]
fn a_shared_ports_vlan_changes_until_it_is_accepted() {
    let mut b = Bench::new();
    let port = b.made(P, b.sell(T1, 101, "50M")).connection().unwrap();
    b.ok(P, b.sell(T2, 102, "50M"));
    b.refused(P, update(port, 102), "Simulator.VlanIdInUse");
    b.refused(P, update(port, 3_000), "IllegalParam.VlanId");
    b.refused(T1, update(port, 103), "Simulator.NotCircuitOwner");
    b.refused(T2, update(port, 103), "ResourceNotFound.PhysicalConnectionId");
    let reply = b.ok(P, update(port, 103));
    assert_eq!(reply.touched, [b.key(101), b.key(103)]);
    b.ok(T1, OpenPhysicalConnectionService {});
    b.ok(
        T1,
        ConfirmPhysicalConnection {
            physical_connection_id: port.into(),
        },
    );
    b.refused(P, update(port, 104), "Simulator.VlanUpdateRefused");
    b.ok(P, update(port, 103));
}

#[test]
fn the_vlan_update_policy_decides_once_the_port_is_in_use() {
    let mut b = Bench::policy("vlan_update", "refuse_once_vbr");
    let port = b.port(T1, 101, "50M");
    b.ok(P, update(port, 102));
    b.vbr(T1, port);
    b.refused(P, update(port, 103), "Simulator.VlanUpdateRefused");
    let mut b = Bench::policy("vlan_update", "allow");
    let port = b.port(T1, 101, "50M");
    let vbr = b.vbr(T1, port);
    b.ok(P, update(port, 102));
    assert_eq!(b.s.vbr(vbr).unwrap().vlan, 102);
    assert!(b.open(102) && b.s.service(&b.key(101)).is_none());
}

#[test]
fn an_ordered_bandwidth_takes_effect_once_the_payer_pays() {
    let mut b = Bench::new();
    let port = b.port(T1, 101, "200M");
    b.vbr(T1, port);
    let rate = |b: &Bench| {
        b.s.service(&b.key(101))
            .unwrap()
            .vbr
            .unwrap()
            .bandwidth
            .unwrap()
            .as_bps()
    };
    let expect = |spec: &str| UpdateVirtualPhysicalConnection {
        expect_spec: Some(spec.into()),
        ..update(port, 101)
    };
    b.refused(P, expect("3G"), "Simulator.SpecNotOffered");
    b.ok(P, expect("500M"));
    assert_eq!(rate(&b), 200_000_000);
    let view = b.s.service(&b.key(101)).unwrap().port.unwrap();
    assert_eq!((view.spec.name(), view.expect_spec.unwrap().name()), ("200M", "500M"));
    assert_eq!(b.s.circuit(b.circuit).unwrap().circuit.free_mbps(), 9_500);
    b.refused(
        P,
        PayOrder {
            instance_id: port.into(),
        },
        "Simulator.NotThePayer",
    );
    let reply = b.ok(
        T1,
        PayOrder {
            instance_id: port.into(),
        },
    );
    assert_eq!(
        reply.events,
        [Event::PortFeeChanged {
            port,
            spec: Spec::parse("500M").unwrap()
        }]
    );
    assert_eq!(rate(&b), 500_000_000);
    b.refused(
        T1,
        PayOrder {
            instance_id: port.into(),
        },
        "Simulator.NothingToPay",
    );
    b.ok(P, expect("50M"));
    assert_eq!(b.s.circuit(b.circuit).unwrap().circuit.free_mbps(), 9_500);
    b.ok(
        T1,
        PayOrder {
            instance_id: port.into(),
        },
    );
    assert_eq!(b.s.circuit(b.circuit).unwrap().circuit.free_mbps(), 9_950);
    b.ok(P, b.sell(T2, 2, "8G"));
    b.ok(P, b.sell(T2, 3, "1G"));
    b.refused(P, expect("2G"), "Simulator.CircuitBandwidthExceeded");
    b.ok(P, expect("500M"));
    b.ok(P, expect("50M"));
    assert_eq!(b.s.circuit(b.circuit).unwrap().circuit.free_mbps(), 950);
}

#[test]
fn a_port_that_the_tenant_pays_for_can_wait_for_its_payment() {
    let mut b = Bench::policy("accept_and_pay", "two_steps");
    let port = b.port(T1, 101, "200M");
    b.refused(T1, vbr_on(port), "InvalidPhysicalConnectionId.NotEnabled");
    let enable = EnablePhysicalConnection {
        physical_connection_id: port.into(),
    };
    b.refused(T1, enable, "Simulator.OrderNotPaid");
    let reply = b.ok(
        T1,
        PayOrder {
            instance_id: port.into(),
        },
    );
    assert!(matches!(reply.events[..], [Event::PortFeeStarted { payer: T1, .. }]));
    b.vbr(T1, port);
    let by_partner = CreateVirtualPhysicalConnection {
        order_mode: OrderMode::PayByPhysicalConnectionOwner,
        ..b.sell(T1, 102, "50M")
    };
    let port = b.made(P, by_partner);
    let reply = b.ok(
        T1,
        ConfirmPhysicalConnection {
            physical_connection_id: port,
        },
    );
    assert!(
        reply
            .events
            .iter()
            .any(|e| matches!(e, Event::PortFeeStarted { payer: P, .. }))
    );
}

#[test]
fn an_unaccepted_port_expires_where_the_policy_says_so() {
    let mut b = Bench::policy("unaccepted_port_lifetime", "3d");
    let port = b.made(P, b.sell(T1, 101, "50M"));
    let kept = b.port(T1, 102, "50M");
    let done = b.s.advance(days(3));
    assert_eq!((done.len(), done[0].done), (1, Done::PortExpired));
    b.refused(
        T1,
        ConfirmPhysicalConnection {
            physical_connection_id: port,
        },
        "InvalidPhysicalConnectionId.NotFound",
    );
    assert!(b.s.port(kept).is_some());
}
