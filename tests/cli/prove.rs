//! `trunklab prove` as a user meets it.

use crate::{Scratch, status, stderr, stdout, trunklab};

const HEALTHY: &str = "scenarios/isolation/two-tenants-one-circuit.yaml";
const LEAKY: &str = "scenarios/isolation/planted-leak.yaml";

#[test]
fn a_healthy_scenario_is_proved_and_its_certificate_holds() {
    let scratch = Scratch::new("prove-certificate");
    let path = scratch.path().join("out.cert").to_string_lossy().into_owned();
    let out = trunklab(&["prove", HEALTHY, "--certificate", &path]);
    assert_eq!(status(&out), 0, "{}", stderr(&out));
    let text = stdout(&out);
    assert!(
        text.contains("PROVED") && text.contains("for this forwarder and this model under profile strict"),
        "{text}"
    );
    assert!(text.contains("control: frames of 2 of 2 tenants"), "{text}");

    let checked = trunklab(&["prove", "--check", &path]);
    assert_eq!(status(&checked), 0, "{}", stderr(&checked));
    assert!(stdout(&checked).contains("holds"), "{}", stdout(&checked));

    let certificate = std::fs::read_to_string(&path).expect("it was written");
    let damaged = scratch.file("damaged.cert", certificate.replacen("k 0", "k 1", 1));
    let refused = trunklab(&["prove", "--check", &damaged]);
    assert_eq!(status(&refused), 2);
    assert!(stderr(&refused).contains("refused"), "{}", stderr(&refused));
    assert_eq!(stdout(&refused), "");
}

#[test]
fn a_leak_is_told_with_its_frame_its_hops_and_its_replay_and_leaves_no_certificate() {
    let scratch = Scratch::new("prove-leak");
    let path = scratch.path().join("out.cert");
    let out = trunklab(&["prove", LEAKY, "--certificate", &path.to_string_lossy()]);
    assert_eq!(status(&out), 1, "{}", stderr(&out));
    let text = stdout(&out);
    for part in [
        "LEAK",
        "a frame of acme reaches a terminal of globex",
        "60 octets",
        "ap-east",
        "replayed: after",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("proved"), "{text}");
    assert!(!path.exists());
}

#[test]
fn before_the_operators_slip_the_same_scenario_is_proved() {
    let out = trunklab(&["prove", LEAKY, "--at", "4s", "--tables"]);
    assert_eq!(status(&out), 0, "{}", stderr(&out));
    assert!(
        stdout(&out).contains("tables of ap-east, profile strict"),
        "{}",
        stdout(&out)
    );
    let before = trunklab(&["prove", LEAKY, "--at", "0s"]);
    assert_eq!(status(&before), 3, "nothing is provisioned yet, so nothing was shown");
    let late = trunklab(&["prove", LEAKY, "--at", "1h"]);
    assert_eq!(status(&late), 2);
}

#[test]
fn throughout_stops_where_the_proof_breaks() {
    let out = trunklab(&["prove", LEAKY, "--throughout"]);
    assert_eq!(status(&out), 1);
    assert!(
        stderr(&out).contains("the proof does not hold at 5s"),
        "{}",
        stderr(&out)
    );
    let out = trunklab(&["prove", HEALTHY, "--throughout"]);
    assert_eq!(status(&out), 0, "{}", stderr(&out));
    assert!(
        stdout(&out).contains("proved at the start and after"),
        "{}",
        stdout(&out)
    );
}

#[test]
fn the_json_says_what_the_text_says() {
    let out = trunklab(&["prove", HEALTHY, LEAKY, "--format", "json"]);
    assert_eq!(status(&out), 1, "{}", stderr(&out));
    let json: serde_json::Value = serde_json::from_str(&stdout(&out)).expect("JSON");
    assert_eq!(json["format"], "trunklab.prove/2");
    assert_eq!(json["proofs"][0]["verdict"], "PROVED");
    assert_eq!(json["proofs"][1]["leaks"][0]["to"], "globex");
    assert_eq!(json["proofs"][1]["leaks"][0]["arrivals"][2]["node"], "globex-vbr");
}

#[test]
fn bad_input_of_every_kind_exits_2() {
    let scratch = Scratch::new("prove-bad");
    let folder = scratch.path().to_string_lossy().into_owned();
    let text = scratch.file("no.cert", "no certificate");
    for args in [
        &["prove"][..],
        &["prove", "no/such/file.yaml"],
        &["prove", "--check", "no/such/file.cert"],
        &["prove", "--check", &folder],
        &["prove", "--check", &text],
        &["prove", "--check", &text, HEALTHY],
        &["prove", HEALTHY, "--at", "soon"],
        &["prove", HEALTHY, LEAKY, "--certificate", "out.cert"],
    ] {
        let out = trunklab(args);
        assert_eq!(status(&out), 2, "{args:?}: {}", stderr(&out));
        assert!(!stderr(&out).is_empty() || args.len() > 1, "{args:?}");
    }
}

/// The planted leak, without its expectation of one.
fn unexpected(scratch: &Scratch) -> String {
    let text = std::fs::read_to_string(crate::root().join(LEAKY)).expect("a shipped scenario");
    let (text, _) = text.split_once("expect:").expect("it expects the leak");
    scratch.file("unexpected.yaml", text)
}

#[test]
fn run_holds_the_proof_at_every_step_and_fails_at_the_one_that_breaks_it() {
    let scratch = Scratch::new("run-prove");
    let leaky = unexpected(&scratch);
    let out = trunklab(&["run", &leaky, "--prove"]);
    assert_eq!(status(&out), 1, "{}", stderr(&out));
    let text = stdout(&out);
    let line = text.lines().find(|line| line.contains(" proof ")).expect("a verdict");
    assert!(
        line.contains("FAIL") && line.contains("broken at 5s, by a fault of the scenario"),
        "{line}"
    );
    assert!(line.contains("a frame of acme reaches a terminal of globex"), "{line}");
    assert!(
        text.contains("--seed 7 --prove"),
        "the command that does it again: {text}"
    );

    let without = trunklab(&["run", &leaky]);
    assert!(!stdout(&without).contains(" proof "), "{}", stdout(&without));
}

#[test]
fn run_with_the_proof_passes_where_it_holds_throughout() {
    let out = trunklab(&["run", HEALTHY, "--prove", "--verbose"]);
    assert_eq!(status(&out), 0, "{}", stderr(&out));
    let text = stdout(&out);
    let line = text.lines().find(|line| line.contains(" proof ")).expect("a verdict");
    assert!(
        line.contains("PASS") && line.contains("at the start and after"),
        "{line}"
    );
    assert!(
        line.contains("this forwarder and this model under profile strict"),
        "{line}"
    );
    assert!(text.contains("control: frames of 2 of 2 tenants"), "{text}");
}

#[test]
fn a_scenario_that_expects_a_leak_expects_it_of_the_proof_unless_run_is_strict() {
    let expected = trunklab(&["run", LEAKY, "--prove"]);
    assert_eq!(status(&expected), 0, "{}", stdout(&expected));
    let strict = trunklab(&["run", LEAKY, "--prove", "--strict"]);
    assert_eq!(status(&strict), 1, "{}", stdout(&strict));
}

#[test]
fn json_and_junit_of_a_run_carry_the_proofs_verdict() {
    let scratch = Scratch::new("run-prove-formats");
    let leaky = unexpected(&scratch);
    let out = trunklab(&["run", HEALTHY, &leaky, "--prove", "--format", "json"]);
    assert_eq!(status(&out), 1, "{}", stderr(&out));
    let json: serde_json::Value = serde_json::from_str(&stdout(&out)).expect("JSON");
    let text = json.to_string();
    assert!(text.contains(r#""check":"proof""#), "{text}");
    let out = trunklab(&["run", &leaky, "--prove", "--format", "junit"]);
    assert_eq!(status(&out), 1, "{}", stderr(&out));
    let text = stdout(&out);
    let from = text.find("proof").expect("a case");
    assert!(text[from..].contains("broken at 5s"), "{text}");
}
