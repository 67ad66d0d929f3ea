//! Until when it can be turned back, what stops it, and what there is where nothing leads back.

use super::model::{Block, Cell, Chapter, Grid};
use super::{Rehearsed, steps, words};
use crate::check::Verdict;
use crate::preflight::Text;
use crate::provision::OperationName;
use crate::rehearse::CallTold;

/// Is there no way back from this call?
const fn is_final(operation: OperationName) -> bool {
    matches!(
        operation,
        OperationName::AttachVbrToVpconn | OperationName::DeleteVirtualBorderRouter
    )
}

/// The latest moment to turn back as a whole.
pub(super) fn latest(rehearsed: &Rehearsed<'_>) -> Text {
    let Some(run) = rehearsed.judged() else {
        return words::latest_unknown();
    };
    let going = rehearsed.units().iter().filter(|unit| rehearsed.goes(unit));
    let steps = going.flat_map(|unit| unit.steps.iter().map(move |step| (unit, step)));
    let times = steps
        .filter(|(_, step)| is_final(step.operation))
        .filter_map(|(unit, step)| {
            let at = run.steps.iter().find(|told| told.name == step.name)?.at?;
            Some((at, unit, step.operation))
        });
    match times.min_by_key(|(at, ..)| *at) {
        Some((at, unit, operation)) => words::latest(&rehearsed.when(at), operation.as_str(), &unit.tenant),
        None => words::latest_unknown(),
    }
}

/// What stops the cutover.
pub(super) fn triggers(rehearsed: &Rehearsed<'_>) -> Vec<Text> {
    let budget = rehearsed.rehearsal.cutover.budget;
    let stop = rehearsed.rehearsal.cutover.containment.stop;
    let tenants = stop.and_then(|stop| stop.tenants);
    let octets = stop.and_then(|stop| stop.octets);
    let silence = stop.and_then(|stop| stop.silence);
    vec![
        words::trigger_foreign(),
        words::trigger_refused(),
        match silence {
            Some(span) => words::trigger_silence(&span.to_string()),
            None => words::trigger_budget(&budget.longest_gap_max.to_string()),
        },
        match tenants {
            Some(count) => words::trigger_tenants(count),
            None => words::trigger_tenants_unsaid(),
        },
        match octets {
            Some(count) => words::trigger_octets(count),
            None => words::trigger_octets_unsaid(),
        },
    ]
}

/// What each way back came to when it was run, and what a VBR built anew did.
fn tried(rehearsed: &Rehearsed<'_>) -> Grid {
    let columns = [
        ("call", words::call()),
        ("calls", words::tried_calls()),
        ("result", words::tried_result()),
    ];
    let mut grid = Grid::new("tried", columns);
    let made = |calls: &[CallTold]| {
        let each = calls.iter().map(|call| format!("{} {}", call.by, call.call.as_str()));
        each.collect::<Vec<_>>().join("\n")
    };
    for way in &rehearsed.rehearsal.ways_back {
        let result = match way.verdict {
            Verdict::Pass => words::leads_back(),
            _ if way.remains.is_empty() => words::leads_nowhere(),
            _ => words::remains(&way.remains.join("; ")),
        };
        grid.push(vec![
            Cell::same(way.step.call().as_str()),
            Cell::same(made(&way.calls)),
            result.into(),
        ]);
    }
    for anew in &rehearsed.rehearsal.anew {
        let result = match anew.built {
            true => words::remains(&anew.remains.join("; ")),
            false => words::not_built(),
        };
        grid.push(vec![
            words::contain_rebuild().into(),
            Cell::same(made(&anew.calls)),
            result.into(),
        ]);
    }
    grid
}

pub(super) fn chapter(rehearsed: &Rehearsed<'_>) -> Chapter {
    let mut ways = Grid::new("ways_back", [("call", words::call()), ("way_back", words::way_back())]);
    let mut seen: Vec<OperationName> = Vec::new();
    for step in rehearsed.units().iter().flat_map(|unit| &unit.steps) {
        if !seen.contains(&step.operation) {
            seen.push(step.operation);
            ways.push(vec![
                Cell::same(step.operation.as_str()),
                steps::back(step.operation).into(),
            ]);
        }
    }
    let columns = [
        ("severity", words::severity()),
        ("response", words::response()),
        ("reach", words::reach()),
    ];
    let mut vendor = Grid::new("vendor", columns);
    let case = rehearsed.rehearsal.cutover.containment.case.as_ref();
    vendor.push(vec![
        Cell::or_blank(case.map(|case| case.severity.as_str())),
        Cell::or_blank(case.map(|case| case.response.to_string())),
        Cell::or_blank(case.and_then(|case| case.reach.as_deref())),
    ]);
    let mut blocks = vec![Block::Para(latest(rehearsed)), Block::Table(ways)];
    let tried = tried(rehearsed);
    if !tried.rows.is_empty() {
        blocks.extend([Block::Para(words::tried_title()), Block::Table(tried)]);
    }
    blocks.extend([
        Block::List(words::stop_title(), triggers(rehearsed)),
        Block::List(words::containment_title(), words::containment()),
        Block::Para(words::vendor_title()),
        Block::Table(vendor),
    ]);
    Chapter {
        key: "turning_back",
        title: words::turning_back_title(),
        blocks,
    }
}
