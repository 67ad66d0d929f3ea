//! What is wrong with a scenario, for people and for editors.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::at::{Span, Wrong};
use super::codes::Code;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The scenario cannot run.
    Error,
    /// It runs, and its author should know.
    Warning,
}

/// One error or warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Its stable code.
    pub code: Code,
    /// The file, as it was named, and which edit of it.
    pub file: String,
    /// Where in the file; line 0: the file as a whole.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(file: &str, span: Span, wrong: Wrong) -> Self {
        Self {
            severity: Severity::Error,
            code: wrong.code,
            file: match span.edit {
                0 => file.to_owned(),
                edit => format!("{file}, edit {edit}"),
            },
            span,
            message: wrong.message,
            help: wrong.help,
        }
    }

    /// A warning at a place.
    pub fn warning(file: &str, span: Span, wrong: Wrong) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(file, span, wrong)
        }
    }

    /// Line, from 1; 0: the file as a whole.
    pub fn line(&self) -> u32 {
        self.span.line
    }
    /// Column in characters, from 1; 0: the file as a whole.
    pub fn column(&self) -> u32 {
        self.span.column
    }

    fn word(&self) -> &'static str {
        match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }

    /// Several lines with the piece of source it is about. `source` is the file's text;
    /// `colour` adds ANSI escapes.
    pub fn render(&self, source: &str, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let (offset, excerpt, range) = self.excerpt(source);
        let title = level.primary_title(self.message.as_str()).id(self.code.as_str());
        let mut group = annotate_snippets::Group::with_title(title);
        if self.span.line == 0 {
            group = group.element(annotate_snippets::Origin::path(self.file.as_str()));
        } else {
            group = group.element(
                Snippet::source(excerpt)
                    .path(self.file.as_str())
                    .line_start(offset)
                    .annotation(AnnotationKind::Primary.span(range)),
            );
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    }

    /// The lines around the place: first line's number, text, and the place within the text.
    /// Only these few lines are handed on, so that a huge file costs nothing to complain about.
    fn excerpt<'a>(&self, source: &'a str) -> (usize, &'a str, std::ops::Range<usize>) {
        let floor = |mut i: usize| {
            i = i.min(source.len());
            while !source.is_char_boundary(i) {
                i -= 1;
            }
            i
        };
        let start = floor(self.span.start as usize);
        let end = floor((self.span.end as usize).max(start)).min(start + 400);
        let end = floor(end);
        let from = source[..start].rfind('\n').map_or(0, |i| i + 1);
        let to = source[end..].find('\n').map_or(source.len(), |i| end + i);
        let from = floor(from.max(start.saturating_sub(400)));
        let to = floor(to.min(end + 400));
        let end = if end == start {
            (start + source[start..to].chars().next().map_or(0, char::len_utf8)).min(to)
        } else {
            end
        };
        (
            self.span.line.max(1) as usize,
            &source[from..to],
            start - from..end - from,
        )
    }
}

impl std::fmt::Display for Diagnostic {
    /// One line: `file:line:column: error[CODE]: message; help`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.file)?;
        if self.span.line > 0 {
            write!(f, ":{}:{}", self.span.line, self.span.column)?;
        }
        write!(f, ": {}[{}]: {}", self.word(), self.code.as_str(), self.message)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}
