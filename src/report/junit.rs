//! The report for continuous integration: JUnit XML.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{NotRun, RunReport, verdict_text};
use crate::check::{Standing, Verdict, standing};

/// Renders runs as JUnit XML: a suite per scenario, a case per verdict. An expected failure is a
/// success whose name says so; what could not be told is an error, not a skip.
pub fn junit(runs: &[RunReport], not_run: &[NotRun], strict: bool) -> String {
    let mut report = Report::new("trunklab");
    for missing in not_run {
        let problems: Vec<String> = missing.problems.iter().map(ToString::to_string).collect();
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(problems.first().map_or("", String::as_str));
        status.set_type("did not run");
        status.set_description(problems.join("\n"));
        let mut case = TestCase::new("runs", status);
        case.set_classname(missing.source.as_str());
        let mut suite = TestSuite::new(missing.source.as_str());
        suite.add_test_case(case);
        report.add_test_suite(suite);
    }
    for run in runs {
        let mut suite = TestSuite::new(run.source.as_str());
        suite.add_property(("seed", run.seed.to_string().as_str()));
        suite.add_property(("digest", format!("{:016x}", run.digest).as_str()));
        suite.add_property(("command", run.command.as_str()));
        for line in &run.judgement.lines {
            let shown = verdict_text(line, strict);
            let mut status = match (standing(line.verdict, line.expected, strict), line.verdict) {
                (Standing::Conforms, Verdict::NotApplicable) => TestCaseStatus::skipped(),
                (Standing::Conforms, _) => TestCaseStatus::success(),
                (Standing::Departs, _) => TestCaseStatus::non_success(NonSuccessKind::Failure),
                (Standing::Unknown | Standing::Broken, _) => TestCaseStatus::non_success(NonSuccessKind::Error),
            };
            if !matches!(status, TestCaseStatus::Success { .. }) {
                status.set_message(format!("{shown}: {}", line.finding));
                status.set_type(shown.as_str());
                status.set_description(line.details.join("\n"));
            }
            let name = match (line.subject.is_empty(), line.line) {
                (true, 0) => line.check.to_owned(),
                (true, n) => format!("{} (line {n})", line.check),
                (false, 0) => format!("{} of {}", line.check, line.subject),
                (false, n) => format!("{} of {} (line {n})", line.check, line.subject),
            };
            let mut case = TestCase::new(name, status);
            case.set_classname(run.name.as_str());
            case.set_system_out(format!("{shown}: {}", line.finding));
            suite.add_test_case(case);
        }
        report.add_test_suite(suite);
    }
    let mut text = report.to_string().expect("XML strings always serialise");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
