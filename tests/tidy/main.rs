//! The map that cannot go stale: reads the source and fails where a room forgets its place.
//!
//! `house` says what may stand where, `rules` hold a tree to it, and `planted` plants a violation
//! of each rule in a small tree to see that it is found.

mod finding;
mod ground;
mod house;
mod names;
mod planted;
mod rules;
mod token;
mod tree;

use std::path::Path;
use std::sync::LazyLock;

use finding::Finding;

/// What the rules find in this package, read once for all tests.
static FOUND: LazyLock<Vec<Finding>> = LazyLock::new(|| {
    let tree = tree::Tree::open(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(
        tree.sources.len() > 100,
        "a tree of {} files is not this package",
        tree.sources.len()
    );
    rules::judge(&tree, &house::HOUSE)
});

fn holds(rule: &str) {
    let found: Vec<String> = FOUND
        .iter()
        .filter(|f| f.rule == rule)
        .map(Finding::to_string)
        .collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn every_room_has_a_floor_and_stands_in_the_map() {
    holds("map");
}

#[test]
fn a_room_names_only_rooms_on_floors_below_it() {
    holds("rooms");
}

#[test]
fn a_room_that_stands_alone_names_nothing_but_the_standard_library() {
    holds("alone");
}

#[test]
fn fenced_names_stay_in_their_rooms() {
    holds("fences");
}

#[test]
fn words_that_a_room_does_without_are_not_in_it() {
    holds("words");
}

#[test]
fn rooms_that_decide_hold_no_floats() {
    holds("floats");
}

#[test]
fn no_hash_map_is_walked() {
    holds("hash");
}

#[test]
fn unsafe_code_stays_in_fenced_files() {
    holds("unsafe");
}

#[test]
fn unsafe_code_says_why_it_is_safe() {
    holds("safety");
}

#[test]
fn nothing_is_left_unfinished() {
    holds("marks");
}

#[test]
fn every_scenario_is_run_by_a_test_and_names_its_schema() {
    holds("scenarios");
}

#[test]
fn every_exception_is_needed() {
    holds("exceptions");
}
