//! One document: what every command says, whatever it is printed as.
//!
//! Commands build it from values; text, JSON, JUnit, Markdown, CSV and HTML are renderings of it and know
//! no command. Nothing is left out of a document: text and HTML alone show the first rows of what is long,
//! say how many more there are and how to see them. Pictures are for HTML alone.

mod csv;
mod json;
mod junit;
mod markdown;
pub mod picture;
mod sarif;
mod text;

pub(super) use csv::quoted;
pub(super) use markdown::escaped;

use crate::check::{Field, Unit, Value};
use picture::{FrameTold, Picture};

/// What a document is printed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lines for people. `verbose`: everything, else the first rows of what is long.
    Text {
        /// Details of what went well, and every row.
        verbose: bool,
    },
    /// One JSON document.
    Json,
    /// JUnit XML for continuous integration.
    Junit,
    /// Markdown, with tables.
    Markdown,
    /// Comma-separated values (RFC 4180), one block for each table.
    Csv,
    /// SARIF 2.1.0: what is wrong, beside the lines that it is about.
    Sarif,
}

/// What a command says.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// Which command, and the version of what programs read: a change that could break one raises it.
    pub format: &'static str,
    /// The title of the whole.
    pub title: &'static str,
    /// What it consists of, in order.
    pub parts: Vec<Part>,
}

/// A part of a document or of a section.
#[derive(Debug, Clone)]
pub enum Part {
    /// A line for people.
    Line(String),
    /// A line for people who want to know everything.
    Aside(String),
    /// Values for programs.
    Fields(Vec<Field>),
    /// A table.
    Table(Table),
    /// Lines that belong together, of which text shows the first.
    Block(Block),
    /// Findings.
    Findings(Findings),
    /// What is drawn, in HTML alone.
    Picture(Box<Picture>),
    /// Sections of one kind: a scenario each.
    Sections {
        /// What programs call the list.
        key: &'static str,
        /// How many of them text shows unless everything is asked for.
        shown: usize,
        /// The sections.
        sections: Vec<Section>,
    },
}

/// A part of a document with a title of its own.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// What it is about, as the user named it: a scenario.
    pub source: String,
    /// Its own name.
    pub name: String,
    /// What stands behind the source in its first line.
    pub subtitle: String,
    /// Facts that continuous integration keeps beside it: seed, digest, command.
    pub properties: Vec<(&'static str, String)>,
    /// What it consists of, in order.
    pub parts: Vec<Part>,
}

/// Who is shown a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Everybody.
    All,
    /// People: several values in one cell, in words.
    People,
    /// Programs: one value with its unit.
    Programs,
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// What programs call it, without its unit.
    pub key: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// What its numbers are measured in.
    pub unit: Unit,
    /// Who is shown it.
    pub of: For,
}

impl Column {
    /// A column of texts or counts, for everybody.
    pub const fn new(key: &'static str, title: &'static str) -> Self {
        Self::of(key, title, Unit::Count, For::All)
    }
    /// A column of numbers, for everybody.
    pub const fn unit(key: &'static str, title: &'static str, unit: Unit) -> Self {
        Self::of(key, title, unit, For::All)
    }
    /// A column.
    pub const fn of(key: &'static str, title: &'static str, unit: Unit, of: For) -> Self {
        Self { key, title, unit, of }
    }
    /// The name that programs see: the key with its unit.
    pub fn name(&self) -> String {
        format!("{}{}", self.key, self.unit.suffix())
    }
    pub(super) const fn is_for(&self, who: For) -> bool {
        matches!(
            (self.of, who),
            (For::All, _) | (For::People, For::People) | (For::Programs, For::Programs)
        )
    }
}

/// A table, whole.
#[derive(Debug, Clone)]
pub struct Table {
    /// What programs call it.
    pub key: &'static str,
    /// What people call it.
    pub title: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, the most important first: a value for each column.
    pub rows: Vec<Vec<Value>>,
    /// How many rows text shows unless everything is asked for; 0: the table itself only then.
    pub shown: usize,
    /// Rows that text shows before others, and all in their order.
    pub urgent: Vec<usize>,
}

impl Table {
    /// A table of which text shows the first rows.
    pub fn new(key: &'static str, title: impl Into<String>, columns: &[Column], shown: usize) -> Self {
        Self {
            key,
            title: title.into(),
            columns: columns.to_vec(),
            rows: Vec::new(),
            shown,
            urgent: Vec::new(),
        }
    }

    /// One more row.
    pub fn push(&mut self, row: Vec<Value>) {
        debug_assert_eq!(row.len(), self.columns.len(), "{}: a value for each column", self.key);
        self.rows.push(row);
    }

    /// The rows that are shown where so many are: urgent ones and then the first, in their order.
    pub(super) fn chosen(&self, shown: usize) -> Vec<&Vec<Value>> {
        let urgent: std::collections::BTreeSet<usize> = self.urgent.iter().copied().take(shown).collect();
        let others = (0..self.rows.len()).filter(|at| !urgent.contains(at));
        let mut chosen: Vec<usize> = others.take(shown - urgent.len()).collect();
        chosen.extend(&urgent);
        chosen.sort_unstable();
        chosen.into_iter().filter_map(|at| self.rows.get(at)).collect()
    }

    pub(super) fn columns_for(&self, who: For) -> Vec<(usize, &Column)> {
        self.columns.iter().enumerate().filter(|(_, c)| c.is_for(who)).collect()
    }
}

/// Lines for people that belong together, all of them: a file, a list.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// The line above them; empty: there is none.
    pub title: String,
    /// The lines.
    pub lines: Vec<String>,
    /// How many of them text shows unless everything is asked for.
    pub shown: usize,
}

/// Findings under one key, each with a verdict.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// What programs call them.
    pub key: &'static str,
    /// Which of them text shows unless everything is asked for.
    pub shown: Shown,
    /// How many of those it shows then; 0: every one.
    pub most: usize,
    /// The findings.
    pub findings: Vec<Finding>,
}

/// Which findings text shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shown {
    /// All.
    #[default]
    All,
    /// Those that are not as they should be; the others are counted elsewhere.
    Wrong,
    /// None: other lines tell them.
    Elsewhere,
}

/// How a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Outcome {
    /// As it should be.
    #[default]
    Good,
    /// It does not apply.
    Skipped,
    /// Not as it should be.
    Bad,
    /// Nobody knows, or the tester failed.
    Unknown,
}

/// One finding.
#[derive(Debug, Clone, Default)]
pub struct Finding {
    /// How it stands.
    pub outcome: Outcome,
    /// The verdict as people read it.
    pub verdict: String,
    /// Which question.
    pub check: String,
    /// Of what; empty: of everything.
    pub subject: String,
    /// What continuous integration calls it.
    pub name: String,
    /// One sentence.
    pub text: String,
    /// Lines under it, the worst first.
    pub details: Vec<String>,
    /// Does text show the lines even where not everything is asked for?
    pub explains: bool,
    /// What it follows from, in words; empty: from nothing that is known. Text and Markdown fold findings
    /// that follow from the same under it.
    pub root: String,
    /// What programs read of it.
    pub fields: Vec<Field>,
    /// Frames that it is about, whole, for HTML.
    pub frames: Vec<FrameTold>,
}

impl Document {
    /// Puts a picture into the first section of that source.
    pub fn draw(&mut self, source: &str, picture: Picture) {
        let sections = self.parts.iter_mut().filter_map(|part| match part {
            Part::Sections { sections, .. } => Some(sections),
            _ => None,
        });
        if let Some(section) = sections.flatten().find(|section| section.source == source) {
            section.parts.push(Part::Picture(Box::new(picture)));
        }
    }

    /// Renders it, with a newline at its end.
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Text { verbose } => text::render(self, verbose),
            Format::Json => json::render(self),
            Format::Junit => junit::render(self),
            Format::Markdown => markdown::render(self),
            Format::Csv => csv::render(self),
            Format::Sarif => sarif::render(self),
        }
    }
}

/// Findings that follow from the same.
pub(super) struct Fold<'a> {
    pub(super) root: &'a str,
    pub(super) findings: Vec<&'a Finding>,
}

/// What several findings follow from, in the order of the first of each. One that follows alone stands for itself.
pub(super) fn folds<'a>(all: impl Iterator<Item = &'a Finding>) -> Vec<Fold<'a>> {
    let mut folds: Vec<Fold<'a>> = Vec::new();
    for finding in all.filter(|finding| !finding.root.is_empty()) {
        match folds.iter_mut().find(|fold| fold.root == finding.root) {
            Some(fold) => fold.findings.push(finding),
            None => folds.push(Fold {
                root: &finding.root,
                findings: vec![finding],
            }),
        }
    }
    folds.retain(|fold| fold.findings.len() > 1);
    folds
}

/// Text of one line: what would move the cursor or end the line is spelt out.
pub(super) fn plain(text: &str) -> String {
    if !text.chars().any(is_hostile) {
        return text.to_owned();
    }
    let spell = |c: char| match is_hostile(c) {
        true => c.escape_default().to_string(),
        false => c.to_string(),
    };
    text.chars().map(spell).collect()
}

/// Controls, and what turns the direction of writing.
fn is_hostile(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests;
