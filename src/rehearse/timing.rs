//! When each step of a cutover is called and how it ends: the law alone, without frames.

use std::collections::BTreeMap;

use super::spoken::Spoken;
use super::world::World;
use crate::control::{Commands, Controller, Drawn, Timeline};
use crate::provision::{ResourceId, State};
use crate::record::Gates;
use crate::units::SimTime;

/// A step that was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// When.
    pub at: SimTime,
    /// The API's error code and message; `None`: it was accepted.
    pub error: Option<(String, String)>,
}

/// What the law made of a world.
#[derive(Debug)]
pub(super) struct Timing {
    /// Steps that were called, by name.
    pub calls: BTreeMap<String, Called>,
    /// The state before anything happened at the instant that was asked for; at the end where that comes later.
    pub seen: State,
    /// The state at the end.
    pub end: State,
    /// What names stand for at the end, by name.
    pub bound: BTreeMap<String, ResourceId>,
    /// What ids are called at the end.
    pub spoken: Spoken,
}

/// The names of all steps, in the order of the plan; empty for those without.
pub(super) fn names(world: &World) -> Vec<String> {
    let mut items: Vec<_> = world.expanded.file().provisioning.iter().collect();
    items.sort_by_key(|item| item.at.value);
    let name = |item: &&crate::scenario::file::StepItem| item.step.as_ref().map_or_else(String::new, |n| n.0.clone());
    items.iter().map(name).collect()
}

/// Runs the law of a world to its end; `look`: when its state is of interest.
pub(super) fn time(world: &World, look: SimTime) -> Timing {
    let plan = &world.plan;
    let mut timeline = Timeline::new(plan, Drawn::new(plan.seed), Gates::new(plan));
    let mut seen = None;
    while let Some(now) = timeline.next().filter(|now| *now <= plan.end) {
        if seen.is_none() && now >= look {
            seen = Some(timeline.law().state().clone());
        }
        timeline.act(now, &mut Commands::default());
    }
    let left = timeline.finish(plan.end);
    let names = names(world);
    let called = left.steps.iter().filter_map(|record| {
        let name = names.get(record.step as usize).filter(|name| !name.is_empty())?;
        let called = Called {
            at: record.at,
            error: record.error.clone(),
        };
        Some((name.clone(), called))
    });
    Timing {
        calls: called.collect(),
        seen: seen.unwrap_or_else(|| left.law.clone()),
        spoken: Spoken::new(plan, &left.circuits, &left.bound),
        end: left.law,
        bound: plan.bindings.iter().cloned().zip(left.bound).collect(),
    }
}
