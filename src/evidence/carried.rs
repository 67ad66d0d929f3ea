//! What each link carried, each way.

use super::observer::Observer;
use super::ticket::Trace;
use crate::ident::{LinkId, NodeId};
use crate::units::{BitRate, SimDuration, SimTime};
use crate::wire::{Frame, wire_octets};

/// What a link carried one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Carried {
    /// Frames that entered the wire, or waited for it when it was cut or the run ended.
    pub frames: u64,
    /// Their octets with FCS, tags included.
    pub octets: u64,
    /// The same with preamble and gap.
    wire_octets: u64,
}

impl Carried {
    /// How long these frames occupy a wire of this rate.
    pub fn busy(&self, rate: BitRate) -> SimDuration {
        rate.time_of(self.wire_octets)
    }
}

/// Counts what links carry.
#[derive(Debug, Clone, Default)]
pub struct CarriedWatch {
    /// By link: the node at its `a` end, and what was carried from there and towards there.
    links: Vec<(NodeId, [Carried; 2])>,
}

impl CarriedWatch {
    /// For these links, each told by the node at its `a` end.
    pub fn new(links: impl Iterator<Item = NodeId>) -> Self {
        Self {
            links: links.map(|a| (a, [Carried::default(); 2])).collect(),
        }
    }

    /// What a link carried from its `a` to its `b` end, and back.
    pub fn carried(&self, link: LinkId) -> [Carried; 2] {
        self.links
            .get(link.index())
            .map_or_else(Default::default, |(_, both)| *both)
    }
}

impl Observer for CarriedWatch {
    fn needs_order(&self) -> bool {
        false
    }

    fn crosses(&mut self, _start: SimTime, node: NodeId, link: LinkId, _trace: &Trace, frame: &Frame) {
        let Some((a, both)) = self.links.get_mut(link.index()) else {
            return;
        };
        let way = &mut both[usize::from(node != *a)];
        let octets = u64::from(frame.octets()).saturating_add(4);
        way.frames += 1;
        way.octets = way.octets.saturating_add(octets);
        way.wire_octets = way.wire_octets.saturating_add(wire_octets(frame.octets()));
    }
}
