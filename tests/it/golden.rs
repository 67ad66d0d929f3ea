//! Golden reports: every kind of verdict line, in every format, byte for byte.
//!
//! Written anew with `TRUNKLAB_BLESS=1 cargo test --test it golden`; the reason belongs in the commit.

use std::fs;
use std::path::PathBuf;

use trunklab::engine::run;
use trunklab::evidence::NoObserver;
use trunklab::provision::Defaults;
use trunklab::report::{Format, RunReport, run_document};
use trunklab::scenario::Loaded;
use trunklab::why::{Whom, judged};

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn report() -> [RunReport; 1] {
    let text = fs::read_to_string(file("golden.yaml")).expect("the golden scenario");
    let Loaded { plan, expanded, .. } = crate::judgement::loaded(&text, &[]);
    let (run, _) = run(&plan, Defaults, NoObserver).expect("a plan can be run");
    let (judgement, answers) = judged(&expanded, &plan, &run, Whom::Expected, 1).expect("a plan can be run");
    let report = RunReport::new("golden.yaml", &plan, &run, judgement);
    [report.answered(&answers.expect("the golden scenario asks who answers"))]
}

fn render(runs: &[RunReport], strict: bool, format: Format) -> String {
    run_document(runs, &[], strict).render(format)
}

fn human(runs: &[RunReport], strict: bool, verbose: bool) -> String {
    render(runs, strict, Format::Text { verbose })
}

fn json(runs: &[RunReport], strict: bool) -> String {
    render(runs, strict, Format::Json)
}

fn junit(runs: &[RunReport], strict: bool) -> String {
    render(runs, strict, Format::Junit)
}

/// Compares with the golden file and shows the first line that differs.
#[track_caller]
fn is_golden(name: &str, now: &str) {
    let path = file("golden").join(name);
    if std::env::var_os("TRUNKLAB_BLESS").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("the golden folder");
        fs::write(&path, now).expect("the golden file");
    }
    let then = fs::read_to_string(&path).expect("the golden file");
    for (i, (now, then)) in now.lines().zip(then.lines()).enumerate() {
        assert_eq!(now, then, "{name}, line {}: the first that changed", i + 1);
    }
    assert_eq!(now, then, "{name}: lines came or went at the end");
}

#[test]
fn the_human_report_is_golden() {
    is_golden("human.txt", &human(&report(), false, false));
    is_golden("human-verbose.txt", &human(&report(), false, true));
    is_golden("human-strict.txt", &human(&report(), true, false));
}

#[test]
fn the_json_report_is_golden() {
    is_golden("report.json", &json(&report(), false));
    is_golden("report-strict.json", &json(&report(), true));
}

#[test]
fn the_junit_report_is_golden() {
    is_golden("junit.xml", &junit(&report(), false));
    is_golden("junit-strict.xml", &junit(&report(), true));
}

#[test]
fn the_markdown_report_is_golden() {
    is_golden("report.md", &render(&report(), false, Format::Markdown));
}

#[test]
fn the_csv_report_is_golden() {
    is_golden("report.csv", &render(&report(), false, Format::Csv));
}

#[test]
fn the_golden_report_holds_a_line_of_every_kind() {
    let text = human(&report(), false, false);
    for kind in [
        "  PASS ",
        "  FAIL ",
        "  FAIL (expected) ",
        "  PASS (unexpected) ",
        "  INCONC ",
        "  INCONC (expected) ",
        "  NOT APPLICABLE ",
    ] {
        assert!(text.contains(kind), "no line of {kind:?} in\n{text}");
    }
    for part in [
        "  bill\n",
        "frames lost, by place and reason",
        "policy octets_billing: l2",
    ] {
        assert!(
            text.to_lowercase().contains(&part.to_lowercase()),
            "no {part:?} in\n{text}"
        );
    }
}

#[test]
fn no_report_holds_a_time_of_day_a_version_a_path_or_a_thread_count() {
    let report = report();
    for text in [
        human(&report, false, true),
        json(&report, false),
        junit(&report, false),
        render(&report, false, Format::Markdown),
        render(&report, false, Format::Csv),
    ] {
        for word in [
            env!("CARGO_PKG_VERSION"),
            env!("CARGO_MANIFEST_DIR"),
            "timestamp",
            "hostname",
            "thread",
            "jobs",
        ] {
            assert!(!text.contains(word), "{word} in\n{text}");
        }
    }
}
