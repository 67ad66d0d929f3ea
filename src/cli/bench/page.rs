//! The rows of the demultiplexer as a document, for a page.

use crate::bench::{HEADS, LEGEND, Report};
use crate::check::Value;
use crate::report::Document;
use crate::report::document::{Column, Part, Section, Table};

/// What the table says, as a document.
pub(super) fn document(report: &Report, command: String) -> Document {
    let columns = HEADS.map(|head| Column::new(head, head));
    let mut table = Table::new("demux", "rows", &columns, usize::MAX);
    for (entry, row) in report
        .entries
        .iter()
        .filter_map(|entry| Some((entry, entry.row.as_ref().ok()?)))
    {
        let label = Value::Text(report.label(&entry.point));
        let cells = Report::cells(row).map(Value::Text);
        table.push(std::iter::once(label).chain(cells).collect());
    }
    let head = report.head();
    let lines = head.iter().map(|(name, text)| format!("{name}: {text}"));
    let lines = lines
        .chain(LEGEND.iter().map(|line| (*line).to_owned()))
        .chain(report.notes());
    let mut parts = vec![Part::Table(table)];
    parts.extend(lines.map(Part::Line));
    let build = head.first().map_or(String::new(), |(_, text)| text.clone());
    Document {
        format: "trunklab.bench/page",
        title: "trunklab bench demux",
        parts: vec![Part::Sections {
            key: "rows",
            shown: usize::MAX,
            sections: vec![Section {
                source: "the demultiplexer".to_owned(),
                name: "demux".to_owned(),
                subtitle: build,
                properties: vec![("seed", report.effort.seed.to_string()), ("command", command)],
                parts,
            }],
        }],
    }
}
