//! Detection power: real faults are injected one by one, and every engine says what it noticed.
//!
//! Invariant: an engine is given a plan and nothing else; it cannot know which fault is in it. A
//! fault is killed where an engine raises an alarm that it does not raise in the healthy world.

mod catalogue;
mod engines;
mod inject;
mod matrix;
mod work;

use std::collections::{BTreeMap, BTreeSet};

pub use catalogue::{FAULTS, Fault};
pub use engines::{Engine, Heard, SUITE, Share, engines};
pub use inject::Injection;
pub use matrix::{Standing, Study};
pub use work::{Bounds, LARGE, Step, run};

use crate::scenario::Plan;
use crate::scenario::plan::Expected;

/// What became of a fault in one world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was injected; what noticed it, by engine. Nothing: it survived.
    Injected {
        /// What was changed, in a sentence.
        how: String,
        /// New alarms of each engine, by its name.
        alarms: BTreeMap<&'static str, BTreeSet<String>>,
        /// Engines that could not run such a world, and why.
        failed: BTreeMap<&'static str, String>,
    },
    /// It cannot come about here, and why.
    NotApplicable(String),
    /// It was not tried here: a world before has killed it.
    Spared,
}

impl Outcome {
    /// Did anything notice it?
    pub fn is_killed(&self) -> bool {
        matches!(self, Self::Injected { alarms, .. } if !alarms.is_empty())
    }
    /// Was it there and nothing noticed it?
    pub fn survived(&self) -> bool {
        matches!(self, Self::Injected { alarms, .. } if alarms.is_empty())
    }
}

/// What the faults came to in one world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// The scenario's name.
    pub scenario: String,
    /// Its tenants.
    pub tenants: usize,
    /// How much of the suite it got.
    pub share: Share,
    /// What each engine asked of the healthy world, and its alarms there: there should be none.
    pub healthy: BTreeMap<&'static str, Result<Heard, String>>,
    /// Each fault by its id.
    pub outcomes: Vec<(&'static str, Outcome)>,
}

impl Matrix {
    /// Does a healthy world raise an alarm, or could an engine not run it?
    pub fn false_alarms(&self) -> Vec<String> {
        let said = |(engine, heard): (&&str, &Result<Heard, String>)| match heard {
            Ok(heard) if heard.alarms.is_empty() => None,
            Ok(heard) => Some(format!(
                "{engine} raises {} in the healthy world",
                heard.alarms.iter().cloned().collect::<Vec<_>>().join(", ")
            )),
            Err(why) => Some(format!("{engine} cannot run the healthy world: {why}")),
        };
        self.healthy.iter().filter_map(said).collect()
    }
}

/// Why faults cannot be injected into a world: by its own expectations it is not healthy.
pub fn ailing(plan: &Plan) -> Option<String> {
    let ill = plan
        .expect
        .iter()
        .find(|expectation| expectation.expected != Expected::Pass)?;
    Some(format!(
        "line {} expects that it does not hold: it is no healthy world",
        ill.line
    ))
}

/// To which family an engine's alarm belongs: vectors stand in groups, anything else for itself.
pub fn family<'a>(engine: &str, alarm: &'a str) -> &'a str {
    match engine == SUITE {
        true => alarm.get(..1).unwrap_or(alarm),
        false => alarm,
    }
}
