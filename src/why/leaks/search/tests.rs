use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::{Found, Search, Seen, Set};

/// A world of leaks, by what closes each: any one of these sets of changes.
struct World {
    leaks: Vec<(&'static str, Vec<Set>)>,
    /// A change that keeps good frames from arriving.
    cuts: Option<usize>,
    /// A change that opens another leak.
    opens: Option<usize>,
    /// A change that cannot be made.
    refused: Option<usize>,
    /// A change with which more arrives.
    mends: Option<usize>,
    asked: RefCell<usize>,
}

fn set<const N: usize>(of: [usize; N]) -> Set {
    of.into()
}

fn world(leaks: Vec<(&'static str, Vec<Set>)>) -> World {
    World {
        leaks,
        cuts: None,
        opens: None,
        refused: None,
        mends: None,
        asked: RefCell::new(0),
    }
}

impl World {
    fn seen(&self, made: &Set) -> Option<Seen<&'static str>> {
        let has = |change: Option<usize>| change.is_some_and(|change| made.contains(&change));
        if has(self.refused) {
            return None;
        }
        let open = |closers: &[Set]| !closers.iter().any(|closer| closer.is_subset(made));
        let left = self.leaks.iter().filter(|(_, closers)| open(closers));
        let mut leaks: BTreeMap<&'static str, u64> = left.map(|(leak, _)| (*leak, 10)).collect();
        if has(self.opens) {
            leaks.insert("new", 1);
        }
        let controls = if has(self.cuts) {
            BTreeSet::new()
        } else {
            ["good".to_owned()].into()
        };
        Some(Seen {
            leaks,
            controls,
            good: u64::from(has(self.mends)),
        })
    }

    fn looked(&self, sets: &[Set]) -> Vec<Option<Seen<&'static str>>> {
        *self.asked.borrow_mut() += sets.len();
        sets.iter().map(|made| self.seen(made)).collect()
    }

    fn smallest(&self, many: usize, settings: usize) -> Found<&'static str> {
        let first = self
            .seen(&Set::new())
            .expect("nothing is refused where nothing is changed");
        let look = |sets: &[Set]| self.looked(sets);
        Search::new(many, settings, first, &look).smallest()
    }
}

fn causes(found: &Found<&'static str>) -> Vec<(Vec<usize>, Vec<&'static str>)> {
    let each = found.causes.iter();
    each.map(|cause| (cause.changes.clone(), cause.leaks.keys().copied().collect()))
        .collect()
}

#[test]
fn one_change_that_closes_everything_is_the_cause_of_all_and_of_two_such_the_first() {
    let world = world(vec![
        ("a", vec![set([1]), set([2])]),
        ("b", vec![set([1]), set([2]), set([0])]),
    ]);
    let found = world.smallest(4, 4);
    assert_eq!(causes(&found), [(vec![1], vec!["a", "b"])]);
    assert!(found.is_smallest && found.remain.is_empty());
    assert_eq!(found.worlds, 4);
    assert_eq!(found.first.values().sum::<u64>(), 20);
}

#[test]
fn of_two_changes_that_close_everything_that_counts_with_which_more_arrives() {
    let world = World {
        mends: Some(2),
        ..world(vec![("a", vec![set([1]), set([2])])])
    };
    assert_eq!(world.smallest(3, 3).set, set([2]));
}

#[test]
fn two_changes_that_close_each_its_own_are_two_causes_the_larger_first() {
    let world = world(vec![
        ("a", vec![set([0])]),
        ("b", vec![set([2])]),
        ("c", vec![set([2])]),
    ]);
    let found = world.smallest(3, 3);
    assert_eq!(causes(&found), [(vec![2], vec!["b", "c"]), (vec![0], vec!["a"])]);
    assert!(found.is_smallest && found.remain.is_empty());
}

#[test]
fn what_two_changes_close_only_together_is_one_cause_of_two() {
    let world = world(vec![("a", vec![set([1, 3])]), ("b", vec![set([1, 3])])]);
    let found = world.smallest(5, 5);
    assert_eq!(causes(&found), [(vec![1, 3], vec!["a", "b"])]);
    assert!(found.is_smallest);
}

#[test]
fn of_more_than_two_none_stays_that_could_go() {
    let leaks = [("a", 0), ("b", 2), ("c", 4), ("d", 6)].map(|(leak, closer)| (leak, vec![set([closer])]));
    let found = world(leaks.to_vec()).smallest(8, 8);
    assert_eq!(found.set, set([0, 2, 4, 6]));
    assert!(
        found.remain.is_empty() && !found.is_smallest,
        "four were not shown to be the fewest"
    );
    let three = world(leaks[..3].to_vec()).smallest(8, 8);
    assert_eq!(
        (three.set, three.is_smallest),
        (set([0, 2, 4]), true),
        "no two close everything"
    );
}

#[test]
fn a_change_that_cuts_good_frames_off_or_opens_a_leak_closes_nothing() {
    let leaks = || vec![("a", vec![set([0]), set([1])])];
    let cuts = World {
        cuts: Some(0),
        ..world(leaks())
    };
    assert_eq!(cuts.smallest(2, 2).set, set([1]));
    let opens = World {
        opens: Some(0),
        ..world(leaks())
    };
    assert_eq!(opens.smallest(2, 2).set, set([1]));
    let only = World {
        opens: Some(0),
        ..world(leaks())
    };
    let found = only.smallest(1, 1);
    assert_eq!((found.set, found.causes.len()), (Set::new(), 0));
    assert_eq!(found.remain.keys().collect::<Vec<_>>(), [&"a"]);
    let refused = World {
        refused: Some(0),
        ..world(leaks())
    };
    assert_eq!(refused.smallest(2, 2).set, set([1]));
}

#[test]
fn what_nothing_closes_remains_and_what_closes_most_of_the_others_is_named() {
    let world = world(vec![("a", vec![set([1])]), ("b", vec![])]);
    let found = world.smallest(3, 3);
    assert_eq!(causes(&found), [(vec![1], vec!["a"])]);
    assert_eq!(found.remain.keys().collect::<Vec<_>>(), [&"b"]);
    assert!(!found.is_smallest);
}

#[test]
fn settings_are_tried_only_where_nothing_else_closes_as_much() {
    let two = || vec![("a", vec![set([0]), set([2])]), ("b", vec![set([1]), set([2])])];
    assert_eq!(
        world(two()).smallest(3, 2).set,
        set([0, 1]),
        "two departures before one setting"
    );
    assert_eq!(world(two()).smallest(3, 3).set, set([2]));
    let beyond = world(vec![("a", vec![set([0])]), ("b", vec![set([2])])]);
    assert_eq!(beyond.smallest(3, 2).set, set([0, 2]));
    let cut = World {
        cuts: Some(2),
        ..world(vec![("a", vec![set([0])]), ("b", vec![set([2])])])
    };
    assert_eq!(cut.smallest(3, 2).set, set([0]));
}

#[test]
fn leaks_that_do_not_matter_are_told_where_they_are_closed_too_and_ask_for_nothing() {
    let world = world(vec![
        ("a", vec![set([0])]),
        ("x", vec![set([0])]),
        ("y", vec![set([1])]),
    ]);
    let first = world.seen(&Set::new()).expect("a world");
    let look = |sets: &[Set]| world.looked(sets);
    let matters = |leak: &&str| *leak == "a";
    let found = Search::new(2, 2, first.clone(), &look).that_matter(&matters).smallest();
    assert_eq!(causes(&found), [(vec![0], vec!["a", "x"])]);
    assert_eq!(found.remain.keys().collect::<Vec<_>>(), [&"y"]);
    let none = Search::new(2, 2, first, &look).that_matter(&|_| false).smallest();
    assert_eq!((none.set, none.worlds), (Set::new(), 0));
}

#[test]
fn each_leak_has_the_change_that_closes_most_with_it() {
    let world = world(vec![
        ("a", vec![set([0]), set([1])]),
        ("b", vec![set([1])]),
        ("c", vec![set([2])]),
        ("d", vec![set([0, 2])]),
    ]);
    let first = world.seen(&Set::new()).expect("a world");
    let look = |sets: &[Set]| world.looked(sets);
    let found = Search::new(3, 3, first, &look).each();
    assert_eq!(causes(&found), [(vec![1], vec!["a", "b"]), (vec![2], vec!["c"])]);
    assert_eq!(found.remain.keys().collect::<Vec<_>>(), [&"d"]);
}

#[test]
fn no_world_is_looked_at_twice_and_pairs_are_bounded() {
    let leaks = ["a", "b", "c", "d"].map(|leak| (leak, vec![set([0, 1, 2])]));
    let world = world(leaks.to_vec());
    let found = world.smallest(40, 40);
    assert_eq!(found.set, set([0, 1, 2]));
    assert!(!found.is_smallest, "of 780 pairs not all were tried");
    assert_eq!(found.worlds, *world.asked.borrow());
    assert!(found.worlds < 40 + 120 + 2 + 60, "{}", found.worlds);
}

#[test]
fn of_very_many_changes_halves_are_taken_away_and_not_each_is_tried_alone() {
    let one = world(vec![("a", vec![set([777])]), ("b", vec![set([777])])]);
    let found = one.smallest(1_000, 1_000);
    assert_eq!(causes(&found), [(vec![777], vec!["a", "b"])]);
    assert!(found.is_smallest && found.worlds < 60, "{}", found.worlds);
    let two = world(vec![("a", vec![set([3])]), ("b", vec![set([900])])]);
    let found = two.smallest(1_000, 1_000);
    assert_eq!(causes(&found), [(vec![3], vec!["a"]), (vec![900], vec!["b"])]);
    assert!(!found.is_smallest && found.worlds < 120, "{}", found.worlds);
    // Where all together cut somebody off, each is tried alone.
    let cut = World {
        cuts: Some(10),
        ..world(vec![("a", vec![set([40])])])
    };
    let found = cut.smallest(60, 60);
    assert_eq!((found.set, found.worlds), (set([40]), 61));
}
