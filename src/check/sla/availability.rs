//! Which intervals are available, and which of them lost much (MEF 10.4, section 8.8).

use std::collections::BTreeSet;

use crate::scenario::plan::{ServiceLevel, WHOLE};

/// An interval in which something was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sample {
    pub number: u32,
    pub sent: u64,
    pub lost: u64,
}

impl Sample {
    fn is_high(&self, level: &ServiceLevel) -> bool {
        u128::from(self.lost) * u128::from(WHOLE) > u128::from(level.threshold) * u128::from(self.sent)
    }
}

/// What came of all intervals.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Availability {
    /// Intervals in which something was sent.
    pub sampled: u64,
    /// Intervals between them in which nothing was.
    pub unsampled: u64,
    /// Those that are available.
    pub available: BTreeSet<u32>,
    /// Available intervals of high loss (HLI).
    pub high_loss: u64,
    /// Runs of them that are long enough (CHLI).
    pub runs: u64,
}

impl Availability {
    /// Of these intervals, in order. One in which nothing was sent is passed over: it is neither
    /// available nor not, and interrupts nothing.
    pub(super) fn of(samples: &[Sample], level: &ServiceLevel) -> Self {
        let high: Vec<bool> = samples.iter().map(|sample| sample.is_high(level)).collect();
        let count = level.count as usize;
        let span = samples.first().zip(samples.last());
        let span = span.map_or(0, |(first, last)| u64::from(last.number - first.number) + 1);
        let mut found = Self {
            sampled: samples.len() as u64,
            unsampled: span - samples.len() as u64,
            ..Self::default()
        };
        // How many intervals from each on are alike.
        let mut alike = vec![1usize; high.len()];
        for k in (1..high.len()).rev() {
            if high[k - 1] == high[k] {
                alike[k - 1] = alike[k] + 1;
            }
        }
        let (mut is_available, mut run) = (true, 0);
        for (k, sample) in samples.iter().enumerate() {
            if high[k] == is_available && alike[k] >= count {
                is_available = !is_available;
            }
            if is_available {
                found.available.insert(sample.number);
            }
            match is_available && high[k] {
                true => {
                    found.high_loss += 1;
                    run += 1;
                    found.runs += u64::from(run == level.run);
                }
                false => run = 0,
            }
        }
        found
    }
}
