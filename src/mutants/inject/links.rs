//! Physical faults: circuits that lose, corrupt or go down.

use crate::scenario::plan::LinkRole;
use crate::scenario::{Edit, Loaded, Section};
use crate::units::{SimDuration, SimTime};

/// The first circuit's name.
fn circuit(world: &Loaded) -> Result<String, String> {
    let mut circuits = world.plan.links.iter().filter(|link| link.role == LinkRole::Circuit);
    let first = circuits.next().ok_or("the scenario has no circuit")?;
    Ok(first.name.clone())
}

/// A fault of a link: its own key, and what else it says.
fn fault(at: SimTime, key: &str, link: &str, more: &str) -> Edit {
    let at = at.as_nanos();
    Edit::Add(Section::Faults, format!("{{ at: {at}ns, {key}: \"{link}\"{more} }}"))
}

/// The middle of the run's last half, when what should flow does.
fn late(world: &Loaded) -> SimTime {
    SimTime::from_nanos(world.plan.end.as_nanos() / 4 * 3)
}

/// Nothing passes for half a minute, or until the end.
pub fn down_for_half_a_minute(world: &Loaded) -> Result<(Vec<Edit>, String), String> {
    let name = circuit(world)?;
    let from = late(world);
    let until = from.saturating_add(SimDuration::from_secs(30));
    let mut edits = vec![fault(from, "cut", &name, "")];
    if until < world.plan.end {
        edits.push(fault(until, "restore", &name, ""));
    }
    Ok((edits, format!("{name} is down for 30 s from {from} on")))
}

/// One frame of fifty.
pub fn corrupts(world: &Loaded) -> Result<(Vec<Edit>, String), String> {
    let name = circuit(world)?;
    let edits = vec![fault(SimTime::ZERO, "corrupt", &name, ", share: 2%")];
    Ok((edits, format!("{name} corrupts one frame of fifty")))
}

/// Three times down for a tenth of a second.
pub fn flaps(world: &Loaded) -> Result<(Vec<Edit>, String), String> {
    let name = circuit(world)?;
    let mut when = late(world);
    let mut edits = Vec::new();
    for _ in 0..3 {
        edits.push(fault(when, "cut", &name, ""));
        when = when.saturating_add(SimDuration::from_millis(100));
        edits.push(fault(when, "restore", &name, ""));
        when = when.saturating_add(SimDuration::from_millis(100));
    }
    Ok((edits, format!("{name} goes down three times for 100 ms")))
}

/// Every third frame to the cloud.
pub fn one_way(world: &Loaded) -> Result<(Vec<Edit>, String), String> {
    let name = circuit(world)?;
    let edits = vec![fault(SimTime::ZERO, "lose", &name, ", share: 33.3333333%, way: a_to_b")];
    Ok((edits, format!("{name} loses every third frame one way")))
}

/// From some time on nothing passes.
pub fn cut(world: &Loaded) -> Result<(Vec<Edit>, String), String> {
    let name = circuit(world)?;
    let from = late(world);
    Ok((vec![fault(from, "cut", &name, "")], format!("{name} is cut at {from}")))
}
