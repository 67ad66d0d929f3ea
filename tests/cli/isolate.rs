//! `trunklab isolate` as a user meets it.

use super::{Scratch, status, stderr, stdout, trunklab};

const SCENARIO: &str = "scenarios/isolation/two-tenants-one-circuit.yaml";

#[test]
fn a_healthy_scenario_conforms_and_the_report_says_for_what_and_how_to_run_it_again() {
    let out = trunklab(&["isolate", SCENARIO, "--vectors", "I-01,V", "--jobs", "1"]);
    let text = stdout(&out);
    assert_eq!(status(&out), 0, "{}{text}", stderr(&out));
    assert!(
        text.contains("PASS  isolation, for devices that behave as strict"),
        "{text}"
    );
    assert!(text.contains("again: trunklab isolate"), "{text}");
    assert!(text.contains("--vectors I-01,V"), "{text}");
    let again = trunklab(&["isolate", SCENARIO, "--vectors", "I-01,V", "--jobs", "3"]);
    assert_eq!(stdout(&again), text, "what is printed does not depend on the threads");
}

#[test]
fn a_leak_does_not_conform_and_its_smallest_case_is_captured() {
    let scratch = Scratch::new("isolate-leak");
    let pcap = scratch.path().join("leak.pcapng").to_string_lossy().into_owned();
    let leaky = "scenarios/isolation/planted-leak.yaml";
    let out = trunklab(&["isolate", leaky, "--vectors", "I-01", "--pcap", &pcap]);
    let text = stdout(&out);
    assert_eq!(status(&out), 1, "{text}");
    for part in [
        "FAIL  I-01",
        "smallest case: one frame",
        "60 octets",
        "let through by",
        "cause of all",
        "line 25, column 27: ap-east gives acme VLAN 102 at 5s",
        "none remains; the proof: PROVED",
        "reads what",
    ] {
        assert!(text.contains(part), "`{part}` is missing in\n{text}");
    }
    let captured = std::fs::read(&pcap).expect("the capture");
    assert_eq!(captured[..4], [0x0a, 0x0d, 0x0d, 0x0a], "a pcapng section header");
    assert!(captured.len() > 400);
}

#[test]
fn json_and_junit_carry_every_row_with_its_verdict() {
    let out = trunklab(&["isolate", SCENARIO, "--vectors", "I-01,P-07", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&stdout(&out)).expect("JSON");
    assert_eq!(value["format"], "trunklab.isolate/3");
    let rows = value["suites"][0]["rows"].as_array().expect("rows");
    assert_eq!(rows[0]["id"], "I-01");
    assert_eq!(rows[0]["verdict"], "PASS");
    assert_eq!(rows[1]["verdict"], "NOT APPLICABLE");
    let out = trunklab(&["isolate", SCENARIO, "--vectors", "I-01,P-07", "--format", "junit"]);
    let text = stdout(&out);
    assert!(text.contains("<testsuite") && text.contains("skipped"), "{text}");
}

#[test]
fn all_tenants_attack_where_that_is_asked_for_and_the_command_says_so() {
    let out = trunklab(&["isolate", SCENARIO, "--vectors", "I-01", "--full"]);
    let text = stdout(&out);
    assert_eq!(status(&out), 0, "{}{text}", stderr(&out));
    assert!(
        text.contains("(2 tenants, 2 of them attack") && text.contains(" --full"),
        "{text}"
    );
    let out = trunklab(&["isolate", SCENARIO, "--full", "--attackers", "2"]);
    assert_eq!(status(&out), 2, "one or the other");
}

#[test]
fn every_vector_is_listed_with_what_it_tries() {
    let out = trunklab(&["isolate", "--list"]);
    assert_eq!(status(&out), 0);
    assert_eq!(stdout(&out).lines().count(), 78);
    assert!(stdout(&out).contains("R-02      "), "{}", stdout(&out));
}

#[test]
fn bad_input_says_what_would_be_right() {
    let scratch = Scratch::new("isolate-bad");
    let out = trunklab(&["isolate", SCENARIO, "--vectors", "Z-99"]);
    assert_eq!(status(&out), 2);
    assert!(stderr(&out).contains("--list"), "{}", stderr(&out));

    let pics = scratch.file("pics.txt", "ap-east jumps yes\n");
    let out = trunklab(&["isolate", SCENARIO, "--pics", &pics]);
    assert_eq!(status(&out), 2);
    assert!(
        stderr(&out).contains("line 1") && stderr(&out).contains("stacks"),
        "{}",
        stderr(&out)
    );

    let pics = scratch.file("pics.txt", "nobody stacks yes\n");
    let out = trunklab(&["isolate", SCENARIO, "--pics", &pics]);
    assert_eq!(status(&out), 2);
    assert!(stderr(&out).contains("`nobody`"), "{}", stderr(&out));

    let out = trunklab(&["isolate", "no/such/file.yaml"]);
    assert_eq!(status(&out), 2);
    let out = trunklab(&["isolate"]);
    assert_eq!(status(&out), 2);
}
