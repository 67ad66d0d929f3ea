//! A list of tenants: comma-separated values as NetBox and spreadsheets export them.
//!
//! UTF-8 or UTF-16, with or without byte order mark; separated by commas, semicolons, tabs or bars (the file's first
//! line may say `sep=;`). The titles stand in the row, of the first 20, of which most are known; what stands above is
//! left out. A row is one service. Merged cells are not filled down: what a row does not say is UNKNOWN.

mod columns;
mod rows;
#[cfg(test)]
mod tests;
mod words;

use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};

pub use columns::Map;
pub(in crate::inventory) use rows::spec_of;

use super::place::{Part, Place};
use super::service::Service;
use super::text::{NotText, decode};
use super::trouble::Trouble;
use crate::scenario::Code;

/// Rows of a table, at most.
pub const ROWS_MAX: usize = 100_000;
/// Columns of a table, at most.
pub const COLUMNS_MAX: usize = 256;
/// The titles stand in one of so many rows.
const TITLES_WITHIN: usize = 20;
/// What separates cells, the likeliest first.
const SEPARATORS: [u8; 4] = *b",;\t|";

/// What a list of tenants shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// A service for each row that says whose it is, in order.
    pub services: Vec<Service>,
    /// What is wrong or missing, by line and column.
    pub troubles: Vec<Trouble>,
    /// How many rows there are under the titles.
    pub rows: usize,
}

impl Listed {
    /// Does something stop the list from being used?
    pub fn is_refused(&self) -> bool {
        self.troubles.iter().any(|trouble| trouble.stops)
    }
}

/// Reads a list of tenants. `map`: which columns the user names.
pub fn read(name: &str, octets: &[u8], map: &Map) -> Listed {
    let file: Arc<str> = Arc::from(name);
    let refused = |code, message: String| Listed {
        troubles: vec![Trouble::error(Place::whole(&file), code, message)],
        ..Listed::default()
    };
    let text = match decode(octets) {
        Ok(text) => text,
        Err(NotText(at)) => return refused(Code::ListNotText, format!("octet {at} is no text")),
    };
    let (text, said, above) = said_separator(&text);
    let all = SEPARATORS
        .into_iter()
        .filter(|one| said.is_none_or(|said| said == *one));
    let scored = all.map(|separator| {
        (
            score(text, separator, map),
            std::cmp::Reverse(separator_rank(separator)),
            separator,
        )
    });
    let Some(((titles, _), _, separator)) = scored.max() else {
        return refused(Code::TableEmpty, "the file is empty".to_owned());
    };
    if titles == 0 {
        let message = "no row of the first 20 has titles that are known; name columns with --map, as in \
                       --map tenant=TITLE,vlan_id=TITLE";
        return refused(Code::TableEmpty, message.to_owned());
    }
    let records = match records(text, separator, ROWS_MAX + TITLES_WITHIN) {
        Ok(records) => records,
        Err(message) => return refused(Code::TableTooLarge, message),
    };
    let mut table = Table {
        file,
        above,
        titles: Vec::new(),
    };
    let mut listed = table.read(&records, map);
    if text.bytes().filter(|octet| *octet == b'"').count() % 2 == 1 {
        let last = records.last().map_or(0, |record| table.line(record));
        let message = "a quote is opened and never closed; the cells behind it cannot be told apart";
        let place = table.cell(last, 0);
        listed.troubles.push(Trouble::error(place, Code::RowRagged, message));
    }
    listed.troubles.sort();
    listed
}

/// A first line that says what separates cells, as a spreadsheet writes it; the text behind it; its number of lines.
fn said_separator(text: &str) -> (&str, Option<u8>, u32) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let said = first.trim_end_matches('\r').trim_matches('"').strip_prefix("sep=");
    match said.map(str::as_bytes) {
        Some([one]) if SEPARATORS.contains(one) => (rest, Some(*one), 1),
        _ => (text, None, 0),
    }
}

fn separator_rank(separator: u8) -> usize {
    SEPARATORS
        .iter()
        .position(|one| *one == separator)
        .unwrap_or(SEPARATORS.len())
}

/// How many titles the best of the first rows has, and how many cells.
fn score(text: &str, separator: u8, map: &Map) -> (usize, usize) {
    let rows = reader(text, separator).into_records().take(TITLES_WITHIN).flatten();
    let scores = rows.map(|row| (columns::recognised(row.iter(), map), row.len()));
    scores.max().unwrap_or((0, 0))
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes())
}

/// Every row that is not blank.
fn records(text: &str, separator: u8, most: usize) -> Result<Vec<StringRecord>, String> {
    let mut records = Vec::new();
    for record in reader(text, separator).into_records() {
        let record = record.map_err(|error| error.to_string())?;
        if record.len() > COLUMNS_MAX {
            return Err(format!(
                "a row has {} columns; at most {COLUMNS_MAX} are read",
                record.len()
            ));
        }
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            records.push(record);
        }
        if records.len() > most {
            return Err(format!("there are more than {ROWS_MAX} rows"));
        }
    }
    Ok(records)
}

/// A table while it is read.
struct Table {
    file: Arc<str>,
    /// Lines of the file above the text that is read.
    above: u32,
    titles: Vec<Arc<str>>,
}

impl Table {
    fn line(&self, record: &StringRecord) -> u32 {
        let line = record.position().map_or(0, csv::Position::line);
        u32::try_from(line).unwrap_or(u32::MAX).saturating_add(self.above)
    }

    /// A cell's place; `column` from 0.
    fn cell(&self, line: u32, column: usize) -> Place {
        let title = self.titles.get(column).cloned().unwrap_or_else(|| Arc::from(""));
        Place {
            file: self.file.clone(),
            part: Part::Cell {
                line,
                column: u32::try_from(column + 1).unwrap_or(u32::MAX),
                title,
            },
        }
    }

    fn read(&mut self, records: &[StringRecord], map: &Map) -> Listed {
        let mut listed = Listed::default();
        let within = records.iter().take(TITLES_WITHIN).enumerate();
        let scores = within.map(|(at, row)| (columns::recognised(row.iter(), map), std::cmp::Reverse(at)));
        let Some((_, std::cmp::Reverse(at))) = scores.max() else {
            return listed;
        };
        let titles: Vec<String> = records[at].iter().map(|cell| cell.trim().to_owned()).collect();
        self.titles = titles.iter().map(|title| Arc::from(title.as_str())).collect();
        let line = self.line(&records[at]);
        let columns = columns::assign(&titles, map);
        for (column, message) in &columns.wrong {
            let place = self.cell(line, *column);
            listed.troubles.push(Trouble::error(place, Code::TableColumn, message));
        }
        let rows = &records[at + 1..];
        listed.rows = rows.len();
        if rows.is_empty() {
            let place = self.cell(line, 0);
            let message = "there is no row under the titles";
            listed.troubles.push(Trouble::error(place, Code::TableEmpty, message));
        }
        rows::read(self, &self.cell(line, 0), rows, &columns, &mut listed);
        listed
    }
}
