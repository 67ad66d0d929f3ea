//! A document for a terminal: aligned lines, tables, and the first rows of what is long.

use std::fmt::Write;

use super::{Document, Finding, Findings, For, Outcome, Part, Section, Shown, Table, plain};
use crate::check::thousands;

/// Details of one finding that are shown unless everything is asked for.
const DETAILS: usize = 12;
/// A subject that is longer moves its own line alone.
const SUBJECT: usize = 40;

pub(super) fn render(document: &Document, verbose: bool) -> String {
    let mut out = String::new();
    parts(&mut out, &document.parts, verbose);
    out
}

fn parts(out: &mut String, all: &[Part], verbose: bool) {
    for part in all {
        match part {
            Part::Line(line) => {
                let _ = writeln!(out, "{}", plain(line).trim_end());
            }
            Part::Aside(line) if verbose => {
                let _ = writeln!(out, "{}", plain(line).trim_end());
            }
            Part::Aside(_) | Part::Fields(_) => {}
            Part::Table(rows) => table(out, rows, verbose),
            Part::Findings(all) => findings(out, all, verbose),
            Part::Sections { sections, .. } => sections.iter().for_each(|one| section(out, one, verbose)),
        }
    }
}

fn section(out: &mut String, section: &Section, verbose: bool) {
    if !(section.source.is_empty() && section.subtitle.is_empty()) {
        let _ = writeln!(out, "{}{}", plain(&section.source), plain(&section.subtitle));
    }
    let before = out.len();
    parts(out, &section.parts, verbose);
    if out.len() > before {
        out.push('\n');
    }
}

fn findings(out: &mut String, all: &Findings, verbose: bool) {
    let wrong = |f: &Finding| matches!(f.outcome, Outcome::Bad | Outcome::Unknown);
    let told = |f: &&Finding| match all.shown {
        Shown::All => true,
        Shown::Wrong => verbose || wrong(f),
        Shown::Elsewhere => false,
    };
    let lines: Vec<&Finding> = all.findings.iter().filter(told).collect();
    let width = |of: &dyn Fn(&Finding) -> usize| lines.iter().map(|f| of(f)).max().unwrap_or(0);
    let verdicts = width(&|f| f.verdict.chars().count());
    let checks = width(&|f| f.check.chars().count());
    let subjects = width(&|f| plain(&f.subject).chars().count()).min(SUBJECT);
    for finding in lines {
        let text = format!(
            "  {:verdicts$}  {:checks$}  {:subjects$}  {}",
            finding.verdict,
            finding.check,
            plain(&finding.subject),
            plain(&finding.text)
        );
        let _ = writeln!(out, "{}", text.trim_end());
        if !(verbose || finding.explains) {
            continue;
        }
        let shown = if verbose { usize::MAX } else { DETAILS };
        for detail in finding.details.iter().take(shown) {
            let _ = writeln!(out, "  {:verdicts$}    {}", "", plain(detail));
        }
        if let Some(more) = more(finding.details.len(), shown, "") {
            let _ = writeln!(out, "  {:verdicts$}    {more}", "");
        }
    }
}

/// What says that there is more, and how to see it.
fn more(all: usize, shown: usize, what: &str) -> Option<String> {
    let more = all.checked_sub(shown).filter(|more| *more > 0)?;
    let more = thousands(more as u64);
    Some(format!(
        "and {more} more{what}: --verbose shows all, --format json holds all"
    ))
}

fn table(out: &mut String, table: &Table, verbose: bool) {
    let shown = if verbose { usize::MAX } else { table.shown };
    if shown == 0 || table.rows.is_empty() {
        return;
    }
    let _ = writeln!(out, "  {}", plain(&table.title));
    let columns = table.columns_for(For::People);
    let title = columns.iter().map(|(_, column)| column.title.to_owned()).collect();
    let cells = |row: &Vec<_>| columns.iter().map(|(i, _)| plain(&format!("{}", row[*i]))).collect();
    let lines: Vec<Vec<String>> = [title]
        .into_iter()
        .chain(table.chosen(shown.min(table.rows.len())).into_iter().map(cells))
        .collect();
    let width = |i: usize| lines.iter().map(|line| line[i].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    for line in &lines {
        let cells = line.iter().zip(&widths).map(|(cell, w)| format!("{cell:w$}", w = *w));
        let text = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(out, "    {}", text.trim_end());
    }
    if let Some(more) = more(table.rows.len(), shown, "") {
        let _ = writeln!(out, "    {more}");
    }
}
