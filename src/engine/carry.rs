//! Between one node's port and the next node: observers, links, digests.

use super::digest::Who;
use super::key::{Event, EventKey, Phase};
use super::world::{HeldNode, World};
use crate::evidence::{AccountLine, Lineage, Observer, Packet, Ticket, Trace};
use crate::ident::{DropReason, Fate, LinkId, NodeId, PortNo, StationId};
use crate::node::Node;
use crate::node::link::{Blemish, End};
use crate::units::SimTime;
use crate::wire::Frame;

/// Link and sending end of a lane.
fn end_of(lane: u32) -> (LinkId, End) {
    let end = if lane & 1 == 0 { End::A } else { End::B };
    (LinkId(lane >> 1), end)
}

fn who<N>(seats: &[HeldNode<N>], tenants: &[u64], trace: &Trace) -> Who {
    Who::of(trace, tenants, |node| {
        seats.get(node.index()).map_or("", |seat| &*seat.name)
    })
}

impl<N: Node, O: Observer> World<N, O> {
    /// One line of a node's account.
    pub(super) fn record(&mut self, node: NodeId, entry: AccountLine) {
        let station = StationId::node(node);
        self.ledger.said(node, &entry);
        match entry {
            AccountLine::Offered(trace, octets) => self.observer.offered(self.now, station, &trace, octets),
            AccountLine::Copied(trace, octets) => self.observer.copied(self.now, station, &trace, octets),
            AccountLine::Settled(trace, fate, frame) => {
                if self.digesting {
                    let who = who(&self.seats, &self.tenants, &trace);
                    let chain = &mut self.seats[node.index()].chain;
                    chain.settled(self.now, fate, who, frame.octets());
                }
                self.observer.settled(self.now, station, &trace, fate, &frame);
            }
            AccountLine::Changed(change) => {
                self.observer.changed(self.now, node, change);
                self.noticed.push((node, change));
            }
        }
    }

    /// A link settles a frame as dropped.
    pub(super) fn settle_at_link(&mut self, link: LinkId, packet: Packet, reason: DropReason) {
        let Packet { frame, ticket } = packet;
        let trace = ticket.close();
        let fate = Fate::Dropped(reason);
        self.ledger.settled_at_link();
        if self.digesting {
            let who = who(&self.seats, &self.tenants, &trace);
            let chain = &mut self.spans[link.index()].chain;
            chain.settled(self.now, fate, who, frame.octets());
        }
        self.observer
            .settled(self.now, StationId::link(link), &trace, fate, &frame);
    }

    /// A node sends a frame: it enters the link at that port, or the link refuses it.
    pub(super) fn send(&mut self, node: NodeId, port: PortNo, packet: Packet) {
        let Some(lane) = self.wiring.lane(node, port) else {
            let Packet { frame, ticket } = packet;
            let fate = Fate::Dropped(DropReason::PortListIsEmpty);
            self.record(node, AccountLine::Settled(ticket.close(), fate, frame));
            return;
        };
        self.ledger.sent(node);
        let (link, from) = end_of(lane);
        let span = &mut self.spans[link.index()];
        debug_assert_eq!(
            span.ends[usize::from(from == End::B)],
            (node, port),
            "a lane begins where its sender is"
        );
        if let Err(reason) = span.link.admit(from, &packet, self.now, &self.flights) {
            self.settle_at_link(link, packet, reason);
            return;
        }
        let trace = *packet.ticket.trace();
        self.observer.sent(self.now, node, port, link, &trace, &packet.frame);
        let seq = self.number(node);
        let span = &mut self.spans[link.index()];
        let entered = span.link.enter(from, packet, seq, self.now, &mut self.flights);
        self.await_arrival(lane, node, seq, entered.head);
        if let Some(frame) = entered.copy {
            self.send_twice(lane, node, &trace, frame);
        }
    }

    /// The link sends a frame a second time.
    fn send_twice(&mut self, lane: u32, node: NodeId, of: &Trace, frame: Frame) {
        let (link, from) = end_of(lane);
        let trace = Trace {
            lineage: Lineage::Copy,
            ..*of
        };
        self.observer
            .copied(self.now, StationId::link(link), &trace, frame.octets());
        self.ledger.doubled();
        let ticket = Ticket::open(trace);
        let seq = self.number(node);
        let span = &mut self.spans[link.index()];
        let head = span
            .link
            .enter_copy(from, Packet { frame, ticket }, seq, self.now, &mut self.flights);
        self.await_arrival(lane, node, seq, head);
    }

    fn number(&mut self, node: NodeId) -> u64 {
        let seat = &mut self.seats[node.index()];
        seat.sent += 1;
        seat.sent
    }

    /// Puts the first frame of a lane into the queue, where there is one.
    fn await_arrival(&mut self, lane: u32, node: NodeId, seq: u64, head: Option<SimTime>) {
        let Some(time) = head else { return };
        assert!(time >= self.now, "time never goes back");
        let key = EventKey {
            time,
            phase: Phase::Arrival,
            node,
            seq,
        };
        self.queue.push(Event { key, what: lane });
        self.stats.pending_max = self.stats.pending_max.max(self.queue.len());
    }

    /// Takes the first frame off its lane, where it is still the one that the event was for.
    pub(super) fn land(&mut self, event: Event) -> Option<(NodeId, PortNo, Packet)> {
        let lane = event.what;
        let (link, from) = end_of(lane);
        let span = &mut self.spans[link.index()];
        let awaited = (event.key.time, event.key.seq);
        if span.link.head(from, &self.flights) != Some(awaited) {
            return None; // A cut has lost it.
        }
        let flight = span.link.take(from, &mut self.flights)?;
        debug_assert_eq!(flight.arrival, self.now, "a frame lands when it arrives");
        self.ledger.lands(lane, event.key);
        let next = span.link.head(from, &self.flights);
        let (node, port) = span.ends[usize::from(from == End::A)];
        if let Some((time, seq)) = next {
            self.await_arrival(lane, event.key.node, seq, Some(time));
        }
        self.stats.events += 1;
        match flight.blemish {
            Blemish::None => {
                self.arrived(link, node, port, &flight.packet);
                Some((node, port, flight.packet))
            }
            Blemish::Lost => {
                self.settle_at_link(link, flight.packet, DropReason::LinkLoss);
                None
            }
            Blemish::Corrupt => {
                self.settle_at_link(link, flight.packet, DropReason::BadFcs);
                None
            }
        }
    }

    fn arrived(&mut self, link: LinkId, node: NodeId, port: PortNo, packet: &Packet) {
        self.stats.hops += 1;
        let trace = packet.ticket.trace();
        if self.digesting {
            let who = who(&self.seats, &self.tenants, trace);
            let chain = &mut self.seats[node.index()].chain;
            chain.arrived(self.now, self.spans[link.index()].hash, who, &packet.frame);
        }
        self.observer.arrived(self.now, node, port, trace, &packet.frame);
    }
}
