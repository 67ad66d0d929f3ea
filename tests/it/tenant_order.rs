//! Where an entry of `tenants` stands in its list says nothing.

use std::path::{Path, PathBuf};

use trunklab::scenario::{MemorySources, load_text};

/// A scenario's text around its list of `tenants`, and the entries of that.
struct Split {
    before: String,
    entries: Vec<String>,
    after: String,
}

impl Split {
    fn of(text: &str) -> Self {
        let mut split = Self {
            before: String::new(),
            entries: Vec::new(),
            after: String::new(),
        };
        let mut inside = false;
        for line in text.lines() {
            if line.starts_with(|first: char| first.is_ascii_alphabetic()) {
                inside = line.starts_with("tenants:");
                assert!(
                    !inside || line.trim_end() == "tenants:",
                    "{line}: entries stand on lines of their own"
                );
            } else if inside {
                match split.entries.last_mut() {
                    Some(entry) if !line.starts_with("  - ") => *entry += &format!("{line}\n"),
                    _ => split.entries.push(format!("{line}\n")),
                }
                continue;
            }
            let beside = if split.entries.is_empty() {
                &mut split.before
            } else {
                &mut split.after
            };
            *beside += &format!("{line}\n");
        }
        split
    }

    /// The text with the entries from the last to the first, or begun at one of them.
    fn shuffled(&self, how: usize) -> String {
        let mut entries = self.entries.clone();
        match how {
            0 => entries.reverse(),
            n => entries.rotate_left(n),
        }
        format!("{}{}{}", self.before, entries.concat(), self.after)
    }
}

fn digest(text: String) -> u64 {
    let loaded = load_text("scenario.yaml", text, &MemorySources::new());
    let plan = loaded.unwrap_or_else(|refused| panic!("{}", refused.errors[0])).plan;
    trunklab::run(&plan).expect("it runs").digest
}

fn shipped(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        match entry.path() {
            path if path.is_dir() => shipped(&path, into),
            path => into.push(path),
        }
    }
    into.sort();
}

#[test]
fn the_order_of_tenants_moves_no_digest_of_a_shipped_scenario() {
    let mut paths = Vec::new();
    shipped(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios"), &mut paths);
    let (mut lists, mut shuffled) = (0, 0);
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a scenario");
        let split = Split::of(&text);
        lists += usize::from(!split.entries.is_empty());
        if split.entries.len() < 2 {
            continue;
        }
        let written = digest(text);
        for how in 0..split.entries.len().min(2) {
            assert_eq!(digest(split.shuffled(how)), written, "{}, {how}", path.display());
            shuffled += 1;
        }
    }
    assert!(lists > 40 && shuffled >= 20, "{lists} lists, {shuffled} orders");
}

#[test]
fn vlans_that_are_not_written_and_calls_that_compete_follow_the_names_of_tenants_as_well() {
    let text = |entries: &str| {
        format!(
            "trunklab: 1
name: order
seed: 3
duration: 20s
accounts: [{{ name: telecom, uid: 1, role: partner }}]
access_points: [{{ name: ap }}]
access_devices: [{{ name: dev, region: r1 }}]
circuits: [{{ name: line, a: ap, b: dev, rate: 1G, delay: 1ms }}]
tenants:
{entries}"
        )
    };
    let rest = "circuit: line, spec: 500M, traffic: { interval: 10ms, start: 5s, stop: 19s, answered: true }";
    let entry = |name: &str, count: &str| format!("  - {{ name: {name}, {count}{rest} }}\n");
    // The third of 500M on a circuit of 1G is refused: which one that is, the names say.
    let (a, b, c) = (entry("a", "count: 2, "), entry("b", ""), entry("c", ""));
    let written = digest(text(&format!("{a}{b}{c}")));
    for other in [format!("{b}{a}{c}"), format!("{c}{b}{a}"), format!("{b}{c}{a}")] {
        assert_eq!(digest(text(&other)), written, "{other}");
    }
    let renamed = digest(text(&format!("{}{b}{c}", entry("d", "count: 2, "))));
    assert_ne!(renamed, written, "other names, another order");
}
