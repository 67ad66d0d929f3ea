//! The ways of a plan's services, as the watch of what was delivered knows them.

use std::collections::BTreeSet;

use super::gates::Gates;
use crate::evidence::{
    BurstRule, DeliveryBorder, DeliveryLink, DeliveryPolicer, DeliveryRouter, DeliveryWatch, DeliveryWay, SoldRate,
};
use crate::forward::{Member, Octets, PolicerRule, ServiceId};
use crate::ident::{LinkId, NodeId, PortNo, StationId};
use crate::node::SwitchChange;
use crate::node::lower::policer_rule;
use crate::scenario::Plan;
use crate::scenario::plan::{BorderPlan, Check, Fault, LinkPlan, NodeKind, WayPlan};
use crate::units::ByteCount;
use crate::wire::MacAddr;

/// The watch, where the plan asks for a judgement of bandwidths.
pub(super) fn watch(plan: &Plan, gates: &Gates) -> Option<DeliveryWatch> {
    if !plan.expect.iter().any(|e| matches!(e.check, Check::Bandwidth { .. })) {
        return None;
    }
    let rule = policer_rule(&plan.law.premises().policies);
    let typed = typed(plan);
    let ways = plan.ways.iter().enumerate();
    let ways: Vec<DeliveryWay> = ways
        .filter_map(|(number, w)| way(plan, gates, &typed, number, w))
        .collect();
    let borders = plan.borders.iter();
    let borders: Vec<DeliveryBorder> = borders.filter_map(|b| border(plan, b, rule)).collect();
    let bursts = BurstRule {
        lasts: rule.burst,
        least: rule.least,
    };
    Some(DeliveryWatch::new(&ways, &borders, beside_payload(rule.octets), bursts))
}

/// Where operators type in policers during the run.
type Typed = BTreeSet<(ServiceId, NodeId, PortNo)>;

fn typed(plan: &Plan) -> Typed {
    let mut typed = Typed::new();
    for fault in &plan.faults {
        if let Fault::Switch(node, SwitchChange::Set(id, service)) = &fault.what {
            let policed = service.members.iter().filter(|member| member.police.is_some());
            typed.extend(policed.map(|member| (*id, *node, member.port)));
        }
    }
    typed
}

/// A bandwidth across a border.
fn border(plan: &Plan, border: &BorderPlan, rule: PolicerRule) -> Option<DeliveryBorder> {
    let link = plan.links.get(border.link.index())?;
    let mac = |node: NodeId| -> Option<MacAddr> {
        match &plan.nodes.get(node.index())?.kind {
            NodeKind::Vpc(vpc) => Some(vpc.mac),
            _ => None,
        }
    };
    let burst = rule.policer(border.spec).burst;
    Some(DeliveryBorder {
        link: DeliveryLink {
            link: border.link,
            rate: link.config.rate,
            tagged: false,
        },
        tenant: border.tenant,
        ends: [
            (link.a.0, link.a.1, mac(link.a.0)?),
            (link.b.0, link.b.1, mac(link.b.0)?),
        ],
        sold: SoldRate {
            rate: border.spec,
            burst,
            burst_kept: burst,
        },
    })
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

fn way(plan: &Plan, gates: &Gates, typed: &Typed, number: usize, way: &WayPlan) -> Option<DeliveryWay> {
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
    let routers: Vec<DeliveryRouter> = slots.filter_map(|slot| router(plan, here, slot.node)).collect();
    let link = |(id, link): (&LinkId, &&LinkPlan)| DeliveryLink {
        link: *id,
        rate: link.config.rate,
        tagged: is_tagged(plan, way, link),
    };
    Some(DeliveryWay {
        number,
        service: gates.vlan((way.circuit, way.vlan))?,
        tenant: way.tenant,
        links: way.links.iter().zip(&links).map(link).collect(),
        policers: [true, false].map(|to_cloud| policers(plan, way, typed, &nodes, &routers, to_cloud)),
        nodes,
        routers,
    })
}

/// The part that a port of a partner's switch has in the service of a way.
fn member<'a>(plan: &'a Plan, way: &WayPlan, (node, port): (NodeId, PortNo)) -> Option<&'a Member> {
    let (NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch)) = &plan.nodes.get(node.index())?.kind else {
        return None;
    };
    let service = switch.tables.services.get(&way.service)?;
    service.members.iter().find(|member| member.port == port)
}

/// Do the frames of a way have a tag on a link? A partner's switch is at one end of each.
fn is_tagged(plan: &Plan, way: &WayPlan, link: &LinkPlan) -> bool {
    let ends = [link.a, link.b].into_iter();
    let members: Vec<&Member> = ends.filter_map(|end| member(plan, way, end)).collect();
    !members.is_empty() && members.iter().all(|member| member.vid.is_some())
}

/// Policers that frames of a way meet in one direction: those of the partner's switches, the access
/// device's, the VBR's throttle.
fn policers(
    plan: &Plan,
    way: &WayPlan,
    typed: &Typed,
    nodes: &[(NodeId, Option<PortNo>, Option<PortNo>)],
    routers: &[DeliveryRouter],
    to_cloud: bool,
) -> Vec<DeliveryPolicer> {
    let sold = plan.policed.iter();
    let sold = sold.filter(|vlan| (vlan.circuit, vlan.vlan) == (way.circuit, way.vlan) && vlan.service == way.service);
    let sold: Vec<_> = sold.flat_map(|vlan| &vlan.ports).collect();
    let partner = nodes.iter().filter_map(|(node, from_customer, from_cloud)| {
        let port = if to_cloud { *from_customer } else { *from_cloud }?;
        let own = sold
            .iter()
            .find(|policed| (policed.node, policed.port) == (*node, port));
        let burst = match own {
            Some(own) => own.burst,
            None => match member(plan, way, (*node, port))?.police {
                // Policed to something else than what is sold.
                Some(policer) => Some(policer.burst),
                None if typed.contains(&(way.service, *node, port)) => own_burst(plan, *node),
                None => return None,
            },
        };
        let place = StationId::node(*node);
        Some(DeliveryPolicer { place, burst })
    });
    let others = plan
        .circuits
        .get(way.circuit)
        .filter(|circuit| circuit.subif_rate_limit);
    let others = others.map(|circuit| circuit.device).into_iter();
    let others = others.chain(routers.iter().take(1).map(|router| router.vbr));
    let others = others.map(|node| DeliveryPolicer {
        place: StationId::node(node),
        burst: None,
    });
    partner.chain(others).collect()
}

/// The burst that a partner's switch has of its own.
fn own_burst(plan: &Plan, node: NodeId) -> Option<ByteCount> {
    match &plan.nodes.get(node.index())?.kind {
        NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) => switch.policing.burst,
        NodeKind::AccessDevice(_) | NodeKind::Idc(_) | NodeKind::Vbr(_) | NodeKind::Vpc(_) => None,
    }
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
