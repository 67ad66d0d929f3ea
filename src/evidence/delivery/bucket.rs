//! Buckets of one rate and many depths.

use crate::units::{BitRate, SimTime};

/// How many depths there are: four to the octave, from 4 kB to 230 MB.
pub const RUNGS: usize = 64;

const NANOBITS: u64 = 8_000_000_000;

/// The depth of a rung, in octets: 4,096 times two to the power of a quarter of its number.
pub const fn rung_octets(rung: usize) -> u64 {
    let quarter = [4096, 4871, 5793, 6889];
    quarter[rung % 4] << (rung / 4)
}

/// The tokens of every depth, in nanobits; empty to begin with.
#[derive(Debug, Clone)]
pub(super) struct Ladder {
    tokens: [u64; RUNGS],
    /// Rungs that are in use: those no deeper than the contract's burst.
    used: usize,
    at: SimTime,
}

impl Ladder {
    pub(super) const EMPTY: Self = Self {
        tokens: [0; RUNGS],
        used: 0,
        at: SimTime::ZERO,
    };

    /// Empties every bucket, at this time, and uses those of at most so many octets.
    pub(super) fn restart(&mut self, at: SimTime, deepest: u64) {
        self.tokens = [0; RUNGS];
        self.used = (0..RUNGS).take_while(|rung| rung_octets(*rung) <= deepest).count();
        self.at = at;
    }

    /// Time gives back.
    pub(super) fn refill(&mut self, rate: BitRate, at: SimTime) {
        let elapsed = at.saturating_since(self.at).as_nanos();
        self.at = self.at.max(at);
        let gain = u64::try_from(u128::from(rate.as_bps()) * u128::from(elapsed)).unwrap_or(u64::MAX);
        for (rung, tokens) in self.tokens[..self.used].iter_mut().enumerate() {
            *tokens = tokens.saturating_add(gain).min(rung_octets(rung) * NANOBITS);
        }
    }

    /// A frame passes: it takes its octets where they fit.
    pub(super) fn take(&mut self, octets: u32) {
        let cost = u64::from(octets) * NANOBITS;
        for tokens in &mut self.tokens[..self.used] {
            if *tokens >= cost {
                *tokens -= cost;
            }
        }
    }

    /// So many octets are gone, whether they fit or not.
    pub(super) fn spend(&mut self, octets: u32) {
        let cost = u64::from(octets) * NANOBITS;
        for tokens in &mut self.tokens[..self.used] {
            *tokens = tokens.saturating_sub(cost);
        }
    }

    /// Whole octets that would have been left beside a frame, rung by rung, where it fitted.
    pub(super) fn beside(&self, octets: u32) -> impl Iterator<Item = (usize, u64)> + '_ {
        let used = self.tokens[..self.used].iter().enumerate();
        used.filter_map(move |(rung, tokens)| Some((rung, (tokens / NANOBITS).checked_sub(u64::from(octets))?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rungs_rise_by_a_quarter_of_an_octave() {
        let depths: Vec<u64> = (0..RUNGS).map(rung_octets).collect();
        assert!(depths.is_sorted_by(|a, b| a < b && b * 100 < a * 120));
        assert_eq!(rung_octets(4), 8192);
    }

    #[test]
    fn a_bucket_gives_back_its_rate_and_no_more_than_its_depth() {
        let mut ladder = Ladder::EMPTY;
        ladder.restart(SimTime::ZERO, 8_192);
        ladder.refill(BitRate::from_bps(8_000), SimTime::from_secs(2));
        assert!(ladder.beside(2_000).all(|(_, left)| left == 0));
        ladder.take(1_500);
        assert_eq!(ladder.beside(501).count(), 0);
        ladder.refill(BitRate::from_bps(8_000), SimTime::from_secs(100));
        assert_eq!(ladder.beside(0).last(), Some((4, 8_192)));
    }
}
