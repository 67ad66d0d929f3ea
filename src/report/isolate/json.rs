//! Findings of the suite as programs read them.

use super::hex;
use crate::check::{Field, Value};
use crate::isolate::{Explained, FindingReport, IsolationReport, Minimal};

/// One finding.
pub(super) fn finding_fields(f: &FindingReport) -> Vec<Field> {
    vec![
        Field::new("flaw", Value::text(f.flaw.as_str())),
        Field::new("tenant", Value::text(&f.tenant)),
        Field::new("from", Value::text(&f.from)),
        Field::new("at", Value::text(&f.at)),
        Field::new("count", Value::count(f.count)),
        Field::new("text", Value::text(&f.text)),
        Field::new("consequence", Value::text(&f.consequence)),
        Field::new("sent", Value::text(hex(&f.sent))),
        Field::new("got", Value::text(hex(&f.got))),
        Field::new("minimal", f.minimal.as_ref().map_or(Value::Nothing, minimal)),
        Field::new("explained", f.explained.as_ref().map_or(Value::Nothing, explained)),
        Field::new("cause", f.cause.map_or(Value::Nothing, Value::count)),
    ]
}

fn minimal(m: &Minimal) -> Value {
    let steps = m.steps.iter().map(|s| {
        Value::Fields(vec![
            Field::new("from", Value::text(&s.from)),
            Field::new("length", Value::octets(s.octets.len() as u64)),
            Field::new("octets", Value::text(hex(&s.octets))),
        ])
    });
    Value::Fields(vec![
        Field::new("steps", Value::List(steps.collect())),
        Field::new("tenants", Value::names(m.tenants.iter().map(String::as_str))),
        Field::new("tenants_removed", Value::count(m.removed)),
        Field::new("changes", Value::Flag(m.changes)),
        Field::new("runs", Value::count(m.runs)),
    ])
}

fn explained(e: &Explained) -> Value {
    let hops = e.hops.iter().map(|h| {
        Value::Fields(vec![
            Field::new("by", Value::text(&h.by)),
            Field::new("port", h.port.map_or(Value::Nothing, Value::label)),
            Field::new("link", Value::text(&h.link)),
            Field::new("tags", Value::names(h.tags.iter().map(String::as_str))),
            Field::new("length", Value::octets(h.octets as u64)),
        ])
    });
    Value::Fields(vec![
        Field::new("device", Value::text(&e.device)),
        Field::new("entry", Value::text(&e.entry)),
        Field::new("stage", Value::text(e.stage)),
        Field::new("hops", Value::List(hops.collect())),
    ])
}

/// Leaks alone stand in the matrix; a port that is not listed had none.
pub(super) fn matrix_fields(suite: &IsolationReport) -> Vec<Field> {
    let all = &suite.matrix;
    let rows = all.rows.iter().map(|row| {
        let cells = || row.cells.iter().zip(&all.ports);
        let leaks = cells().filter(|(c, _)| c.leaks > 0);
        let unknown = cells().filter(|(c, _)| !c.own && !c.controlled && c.leaks == 0);
        Value::Fields(vec![
            Field::new("from", Value::text(&row.from)),
            Field::new("tried", Value::count(row.tried)),
            Field::new("existing", Value::count(row.existing)),
            Field::new(
                "leaks",
                Value::Fields(
                    leaks
                        .map(|(c, port)| Field::new(port.clone(), Value::count(c.leaks)))
                        .collect(),
                ),
            ),
            Field::new("without_control", Value::names(unknown.map(|(_, port)| port.as_str()))),
        ])
    });
    vec![
        Field::new("ports", Value::names(all.ports.iter().map(String::as_str))),
        Field::new("rows", Value::List(rows.collect())),
    ]
}
