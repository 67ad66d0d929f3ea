//! Where something was read.

use std::fmt;
use std::sync::Arc;

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, as the user named it.
    pub file: Arc<str>,
    /// Where in it.
    pub part: Part,
}

/// Which part of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// All of it.
    Whole,
    /// A path inside a JSON text: `VirtualBorderRouterSet.VirtualBorderRouterType[3].VlanId`.
    Json(String),
    /// A cell of a table.
    Cell {
        /// Line of the file, from 1; the title's line is one of them.
        line: u32,
        /// Column, from 1.
        column: u32,
        /// The column's title; empty: it has none.
        title: Arc<str>,
    },
    /// A line of a text.
    Line {
        /// Line, from 1.
        line: u32,
        /// Column in characters, from 1.
        column: u32,
    },
}

impl Place {
    /// A file as a whole.
    pub fn whole(file: &Arc<str>) -> Self {
        Self {
            file: file.clone(),
            part: Part::Whole,
        }
    }
    /// A path inside a JSON text.
    pub fn json(file: &Arc<str>, path: impl Into<String>) -> Self {
        Self {
            file: file.clone(),
            part: Part::Json(path.into()),
        }
    }
    /// The same for a line that people read: of a path inside a JSON text only the entry and its field.
    pub fn short(&self) -> String {
        match &self.part {
            Part::Json(path) => match path.rfind('[') {
                Some(at) => format!("{}: {}", self.file, &path[at..]),
                None => self.file.to_string(),
            },
            Part::Whole | Part::Cell { .. } | Part::Line { .. } => self.to_string(),
        }
    }
    /// Line and column, from 1; 0 and 0 where it has none.
    pub const fn line_and_column(&self) -> (u32, u32) {
        match self.part {
            Part::Cell { line, column, .. } | Part::Line { line, column } => (line, column),
            Part::Whole | Part::Json(_) => (0, 0),
        }
    }
}

impl fmt::Display for Place {
    /// `file`, `file: path`, `file:line:column (title)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        match &self.part {
            Part::Whole => Ok(()),
            Part::Json(path) if path.is_empty() => Ok(()),
            Part::Json(path) => write!(f, ": {path}"),
            Part::Cell { line, column, title } if title.is_empty() => write!(f, ":{line}:{column}"),
            Part::Cell { line, column, title } => write!(f, ":{line}:{column} ({title})"),
            Part::Line { line, column } => write!(f, ":{line}:{column}"),
        }
    }
}
