//! The event queue: a hierarchical timing wheel with a small heap in front of it.
//!
//! Eleven levels of 64 slots cover every nanosecond of 64 bits. The heap holds what is due up to
//! `horizon`, and orders it by its whole key; the wheel holds the rest, unordered within a slot.
//! When the heap runs dry, the earliest slot goes into it, split over lower levels first where
//! it holds many events. Entries live in a pool and are linked, so memory is bounded by the most
//! events that were ever pending, and an event that is no longer wanted can be taken out.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::key::Event;

const BITS: u32 = 6;
const SLOTS: usize = 1 << BITS;
const LEVELS: usize = 64_usize.div_ceil(BITS as usize);
const NONE: u32 = u32::MAX;
/// A slot with at most so many events goes into the heap whole.
const FEW: u32 = 32;

/// Where a pushed event can be found again; it may have moved on since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handle(u32);

impl Handle {
    /// Nowhere in the wheel.
    pub const NOWHERE: Self = Self(NONE);
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    event: Event,
    prev: u32,
    next: u32,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    first: u32,
    count: u32,
}

#[derive(Debug)]
struct Level {
    occupied: u64,
    slots: [Slot; SLOTS],
}

/// The event queue.
#[derive(Debug)]
pub struct Wheel {
    soon: BinaryHeap<Reverse<Event>>,
    /// Everything due at or before this is in `soon`.
    horizon: u64,
    /// The wheel's slots are relative to this.
    base: u64,
    levels: Box<[Level; LEVELS]>,
    /// Which levels hold anything.
    occupied: u32,
    pool: Vec<Entry>,
    free: u32,
    len: usize,
}

impl Default for Wheel {
    fn default() -> Self {
        Self::new()
    }
}

impl Wheel {
    /// An empty queue.
    pub fn new() -> Self {
        Self {
            soon: BinaryHeap::new(),
            horizon: 0,
            base: 0,
            levels: Box::new(std::array::from_fn(|_| Level {
                occupied: 0,
                slots: [Slot { first: NONE, count: 0 }; SLOTS],
            })),
            occupied: 0,
            pool: Vec::new(),
            free: NONE,
            len: 0,
        }
    }

    /// How many events are pending.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Is nothing pending?
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds an event.
    pub fn push(&mut self, event: Event) -> Handle {
        self.len += 1;
        if event.key.time.as_nanos() <= self.horizon {
            self.soon.push(Reverse(event));
            return Handle::NOWHERE;
        }
        let index = self.allocate(event);
        self.link(index);
        Handle(index)
    }

    /// When the next event is due, in nanoseconds. Answers for the event that `pop` gives next.
    pub fn peek(&mut self) -> Option<u64> {
        if self.soon.is_empty() {
            self.refill();
        }
        self.soon.peek().map(|Reverse(e)| e.key.time.as_nanos())
    }

    /// Takes the event that comes first in the order of keys.
    pub fn pop(&mut self) -> Option<Event> {
        if self.soon.is_empty() {
            self.refill();
        }
        let Reverse(event) = self.soon.pop()?;
        self.len -= 1;
        Some(event)
    }

    /// Takes an event out where it still waits in the wheel; else it will be popped.
    pub fn cancel(&mut self, handle: Handle, event: &Event) -> bool {
        let Some(entry) = self.pool.get(handle.0 as usize) else {
            return false;
        };
        if entry.event != *event || entry.prev == FREE {
            return false;
        }
        self.unlink(handle.0);
        self.release(handle.0);
        self.len -= 1;
        true
    }

    fn place(&self, time: u64) -> (usize, usize) {
        let differ = time ^ self.base;
        let level = (63 - (differ | 1).leading_zeros()) / BITS;
        (level as usize, (time >> (level * BITS)) as usize & (SLOTS - 1))
    }

    fn link(&mut self, index: u32) {
        let (l, s) = self.place(self.pool[index as usize].event.key.time.as_nanos());
        let level = &mut self.levels[l];
        let slot = &mut level.slots[s];
        let first = std::mem::replace(&mut slot.first, index);
        slot.count += 1;
        level.occupied |= 1 << s;
        self.occupied |= 1 << l;
        let entry = &mut self.pool[index as usize];
        (entry.prev, entry.next) = (NONE, first);
        if first != NONE {
            self.pool[first as usize].prev = index;
        }
    }

    fn unlink(&mut self, index: u32) {
        let Entry { event, prev, next } = self.pool[index as usize];
        let (l, s) = self.place(event.key.time.as_nanos());
        let slot = &mut self.levels[l].slots[s];
        slot.count -= 1;
        match prev {
            NONE => slot.first = next,
            _ => self.pool[prev as usize].next = next,
        }
        if next != NONE {
            self.pool[next as usize].prev = prev;
        }
        if self.levels[l].slots[s].first == NONE {
            self.vacate(l, s);
        }
    }

    fn vacate(&mut self, l: usize, s: usize) -> Slot {
        let level = &mut self.levels[l];
        let slot = std::mem::replace(&mut level.slots[s], Slot { first: NONE, count: 0 });
        level.occupied &= !(1 << s);
        if level.occupied == 0 {
            self.occupied &= !(1 << l);
        }
        slot
    }

    /// Moves the earliest slot into the heap.
    fn refill(&mut self) {
        while self.occupied != 0 {
            // Slots of a lower level come before those of a higher one: all of them are later
            // than `base`, and a level is the highest digit in which a time differs from it.
            let l = self.occupied.trailing_zeros() as usize;
            let s = self.levels[l].occupied.trailing_zeros() as usize;
            let slot = self.vacate(l, s);
            let shift = l as u32 * BITS;
            let above = u64::MAX.checked_shl(shift + BITS).unwrap_or(0);
            self.base = self.base & above | (s as u64) << shift;
            if l == 0 || slot.count <= FEW {
                self.horizon = self.base | !(u64::MAX << shift);
                self.drain(slot.first);
                return;
            }
            self.spread(slot.first);
        }
    }

    fn drain(&mut self, mut index: u32) {
        while index != NONE {
            let entry = self.pool[index as usize];
            self.soon.push(Reverse(entry.event));
            self.release(index);
            index = entry.next;
        }
    }

    fn spread(&mut self, mut index: u32) {
        while index != NONE {
            let next = self.pool[index as usize].next;
            self.link(index);
            index = next;
        }
    }

    fn allocate(&mut self, event: Event) -> u32 {
        let entry = Entry {
            event,
            prev: NONE,
            next: NONE,
        };
        if self.free == NONE {
            let index = u32::try_from(self.pool.len()).expect("fewer than 2^32 pending events");
            assert!(index < FREE, "fewer than 2^32 - 2 pending events");
            self.pool.push(entry);
            return index;
        }
        let index = self.free;
        self.free = self.pool[index as usize].next;
        self.pool[index as usize] = entry;
        index
    }

    fn release(&mut self, index: u32) {
        let entry = &mut self.pool[index as usize];
        (entry.prev, entry.next) = (FREE, self.free);
        self.free = index;
    }
}

/// In `prev`: the entry is in the free list.
const FREE: u32 = u32::MAX - 1;
