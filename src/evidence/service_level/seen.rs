//! What is seen of frames on their way: small facts, so that one that is told before its turn can wait for it.

use super::LevelWatch;
use super::lane::Handed;
use crate::evidence::ticket::Trace;
use crate::ident::{LinkId, NodeId};
use crate::units::SimTime;
use crate::wire::{Frame, wire_octets};

/// A frame seen at a place, as far as it matters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    at: SimTime,
    node: NodeId,
    doing: Doing,
    trace: Trace,
    /// Octets of the contract.
    octets: u32,
    /// Octets on the wire.
    wire: u64,
    yellow: bool,
}

/// What a frame does that is seen.
#[derive(Debug, Clone, Copy)]
pub(super) enum Doing {
    /// It is sent on a link.
    Sent(LinkId),
    /// Its first bit goes on the wire of a link.
    Crosses(LinkId),
    /// It arrives at the end of a circuit.
    Arrives,
}

impl LevelWatch {
    /// A frame is put on a customer's line, at its end or by the partner.
    fn on_line(&mut self, way: u32, seen: &Seen) {
        let owner = &self.places.ways[way as usize];
        if seen.node != owner.edge.0 || seen.trace.tenant != owner.tenant {
            return;
        }
        let up = 2 * way;
        let key = self.of(&seen.trace).filter(|(lane, _)| *lane == up);
        let lane = &mut self.lanes[up as usize];
        match key {
            Some((_, key)) => {
                lane.line_down = false;
                lane.enter(seen.at, key, seen.octets, seen.yellow);
                lane.contract(seen.at, &key);
            }
            None => lane.spend(seen.octets),
        }
    }

    /// A frame is sent on a link at which something is looked at.
    fn is_sent(&mut self, link: LinkId, seen: &Seen) {
        if let Some(way) = self.line(link) {
            self.on_line(way, seen);
            return;
        }
        let down = self.of(&seen.trace).filter(|(lane, _)| lane % 2 == 1);
        if let Some(handover) = self.handover(link).filter(|handover| handover.device.0 == seen.node)
            && let Some((lane, key)) = down
            && let Some(entry) = self.lanes[lane as usize].find(&key)
        {
            let (out, into) = (seen.at.saturating_add(handover.line.1.time_of(seen.wire)), seen.at);
            entry.handed = Some(Handed { out, into });
        }
        if let Ok(at_vbr) = self.outer.binary_search_by_key(&link, |(link, _)| *link)
            && self.outer[at_vbr].1 != seen.node
            && let Some((lane, key)) = down
        {
            self.lanes[lane as usize].contract(seen.at, &key);
        }
        // What a VBR sends of its own costs all the same.
        let from = self.inner.partition_point(|(l, ..)| *l < link);
        if let Some((l, vbr, way)) = self.inner.get(from).copied()
            && (l, vbr) == (link, seen.node)
            && self.of(&seen.trace).is_none()
        {
            self.lanes[2 * way as usize + 1].spend(seen.octets);
        }
    }

    /// A first bit goes on the wire of a circuit, towards the cloud.
    fn crosses_circuit(&mut self, link: LinkId, seen: &Seen) {
        if let Some(handover) = self.handover(link).filter(|handover| handover.device.0 != seen.node)
            && let Some((lane, key)) = self.of(&seen.trace).filter(|(lane, _)| lane % 2 == 0)
            && let Some(entry) = self.lanes[lane as usize].find(&key)
        {
            entry.first_bit = Some(seen.at.saturating_add(handover.line.0));
        }
    }

    /// A frame that goes towards the cloud arrives at the end of a circuit.
    fn at_door(&mut self, seen: &Seen) {
        if let Some((lane, key)) = self.of(&seen.trace).filter(|(lane, _)| lane % 2 == 0)
            && let Some(entry) = self.lanes[lane as usize].find(&key)
        {
            let into = entry.first_bit.unwrap_or(seen.at);
            entry.handed = Some(Handed { out: seen.at, into });
            self.lanes[lane as usize].is_through(seen.at, &key);
        }
    }

    pub(super) fn is_watched(&self, link: LinkId) -> bool {
        self.links.get(link.index()).copied().unwrap_or(false)
    }

    /// What is seen, in its turn or before.
    pub(super) fn see(&mut self, at: SimTime, node: NodeId, doing: Doing, trace: &Trace, frame: &Frame) {
        let seen = Seen {
            at,
            node,
            doing,
            trace: *trace,
            octets: self.octets(frame),
            wire: wire_octets(frame.octets()),
            yellow: frame.outer_tag().is_some_and(|tag| tag.dei()),
        };
        if let Some(seen) = self.window.in_turn(seen) {
            self.saw(&seen);
        }
    }

    pub(super) fn saw(&mut self, seen: &Seen) {
        match seen.doing {
            Doing::Sent(link) => self.is_sent(link, seen),
            Doing::Crosses(link) => self.crosses_circuit(link, seen),
            Doing::Arrives => self.at_door(seen),
        }
    }
}
