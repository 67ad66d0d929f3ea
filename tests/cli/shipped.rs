//! Every scenario that ships: its verdicts, its digest, and that nothing but (plan, seed) decides it.

use std::collections::BTreeMap;
use std::fs;
use std::sync::OnceLock;

use crate::{root, status, stderr, stdout, trunklab_as_built};

/// `path digest` per line. Run with `TRUNKLAB_BLESS=1` to write it anew; the reason belongs in the commit.
const GOLDEN: &str = "tests/cli/digests.txt";

pub fn runs() -> &'static serde_json::Value {
    static RUNS: OnceLock<serde_json::Value> = OnceLock::new();
    RUNS.get_or_init(run_all)
}

fn run_all() -> serde_json::Value {
    let out = trunklab_as_built(&["run", "scenarios", "--format", "json"]);
    assert_eq!(status(&out), 0, "{}\n{}", stdout(&out), stderr(&out));
    serde_json::from_str(&stdout(&out)).expect("JSON")
}

#[test]
fn every_shipped_scenario_conforms_and_keeps_its_digest() {
    let runs = runs();
    let found: BTreeMap<String, String> = runs["runs"]
        .as_array()
        .expect("runs")
        .iter()
        .map(|run| {
            let text = |key: &str| run[key].as_str().expect("text").to_owned();
            (text("source"), text("digest"))
        })
        .collect();
    let text: String = found
        .iter()
        .map(|(path, digest)| format!("{path} {digest}\n"))
        .collect();
    let path = root().join(GOLDEN);
    if std::env::var_os("TRUNKLAB_BLESS").is_some() {
        fs::write(&path, &text).expect("the golden file");
    }
    let golden = fs::read_to_string(&path).expect("the golden file");
    for (now, then) in text.lines().zip(golden.lines()) {
        assert_eq!(now, then, "the first digest that changed");
    }
    assert_eq!(text.lines().count(), golden.lines().count(), "scenarios came or went");
}

#[test]
fn no_run_of_a_shipped_scenario_is_without_a_passing_control() {
    for run in runs()["runs"].as_array().expect("runs") {
        let verdicts = run["verdicts"].as_array().expect("verdicts");
        let conservation = verdicts
            .iter()
            .find(|v| v["check"] == "conservation")
            .expect("always judged");
        assert_eq!(conservation["verdict"], "PASS", "{}", run["source"]);
    }
}
