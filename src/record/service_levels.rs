//! What a plan asks of service levels, as their watch knows it.

use std::collections::{BTreeMap, BTreeSet};

use super::deliveries::beside_payload;
use super::gates::Gates;
use crate::evidence::{Handover, LevelAsked, LevelFlow, LevelPlaces, LevelRouter, LevelWatch, LevelWay};
use crate::ident::{Direction, FlowId, LinkId, NodeId, TenantId};
use crate::node::lower::policer_rule;
use crate::scenario::Plan;
use crate::scenario::plan::{Check, CircuitPlan, FlowPlan, LinkRole, NodeKind, ServiceLevel, WayPlan};

const DIRECTIONS: [Direction; 2] = [Direction::Up, Direction::Down];

/// The watch, where the plan asks for a service level.
pub(super) fn watch(plan: &Plan, gates: &Gates) -> Option<LevelWatch> {
    let flows = FlowsOf::new(plan);
    let asked: Vec<LevelAsked> = levels(plan).flat_map(|level| flows.asked(level)).collect();
    if asked.is_empty() {
        return None;
    }
    let routers = routers(plan);
    let ways = plan.ways.iter().map(|w| way(plan, gates, &routers, w));
    let ways: Vec<LevelWay> = ways.collect();
    let edges: BTreeMap<NodeId, u32> = ways.iter().map(|way| way.edge.0).zip(0..).collect();
    let way_of = |flow: &FlowPlan| match flow.direction(plan) {
        Direction::Up => edges.get(&flow.from).copied(),
        Direction::Down => edges.get(&flow.to).copied(),
        Direction::Neither => None,
    };
    let of = asked.iter().flat_map(|asked| &asked.of);
    let wanted: BTreeSet<u32> = of
        .filter_map(|(flow, _)| way_of(plan.flows.get(flow.index())?))
        .collect();
    let flow = |flow: &FlowPlan| {
        Some(LevelFlow {
            way: way_of(flow).filter(|way| wanted.contains(way))?,
            to_cloud: flow.direction(plan) == Direction::Up,
            ends: (flow.from, flow.to),
        })
    };
    let borders = plan.links.iter().enumerate();
    let borders = borders.filter(|(_, link)| link.role == LinkRole::CrossBorder);
    let places = LevelPlaces {
        flows: plan.flows.iter().map(flow).collect(),
        handovers: plan.circuits.iter().filter_map(|c| handover(plan, c)).collect(),
        borders: borders.map(|(i, _)| LinkId::of(i)).collect(),
        per_frame: beside_payload(policer_rule(&plan.law.premises().policies).octets),
        ways,
    };
    Some(LevelWatch::new(places, &asked))
}

/// The numbers under which the watch knows each service level: what goes up, and what comes down.
pub fn level_numbers(plan: &Plan) -> BTreeMap<&ServiceLevel, [usize; 2]> {
    let numbered = levels(plan).enumerate();
    numbered.map(|(i, level)| (level, [2 * i, 2 * i + 1])).collect()
}

fn levels(plan: &Plan) -> impl Iterator<Item = &ServiceLevel> {
    plan.expect.iter().filter_map(|expectation| match &expectation.check {
        Check::Sla(level) => Some(level.as_ref()),
        _ => None,
    })
}

/// The flows of each tenant.
struct FlowsOf<'a> {
    plan: &'a Plan,
    tenants: BTreeMap<TenantId, Vec<FlowId>>,
}

impl<'a> FlowsOf<'a> {
    fn new(plan: &'a Plan) -> Self {
        let mut tenants: BTreeMap<TenantId, Vec<FlowId>> = BTreeMap::new();
        for (i, flow) in plan.flows.iter().enumerate() {
            tenants.entry(flow.tenant).or_default().push(FlowId::of(i));
        }
        Self { plan, tenants }
    }

    /// What a service level asks of each direction; nothing of one that it does not ask about.
    fn asked(&self, level: &ServiceLevel) -> [LevelAsked; 2] {
        let tenant = level.tenant.and_then(|tenant| self.tenants.get(&tenant));
        let meant: Vec<FlowId> = level.flow.iter().chain(tenant.into_iter().flatten()).copied().collect();
        DIRECTIONS.map(|direction| LevelAsked {
            of: match level.asks(direction) {
                true => self.lanes(&meant, direction),
                false => Vec::new(),
            },
            segment: level.segment,
            interval: level.interval,
        })
    }

    /// Flows that go this way, and answers that do.
    fn lanes(&self, meant: &[FlowId], direction: Direction) -> Vec<(FlowId, bool)> {
        let mut lanes = Vec::new();
        for id in meant {
            let flow = &self.plan.flows[id.index()];
            let way = flow.direction(self.plan);
            // What is sent as written need not be what any endpoint takes.
            if flow.raw {
                continue;
            }
            if way == direction {
                lanes.push((*id, false));
            } else if flow.answered && way.back() == direction {
                lanes.push((*id, true));
            }
        }
        lanes
    }
}

type Routers = BTreeMap<(usize, u16), Vec<LevelRouter>>;

/// The VBRs of each VLAN of a circuit.
fn routers(plan: &Plan) -> Routers {
    let mut links: BTreeMap<(NodeId, LinkRole), LinkId> = BTreeMap::new();
    for (i, link) in plan.links.iter().enumerate() {
        let ends = [link.a.0, link.b.0];
        links.extend(ends.map(|end| ((end, link.role), LinkId::of(i))));
    }
    let mut routers = Routers::new();
    for slot in &plan.vbr_slots {
        if let (Some(vlan), Some(link)) = (slot.vlan, links.get(&(slot.node, LinkRole::Vbr))) {
            routers.entry((slot.circuit, vlan)).or_default().push(LevelRouter {
                vbr: slot.node,
                links: (*link, links.get(&(slot.node, LinkRole::Cloud)).copied()),
            });
        }
    }
    routers
}

fn way(plan: &Plan, gates: &Gates, routers: &Routers, way: &WayPlan) -> LevelWay {
    let place = (way.circuit, way.vlan);
    let line = way.links.first().copied();
    let ends = line.and_then(|line| plan.links.get(line.index()));
    let customer = |node: &NodeId| matches!(plan.nodes[node.index()].kind, NodeKind::Idc(_));
    let edge = ends.and_then(|line| [line.a.0, line.b.0].into_iter().find(customer));
    LevelWay {
        service: gates.vlan(place),
        tenant: way.tenant,
        edge: (edge.unwrap_or(NodeId(u32::MAX)), line.unwrap_or(LinkId(u32::MAX))),
        routers: routers.get(&place).cloned().unwrap_or_default(),
    }
}

fn handover(plan: &Plan, circuit: &CircuitPlan) -> Option<Handover> {
    let config = &plan.links.get(circuit.link.index())?.config;
    Some(Handover {
        link: circuit.link,
        device: (circuit.device, circuit.device_port),
        line: (config.delay, config.rate),
    })
}
