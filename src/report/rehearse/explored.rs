//! Every interleaving: who was explored with whom, what was found, and what is stuck.

use super::SHOWN;
use crate::check::{Field, Unit, Value, thousands};
use crate::rehearse::Rehearsal;
use crate::rehearse::explore::{Group, Reached, Told, Violation};
use crate::rehearse::states::HalfDone;
use crate::report::document::{Block, Column, Finding, Findings, For, Outcome as Stands, Part, Shown, Table};

/// Names of tenants that are shown of a long list.
const NAMES: usize = 4;

/// What is told of the interleavings; nothing where they were not explored.
pub(super) fn parts(rehearsal: &Rehearsal) -> Vec<Part> {
    let mut parts = Vec::new();
    if let Some(explored) = &rehearsal.explored {
        let verdict = rehearsal.interleavings().map_or("", |verdict| verdict.as_str());
        let bounds = &explored.bounds;
        parts.push(Part::Line(format!(
            "  interleavings {verdict}: {} states with up to {} faults",
            thousands(explored.states()),
            bounds.faults
        )));
        parts.extend(
            explored
                .argument
                .iter()
                .map(|sentence| Part::Line(format!("    {sentence}"))),
        );
    }
    let groups: Vec<&Group> = rehearsal
        .explored
        .iter()
        .flat_map(|explored| &explored.groups)
        .collect();
    parts.push(Part::Table(explored(&groups)));
    parts.push(Part::Findings(violations(&groups)));
    for violation in groups.iter().flat_map(|group| &group.violations) {
        parts.extend(replay(violation));
    }
    parts.push(Part::Table(stuck(&groups)));
    parts.push(Part::Table(terminal(&groups)));
    parts
}

/// The first of a long list of names, and how many more there are.
fn few(names: &[String]) -> String {
    let first: Vec<&str> = names.iter().take(NAMES).map(String::as_str).collect();
    match names.len().checked_sub(NAMES).filter(|more| *more > 0) {
        Some(more) => format!("{} and {} more", first.join(", "), thousands(more as u64)),
        None => first.join(", "),
    }
}

fn reached(reached: Option<&Reached>) -> String {
    match reached {
        None => String::new(),
        Some(Reached::States(states)) => format!("the bound of {} states", thousands(u64::from(*states))),
        Some(Reached::Memory(octets)) => format!("the bound of {octets} of memory"),
        Some(Reached::Together(tenants)) => format!(
            "{} tenants are coupled, more than are explored together",
            thousands(*tenants as u64)
        ),
    }
}

fn explored(groups: &[&Group]) -> Table {
    let columns = [
        Column::of("tenants", "", Unit::Count, For::Programs),
        Column::of("speaks_for", "", Unit::Count, For::Programs),
        Column::of("", "tenants", Unit::Count, For::People),
        Column::of("", "speaks for", Unit::Count, For::People),
        Column::new("states", "states"),
        Column::new("transitions", "steps"),
        Column::new("longest_sequence", "longest sequence"),
        Column::unit("memory", "memory", Unit::Octets),
        Column::new("reduced", "reduced"),
        Column::new("reached", "bound reached"),
    ];
    let mut table = Table::new("explored", "explored together", &columns, SHOWN);
    for group in groups {
        table.push(vec![
            Value::names(group.tenants.iter().cloned()),
            Value::names(group.speaks_for.iter().cloned()),
            Value::Text(few(&group.tenants)),
            Value::Text(few(&group.speaks_for)),
            Value::count(group.states),
            Value::count(group.transitions),
            Value::count(group.depth),
            Value::octets(group.memory.get()),
            Value::Flag(group.reduced),
            Value::Text(reached(group.reached.as_ref())),
        ]);
    }
    table
}

fn sequence(told: &[Told]) -> Vec<String> {
    let each = told.iter().map(|told| {
        let fault = if told.fault { " (a fault)" } else { "" };
        format!("{}, {}: {}{fault}", told.tenant, told.by, told.deed)
    });
    each.collect()
}

/// What does not hold, each with the shortest sequence that shows it.
fn violations(groups: &[&Group]) -> Findings {
    let all = groups
        .iter()
        .flat_map(|group| group.violations.iter().map(|violation| (*group, violation)));
    let findings = all.map(|(group, violation)| {
        let steps = sequence(&violation.sequence);
        let scenario = violation.scenario.as_ref();
        let mut details = steps.clone();
        details.extend(scenario.err().map(|why| format!("no scenario replays it: {why}")));
        Finding {
            outcome: Stands::Bad,
            verdict: "FAIL".to_owned(),
            check: violation.invariant.name().to_owned(),
            subject: few(&group.tenants),
            name: format!("{} of {}", violation.invariant.name(), few(&group.tenants)),
            text: violation.says.clone(),
            details,
            explains: true,
            fields: vec![
                Field::new("invariant", Value::text(violation.invariant.name())),
                Field::new("tenants", Value::names(group.tenants.iter().cloned())),
                Field::new("says", Value::text(&violation.says)),
                Field::new("sequence", Value::names(steps)),
                Field::new("scenario", scenario.map_or(Value::Nothing, Value::text)),
            ],
            ..Finding::default()
        }
    });
    Findings {
        key: "violations",
        shown: Shown::Wrong,
        most: 0,
        findings: findings.collect(),
    }
}

/// The scenario that replays a violation.
fn replay(violation: &Violation) -> Option<Part> {
    let scenario = violation.scenario.as_ref().ok()?;
    Some(Part::Block(Block {
        title: format!("  {}: a scenario that replays it", violation.invariant.name()),
        lines: scenario.lines().map(|line| format!("    {line}")).collect(),
        shown: 0,
    }))
}

fn names(all: &[HalfDone]) -> Value {
    Value::names(all.iter().map(|state| state.name()))
}

/// States from which no steps lead to where each conversion is done or not begun.
fn stuck(groups: &[&Group]) -> Table {
    let columns = [
        Column::new("stands_at", "stuck at"),
        Column::new("states", "states"),
        Column::new("sequence", "a shortest sequence to one"),
    ];
    let mut table = Table::new(
        "stuck",
        "stuck, faults aside: no steps lead to done or not begun",
        &columns,
        SHOWN,
    );
    for group in groups {
        for (at, (states, told)) in &group.stuck {
            table.push(vec![
                names(at),
                Value::count(*states),
                Value::Text(sequence(told).join("; ")),
            ]);
        }
    }
    table
}

/// States in which no step leads on.
fn terminal(groups: &[&Group]) -> Table {
    let columns = [Column::new("stands_at", "ends at"), Column::new("states", "states")];
    let mut table = Table::new("terminal", "states in which no step leads on", &columns, 0);
    for group in groups {
        for (at, states) in &group.terminal {
            table.push(vec![names(at), Value::count(*states)]);
        }
    }
    table
}
