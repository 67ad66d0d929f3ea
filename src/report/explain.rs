//! Lists that commands print: codes and what they mean, vectors of the suite, faults that are injected.

use super::document::{Block, Column, Document, For, Part, Table};
use crate::check::{Unit, Value};

/// What programs read of each entry.
const COLUMNS: [Column; 4] = [
    Column::of("code", "", Unit::Count, For::Programs),
    Column::of("of", "", Unit::Count, For::Programs),
    Column::of("summary", "", Unit::Count, For::Programs),
    Column::of("explanation", "", Unit::Count, For::Programs),
];

/// One entry of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Explanation {
    /// The code, or the id.
    pub code: String,
    /// Whose it is: `trunklab` or `api`; of a vector its group, of a fault its source.
    pub of: String,
    /// What it says, in one line.
    pub summary: String,
    /// What it says, whole.
    pub explanation: String,
}

/// A list, or one entry of it; `lines` are what people read of it.
pub fn explanations(format: &'static str, title: &'static str, all: &[Explanation], lines: Vec<String>) -> Document {
    let mut table = Table::new("entries", title, &COLUMNS, 0);
    for one in all {
        let cells = [&one.code, &one.of, &one.summary, &one.explanation];
        table.push(cells.map(Value::text).to_vec());
    }
    let shown = lines.len();
    Document {
        format,
        title,
        parts: vec![
            Part::Block(Block {
                title: String::new(),
                lines,
                shown,
            }),
            Part::Table(table),
        ],
    }
}
