//! Policers that are not there: what a shortfall would have looked like, had there been one.

use super::bucket::{Ladder, rung_octets};
use crate::evidence::profile::{Shadow, SoldRate};
use crate::units::{BitRate, SimTime};

/// Shares of the contract's rate that are supposed to be withheld, in percent.
const SHARES: [u64; 8] = [1, 2, 5, 10, 20, 30, 40, 50];

/// Of the rungs that are looked at otherwise, one in so many is enough here: what would have shown at one
/// of them, would have.
const EVERY: usize = 4;

/// All policers that are supposed.
#[derive(Debug, Clone)]
pub(super) struct Supposing {
    all: Vec<Supposed>,
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
            healthy: Shadow::default(),
        }
    }

    /// Another contract begins.
    pub fn restart(&mut self, at: SimTime, sold: SoldRate) {
        self.healthy = self.healthy.emptied();
        for supposed in &mut self.all {
            supposed.passed = supposed.passed.emptied();
            supposed.ladder.restart(at, sold.burst_kept.get());
        }
    }

    /// A frame comes to the reference point.
    pub fn ask(&mut self, at: SimTime, sold: SoldRate, octets: u32) {
        // What a healthy policer drops, it takes from nobody.
        let passes = self.healthy.fits(sold.rate, sold.burst_kept, u64::from(octets), at);
        for supposed in &mut self.all {
            supposed.ladder.refill(sold.rate, at);
            if passes || !supposed.deep {
                supposed.ask(at, sold, octets);
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

    fn ask(&mut self, at: SimTime, sold: SoldRate, octets: u32) {
        let less = BitRate::from_bps(sold.rate.as_bps() / 100 * (100 - self.short));
        let burst = if self.deep { sold.burst } else { sold.burst_kept };
        if self.passed.fits(less, burst, u64::from(octets), at) {
            self.ladder.take(octets);
            return;
        }
        self.dropped = self.dropped.saturating_add(u64::from(octets));
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
