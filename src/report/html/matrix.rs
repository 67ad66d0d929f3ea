//! Matrices: who leaked where, and what a fault at each step of a cutover comes to.

use std::collections::BTreeMap;

use serde::Serialize;

use super::words::{class_of, fields_of, inner, list, shown, text};
use crate::check::{Field, Value, thousands};
use crate::report::document::Table;

/// Rows and columns that are shown; those that say most stay.
const ROWS: usize = 60;
const COLUMNS: usize = 40;

/// A matrix on the page.
#[derive(Debug, Serialize)]
pub(super) struct Matrix {
    id: &'static str,
    title: &'static str,
    note: String,
    corner: &'static str,
    head: Vec<String>,
    rows: Vec<MatrixRow>,
}

#[derive(Debug, Serialize)]
struct MatrixRow {
    name: String,
    cells: Vec<MatrixCell>,
}

#[derive(Debug, Serialize, Clone, Default)]
struct MatrixCell {
    text: String,
    class: &'static str,
    title: String,
}

/// Every matrix of a section.
pub(super) fn matrices(fields: &[Field], tables: &[&Table]) -> Vec<Matrix> {
    let all = [isolation(fields), faults(tables)];
    all.into_iter().flatten().collect()
}

/// Leaks from each tenant to each port: of many, those that leaked or had no control.
fn isolation(fields: &[Field]) -> Option<Matrix> {
    let matrix = inner(fields, "matrix");
    let ports: Vec<String> = list(matrix, "ports").iter().map(ToString::to_string).collect();
    let rows = list(matrix, "rows");
    if ports.is_empty() || rows.is_empty() {
        return None;
    }
    let leaks_of = |row: &Value| -> BTreeMap<String, u64> {
        let leaks = inner(fields_of(row), "leaks").iter();
        let count = |value: &Value| match value {
            Value::Number(_, Some(n)) => *n,
            _ => 0,
        };
        leaks
            .map(|field| (field.key.to_string(), count(&field.value)))
            .collect()
    };
    let without_of = |row: &Value| -> Vec<String> {
        let all = list(fields_of(row), "without_control");
        all.iter().map(ToString::to_string).collect()
    };
    let mut by_port: BTreeMap<String, u64> = BTreeMap::new();
    for row in rows {
        leaks_of(row)
            .into_iter()
            .for_each(|(port, n)| *by_port.entry(port).or_default() += n);
    }
    let mut shown_ports: Vec<&String> = ports.iter().collect();
    shown_ports.sort_by_key(|port| std::cmp::Reverse(by_port.get(*port).copied().unwrap_or(0)));
    shown_ports.truncate(COLUMNS);
    let mut shown_rows: Vec<&Value> = rows.iter().collect();
    shown_rows.sort_by_key(|row| std::cmp::Reverse(leaks_of(row).values().sum::<u64>()));
    shown_rows.truncate(ROWS);
    let body = shown_rows.iter().map(|row| {
        let (leaks, without) = (leaks_of(row), without_of(row));
        let cells = shown_ports.iter().map(|port| match leaks.get(*port) {
            Some(n) => MatrixCell {
                text: thousands(*n),
                class: "bad",
                title: format!("{n} frames leaked to {}", shown(port)),
            },
            None if without.contains(port) => MatrixCell {
                text: "?".to_owned(),
                class: "unknown",
                title: format!("no control arrived at {}, so nobody knows", shown(port)),
            },
            None => MatrixCell {
                text: "\u{b7}".to_owned(),
                class: "dim",
                title: String::new(),
            },
        });
        MatrixRow {
            name: shown(&text(fields_of(row), "from")),
            cells: cells.collect(),
        }
    });
    let left_out = match (ports.len() - shown_ports.len(), rows.len() - shown_rows.len()) {
        (0, 0) => String::new(),
        (columns, rows) => {
            format!(" {columns} ports and {rows} tenants with fewer leaks are left out; --format json has all.")
        }
    };
    Some(Matrix {
        id: "matrix",
        title: "Isolation matrix",
        note: format!(
            "Frames of each tenant (row) that leaked to each port (column). A dot: none, and a control arrived there, or \
             the port is the tenant's own; ?: no control arrived.{left_out}"
        ),
        corner: "from",
        head: shown_ports.iter().map(|port| shown(port)).collect(),
        rows: body.collect(),
    })
}

/// What a fault at each step comes to: the worst over assumptions.
fn faults(tables: &[&Table]) -> Option<Matrix> {
    let faults = tables.iter().find(|table| table.key == "faults")?;
    let at = |key: &str| faults.columns.iter().position(|column| column.key == key);
    let (fault, step, phase, verdict) = (at("fault")?, at("step")?, at("phase")?, at("verdict")?);
    let (assumed, outcome) = (at("assumed")?, at("outcome")?);
    let mut steps: Vec<(String, String)> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut cells: BTreeMap<(String, (String, String)), MatrixCell> = BTreeMap::new();
    let weight = |class: &str| {
        ["", "dim", "skip", "good", "expected", "unknown", "bad"]
            .iter()
            .position(|c| *c == class)
    };
    for row in &faults.rows {
        let cell = |at: usize| row[at].to_string();
        let key = (cell(step), cell(phase));
        if !steps.contains(&key) {
            steps.push(key.clone());
        }
        if !names.contains(&cell(fault)) {
            names.push(cell(fault));
        }
        let own = MatrixCell {
            text: cell(verdict),
            class: class_of(&cell(verdict)),
            title: shown(&format!("if attach_effect is {}: {}", cell(assumed), cell(outcome))),
        };
        let old = cells.entry((cell(fault), key)).or_default();
        if weight(own.class) >= weight(old.class) {
            *old = own;
        }
    }
    if names.is_empty() {
        return None;
    }
    let left_out = match steps.len().checked_sub(COLUMNS).filter(|more| *more > 0) {
        Some(more) => format!(" {more} more steps stand in the table `faults` below."),
        None => String::new(),
    };
    steps.truncate(COLUMNS);
    let rows = names.iter().take(ROWS).map(|name| MatrixRow {
        name: shown(name),
        cells: steps
            .iter()
            .map(|step| cells.get(&(name.clone(), step.clone())).cloned().unwrap_or_default())
            .collect(),
    });
    Some(Matrix {
        id: "faults",
        title: "Faults at every step",
        note: format!("The worst verdict over what is assumed of the attach, and over classes of tenants.{left_out}"),
        corner: "fault",
        rows: rows.collect(),
        head: steps
            .iter()
            .map(|(step, phase)| shown(&format!("{step} ({phase})")))
            .collect(),
    })
}
