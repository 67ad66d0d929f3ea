//! What becomes of a frame at a port, in one word.

use super::model::PortId;
use super::symbol::{Symbol, Tail};

/// One way out: by which port, with which edit of tags, and for which frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Out(u64);

const PUSH: u32 = 32;
const POP: u32 = 46;
const ONLY: u32 = 47;
const BOUND: u32 = 51;
/// Addresses that have room in a word.
const MACS: u32 = 0xfff;

impl Out {
    /// Leaves by `port`; `pop` takes off the tag that was read, `push` puts one on. It is the way
    /// of frames that go on as `only` says behind the first tag.
    pub fn new(port: PortId, pop: bool, push: Option<Symbol>, only: Tail) -> Self {
        let push = u64::from(push.map_or(0, |symbol| symbol.0));
        let only = u64::from(only.0) << ONLY;
        let out = Self(u64::from(port) | push << PUSH | u64::from(pop) << POP | only);
        debug_assert!(
            (out.port(), out.pop()) == (port, pop),
            "what becomes of a frame is read as it was written"
        );
        debug_assert_eq!(
            u64::from(out.push().map_or(0, |symbol| symbol.0)),
            push,
            "a tag fits its place"
        );
        out
    }

    /// The way of frames from this source address alone, by its number.
    ///
    /// # Errors
    /// Where the number has no room.
    pub fn bound(self, mac: u32) -> Result<Self, TooManyAddresses> {
        if mac >= MACS {
            return Err(TooManyAddresses);
        }
        debug_assert!(self.mac().is_none(), "a way is bound to one address");
        let bound = Self(self.0 | (u64::from(mac) + 1) << BOUND);
        debug_assert_eq!(bound.mac(), Some(mac), "an address fits its place");
        Ok(bound)
    }

    /// By which port.
    #[inline]
    pub const fn port(self) -> PortId {
        self.0 as u32
    }
    /// Does the tag that was read come off?
    #[inline]
    pub const fn pop(self) -> bool {
        self.0 >> POP & 1 != 0
    }
    /// The tag that is put on.
    #[inline]
    pub const fn push(self) -> Option<Symbol> {
        match (self.0 >> PUSH & 0x3fff) as u16 {
            0 => None,
            symbol => Some(Symbol(symbol)),
        }
    }
    /// How the frames go on behind the first tag.
    #[inline]
    pub const fn only(self) -> Tail {
        Tail((self.0 >> ONLY & 15) as u8)
    }
    /// The number of the only source address.
    #[inline]
    pub const fn mac(self) -> Option<u32> {
        match (self.0 >> BOUND & 0xfff) as u32 {
            0 => None,
            mac => Some(mac - 1),
        }
    }
    /// The same way for more frames.
    #[must_use]
    pub fn also(self, only: Tail) -> Self {
        Self(self.0 | u64::from(only.0) << ONLY)
    }
    /// The same way, whoever it is for.
    pub fn same_way(self, other: Self) -> bool {
        (self.0 ^ other.0) & !(15 << ONLY) == 0
    }
}

/// A model tells apart so many bound source addresses, and no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than 4,095 source addresses are bound to members: the prover cannot tell them apart")]
pub struct TooManyAddresses;

/// The ways out of a frame: none, one, or the index of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cell(Out);

const LIST: u64 = 1 << 63;

impl Cell {
    /// It ends here.
    pub const DROP: Self = Self(Out(0));

    pub(super) fn one(out: Out) -> Self {
        debug_assert!(
            out.0 != 0 && out.0 & LIST == 0,
            "one way out is neither a drop nor a list"
        );
        Self(out)
    }

    pub(super) fn many(list: usize) -> Self {
        debug_assert!(
            (list as u64) < LIST,
            "a list's number leaves room for the mark of lists"
        );
        Self(Out(LIST | list as u64))
    }

    #[inline]
    pub(super) fn outs<'a>(&'a self, lists: &'a [Box<[Out]>]) -> &'a [Out] {
        match self.0.0 {
            0 => &[],
            list if list & LIST != 0 => &lists[(list & !LIST) as usize],
            _ => std::slice::from_ref(&self.0),
        }
    }
}
