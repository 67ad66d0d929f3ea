//! Frames in a buffer of their own, each at a place that was checked once.
//!
//! One of the files where `unsafe` may stand: that a frame is inside the buffer was found out when
//! the slots were made or edited, and is not asked again for every octet that is read.

use std::fmt;
use std::ops::Range;

use super::READ;
use crate::forward::Rewrite;
use crate::ident::PortNo;
use crate::wire::{EtherType, Frame, Tag, edit};

/// Where a frame stands in the buffer, and the port that it came in by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct Standing {
    at: u32,
    octets: u16,
    pub(super) port: u16,
}

impl Standing {
    /// The octets of the longest frame, with room for the tags that the headroom is for.
    const MOST: usize = u16::MAX as usize - Standings::HEADROOM;

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

/// Frames' places in a buffer of so many octets, each with room around it.
///
/// A frame has at least eight octets in front of it, room for two tags, when it is put there; and
/// room for 64 from its first one on, so that it can be padded once its tag is off.
#[derive(Debug, Clone, Default)]
pub struct Standings {
    /// Every one of them has room: the invariant is [`Standings::has_room`].
    list: Vec<Standing>,
    /// Octets of the buffer.
    room: usize,
}

impl Standings {
    /// Octets in front of a frame when it is put there.
    pub const HEADROOM: usize = 8;
    /// Octets from the first one of a frame on that are there when it is put there.
    pub const LEAST: usize = 64;
    /// And as many once it has lost a tag: so many are there at any rate.
    const LEFT: usize = Self::LEAST - 4;

    /// Frames that stand in a buffer of `room` octets. Fails for the first that has no room.
    pub fn new(room: usize, list: Vec<Standing>) -> Result<Self, NoRoom> {
        let new = Self { list, room };
        new.check().map(|()| new)
    }

    fn check(&self) -> Result<(), NoRoom> {
        let fits = |s: &Standing| s.at() >= Self::HEADROOM && Self::has_room(self.room, *s, Self::LEAST);
        match self.list.iter().position(|s| !fits(s)) {
            Some(frame) => Err(NoRoom { frame }),
            None => Ok(()),
        }
    }

    /// Puts these frames in the place of all that are there. Fails for the first that has no room;
    /// none is there then.
    pub fn reset(&mut self, list: &[Standing]) -> Result<(), NoRoom> {
        self.list.clear();
        self.list.extend_from_slice(list);
        let checked = self.check();
        if checked.is_err() {
            self.list.clear();
        }
        checked
    }

    const fn has_room(room: usize, standing: Standing, least: usize) -> bool {
        let octets = standing.octets as usize;
        let needed = if octets < least { least } else { octets };
        match standing.at().checked_add(needed) {
            Some(end) => end <= room,
            None => false,
        }
    }
}

/// Frames that wait to be processed, in a buffer where they are edited in place.
#[derive(Debug)]
pub struct Slots<'m> {
    /// At least as long as the room that the frames' places were checked for.
    memory: &'m mut [u8],
    standing: Standings,
}

/// What is done to a frame where it leaves, all told: for a frame that has the tag that comes off.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::forward) struct Edit {
    /// The four octets of the tag that is put on, as a little-endian word.
    pub tag: u32,
    pub what: What,
}

/// Kinds of edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(in crate::forward) enum What {
    #[default]
    Retag,
    Pop,
    Keep,
    Push,
}

impl<'m> Slots<'m> {
    /// Frames that stand in this buffer. Fails for the first that has no room.
    pub fn new(memory: &'m mut [u8], standing: Vec<Standing>) -> Result<Self, NoRoom> {
        let standing = Standings::new(memory.len(), standing)?;
        Ok(Self { memory, standing })
    }

    /// Frames whose places were checked before; nothing is looked at again. Panics where the buffer
    /// is smaller than the room that they were checked for.
    pub fn over(memory: &'m mut [u8], standing: Standings) -> Self {
        assert!(
            standing.room <= memory.len(),
            "the buffer is smaller than its frames' room"
        );
        Self { memory, standing }
    }

    /// The frames' places, as they are now.
    pub fn into_standings(self) -> Standings {
        self.standing
    }

    /// How many frames.
    pub fn len(&self) -> usize {
        self.standing.list.len()
    }
    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.standing.list.is_empty()
    }
    /// Where every frame stands.
    pub fn standing(&self) -> &[Standing] {
        &self.standing.list
    }
    /// The octets of frame `i`. Panics where there are not so many.
    pub fn octets(&self, i: usize) -> &[u8] {
        let standing = self.standing.list[i];
        &self.memory[standing.at()..][..standing.octets as usize]
    }

    /// Edits frame `i` as `rewrite` says, like [`Rewrite::apply`]. Panics where there are not so
    /// many frames, or no room in front of one for a further tag.
    #[inline]
    pub fn rewrite(&mut self, i: usize, rewrite: Rewrite) {
        if rewrite.clears > 0 || rewrite.second.is_some() {
            return self.rewrite_two(i, rewrite);
        }
        if rewrite.pop && rewrite.inner {
            self.pop_second(i);
        }
        let standing = self.standing.list[i];
        let old = edit::outer_tag(&self.octets(i)[..usize::from(standing.octets.min(18))]);
        let (what, tag) = match (rewrite.pop, rewrite.push, old) {
            (true, Some(key), Some(old)) => (What::Retag, rewrite.tag(key, old.tci)),
            (true, None, Some(old)) => (What::Pop, old),
            (false, Some(key), _) if standing.octets >= 12 => (What::Push, rewrite.tag(key, 0)),
            _ => return,
        };
        let tag = u32::from(tag.tci.to_be()) << 16 | u32::from(tag.tpid.0.to_be());
        self.edit(i, Edit { tag, what });
    }

    /// The same for what is seldom: on a copy, which then takes the frame's place.
    #[cold]
    #[inline(never)]
    fn rewrite_two(&mut self, i: usize, rewrite: Rewrite) {
        let mut frame = Frame::from_octets(self.octets(i));
        rewrite.apply(&mut frame);
        let (at, before) = (self.standing.list[i].at(), self.octets(i).len());
        // Tags grow to the front, where there is headroom; what has fewer begins where it did, and is padded.
        let grown = frame.len().saturating_sub(before);
        let start = if rewrite.grows() { at - grown } else { at };
        self.memory[start..start + frame.len()].copy_from_slice(frame.bytes());
        self.settle(i, start..start + frame.len());
    }

    fn settle(&mut self, i: usize, range: Range<usize>) {
        let standing = Standing {
            at: u32::try_from(range.start).expect("inside the buffer"),
            octets: u16::try_from(range.len()).expect("at most 65,535 octets"),
            ..self.standing.list[i]
        };
        assert!(
            Standings::has_room(self.standing.room, standing, Standings::LEFT),
            "{}",
            NoRoom { frame: i }
        );
        self.standing.list[i] = standing;
    }

    /// Frames that stand behind one another in the list, to be read.
    #[inline(always)]
    pub(in crate::forward) fn some(&self, which: Range<usize>) -> (Reader<'_>, &[Standing]) {
        (Reader(self.memory), &self.standing.list[which])
    }

    /// Puts another tag in the place of the outer one of frame `i`; a little-endian word shows its
    /// four octets.
    #[inline(always)]
    pub(in crate::forward) fn retag(&mut self, i: usize, tag: u32) {
        let at = self.standing.list[i].at();
        debug_assert!(at + Standings::LEFT <= self.memory.len());
        // SAFETY: by `has_room` there are 60 octets from `at` on.
        let header = unsafe { self.memory.get_unchecked_mut(at + 12..at + 16) };
        header.copy_from_slice(&tag.to_le_bytes());
    }

    /// Puts another tag in the place of the outer one of each frame from `first` on, and says of each that it
    /// is done. Panics where there are fewer frames than tags.
    #[inline(always)]
    pub(in crate::forward) fn retag_all(
        &mut self,
        first: usize,
        tags: impl ExactSizeIterator<Item = u32>,
        mut done: impl FnMut(usize),
    ) {
        let frames = &self.standing.list[first..][..tags.len()];
        for (i, (standing, tag)) in frames.iter().zip(tags).enumerate() {
            debug_assert!(standing.at() + Standings::LEFT <= self.memory.len());
            // SAFETY: by `has_room` there are 60 octets from the first one of a frame on.
            let header = unsafe { self.memory.get_unchecked_mut(standing.at() + 12..standing.at() + 16) };
            header.copy_from_slice(&tag.to_le_bytes());
            done(i);
        }
    }

    /// Edits frame `i`.
    #[inline(never)]
    pub(in crate::forward) fn edit(&mut self, i: usize, edit: Edit) {
        match edit.what {
            What::Keep => {}
            What::Retag => self.retag(i, edit.tag),
            What::Pop => self.pop(i),
            What::Push => self.push(i, edit.tag.to_le_bytes()),
        }
    }

    #[inline]
    fn pop(&mut self, i: usize) {
        let Standing { at, octets, port } = self.standing.list[i];
        let start = edit::pop_tag(self.memory, self.standing.list[i].at());
        if octets >= 64 {
            // It ends where it ended, and needs no more room.
            let octets = octets - 4;
            self.standing.list[i] = Standing {
                at: at + 4,
                octets,
                port,
            };
            return;
        }
        let end = start + usize::from(octets) - 4;
        let padded = start + 60;
        self.memory[end..padded].fill(0);
        self.settle(i, start..padded);
    }

    /// Takes the second tag off, where there is one. The frame begins where it did: two tags less
    /// at its beginning would leave no room to pad it.
    #[inline(never)]
    fn pop_second(&mut self, i: usize) {
        let Standing { octets, .. } = self.standing.list[i];
        let start = self.standing.list[i].at();
        let end = start + usize::from(octets);
        let Some(end) = edit::pop_second_tag(&mut self.memory[start..end]).map(|octets| start + octets) else {
            return;
        };
        let padded = end.max(start + 60);
        self.memory[end..padded].fill(0);
        self.settle(i, start..padded);
    }

    #[inline]
    fn push(&mut self, i: usize, tag: [u8; 4]) {
        let Standing { octets, .. } = self.standing.list[i];
        let [t0, t1, c0, c1] = tag;
        let tag = Tag {
            tpid: EtherType(u16::from_be_bytes([t0, t1])),
            tci: u16::from_be_bytes([c0, c1]),
        };
        let start = edit::push_tag(self.memory, self.standing.list[i].at(), tag);
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
        debug_assert!(at + Standings::LEFT <= self.0.len());
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
