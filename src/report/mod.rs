//! Reports: what a judgement says, as one document that is printed as text, JSON, JUnit, Markdown or
//! CSV, and written as one page of HTML; and captures of what crossed the links.
//!
//! Invariant: decides nothing; deterministic bytes; no wall clock in the body.

mod causes;
mod diff;
pub mod document;
pub mod drawing;
mod explain;
pub mod html;
mod inspection;
mod inventory;
pub mod isolate;
mod journey;
mod missing;
pub mod mutants;
mod pcapng;
pub mod preflight;
mod proof;
pub mod rehearse;
mod run;
pub mod runbook;
pub mod schema;
mod sound;
mod swarm;
mod validate;
mod verify;

pub use diff::{Sides, differences};
pub use document::{Document, Format};
pub use explain::{Explanation, explanations};
pub use inspection::inspection_document;
pub use inventory::{Checked, checked, reconciled};
pub use journey::journey_document;
pub(crate) use missing::{diagnosed, missing, warned, warnings};
pub use pcapng::{CaptureError, LinkCapture};
pub use proof::{ProofReport, certificate_document, proof_document};
pub use run::{Noticed, RunReport, built, noticed, run_document, samples};
pub use sound::{SoundReport, sound_document};
pub use swarm::{SwarmReport, scenario_file, swarm_document};
pub use validate::{Validated, validated_document};
pub use verify::verified;

use crate::check::{Standing, Verdict, standing};
use crate::scenario::Diagnostic;

/// A scenario that was named and did not run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NotRun {
    /// The scenario as the user named it.
    pub source: String,
    /// Why; at least one.
    pub problems: Vec<Problem>,
}

/// What is wrong with a scenario, or odd in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problem {
    /// Stable code of a diagnostic; empty where the scenario is not to blame.
    pub code: &'static str,
    /// The file that it is about: the scenario, or one that it names; empty where no file is to blame.
    pub file: String,
    /// Line, from 1; 0: the file as a whole.
    pub line: u32,
    /// Column, from 1; 0: the file as a whole.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What would be right; empty where nobody knows.
    pub help: String,
}

impl From<&Diagnostic> for Problem {
    fn from(diagnostic: &Diagnostic) -> Self {
        Self {
            code: diagnostic.code.as_str(),
            file: diagnostic.file.clone(),
            line: diagnostic.line(),
            column: diagnostic.column(),
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone().unwrap_or_default(),
        }
    }
}

impl std::fmt::Display for Problem {
    /// `line:column: message (help) [CODE]`, without what is unknown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.line > 0 {
            write!(f, "{}:{}: ", self.line, self.column)?;
        }
        f.write_str(&self.message)?;
        if !self.help.is_empty() {
            write!(f, " ({})", self.help)?;
        }
        if !self.code.is_empty() {
            write!(f, " [{}]", self.code)?;
        }
        Ok(())
    }
}

/// How many lines came to each verdict, over several runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Lines that passed as expected.
    pub pass: usize,
    /// Lines that failed as expected.
    pub expected_fail: usize,
    /// Lines that departed from what was expected.
    pub departs: usize,
    /// Lines that could not be told.
    pub inconc: usize,
    /// Lines that do not apply.
    pub not_applicable: usize,
    /// Lines where the tester failed.
    pub error: usize,
}

impl Tally {
    /// Counts the lines of some runs.
    pub fn of<'a>(runs: impl IntoIterator<Item = &'a RunReport>, strict: bool) -> Self {
        let mut tally = Self::default();
        let mut lines = 0;
        for line in runs.into_iter().flat_map(|run| &run.judgement.lines) {
            let slot = match (standing(line.verdict, line.expected, strict), line.verdict) {
                (Standing::Conforms, Verdict::NotApplicable) => &mut tally.not_applicable,
                (Standing::Conforms, Verdict::Fail) => &mut tally.expected_fail,
                (Standing::Conforms, Verdict::Pass) => &mut tally.pass,
                (Standing::Conforms | Standing::Unknown, _) => &mut tally.inconc,
                (Standing::Departs, _) => &mut tally.departs,
                (Standing::Broken, _) => &mut tally.error,
            };
            *slot += 1;
            lines += 1;
        }
        let Self {
            pass,
            expected_fail,
            departs,
            inconc,
            not_applicable,
            error,
        } = tally;
        let counted = pass + expected_fail + departs + inconc + not_applicable + error;
        debug_assert_eq!(counted, lines, "every line is counted once");
        tally
    }
}

/// The verdict with what was expected of it: `PASS`, `FAIL (expected)`, `PASS (unexpected)`.
pub fn verdict_text(line: &crate::check::Line, strict: bool) -> String {
    let word = line.verdict.as_str();
    match standing(line.verdict, line.expected, strict) {
        Standing::Conforms if matches!(line.verdict, Verdict::Fail | Verdict::Inconc | Verdict::NotTestable) => {
            format!("{word} (expected)")
        }
        Standing::Departs if matches!(line.verdict, Verdict::Pass | Verdict::NotApplicable) => {
            format!("{word} (unexpected)")
        }
        _ => word.to_owned(),
    }
}

/// A path as a shell takes it.
pub(crate) fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@%".contains(c);
    if !path.is_empty() && path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}
