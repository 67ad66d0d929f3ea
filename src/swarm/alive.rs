//! Liveness: of whom it can be said beforehand that its pings in the quiet end must come through.
//!
//! Only the plan and the law at the end are asked, never what became of a frame. A tenant whose
//! service is open and whole, behind links that are whole, with nothing changing any more, has a
//! claim. Whatever this file is not sure of takes the claim away, so that a lost claim is a defect.

use std::net::Ipv4Addr;

use super::path::{Arrival, way_to_circuit};
use crate::forward::Tables;
use crate::host::prefix_holds;
use crate::ident::{FlowId, NodeId};
use crate::node::idc::IdcConfig;
use crate::node::link::LinkConfig;
use crate::node::{LinkChange, LinkWay, SwitchChange, VpcChange};
use crate::provision::{NextHop, ServiceKey, ServiceView};
use crate::record::Record;
use crate::scenario::Plan;
use crate::scenario::plan::{Fault, FlowPlan, NodeKind};
use crate::units::{SimDuration, SimTime};

/// How the names of pings in the quiet end begin.
pub const QUIET_FLOW: &str = "quiet-";

/// The flows that must be answered, in order.
pub fn claims(plan: &Plan, run: &Record) -> Vec<FlowId> {
    let calm = calm_since(plan, run);
    let faulty = plan.nodes.iter().any(|node| switch(&node.kind).is_some_and(|s| s.1));
    if faulty || !links_are_whole(plan, calm) {
        return Vec::new();
    }
    let quiet = plan.flows.iter().enumerate();
    quiet
        .filter(|(_, flow)| flow.name.starts_with(QUIET_FLOW) && flow.answered && flow.start > calm)
        .filter(|(i, flow)| claim(plan, run, FlowId::of(*i), flow, flow.start.saturating_since(calm)).is_some())
        .map(|(i, _)| FlowId::of(i))
        .collect()
}

fn switch(kind: &NodeKind) -> Option<(&Tables, bool)> {
    match kind {
        NodeKind::AccessPoint(s) | NodeKind::Fabric(s) | NodeKind::AccessDevice(s) => {
            Some((&s.tables, s.quirk.is_some()))
        }
        _ => None,
    }
}

/// Since when nothing changes and nobody sends but for the quiet flows.
fn calm_since(plan: &Plan, run: &Record) -> SimTime {
    let steps = plan.steps.iter().map(|step| step.at);
    let faults = plan.faults.iter().map(|fault| fault.at);
    let shown = run.cloud.facts.iter().map(|(_, fact)| fact.at);
    let wild = plan.flows.iter().filter(|flow| !flow.name.starts_with(QUIET_FLOW));
    let leads = plan
        .lead_times
        .iter()
        .map(|lead| lead.range.max)
        .max()
        .unwrap_or(SimDuration::ZERO);
    let done = steps.map(|at| at.saturating_add(leads));
    let last = done.chain(faults).chain(shown).chain(wild.map(|flow| flow.stop)).max();
    last.unwrap_or(SimTime::ZERO)
}

/// Is every link whole at the end, and can its queue run dry by then?
fn links_are_whole(plan: &Plan, calm: SimTime) -> bool {
    let mut bad = vec![[false; 8]; plan.links.len()];
    for fault in &plan.faults {
        let Fault::Link(link, change) = &fault.what else {
            continue;
        };
        let (kind, way, on) = match *change {
            LinkChange::Cut(way) => (0, way, true),
            LinkChange::Restore(way) => (0, way, false),
            LinkChange::Loss(way, share) => (1, way, share > 0),
            LinkChange::Corrupt(way, share) => (2, way, share > 0),
            LinkChange::Duplicate(way, share) => (3, way, share > 0),
            LinkChange::Police(..) => continue,
        };
        let marks = &mut bad[link.index()];
        if way != LinkWay::BToA {
            marks[2 * kind] = on;
        }
        if way != LinkWay::AToB {
            marks[2 * kind + 1] = on;
        }
    }
    let left = plan.end.saturating_since(calm);
    let dries = |config: &LinkConfig| config.rate.time_of(config.queue.get()).saturating_mul(2) <= left;
    bad.iter().flatten().all(|bad| !bad) && plan.links.iter().all(|link| dries(&link.config))
}

/// The tables of a switch at the end, as the plan has it.
pub(super) fn tables_at_end(plan: &Plan, node: NodeId) -> Option<Tables> {
    let (tables, _) = switch(&plan.nodes[node.index()].kind)?;
    let mut tables = tables.clone();
    for fault in &plan.faults {
        match &fault.what {
            Fault::Switch(at, SwitchChange::Set(id, service)) if *at == node => {
                tables.services.insert(*id, service.clone());
            }
            Fault::Switch(at, SwitchChange::Remove(id)) if *at == node => {
                tables.services.remove(id);
            }
            _ => {}
        }
    }
    Some(tables)
}

/// `Some` where the flow must be answered; a `None` on the way says what could be in its way.
fn claim(plan: &Plan, run: &Record, id: FlowId, flow: &FlowPlan, rest: SimDuration) -> Option<()> {
    let NodeKind::Idc(idc) = &plan.nodes[flow.from.index()].kind else {
        return None;
    };
    let spec = idc.flows.iter().find(|spec| spec.id == id)?;
    // What it believes to know of the gateway has aged, so that it asks, and the VBR learns too.
    let asks = idc.arp.age <= rest && idc.arp.retry.saturating_mul(8) <= rest;
    let lasts = flow.stop.saturating_since(flow.start);
    let ends = flow.stop.saturating_add(rest.min(lasts)) <= plan.end.saturating_add(lasts);
    if !asks || !ends || !routed(&idc.routes, spec.dst) {
        return None;
    }
    let there = way_to_circuit(plan, flow.from, idc, lasts)?;
    let circuit = run.cloud.circuits[there.circuit].connection()?;
    let vlan = there.vlan;
    let view = run.cloud.law.service(&ServiceKey { circuit, vlan })?;
    let whole = belongs(plan, &view, flow, idc, spec.src, spec.dst) && attached(plan, run, &there, flow);
    whole.then_some(())
}

fn routed(routes: &[(Ipv4Addr, u8)], dst: Ipv4Addr) -> bool {
    routes.iter().any(|(net, len)| prefix_holds(*net, *len, dst))
}

/// Is the service open, the tenant's, and configured as its data centre is?
fn belongs(plan: &Plan, view: &ServiceView, flow: &FlowPlan, idc: &IdcConfig, src: Ipv4Addr, dst: Ipv4Addr) -> bool {
    let Some(vbr) = &view.vbr else { return false };
    let fits = vbr
        .addresses
        .is_some_and(|a| (a.local, a.peer, a.prefix_len) == (idc.gateway, idc.address, idc.prefix_len));
    let to = |hop, address| {
        let mut custom = vbr.routes.iter().filter(|(_, _, to)| *to == hop);
        custom.any(|(net, len, _)| prefix_holds(*net, *len, address))
    };
    let back = to(NextHop::Circuit, src) && !to(NextHop::Cloud, src);
    let ours = view.tenant == plan.tenants[flow.tenant.index()].account;
    view.open && ours && fits && back && !to(NextHop::Circuit, dst) && vbr.cen_attached && vbr.health_check.is_none()
}

/// Does the VBR run at a slot of the tenant's, and does its transit router hold it?
fn attached(plan: &Plan, run: &Record, there: &Arrival, flow: &FlowPlan) -> bool {
    let name = plan.circuits[there.circuit].name.as_str();
    let last = run
        .cloud
        .facts
        .iter()
        .rev()
        .find(|(_, f)| f.circuit == name && f.vlan == there.vlan);
    let Some((Some(slot), _)) = last else { return false };
    let slot = &plan.vbr_slots[*slot];
    let Some((vpc, port)) = slot.vpc.filter(|(vpc, _)| *vpc == flow.to) else {
        return false;
    };
    let hand = plan.faults.iter().rev().find_map(|fault| match fault.what {
        Fault::Vpc(node, VpcChange::Attached(at, on)) if (node, at) == (vpc, port) => Some(on),
        _ => None,
    });
    slot.tenant == flow.tenant && hand != Some(false)
}
