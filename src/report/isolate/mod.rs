//! What is told of the isolation suite, and the capture of the smallest case.

mod capture;
mod cases;
mod document;
mod json;

pub use capture::capture;
pub use document::suite_document;

use super::{NotRun, Problem};
use crate::isolate::{FindingReport, IsolationReport};

/// What is told of one scenario's suite.
#[derive(Debug, Clone)]
pub struct SuiteReport {
    /// The scenario as the user named it.
    pub source: String,
    /// The command that runs it again.
    pub command: String,
    /// What it came to.
    pub suite: IsolationReport,
    /// What was odd in the scenario.
    pub warnings: Vec<Problem>,
}

/// What is told of all.
#[derive(Debug, Clone, Copy)]
pub struct Suites<'a> {
    /// What ran.
    pub ran: &'a [SuiteReport],
    /// What did not.
    pub not_run: &'a [NotRun],
}

impl SuiteReport {
    /// What leaked, as it is drawn: whose frames, where, how many, in words.
    pub fn astray(&self) -> Vec<(String, String, u64, String)> {
        let findings = self.suite.findings().map(|(row, found)| {
            let what = format!("{row}: {}", summary(found));
            (found.tenant.clone(), found.at.clone(), found.count, what)
        });
        findings.collect()
    }
}

/// Octets as hexadecimal digits, a space behind each two.
fn hex(octets: &[u8]) -> String {
    let words: Vec<String> = octets.iter().map(|o| format!("{o:02x}")).collect();
    words.join(" ")
}

/// `1 way`, `2,000 ways`.
fn counted(n: usize, what: &str) -> String {
    match n {
        1 => format!("1 {what}"),
        n => format!("{} {what}s", crate::check::thousands(n as u64)),
    }
}

/// What was seen, in one line.
fn summary(finding: &FindingReport) -> String {
    let frames = match finding.count {
        1 => String::new(),
        n => format!(" ({} times)", crate::check::thousands(n)),
    };
    let text = if finding.text.is_empty() {
        String::new()
    } else {
        format!(": {}", finding.text)
    };
    format!(
        "{}: {} from {} at {}{frames}{text}",
        finding.flaw.as_str(),
        finding.tenant,
        finding.from,
        finding.at
    )
}

/// A probability in parts of a billion, as a decimal fraction.
fn fraction(ppb: u64) -> String {
    let text = format!("{}.{:09}", ppb / 1_000_000_000, ppb % 1_000_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{counted, fraction};

    #[test]
    fn one_is_no_plural() {
        assert_eq!(counted(1, "way"), "1 way");
        assert_eq!(counted(5_016, "way"), "5,016 ways");
    }

    #[test]
    fn a_probability_is_a_decimal_fraction() {
        assert_eq!(fraction(950_000_000), "0.95");
        assert_eq!(fraction(1_000_000_000), "1");
        assert_eq!(fraction(3), "0.000000003");
    }
}
