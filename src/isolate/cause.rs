//! What of a scenario is the cause of its flaws: found by an experiment.
//!
//! Each change that may close a leak is made in the scenario, and the trials that showed flaws run once more
//! in what it means then. What is gone is the change's doing. It counts only where no more good frames are
//! lost than before.
//!
//! Of each flaw one trial is tried again, cut down to the frames that showed it where it shows it with those.

use std::collections::{BTreeMap, BTreeSet};

use super::attempt::attempt;
use super::healed::HealedBed;
use super::judge::{Flaw, Outcome, Spot};
use super::pics::Declared;
use super::testbed::Testbed;
use super::trial::{Purpose, Trial};
use crate::ident::TenantId;
use crate::node::AnySwitch;
use crate::study::pool::in_order;
use crate::units::SimTime;
use crate::why::leaks::{Closes, Found, Healing, LeakCauses, OwnFault, Search, Seen, Set, What};

/// A flaw of one tenant's frames, at one spot, in one row.
pub type Way = (usize, Flaw, TenantId, Spot);

/// Frames before each that showed a flaw that stay in a trial that is cut down.
const BEFORE: usize = 16;

/// Leaks that no change closes of which the device at fault is looked for.
const OWN: usize = 4;

/// A trial that showed flaws, and what it came to.
#[derive(Clone, Copy)]
pub struct Shows<'a> {
    /// Its row.
    pub row: usize,
    /// The trial.
    pub trial: &'a Trial,
    /// What it came to.
    pub outcome: &'a Outcome,
}

/// The causes, and which of them each way belongs to.
pub struct Explanation {
    /// The causes.
    pub causes: LeakCauses,
    /// The cause of each way, by its place among them.
    pub of: BTreeMap<Way, usize>,
}

/// Where trials are run again, and on how many threads.
pub struct Lab<'a> {
    /// The testbed.
    pub bed: &'a Testbed,
    /// Its switches.
    pub switches: &'a [AnySwitch],
    /// What devices declare.
    pub declared: &'a Declared,
    /// Threads; what is found does not depend on it.
    pub jobs: usize,
}

/// A trial that is tried again, with what it shows and the good frames that it loses.
struct Again {
    row: usize,
    trial: Trial,
    ways: BTreeSet<Way>,
    lost: u64,
}

fn is_leak((_, flaw, ..): &Way) -> bool {
    matches!(flaw, Flaw::Leak | Flaw::Stray)
}

fn lost(outcome: &Outcome) -> u64 {
    outcome.controls.0.saturating_sub(outcome.controls.1)
}

fn ways(row: usize, outcome: &Outcome) -> BTreeSet<Way> {
    let way = |finding: &super::judge::Finding| {
        let (flaw, tenant, spot) = finding.way();
        (row, flaw, tenant, spot)
    };
    outcome.findings.iter().map(way).collect()
}

impl Lab<'_> {
    /// Finds what closes the flaws of these trials. `of_device` tells of a way the device at fault itself, where
    /// no change closes it.
    pub fn explain(
        &self,
        healing: &Healing<'_>,
        shown: &[Shows<'_>],
        end: SimTime,
        of_device: &dyn Fn(&Way) -> Option<OwnFault>,
    ) -> Explanation {
        let again = self.again(shown);
        let known: BTreeSet<Way> = shown.iter().flat_map(|shows| ways(shows.row, shows.outcome)).collect();
        let first: BTreeMap<Way, u64> = again
            .iter()
            .flat_map(|again| &again.ways)
            .map(|way| (*way, 1))
            .collect();
        let look = |sets: &[Set]| self.look(healing, &again, &known, sets);
        let all: Vec<usize> = (0..healing.changes.len()).collect();
        let separating: Vec<usize> = all
            .iter()
            .filter(|at| healing.changes[**at].separates)
            .copied()
            .collect();
        // Frames that go astray have the smallest set of changes; each other flaw what closes it alone.
        let seen = |leaks: BTreeMap<Way, u64>| Seen {
            leaks,
            controls: BTreeSet::new(),
            good: 0,
        };
        let only = |set: &Set| -> Set { set.iter().map(|at| separating[*at]).collect() };
        let of_ways = |sets: &[Set]| look(&sets.iter().map(only).collect::<Vec<_>>());
        let settings = separating.partition_point(|at| *at < healing.settings());
        let mut search = Search::new(separating.len(), settings, seen(first), &of_ways).that_matter(&is_leak);
        let mut found = renumbered(search.smallest(), &separating);
        let others: BTreeMap<Way, u64> = found
            .remain
            .iter()
            .filter(|(way, _)| !is_leak(way))
            .map(|(w, n)| (*w, *n))
            .collect();
        if !others.is_empty() {
            let each = Search::new(all.len(), healing.settings(), seen(others), &look).each();
            join(&mut found, each);
        }
        let healed = healing.proved(&found.set, Some(end));
        let open = found.remain.keys().filter(|way| is_leak(way)).take(OWN);
        let own: BTreeSet<OwnFault> = open.filter_map(of_device).collect();
        let mut of = BTreeMap::new();
        for (at, cause) in found.causes.iter().enumerate() {
            of.extend(cause.leaks.keys().map(|way| (*way, at)));
        }
        Explanation {
            causes: LeakCauses::new(What::Ways, &healing.changes, &found, healed, own, |way| self.named(way)),
            of,
        }
    }

    fn named(&self, (row, flaw, tenant, spot): &Way) -> (String, String) {
        let id = super::rows::ROWS[*row].id;
        let place = super::run::spot(self.bed, *spot);
        (
            self.bed.tenant(*tenant).to_owned(),
            format!("{place}: {}, {id}", flaw.as_str()),
        )
    }

    /// The fewest trials that show every way, the shortest first, each cut down as far as it still shows its own.
    fn again(&self, shown: &[Shows<'_>]) -> Vec<Again> {
        let mut order: Vec<&Shows<'_>> = shown.iter().filter(|shows| !shows.trial.planted).collect();
        order.sort_by_key(|shows| shows.trial.sendings.len());
        let mut known: BTreeSet<Way> = BTreeSet::new();
        let mut chosen: Vec<(&Shows<'_>, BTreeSet<Way>)> = Vec::new();
        for shows in order {
            let new: BTreeSet<Way> = ways(shows.row, shows.outcome).difference(&known).copied().collect();
            if !new.is_empty() {
                known.extend(&new);
                chosen.push((shows, new));
            }
        }
        in_order(self.jobs, &chosen, |(shows, new)| self.cut_down(shows, new), |_, _| ())
    }

    fn cut_down(&self, shows: &Shows<'_>, new: &BTreeSet<Way>) -> Again {
        let whole = Again {
            row: shows.row,
            trial: shows.trial.clone(),
            ways: new.clone(),
            lost: lost(shows.outcome),
        };
        let first: Option<BTreeSet<usize>> = shows.outcome.findings.iter().map(|finding| finding.number).collect();
        let Some(first) = first.filter(|_| shows.trial.compare.is_none()) else {
            return whole;
        };
        let mut trial = shows.trial.clone();
        let near = |at: usize| first.range(at..=at + BEFORE).next().is_some();
        let mut at = 0;
        trial.sendings.retain(|sending| {
            at += 1;
            sending.purpose != Purpose::Attack || near(at - 1)
        });
        let tried = attempt(self.bed, self.switches, self.declared, &trial);
        match tried {
            Ok(tried) if ways(shows.row, &tried.outcome).is_superset(new) => Again {
                lost: lost(&tried.outcome),
                trial,
                ..whole
            },
            _ => whole,
        }
    }

    /// What trials come to in worlds with changes.
    fn look(
        &self,
        healing: &Healing<'_>,
        again: &[Again],
        known: &BTreeSet<Way>,
        sets: &[Set],
    ) -> Vec<Option<Seen<Way>>> {
        let bed = |set: &Set| HealedBed::new(self.bed, &healing.plan(set)?);
        let beds = in_order(self.jobs, sets, bed, |_, _| ());
        let live = beds
            .iter()
            .enumerate()
            .filter_map(|(at, bed)| bed.as_ref().map(|bed| (at, bed)));
        let pieces: Vec<(usize, &HealedBed, &Again)> = live
            .flat_map(|(at, bed)| again.iter().map(move |again| (at, bed, again)))
            .collect();
        let left = in_order(
            self.jobs,
            &pieces,
            |(_, bed, again)| self.left(bed, again, known),
            |_, _| (),
        );
        let mut seen: Vec<Option<Seen<Way>>> = beds
            .iter()
            .map(|bed| {
                bed.as_ref().map(|_| Seen {
                    leaks: BTreeMap::new(),
                    controls: BTreeSet::new(),
                    good: 0,
                })
            })
            .collect();
        for ((at, ..), left) in pieces.iter().zip(left) {
            if let Some(Some(seen)) = seen.get_mut(*at) {
                let (left, good) = left;
                seen.leaks.extend(left.into_iter().map(|way| (way, 1)));
                seen.good += good;
            }
        }
        seen
    }

    /// What a trial still shows, or shows of other leaks. Where more good frames are lost than before, nothing is
    /// closed. Beside it how many good frames arrive.
    fn left(&self, bed: &HealedBed, again: &Again, known: &BTreeSet<Way>) -> (BTreeSet<Way>, u64) {
        let Ok(outcome) = bed.tried(self.bed, self.declared, &again.trial) else {
            return (again.ways.clone(), 0);
        };
        if lost(&outcome) > again.lost {
            return (again.ways.clone(), outcome.controls.1);
        }
        let now = ways(again.row, &outcome);
        let opened = |way: &Way| is_leak(way) && !known.contains(way);
        let left = now.into_iter().filter(|way| again.ways.contains(way) || opened(way));
        (left.collect(), outcome.controls.1)
    }
}

/// A set of changes by their places in the whole list.
fn renumbered(found: Found<Way>, places: &[usize]) -> Found<Way> {
    let causes = found.causes.into_iter().map(|cause| Closes {
        changes: cause.changes.iter().map(|at| places[*at]).collect(),
        leaks: cause.leaks,
    });
    Found {
        causes: causes.collect(),
        set: found.set.iter().map(|at| places[*at]).collect(),
        ..found
    }
}

/// Adds what closes the other flaws: of a change that is a cause already it is the same one.
fn join(found: &mut Found<Way>, each: Found<Way>) {
    for cause in each.causes {
        found.remain.retain(|way, _| !cause.leaks.contains_key(way));
        found.set.extend(&cause.changes);
        match found.causes.iter_mut().find(|known| known.changes == cause.changes) {
            Some(known) => known.leaks.extend(cause.leaks),
            None => found.causes.push(cause),
        }
    }
    found.worlds += each.worlds;
    found.causes.sort_by_key(|cause| std::cmp::Reverse(cause.leaks.len()));
}
