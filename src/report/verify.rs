//! What `trunklab rehearse --verify` says: per tenant and field, as predicted, not, or UNKNOWN.

use super::document::{Block, Column, Document, Finding, Findings, For, Outcome as Stand, Part, Section, Shown, Table};
use crate::check::{Field, Unit, Value, Verdict};
use crate::rehearse::Outcome;
use crate::rehearse::verify::{NOT_TESTABLE, Stands, Tenant, Verification};

/// The version of what programs read; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.verify/1";

/// Rows of a table that text shows unless everything is asked for.
const SHOWN: usize = 60;

/// What is said of a window that is over; `sources`: the scenario and the two folders as the user named them.
pub fn verified(sources: [&str; 3], of: &Verification) -> Document {
    let [scenario, before, after] = sources;
    let verdict = of.verdict();
    let count = |stands: Stands| {
        let fields = of.tenants.iter().flat_map(|tenant| &tenant.fields);
        fields.filter(|field| field.stands == stands).count()
    };
    let head = vec![
        Field::new("name", Value::text(&of.name)),
        Field::new("verdict", Value::text(verdict.as_str())),
        Field::new("before", Value::text(before)),
        Field::new("after", Value::text(after)),
        Field::new("as_predicted", Value::count(count(Stands::AsPredicted))),
        Field::new("not_as_predicted", Value::count(count(Stands::NotAsPredicted))),
        Field::new("unknown", Value::count(count(Stands::Unknown))),
        Field::new("notes", Value::names(of.notes.iter().cloned())),
    ];
    let mut parts = vec![Part::Fields(head), Part::Findings(tenants(of)), Part::Table(fields(of))];
    parts.push(Part::Table(not_testable()));
    parts.push(Part::Block(Block {
        title: "  on what it rests:".to_owned(),
        lines: of.notes.iter().map(|note| format!("    {note}")).collect(),
        shown: usize::MAX,
    }));
    Document {
        format: FORMAT,
        title: "trunklab rehearse --verify",
        parts: vec![Part::Sections {
            key: "verifications",
            shown: usize::MAX,
            sections: vec![Section {
                source: scenario.to_owned(),
                name: of.name.clone(),
                subtitle: format!(
                    ": {}: {} fields as predicted, {} not, {} UNKNOWN",
                    verdict.as_str(),
                    count(Stands::AsPredicted),
                    count(Stands::NotAsPredicted),
                    count(Stands::Unknown)
                ),
                properties: Vec::new(),
                parts,
            }],
        }],
    }
}

fn predicted(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Converted => "converted".to_owned(),
        Outcome::CarriedOver(why) => format!("carried over: {why}"),
        Outcome::Stopped {
            step,
            why: Some((code, _)),
        } => format!("stopped at {step}: {code}"),
        Outcome::Stopped { step, why: None } => format!("stopped: {step} is never called"),
        Outcome::Neighbour => "not touched".to_owned(),
    }
}

fn tenants(of: &Verification) -> Findings {
    Findings {
        key: "tenants",
        shown: Shown::All,
        most: SHOWN,
        findings: of.tenants.iter().map(tenant).collect(),
    }
}

fn tenant(of: &Tenant) -> Finding {
    let verdict = of.verdict();
    let wrong: Vec<&str> = named(of, Stands::NotAsPredicted);
    let unknown: Vec<&str> = named(of, Stands::Unknown);
    let mut text = format!("predicted: {}", predicted(&of.predicted));
    for (what, names) in [("not as predicted", &wrong), ("UNKNOWN", &unknown)] {
        if !names.is_empty() {
            text += &format!("; {what}: {}", names.join(", "));
        }
    }
    let subject = match &of.vbr {
        Some(id) => format!("{} ({id})", of.tenant),
        None => of.tenant.clone(),
    };
    Finding {
        outcome: match verdict {
            Verdict::Pass => Stand::Good,
            Verdict::Fail => Stand::Bad,
            Verdict::Inconc | Verdict::Error | Verdict::NotApplicable | Verdict::NotTestable => Stand::Unknown,
        },
        verdict: verdict.as_str().to_owned(),
        check: "verify".to_owned(),
        name: format!("verify {}", of.name),
        subject,
        fields: vec![
            Field::new("tenant", Value::text(&of.tenant)),
            Field::new("name", Value::text(&of.name)),
            Field::new("vbr_id", of.vbr.as_ref().map_or(Value::Nothing, Value::text)),
            Field::new("verdict", Value::text(verdict.as_str())),
            Field::new("predicted", Value::text(predicted(&of.predicted))),
            Field::new("not_as_predicted", Value::names(wrong)),
            Field::new("unknown", Value::names(unknown)),
        ],
        text,
        ..Finding::default()
    }
}

fn named(of: &Tenant, stands: Stands) -> Vec<&'static str> {
    let fields = of.fields.iter().filter(|field| field.stands == stands);
    fields.map(|field| field.field).collect()
}

const FIELDS: [Column; 8] = [
    Column::new("tenant", "tenant"),
    Column::new("field", "field"),
    Column::new("stands", "how"),
    Column::new("predicted", "predicted"),
    Column::new("shown", "shown"),
    Column::new("why", "why"),
    Column::new("since", "at the earliest since"),
    Column::of("place", "where", Unit::Count, For::Programs),
];

fn fields(of: &Verification) -> Table {
    let mut table = Table::new("fields", "field by field", &FIELDS, SHOWN);
    for tenant in &of.tenants {
        for field in &tenant.fields {
            if field.stands != Stands::AsPredicted {
                table.urgent.push(table.rows.len());
            }
            let text = |text: &String| {
                if text.is_empty() {
                    Value::Nothing
                } else {
                    Value::text(text)
                }
            };
            table.push(vec![
                Value::text(&tenant.tenant),
                Value::text(field.field),
                Value::text(field.stands.as_str()),
                text(&field.predicted),
                text(&field.shown),
                text(&field.why),
                text(&field.since),
                text(&field.place),
            ]);
        }
    }
    // What is as predicted is counted; `--verbose` shows it.
    table.shown = table.urgent.len().min(SHOWN);
    table
}

const UNTESTABLE: [Column; 2] = [
    Column::new("what", "NOT TESTABLE"),
    Column::new("needs", "what it would take"),
];

fn not_testable() -> Table {
    let mut table = Table::new("not_testable", "what no saved answer can show", &UNTESTABLE, SHOWN);
    for (what, needs) in NOT_TESTABLE {
        table.push(vec![Value::text(what), Value::text(needs)]);
    }
    table
}
