//! A whole run: a plan's world under its control plane, observed.

use super::build::any_node;
use super::plan_world::PlanWorld;
use super::setup::SetupError;
use crate::evidence::Observer;
use crate::provision::Choices;
use crate::record::{Gates, Handover, Observers, Record, Stats, device_records};
use crate::scenario::Plan;
use crate::scenario::plan::NodePlan;
use crate::units::{SimDuration, SimTime};

/// Runs a plan to its end. `extra` hears everything too (a capture), and is handed back.
///
/// # Errors
/// Where the plan's names or ports collide, which its validation excludes.
pub fn run<C: Choices, O: Observer>(plan: &Plan, choices: C, extra: O) -> Result<(Record, O), SetupError> {
    run_with(plan, choices, extra, Way::Ahead)
}

/// The same, but that every event happens in the one order of keys: no node looks ahead. The record is the
/// same, which tests hold [`run`] against.
///
/// # Errors
/// As [`run`].
pub fn run_in_order<C: Choices, O: Observer>(plan: &Plan, choices: C, extra: O) -> Result<(Record, O), SetupError> {
    run_with(plan, choices, extra, Way::InOrder)
}

/// The same as [`run`], and how far it is is told about a thousand times: the virtual time, and what was counted.
///
/// # Errors
/// As [`run`].
pub fn run_told<C: Choices, O: Observer>(
    plan: &Plan,
    choices: C,
    extra: O,
    tell: &mut dyn FnMut(SimTime, &Stats),
) -> Result<(Record, O), SetupError> {
    run_with(plan, choices, extra, Way::Told(tell))
}

/// How a run goes; its record does not depend on it.
enum Way<'t> {
    Ahead,
    InOrder,
    Told(&'t mut dyn FnMut(SimTime, &Stats)),
}

fn run_with<C: Choices, O: Observer>(
    plan: &Plan,
    choices: C,
    extra: O,
    way: Way<'_>,
) -> Result<(Record, O), SetupError> {
    let numbering = Gates::new(plan);
    let observers = Observers::new(plan, &numbering, extra);
    let node = |id, node: &NodePlan| any_node(plan.seed, id, node);
    let mut world = PlanWorld::new(plan, node, observers, numbering.clone(), choices)?;
    match way {
        Way::Ahead => {}
        Way::InOrder => world = world.in_order(),
        Way::Told(tell) => {
            let slice = SimDuration::from_nanos((plan.end.as_nanos() / 1_000).max(1));
            while world.now() < plan.end {
                world.run(world.now().saturating_add(slice).min(plan.end));
                tell(world.now(), &world.stats());
            }
        }
    }
    world.run(plan.end);
    let (outcome, cloud) = world.finish();
    let handover = Handover {
        devices: device_records(plan, &numbering, &outcome.nodes),
        observers: outcome.observer,
        numbering,
        cloud,
        network: outcome.digest,
        stats: outcome.stats,
        storm: outcome.storm,
        end: outcome.end,
    };
    Ok(handover.record(plan))
}
