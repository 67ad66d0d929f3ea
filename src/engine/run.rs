//! A whole run: a plan's world under its control plane, observed.

use super::build::any_node;
use super::plan_world::PlanWorld;
use super::setup::SetupError;
use crate::evidence::Observer;
use crate::provision::Choices;
use crate::record::{Gates, Handover, Observers, Record, device_records};
use crate::scenario::Plan;
use crate::scenario::plan::NodePlan;

/// Runs a plan to its end. `extra` hears everything too (a capture), and is handed back.
///
/// # Errors
/// Where the plan's names or ports collide, which its validation excludes.
pub fn run<C: Choices, O: Observer>(plan: &Plan, choices: C, extra: O) -> Result<(Record, O), SetupError> {
    run_with(plan, choices, extra, false)
}

/// The same, but that every event happens in the one order of keys: no node looks ahead. The record is the
/// same, which tests hold [`run`] against.
///
/// # Errors
/// As [`run`].
pub fn run_in_order<C: Choices, O: Observer>(plan: &Plan, choices: C, extra: O) -> Result<(Record, O), SetupError> {
    run_with(plan, choices, extra, true)
}

fn run_with<C: Choices, O: Observer>(
    plan: &Plan,
    choices: C,
    extra: O,
    in_order: bool,
) -> Result<(Record, O), SetupError> {
    let numbering = Gates::new(plan);
    let observers = Observers::new(plan, &numbering, extra);
    let node = |id, node: &NodePlan| any_node(plan.seed, id, node);
    let mut world = PlanWorld::new(plan, node, observers, numbering.clone(), choices)?;
    if in_order {
        world = world.in_order();
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
