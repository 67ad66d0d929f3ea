//! Collects what is wrong.

use super::at::{Span, Wrong};
use super::codes::Code;
use super::diagnostic::{Diagnostic, Severity};
use super::names::nearest;

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

    /// A name that names nothing: with the nearest one that does, unless so many errors stand
    /// already that nobody would read it.
    pub(super) fn dangling<'a>(
        &mut self,
        span: Span,
        message: String,
        name: &str,
        known: impl Iterator<Item = &'a str>,
    ) {
        self.dangling_or(span, message, name, known, None);
    }

    /// The same, with other advice where no name is near.
    pub(super) fn dangling_or<'a>(
        &mut self,
        span: Span,
        message: String,
        name: &str,
        known: impl Iterator<Item = &'a str>,
        otherwise: Option<String>,
    ) {
        if self.errors.len() >= ISSUES_MAX {
            return;
        }
        let wrong = Wrong::new(Code::Dangling, message);
        self.wrong(
            span,
            match nearest(name, known) {
                Some(near) => wrong.help(format!("did you mean `{near}`?")),
                None => Wrong {
                    help: otherwise,
                    ..wrong
                },
            },
        );
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
