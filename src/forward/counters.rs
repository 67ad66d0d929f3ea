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

    /// Counts these as well.
    pub(super) fn merge(&mut self, other: Self) {
        self.frames = self.frames.saturating_add(other.frames);
        self.octets = self.octets.saturating_add(other.octets);
        self.payload = self.payload.saturating_add(other.payload);
    }

    /// The octets as a bill or a policer on this basis counts them.
    pub const fn on(self, basis: Octets) -> u64 {
        match basis {
            Octets::L1 => self.octets.saturating_add(self.frames.saturating_mul(24)),
            Octets::L2Fcs => self.octets.saturating_add(self.frames.saturating_mul(4)),
            Octets::L2 => self.octets,
            Octets::L3 => self.payload,
            Octets::L1Untagged => self.payload.saturating_add(self.frames.saturating_mul(38)),
            Octets::L2FcsUntagged => self.payload.saturating_add(self.frames.saturating_mul(18)),
            Octets::L2Untagged => self.payload.saturating_add(self.frames.saturating_mul(14)),
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
        self.of_mut(reason).add(octets, payload);
    }

    /// Counts these as well.
    pub(super) fn merge(&mut self, reason: DropReason, count: Count) {
        if count != Count::default() {
            self.of_mut(reason).merge(count);
        }
    }

    fn of_mut(&mut self, reason: DropReason) -> &mut Count {
        let at = match self.0.binary_search_by_key(&reason, |(r, _)| *r) {
            Ok(at) => at,
            Err(at) => {
                // Once for each reason, never for each frame.
                self.0.insert(at, (reason, Count::default()));
                at
            }
        };
        &mut self.0[at].1
    }

    /// Counts all of these as well.
    pub(super) fn merge_all(&mut self, other: &Self) {
        other.iter().for_each(|(reason, count)| self.merge(reason, count));
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

/// Drops of frames that belonged to nobody: a place for every reason, since any port may be
/// flooded with any of them.
#[derive(Debug, Clone)]
pub(super) struct Unclaimed([Count; DropReason::ALL.len()]);

impl Unclaimed {
    pub const NONE: Self = Self(
        [Count {
            frames: 0,
            octets: 0,
            payload: 0,
        }; DropReason::ALL.len()],
    );

    #[inline]
    pub fn add(&mut self, reason: DropReason, octets: u32, payload: u32) {
        self.0[reason as usize].add(octets, payload);
    }

    pub fn drops(&self) -> Drops {
        let mut drops = Drops::default();
        for (&reason, &count) in DropReason::ALL.iter().zip(&self.0) {
            drops.merge(reason, count);
        }
        drops
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
    /// Counts all of these as well.
    pub(super) fn merge(&mut self, other: &Self) {
        for (port, vid, counters) in &other.members {
            let at = match self.members.binary_search_by_key(&(*port, *vid), |(p, v, _)| (*p, *v)) {
                Ok(at) => at,
                Err(at) => {
                    self.members.insert(at, (*port, *vid, MemberCounters::default()));
                    at
                }
            };
            let member = &mut self.members[at].2;
            member.received.merge(counters.received);
            member.sent.merge(counters.sent);
        }
        self.drops.merge_all(&other.drops);
    }

    pub(super) fn member_mut(&mut self, port: PortNo, vid: Option<Vid>) -> &mut MemberCounters {
        let at = self.members.iter().position(|(p, v, _)| (*p, *v) == (port, vid));
        &mut self.members[at.expect("every member is listed")].2
    }

    /// What the member at (port, VID) carried; nothing where there never was one.
    pub fn member(&self, port: PortNo, vid: Option<Vid>) -> MemberCounters {
        self.members
            .iter()
            .find(|(p, v, _)| (*p, *v) == (port, vid))
            .map(|(_, _, counters)| *counters)
            .unwrap_or_default()
    }
}
