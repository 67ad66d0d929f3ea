//! Frames in a buffer of their own, each at a place that was checked once.
//!
//! One of the files where `unsafe` may stand: that a frame is inside the buffer was found out when
//! the slots were made or edited, and is not asked again for every octet that is read.

use std::fmt;
use std::ops::Range;

use super::READ;
use crate::forward::Rewrite;
use crate::ident::PortNo;

/// Where a frame stands in the buffer, and the port that it came in by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct Standing {
    at: u32,
    octets: u16,
    port: u16,
}

impl Standing {
    /// The octets of the longest frame, with room for the tags that the headroom is for.
    const MOST: usize = u16::MAX as usize - Slots::HEADROOM;

    /// A frame of `octets` (without FCS) that begins at this octet of the buffer and came in by
    /// this port. `None` past 65,535 ports, or past 65,527 octets: with two more tags it is still
    /// within 65,535.
    pub fn new(at: u32, octets: usize, port: PortNo) -> Option<Self> {
        Some(Self {
            at,
            octets: u16::try_from(octets).ok().filter(|&n| usize::from(n) <= Self::MOST)?,
            port: u16::try_from(port.0).ok()?,
        })
    }
    /// Where the frame begins.
    pub const fn at(self) -> usize {
        self.at as usize
    }
    /// Octets, without FCS.
    #[inline(always)]
    pub const fn octets(self) -> u32 {
        self.octets as u32
    }
    /// The port that it came in by.
    #[inline(always)]
    pub const fn port(self) -> PortNo {
        PortNo(self.port as u32)
    }
}

/// A frame that stands where there is no room for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoRoom {
    /// Which frame, counted from zero.
    pub frame: usize,
}

impl fmt::Display for NoRoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "frame {} has no room around it in its buffer", self.frame)
    }
}

impl std::error::Error for NoRoom {}

/// Frames that wait to be processed, in a buffer where they are edited in place.
///
/// A frame has at least eight octets in front of it, room for two tags, when it is put there; and
/// room for 64 from its first one on, so that it can be padded once its tag is off.
#[derive(Debug)]
pub struct Slots<'m> {
    /// Never moves and never shrinks while the slots are there.
    memory: &'m mut [u8],
    /// Every one of them has room: its invariant is [`Slots::has_room`].
    standing: Vec<Standing>,
}

/// What is done to a frame where it leaves, all told: for a frame that has the tag that comes off.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(8))]
pub(in crate::forward) struct Edit {
    /// The four octets of the tag that is put on, as a little-endian word.
    pub tag: u32,
    pub what: What,
}

/// Kinds of edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(in crate::forward) enum What {
    #[default]
    Keep,
    Retag,
    Pop,
    Push,
}

impl<'m> Slots<'m> {
    /// Octets in front of a frame when it is put there.
    pub const HEADROOM: usize = 8;
    /// Octets from the first one of a frame on that are there when it is put there.
    pub const LEAST: usize = 64;
    /// And as many once it has lost a tag: so many are there at any rate.
    const LEFT: usize = Self::LEAST - 4;

    /// Frames that stand in this buffer. Fails for the first that has no room.
    pub fn new(memory: &'m mut [u8], standing: Vec<Standing>) -> Result<Self, NoRoom> {
        let fits = |s: &Standing| s.at() >= Self::HEADROOM && Self::has_room(memory.len(), *s, Self::LEAST);
        match standing.iter().position(|s| !fits(s)) {
            Some(frame) => Err(NoRoom { frame }),
            None => Ok(Self { memory, standing }),
        }
    }

    const fn has_room(memory: usize, standing: Standing, least: usize) -> bool {
        let octets = standing.octets as usize;
        let needed = if octets < least { least } else { octets };
        match standing.at().checked_add(needed) {
            Some(end) => end <= memory,
            None => false,
        }
    }

    /// How many frames.
    pub fn len(&self) -> usize {
        self.standing.len()
    }
    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.standing.is_empty()
    }
    /// Where every frame stands.
    pub fn standing(&self) -> &[Standing] {
        &self.standing
    }
    /// The octets of frame `i`. Panics where there are not so many.
    pub fn octets(&self, i: usize) -> &[u8] {
        let standing = self.standing[i];
        &self.memory[standing.at()..][..standing.octets as usize]
    }
    /// Takes frame `i` for one that came in by another port, the next time that it is processed.
    /// Panics where there are not so many frames, or past 65,535 ports.
    pub fn came_in_by(&mut self, i: usize, port: PortNo) {
        self.standing[i].port = u16::try_from(port.0).expect("at most 65,535 ports");
    }

    /// Edits frame `i` as `rewrite` says.
    pub fn rewrite(&mut self, i: usize, rewrite: Rewrite) {
        let standing = self.standing[i];
        let range = standing.at()..standing.at() + standing.octets as usize;
        let range = rewrite.edit(self.memory, range);
        self.settle(i, range);
    }

    fn settle(&mut self, i: usize, range: Range<usize>) {
        let standing = Standing {
            at: u32::try_from(range.start).expect("inside the buffer"),
            octets: u16::try_from(range.len()).expect("at most 65,535 octets"),
            ..self.standing[i]
        };
        let has_room = Self::has_room(self.memory.len(), standing, Self::LEFT);
        assert!(has_room, "{}", NoRoom { frame: i });
        self.standing[i] = standing;
    }

    /// Frames that stand behind one another in the list, to be read.
    #[inline(always)]
    pub(in crate::forward) fn some(&self, which: Range<usize>) -> (Reader<'_>, &[Standing]) {
        (Reader(self.memory), &self.standing[which])
    }

    /// Edits a frame at once; `i` is its number.
    #[inline(always)]
    pub(in crate::forward) fn edit(&mut self, i: usize, edit: Edit) {
        if edit.what == What::Retag {
            let at = self.standing[i].at();
            debug_assert!(at + Self::LEFT <= self.memory.len());
            // SAFETY: by `has_room` there are 60 octets from `at` on.
            let header = unsafe { self.memory.get_unchecked_mut(at + 12..at + 16) };
            header.copy_from_slice(&edit.tag.to_le_bytes());
        } else if edit.what == What::Pop {
            self.pop(i);
        } else if edit.what == What::Push {
            self.push(i, edit.tag.to_le_bytes());
        }
    }

    #[inline]
    fn pop(&mut self, i: usize) {
        use crate::wire::edit;
        let Standing { octets, .. } = self.standing[i];
        let start = edit::pop_tag(self.memory, self.standing[i].at());
        let end = start + usize::from(octets) - 4;
        let padded = end.max(start + 60);
        self.memory[end..padded].fill(0);
        self.settle(i, start..padded);
    }

    #[inline]
    fn push(&mut self, i: usize, tag: [u8; 4]) {
        use crate::wire::{EtherType, Tag, edit};
        let Standing { octets, .. } = self.standing[i];
        let [t0, t1, c0, c1] = tag;
        let tag = Tag {
            tpid: EtherType(u16::from_be_bytes([t0, t1])),
            tci: u16::from_be_bytes([c0, c1]),
        };
        let start = edit::push_tag(self.memory, self.standing[i].at(), tag);
        self.settle(i, start..start + usize::from(octets) + 4);
    }
}

/// The buffer of some [`Slots`], for frames that stand in it.
#[derive(Debug, Clone, Copy)]
pub(in crate::forward) struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    /// The first octets of a frame, and whether all of them are the frame's.
    #[inline(always)]
    pub fn head(&self, standing: Standing) -> &[u8; READ] {
        let at = standing.at();
        debug_assert!(at + Slots::LEFT <= self.0.len());
        // SAFETY: `Slots::some` gives a reader of its own buffer with its own frames, and by
        // `has_room` there are 60 octets from `at` on.
        let octets = unsafe { self.0.get_unchecked(at..at + READ) };
        octets.try_into().expect("as many as asked for")
    }

    /// Asks the processor to fetch the first line of a frame.
    #[inline(always)]
    pub fn fetch(&self, standing: Standing) {
        super::fetch(self.head(standing));
    }
}
