//! The conformance rules that need no BGP, drill or QoS, each by its sentence.

use super::bench::*;
use crate::provision::*;

#[test]
fn c1_a_vlan_id_is_0_to_2999() {
    let mut b = Bench::new();
    for vlan in [-1, 3_000, 4_095, 70_000, i64::MAX, i64::MIN] {
        b.refused(P, b.sell(T1, vlan, "50M"), "IllegalParam.VlanId");
        b.refused(P, legacy_on(b.circuit, T1, vlan, 50), "InvalidVlanId.Malformed");
    }
    b.ok(P, b.sell(T1, 1, "50M"));
    b.ok(P, b.sell(T1, 2_999, "50M"));
}

#[test]
fn c2_a_vlan_is_used_once_on_a_circuit() {
    let mut b = Bench::new();
    b.ok(P, b.sell(T1, 101, "50M"));
    b.refused(P, b.sell(T2, 101, "50M"), "Simulator.VlanIdInUse");
    b.refused(P, legacy_on(b.circuit, T2, 101, 50), "InvalidVlanId.Used");
    b.ok(P, legacy_on(b.circuit, T2, 102, 50));
    b.refused(P, b.sell(T1, 102, "50M"), "Simulator.VlanIdInUse");
}

#[test]
fn c3_vlan_0_excludes_every_other_vlan_on_the_circuit() {
    let mut b = Bench::new();
    b.ok(P, b.sell(T1, 0, "50M"));
    b.refused(P, b.sell(T2, 5, "50M"), "Simulator.VlanZeroIsAlone");
    b.refused(P, legacy_on(b.circuit, T2, 5, 50), "Simulator.VlanZeroIsAlone");
    let mut b = Bench::new();
    b.ok(P, b.sell(T1, 5, "50M"));
    b.refused(P, b.sell(T2, 0, "50M"), "Simulator.VlanZeroIsAlone");
    let mut b = Bench::policy("vlan0_coexists", "yes");
    b.ok(P, b.sell(T1, 0, "50M"));
    b.ok(P, b.sell(T2, 5, "50M"));
}

#[test]
fn c4_a_vbr_on_a_shared_port_inherits_vlan_and_bandwidth_and_cannot_change_them() {
    let mut b = Bench::new();
    let port = b.port(T1, 101, "200M");
    let other_vlan = CreateVirtualBorderRouter {
        vlan_id: Some(102),
        ..vbr_on(port)
    };
    b.refused(T1, other_vlan, "Simulator.InheritedFromSharedPort");
    let other_rate = CreateVirtualBorderRouter {
        bandwidth: Some(500),
        ..vbr_on(port)
    };
    b.refused(T1, other_rate, "Simulator.InheritedFromSharedPort");
    let vbr = b.vbr(T1, port);
    assert_eq!(b.s.vbr(vbr).unwrap().vlan, 101);
    let modify = ModifyVirtualBorderRouterAttribute {
        vbr_id: vbr.into(),
        ..Default::default()
    };
    let vlan = ModifyVirtualBorderRouterAttribute {
        vlan_id: Some(102),
        ..modify.clone()
    };
    b.refused(T1, vlan.clone(), "Simulator.InheritedFromSharedPort");
    b.refused(P, vlan, "Simulator.InheritedFromSharedPort");
    let rate = ModifyVirtualBorderRouterAttribute {
        bandwidth: Some(500),
        ..modify
    };
    b.refused(T1, rate, "Simulator.InheritedFromSharedPort");
    let update = UpdateVirtualBorderBandwidth {
        virtual_border_router_id: vbr.into(),
        bandwidth: 500,
    };
    b.refused(T1, update, "Simulator.InheritedFromSharedPort");
}

#[test]
fn c5_a_second_vbr_on_a_shared_port_is_refused() {
    let mut b = Bench::new();
    let port = b.port(T1, 101, "200M");
    b.vbr(T1, port);
    b.refused(T1, vbr_on(port), "QuotaExceeded.VPCONN");
}

#[test]
fn c6_accepting_needs_outbound_billing() {
    let mut b = Bench::new();
    let port = b.made(P, b.sell(T1, 101, "200M"));
    let confirm = ConfirmPhysicalConnection {
        physical_connection_id: port,
    };
    b.refused(T1, confirm.clone(), "OperationFailed.PconnTrafficNotEnable");
    assert_eq!(b.ok(T1, GetPhysicalConnectionServiceStatus {}).note, "Disabled");
    b.ok(T1, OpenPhysicalConnectionService {});
    assert_eq!(b.ok(T1, GetPhysicalConnectionServiceStatus {}).note, "Enabled");
    b.refused(T2, LapseOutboundBilling { ali_uid: T1.into() }, "Simulator.SystemOnly");
    b.ok(SYS, LapseOutboundBilling { ali_uid: T1.into() });
    b.refused(T1, confirm.clone(), "OperationFailed.PconnTrafficNotEnable");
    b.ok(T1, OpenPhysicalConnectionService {});
    b.ok(T1, confirm);
}

#[test]
fn c7_only_the_account_that_a_shared_port_was_made_for_accepts_it() {
    let mut b = Bench::new();
    let port = b.made(P, b.sell(T1, 101, "200M"));
    for stranger in [P, T2, Q] {
        b.ok(stranger, OpenPhysicalConnectionService {});
        let confirm = ConfirmPhysicalConnection {
            physical_connection_id: port,
        };
        b.refused(stranger, confirm, "InvalidPhysicalConnectionId.NotFound");
    }
}

#[test]
fn c8_no_frame_may_pass_before_confirmed_enabled_and_vbr_active() {
    let slow = |w: &mut Premises| {
        w.leads.port_enable = Range::exactly(secs(5));
        w.leads.vbr_terminate = Range::exactly(secs(5));
        w.leads.vbr_recover = Range::exactly(secs(5));
    };
    let mut b = Bench::with(slow);
    let port = b.port(T1, 101, "200M");
    b.refused(T1, vbr_on(port), "InvalidPhysicalConnectionId.NotEnabled");
    let done = b.s.advance(secs(5));
    assert_eq!(
        (done[0].done, done[0].touched.clone()),
        (Done::Enabled, vec![b.key(101)])
    );
    assert!(!b.open(101));
    let vbr = b.vbr(T1, port);
    assert!(b.open(101));
    b.ok(T1, TerminateVirtualBorderRouter { vbr_id: vbr.into() });
    assert!(!b.open(101));
    b.s.advance(secs(5));
    b.ok(T1, RecoverVirtualBorderRouter { vbr_id: vbr.into() });
    assert!(!b.open(101));
    b.s.advance(secs(5));
    assert!(b.open(101));
    for what in [ResourceId::from(port), b.circuit.into()] {
        for lock in [BusinessStatus::FinancialLocked, BusinessStatus::SecurityLocked] {
            let reply = b.ok(
                SYS,
                SetBusinessStatus {
                    instance_id: what,
                    business_status: lock,
                },
            );
            assert_eq!((reply.touched, b.open(101)), (vec![b.key(101)], false));
        }
        b.ok(
            SYS,
            SetBusinessStatus {
                instance_id: what,
                business_status: BusinessStatus::Normal,
            },
        );
        assert!(b.open(101));
    }
}

#[test]
fn c9_the_sum_of_specs_is_at_most_the_circuits_bandwidth() {
    let mut b = Bench::new();
    b.ok(P, b.sell(T1, 1, "5G"));
    b.ok(P, b.sell(T2, 2, "5G"));
    b.refused(P, b.sell(T2, 3, "50M"), "Simulator.CircuitBandwidthExceeded");
    let mut b = Bench::policy("sum_of_specs", "unenforced");
    b.ok(P, b.sell(T1, 1, "10G"));
    b.ok(P, b.sell(T2, 2, "10G"));
}

#[test]
fn c9_two_hundred_shared_ports_of_50m_fill_a_10g_circuit() {
    let mut b = Bench::new();
    for vlan in 1..=200 {
        let sell = Call::from(Operation::from(b.sell(T1, vlan, "50M")));
        b.s.call(P, &sell, &mut Defaults).unwrap();
    }
    assert_eq!(b.s.circuit(b.circuit).unwrap().circuit.free_mbps(), 0);
    b.refused(P, b.sell(T1, 201, "50M"), "Simulator.CircuitBandwidthExceeded");
}

#[test]
fn c10_a_spec_is_of_the_list_and_sold_and_2g_goes_through_the_account_manager() {
    let mut b = Bench::with(|w| {
        let sold = vec![Spec::parse("50M").unwrap(), Spec::parse("2G").unwrap()];
        w.add_account(Account {
            uid: 1003,
            role: Role::Partner,
            sold_specs: sold,
            ..Account::default()
        })
        .unwrap();
    });
    for wrong in ["", "1000M", "2g", "600M", "10 G"] {
        b.refused(P, b.sell(T1, 1, wrong), "Simulator.SpecNotOffered");
    }
    let preset = |owner| PresetCircuit {
        owner,
        access_point: "ap-bj-a".into(),
        device: String::new(),
        bandwidth_mbps: 10_000,
        qos_policy: false,
    };
    let small = crate::ident::AccountId(7);
    let circuit = b.s.preset_circuit(&preset(small)).unwrap();
    let on = |sell| CreateVirtualPhysicalConnection {
        physical_connection_id: circuit.into(),
        ..sell
    };
    b.refused(small, on(b.sell(T1, 1, "2G")), "Simulator.SpecNeedsAccountManager");
    b.refused(small, on(b.sell(T1, 1, "100M")), "Simulator.SpecNotSold");
    b.ok(small, on(b.sell(T1, 1, "50M")));
    b.ok(P, b.sell(T1, 1, "8G"));
}

#[test]
fn c11_a_circuit_is_terminated_only_after_its_vbrs_and_shared_ports_are_gone() {
    let mut b = Bench::new();
    let terminate = TerminatePhysicalConnection {
        physical_connection_id: b.circuit.into(),
    };
    let vbr = b.legacy(T1, 101, 50);
    b.refused(P, terminate.clone(), "Forbidden.VbrAttached");
    b.refused(
        P,
        DeletePhysicalConnection {
            physical_connection_id: b.circuit.into(),
        },
        "Forbidden.VBRExists",
    );
    b.ok(T1, DeleteVirtualBorderRouter { vbr_id: vbr.into() });
    let port = b.made(P, b.sell(T1, 101, "50M"));
    b.refused(P, terminate.clone(), "OperationFailed.VpconnAttached");
    b.ok(
        T1,
        DeletePhysicalConnection {
            physical_connection_id: port,
        },
    );
    b.ok(P, terminate);
    let recover = RecoverPhysicalConnection {
        instance_id: b.circuit.into(),
    };
    b.refused(P, recover, "Simulator.OnlySharedPortsRecover");
    b.ok(
        P,
        DeletePhysicalConnection {
            physical_connection_id: b.circuit.into(),
        },
    );
    assert!(b.s.circuit(b.circuit).is_none());
}

#[test]
fn c12_a_shared_port_is_deleted_only_by_its_owner() {
    let mut b = Bench::new();
    let port = b.made(P, b.sell(T1, 101, "50M"));
    let delete = DeletePhysicalConnection {
        physical_connection_id: port,
    };
    b.refused(P, delete.clone(), "OperationDenied.NeedVpconnOwner");
    b.refused(T2, delete.clone(), "InvalidPhysicalConnectionId.NotFound");
    b.ok(T1, delete);
    let mut b = Bench::policy("port_delete_right", "owner_or_partner_while_unconfirmed");
    let port = b.made(P, b.sell(T1, 101, "50M"));
    b.ok(
        P,
        DeletePhysicalConnection {
            physical_connection_id: port,
        },
    );
    let port = b.port(T1, 101, "50M");
    b.refused(
        P,
        DeletePhysicalConnection {
            physical_connection_id: port.into(),
        },
        "OperationDenied.NeedVpconnOwner",
    );
}

#[test]
fn c12_a_shared_port_with_a_vbr_is_neither_terminated_nor_deleted() {
    let mut b = Bench::new();
    let port = b.port(T1, 101, "50M");
    let vbr = b.vbr(T1, port);
    b.refused(
        T1,
        TerminatePhysicalConnection {
            physical_connection_id: port.into(),
        },
        "Forbidden.VbrAttached",
    );
    b.refused(
        T1,
        DeletePhysicalConnection {
            physical_connection_id: port.into(),
        },
        "Forbidden.AssociateToVBR",
    );
    b.ok(T1, DeleteVirtualBorderRouter { vbr_id: vbr.into() });
    b.refused(
        T1,
        DeletePhysicalConnection {
            physical_connection_id: port.into(),
        },
        "Forbidden.NotAllowedInState",
    );
    b.ok(
        T1,
        TerminatePhysicalConnection {
            physical_connection_id: port.into(),
        },
    );
    b.ok(
        T1,
        RecoverPhysicalConnection {
            instance_id: port.into(),
        },
    );
    b.ok(
        T1,
        TerminatePhysicalConnection {
            physical_connection_id: port.into(),
        },
    );
    b.ok(
        T1,
        DeletePhysicalConnection {
            physical_connection_id: port.into(),
        },
    );
    assert!(b.s.service(&b.key(101)).is_none());
}

#[test]
fn c21_a_circuit_with_a_qos_policy_carries_no_shared_port() {
    let mut b = Bench::new();
    let mut sell_on = |ap: &str, device: &str, qos_policy| {
        let preset = PresetCircuit {
            owner: P,
            access_point: ap.into(),
            device: device.into(),
            bandwidth_mbps: 1_000,
            qos_policy,
        };
        let circuit = b.s.preset_circuit(&preset).unwrap();
        let sell = CreateVirtualPhysicalConnection {
            physical_connection_id: circuit.into(),
            ..b.sell(T1, 1, "50M")
        };
        b.call(P, sell).map_err(|e| e.code)
    };
    assert_eq!(
        sell_on("ap-bj-a", "new", true).unwrap_err(),
        "Simulator.CircuitHasQosPolicy"
    );
    assert_eq!(
        sell_on("ap-bj-a", "old", false).unwrap_err(),
        "Simulator.DeviceWithoutMpbgp"
    );
    assert_eq!(
        sell_on("ap-bj-b", "", false).unwrap_err(),
        "Simulator.AccessPointWithoutSharedPorts"
    );
    assert!(sell_on("ap-bj-a", "new", false).is_ok());
}

#[test]
fn c25_the_circuits_owner_deletes_a_legacy_vbr_only_while_it_is_unconfirmed() {
    let mut b = Bench::new();
    let vbr = b.made(P, legacy_on(b.circuit, T1, 101, 50));
    b.ok(P, DeleteVirtualBorderRouter { vbr_id: vbr });
    let vbr = b.legacy(T1, 101, 50);
    b.refused(
        P,
        DeleteVirtualBorderRouter { vbr_id: vbr.into() },
        "Forbidden.OperationNotAllowedByUser",
    );
    b.ok(T1, DeleteVirtualBorderRouter { vbr_id: vbr.into() });
}

#[test]
fn a_shared_port_is_sold_by_a_partner_to_a_main_account_of_its_site() {
    let mut b = Bench::new();
    b.refused(P, b.sell(RAM, 1, "50M"), "Simulator.TenantNotMainAccount");
    b.refused(P, b.sell(Q, 1, "50M"), "Simulator.TenantNotMainAccount");
    b.refused(P, b.sell(INTL, 1, "50M"), "Simulator.TenantOtherSite");
    for stranger in [Q, T1, T2] {
        b.refused(stranger, b.sell(T1, 1, "50M"), "ResourceNotFound.PhysicalConnectionId");
    }
    let preset = PresetCircuit {
        owner: T2,
        access_point: "ap-bj-a".into(),
        device: String::new(),
        bandwidth_mbps: 1_000,
        qos_policy: false,
    };
    let circuit = b.s.preset_circuit(&preset).unwrap();
    let sell = CreateVirtualPhysicalConnection {
        physical_connection_id: circuit.into(),
        ..b.sell(T1, 1, "50M")
    };
    b.refused(T2, sell, "Simulator.SharedPortPermissionMissing");
    let port = b.port(T1, 1, "50M");
    let nested = CreateVirtualPhysicalConnection {
        physical_connection_id: port.into(),
        ..b.sell(T2, 2, "50M")
    };
    b.refused(T1, nested.clone(), "ResourceNotFound.PhysicalConnectionId");
    b.refused(P, nested, "ResourceNotFound.PhysicalConnectionId");
}

#[test]
fn the_quotas_of_shared_ports_and_vbrs_hold() {
    let mut b = Bench::policy("shared_ports_per_circuit", "2");
    b.ok(P, b.sell(T1, 1, "50M"));
    b.ok(P, b.sell(T1, 2, "50M"));
    b.refused(P, b.sell(T1, 3, "50M"), "Simulator.QuotaSharedPortsPerCircuit");
    for vlan in 11..=15 {
        b.legacy(T2, vlan, 50);
    }
    b.refused(P, legacy_on(b.circuit, T2, 16, 50), "Simulator.QuotaVbrsPerCircuit");
    b.legacy(T1, 16, 50);
}
