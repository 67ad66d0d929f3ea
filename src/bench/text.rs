//! The table for people: aligned lines, or Markdown.
//!
//! Invariant: both say the same, from the same cells.

use super::report::{HEADS, LEGEND, Report};

/// Columns that name a bound of the one before them.
fn rows(report: &Report) -> Vec<Vec<String>> {
    let measured = report.entries.iter().filter_map(|entry| {
        let row = entry.row.as_ref().ok()?;
        Some([vec![report.label(&entry.point)], Report::cells(row).to_vec()].concat())
    });
    measured.collect()
}

/// Aligned lines.
pub fn human(report: &Report) -> String {
    let mut out = String::new();
    for (name, text) in report.head() {
        out += &wrapped(name, &text);
    }
    let rows = rows(report);
    if !rows.is_empty() {
        out.push('\n');
        let heads = HEADS.map(str::to_owned).to_vec();
        out += &aligned(&[vec![heads], rows].concat());
        out.push('\n');
        for line in LEGEND {
            out += line;
            out.push('\n');
        }
    }
    let notes = report.notes();
    if !notes.is_empty() {
        out.push('\n');
        out += &notes.join("\n");
        out.push('\n');
    }
    out
}

/// Lines of cells in columns, the first flush left, the others flush right.
pub(super) fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(i, (cell, width))| {
            if i == 0 {
                format!("{cell:<width$}")
            } else {
                format!("{cell:>width$}")
            }
        });
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// A name, and text behind it that is broken at commas and spaces after 110 columns.
pub(super) fn wrapped(name: &str, text: &str) -> String {
    let mut out = format!("{name:<8}");
    let mut column = out.len();
    for word in text.split(' ') {
        if column + 1 + word.len() > 118 {
            out.push_str("\n        ");
            column = 8;
        }
        out.push(' ');
        out.push_str(word);
        column += 1 + word.len();
    }
    out.push('\n');
    out
}

/// A Markdown document's section.
pub fn markdown(report: &Report) -> String {
    let mut out = String::from("## trunklab bench demux\n\n");
    for (name, text) in report.head() {
        out += &format!("- **{name}**: {text}\n");
    }
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let rows = rows(report);
    if !rows.is_empty() {
        out.push('\n');
        out += &line(&HEADS.map(str::to_owned));
        out += &line(&std::array::from_fn::<_, { HEADS.len() }, _>(|i| {
            if i == 0 { "---".to_owned() } else { "---:".to_owned() }
        }));
        for row in &rows {
            out += &line(row);
        }
        out.push('\n');
        for text in LEGEND {
            out += &format!("- {text}\n");
        }
    }
    let notes = report.notes();
    if !notes.is_empty() {
        out.push('\n');
        for note in notes {
            out += &format!("- {note}\n");
        }
    }
    out
}
