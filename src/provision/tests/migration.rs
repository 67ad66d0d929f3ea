//! Conversion of a legacy VBR to a shared port, whole and half-done.

use super::bench::*;
use crate::provision::*;

fn convert(vbr: VbrId) -> CreateVpconnFromVbr {
    CreateVpconnFromVbr {
        vbr_id: vbr.into(),
        order_mode: Some(OrderMode::PayByVirtualPhysicalConnectionOwner),
    }
}

fn attach(vbr: VbrId, port: PcId) -> AttachVbrToVpconn {
    AttachVbrToVpconn {
        vbr_id: vbr.into(),
        vpconn_id: port.into(),
    }
}

/// A legacy VBR with addresses and a route, its tenant with outbound billing.
fn legacy() -> (Bench, VbrId) {
    legacy_with(Bench::new())
}

fn legacy_with(mut b: Bench) -> (Bench, VbrId) {
    let vbr = b.legacy(T1, 101, 200);
    let modify = ModifyVirtualBorderRouterAttribute {
        vbr_id: vbr.into(),
        local_gateway_ip: Some("10.0.0.1".into()),
        peer_gateway_ip: Some("10.0.0.2".into()),
        peering_subnet_mask: Some("255.255.255.252".into()),
        ..Default::default()
    };
    b.refused(P, modify.clone(), "Forbidden.OperationNotAllowedByUser");
    b.ok(T1, modify);
    let route = CreateRouteEntry {
        route_table_id: vbr.into(),
        destination_cidr_block: "10.9.0.0/16".into(),
        ..Default::default()
    };
    b.ok(T1, route);
    b.ok(
        T1,
        CreateTransitRouterVbrAttachment {
            vbr_id: vbr.into(),
            ..Default::default()
        },
    );
    b.s.advance(secs(1));
    b.ok(T1, OpenPhysicalConnectionService {});
    (b, vbr)
}

fn accepted(b: &mut Bench, vbr: VbrId) -> PcId {
    let port = b.made(P, convert(vbr));
    b.ok(
        T1,
        ConfirmPhysicalConnection {
            physical_connection_id: port,
        },
    );
    port.connection().unwrap()
}

#[test]
fn c14_migration_keeps_the_vbrs_id_vlan_addresses_routes_and_attachment() {
    let (mut b, vbr) = legacy();
    let before = b.s.service(&b.key(101)).unwrap();
    assert!(before.open && !before.on_port);
    let port = b.made(P, convert(vbr)).connection().unwrap();
    let converted = b.s.service(&b.key(101)).unwrap();
    assert_eq!((converted.vbr.clone(), converted.open), (before.vbr.clone(), true));
    let view = converted.port.unwrap();
    assert_eq!(
        (view.vlan, view.spec.name(), view.acceptance),
        (101, "200M", Acceptance::UnConfirmed)
    );
    b.refused(P, attach(vbr, port), "IncorrectStatus.PhysicalConnection");
    b.ok(
        T1,
        ConfirmPhysicalConnection {
            physical_connection_id: port.into(),
        },
    );
    assert!(b.open(101));
    let reply = b.ok(P, attach(vbr, port));
    assert!(matches!(reply.events[..], [Event::OutboundStarted { tenant: T1, .. }]));
    let after = b.s.service(&b.key(101)).unwrap();
    assert_eq!((after.vbr, after.open, after.on_port), (before.vbr, true, true));
    assert_eq!(b.s.circuit(b.circuit).unwrap().circuit.vbr_count(), 0);
}

#[test]
fn c13_attaching_needs_the_circuits_owner_an_enabled_port_and_the_vbr_of_step_one() {
    let (mut b, vbr) = legacy();
    let port = accepted(&mut b, vbr);
    let other = b.legacy(T1, 102, 200);
    b.refused(P, attach(other, port), "Simulator.VbrNotOfThisConversion");
    b.refused(T1, attach(vbr, port), "ResourceNotFound.PhysicalConnectionId");
    b.refused(Q, attach(vbr, port), "ResourceNotFound.PhysicalConnectionId");
    let plain = b.port(T1, 103, "200M");
    b.refused(P, attach(vbr, plain), "Simulator.VbrNotOfThisConversion");
    let nothing = AttachVbrToVpconn {
        vbr_id: ResourceId::UNBOUND,
        vpconn_id: port.into(),
    };
    b.refused(P, nothing, "InvalidVbrId.NotFound");
    let nowhere = AttachVbrToVpconn {
        vbr_id: vbr.into(),
        vpconn_id: ResourceId::UNBOUND,
    };
    b.refused(P, nowhere, "ResourceNotFound.PhysicalConnectionId");
    b.ok(P, attach(vbr, port));
    b.refused(P, attach(vbr, port), "OperationFailed.VbrBindedPconn");
    b.refused(P, convert(vbr), "OperationFailed.VbrBindedPconn");
}

#[test]
fn only_an_active_cross_account_vbr_of_the_callers_circuit_is_converted() {
    let (mut b, vbr) = legacy();
    b.refused(Q, convert(vbr), "InvalidVbrId.NotFound");
    b.refused(T1, convert(vbr), "InvalidVbrId.NotFound");
    let own = CreateVirtualBorderRouter {
        vbr_owner_id: None,
        ..legacy_on(b.circuit, P, 7, 200)
    };
    let own = b.made(P, own).vbr().unwrap();
    b.refused(P, convert(own), "Simulator.VbrNotCrossAccount");
    let fresh = b.made(P, legacy_on(b.circuit, T1, 8, 200)).vbr().unwrap();
    b.refused(P, convert(fresh), "InvalidOperation.OperationNotAllowedInState");
    let wide = b.legacy(T1, 9, 20_480);
    b.refused(P, convert(wide), "Simulator.VbrBandwidthNotASpec");
    let unbilled = b.legacy(T2, 10, 200);
    b.refused(P, convert(unbilled), "OperationFailed.PconnTrafficNotEnable");
    b.ok(P, b.sell(T1, 11, "8G"));
    b.ok(P, b.sell(T1, 12, "2G"));
    b.refused(P, convert(vbr), "Simulator.CircuitBandwidthExceeded");
}

#[test]
fn two_migrations_of_one_vlan_do_not_race() {
    let (mut b, vbr) = legacy();
    b.ok(P, convert(vbr));
    b.refused(P, convert(vbr), "Simulator.ConversionInProgress");
}

#[test]
fn a_tenants_new_vbr_on_the_converted_port_is_refused_or_by_policy_fills_it() {
    let (mut b, vbr) = legacy();
    let port = accepted(&mut b, vbr);
    b.refused(T1, vbr_on(port), "InvalidVlanId.Used");
    b.ok(P, attach(vbr, port));
    let (mut b, vbr) = legacy_with(Bench::policy("new_vbr_on_converting_port", "allow"));
    let port = accepted(&mut b, vbr);
    let second = b.vbr(T1, port);
    b.refused(P, attach(vbr, port), "QuotaExceeded.VPCONN");
    assert_eq!(b.s.service(&b.key(101)).unwrap().vbr.unwrap().id, vbr);
    b.ok(P, TerminateVirtualBorderRouter { vbr_id: vbr.into() });
    b.s.advance(days(7));
    let view = b.s.service(&b.key(101)).unwrap();
    assert_eq!((view.vbr.unwrap().id, view.open), (second, true));
}

#[test]
fn a_migration_is_rolled_back_by_deleting_the_unaccepted_port() {
    let (mut b, vbr) = legacy();
    let before = b.s.service(&b.key(101)).unwrap();
    let port = b.made(P, convert(vbr));
    let delete = DeletePhysicalConnection {
        physical_connection_id: port,
    };
    b.refused(P, delete.clone(), "OperationDenied.NeedVpconnOwner");
    b.ok(T1, delete);
    assert_eq!(b.s.service(&b.key(101)).unwrap(), before);
    let again = accepted(&mut b, vbr);
    b.ok(P, attach(vbr, again));
}

#[test]
fn a_half_done_migration_goes_on_under_the_legacy_rules() {
    let (mut b, vbr) = legacy();
    let port = accepted(&mut b, vbr);
    b.ok(
        SYS,
        SetBusinessStatus {
            instance_id: port.into(),
            business_status: BusinessStatus::FinancialLocked,
        },
    );
    assert!(b.open(101), "the VBR still hangs on the circuit");
    b.refused(P, attach(vbr, port), "OperationFailed.ResourceLockedBySystem");
    let vlan = ModifyVirtualBorderRouterAttribute {
        vbr_id: vbr.into(),
        vlan_id: Some(5),
        ..Default::default()
    };
    b.refused(P, vlan, "Simulator.ConversionInProgress");
    b.ok(P, TerminateVirtualBorderRouter { vbr_id: vbr.into() });
    b.ok(
        SYS,
        SetBusinessStatus {
            instance_id: port.into(),
            business_status: BusinessStatus::Normal,
        },
    );
    b.refused(P, attach(vbr, port), "InvalidOperation.OperationNotAllowedInState");
    b.s.advance(days(8));
    b.ok(P, RecoverVirtualBorderRouter { vbr_id: vbr.into() });
    b.ok(P, attach(vbr, port));
    assert!(!b.open(102) && b.open(101));
}

#[test]
fn migration_moves_the_right_to_terminate_from_partner_to_tenant() {
    let (mut b, vbr) = legacy();
    let terminate = TerminateVirtualBorderRouter { vbr_id: vbr.into() };
    b.refused(T1, terminate.clone(), "Forbidden.OperationNotAllowedByUser");
    let port = accepted(&mut b, vbr);
    b.ok(P, attach(vbr, port));
    b.refused(P, terminate.clone(), "Forbidden.OperationNotAllowedByUser");
    b.ok(T1, terminate);
    let (mut b, vbr) = legacy_with(Bench::policy("vbr_terminate_right_on_shared_port", "partner"));
    let port = accepted(&mut b, vbr);
    b.ok(P, attach(vbr, port));
    let terminate = TerminateVirtualBorderRouter { vbr_id: vbr.into() };
    b.refused(T1, terminate.clone(), "Forbidden.OperationNotAllowedByUser");
    b.ok(P, terminate);
}

#[test]
fn deleting_goes_from_the_cloud_side_outwards() {
    let (mut b, vbr) = legacy();
    let delete = DeleteVirtualBorderRouter { vbr_id: vbr.into() };
    b.refused(T1, delete.clone(), "Simulator.VbrHasAttachment");
    let attachment = b.s.vbr(vbr).unwrap().attachment.unwrap();
    let detach = DeleteTransitRouterVbrAttachment {
        transit_router_attachment_id: attachment.into(),
    };
    b.refused(P, detach.clone(), "Simulator.AttachmentNotFound");
    b.ok(
        T1,
        EnableCenVbrHealthCheck {
            vbr_instance_id: vbr.into(),
            ..Default::default()
        },
    );
    b.refused(T1, detach.clone(), "Simulator.AttachmentStatus");
    b.ok(
        T1,
        DisableCenVbrHealthCheck {
            vbr_instance_id: vbr.into(),
            cen_id: None,
        },
    );
    b.ok(T1, detach);
    b.s.advance(secs(1));
    let route = DeleteRouteEntry {
        route_table_id: vbr.into(),
        destination_cidr_block: "10.9.0.0/16".into(),
    };
    b.ok(T1, route);
    b.refused(T1, delete.clone(), "OperationDenied.VbrHasRouteEntryInMiddleStatus");
    b.s.advance(secs(1));
    b.ok(T1, delete);
}

#[test]
fn a_legacy_vbr_without_a_bandwidth_is_converted_by_the_policy_that_says_to_which_spec() {
    let bare = |policy: &str| {
        let mut b = Bench::policy("converted_spec", policy);
        let vbr = CreateVirtualBorderRouter {
            bandwidth: None,
            ..legacy_on(b.circuit, T1, 101, 200)
        };
        let vbr = b.made(P, vbr).vbr().unwrap();
        b.ok(T1, ConfirmVirtualBorderRouter { vbr_id: vbr.into() });
        b.ok(T1, OpenPhysicalConnectionService {});
        (b, vbr)
    };
    let (mut b, vbr) = bare("refused");
    let refused = b.call(P, convert(vbr)).unwrap_err();
    assert_eq!(refused.code, "Simulator.VbrBandwidthNotASpec");
    assert!(
        refused
            .message
            .contains("has no bandwidth of its own: the policy `converted_spec`"),
        "{refused}"
    );
    let (mut b, vbr) = bare("300M");
    let port = b.made(P, convert(vbr)).connection().unwrap();
    b.ok(
        T1,
        ConfirmPhysicalConnection {
            physical_connection_id: port.into(),
        },
    );
    b.ok(P, attach(vbr, port));
    assert_eq!(b.s.ports[&port].spec.name(), "300M");
    let throttle = b.s.vbr_bandwidth(&b.s.vbrs[&vbr]);
    assert_eq!(throttle, Some(crate::units::BitRate::from_mbps(300)));
}

#[test]
fn a_conversion_that_names_no_payer_takes_the_one_of_the_policy() {
    for (value, payer) in [("tenant", T1), ("partner", P)] {
        let (mut b, vbr) = legacy_with(Bench::policy("converted_port_payer", value));
        let unsaid = CreateVpconnFromVbr {
            order_mode: None,
            ..convert(vbr)
        };
        let port = b.made(P, unsaid).connection().unwrap();
        assert_eq!(b.s.ports[&port].payer(), payer, "{value}");
    }
}

#[test]
fn a_dry_run_answers_what_its_operation_answers_and_changes_nothing() {
    let (mut b, vbr) = legacy();
    let dry = |b: &mut Bench, op: Operation| {
        let before = b.s.clone();
        let call = Call {
            op,
            token: None,
            dry_run: true,
        };
        let answer = b.s.call(P, &call, &mut Defaults);
        assert_eq!(before, b.s);
        answer
    };
    let reply = dry(&mut b, convert(vbr).into()).unwrap();
    assert_eq!((reply.created, reply.events.len(), reply.touched.len()), (None, 0, 0));
    let port = b.made(P, convert(vbr)).connection().unwrap();
    let early = dry(&mut b, attach(vbr, port).into()).unwrap_err();
    assert_eq!(early.code, "IncorrectStatus.PhysicalConnection");
    b.ok(
        T1,
        ConfirmPhysicalConnection {
            physical_connection_id: port.into(),
        },
    );
    dry(&mut b, attach(vbr, port).into()).unwrap();
    let sold = b.port(T1, 300, "50M");
    let update = UpdateVirtualPhysicalConnection {
        instance_id: sold.into(),
        vlan_id: 300,
        expect_spec: Some("100M".into()),
    };
    dry(&mut b, update.into()).unwrap();
    let sell = b.sell(T1, 301, "50M");
    assert_eq!(dry(&mut b, sell.into()).unwrap_err().code, "DRYRUN.SUCCESS");
}

#[test]
fn a_busy_attachment_answers_one_of_the_two_codes_that_clients_retry_on() {
    for (value, code) in [
        ("incorrect_status", "IncorrectStatus.Status"),
        ("blocking", "Operation.Blocking"),
    ] {
        let mut b = Bench::with(|premises| {
            premises.policies.set("busy_attachment", value).unwrap();
            premises.leads.cen_attachment = Range::exactly(secs(60));
        });
        let vbr = b.legacy(T1, 101, 200);
        let join = CreateTransitRouterVbrAttachment {
            vbr_id: vbr.into(),
            ..Default::default()
        };
        let id = b.made(T1, join.clone());
        let leave = DeleteTransitRouterVbrAttachment {
            transit_router_attachment_id: id,
        };
        b.refused(T1, leave.clone(), code);
        b.refused(T1, join.clone(), code);
        b.s.advance(secs(60));
        b.refused(T1, join, "Simulator.AttachmentStatus");
        b.ok(T1, leave.clone());
        b.refused(T1, leave, code);
    }
}

#[test]
fn a_bandwidth_that_no_spec_is_exactly_is_refused_rounded_or_kept_by_the_policy_that_says_so() {
    let converted = |policy: &str, mbps: i64| -> (Bench, VbrId, Result<PcId, ApiError>) {
        let mut b = Bench::policy("convert_spec", policy);
        let vbr = b.legacy(T1, 101, mbps);
        b.ok(T1, OpenPhysicalConnectionService {});
        let port = b.call(P, convert(vbr));
        let port = port.map(|reply| reply.created.unwrap().connection().unwrap());
        (b, vbr, port)
    };
    // 2G is 2,000 Mbit/s by the policy `spec_1g`, and a VBR has 2,048.
    let (_, _, refused) = converted("refuse", 2_048);
    let refused = refused.unwrap_err();
    assert_eq!(refused.code, "Simulator.VbrBandwidthNotASpec");
    for near in [
        "2G (2000 Mbit/s) is the next below",
        "5G (5000 Mbit/s) is the next above",
        "`convert_spec`",
    ] {
        assert!(refused.message.contains(near), "{refused}");
    }
    for (policy, mbps, spec, rate, sum) in [
        ("round_down", 2_048, "2G", 2_000, 2_000),
        ("round_up", 2_048, "5G", 5_000, 5_000),
        ("keep_exact", 2_048, "2G", 2_048, 2_048),
        ("keep_exact", 5_120, "5G", 5_120, 5_120),
        ("keep_exact", 200, "200M", 200, 200),
        ("round_up", 200, "200M", 200, 200),
        ("refuse", 200, "200M", 200, 200),
    ] {
        let (mut b, vbr, port) = converted(policy, mbps);
        let port = port.unwrap();
        b.ok(
            T1,
            ConfirmPhysicalConnection {
                physical_connection_id: port.into(),
            },
        );
        b.ok(P, attach(vbr, port));
        assert_eq!(b.s.ports[&port].spec.name(), spec, "{policy} {mbps}");
        let throttle = b.s.vbr_bandwidth(&b.s.vbrs[&vbr]);
        assert_eq!(
            throttle,
            Some(crate::units::BitRate::from_mbps(rate)),
            "{policy} {mbps}"
        );
        assert_eq!(b.s.circuits[&b.circuit].allocated_mbps, sum, "{policy} {mbps}");
    }
    // Nothing is above 10G.
    assert!(converted("round_up", 20_480).2.is_err());
}

#[test]
fn what_a_conversion_kept_ends_with_the_first_order_of_another_spec() {
    let mut b = Bench::policy("convert_spec", "keep_exact");
    let vbr = b.legacy(T1, 101, 2_048);
    b.ok(T1, OpenPhysicalConnectionService {});
    let port = b.made(P, convert(vbr)).connection().unwrap();
    b.ok(
        T1,
        ConfirmPhysicalConnection {
            physical_connection_id: port.into(),
        },
    );
    b.ok(P, attach(vbr, port));
    let order = UpdateVirtualPhysicalConnection {
        instance_id: port.into(),
        vlan_id: 101,
        expect_spec: Some("2G".into()),
    };
    b.ok(P, order);
    assert_eq!(b.s.ports[&port].expect_spec.map(|spec| spec.name()), Some("2G"));
    assert_eq!(b.s.circuits[&b.circuit].allocated_mbps, 2_048, "until it is paid");
    b.ok(
        T1,
        PayOrder {
            instance_id: port.into(),
        },
    );
    let paid = &b.s.ports[&port];
    assert_eq!((paid.kept_mbps, paid.expect_spec), (None, None));
    assert_eq!(b.s.circuits[&b.circuit].allocated_mbps, 2_000);
}
