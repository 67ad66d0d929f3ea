//! Frames on their way, of all links: one pool, so that an idle link holds no memory.

use crate::evidence::Packet;
use crate::forward::fetch;
use crate::units::SimTime;

/// No frame.
pub(super) const NONE: u32 = u32::MAX;

/// What a link does to a frame on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blemish {
    /// Nothing: it arrives.
    None,
    /// It is lost.
    Lost,
    /// One of its bits is flipped: its FCS is wrong.
    Corrupt,
}

/// A frame on its way.
#[derive(Debug)]
pub struct Flight {
    /// The frame.
    pub packet: Packet,
    /// When its last bit arrives.
    pub arrival: SimTime,
    /// When its first bit is on the wire.
    pub start: SimTime,
    /// The sender's number for it.
    pub seq: u64,
    /// What becomes of it.
    pub blemish: Blemish,
    pub(super) next: u32,
}

#[derive(Debug)]
enum Berth {
    Free(u32),
    Used(Flight),
}

/// The pool. It is as large as the most frames that were on their way at once.
#[derive(Debug)]
pub struct Flights {
    slots: Vec<Berth>,
    free: u32,
    used: usize,
}

impl Default for Flights {
    fn default() -> Self {
        Self::new()
    }
}

impl Flights {
    /// An empty pool.
    pub fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: NONE,
            used: 0,
        }
    }

    /// How many frames are on their way.
    pub fn len(&self) -> usize {
        self.used
    }

    /// Is nothing on its way?
    pub fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// A frame on its way, by its place in the pool.
    #[inline]
    pub fn get(&self, index: u32) -> &Flight {
        match &self.slots[index as usize] {
            Berth::Used(flight) => flight,
            Berth::Free(_) => unreachable!("a link names only frames that are on their way"),
        }
    }

    /// The frame behind one on its link, by its place in the pool.
    #[inline]
    pub fn behind(&self, index: u32) -> Option<u32> {
        let next = self.get(index).next;
        (next != NONE).then_some(next)
    }

    /// Asks the processor to fetch a frame's place in the pool.
    #[inline]
    pub fn fetch(&self, index: u32) {
        fetch(&self.slots[index as usize]);
        // It reaches into a second line: the next place begins where it ends.
        if let Some(next) = self.slots.get(index as usize + 1) {
            fetch(next);
        }
    }

    /// The same, to edit.
    #[inline]
    pub fn get_mut(&mut self, index: u32) -> &mut Flight {
        match &mut self.slots[index as usize] {
            Berth::Used(flight) => flight,
            Berth::Free(_) => unreachable!("a link names only frames that are on their way"),
        }
    }

    pub(super) fn insert(&mut self, flight: Flight) -> u32 {
        self.used += 1;
        if self.free == NONE {
            let index = u32::try_from(self.slots.len()).expect("fewer than 2^32 frames on their way");
            assert!(index != NONE, "fewer than 2^32 - 1 frames on their way");
            self.slots.push(Berth::Used(flight));
            return index;
        }
        let index = self.free;
        let slot = &mut self.slots[index as usize];
        debug_assert!(matches!(slot, Berth::Free(_)), "no frame takes another's place");
        if let Berth::Free(next) = slot {
            self.free = *next;
        }
        *slot = Berth::Used(flight);
        debug_assert!(self.used <= self.slots.len(), "the pool holds what it counts");
        index
    }

    /// Takes a frame out of the pool that no link names any more.
    pub fn remove(&mut self, index: u32) -> Flight {
        debug_assert!(self.used > 0, "only frames that are on their way arrive");
        let slot = std::mem::replace(&mut self.slots[index as usize], Berth::Free(self.free));
        self.free = index;
        self.used -= 1;
        match slot {
            Berth::Used(flight) => flight,
            Berth::Free(_) => unreachable!("a link names only frames that are on their way"),
        }
    }
}
