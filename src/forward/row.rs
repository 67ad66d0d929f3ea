//! The row of a place: the ledger is the table.
//!
//! Where a cross-connect's frames come in, one line of 64 octets holds all that an ordinary frame
//! asks for: the buckets, the counters, the bound address, the way out. It is a memo of what
//! [`FastPath::decide`](super::FastPath::decide) says of an ordinary frame at that place, so the
//! one load that finds a tenant also polices, counts and forwards it. What a row cannot answer
//! goes the general way.

use std::collections::BTreeMap;

use super::counters::Count;
use super::kernel::{Brief, Edit, KeptTci, What, Word};
use super::key::TagKey;
use super::lookup::MemberRef;
use super::police::{Bucket, Buckets, Meter, NANOBITS_PER_OCTET};
use super::priority::PriorityMap;
use super::rewrite::Rewrite;
use crate::ident::PortNo;
use crate::units::SimTime;
use crate::wire::{EtherType, MacAddr, Vid};

/// Frames with their octets and the padding that they will take, in one word, so that one addition
/// counts them: 32 bits of octets, 17 of padding, 15 of frames. It has to be emptied once it is
/// [`full`](Tally::full).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(transparent)]
pub(super) struct Tally(u64);

impl Tally {
    pub const EMPTY: Self = Self(0);
    /// Where octets of padding stand.
    pub const PADDING: u32 = 32;
    /// One frame.
    pub const FRAME: u64 = 1 << 49;

    /// A frame of at most 65,535 octets that takes at most 4 octets of padding.
    #[inline(always)]
    pub fn add(&mut self, octets: u64, padding: u64) {
        self.0 += Self::FRAME | octets | padding << Self::PADDING;
    }
    /// Half full: 16,384 frames. There is room for one more at any rate.
    #[inline(always)]
    pub fn full(self) -> bool {
        self.0 >> 63 != 0
    }
    pub const fn frames(self) -> u64 {
        self.0 / Self::FRAME
    }
    pub const fn octets(self) -> u64 {
        self.0 & 0xffff_ffff
    }
    pub const fn padding(self) -> u64 {
        self.0 >> Self::PADDING & 0x1_ffff
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
/// The first half is what frames change, the second what they only read. It repeats what of the
/// [`Terms`] every frame asks for, so that nothing else has to be read. Its order is what
/// [`four`](super::kernel::four) loads.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(64))]
pub(super) struct Row {
    /// A [`Word`](super::kernel::Word) as ordinary frames have it.
    pub guard: u64,
    pub green: Tally,
    pub committed: Bucket,
    /// CIR and CBS in nanobits; of one without a policer, such that nearly everything passes.
    pub rate: u64,
    pub depth: u64,
    pub way: RowExit,
    /// Bits of a word, below its address, that ordinary frames have as `guard` has them.
    pub watch: u16,
    /// Where they leave.
    pub port: u16,
    /// How many lengths from [`SHORTEST`] on are served.
    pub served: u16,
    /// All ones if the address counts, else 0.
    pub bound: u8,
    /// What counts of a frame beside its octets without FCS, and [`LEAST_MORE`] (6 bits); then
    /// [`MAPS`] and [`ALONE`].
    pub more: u8,
}

/// In `more`: priorities are mapped.
const MAPS: u8 = 1 << 6;
/// In `more`: not for four at once.
pub(super) const ALONE: u8 = 1 << 7;
/// In `more`: what is 0 there.
pub(super) const LEAST_MORE: i8 = -32;

/// What four at once can do exactly: rates below this, ...
pub(super) const FASTEST: u64 = 1 << 37;
/// ... at intervals below 2 to the power of this, so that what they give back is below 2^63, ...
pub(super) const INTERVAL: u32 = 26;
/// ... and depths that a frame more does not take beyond 2^63.
pub(super) const DEEPEST: u64 = (1 << 63) - (1 << 50);

/// A row without a policer gives back so much that hardly a frame is over it, which is then green all the same.
const FREE: (u64, u64) = (FASTEST - 1, DEEPEST - 1);

/// What a row asks of a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ordinary {
    pub word: Word,
    pub tci: KeptTci,
    /// Octets without FCS.
    pub len: u32,
}

/// What a row made of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charged {
    /// It leaves so.
    Yes(RowExit),
    /// It leaves so once [`FastPath::complete`](super::FastPath::complete) has seen to the row.
    More(RowExit),
    /// Nothing was charged: it is not ordinary.
    Declined,
}

/// How frames leave, in one word. From bit 0: the tag that is put on as a little-endian word
/// shows its four octets (32 bits, 0 where none is), the name of the exit (30), what is done (2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(transparent)]
pub(super) struct RowExit(pub u64);

impl RowExit {
    /// Nothing leaves.
    pub const NONE: Self = Self(0);
    const WHAT: u32 = 62;
    const NAME: u32 = 32;

    fn new(of: &Terms, exit: &Exit) -> Self {
        let tag = exit.vid.map_or(0, |vid| word_of(of.tpid, vid.get()));
        Self(u64::from(tag) | u64::from(exit.name & UNNAMED) << Self::NAME | (of.what as u64) << Self::WHAT)
    }

    /// The same with the kept bits of a TCI in the tag; only where it comes in the place of another.
    #[inline(always)]
    const fn with(self, tci: KeptTci) -> Self {
        // Of what is retagged or popped the highest bit is 0.
        let keeps = !((self.0 as i64 >> 63) as u64);
        Self(self.0 | tci.0 as u64 & keeps)
    }

    #[inline(always)]
    pub const fn is_some(self) -> bool {
        self.0 != 0
    }

    /// What [`FastPath::name_exits`](super::FastPath::name_exits) called where it leaves.
    #[inline(always)]
    pub const fn name(self) -> u32 {
        (self.0 >> Self::NAME) as u32 & UNNAMED
    }

    /// The same, where a tag is put in the place of another.
    #[inline(always)]
    pub const fn name_of_tag(self) -> u32 {
        (self.0 >> Self::NAME) as u32
    }

    /// Octets of padding of a frame that loses its tag: up to 64 with it, 60 without.
    #[inline(always)]
    const fn padding(self, octets: u64) -> u64 {
        if self.0 >> Self::WHAT == What::Pop as u64 {
            64_u64.saturating_sub(octets)
        } else {
            0
        }
    }

    /// The same under another name.
    pub const fn named(self, name: u32) -> Self {
        Self(self.0 & !((UNNAMED as u64) << Self::NAME) | ((name & UNNAMED) as u64) << Self::NAME)
    }

    /// The same with priority and drop eligibility as the map has them.
    const fn mapped(self, map: PriorityMap) -> Self {
        let old = ((self.0 >> 16) as u16).swap_bytes() & 0xf000;
        let new = KeptTci::of(map.of_tci(old));
        Self(self.0 & !(KeptTci::ALL.0 as u64) | new.0 as u64)
    }

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
            1 => What::Pop,
            2 => What::Keep,
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

    /// The rewrite, with this map of priorities.
    #[inline(always)]
    pub fn rewrite(self, priority: PriorityMap) -> Rewrite {
        let what = self.what();
        let tag = TagKey {
            tpid: EtherType(u16::from_be(self.tag() as u16)),
            vid: self.vid(),
        };
        Rewrite {
            pop: matches!(what, What::Pop | What::Retag),
            push: matches!(what, What::Push | What::Retag).then_some(tag),
            priority,
            ..Rewrite::default()
        }
    }
}

/// The highest name that an exit can have: that of one without.
pub(super) const UNNAMED: u32 = (1 << 30) - 1;

/// The four octets of a tag as a little-endian word; `tpid` is one already.
fn word_of(tpid: u16, tci: u16) -> u32 {
    u32::from(tci.to_be()) << 16 | u32::from(tpid)
}

/// Shorter frames go the general way: in longer ones every header is whole.
pub(super) const SHORTEST: u32 = 60;

impl Row {
    /// Makes it the memo of a member: frames of up to `longest` octets leave by `port`, with `vid`
    /// where the terms put a tag on.
    pub fn serve(&mut self, terms: &Terms, bound: Option<MacAddr>, exit: &Exit) {
        let longest = exit.longest.min(u32::from(u16::MAX));
        self.served = u16::try_from((longest + 1).saturating_sub(SHORTEST)).expect("fewer than 2^16");
        self.bound = if bound.is_some() { 0xff } else { 0 };
        let source = bound.unwrap_or(MacAddr([0; 6]));
        self.guard = Word::new(source, Brief(terms.expect)).0;
        self.watch = Word::class_of(Brief(terms.watch));
        (self.rate, self.depth) = if terms.metered {
            (terms.meter.rate, terms.meter.depth)
        } else {
            FREE
        };
        self.port = exit.port;
        self.way = RowExit::new(terms, exit);
        let exact = self.rate < FASTEST && self.depth < DEEPEST;
        let maps = terms.maps();
        let alone = !exact || maps || matches!(terms.what, What::Push | What::Keep);
        let more = u8::try_from(terms.more - LEAST_MORE).expect("-18 to 24");
        self.more = more | if maps { MAPS } else { 0 } | if alone { ALONE } else { 0 };
    }

    /// In what it serves otherwise than `other` does; what was spent and counted does not matter.
    pub fn differs(&self, other: &Self) -> Option<&'static str> {
        let rate = |row: &Self| (row.rate, row.depth, row.more);
        let classes = |row: &Self| (row.watch, row.guard as u16);
        let way = |row: &Self| (row.way, row.port);
        let same = [
            (way(self) == way(other), "way out"),
            (self.bound() == other.bound(), "bound MAC"),
            (self.served == other.served, "lengths"),
            (rate(self) == rate(other), "rate"),
            (classes(self) == classes(other), "classes of frames"),
        ];
        same.iter().find(|(same, _)| !same).map(|(_, what)| *what)
    }

    /// Charges a frame that is in order and within its commitment.
    #[inline(always)]
    pub fn charge(&mut self, frame: Ordinary, now: SimTime) -> Charged {
        let octets = u64::from(frame.len);
        let spent = self.committed.spent_after(self.rate, self.cost(octets), now);
        if self.refuses_length(frame.len) || self.excludes(frame.word) || spent > self.depth {
            return Charged::Declined;
        }
        self.committed.spend_to(spent, now);
        // Most keep their length and some bits of their tag.
        let way = if self.way.retags() {
            self.green.add(octets, 0);
            RowExit(self.way.0 | u64::from(frame.tci.0))
        } else {
            self.green.add(octets, self.way.padding(octets));
            self.way.with(frame.tci)
        };
        if self.green.0 >> 63 | u64::from(self.more & MAPS) != 0 {
            Charged::More(way)
        } else {
            Charged::Yes(way)
        }
    }

    /// What a frame costs in nanobits; of a length that is not served it may be anything.
    #[inline(always)]
    fn cost(&self, octets: u64) -> u64 {
        let more = u64::from(self.more & (MAPS - 1)).wrapping_add(LEAST_MORE as u64);
        octets.wrapping_add(more).wrapping_mul(NANOBITS_PER_OCTET)
    }

    /// Are priorities mapped? Only the terms know how.
    #[inline(always)]
    fn maps(&self) -> bool {
        self.more & MAPS != 0
    }

    /// How a frame leaves that it has charged: with its priority mapped where that is due.
    pub fn completed(&self, way: RowExit, terms: &Terms) -> RowExit {
        if self.maps() { way.mapped(terms.priority) } else { way }
    }

    /// By which port frames leave.
    #[inline(always)]
    pub fn port(&self) -> PortNo {
        PortNo(self.port.into())
    }

    /// Is a frame of this length beyond what is served? `beyond` where nobody is.
    #[inline(always)]
    pub fn refuses_length(&self, len: u32) -> bool {
        len.wrapping_sub(SHORTEST) >= u32::from(self.served)
    }

    /// The only source address that is served, where there is one.
    #[inline]
    pub fn bound(&self) -> Option<MacAddr> {
        (self.bound != 0).then(|| Word(self.guard).source())
    }

    /// Is a frame with this word another than the row is for?
    #[inline(always)]
    fn excludes(&self, word: Word) -> bool {
        let address = (self.bound as i8 as i64 as u64) << 16;
        (word.0 ^ self.guard) & (address | u64::from(self.watch)) != 0
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
    /// What [`FastPath::name_exits`](super::FastPath::name_exits) calls it.
    pub name: u32,
}

/// What stands beside a row and is asked for seldom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beside {
    /// Whose place it is.
    pub slot: MemberRef,
    /// Which [`Terms`] its row has; 0 where nothing leaves by it.
    pub terms: u16,
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
        terms: 0,
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

    /// How priorities are mapped.
    #[inline(always)]
    pub fn priority(&self) -> PriorityMap {
        self.priority
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
