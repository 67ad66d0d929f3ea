//! Kernels: what an ordinary frame's first octets say, for many frames at once.
//!
//! A kernel reads the first 24 octets of each frame of a batch into a [`Brief`]; it knows no port
//! and no table. The scalar one is the definition, the others compute the same word for four or
//! eight frames in vector registers. Chosen once, at run time, by what the processor has.

mod huge;
mod scalar;
mod slots;
#[cfg(target_arch = "x86_64")]
mod x86;

use std::fmt;
use std::str::FromStr;

use crate::ident::DropReason;
use crate::wire::Vid;

pub(super) use huge::ask_for_huge_pages;
pub(super) use scalar::{brief_of, line_of};
pub(super) use slots::{Edit, Reader, What};
pub use slots::{NoRoom, Slots, Standing, Standings};

/// Frames that a kernel reads in one go, and rows that are fetched before they are used.
pub(super) const CHUNK: usize = 64;

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

/// Frames as they were read.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub briefs: [Brief; CHUNK],
    /// Octets 4 to 11 of each, as a little-endian word: the source address is the upper six.
    pub lines: [u64; CHUNK],
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            briefs: [Brief::default(); CHUNK],
            lines: [0; CHUNK],
        }
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
            if std::arch::is_x86_feature_detected!("avx512f") && std::arch::is_x86_feature_detected!("avx512bw") {
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
        let (briefs, lines) = (&mut out.briefs[..frames.len()], &mut out.lines[..frames.len()]);
        match self.0 {
            Isa::Scalar => scalar::read(reader, frames, briefs, lines),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => x86::read_avx2(reader, frames, briefs, lines),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => x86::read_avx512(reader, frames, briefs, lines),
        }
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
