//! What is told of the causes of leaks.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Change;
use super::healing::Healed;
use super::search::Found;

/// What leaks are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Frames that came to a place.
    Frames,
    /// Pairs of a tenant and a box that its frames may come to.
    Pairs,
    /// Ways: a kind of flaw of one tenant's frames at one place, in one row of the suite.
    Ways,
}

/// A smallest change that closes leaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeakCause {
    /// What is changed: one thing, or several that close this only together.
    pub changes: Vec<Change>,
    /// How much it closes.
    pub closes: u64,
    /// What it closes, by name.
    pub leaks: Vec<String>,
}

/// A device that sent frames astray although no line of the scenario made it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnFault {
    /// Its name.
    pub device: String,
    /// The stage of its forwarder.
    pub stage: &'static str,
    /// What it did.
    pub what: String,
}

/// The causes of leaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeakCauses {
    /// What leaks are counted in.
    pub counted: What,
    /// How much there is.
    pub total: u64,
    /// The causes, those that close most first.
    pub causes: Vec<LeakCause>,
    /// How much there is of each tenant's.
    pub by_tenant: BTreeMap<String, u64>,
    /// How much remains with all of them put right.
    pub remains: u64,
    /// What remains, by name.
    pub remaining: Vec<String>,
    /// How many changes there are to try.
    pub changes: usize,
    /// Worlds that were tried.
    pub worlds: usize,
    /// Is no smaller set of changes as good?
    pub is_smallest: bool,
    /// What the proof says with all of them put right.
    pub healed: Healed,
    /// Devices at fault themselves, for what remains.
    pub own: BTreeSet<OwnFault>,
}

impl LeakCauses {
    /// From what a search found.
    pub fn new<K: Ord>(
        counted: What,
        changes: &[Change],
        found: &Found<K>,
        healed: Healed,
        own: BTreeSet<OwnFault>,
        named: impl Fn(&K) -> (String, String),
    ) -> Self {
        let mut by_tenant: BTreeMap<String, u64> = BTreeMap::new();
        for (leak, count) in &found.first {
            *by_tenant.entry(named(leak).0).or_default() += count;
        }
        let named = |leak: &K| {
            let (tenant, place) = named(leak);
            format!("{tenant} at {place}")
        };
        let causes = found.causes.iter().map(|cause| LeakCause {
            changes: cause.changes.iter().map(|at| changes[*at].clone()).collect(),
            closes: cause.leaks.values().sum(),
            leaks: cause.leaks.keys().map(&named).collect(),
        });
        let causes: Vec<LeakCause> = causes.collect();
        let remains = found.remain.values().sum();
        Self {
            counted,
            total: found.first.values().sum(),
            causes,
            by_tenant,
            remains,
            remaining: found.remain.keys().map(&named).collect(),
            changes: changes.len(),
            worlds: found.worlds,
            is_smallest: found.is_smallest,
            healed,
            own,
        }
    }
}
