//! One frame's way: by its row where it is ordinary, else through all stages.
//!
//! Three ways, each for what the one before declines: `ordinary` is a frame in order and within
//! its commitment, by one row; `seldom` is one whose end the row or the class alone can tell;
//! `general` asks every stage. They agree, since a row is a memo of what the stages say, and since
//! whom a frame belongs to, what its member refuses and what a colour means is stated once, for
//! all three.

use super::charge::FrameVerdict;
use super::decide::refused;
use super::fastpath::{FastPath, Where};
use super::kernel::{Action, Brief, KeptTci, word_of};
use super::key::{Class, classify};
use super::police::{Colour, Marked};
use super::priority::PriorityMap;
use super::profile::{Ingress, native, refuses_vid, tagged_at_trunk};
use super::quirk::{Met, Quirk};
use super::rewrite::Rewrite;
use super::row::{Charged, Ordinary, RowExit, SHORTEST};
use crate::ident::{DropReason, PortNo};
use crate::wire::{MacAddr, Vid};

/// How an ordinary frame leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Leaves {
    pub way: RowExit,
    pub port: PortNo,
    pub priority: PriorityMap,
}

impl Leaves {
    /// The edit as all stages have it.
    #[inline(always)]
    pub fn rewrite(self) -> Rewrite {
        self.way.rewrite(self.priority)
    }
}

impl<Q: Quirk> FastPath<Q> {
    /// Charges a frame that is in order and within its commitment; nothing, and nothing charged,
    /// where it is not.
    #[inline(always)]
    pub(super) fn ordinary(&mut self, port: PortNo, bytes: &[u8], brief: Brief) -> Option<Leaves> {
        let now = self.now;
        let (row, by_vid) = self.lookup.first_row(port, brief.vid())?;
        let frame = Ordinary {
            word: word_of(bytes, brief),
            tci: KeptTci::of(brief.tci()),
            // What is too long for this number is too long for every row.
            len: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        };
        let (charged, out) = (row.charge(frame, now), row.port());
        let vid = by_vid.then_some(brief.vid());
        debug_assert!(
            charged == Charged::Declined || self.is_members((port, vid)),
            "a row lets nobody's frame through: an unknown (port, VID) is a drop"
        );
        match charged {
            Charged::Yes(way) => Some(Leaves {
                way,
                port: out,
                priority: PriorityMap::KEEP,
            }),
            Charged::More(way) => Some(Leaves {
                way: self.complete((port, vid), way),
                port: out,
                priority: self.priority_at((port, vid)),
            }),
            Charged::Declined => None,
        }
    }

    /// How priorities are mapped of what comes in by a place that has a row.
    #[inline(never)]
    fn priority_at(&self, place: Where) -> PriorityMap {
        let parts = self.lookup.parts(place.0, place.1);
        parts.map_or(PriorityMap::KEEP, |(_, beside)| self.terms.get(beside.terms).priority())
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
                Some(self.count_refused(None, DropReason::SecondTag, len, payload))
            }
            Action::NoVlan => match native(&self.lookup, port, false) {
                Err(reason) => Some(self.claimed_by_nobody(reason, len, brief)),
                Ok(_) if brief.has(Brief::TAG) => None,
                Ok(_) => self.metered(port, None, bytes, brief),
            },
            Action::Direct => self.metered(port, None, bytes, brief),
            Action::Tagged => match self.taken(port, brief.vid()) {
                Err(reason) => Some(self.claimed_by_nobody(reason, len, brief)),
                Ok(_) if brief.vid() == Vid::PRIORITY => None,
                Ok(_) => self.metered(port, Some(brief.vid()), bytes, brief),
            },
        }
    }

    /// Whose a tag of a trunk's own is, if nothing is behind it that matters.
    fn taken(&self, port: PortNo, vid: Vid) -> Result<Ingress, DropReason> {
        let refused = self.lookup.config(port).and_then(|config| refuses_vid(config, vid));
        match (refused, vid) {
            (Some(reason), _) => Err(reason),
            (None, Vid::PRIORITY) => native(&self.lookup, port, true),
            (None, vid) => tagged_at_trunk(self.profile, &self.lookup, port, vid),
        }
    }

    /// A frame that belongs to nobody, by what its first octets say.
    fn claimed_by_nobody(&mut self, reason: DropReason, octets: u32, brief: Brief) -> FrameVerdict {
        let header = u32::try_from(brief.header()).expect("18 at most");
        self.count_refused(None, reason, octets, octets - header)
    }

    /// A frame of a place that is served from its row, where it is: it may be yellow or red, or too
    /// long, or another's.
    fn metered(&mut self, port: PortNo, vid: Option<Vid>, bytes: &[u8], brief: Brief) -> Option<FrameVerdict> {
        let now = self.now;
        let (row, beside) = self.lookup.parts(port, vid).filter(|(row, _)| row.way.is_some())?;
        let terms = self.terms.get(beside.terms);
        let len = u32::try_from(bytes.len()).ok()?;
        let payload = len - u32::try_from(terms.header()).expect("18 at most");
        let src = MacAddr(*bytes.get(6..)?.first_chunk()?);
        if let Some(reason) = refused(self.lookup.config(port)?, row.bound(), payload, src) {
            let slot = beside.slot;
            self.count_received(slot, len, payload);
            return Some(self.count_refused(Some(slot), reason, len, payload));
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
        let (row, beside) = self.lookup.parts_mut(port, vid)?;
        let (committed, excess) = (&mut row.committed, &mut beside.excess);
        let colour = terms.meter.colour(committed, excess, terms.cost(octets), eligible, now);
        let tally = match colour {
            Colour::Green => &mut row.green,
            Colour::Yellow => &mut beside.yellow,
            Colour::Red => &mut beside.red,
        };
        tally.add(octets, terms.padding(octets));
        let full = tally.full();
        let end = terms.meter.end(colour);
        let (out, mut rewrite) = (row.port(), row.way.rewrite(terms.priority()));
        if end == Ok(Marked::Eligible) {
            rewrite.priority = rewrite.priority.eligible();
        }
        if full {
            self.fold((port, vid));
        }
        Some(match end {
            Ok(_) => FrameVerdict::Forward(out, rewrite),
            Err(reason) => FrameVerdict::Drop(reason),
        })
    }
}
