//! Tables on the page: the rows that matter, the rest counted.

use serde::Serialize;

use super::words::{class_of, shown};
use crate::check::{Unit, Value};
use crate::report::document::{For, Table};

/// A table that is longer is closed at first.
const OPEN: usize = 14;

/// A table on the page.
#[derive(Debug, Serialize)]
pub(super) struct TableShown {
    key: &'static str,
    title: String,
    count: usize,
    is_open: bool,
    head: Vec<(String, bool)>,
    rows: Vec<Vec<Cell>>,
    more: usize,
}

#[derive(Debug, Serialize)]
struct Cell {
    text: String,
    class: &'static str,
}

/// A table with so many rows at most; `None`: it says nothing to people.
pub(super) fn table(table: &Table, most: usize) -> Option<TableShown> {
    let columns = table.columns_for(For::People);
    if columns.is_empty() || table.rows.is_empty() {
        return None;
    }
    let is_number = |i: usize| {
        let mut cells = table.rows.iter().take(8).filter_map(|row| row.get(i));
        cells.any(|value| matches!(value, Value::Number(unit, Some(_)) if *unit != Unit::Label))
    };
    let rows = table.chosen(most.min(table.rows.len()));
    let more = table.rows.len() - rows.len();
    let rows = rows.into_iter().map(|row| {
        let cells = columns.iter().map(|(i, _)| {
            let text = shown(&row[*i].to_string());
            let class = match text.as_str() {
                "." | "-" => "dim",
                _ => class_of(&text),
            };
            Cell { text, class }
        });
        cells.collect()
    });
    Some(TableShown {
        key: table.key,
        title: shown(table.title.trim()),
        count: table.rows.len(),
        is_open: table.rows.len() <= OPEN,
        head: columns
            .iter()
            .map(|(i, column)| (column.title.to_owned(), is_number(*i)))
            .collect(),
        rows: rows.collect(),
        more,
    })
}
