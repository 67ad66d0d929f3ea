//! Who accepts when, and who goes in which wave.

use super::{Carried, Unit};
use crate::ident::{Luck, name_hash};
use crate::scenario::codes::Code;
use crate::scenario::file::{AcceptanceItem, CutoverItem};
use crate::scenario::issues::Issues;
use crate::units::{SimDuration, SimTime};

/// From one call of a wave to the next.
const SPACING: SimDuration = SimDuration::from_millis(20);

/// How long a tenant takes to accept where nothing is said.
const AT_ONCE: SimDuration = SimDuration::from_secs(60);

/// Puts units into waves; who cannot go in this window is carried over.
pub(super) fn plan(mut units: Vec<Unit>, item: &CutoverItem, seed: u64, issues: &mut Issues) -> Vec<Unit> {
    let window = &item.window;
    let size = window.wave.as_ref().map_or(20, |wave| wave.value);
    if let Some(wave) = window.wave.as_ref().filter(|wave| wave.value == 0) {
        issues.err(wave.span, Code::Zero, "a wave of nobody converts nobody");
        return units;
    }
    if let Some(acceptance) = &item.prepare.acceptance {
        let (median, p95, longest) = (&acceptance.median, &acceptance.p95, &acceptance.longest);
        if median.value > p95.value || p95.value > longest.value {
            let text = "`median` is no longer than `p95`, and that no longer than `longest`";
            issues.err(median.span, Code::TimeOrder, text);
        }
    }
    let every = window
        .every
        .as_ref()
        .map_or(SimDuration::from_secs(600), |every| every.value);
    let test = window.test_tenant.as_ref().map(|tenant| tenant.0.as_str());
    let is_test = |unit: &Unit| Some(unit.tenant.as_str()) == test;
    units.sort_by_key(|unit| !is_test(unit));
    let first = usize::from(units.iter().any(is_test));
    let in_place = super::strategy(item) == crate::scenario::file::StrategyWord::InPlace;
    let close = window.at.value.saturating_add(window.lasts.value);
    let (mut wave, mut place) = (0, 0);
    for unit in &mut units {
        if first > 0 && wave == 0 && !is_test(unit) {
            (wave, place) = (1, 0);
        }
        if place == size {
            (wave, place) = (wave + 1, 0);
        }
        let turn = u64::try_from(wave).unwrap_or(u64::MAX);
        let begins = window.at.value.saturating_add(every.saturating_mul(turn));
        unit.wave = wave;
        unit.at = begins.saturating_add(SPACING.saturating_mul(place));
        unit.carried_over = match unit.at >= close {
            _ if item.window.hold.iter().any(|held| *held.0 == *unit.vbr) => Some(Carried::HeldBack),
            true => Some(Carried::WindowOver),
            false if in_place => late(unit, item, seed),
            false => None,
        };
        // Who does not go leaves its place to the next.
        if unit.carried_over.is_none() {
            place += 1;
        }
    }
    units.sort_by(|a, b| (a.wave, &a.tenant, &a.vbr).cmp(&(b.wave, &b.tenant, &b.vbr)));
    units
}

/// Does the tenant accept too late, or never?
fn late(unit: &Unit, item: &CutoverItem, seed: u64) -> Option<Carried> {
    let takes = accepts_after(unit, item, seed);
    let deadline = item
        .prepare
        .acceptance
        .as_ref()
        .and_then(|acceptance| acceptance.deadline.as_ref());
    let deadline: SimTime = match deadline {
        Some(deadline) => item.prepare.at.saturating_add(deadline.value),
        None => item.window.at.value,
    };
    match takes {
        None => Some(Carried::NeverAccepted),
        Some(takes) if item.prepare.at.saturating_add(takes) > deadline => Some(Carried::AcceptedLate(takes)),
        Some(_) => None,
    }
}

/// How long the unit's tenant takes to accept; `None`: it never does.
pub(super) fn accepts_after(unit: &Unit, item: &CutoverItem, seed: u64) -> Option<SimDuration> {
    if item.prepare.never.iter().any(|never| *never.0 == *unit.tenant) {
        return None;
    }
    let Some(acceptance) = &item.prepare.acceptance else {
        return Some(AT_ONCE);
    };
    let luck = Luck::of(seed, &[name_hash(&unit.tenant), name_hash(&unit.vbr)]);
    Some(quantile(acceptance, luck.stream("acceptance").below(1_000)))
}

/// The time that this many of a thousand tenants take no longer than: between the three that are given in a straight
/// line, and from nothing to the median.
fn quantile(acceptance: &AcceptanceItem, of_thousand: u64) -> SimDuration {
    let points = [
        (0, SimDuration::ZERO),
        (500, acceptance.median.value),
        (950, acceptance.p95.value),
        (1_000, acceptance.longest.value),
    ];
    let above = points
        .iter()
        .position(|(at, _)| *at > of_thousand)
        .unwrap_or(points.len() - 1);
    let ((from, low), (to, high)) = (points[above - 1], points[above]);
    let width = u128::from(high.saturating_sub(low).as_nanos());
    let share = width * u128::from(of_thousand - from) / u128::from(to - from);
    low.saturating_add(SimDuration::from_nanos(u64::try_from(share).unwrap_or(u64::MAX)))
}
