//! Counters: frames and octets, in, out and dropped.

use super::tables::Octets;
use crate::ident::{DropReason, PortNo};
use crate::wire::Vid;

/// A number of frames with their octets; saturates after 584 years at 1 GB/s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Count {
    /// Frames.
    pub frames: u64,
    /// Their octets at that place, tags included, without FCS.
    pub octets: u64,
    /// Their octets behind addresses, tags and EtherType, padding included.
    pub payload: u64,
}

impl Count {
    /// Counts one frame.
    #[inline]
    pub(super) fn add(&mut self, octets: u32, payload: u32) {
        self.frames = self.frames.saturating_add(1);
        self.octets = self.octets.saturating_add(u64::from(octets));
        self.payload = self.payload.saturating_add(u64::from(payload));
    }

    /// The octets as a bill or a policer on this basis counts them.
    pub const fn on(self, basis: Octets) -> u64 {
        match basis {
            Octets::L1 => self.octets.saturating_add(self.frames.saturating_mul(24)),
            Octets::L2Fcs => self.octets.saturating_add(self.frames.saturating_mul(4)),
            Octets::L2 => self.octets,
            Octets::L3 => self.payload,
        }
    }
}

/// What one member of a service carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct MemberCounters {
    /// Frames that came in here for the service, dropped ones included; as they arrived.
    pub received: Count,
    /// Frames that left here, as they left.
    pub sent: Count,
}

/// Drops by reason, in order of reason; only reasons that happened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Drops(Vec<(DropReason, Count)>);

impl Drops {
    pub(super) fn add(&mut self, reason: DropReason, octets: u32, payload: u32) {
        let at = match self.0.binary_search_by_key(&reason, |(r, _)| *r) {
            Ok(at) => at,
            Err(at) => {
                // Once for each reason, never for each frame.
                self.0.insert(at, (reason, Count::default()));
                at
            }
        };
        self.0[at].1.add(octets, payload);
    }

    /// What was dropped for this reason.
    pub fn of(&self, reason: DropReason) -> Count {
        self.0
            .iter()
            .find(|(r, _)| *r == reason)
            .map(|(_, count)| *count)
            .unwrap_or_default()
    }

    /// Every reason that happened, in order of reason.
    pub fn iter(&self) -> impl Iterator<Item = (DropReason, Count)> + '_ {
        self.0.iter().copied()
    }

    /// All drops together.
    pub fn frames(&self) -> u64 {
        self.0.iter().map(|(_, count)| count.frames).sum()
    }
}

/// Everything that was counted for one service, also at members that it no longer has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServiceCounters {
    /// By member, in order of (port, VID).
    pub members: Vec<(PortNo, Option<Vid>, MemberCounters)>,
    /// Drops of frames that were the service's.
    pub drops: Drops,
}

impl ServiceCounters {
    /// What the member at (port, VID) carried; nothing where there never was one.
    pub fn member(&self, port: PortNo, vid: Option<Vid>) -> MemberCounters {
        self.members
            .iter()
            .find(|(p, v, _)| (*p, *v) == (port, vid))
            .map(|(_, _, counters)| *counters)
            .unwrap_or_default()
    }
}
