//! What each link carried, each way.

use super::observer::Observer;
use super::ticket::Trace;
use crate::ident::{Lane, LinkId, NodeId};
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
    /// By link: what was carried from its `a` end, and towards it.
    links: Vec<[Carried; 2]>,
}

impl CarriedWatch {
    /// For so many links.
    pub fn new(links: usize) -> Self {
        Self {
            links: vec![[Carried::default(); 2]; links],
        }
    }

    /// What a link carried from its `a` to its `b` end, and back.
    pub fn carried(&self, link: LinkId) -> [Carried; 2] {
        self.links.get(link.index()).copied().unwrap_or_default()
    }
}

impl Observer for CarriedWatch {
    fn needs_order(&self) -> bool {
        false
    }

    fn crosses(&mut self, _start: SimTime, _node: NodeId, lane: Lane, _trace: &Trace, frame: &Frame) {
        let Some(both) = self.links.get_mut(lane.link.index()) else {
            return;
        };
        let way = &mut both[usize::from(lane.from_b)];
        let octets = u64::from(frame.octets()).saturating_add(4);
        way.frames += 1;
        way.octets = way.octets.saturating_add(octets);
        way.wire_octets = way.wire_octets.saturating_add(wire_octets(frame.octets()));
    }
}
