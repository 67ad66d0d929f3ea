//! A second witness of leaks, which shares nothing with the watch that the isolation check reads.
//!
//! A frame is somebody's by its ticket; a place is somebody's by the plan. Where one tenant has a node
//! or a link alone, no other ticket may arrive at it or enter it.

use crate::evidence::{Observer, Trace};
use crate::ident::{Lane, NodeId, PortNo, TenantId};
use crate::scenario::Plan;
use crate::units::SimTime;
use crate::wire::Frame;

/// Counts frames at places of somebody else.
#[derive(Debug, Clone, Default)]
pub struct Witness {
    nodes: Vec<Option<TenantId>>,
    links: Vec<Option<TenantId>>,
    /// Frames that arrived at a node, or entered a link, of another tenant than theirs.
    pub astray: u64,
    /// The first of them: whose, where, when.
    pub first: Option<(TenantId, String, SimTime)>,
}

impl Witness {
    /// Of the places of a plan.
    pub fn new(plan: &Plan) -> Self {
        Self {
            nodes: plan.nodes.iter().map(|node| node.place.only).collect(),
            links: plan.links.iter().map(|link| link.place.only).collect(),
            ..Self::default()
        }
    }

    fn see(&mut self, owner: Option<TenantId>, trace: &Trace, place: impl FnOnce() -> String, at: SimTime) {
        if owner.is_some_and(|owner| owner != trace.tenant) {
            self.astray += 1;
            // Nodes are heard of in any order: the first is the earliest, of one instant the least.
            if self.first.as_ref().is_none_or(|(.., first)| at <= *first) {
                let seen = (trace.tenant, place(), at);
                let earliest = |(tenant, place, at): &(TenantId, String, SimTime)| (*at, *tenant, place.clone());
                let is_first = self
                    .first
                    .as_ref()
                    .is_none_or(|first| earliest(&seen) < earliest(first));
                self.first = if is_first { Some(seen) } else { self.first.take() };
            }
        }
    }
}

impl Observer for Witness {
    fn needs_order(&self) -> bool {
        false
    }
    fn sent(&mut self, at: SimTime, _: NodeId, _: PortNo, lane: Lane, trace: &Trace, _: &Frame) {
        let link = lane.link;
        self.see(self.links[link.index()], trace, || format!("link {}", link.0), at);
    }
    fn arrived(&mut self, at: SimTime, node: NodeId, _: PortNo, trace: &Trace, _: &Frame) {
        self.see(self.nodes[node.index()], trace, || format!("node {}", node.0), at);
    }
}
