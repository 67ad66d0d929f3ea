//! Policers that are not there: what a shortfall would have looked like, had there been one.

use super::bucket::{Ladder, RUNGS};
use crate::evidence::profile::{Shadow, SoldRate};
use crate::units::{BitRate, SimTime};

/// Shares of the contract's rate that are supposed to be withheld, in percent.
const SHARES: [u64; 8] = [1, 2, 5, 10, 20, 30, 40, 50];

/// A policer at the reference point that lets through less than was sold, and what the contract bucket
/// would have held beside the frames that it had dropped.
#[derive(Debug, Clone)]
pub struct Supposed {
    /// What it withholds of the rate, in percent.
    pub short: u64,
    /// Is its bucket the deepest of the way, behind a healthy policer with the shallowest? Or is it alone,
    /// with the shallowest?
    deep: bool,
    /// The most octets that would have been left beside a frame, by rung.
    pub worst: [Option<u64>; RUNGS],
    /// Octets that it dropped.
    pub dropped: u64,
    passed: Shadow,
    healthy: Shadow,
    ladder: Ladder,
}

impl Supposed {
    /// Two for each share, none of which has dropped anything.
    pub(super) fn all() -> Vec<Self> {
        let one = |(short, deep)| Self {
            short,
            deep,
            worst: [None; RUNGS],
            dropped: 0,
            passed: Shadow::default(),
            healthy: Shadow::default(),
            ladder: Ladder::EMPTY,
        };
        SHARES
            .into_iter()
            .flat_map(|short| [(short, false), (short, true)])
            .map(one)
            .collect()
    }

    /// Another contract begins.
    pub(super) fn restart(&mut self, at: SimTime, sold: SoldRate) {
        self.passed = self.passed.emptied();
        self.healthy = self.healthy.emptied();
        self.ladder.restart(at, sold.burst_kept.get());
    }

    /// A frame comes to the reference point.
    pub(super) fn ask(&mut self, at: SimTime, sold: SoldRate, octets: u32) {
        let less = BitRate::from_bps(sold.rate.as_bps() / 100 * (100 - self.short));
        self.ladder.refill(sold.rate, at);
        // What a healthy policer drops, it takes from nobody.
        if self.deep && !self.healthy.fits(sold.rate, sold.burst_kept, u64::from(octets), at) {
            return;
        }
        let burst = if self.deep { sold.burst } else { sold.burst_kept };
        if self.passed.fits(less, burst, u64::from(octets), at) {
            self.ladder.take(octets);
            return;
        }
        self.dropped = self.dropped.saturating_add(u64::from(octets));
        for (rung, left) in self.ladder.beside(octets) {
            if self.worst[rung].is_none_or(|worst| left > worst) {
                self.worst[rung] = Some(left);
            }
        }
    }
}
