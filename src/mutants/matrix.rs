//! What the faults came to over all worlds.

use std::collections::{BTreeMap, BTreeSet};

use super::{Fault, Injection, Matrix, Outcome};

/// All worlds together.
#[derive(Debug, Clone)]
pub struct Study {
    /// What was asked for, in order.
    pub faults: Vec<Fault>,
    /// Each world, in the order in which they were given.
    pub worlds: Vec<Matrix>,
    /// Worlds that are not healthy by what they say of themselves: name, and why.
    pub left_out: Vec<(String, String)>,
}

/// How a fault stands over all worlds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Some world shows it: what noticed it, by engine, over all worlds.
    Killed(BTreeMap<&'static str, BTreeSet<String>>),
    /// It was injected, and no world shows it: how it was injected first.
    Survived(String),
    /// No world has a place for it: why the first has none.
    NotApplicable(String),
    /// It needs sessions, or a second way to the cloud.
    Open,
}

impl Study {
    fn outcomes<'a>(&'a self, id: &'a str) -> impl Iterator<Item = (&'a Matrix, &'a Outcome)> {
        let of = move |world: &'a Matrix| {
            let found = world.outcomes.iter().find(|(fault, _)| *fault == id);
            found.map(|(_, outcome)| (world, outcome))
        };
        self.worlds.iter().filter_map(of)
    }

    /// How a fault stands.
    pub fn standing(&self, fault: &Fault) -> Standing {
        if matches!(fault.injection, Injection::Later) {
            return Standing::Open;
        }
        let mut by: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
        let (mut survived, mut without) = (None, None);
        for (_, outcome) in self.outcomes(fault.id) {
            match outcome {
                Outcome::Injected { how, alarms, .. } => {
                    survived.get_or_insert(how);
                    for (engine, heard) in alarms {
                        by.entry(engine).or_default().extend(heard.iter().cloned());
                    }
                }
                Outcome::NotApplicable(why) => {
                    without.get_or_insert(why);
                }
                Outcome::Spared => {}
            }
        }
        match (by.is_empty(), survived, without) {
            (false, ..) => Standing::Killed(by),
            (true, Some(how), _) => Standing::Survived(how.clone()),
            (true, None, why) => Standing::NotApplicable(why.cloned().unwrap_or_default()),
        }
    }

    /// Names of the worlds that kill a fault.
    pub fn killers<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a str> {
        let kills =
            |(world, outcome): (&'a Matrix, &'a Outcome)| outcome.is_killed().then_some(world.scenario.as_str());
        self.outcomes(id).filter_map(kills)
    }

    /// What raised no alarm for any fault in any world, by engine.
    pub fn idle(&self) -> BTreeMap<&'static str, BTreeSet<String>> {
        let mut idle: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
        for (engine, heard) in self.worlds.iter().flat_map(|world| &world.healthy) {
            let able = heard.iter().flat_map(|heard| heard.able.iter().cloned());
            idle.entry(engine).or_default().extend(able);
        }
        for (_, outcome) in self.worlds.iter().flat_map(|world| &world.outcomes) {
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

    /// Alarms of healthy worlds: the world, and what is said.
    pub fn false_alarms(&self) -> Vec<(&str, String)> {
        let of = |world: &'_ Matrix| world.false_alarms();
        let named = self
            .worlds
            .iter()
            .flat_map(|world| of(world).into_iter().map(move |alarm| (world, alarm)));
        named.map(|(world, alarm)| (world.scenario.as_str(), alarm)).collect()
    }

    /// Faults that were injected somewhere, and killed nowhere.
    pub fn survivors(&self) -> BTreeSet<&'static str> {
        let survived = |fault: &&Fault| matches!(self.standing(fault), Standing::Survived(_));
        self.faults.iter().filter(survived).map(|fault| fault.id).collect()
    }

    /// Is any fault killed? Where none is, nothing was shown.
    pub fn kills(&self) -> bool {
        self.faults
            .iter()
            .any(|fault| matches!(self.standing(fault), Standing::Killed(_)))
    }
}
