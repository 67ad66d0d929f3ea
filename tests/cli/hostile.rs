//! Hostile files, odd paths, odd environments, interruptions.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Scratch, root, status, stderr, stdout, trunklab};

const GOOD: &str = "scenarios/isolation/same-mac.yaml";

fn good() -> String {
    fs::read_to_string(root().join(GOOD)).expect("a shipped scenario")
}

fn program() -> Command {
    let mut command = Command::new(crate::program());
    command.current_dir(root()).env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

#[test]
fn a_syntax_error_shows_the_line_that_it_names() {
    let scratch = Scratch::new("syntax");
    for (name, text) in [
        (
            "tab.yaml",
            "trunklab: 1\nname: x\nduration: 1s\naccounts:\n\t- { name: a, uid: 1 }\n",
        ),
        ("nul.yaml", "trunklab: 1\nname: x\nduration: 1s\naccounts: \0\n"),
    ] {
        let path = scratch.file(name, text);
        let out = trunklab(&["validate", &path]);
        assert_eq!(status(&out), 2);
        let shown = stderr(&out);
        let line: usize = shown
            .split(&format!("{name}:"))
            .nth(1)
            .and_then(|rest| rest.split(':').next())
            .and_then(|n| n.parse().ok())
            .unwrap_or_else(|| panic!("a line number in {shown}"));
        let source = text.lines().nth(line - 1).expect("a line of the file").trim();
        let source = source.trim_end_matches('\0').trim();
        assert!(shown.contains(source), "line {line} is `{source}`, but:\n{shown}");
        assert!(!shown.contains("trunklab: 1"), "{shown}");
    }
}

#[test]
fn a_word_that_stands_on_no_list_stops_every_command_before_anything_runs() {
    let scratch = Scratch::new("words");
    let quirk = good().replace(
        "access_points:\n  - { name: ap-east",
        "access_points:\n  - { quirk: no-such-fault, name: ap-east",
    );
    assert_ne!(quirk, good(), "the scenario has the access point");
    let path = scratch.file("quirk.yaml", quirk);
    for command in ["validate", "run", "prove", "isolate"] {
        let out = trunklab(&[command, &path]);
        assert_eq!(status(&out), 2, "{command}: {}", stderr(&out));
        assert!(stderr(&out).contains("TL0204"), "{command}: {}", stderr(&out));
        let shown = stdout(&out);
        assert!(
            !shown.contains("PASS") && !shown.contains("PROVED"),
            "{command}: {shown}"
        );
    }
}

#[test]
fn no_control_character_of_a_file_reaches_the_terminal() {
    let scratch = Scratch::new("control");
    let escaped = good().replace("name: same-mac", r#"name: "a\x01\e[31m\nb""#);
    let raw = good().replace("name: same-mac", "name: a\u{1b}[31mb");
    for (name, text) in [("escaped.yaml", escaped), ("raw.yaml", raw)] {
        let out = trunklab(&["validate", &scratch.file(name, text)]);
        assert_eq!(status(&out), 2);
        let shown = stderr(&out);
        let odd = shown.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(odd, None, "{name}: {shown:?}");
    }
}

#[test]
fn hostile_files_are_refused_in_time_with_one_clear_error() {
    let scratch = Scratch::new("hostile");
    let bomb: String = std::iter::once("trunklab: 1\nname: x\nduration: 1s\nabout: &a x\n".to_owned())
        .chain((0..12).map(|i| {
            let (this, last) = ((b'b' + i) as char, (b'a' + i) as char);
            format!("{this}: &{this} [{}]\n", vec![format!("*{last}"); 9].join(","))
        }))
        .collect();
    let cases: [(&str, Vec<u8>); 9] = [
        ("empty", Vec::new()),
        ("deep", b"[".repeat(200_000)),
        (
            "deep-map",
            b"trunklab: 1\npolicies: "
                .iter()
                .copied()
                .chain(b"{a: ".repeat(100_000))
                .collect(),
        ),
        ("bomb", bomb.into_bytes()),
        ("utf16", vec![0xff, 0xfe, b't', 0]),
        ("two", format!("{0}\n---\n{0}", good()).into_bytes()),
        ("twice", format!("{}\nseed: 4\n", good()).into_bytes()),
        (
            "huge",
            good().replace("seed: 3", "seed: 99999999999999999999").into_bytes(),
        ),
        ("cycle", b"trunklab: 1\nname: &a [*a]\n".to_vec()),
    ];
    let began = Instant::now();
    for (name, text) in cases {
        let out = trunklab(&["run", &scratch.file(&format!("{name}.yaml"), text)]);
        assert_eq!(status(&out), 2, "{name}: {}", stderr(&out));
        assert!(stderr(&out).contains("error[TL"), "{name}: {}", stderr(&out));
        assert!(stdout(&out).contains("did not run"), "{name}: {}", stdout(&out));
    }
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_byte_order_mark_and_carriage_returns_change_nothing() {
    let scratch = Scratch::new("marks");
    let marked = scratch.file("a.yaml", format!("\u{feff}{}", good().replace('\n', "\r\n")));
    let digest = |path: &str| {
        let text = stdout(&trunklab(&["run", path]));
        text.split("digest ").nth(1).map(|rest| rest[..16].to_owned())
    };
    assert!(digest(GOOD).is_some());
    assert_eq!(digest(GOOD), digest(&marked));
}

#[test]
fn a_pipe_is_read_and_one_without_a_writer_is_given_up() {
    let scratch = Scratch::new("pipe");
    let pipe = scratch.path().join("p.yaml");
    let made = Command::new("mkfifo").arg(&pipe).status();
    if !made.is_ok_and(|s| s.success()) {
        eprintln!("SKIPPED: there is no mkfifo");
        return;
    }
    let name = pipe.to_string_lossy().into_owned();
    let began = Instant::now();
    let out = trunklab(&["validate", &scratch.path().to_string_lossy()]);
    assert_eq!(status(&out), 2);
    assert!(stderr(&out).contains("nobody writes to it"), "{}", stderr(&out));
    assert!(began.elapsed() < Duration::from_secs(30));
    let writer = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::write(pipe, good())
    });
    let out = trunklab(&["validate", &name]);
    assert_eq!(status(&out), 0, "{}", stderr(&out));
    writer.join().expect("the writer").expect("written");
}

#[test]
fn links_that_lead_back_do_not_multiply_scenarios() {
    let scratch = Scratch::new("loops");
    scratch.file("a.yaml", good());
    for name in ["l1", "l2", "l3", "l4"] {
        std::os::unix::fs::symlink(".", scratch.path().join(name)).expect("a link");
    }
    fs::create_dir(scratch.path().join("folder.yaml")).expect("a folder");
    let out = trunklab(&["validate", &scratch.path().to_string_lossy()]);
    assert_eq!(status(&out), 0, "{}", stderr(&out));
    assert_eq!(stdout(&out).lines().count(), 1, "{}", stdout(&out));
}

#[test]
fn a_path_that_is_not_utf8_is_named_as_such() {
    let scratch = Scratch::new("odd-path");
    let path = scratch.path().join(std::ffi::OsStr::from_bytes(b"\xff.yaml"));
    fs::write(&path, good()).expect("a file");
    let out = program().arg("validate").arg(&path).output().expect("it starts");
    assert_eq!(status(&out), 2);
    assert!(stderr(&out).contains("not UTF-8"), "{}", stderr(&out));
}

#[test]
fn standard_input_is_a_scenario_once() {
    let scratch = Scratch::new("stdin");
    let path = scratch.file("a.yaml", good());
    let feed = || Stdio::from(fs::File::open(&path).expect("it is there"));
    let out = program().args(["run", "-"]).stdin(feed()).output().expect("it starts");
    assert_eq!(status(&out), 0, "{}", stderr(&out));
    let out = program()
        .args(["run", "-", "-"])
        .stdin(feed())
        .output()
        .expect("it starts");
    assert_eq!(status(&out), 2);
    assert!(stderr(&out).contains("once"), "{}", stderr(&out));
}

#[test]
fn every_flag_as_a_variable_takes_what_ci_systems_write() {
    let run = |name: &str, value: &str| {
        let out = program()
            .args(["run", "scenarios/isolation/planted-leak.yaml"])
            .env(name, value)
            .output();
        status(&out.expect("it starts"))
    };
    for (value, expected) in [
        ("1", 1),
        ("true", 1),
        ("yes", 1),
        ("0", 0),
        ("false", 0),
        ("", 0),
        ("maybe", 2),
    ] {
        assert_eq!(run("TRUNKLAB_STRICT", value), expected, "TRUNKLAB_STRICT={value}");
    }
    for name in [
        "TRUNKLAB_SEED",
        "TRUNKLAB_FORMAT",
        "TRUNKLAB_VERBOSE",
        "TRUNKLAB_PCAP",
        "TRUNKLAB_JOBS",
    ] {
        assert_eq!(run(name, ""), 0, "an empty {name} is none");
    }
    assert_eq!(run("TRUNKLAB_SEED", "-1"), 2);
    assert_eq!(run("TRUNKLAB_FORMAT", "xml"), 2);
    assert_eq!(run("TRUNKLAB_JOBS", "0"), 2);
}

#[test]
fn a_random_seed_is_printed_and_gives_the_same_run_again() {
    let first = stdout(&trunklab(&["run", GOOD, "--seed", "random"]));
    let command = first
        .split("again: trunklab ")
        .nth(1)
        .expect("the command")
        .lines()
        .next()
        .expect("a line");
    let words: Vec<&str> = command.split(' ').collect();
    assert_eq!(stdout(&trunklab(&words)), first);
}

#[test]
fn json_and_junit_name_the_files_that_did_not_run() {
    let scratch = Scratch::new("bad-among-good");
    let bad = scratch.file("bad.yaml", good().replace("seed: 3", "sed: 3"));
    let out = trunklab(&["run", &bad, GOOD, "--format", "json"]);
    assert_eq!(status(&out), 2);
    let json: serde_json::Value = serde_json::from_str(&stdout(&out)).expect("JSON also then");
    assert_eq!(json["summary"]["not_run"], 1);
    assert_eq!(json["not_run"][0]["source"], bad.as_str());
    assert_eq!(json["not_run"][0]["problems"][0]["code"], "TL0201");
    assert_eq!(json["runs"].as_array().map(Vec::len), Some(1));
    let out = trunklab(&["run", &bad, GOOD, "--format", "junit"]);
    assert!(stdout(&out).contains("did not run"), "{}", stdout(&out));
    assert!(stdout(&out).contains("TL0201"), "{}", stdout(&out));
}

#[test]
fn a_capture_replaces_neither_the_scenario_nor_a_device_and_leaves_nothing_half_written() {
    let scratch = Scratch::new("pcap");
    let scenario = scratch.file("a.yaml", good());
    let in_scratch = |name: &str| scratch.path().join(name).to_string_lossy().into_owned();
    assert_eq!(status(&trunklab(&["run", &scenario, "--pcap", &scenario])), 2);
    assert_eq!(fs::read_to_string(&scenario).expect("still there"), good());
    assert_eq!(status(&trunklab(&["run", &scenario, "--pcap", "-"])), 2);
    assert_eq!(
        status(&trunklab(&["run", &scenario, &scenario, "--pcap", &in_scratch("o")])),
        2
    );
    let folder = trunklab(&["run", &scenario, "--pcap", &scratch.path().to_string_lossy()]);
    assert_eq!(status(&folder), 4);
    assert!(stderr(&folder).contains("folder"), "{}", stderr(&folder));
    assert_eq!(
        status(&trunklab(&["run", &scenario, "--pcap", &in_scratch("no/o.pcapng")])),
        4
    );

    // A pipe stands for every target that is no file: it is written to, and stays a pipe.
    let pipe = in_scratch("pipe");
    if Command::new("mkfifo").arg(&pipe).status().is_ok_and(|s| s.success()) {
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read(pipe).map(|octets| octets.len())
        });
        assert_eq!(status(&trunklab(&["run", &scenario, "--pcap", &pipe])), 0);
        assert!(reader.join().expect("the reader").expect("read") > 1000);
        assert!(!fs::metadata(&pipe).expect("still there").is_file());
    }

    let kept = scratch.file("kept.pcapng", "old");
    let link = in_scratch("link.pcapng");
    std::os::unix::fs::symlink("kept.pcapng", &link).expect("a link");
    assert_eq!(status(&trunklab(&["run", &scenario, "--pcap", &link])), 0);
    assert!(fs::symlink_metadata(&link).expect("still there").is_symlink());
    assert!(fs::metadata(&kept).expect("still there").len() > 1000);
    assert_eq!(parts(&scratch), Vec::<String>::new());
}

/// Files that are half written.
fn parts(scratch: &Scratch) -> Vec<String> {
    let entries = fs::read_dir(scratch.path()).expect("a folder").flatten();
    let names = entries.map(|e| e.file_name().to_string_lossy().into_owned());
    names.filter(|n| n.contains(".part-")).collect()
}

#[test]
fn an_interrupted_capture_leaves_nothing_and_the_signal_ends_the_process() {
    use std::os::unix::process::ExitStatusExt;
    let scratch = Scratch::new("interrupt");
    let long = good()
        .replace("duration: 12s", "duration: 2000s")
        .replace("stop: 11s", "stop: 1999s");
    let scenario = scratch.file("a.yaml", long);
    let out = scratch.path().join("out.pcapng");
    let mut command = program();
    command.args(["run", &scenario, "--pcap"]).arg(&out);
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let began = Instant::now();
    while parts(&scratch).is_empty() && began.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let told = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    if !told.is_ok_and(|s| s.success()) {
        let _ = child.kill();
        panic!("it was still running when it was interrupted");
    }
    let ended = child.wait().expect("it ends");
    assert_eq!(ended.signal(), Some(2), "{ended:?}");
    assert_eq!(parts(&scratch), Vec::<String>::new());
    assert!(!out.exists());
}

#[test]
fn a_reader_that_went_away_and_a_full_disk_are_no_success() {
    let mut child = program()
        .args(["run", GOOD])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(4));
    if let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") {
        let out = program().args(["run", GOOD]).stdout(full).output().expect("it starts");
        assert_eq!(status(&out), 4, "{}", stderr(&out));
    }
}

#[test]
fn the_committed_schema_is_the_one_that_the_program_prints() {
    let committed = fs::read_to_string(root().join("scenario.schema.json")).expect("the schema");
    assert_eq!(stdout(&trunklab(&["schema"])), committed);
}

#[test]
fn every_code_is_explained_in_whatever_case_it_is_written() {
    let list = stdout(&trunklab(&["explain"]));
    assert!(list.lines().count() > 50);
    for line in list.lines() {
        let code = line.split_whitespace().next().expect("a code").to_lowercase();
        // In this process, for speed: the same two tables.
        let known =
            trunklab::scenario::Code::find(&code).is_some() || trunklab::provision::codes::Code::find(&code).is_some();
        assert!(known, "{code}");
    }
    assert_eq!(status(&trunklab(&["explain", "quotaexceeded.vpconn"])), 0);
}
