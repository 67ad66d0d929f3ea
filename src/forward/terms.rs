//! What many rows have in common: it stands once, by number.

use std::collections::BTreeMap;

use super::kernel::{Brief, What};
use super::police::{Meter, NANOBITS_PER_OCTET};
use super::priority::PriorityMap;
use super::rewrite::Rewrite;

/// What many rows have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Terms {
    pub meter: Meter,
    /// Is anything metered? Else every frame is green and costs nothing.
    pub metered: bool,
    /// What counts of a frame beside its octets without FCS.
    pub more: i8,
    /// Bits of a [`Brief`](super::kernel::Brief) that an ordinary frame has as `expect` has them.
    pub watch: u64,
    pub expect: u64,
    /// What is done, the tag that is put on (its protocol id as a little-endian word shows it),
    /// which bits of the old one it depends on.
    pub what: What,
    pub tpid: u16,
    kept: u16,
    priority: PriorityMap,
    /// Octets of addresses, tag and EtherType.
    header: u8,
}

/// What [`Terms`] are made of.
pub(super) struct Offer {
    pub meter: Option<Meter>,
    pub more: i8,
    pub watch: u64,
    pub expect: u64,
    pub header: u8,
    pub rewrite: Rewrite,
}

impl Terms {
    pub fn new(offer: Offer) -> Self {
        // A row is for frames without a second tag.
        let Rewrite {
            pop, push, priority, ..
        } = offer.rewrite;
        Self {
            meter: offer.meter.unwrap_or(Meter::FREE),
            metered: offer.meter.is_some(),
            more: offer.more,
            watch: offer.watch,
            expect: offer.expect,
            header: offer.header,
            what: match (pop, push) {
                (false, None) => What::Keep,
                (true, None) => What::Pop,
                (false, Some(_)) => What::Push,
                (true, Some(_)) => What::Retag,
            },
            tpid: push.map_or(0, |tag| tag.tpid.0.to_be()),
            // Without a tag that is put on there is nothing to keep; what was no tag has none.
            kept: if pop && push.is_some() { 0xf000 } else { 0 },
            priority,
        }
    }

    /// How priorities are mapped.
    #[inline(always)]
    pub fn priority(&self) -> PriorityMap {
        self.priority
    }

    /// The priority is not just kept.
    pub fn maps(&self) -> bool {
        matches!(self.what, What::Push | What::Retag) && self.priority != PriorityMap::KEEP
    }

    /// Frames may have to be padded.
    fn pads(&self) -> bool {
        self.what == What::Pop
    }

    /// Is a frame with this brief another than these terms are for? `among`: in these bits.
    #[inline(always)]
    pub fn excludes(&self, brief: Brief, among: u64) -> bool {
        (brief.0 ^ self.expect) & (self.watch & among) != 0
    }

    /// Octets of addresses, tag and EtherType.
    pub fn header(&self) -> u64 {
        u64::from(self.header)
    }

    /// What a frame costs in nanobits.
    #[inline(always)]
    pub fn cost(&self, octets: u64) -> u64 {
        if self.metered {
            (octets.wrapping_add(self.more as u64)).wrapping_mul(NANOBITS_PER_OCTET)
        } else {
            0
        }
    }

    /// Octets of padding where a tag is taken off: up to 64 with it, 60 without.
    #[inline(always)]
    pub fn padding(&self, octets: u64) -> u64 {
        if self.pads() { 64_u64.saturating_sub(octets) } else { 0 }
    }
}

/// Terms in use, by number.
#[derive(Debug, Clone)]
pub(super) struct AllTerms {
    list: Vec<Terms>,
    /// How many rows use each.
    users: Vec<u32>,
    free: Vec<u16>,
    number: BTreeMap<Terms, u16>,
}

impl AllTerms {
    /// The highest number that terms can have.
    const MOST: u16 = (1 << 14) - 1;

    /// None but number 0, which nobody asks for.
    pub fn new() -> Self {
        let none = Terms::new(Offer {
            meter: None,
            more: 0,
            watch: 0,
            expect: 0,
            header: 0,
            rewrite: Rewrite::default(),
        });
        Self {
            list: vec![none],
            users: vec![1],
            free: Vec::new(),
            number: BTreeMap::new(),
        }
    }

    #[inline(always)]
    pub fn get(&self, number: u16) -> &Terms {
        &self.list[usize::from(number)]
    }

    /// The number of these terms for one more row; `None` where 16,383 others are in use.
    pub fn hold(&mut self, terms: Terms) -> Option<u16> {
        if let Some(&number) = self.number.get(&terms) {
            self.users[usize::from(number)] += 1;
            return Some(number);
        }
        let number = match self.free.pop() {
            Some(number) => number,
            None => {
                let number = u16::try_from(self.list.len()).ok().filter(|n| *n <= Self::MOST)?;
                self.list.push(terms);
                self.users.push(0);
                number
            }
        };
        self.list[usize::from(number)] = terms;
        self.users[usize::from(number)] = 1;
        self.number.insert(terms, number);
        Some(number)
    }

    /// One row less uses them.
    pub fn release(&mut self, number: u16) {
        let users = &mut self.users[usize::from(number)];
        *users -= 1;
        if *users == 0 {
            self.number.remove(&self.list[usize::from(number)]);
            self.free.push(number);
        }
    }
}
