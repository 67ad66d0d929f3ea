//! Policers that are not there: what a shortfall would have looked like, had there been one.

use super::bucket::{Ladder, rung_octets};
use crate::evidence::profile::{Shadow, SoldRate};
use crate::units::{BitRate, ByteCount, SimTime};

/// Shares of the contract's rate that are supposed to be withheld, in percent.
const SHARES: [u64; 8] = [1, 2, 5, 10, 20, 30, 40, 50];

/// Of the rungs that are looked at otherwise, one in so many is enough here: what would have shown at one
/// of them, would have.
const EVERY: usize = 4;

/// All policers that are supposed.
#[derive(Debug, Clone)]
pub(super) struct Supposing {
    all: Vec<Supposed>,
    /// What was asked, held against half of the rate and half of the least burst: while it conforms to that
    /// no policer that is supposed would drop anything soon, and none is looked at.
    asked: Shadow,
    awake: bool,
    /// The healthy policer with the shallowest bucket.
    healthy: Shadow,
}

/// A policer at the reference point that lets through less than was sold, and what the contract bucket
/// would have held beside the frames that it had dropped.
#[derive(Debug, Clone)]
pub struct Supposed {
    /// What it withholds of the rate, in percent.
    pub short: u64,
    /// Is its bucket the deepest of the way, behind a healthy policer with the shallowest? Or is it alone,
    /// with the shallowest?
    deep: bool,
    /// The most octets that would have been left beside a frame, with the depth of the bucket in octets.
    worst: Vec<(u64, u64)>,
    /// Octets that it dropped.
    pub dropped: u64,
    passed: Shadow,
    ladder: Ladder,
}

impl Supposing {
    /// Two for each share, none of which has dropped anything.
    pub fn new() -> Self {
        let one = |(short, deep)| Supposed {
            short,
            deep,
            worst: Vec::new(),
            dropped: 0,
            passed: Shadow::default(),
            ladder: Ladder::of_every(EVERY),
        };
        let each = SHARES.into_iter().flat_map(|short| [(short, false), (short, true)]);
        Self {
            all: each.map(one).collect(),
            asked: Shadow::default(),
            awake: false,
            healthy: Shadow::default(),
        }
    }

    /// Another contract begins.
    pub fn restart(&mut self, at: SimTime, sold: SoldRate) {
        (self.asked, self.healthy) = (self.asked.emptied(), self.healthy.emptied());
        self.awake = false;
        for supposed in &mut self.all {
            supposed.passed = supposed.passed.emptied();
            supposed.ladder.restart(at, sold.burst_kept.get());
        }
    }

    /// Is it time to look at them? They begin with full buckets, beside an empty contract bucket: of what
    /// came before nothing is claimed.
    fn wakes(&mut self, at: SimTime, sold: SoldRate, octets: u32) -> bool {
        let (rate, burst) = (sold.rate.as_bps() / 2, sold.burst_kept.get() / 2);
        if !self.awake {
            let (rate, burst) = (BitRate::from_bps(rate), ByteCount::new(burst));
            self.awake = !self.asked.fits(rate, burst, u64::from(octets), at);
            if self.awake {
                self.restart(at, sold);
                self.awake = true;
            }
        }
        self.awake
    }

    /// A frame comes to the reference point; beside less than `excused` octets nobody would be blamed.
    pub fn ask(&mut self, at: SimTime, sold: SoldRate, octets: u32, excused: u64) {
        if !self.wakes(at, sold, octets) {
            return;
        }
        // What a healthy policer drops, it takes from nobody.
        let passes = self.healthy.fits(sold.rate, sold.burst_kept, u64::from(octets), at);
        for supposed in &mut self.all {
            if passes || !supposed.deep {
                supposed.ask(at, sold, octets, excused);
            }
        }
    }

    pub fn told(&self) -> Vec<Supposed> {
        self.all.clone()
    }
}

impl Supposed {
    /// The most octets that would have been left beside a frame that it dropped, of a bucket no deeper than
    /// this; `None`: it dropped none.
    pub fn worst(&self, deepest: u64) -> Option<u64> {
        let shallow = self.worst.iter().filter(|(depth, _)| *depth <= deepest);
        shallow.map(|(_, left)| *left).max()
    }

    fn ask(&mut self, at: SimTime, sold: SoldRate, octets: u32, excused: u64) {
        self.ladder.refill(sold.rate, at);
        let less = BitRate::from_bps(sold.rate.as_bps() / 100 * (100 - self.short));
        let burst = if self.deep { sold.burst } else { sold.burst_kept };
        if self.passed.fits(less, burst, u64::from(octets), at) {
            self.ladder.take(octets);
            return;
        }
        self.dropped = self.dropped.saturating_add(u64::from(octets));
        if !self.ladder.may_hold(excused.saturating_add(u64::from(octets))) {
            return;
        }
        for (rung, left) in self.ladder.beside(octets) {
            let place = rung / EVERY;
            if self.worst.len() <= place {
                let depths = (0..=place).map(|place| (rung_octets(place * EVERY), 0));
                self.worst.extend(depths.skip(self.worst.len()));
            }
            self.worst[place].1 = self.worst[place].1.max(left);
        }
    }
}
