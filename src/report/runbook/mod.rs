//! A runbook as Markdown to be read and printed, as JSON, and as CSV, in one language; its certificate, to be read back.

mod certificate;
mod checked;
mod csv;
mod json;
mod markdown;
#[cfg(test)]
mod tests;

pub use certificate::read as read_certificate;
pub use checked::checked_document;

use crate::preflight::Language;
use crate::runbook::{Cell, Runbook, blank};

/// What a runbook is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// Markdown, to be read and printed.
    Markdown,
    /// JSON, for programs.
    Json,
    /// CSV, for spreadsheets: what begins like a formula is made inert.
    Csv,
}

impl Paper {
    /// What the end of a file's name asks for.
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, end) = name.rsplit_once('.')?;
        match end.to_ascii_lowercase().as_str() {
            "md" | "markdown" => Some(Self::Markdown),
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

/// A runbook in one language, with a line end at its end.
pub fn render(runbook: &Runbook, paper: Paper, language: Language) -> String {
    match paper {
        Paper::Markdown => markdown::render(runbook, language),
        Paper::Json => json::render(runbook, language),
        Paper::Csv => csv::render(runbook, language),
    }
}

/// A cell as text; a blank is marked as one.
fn text(cell: &Cell, language: Language) -> String {
    match cell {
        Cell::Said(text) => text.said(language).to_owned(),
        Cell::Blank => blank().said(language).to_owned(),
    }
}
