//! How a fault comes into a world: by an edit of its scenario, which is then resolved anew; or, where
//! no scenario can say it, by other tables.

pub mod keys;
pub mod links;
pub mod moves;
pub mod steps;
pub mod tables;

use crate::forward::Planted;
use crate::scenario::{Edit, Loaded, Plan};

/// The edits that plant a fault, and a sentence of what they change; or why there is nothing to change.
pub type Plant = fn(&Loaded) -> Result<(Vec<Edit>, String), String>;

/// Changes a plan's tables, and says in a sentence what it changed; or why it has nothing to change.
pub type Patch = fn(&mut Plan) -> Result<String, String>;

/// How a fault is brought about.
#[derive(Debug, Clone, Copy)]
pub enum Injection {
    /// Every switch's forwarder has this fault, as if all ran one firmware.
    Quirk(Planted),
    /// The same, where a switch learns addresses: elsewhere the fault has nothing to spoil.
    Learner(Planted),
    /// Keys, steps or links are other than they should be.
    Edit(Plant),
    /// Tables are other than any scenario makes them.
    Tables(Patch),
    /// There is no mechanism for it here, and why.
    None(&'static str),
    /// It comes about with sessions or a second way to the cloud, which there are none of yet.
    Later,
}

impl Injection {
    /// The same world with the fault, and what was done; or why it cannot be.
    ///
    /// # Errors
    /// The fault has no mechanism, or this world has no place for it.
    pub fn apply(&self, world: &Loaded) -> Result<(Plan, String), String> {
        match self {
            Self::None(why) => Err((*why).to_owned()),
            Self::Later => Err("it needs sessions, or a second way to the cloud".to_owned()),
            Self::Learner(_) if !keys::learns(&world.plan) => {
                Err("no switch of this scenario learns addresses".to_owned())
            }
            Self::Learner(quirk) | Self::Quirk(quirk) => planted(world, keys::quirk(world, *quirk)),
            Self::Edit(plant) => planted(world, plant(world)),
            Self::Tables(patch) => {
                let mut plan = world.plan.clone();
                let how = patch(&mut plan)?;
                Ok((plan, how))
            }
        }
    }
}

/// The world after these edits.
fn planted(world: &Loaded, edits: Result<(Vec<Edit>, String), String>) -> Result<(Plan, String), String> {
    let (edits, how) = edits?;
    let edited = world.expanded.edit(&edits).map_err(|error| error.to_string())?;
    let plan = edited.resolve().map_err(|errors| {
        let first = errors.first().map(ToString::to_string).unwrap_or_default();
        format!("with the fault it is no scenario: {first}")
    })?;
    Ok((plan, how))
}
