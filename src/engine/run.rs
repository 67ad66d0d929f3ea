//! A whole run: a plan's world under its control plane, observed.

use super::build::setup;
use super::setup::SetupError;
use super::world::World;
use crate::control::Cloud;
use crate::evidence::Observer;
use crate::provision::Choices;
use crate::record::{Ended, Gates, Observers, Record, device_records};
use crate::scenario::Plan;

/// Runs a plan to its end. `extra` hears everything too (a capture), and is handed back.
///
/// # Errors
/// Where the plan's names or ports collide, which its validation excludes.
pub fn run<C: Choices, O: Observer>(plan: &Plan, choices: C, extra: O) -> Result<(Record, O), SetupError> {
    let numbering = Gates::new(plan);
    let observers = Observers::new(plan, &numbering, extra);
    let mut cloud = Cloud::new(plan, choices, numbering.clone());
    let mut world = World::new(setup(plan), observers)?;
    world.run(plan.end, &mut cloud);
    let outcome = world.finish();
    let ended = Ended {
        devices: device_records(plan, &numbering, &outcome.nodes),
        observers: outcome.observer,
        numbering,
        cloud: cloud.finish(plan.end),
        network: outcome.digest,
        stats: outcome.stats,
        end: outcome.end,
    };
    Ok(ended.record(plan))
}
