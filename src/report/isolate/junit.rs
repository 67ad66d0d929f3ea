//! The suite's report for continuous integration: JUnit XML.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Suites, summary};
use crate::check::Verdict;
use crate::isolate::RowReport;

/// Renders all as JUnit XML: a suite per scenario, a case per row.
pub fn junit(suites: Suites<'_>) -> String {
    let mut report = Report::new("trunklab isolate");
    for missing in suites.not_run {
        let problems: Vec<String> = missing.problems.iter().map(ToString::to_string).collect();
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(problems.first().map_or("", String::as_str));
        status.set_type("did not run");
        status.set_description(problems.join("\n"));
        let mut suite = TestSuite::new(missing.source.as_str());
        suite.add_test_case(TestCase::new("runs", status));
        report.add_test_suite(suite);
    }
    for ran in suites.ran {
        let mut suite = TestSuite::new(ran.source.as_str());
        suite.add_property(("seed", ran.suite.seed.to_string().as_str()));
        suite.add_property(("digest", format!("{:016x}", ran.suite.digest).as_str()));
        suite.add_property(("command", ran.command.as_str()));
        suite.add_property(("profiles", ran.suite.profiles.join(",").as_str()));
        for row in &ran.suite.rows {
            let mut case = TestCase::new(format!("{} {}", row.id, row.title), status(row));
            case.set_classname(ran.suite.name.as_str());
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

fn status(row: &RowReport) -> TestCaseStatus {
    let mut status = match row.verdict {
        Verdict::Pass => return TestCaseStatus::success(),
        Verdict::NotApplicable | Verdict::NotTestable => TestCaseStatus::skipped(),
        Verdict::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Inconc | Verdict::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    let lines: Vec<String> = row.findings.iter().map(summary).collect();
    let first = lines.first().cloned().unwrap_or_else(|| row.reason.clone());
    status.set_message(format!("{}: {first}", row.verdict.as_str()));
    status.set_type(row.verdict.as_str());
    status.set_description(lines.join("\n"));
    status
}
