//! Dice over a pinned generator, so that a seed means the same world on every machine.

use crate::ident::Stream;
use crate::units::SimDuration;

/// Dice of one purpose.
#[derive(Debug, Clone)]
pub(super) struct Dice(Stream);

impl Dice {
    /// The dice of `purpose` in the world of this seed. What one purpose draws moves no other.
    pub fn new(seed: u64, purpose: &str) -> Self {
        Self(Stream::new(seed, "swarm", purpose))
    }
    /// A number in `0..sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0.below(sides)
    }
    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        debug_assert!(low <= high, "a range begins before it ends");
        low + self.roll(high - low + 1)
    }
    /// True once in `n` times.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.roll(n) == 0
    }
    /// One of these.
    pub fn of<T: Copy>(&mut self, all: &[T]) -> T {
        debug_assert!(!all.is_empty(), "one of nothing is nothing");
        let at = usize::try_from(self.roll(all.len() as u64)).expect("as many as a slice holds");
        all[at]
    }
    /// A whole number of thousandths of a span, from `low` to `high`.
    pub fn part(&mut self, span: SimDuration, low: u64, high: u64) -> SimDuration {
        thousandths(span, self.between(low, high))
    }
}

/// So many thousandths of a span, in whole microseconds and at least one.
pub(super) fn thousandths(span: SimDuration, n: u64) -> SimDuration {
    let nanos = u128::from(span.as_nanos()) * u128::from(n) / 1_000;
    let micros = u64::try_from(nanos / 1_000).unwrap_or(u64::MAX).max(u64::from(n > 0));
    SimDuration::from_micros(micros)
}
