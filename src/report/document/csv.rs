//! A document as comma-separated values (RFC 4180): a block for each table, an empty line between
//! them. The first column names the table, the second the section that a row is of.

use super::{Document, Findings, For, Part, Section, Table};
use crate::check::Value;

/// A table over all sections: its name, its columns, its rows.
#[derive(Default)]
struct Block {
    key: &'static str,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

pub(super) fn render(document: &Document) -> String {
    let mut blocks = Vec::new();
    gather(&mut blocks, "", &document.parts);
    let mut out = String::new();
    for (i, block) in blocks.iter().filter(|block| !block.rows.is_empty()).enumerate() {
        if i > 0 {
            out.push_str("\r\n");
        }
        for row in [&block.header].into_iter().chain(&block.rows) {
            let cells: Vec<String> = row.iter().map(|cell| quoted(cell)).collect();
            out.push_str(&cells.join(","));
            out.push_str("\r\n");
        }
    }
    out
}

fn gather(blocks: &mut Vec<Block>, source: &str, all: &[Part]) {
    for part in all {
        match part {
            Part::Line(_) | Part::Aside(_) | Part::Block(_) | Part::Fields(_) | Part::Picture(_) => {}
            Part::Table(all) => table(blocks, source, all),
            Part::Findings(all) => findings(blocks, source, all),
            Part::Sections { sections, .. } => {
                let each = sections
                    .iter()
                    .map(|section: &Section| (&section.source, &section.parts));
                each.for_each(|(source, parts)| gather(blocks, source, parts));
            }
        }
    }
}

/// The block of a table, with its first two columns.
fn block<'b>(blocks: &'b mut Vec<Block>, key: &'static str, columns: impl Iterator<Item = String>) -> &'b mut Block {
    let at = blocks.iter().position(|block| block.key == key).unwrap_or_else(|| {
        let header = ["table", "source"].map(str::to_owned).into_iter().chain(columns);
        blocks.push(Block {
            key,
            header: header.collect(),
            rows: Vec::new(),
        });
        blocks.len() - 1
    });
    &mut blocks[at]
}

fn table(blocks: &mut Vec<Block>, source: &str, table: &Table) {
    let columns = table.columns_for(For::Programs);
    let block = block(blocks, table.key, columns.iter().map(|(_, column)| column.name()));
    for row in &table.rows {
        let cells = columns.iter().map(|(i, _)| raw(&row[*i]));
        let first = [table.key.to_owned(), source.to_owned()];
        block.rows.push(first.into_iter().chain(cells).collect());
    }
}

/// Findings as a table, a row for each, and their details as another.
fn findings(blocks: &mut Vec<Block>, source: &str, all: &Findings) {
    let header = ["check", "subject", "verdict", "finding", "details", "follows_from"];
    let block = block(blocks, all.key, header.into_iter().map(str::to_owned));
    for finding in &all.findings {
        let cells = [
            all.key,
            source,
            &finding.check,
            &finding.subject,
            &finding.verdict,
            &finding.text,
        ];
        let details = finding.details.join("\n");
        block.rows.push(
            cells
                .into_iter()
                .chain([details.as_str(), &finding.root])
                .map(inert)
                .collect(),
        );
    }
}

/// A value as a program reads it; several are separated by spaces, nothing is empty.
fn raw(value: &Value) -> String {
    match value {
        Value::Text(text) => inert(text),
        Value::Flag(yes) => yes.to_string(),
        Value::Number(_, number) => number.map_or(String::new(), |n| n.to_string()),
        Value::List(all) => all.iter().map(raw).collect::<Vec<_>>().join(" "),
        Value::Fields(all) => {
            let all = all
                .iter()
                .map(|field| format!("{}={}", field.name(), raw(&field.value)));
            all.collect::<Vec<_>>().join(" ")
        }
        Value::Nothing => String::new(),
    }
}

/// A text that no spreadsheet takes for a formula: a mark of a text stands before what would begin one.
fn inert(text: &str) -> String {
    let is_number = text
        .strip_prefix('-')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|c| c.is_ascii_digit()));
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.len() > 1 && !is_number {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// A cell; quoted if it holds what separates cells or rows.
pub(in crate::report) fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
