//! From a plan to a world of nodes and links.

use super::setup::{LinkSetup, Setup};
use crate::forward::Planted;
use crate::ident::NodeId;
use crate::node::AnySwitch;
use crate::node::any::AnyNode;
use crate::node::idc::Idc;
use crate::node::vbr::Vbr;
use crate::node::vpc::Vpc;
use crate::scenario::Plan;
use crate::scenario::plan::{LinkPlan, NodeKind, SwitchPlan};

/// The nodes and links of a plan, ready to run.
pub fn setup(plan: &Plan) -> Setup<AnyNode> {
    Setup {
        seed: plan.seed,
        nodes: plan
            .nodes
            .iter()
            .enumerate()
            .map(|(i, node)| {
                (
                    node.name.clone(),
                    any_node(&node.kind, NodeId::of(i), &node.name, plan.seed),
                )
            })
            .collect(),
        links: links(plan),
        tenants: plan.tenants.iter().map(|t| t.name.clone()).collect(),
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

fn any_node(kind: &NodeKind, id: NodeId, name: &str, seed: u64) -> AnyNode {
    match kind {
        NodeKind::Idc(config) => AnyNode::Idc(Box::new(Idc::new((**config).clone(), id, name, seed))),
        NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) | NodeKind::AccessDevice(switch) => any_switch(switch),
        NodeKind::Vbr(config) => AnyNode::Vbr(Box::new(Vbr::new((**config).clone(), id))),
        NodeKind::Vpc(config) => AnyNode::Vpc(Box::new(Vpc::new((**config).clone(), id, name, seed))),
    }
}

fn any_switch(switch: &SwitchPlan) -> AnyNode {
    let planted = switch.quirk.as_deref().and_then(|name| name.parse::<Planted>().ok());
    AnyNode::Switch(AnySwitch::new(switch.tables.clone(), planted))
}
