//! What a runbook consists of: chapters of paragraphs, lists and tables, each in every language.

use crate::preflight::Text;

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// What is known.
    Said(Text),
    /// What nobody has written down: a blank to fill in, never something invented.
    Blank,
}

impl Cell {
    /// What is the same in every language.
    pub fn same(text: impl Into<String>) -> Self {
        Self::Said(Text::same(text))
    }
    /// What somebody wrote down, or a blank.
    pub fn or_blank(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Blank, Self::same)
    }
}

impl From<Text> for Cell {
    fn from(text: Text) -> Self {
        Self::Said(text)
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What programs call it.
    pub key: &'static str,
    /// What people call it.
    pub title: Text,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// What programs call it.
    pub key: &'static str,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows: a cell for each column.
    pub rows: Vec<Vec<Cell>>,
}

impl Grid {
    /// A table without rows.
    pub fn new(key: &'static str, columns: impl IntoIterator<Item = (&'static str, Text)>) -> Self {
        let column = |(key, title)| Column { key, title };
        Self {
            key,
            columns: columns.into_iter().map(column).collect(),
            rows: Vec::new(),
        }
    }

    /// One more row.
    pub fn push(&mut self, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.columns.len(), "{}: a cell for each column", self.key);
        self.rows.push(row);
    }
}

/// A piece of a chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Para(Text),
    /// A list; its title may be empty.
    List(Text, Vec<Text>),
    /// A table.
    Table(Grid),
}

/// A chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    /// What programs call it.
    pub key: &'static str,
    /// What people call it.
    pub title: Text,
    /// What it consists of.
    pub blocks: Vec<Block>,
}
