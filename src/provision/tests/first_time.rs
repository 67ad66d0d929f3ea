//! First-time set-up of a shared port, and of the circuit under it.

use super::bench::*;
use crate::provision::*;

#[test]
fn a_tenant_gets_a_shared_port_and_its_frames_may_pass_only_at_the_end() {
    let mut b = Bench::new();
    let port = b.made(P, b.sell(T1, 101, "200M"));
    assert_eq!(port.to_string(), "pc-2001-1");
    assert!(!b.open(101));
    b.refused(
        T1,
        ConfirmPhysicalConnection {
            physical_connection_id: port,
        },
        "OperationFailed.PconnTrafficNotEnable",
    );
    b.ok(T1, OpenPhysicalConnectionService {});
    b.ok(
        T1,
        ConfirmPhysicalConnection {
            physical_connection_id: port,
        },
    );
    assert!(!b.open(101));
    let reply = b.ok(T1, vbr_on(port.connection().unwrap()));
    assert_eq!(reply.touched, [b.key(101)]);
    assert!(b.open(101));
    let view = b.s.service(&b.key(101)).unwrap();
    let vbr = view.vbr.unwrap();
    assert_eq!((view.tenant, vbr.bandwidth.unwrap().as_bps()), (T1, 200_000_000));
    assert_eq!(vbr.name, "vbr-2001-1");
}

fn apply_for(ap: &str) -> CreatePhysicalConnection {
    CreatePhysicalConnection {
        access_point_id: ap.into(),
        bandwidth: 10_000,
        ..Default::default()
    }
}

#[test]
fn a_circuit_goes_from_application_to_enabled_through_loa_and_orders() {
    let mut b = Bench::new();
    let id = b.made(P, apply_for("ap-bj-a"));
    let order = CreatePhysicalConnectionSetupOrder {
        physical_connection_id: id,
        ..Default::default()
    };
    b.refused(P, order.clone(), "Forbidden.NotAllowedInState");
    assert_eq!(b.s.next_completion(), Some(days(1)));
    assert_eq!(b.s.advance(days(1))[0].done, Done::Approved);
    b.ok(P, order);
    b.s.advance(days(2));
    let loa = ApplyPhysicalConnectionLOA {
        instance_id: id,
        ..Default::default()
    };
    let confirm = ConfirmPhysicalConnection {
        physical_connection_id: id,
    };
    b.refused(P, confirm.clone(), "Simulator.LoaNotInPlace");
    b.ok(P, loa.clone());
    b.refused(P, loa, "Simulator.LoaNotInPlace");
    let complete = CompletePhysicalConnectionLOA {
        instance_id: id,
        ..Default::default()
    };
    b.refused(P, complete.clone(), "Simulator.LoaNotInPlace");
    let done: Vec<Done> = b.s.advance(days(2)).iter().map(|c| c.done).collect();
    assert_eq!(done, [Done::LoaAccepted, Done::LoaAvailable]);
    b.ok(P, complete);
    let occupancy = CreatePhysicalConnectionOccupancyOrder {
        physical_connection_id: id,
        ..Default::default()
    };
    b.refused(P, occupancy.clone(), "Simulator.LoaNotInPlace");
    b.s.advance(days(40));
    b.ok(P, occupancy);
    b.refused(P, confirm.clone(), "Simulator.OrderNotPaid");
    b.refused(
        T1,
        PayOrder { instance_id: id },
        "ResourceNotFound.PhysicalConnectionId",
    );
    b.ok(P, PayOrder { instance_id: id });
    b.refused(P, PayOrder { instance_id: id }, "Simulator.NothingToPay");
    b.ok(P, confirm);
    let enable = EnablePhysicalConnection {
        physical_connection_id: id,
    };
    b.ok(P, enable.clone());
    let status = |b: &Bench| b.s.circuit(id.connection().unwrap()).unwrap().circuit.status;
    assert_eq!(status(&b), ConnectionStatus::Confirmed);
    b.refused(P, enable.clone(), "INSTANCE.STATUS.NOT.ALLOW");
    b.s.advance(secs(60));
    assert_eq!(status(&b), ConnectionStatus::Enabled);
    b.refused(P, enable, "Forbidden.NotAllowedInState");
    assert!(b.s.is_settled());
}

#[test]
fn a_review_may_reject_and_a_changed_application_is_reviewed_again() {
    let mut b = Bench::new();
    let call = Call::from(Operation::from(apply_for("ap-bj-a")));
    let mut unlucky = Replay::new(vec![Answer::Span(days(1)), Answer::Happens(true)]);
    let id = b.s.call(P, &call, &mut unlucky).unwrap().created.unwrap();
    assert!(unlucky.is_exhausted());
    assert_eq!(b.s.advance(days(1))[0].done, Done::Rejected);
    let modify = ModifyPhysicalConnectionAttribute {
        physical_connection_id: id,
        bandwidth: Some(5_000),
        ..Default::default()
    };
    b.ok(P, modify);
    assert_eq!(b.s.advance(days(1))[0].done, Done::Approved);
}

#[test]
fn an_allotment_may_fail_and_the_circuit_can_then_only_be_deleted() {
    let mut b = Bench::new();
    let id = b.made(P, apply_for("ap-bj-a"));
    b.s.advance(days(1));
    let order = CreatePhysicalConnectionSetupOrder {
        physical_connection_id: id,
        ..Default::default()
    };
    let mut unlucky = Replay::new(vec![Answer::Span(days(2)), Answer::Happens(true)]);
    b.s.call(P, &Call::from(Operation::from(order)), &mut unlucky).unwrap();
    assert_eq!(b.s.advance(days(2))[0].done, Done::AllocationFailed);
    b.refused(
        P,
        CancelPhysicalConnection {
            physical_connection_id: id,
        },
        "Forbidden.NotAllowedInState",
    );
    b.ok(
        P,
        DeletePhysicalConnection {
            physical_connection_id: id,
        },
    );
    b.refused(
        P,
        DeletePhysicalConnection {
            physical_connection_id: id,
        },
        "InvalidPhysicalConnectionId.NotFound",
    );
}

#[test]
fn applications_are_held_to_their_fields_and_quotas() {
    let mut b = Bench::with(|w| w.policies.set("circuits_per_access_point", "20").unwrap());
    b.refused(P, apply_for("ap-nowhere"), "Simulator.AccessPointNotFound");
    b.refused(
        P,
        CreatePhysicalConnection {
            bandwidth: 77,
            ..apply_for("ap-bj-a")
        },
        "Simulator.BandwidthNotOffered",
    );
    let operator = CreatePhysicalConnection {
        line_operator: Some("XX".into()),
        ..apply_for("ap-bj-a")
    };
    b.refused(P, operator, "Simulator.FieldNotOffered");
    b.refused(
        P,
        CreatePhysicalConnection {
            name: Some("1x".into()),
            ..apply_for("ap-bj-a")
        },
        "Simulator.NameMalformed",
    );
    for _ in 0..6 {
        b.ok(P, apply_for("ap-bj-a"));
    }
    b.refused(P, apply_for("ap-bj-a"), "Simulator.TooManyUnfinishedCircuits");
    let circuit = b.circuit.into();
    b.ok(
        SYS,
        SetBusinessStatus {
            instance_id: circuit,
            business_status: BusinessStatus::FinancialLocked,
        },
    );
    b.refused(P, apply_for("ap-bj-a"), "Simulator.AccountOverdue");
}

#[test]
fn an_account_orders_two_circuits_at_an_access_point_and_no_third() {
    let mut b = Bench::new();
    b.ok(P, apply_for("ap-bj-a"));
    b.refused(P, apply_for("ap-bj-a"), "Simulator.QuotaCircuitsPerAccessPoint");
    b.ok(P, apply_for("ap-bj-b"));
    b.ok(T1, apply_for("ap-bj-a"));
}

#[test]
fn a_redundant_circuit_is_another_one_of_the_same_account() {
    let mut b = Bench::new();
    let good = CreatePhysicalConnection {
        redundant_physical_connection_id: Some(b.circuit.into()),
        ..apply_for("ap-bj-b")
    };
    b.refused(T1, good.clone(), "Simulator.RedundantCircuitNotUsable");
    let second = b.made(P, good);
    let third = CreatePhysicalConnection {
        redundant_physical_connection_id: Some(second),
        ..apply_for("ap-bj-b")
    };
    b.refused(P, third, "Simulator.RedundantCircuitNotUsable");
}

#[test]
fn the_gates_of_a_first_time_setup_come_in_order_and_bind_where_enforced() {
    let mut b = Bench::policy("setup_gates", "enforced");
    b.refused(P, b.sell(T1, 101, "200M"), "Simulator.SetupGateNotPassed");
    let (tenant, partner) = (AccountRef::from(T1), AccountRef::from(P));
    b.refused(P, SurveySite { tenant }, "Simulator.SetupGateOutOfOrder");
    b.ok(T1, SignContract { partner });
    b.refused(P, IssueQuote { tenant }, "Simulator.SetupGateOutOfOrder");
    b.ok(P, SurveySite { tenant });
    b.ok(P, IssueQuote { tenant });
    b.refused(
        T1,
        GiveAccountId { partner, ali_uid: None },
        "Simulator.SetupGateOutOfOrder",
    );
    b.ok(P, BuildLastMile { tenant });
    b.refused(
        T1,
        GiveAccountId { partner, ali_uid: None },
        "Simulator.SetupGateOutOfOrder",
    );
    assert_eq!(b.s.advance(days(20))[0].done, Done::LastMileBuilt);
    b.refused(P, b.sell(T1, 101, "200M"), "Simulator.SetupGateNotPassed");
    b.ok(T1, GiveAccountId { partner, ali_uid: None });
    assert_eq!(b.s.project(P, T1).unwrap().gate, Gate::AccountId);
    b.ok(P, b.sell(T1, 101, "200M"));
    b.refused(P, b.sell(T2, 102, "200M"), "Simulator.SetupGateNotPassed");
}

#[test]
fn with_a_wrong_account_id_the_shared_port_lands_with_a_stranger() {
    let mut b = Bench::policy("setup_gates", "enforced");
    let (tenant, partner) = (AccountRef::from(T1), AccountRef::from(P));
    b.ok(T1, SignContract { partner });
    b.ok(P, SurveySite { tenant });
    b.ok(P, IssueQuote { tenant });
    b.ok(P, BuildLastMile { tenant });
    b.s.advance(days(20));
    b.ok(
        T1,
        GiveAccountId {
            partner,
            ali_uid: Some(AccountRef::Uid(2002)),
        },
    );
    let sell = CreateVirtualPhysicalConnection {
        vpconn_ali_uid: AccountRef::Uid(2002),
        ..b.sell(T1, 101, "200M")
    };
    let port = b.made(P, sell);
    b.ok(T1, OpenPhysicalConnectionService {});
    b.refused(
        T1,
        ConfirmPhysicalConnection {
            physical_connection_id: port,
        },
        "InvalidPhysicalConnectionId.NotFound",
    );
    assert_eq!(b.s.port(port.connection().unwrap()).unwrap().owner, T2);
    let nobody = CreateVirtualPhysicalConnection {
        vpconn_ali_uid: AccountRef::Uid(9),
        ..b.sell(T1, 102, "200M")
    };
    b.refused(P, nobody, "Simulator.TenantNotFound");
}

#[test]
fn gates_bind_by_default_only_the_tenants_of_a_gated_partner() {
    let mut b = Bench::new();
    b.ok(P, b.sell(T1, 101, "200M"));
    let mut w = premises();
    let gated = w
        .add_account(Account {
            uid: 1003,
            role: Role::Partner,
            gated: true,
            ..Account::default()
        })
        .unwrap();
    let mut s = State::new(w);
    let preset = PresetCircuit {
        owner: gated,
        access_point: "ap-bj-a".into(),
        device: "new".into(),
        bandwidth_mbps: 1_000,
        qos_policy: false,
    };
    let circuit = s.preset_circuit(&preset).unwrap();
    let sell = CreateVirtualPhysicalConnection {
        physical_connection_id: circuit.into(),
        ..b.sell(T1, 7, "50M")
    };
    let error = s
        .call(gated, &Call::from(Operation::from(sell)), &mut Defaults)
        .unwrap_err();
    assert_eq!(error.code, "Simulator.SetupGateNotPassed");
}
