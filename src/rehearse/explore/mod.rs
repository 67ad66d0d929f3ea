//! Every interleaving: all orders of what partner, tenant and cloud may do in conversions, with up to so
//! many faults, over exact states of the law.
//!
//! A state is the law with everything that is on its way, the partner's own switch, and how much of the
//! bounds is used up. What takes time comes about at any later point of a sequence, so that every order of
//! outcomes is among them. Each call is tried in each state: one that is refused, a dry run, and a repeated
//! token must leave everything as it is; a caller that is answered `TaskConflict` and repeats is at the same
//! state again. Invariants are held in every state and over every step.
//!
//! - `world`: where it begins. `deed`: what may be done. `node`: the transition. `key`: exact keys.
//! - `invariants`: what must hold. `leads`: whether what is said to lead on and back does. `search`: the search. `replay`: a sequence as a scenario.
//! - `coupling`: who has to be explored together. `result`: what was found, as data.

mod coupling;
mod deed;
mod invariants;
mod key;
mod leads;
mod node;
mod replay;
mod result;
mod search;
#[cfg(test)]
mod tests;
mod world;

pub use coupling::Shared;
pub use deed::{Act, Deed, Kind};
pub use invariants::Invariant;
pub use node::{Behaviour, Bills, Edge, Node, TheLaw};
pub use result::{Bounds, Exploration, Group, Reached, Seen, Told, Verdict, Violation};
pub use world::{World, foundation};

use std::collections::BTreeMap;

use crate::scenario::Plan;

/// Explores every conversion that a plan can make of the legacy VBRs it sets up.
pub fn explore(plan: &Plan, bounds: &Bounds) -> Exploration {
    explore_world(&World::of_plan(plan, *bounds), &TheLaw)
}

/// The same of a world, under the law or a double of it.
pub fn explore_world(world: &World, behaviour: &dyn Behaviour) -> Exploration {
    let groups = coupling::groups(world);
    let argument = argument(world, &groups);
    let mut explored: Vec<Group> = Vec::new();
    let mut done: Vec<(usize, usize)> = Vec::new();
    let alone = groups
        .iter()
        .filter(|(members, by)| members.len() == 1 || is_reduced(world, by));
    let mut alone: Vec<usize> = alone.flat_map(|(members, _)| members.iter().copied()).collect();
    alone.sort_unstable();
    for one in alone {
        let alike = done.iter().find(|(other, _)| coupling::are_alike(world, *other, one));
        if let Some((_, at)) = alike.copied() {
            explored[at].speaks_for.push(world.names[one].clone());
        } else {
            done.push((one, explored.len()));
            explored.push(together(world, behaviour, &[one], Vec::new()));
        }
    }
    for (members, by) in groups.into_iter().filter(|(members, _)| members.len() > 1) {
        explored.push(together(world, behaviour, &members, by));
    }
    Exploration {
        bounds: world.bounds,
        groups: explored,
        argument,
    }
}

/// Is what is of one tenant alone left out among tenants that are coupled by these?
fn is_reduced(world: &World, by: &[Shared]) -> bool {
    let by_amounts = by
        .iter()
        .all(|shared| matches!(shared, Shared::Bandwidth(_) | Shared::Ports(_)));
    world.bounds.reduced && by_amounts && !by.is_empty()
}

fn together(world: &World, behaviour: &dyn Behaviour, members: &[usize], coupled_by: Vec<Shared>) -> Group {
    let most = usize::from(world.bounds.together.max(1));
    let reached = (members.len() > most).then_some(Reached::Together(members.len()));
    let reduced = is_reduced(world, &coupled_by);
    let mut world = world.only(&members[..members.len().min(most)]);
    world.bounds.reduced = reduced;
    if members.len() > 1 {
        world.bounds.conversions = world.bounds.conversions_together;
    }
    let group = Group {
        tenants: world.names.clone(),
        speaks_for: Vec::new(),
        coupled_by,
        states: 0,
        by_faults: vec![0; usize::from(world.bounds.faults) + 1],
        transitions: 0,
        idle: 0,
        refused: BTreeMap::new(),
        depth: 0,
        names: BTreeMap::new(),
        terminal: BTreeMap::new(),
        stuck: BTreeMap::new(),
        violations: Vec::new(),
        reached,
        reduced,
        memory: crate::units::ByteCount::ZERO,
    };
    search::search(&world, behaviour, group)
}

/// Why tenants of different groups need not be explored together.
fn argument(world: &World, groups: &[(Vec<usize>, Vec<Shared>)]) -> Vec<String> {
    let names = |members: &[usize]| {
        let names: Vec<&str> = members.iter().map(|i| world.names[*i].as_str()).collect();
        names.join(", ")
    };
    let mut sentences = Vec::new();
    for (members, by) in groups.iter().filter(|(members, _)| members.len() > 1) {
        let by: Vec<String> = by.iter().map(ToString::to_string).collect();
        sentences.push(format!(
            "{} contend for {} and are explored together.",
            names(members),
            by.join(" and ")
        ));
    }
    if groups.len() > 1 {
        sentences.push(
            "Tenants of different groups share no object that one could take from another: each has its account, VBR, \
             port, VLAN and tokens for itself, and what is left on its circuit suffices for the most that all may order. \
             A call of one is therefore accepted or refused whatever the others did, and changes nothing of theirs. So the \
             states of all are the combinations of the states of each, as far as the number of faults goes, and what \
             holds in each alone holds in all together."
                .to_owned(),
        );
    }
    sentences
}
