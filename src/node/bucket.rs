//! An exact token bucket.

use crate::units::{BitRate, ByteCount, SimTime};

/// One octet of tokens: eight bits at one bit a second for a nanosecond each.
const OCTET: u64 = 8_000_000_000;

/// A token bucket that starts full. Tokens are counted in bit-nanoseconds a second, so that
/// filling is one exact product; nothing is ever rounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    rate: u64,
    level: u64,
    depth: u64,
    filled: SimTime,
}

impl Bucket {
    /// The largest depth: 2,305,843,009 octets.
    pub const DEPTH_MAX: ByteCount = ByteCount::new(u64::MAX / OCTET);

    /// A full bucket of `depth` (at most [`Bucket::DEPTH_MAX`]), filled at `rate`.
    pub fn new(rate: BitRate, depth: ByteCount, now: SimTime) -> Self {
        let depth = depth.min(Self::DEPTH_MAX).get() * OCTET;
        Self {
            rate: rate.as_bps(),
            level: depth,
            depth,
            filled: now,
        }
    }

    /// Takes `octets` out, where they are there. Time that goes back fills nothing.
    pub fn take(&mut self, octets: u64, now: SimTime) -> bool {
        let passed = now.saturating_since(self.filled).as_nanos();
        let gained = u128::from(self.rate) * u128::from(passed);
        let level = (u128::from(self.level) + gained).min(u128::from(self.depth));
        self.level = u64::try_from(level).expect("the depth has 64 bits");
        self.filled = self.filled.max(now);
        let Some(rest) = octets.checked_mul(OCTET).and_then(|cost| self.level.checked_sub(cost)) else {
            return false;
        };
        self.level = rest;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Against plain arithmetic: what has passed never exceeds depth + rate x time, and a
        /// refused frame would have.
        #[test]
        fn it_passes_exactly_what_arithmetic_allows(
            rate in 1u64..10_000_000_000,
            depth in 0u64..100_000,
            arrivals in prop::collection::vec((0u64..1_000_000, 64u64..1600), 1..60),
        ) {
            let mut bucket = Bucket::new(BitRate::from_bps(rate), ByteCount::new(depth), SimTime::ZERO);
            let (mut now, mut tokens) = (0u64, i128::from(depth) * 8_000_000_000);
            for (gap, octets) in arrivals {
                now += gap;
                tokens = (tokens + i128::from(rate) * i128::from(gap)).min(i128::from(depth) * 8_000_000_000);
                let cost = i128::from(octets) * 8_000_000_000;
                let passes = tokens >= cost;
                if passes { tokens -= cost; }
                prop_assert_eq!(bucket.take(octets, SimTime::from_nanos(now)), passes);
            }
        }
    }
}
