//! Every room has a floor and a line in the map of `src/lib.rs`, and every file a module.

use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::house::House;
use crate::rules::rooms::floor;
use crate::tree::Tree;

pub fn rule(tree: &Tree, house: &House) -> Vec<Finding> {
    let finding = |file: &str, line: usize, name: &str, why: &str| Finding {
        rule: "map",
        file: file.to_owned(),
        line,
        name: name.to_owned(),
        why: why.to_owned(),
    };
    let mut found = Vec::new();
    for (file, line, why) in &tree.broken {
        found.push(finding(file, *line, file, why));
    }
    let reached: BTreeSet<&str> = tree.sources.iter().map(|s| s.path.as_str()).collect();
    for (path, _) in tree.below("src/").filter(|(path, _)| path.ends_with(".rs")) {
        if !reached.contains(path.as_str()) {
            found.push(finding(path, 1, path, "belongs to no module"));
        }
    }
    let rooms: BTreeSet<&str> = tree.sources.iter().map(|s| s.room.as_str()).collect();
    let rooms: BTreeSet<&str> = rooms.into_iter().filter(|r| *r != "lib" && *r != "main").collect();
    let lib = tree.texts.get("src/lib.rs").map_or("", String::as_str);
    let mut mapped = BTreeSet::new();
    let mut lowest = 0;
    for (i, line) in lib.lines().enumerate() {
        let Some((room, _)) = line.strip_prefix("//! | `").and_then(|rest| rest.split_once("` | ")) else {
            continue;
        };
        mapped.insert(room);
        if !rooms.contains(room) {
            found.push(finding("src/lib.rs", i + 1, room, "stands in the map and is no room"));
        }
        let Some(own) = floor(house, room) else { continue };
        if own < lowest {
            found.push(finding(
                "src/lib.rs",
                i + 1,
                room,
                "stands in the map above a room of a lower floor",
            ));
        }
        lowest = lowest.max(own);
    }
    for room in rooms {
        let first = tree
            .sources
            .iter()
            .find(|s| s.room == room)
            .map_or("", |s| s.path.as_str());
        if floor(house, room).is_none() {
            found.push(finding(first, 1, room, "is a room without a floor"));
        }
        if !mapped.contains(room) {
            found.push(finding(
                first,
                1,
                room,
                "is a room without a line in the map of src/lib.rs",
            ));
        }
    }
    found
}
