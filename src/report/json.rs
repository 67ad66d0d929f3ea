//! The report for programs: stable, versioned JSON.

use serde::Serialize;

use super::{NotRun, Problem, RunReport, Tally, verdict_text};
use crate::check::{Standing, standing};

/// The version of this format; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.run/1";

#[derive(Serialize)]
struct Root<'a> {
    format: &'static str,
    runs: Vec<Run<'a>>,
    not_run: Vec<Missing<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Missing<'a> {
    source: &'a str,
    problems: &'a [Problem],
}

#[derive(Serialize)]
struct Run<'a> {
    source: &'a str,
    name: &'a str,
    seed: u64,
    digest: String,
    command: &'a str,
    virtual_time_ns: u64,
    counts: serde_json::Map<String, serde_json::Value>,
    policies: Vec<Policy<'a>>,
    verdicts: Vec<Verdict<'a>>,
    sections: Vec<Table<'a>>,
    standing: &'static str,
}

#[derive(Serialize)]
struct Policy<'a> {
    name: &'a str,
    value: &'a str,
    decides: &'a str,
}

#[derive(Serialize)]
struct Verdict<'a> {
    check: &'a str,
    subject: &'a str,
    verdict: &'a str,
    shown: String,
    expected: &'static str,
    standing: &'static str,
    finding: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    details: &'a [String],
    line: u32,
}

#[derive(Serialize)]
struct Table<'a> {
    title: &'a str,
    columns: &'a [String],
    rows: &'a [Vec<String>],
}

#[derive(Serialize)]
struct Summary {
    scenarios: usize,
    not_run: usize,
    passed: usize,
    failed_as_expected: usize,
    not_as_expected: usize,
    inconclusive: usize,
    not_applicable: usize,
    errors: usize,
}

/// Renders runs, what did not run, and their summary as one JSON document with a newline at its end.
pub fn json(runs: &[RunReport], not_run: &[NotRun], strict: bool) -> String {
    let tally = Tally::of(runs, strict);
    let root = Root {
        format: FORMAT,
        runs: runs.iter().map(|run| run_value(run, strict)).collect(),
        not_run: not_run
            .iter()
            .map(|n| Missing {
                source: &n.source,
                problems: &n.problems,
            })
            .collect(),
        summary: Summary {
            scenarios: runs.len(),
            not_run: not_run.len(),
            passed: tally.pass,
            failed_as_expected: tally.expected_fail,
            not_as_expected: tally.departs,
            inconclusive: tally.inconc,
            not_applicable: tally.not_applicable,
            errors: tally.error,
        },
    };
    let mut text = serde_json::to_string_pretty(&root).expect("strings and integers always serialise");
    text.push('\n');
    text
}

fn run_value(run: &RunReport, strict: bool) -> Run<'_> {
    Run {
        source: &run.source,
        name: &run.name,
        seed: run.seed,
        digest: format!("{:016x}", run.digest),
        command: &run.command,
        virtual_time_ns: run.end.as_nanos(),
        counts: run
            .counts
            .iter()
            .map(|(k, v)| (k.replace(' ', "_"), (*v).into()))
            .collect(),
        policies: run
            .policies
            .iter()
            .map(|(name, value, decides)| Policy { name, value, decides })
            .collect(),
        verdicts: run
            .judgement
            .lines
            .iter()
            .map(|line| Verdict {
                check: line.check,
                subject: &line.subject,
                verdict: line.verdict.as_str(),
                shown: verdict_text(line, strict),
                expected: match line.expected {
                    crate::scenario::plan::Expected::Pass => "pass",
                    crate::scenario::plan::Expected::Fail => "fail",
                    crate::scenario::plan::Expected::Inconc => "inconc",
                },
                standing: word(standing(line.verdict, line.expected, strict)),
                finding: &line.finding,
                details: &line.details,
                line: line.line,
            })
            .collect(),
        sections: run
            .sections
            .iter()
            .map(|s| Table {
                title: &s.title,
                columns: &s.columns,
                rows: &s.rows,
            })
            .collect(),
        standing: word(run.judgement.standing(strict)),
    }
}

const fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Conforms => "conforms",
        Standing::Departs => "does_not_conform",
        Standing::Unknown => "inconclusive",
        Standing::Broken => "error",
    }
}
