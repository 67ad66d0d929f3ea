//! A document as SARIF 2.1.0, for what shows findings beside the lines of a file: one result for each
//! finding that is not as it should be, and for each warning.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::{Document, Finding, Outcome, Part, Table};
use crate::check::{Field, Value};

/// The schema that results keep to.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) fn render(document: &Document) -> String {
    let mut results = Vec::new();
    collect(&document.parts, "", &mut results);
    let rules: BTreeSet<&str> = results.iter().map(|result| result.rule.as_str()).collect();
    let rules: Vec<Json> = rules.into_iter().map(|id| json!({ "id": id })).collect();
    let told: Vec<Json> = results.iter().map(Told::json).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "trunklab",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "results": told,
        }],
    });
    let mut text = serde_json::to_string_pretty(&log).expect("text and numbers are JSON");
    text.push('\n');
    text
}

/// One result.
struct Told {
    rule: String,
    level: &'static str,
    text: String,
    file: String,
    line: Option<u64>,
    column: Option<u64>,
}

impl Told {
    fn json(&self) -> Json {
        let mut result = Map::new();
        result.insert("ruleId".to_owned(), json!(self.rule));
        result.insert("level".to_owned(), json!(self.level));
        result.insert("message".to_owned(), json!({ "text": self.text }));
        if !self.file.is_empty() {
            let mut place = json!({ "artifactLocation": { "uri": uri(&self.file) } });
            if let Some(line) = self.line {
                place["region"] = json!({ "startLine": line });
                if let Some(column) = self.column {
                    place["region"]["startColumn"] = json!(column);
                }
            }
            result.insert("locations".to_owned(), json!([{ "physicalLocation": place }]));
        }
        Json::Object(result)
    }
}

/// `source` is the file that the parts are about.
fn collect(parts: &[Part], source: &str, into: &mut Vec<Told>) {
    for part in parts {
        match part {
            Part::Findings(all) => into.extend(all.findings.iter().filter_map(|one| told(one, source))),
            Part::Table(table) if table.key == "warnings" => {
                into.extend(table.rows.iter().map(|row| warning(table, row, source)))
            }
            Part::Sections { sections, .. } => {
                for section in sections {
                    collect(&section.parts, &section.source, into);
                }
            }
            Part::Line(_) | Part::Aside(_) | Part::Block(_) | Part::Fields(_) | Part::Picture(_) | Part::Table(_) => {}
        }
    }
}

fn told(finding: &Finding, source: &str) -> Option<Told> {
    let level = match finding.outcome {
        Outcome::Good | Outcome::Skipped => return None,
        Outcome::Bad => "error",
        Outcome::Unknown => "warning",
    };
    let field = |name: &str| {
        finding
            .fields
            .iter()
            .find(|field| field.key == name)
            .map(|field: &Field| &field.value)
    };
    let file = field("file").and_then(text).filter(|file| !file.is_empty());
    let lines: Vec<&str> = finding.details.iter().map(String::as_str).collect();
    let subject = match finding.subject.is_empty() {
        true => String::new(),
        false => format!("{}: ", finding.subject),
    };
    let first = format!("{}: {subject}{}", finding.verdict, finding.text);
    Some(Told {
        rule: match finding.check.is_empty() {
            true => finding.verdict.clone(),
            false => finding.check.clone(),
        },
        level,
        text: std::iter::once(first.as_str())
            .chain(lines)
            .collect::<Vec<_>>()
            .join("\n"),
        file: file.unwrap_or(source).to_owned(),
        line: field("line").and_then(number),
        column: field("column").and_then(number),
    })
}

fn warning(table: &Table, row: &[Value], source: &str) -> Told {
    let at = |name: &str| {
        let at = table.columns.iter().position(|column| column.key == name);
        at.and_then(|at| row.get(at))
    };
    let word = |name: &str| at(name).and_then(text).unwrap_or_default().to_owned();
    let file = Some(word("file")).filter(|file| !file.is_empty());
    Told {
        rule: word("code"),
        level: "warning",
        text: word("message"),
        file: file.unwrap_or_else(|| source.to_owned()),
        line: at("line").and_then(number),
        column: at("column").and_then(number),
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// A line or a column; 0 means the file as a whole.
fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(_, number) => number.filter(|number| *number > 0),
        _ => None,
    }
}

/// A path as a reference of RFC 3986: what may not stand in one is spelt by its octets.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for octet in path.bytes() {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(octet)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{Column, Findings, Format, Section};
    use super::*;

    fn log(parts: Vec<Part>) -> Json {
        let document = Document {
            format: "test/1",
            title: "test",
            parts: vec![Part::Sections {
                key: "runs",
                shown: 1,
                sections: vec![Section {
                    source: "my scenario.yaml".to_owned(),
                    parts,
                    ..Section::default()
                }],
            }],
        };
        serde_json::from_str(&document.render(Format::Sarif)).expect("JSON")
    }

    fn finding(outcome: Outcome, fields: Vec<Field>) -> Finding {
        Finding {
            outcome,
            verdict: "FAIL".to_owned(),
            check: "isolation".to_owned(),
            subject: "acme".to_owned(),
            text: "one frame\u{1b} astray".to_owned(),
            details: vec!["at globex-vbr".to_owned()],
            fields,
            ..Finding::default()
        }
    }

    #[test]
    fn what_is_wrong_is_a_result_with_its_place_and_what_is_well_is_none() {
        let place = vec![
            Field::new("file", Value::text("other.yaml")),
            Field::new("line", Value::label(7u32)),
            Field::new("column", Value::label(3u32)),
        ];
        let all = Findings {
            findings: vec![
                finding(Outcome::Good, Vec::new()),
                finding(Outcome::Skipped, Vec::new()),
                finding(Outcome::Bad, place),
                finding(Outcome::Unknown, vec![Field::new("line", Value::label(0u32))]),
            ],
            ..Findings::default()
        };
        let log = log(vec![Part::Findings(all)]);
        let run = &log["runs"][0];
        assert_eq!(log["version"], "2.1.0");
        assert_eq!(run["tool"]["driver"]["rules"], json!([{ "id": "isolation" }]));
        assert_eq!(run["results"].as_array().map(Vec::len), Some(2));
        let [bad, unknown] = [0, 1].map(|at| &run["results"][at]);
        assert_eq!((&bad["level"], &unknown["level"]), (&json!("error"), &json!("warning")));
        assert_eq!(
            bad["message"]["text"],
            "FAIL: acme: one frame\u{1b} astray\nat globex-vbr"
        );
        let at = |result: &Json| result["locations"][0]["physicalLocation"].clone();
        let region = json!({ "startLine": 7, "startColumn": 3 });
        assert_eq!(
            at(bad),
            json!({ "artifactLocation": { "uri": "other.yaml" }, "region": region })
        );
        assert_eq!(
            at(unknown),
            json!({ "artifactLocation": { "uri": "my%20scenario.yaml" } })
        );
    }

    #[test]
    fn a_warning_is_a_result_of_its_own_level() {
        let columns = ["code", "file", "line", "column", "message", "help"].map(|key| Column::new(key, key));
        let mut table = Table::new("warnings", "warnings", &columns, 0);
        let row = ["TL0511", "a.yaml"].map(Value::text).into_iter();
        let row = row.chain([
            Value::label(4u32),
            Value::label(2u32),
            Value::text("odd"),
            Value::Nothing,
        ]);
        table.push(row.collect());
        let log = log(vec![Part::Table(table)]);
        let result = &log["runs"][0]["results"][0];
        assert_eq!(
            (&result["ruleId"], &result["level"]),
            (&json!("TL0511"), &json!("warning"))
        );
        assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 4);
    }
}
