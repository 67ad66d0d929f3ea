//! How far a node may go on with one lane before everything that happens earlier elsewhere has happened.
//!
//! Events come out of the queue in the order of their keys. A node that only sends frames on may go on
//! with the lane that its frame came by, up to a bound that nothing else can reach it before:
//!
//! - the first frame of each other lane that leads to it;
//! - now and the least delay of those lanes: what is not under way yet arrives later;
//! - the next act of the control plane, the earliest after something that happens now or later is noticed,
//!   and the end of the run.
//!
//! So order at each node and each direction of a link stays the order of [`EventKey`]; across nodes causes
//! go before effects. What does more to a frame than send it on stops the node and waits for its turn:
//! everything that is settled, copied or answered is told in the one order of the world. Who listens is told
//! whose turn it is, and what comes before its own.
//!
//! Why: a lane's frames meet tables, rows and link ends that are in the cache still, and the queue is asked
//! once for all of them. Figures: docs/performance.md.

use std::collections::BTreeMap;

use super::carry::end_of;
use super::key::EventKey;
use super::world::HeldLink;
use crate::evidence::Packet;
use crate::ident::{NodeId, PortNo};
use crate::node::link::Flights;
use crate::units::{SimDuration, SimTime};

/// A node to which more lanes lead does not look ahead: asking them all costs more than is won.
const MOST_LANES: usize = 8;

/// What bounds how far nodes look ahead.
#[derive(Debug)]
pub(super) struct Lookahead {
    /// Where it is off, no node goes on with a lane.
    pub(super) on: bool,
    /// At this time or later the control plane acts by itself, or the run ends.
    pub(super) barrier: SimTime,
    /// So long after something that it notices the control plane acts at the earliest.
    pub(super) reaction: SimDuration,
    /// Lanes to each node: a span of one list.
    lanes: Vec<u32>,
    spans: Vec<u32>,
    /// The least delay of them.
    least_delay: Vec<SimDuration>,
    /// Frames that were passed on before their turn.
    pub(super) passed: u64,
    /// Frames that a node has dealt with and whose sending waits for its turn.
    waiting: BTreeMap<EventKey, Waiting>,
}

/// A frame that a node has dealt with, and that something befalls as it is sent.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) node: NodeId,
    pub(super) port: PortNo,
    pub(super) packet: Packet,
}

impl Lookahead {
    /// For a world of so many nodes and these links.
    pub(super) fn new(nodes: usize, links: &[HeldLink], on: bool) -> Self {
        let mut least_delay = vec![SimDuration::MAX; nodes];
        let mut to_node: Vec<(NodeId, u32)> = Vec::with_capacity(2 * links.len());
        for (link, lane) in links.iter().zip((0u32..).step_by(2)) {
            let [(a, _), (b, _)] = link.ends;
            to_node.extend([(b, lane), (a, lane + 1)]);
            for node in [a, b] {
                let least = &mut least_delay[node.index()];
                *least = (*least).min(link.link.config().delay);
            }
        }
        to_node.sort_unstable();
        let first = |node: usize| to_node.partition_point(|(to, _)| to.index() < node);
        let spans = (0..=nodes).map(|node| u32::try_from(first(node)).expect("fewer than 2^32 lanes"));
        Self {
            on,
            barrier: SimTime::ZERO,
            reaction: SimDuration::ZERO,
            spans: spans.collect(),
            lanes: to_node.into_iter().map(|(_, lane)| lane).collect(),
            least_delay,
            passed: 0,
            waiting: BTreeMap::new(),
        }
    }

    /// The lanes to a node.
    fn lanes_to(&self, node: NodeId) -> &[u32] {
        let [from, to] = [node.index(), node.index() + 1].map(|at| self.spans[at] as usize);
        &self.lanes[from..to]
    }

    /// Before which time, with a frame arriving `now` at a node by `came_by`, no other can reach the node.
    pub(super) fn bound(
        &self,
        links: &[HeldLink],
        flights: &Flights,
        node: NodeId,
        came_by: u32,
        now: SimTime,
    ) -> SimTime {
        let lanes = self.lanes_to(node);
        if !self.on || lanes.len() > MOST_LANES {
            return now;
        }
        let least_delay = self.least_delay[node.index()];
        let mut bound = self.barrier.min(now.saturating_add(least_delay.min(self.reaction)));
        for &lane in lanes.iter().filter(|lane| **lane != came_by) {
            let (link, from) = end_of(lane);
            if let Some((time, _)) = links[link.index()].link.head(from, flights) {
                bound = bound.min(time);
            }
        }
        bound
    }

    /// What is sent of a frame waits for its turn. Nothing else reaches its node before: the bound was
    /// before all that could.
    pub(super) fn put_off(&mut self, key: EventKey, waiting: Waiting) {
        let before = self.waiting.insert(key, waiting);
        debug_assert!(before.is_none(), "no two events have the same key");
    }

    /// What has waited for this turn.
    pub(super) fn take(&mut self, key: &EventKey) -> Option<Waiting> {
        if self.waiting.is_empty() {
            return None;
        }
        self.waiting.remove(key)
    }

    /// Does nothing wait?
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty()
    }
}
