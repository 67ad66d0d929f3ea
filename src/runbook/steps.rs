//! When who calls what, what is expected then, and what leads back; a decision before each wave, and a watch after it.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Block, Cell, Chapter, Grid};
use super::{Rehearsed, words};
use crate::preflight::Text;
use crate::provision::OperationName;
use crate::scenario::Unit;
use crate::scenario::file::StepItem;
use crate::units::SimTime;

/// A box to tick.
const BOX: &str = "\u{2610}";

pub(super) fn chapter(rehearsed: &Rehearsed<'_>) -> Chapter {
    let mut blocks = vec![Block::Para(words::steps_note())];
    if rehearsed.board().is_none_or(|board| board.opens.is_none()) {
        blocks.push(Block::Para(words::relative_note()));
    }
    blocks.push(Block::Table(grid(rehearsed)));
    Chapter {
        key: "steps",
        title: words::steps_title(),
        blocks,
    }
}

/// A call as the plan has it: when, for which VBR, what.
struct Call<'a> {
    at: Option<SimTime>,
    unit: &'a Unit,
    name: &'a str,
    operation: OperationName,
    by: &'a str,
    in_window: bool,
}

/// Every call that the judged simulation made, or would have made, in order of time.
fn calls<'a>(rehearsed: &Rehearsed<'a>) -> Vec<Call<'a>> {
    let told: BTreeMap<&str, Option<SimTime>> = match rehearsed.judged() {
        Some(run) => run.steps.iter().map(|step| (step.name.as_str(), step.at)).collect(),
        None => BTreeMap::new(),
    };
    let mut calls: Vec<Call<'_>> = Vec::new();
    for unit in rehearsed.units() {
        for step in &unit.steps {
            if step.in_window && !rehearsed.goes(unit) {
                continue;
            }
            calls.push(Call {
                at: told.get(step.name.as_str()).copied().flatten(),
                unit,
                name: &step.name,
                operation: step.operation,
                by: &step.by,
                in_window: step.in_window,
            });
        }
    }
    calls.sort_by_key(|call| (call.in_window, call.at.is_none(), call.at, call.unit.wave));
    calls
}

fn grid(rehearsed: &Rehearsed<'_>) -> Grid {
    let columns = [
        ("number", words::number()),
        ("time", words::time()),
        ("wave", words::wave()),
        ("actor", words::actor()),
        ("person", words::person()),
        ("call", words::call()),
        ("parameters", words::parameters()),
        ("expected", words::expected()),
        ("way_back", words::way_back()),
        ("done", words::done()),
    ];
    let mut grid = Grid::new("steps", columns);
    let written: BTreeMap<&str, &StepItem> = rehearsed
        .file
        .provisioning
        .iter()
        .filter_map(|item| Some((item.step.as_ref()?.value.0.as_str(), item)))
        .collect();
    let calls = calls(rehearsed);
    let mut begun: BTreeSet<usize> = BTreeSet::new();
    let mut last: Option<usize> = None;
    for call in &calls {
        if call.in_window && begun.insert(call.unit.wave) {
            if let Some(wave) = last {
                mark(&mut grid, wave, soak(rehearsed));
            }
            mark(&mut grid, call.unit.wave, words::go_no_go(call.unit.wave).into());
            last = Some(call.unit.wave);
        }
        let number = grid.rows.len() + 1;
        let parameters = written.get(call.name).map(|item| parameters(item));
        grid.push(vec![
            Cell::same(number.to_string()),
            call.at
                .map_or_else(|| words::not_called().into(), |at| rehearsed.when(at).into()),
            if call.in_window {
                Cell::same(call.unit.wave.to_string())
            } else {
                words::before_window().into()
            },
            Cell::same(call.by),
            person(rehearsed, call.by),
            Cell::same(call.operation.as_str()),
            Cell::same(parameters.unwrap_or_default()),
            expected(call.operation).into(),
            back(call.operation).into(),
            Cell::same(BOX),
        ]);
    }
    if let Some(wave) = last {
        mark(&mut grid, wave, soak(rehearsed));
    }
    grid
}

/// A row that is no call.
fn mark(grid: &mut Grid, wave: usize, what: Cell) {
    let number = grid.rows.len() + 1;
    let mut row = vec![
        Cell::same(number.to_string()),
        Cell::same(""),
        Cell::same(wave.to_string()),
    ];
    row.extend([
        Cell::same(""),
        Cell::Blank,
        what,
        Cell::same(""),
        Cell::same(""),
        Cell::same(""),
        Cell::same(BOX),
    ]);
    grid.push(row);
}

fn soak(rehearsed: &Rehearsed<'_>) -> Cell {
    let soak = rehearsed.board().and_then(|board| board.soak.as_ref());
    soak.map_or_else(words::soak_unsaid, |soak| words::soak(&soak.value.to_string()))
        .into()
}

fn person(rehearsed: &Rehearsed<'_>, account: &str) -> Cell {
    let actors = rehearsed.board().map_or(&[][..], |board| &board.actors);
    let found = actors.iter().find(|actor| *actor.account.0 == *account);
    Cell::or_blank(found.map(|actor| actor.name.value.as_str()))
}

fn parameters(item: &StepItem) -> String {
    let each = item.with.0.iter().map(|(key, value)| format!("{key}={}", value.0));
    each.collect::<Vec<_>>().join("\n")
}

fn expected(operation: OperationName) -> Text {
    use OperationName as O;
    match operation {
        O::OpenPhysicalConnectionService => words::expect_open(),
        O::CreateVpconnFromVbr => words::expect_create(),
        O::ConfirmPhysicalConnection => words::expect_confirm(),
        O::AttachVbrToVpconn => words::expect_attach(),
        O::TerminateVirtualBorderRouter => words::expect_terminate(),
        O::DeleteVirtualBorderRouter => words::expect_delete(),
        O::CreateVirtualPhysicalConnection => words::expect_sell(),
        O::CreateVirtualBorderRouter => words::expect_build(),
        _ => words::expect_accepted(),
    }
}

pub(super) fn back(operation: OperationName) -> Text {
    use OperationName as O;
    match operation {
        O::OpenPhysicalConnectionService => words::back_open(),
        O::CreateVpconnFromVbr | O::CreateVirtualPhysicalConnection => words::back_create(),
        O::ConfirmPhysicalConnection => words::back_confirm(),
        O::AttachVbrToVpconn => words::back_attach(),
        O::TerminateVirtualBorderRouter => words::back_terminate(),
        O::DeleteVirtualBorderRouter => words::back_delete(),
        O::CreateVirtualBorderRouter => words::back_build(),
        _ => words::back_unsaid(),
    }
}
