//! Buckets of one rate and many depths.

use crate::units::{BitRate, SimDuration, SimTime};

/// How many depths there are: four to the octave, from 4 kB to 230 MB.
pub(super) const RUNGS: usize = 64;

const NANOBITS: u64 = 8_000_000_000;

/// The depth of a rung, in octets: 4,096 times two to the power of a quarter of its number.
pub const fn rung_octets(rung: usize) -> u64 {
    let quarter = [4096, 4871, 5793, 6889];
    quarter[rung % 4] << (rung / 4)
}

/// Octets that flow in during a delay, rounded up.
pub fn octets_in(rate: BitRate, span: SimDuration) -> u64 {
    let bits = u128::from(rate.as_bps()) * u128::from(span.as_nanos());
    u64::try_from(bits.div_ceil(u128::from(NANOBITS))).unwrap_or(u64::MAX)
}

/// The tokens of every depth that is looked at, in nanobits; empty to begin with.
#[derive(Debug, Clone)]
pub(super) struct Ladder {
    /// Tokens and depth of each rung that is in use: those no deeper than the contract's burst.
    rungs: Vec<(u64, u64)>,
    /// Only every so manieth rung is looked at.
    every: usize,
    /// Nanobits that have flowed in since the tokens were brought up to date.
    gained: u64,
    /// The most that any bucket held then.
    most: u64,
    at: SimTime,
}

impl Ladder {
    /// Of every so manieth rung; none is in use.
    pub(super) const fn of_every(every: usize) -> Self {
        Self {
            rungs: Vec::new(),
            every,
            gained: 0,
            most: 0,
            at: SimTime::ZERO,
        }
    }

    /// Empties every bucket, at this time, and uses those of at most so many octets.
    pub(super) fn restart(&mut self, at: SimTime, deepest: u64) {
        let depths = (0..RUNGS).step_by(self.every).map(rung_octets);
        self.rungs.clear();
        self.rungs.extend(
            depths
                .take_while(|depth| *depth <= deepest)
                .map(|depth| (0, depth * NANOBITS)),
        );
        (self.gained, self.most, self.at) = (0, 0, at);
    }

    /// Time gives back.
    pub(super) fn refill(&mut self, rate: BitRate, at: SimTime) {
        let elapsed = at.saturating_since(self.at).as_nanos();
        self.at = self.at.max(at);
        self.gained = self.gained.saturating_add(rate.as_bps().saturating_mul(elapsed));
    }

    /// Brings every bucket up to date, and lets it change so.
    fn each(&mut self, change: impl Fn(u64) -> u64) {
        // No bucket takes more than the deepest: so no sum overflows, and none has to look whether it did.
        let deepest = self.rungs.last().map_or(0, |(_, depth)| *depth);
        let gained = std::mem::take(&mut self.gained).min(deepest);
        let mut most = 0;
        for (tokens, depth) in &mut self.rungs {
            let left = change((*tokens + gained).min(*depth));
            *tokens = left;
            most = if left > most { left } else { most };
        }
        self.most = most;
    }

    /// A frame passes: it takes its octets where they fit.
    pub(super) fn take(&mut self, octets: u32) {
        let cost = u64::from(octets) * NANOBITS;
        self.each(|tokens| if tokens >= cost { tokens - cost } else { tokens });
    }

    /// So many octets are gone, whether they fit or not.
    pub(super) fn spend(&mut self, octets: u32) {
        let cost = u64::from(octets) * NANOBITS;
        self.each(|tokens| tokens.saturating_sub(cost));
    }

    /// May any bucket hold so many octets? Only if this says so; it asks none of them.
    pub(super) fn may_hold(&self, octets: u64) -> bool {
        self.most.saturating_add(self.gained) / NANOBITS >= octets
    }

    /// Whole octets that would have been left beside a frame, rung by rung, where it fitted.
    pub(super) fn beside(&mut self, octets: u32) -> impl Iterator<Item = (usize, u64)> + '_ {
        self.each(|tokens| tokens);
        let every = self.every;
        let used = self.rungs.iter().enumerate();
        used.filter_map(move |(step, (tokens, _))| {
            let left = (tokens / NANOBITS).checked_sub(u64::from(octets))?;
            Some((step * every, left))
        })
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
        let mut ladder = Ladder::of_every(1);
        ladder.restart(SimTime::ZERO, 8_192);
        ladder.refill(BitRate::from_bps(8_000), SimTime::from_secs(2));
        assert!(ladder.beside(2_000).all(|(_, left)| left == 0));
        ladder.take(1_500);
        assert_eq!(ladder.beside(501).count(), 0);
        ladder.refill(BitRate::from_bps(8_000), SimTime::from_secs(100));
        assert_eq!(ladder.beside(0).last(), Some((4, 8_192)));
    }
}
