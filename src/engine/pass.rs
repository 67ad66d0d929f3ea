//! Frames that a node only sends on: they stay where they lie in the pool, from link to link.
//!
//! Most hops are of this kind. What is told of them is what is told of any other frame; what is saved is
//! moving a frame and its ticket out of the pool, through an outbox and back, and, where the node may
//! [look ahead](super::ahead), asking the queue for each.

use super::ahead::Waiting;
use super::carry::end_of;
use super::key::{Event, EventKey};
use super::world::{HeldNode, World};
use crate::evidence::Observer;
use crate::forward::{Passing, fetch};
use crate::ident::{Lane, NodeId, PortNo};
use crate::node::Node;
use crate::node::link::{Blemish, Flights};
use crate::units::SimTime;

impl<N: Node, O: Observer> World<N, O> {
    /// A frame that came off its lane and lies in the pool is passed on where it lies, and those behind it
    /// as far as the node may look ahead; nothing has been done where the node does more than send it on.
    pub(super) fn pass(&mut self, event: Event, node: NodeId, port: PortNo, index: u32) -> bool {
        let Some(passing) = self.seats[node.index()].passes(port, &self.flights, index, self.now) else {
            return false;
        };
        let out = self.tell_passed(event, node, port, index, passing);
        if !self.send_lying(node, out, index) {
            let packet = self.flights.remove(index).packet;
            self.guard.came_by = Some(event.what);
            self.send(node, out, packet);
            self.guard.came_by = None;
        }
        self.assert_balanced(node);
        self.go_on(event, node, port);
        true
    }

    /// Goes on with a lane, and puts its next frame in the place of `event` in the queue.
    fn go_on(&mut self, event: Event, node: NodeId, port: PortNo) {
        let (link, from) = end_of(event.what);
        let start = self.now;
        let mut bound = None;
        let next = loop {
            let head = self.spans[link.index()].link.head(from, &self.flights);
            let next = head.map(|(time, seq)| Event {
                key: EventKey { time, seq, ..event.key },
                ..event
            });
            let Some(event) = next else { break None };
            let (spans, flights) = (&self.spans, &self.flights);
            let bound = bound.get_or_insert_with(|| self.ahead.bound(spans, flights, node, event.what, start));
            if event.key.time >= *bound {
                break next;
            }
            self.fetch_behind(event.what, node, port);
            self.now = event.key.time;
            match self.pass_ahead(event, node, port) {
                Ahead::Passed => {}
                Ahead::PutOff => *bound = SimTime::ZERO,
                Ahead::Declined => break next,
            }
        };
        self.now = start;
        self.requeue(next);
    }

    /// Fetches what the frames behind the first of a lane will ask for: the row of the second, the octets of
    /// the third, the place of the fourth.
    fn fetch_behind(&mut self, lane: u32, node: NodeId, port: PortNo) {
        let (link, from) = end_of(lane);
        let first = self.spans[link.index()].link.first(from);
        let Some(second) = first.and_then(|first| self.flights.behind(first)) else {
            return;
        };
        let frame = &self.flights.get(second).packet.frame;
        self.seats[node.index()].node.foresee(port, frame);
        let Some(third) = self.flights.behind(second) else {
            return;
        };
        fetch(self.flights.get(third).packet.frame.bytes());
        if let Some(fourth) = self.flights.behind(third) {
            self.flights.fetch(fourth);
        }
    }

    /// The first frame of a lane, before its turn.
    fn pass_ahead(&mut self, event: Event, node: NodeId, port: PortNo) -> Ahead {
        let (link, from) = end_of(event.what);
        let link = &mut self.spans[link.index()].link;
        let Some(index) = link.first(from) else {
            return Ahead::Declined;
        };
        if self.flights.get(index).blemish != Blemish::None {
            return Ahead::Declined;
        }
        let Some(passing) = self.seats[node.index()].passes(port, &self.flights, index, self.now) else {
            return Ahead::Declined;
        };
        // Off its link before it may become shorter or longer.
        link.unlink(from, &self.flights);
        self.books.lands(event.what, event.key);
        self.books.takes_part(node, event.key);
        self.books.given(node);
        self.recording.stats.events += 1;
        self.ahead.passed += 1;
        self.recording.observer_mut().ahead(&event.key);
        let out = self.tell_passed(event, node, port, index, passing);
        if self.send_lying(node, out, index) {
            self.assert_balanced(node);
            return Ahead::Passed;
        }
        let packet = self.flights.remove(index).packet;
        self.ahead.put_off(
            event.key,
            Waiting {
                node,
                port: out,
                packet,
            },
        );
        self.queue.push(event);
        Ahead::PutOff
    }

    /// What was put off until now, if anything was.
    pub(super) fn catch_up(&mut self, event: Event) {
        if let Some(Waiting { node, port, packet }) = self.ahead.take(&event.key) {
            self.guard.came_by = Some(event.what);
            self.send(node, port, packet);
            self.guard.came_by = None;
            self.assert_balanced(node);
        }
    }

    /// A frame that came off its link, and that its node passes on, is told and given its new tags: by which
    /// port it leaves.
    fn tell_passed(&mut self, event: Event, node: NodeId, port: PortNo, index: u32, passing: Passing) -> PortNo {
        let packet = &mut self.flights.get_mut(index).packet;
        let (link, _) = end_of(event.what);
        self.recording.arrived(self.now, link, node, port, packet);
        self.seats[node.index()].node.rewrite(passing, &mut packet.frame);
        passing.port()
    }

    /// A node sends a frame that lies in the pool, where nothing befalls it; else nothing has been done.
    fn send_lying(&mut self, node: NodeId, port: PortNo, index: u32) -> bool {
        let Some(lane) = self.wiring.lane(node, port) else {
            return false;
        };
        let (link, from) = end_of(lane);
        let line = &mut self.spans[link.index()].link;
        let packet = &self.flights.get(index).packet;
        if line.is_faulty(from)
            || !self.guard.goes_straight(&packet.ticket)
            || line.admit(from, packet, self.now, &self.flights).is_err()
        {
            return false;
        }
        let packet = &mut self.flights.get_mut(index).packet;
        packet.ticket.hop();
        self.recording.passed(self.now, &packet.ticket, None);
        self.books.sent(node);
        self.recording.sent(self.now, node, port, Lane::of(lane), packet);
        let start = line.starts(from, self.now);
        self.recording.crosses(start, node, Lane::of(lane), packet);
        let seat = &mut self.seats[node.index()];
        seat.sent += 1;
        let seq = seat.sent;
        let head = line.append(from, index, seq, self.now, &mut self.flights);
        self.await_arrival(lane, node, seq, head);
        true
    }

    fn assert_balanced(&self, node: NodeId) {
        let wrong = self.books.wrong(node, &self.flights);
        debug_assert_eq!(wrong, None, "no frame is lost or made up");
    }
}

impl<N: Node> HeldNode<N> {
    /// Does the node only send this frame on, and how? It is charged then.
    fn passes(&mut self, port: PortNo, flights: &Flights, index: u32, now: SimTime) -> Option<Passing> {
        let passing = self.node.pass(port, &flights.get(index).packet.frame, now)?;
        debug_assert_eq!(self.node.next_timeout(), None, "who passes frames on keeps no timer");
        Some(passing)
    }
}

/// What became of a frame before its turn.
enum Ahead {
    /// It is on the next link.
    Passed,
    /// Something befalls it there, in its turn.
    PutOff,
    /// Nothing yet: its turn decides.
    Declined,
}
