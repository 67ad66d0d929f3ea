//! Many sound worlds, and what they came to.

use std::collections::BTreeMap;
use std::sync::Mutex;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::trial::{Alarm, SoundTrial, Suite, Twin, no_suite, try_sound};
use super::{SoundBounds, draw_sound};
use crate::swarm::crew::each_seed;
use crate::swarm::draw::DrawnWorld;

/// Which sound worlds to try.
pub struct Fleet<'f> {
    /// The first seed.
    pub first: u64,
    /// How many seeds, counting up.
    pub seeds: u64,
    /// How many worlds at once.
    pub jobs: usize,
    /// Within what they are drawn.
    pub bounds: SoundBounds,
    /// The suite of isolation.
    pub suite: Suite<'f>,
    /// One world of so many goes through the suite; 0: none.
    pub suite_each: u64,
    /// One world of so many has a twin with a fault; 0: none.
    pub twin_each: u64,
    /// Asked before each world: go on?
    pub go_on: &'f (dyn Fn() -> bool + Sync),
    /// Told after each world.
    pub told: &'f (dyn Fn(&SoundTrial) + Sync),
}

/// What came out.
#[derive(Debug, Default)]
pub struct Sailed {
    /// Worlds that were tried: these many from the first seed on, without a gap.
    pub worlds: u64,
    /// Worlds that could not be loaded, and the first of them.
    pub refused: (u64, Option<(u64, String)>),
    /// Worlds whose proof held.
    pub proved: u64,
    /// Worlds that went through the suite, and rows of it that passed.
    pub suites: (u64, u64),
    /// Lines of checks that passed.
    pub passes: u64,
    /// Frames that flows sent.
    pub frames: u64,
    /// What could not be told, by whom and why, with numbers as `#`: how often, and a seed.
    pub unknown: BTreeMap<(String, String), (u64, u64)>,
    /// What the profiles of devices are known to let pass.
    pub of_profile: BTreeMap<String, u64>,
    /// What was chosen for the worlds: how often.
    pub options: BTreeMap<(&'static str, String), u64>,
    /// Who was named for twins' faults, by kind of fault.
    pub named: BTreeMap<(&'static str, &'static str), u64>,
    /// What became of twins, by kind of fault.
    pub twins: BTreeMap<(&'static str, Twin), u64>,
    /// Of every world and its seed.
    pub digest: u64,
    /// Every world that was blamed, by seed.
    pub worlds_blamed: BTreeMap<u64, BlamedWorld>,
}

/// A world that was blamed, and for what. Its seed draws it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlamedWorld {
    /// How many tenants it has.
    pub tenants: u64,
    /// What else was chosen, as words: key and value.
    pub options: Vec<(&'static str, String)>,
    /// What it was blamed for.
    pub alarms: Vec<Alarm>,
}

impl Sailed {
    /// How many worlds were blamed for something.
    pub fn blamed(&self) -> u64 {
        self.worlds_blamed.len() as u64
    }

    fn add(&mut self, world: DrawnWorld, trial: SoundTrial) {
        let seed = world.seed;
        self.worlds += 1;
        self.proved += u64::from(trial.proved);
        self.passes += trial.passes;
        self.frames += trial.frames;
        if let Some(rows) = trial.suite {
            self.suites = (self.suites.0 + 1, self.suites.1 + rows);
        }
        for (by, why) in &trial.unknown {
            let told = self.unknown.entry((by.clone(), plain(why))).or_insert((0, seed));
            *told = (told.0 + 1, told.1.min(seed));
        }
        for what in &trial.of_profile {
            *self.of_profile.entry(what.clone()).or_default() += 1;
        }
        for (what, which) in &world.options {
            *self.options.entry((what, which.clone())).or_default() += 1;
        }
        if let Some((planting, twin, named)) = &trial.twin {
            *self.named.entry((planting.as_str(), named.as_str())).or_default() += 1;
            *self.twins.entry((planting.as_str(), *twin)).or_default() += 1;
        }
        // A sum is the same in any order; each summand has its seed in it.
        let own = xxh3_64_with_seed(&trial.digest.to_le_bytes(), seed);
        self.digest = self.digest.wrapping_add(own);
        if let Some(why) = &trial.refused {
            self.refused.0 += 1;
            if self.refused.1.as_ref().is_none_or(|(first, _)| seed < *first) {
                self.refused.1 = Some((seed, why.clone()));
            }
        }
        if !trial.alarms.is_empty() {
            let blamed = BlamedWorld {
                tenants: world.tenants,
                options: world.options,
                alarms: trial.alarms,
            };
            self.worlds_blamed.insert(seed, blamed);
        }
    }
}

/// A reason without what differs from world to world: words with a digit in them are `#`, and each
/// clause stands once.
fn plain(text: &str) -> String {
    let word = |word: &str| match word.contains(|c: char| c.is_ascii_digit()) {
        true => "#".to_owned(),
        false => word.to_owned(),
    };
    let mut clauses: Vec<String> = Vec::new();
    for clause in text.split("; ") {
        let words: Vec<String> = clause.split(' ').map(word).collect();
        let clause = words.join(" ");
        if !clause.is_empty() && !clauses.contains(&clause) {
            clauses.push(clause);
        }
    }
    clauses.join("; ")
}

/// Draws, runs and judges every world of a fleet.
pub fn sail(fleet: &Fleet<'_>) -> Sailed {
    let sailed = Mutex::new(Sailed::default());
    let picks = |each: u64, seed: u64| each > 0 && seed.is_multiple_of(each);
    each_seed(fleet.first, fleet.seeds, fleet.jobs, fleet.go_on, |seed| {
        let world = draw_sound(seed, &fleet.bounds);
        let suite: Suite<'_> = if picks(fleet.suite_each, seed) {
            fleet.suite
        } else {
            &no_suite
        };
        let trial = try_sound(&world, suite, picks(fleet.twin_each, seed));
        (fleet.told)(&trial);
        let mut sailed = sailed.lock().expect("no thread panics while it holds the sums");
        sailed.add(world, trial);
    });
    sailed.into_inner().expect("every thread has ended")
}
