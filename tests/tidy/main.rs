//! The map that cannot go stale: reads the source and fails where a room forgets its place.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The floors, from the ground up. A room may name only rooms on floors below its own.
const FLOORS: &[&[&str]] = &[
    &["units", "ident"],
    &["wire"],
    &["forward", "provision", "measure", "evidence"],
    &["host", "session"],
    &["node"],
    &["scenario"],
    &["record"],
    &["control"],
    &["engine", "attach"],
    &["check", "prove", "certificate"],
    &["study"],
    &["isolate", "swarm"],
    &["mutants"],
    &["report", "api", "bench"],
    &["cli"],
];

/// Pairs on one floor that may meet: `ident::Stream` and `units` share the ground; tables name both.
const FENCED: &[(&str, &[&str])] = &[
    // `bench` writes what a rival's compiler or daemon reads into temporary folders of its own.
    ("std::fs", &["cli", "bench"]),
    ("tokio", &["attach", "api", "cli"]),
    // `bench` times pnet as a rival, and asks the kernel for bpf(2), huge pages and signals.
    ("pnet", &["attach", "bench"]),
    ("libc", &["attach", "bench", "forward"]),
    ("std::net::TcpStream", &["attach", "api"]),
    ("std::net::UdpSocket", &["attach"]),
    ("std::time::Instant", &["bench", "cli", "attach"]),
    ("std::time::SystemTime", &["bench", "cli", "attach"]),
    ("rand::", &["engine", "study", "isolate", "swarm", "cli"]),
];

/// Rooms whose decisions must be the same on every machine.
const EXACT: &[&str] = &[
    "units",
    "ident",
    "wire",
    "record",
    "control",
    "engine",
    "node",
    "host",
    "session",
    "forward",
    "provision",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(dir: &Path, suffix: &str, out: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    let mut entries: Vec<_> = entries.map(|e| e.expect("a readable folder").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, suffix, out);
        } else if path.to_string_lossy().ends_with(suffix) {
            out.push(path);
        }
    }
}

/// Every source line that is code, outside comments and test modules: (room, file, number, text).
fn code() -> Vec<(String, String, usize, String)> {
    let mut paths = Vec::new();
    files(&root().join("src"), ".rs", &mut paths);
    let mut lines = Vec::new();
    for path in paths {
        let name = path
            .strip_prefix(root())
            .expect("inside")
            .to_string_lossy()
            .into_owned();
        let room = name
            .trim_start_matches("src/")
            .split(['/', '.'])
            .next()
            .expect("a room")
            .to_owned();
        if name.contains("/tests") || room == "lib" || room == "main" {
            continue;
        }
        for (i, line) in fs::read_to_string(&path).expect("a source file").lines().enumerate() {
            if line.trim_start().starts_with("#[cfg(test)]") {
                break;
            }
            if !line.trim_start().starts_with("//") {
                lines.push((room.clone(), name.clone(), i + 1, line.to_owned()));
            }
        }
    }
    lines
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|f| f.contains(&room))
}

fn report(title: &str, found: &[String]) {
    assert!(found.is_empty(), "{title}:\n{}", found.join("\n"));
}

#[test]
fn every_room_has_a_floor_and_stands_in_the_map() {
    let map = fs::read_to_string(root().join("src/lib.rs")).expect("src/lib.rs");
    let mut rooms = BTreeMap::new();
    for (room, ..) in code() {
        rooms.insert(room.clone(), ());
    }
    let missing: Vec<String> = rooms
        .into_keys()
        .filter(|room| floor(room).is_none() || !map.contains(&format!("| `{room}` |")))
        .collect();
    report(
        "rooms without a floor, or without a line `| `room` | ...` in the map of src/lib.rs",
        &missing,
    );
}

#[test]
fn a_room_names_only_rooms_on_floors_below_it() {
    let mut found = Vec::new();
    for (room, file, n, line) in code() {
        let Some(own) = floor(&room) else { continue };
        let mut rest = line.as_str();
        while let Some(at) = rest.find("crate::") {
            rest = &rest[at + 7..];
            let named: String = rest
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            if named != room && floor(&named).is_some_and(|other| other >= own && !(own == 0 && other == 0)) {
                found.push(format!("{file}:{n}: `{room}` names `{named}`"));
            }
        }
    }
    report("rooms that name a room beside or above them", &found);
}

#[test]
fn fenced_names_stay_in_their_rooms() {
    let mut found = Vec::new();
    for (room, file, n, line) in code() {
        for (name, rooms) in FENCED {
            let hit = line
                .match_indices(name)
                .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':'));
            if hit && !rooms.contains(&room.as_str()) {
                found.push(format!("{file}:{n}: `{name}` in `{room}`"));
            }
        }
    }
    report("names outside their fence", &found);
}

#[test]
fn rooms_that_decide_hold_no_floats() {
    let mut found = Vec::new();
    for (room, file, n, line) in code() {
        let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        if EXACT.contains(&room.as_str()) && words.into_iter().any(|w| w == "f32" || w == "f64") {
            found.push(format!("{file}:{n}: {}", line.trim()));
        }
    }
    report("floats where decisions are made", &found);
}

#[test]
fn no_hash_map_is_iterated() {
    let lines = code();
    let mut found = Vec::new();
    for (_, file, n, line) in &lines {
        // A field or binding of a hash map type: its name must never meet an iterating method.
        let Some((before, _)) = line.split_once("HashMap<").or_else(|| line.split_once("HashSet<")) else {
            continue;
        };
        let Some(name) = before.trim().trim_end_matches(':').rsplit([' ', '(', '&']).next() else {
            continue;
        };
        for (_, other, m, text) in lines.iter().filter(|(_, other, ..)| other == file) {
            let walks = [
                "iter()",
                "iter_mut()",
                "keys()",
                "values()",
                "values_mut()",
                "drain()",
                "retain(",
                "into_iter()",
            ];
            if walks.iter().any(|walk| text.contains(&format!("{name}.{walk}")))
                || text.contains(&format!("in &self.{name}"))
            {
                found.push(format!("{other}:{m}: walks `{name}`, a hash map of line {n}"));
            }
        }
    }
    report("hash maps whose order gets out", &found);
}

/// Files that may hold unsafe code, each line of it with its reason.
const FENCED_FILES: &[&str] = &[
    // Vector loads and stores, a prefetch, and frames at places that were checked once.
    "src/forward/kernel/x86.rs",
    "src/forward/kernel/slots.rs",
    "src/forward/kernel/huge.rs",
    // System calls that no library wraps.
    "src/bench/against/sys.rs",
];

fn is_unsafe(line: &str) -> bool {
    line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .any(|w| w == "unsafe")
}

#[test]
fn unsafe_code_stays_in_fenced_files() {
    let found: Vec<String> = code()
        .into_iter()
        .filter(|(_, file, _, line)| !FENCED_FILES.contains(&file.as_str()) && is_unsafe(line))
        .map(|(_, file, n, _)| format!("{file}:{n}"))
        .collect();
    report("unsafe outside the fence", &found);
}

#[test]
fn unsafe_code_says_why_it_is_safe() {
    let mut found = Vec::new();
    for file in FENCED_FILES {
        let text = fs::read_to_string(root().join(file)).expect("a fenced file");
        let lines: Vec<&str> = text.lines().collect();
        for (i, line) in lines.iter().enumerate() {
            let reasoned = lines[i.saturating_sub(3)..i]
                .iter()
                .any(|above| above.contains("// SAFETY: "));
            if is_unsafe(line) && !line.trim_start().starts_with("//") && !reasoned {
                found.push(format!("{file}:{}: {}", i + 1, line.trim()));
            }
        }
    }
    report("unsafe without `// SAFETY:` in the three lines above", &found);
}

#[test]
fn nothing_is_left_unfinished() {
    let marks = [
        concat!("to", "do!("),
        concat!("unimplemen", "ted!("),
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("db", "g!("),
    ];
    let found: Vec<String> = code()
        .into_iter()
        .filter(|(.., line)| marks.iter().any(|m| line.contains(m)))
        .map(|(_, file, n, line)| format!("{file}:{n}: {}", line.trim()))
        .collect();
    report("unfinished marks", &found);
}

#[test]
fn every_scenario_is_run_by_a_test_and_names_its_schema() {
    let mut shipped = Vec::new();
    files(&root().join("scenarios"), ".yaml", &mut shipped);
    let golden = fs::read_to_string(root().join("tests/cli/digests.txt")).unwrap_or_default();
    let mut found = Vec::new();
    for path in shipped {
        let name = path
            .strip_prefix(root())
            .expect("inside")
            .to_string_lossy()
            .into_owned();
        if !golden.contains(&name) {
            found.push(format!("{name}: no digest in tests/cli/digests.txt"));
        }
        let text = fs::read_to_string(&path).expect("a scenario");
        if !text.starts_with("# yaml-language-server: $schema=") {
            found.push(format!("{name}: does not begin with its schema for editors"));
        }
        if !text.contains("Shows:") || !text.contains("Refuted by:") {
            found.push(format!("{name}: does not say what it shows and what would refute it"));
        }
    }
    report("scenarios", &found);
}
