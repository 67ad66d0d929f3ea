//! Tenants with legacy VBRs on one circuit, as a state of the law.

use crate::ident::AccountId;
use crate::provision::*;
use crate::rehearse::{Conversion, hands};
use crate::units::SimDuration;

pub const PARTNER: AccountId = AccountId(0);
pub const SYSTEM: AccountId = AccountId(1);

/// The account of the n-th tenant, from 0.
pub fn tenant(n: usize) -> AccountId {
    AccountId::of(n + 2)
}

pub fn premises(tenants: usize, policies: &[(&str, &str)]) -> Premises {
    let mut premises = Premises::new(Policies::default(), LeadTimes::default());
    for (name, value) in policies {
        premises.policies.set(name, value).unwrap();
    }
    let account = |uid, role| Account {
        uid,
        role,
        ..Account::default()
    };
    let mut accounts = vec![account(1001, Role::Partner), account(1, Role::System)];
    accounts.extend((0..tenants as u64).map(|n| Account {
        outbound_billing: true,
        ..account(2001 + n, Role::Tenant)
    }));
    for account in accounts {
        premises.add_account(account).unwrap();
    }
    premises
        .add_access_point(AccessPoint {
            id: "ap".into(),
            shared_ports: true,
            devices: vec![AccessDevice {
                name: "device".into(),
                features: Feature::ALL.to_vec(),
            }],
        })
        .unwrap();
    premises
}

/// So many tenants, each with an active legacy VBR of 100 Mbit/s in VLAN 101 and up.
pub fn legacy(tenants: usize, circuit_mbps: u32, policies: &[(&str, &str)]) -> (State, Vec<Conversion>) {
    let mut state = State::new(premises(tenants, policies));
    let circuit = state
        .preset_circuit(&PresetCircuit {
            owner: PARTNER,
            access_point: "ap".into(),
            device: String::new(),
            bandwidth_mbps: circuit_mbps,
            qos_policy: false,
        })
        .unwrap();
    for n in 0..tenants {
        let vbr = made(
            &mut state,
            PARTNER,
            CreateVirtualBorderRouter {
                physical_connection_id: circuit.into(),
                vlan_id: Some(101 + n as i64),
                vbr_owner_id: Some(tenant(n).into()),
                bandwidth: Some(100),
                ..Default::default()
            },
        );
        ok(&mut state, tenant(n), ConfirmVirtualBorderRouter { vbr_id: vbr });
        ok(
            &mut state,
            tenant(n),
            ModifyVirtualBorderRouterAttribute {
                vbr_id: vbr,
                local_gateway_ip: Some("10.0.0.1".into()),
                peer_gateway_ip: Some("10.0.0.2".into()),
                peering_subnet_mask: Some("255.255.255.252".into()),
                ..Default::default()
            },
        );
        ok(
            &mut state,
            tenant(n),
            CreateRouteEntry {
                route_table_id: vbr,
                destination_cidr_block: "172.16.1.0/24".into(),
                next_hop_type: NextHopType::PhysicalConnection,
            },
        );
        ok(
            &mut state,
            tenant(n),
            CreateTransitRouterVbrAttachment {
                vbr_id: vbr,
                ..Default::default()
            },
        );
    }
    state.advance(SimDuration::from_secs(60));
    let conversions = Conversion::all(&state);
    assert_eq!(conversions.len(), tenants);
    (state, conversions)
}

pub fn ok(state: &mut State, by: AccountId, op: impl Into<Operation>) -> Reply {
    let op = op.into();
    let shown = format!("{op:?}");
    let reply = state.call(by, &Call::from(op), &mut Defaults);
    reply.unwrap_or_else(|error| panic!("{shown}: {error}"))
}

pub fn made(state: &mut State, by: AccountId, op: impl Into<Operation>) -> ResourceId {
    ok(state, by, op).created.unwrap()
}

/// The conversion's own call of that name, which must be accepted.
pub fn go(state: &mut State, conversion: &Conversion, by: AccountId, name: OperationName) {
    let op = hands::call(state, conversion, name).unwrap();
    ok(state, by, op);
}

/// Convert, accept and attach, as far as `steps` go.
pub fn convert(state: &mut State, conversion: &Conversion, steps: usize) {
    let all = [
        (conversion.partner, OperationName::CreateVpconnFromVbr),
        (conversion.tenant, OperationName::ConfirmPhysicalConnection),
        (conversion.partner, OperationName::AttachVbrToVpconn),
    ];
    for (by, name) in all.into_iter().take(steps) {
        go(state, conversion, by, name);
    }
}
