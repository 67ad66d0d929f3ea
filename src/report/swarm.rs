//! The document of `trunklab swarm`: worlds with seed and options, the first failing one shrunk, then the sums.

use std::fmt::Write;

use super::document::{Block, Document, Finding, Findings, Outcome, Part, Section, Shown};
use crate::check::{Field, Value, thousands};
use crate::study::draft::Time;
use crate::swarm::{Bounds, DrawnWorld, Failure, Flown, Minimal, Trial};

/// The version of what programs read; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.swarm/2";
/// Lines of a minimal scenario that a terminal takes.
const MOST_LINES: usize = 200;

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

/// What is said of a flight.
pub fn swarm_document(report: &SwarmReport<'_>) -> Document {
    let kept = report.flown.kept.values();
    let mut parts = vec![
        Part::Fields(totals(report)),
        Part::Sections {
            key: "tried",
            shown: usize::MAX,
            sections: kept
                .map(|(world, trial)| section(world, trial, report.bounds))
                .collect(),
        },
    ];
    if report.flown.failed > told(report) {
        let more = thousands(report.flown.failed - told(report));
        let next = report
            .flown
            .kept
            .keys()
            .next_back()
            .map_or(report.first, |seed| seed + 1);
        parts.push(Part::Line(format!(
            "... and {more} more failing worlds of higher seeds, counted only: --first {next} tells them"
        )));
        parts.push(Part::Line(String::new()));
    }
    let least = report.minimal.map(|minimal| minimal_fields(report, minimal));
    parts.push(Part::Fields(vec![Field::new(
        "minimal",
        least.unwrap_or(Value::Nothing),
    )]));
    if let Some(minimal) = report.minimal {
        parts.extend(shrunk(report, minimal));
    }
    parts.extend(sums(report).into_iter().map(Part::Line));
    parts.push(Part::Findings(whole(report)));
    Document {
        format: FORMAT,
        title: "trunklab swarm",
        parts,
    }
}

/// Failing worlds that are told whole.
fn told(report: &SwarmReport<'_>) -> u64 {
    let kept = report.flown.kept.values();
    kept.filter(|(_, trial)| !trial.failures.is_empty()).count() as u64
}

fn totals(report: &SwarmReport<'_>) -> Vec<Field> {
    let flown = report.flown;
    let refused = flown.first_refused.as_ref().map(|(seed, why)| {
        Value::Fields(vec![
            Field::new("seed", Value::label(*seed)),
            Field::new("reason", Value::text(why)),
        ])
    });
    vec![
        Field::new("first", Value::label(report.first)),
        Field::new("asked", Value::count(report.asked)),
        Field::new("worlds", Value::count(flown.worlds)),
        Field::new("failed", Value::count(flown.failed)),
        Field::new("refused", Value::count(flown.refused)),
        Field::new("first_refused", refused.unwrap_or(Value::Nothing)),
        Field::new("astray", Value::count(flown.leaking)),
        Field::new("failed_but_only_counted", Value::count(flown.failed - told(report))),
        Field::new("claims", Value::count(flown.claims)),
        Field::new("offered", Value::frames(flown.frames)),
        Field::new("digest", Value::Text(format!("{:016x}", flown.digest))),
    ]
}

fn section(world: &DrawnWorld, trial: &Trial, bounds: &Bounds) -> Section {
    let options = options(world, bounds);
    let command = bounds.command(world.seed);
    let digest = format!("{:016x}", trial.digest);
    let head = vec![
        Field::new("seed", Value::label(world.seed)),
        Field::new("options", Value::names(options.iter().map(String::as_str))),
        Field::new("command", Value::text(&command)),
        Field::new("digest", Value::text(&digest)),
        Field::new("refused", trial.refused.as_ref().map_or(Value::Nothing, Value::text)),
        Field::new("astray", Value::frames(trial.astray)),
        Field::new("claims", Value::count(trial.claims)),
    ];
    let failures = Findings {
        key: "failures",
        findings: trial.failures.iter().map(failed).collect(),
        ..Findings::default()
    };
    let again = format!("  again: {command}");
    let again = if trial.failures.is_empty() {
        Part::Aside(again)
    } else {
        Part::Line(again)
    };
    Section {
        source: format!("world {}", world.seed),
        name: format!("world {}", world.seed),
        subtitle: format!(": {}", options.join(", ")),
        properties: vec![("digest", digest), ("command", command)],
        parts: vec![Part::Fields(head), Part::Findings(failures), again],
    }
}

fn failed(failure: &Failure) -> Finding {
    let outcome = match failure.question {
        "panic" | "engine" => Outcome::Unknown,
        _ => Outcome::Bad,
    };
    Finding {
        outcome,
        verdict: "FAIL".to_owned(),
        check: failure.question.to_owned(),
        subject: failure.subject.clone(),
        name: format!("{} {}", failure.question, failure.subject).trim().to_owned(),
        text: failure.finding.clone(),
        details: failure.details.clone(),
        explains: true,
        fields: vec![
            Field::new("question", Value::text(failure.question)),
            Field::new("subject", Value::text(&failure.subject)),
            Field::new("finding", Value::text(&failure.finding)),
            Field::new("details", Value::names(failure.details.iter().map(String::as_str))),
        ],
        ..Finding::default()
    }
}

/// The flight as one case, so that continuous integration sees that something was tried.
fn whole(report: &SwarmReport<'_>) -> Findings {
    let flown = report.flown;
    let text = format!(
        "{} of {} worlds failed",
        thousands(flown.failed),
        thousands(flown.worlds)
    );
    all_as_one("swarm", flown.failed, flown.worlds > flown.refused, text)
}

/// Worlds as one case: how many were found wrong, and whether any was tried at all.
pub(super) fn all_as_one(check: &str, wrong: u64, tried: bool, text: String) -> Findings {
    let (outcome, verdict) = match (wrong, tried) {
        (1.., _) => (Outcome::Bad, "FAIL"),
        (_, false) => (Outcome::Unknown, "INCONC"),
        _ => (Outcome::Good, "PASS"),
    };
    Findings {
        key: "verdicts",
        shown: Shown::Elsewhere,
        most: 0,
        findings: vec![Finding {
            outcome,
            verdict: verdict.to_owned(),
            check: check.to_owned(),
            name: check.to_owned(),
            fields: vec![
                Field::new("check", Value::text(check)),
                Field::new("verdict", Value::text(verdict)),
                Field::new("finding", Value::text(&text)),
            ],
            text,
            ..Finding::default()
        }],
    }
}

fn minimal_fields(report: &SwarmReport<'_>, minimal: &Minimal) -> Value {
    Value::Fields(vec![
        Field::new("question", Value::text(minimal.failure.question)),
        Field::new("finding", Value::text(&minimal.failure.finding)),
        Field::new("tried", Value::count(minimal.tried)),
        Field::new("is_least", Value::Flag(minimal.is_least)),
        Field::new("scenario", Value::Text(scenario_file(report, minimal))),
    ])
}

fn shrunk(report: &SwarmReport<'_>, minimal: &Minimal) -> Vec<Part> {
    let so = match minimal.is_least {
        true => "nothing more could be taken away",
        false => "the trials were used up",
    };
    let title = format!(
        "the first of them, shrunk ({} smaller worlds tried; {so}):",
        thousands(minimal.tried)
    );
    if let Some(file) = report.file {
        return vec![
            Part::Line(title),
            Part::Line(format!("  {file}")),
            Part::Line(String::new()),
        ];
    }
    let text = scenario_file(report, minimal);
    let lines = text.lines().map(|line| format!("  {line}")).collect();
    let block = Block {
        title,
        lines,
        shown: MOST_LINES,
    };
    vec![Part::Block(block), Part::Line(String::new())]
}

fn sums(report: &SwarmReport<'_>) -> Vec<String> {
    let flown = report.flown;
    let mut lines = Vec::new();
    if let Some((seed, why)) = &flown.first_refused {
        lines.push(format!(
            "{} worlds could not be loaded, the first of seed {seed}: {why}",
            thousands(flown.refused)
        ));
    }
    if flown.worlds < report.asked {
        let (worlds, asked) = (thousands(flown.worlds), thousands(report.asked));
        lines.push(format!("the time was up after {worlds} of {asked} worlds"));
    }
    lines.push(format!(
        "{} worlds from seed {}, {} failed; frames astray in {}; {} quiet flows had to be answered; {} frames; digest {:016x}",
        thousands(flown.worlds),
        report.first,
        thousands(flown.failed),
        thousands(flown.leaking),
        thousands(flown.claims),
        thousands(flown.frames),
        flown.digest
    ));
    lines
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
