//! Crates, names of the standard library and macros that few rooms may hold.

use crate::finding::Finding;
use crate::house::House;
use crate::names::{Name, calls};
use crate::tree::{Source, Tree};

pub fn rule(tree: &Tree, house: &House) -> Vec<Finding> {
    let mut found = dependencies(tree, house);
    for source in &tree.sources {
        for name in &source.names {
            found.extend(crates(house, source, name));
            found.extend(standard(house, source, name));
        }
        for (i, token) in source.tokens.iter().enumerate().filter(|(_, t)| t.is_word() && !t.test) {
            for (called, rooms) in house.macros {
                if calls(&source.tokens, i, called) && !rooms.contains(&source.room.as_str()) {
                    found.push(finding(source, token.line, called, "is called"));
                }
            }
        }
    }
    found
}

fn finding(source: &Source, line: usize, name: &str, what: &str) -> Finding {
    let why = format!("{what} in `{}`, outside its rooms", source.room);
    Finding {
        rule: "fences",
        file: source.path.clone(),
        line,
        name: name.to_owned(),
        why,
    }
}

fn crates(house: &House, source: &Source, name: &Name) -> Option<Finding> {
    let (dependency, rooms) = house
        .crates
        .iter()
        .find(|(dependency, _)| *dependency == name.path[0])?;
    // A room that stands alone has a rule of its own.
    if house.alone.contains(&source.room.as_str()) {
        return None;
    }
    if !rooms.contains(&source.room.as_str()) {
        return Some(finding(source, name.line, dependency, "stands"));
    }
    // Handed on, it could be had where it may not stand.
    name.public
        .then(|| finding(source, name.line, dependency, "is handed on"))
}

fn standard(house: &House, source: &Source, name: &Name) -> Vec<Finding> {
    let mut found = Vec::new();
    if name.path[0] != "std" {
        return found;
    }
    for (fenced, rooms) in house.fenced {
        let fence: Vec<&str> = fenced.split("::").collect();
        let common = fence.iter().zip(&name.path).take_while(|(a, b)| a == b).count();
        let holds = common == fence.len() || name.glob && common == name.path.len();
        if holds && (!rooms.contains(&source.room.as_str()) || name.public) {
            let what = if name.public { "is handed on" } else { "stands" };
            found.push(finding(source, name.line, fenced, what));
        }
    }
    found
}

/// Every crate that the package depends on has its rooms.
fn dependencies(tree: &Tree, house: &House) -> Vec<Finding> {
    let manifest = tree.texts.get("Cargo.toml").map_or("", String::as_str);
    let mut found = Vec::new();
    let mut inside = false;
    for (i, line) in manifest.lines().enumerate() {
        let line = line.trim();
        let name = if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            inside = section == "dependencies" || section.starts_with("target.") && section.ends_with(".dependencies");
            section.strip_prefix("dependencies.")
        } else {
            inside.then(|| line.split([' ', '=', '.']).next().unwrap_or_default())
        };
        let Some(name) = name.filter(|n| !n.is_empty() && !n.starts_with('#')) else {
            continue;
        };
        let name = name.replace('-', "_");
        if !house.crates.iter().any(|(known, _)| *known == name) {
            let why = "is depended on, and no room is said to name it".to_owned();
            found.push(Finding {
                rule: "fences",
                file: "Cargo.toml".to_owned(),
                line: i + 1,
                name,
                why,
            });
        }
    }
    found
}
