//! The way of a data centre's frames to the circuit, by the plan's tables alone.

use super::alive::tables_at_end;
use crate::forward::{Limit, Member, Service, Tables};
use crate::ident::{LinkId, NodeId, PortNo};
use crate::node::idc::IdcConfig;
use crate::scenario::Plan;
use crate::units::SimDuration;
use crate::wire::Vid;

/// Where the way ends: at the cloud's side of a circuit, under a VLAN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arrival {
    /// Index into the plan's circuits.
    pub circuit: usize,
    /// The VLAN on it; 0: untagged.
    pub vlan: u16,
}

/// More switches in a row than any plan has make a circle.
const MOST_HOPS: usize = 64;

/// Where frames of a data centre come to, through services that have two ends, carry its address
/// and let enough ARP pass within `lasts`. `None` where they do not, or nobody can be sure.
pub(super) fn way_to_circuit(plan: &Plan, from: NodeId, idc: &IdcConfig, lasts: SimDuration) -> Option<Arrival> {
    let (mut node, mut port) = (from, PortNo(0));
    let mut vid = idc.tag;
    for _ in 0..MOST_HOPS {
        let (link, to) = across(plan, node, port)?;
        (node, port) = to;
        if let Some(circuit) = plan.circuits.iter().position(|c| c.link == link) {
            let vlan = vid.map_or(0, Vid::get);
            return ((plan.circuits[circuit].device, plan.circuits[circuit].device_port) == to)
                .then_some(Arrival { circuit, vlan });
        }
        let tables = tables_at_end(plan, node)?;
        let (service, at) = member(&tables, port, vid)?;
        let [a, b] = service.members.as_slice() else {
            return None;
        };
        let (into, out) = if at == 0 { (a, b) } else { (b, a) };
        let bound = into.bound_mac.is_none_or(|mac| mac == idc.mac) && out.bound_mac.is_none();
        let enough = [into.arp, out.arp]
            .into_iter()
            .flatten()
            .all(|limit| admits(&limit, lasts));
        if !bound || !enough {
            return None;
        }
        (port, vid) = (out.port, out.vid);
    }
    None
}

fn across(plan: &Plan, node: NodeId, port: PortNo) -> Option<(LinkId, (NodeId, PortNo))> {
    let link = plan
        .links
        .iter()
        .position(|l| l.a == (node, port) || l.b == (node, port))?;
    let ends = &plan.links[link];
    let other = if ends.a == (node, port) { ends.b } else { ends.a };
    Some((LinkId::of(link), other))
}

/// The only service with a member at a place. A place that two claim is nobody's to be sure of.
fn member(tables: &Tables, port: PortNo, vid: Option<Vid>) -> Option<(&Service, usize)> {
    let at = |m: &Member| (m.port, m.vid) == (port, vid);
    let mut found = tables.services.values().filter_map(|service| {
        let at = service.members.iter().position(at)?;
        Some((service, at))
    });
    found.next().filter(|_| found.next().is_none())
}

/// Does a limit of its own let ten ARP frames pass within this time, however empty it begins?
fn admits(limit: &Limit, lasts: SimDuration) -> bool {
    limit.shared.is_none() && u128::from(limit.per_second) * u128::from(lasts.as_nanos()) >= 10_000_000_000
}
