//! Scenarios that were named and did not run, as part of any document.

use super::NotRun;
use super::document::{Finding, Findings, Outcome, Part, Section, Shown};
use crate::check::{Field, Value};

/// What did not run, and why.
pub(crate) fn missing(not_run: &[NotRun]) -> Part {
    Part::Sections {
        key: "not_run",
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
        details: Vec::new(),
        explains: false,
        fields: vec![
            Field::new("code", Value::text(problem.code)),
            Field::new("line", Value::count(problem.line)),
            Field::new("column", Value::count(problem.column)),
            Field::new("message", Value::text(&problem.message)),
            Field::new("help", Value::text(&problem.help)),
        ],
    });
    // Where it was loaded, its diagnostics were shown with the lines that they are about.
    let problems = Findings {
        key: "problems",
        shown: Shown::Elsewhere,
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
