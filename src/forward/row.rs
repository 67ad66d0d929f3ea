//! The row of a place: the ledger is the table.
//!
//! Where a cross-connect's frames come in, one line of 64 octets holds all that an ordinary frame
//! asks for: the buckets, the counters, the bound address, the way out. It is a memo of what
//! [`FastPath::decide`](super::FastPath::decide) says of an ordinary frame at that place, so the
//! one load that finds a tenant also polices, counts and forwards it. What a row cannot answer
//! goes the general way.

use std::collections::BTreeMap;

use super::counters::Count;
use super::kernel::{Brief, Edit, What};
use super::key::TagKey;
use super::lookup::MemberRef;
use super::police::{Bucket, Buckets, Meter, NANOBITS_PER_OCTET};
use super::priority::PriorityMap;
use super::rewrite::Rewrite;
use crate::ident::PortNo;
use crate::units::SimTime;
use crate::wire::{EtherType, MacAddr, Vid};

/// Frames with their octets and the padding that they will take, in one word, so that one addition
/// counts them: 15 bits of frames, 31 of octets, 17 of padding. It has to be emptied once it is
/// [`full`](Tally::full).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tally(u64);

impl Tally {
    pub const EMPTY: Self = Self(0);

    /// A frame of at most 65,535 octets that takes at most 4 octets of padding.
    #[inline(always)]
    pub fn add(&mut self, octets: u64, padding: u64) {
        self.0 += 1 | octets << 15 | padding << 46;
    }
    /// Octets of padding of a frame that was added.
    #[inline(always)]
    pub fn pad(&mut self, padding: u64) {
        self.0 += padding << 46;
    }
    /// Half full: 16,384 frames. There is room for one more at any rate.
    #[inline(always)]
    pub fn full(self) -> bool {
        self.0 & 1 << 14 != 0
    }
    pub const fn frames(self) -> u64 {
        self.0 & 0x7fff
    }
    pub const fn octets(self) -> u64 {
        self.0 >> 15 & 0x7fff_ffff
    }
    pub const fn padding(self) -> u64 {
        self.0 >> 46
    }
    /// The frames as they came in, with this many octets of addresses, tag and EtherType each.
    pub fn came(self, header: u64) -> Count {
        Count {
            frames: self.frames(),
            octets: self.octets(),
            payload: self.octets() - header * self.frames(),
        }
    }
    /// The same frames as they left by these terms.
    pub fn left(self, terms: &Terms) -> Count {
        let came = self.came(terms.header());
        let octets = match terms.what {
            What::Keep | What::Retag => came.octets,
            What::Push => came.octets + 4 * came.frames,
            What::Pop => came.octets - 4 * came.frames + self.padding(),
        };
        Count {
            frames: came.frames,
            octets,
            payload: came.payload + self.padding(),
        }
    }
}

/// The line of a place. All zero: nobody is here, or nobody who can be served from here.
///
/// It repeats what of the [`Terms`] every frame asks for, so that nothing else has to be read.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(64))]
pub(super) struct Row {
    pub committed: Bucket,
    pub green: Tally,
    /// The bound address in the upper six octets; in the lower two, how many lengths from
    /// [`SHORTEST`] on are served.
    guard: u64,
    /// CIR and CBS in nanobits; of one without a policer, such that everything passes.
    rate: u64,
    depth: u64,
    pub way: RowExit,
    /// Bits of a brief, from [`WATCHED`] on, that an ordinary frame has as `expect` has them.
    watch: u16,
    expect: u16,
    /// Which bits of the old TCI stay.
    kept: u16,
    /// What counts of a frame beside its octets without FCS.
    more: i8,
    flags: u8,
}

/// The lowest bit of a brief that a row looks at; the sixteenth above it is the last.
const WATCHED: u32 = 9;
const _: () = assert!(Brief::ALWAYS >> WATCHED == 1 << 15 && Brief::ELIGIBLE >> WATCHED > 0);

/// Flags of a row: any source is served; priorities are mapped; frames may have to be padded.
const UNBOUND: u8 = 1;
const MAPS: u8 = 2;
const PADS: u8 = 4;

/// What a row asks of a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ordinary {
    pub brief: Brief,
    /// Octets 4 to 11, as a little-endian word.
    pub line: u64,
    /// Octets without FCS.
    pub len: u32,
}

/// What a row made of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charged {
    /// It leaves so.
    Yes(RowExit),
    /// It leaves so, and the row's tally has to be folded.
    Full(RowExit),
    /// Nothing was charged: it is not ordinary.
    Declined,
}

/// How frames leave, in one word. From bit 0: the tag that is put on as a little-endian word
/// shows its four octets (32 bits, 0 where none is), the port (16), which [`Terms`] (14; 0 where
/// nothing leaves), what is done (2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(transparent)]
pub(super) struct RowExit(u64);

impl RowExit {
    /// Nothing leaves.
    pub const NONE: Self = Self(0);
    const WHAT: u32 = 62;
    const TERMS: u32 = 48;
    const PORT: u32 = 32;

    fn new(port: u16, terms: u16, of: &Terms, vid: Option<Vid>) -> Self {
        let tag = vid.map_or(0, |vid| word_of(of.tpid, vid.get()));
        Self(
            u64::from(tag)
                | u64::from(port) << Self::PORT
                | u64::from(terms) << Self::TERMS
                | (of.what as u64) << Self::WHAT,
        )
    }

    /// The same with these bits of a TCI in the tag that is put on.
    #[inline(always)]
    const fn with(self, tci: u16) -> Self {
        Self(self.0 | (tci.swap_bytes() as u64) << 16)
    }

    #[inline(always)]
    pub const fn is_some(self) -> bool {
        self.terms() != 0
    }

    #[inline(always)]
    pub const fn port(self) -> PortNo {
        PortNo((self.0 >> Self::PORT) as u16 as u32)
    }

    #[inline(always)]
    pub const fn terms(self) -> u16 {
        (self.0 >> Self::TERMS) as u16 & Self::MOST_TERMS
    }
    /// The highest number that terms can have.
    const MOST_TERMS: u16 = (1 << (Self::WHAT - Self::TERMS)) - 1;

    /// The tag that is put on, as a little-endian word.
    #[inline(always)]
    pub const fn tag(self) -> u32 {
        self.0 as u32
    }

    /// The VID of the tag that is put on; 0 where none is.
    #[inline(always)]
    pub const fn vid(self) -> Vid {
        Vid::of_tci(((self.0 >> 16) as u16).swap_bytes())
    }

    /// Is a tag put in the place of another?
    #[inline(always)]
    pub const fn retags(self) -> bool {
        self.0 < 1 << Self::WHAT
    }

    fn what(self) -> What {
        match self.0 >> Self::WHAT {
            0 => What::Retag,
            1 => What::Keep,
            2 => What::Pop,
            _ => What::Push,
        }
    }

    /// What is done to the frame.
    #[inline]
    pub fn edit(self) -> Edit {
        Edit {
            tag: self.tag(),
            what: self.what(),
        }
    }

    /// The port and the rewrite.
    #[inline(always)]
    pub fn open(self, terms: &AllTerms) -> (PortNo, Rewrite) {
        let (what, priority) = (self.what(), terms.get(self.terms()).priority);
        let tag = TagKey {
            tpid: EtherType(u16::from_be(self.tag() as u16)),
            vid: self.vid(),
        };
        let rewrite = Rewrite {
            pop: matches!(what, What::Pop | What::Retag),
            push: matches!(what, What::Push | What::Retag).then_some(tag),
            priority,
            ..Rewrite::default()
        };
        (self.port(), rewrite)
    }
}

/// The four octets of a tag as a little-endian word; `tpid` is one already.
fn word_of(tpid: u16, tci: u16) -> u32 {
    u32::from(tci.to_be()) << 16 | u32::from(tpid)
}

/// Shorter frames go the general way: in longer ones every header is whole.
pub(super) const SHORTEST: u32 = 60;

impl Row {
    /// Makes it the memo of a member: frames of up to `longest` octets leave by `port`, with `vid`
    /// where the terms put a tag on.
    pub fn serve(&mut self, number: u16, terms: &Terms, bound: Option<MacAddr>, exit: &Exit) {
        let longest = exit.longest.min(u32::from(u16::MAX));
        let served = (longest + 1).saturating_sub(SHORTEST);
        let [a, b, c, d, e, f] = bound.map_or([0; 6], |mac| mac.0);
        let mac = u64::from_le_bytes([0, 0, a, b, c, d, e, f]);
        self.guard = mac | u64::from(served);
        (self.rate, self.depth) = (terms.meter.rate, terms.meter.depth);
        self.way = RowExit::new(exit.port, number, terms, exit.vid);
        (self.watch, self.expect) = ((terms.watch >> WATCHED) as u16, (terms.expect >> WATCHED) as u16);
        self.kept = terms.kept;
        self.more = terms.more;
        self.flags = if bound.is_none() { UNBOUND } else { 0 }
            | if terms.maps() { MAPS } else { 0 }
            | if terms.pads() { PADS } else { 0 };
    }

    /// In what it serves otherwise than `other` does; what was spent and counted does not matter.
    pub fn differs(&self, other: &Self) -> Option<&'static str> {
        let rate = |row: &Self| (row.rate, row.depth, row.more);
        let classes = |row: &Self| (row.watch, row.expect, row.kept, row.flags);
        let same = [
            (self.way == other.way, "way out"),
            (self.bound() == other.bound(), "bound MAC"),
            (self.guard as u16 == other.guard as u16, "lengths"),
            (rate(self) == rate(other), "rate"),
            (classes(self) == classes(other), "classes of frames"),
        ];
        same.iter().find(|(same, _)| !same).map(|(_, what)| *what)
    }

    /// Charges a frame that is in order and within its commitment.
    #[inline(always)]
    pub fn charge(&mut self, all: &[Terms], frame: Ordinary, now: SimTime) -> Charged {
        let Ordinary { brief, line, len } = frame;
        let octets = u64::from(len);
        let cost = octets.wrapping_add(self.more as u64).wrapping_mul(NANOBITS_PER_OCTET);
        let spent = self.committed.spent_after(self.rate, cost, now);
        if self.refuses_length(len) || self.excludes(brief) || self.refuses_source(line) || spent > self.depth {
            return Charged::Declined;
        }
        self.committed.spend_to(spent, now);
        self.green.add(octets, 0);
        let tci = brief.0 as u16 & self.kept;
        let way = if self.flags & (MAPS | PADS) == 0 {
            self.way.with(tci)
        } else {
            self.by_terms(all, octets, tci)
        };
        if self.green.full() {
            Charged::Full(way)
        } else {
            Charged::Yes(way)
        }
    }

    /// What only the terms can tell: padding, and where priorities are mapped.
    // Not inlined, so that other frames' loop has the registers to itself.
    #[inline(never)]
    fn by_terms(&mut self, all: &[Terms], octets: u64, tci: u16) -> RowExit {
        let terms = &all[usize::from(self.way.terms())];
        self.green.pad(terms.padding(octets));
        if self.flags & MAPS == 0 {
            self.way.with(tci)
        } else {
            self.way.with(terms.priority.of_tci(tci))
        }
    }

    /// Is a frame of this length beyond what is served? `beyond` where nobody is.
    #[inline(always)]
    pub fn refuses_length(&self, len: u32) -> bool {
        len.wrapping_sub(SHORTEST) >= u32::from(self.guard as u16)
    }

    /// Is the source address another than the bound one? `line` holds octets 4 to 11 of the frame.
    #[inline(always)]
    fn refuses_source(&self, line: u64) -> bool {
        (line ^ self.guard) >> 16 != 0 && self.flags & UNBOUND == 0
    }

    /// The only source address that is served, where there is one.
    #[inline]
    pub fn bound(&self) -> Option<MacAddr> {
        let [_, _, a, b, c, d, e, f] = self.guard.to_le_bytes();
        (self.flags & UNBOUND == 0).then_some(MacAddr([a, b, c, d, e, f]))
    }

    /// Is a frame with this brief another than the row is for?
    #[inline(always)]
    fn excludes(&self, brief: Brief) -> bool {
        ((brief.0 >> WATCHED) as u16 ^ self.expect) & self.watch != 0
    }
}

/// Where frames of a row leave.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exit {
    pub port: u16,
    /// With a tag of this VID.
    pub vid: Option<Vid>,
    /// Octets of the longest that may come, without FCS.
    pub longest: u32,
}

/// What stands beside a row and is asked for seldom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beside {
    /// Whose place it is.
    pub slot: MemberRef,
    pub excess: Bucket,
    pub yellow: Tally,
    pub red: Tally,
}

/// A row with what stands beside it, for ports with a single place.
#[derive(Debug, Clone)]
pub(super) struct RowBeside {
    pub row: Row,
    pub beside: Beside,
}

impl Beside {
    pub const NONE: Self = Self {
        slot: MemberRef::NONE,
        excess: Bucket::full_at(SimTime::ZERO),
        yellow: Tally::EMPTY,
        red: Tally::EMPTY,
    };
}

/// Both buckets of a place.
pub(super) fn buckets_of(row: &Row, beside: &Beside) -> Buckets {
    Buckets {
        committed: row.committed,
        excess: beside.excess,
    }
}

impl RowBeside {
    pub fn empty() -> Self {
        Self {
            row: Row::default(),
            beside: Beside::NONE,
        }
    }
}

/// What many rows have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Terms {
    pub meter: Meter,
    /// Is anything metered? Else every frame is green and costs nothing.
    metered: bool,
    /// What counts of a frame beside its octets without FCS.
    more: i8,
    /// Bits of a [`Brief`](super::kernel::Brief) that an ordinary frame has as `expect` has them.
    watch: u64,
    expect: u64,
    /// What is done, the tag that is put on (its protocol id as a little-endian word shows it),
    /// which bits of the old one it depends on.
    what: What,
    tpid: u16,
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

    /// The priority is not just kept.
    fn maps(&self) -> bool {
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

    /// All of them, by number.
    #[inline(always)]
    pub fn all(&self) -> &[Terms] {
        &self.list
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
                let number = u16::try_from(self.list.len())
                    .ok()
                    .filter(|n| *n <= RowExit::MOST_TERMS)?;
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
