//! Scenarios that were named and did not run, and what is odd in those that did, as part of any document.

use super::document::{Column, Finding, Findings, For, Outcome, Part, Section, Shown, Table};
use super::{NotRun, Problem};
use crate::check::{Field, Unit, Value};

/// What did not run, and why.
pub(crate) fn missing(not_run: &[NotRun]) -> Part {
    Part::Sections {
        key: "not_run",
        shown: usize::MAX,
        sections: not_run.iter().map(section).collect(),
    }
}

fn section(missing: &NotRun) -> Section {
    let findings = missing.problems.iter().map(|problem| Finding {
        outcome: Outcome::Unknown,
        verdict: "did not run".to_owned(),
        check: "runs".to_owned(),
        subject: String::new(),
        name: "runs".to_owned(),
        text: problem.to_string(),
        fields: diagnosed(problem),
        ..Finding::default()
    });
    // Where it was loaded, its diagnostics were shown with the lines that they are about.
    let problems = Findings {
        key: "problems",
        shown: Shown::Elsewhere,
        most: 0,
        findings: findings.collect(),
    };
    Section {
        source: missing.source.clone(),
        name: missing.source.clone(),
        subtitle: " did not run".to_owned(),
        properties: Vec::new(),
        parts: vec![
            Part::Fields(vec![Field::new("source", Value::text(&missing.source))]),
            Part::Findings(problems),
        ],
    }
}

/// A diagnostic, as programs read it.
pub(crate) fn diagnosed(problem: &Problem) -> Vec<Field> {
    vec![
        Field::new("code", Value::text(problem.code)),
        Field::new("file", Value::text(&problem.file)),
        Field::new("line", Value::label(problem.line)),
        Field::new("column", Value::label(problem.column)),
        Field::new("message", Value::text(&problem.message)),
        Field::new("help", Value::text(&problem.help)),
    ]
}

const WARNINGS: [Column; 6] = [
    Column::new("code", "code"),
    Column::new("file", "file"),
    Column::of("line", "line", Unit::Label, For::All),
    Column::of("column", "column", Unit::Label, For::All),
    Column::new("message", "what is odd"),
    Column::new("help", "what would be right"),
];

/// What is odd in a scenario. A terminal shows it on stderr, with the lines that it is about.
pub(crate) fn warnings(all: &[Problem]) -> Part {
    let mut table = Table::new("warnings", "warnings of reading", &WARNINGS, 0);
    for problem in all {
        table.push(vec![
            Value::text(problem.code),
            Value::text(&problem.file),
            Value::label(problem.line),
            Value::label(problem.column),
            Value::text(&problem.message),
            Value::text(&problem.help),
        ]);
    }
    Part::Table(table)
}

/// The same as facts that continuous integration keeps beside a suite.
pub(crate) fn warned(all: &[Problem]) -> impl Iterator<Item = (&'static str, String)> {
    all.iter().map(|problem| ("warning", problem.to_string()))
}
