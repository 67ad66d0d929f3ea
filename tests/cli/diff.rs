//! `trunklab diff` as a user meets it.

use super::{Scratch, root, status, stderr, stdout, trunklab};

const MIGRATION: &str = "scenarios/migration/legacy-to-shared-port.yaml";

/// The shipped conversion, with nobody converting.
fn without_the_conversion(scratch: &Scratch) -> String {
    let text = std::fs::read_to_string(root().join(MIGRATION)).expect("it is shipped");
    let conversion = [
        "CreateVpconnFromVbr",
        "AttachVbrToVpconn",
        "ConfirmPhysicalConnection",
        "acme-port",
    ];
    let kept = text
        .lines()
        .filter(|line| !conversion.iter().any(|call| line.contains(call)));
    let kept: Vec<&str> = kept.filter(|line| !line.contains("check: ")).collect();
    scratch.file("legacy.yaml", kept.join("\n").replace("expect:", "expect: []"))
}

#[test]
fn a_conversion_changes_rights_and_the_bill_of_the_tenant_and_nothing_of_its_neighbour() {
    let scratch = Scratch::new("diff");
    let legacy = without_the_conversion(&scratch);
    let out = trunklab(&["diff", &legacy, MIGRATION, "--verbose"]);
    assert_eq!(status(&out), 1, "{}{}", stderr(&out), stdout(&out));
    let text = stdout(&out);
    let row = |parts: &[&str]| {
        let has = |line: &str| parts.iter().all(|part| line.contains(part));
        assert!(text.lines().any(has), "{parts:?} in\n{text}");
    };
    row(&[
        "acme",
        "reachability",
        "service on circuit-1: over",
        "legacy",
        "shared port",
    ]);
    row(&[
        "acme",
        "rights",
        "UpdateVirtualBorderBandwidth by the owner of the circuit",
        "allowed",
    ]);
    row(&["acme", "billing", "port usage fee"]);
    assert!(!text.contains("globex"), "{text}");
    assert!(text.contains("the first call that differs"), "{text}");
}

#[test]
fn a_scenario_does_not_differ_from_itself_and_two_seeds_part_at_an_event_that_is_told() {
    let same = trunklab(&["diff", MIGRATION, MIGRATION]);
    assert_eq!(status(&same), 0, "{}", stdout(&same));
    assert!(stdout(&same).contains("nothing differs in"), "{}", stdout(&same));
    let seeds = trunklab(&["diff", MIGRATION, "--seeds", "1,2"]);
    assert_eq!(status(&seeds), 1, "{}", stderr(&seeds));
    let text = stdout(&seeds);
    assert!(
        text.contains("the runs part after") && text.contains("    second: "),
        "{text}"
    );
}

#[test]
fn one_file_without_seeds_a_seed_alone_and_a_missing_file_are_bad_usage() {
    for args in [
        vec!["diff", MIGRATION],
        vec!["diff", MIGRATION, "--seeds", "1"],
        vec!["diff", MIGRATION, "no/such.yaml"],
    ] {
        let out = trunklab(&args);
        assert_eq!(status(&out), 2, "{args:?}: {}", stderr(&out));
        assert!(stdout(&out).is_empty(), "{args:?}");
    }
}
