//! The report of random worlds: failing ones with seed and options first, then the sums.

use std::fmt::Write;

use serde::Serialize;

use crate::check::thousands;
use crate::study::draft::Time;
use crate::swarm::{Bounds, DrawnWorld, Failure, Flown, Minimal, Trial};

/// The version of the JSON format; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.swarm/1";
/// Lines of a minimal scenario, and details of a failure, that standard output takes.
const MOST_LINES: usize = 200;
const MOST_DETAILS: usize = 12;

/// What is told of a flight through random worlds.
#[derive(Debug, Clone, Copy)]
pub struct SwarmReport<'a> {
    /// Within what the worlds were drawn.
    pub bounds: &'a Bounds,
    /// The first seed.
    pub first: u64,
    /// How many worlds were asked for.
    pub asked: u64,
    /// What came out.
    pub flown: &'a Flown,
    /// The first failing world, shrunk.
    pub minimal: Option<&'a Minimal>,
    /// The file that the minimal scenario was written to.
    pub file: Option<&'a str>,
}

impl SwarmReport<'_> {
    fn failing(&self) -> impl Iterator<Item = &(DrawnWorld, Trial)> {
        self.flown.kept.values().filter(|(_, trial)| !trial.failures.is_empty())
    }
}

/// For people.
pub fn swarm_human(report: &SwarmReport<'_>) -> String {
    let mut out = String::new();
    for (world, trial) in report.failing() {
        let _ = writeln!(
            out,
            "world {}: {}",
            world.seed,
            options(world, report.bounds).join(", ")
        );
        for failure in &trial.failures {
            told(&mut out, failure);
        }
        let _ = writeln!(out, "  again: {}\n", report.bounds.command(world.seed));
    }
    let shown = report.failing().count() as u64;
    if report.flown.failed > shown {
        let more = thousands(report.flown.failed - shown);
        let _ = writeln!(out, "... and {more} more failing worlds of higher seeds\n");
    }
    if let Some(minimal) = report.minimal {
        least(&mut out, report, minimal);
    }
    sums(&mut out, report);
    out
}

fn told(out: &mut String, failure: &Failure) {
    let subject = if failure.subject.is_empty() { "" } else { " " };
    let _ = writeln!(
        out,
        "  {}{subject}{}: {}",
        failure.question, failure.subject, failure.finding
    );
    for detail in failure.details.iter().take(MOST_DETAILS) {
        let _ = writeln!(out, "    {detail}");
    }
    if let Some(more) = failure.details.len().checked_sub(MOST_DETAILS).filter(|more| *more > 0) {
        let _ = writeln!(out, "    ... and {more} more");
    }
}

fn least(out: &mut String, report: &SwarmReport<'_>, minimal: &Minimal) {
    let so = if minimal.is_least {
        "nothing more could be taken away"
    } else {
        "the trials were used up"
    };
    let _ = writeln!(
        out,
        "the first of them, shrunk ({} smaller worlds tried; {so}):",
        thousands(minimal.tried)
    );
    if let Some(file) = report.file {
        let _ = writeln!(out, "  {file}\n");
        return;
    }
    let text = scenario_file(report, minimal);
    for line in text.lines().take(MOST_LINES) {
        let _ = writeln!(out, "  {line}");
    }
    let more = text.lines().count().saturating_sub(MOST_LINES);
    if more > 0 {
        let _ = writeln!(out, "  ... and {more} more lines; --shrink-to FILE writes them all");
    }
    out.push('\n');
}

fn sums(out: &mut String, report: &SwarmReport<'_>) {
    let flown = report.flown;
    if let Some((seed, why)) = &flown.first_refused {
        let _ = writeln!(
            out,
            "{} worlds could not be loaded, the first of seed {seed}: {why}",
            thousands(flown.refused)
        );
    }
    if flown.worlds < report.asked {
        let (worlds, asked) = (thousands(flown.worlds), thousands(report.asked));
        let _ = writeln!(out, "the time was up after {worlds} of {asked} worlds");
    }
    let _ = writeln!(
        out,
        "{} worlds from seed {}, {} failed; frames astray in {}; {} quiet flows had to be answered; {} frames; digest {:016x}",
        thousands(flown.worlds),
        report.first,
        thousands(flown.failed),
        thousands(flown.leaking),
        thousands(flown.claims),
        thousands(flown.frames),
        flown.digest
    );
}

/// What was chosen for a world, as `key value`.
fn options(world: &DrawnWorld, bounds: &Bounds) -> Vec<String> {
    let kinds: Vec<&str> = world.kinds.iter().map(|kind| kind.as_str()).collect();
    let kinds = if kinds.is_empty() {
        "none".to_owned()
    } else {
        kinds.join(" ")
    };
    let mut all = vec![
        format!("tenants {}", world.tenants),
        format!("duration {}", Time(bounds.duration)),
        format!("faults {kinds}"),
    ];
    all.extend(world.options.iter().map(|(key, value)| format!("{key} {value}")));
    all
}

/// The minimal scenario as a file: how it fails, and how to run it again.
pub fn scenario_file(report: &SwarmReport<'_>, minimal: &Minimal) -> String {
    let failure = &minimal.failure;
    let mut out = String::new();
    let finding = failure.finding.replace('\n', " ");
    let _ = writeln!(out, "# Fails: {} {}", failure.question, failure.subject.trim());
    let _ = writeln!(out, "# {finding}");
    let _ = writeln!(out, "# Shrunk from: {}", report.bounds.command(minimal.draft.seed));
    if failure.is_of_a_check() {
        let _ = writeln!(out, "# Again: trunklab run {}", report.file.unwrap_or("THIS-FILE"));
    } else {
        let _ = writeln!(
            out,
            "# No check of `trunklab run` asks this question; the command above does."
        );
    }
    out + &minimal.draft.yaml()
}

#[derive(Serialize)]
struct Root<'a> {
    format: &'static str,
    first: u64,
    asked: u64,
    worlds: u64,
    failed: u64,
    refused: u64,
    astray: u64,
    claims: u64,
    frames: u64,
    digest: String,
    tried: Vec<Tried<'a>>,
    minimal: Option<Least<'a>>,
}

#[derive(Serialize)]
struct Tried<'a> {
    seed: u64,
    options: Vec<String>,
    command: String,
    digest: String,
    refused: &'a Option<String>,
    astray: u64,
    claims: u64,
    failures: Vec<Failed<'a>>,
}

#[derive(Serialize)]
struct Failed<'a> {
    question: &'a str,
    subject: &'a str,
    finding: &'a str,
    details: &'a [String],
}

#[derive(Serialize)]
struct Least<'a> {
    question: &'a str,
    finding: &'a str,
    tried: u64,
    is_least: bool,
    scenario: String,
}

/// For programs: stable, versioned JSON.
pub fn swarm_json(report: &SwarmReport<'_>) -> String {
    let flown = report.flown;
    let root = Root {
        format: FORMAT,
        first: report.first,
        asked: report.asked,
        worlds: flown.worlds,
        failed: flown.failed,
        refused: flown.refused,
        astray: flown.leaking,
        claims: flown.claims,
        frames: flown.frames,
        digest: format!("{:016x}", flown.digest),
        tried: flown
            .kept
            .values()
            .map(|(world, trial)| tried(world, trial, report.bounds))
            .collect(),
        minimal: report.minimal.map(|minimal| Least {
            question: minimal.failure.question,
            finding: &minimal.failure.finding,
            tried: minimal.tried,
            is_least: minimal.is_least,
            scenario: scenario_file(report, minimal),
        }),
    };
    let mut text = serde_json::to_string_pretty(&root).expect("plain values become JSON");
    text.push('\n');
    text
}

fn tried<'a>(world: &DrawnWorld, trial: &'a Trial, bounds: &Bounds) -> Tried<'a> {
    let failed = trial.failures.iter().map(|failure| Failed {
        question: failure.question,
        subject: &failure.subject,
        finding: &failure.finding,
        details: &failure.details,
    });
    Tried {
        seed: world.seed,
        options: options(world, bounds),
        command: bounds.command(world.seed),
        digest: format!("{:016x}", trial.digest),
        refused: &trial.refused,
        astray: trial.astray,
        claims: trial.claims,
        failures: failed.collect(),
    }
}
