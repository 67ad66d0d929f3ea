//! What answers of afterwards show of a VBR, or why they do not.

use crate::inventory::answers::utc;
use crate::inventory::{Answer, Call, Field, Inventory, Known, Resource, Whole};

/// Calls that list VBRs.
const VBR_CALLS: [Call; 2] = [
    Call::DescribeVirtualBorderRouters,
    Call::DescribeVirtualBorderRoutersForPhysicalConnection,
];

/// Why a VBR is not among the answers.
pub(super) enum Absent {
    /// Nobody can know whether it is gone.
    Unknown(String),
    /// All of its owner's VBRs were asked for and are there, and it is not among them.
    Gone(String),
}

/// Why no answer shows a VBR of an account.
pub(super) fn absent(after: &Inventory, owner: Option<u64>) -> Absent {
    let mut why = Vec::new();
    let lists = VBR_CALLS.into_iter().flat_map(|call| after.lists_of(call));
    for list in lists {
        let own = list.call == Call::DescribeVirtualBorderRouters && owner.is_some() && list.caller == owner;
        let asked = list.pages.iter().all(|page| !after.answers[*page].request.is_empty());
        match (list.whole, own) {
            (Whole::Missing { have, total }, _) => why.push(format!(
                "a page is missing: {have} of {total} entries of {} are there",
                list.call.as_str()
            )),
            (Whole::Unknown, _) => {
                why.push(format!(
                    "whether {} is there with all its pages is UNKNOWN",
                    list.call.as_str()
                ));
            }
            (Whole::Yes, true) if asked && list.filters.keys().all(|key| key == "RegionId") => {
                let count: u64 = list.pages.iter().map(|page| after.answers[*page].entries).sum();
                return Absent::Gone(format!(
                    "all {count} VBRs of its account are listed, and it is not among them"
                ));
            }
            (Whole::Yes, true) => why.push(format!(
                "{} of its account does not list it, and what was asked (`Request`) is not saved or filters",
                list.call.as_str()
            )),
            (Whole::Yes, false) => {}
        }
    }
    let asked_owner = after
        .lists_of(Call::DescribeVirtualBorderRouters)
        .any(|list| owner.is_some() && list.caller == owner);
    if !asked_owner {
        let whose = owner.map_or_else(|| "the tenant".to_owned(), |uid| format!("account {uid}"));
        why.push(format!(
            "no answer of DescribeVirtualBorderRouters by {whose} was saved"
        ));
    }
    Absent::Unknown(why.join("; "))
}

/// Why a field of something is not known.
pub(super) fn unknown(inventory: &Inventory, resource: &Resource, field: Field) -> String {
    if let known @ Known::Contradicted(_) = resource.known(field) {
        return format!("answers contradict each other: {known}");
    }
    let mut calls: Vec<&str> = answers(inventory, resource)
        .filter_map(|answer| Some(answer.call?.as_str()))
        .collect();
    calls.sort_unstable();
    calls.dedup();
    format!("{} is not returned by {}", field.as_str(), calls.join(", "))
}

fn answers<'a>(inventory: &'a Inventory, resource: &'a Resource) -> impl Iterator<Item = &'a Answer> {
    resource.answers.iter().filter_map(|at| inventory.answers.get(*at))
}

/// Why these answers of afterwards cannot show what a step at `step` did (in seconds since 1970, where known).
pub(super) fn too_old(
    (before, was): (&Inventory, &Resource),
    (after, is): (&Inventory, &Resource),
    step: Option<i64>,
) -> Option<String> {
    let earlier = answers(before, was).filter_map(|answer| answer.taken).max();
    let later = answers(after, is).filter_map(|answer| answer.taken).min()?;
    if let Some(step) = step.filter(|step| later < *step) {
        return Some(format!(
            "the answer is of {}, before the step at {}",
            utc(later),
            utc(step)
        ));
    }
    let earlier = earlier.filter(|earlier| later <= *earlier)?;
    Some(format!(
        "the answer of afterwards is of {}, and the one of before of {}",
        utc(later),
        utc(earlier)
    ))
}
