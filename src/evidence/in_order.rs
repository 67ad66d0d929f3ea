//! Everything in the one order of the world, for whoever needs it: a capture, a story of a run.
//!
//! What a node tells before its turn is kept with a copy of the frame, and told in its turn. A listener that
//! does not need this hears everything as it comes, and nothing is copied.

use super::event_key::EventKey;
use super::observer::Observer;
use super::outbox::NodeChange;
use super::profile::SoldRate;
use super::ticket::Trace;
use super::window::Window;
use crate::ident::{Fate, Lane, NodeId, PortNo, Station, TenantId};
use crate::units::SimTime;
use crate::wire::Frame;

/// What may be told before its turn.
#[derive(Debug, Clone)]
struct Told {
    /// When; of a first bit, when that is on the wire.
    at: SimTime,
    node: NodeId,
    what: What,
    trace: Trace,
    frame: Frame,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Arrived(PortNo),
    Sent(PortNo, Lane),
    Crosses(Lane),
}

/// Tells a listener everything in the order of keys, if it needs that.
#[derive(Debug, Clone, Default)]
pub struct InOrder<O> {
    listener: O,
    window: Window<Told>,
}

impl<O> InOrder<O> {
    /// For this listener.
    pub fn new(listener: O) -> Self {
        Self {
            listener,
            window: Window::default(),
        }
    }

    /// The listener, having heard everything.
    pub fn into_inner(self) -> O {
        self.listener
    }
}

impl<O: Observer> InOrder<O> {
    /// The frame waits where it was told before its turn; else the listener may hear of it at once.
    fn waits(&mut self, at: SimTime, node: NodeId, what: What, trace: &Trace, frame: &Frame) -> bool {
        if !self.window.is_ahead() || !self.listener.needs_order() {
            return false;
        }
        let told = Told {
            at,
            node,
            what,
            trace: *trace,
            frame: frame.clone(),
        };
        self.window.in_turn(told).is_none()
    }
}

impl<O: Observer> Observer for InOrder<O> {
    fn needs_order(&self) -> bool {
        false
    }

    fn turn(&mut self, key: &EventKey) {
        self.window.turn(key);
        while let Some(Told {
            at,
            node,
            what,
            trace,
            frame,
        }) = self.window.next()
        {
            match what {
                What::Arrived(port) => self.listener.arrived(at, node, port, &trace, &frame),
                What::Sent(port, lane) => self.listener.sent(at, node, port, lane, &trace, &frame),
                What::Crosses(lane) => self.listener.crosses(at, node, lane, &trace, &frame),
            }
        }
        self.listener.turn(key);
    }

    fn ahead(&mut self, key: &EventKey) {
        self.window.ahead(key);
        if !self.listener.needs_order() {
            self.listener.ahead(key);
        }
    }

    fn arrived(&mut self, at: SimTime, node: NodeId, port: PortNo, trace: &Trace, frame: &Frame) {
        if !self.waits(at, node, What::Arrived(port), trace, frame) {
            self.listener.arrived(at, node, port, trace, frame);
        }
    }

    fn sent(&mut self, at: SimTime, node: NodeId, port: PortNo, lane: Lane, trace: &Trace, frame: &Frame) {
        if !self.waits(at, node, What::Sent(port, lane), trace, frame) {
            self.listener.sent(at, node, port, lane, trace, frame);
        }
    }

    fn crosses(&mut self, start: SimTime, node: NodeId, lane: Lane, trace: &Trace, frame: &Frame) {
        if !self.waits(start, node, What::Crosses(lane), trace, frame) {
            self.listener.crosses(start, node, lane, trace, frame);
        }
    }

    fn offered(&mut self, at: SimTime, station: Station, trace: &Trace, octets: u32) {
        self.listener.offered(at, station, trace, octets);
    }
    fn copied(&mut self, at: SimTime, station: Station, trace: &Trace, octets: u32) {
        self.listener.copied(at, station, trace, octets);
    }
    fn settled(&mut self, at: SimTime, station: Station, trace: &Trace, fate: Fate, frame: &Frame) {
        self.listener.settled(at, station, trace, fate, frame);
    }
    fn changed(&mut self, at: SimTime, node: NodeId, change: NodeChange) {
        self.listener.changed(at, node, change);
    }
    fn held(&mut self, at: SimTime, station: Station, trace: &Trace, octets: u32) {
        self.listener.held(at, station, trace, octets);
    }
    fn epoch(&mut self, at: SimTime, tenant: TenantId) {
        self.listener.epoch(at, tenant);
    }
    fn gate(&mut self, at: SimTime, service: u32, open: bool) {
        self.listener.gate(at, service, open);
    }
    fn sold_rate(&mut self, at: SimTime, service: u32, sold_rate: Option<SoldRate>) {
        self.listener.sold_rate(at, service, sold_rate);
    }
    fn mark(&mut self, at: SimTime) {
        self.listener.mark(at);
    }
}

#[cfg(test)]
mod tests {
    use super::super::event_key::Phase;
    use super::super::ticket::Lineage;
    use super::*;
    use crate::ident::{FlowId, LinkId, Origin};

    /// What it hears, and in which order.
    #[derive(Default)]
    struct Story(Vec<(&'static str, u64, u8)>, bool);

    impl Observer for Story {
        fn needs_order(&self) -> bool {
            self.1
        }
        fn ahead(&mut self, _: &EventKey) {
            self.0.push(("ahead", 0, 0));
        }
        fn arrived(&mut self, at: SimTime, _: NodeId, _: PortNo, _: &Trace, frame: &Frame) {
            self.0.push(("arrived", at.as_nanos(), frame.bytes()[0]));
        }
        fn sent(&mut self, at: SimTime, _: NodeId, _: PortNo, _: Lane, _: &Trace, frame: &Frame) {
            self.0.push(("sent", at.as_nanos(), frame.bytes()[0]));
        }
        fn crosses(&mut self, start: SimTime, _: NodeId, _: Lane, _: &Trace, frame: &Frame) {
            self.0.push(("crosses", start.as_nanos(), frame.bytes()[0]));
        }
    }

    fn key(nanos: u64) -> EventKey {
        EventKey {
            time: SimTime::from_nanos(nanos),
            phase: Phase::Arrival,
            node: NodeId(0),
            seq: nanos,
        }
    }

    /// A node passes a frame on at 20 before its turn, then another arrives at 10 in its own.
    fn heard(needs_order: bool) -> Vec<(&'static str, u64, u8)> {
        let mut in_order = InOrder::new(Story(Vec::new(), needs_order));
        assert!(!in_order.needs_order(), "it sorts for whoever does");
        let trace = Trace {
            tenant: TenantId(0),
            origin: Origin::Unknown,
            flow: FlowId::NONE,
            seq: 0,
            lineage: Lineage::Root,
            doubled: 0,
        };
        let (lane, node, port) = (
            Lane {
                link: LinkId(0),
                from_b: false,
            },
            NodeId(0),
            PortNo(0),
        );
        let frame = |octet| Frame::from_octets(&[octet; 60]);
        in_order.turn(&key(5));
        in_order.ahead(&key(20));
        in_order.arrived(SimTime::from_nanos(20), node, port, &trace, &frame(1));
        in_order.sent(SimTime::from_nanos(20), node, port, lane, &trace, &frame(2));
        in_order.crosses(SimTime::from_nanos(25), node, lane, &trace, &frame(2));
        in_order.turn(&key(10));
        in_order.arrived(SimTime::from_nanos(10), node, port, &trace, &frame(3));
        in_order.turn(&EventKey::LAST);
        in_order.into_inner().0
    }

    #[test]
    fn who_needs_one_order_hears_of_a_frame_in_its_turn_as_it_was_then() {
        let right = [
            ("arrived", 10, 3),
            ("arrived", 20, 1),
            ("sent", 20, 2),
            ("crosses", 25, 2),
        ];
        assert_eq!(heard(true), right);
    }

    #[test]
    fn who_needs_none_hears_at_once_and_is_told_that_it_is_early() {
        let right = [
            ("ahead", 0, 0),
            ("arrived", 20, 1),
            ("sent", 20, 2),
            ("crosses", 25, 2),
            ("arrived", 10, 3),
        ];
        assert_eq!(heard(false), right);
    }
}
