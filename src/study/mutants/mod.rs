//! Detection power: real faults are injected one by one, and every engine says what it noticed.
//!
//! Invariant: an engine is given a plan and nothing else; it cannot know which fault is in it. A
//! fault is killed where an engine raises an alarm that it does not raise in the healthy world.

mod catalogue;
mod engines;
mod inject;

use std::collections::{BTreeMap, BTreeSet};

pub use catalogue::{FAULTS, Fault};
pub use engines::{Engine, engines};
pub use inject::Injection;

use crate::scenario::Plan;

/// What became of a fault.
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
    /// Alarms of each engine in the healthy world: there should be none.
    pub healthy: BTreeMap<&'static str, Result<BTreeSet<String>, String>>,
    /// Everything that each engine could have raised an alarm by.
    pub able: BTreeMap<&'static str, BTreeSet<String>>,
    /// Each fault by its id.
    pub outcomes: Vec<(&'static str, Outcome)>,
}

impl Matrix {
    /// What never noticed anything, by engine.
    pub fn idle(&self) -> BTreeMap<&'static str, BTreeSet<String>> {
        let mut idle = self.able.clone();
        for (_, outcome) in &self.outcomes {
            if let Outcome::Injected { alarms, .. } = outcome {
                for (engine, heard) in alarms {
                    if let Some(able) = idle.get_mut(engine) {
                        able.retain(|alarm| !heard.contains(alarm));
                    }
                }
            }
        }
        idle
    }

    /// Does a healthy world raise an alarm, or could an engine not run it?
    pub fn false_alarms(&self) -> Vec<String> {
        let said = |(engine, heard): (&&str, &Result<BTreeSet<String>, String>)| match heard {
            Ok(alarms) if alarms.is_empty() => None,
            Ok(alarms) => Some(format!(
                "{engine} raises {} in the healthy world",
                alarms.iter().cloned().collect::<Vec<_>>().join(", ")
            )),
            Err(why) => Some(format!("{engine} cannot run the healthy world: {why}")),
        };
        self.healthy.iter().filter_map(said).collect()
    }
}

/// Faults that were injected into some of these worlds, and killed in none.
pub fn survivors(matrices: &[Matrix]) -> BTreeSet<&'static str> {
    let ids = |is: fn(&Outcome) -> bool| {
        let all = matrices.iter().flat_map(|matrix| &matrix.outcomes);
        all.filter(move |(_, outcome)| is(outcome)).map(|(id, _)| *id)
    };
    let killed: BTreeSet<_> = ids(Outcome::is_killed).collect();
    ids(Outcome::survived).filter(|id| !killed.contains(id)).collect()
}

/// Injects each of these faults into the world of a plan and asks every engine. `told` hears of each
/// fault before it is tried.
pub fn run(plan: &Plan, faults: &[Fault], engines: &[Engine], mut told: impl FnMut(&Fault)) -> Matrix {
    let heard = |engine: &Engine, plan: &Plan| (engine.alarms)(plan);
    let healthy: BTreeMap<_, _> = engines
        .iter()
        .map(|engine| (engine.name, heard(engine, plan)))
        .collect();
    let outcomes = faults.iter().map(|fault| {
        told(fault);
        let outcome = match fault.injection.apply(plan) {
            Err(why) => Outcome::NotApplicable(why),
            Ok((world, how)) => {
                let (mut alarms, mut failed) = (BTreeMap::new(), BTreeMap::new());
                for engine in engines {
                    let before = healthy[engine.name].as_ref().ok();
                    match heard(engine, &world) {
                        Ok(mut now) => {
                            now.retain(|alarm| before.is_none_or(|before| !before.contains(alarm)));
                            if !now.is_empty() {
                                alarms.insert(engine.name, now);
                            }
                        }
                        Err(why) => {
                            failed.insert(engine.name, why);
                        }
                    }
                }
                Outcome::Injected { how, alarms, failed }
            }
        };
        (fault.id, outcome)
    });
    let outcomes = outcomes.collect();
    Matrix {
        scenario: plan.name.clone(),
        able: engines
            .iter()
            .map(|engine| (engine.name, (engine.able)(plan)))
            .collect(),
        healthy,
        outcomes,
    }
}
