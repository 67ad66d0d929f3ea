//! The event queue: a hierarchical timing wheel with a small heap in front of it.
//!
//! Eleven levels of 64 slots cover every nanosecond of 64 bits. The heap holds what is due up to
//! `horizon`, and orders it by its whole key; the wheel holds the rest, unordered within a slot.
//! When the heap runs dry, the earliest slot goes into it, split over lower levels first where
//! it holds many events. A slot is a list of chunks of sixteen events from one pool: walked in
//! order of memory, and bounded by the most events that were ever pending. An event that is no
//! longer wanted leaves a dead place; a chunk of dead places goes back to the pool.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::key::{Event, EventKey, Phase};
use crate::ident::NodeId;
use crate::units::SimTime;

const BITS: u32 = 6;
const SLOTS: usize = 1 << BITS;
const LEVELS: usize = 64_usize.div_ceil(BITS as usize);
const NONE: u32 = u32::MAX;
/// A slot with at most so many events goes into the heap whole.
const FEW: u32 = 32;
const CHUNK: usize = 16;

/// What stands in a dead place.
const DEAD: Event = Event {
    key: EventKey {
        time: SimTime::MAX,
        phase: Phase::Control,
        node: NodeId(NONE),
        seq: u64::MAX,
    },
    what: NONE,
};

/// Where a pushed event can be found again; it may have moved on since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handle(u32);

impl Handle {
    /// Nowhere in the wheel.
    pub const NOWHERE: Self = Self(NONE);
}

#[derive(Debug, Clone)]
struct Chunk {
    events: [Event; CHUNK],
    /// Places in use, dead ones too.
    len: u8,
    /// Places that are not dead; none in a chunk of the free list.
    live: u8,
    prev: u32,
    next: u32,
}

#[derive(Debug, Clone, Copy)]
struct WheelSlot {
    first: u32,
    /// Events that are not dead.
    count: u32,
}

#[derive(Debug)]
struct Level {
    occupied: u64,
    slots: [WheelSlot; SLOTS],
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
    pool: Vec<Chunk>,
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
                slots: [WheelSlot { first: NONE, count: 0 }; SLOTS],
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

    /// Adds an event. Its `what` is no `u32::MAX`: that marks a dead place.
    pub fn push(&mut self, event: Event) -> Handle {
        debug_assert!(event.what != DEAD.what, "u32::MAX marks a dead place");
        self.len += 1;
        if event.key.time.as_nanos() <= self.horizon {
            self.soon.push(Reverse(event));
            return Handle::NOWHERE;
        }
        self.link(event)
    }

    /// The event that comes first in the order of keys. It stays.
    pub fn first(&mut self) -> Option<Event> {
        if self.soon.is_empty() {
            self.refill();
        }
        self.soon.peek().map(|Reverse(event)| *event)
    }

    /// Takes the first event out, where there is one, and adds another, which is no earlier: one movement
    /// of the heap instead of two.
    pub fn replace(&mut self, event: Event) {
        debug_assert!(event.what != DEAD.what, "u32::MAX marks a dead place");
        if event.key.time.as_nanos() <= self.horizon
            && let Some(mut first) = self.soon.peek_mut()
        {
            debug_assert!(first.0 <= event, "what comes in the place of an event comes no earlier");
            *first = Reverse(event);
            return;
        }
        self.pop();
        self.push(event);
    }

    /// Takes the event that comes first in the order of keys.
    pub fn pop(&mut self) -> Option<Event> {
        if self.soon.is_empty() {
            self.refill();
        }
        let Reverse(event) = self.soon.pop()?;
        debug_assert!(
            event.key.time.as_nanos() <= self.horizon,
            "the heap holds what is due up to the horizon"
        );
        debug_assert!(event.what != DEAD.what, "no dead place is handed out");
        self.len -= 1;
        Some(event)
    }

    /// Takes an event out where it still waits in the wheel; else it will be popped.
    pub fn cancel(&mut self, handle: Handle, event: &Event) -> bool {
        let (c, i) = (handle.0 / CHUNK as u32, handle.0 as usize % CHUNK);
        let Some(chunk) = self.pool.get_mut(c as usize).filter(|c| c.live > 0) else {
            return false;
        };
        if i >= usize::from(chunk.len) || chunk.events[i] != *event {
            return false;
        }
        chunk.events[i] = DEAD;
        chunk.live -= 1;
        debug_assert!(self.len > self.soon.len(), "what waits in the wheel is counted");
        let (l, s) = self.place(event.key.time.as_nanos());
        self.levels[l].slots[s].count -= 1;
        if self.pool[c as usize].live == 0 {
            self.unlink(c, l, s);
        }
        self.len -= 1;
        true
    }

    fn place(&self, time: u64) -> (usize, usize) {
        let differ = time ^ self.base;
        let level = (63 - (differ | 1).leading_zeros()) / BITS;
        (level as usize, (time >> (level * BITS)) as usize & (SLOTS - 1))
    }

    fn link(&mut self, event: Event) -> Handle {
        debug_assert!(
            event.key.time.as_nanos() >= self.base,
            "the wheel holds nothing earlier than its base"
        );
        let (l, s) = self.place(event.key.time.as_nanos());
        let slot = self.levels[l].slots[s];
        let full = |c: u32| usize::from(self.pool[c as usize].len) == CHUNK;
        let first = if slot.first == NONE || full(slot.first) {
            self.allocate(slot.first)
        } else {
            slot.first
        };
        let level = &mut self.levels[l];
        level.slots[s] = WheelSlot {
            first,
            count: slot.count + 1,
        };
        level.occupied |= 1 << s;
        self.occupied |= 1 << l;
        let chunk = &mut self.pool[first as usize];
        let i = chunk.len;
        chunk.events[usize::from(i)] = event;
        chunk.len += 1;
        chunk.live += 1;
        Handle(first * CHUNK as u32 + u32::from(i))
    }

    /// Takes a chunk without live events out of its slot.
    fn unlink(&mut self, c: u32, l: usize, s: usize) {
        let (prev, next) = (self.pool[c as usize].prev, self.pool[c as usize].next);
        debug_assert!(
            self.pool[c as usize].live == 0,
            "no chunk goes while an event in it waits"
        );
        if prev == NONE {
            self.levels[l].slots[s].first = next;
        } else {
            self.pool[prev as usize].next = next;
        }
        if next != NONE {
            self.pool[next as usize].prev = prev;
        }
        self.release(c);
        if self.levels[l].slots[s].first == NONE {
            self.vacate(l, s);
        }
    }

    fn vacate(&mut self, l: usize, s: usize) -> WheelSlot {
        let level = &mut self.levels[l];
        let slot = std::mem::replace(&mut level.slots[s], WheelSlot { first: NONE, count: 0 });
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
                debug_assert!(
                    self.base | !(u64::MAX << shift) >= self.horizon,
                    "the horizon only moves on"
                );
                self.horizon = self.base | !(u64::MAX << shift);
                self.drain(slot.first);
                return;
            }
            self.spread(slot.first);
        }
    }

    fn drain(&mut self, first: u32) {
        self.each(first, |wheel, event| wheel.soon.push(Reverse(event)));
    }

    fn spread(&mut self, first: u32) {
        self.each(first, |wheel, event| {
            wheel.link(event);
        });
    }

    /// Does something with every live event of a list of chunks, which go back to the pool.
    fn each(&mut self, mut c: u32, mut f: impl FnMut(&mut Self, Event)) {
        while c != NONE {
            for i in 0..usize::from(self.pool[c as usize].len) {
                let event = self.pool[c as usize].events[i];
                if event.what != DEAD.what {
                    f(self, event);
                }
            }
            let next = self.pool[c as usize].next;
            self.release(c);
            c = next;
        }
    }

    /// A chunk in front of the list that begins with `next`.
    fn allocate(&mut self, next: u32) -> u32 {
        let c = if self.free == NONE {
            let c = self.pool.len() as u32;
            assert!(
                self.pool.len() < (NONE as usize) / CHUNK,
                "fewer than 2^32 pending events"
            );
            self.pool.push(Chunk {
                events: [DEAD; CHUNK],
                len: 0,
                live: 0,
                prev: NONE,
                next,
            });
            c
        } else {
            let c = self.free;
            let chunk = &mut self.pool[c as usize];
            self.free = chunk.next;
            (chunk.len, chunk.live, chunk.prev, chunk.next) = (0, 0, NONE, next);
            c
        };
        if next != NONE {
            self.pool[next as usize].prev = c;
        }
        c
    }

    fn release(&mut self, c: u32) {
        let chunk = &mut self.pool[c as usize];
        (chunk.live, chunk.next) = (0, self.free);
        self.free = c;
    }
}
