//! The smallest set of changes that closes leaks: found by trying, one by one, then by twos, then all
//! together and less and less of them.
//!
//! Nothing is taken for granted: a set counts for what its own world shows. One that opens other leaks, or
//! that keeps good frames from arriving, closes nothing.

use std::collections::{BTreeMap, BTreeSet};

/// Which changes are made, by their places in the list.
pub type Set = BTreeSet<usize>;

/// So many worlds are asked for at once, whatever the number of threads.
const AT_ONCE: usize = 8;
/// Of more changes than this not each is tried alone, where all together help.
const MOST_ALONE: usize = 48;
/// Pairs that are tried at most.
const MOST_PAIRS: usize = 120;

/// What a world shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen<K: Ord> {
    /// Leaks, and how often each was seen.
    pub leaks: BTreeMap<K, u64>,
    /// Kinds of good frames that arrived.
    pub controls: BTreeSet<String>,
    /// How much of what is good arrived: of sets that are as good and as small, that is taken with which it is most.
    pub good: u64,
}

/// Tells what worlds with changes show, in their order; `None`: they cannot be made.
pub type Look<'a, K> = dyn Fn(&[Set]) -> Vec<Option<Seen<K>>> + 'a;

/// Changes, and the leaks that they close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closes<K: Ord> {
    /// The changes, by their places in the list: each alone closes nothing of this where there are several.
    pub changes: Vec<usize>,
    /// What they close, and how often it was seen before.
    pub leaks: BTreeMap<K, u64>,
}

/// What a search came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<K: Ord> {
    /// Causes, those that close most first.
    pub causes: Vec<Closes<K>>,
    /// The leaks, and how often each was seen, before anything was changed.
    pub first: BTreeMap<K, u64>,
    /// All changes of the causes.
    pub set: Set,
    /// What remains with all of them made.
    pub remain: BTreeMap<K, u64>,
    /// Worlds that were looked at.
    pub worlds: usize,
    /// Is no smaller set as good? Where that was not tried, it is not claimed.
    pub is_smallest: bool,
}

/// A search among changes.
pub struct Search<'a, K: Ord> {
    /// How many changes there are.
    many: usize,
    /// From here on they are settings, which are tried where no other changes close everything.
    settings: usize,
    first: Seen<K>,
    look: &'a Look<'a, K>,
    /// Leaks that the set is to close; others are told where it closes them too.
    matters: &'a dyn Fn(&K) -> bool,
    looked: BTreeMap<Set, Option<Seen<K>>>,
    /// How many leaks that matter each of these worlds has; the empty set: the first one. Counted once: where
    /// many leak it is asked for each leak.
    counts: BTreeMap<Set, usize>,
}

impl<'a, K: Ord + Clone> Search<'a, K> {
    /// Among so many changes of a world that shows this; the last of them, from `settings` on, are settings. `look` tells what worlds with changes show; `None`:
    /// they cannot be made.
    pub fn new(many: usize, settings: usize, first: Seen<K>, look: &'a Look<'a, K>) -> Self {
        Self {
            many,
            settings: settings.min(many),
            counts: [(Set::new(), first.leaks.len())].into(),
            first,
            look,
            matters: &|_| true,
            looked: BTreeMap::new(),
        }
    }

    /// The same for these leaks: others are told where what closes these closes them too.
    #[must_use]
    pub fn that_matter(mut self, matters: &'a dyn Fn(&K) -> bool) -> Self {
        self.matters = matters;
        let count = self.count(&self.first);
        self.counts = [(Set::new(), count)].into();
        self
    }

    /// The smallest set that closes everything; where there is none, one that closes as much as can be. Settings
    /// are in it only where nothing else closes as much.
    pub fn smallest(&mut self) -> Found<K> {
        if self.left(&Set::new()) == Some(0) {
            return self.found(Set::new(), true);
        }
        let (set, is_smallest) = self.among(self.settings);
        if self.left(&set) == Some(0) || self.settings == self.many {
            return self.found(set, is_smallest);
        }
        let (more, is_smallest_of_all) = self.among(self.many);
        match self.left(&more) < self.left(&set) {
            true => self.found(more, is_smallest_of_all),
            false => self.found(set, is_smallest),
        }
    }

    /// The same among the first so many changes; and whether no smaller set of them is as good.
    fn among(&mut self, many: usize) -> (Set, bool) {
        let whole: Set = (0..many).collect();
        if many > MOST_ALONE {
            self.need(std::slice::from_ref(&whole));
            if self.is_better(&whole) {
                let least = self.reduced(whole);
                let is_one = least.len() == 1;
                return (least, is_one);
            }
        }
        let singles: Vec<Set> = (0..many).map(|at| Set::from([at])).collect();
        self.need(&singles);
        if let Some(one) = self.closing_all(&singles) {
            return (one, true);
        }
        let helpful: Set = singles
            .iter()
            .filter(|one| self.is_better(one))
            .flatten()
            .copied()
            .collect();
        let most = [whole, helpful];
        self.need(&most);
        let best = self.best(&singles);
        // Where all together close no more than the best alone, two of them are not tried.
        let together = most.iter().filter_map(|set| self.left(set)).min();
        let alone = self.left(&best).unwrap_or(usize::MAX);
        if together.is_none_or(|together| together >= alone) {
            return (best, false);
        }
        let (pairs, all_tried) = self.pairs(many);
        for some in pairs.chunks(AT_ONCE) {
            self.need(some);
            if let Some(two) = self.closing_all(some) {
                return (two, true);
            }
        }
        let tried: Vec<Set> = singles.iter().chain(&pairs).chain(&most).cloned().collect();
        let best = self.best(&tried);
        let least = self.reduced(best);
        // No one and no two of them are as good: three are the fewest.
        let is_smallest = all_tried && least.len() == 3 && self.left(&least) == Some(0);
        (least, is_smallest)
    }

    /// For each leak the change that closes it alone: of several the one that closes most. The first changes alone
    /// are tried, where there are many.
    pub fn each(&mut self) -> Found<K> {
        let singles: Vec<Set> = (0..self.many.min(MOST_ALONE)).map(|at| Set::from([at])).collect();
        self.need(&singles);
        let mut left = self.first.leaks.clone();
        let mut causes = Vec::new();
        loop {
            let is_closed = |one: &Set, leak: &K| self.seen(one).is_some_and(|seen| !seen.leaks.contains_key(leak));
            let closed = |one: &Set| left.keys().filter(|leak| is_closed(one, leak)).count();
            let best = singles
                .iter()
                .map(|one| (closed(one), one))
                .rev()
                .max_by_key(|(closed, _)| *closed);
            let Some((_, one)) = best.filter(|(closed, _)| *closed > 0) else {
                break;
            };
            let leaks = left.iter().filter(|(leak, _)| is_closed(one, leak));
            let leaks: BTreeMap<K, u64> = leaks.map(|(leak, n)| (leak.clone(), *n)).collect();
            left.retain(|leak, _| !leaks.contains_key(leak));
            causes.push(Closes {
                changes: one.iter().copied().collect(),
                leaks,
            });
        }
        Found {
            first: self.first.leaks.clone(),
            set: causes.iter().flat_map(|cause| cause.changes.iter().copied()).collect(),
            causes,
            remain: left,
            worlds: self.looked.len(),
            is_smallest: self.many <= MOST_ALONE,
        }
    }

    fn need(&mut self, sets: &[Set]) {
        let new = sets.iter().filter(|set| !self.looked.contains_key(*set));
        let new: BTreeSet<&Set> = new.filter(|set| !set.is_empty()).collect();
        let new: Vec<Set> = new.into_iter().cloned().collect();
        for some in new.chunks(AT_ONCE) {
            let seen = (self.look)(some);
            debug_assert_eq!(seen.len(), some.len(), "every world is looked at");
            for (set, seen) in some.iter().cloned().zip(seen) {
                if let Some(seen) = &seen {
                    self.counts.insert(set.clone(), self.count(seen));
                }
                self.looked.insert(set, seen);
            }
        }
    }

    /// Of these sets one that closes everything: that with which most arrives, of those the first.
    fn closing_all(&self, sets: &[Set]) -> Option<Set> {
        let closing = sets.iter().rev().filter(|set| self.left(set) == Some(0));
        closing.max_by_key(|set| self.seen(set).map(|seen| seen.good)).cloned()
    }

    /// What a world shows, where it may count: good frames arrive as before.
    fn seen(&self, set: &Set) -> Option<&Seen<K>> {
        if set.is_empty() {
            return Some(&self.first);
        }
        let seen = self.looked.get(set)?.as_ref()?;
        seen.controls.is_superset(&self.first.controls).then_some(seen)
    }

    /// How many leaks a world has, new ones among them; `None`: it does not count.
    fn left(&self, set: &Set) -> Option<usize> {
        self.seen(set)?;
        self.counts.get(set).copied()
    }

    fn count(&self, seen: &Seen<K>) -> usize {
        seen.leaks.keys().filter(|leak| (self.matters)(leak)).count()
    }

    fn is_better(&self, set: &Set) -> bool {
        self.left(set) < self.left(&Set::new()) && self.left(set).is_some()
    }

    fn closes(&self, set: &Set, leak: &K) -> bool {
        self.is_better(set) && self.seen(set).is_some_and(|seen| !seen.leaks.contains_key(leak))
    }

    /// The set that leaves fewest, of those the smallest, of those the first; none at all where none helps.
    fn best(&self, sets: &[Set]) -> Set {
        let ranked = sets.iter().filter(|set| self.is_better(set));
        let good = |set: &Set| self.seen(set).map(|seen| seen.good);
        let ranked = ranked.map(|set| (self.left(set), set.len(), std::cmp::Reverse(good(set)), set));
        ranked.min().map_or_else(Set::new, |(.., set)| set.clone())
    }

    /// Pairs to try, those first of which the two close most, each alone; and whether these are all.
    fn pairs(&self, many: usize) -> (Vec<Set>, bool) {
        let closed = |at: usize| -> BTreeSet<&K> {
            let one = Set::from([at]);
            self.first.leaks.keys().filter(|leak| self.closes(&one, leak)).collect()
        };
        let closed: Vec<BTreeSet<&K>> = (0..many).map(closed).collect();
        let all = (0..many).flat_map(|a| (a + 1..many).map(move |b| (a, b)));
        let mut all: Vec<(usize, usize)> = all.collect();
        all.sort_by_key(|(a, b)| (std::cmp::Reverse(closed[*a].union(&closed[*b]).count()), *a, *b));
        let whole = all.len() <= MOST_PAIRS;
        let sets = all.into_iter().take(MOST_PAIRS).map(|(a, b)| Set::from([a, b]));
        (sets.collect(), whole)
    }

    /// Takes changes away, many and then single ones, the last first, as long as the rest is as good.
    fn reduced(&mut self, set: Set) -> Set {
        let mut kept: Vec<usize> = set.into_iter().collect();
        let mut at_once = kept.len().div_ceil(2).max(1);
        loop {
            let mut end = kept.len();
            while end > 0 {
                let start = end.saturating_sub(at_once);
                let less: Vec<usize> = kept[..start].iter().chain(&kept[end..]).copied().collect();
                if self.is_as_good(&less, &kept) {
                    kept = less;
                }
                end = start;
            }
            if at_once == 1 {
                return kept.into_iter().collect();
            }
            at_once = at_once.div_ceil(2);
        }
    }

    fn is_as_good(&mut self, less: &[usize], kept: &[usize]) -> bool {
        let [less, kept] = [less, kept].map(|changes| changes.iter().copied().collect::<Set>());
        self.need(std::slice::from_ref(&less));
        self.is_better(&less) && self.left(&less) <= self.left(&kept)
    }

    /// Which change of the set closes what.
    fn found(&mut self, set: Set, is_smallest: bool) -> Found<K> {
        let without = |at: &usize| -> Set { set.iter().filter(|other| *other != at).copied().collect() };
        if set.len() > 1 {
            let less: Vec<Set> = set.iter().map(without).collect();
            let alone: Vec<Set> = set.iter().map(|at| Set::from([*at])).collect();
            self.need(&less);
            self.need(&alone);
        }
        let remain = self.seen(&set).map_or_else(BTreeMap::new, |seen| seen.leaks.clone());
        let mut causes: BTreeMap<Vec<usize>, BTreeMap<K, u64>> = BTreeMap::new();
        for (leak, count) in self.first.leaks.iter().filter(|(leak, _)| !remain.contains_key(leak)) {
            let alone = set.iter().find(|at| self.closes(&Set::from([**at]), leak));
            let changes: Vec<usize> = match alone {
                Some(one) => vec![*one],
                None => {
                    let needed = set.iter().filter(|at| !self.closes(&without(at), leak));
                    let needed: Vec<usize> = needed.copied().collect();
                    if needed.is_empty() {
                        set.iter().copied().collect()
                    } else {
                        needed
                    }
                }
            };
            causes.entry(changes).or_default().insert(leak.clone(), *count);
        }
        let causes = causes.into_iter().map(|(changes, leaks)| Closes { changes, leaks });
        let mut causes: Vec<Closes<K>> = causes.collect();
        causes.sort_by_key(|cause| std::cmp::Reverse(cause.leaks.len()));
        Found {
            causes,
            first: self.first.leaks.clone(),
            set,
            remain,
            worlds: self.looked.len(),
            is_smallest,
        }
    }
}

#[cfg(test)]
mod tests;
