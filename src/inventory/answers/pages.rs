//! Lists out of their pages, and whether all of them are there.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::dump::{Answer, Inventory, List, Outcome, Whole};
use crate::inventory::place::Place;
use crate::inventory::trouble::Trouble;
use crate::scenario::Code;

/// Parameters that say which page is asked for, not of which list.
const PAGING: [&str; 6] = ["PageNumber", "PageSize", "NextToken", "MaxResults", "DryRun", "Token"];

/// What the pages of one list have in common.
type Key = (
    super::super::dump::Call,
    Option<u64>,
    String,
    BTreeMap<String, String>,
    Option<u64>,
);

fn key(answer: &Answer) -> Option<Key> {
    let filters = answer
        .request
        .iter()
        .filter(|(name, _)| !PAGING.contains(&name.as_str()));
    let folder = answer.file.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder);
    Some((
        answer.call?,
        answer.caller,
        folder.to_owned(),
        filters.map(|(name, value)| (name.clone(), value.clone())).collect(),
        answer.total,
    ))
}

/// Puts the pages of each list together.
pub(super) fn gather(inventory: &mut Inventory) {
    let mut entries: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); inventory.answers.len()];
    for resource in inventory.resources.values() {
        for answer in &resource.answers {
            entries[*answer].insert(&resource.id);
        }
    }
    let mut lists: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (at, answer) in inventory.answers.iter().enumerate() {
        let is_list = answer.entries > 0 || answer.total.is_some();
        if let Some(key) = key(answer).filter(|_| is_list && answer.outcome == Outcome::Answered) {
            lists.entry(key).or_default().push(at);
        }
    }
    let mut gathered = Vec::new();
    for ((call, caller, _, filters, total), pages) in lists {
        let ids: BTreeSet<&str> = pages.iter().flat_map(|page| entries[*page].iter().copied()).collect();
        let whole = whole(inventory, &pages, &ids, total, &entries);
        gathered.push(List {
            call,
            caller,
            filters,
            pages,
            whole,
        });
    }
    gathered.sort_by_key(|list| list.pages.first().copied());
    for list in &gathered {
        let first = &inventory.answers[list.pages[0]];
        let message = match list.whole {
            Whole::Yes => continue,
            Whole::Missing { have, total } => format!("{}: {have} of {total} entries are there", list.call.as_str()),
            Whole::Unknown => format!(
                "{}: whether these are all entries is UNKNOWN: no page says how many there are, or pages of several \
                 lists are mixed",
                list.call.as_str()
            ),
        };
        let place = Place::json(&first.file, first.path.clone());
        inventory
            .troubles
            .push(Trouble::note(place, Code::AnswerPages, message));
    }
    inventory.lists = gathered;
}

fn whole(
    inventory: &Inventory,
    pages: &[usize],
    ids: &BTreeSet<&str>,
    total: Option<u64>,
    entries: &[BTreeSet<&str>],
) -> Whole {
    let Some(total) = total else { return Whole::Unknown };
    // One page's number with two different contents: two lists, or two days.
    let mut numbered: BTreeMap<u64, &BTreeSet<&str>> = BTreeMap::new();
    for page in pages {
        let Some(number) = inventory.answers[*page].page else {
            continue;
        };
        if *numbered.entry(number).or_insert(&entries[*page]) != &entries[*page] {
            return Whole::Unknown;
        }
    }
    let have = ids.len() as u64;
    match have.cmp(&total) {
        std::cmp::Ordering::Less => Whole::Missing { have, total },
        std::cmp::Ordering::Equal => Whole::Yes,
        std::cmp::Ordering::Greater => Whole::Unknown,
    }
}
