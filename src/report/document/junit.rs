//! A document for continuous integration: a suite for each section, a case for each finding.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Document, Finding, Outcome, Part, Section};

pub(super) fn render(document: &Document) -> String {
    let mut report = Report::new(document.title);
    let mut loose = TestSuite::new(document.title);
    for part in &document.parts {
        match part {
            Part::Sections { sections, .. } => {
                report.add_test_suites(sections.iter().map(suite));
            }
            Part::Findings(all) => {
                loose.add_test_cases(all.findings.iter().map(|f| case(document.title, f)));
            }
            Part::Line(_) | Part::Aside(_) | Part::Block(_) | Part::Fields(_) | Part::Table(_) | Part::Picture(_) => {}
        }
    }
    if !loose.test_cases.is_empty() {
        report.add_test_suite(loose);
    }
    let mut text = report.to_string().expect("XML strings always serialise");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn suite(section: &Section) -> TestSuite {
    let mut suite = TestSuite::new(section.source.as_str());
    for (name, value) in &section.properties {
        suite.add_property((*name, value.as_str()));
    }
    let name = if section.name.is_empty() {
        &section.source
    } else {
        &section.name
    };
    for part in &section.parts {
        if let Part::Findings(all) = part {
            suite.add_test_cases(all.findings.iter().map(|finding| case(name, finding)));
        }
    }
    suite
}

fn case(class: &str, finding: &Finding) -> TestCase {
    let mut status = match finding.outcome {
        Outcome::Good => TestCaseStatus::success(),
        Outcome::Skipped => TestCaseStatus::skipped(),
        Outcome::Bad => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Outcome::Unknown => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    let told = format!("{}: {}", finding.verdict, finding.text);
    if finding.outcome != Outcome::Good {
        status.set_message(told.as_str());
        status.set_type(finding.verdict.as_str());
        let root = (!finding.root.is_empty()).then(|| format!("follows from: {}", finding.root));
        let lines: Vec<&str> = root.iter().chain(&finding.details).map(String::as_str).collect();
        status.set_description(lines.join("\n"));
    }
    let mut case = TestCase::new(finding.name.as_str(), status);
    case.set_classname(class);
    case.set_system_out(told);
    case
}
