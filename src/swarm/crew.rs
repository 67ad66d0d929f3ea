//! Many worlds on many cores. What comes out depends on the seeds alone.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::draw::{DrawnWorld, draw};
use super::kinds::Bounds;
use super::trial::{Oracle, Trial, try_world};

/// Which worlds to fly through.
pub struct Flight<'f> {
    /// The first seed.
    pub first: u64,
    /// How many seeds, counting up.
    pub seeds: u64,
    /// How many worlds at once.
    pub jobs: usize,
    /// Within what they are drawn.
    pub bounds: &'f Bounds,
    /// What is held against them.
    pub oracle: Oracle<'f>,
    /// Keep every world and its trial, not only those that failed?
    pub keep_all: bool,
    /// Asked before each world: go on?
    pub go_on: &'f (dyn Fn() -> bool + Sync),
    /// Told after each world.
    pub told: &'f (dyn Fn(&Trial) + Sync),
}

/// What came out.
#[derive(Debug, Default)]
pub struct Flown {
    /// Worlds that were tried: these many from the first seed on, without a gap.
    pub worlds: u64,
    /// Worlds that could not be loaded.
    pub refused: u64,
    /// Worlds in which something did not hold.
    pub failed: u64,
    /// Worlds with frames at places of somebody else.
    pub leaking: u64,
    /// Flows that had to be answered in a quiet end.
    pub claims: u64,
    /// Frames offered.
    pub frames: u64,
    /// Of every world and its seed.
    pub digest: u64,
    /// Worlds that were kept, by seed: those of the lowest seeds that failed, or all.
    pub kept: BTreeMap<u64, (DrawnWorld, Trial)>,
    /// The first refusal, by seed.
    pub first_refused: Option<(u64, String)>,
}

impl Flown {
    /// Of failing worlds so many are kept whole; the rest is counted.
    pub const MOST_KEPT: usize = 20;

    fn add(&mut self, world: DrawnWorld, trial: Trial, keep_all: bool) {
        self.worlds += 1;
        self.failed += u64::from(!trial.failures.is_empty());
        self.leaking += u64::from(trial.astray > 0);
        self.claims += trial.claims;
        self.frames += trial.frames;
        // A sum is the same in any order; each summand has its seed in it.
        let own = xxh3_64_with_seed(&trial.digest.to_le_bytes(), world.seed);
        self.digest = self.digest.wrapping_add(own);
        if let Some(why) = &trial.refused {
            self.refused += 1;
            if self.first_refused.as_ref().is_none_or(|(seed, _)| world.seed < *seed) {
                self.first_refused = Some((world.seed, why.clone()));
            }
        }
        if keep_all || !trial.failures.is_empty() {
            self.kept.insert(world.seed, (world, trial));
            if !keep_all && self.kept.len() > Self::MOST_KEPT {
                self.kept.pop_last();
            }
        }
    }
}

/// Draws, runs and judges every world of a flight.
pub fn fly(flight: &Flight<'_>) -> Flown {
    let flown = Mutex::new(Flown::default());
    each_seed(flight.first, flight.seeds, flight.jobs, flight.go_on, |seed| {
        let world = draw(seed, flight.bounds);
        let trial = try_world(&world, flight.oracle);
        (flight.told)(&trial);
        let mut flown = flown.lock().expect("no thread panics while it holds the sums");
        flown.add(world, trial, flight.keep_all);
    });
    flown.into_inner().expect("every thread has ended")
}

/// Does something for each seed from the first on, several at once, until it is told to stop.
pub(super) fn each_seed(
    first: u64,
    seeds: u64,
    jobs: usize,
    go_on: &(dyn Fn() -> bool + Sync),
    each: impl Fn(u64) + Sync,
) {
    let next = AtomicU64::new(0);
    let one = || {
        while go_on() {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= seeds {
                break;
            }
            each(first.wrapping_add(n));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..jobs.max(1) {
            scope.spawn(one);
        }
        one();
    });
}
