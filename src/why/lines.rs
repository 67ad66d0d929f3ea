//! The smallest cause: which of an owner's deviations it takes.

use std::collections::BTreeSet;

use super::answer::{Asked, FrameId, of_owners};
use super::worlds::{Healed, Worlds};
use crate::check::Cause;
use crate::contract::Owner;

/// A smallest set of the owners' deviations that saves all of these frames; of equal ones the first in the
/// file.
pub(super) fn smallest(
    asked: &Asked<'_>,
    worlds: &mut Worlds<'_>,
    owners: &[Owner],
    frames: &BTreeSet<FrameId>,
) -> Cause {
    let all = of_owners(worlds, owners);
    let found = single(asked, worlds, &all, frames).unwrap_or_else(|| reduced(asked, worlds, &all, frames));
    let harmed = asked.harmed.iter();
    let left = harmed
        .filter(|frame| !asked.is_explained(worlds, &found, frame))
        .count() as u64;
    Cause {
        left,
        newly_lost: asked.newly_lost(worlds, &found),
        deviations: found.iter().map(|at| worlds.deviations[*at].clone()).collect(),
    }
}

fn saves(asked: &Asked<'_>, worlds: &Worlds<'_>, world: &Healed, frames: &BTreeSet<FrameId>) -> bool {
    frames.iter().all(|frame| asked.is_explained(worlds, world, frame))
}

/// One deviation that does it alone.
fn single(asked: &Asked<'_>, worlds: &mut Worlds<'_>, all: &Healed, frames: &BTreeSet<FrameId>) -> Option<Healed> {
    let each: Vec<Healed> = all.iter().map(|at| Healed::from([*at])).collect();
    worlds.need(&each);
    each.into_iter().find(|world| saves(asked, worlds, world, frames))
}

/// Takes away one deviation after the other, as long as the rest still does it.
fn reduced(asked: &Asked<'_>, worlds: &mut Worlds<'_>, all: &Healed, frames: &BTreeSet<FrameId>) -> Healed {
    let mut kept = all.clone();
    // The last in the file goes first, so that of equal ones the first stays.
    for at in all.iter().rev() {
        let mut less = kept.clone();
        less.remove(at);
        if less.is_empty() {
            break;
        }
        worlds.need(std::slice::from_ref(&less));
        if saves(asked, worlds, &less, frames) {
            kept = less;
        }
    }
    kept
}
