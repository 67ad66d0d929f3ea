//! Token buckets in exact integers, refilled by time.
//!
//! A bucket counts what is *spent* of it, in billionths: nanobits for octets (an octet is
//! 8 x 10^9), nanoframes for frames. A rate of R a second gives back exactly R of them a
//! nanosecond, so nothing is ever rounded. A fresh bucket has spent nothing: it is full.

use super::tables::{Limit, Octets, Policer};
use crate::units::SimTime;

const NANOBITS_PER_OCTET: u128 = 8_000_000_000;
const NANOFRAMES_PER_FRAME: u128 = 1_000_000_000;

impl Octets {
    /// What counts of a frame of `octets` (without FCS) with `payload` octets behind its tags.
    pub const fn count(self, octets: u32, payload: u32) -> u64 {
        match self {
            Self::L1 => octets as u64 + 24,
            Self::L2Fcs => octets as u64 + 4,
            Self::L2 => octets as u64,
            Self::L3 => payload as u64,
        }
    }
}

/// The state of a bucket. Its rate and depth are given with every question, so that a change
/// of either keeps what was spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bucket {
    // Two halves of a u128: its alignment would cost eight octets in every bucket.
    spent: [u64; 2],
    at: SimTime,
}

impl Bucket {
    /// A full bucket at this time.
    pub const fn full_at(now: SimTime) -> Self {
        Self { spent: [0, 0], at: now }
    }

    /// What is spent at the time of the last question, in the bucket's billionths.
    pub const fn spent(&self) -> u128 {
        (self.spent[0] as u128) << 64 | self.spent[1] as u128
    }

    /// Gives back what time has given back at `rate` a second.
    #[inline]
    pub(super) fn refill(&mut self, rate: u64, now: SimTime) {
        let elapsed = now.saturating_since(self.at).as_nanos();
        self.at = self.at.max(now);
        self.spend(self.spent().saturating_sub(u128::from(rate) * u128::from(elapsed)));
    }

    /// Takes `cost` where it fits in `depth`.
    #[inline]
    fn take(&mut self, rate: u64, depth: u128, cost: u128, now: SimTime) -> bool {
        self.refill(rate, now);
        let spent = self.spent() + cost;
        let passes = spent <= depth;
        if passes {
            self.spend(spent);
        }
        passes
    }

    #[inline]
    fn spend(&mut self, spent: u128) {
        self.spent = [(spent >> 64) as u64, spent as u64];
    }

    /// Does a frame pass this policer now?
    #[inline]
    pub fn passes(&mut self, policer: &Policer, octets: u32, payload: u32, now: SimTime) -> bool {
        let depth = u128::from(policer.burst.get()) * NANOBITS_PER_OCTET;
        let cost = u128::from(policer.octets.count(octets, payload)) * NANOBITS_PER_OCTET;
        self.take(policer.rate.as_bps(), depth, cost, now)
    }

    /// Does one more frame pass this limit now?
    pub fn admits(&mut self, limit: &Limit, now: SimTime) -> bool {
        let depth = u128::from(limit.burst) * NANOFRAMES_PER_FRAME;
        self.take(u64::from(limit.per_second), depth, NANOFRAMES_PER_FRAME, now)
    }
}

/// A policer or a limit with its own bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Metered<T> {
    pub config: T,
    pub bucket: Bucket,
}

impl<T> Metered<T> {
    pub fn boxed(config: Option<T>) -> Option<Box<Self>> {
        config.map(|config| {
            let bucket = Bucket::default();
            Box::new(Self { config, bucket })
        })
    }
}
