//! The formats that every command prints in.

use clap::ValueEnum;

use crate::report;

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Aligned lines for people.
    Human,
    /// Stable, versioned JSON: everything, numbers with their units in the names.
    Json,
    /// JUnit XML for continuous integration.
    Junit,
    /// Markdown, with tables.
    Markdown,
    /// Comma-separated values, one block for each table.
    Csv,
    /// SARIF: what is wrong, beside the lines that it is about.
    Sarif,
}

impl Format {
    /// What the document is rendered as; `verbose` is for people.
    pub(super) const fn told(self, verbose: bool) -> report::Format {
        match self {
            Self::Human => report::Format::Text { verbose },
            Self::Json => report::Format::Json,
            Self::Junit => report::Format::Junit,
            Self::Markdown => report::Format::Markdown,
            Self::Csv => report::Format::Csv,
            Self::Sarif => report::Format::Sarif,
        }
    }
}
