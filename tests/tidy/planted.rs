//! Each rule, held to a small tree with one violation in it: it must be found, in its place, by its
//! rule alone; and the small tree without it must give no finding.

mod healthy;
mod plants;

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::house::HOUSE;
use crate::rules::{RULES, judge};
use crate::tree::Tree;
use healthy::SMALL;
use plants::{Change, Plant, plants};

fn found(texts: BTreeMap<String, String>) -> Vec<Finding> {
    judge(&Tree::of(texts), &SMALL)
}

/// The small tree with a violation, and the line where it must be found.
fn planted(plant: &Plant) -> (BTreeMap<String, String>, usize) {
    let mut texts = healthy::tree();
    match plant.change {
        Change::Add(text) => {
            let file = texts.get_mut(plant.file).expect("a file of the small tree");
            file.push_str(text);
        }
        Change::Swap(from, to) => {
            let mut places = texts.values_mut().filter(|text| text.contains(from));
            let place = places
                .next()
                .unwrap_or_else(|| panic!("`{from}` stands nowhere in the small tree"));
            *place = place.replacen(from, to, 1);
            assert!(places.next().is_none(), "`{from}` stands in two files");
            if plant.file == "src/attic.rs" {
                texts.insert(plant.file.to_owned(), "// here\n".to_owned());
            }
        }
        Change::Write(path, text) => {
            texts.insert(path.to_owned(), text.to_owned());
        }
    }
    let marked = |line: &str| line.ends_with(" here");
    let line = texts[plant.file].lines().position(marked).map_or(1, |i| i + 1);
    (texts, line)
}

#[test]
fn a_house_in_order_gives_no_finding() {
    let found = found(healthy::tree());
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_planted_violation_is_found_in_its_place_and_by_its_rule() {
    let mut missed = Vec::new();
    for plant in plants() {
        let (texts, line) = planted(plant);
        let text = texts[plant.file].clone();
        let found = found(texts);
        let hit = |f: &&Finding| (f.rule, f.file.as_str(), f.name.as_str()) == (plant.rule, plant.file, plant.name);
        let there = found.iter().filter(hit).any(|f| f.line == line);
        if !there || found.iter().any(|f| f.rule != plant.rule) {
            missed.push(format!(
                "{} at {}:{line}, found {found:#?} in\n{text}",
                plant.rule, plant.file
            ));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n\n"));
}

#[test]
fn every_rule_has_a_planted_violation() {
    for rule in RULES.iter().map(|(name, _)| *name).chain(["exceptions"]) {
        assert!(
            plants().any(|plant| plant.rule == rule),
            "no violation of `{rule}` is planted"
        );
    }
}

/// A package of one room with one line in it.
fn one(room: &str, line: &str) -> Tree {
    let lib = format!("mod {room};\n");
    let texts = [
        ("Cargo.toml", ""),
        ("src/lib.rs", &lib),
        (&format!("src/{room}.rs"), line),
    ];
    Tree::of(
        texts
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect(),
    )
}

/// Whether a rule finds a name in a room that holds one line.
fn refuses(rule: &str, room: &str, line: &str, name: &str) -> bool {
    let (_, run) = RULES.iter().find(|(known, _)| *known == rule).expect("a rule");
    run(&one(room, line), &HOUSE)
        .iter()
        .any(|f| f.name == name && f.file.starts_with("src/"))
}

fn all_rooms() -> impl Iterator<Item = (usize, &'static str)> {
    HOUSE
        .floors
        .iter()
        .enumerate()
        .flat_map(|(floor, rooms)| rooms.iter().map(move |room| (floor, *room)))
}

#[test]
fn every_pair_of_rooms_meets_or_does_not_as_the_floors_say() {
    for (own, room) in all_rooms() {
        for (other, named) in all_rooms().filter(|(_, named)| *named != room) {
            let neighbours = HOUSE
                .neighbours
                .iter()
                .any(|p| *p == (room, named) || *p == (named, room));
            let apart = HOUSE.apart.contains(&(room, named));
            let may = (other < own && !apart) || neighbours;
            for line in [
                format!("use crate::{named}::Thing;"),
                format!("use crate::{{units, {named} as other}};"),
                format!("fn f() {{ vec![super::{named}::thing()]; }}"),
            ] {
                assert_eq!(refuses("rooms", room, &line, named), !may, "`{room}` holds `{line}`");
            }
        }
    }
}

#[test]
fn every_fence_holds_in_every_room() {
    for (_, room) in all_rooms() {
        let alone = HOUSE.alone.contains(&room);
        for (name, rooms) in HOUSE.crates {
            let line = format!("use {name}::Thing;");
            let rule = if alone { "alone" } else { "fences" };
            let found = if alone {
                format!("{name}::Thing")
            } else {
                (*name).to_owned()
            };
            assert_eq!(
                refuses(rule, room, &line, &found),
                !rooms.contains(&room),
                "`{room}` holds `{line}`"
            );
        }
        for (name, rooms) in HOUSE.fenced {
            let line = format!("fn f() {{ ::{name}::thing(); }}");
            assert_eq!(
                refuses("fences", room, &line, name),
                !rooms.contains(&room),
                "`{room}` holds `{line}`"
            );
        }
        for (name, rooms) in HOUSE.macros {
            let line = format!("fn f() {{ {name}!(); }}");
            assert_eq!(
                refuses("fences", room, &line, name),
                !rooms.contains(&room),
                "`{room}` holds `{line}`"
            );
        }
        let line = "fn f() -> bool { 0.5 < 1.5 }";
        assert_eq!(
            refuses("floats", room, line, "f64"),
            !HOUSE.floats.contains(&room),
            "`{room}` holds `{line}`"
        );
    }
}
