//! A room names only rooms on floors below its own, and by their own names.

use crate::finding::Finding;
use crate::house::House;
use crate::names::Name;
use crate::tree::{Source, Tree};

/// The floor of a room. The two roots stand above all.
pub fn floor(house: &House, room: &str) -> Option<usize> {
    if room == "lib" || room == "main" {
        return Some(house.floors.len());
    }
    house.floors.iter().position(|f| f.contains(&room))
}

pub fn rule(tree: &Tree, house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    for source in &tree.sources {
        for name in source.names.iter().filter(|n| n.path[0] == "crate") {
            if let Some((named, why)) = refused(house, source, name) {
                found.push(finding("rooms", source, name, named, why));
            }
        }
    }
    found
}

/// Rooms that name nothing but themselves and the standard library.
pub fn alone(tree: &Tree, house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    for source in tree.sources.iter().filter(|s| house.alone.contains(&s.room.as_str())) {
        for name in &source.names {
            let own = name.path[0] == "crate" && name.path.get(1) == Some(&source.room);
            let first = name.path[0].as_str();
            let other_crate = house.crates.iter().any(|(dependency, _)| *dependency == first) || name.import;
            if !own && first != "std" && (first == "crate" || other_crate) {
                let why = "in a room that stands alone".to_owned();
                found.push(finding("alone", source, name, name.path.join("::"), why));
            }
        }
    }
    found
}

/// The room that a name may not name, and why.
fn refused(house: &House, source: &Source, name: &Name) -> Option<(String, String)> {
    let room = source.room.as_str();
    // The two roots may name every room.
    let own = floor(house, room).filter(|_| room != "lib" && room != "main")?;
    let Some(named) = name.path.get(1) else {
        return match (name.glob, name.import) {
            (true, _) => Some(("crate::*".to_owned(), "names every room at once".to_owned())),
            (false, true) => Some(("crate".to_owned(), "gives the root another name".to_owned())),
            (false, false) => None,
        };
    };
    if named == room
        || house
            .neighbours
            .iter()
            .any(|pair| *pair == (room, named) || *pair == (named, room))
    {
        return None;
    }
    let below = source.path.trim_start_matches("src/");
    let apart = |(from, to): &(&str, &str)| to == named && under(below, from);
    match floor(house, named) {
        None => Some((
            named.clone(),
            format!("of the crate's root is no room, and `{room}` names it"),
        )),
        Some(other) if other == own => Some((named.clone(), format!("stands beside `{room}`, which names it"))),
        Some(other) if other > own => Some((named.clone(), format!("stands above `{room}`, which names it"))),
        Some(_) if house.apart.iter().any(apart) => {
            Some((named.clone(), format!("is kept apart from `{room}`, which names it")))
        }
        Some(_) => None,
    }
}

/// Whether a file below `src` belongs to a folder or is a file.
pub fn under(below: &str, place: &str) -> bool {
    below
        .strip_prefix(place)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest == ".rs")
}

fn finding(rule: &'static str, source: &Source, name: &Name, named: String, why: String) -> Finding {
    Finding {
        rule,
        file: source.path.clone(),
        line: name.line,
        name: named,
        why,
    }
}
