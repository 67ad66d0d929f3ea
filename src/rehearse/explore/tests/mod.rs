//! What the exploration finds, what it must find, and that it is what it says it is.

mod alone;
mod doubles;
mod replays;
mod shared;

use super::*;
use crate::rehearse::tests::world::legacy;

/// Tenants with 100 Mbit/s each on a circuit of so many Mbit/s.
fn world(tenants: usize, circuit_mbps: u32, policies: &[(&str, &str)], bounds: Bounds) -> World {
    let (state, conversions) = legacy(tenants, circuit_mbps, policies);
    let names = (1..=tenants).map(|n| format!("tenant-{n}")).collect();
    World::new(state, conversions, names, bounds)
}

fn bounds(faults: u8, conversions: u8) -> Bounds {
    Bounds {
        faults,
        conversions,
        ..Bounds::default()
    }
}

fn only(exploration: Exploration) -> Group {
    assert_eq!(exploration.groups.len(), 1, "one group");
    exploration.groups.into_iter().next().unwrap()
}

/// The group of several.
fn joint(exploration: Exploration) -> Group {
    let mut groups = exploration.groups.into_iter().filter(|group| group.tenants.len() > 1);
    groups.next().unwrap()
}

/// A sequence in one line.
fn line(sequence: &[Told]) -> String {
    let deeds: Vec<&str> = sequence.iter().map(|told| told.deed.as_str()).collect();
    deeds.join(", ")
}

/// Violations in one line each.
fn shown(exploration: &Exploration) -> Vec<String> {
    let violations = exploration.groups.iter().flat_map(|group| &group.violations);
    violations
        .map(|v| format!("{}: {} after {}", v.invariant.name(), v.says, line(&v.sequence)))
        .collect()
}
