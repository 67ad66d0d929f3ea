//! What was rehearsed, how often, and what it rests on.

use super::model::{Block, Cell, Chapter, Grid};
use super::{Rehearsed, words};
use crate::check::Verdict;
use crate::preflight::Text;
use crate::rehearse::Run;

pub(super) fn chapter(rehearsed: &Rehearsed<'_>) -> Chapter {
    let rehearsal = rehearsed.rehearsal;
    let kept = rehearsal
        .faults
        .iter()
        .filter(|cell| cell.verdict == Verdict::Pass)
        .count();
    let mut blocks = vec![
        Block::Para(words::rehearsed(rehearsal.worlds)),
        Block::Para(match rehearsal.cutover.measured {
            Some(effect) => words::measured(&words::effect(effect)),
            None => words::hypothetical(),
        }),
        Block::Table(runs(rehearsed)),
    ];
    if !rehearsal.largest.is_empty() {
        blocks.push(Block::Table(largest(rehearsed)));
    }
    if !rehearsal.faults.is_empty() {
        blocks.push(Block::Para(words::faults(rehearsal.faults.len(), kept)));
        blocks.push(Block::Table(faults(rehearsed)));
    }
    if let (Some(explored), Some(verdict)) = (&rehearsal.explored, rehearsal.interleavings()) {
        let told = words::orders(explored.states(), &words::verdict_of(verdict));
        blocks.push(Block::Para(told));
    }
    if let Some(proof) = &rehearsal.proof {
        blocks.push(Block::Para(words::proof(
            &words::verdict_of(proof.verdict),
            &proof.finding,
        )));
    }
    Chapter {
        key: "shown",
        title: words::shown_title(),
        blocks,
    }
}

fn sums(run: &Run) -> (u64, u64, u64, String) {
    let mut sum = (0, 0, 0);
    let mut gap = crate::units::SimDuration::ZERO;
    for service in &run.services {
        let damage = &service.damage;
        sum.0 += damage.offered;
        sum.1 += damage.lost;
        sum.2 += damage.duplicated + damage.reordered + damage.astray;
        gap = gap.max(damage.gap);
    }
    let gap = if gap.is_zero() { "0".to_owned() } else { gap.to_string() };
    (sum.0, sum.1, sum.2, gap)
}

/// What a simulation assumes, in words; what beside the attach is assumed stands as the scenario would write it.
fn assumed(run: &Run) -> Text {
    let written = format!("attach_effect: {}", run.effect);
    match run.assumed.strip_prefix(&written) {
        Some("") => words::effect(run.effect),
        Some(more) => Text::joined(&[words::effect(run.effect), Text::same(more)], &Text::default()),
        None => Text::same(run.assumed.as_str()),
    }
}

fn runs(rehearsed: &Rehearsed<'_>) -> Grid {
    let columns = [
        ("assumed", words::assumed()),
        ("decides", words::decides()),
        ("verdict", words::verdict()),
        ("frames", words::frames()),
        ("lost", words::frames_lost()),
        ("otherwise", words::frames_otherwise()),
        ("silence", words::silence()),
        ("hurt", words::hurt()),
    ];
    let mut grid = Grid::new("simulations", columns);
    for run in &rehearsed.rehearsal.runs {
        let (frames, lost, otherwise, silence) = sums(run);
        let hurt = run.services.iter().filter(|service| service.verdict == Verdict::Fail);
        grid.push(vec![
            assumed(run).into(),
            words::yes_no(run.judged).into(),
            words::verdict_of(run.verdict()).into(),
            Cell::same(frames.to_string()),
            Cell::same(lost.to_string()),
            Cell::same(otherwise.to_string()),
            Cell::same(silence),
            Cell::same(hurt.count().to_string()),
        ]);
    }
    grid
}

fn largest(rehearsed: &Rehearsed<'_>) -> Grid {
    let columns = [
        ("kind", words::interruption()),
        ("like", words::connections_like_it()),
        ("keeps", words::keeps()),
        ("breaks", words::breaks()),
    ];
    let mut grid = Grid::new("longest_interruptions", columns);
    for largest in &rehearsed.rehearsal.largest {
        grid.push(vec![
            Cell::same(largest.kind),
            Cell::same(largest.class.len().to_string()),
            Cell::same(largest.bracket.keeps.to_string()),
            largest
                .bracket
                .breaks
                .map_or_else(|| words::none_tried().into(), |span| Cell::same(span.to_string())),
        ]);
    }
    grid
}

/// Faults that break the budget, or of which nobody knows.
fn faults(rehearsed: &Rehearsed<'_>) -> Grid {
    let columns = [
        ("fault", words::fault()),
        ("step", words::at_step()),
        ("when", words::when()),
        ("assumed", words::assumed()),
        ("verdict", words::verdict()),
        ("hurt", words::who_notices()),
        ("answers", words::who_answers()),
    ];
    let mut grid = Grid::new("faults", columns);
    let wrong = |cell: &&crate::rehearse::Cell| cell.verdict != Verdict::Pass;
    for cell in rehearsed.rehearsal.faults.iter().filter(wrong) {
        let noticed: Vec<&str> = cell.noticed.iter().map(|(idc, _)| idc.as_str()).collect();
        let answers: Vec<String> = cell
            .answers
            .iter()
            .map(|(tenant, who)| format!("{tenant}: {who}"))
            .collect();
        grid.push(vec![
            Cell::same(cell.fault),
            Cell::same(cell.step.as_str()),
            Cell::same(cell.phase),
            Cell::same(cell.assumed.as_str()),
            words::verdict_of(cell.verdict).into(),
            Cell::same(noticed.join(", ")),
            Cell::same(answers.join("; ")),
        ]);
    }
    grid
}

/// Every policy that a conversion rests on, and every one that the scenario sets.
pub(super) fn assumptions(rehearsed: &Rehearsed<'_>) -> Chapter {
    let columns = [
        ("policy", words::policy()),
        ("value", words::value()),
        ("meaning", words::meaning()),
    ];
    let mut grid = Grid::new("assumptions", columns);
    for policy in rehearsed.plan.law.premises().policies.list() {
        let meaning = words::meaning_of(policy.name);
        if meaning.is_none() && policy.value == policy.default {
            continue;
        }
        let meaning = meaning.unwrap_or_else(|| Text::same(policy.what));
        grid.push(vec![Cell::same(policy.name), Cell::same(policy.value), meaning.into()]);
    }
    let mut devices = Grid::new("profiles", [("device", words::device()), ("profile", words::profile())]);
    for (device, profile) in super::certificate::profiles(rehearsed.file) {
        devices.push(vec![Cell::same(device), Cell::same(profile)]);
    }
    Chapter {
        key: "assumptions",
        title: words::all_assumptions_title(),
        blocks: vec![
            Block::Para(words::assumptions_note()),
            Block::Table(grid),
            Block::Table(devices),
        ],
    }
}
