//! What `trunklab diff` says: what changes for whom between two scenarios, and where their runs part.

use super::document::{Column, Document, Finding, Findings, Outcome, Part, Section, Shown, Table};
use crate::check::{Field, Value, thousands};
use crate::study::diff::{Change, Difference, Parting, Told};

/// The version of what programs read; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.diff/1";

/// Rows of a table that text shows.
const SHOWN: usize = 40;

/// What is held against what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sides {
    /// The files as the user named them.
    pub files: [String; 2],
    /// Their seeds.
    pub seeds: [u64; 2],
}

/// What is said of two scenarios.
pub fn differences(sides: &Sides, found: &Difference) -> Document {
    let [a, b] = &sides.files;
    let mut parts = vec![Part::Fields(head(sides, found)), Part::Table(changes(found))];
    parts.push(Part::Fields(vec![Field::new("first_call", calls(&found.call))]));
    if let Some(line) = first_call(&found.call) {
        parts.extend(line.into_iter().map(Part::Line));
    }
    parts.push(Part::Fields(vec![Field::new(
        "parting",
        found.parting.as_ref().map_or(Value::Nothing, parting),
    )]));
    parts.extend(parted(found).into_iter().map(Part::Line));
    parts.push(Part::Findings(finding(found)));
    Document {
        format: FORMAT,
        title: "trunklab diff",
        parts: vec![Part::Sections {
            key: "differences",
            shown: usize::MAX,
            sections: vec![Section {
                source: format!("{a} -> {b}"),
                name: format!("{a} {b}"),
                subtitle: subtitle(found),
                properties: Vec::new(),
                parts,
            }],
        }],
    }
}

fn head(sides: &Sides, found: &Difference) -> Vec<Field> {
    vec![
        Field::new("first", Value::text(&sides.files[0])),
        Field::new("second", Value::text(&sides.files[1])),
        Field::new("first_seed", Value::label(sides.seeds[0])),
        Field::new("second_seed", Value::label(sides.seeds[1])),
        Field::new("facts", Value::count(found.facts)),
        Field::new("differ", Value::count(found.changes.len())),
        Field::new("tenants_with_changes", Value::count(found.by_tenant().len())),
        Field::new("first_events", Value::count(found.events[0])),
        Field::new("second_events", Value::count(found.events[1])),
    ]
}

fn subtitle(found: &Difference) -> String {
    if found.is_none() {
        return format!(
            ": nothing differs in {} facts and {} events",
            thousands(found.facts),
            thousands(found.events[0])
        );
    }
    let whom = found.by_tenant().len() as u64;
    format!(
        ": {} of {} facts differ, for {} account{}",
        thousands(found.changes.len() as u64),
        thousands(found.facts),
        thousands(whom),
        if whom == 1 { "" } else { "s" }
    )
}

const CHANGES: [Column; 5] = [
    Column::new("tenant", "of"),
    Column::new("aspect", "aspect"),
    Column::new("subject", "what"),
    Column::new("before", "first"),
    Column::new("after", "second"),
];

fn changes(found: &Difference) -> Table {
    let mut table = Table::new("changes", "what differs at the end", &CHANGES, SHOWN);
    for Change { key, before, after } in &found.changes {
        let side = |side: &Option<String>| side.as_ref().map_or(Value::Nothing, Value::text);
        table.push(vec![
            Value::text(&key.tenant),
            Value::text(key.aspect.as_str()),
            Value::text(&key.subject),
            side(before),
            side(after),
        ]);
    }
    table
}

fn call(told: &Told) -> Value {
    Value::Fields(vec![
        Field::new("at", Value::at(told.at)),
        Field::new("text", Value::text(&told.text)),
    ])
}

fn calls(both: &[Option<Told>; 2]) -> Value {
    let [a, b] = both;
    if (a, b) == (&None, &None) {
        return Value::Nothing;
    }
    let side = |side: &Option<Told>| side.as_ref().map_or(Value::Nothing, call);
    Value::Fields(vec![Field::new("first", side(a)), Field::new("second", side(b))])
}

fn first_call([a, b]: &[Option<Told>; 2]) -> Option<Vec<String>> {
    if (a, b) == (&None, &None) {
        return None;
    }
    let side = |word: &str, side: &Option<Told>| match side {
        Some(told) => format!("    {word}: {}: {}", told.at, told.text),
        None => format!("    {word}: no call more"),
    };
    Some(vec![
        "  the first call that differs:".to_owned(),
        side("first ", a),
        side("second", b),
    ])
}

fn parting(parting: &Parting) -> Value {
    let side = |at: usize| {
        parting.next[at].as_ref().map_or(Value::Nothing, |happened| {
            Value::Fields(vec![
                Field::new("at", Value::at(happened.at)),
                Field::new("text", Value::text(&happened.text)),
            ])
        })
    };
    Value::Fields(vec![
        Field::new("common", Value::count(parting.common)),
        Field::new("before", Value::List(parting.before.iter().map(Value::text).collect())),
        Field::new("first", side(0)),
        Field::new("second", side(1)),
        Field::new("octets", parting.octets.as_ref().map_or(Value::Nothing, Value::text)),
    ])
}

fn parted(found: &Difference) -> Vec<String> {
    let Some(parting) = &found.parting else {
        return vec![format!(
            "  the runs are the same: {} events",
            thousands(found.events[0])
        )];
    };
    let mut lines = vec![format!(
        "  the runs part after {} common events of {} and {}:",
        thousands(parting.common),
        thousands(found.events[0]),
        thousands(found.events[1])
    )];
    lines.extend(parting.before.iter().map(|text| format!("    both  : {text}")));
    for (word, next) in ["first ", "second"].iter().zip(&parting.next) {
        lines.push(match next {
            Some(happened) => format!("    {word}: {}: {}", happened.at, happened.text),
            None => format!("    {word}: the run has ended"),
        });
    }
    lines.extend(parting.octets.iter().map(|octets| format!("    {octets}")));
    lines
}

/// The case of continuous integration.
fn finding(found: &Difference) -> Findings {
    let (outcome, verdict) = match found.is_none() {
        true => (Outcome::Good, "same"),
        false => (Outcome::Bad, "differ"),
    };
    let text = subtitle(found).trim_start_matches(": ").to_owned();
    Findings {
        key: "verdicts",
        shown: Shown::Elsewhere,
        most: 0,
        findings: vec![Finding {
            outcome,
            verdict: verdict.to_owned(),
            check: "diff".to_owned(),
            name: "diff".to_owned(),
            fields: vec![
                Field::new("verdict", Value::text(verdict)),
                Field::new("finding", Value::text(&text)),
            ],
            text,
            ..Finding::default()
        }],
    }
}
