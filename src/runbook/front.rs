//! Page one: what a member of a board reads, and perhaps all that is read.

use super::model::{Block, Cell, Chapter, Grid};
use super::turning_back::{latest, triggers};
use super::{Recommendation, Rehearsed, words};
use crate::preflight::Text;

pub(super) fn chapter(rehearsed: &Rehearsed<'_>, recommendation: &Recommendation) -> Chapter {
    Chapter {
        key: "decision",
        title: words::decision_title(),
        blocks: vec![
            Block::Table(facts(rehearsed, recommendation)),
            Block::List(words::assumptions_title(), assumptions(rehearsed)),
            Block::List(words::triggers_title(), triggers(rehearsed)),
        ],
    }
}

fn facts(rehearsed: &Rehearsed<'_>, recommendation: &Recommendation) -> Grid {
    let cutover = &rehearsed.rehearsal.cutover;
    let going: Vec<_> = rehearsed.units().iter().filter(|unit| rehearsed.goes(unit)).collect();
    let waves: std::collections::BTreeSet<usize> = going.iter().map(|unit| unit.wave).collect();
    let window = words::from_to(&rehearsed.when(cutover.window.0), &rehearsed.when(cutover.window.1));
    let preflight = rehearsed.preflight;
    let counts = [
        preflight.count("GO"),
        preflight.count("UNKNOWN"),
        preflight.count("NO-GO"),
    ];
    let mut grid = Grid::new("facts", [("what", words::what()), ("is", words::is())]);
    let mut push = |what: Text, is: Cell| grid.push(vec![what.into(), is]);
    push(words::recommendation(), words::decided(recommendation.decision).into());
    let reasons = Text::joined(&recommendation.reasons, &words::between());
    push(words::why(), reasons.into());
    push(words::window(), window.into());
    let scope = words::scope(going.len(), waves.len(), rehearsed.units().len() - going.len());
    push(words::scope_title(), scope.into());
    push(words::tenants_title(), words::counts(counts).into());
    push(words::latest_title(), latest(rehearsed).into());
    let approver = rehearsed.board().and_then(|board| board.approver.as_ref());
    push(
        words::approver(),
        Cell::or_blank(approver.map(|name| name.value.as_str())),
    );
    push(words::decision_of_board(), Cell::Blank);
    push(words::signed(), Cell::Blank);
    grid
}

/// What the recommendation rests on, in a few lines; all of it stands in a chapter of its own.
fn assumptions(rehearsed: &Rehearsed<'_>) -> Vec<Text> {
    let cutover = &rehearsed.rehearsal.cutover;
    let budget = cutover.budget;
    let first = match cutover.measured {
        Some(effect) => words::measured(&words::effect(effect)),
        None => words::hypothetical(),
    };
    let lost = budget
        .lost_max
        .map_or_else(words::any_number, |max| Text::same(max.to_string()));
    let mut assumptions = vec![
        first,
        words::budget(&budget.longest_gap_max.to_string(), &lost),
        words::no_way_back(),
    ];
    if let Some(delay) = cutover.containment.support_case {
        assumptions.push(words::support_case(&delay.to_string()));
    }
    assumptions.push(words::more_assumptions());
    assumptions
}
