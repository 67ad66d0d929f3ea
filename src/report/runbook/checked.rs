//! The document of `trunklab rehearse --check`: which inputs of a runbook are what they were.

use crate::check::{Field, Value};
use crate::report::document::{Document, Finding, Findings, Outcome, Part, Section, Shown};
use crate::runbook::{Certificate, Changed};

/// The version of what programs read; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.runbook-check/1";

/// What is said of a certificate, named as the user named it.
pub fn checked_document(source: &str, certificate: &Certificate, changed: &[Changed]) -> Document {
    let inputs = certificate.inputs.iter().map(|input| {
        let found = changed.iter().find(|changed| changed.path == input.path);
        let now = found.map_or(Some(input), |changed| changed.now.as_ref());
        let (verdict, text) = match (found, now) {
            (None, _) => ("unchanged", "as it was".to_owned()),
            (Some(_), None) => ("missing", "it cannot be read".to_owned()),
            (Some(_), Some(now)) => ("changed", format!("it was {}, it is {}", input.sha256, now.sha256)),
        };
        Finding {
            outcome: if found.is_none() { Outcome::Good } else { Outcome::Bad },
            verdict: verdict.to_owned(),
            check: "input".to_owned(),
            subject: input.path.clone(),
            name: format!("input {}", input.path),
            text,
            fields: vec![
                Field::new("path", Value::text(&input.path)),
                Field::new("verdict", Value::text(verdict)),
                Field::new("sha256", Value::text(&input.sha256)),
                Field::new("sha256_now", now.map_or(Value::Nothing, |now| Value::text(&now.sha256))),
            ],
            ..Finding::default()
        }
    });
    let findings = inputs.collect();
    let told = match changed.len() {
        0 => "it rests on the same inputs".to_owned(),
        count => format!("{count} of {} inputs changed: rehearse again", certificate.inputs.len()),
    };
    Document {
        format: FORMAT,
        title: "trunklab rehearse --check",
        parts: vec![Part::Sections {
            key: "certificates",
            shown: usize::MAX,
            sections: vec![Section {
                source: source.to_owned(),
                name: certificate.name.clone(),
                subtitle: format!(": {told}"),
                parts: vec![
                    Part::Fields(vec![
                        Field::new("name", Value::text(&certificate.name)),
                        Field::new("recommendation", Value::text(&certificate.recommendation)),
                        Field::new("changed", Value::count(changed.len())),
                    ]),
                    Part::Findings(Findings {
                        key: "inputs",
                        shown: Shown::All,
                        most: 0,
                        findings,
                    }),
                ],
                ..Section::default()
            }],
        }],
    }
}
