//! Provisioning faults: somebody asks the cloud for what it must not give.

use crate::provision::OperationName;
use crate::scenario::file::StepItem;
use crate::scenario::{Edit, ItemName, KeyChange, Loaded};
use crate::units::SimDuration;

/// Every step that calls this operation.
fn calls<'a>(world: &'a Loaded, operation: OperationName) -> impl Iterator<Item = (ItemName, &'a StepItem)> {
    world
        .expanded
        .steps()
        .filter(move |(_, step)| step.operation.value == operation)
}

/// A second `CreateVirtualBorderRouter` on one port.
pub fn second_vbr(world: &Loaded) -> Result<(Vec<Edit>, String), String> {
    let operation = OperationName::CreateVirtualBorderRouter;
    let first = calls(world, operation).min_by_key(|(_, step)| step.at.value);
    let (name, step) = first.ok_or_else(|| format!("no step of this scenario calls {}", operation.as_str()))?;
    let later = step.at.saturating_add(SimDuration::from_millis(100)).as_nanos();
    let changes = vec![KeyChange::drop("as"), KeyChange::set("at", &format!("{later}ns"))];
    let how = format!("{} is called a second time for one port", operation.as_str());
    Ok((vec![Edit::Copy(name, changes)], how))
}

/// Every port is asked for with the largest spec.
pub fn oversold(world: &Loaded) -> Result<(Vec<Edit>, String), String> {
    let sells = |step: &StepItem| step.with.0.iter().any(|(key, _)| key == "Spec");
    let edits: Vec<Edit> = calls(world, OperationName::CreateVirtualPhysicalConnection)
        .filter(|(_, step)| sells(step))
        .map(|(name, _)| Edit::set(name, "with.Spec", "10G"))
        .collect();
    match edits.len() {
        0 => Err("no step of this scenario sells a spec".to_owned()),
        1 => Err("one port of the largest spec fits its circuit".to_owned()),
        n => Ok((edits, format!("{n} ports are asked for with a spec of 10G each"))),
    }
}
