//! A document for a terminal: aligned lines, tables, and the first rows of what is long.

use std::fmt::Write;

use super::{Block, Document, Finding, Findings, Fold, For, Outcome, Part, Section, Shown, Table, folds, plain};
use crate::check::thousands;

/// Details of one finding that are shown unless everything is asked for.
const DETAILS: usize = 12;
/// Findings that follow from one root that are shown unless everything is asked for.
const FOLDED: usize = 4;
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
            Part::Aside(_) | Part::Fields(_) | Part::Picture(_) => {}
            Part::Table(rows) => table(out, rows, verbose),
            Part::Block(lines) => block(out, lines, verbose),
            Part::Findings(all) => findings(out, all, verbose),
            Part::Sections { shown, sections, .. } => {
                let shown = if verbose { usize::MAX } else { *shown };
                sections.iter().take(shown).for_each(|one| section(out, one, verbose));
                if let Some(more) = more(sections.len(), shown, "") {
                    let _ = writeln!(out, "{more}\n");
                }
            }
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

fn block(out: &mut String, block: &Block, verbose: bool) {
    if !block.title.is_empty() {
        let _ = writeln!(out, "{}", plain(&block.title));
    }
    let shown = if verbose { usize::MAX } else { block.shown };
    for line in block.lines.iter().take(shown) {
        let _ = writeln!(out, "{}", plain(line).trim_end());
    }
    if let Some(more) = more(block.lines.len(), shown, " lines") {
        let _ = writeln!(out, "  {more}");
    }
}

/// How wide the columns of findings are.
struct Widths {
    verdict: usize,
    check: usize,
    subject: usize,
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
    let widths = Widths {
        verdict: width(&|f| f.verdict.chars().count()),
        check: width(&|f| f.check.chars().count()),
        subject: width(&|f| plain(&f.subject).chars().count()).min(SUBJECT),
    };
    let shown = if verbose || all.most == 0 { usize::MAX } else { all.most };
    let folds = if verbose {
        Vec::new()
    } else {
        folds(lines.iter().copied())
    };
    for (told, finding) in lines.iter().enumerate() {
        let fold = folds.iter().find(|fold| fold.root == finding.root);
        match fold {
            // Told where the first of them would stand, and only there.
            Some(fold)
                if fold
                    .findings
                    .first()
                    .is_some_and(|first| std::ptr::eq(*first, *finding)) =>
            {
                folded(out, fold, &widths);
            }
            Some(_) => {}
            None if told < shown => one(out, finding, "", &widths, verbose),
            None => {}
        }
    }
    if let Some(more) = more(lines.len(), shown, "") {
        let _ = writeln!(out, "  {more}");
    }
}

/// What several findings follow from, and the first of them.
fn folded(out: &mut String, fold: &Fold<'_>, widths: &Widths) {
    let count = thousands(fold.findings.len() as u64);
    let _ = writeln!(out, "  {count} verdicts follow from this: {}", plain(fold.root));
    for finding in fold.findings.iter().take(FOLDED) {
        one(out, finding, "  ", widths, false);
    }
    if let Some(more) = more(fold.findings.len(), FOLDED, "") {
        let _ = writeln!(out, "    {more}");
    }
}

fn one(out: &mut String, finding: &Finding, indent: &str, widths: &Widths, verbose: bool) {
    let (verdicts, checks, subjects) = (widths.verdict, widths.check, widths.subject);
    let text = format!(
        "{indent}  {:verdicts$}  {:checks$}  {:subjects$}  {}",
        finding.verdict,
        finding.check,
        plain(&finding.subject),
        plain(&finding.text)
    );
    let _ = writeln!(out, "{}", text.trim_end());
    if !(verbose || finding.explains) {
        return;
    }
    let shown = if verbose { usize::MAX } else { DETAILS };
    for detail in finding.details.iter().take(shown) {
        let _ = writeln!(out, "{indent}  {:verdicts$}    {}", "", plain(detail));
    }
    if let Some(more) = more(finding.details.len(), shown, "") {
        let _ = writeln!(out, "{indent}  {:verdicts$}    {more}", "");
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
    let columns = table.columns_for(For::People);
    if columns.is_empty() {
        return;
    }
    let _ = writeln!(out, "  {}", plain(&table.title));
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
