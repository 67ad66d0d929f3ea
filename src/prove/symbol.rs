//! What a port may read at the front of a frame: no tag, or one of 3 x 4096.

use crate::forward::TagKey;
use crate::wire::{EtherType, Vid};

/// The tag protocol ids that classification knows.
pub const TPIDS: [EtherType; 3] = [EtherType::CTAG, EtherType::STAG, EtherType::QINQ];

/// VIDs of one tag protocol id.
pub const VIDS: u16 = 4096;

/// The outermost tag as a number: 0 is none, then 4096 for each of [`TPIDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(pub u16);

impl Symbol {
    /// No tag.
    pub const NONE: Self = Self(0);
    /// The last one.
    pub const LAST: Self = Self(3 * VIDS);
    /// A header that no port reads as a tag, and that nothing takes off again.
    pub const OPAQUE: Self = Self(0x3fff);

    /// In place of a tag that is put on: the tag behind the one that was read comes off too, and what
    /// is behind that is not followed.
    pub const UNREAD: Self = Self(0x3ffe);

    /// The tag of `TPIDS[tpid]` with this VID.
    pub const fn tag(tpid: usize, vid: u16) -> Self {
        debug_assert!(tpid < TPIDS.len() && vid < VIDS, "a tag is one of three times 4,096");
        Self(1 + tpid as u16 * VIDS + vid)
    }

    /// What a switch pushes.
    pub fn of(key: TagKey) -> Self {
        let tpid = TPIDS.iter().position(|tpid| *tpid == key.tpid);
        tpid.map_or(Self::OPAQUE, |tpid| Self::tag(tpid, key.vid.get()))
    }

    /// Which of [`TPIDS`], and the VID; `None` where there is no tag.
    pub const fn parts(self) -> Option<(usize, u16)> {
        if self.0 == 0 || self.0 > Self::LAST.0 {
            return None;
        }
        Some((((self.0 - 1) / VIDS) as usize, (self.0 - 1) % VIDS))
    }

    /// The tag.
    pub fn key(self) -> Option<TagKey> {
        let (tpid, vid) = self.parts()?;
        let vid = Vid::of_tci(vid);
        Some(TagKey { tpid: TPIDS[tpid], vid })
    }

    /// The class of what begins with this symbol.
    pub const fn class(self) -> Tail {
        match self.parts() {
            None => Tail::END,
            Some((tpid, _)) => Tail(2 << tpid),
        }
    }
}

/// How the sender's own tags may go on: a set of "no tag" and the three tag protocol ids. Behind
/// its first tag everything is possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tail(pub u8);

impl Tail {
    /// No frame.
    pub const EMPTY: Self = Self(0);
    /// No tag (any more).
    pub const END: Self = Self(1);
    /// Anything.
    pub const ANY: Self = Self(15);

    /// In both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
    /// In one of them.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// In this one alone.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
    /// Is nothing in it?
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// May it end here?
    pub const fn may_end(self) -> bool {
        self.0 & 1 != 0
    }
    /// May it go on with a tag of `TPIDS[tpid]`?
    pub const fn may_be(self, tpid: usize) -> bool {
        self.0 >> (tpid + 1) & 1 != 0
    }
}
