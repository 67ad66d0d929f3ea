//! What `trunklab import --check` and `trunklab reconcile` say: what a list lacks, and where two sources disagree.

use super::document::{Column, Document, Finding, Findings, For, Outcome, Part, Section, Shown, Table};
use crate::check::{Field, Unit, Value};
use crate::inventory::reconcile::{Reconciled, Stand};
use crate::inventory::{Part as Where, Trouble};

/// The versions of what programs read; a change that could break a reader raises them.
const IMPORT: &str = "trunklab.import/1";
const RECONCILE: &str = "trunklab.reconcile/1";

/// Rows of a table that text shows unless everything is asked for.
const SHOWN: usize = 60;

/// What a source is that was checked.
#[derive(Debug, Clone, Copy)]
pub struct Checked<'a> {
    /// As the user named it.
    pub source: &'a str,
    /// Rows of a list, or entries of answers.
    pub rows: u64,
    /// Services in it.
    pub services: usize,
    /// What is wrong, missing or odd.
    pub troubles: &'a [Trouble],
}

/// What is said of a source: row by row.
pub fn checked(of: &Checked<'_>) -> Document {
    let stops = of.troubles.iter().filter(|trouble| trouble.stops).count();
    let rest = of.troubles.len() - stops;
    let head = vec![
        Field::new("source", Value::text(of.source)),
        Field::new("rows", Value::count(of.rows)),
        Field::new("services", Value::count(of.services)),
        Field::new("errors", Value::count(stops)),
        Field::new("warnings", Value::count(rest)),
    ];
    let subtitle = format!(
        ": {} rows, {} services, {stops} errors, {rest} warnings",
        of.rows, of.services
    );
    let findings = Findings {
        key: "findings",
        shown: Shown::All,
        most: SHOWN,
        findings: of.troubles.iter().map(finding).collect(),
    };
    Document {
        format: IMPORT,
        title: "trunklab import",
        parts: vec![Part::Sections {
            key: "sources",
            shown: usize::MAX,
            sections: vec![Section {
                source: of.source.to_owned(),
                name: of.source.to_owned(),
                subtitle,
                properties: Vec::new(),
                parts: vec![Part::Fields(head), Part::Findings(findings)],
            }],
        }],
    }
}

fn finding(trouble: &Trouble) -> Finding {
    let (line, column) = trouble.place.line_and_column();
    let (outcome, verdict) = match trouble.stops {
        true => (Outcome::Bad, "error"),
        false => (Outcome::Unknown, "warning"),
    };
    let part = match &trouble.place.part {
        Where::Json(path) => path.clone(),
        Where::Cell { title, .. } => title.to_string(),
        Where::Whole | Where::Line { .. } => String::new(),
    };
    Finding {
        outcome,
        verdict: verdict.to_owned(),
        check: trouble.code.as_str().to_owned(),
        subject: trouble.place.to_string(),
        name: trouble.place.to_string(),
        text: trouble.message.clone(),
        fields: vec![
            Field::new("verdict", Value::text(verdict)),
            Field::new("code", Value::text(trouble.code.as_str())),
            Field::new("file", Value::text(trouble.place.file.to_string())),
            Field::new("line", Value::Number(Unit::Count, (line > 0).then(|| u64::from(line)))),
            Field::new(
                "column",
                Value::Number(Unit::Count, (column > 0).then(|| u64::from(column))),
            ),
            Field::new("part", Value::text(part)),
            Field::new("message", Value::text(&trouble.message)),
        ],
        ..Finding::default()
    }
}

const DIFFERENCES: [Column; 9] = [
    Column::new("service", "service"),
    Column::new("fact", "what"),
    Column::new("stand", "how"),
    Column::new("first", "first"),
    Column::new("second", "second"),
    Column::of("first_place", "where in the first", Unit::Count, For::Programs),
    Column::of("second_place", "where in the second", Unit::Count, For::Programs),
    Column::of("first_short", "where in the first", Unit::Count, For::People),
    Column::of("second_short", "where in the second", Unit::Count, For::People),
];

/// What is said of two sources, as the user named them.
pub fn reconciled(sources: [&str; 2], found: &Reconciled) -> Document {
    let of = |stand: Stand| found.differences.iter().filter(|one| one.stand == stand).count();
    let head = vec![
        Field::new("first", Value::text(sources[0])),
        Field::new("second", Value::text(sources[1])),
        Field::new("matched", Value::count(found.matched)),
        Field::new("same", Value::count(found.same)),
        Field::new("one_sided", Value::count(found.one_sided)),
        Field::new("disagree", Value::count(of(Stand::Disagree))),
        Field::new("contradicted", Value::count(of(Stand::Contradicted))),
        Field::new("only_in_first", Value::count(of(Stand::OnlyFirst))),
        Field::new("only_in_second", Value::count(of(Stand::OnlySecond))),
    ];
    let mut table = Table::new("differences", "where they disagree", &DIFFERENCES, SHOWN);
    for one in &found.differences {
        let text = |text: String| match text.is_empty() {
            true => Value::Nothing,
            false => Value::Text(text),
        };
        let [first, second] = &one.sides;
        let places = [first, second].map(|side| side.place.as_ref());
        let [whole_first, whole_second] = places.map(|place| place.map_or(Value::Nothing, |p| text(p.to_string())));
        let [short_first, short_second] = places.map(|place| place.map_or(Value::Nothing, |p| text(p.short())));
        table.push(vec![
            Value::text(&one.service),
            one.fact.map_or(Value::Nothing, |fact| Value::text(fact.as_str())),
            Value::text(one.stand.as_str()),
            text(first.value.clone()),
            text(second.value.clone()),
            whole_first,
            whole_second,
            short_first,
            short_second,
        ]);
    }
    let (outcome, verdict) = match (found.differences.is_empty(), found.matched) {
        (false, _) => (Outcome::Bad, "disagree"),
        (true, 0) => (Outcome::Unknown, "nothing in common"),
        (true, _) => (Outcome::Good, "agree"),
    };
    let text = format!(
        "{} services in both; {} values are the same, {} differ; {} values stand in one of them alone",
        found.matched,
        found.same,
        of(Stand::Disagree) + of(Stand::Contradicted),
        found.one_sided
    );
    let case = Finding {
        outcome,
        verdict: verdict.to_owned(),
        check: "reconcile".to_owned(),
        name: "reconcile".to_owned(),
        fields: vec![
            Field::new("verdict", Value::text(verdict)),
            Field::new("finding", Value::text(&text)),
        ],
        text: text.clone(),
        ..Finding::default()
    };
    Document {
        format: RECONCILE,
        title: "trunklab reconcile",
        parts: vec![Part::Sections {
            key: "pairs",
            shown: usize::MAX,
            sections: vec![Section {
                source: format!("{} -> {}", sources[0], sources[1]),
                name: format!("{} {}", sources[0], sources[1]),
                subtitle: format!(": {verdict}: {text}"),
                properties: Vec::new(),
                parts: vec![
                    Part::Fields(head),
                    Part::Table(table),
                    Part::Findings(Findings {
                        key: "verdicts",
                        shown: Shown::Elsewhere,
                        most: 0,
                        findings: vec![case],
                    }),
                ],
            }],
        }],
    }
}
