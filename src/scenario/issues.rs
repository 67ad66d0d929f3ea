//! Collects what is wrong.

use super::at::{Span, Wrong};
use super::codes::Code;
use super::diagnostic::{Diagnostic, Severity};

/// No more errors than anybody reads.
const ISSUES_MAX: usize = 200;

/// Errors and warnings of one file.
pub(super) struct Issues {
    file: String,
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
}

impl Issues {
    pub(super) fn new(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            errors: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The file's own path, to find what it names beside it.
    pub(super) fn path(&self) -> &str {
        &self.file
    }

    pub(super) fn wrong(&mut self, span: Span, wrong: Wrong) {
        if self.errors.len() < ISSUES_MAX {
            self.errors.push(Diagnostic::error(&self.file, span, wrong));
        }
    }

    pub(super) fn err(&mut self, span: Span, code: Code, message: impl Into<String>) {
        self.wrong(span, Wrong::new(code, message));
    }

    pub(super) fn err_help(&mut self, span: Span, code: Code, message: impl Into<String>, help: impl Into<String>) {
        self.wrong(span, Wrong::new(code, message).help(help));
    }

    pub(super) fn warn(&mut self, span: Span, wrong: Wrong) {
        if self.warnings.len() < ISSUES_MAX {
            let mut warning = Diagnostic::error(&self.file, span, wrong);
            warning.severity = Severity::Warning;
            self.warnings.push(warning);
        }
    }

    pub(super) fn any(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Errors and warnings, each sorted by place.
    pub(super) fn finish(mut self) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
        for list in [&mut self.errors, &mut self.warnings] {
            list.sort_by(|a, b| (a.span, a.code, &a.message).cmp(&(b.span, b.code, &b.message)));
            list.dedup();
        }
        (self.errors, self.warnings)
    }
}
