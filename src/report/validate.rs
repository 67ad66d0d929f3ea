//! What `trunklab validate` says: which scenarios could run, and what is wrong or odd in the files.

use super::document::{Document, Finding, Findings, Outcome, Part, Section, Shown};
use super::{Problem, diagnosed, warned, warnings};
use crate::check::{Field, Value};
use crate::scenario::Plan;

/// The version of what programs read; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.validate/1";

/// What came of one file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Validated {
    /// The scenario as the user named it.
    pub source: String,
    /// How many there are of each thing in it; `None`: it cannot run.
    pub counts: Option<Vec<(&'static str, u64)>>,
    /// Why it cannot run; empty where it can.
    pub errors: Vec<Problem>,
    /// What is odd in it.
    pub warnings: Vec<Problem>,
}

impl Validated {
    /// A scenario that could run.
    pub fn good(source: &str, plan: &Plan, warnings: Vec<Problem>) -> Self {
        let counts = [
            ("tenants", plan.tenants.len()),
            ("nodes", plan.nodes.len()),
            ("links", plan.links.len()),
            ("steps", plan.steps.len()),
            ("flows", plan.flows.len()),
            ("expectations", plan.expect.len()),
        ];
        Self {
            source: source.to_owned(),
            counts: Some(counts.map(|(what, n)| (what, n as u64)).to_vec()),
            errors: Vec::new(),
            warnings,
        }
    }

    /// A scenario that could not.
    pub fn bad(source: &str, errors: Vec<Problem>) -> Self {
        Self {
            source: source.to_owned(),
            counts: None,
            errors,
            warnings: Vec::new(),
        }
    }
}

/// What is said of files.
pub fn validated_document(all: &[Validated]) -> Document {
    let refused = all.iter().filter(|one| one.counts.is_none()).count();
    let sums = [("scenarios", all.len()), ("refused", refused)];
    let sums = sums.map(|(key, n)| Field::new(key, Value::count(n))).to_vec();
    Document {
        format: FORMAT,
        title: "trunklab validate",
        parts: vec![
            Part::Sections {
                key: "scenarios",
                shown: usize::MAX,
                sections: all.iter().map(section).collect(),
            },
            Part::Fields(vec![Field::new("summary", Value::Fields(sums))]),
        ],
    }
}

fn section(one: &Validated) -> Section {
    let counts = one.counts.as_ref().map(|counts| {
        let each = counts.iter().map(|(key, n)| Field::new(*key, Value::count(*n)));
        Value::Fields(each.collect())
    });
    let (word, subtitle) = match (&one.counts, one.errors.len()) {
        (Some(_), _) => ("ok", ": ok".to_owned()),
        (None, 1) => ("refused", ": refused, 1 error".to_owned()),
        (None, n) => ("refused", format!(": refused, {n} errors")),
    };
    let head = vec![
        Field::new("source", Value::text(&one.source)),
        Field::new("verdict", Value::text(word)),
        Field::new("counts", counts.unwrap_or(Value::Nothing)),
    ];
    // A terminal has seen the errors with the lines that they are about.
    let errors = Findings {
        key: "errors",
        shown: Shown::Elsewhere,
        most: 0,
        findings: one.errors.iter().map(error).collect(),
    };
    Section {
        source: one.source.clone(),
        name: one.source.clone(),
        subtitle,
        properties: warned(&one.warnings).collect(),
        parts: vec![
            Part::Fields(head),
            Part::Findings(can_run(one)),
            Part::Findings(errors),
            warnings(&one.warnings),
        ],
    }
}

/// The case of continuous integration for a file that is good: a bad one has a case for each error.
fn can_run(one: &Validated) -> Findings {
    let good = Finding {
        verdict: "ok".to_owned(),
        check: "validate".to_owned(),
        name: "validate".to_owned(),
        text: "the scenario could run".to_owned(),
        fields: vec![Field::new("finding", Value::text("the scenario could run"))],
        ..Finding::default()
    };
    Findings {
        key: "passed",
        shown: Shown::Elsewhere,
        most: 0,
        findings: one.counts.iter().map(|_| good.clone()).collect(),
    }
}

fn error(problem: &Problem) -> Finding {
    Finding {
        outcome: Outcome::Bad,
        verdict: "refused".to_owned(),
        check: problem.code.to_owned(),
        name: problem.to_string(),
        text: problem.to_string(),
        fields: diagnosed(problem),
        ..Finding::default()
    }
}
