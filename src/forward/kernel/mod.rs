//! Kernels: what an ordinary frame's first octets say, for many frames at once.
//!
//! A kernel reads the first 24 octets of each frame of a batch into a [`Brief`]; it knows no port
//! and no table. The scalar one is the definition, the others compute the same word for four or
//! eight frames in vector registers. Chosen once, at run time, by what the processor has.

pub(super) mod four;
mod huge;
mod leaving;
mod scalar;
mod slots;
#[cfg(target_arch = "x86_64")]
mod x86;

use std::fmt;
use std::str::FromStr;

use crate::ident::{DropReason, PortNo};
use crate::wire::{MacAddr, Vid};

pub(super) use huge::ask_for_huge_pages;
pub(super) use leaving::{Leaving, Left};
pub(super) use scalar::{brief_of, word_of};
pub(super) use slots::{Edit, Reader, What};
pub use slots::{NoRoom, Slots, Standing, Standings};

/// Frames that a kernel reads in one go.
pub(super) const CHUNK: usize = 64;
/// Frames whose rows are fetched before they are charged.
pub(super) const AHEAD: usize = 16;

/// Octets of a frame that a brief is made of.
pub(super) const READ: usize = 24;

/// What the first octets of a frame say. From bit 0: the TCI as a number (16 bits; of an untagged
/// frame whatever is there), the class (8 bits, below), a bit that is always set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(transparent)]
pub(super) struct Brief(pub u64);

impl Brief {
    /// The TCI's drop-eligible bit.
    pub const ELIGIBLE: u64 = 1 << 12;
    /// Octets 12 and 13 are 0x8100.
    pub const CTAG: u64 = 1 << 16;
    /// Octets 12 and 13 are 0x88a8.
    pub const STAG: u64 = 1 << 17;
    /// Octets 12 and 13 are 0x9100.
    pub const QINQ: u64 = 1 << 18;
    /// Octets 16 and 17 are one of these: a second tag, where there is a first.
    pub const SECOND: u64 = 1 << 19;
    /// The source address is a group's.
    pub const GROUP_SOURCE: u64 = 1 << 20;
    /// The destination is 01-80-C2-00-00-0x.
    pub const RESERVED: u64 = 1 << 21;
    /// The destination is a group's.
    pub const GROUP: u64 = 1 << 22;
    /// ARP or IPv4 may be in it, which limits may concern.
    pub const LIMITED: u64 = 1 << 23;
    /// Set in every brief.
    pub const ALWAYS: u64 = 1 << 24;
    /// Any of the three tags.
    pub const TAG: u64 = Self::CTAG | Self::STAG | Self::QINQ;

    #[inline(always)]
    pub const fn class(self) -> u8 {
        (self.0 >> 16) as u8
    }
    #[inline(always)]
    pub const fn vid(self) -> Vid {
        Vid::of_tci(self.0 as u16)
    }
    /// The TCI as it was read; of an untagged frame whatever is there.
    pub const fn tci(self) -> u16 {
        self.0 as u16
    }
    /// The same frame with another one.
    pub const fn set_tci(&mut self, tci: u16) {
        self.0 = self.0 & !0xffff | tci as u64;
    }
    pub const fn has(self, bits: u64) -> bool {
        self.0 & bits != 0
    }
    /// Octets of addresses, tag and EtherType of a frame without a second tag.
    pub const fn header(self) -> u64 {
        if self.has(Self::TAG) { 18 } else { 14 }
    }
}

/// What a row compares of a frame: the source address (upper six octets) over its class and
/// drop-eligible bit as a [`Brief`] has them, from bit [`Word::FROM`] of it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(transparent)]
pub(super) struct Word(pub u64);

impl Word {
    /// The lowest bit of a brief that is in a word; the sixteenth above it is the last.
    const FROM: u32 = 9;

    /// The bits of a brief that are in a word.
    #[inline(always)]
    pub const fn class_of(brief: Brief) -> u16 {
        (brief.0 >> Self::FROM) as u16
    }

    #[inline(always)]
    pub const fn new(source: MacAddr, brief: Brief) -> Self {
        let [a, b, c, d, e, f] = source.0;
        let source = u64::from_le_bytes([0, 0, a, b, c, d, e, f]);
        Self(source | Self::class_of(brief) as u64)
    }

    /// The source address.
    pub const fn source(self) -> MacAddr {
        let [_, _, a, b, c, d, e, f] = self.0.to_le_bytes();
        MacAddr([a, b, c, d, e, f])
    }
}
const _: () = assert!(Brief::ALWAYS >> Word::FROM == 1 << 15 && Brief::ELIGIBLE >> Word::FROM > 0);

/// Priority and drop eligibility of a TCI where a tag's four octets have them, as a little-endian word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(transparent)]
pub(super) struct KeptTci(pub u32);

impl KeptTci {
    /// All four bits.
    pub const ALL: Self = Self(0xf0 << 16);

    #[inline(always)]
    pub const fn of(tci: u16) -> Self {
        Self((tci as u32 & 0xf000) << 8)
    }
}

/// Which row of a trunk a frame comes to, and what stays of its TCI: from bit 0 the octets in front of the
/// row (32 bits, of rows of 64), the kept bits (32).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(transparent)]
struct RowAsked(u64);

impl RowAsked {
    #[inline(always)]
    const fn of(tci: u16) -> Self {
        let row = (Vid::of_tci(tci).get() as u64) << 6;
        Self(row | (KeptTci::of(tci).0 as u64) << 32)
    }
    #[inline(always)]
    const fn vid(self) -> Vid {
        Vid::of_tci((self.0 as u32 >> 6) as u16)
    }
    #[inline(always)]
    const fn kept(self) -> KeptTci {
        KeptTci((self.0 >> 32) as u32)
    }
}

/// Frames as they were read.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    words: [Word; CHUNK],
    /// Each one made by [`RowAsked::of`] or like it: of a row that a trunk has. Behind the last one is what was
    /// read before: rows that may be fetched in vain.
    rows: [RowAsked; CHUNK + AHEAD],
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            words: [Word::default(); CHUNK],
            rows: [RowAsked::default(); CHUNK + AHEAD],
        }
    }
}

impl Reading {
    /// What a row compares of frame `i`.
    #[inline(always)]
    pub fn word(&self, i: usize) -> Word {
        self.words[i % CHUNK]
    }
    #[inline(always)]
    pub fn vid(&self, i: usize) -> Vid {
        self.rows[i % CHUNK].vid()
    }
    #[inline(always)]
    pub fn kept(&self, i: usize) -> KeptTci {
        self.rows[i % CHUNK].kept()
    }
    /// The VIDs of the first frames, as many as are fetched ahead.
    pub fn first_vids(&self) -> impl Iterator<Item = Vid> {
        self.rows[..AHEAD].iter().map(|row| row.vid())
    }
    /// The VID of the frame that stands so many behind frame `i`, or one that was read before.
    #[inline(always)]
    pub fn vid_ahead(&self, i: usize) -> Vid {
        self.rows[i % CHUNK + AHEAD].vid()
    }

    /// The TCI of frame `i`; of an untagged frame whatever is there.
    pub fn tci(&self, i: usize) -> u16 {
        (self.kept(i).0 >> 8) as u16 | self.vid(i).get()
    }
    /// The same frame with another one.
    pub fn set_tci(&mut self, i: usize, tci: u16) {
        let mut brief = self.brief(i);
        brief.set_tci(tci);
        let word = &mut self.words[i % CHUNK].0;
        *word = *word & !0xffff | u64::from(Word::class_of(brief));
        self.rows[i % CHUNK] = RowAsked::of(tci);
    }
    /// The whole brief of frame `i`.
    pub fn brief(&self, i: usize) -> Brief {
        let class = u64::from(self.word(i).0 as u16) << Word::FROM & !0xffff;
        Brief(class | u64::from(self.tci(i)))
    }
}

/// What becomes of a class of frames at a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Action {
    /// The row of its VID serves it.
    Tagged,
    /// The row of the whole port, or of its untagged frames, serves it.
    Direct,
    /// It ends here, and belongs to nobody.
    Drop(DropReason),
    /// The same for its second tag, behind which only a closer look finds the payload.
    SecondTag,
    /// It names no VLAN where one is needed: it ends here, unless the port has a place for it.
    NoVlan,
    /// All stages have to be asked.
    General,
}

/// An action for every class.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Actions([Action; 256]);

impl Actions {
    /// Asks for each class; `of` is given a brief with that class.
    pub fn new(of: impl Fn(Brief) -> Action) -> Self {
        let mut actions = [Action::General; 256];
        for (class, action) in actions.iter_mut().enumerate() {
            *action = of(Brief((class as u64) << 16));
        }
        Self(actions)
    }

    #[inline(always)]
    pub fn of(&self, brief: Brief) -> Action {
        self.0[usize::from(brief.class())]
    }
}

/// How the first octets of frames are read. All kernels say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kernel(Isa);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Isa {
    Scalar,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Kernel {
    /// One frame at a time, on every processor.
    pub const SCALAR: Self = Self(Isa::Scalar);

    /// Every kernel that this processor has, the slowest first.
    pub fn available() -> Vec<Self> {
        #[allow(unused_mut, reason = "other processors have the scalar one alone")]
        let mut all = vec![Self::SCALAR];
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx2") {
                all.push(Self(Isa::Avx2));
            }
            if std::arch::is_x86_feature_detected!("avx512f")
                && std::arch::is_x86_feature_detected!("avx512bw")
                && std::arch::is_x86_feature_detected!("avx2")
            {
                all.push(Self(Isa::Avx512));
            }
        }
        all
    }

    /// The fastest kernel that this processor has.
    pub fn best() -> Self {
        Self::available().pop().expect("the scalar one is always there")
    }

    /// Every name, also of kernels that this processor lacks.
    pub const NAMES: &'static [&'static str] = &["scalar", "avx2", "avx512"];

    /// The kernel's stable name.
    pub const fn as_str(self) -> &'static str {
        match self.0 {
            Isa::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => "avx512",
        }
    }

    /// Reads frames, a chunk of them at most.
    #[inline(always)]
    pub(super) fn read(self, reader: Reader<'_>, frames: &[Standing], out: &mut Reading) {
        let (words, rows) = (&mut out.words[..frames.len()], &mut out.rows[..frames.len()]);
        match self.0 {
            Isa::Scalar => scalar::read(reader, frames, words, rows),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => x86::read_avx2(reader, frames, words, rows),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => x86::read_avx512(reader, frames, words, rows),
        }
    }

    /// The port that all of these frames came in by, if it is one.
    #[inline(always)]
    pub(super) fn one_port(self, frames: &[Standing]) -> Option<PortNo> {
        let first = frames.first()?.port();
        let same = match self.0 {
            Isa::Scalar => frames.iter().all(|frame| frame.port() == first),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 | Isa::Avx512 => x86::one_port(frames),
        };
        same.then_some(first)
    }

    /// Can it charge four frames at once?
    #[inline(always)]
    pub(super) const fn has_four(self) -> bool {
        !matches!(self.0, Isa::Scalar)
    }
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Kernel {
    type Err = String;
    /// Reads a kernel's stable name; fails for one that this processor lacks.
    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::available().into_iter().find(|kernel| kernel.as_str() == text);
        found.ok_or_else(|| {
            if Self::NAMES.contains(&text) {
                format!("this processor has no `{text}`")
            } else {
                format!("`{text}` is no kernel; they are {}", Self::NAMES.join(", "))
            }
        })
    }
}

/// Asks the processor to fetch the line at this address soon. It reads nothing, and does nothing
/// where the processor has no way to be asked.
#[inline(always)]
pub fn fetch<T: ?Sized>(at: &T) {
    #[cfg(target_arch = "x86_64")]
    x86::fetch(at);
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

/// The same of one of a list, or of whatever stands where it would.
#[inline(always)]
pub fn fetch_one<T>(list: &[T], at: usize) {
    #[cfg(target_arch = "x86_64")]
    x86::fetch_at(list.as_ptr().wrapping_add(at));
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (list, at);
}

/// The first octets of a frame, with zeros where it ends before: those are put together in `room`.
#[inline(always)]
fn head<'a>(bytes: &'a [u8], room: &'a mut [u8; READ]) -> &'a [u8; READ] {
    match bytes.first_chunk() {
        Some(head) => head,
        None => short(bytes, room),
    }
}

#[cold]
fn short<'a>(bytes: &[u8], room: &'a mut [u8; READ]) -> &'a [u8; READ] {
    *room = [0; READ];
    room[..bytes.len()].copy_from_slice(bytes);
    room
}

#[cfg(test)]
mod tests;
