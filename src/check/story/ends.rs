//! How each service stands when the run ends: legacy or on a shared port, accepted or not, open or not.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Names;
use crate::check::case::Case;
use crate::ident::TenantId;
use crate::provision::{Acceptance, Hole, OperationName, PcId, Port, ResourceId, Vbr, VbrId, VbrStatus};
use crate::scenario::plan::StepPlan;

/// One service at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceEnd<'a> {
    /// Whose.
    pub tenant: &'a str,
    /// Its circuit.
    pub circuit: String,
    /// Its VLAN on the circuit.
    pub vlan: u16,
    /// `shared port`, `legacy` or `own circuit`.
    pub kind: &'static str,
    /// Its VBR, if there is one.
    pub vbr: Option<String>,
    /// The shared port that it hangs on, or should.
    pub port: Option<String>,
    /// May frames pass?
    pub open: bool,
    /// What is not as one would wish; empty: it is open and hangs where it should.
    pub unfinished: String,
}

/// Every service of a tenant at the end, by tenant, circuit and VLAN.
pub fn service_ends<'a>(case: &Case<'a>, names: &Names<'_>) -> Vec<ServiceEnd<'a>> {
    let law = &case.record.cloud.law;
    let open_now = shown_last(case);
    let mut made_from: BTreeMap<VbrId, Vec<(PcId, &Port)>> = BTreeMap::new();
    for (id, port) in law.ports() {
        if let Some(vbr) = port.from_vbr.filter(|vbr| port.vbr != Some(*vbr)) {
            made_from.entry(vbr).or_default().push((id, port));
        }
    }
    let converting = converting(case);
    let owners: BTreeMap<_, _> = law.circuits().map(|(id, circuit)| (id, circuit.owner)).collect();
    let mut out = Vec::new();
    for (id, vbr) in law.vbrs() {
        let Some(tenant) = names.tenant_of(vbr.owner) else {
            continue;
        };
        let on = law.port(vbr.connection);
        let from = made_from.get(&id).and_then(|ports| ports.first()).copied();
        let kind = match (on, owners.get(&vbr.circuit) == Some(&vbr.owner)) {
            (Some(_), _) => "shared port",
            (None, true) => "own circuit",
            (None, false) => "legacy",
        };
        let port = on.map(|port| (vbr.connection, port)).or(from);
        let open = open_now.contains(&(tenant, names.of(vbr.circuit), vbr.vlan));
        out.push(ServiceEnd {
            tenant: case.tenant(tenant),
            circuit: names.of(vbr.circuit),
            vlan: vbr.vlan,
            kind,
            vbr: Some(names.of(id)),
            port: port.map(|(id, _)| names.of(id)),
            open,
            unfinished: match of_vbr(names, kind, vbr, &names.of(id), from, on, open) {
                well if well.is_empty() && kind == "legacy" => not_converted(case, &converting, id),
                unfinished => unfinished,
            },
        });
    }
    for (id, port) in law
        .ports()
        .filter(|(_, port)| port.vbr.is_none() && port.from_vbr.is_none())
    {
        let Some(tenant) = names.tenant_of(port.owner) else {
            continue;
        };
        let unfinished = match port.acceptance {
            Acceptance::UnConfirmed => format!("{} was never accepted", names.of(id)),
            Acceptance::Confirmed => format!("{} has no VBR", names.of(id)),
        };
        out.push(ServiceEnd {
            tenant: case.tenant(tenant),
            circuit: names.of(port.circuit),
            vlan: port.vlan,
            kind: "shared port",
            vbr: None,
            port: Some(names.of(id)),
            open: false,
            unfinished,
        });
    }
    out.extend(never_made(case));
    out.sort_by(|a, b| (a.tenant, &a.circuit, a.vlan, &a.vbr).cmp(&(b.tenant, &b.circuit, b.vlan, &b.vbr)));
    out
}

/// The services that were shown as open last: tenant, circuit and VLAN.
fn shown_last(case: &Case<'_>) -> BTreeSet<(TenantId, String, u16)> {
    let mut open = BTreeSet::new();
    for (_, fact) in &case.record.cloud.facts {
        let service = (fact.tenant, fact.circuit.clone(), fact.vlan);
        match fact.open {
            true => open.insert(service),
            false => open.remove(&service),
        };
    }
    open
}

/// Of each VBR that steps should convert, the first of them.
fn converting<'a>(case: &Case<'a>) -> BTreeMap<VbrId, &'a StepPlan> {
    let mut first = BTreeMap::new();
    let converts = |step: &&StepPlan| !step.dry_run && step.operation.operation() == OperationName::CreateVpconnFromVbr;
    for step in case.plan.steps.iter().filter(converts) {
        for hole in step.operation.holes() {
            let Hole::Binding(binding) = hole else { continue };
            if let Some(ResourceId::Vbr(vbr)) = case.record.cloud.bound.get(binding.index()) {
                first.entry(*vbr).or_insert(step);
            }
        }
    }
    first
}

/// A legacy VBR that some step should have converted, and none did.
fn not_converted(case: &Case<'_>, converting: &BTreeMap<VbrId, &StepPlan>, vbr: VbrId) -> String {
    converting.get(&vbr).map_or(String::new(), |step| {
        let name = step.as_name.and_then(|name| case.plan.bindings.get(name.index()));
        format!(
            "still legacy: {} was never made",
            name.map_or("its shared port", String::as_str)
        )
    })
}

/// What is not as it should be with a VBR.
fn of_vbr(
    names: &Names<'_>,
    kind: &str,
    vbr: &Vbr,
    name: &str,
    from: Option<(PcId, &Port)>,
    on: Option<&Port>,
    open: bool,
) -> String {
    let meant = from.map(|(id, port)| (names.of(id), port.acceptance));
    let on = on.map(|port| (names.of(vbr.connection), port.acceptance));
    match (kind, meant, on, vbr.status, open) {
        ("legacy", Some((port, Acceptance::UnConfirmed)), ..) => format!("still legacy: {port} was never accepted"),
        ("legacy", Some((port, Acceptance::Confirmed)), ..) => {
            format!("still legacy: {name} was never attached to {port}")
        }
        (_, _, Some((port, Acceptance::UnConfirmed)), ..) => format!("{port} was never accepted"),
        (_, _, _, VbrStatus::Unconfirmed, _) => format!("{name} was never accepted"),
        (_, _, _, VbrStatus::Active, true) => String::new(),
        (_, _, _, VbrStatus::Active, false) => "closed".to_owned(),
        (_, _, _, status, _) => format!("{name} is {status}"),
    }
}

/// Services whose VBR no step made.
fn never_made<'a>(case: &Case<'a>) -> Vec<ServiceEnd<'a>> {
    let bound = |name: &str| {
        // They are sorted.
        let at = case.plan.bindings.binary_search_by(|known| known.as_str().cmp(name));
        at.ok().and_then(|at| case.record.cloud.bound.get(at)).copied()
    };
    let slots = case.plan.vbr_slots.iter();
    let missing = slots.filter(|slot| bound(&slot.name) == Some(ResourceId::UNBOUND));
    missing
        .map(|slot| ServiceEnd {
            tenant: case.tenant(slot.tenant),
            circuit: case.plan.circuits[slot.circuit].name.clone(),
            vlan: slot.vlan.unwrap_or(0),
            kind: "none",
            vbr: None,
            port: None,
            open: false,
            unfinished: format!("{} was never made", slot.name),
        })
        .collect()
}
