//! The kill matrix of `trunklab mutants`, for people and for programs.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use crate::study::mutants::{FAULTS, Matrix, Outcome};

/// The version of the JSON format; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.mutants/1";

fn what(id: &str) -> &'static str {
    FAULTS
        .iter()
        .find(|fault| fault.id == id)
        .map_or("", |fault| fault.what)
}

fn source(id: &str) -> &'static str {
    FAULTS
        .iter()
        .find(|fault| fault.id == id)
        .map_or("", |fault| fault.source)
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::NotApplicable(_) => "NOT APPLICABLE",
        Outcome::Injected { alarms, .. } if alarms.is_empty() => "SURVIVED",
        Outcome::Injected { .. } => "killed",
    }
}

/// One line of the matrix for each fault, then what did not come about, what noticed nothing, and the sum.
pub fn human(matrix: &Matrix) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}: kill matrix", matrix.scenario);
    for (id, outcome) in &matrix.outcomes {
        if let Outcome::Injected { how, alarms, failed } = outcome {
            let _ = writeln!(out, "  {id}  {:8}  {}", word(outcome), what(id));
            let _ = writeln!(out, "       injected  {how}");
            for (engine, alarms) in alarms {
                let alarms: Vec<_> = alarms.iter().map(String::as_str).collect();
                let _ = writeln!(out, "       {engine:8}  {}", shortened(&alarms));
            }
            for (engine, why) in failed {
                let _ = writeln!(out, "       {engine:8}  could not judge it: {why}");
            }
        }
    }
    let _ = writeln!(out, "\nNOT APPLICABLE, counted apart:");
    for (id, outcome) in &matrix.outcomes {
        if let Outcome::NotApplicable(why) = outcome {
            let _ = writeln!(out, "  {id}  {}: {why}", what(id));
        }
    }
    let idle = matrix.idle();
    if idle.values().any(|alarms| !alarms.is_empty()) {
        let _ = writeln!(out, "\nKilled nothing in this world:");
    }
    for (engine, alarms) in idle.iter().filter(|(_, alarms)| !alarms.is_empty()) {
        let alarms: Vec<_> = alarms.iter().map(String::as_str).collect();
        let _ = writeln!(out, "  {engine:8}  {}", alarms.join(", "));
    }
    for alarm in matrix.false_alarms() {
        let _ = writeln!(out, "\nFALSE ALARM: {alarm}");
    }
    let _ = writeln!(out, "\n{}", summary(matrix));
    out
}

/// The first few of many names.
fn shortened(names: &[&str]) -> String {
    const SHOWN: usize = 12;
    match names.len().checked_sub(SHOWN) {
        None | Some(0) => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..SHOWN].join(", ")),
    }
}

fn summary(matrix: &Matrix) -> String {
    let count = |is: &dyn Fn(&Outcome) -> bool| matrix.outcomes.iter().filter(|(_, outcome)| is(outcome)).count();
    format!(
        "{} faults: {} killed, {} survived, {} not applicable",
        matrix.outcomes.len(),
        count(&Outcome::is_killed),
        count(&Outcome::survived),
        count(&|outcome| matches!(outcome, Outcome::NotApplicable(_)))
    )
}

#[derive(Serialize)]
struct Root<'a> {
    format: &'static str,
    scenarios: Vec<Scenario<'a>>,
}

#[derive(Serialize)]
struct Scenario<'a> {
    name: &'a str,
    faults: Vec<Row<'a>>,
    killed_nothing: BTreeMap<&'static str, Vec<String>>,
    false_alarms: Vec<String>,
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'static str,
    what: &'static str,
    source: &'static str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    injected: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    killed_by: BTreeMap<&'static str, Vec<&'a str>>,
    could_not_judge: BTreeMap<&'static str, &'a str>,
}

fn row<'a>((id, outcome): &'a (&'static str, Outcome)) -> Row<'a> {
    let (injected, reason, alarms, failed) = match outcome {
        Outcome::NotApplicable(why) => (None, Some(why.as_str()), None, None),
        Outcome::Injected { how, alarms, failed } => (Some(how.as_str()), None, Some(alarms), Some(failed)),
    };
    let names = |alarms: &'a std::collections::BTreeSet<String>| alarms.iter().map(String::as_str).collect();
    let alarms = alarms.into_iter().flatten();
    let failed = failed.into_iter().flatten();
    Row {
        id,
        what: what(id),
        source: source(id),
        outcome: word(outcome),
        injected,
        reason,
        killed_by: alarms.map(|(engine, alarms)| (*engine, names(alarms))).collect(),
        could_not_judge: failed.map(|(engine, why)| (*engine, why.as_str())).collect(),
    }
}

/// The matrices as one JSON document with a newline at its end.
pub fn json(matrices: &[Matrix]) -> String {
    let scenarios = matrices.iter().map(|matrix| Scenario {
        name: &matrix.scenario,
        faults: matrix.outcomes.iter().map(row).collect(),
        killed_nothing: matrix
            .idle()
            .into_iter()
            .map(|(engine, alarms)| (engine, alarms.into_iter().collect()))
            .collect(),
        false_alarms: matrix.false_alarms(),
    });
    let root = Root {
        format: FORMAT,
        scenarios: scenarios.collect(),
    };
    let mut text = serde_json::to_string_pretty(&root).expect("texts and lists");
    text.push('\n');
    text
}
