//! The smallest cause: which of an owner's deviations it takes.

use std::collections::BTreeSet;

use super::answer::{Asked, FrameId, of_owners};
use super::worlds::{Healed, Worlds};
use crate::check::Cause;
use crate::contract::Owner;

/// So many deviations are each tried alone; of more, halves are left out first.
const FEW: usize = 16;

/// A smallest set of the owners' deviations that saves all of these frames; of equal ones the first in the
/// file.
pub(super) fn smallest(
    asked: &Asked<'_>,
    worlds: &mut Worlds<'_>,
    owners: &[Owner],
    frames: &BTreeSet<FrameId>,
) -> Cause {
    let all = of_owners(worlds, owners);
    let found = match all.len() <= FEW {
        true => single(asked, worlds, &all, frames).unwrap_or_else(|| reduced(asked, worlds, &all, frames)),
        false => {
            let few = reduced(asked, worlds, &all, frames);
            single(asked, worlds, &few, frames).unwrap_or(few)
        }
    };
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

/// Takes away deviations as long as the rest still does it: half of them at a time, then half of that, in the
/// end one after the other. Of few, one after the other from the first.
fn reduced(asked: &Asked<'_>, worlds: &mut Worlds<'_>, all: &Healed, frames: &BTreeSet<FrameId>) -> Healed {
    let mut kept = all.clone();
    let mut together = if all.len() <= FEW { 1 } else { all.len().div_ceil(2) };
    loop {
        // The last in the file go first, so that of equal ones the first stays.
        let parts: Vec<usize> = kept.iter().copied().collect();
        for part in parts.rchunks(together) {
            let less: Healed = kept.iter().filter(|at| !part.contains(at)).copied().collect();
            if less.is_empty() {
                break;
            }
            worlds.need(std::slice::from_ref(&less));
            if saves(asked, worlds, &less, frames) {
                kept = less;
            }
        }
        if together == 1 {
            return kept;
        }
        together = (together / 2).min(kept.len().div_ceil(2)).max(1);
    }
}
