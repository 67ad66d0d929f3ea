//! `trunklab swarm` as a user meets it.

use crate::{Scratch, status, stderr, stdout, trunklab};

#[test]
fn healthy_worlds_hold_and_the_sums_are_the_same_on_any_number_of_threads() {
    let one = trunklab(&["swarm", "--seeds", "12", "--jobs", "1"]);
    let many = trunklab(&["swarm", "--seeds", "12", "--jobs", "4"]);
    assert_eq!(status(&one), 0, "{}", stdout(&one));
    assert_eq!(stdout(&one), stdout(&many));
    assert!(
        stdout(&one).starts_with("12 worlds from seed 1, 0 failed"),
        "{}",
        stdout(&one)
    );
    assert!(
        stderr(&one).contains("worlds per core-second"),
        "what depends on the machine is on stderr"
    );
}

#[test]
fn json_names_every_world_with_its_options_and_command_where_that_is_asked_for() {
    let out = trunklab(&[
        "swarm", "--seeds", "3", "--first", "40", "--format", "json", "--all", "--faults", "cut,lose",
    ]);
    assert_eq!(status(&out), 0, "{}", stdout(&out));
    let json: serde_json::Value = serde_json::from_str(&stdout(&out)).expect("JSON");
    assert_eq!(
        (&json["format"], &json["worlds"]),
        (&"trunklab.swarm/2".into(), &3.into())
    );
    let seeds: Vec<_> = json["tried"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|w| w["seed"].as_u64())
        .collect();
    assert_eq!(seeds, [Some(40), Some(41), Some(42)]);
    let first = &json["tried"][0];
    assert!(first["options"][0].as_str().expect("text").starts_with("tenants "));
    let command = first["command"].as_str().expect("text");
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    let again = trunklab(&[words.as_slice(), &["--format", "json", "--all"]].concat());
    let again: serde_json::Value = serde_json::from_str(&stdout(&again)).expect("JSON");
    assert_eq!(again["tried"][0], *first, "the command tries the same world again");
}

#[test]
fn planted_faults_are_caught_and_raise_no_alarm() {
    let out = trunklab(&[
        "swarm",
        "--seeds",
        "12",
        "--tenants",
        "3..3",
        "--faults",
        "quirk,misconnect,mistype",
    ]);
    assert_eq!(status(&out), 0, "{}", stdout(&out));
    assert!(
        !stdout(&out).contains("frames astray in 0;"),
        "some of them leak: {}",
        stdout(&out)
    );
}

#[test]
fn a_time_that_is_up_is_said_and_the_rest_is_not_tried() {
    let out = trunklab(&["swarm", "--seeds", "1000000", "--time", "1ms", "--jobs", "1"]);
    assert!(stdout(&out).contains("the time was up after "), "{}", stdout(&out));
    assert!([0, 3].contains(&status(&out)));
}

#[test]
fn bad_bounds_are_refused_with_what_would_be_right() {
    for (args, says) in [
        (vec!["--seeds", "0"], "1..=100000000"),
        (vec!["--seeds", "1", "--tenants", "0"], "1 to 64"),
        (vec!["--seeds", "1", "--tenants", "5..2"], "LOW..HIGH"),
        (vec!["--seeds", "1", "--faults", "cuts"], "cut, flap"),
        (vec!["--seeds", "1", "--faults", "none,cut"], "stands alone"),
        (vec!["--seeds", "1", "--duration", "1ms"], "100ms to 1h"),
        (vec!["--seeds", "1", "--all"], "--format json"),
        (vec!["--seeds", "2", "--first", "18446744073709551615"], "no room"),
    ] {
        let out = trunklab(&[&["swarm"], args.as_slice()].concat());
        assert_eq!(status(&out), 2, "{args:?}: {}", stderr(&out));
        assert!(stderr(&out).contains(says), "{args:?}: {}", stderr(&out));
        assert_eq!(stdout(&out), "");
    }
}

#[test]
fn without_a_failure_no_scenario_is_written() {
    let scratch = Scratch::new("swarm");
    let file = scratch.path().join("least.yaml");
    let out = trunklab(&["swarm", "--seeds", "2", "--shrink-to", &file.to_string_lossy()]);
    assert_eq!(status(&out), 0, "{}", stdout(&out));
    assert!(!file.exists());
}
