//! From a plan to a world of nodes and links.

use super::setup::{LinkSetup, Setup};
use crate::ident::{NodeId, name_hash};
use crate::node::AnySwitch;
use crate::node::any::AnyNode;
use crate::node::idc::Idc;
use crate::node::vbr::Vbr;
use crate::node::vpc::Vpc;
use crate::scenario::Plan;
use crate::scenario::plan::{LinkPlan, NodeKind, NodePlan, SwitchPlan};

/// The nodes and links of a plan, ready to run.
pub fn setup(plan: &Plan) -> Setup<AnyNode> {
    setup_with(plan, |id, node| any_node(plan.seed, id, node))
}

/// The same with nodes of the caller's own making.
pub fn setup_with<N>(plan: &Plan, mut node: impl FnMut(NodeId, &NodePlan) -> N) -> Setup<N> {
    let nodes = plan.nodes.iter().enumerate();
    Setup {
        seed: plan.seed,
        nodes: nodes.map(|(i, n)| (n.name.clone(), node(NodeId::of(i), n))).collect(),
        links: links(plan),
        tenants: plan.tenants.iter().map(|t| t.name.clone()).collect(),
        flows: plan.flows.iter().map(|f| name_hash(&f.name)).collect(),
    }
}

/// The links of a plan.
pub fn links(plan: &Plan) -> Vec<LinkSetup> {
    let link = |link: &LinkPlan| LinkSetup {
        name: link.name.clone(),
        a: link.a,
        b: link.b,
        config: link.config.clone(),
    };
    plan.links.iter().map(link).collect()
}

/// What a plan says of a node, as the node; `seed` is the root of its random streams.
pub fn any_node(seed: u64, id: NodeId, node: &NodePlan) -> AnyNode {
    match &node.kind {
        NodeKind::Idc(config) => AnyNode::Idc(Box::new(Idc::new((**config).clone(), id, seed))),
        NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) | NodeKind::AccessDevice(switch) => any_switch(switch),
        NodeKind::Vbr(config) => AnyNode::Vbr(Box::new(Vbr::new((**config).clone(), id))),
        NodeKind::Vpc(config) => AnyNode::Vpc(Box::new(Vpc::new((**config).clone(), id, seed))),
    }
}

fn any_switch(switch: &SwitchPlan) -> AnyNode {
    AnyNode::Switch(AnySwitch::new(switch.tables.clone(), switch.quirk))
}
