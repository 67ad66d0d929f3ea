//! `--report`: a page beside what is printed.

use std::fs;

use crate::{Scratch, status, stderr, stdout, trunklab};

const SCENARIO: &str = "scenarios/isolation/planted-leak.yaml";

/// The page that a command writes, which has to end so.
fn page(scratch: &Scratch, args: &[&str], expected: i32) -> String {
    let out = scratch.path().join("page.html").to_string_lossy().into_owned();
    let written = trunklab(&[args, &["--report", &out]].concat());
    assert_eq!(status(&written), expected, "{args:?}: {}", stderr(&written));
    let text = fs::read_to_string(&out).expect("a page");
    fs::remove_file(&out).expect("its own file");
    assert_eq!(
        fs::read_dir(scratch.path()).expect("a folder").count(),
        0,
        "nothing else is left"
    );
    assert!(
        text.starts_with("<!doctype html>") && text.trim_end().ends_with("</html>"),
        "{args:?}: whole"
    );
    assert!(
        !text.contains("{{") && !text.contains("{%"),
        "{args:?}: no template is left"
    );
    text
}

#[test]
fn every_command_that_judges_writes_a_page_with_its_verdict_and_its_command() {
    let scratch = Scratch::new("report-commands");
    let cases: [(&[&str], i32, &str, &str); 6] = [
        (
            &["run", SCENARIO],
            0,
            "PASS",
            "trunklab run scenarios/isolation/planted-leak.yaml --seed 7",
        ),
        (
            &["prove", SCENARIO],
            1,
            "FAIL",
            "trunklab prove scenarios/isolation/planted-leak.yaml",
        ),
        (
            &["isolate", SCENARIO, "--vectors", "I-01"],
            1,
            "FAIL",
            "trunklab isolate scenarios/isolation/planted-leak.yaml --seed 7 --vectors I-01",
        ),
        (
            &["rehearse", "--quick", "scenarios/migration/wrong-vbr.yaml"],
            0,
            "PASS",
            "trunklab rehearse scenarios/migration/wrong-vbr.yaml --quick",
        ),
        (&["swarm", "--seeds", "2"], 0, "PASS", "trunklab swarm"),
        (
            &[
                "bench",
                "demux",
                "--size",
                "64",
                "--rounds",
                "1",
                "--seconds",
                "0.001",
                "--vlans",
                "1",
                "--set",
                "l2",
            ],
            3,
            "INCONC",
            "trunklab bench demux --size 64 --vlans 1 --set l2 --rounds 1 --seconds 0.001 --seed 1",
        ),
    ];
    for (args, expected, word, command) in cases {
        let text = page(&scratch, args, expected);
        assert!(
            text.contains(&format!("<span class=\"word\">{word}</span>")),
            "{args:?}: {word}"
        );
        let text = text.replace("&#x2f;", "/");
        assert!(text.contains(command), "{args:?}: {command}");
    }
}

#[test]
fn a_page_is_the_same_each_time_and_changes_nothing_that_is_printed() {
    let scratch = Scratch::new("report-same");
    let (first, second) = (
        page(&scratch, &["run", SCENARIO], 0),
        page(&scratch, &["run", SCENARIO, "--jobs", "1"], 0),
    );
    assert!(first == second, "the same run gives the same page");
    let out = scratch.path().join("page.html").to_string_lossy().into_owned();
    let (plain, beside) = (
        trunklab(&["run", SCENARIO]),
        trunklab(&["run", SCENARIO, "--report", &out]),
    );
    assert_eq!(stdout(&plain), stdout(&beside));
}

/// The instants of a capture's frames, in order, in nanoseconds: enhanced packet blocks of pcapng.
fn instants(capture: &[u8]) -> Vec<u64> {
    let word = |at: usize| u32::from_le_bytes(capture[at..at + 4].try_into().expect("four octets"));
    let (mut at, mut instants) = (0, Vec::new());
    while at < capture.len() {
        if word(at) == 6 {
            instants.push((u64::from(word(at + 12)) << 32) | u64::from(word(at + 16)));
        }
        at += word(at + 4) as usize;
    }
    instants
}

#[test]
fn the_number_of_a_frame_is_its_number_in_the_capture() {
    let scratch = Scratch::new("report-capture");
    let (out, capture) = (scratch.path().join("page.html"), scratch.path().join("run.pcapng"));
    let (out, capture) = (
        out.to_string_lossy().into_owned(),
        capture.to_string_lossy().into_owned(),
    );
    let both = trunklab(&["run", SCENARIO, "--report", &out, "--pcap", &capture]);
    assert_eq!(status(&both), 0, "{}", stderr(&both));
    let text = fs::read_to_string(&out).expect("a page");
    let row = text
        .find("<td>globex-vbr&#x2f;device</td>")
        .expect("the hop at which the frame is astray");
    let (start, number) = (
        text[..row].rfind("<tr><td>").expect("its row"),
        text[row..].find("class=\"n\">").expect("its number"),
    );
    let at = text[start + 8..].split('<').next().expect("an instant");
    let number = text[row + number + 10..]
        .split('<')
        .next()
        .expect("a number")
        .replace(',', "");
    let wanted: u64 = number.parse().expect("a number");
    let nanos = instants(&fs::read(&capture).expect("a capture"));
    let instant = nanos[usize::try_from(wanted).expect("an index") - 1];
    assert_eq!(
        format!("{}.{:09}s", instant / 1_000_000_000, instant % 1_000_000_000),
        at
    );
}

#[test]
fn a_page_takes_the_place_of_no_scenario_and_of_no_other_output() {
    let scratch = Scratch::new("report-refused");
    let own = scratch.file("own.yaml", fs::read(SCENARIO).expect("a scenario"));
    let folder = scratch.path().to_string_lossy().into_owned();
    let cases: [(&[&str], i32, &str); 6] = [
        (
            &["prove", "--check", &own, "--report", "x.html"],
            2,
            "does not go with --check",
        ),
        (
            &["mutants", "--list", "--report", "x.html"],
            2,
            "does not go with --list",
        ),
        (&["run", &own, "--report", &own], 2, "would replace the scenario itself"),
        (&["run", &own, "--report", "-"], 2, "wants the name of a file"),
        (
            &["run", &own, "--pcap", "x.pcapng", "--report", "x.pcapng"],
            2,
            "are one file",
        ),
        (&["run", &own, "--report", &folder], 4, "it is a folder"),
    ];
    for (args, expected, told) in cases {
        let refused = trunklab(args);
        assert_eq!(status(&refused), expected, "{args:?}");
        assert!(stderr(&refused).contains(told), "{args:?}: {}", stderr(&refused));
    }
    assert_eq!(
        fs::read(&own).expect("still there"),
        fs::read(SCENARIO).expect("a scenario")
    );
}
