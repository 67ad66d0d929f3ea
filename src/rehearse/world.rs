//! The worlds of a rehearsal: the scenario with its cutover, and the same without it.

use std::collections::BTreeSet;

use crate::scenario::file::StepItem;
use crate::scenario::{Cutover, Diagnostic, Edit, Expanded, ItemName, Plan, STEP_PREFIX};

/// A world that can be run.
#[derive(Debug, Clone)]
pub(super) struct World {
    /// The scenario, its cutover written out.
    pub expanded: Expanded,
    /// The cutover; `None` in a world without it.
    pub cutover: Option<Cutover>,
    /// What it means.
    pub plan: Plan,
}

fn told(errors: &[Diagnostic]) -> String {
    errors.first().map_or_else(String::new, |error| error.message.clone())
}

/// The scenario with its cutover. `written` edits come before its steps are written out, `lowered` ones after.
///
/// # Errors
/// It cannot be run; the text says why.
pub(super) fn with(scenario: &Expanded, written: &[Edit], lowered: &[Edit]) -> Result<World, String> {
    let edited = scenario.edit(written).map_err(|error| error.to_string())?;
    let whole = edited.lowered().map_err(|errors| told(&errors))?;
    let expanded = whole.expanded.edit(lowered).map_err(|error| error.to_string())?;
    let plan = expanded.resolve().map_err(|errors| told(&errors))?;
    Ok(World {
        expanded,
        cutover: whole.cutover,
        plan,
    })
}

/// The same scenario without its cutover, and without what the file says of the cutover's own ports and steps.
///
/// # Errors
/// It cannot be run; the text says why.
pub(super) fn without(
    scenario: &Expanded,
    cutover: &Cutover,
    written: &[Edit],
    lowered: &[Edit],
) -> Result<World, String> {
    let mut edits = written.to_vec();
    edits.retain(|edit| !is_of_cutover(edit));
    edits.push(Edit::drop(ItemName::scenario(), "cutover"));
    edits.extend(leaning(scenario, cutover).into_iter().map(Edit::Remove));
    edits.extend_from_slice(lowered);
    let expanded = scenario.edit(&edits).map_err(|error| error.to_string())?;
    let plan = expanded.resolve().map_err(|errors| told(&errors))?;
    Ok(World {
        expanded,
        cutover: None,
        plan,
    })
}

/// Does an edit change the cutover alone?
fn is_of_cutover(edit: &Edit) -> bool {
    match edit {
        Edit::Change(item, changes) if *item == ItemName::scenario() => changes
            .iter()
            .all(|change| change.key.split('.').next() == Some("cutover")),
        _ => false,
    }
}

/// Steps of the file that lean on the cutover: they name what it makes, follow a step of it, or lean on such a
/// step.
fn leaning(scenario: &Expanded, cutover: &Cutover) -> BTreeSet<ItemName> {
    let made = cutover
        .units
        .iter()
        .flat_map(|unit| [unit.port.clone(), format!("{}-new", unit.vbr)]);
    let mut names: BTreeSet<String> = made.collect();
    let mut found: BTreeSet<ItemName> = BTreeSet::new();
    let leans = |step: &StepItem, names: &BTreeSet<String>| {
        let named = step.with.0.iter().any(|(_, value)| names.contains(value.0.as_str()));
        let mut follows = step.after.iter().map(|after| after.step.0.as_str());
        named || follows.any(|step| step.starts_with(STEP_PREFIX) || names.contains(step))
    };
    loop {
        let before = found.len();
        for (item, step) in scenario
            .steps()
            .filter(|(_, step)| leans(step, &names))
            .collect::<Vec<_>>()
        {
            found.insert(item);
            let own = step.bind.iter().chain(&step.step);
            names.extend(own.map(|name| name.0.clone()));
        }
        if found.len() == before {
            return found;
        }
    }
}
