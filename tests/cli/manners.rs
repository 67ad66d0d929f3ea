//! What the program leaves behind, tells and does not tell, and how it ends.

use std::fs;
use std::process::{Command, Stdio};

use crate::{Scratch, root, status, stderr, stdout, trunklab};

const GOOD: &str = "scenarios/isolation/same-mac.yaml";

fn good() -> String {
    fs::read_to_string(root().join(GOOD)).expect("a shipped scenario")
}

/// Files that are half written.
fn parts(scratch: &Scratch) -> Vec<String> {
    let entries = fs::read_dir(scratch.path()).expect("a folder").flatten();
    let names = entries.map(|e| e.file_name().to_string_lossy().into_owned());
    names.filter(|n| n.contains(".part-")).collect()
}

#[test]
fn what_a_killed_run_has_left_is_removed_by_the_next_of_the_same_output_and_nothing_else_is() {
    let scratch = Scratch::new("leftovers");
    let scenario = scratch.file("a.yaml", good());
    // No process has so high a number; the first is always there.
    let gone = "out.pcapng.part-4194305";
    for name in [
        gone,
        "out.pcapng.part-1",
        "out.pcapng.part-x",
        "other.pcapng.part-4194305",
    ] {
        scratch.file(name, "half");
    }
    let out = scratch.path().join("out.pcapng").to_string_lossy().into_owned();
    let run = trunklab(&["run", &scenario, "--pcap", &out]);
    assert_eq!(status(&run), 0, "{}", stderr(&run));
    let mut left = parts(&scratch);
    left.sort();
    assert_eq!(
        left,
        ["other.pcapng.part-4194305", "out.pcapng.part-1", "out.pcapng.part-x"]
    );
    assert!(
        stderr(&run).contains(&format!("{gone}: a run that was killed")),
        "{}",
        stderr(&run)
    );
    assert!(stderr(&run).contains("process 1 may be writing it"), "{}", stderr(&run));
}

#[test]
fn an_output_that_is_a_link_to_nowhere_is_refused_and_stays_one() {
    let scratch = Scratch::new("dangling");
    let link = scratch.path().join("link.yaml");
    std::os::unix::fs::symlink("nowhere.yaml", &link).expect("a link");
    let name = link.to_string_lossy();
    let out = trunklab(&["new", &name, "--force"]);
    assert_eq!(status(&out), 4, "{}", stderr(&out));
    assert!(stderr(&out).contains("leads nowhere"), "{}", stderr(&out));
    assert!(fs::symlink_metadata(&link).expect("still there").is_symlink());
}

#[test]
fn a_reader_that_goes_away_before_all_was_written_is_no_success() {
    let mut child = Command::new(crate::program())
        .args(["schema"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let out = child.wait_with_output().expect("it ends");
    assert_eq!(status(&out), 4, "{}", stderr(&out));
    assert!(
        stderr(&out).contains("closed before all was written"),
        "{}",
        stderr(&out)
    );
}

#[test]
fn quiet_tells_no_warning_and_still_tells_errors() {
    let scratch = Scratch::new("quiet");
    let odd = good().replace("b: dev-sh-a,", "b: dev-sh-a, rate: 1M,");
    assert_ne!(odd, good());
    let path = scratch.file("odd.yaml", odd);
    let loud = trunklab(&["validate", &path]);
    assert!(stderr(&loud).contains("warning"), "{}", stderr(&loud));
    let quiet = trunklab(&["validate", "--quiet", &path]);
    assert_eq!(stderr(&quiet), "");
    assert_eq!(stdout(&quiet), stdout(&loud));
    let bad = trunklab(&["--quiet", "validate", "no/such.yaml"]);
    assert!(stderr(&bad).contains("no/such.yaml"));
}

#[test]
fn a_file_that_did_not_run_is_in_the_closing_count() {
    let one = trunklab(&["run", "no/such.yaml", GOOD]);
    assert!(stdout(&one).contains("; 1 file did not run\n"), "{}", stdout(&one));
    let none = trunklab(&["run", "no/such.yaml", "no/other.yaml"]);
    assert!(stdout(&none).ends_with("2 files did not run\n"), "{}", stdout(&none));
}

#[test]
fn completions_and_manual_pages_name_every_command() {
    let scratch = Scratch::new("man");
    for shell in ["bash", "zsh", "fish"] {
        let out = trunklab(&["completions", shell]);
        assert_eq!(status(&out), 0, "{}", stderr(&out));
        assert!(stdout(&out).contains("rehearse"), "{shell}");
    }
    let folder = scratch.path().join("pages");
    let out = trunklab(&["man", &folder.to_string_lossy()]);
    assert_eq!(status(&out), 0, "{}", stderr(&out));
    let page = fs::read_to_string(folder.join("trunklab-trace.1")).expect("a page");
    assert!(page.contains("NODE.PORT") && page.contains("TRUNKLAB_IN"), "{page}");
    assert!(folder.join("trunklab.1").exists());
    let file = scratch.file("no-folder", "");
    assert_eq!(status(&trunklab(&["man", &file])), 4);
}
