//! The ways of a plan's services, as the watch of what was delivered knows them.

use super::gates::Gates;
use crate::evidence::{DeliveryRouter, DeliveryWatch, DeliveryWay};
use crate::forward::Octets;
use crate::ident::{LinkId, NodeId, PortNo};
use crate::node::lower::policer_rule;
use crate::scenario::Plan;
use crate::scenario::plan::{Check, LinkPlan, WayPlan};

/// The watch, where the plan asks for a judgement of bandwidths.
pub(super) fn watch(plan: &Plan, gates: &Gates) -> Option<DeliveryWatch> {
    let asked = plan.expect.iter().any(|e| matches!(e.check, Check::Bandwidth { .. }));
    let ways: Vec<DeliveryWay> = {
        let ways = plan.ways.iter().enumerate();
        ways.filter_map(|(number, w)| way(plan, gates, number, w)).collect()
    };
    let per_frame = beside_payload(policer_rule(&plan.law.premises().policies).octets);
    asked.then(|| DeliveryWatch::new(&ways, per_frame))
}

/// Octets that a contract on this basis counts for each frame beside its payload; a tag is the circuit's.
pub const fn beside_payload(octets: Octets) -> u32 {
    match octets {
        Octets::L1 => 42,
        Octets::L1Untagged => 38,
        Octets::L2Fcs => 22,
        Octets::L2FcsUntagged | Octets::L2 => 18,
        Octets::L2Untagged => 14,
        Octets::L3 => 0,
    }
}

fn way(plan: &Plan, gates: &Gates, number: usize, way: &WayPlan) -> Option<DeliveryWay> {
    let links: Vec<&LinkPlan> = way
        .links
        .iter()
        .filter_map(|link| plan.links.get(link.index()))
        .collect();
    let mut nodes: Vec<(NodeId, Option<PortNo>, Option<PortNo>)> = Vec::with_capacity(links.len() + 1);
    let mut here = links.first()?.a.0;
    let mut came_by = None;
    for link in &links {
        let (near, far) = if link.a.0 == here {
            (link.a, link.b)
        } else {
            (link.b, link.a)
        };
        nodes.push((here, came_by, Some(near.1)));
        (here, came_by) = (far.0, Some(far.1));
    }
    nodes.push((here, came_by, None));
    let slots = plan.vbr_slots.iter();
    let slots = slots.filter(|slot| (slot.circuit, slot.vlan) == (way.circuit, Some(way.vlan)));
    Some(DeliveryWay {
        number,
        service: gates.vlan((way.circuit, way.vlan))?,
        tenant: way.tenant,
        nodes,
        links: way.links.clone(),
        routers: slots.filter_map(|slot| router(plan, here, slot.node)).collect(),
        least_link: links.iter().map(|link| link.config.rate).min()?,
    })
}

/// A VBR, by the two links that it is at.
fn router(plan: &Plan, device: NodeId, vbr: NodeId) -> Option<DeliveryRouter> {
    let ends = plan.links.iter().enumerate().filter_map(|(i, link)| {
        let (near, far) = match (link.a.0 == vbr, link.b.0 == vbr) {
            (true, _) => (link.a, link.b),
            (_, true) => (link.b, link.a),
            _ => return None,
        };
        Some((LinkId::of(i), near.1, far))
    });
    let ends: Vec<_> = ends.collect();
    let (link, port, far) = *ends.iter().find(|(.., far)| far.0 == device)?;
    let cloud = ends.iter().find(|(.., far)| far.0 != device);
    Some(DeliveryRouter {
        vbr,
        device: (link, far.1),
        port,
        cloud: cloud.map(|(link, port, _)| (*link, *port)),
    })
}
