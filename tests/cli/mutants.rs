//! `trunklab mutants` as a user meets it.

use super::{status, stderr, stdout, trunklab};

const HEALTHY: &str = "scenarios/isolation/two-tenants-one-circuit.yaml";

#[test]
fn a_fault_is_injected_and_whoever_notices_it_is_named() {
    let human = trunklab(&["mutants", "--faults", "c01,T06", HEALTHY]);
    assert_eq!(status(&human), 0, "{}", stderr(&human));
    let text = stdout(&human);
    let row = text.lines().find(|line| line.starts_with("    C01")).expect("its row");
    let cells: Vec<&str> = row.split_whitespace().collect();
    assert!(
        cells.starts_with(&["C01", "killed"]) && cells.ends_with(&["x", "continuity", "isolation", "reachability"]),
        "{row}"
    );
    assert!(
        text.contains("2 faults: 1 killed, 0 survived, 0 not applicable, 1 open"),
        "{text}"
    );
    assert!(text.contains("OPEN, until there are sessions"), "{text}");
    assert!(text.contains("killed nothing in any of these worlds"), "{text}");
    let verbose = trunklab(&["mutants", "--verbose", "--jobs", "1", "--faults", "c01,T06", HEALTHY]);
    let verbose = stdout(&verbose);
    assert!(
        verbose.contains("proof     counterexample") && verbose.contains("suite     "),
        "{verbose}"
    );
}

#[test]
fn where_nothing_could_be_injected_nothing_was_shown() {
    let json = trunklab(&["mutants", "--format", "json", "--faults", "T06", HEALTHY]);
    assert_eq!(status(&json), 3, "{}", stderr(&json));
    let value: serde_json::Value = serde_json::from_str(&stdout(&json)).expect("JSON");
    assert_eq!(value["format"], "trunklab.mutants/3");
    assert_eq!(value["faults"][0]["outcome"], "OPEN");
}

#[test]
fn worlds_that_are_unwell_by_design_show_nothing_and_are_named() {
    let out = trunklab(&["mutants", "--faults", "C01", "scenarios/isolation/unpruned-trunk.yaml"]);
    assert_eq!(status(&out), 3, "{}", stderr(&out));
    assert!(stdout(&out).contains("unpruned-trunk: left out"), "{}", stdout(&out));
}

#[test]
fn an_unknown_fault_and_a_missing_scenario_are_bad_usage() {
    let unknown = trunklab(&["mutants", "--faults", "M99", HEALTHY]);
    assert_eq!(status(&unknown), 2);
    assert!(stderr(&unknown).contains("`M99` is no fault"), "{}", stderr(&unknown));
    assert_eq!(status(&trunklab(&["mutants", "no/such/scenario.yaml"])), 2);
}

#[test]
fn the_list_names_every_fault_with_its_source() {
    let list = trunklab(&["mutants", "--list"]);
    assert_eq!(status(&list), 0, "{}", stderr(&list));
    let text = stdout(&list);
    assert!(
        text.contains("M03  a priority tag hides") && text.contains("CVE-2021-27853"),
        "{text}"
    );
}
