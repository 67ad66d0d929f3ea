//! A document as Markdown: headings, paragraphs and tables that GitHub and GitLab draw.

use std::fmt::Write;

use super::{Block, Document, Finding, Findings, For, Part, Section, Table, folds, plain};

pub(super) fn render(document: &Document) -> String {
    let mut out = format!("# {}\n\n", escaped(document.title));
    parts(&mut out, &document.parts);
    let mut text = out.trim_end().to_owned();
    text.push('\n');
    text
}

fn parts(out: &mut String, all: &[Part]) {
    let mut lines: Vec<&str> = Vec::new();
    for part in all {
        if let Part::Line(line) | Part::Aside(line) = part {
            lines.push(line);
            continue;
        }
        block(out, &mut lines);
        match part {
            Part::Line(_) | Part::Aside(_) | Part::Fields(_) | Part::Picture(_) => {}
            Part::Block(all) => listing(out, all),
            Part::Table(all) => table(out, all),
            Part::Findings(all) => findings(out, all),
            Part::Sections { sections, .. } => sections.iter().for_each(|one| section(out, one)),
        }
    }
    block(out, &mut lines);
}

/// Lines that stand one behind the other keep their columns: indented as code, nothing in them is markup.
fn block(out: &mut String, lines: &mut Vec<&str>) {
    if lines.iter().any(|line| !line.trim().is_empty()) {
        for line in lines.iter() {
            let _ = writeln!(out, "{}", format!("    {}", plain(line)).trim_end());
        }
        out.push('\n');
    }
    lines.clear();
}

fn section(out: &mut String, section: &Section) {
    if !section.source.is_empty() {
        let _ = writeln!(out, "## {}\n", escaped(&section.source));
    }
    let subtitle = section.subtitle.trim();
    if !subtitle.is_empty() {
        let _ = writeln!(out, "{}\n", escaped(subtitle));
    }
    parts(out, &section.parts);
}

/// A block, whole, under its title.
fn listing(out: &mut String, all: &Block) {
    let title = all.title.trim();
    if !title.is_empty() {
        let _ = writeln!(out, "{}\n", escaped(title));
    }
    let mut lines = all.lines.iter().map(String::as_str).collect();
    block(out, &mut lines);
}

/// Findings as tables: first those that stand for themselves, then one table for each root that several follow from.
fn findings(out: &mut String, all: &Findings) {
    let folds = folds(all.findings.iter());
    let folded = |finding: &&Finding| folds.iter().any(|fold| fold.root == finding.root);
    let (under, alone): (Vec<&Finding>, Vec<&Finding>) = all.findings.iter().partition(folded);
    rows(out, &alone);
    for fold in &folds {
        let count = fold.findings.len();
        let _ = writeln!(
            out,
            "{}\n",
            escaped(&format!("{count} follow from this: {}", fold.root))
        );
        rows(out, &fold.findings);
    }
    for finding in alone.into_iter().chain(under).filter(|f| !f.details.is_empty()) {
        let _ = writeln!(out, "{}\n", escaped(&format!("{} {}", finding.check, finding.subject)));
        for detail in &finding.details {
            let indent = if detail.starts_with("  ") { "  " } else { "" };
            let _ = writeln!(out, "{indent}- {}", escaped(detail.trim_start()));
        }
        out.push('\n');
    }
}

fn rows(out: &mut String, findings: &[&Finding]) {
    if findings.is_empty() {
        return;
    }
    row(out, ["verdict", "check", "subject", "finding"].map(str::to_owned));
    row(out, ["---", "---", "---", "---"].map(str::to_owned));
    for finding in findings {
        let cells = [&finding.verdict, &finding.check, &finding.subject, &finding.text];
        row(out, cells.map(|cell| escaped(cell)));
    }
    out.push('\n');
}

fn table(out: &mut String, table: &Table) {
    let columns = table.columns_for(For::People);
    if table.rows.is_empty() || columns.is_empty() {
        return;
    }
    let _ = writeln!(out, "### {}\n", escaped(&table.title));
    row(out, columns.iter().map(|(_, column)| escaped(column.title)));
    row(out, columns.iter().map(|_| "---".to_owned()));
    for cells in &table.rows {
        row(out, columns.iter().map(|(i, _)| escaped(&cells[*i].to_string())));
    }
    out.push('\n');
}

fn row(out: &mut String, cells: impl IntoIterator<Item = String>) {
    let cells: Vec<String> = cells.into_iter().collect();
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

/// Text that is no markup: one line, and nothing in it opens a link, a tag or a cell.
pub(in crate::report) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in plain(text).chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
