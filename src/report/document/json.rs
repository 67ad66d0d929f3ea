//! A document for programs: every value under its own name, with its unit in the name.

use serde_json::{Map, Value as Json};

use super::{Document, Findings, For, Part, Table};
use crate::check::{Field, Value};

pub(super) fn render(document: &Document) -> String {
    let mut root = Map::new();
    root.insert("format".to_owned(), document.format.into());
    parts(&mut root, &document.parts);
    let mut text = serde_json::to_string_pretty(&root).expect("strings and integers always serialise");
    text.push('\n');
    text
}

fn parts(into: &mut Map<String, Json>, all: &[Part]) {
    for part in all {
        match part {
            Part::Line(_) | Part::Aside(_) | Part::Block(_) | Part::Picture(_) => {}
            Part::Fields(all) => fields(into, all),
            Part::Table(all) => {
                into.insert(all.key.to_owned(), rows(all));
            }
            Part::Findings(all) => {
                into.insert(all.key.to_owned(), findings(all));
            }
            Part::Sections { key, sections, .. } => {
                let each = sections.iter().map(|section| {
                    let mut one = Map::new();
                    parts(&mut one, &section.parts);
                    Json::Object(one)
                });
                into.insert((*key).to_owned(), each.collect());
            }
        }
    }
}

fn fields(into: &mut Map<String, Json>, all: &[Field]) {
    for field in all {
        let before = into.insert(field.name(), value(&field.value));
        debug_assert!(before.is_none(), "{} stands twice", field.name());
    }
}

fn findings(all: &Findings) -> Json {
    let each = all.findings.iter().map(|finding| {
        let mut one = Map::new();
        fields(&mut one, &finding.fields);
        Json::Object(one)
    });
    each.collect()
}

fn rows(table: &Table) -> Json {
    let columns = table.columns_for(For::Programs);
    let each = table.rows.iter().map(|row| {
        let cells = columns.iter().map(|(i, column)| (column.name(), value(&row[*i])));
        Json::Object(cells.collect())
    });
    each.collect()
}

fn value(of: &Value) -> Json {
    match of {
        Value::Text(text) => text.as_str().into(),
        Value::Flag(yes) => (*yes).into(),
        Value::Number(_, number) => number.map_or(Json::Null, Json::from),
        Value::List(all) => all.iter().map(value).collect(),
        Value::Fields(all) => {
            let mut one = Map::new();
            fields(&mut one, all);
            Json::Object(one)
        }
        Value::Nothing => Json::Null,
    }
}
