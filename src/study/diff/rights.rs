//! Who may do what at the end, found by asking: each call is put to a copy of the law as a dry run.
//! Nothing is remembered of the rules here, so nothing can be remembered wrong.

use super::facts::{Aspect, Facts};
use crate::check::Names;
use crate::ident::AccountId;
use crate::provision::{
    Call, Defaults, DeletePhysicalConnection, DeleteVirtualBorderRouter, ModifyVirtualBorderRouterAttribute, Operation,
    PcId, RecoverPhysicalConnection, RecoverVirtualBorderRouter, ResourceId, State, TerminatePhysicalConnection,
    TerminateVirtualBorderRouter, UpdateVirtualBorderBandwidth, VbrId,
};

/// What answers a call that would be carried out.
const WOULD_PASS: &str = "allowed";

/// Adds what the tenant and the owner of the circuit may do with each VBR and shared port of a tenant.
pub(super) fn add(law: &State, names: &Names<'_>, facts: &mut Facts<'_>) {
    let mut asked = law.clone();
    for (id, vbr) in law.vbrs() {
        let owner = law.circuits().find(|(circuit, _)| *circuit == vbr.circuit);
        let owner = owner.map_or(vbr.owner, |(_, circuit)| circuit.owner);
        let subject = format!("VBR on {}", names.of(vbr.circuit));
        let calls = of_vbr(id, vbr.bandwidth_mbps);
        ask(&mut asked, facts, &subject, [vbr.owner, owner], &calls);
    }
    for (id, port) in law.ports() {
        let subject = format!("shared port on {}", names.of(port.circuit));
        ask(&mut asked, facts, &subject, [port.owner, port.partner], &of_port(id));
    }
}

/// Asks for the calls in the name of the tenant and of the owner of the circuit.
fn ask(
    law: &mut State,
    facts: &mut Facts<'_>,
    subject: &str,
    [tenant, owner]: [AccountId; 2],
    calls: &[(&str, Operation)],
) {
    let who = [("the tenant", tenant), ("the owner of the circuit", owner)];
    let distinct = if tenant == owner { &who[..1] } else { &who[..] };
    for (word, by) in distinct {
        for (what, op) in calls {
            let answer = answer(law, *by, op);
            facts.add(tenant, Aspect::Rights, format!("{subject}: {what} by {word}"), answer);
        }
    }
}

/// What a dry run answers.
fn answer(law: &mut State, by: AccountId, op: &Operation) -> String {
    let call = Call {
        op: op.clone(),
        token: None,
        dry_run: true,
    };
    match law.call(by, &call, &mut Defaults) {
        Ok(_) => WOULD_PASS.to_owned(),
        Err(error) if error.is_dry_run() => WOULD_PASS.to_owned(),
        Err(error) => error.code.to_owned(),
    }
}

fn of_vbr(id: VbrId, bandwidth_mbps: u32) -> Vec<(&'static str, Operation)> {
    let vbr_id = ResourceId::Vbr(id);
    let timers = ModifyVirtualBorderRouterAttribute {
        vbr_id,
        detect_multiplier: Some(3),
        ..ModifyVirtualBorderRouterAttribute::default()
    };
    let bandwidth = UpdateVirtualBorderBandwidth {
        virtual_border_router_id: vbr_id,
        bandwidth: i64::from(bandwidth_mbps),
    };
    let all: [Operation; 5] = [
        TerminateVirtualBorderRouter { vbr_id }.into(),
        RecoverVirtualBorderRouter { vbr_id }.into(),
        DeleteVirtualBorderRouter { vbr_id }.into(),
        timers.into(),
        bandwidth.into(),
    ];
    named(all)
}

fn of_port(id: PcId) -> Vec<(&'static str, Operation)> {
    let port = ResourceId::Connection(id);
    let all: [Operation; 3] = [
        TerminatePhysicalConnection {
            physical_connection_id: port,
        }
        .into(),
        RecoverPhysicalConnection { instance_id: port }.into(),
        DeletePhysicalConnection {
            physical_connection_id: port,
        }
        .into(),
    ];
    named(all)
}

fn named(all: impl IntoIterator<Item = Operation>) -> Vec<(&'static str, Operation)> {
    all.into_iter().map(|op| (op.name(), op)).collect()
}
