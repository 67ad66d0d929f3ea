//! Random sequences of operations: what must hold after each step.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::bench::*;
use crate::ident::AccountId;
use crate::provision::*;
use crate::units::SimDuration;

#[derive(Debug, Clone)]
enum Step {
    Call {
        by: u8,
        op: u8,
        target: u8,
        other: u8,
        vlan: u8,
        spec: u8,
    },
    Wait(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let call = (0..25u8, 0..26u8, any::<u8>(), any::<u8>(), 0..12u8, 0..6u8).prop_map(
        |(by, op, target, other, vlan, spec)| Step::Call {
            by,
            op,
            target,
            other,
            vlan,
            spec,
        },
    );
    prop::collection::vec(prop_oneof![8 => call, 1 => (0..900_000u32).prop_map(Step::Wait)], 1..90)
}

/// A VBR or a shared port that exists, rarely a circuit, rarely nothing.
fn pick(s: &State, n: u8, vbr: bool) -> ResourceId {
    let all: Vec<ResourceId> = if vbr {
        s.vbrs().map(|(id, _)| id.into()).collect()
    } else {
        s.ports().map(|(id, _)| id.into()).collect()
    };
    match n {
        0..8 => ResourceId::UNBOUND,
        8..12 => s.circuits().next().map(|(id, _)| id.into()).unwrap_or_default(),
        _ => all.get(usize::from(n) % all.len().max(1)).copied().unwrap_or_default(),
    }
}

/// What a step is about: for some steps, what they can succeed with.
fn targets(b: &Bench, step: &Step) -> (ResourceId, ResourceId) {
    let Step::Call { op, target, .. } = *step else {
        unreachable!("only calls")
    };
    let port = match op {
        2 => {
            b.s.ports()
                .find(|(_, p)| p.acceptance == Acceptance::UnConfirmed)
                .map(|(id, _)| id.into())
        }
        3 => {
            b.s.ports()
                .find(|(_, p)| p.from_vbr.is_some() && p.acceptance == Acceptance::UnConfirmed)
                .map(|(id, _)| id.into())
        }
        7 => {
            b.s.ports()
                .find(|(_, p)| p.expect_spec.is_some())
                .map(|(id, _)| id.into())
        }
        10 => {
            b.s.ports()
                .find(|(_, p)| p.status == ConnectionStatus::Terminated)
                .map(|(id, _)| id.into())
        }
        _ => None,
    };
    let converting = |id: VbrId| b.s.ports().any(|(_, p)| p.from_vbr == Some(id) && p.is_open());
    let vbr = match op {
        18 => {
            b.s.vbrs()
                .find(|(_, v)| v.status == VbrStatus::Terminated)
                .map(|(id, _)| id.into())
        }
        15 => {
            b.s.vbrs()
                .find(|(_, v)| v.status == VbrStatus::Unconfirmed)
                .map(|(id, _)| id.into())
        }
        20 => {
            b.s.vbrs()
                .find(|(_, v)| !v.is_on_port() && v.owner != P && v.status == VbrStatus::Active && v.bandwidth_mbps > 0)
                .map(|(id, _)| id.into())
        }
        22 => b.s.vbrs().find(|(id, _)| converting(*id)).map(|(id, _)| id.into()),
        _ => None,
    };
    (
        port.unwrap_or_else(|| pick(&b.s, target, false)),
        vbr.unwrap_or_else(|| pick(&b.s, target, true)),
    )
}

/// The account that may most likely do this; a stranger where the step says so.
fn caller(b: &Bench, step: &Step) -> AccountId {
    let Step::Call { by, op, other, .. } = *step else {
        unreachable!("only calls")
    };
    if by < 5 {
        return [P, T1, T2, Q, SYS][usize::from(by)];
    }
    let (pc, vbr) = targets(b, step);
    let port = pc.connection().and_then(|id| b.s.port(id));
    let vbr = vbr.vbr().and_then(|id| b.s.vbr(id));
    let tenant = [T1, T2][usize::from(other) % 2];
    match op {
        5 if other >= 60 => tenant,
        0 | 1 | 6 | 13 | 14 | 16 | 20..=23 => P,
        5 | 24 => SYS,
        7 => port.map_or(P, Port::payer),
        4 => tenant,
        17 | 18 => vbr.map_or(P, |v| b.s.line_owner(v).unwrap_or(P)),
        15 | 19 | 25 => vbr.map_or(tenant, |v| v.owner),
        _ => port.map_or(P, |p| p.owner),
    }
}

fn operation(b: &Bench, step: &Step) -> Operation {
    let Step::Call {
        op,
        target,
        other,
        vlan,
        spec,
        ..
    } = *step
    else {
        unreachable!("only calls")
    };
    let (pc, vbr_id) = targets(b, step);
    let circuit = if target < 8 { pc } else { b.circuit.into() };
    let to = AccountRef::from([T1, T2, T1, T2, P][usize::from(other) % 5]);
    let vlan_id = [1, 2, 3, 4, 5, 2_999, 1, 2, 3, 4, 0, 3_000][usize::from(vlan)];
    let spec_name = ["50M", "500M", "1G", "5G", "10G", "7G"][usize::from(spec)];
    let mbps = [0, 50, 500, 1_000, 5_120, 10_240][usize::from(spec)];
    let order_mode = OrderMode::ALL[usize::from(other) % 2];
    let instance_id = pc;
    let physical_connection_id = pc;
    match op {
        0 | 1 => CreateVirtualPhysicalConnection {
            physical_connection_id: circuit,
            vpconn_ali_uid: to,
            vlan_id,
            spec: spec_name.into(),
            order_mode,
            ..Default::default()
        }
        .into(),
        2 | 3 => ConfirmPhysicalConnection { physical_connection_id }.into(),
        4 => OpenPhysicalConnectionService {}.into(),
        5 if other < 60 => LapseOutboundBilling { ali_uid: to }.into(),
        5 => OpenPhysicalConnectionService {}.into(),
        6 => UpdateVirtualPhysicalConnection {
            instance_id,
            vlan_id: b
                .s
                .ports
                .get(&pc.connection().unwrap_or(b.circuit))
                .map_or(vlan_id, |p| match other % 3 {
                    0 => vlan_id,
                    _ => i64::from(p.vlan),
                }),
            expect_spec: (other % 2 == 0).then(|| spec_name.into()),
        }
        .into(),
        7 => PayOrder { instance_id }.into(),
        8 if other < 90 => CancelPhysicalConnection { physical_connection_id }.into(),
        9 if pc == circuit && other > 20 => PayOrder { instance_id }.into(),
        9 => TerminatePhysicalConnection { physical_connection_id }.into(),
        10 => RecoverPhysicalConnection { instance_id }.into(),
        11 if other < 90 => DeletePhysicalConnection { physical_connection_id }.into(),
        8 | 11 | 12 => CreateVirtualBorderRouter {
            physical_connection_id,
            ..Default::default()
        }
        .into(),
        13 | 14 => CreateVirtualBorderRouter {
            physical_connection_id: circuit,
            vlan_id: Some(vlan_id),
            vbr_owner_id: Some(to),
            bandwidth: (mbps > 0).then_some(mbps),
            ..Default::default()
        }
        .into(),
        15 => ConfirmVirtualBorderRouter { vbr_id }.into(),
        16 => ModifyVirtualBorderRouterAttribute {
            vbr_id,
            vlan_id: Some(vlan_id),
            ..Default::default()
        }
        .into(),
        17 => TerminateVirtualBorderRouter { vbr_id }.into(),
        18 => RecoverVirtualBorderRouter { vbr_id }.into(),
        19 if other < 90 => DeleteVirtualBorderRouter { vbr_id }.into(),
        20 | 21 => CreateVpconnFromVbr {
            vbr_id,
            order_mode: Some(order_mode),
        }
        .into(),
        22 | 23 => {
            let made = vbr_id
                .vbr()
                .and_then(|v| b.s.ports().find(|(_, p)| p.from_vbr == Some(v)));
            let vpconn_id = made.map_or_else(|| pick(&b.s, other, false), |(id, _)| id.into());
            AttachVbrToVpconn { vbr_id, vpconn_id }.into()
        }
        24 => {
            let business_status = BusinessStatus::ALL[usize::from(other % 8) % 5 % 3];
            SetBusinessStatus {
                instance_id,
                business_status,
            }
            .into()
        }
        _ => CreateRouteEntry {
            route_table_id: vbr_id,
            destination_cidr_block: format!("10.{vlan}.0.0/16"),
            next_hop_type: NextHopType::VPC,
        }
        .into(),
    }
}

/// What belongs to nobody but `owner` and its partners: ports and VBRs with everything on them.
fn belongings(s: &State, owner: AccountId) -> (BTreeMap<PcId, Port>, BTreeMap<VbrId, Vbr>) {
    let ports = s
        .ports()
        .filter(|(_, p)| p.owner == owner)
        .map(|(id, p)| (id, p.clone()))
        .collect();
    let vbrs = s
        .vbrs()
        .filter(|(_, v)| v.owner == owner)
        .map(|(id, v)| (id, v.clone()))
        .collect();
    (ports, vbrs)
}

fn check(policies: &[(&str, &str)], steps: &[Step]) {
    let mut b = Bench::with(|w| {
        for (name, value) in policies {
            w.policies.set(name, value).unwrap();
        }
        w.leads.vbr_terminate = Range::exactly(secs(7));
        w.leads.port_enable = Range::exactly(secs(3));
    });
    for tenant in [T1, T2] {
        b.ok(tenant, OpenPhysicalConnectionService {});
    }
    b.legacy(T1, 1, 500);
    b.legacy(T2, 2, 50);
    for vlan in [3, 4] {
        b.ok(P, b.sell(T1, vlan, "50M"));
    }
    for step in steps {
        match step {
            Step::Wait(secs) => {
                b.s.advance(SimDuration::from_secs(u64::from(*secs)));
            }
            Step::Call { .. } => {
                let by = caller(&b, step);
                let op = operation(&b, step);
                let name = op.name();
                let before = b.s.clone();
                let theirs: Vec<_> = [T1, T2].map(|t| belongings(&b.s, t)).into();
                let result = b.s.call(by, &Call::from(op), &mut Defaults);
                if let Err(error) = &result {
                    is_explained(name, error);
                    assert!(before == b.s, "a refused call changed the state");
                }
                for (tenant, had) in [T1, T2].into_iter().zip(theirs) {
                    if tenant != by && by != P && by != SYS {
                        assert_eq!(had, belongings(&b.s, tenant), "a stranger changed a tenant's resources");
                    }
                }
            }
        }
        let wrong = b.s.violations();
        assert!(wrong.is_empty(), "{step:?}: {wrong:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_invariants_hold_after_every_step(steps in steps()) {
        check(&[], &steps);
    }

    #[test]
    fn the_invariants_hold_under_the_loosest_policies(steps in steps()) {
        check(
            &[
                ("sum_of_specs", "unenforced"),
                ("vlan_update", "allow"),
                ("vlan_retention_on_delete", "seven_days"),
                ("new_vbr_on_converting_port", "allow"),
                ("unaccepted_port_lifetime", "2d"),
                ("accept_and_pay", "two_steps"),
                ("convert_needs_outbound", "unenforced"),
                ("vlan0_coexists", "yes"),
                ("port_delete_right", "owner_or_partner_while_unconfirmed"),
            ],
            &steps,
        );
    }

    #[test]
    fn the_invariants_hold_where_deletion_leaves_a_remainder(steps in steps()) {
        check(&[("vlan_retention_on_delete", "remainder"), ("outbound_from", "confirm")], &steps);
    }
}
