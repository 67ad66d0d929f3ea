//! `trunklab bench demux` as a user meets it. No test asks how fast anything is.

use std::process::Command;

use serde_json::Value;

use super::{Scratch, status, stderr, stdout, trunklab};

/// A run of milliseconds. Two rounds are too few to tell a ratio, in every build: status 3.
const TINY: [&str; 8] = ["bench", "demux", "--set", "256", "--rounds", "2", "--seconds", "0.001"];

fn tiny(flags: &[&str]) -> std::process::Output {
    trunklab(&[&TINY[..], flags].concat())
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn json_is_versioned_and_every_row_has_every_key() {
    let out = tiny(&[
        "--format",
        "json",
        "--vlans",
        "4,8",
        "--bad",
        "10,90",
        "--policed",
        "0,50",
    ]);
    assert_eq!(status(&out), 3, "{}", stderr(&out));
    let run: Value = serde_json::from_str(&stdout(&out)).expect("JSON");
    assert_eq!(run["trunklab"], "bench-demux/2");
    let top = ["trunklab", "version", "profile", "machine", "effort", "duties", "rows"];
    assert_eq!(keys(&run), top);
    let rows = run["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 8);
    for row in rows {
        assert_eq!(
            keys(row),
            [
                "point",
                "status",
                "why",
                "frames",
                "wire_octets_per_frame",
                "ns_per_frame",
                "touch_ns_per_frame",
                "ratio_to_touch",
                "floor_ns_per_frame",
                "ratio_to_floor",
                "wall_to_processor_time",
                "mframes_per_second",
                "gbit_per_second",
                "rate_to_one_core",
                "fairness",
                "duties",
                "ledger",
                "huge_pages_asked",
                "on_huge_pages",
                "contenders",
                "again"
            ]
        );
        assert!(row["ratio_to_touch"].is_null() && row["ratio_to_floor"].is_null() && row["why"].is_string());
        if let Some(contenders) = row["contenders"].as_array() {
            let names: Vec<_> = contenders.iter().map(|one| one["name"].as_str()).collect();
            assert_eq!(names, [Some("touch"), Some("floor"), Some("trunklab")]);
            assert!(contenders.iter().all(|one| one["passes_per_round"].as_u64() > Some(0)));
        }
        let shares =
            row["point"]["bad"].as_u64().expect("a share") + row["point"]["policed"].as_u64().expect("a share");
        if shares > 100 {
            assert_eq!(row["status"], "NOT RUN");
        }
    }
    let ledger = &rows[0]["ledger"];
    let frames = |tally: &Value| tally["frames"].as_u64().expect("frames");
    let dropped: u64 = ledger["dropped"]
        .as_object()
        .expect("reasons")
        .values()
        .map(frames)
        .sum();
    assert_eq!(frames(&ledger["offered"]), frames(&ledger["delivered"]) + dropped);
    assert!(dropped > 0);
    let again = rows[0]["again"].as_str().expect("a command");
    assert!(
        again.starts_with("trunklab bench demux --size 64 --vlans 4 "),
        "{again}"
    );
}

#[test]
fn the_table_names_machine_duties_and_bounds() {
    let out = tiny(&["--operation", "translate,pop,push", "--vlans", "4094"]);
    assert_eq!(status(&out), 3, "{}", stderr(&out));
    let text = stdout(&out);
    for word in [
        "machine",
        "duties",
        "bound source",
        "drain",
        "base",
        "operation push",
        ">=",
        "INCONC",
        "Jain",
    ] {
        assert!(text.contains(word), "{word}: {text}");
    }
}

#[test]
fn a_markdown_table_has_as_many_cells_in_every_line() {
    let out = tiny(&["--format", "markdown", "--vlans", "4,16", "--batch", "1,single"]);
    let text = stdout(&out);
    let lines: Vec<_> = text.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(lines.len(), 2 + 4, "{text}");
    let bars = |line: &str| line.matches('|').count();
    assert!(lines.iter().all(|line| bars(line) == bars(lines[0])), "{text}");
}

#[test]
fn bad_flags_are_bad_usage_and_say_what_would_be_right() {
    for (flags, right) in [
        (["--size", "63"], "a number from 64 to 1522"),
        (["--order", "random"], "`round-robin`"),
        (["--vlans", "4095"], "1..=4094"),
        (["--batch", "0"], "a number from 1 to 512"),
        (["--set", "l1"], "`dram`"),
        (["--seconds", "0"], "0.0001 to 3600"),
        (["--bad", "101"], "0..=100"),
        (["--format", "junit"], "markdown"),
    ] {
        let out = trunklab(&[&["bench", "demux"][..], &flags].concat());
        assert_eq!((status(&out), stdout(&out).as_str()), (2, ""), "{flags:?}");
        assert!(stderr(&out).contains(right), "{flags:?}: {}", stderr(&out));
    }
    let numbers: Vec<String> = (1..=100).map(|n| n.to_string()).collect();
    let many = numbers.join(",");
    let out = trunklab(&["bench", "demux", "--vlans", &many, "--circuits", &many]);
    assert_eq!(status(&out), 2);
    assert!(stderr(&out).contains("10000 rows"), "{}", stderr(&out));
}

#[test]
fn the_output_file_is_whole_or_not_there() {
    let scratch = Scratch::new("bench-output");
    let path = scratch.path().join("run.json").to_string_lossy().into_owned();
    let out = tiny(&["--format", "json", "--output", &path]);
    assert_eq!((status(&out), stdout(&out).as_str()), (3, ""), "{}", stderr(&out));
    let text = std::fs::read_to_string(&path).expect("a file");
    assert!(serde_json::from_str::<Value>(&text).is_ok());
    let nowhere = scratch
        .path()
        .join("no/such/folder/run.json")
        .to_string_lossy()
        .into_owned();
    assert_eq!(status(&tiny(&["--output", &nowhere])), 4);
    let left: Vec<_> = std::fs::read_dir(scratch.path()).expect("a folder").collect();
    assert_eq!(left.len(), 1);
}

#[test]
fn a_kernel_that_this_build_lacks_is_not_run() {
    let out = tiny(&["--kernel", "avx512,auto"]);
    let text = stdout(&out);
    assert!(
        status(&out) == 3 && (text.contains("NOT RUN") || text.contains("kernel avx512")),
        "{text}"
    );
}

/// The bare loop has to stay a loop of plain loads: as a vector loop with gathers it would be
/// slower on many processors, and every ratio to it better than it is.
#[test]
fn the_bare_loop_is_scalar() {
    let program = crate::program();
    let run = |tool: &str, flags: &[&str]| {
        let out = Command::new(tool).args(flags).arg(&program).output().ok()?;
        out.status
            .success()
            .then(|| String::from_utf8_lossy(&out.stdout).into_owned())
    };
    let Some(symbols) = run("nm", &["--print-size", "--defined-only"]) else {
        eprintln!("NOT RUN: no nm here");
        return;
    };
    let symbol = symbols.lines().find(|line| line.contains("5bench5touch5touch"));
    let symbol: Vec<_> = symbol.expect("a function that is never inlined").split(' ').collect();
    let number = |text: &str| u64::from_str_radix(text, 16).expect("a number");
    let (start, size) = (number(symbol[0]), number(symbol[1]));
    let range = [
        "--disassemble".to_owned(),
        "--no-show-raw-insn".to_owned(),
        format!("--start-address={start}"),
        format!("--stop-address={}", start + size),
    ];
    let Some(code) = run("objdump", &range.each_ref().map(String::as_str)) else {
        eprintln!("NOT RUN: no objdump here");
        return;
    };
    assert!(code.contains("ret"), "{code}");
    for word in ["gather", "%ymm", "%zmm"] {
        assert!(!code.contains(word), "{word}: {code}");
    }
    if !cfg!(debug_assertions) {
        assert!(!code.contains("%xmm"), "{code}");
    }
}

#[test]
fn every_kernel_is_timed_or_not_run_and_every_kind_of_pass_balances() {
    let out = tiny(&[
        "--format",
        "json",
        "--kernel",
        "scalar,avx2,avx512",
        "--operation",
        "translate,pop,push",
        "--vlans",
        "8",
        "--bad",
        "20",
        "--policed",
        "30",
    ]);
    assert_eq!(status(&out), 3, "{}", stderr(&out));
    let run: Value = serde_json::from_str(&stdout(&out)).expect("JSON");
    assert_eq!(
        run["duties"]["off"].as_array().map(Vec::len),
        Some(0),
        "every duty is on"
    );
    let rows = run["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 9);
    for row in rows {
        let kernel = row["point"]["kernel"].as_str().expect("a kernel");
        let lacks = row["why"]
            .as_str()
            .is_some_and(|why| why.contains("kernel") || why.contains("processor"));
        if row["status"] == "NOT RUN" {
            assert!(kernel != "scalar" && lacks, "{row}");
            eprintln!("{kernel}: NOT RUN, this processor lacks it");
        } else {
            let dropped = row["ledger"]["dropped"].as_object().expect("reasons");
            assert!(
                dropped.contains_key("over_rate") && dropped.contains_key("second_tag"),
                "{row}"
            );
        }
    }
}

#[test]
fn rivals_take_turns_and_each_says_what_it_leaves_out() {
    let out = tiny(&[
        "--against",
        "pnet,etherparse-slices",
        "--vlans",
        "16",
        "--format",
        "json",
    ]);
    assert_eq!(status(&out), 3, "{}", stderr(&out));
    let run: Value = serde_json::from_str(&stdout(&out)).expect("JSON");
    assert_eq!(run["trunklab"], "bench-demux-against/2");
    let names: Vec<_> = run["contenders"].as_array().expect("contenders").iter().collect();
    assert_eq!(names.len(), 5, "ours, the bare loops and two rivals: {run}");
    assert_eq!(names[0]["name"], "trunklab");
    assert_eq!(names[0]["does_not"].as_array().map(Vec::len), Some(0));
    for rival in &names[1..] {
        assert!(!rival["does_not"].as_array().expect("duties").is_empty(), "{rival}");
        assert!(rival["ratio_to_ours"].is_null(), "two rounds tell nothing: {rival}");
    }
    let text = stdout(&tiny(&["--against", "pnet", "--vlans", "16"]));
    assert!(text.contains("pnet 0.35 views + HashMap does not do: "), "{text}");
}

#[test]
fn rivals_are_refused_what_they_cannot_do_and_who_is_no_rival_is_named() {
    for (flags, why) in [
        (
            &["--against", "pnet", "--bad", "10"][..],
            "rivals only translate good frames",
        ),
        (
            &["--against", "pnet", "--operation", "pop"],
            "rivals only translate good frames",
        ),
        (&["--against", "tofu"], "no rival is called `tofu`"),
    ] {
        let out = tiny(flags);
        assert_eq!(status(&out), 2, "{flags:?}");
        assert!(stderr(&out).contains(why), "{}", stderr(&out));
        assert!(stdout(&out).is_empty());
    }
}
