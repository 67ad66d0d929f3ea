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
use super::lookup::Slot;
use super::police::{Buckets, Meter};
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
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(64))]
pub(super) struct Row {
    pub buckets: Buckets,
    pub green: Tally,
    pub red: Tally,
    /// The bound address in the upper six octets; in the lower two, how many lengths from
    /// [`SHORTEST`] on are served.
    guard: u64,
    pub way: Way,
}

/// What a row asks of a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ordinary {
    pub brief: Brief,
    /// Octets 4 to 11, as a little-endian word.
    pub line: u64,
    /// Octets without FCS.
    pub len: u32,
    /// Which of its chunk.
    pub at: u8,
}

/// What a row made of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charged {
    /// It leaves.
    Yes,
    /// It leaves, and the row's tally has to be folded.
    Full,
    /// Nothing was charged: it is not ordinary.
    Declined,
}

/// How one frame leaves.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub(super) struct Leaving {
    pub way: Way,
    pub edit: Edit,
}

/// How frames leave from a row.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(8))]
pub(super) struct Way {
    port: u32,
    /// The VID of the tag that is put on.
    vid: Vid,
    /// Which [`Terms`]; 0 where nothing leaves.
    pub terms: u16,
}

impl Way {
    /// Nothing leaves.
    pub const NONE: Self = Self {
        port: 0,
        vid: Vid::PRIORITY,
        terms: 0,
    };

    #[inline(always)]
    pub fn is_some(self) -> bool {
        self.terms != 0
    }

    #[inline(always)]
    pub fn port(self) -> PortNo {
        PortNo(self.port)
    }

    /// The VID of the tag that is put on; 0 where none is.
    #[inline(always)]
    pub fn vid(self) -> Vid {
        self.vid
    }

    /// The port and the rewrite.
    #[inline(always)]
    pub fn open(self, terms: &AllTerms) -> (PortNo, Rewrite) {
        let terms = terms.get(self.terms);
        let tag = TagKey {
            tpid: EtherType(u16::from_be(terms.tpid)),
            vid: self.vid,
        };
        let rewrite = Rewrite {
            pop: matches!(terms.what, What::Pop | What::Retag),
            push: matches!(terms.what, What::Push | What::Retag).then_some(tag),
            priority: terms.priority,
        };
        (PortNo(self.port), rewrite)
    }
}

/// Shorter frames go the general way: in longer ones every header is whole.
pub(super) const SHORTEST: u32 = 60;

impl Row {
    /// Makes it the memo of a member: frames of up to `longest` octets leave by `port`, with `vid`
    /// where the terms put a tag on.
    pub fn serve(&mut self, terms: u16, bound: Option<MacAddr>, longest: u32, port: PortNo, vid: Option<Vid>) {
        let longest = longest.min(u32::from(u16::MAX));
        let served = (longest + 1).saturating_sub(SHORTEST);
        let [a, b, c, d, e, f] = bound.map_or([0; 6], |mac| mac.0);
        let mac = u64::from_le_bytes([0, 0, a, b, c, d, e, f]);
        self.guard = mac | u64::from(served);
        self.way = Way {
            port: port.0,
            vid: vid.unwrap_or(Vid::PRIORITY),
            terms,
        };
    }

    /// Charges a frame that is in order and within its commitment.
    // What leaves is put together in one go: bytes stored one by one and read as a word stall.
    #[inline(always)]
    pub fn charge(&mut self, all: &[Terms], frame: Ordinary, now: SimTime, out: &mut Leaving) -> Charged {
        let Ordinary { brief, line, len, at } = frame;
        let terms = &all[usize::from(self.way.terms)];
        let octets = u64::from(len);
        let spent = terms
            .meter
            .spent_after(&self.buckets.committed, terms.cost(octets), now);
        let declined = self.refuses_length(len)
            | self.refuses_source(terms, line)
            | terms.excludes(brief, !0)
            | !terms.meter.holds(spent);
        if declined {
            return Charged::Declined;
        }
        self.buckets.take_green(spent, now);
        self.green.add(octets, 0);
        if terms.pads {
            self.green.pad(terms.padding(octets));
        }
        *out = Leaving {
            way: self.way,
            edit: terms.edit(self.way, brief, at),
        };
        if self.green.full() { Charged::Full } else { Charged::Yes }
    }

    /// Is a frame of this length beyond what is served? `beyond` where nobody is.
    #[inline(always)]
    pub fn refuses_length(&self, len: u32) -> bool {
        len.wrapping_sub(SHORTEST) >= u32::from(self.guard as u16)
    }

    /// Is the source address another than the bound one? `line` holds octets 4 to 11 of the frame.
    #[inline(always)]
    pub fn refuses_source(&self, terms: &Terms, line: u64) -> bool {
        (line ^ self.guard) & terms.source_mask != 0
    }
}

/// What stands beside a row and is asked for seldom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beside {
    /// Whose place it is.
    pub slot: Slot,
    pub yellow: Tally,
}

/// A row with what stands beside it, for ports with a single place.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub row: Row,
    pub beside: Beside,
}

impl Beside {
    pub const NONE: Self = Self {
        slot: Slot::NONE,
        yellow: Tally::EMPTY,
    };
}

impl Place {
    pub fn empty() -> Self {
        Self {
            row: Row::default(),
            beside: Beside::NONE,
        }
    }
}

/// What many rows have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(align(128))]
pub(super) struct Terms {
    pub meter: Meter,
    /// A frame's cost in nanobits is `octets * each + once`, wrapping.
    each: u64,
    once: u64,
    /// Which bits of octets 4 to 11 have to be the bound address's.
    source_mask: u64,
    /// Bits of a [`Brief`](super::kernel::Brief) that an ordinary frame has as `expect` has them.
    watch: u64,
    expect: u64,
    /// Frames shorter than this are padded to it: 64 where a tag is taken off.
    pad_below: u64,
    /// What is done, the tag that is put on (its protocol id as a little-endian word shows it),
    /// which bits of the old one it depends on.
    what: What,
    tpid: u16,
    kept: u16,
    /// The priority is not just kept.
    maps: bool,
    /// Frames may have to be padded.
    pads: bool,
    priority: PriorityMap,
    /// Octets of addresses, tag and EtherType.
    header: u8,
}

/// What [`Terms`] are made of.
pub(super) struct Offer {
    pub meter: Meter,
    pub each: u64,
    pub once: u64,
    pub bound: bool,
    pub watch: u64,
    pub expect: u64,
    pub header: u8,
    pub rewrite: Rewrite,
}

impl Terms {
    pub fn new(offer: Offer) -> Self {
        let Rewrite { pop, push, priority } = offer.rewrite;
        Self {
            meter: offer.meter,
            each: offer.each,
            once: offer.once,
            source_mask: if offer.bound { !0xffff } else { 0 },
            watch: offer.watch,
            expect: offer.expect,
            pad_below: if pop && push.is_none() { 64 } else { 0 },
            header: offer.header,
            what: match (pop, push) {
                (false, None) => What::Keep,
                (true, None) => What::Pop,
                (false, Some(_)) => What::Push,
                (true, Some(_)) => What::Retag,
            },
            tpid: push.map_or(0, |tag| tag.tpid.0.to_be()),
            kept: if pop { 0xf000 } else { 0 },
            pads: pop && push.is_none(),
            maps: priority != PriorityMap::KEEP,
            priority,
        }
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

    /// What is done to a frame with this brief.
    #[inline(always)]
    fn edit(&self, way: Way, brief: Brief, at: u8) -> Edit {
        let old = brief.0 as u16 & self.kept;
        let kept = if self.maps { self.priority.of_tci(old) } else { old };
        let tci = kept | way.vid.get();
        Edit {
            tag: u32::from(tci.to_be()) << 16 | u32::from(self.tpid),
            what: self.what,
            at,
        }
    }

    #[inline(always)]
    pub fn cost(&self, octets: u64) -> u64 {
        octets.wrapping_mul(self.each).wrapping_add(self.once)
    }

    #[inline(always)]
    pub fn padding(&self, octets: u64) -> u64 {
        self.pad_below.saturating_sub(octets)
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
            meter: Meter::FREE,
            each: 0,
            once: 0,
            bound: false,
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

    /// The number of these terms for one more row; `None` where 65,535 others are in use.
    pub fn hold(&mut self, terms: Terms) -> Option<u16> {
        if let Some(&number) = self.number.get(&terms) {
            self.users[usize::from(number)] += 1;
            return Some(number);
        }
        let number = match self.free.pop() {
            Some(number) => number,
            None => {
                let number = u16::try_from(self.list.len()).ok()?;
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
