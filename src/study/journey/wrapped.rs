//! A node that tells what it does with the frame that is followed, and does nothing else than the node.

use super::rule::{Ground, ground};
use super::{Done, Hop, Place, destination, is_followed};
use crate::evidence::{AccountLine, Outbox, Packet};
use crate::forward::Passing;
use crate::ident::{NodeId, PortNo};
use crate::node::any::AnyNode;
use crate::node::{Change, Node};
use crate::scenario::Plan;
use crate::units::SimTime;
use crate::wire::Frame;

/// One thing that a node did with the frame.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) at: SimTime,
    came: Option<(PortNo, Frame)>,
    ground: Ground,
    done: Vec<Done>,
}

impl Step {
    /// The same, told by the plan's names and lines.
    pub(super) fn hop(self, plan: &Plan, id: NodeId) -> Hop {
        let (port, frame) = match self.came {
            Some((port, frame)) => (Some(port), Some(frame)),
            None => (None, None),
        };
        Hop {
            at: self.at,
            place: Place::Node(id, port),
            rule: self.ground.told(plan, id, port, frame.as_ref(), &self.done, self.at),
            frame,
            done: self.done,
        }
    }
}

/// A node, and what it did with the frame.
#[derive(Debug)]
pub(super) struct Wrapped {
    node: AnyNode,
    steps: Vec<Step>,
}

impl Wrapped {
    pub(super) const fn new(node: AnyNode) -> Self {
        Self {
            node,
            steps: Vec::new(),
        }
    }

    /// What it did, in order.
    pub(super) fn into_steps(self) -> Vec<Step> {
        self.steps
    }

    /// Notes what came of an input: what the node sent and settled of the frame since.
    fn note(&mut self, now: SimTime, came: Option<(PortNo, Frame, Ground)>, out: &Outbox, before: (usize, usize)) {
        let mut done = Vec::new();
        let mut octets = None;
        for line in &out.entries[before.0..] {
            if let AccountLine::Settled(trace, fate, _) = line
                && is_followed(trace)
            {
                done.push(Done::Ended(*fate));
            }
        }
        for (port, packet) in &out.sends[before.1..] {
            if is_followed(packet.ticket.trace()) {
                octets = Some(packet.frame.clone());
                done.push(Done::Sent(*port, packet.frame.clone()));
            }
        }
        let (came, ground) = match came {
            Some((port, frame, ground)) => (Some((port, frame)), ground),
            None if done.is_empty() => return,
            // What was kept is sent on, or given up.
            None => (None, Ground::Released(octets.as_ref().and_then(destination))),
        };
        if done.is_empty() {
            done.push(Done::Kept);
        }
        self.steps.push(Step {
            at: now,
            came,
            ground,
            done,
        });
    }
}

const fn lengths(out: &Outbox) -> (usize, usize) {
    (out.entries.len(), out.sends.len())
}

impl Node for Wrapped {
    fn receive(&mut self, port: PortNo, packet: Packet, now: SimTime, out: &mut Outbox) {
        let followed = is_followed(packet.ticket.trace());
        let came = followed.then(|| {
            let frame = packet.frame.clone();
            let ground = ground(&self.node, port, &frame);
            (port, frame, ground)
        });
        let before = lengths(out);
        self.node.receive(port, packet, now, out);
        self.note(now, came, out, before);
    }

    /// A frame that is passed on where it lies would not be told: every one is received.
    fn pass(&mut self, _port: PortNo, _frame: &Frame, _now: SimTime) -> Option<Passing> {
        None
    }

    fn timeout(&mut self, now: SimTime, out: &mut Outbox) {
        let before = lengths(out);
        self.node.timeout(now, out);
        self.note(now, None, out, before);
    }

    fn next_timeout(&self) -> Option<SimTime> {
        self.node.next_timeout()
    }

    fn apply(&mut self, change: &Change, now: SimTime, out: &mut Outbox) {
        let before = lengths(out);
        self.node.apply(change, now, out);
        self.note(now, None, out, before);
    }

    fn bridges(&self) -> bool {
        self.node.bridges()
    }

    fn drain(&mut self) -> Vec<Packet> {
        self.node.drain()
    }
}
