//! Between one node's port and the next node: the link, and what the recording hears of it.

use super::key::{Event, EventKey, Phase};
use super::world::World;
use crate::evidence::{Observer, Packet, Parent, Ticket};
use crate::ident::{DropReason, Lane, LinkId, Luck, NodeId, Origin, PortNo, name_hash};
use crate::node::Node;
use crate::node::link::{Blemish, End};
use crate::units::SimTime;
use crate::wire::Frame;

/// Link and sending end of a lane.
pub(super) fn end_of(lane: u32) -> (LinkId, End) {
    let end = if lane & 1 == 0 { End::A } else { End::B };
    (LinkId(lane >> 1), end)
}

impl<N: Node, O: Observer> World<N, O> {
    /// A node sends a frame: it enters the link at that port, or the link refuses it.
    pub(super) fn send(&mut self, node: NodeId, port: PortNo, mut packet: Packet) {
        let Some(lane) = self.wiring.lane(node, port) else {
            self.books.ended_at(node);
            self.recording.sent_nowhere(self.now, node, packet);
            return;
        };
        self.books.sent(node);
        let (link, from) = end_of(lane);
        if self.storms(lane, &mut packet) {
            self.books.settled_at_link();
            self.recording.stormed(self.now, Lane::of(lane), packet);
            return;
        }
        let span = &mut self.spans[link.index()];
        if let Err(reason) = span.link.admit(from, &packet, self.now, &self.flights) {
            self.books.settled_at_link();
            self.recording.dropped_at_link(self.now, Lane::of(lane), packet, reason);
            return;
        }
        let parent = packet.ticket.parent();
        self.recording.sent(self.now, node, port, Lane::of(lane), &packet);
        let seq = self.number(node);
        let span = &mut self.spans[link.index()];
        let start = span.link.starts(from, self.now);
        self.recording.crosses(start, node, Lane::of(lane), &packet);
        let faulty = span.link.is_faulty(from);
        let luck = faulty.then(|| self.luck(link, from, &packet.ticket));
        let span = &mut self.spans[link.index()];
        let entered = span.link.enter(from, packet, luck, seq, self.now, &mut self.flights);
        self.await_arrival(lane, node, seq, entered.head);
        if let Some(frame) = entered.copy {
            self.send_twice(lane, node, &parent, frame);
        }
    }

    /// The link sends a frame a second time.
    fn send_twice(&mut self, lane: u32, node: NodeId, of: &Parent, frame: Frame) {
        let (link, from) = end_of(lane);
        self.books.doubled();
        let packet = self.recording.doubled(self.now, Lane::of(lane), of, frame);
        let seq = self.number(node);
        let span = &mut self.spans[link.index()];
        let start = span.link.starts(from, self.now);
        self.recording.crosses(start, node, Lane::of(lane), &packet);
        let head = span.link.enter_copy(from, packet, seq, self.now, &mut self.flights);
        self.await_arrival(lane, node, seq, head);
    }

    /// The luck of a frame copy at a link, this way: nothing that happens to others moves it. It names
    /// whose frame it is (flow, or the node whose protocol it is of), its number, and which copy: that
    /// of which link, after how many links, so that what goes in circles draws anew. What a switch
    /// floods is told apart by the links that it is on.
    fn luck(&self, link: LinkId, from: End, ticket: &Ticket) -> Luck {
        let trace = ticket.trace();
        let (kind, whose) = match trace.origin {
            Origin::Flow(flow) => (1, self.flows.get(flow.index()).copied().unwrap_or(u64::from(flow.0))),
            Origin::Protocol(node) => (2, name_hash(&self.seats[node.index()].name)),
            Origin::Unknown => (3, u64::from(trace.tenant.0)),
        };
        let kind = kind << 1 | u64::from(trace.lineage.is_answer());
        let way = u64::from(from == End::B);
        let copy = u64::from(trace.doubled) << 16 | u64::from(ticket.crossed());
        let name = name_hash(&self.spans[link.index()].name);
        Luck::of(self.seed, &[name, way, kind, whose, trace.seq, copy])
    }

    pub(super) fn number(&mut self, node: NodeId) -> u64 {
        let seat = &mut self.seats[node.index()];
        seat.sent += 1;
        seat.sent
    }

    /// Puts the first frame of a lane into the queue, where there is one.
    pub(super) fn await_arrival(&mut self, lane: u32, node: NodeId, seq: u64, head: Option<SimTime>) {
        let Some(time) = head else { return };
        assert!(time >= self.now, "time never goes back");
        let key = EventKey {
            time,
            phase: Phase::Arrival,
            node,
            seq,
        };
        self.queue.push(Event { key, what: lane });
        self.recording.pending(self.queue.len());
    }

    /// Takes the first frame off its lane, where it is still the one that the event was for.
    /// It stays where it lies in the pool, and the event in the queue; where there is none to deal with, the
    /// queue has moved on.
    pub(super) fn land(&mut self, event: Event) -> Option<(NodeId, PortNo, u32)> {
        let lane = event.what;
        let (link, from) = end_of(lane);
        let span = &mut self.spans[link.index()];
        let awaited = (event.key.time, event.key.seq);
        if span.link.head(from, &self.flights) != Some(awaited) {
            self.queue.pop();
            self.catch_up(event); // Else a cut has lost it.
            return None;
        }
        let index = span.link.unlink(from, &self.flights)?;
        self.books.lands(lane, event.key);
        self.recording.stats.events += 1;
        let reason = match self.flights.get(index).blemish {
            Blemish::None => {
                let (node, port) = span.ends[usize::from(from == End::A)];
                return Some((node, port, index));
            }
            Blemish::Lost => DropReason::LinkLoss,
            Blemish::Corrupt => DropReason::BadFcs,
        };
        let packet = self.flights.remove(index).packet;
        self.books.settled_at_link();
        self.recording.dropped_at_link(self.now, Lane::of(lane), packet, reason);
        self.await_next(event);
        None
    }

    /// The next frame of a lane takes the place of `event`, the first of the queue.
    pub(super) fn await_next(&mut self, event: Event) {
        let (link, from) = end_of(event.what);
        let head = self.spans[link.index()].link.head(from, &self.flights);
        self.requeue(head.map(|(time, seq)| Event {
            key: EventKey { time, seq, ..event.key },
            ..event
        }));
    }

    /// The first event of the queue makes place for the next one of its lane, where there is one.
    pub(super) fn requeue(&mut self, next: Option<Event>) {
        match next {
            Some(event) => self.queue.replace(event),
            None => {
                self.queue.pop();
            }
        }
    }
}
