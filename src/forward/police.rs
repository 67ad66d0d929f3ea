//! Token buckets in exact integers, refilled by time, and the bandwidth profile made of two.
//!
//! A bucket counts what is *spent* of it, in billionths: nanobits for octets (an octet is
//! 8 x 10^9), nanoframes for frames. A rate of R a second gives back exactly R of them a
//! nanosecond, so nothing is ever rounded. A fresh bucket has spent nothing: it is full.

use super::tables::{Limit, MOST_BURST, Octets, Policer};
use crate::ident::DropReason;
use crate::units::{ByteCount, SimTime};

pub(super) const NANOBITS_PER_OCTET: u64 = 8_000_000_000;
const NANOFRAMES_PER_FRAME: u64 = 1_000_000_000;

impl Octets {
    /// What counts of a frame of `octets` (without FCS) with `payload` octets behind its tags.
    pub const fn count(self, octets: u32, payload: u32) -> u64 {
        match self {
            Self::L1 => octets as u64 + 24,
            Self::L2Fcs => octets as u64 + 4,
            Self::L2 => octets as u64,
            Self::L3 => payload as u64,
            Self::L1Untagged => payload as u64 + 38,
            Self::L2FcsUntagged => payload as u64 + 18,
            Self::L2Untagged => payload as u64 + 14,
        }
    }
}

/// The state of a bucket. Its rate and depth are given with every question, so that a change
/// of either keeps what was spent; whoever makes it shallower says so ([`Bucket::change`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C)]
pub struct Bucket {
    spent: u64,
    at: SimTime,
}

impl Bucket {
    /// A full bucket at this time.
    pub const fn full_at(now: SimTime) -> Self {
        Self { spent: 0, at: now }
    }

    /// What is spent at the time of the last question, in the bucket's billionths.
    pub const fn spent(&self) -> u64 {
        self.spent
    }

    /// Gives back what time has given back at `rate` a second; returns what of it found the
    /// bucket full, 2^64 - 1 at most.
    #[inline]
    pub(super) fn refill(&mut self, rate: u64, now: SimTime) -> u64 {
        let elapsed = now.saturating_since(self.at).as_nanos();
        self.at = self.at.max(now);
        let gain = u128::from(rate) * u128::from(elapsed);
        let beyond = gain.saturating_sub(u128::from(self.spent));
        self.spent = u64::try_from(u128::from(self.spent).saturating_sub(gain)).expect("less than before");
        u64::try_from(beyond).unwrap_or(u64::MAX)
    }

    /// What would be spent once `cost` is taken now. The same arithmetic as [`Bucket::refill`] in
    /// one word, for costs that leave room: below 2^64 less a depth.
    #[inline(always)]
    pub(super) fn spent_after(&self, rate: u64, cost: u64, now: SimTime) -> u64 {
        // Time never goes back.
        let elapsed = now.as_nanos().wrapping_sub(self.at.as_nanos());
        // What does not fit in a word fills every bucket.
        let (gain, fills) = rate.overflowing_mul(elapsed);
        let left = if fills { 0 } else { self.spent.saturating_sub(gain) };
        // Of a length that is not served the cost may be anything.
        cost.wrapping_add(left)
    }

    /// So much is spent now.
    #[inline(always)]
    pub(super) fn spend_to(&mut self, spent: u64, now: SimTime) {
        (self.spent, self.at) = (spent, now);
    }

    /// Takes `cost` where it fits in `depth`.
    #[inline]
    fn take(&mut self, depth: u64, cost: u64) -> bool {
        let spent = self.spent.saturating_add(cost);
        let passes = spent <= depth;
        if passes {
            self.spent = spent;
        }
        passes
    }

    /// Another policer takes over. Of a deeper bucket as much is spent as before; of a shallower one as
    /// much is left as before, if it holds that: what was spent of the old depth is no debt of the new one.
    pub fn change(&mut self, old: &Policer, new: &Policer, now: SimTime) {
        self.refill(old.rate.as_bps(), now);
        self.reshape(old.burst, new.burst);
    }

    fn reshape(&mut self, old: ByteCount, new: ByteCount) {
        self.spent = self.spent.saturating_sub(depth(old).saturating_sub(depth(new)));
    }

    /// Does a frame pass the committed rate of this policer now?
    #[inline]
    pub fn passes(&mut self, policer: &Policer, octets: u32, payload: u32, now: SimTime) -> bool {
        self.refill(policer.rate.as_bps(), now);
        self.take(depth(policer.burst), cost(policer, octets, payload))
    }

    /// Does one more frame pass this limit now?
    pub fn admits(&mut self, limit: &Limit, now: SimTime) -> bool {
        self.refill(u64::from(limit.per_second), now);
        self.take(u64::from(limit.burst) * NANOFRAMES_PER_FRAME, NANOFRAMES_PER_FRAME)
    }
}

/// A bucket's depth in nanobits: below 2^64 by [`MOST_BURST`].
fn depth(burst: ByteCount) -> u64 {
    burst.get().min(MOST_BURST.get()) * NANOBITS_PER_OCTET
}

/// What a frame costs in nanobits, 2^64 - 1 at most, which no bucket holds.
pub(super) fn cost(policer: &Policer, octets: u32, payload: u32) -> u64 {
    policer.octets.count(octets, payload).saturating_mul(NANOBITS_PER_OCTET)
}

/// What a bandwidth profile makes of a frame (MEF 10.4 section 12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Colour {
    /// Within the commitment.
    Green,
    /// Beyond it, within the excess.
    Yellow,
    /// Beyond both: it ends here.
    Red,
}

/// How a frame that passed the policer leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marked {
    /// As its priority says.
    No,
    /// With its drop-eligible bit set.
    Eligible,
}

/// A policer's numbers as frames ask for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Meter {
    /// CIR, in nanobits a nanosecond.
    pub rate: u64,
    /// CBS in nanobits.
    pub depth: u64,
    /// EIR and EBS likewise, where there is an excess bucket.
    excess: Option<(u64, u64)>,
    pub coupled: bool,
    pub colour_aware: bool,
    marks: bool,
}

impl Meter {
    /// Everything is green and nothing is counted, at cost 0.
    pub const FREE: Self = Self {
        rate: u64::MAX,
        depth: u64::MAX,
        excess: None,
        coupled: false,
        colour_aware: false,
        marks: false,
    };

    pub fn of(policer: &Policer) -> Self {
        Self {
            rate: policer.rate.as_bps(),
            depth: depth(policer.burst),
            excess: policer.excess.map(|excess| (excess.rate.as_bps(), depth(excess.burst))),
            coupled: policer.excess.is_some_and(|excess| excess.coupled),
            colour_aware: policer.colour_aware,
            marks: policer.excess.is_some_and(|excess| excess.marks),
        }
    }

    /// What becomes of a frame of this colour.
    #[inline]
    pub fn end(&self, colour: Colour) -> Result<Marked, DropReason> {
        match colour {
            Colour::Yellow if self.marks => Ok(Marked::Eligible),
            Colour::Green | Colour::Yellow => Ok(Marked::No),
            Colour::Red => Err(DropReason::OverRate),
        }
    }

    /// The colour of a frame of this cost, and what it leaves in the buckets: the committed and
    /// the excess one. `eligible`: it came in with its drop-eligible bit set.
    #[inline]
    pub fn colour(
        &self,
        committed: &mut Bucket,
        extra: &mut Bucket,
        cost: u64,
        eligible: bool,
        now: SimTime,
    ) -> Colour {
        let beyond = committed.refill(self.rate, now);
        if self.coupled {
            extra.spent = extra.spent.saturating_sub(beyond);
        }
        if !(self.colour_aware && eligible) && committed.take(self.depth, cost) {
            return Colour::Green;
        }
        let Some((rate, depth)) = self.excess else {
            return Colour::Red;
        };
        // Refilled only when asked: tokens of the coupled bucket and of time commute.
        extra.refill(rate, now);
        if extra.take(depth, cost) {
            Colour::Yellow
        } else {
            Colour::Red
        }
    }
}

/// The two buckets of a bandwidth profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Buckets {
    /// Committed: green frames take from it.
    pub committed: Bucket,
    /// Excess: yellow frames take from it. Brought up to date only when a frame asks for it.
    pub excess: Bucket,
}

impl Buckets {
    /// Brings both up to date at the rates of a policer that is about to change.
    pub(super) fn settle(&mut self, policer: &Policer, now: SimTime) {
        let beyond = self.committed.refill(policer.rate.as_bps(), now);
        let Some(excess) = policer.excess else {
            // What was spent before there was none is forgotten: the next one starts full.
            self.excess = Bucket::full_at(now);
            return;
        };
        if excess.coupled {
            self.excess.spent = self.excess.spent.saturating_sub(beyond);
        }
        self.excess.refill(excess.rate.as_bps(), now);
    }

    /// Another policer takes over, as in [`Bucket::change`].
    pub(super) fn change(&mut self, old: &Policer, new: &Policer, now: SimTime) {
        self.settle(old, now);
        self.committed.reshape(old.burst, new.burst);
        if let (Some(old), Some(new)) = (old.excess, new.excess) {
            self.excess.reshape(old.burst, new.burst);
        }
    }
}

/// A limit with its own bucket.
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
