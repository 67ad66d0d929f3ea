//! Who was named for what planted faults did: their owners are known.

use super::plant::Planting;
use crate::check::{Answers, Group, TenantAnswer};
use crate::contract::Owner;

/// How the experiment did with a planted fault.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named {
    /// No frame was lost or went astray.
    Nobody,
    /// Owners of the faults alone, for every frame.
    Right,
    /// They for some frames, nobody alone for the others, and what was found of those.
    InPart(String),
    /// Nobody alone, for any frame, and what was found instead.
    Unexplained(String),
    /// Somebody else.
    Wrong(String),
}

impl Named {
    /// Its stable name.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Nobody => "nobody hurt",
            Self::Right => "right",
            Self::InPart(_) => "right in part",
            Self::Unexplained(_) => "unexplained",
            Self::Wrong(_) => "wrong",
        }
    }
}

/// Holds answers against the owners of the faults.
pub(super) fn named(answers: &Answers, planting: &Planting) -> Named {
    let groups = || {
        answers
            .tenants
            .iter()
            .flat_map(|(asker, answer)| answer.groups.iter().map(move |g| (asker, answer, g)))
    };
    let (mut right, mut open) = (0u64, Vec::new());
    for (asker, answer, group) in groups() {
        if is_by_contract(group, asker) {
            continue;
        }
        let is_owner = |owner: &Owner| planting.owners.contains(owner);
        match group.sets.as_slice() {
            [] => open.push(told(asker, answer, group, &[])),
            // Of two faults either may have done it, or both.
            sets if sets.iter().flatten().all(is_owner) => right += group.frames,
            // It takes another's help, or another could have helped as well: nobody is named alone.
            sets if sets.iter().flatten().any(is_owner) => open.push(told(asker, answer, group, sets)),
            sets => return Named::Wrong(told(asker, answer, group, sets)),
        }
    }
    match (right, open.is_empty()) {
        (0, true) => Named::Nobody,
        (0, false) => Named::Unexplained(open.join("; ")),
        (_, true) => Named::Right,
        (_, false) => Named::InPart(open.join("; ")),
    }
}

/// More than was bought, or what the contract allows: nobody is in breach.
fn is_by_contract(group: &Group, asker: &str) -> bool {
    group.is_allowed() || group.only() == Some(&Owner::Load(asker.to_owned()))
}

fn told(asker: &str, answer: &TenantAnswer, group: &Group, sets: &[Vec<Owner>]) -> String {
    let causes = group.causes.iter().flat_map(|cause| &cause.deviations);
    let causes: Vec<&str> = causes.map(|deviation| deviation.what.as_str()).collect();
    format!(
        "{} of {} frames of {asker}: {sets:?}: {}",
        group.frames,
        answer.lost + answer.astray,
        causes.join("; ")
    )
}
