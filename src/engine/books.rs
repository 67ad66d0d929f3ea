//! What must hold as a run goes: conservation, and the order of events.
//!
//! Every frame copy that came to be was settled, is on a link, or is kept by a node. Each node and
//! each direction of a link sees events in the order of their keys.
//!
//! Nodes are not asked what they keep: it follows from what they were given and what they said and
//! sent. Counted and asked in debug builds alone; a release build pays nothing.

use super::key::EventKey;
use crate::evidence::AccountLine;
use crate::ident::NodeId;
use crate::node::link::Flights;

/// Frame copies by where they are.
#[derive(Debug, Default)]
pub(super) struct FrameBooks {
    /// Offered, copied or answered so far.
    born: u64,
    /// Settled, or handed back at the end.
    ended: u64,
    /// Kept by each node.
    kept: Vec<i64>,
    /// The sum of `kept`.
    at_nodes: i64,
    /// The last event at each node, and at the far end of each lane.
    last: Vec<Option<EventKey>>,
    landed: Vec<Option<EventKey>>,
}

/// Are the books kept?
const ON: bool = cfg!(debug_assertions);

/// Does an event stand behind the one before? Most differ in time, which is compared soonest.
fn is_later(before: Option<EventKey>, key: &EventKey) -> bool {
    match before {
        Some(before) => before.time.as_nanos() < key.time.as_nanos() || before < *key,
        None => true,
    }
}

impl FrameBooks {
    /// Empty books for so many nodes and links.
    pub(super) fn new(nodes: usize, links: usize) -> Self {
        let (nodes, lanes) = if ON { (nodes, 2 * links) } else { (0, 0) };
        Self {
            kept: vec![0; nodes],
            last: vec![None; nodes],
            landed: vec![None; lanes],
            ..Self::default()
        }
    }

    /// A node takes part in an event.
    pub(super) fn takes_part(&mut self, node: NodeId, key: EventKey) {
        if ON {
            let before = self.last[node.index()].replace(key);
            assert!(is_later(before, &key), "a node sees events in the order of keys");
        }
    }

    /// A frame comes off a direction of a link.
    pub(super) fn lands(&mut self, lane: u32, key: EventKey) {
        if ON {
            let before = self.landed[lane as usize].replace(key);
            assert!(is_later(before, &key), "a link hands over in the order of keys");
        }
    }

    fn keep(&mut self, node: NodeId, frames: i64) {
        self.kept[node.index()] += frames;
        self.at_nodes += frames;
    }

    /// A node is given a frame that arrived.
    pub(super) fn given(&mut self, node: NodeId) {
        if ON {
            self.keep(node, 1);
        }
    }

    /// A node says what became of frames, and what came to be.
    pub(super) fn said(&mut self, node: NodeId, line: &AccountLine) {
        if !ON {
            return;
        }
        match line {
            AccountLine::Offered(..) | AccountLine::Copied(..) => {
                self.born += 1;
                self.keep(node, 1);
            }
            AccountLine::Settled(..) => self.ended_at(node),
            AccountLine::Changed(_) => {}
        }
    }

    /// A frame ends at a node.
    pub(super) fn ended_at(&mut self, node: NodeId) {
        if ON {
            self.ended += 1;
            self.keep(node, -1);
        }
    }

    /// A node sends a frame: a link has it, or has settled it.
    pub(super) fn sent(&mut self, node: NodeId) {
        if ON {
            self.keep(node, -1);
        }
    }

    /// A link sends a frame a second time.
    pub(super) fn doubled(&mut self) {
        self.born += u64::from(ON);
    }

    /// A link settles a frame.
    pub(super) fn settled_at_link(&mut self) {
        self.ended += u64::from(ON);
    }

    /// What does not balance once an event of a node is through.
    pub(super) fn wrong(&self, node: NodeId, flights: &Flights) -> Option<String> {
        if !ON {
            return None;
        }
        if self.kept[node.index()] < 0 {
            return Some(format!("node {} let go of more frames than it had", node.0));
        }
        let on_links = flights.len() as u64;
        let at_nodes = u64::try_from(self.at_nodes).unwrap_or(u64::MAX);
        let there = self.ended.saturating_add(on_links).saturating_add(at_nodes);
        let Self { born, ended, .. } = self;
        (*born != there)
            .then(|| format!("{born} frames came to be; {ended} ended, {on_links} are on links, {at_nodes} at nodes"))
    }

    /// A node hands back what it keeps, at the end of a run.
    pub(super) fn handed_back(&mut self, node: NodeId, frames: usize) -> bool {
        if !ON {
            return true;
        }
        let counted = self.kept[node.index()];
        self.keep(node, -counted);
        self.ended += frames as u64;
        i64::try_from(frames) == Ok(counted)
    }

    /// Links hand back what is on its way, at the end of a run.
    pub(super) fn taken_off_links(&mut self, frames: usize) {
        if ON {
            self.ended += frames as u64;
        }
    }

    /// Is every frame that came to be accounted for?
    pub(super) fn is_closed(&self) -> bool {
        !ON || (self.born == self.ended && self.at_nodes == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::key::Phase;
    use crate::evidence::{Lineage, Trace};
    use crate::ident::{FlowId, Origin, TenantId};
    use crate::units::SimTime;

    const NODE: NodeId = NodeId(0);

    fn offered() -> AccountLine {
        let trace = Trace {
            tenant: TenantId(0),
            origin: Origin::Unknown,
            flow: FlowId::NONE,
            seq: 0,
            lineage: Lineage::Root,
            doubled: 0,
        };
        AccountLine::Offered(trace, 60)
    }

    #[test]
    fn a_frame_that_is_offered_and_kept_balances() {
        let mut books = FrameBooks::new(1, 0);
        books.said(NODE, &offered());
        assert_eq!(books.wrong(NODE, &Flights::new()), None);
        assert!(!books.is_closed());
        assert!(books.handed_back(NODE, 1));
        assert!(books.is_closed());
    }

    #[test]
    fn a_frame_that_was_offered_and_is_nowhere_does_not_balance() {
        let mut books = FrameBooks::new(1, 0);
        books.said(NODE, &offered());
        books.sent(NODE);
        let wrong = books.wrong(NODE, &Flights::new());
        let said = "1 frames came to be; 0 ended, 0 are on links, 0 at nodes";
        assert_eq!(wrong.as_deref(), Some(said));
    }

    #[test]
    fn a_node_that_sends_what_it_never_had_does_not_balance() {
        let mut books = FrameBooks::new(2, 0);
        books.sent(NODE);
        let wrong = books.wrong(NODE, &Flights::new());
        assert_eq!(wrong.as_deref(), Some("node 0 let go of more frames than it had"));
    }

    #[test]
    fn a_node_that_hands_back_fewer_frames_than_it_keeps_is_told() {
        let mut books = FrameBooks::new(1, 0);
        books.said(NODE, &offered());
        books.said(NODE, &offered());
        assert!(!books.handed_back(NODE, 1));
    }

    fn key(nanos: u64, seq: u64) -> EventKey {
        EventKey {
            time: SimTime::from_nanos(nanos),
            phase: Phase::Arrival,
            node: NODE,
            seq,
        }
    }

    #[test]
    #[should_panic(expected = "a node sees events in the order of keys")]
    fn an_event_that_comes_after_a_later_one_is_noticed() {
        let mut books = FrameBooks::new(1, 0);
        books.takes_part(NODE, key(1, 2));
        books.takes_part(NODE, key(1, 1));
    }

    #[test]
    #[should_panic(expected = "a link hands over in the order of keys")]
    fn a_frame_that_lands_twice_is_noticed() {
        let mut books = FrameBooks::new(1, 1);
        books.lands(0, key(1, 1));
        books.lands(1, key(1, 1));
        books.lands(0, key(1, 1));
    }
}
