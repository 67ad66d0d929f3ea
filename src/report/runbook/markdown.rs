//! A runbook as Markdown: page one by itself, then a chapter each, then the certificate.

use std::fmt::Write;

use super::{certificate, text};
use crate::preflight::Language;
use crate::report::document::escaped;
use crate::runbook::{Block, Chapter, Grid, Runbook, certificate_title, legend, title};

/// Where a printer begins another page.
const PAGE: &str = "<div style=\"page-break-after: always\"></div>\n\n";

pub(super) fn render(runbook: &Runbook, language: Language) -> String {
    let heading = line(title(&runbook.name).said(language));
    let mut out = format!("# {heading}\n\n{}\n\n", line(legend().said(language)));
    for (at, chapter) in runbook.chapters.iter().enumerate() {
        if at == 1 {
            out.push_str(PAGE);
        }
        one(&mut out, at, chapter, language);
    }
    let number = runbook.chapters.len();
    let _ = writeln!(out, "## {number}. {}\n", line(certificate_title().said(language)));
    certificate::markdown(&mut out, &runbook.certificate);
    out
}

fn one(out: &mut String, at: usize, chapter: &Chapter, language: Language) {
    let title = line(chapter.title.said(language));
    match at {
        0 => {
            let _ = writeln!(out, "## {title}\n");
        }
        at => {
            let _ = writeln!(out, "## {at}. {title}\n");
        }
    }
    for block in &chapter.blocks {
        match block {
            Block::Para(text) => {
                let _ = writeln!(out, "{}\n", line(text.said(language)));
            }
            Block::List(title, items) => {
                if !title.is_empty() {
                    let _ = writeln!(out, "**{}**\n", line(title.said(language)));
                }
                for item in items {
                    let _ = writeln!(out, "- {}", line(item.said(language)));
                }
                out.push('\n');
            }
            Block::Table(grid) => table(out, grid, language),
        }
    }
}

fn table(out: &mut String, grid: &Grid, language: Language) {
    row(out, grid.columns.iter().map(|column| line(column.title.said(language))));
    row(out, grid.columns.iter().map(|_| "---".to_owned()));
    for cells in &grid.rows {
        row(out, cells.iter().map(|cell| lines(&text(cell, language))));
    }
    out.push('\n');
}

pub(super) fn row(out: &mut String, cells: impl Iterator<Item = String>) {
    let cells: Vec<String> = cells.collect();
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

/// Text that is no markup, in one line.
pub(super) fn line(text: &str) -> String {
    // A blank is a line to write on, not emphasis.
    let blank = "________";
    let parts: Vec<String> = text.split(blank).map(escaped).collect();
    parts.join(blank)
}

/// Text of several lines in one cell.
fn lines(text: &str) -> String {
    let each: Vec<String> = text.split('\n').map(line).collect();
    each.join("<br>")
}
