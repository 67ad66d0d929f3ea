//! What was told before its turn, until its turn comes: sorted by key.
//!
//! A node that looks ahead tells of frames before what happens earlier elsewhere is told. Who folds facts of
//! several places into one thing keeps them here, as small as he can make them, and folds them in their turn;
//! a window is no longer than the lookahead. What is told in its turn costs one comparison.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::fmt;

use super::event_key::EventKey;

/// A fact that waits for its turn.
#[derive(Debug, Clone)]
struct Early<F> {
    key: EventKey,
    /// Which of all facts: those of one event stay in the order in which they were told.
    number: u64,
    fact: F,
}

impl<F> Early<F> {
    const fn place(&self) -> (EventKey, u64) {
        (self.key, self.number)
    }
}

impl<F> PartialEq for Early<F> {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place()
    }
}

impl<F> Eq for Early<F> {}

impl<F> PartialOrd for Early<F> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<F> Ord for Early<F> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place().cmp(&other.place())
    }
}

/// Whose turn it is, and what is told before its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turns {
    turn: EventKey,
    ahead: Option<EventKey>,
}

impl Turns {
    /// Nothing has been told.
    pub(super) const fn new() -> Self {
        Self {
            turn: EventKey::FIRST,
            ahead: None,
        }
    }

    /// What is told next is told in its turn.
    pub(super) fn turn(&mut self, key: &EventKey) {
        debug_assert!(self.turn <= *key, "turns come in order");
        (self.turn, self.ahead) = (*key, None);
    }

    /// What is told next is told before its turn.
    pub(super) fn ahead(&mut self, key: &EventKey) {
        debug_assert!(self.turn < *key, "nobody looks back");
        self.ahead = Some(*key);
    }

    /// Whose turn it is.
    pub(super) const fn now(&self) -> EventKey {
        self.turn
    }

    /// The key of what is told just now, where that is before its turn.
    pub(super) const fn early(&self) -> Option<EventKey> {
        self.ahead
    }
}

/// Facts that wait for their turn.
#[derive(Clone)]
pub(super) struct Window<F> {
    turns: Turns,
    waiting: BinaryHeap<Reverse<Early<F>>>,
    told: u64,
}

/// How many wait: what waited before is forgotten, so that whether anybody looked ahead leaves nothing behind.
impl<F> fmt::Debug for Window<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Window").field("waiting", &self.waiting.len()).finish()
    }
}

impl<F> Default for Window<F> {
    fn default() -> Self {
        Self {
            turns: Turns::new(),
            waiting: BinaryHeap::new(),
            told: 0,
        }
    }
}

impl<F> Window<F> {
    /// What is told next is told in its turn.
    pub(super) fn turn(&mut self, key: &EventKey) {
        self.turns.turn(key);
    }

    /// What is told next is told before its turn.
    pub(super) fn ahead(&mut self, key: &EventKey) {
        self.turns.ahead(key);
    }

    /// Is what is told just now told before its turn?
    pub(super) const fn is_ahead(&self) -> bool {
        self.turns.early().is_some()
    }

    /// A fact, back at once if it is told in its turn; else it waits.
    pub(super) fn in_turn(&mut self, fact: F) -> Option<F> {
        let Some(key) = self.turns.early() else {
            return Some(fact);
        };
        self.told += 1;
        self.waiting.push(Reverse(Early {
            key,
            number: self.told,
            fact,
        }));
        None
    }

    /// The next fact whose turn has come.
    pub(super) fn next(&mut self) -> Option<F> {
        let Reverse(first) = self.waiting.peek()?;
        if first.key > self.turns.now() {
            return None;
        }
        self.waiting.pop().map(|Reverse(early)| early.fact)
    }
}

#[cfg(test)]
mod tests {
    use super::super::event_key::Phase;
    use super::*;
    use crate::ident::NodeId;
    use crate::units::SimTime;

    const fn key(nanos: u64, node: u32) -> EventKey {
        EventKey {
            time: SimTime::from_nanos(nanos),
            phase: Phase::Arrival,
            node: NodeId(node),
            seq: 1,
        }
    }

    fn due(window: &mut Window<u32>) -> Vec<u32> {
        std::iter::from_fn(|| window.next()).collect()
    }

    #[test]
    fn what_is_told_in_its_turn_comes_back_at_once() {
        let mut window = Window::default();
        assert_eq!(window.in_turn(1), Some(1));
        window.ahead(&key(5, 0));
        assert!(window.is_ahead());
        assert_eq!(window.in_turn(2), None);
        window.turn(&key(4, 0));
        assert!(!window.is_ahead());
        assert_eq!(window.in_turn(3), Some(3));
        assert!(due(&mut window).is_empty(), "the turn of the second has not come");
    }

    #[test]
    fn what_was_told_early_comes_in_the_order_of_keys_and_within_an_event_as_it_was_told() {
        let mut window = Window::default();
        for (at, node, facts) in [(7, 1, [10, 11]), (9, 1, [20, 21]), (7, 0, [30, 31]), (3, 2, [40, 41])] {
            window.ahead(&key(at, node));
            assert!(facts.into_iter().all(|fact| window.in_turn(fact).is_none()));
        }
        window.turn(&key(2, 9));
        assert!(due(&mut window).is_empty());
        window.turn(&key(7, 1));
        assert_eq!(due(&mut window), [40, 41, 30, 31, 10, 11], "its own turn counts");
        window.turn(&EventKey::LAST);
        assert_eq!(due(&mut window), [20, 21]);
    }
}
