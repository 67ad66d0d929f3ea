//! On what a verdict rests, as the document has it: profiles, assumptions, policies, seed, digest, command,
//! and what cannot be tested.

use super::words::{fields_of, get, list, shown, text};
use crate::check::{Field, Value};
use crate::report::document::Section;

/// Keys of fields that are told, and what they are called. What names them first stands first.
const TOLD: [(&str, &str); 22] = [
    ("profiles", "profiles of devices"),
    ("assumed", "assumptions"),
    ("hypothetical", "hypothetical"),
    ("strategy", "strategy"),
    ("vbrs", "VBRs"),
    ("carried_over_vbrs", "carried over VBRs"),
    ("window_from", "window from"),
    ("window_to", "window to"),
    ("lost_max_frames", "frames lost at most"),
    ("longest_gap_max", "longest silence at most"),
    ("worlds", "worlds"),
    ("asked", "worlds asked for"),
    ("failed", "worlds that failed"),
    ("claims", "claims"),
    ("at", "tables at"),
    ("changes", "changes proved"),
    ("questions", "questions asked of the forwarders"),
    ("options", "options"),
    ("virtual_time", "virtual time"),
    ("seed", "seed"),
    ("digest", "digest"),
    ("command", "again"),
];

/// A row: what it is, and its lines.
pub(super) type Row = (String, Vec<String>);

/// The rows of a section. `drawn` are rows that its pictures have.
pub(super) fn rows(section: &Section, fields: &[Field], drawn: &[(&'static str, Vec<String>)]) -> Vec<Row> {
    let mut rows: Vec<Row> = drawn
        .iter()
        .map(|(name, lines)| ((*name).to_owned(), lines.iter().map(|line| shown(line)).collect()))
        .collect();
    let policies: Vec<String> = list(fields, "policies").iter().map(policy).collect();
    if !policies.is_empty() {
        rows.push(("policies".to_owned(), policies));
    }
    for (key, name) in TOLD {
        let lines = match get(fields, key) {
            Some(Value::List(all)) => all.iter().map(|value| shown(&value.to_string())).collect(),
            None | Some(Value::Nothing | Value::Fields(_) | Value::Number(_, None)) => Vec::new(),
            Some(value) => vec![shown(&value.to_string())],
        };
        let property = || section.properties.iter().find(|(name, _)| *name == key);
        let lines = match (lines.is_empty(), property()) {
            (true, Some((_, value))) => vec![shown(value)],
            _ => lines,
        };
        if !lines.is_empty() && rows.iter().all(|(told, _)| told != name) {
            rows.push((name.to_owned(), lines));
        }
    }
    rows
}

fn policy(value: &Value) -> String {
    let fields = fields_of(value);
    shown(&format!(
        "{}: {} ({})",
        text(fields, "name"),
        text(fields, "value"),
        text(fields, "decides")
    ))
}

/// What cannot be tested, each with the reason.
pub(super) fn not_testable(fields: &[Field]) -> Vec<String> {
    let all = list(fields, "not_testable").iter().map(fields_of);
    let told = all.map(|fields| {
        let (row, what, reason) = (text(fields, "row"), text(fields, "what"), text(fields, "reason"));
        shown(&format!("{row} {what}: {reason}"))
    });
    told.collect()
}
