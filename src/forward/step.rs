//! One frame's way: by its row where it is ordinary, else through all stages.
//!
//! Three ways, each for what the one before declines: `ordinary` is a frame in order and within
//! its commitment, by one row; `seldom` is one whose end the row or the class alone can tell;
//! `general` asks every stage. They agree, since a row is a memo of what the stages say.

use super::charge::FrameVerdict;
use super::fastpath::FastPath;
use super::kernel::{Action, Brief, line_of};
use super::key::{Class, classify};
use super::lookup::MemberRef;
use super::police::Colour;
use super::quirk::{Met, Quirk};
use super::row::{Charged, Ordinary, RowExit, SHORTEST};
use super::tables::{Profile, Untagged};
use crate::ident::{DropReason, PortNo};
use crate::wire::Vid;

impl<Q: Quirk> FastPath<Q> {
    /// Charges a frame that is in order and within its commitment; no way, and nothing charged,
    /// where it is not.
    #[inline(always)]
    pub(super) fn ordinary(&mut self, port: PortNo, bytes: &[u8], brief: Brief) -> RowExit {
        let now = self.now;
        let Some((row, by_vid)) = self.lookup.first_row(port, brief.vid()) else {
            return RowExit::NONE;
        };
        // What is too long for this number is too long for every row.
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let line = line_of(bytes);
        match row.charge(self.terms.all(), Ordinary { brief, line, len }, now) {
            Charged::Yes(way) => way,
            Charged::Full(way) => {
                self.fold((port, by_vid.then_some(brief.vid())));
                way
            }
            Charged::Declined => RowExit::NONE,
        }
    }

    /// What `ordinary` declined.
    #[inline(never)]
    pub(super) fn seldom(&mut self, port: PortNo, bytes: &[u8], brief: Brief) -> FrameVerdict {
        match self.briefly(port, bytes, brief) {
            Some(verdict) => verdict,
            None => self.general(port, bytes),
        }
    }

    /// All stages but the rewrite, one after the other.
    pub(super) fn general(&mut self, port: PortNo, bytes: &[u8]) -> FrameVerdict {
        let key = self.classify(bytes, port);
        let decided = self.decide(&key);
        let met = Met {
            bytes,
            key: &key,
            decided,
        };
        let generation = self.generation();
        let decision = self.quirk.recall(&mut self.memory, generation, met);
        self.charge(&key, decision, self.now)
    }

    /// The verdict, where class and row can tell it.
    fn briefly(&mut self, port: PortNo, bytes: &[u8], brief: Brief) -> Option<FrameVerdict> {
        let len = u32::try_from(bytes.len()).ok()?;
        if !(SHORTEST..=u32::from(u16::MAX)).contains(&len) {
            return None;
        }
        match self.lookup.actions(port)?.of(brief) {
            Action::General => None,
            Action::Drop(reason) => Some(self.claimed_by_nobody(reason, len, brief)),
            Action::SecondTag => {
                let payload = classify(bytes, port).payload;
                self.unclaimed.add(DropReason::SecondTag, len, payload);
                Some(FrameVerdict::Drop(DropReason::SecondTag))
            }
            Action::NoVlan if self.lookup.member(port, None).is_none() => {
                Some(self.claimed_by_nobody(DropReason::VlanTagMismatch, len, brief))
            }
            Action::NoVlan if brief.has(Brief::TAG) => None,
            Action::NoVlan | Action::Direct => self.at_place(port, None, bytes, brief),
            Action::Tagged => match brief.vid() {
                Vid::RESERVED => self.reserved_vid(port, len, brief),
                Vid::PRIORITY => self.no_vid(port, len, brief),
                vid => self.at_place(port, Some(vid), bytes, brief),
            },
        }
    }

    fn reserved_vid(&mut self, port: PortNo, len: u32, brief: Brief) -> Option<FrameVerdict> {
        let taken = self.lookup.config(port)?.admit.takes_vid_4095;
        (!taken).then(|| self.claimed_by_nobody(DropReason::ReservedVid, len, brief))
    }

    /// A priority tag that is dropped as such, or where the port has no place for what names no VLAN.
    fn no_vid(&mut self, port: PortNo, len: u32, brief: Brief) -> Option<FrameVerdict> {
        let config = self.lookup.config(port)?;
        let homeless = config.untagged == Untagged::Drop && self.lookup.member(port, None).is_none();
        let ends = config.admit.drops_priority_tagged || homeless;
        ends.then(|| self.claimed_by_nobody(DropReason::VlanTagMismatch, len, brief))
    }

    /// A frame of a place that may be served from its row.
    fn at_place(&mut self, port: PortNo, vid: Option<Vid>, bytes: &[u8], brief: Brief) -> Option<FrameVerdict> {
        let served = self.lookup.parts(port, vid).filter(|(row, _)| row.way.is_some());
        if served.is_some() {
            return self.metered(port, vid, bytes, brief);
        }
        let nobody = self.lookup.member(port, vid).is_none() && self.profile != Profile::IeeeDefault;
        let len = u32::try_from(bytes.len()).ok()?;
        (nobody && vid.is_some()).then(|| self.claimed_by_nobody(DropReason::UnknownVid, len, brief))
    }

    fn claimed_by_nobody(&mut self, reason: DropReason, octets: u32, brief: Brief) -> FrameVerdict {
        let header = u32::try_from(brief.header()).expect("18 at most");
        self.unclaimed.add(reason, octets, octets - header);
        FrameVerdict::Drop(reason)
    }

    /// A frame that its own member's port or address refuses.
    fn ends_in_service(&mut self, reason: DropReason, slot: MemberRef, octets: u32, payload: u32) -> FrameVerdict {
        if let Some(member) = self.member_mut(slot) {
            member.counters.received.add(octets, payload);
        }
        self.at_mut(slot.service).drops.add(reason, octets, payload);
        FrameVerdict::Drop(reason)
    }

    /// A frame of an ordinary row that may be yellow or red.
    fn metered(&mut self, port: PortNo, vid: Option<Vid>, bytes: &[u8], brief: Brief) -> Option<FrameVerdict> {
        let now = self.now;
        let mtu = self.lookup.config(port)?.mtu;
        let (row, beside) = self.lookup.parts_mut(port, vid)?;
        let terms = self.terms.get(row.way.terms());
        let len = u32::try_from(bytes.len()).ok()?;
        let payload = len - u32::try_from(terms.header()).expect("18 at most");
        if payload > mtu {
            let slot = beside.slot;
            return Some(self.ends_in_service(DropReason::MtuExceeded, slot, len, payload));
        }
        if row.refuses_source(line_of(bytes)) {
            let slot = beside.slot;
            return Some(self.ends_in_service(DropReason::SourceMacNotBound, slot, len, payload));
        }
        // Within the one port's MTU but not the other's.
        if row.refuses_length(len) {
            return None;
        }
        if terms.excludes(brief, Brief::LIMITED) && classify(bytes, port).class != Class::Other {
            return None;
        }
        let octets = bytes.len() as u64;
        let eligible = vid.is_some() && brief.has(Brief::ELIGIBLE);
        let (committed, excess) = (&mut row.committed, &mut beside.excess);
        let colour = terms.meter.colour(committed, excess, terms.cost(octets), eligible, now);
        let tally = match colour {
            Colour::Green => &mut row.green,
            Colour::Yellow => &mut beside.yellow,
            Colour::Red => &mut beside.red,
        };
        tally.add(octets, terms.padding(octets));
        let full = tally.full();
        let way = row.way;
        let (out, mut rewrite) = way.open(&self.terms);
        if colour == Colour::Yellow && terms.meter.marks {
            rewrite.priority = rewrite.priority.eligible();
        }
        if full {
            self.fold((port, vid));
        }
        Some(match colour {
            Colour::Red => FrameVerdict::Drop(DropReason::OverRate),
            Colour::Green | Colour::Yellow => FrameVerdict::Forward(out, rewrite),
        })
    }
}
