//! The state tables: each operation from each life-cycle state, allowed or refused with its code.

use super::bench::*;
use crate::provision::*;

use ConnectionStatus as S;

/// Runs an operation from each state and compares with the states that allow it.
fn table(
    name: &str,
    allowed: &[S],
    refusal: &str,
    make: impl Fn() -> (Bench, crate::ident::AccountId, PcId),
    op: impl Fn(PcId) -> Operation,
) {
    for status in S::ALL {
        let (mut b, by, id) = make();
        force(&mut b, id, *status);
        let result = b.s.call(by, &Call::from(op(id)), &mut Defaults);
        match (allowed.contains(status), result) {
            (true, Ok(_)) => {}
            (false, Err(e)) => assert_eq!(e.code, refusal, "{name} from {status}: {e}"),
            (true, Err(e)) => panic!("{name} from {status} should be allowed: {e}"),
            (false, Ok(_)) => panic!("{name} from {status} should be refused"),
        }
    }
}

fn force(b: &mut Bench, id: PcId, status: S) {
    if let Some(port) = b.s.ports.get_mut(&id) {
        port.status = status;
    } else {
        b.s.set_circuit_status(id, status);
    }
}

fn circuit() -> (Bench, crate::ident::AccountId, PcId) {
    let mut b = Bench::policy("circuit_build", "states_only");
    b.s.circuits.get_mut(&b.circuit).unwrap().loa = None;
    let id = b.circuit;
    (b, P, id)
}

const STATE: &str = "Forbidden.NotAllowedInState";

#[test]
fn every_operation_on_a_circuit_is_allowed_from_its_documented_states_only() {
    table("Confirm", &[S::Allocated], STATE, circuit, |id| {
        ConfirmPhysicalConnection {
            physical_connection_id: id.into(),
        }
        .into()
    });
    table("Enable", &[S::Confirmed], STATE, circuit, |id| {
        EnablePhysicalConnection {
            physical_connection_id: id.into(),
        }
        .into()
    });
    table(
        "Cancel",
        &[S::Initial, S::Approved, S::Allocated, S::Confirmed],
        STATE,
        circuit,
        |id| {
            CancelPhysicalConnection {
                physical_connection_id: id.into(),
            }
            .into()
        },
    );
    table("Terminate", &[S::Enabled], STATE, circuit, |id| {
        TerminatePhysicalConnection {
            physical_connection_id: id.into(),
        }
        .into()
    });
    table("Recover", &[], "Simulator.OnlySharedPortsRecover", circuit, |id| {
        RecoverPhysicalConnection { instance_id: id.into() }.into()
    });
    let deletable = [
        S::Allocated,
        S::Confirmed,
        S::Rejected,
        S::Canceled,
        S::AllocationFailed,
        S::Terminated,
    ];
    table("Delete", &deletable, STATE, circuit, |id| {
        DeletePhysicalConnection {
            physical_connection_id: id.into(),
        }
        .into()
    });
    table(
        "Modify bandwidth",
        &[S::Initial, S::Enabled, S::Rejected],
        STATE,
        circuit,
        |id| {
            ModifyPhysicalConnectionAttribute {
                physical_connection_id: id.into(),
                bandwidth: Some(2_000),
                ..Default::default()
            }
            .into()
        },
    );
    let nameable = [
        S::Initial,
        S::Approved,
        S::Allocated,
        S::Confirmed,
        S::Enabled,
        S::Rejected,
    ];
    table("Modify name", &nameable, STATE, circuit, |id| {
        ModifyPhysicalConnectionAttribute {
            physical_connection_id: id.into(),
            name: Some("metro".into()),
            ..Default::default()
        }
        .into()
    });
    table("SetupOrder", &[S::Approved], STATE, circuit, |id| {
        CreatePhysicalConnectionSetupOrder {
            physical_connection_id: id.into(),
            ..Default::default()
        }
        .into()
    });
    table("ApplyLOA", &[S::Allocated], STATE, circuit, |id| {
        ApplyPhysicalConnectionLOA {
            instance_id: id.into(),
            ..Default::default()
        }
        .into()
    });
    table(
        "CreateVirtual",
        &[S::Enabled],
        "IncorrectStatus.PhysicalConnection",
        circuit,
        |id| {
            CreateVirtualPhysicalConnection {
                physical_connection_id: id.into(),
                vpconn_ali_uid: T1.into(),
                vlan_id: 1,
                spec: "50M".into(),
                ..Default::default()
            }
            .into()
        },
    );
    table(
        "CreateVbr",
        &[S::Enabled],
        "InvalidPhysicalConnectionId.NotEnabled",
        circuit,
        |id| legacy_on(id, T1, 1, 50).into(),
    );
}

/// A shared port, accepted or not.
fn port(accepted: bool) -> (Bench, crate::ident::AccountId, PcId) {
    let mut b = Bench::new();
    let id = if accepted {
        b.port(T1, 101, "200M")
    } else {
        b.ok(T1, OpenPhysicalConnectionService {});
        b.made(P, b.sell(T1, 101, "200M")).connection().unwrap()
    };
    (b, T1, id)
}

#[test]
fn every_operation_on_a_shared_port_is_allowed_from_its_documented_states_only() {
    table(
        "Accept",
        &[S::Allocated],
        STATE,
        || port(false),
        |id| {
            ConfirmPhysicalConnection {
                physical_connection_id: id.into(),
            }
            .into()
        },
    );
    table(
        "Cancel",
        &[S::Initial, S::Approved, S::Allocated, S::Confirmed],
        STATE,
        || port(true),
        |id| {
            CancelPhysicalConnection {
                physical_connection_id: id.into(),
            }
            .into()
        },
    );
    table(
        "Terminate",
        &[S::Enabled],
        STATE,
        || port(true),
        |id| {
            TerminatePhysicalConnection {
                physical_connection_id: id.into(),
            }
            .into()
        },
    );
    table(
        "Recover",
        &[S::Terminated],
        STATE,
        || port(true),
        |id| RecoverPhysicalConnection { instance_id: id.into() }.into(),
    );
    let deletable = [
        S::Allocated,
        S::Confirmed,
        S::Rejected,
        S::Canceled,
        S::AllocationFailed,
        S::Terminated,
    ];
    table(
        "Delete",
        &deletable,
        STATE,
        || port(true),
        |id| {
            DeletePhysicalConnection {
                physical_connection_id: id.into(),
            }
            .into()
        },
    );
    table(
        "CreateVbr",
        &[S::Enabled],
        "InvalidPhysicalConnectionId.NotEnabled",
        || port(true),
        |id| vbr_on(id).into(),
    );
    let partner = || {
        let (b, _, id) = port(true);
        (b, P, id)
    };
    let changeable = [S::Allocated, S::Confirmed, S::Enabled];
    table(
        "Update",
        &changeable,
        "IncorrectStatus.PhysicalConnection",
        partner,
        |id| {
            UpdateVirtualPhysicalConnection {
                instance_id: id.into(),
                vlan_id: 101,
                expect_spec: Some("500M".into()),
            }
            .into()
        },
    );
    let legacy = || {
        let mut b = Bench::new();
        let vbr = b.legacy(T1, 101, 200);
        b.ok(T1, OpenPhysicalConnectionService {});
        let order_mode = OrderMode::PayByVirtualPhysicalConnectionOwner;
        let id = b.made(
            P,
            CreateVpconnFromVbr {
                vbr_id: vbr.into(),
                order_mode: Some(order_mode),
            },
        );
        b.ok(
            T1,
            ConfirmPhysicalConnection {
                physical_connection_id: id,
            },
        );
        (b, P, id.connection().unwrap())
    };
    table(
        "Attach",
        &[S::Enabled],
        "IncorrectStatus.PhysicalConnection",
        legacy,
        |id| {
            AttachVbrToVpconn {
                vbr_id: VbrId { uid: 2001, n: 1 }.into(),
                vpconn_id: id.into(),
            }
            .into()
        },
    );
}

#[test]
fn a_shared_ports_three_states_move_independently() {
    let (mut b, _, id) = port(false);
    let states = |b: &Bench| {
        let p = b.s.port(id).unwrap();
        (p.status, p.acceptance, p.business)
    };
    let lock = |b: &mut Bench, to| {
        b.ok(
            SYS,
            SetBusinessStatus {
                instance_id: id.into(),
                business_status: to,
            },
        )
    };
    assert_eq!(
        states(&b),
        (S::Allocated, Acceptance::UnConfirmed, BusinessStatus::Normal)
    );
    lock(&mut b, BusinessStatus::SecurityLocked);
    let confirm = ConfirmPhysicalConnection {
        physical_connection_id: id.into(),
    };
    b.refused(T1, confirm.clone(), "OperationFailed.ResourceLockedBySystem");
    lock(&mut b, BusinessStatus::Normal);
    b.ok(T1, confirm);
    assert_eq!(states(&b), (S::Enabled, Acceptance::Confirmed, BusinessStatus::Normal));
    lock(&mut b, BusinessStatus::FinancialLocked);
    assert_eq!(
        states(&b),
        (S::Enabled, Acceptance::Confirmed, BusinessStatus::FinancialLocked)
    );
    let terminate = TerminatePhysicalConnection {
        physical_connection_id: id.into(),
    };
    b.refused(T1, terminate.clone(), "OperationFailed.ResourceLockedBySystem");
    lock(&mut b, BusinessStatus::Normal);
    b.ok(T1, terminate);
    assert_eq!(
        states(&b),
        (S::Terminated, Acceptance::Confirmed, BusinessStatus::Normal)
    );
    let canceled = port(false);
    let mut b = canceled.0;
    b.ok(
        T1,
        CancelPhysicalConnection {
            physical_connection_id: id.into(),
        },
    );
    assert_eq!(
        states(&b),
        (S::Canceled, Acceptance::UnConfirmed, BusinessStatus::Normal)
    );
}

#[test]
fn every_operation_on_a_vbr_is_allowed_from_its_documented_states_only() {
    use VbrStatus as V;
    type Make = fn(ResourceId) -> Operation;
    const VBR_STATE: &str = "InvalidOperation.OperationNotAllowedInState";
    let rows: [(&[V], &str, crate::ident::AccountId, Make); 8] = [
        (&[V::Unconfirmed], VBR_STATE, T1, |vbr_id| {
            ConfirmVirtualBorderRouter { vbr_id }.into()
        }),
        (&[V::Active], VBR_STATE, P, |vbr_id| {
            TerminateVirtualBorderRouter { vbr_id }.into()
        }),
        (&[V::Terminated], VBR_STATE, P, |vbr_id| {
            RecoverVirtualBorderRouter { vbr_id }.into()
        }),
        (&[V::Unconfirmed, V::Active, V::Terminated], VBR_STATE, T1, |vbr_id| {
            DeleteVirtualBorderRouter { vbr_id }.into()
        }),
        (&[V::Unconfirmed, V::Active], VBR_STATE, P, |virtual_border_router_id| {
            UpdateVirtualBorderBandwidth {
                virtual_border_router_id,
                bandwidth: 500,
            }
            .into()
        }),
        (&[V::Active], "Simulator.RouteNeedsActiveVbr", T1, |route_table_id| {
            let destination_cidr_block = "10.0.0.0/8".into();
            CreateRouteEntry {
                route_table_id,
                destination_cidr_block,
                ..Default::default()
            }
            .into()
        }),
        (&[V::Active], VBR_STATE, T1, |vbr_id| {
            CreateTransitRouterVbrAttachment {
                vbr_id,
                ..Default::default()
            }
            .into()
        }),
        (&[V::Active], VBR_STATE, P, |vbr_id| {
            CreateVpconnFromVbr {
                vbr_id,
                order_mode: Some(OrderMode::PayByPhysicalConnectionOwner),
            }
            .into()
        }),
    ];
    for (allowed, refusal, by, op) in rows {
        for status in V::ALL {
            let mut b = Bench::new();
            b.ok(T1, OpenPhysicalConnectionService {});
            let vbr = b.legacy(T1, 101, 200);
            b.s.vbrs.get_mut(&vbr).unwrap().status = status;
            let op = op(vbr.into());
            let name = op.name();
            let result = b.s.call(by, &Call::from(op), &mut Defaults).map_err(|e| e.code);
            let expected = if allowed.contains(&status) { None } else { Some(refusal) };
            assert_eq!(result.err(), expected, "{name} from {status}");
        }
    }
}
