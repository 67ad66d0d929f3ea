//! The document of `trunklab isolate`: what the suite came to on each scenario.

use super::cases::cases;
use super::json::{finding_fields, matrix_fields};
use super::{SuiteReport, Suites, counted, fraction, summary};
use crate::check::{Field, Unit, Value, Verdict, thousands};
use crate::isolate::{ClassReport, GROUPS, IsolationReport, RowReport};
use crate::report::causes::causes;
use crate::report::document::{Column, Document, Finding, Findings, For, Outcome, Part, Section, Shown, Table};
use crate::report::{missing, warned, warnings};

/// The version of what programs read; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.isolate/3";

/// What is said of suites.
pub fn suite_document(suites: Suites<'_>) -> Document {
    let sections = suites.ran.iter().map(section).collect();
    Document {
        format: FORMAT,
        title: "trunklab isolate",
        parts: vec![
            Part::Sections {
                key: "suites",
                shown: usize::MAX,
                sections,
            },
            missing(suites.not_run),
        ],
    }
}

fn section(report: &SuiteReport) -> Section {
    let suite = &report.suite;
    let digest = format!("{:016x}", suite.digest);
    let (live, attackers, controlled) = suite.tenants;
    let mut parts = vec![Part::Fields(head(report, &digest))];
    parts.extend(suite.causes.iter().flat_map(causes));
    parts.extend(devices(suite));
    parts.extend(classes(suite));
    parts.push(Part::Table(groups(suite)));
    parts.push(Part::Fields(vec![Field::new(
        "matrix",
        Value::Fields(matrix_fields(suite)),
    )]));
    parts.push(Part::Table(leaks(suite)));
    parts.extend(cases(suite));
    parts.push(Part::Findings(rows(suite)));
    parts.extend(bounds(suite));
    parts.extend(apart(suite));
    let verdict = suite.verdict.as_str();
    parts.push(Part::Line(format!(
        "  {verdict}  isolation, for devices that behave as {}",
        suite.profiles.join(" and ")
    )));
    parts.push(warnings(&report.warnings));
    let assumed = suite.assumed.iter().map(|assumed| Part::Line(format!("  {assumed}")));
    parts.extend(assumed);
    parts.push(Part::Line(format!("  seed {}  digest {digest}", suite.seed)));
    parts.push(Part::Line(format!("  again: {}", report.command)));
    let assumed = suite
        .assumed
        .iter()
        .map(|assumed| Field::new("assumed", Value::text(assumed)));
    let verdict = Field::new("verdict", Value::text(verdict));
    parts.push(Part::Fields(assumed.chain([verdict]).collect()));
    Section {
        source: report.source.clone(),
        name: suite.name.clone(),
        subtitle: format!(
            "  ({} tenants, {attackers} of them attack, {controlled} send controls; {} ports listen; {} frames)",
            thousands(live as u64),
            thousands(suite.ports as u64),
            thousands(suite.frames())
        ),
        properties: [
            ("seed", suite.seed.to_string()),
            ("digest", digest),
            ("command", report.command.clone()),
            ("profiles", suite.profiles.join(",")),
        ]
        .into_iter()
        .chain(warned(&report.warnings))
        .collect(),
        parts,
    }
}

fn head(report: &SuiteReport, digest: &str) -> Vec<Field> {
    let suite = &report.suite;
    let (live, attacking, controlled) = suite.tenants;
    let tenants = [("live", live), ("attacking", attacking), ("controlled", controlled)];
    let counts = [
        ("pass", suite.count(Verdict::Pass)),
        ("fail", suite.count(Verdict::Fail)),
        ("inconc", suite.count(Verdict::Inconc)),
        ("error", suite.count(Verdict::Error)),
        ("not_applicable", suite.count(Verdict::NotApplicable)),
        ("not_testable", suite.not_testable.len()),
    ];
    let device = |d: &crate::isolate::DeviceReport| {
        let pics = d
            .pics
            .iter()
            .map(|(name, value, _)| Field::new(*name, Value::Flag(*value)));
        Value::Fields(vec![
            Field::new("name", Value::text(&d.name)),
            Field::new("kind", Value::text(d.kind)),
            Field::new("profile", Value::text(d.profile)),
            Field::new("quirk", d.quirk.map_or(Value::Nothing, Value::text)),
            Field::new("pics", Value::Fields(pics.collect())),
        ])
    };
    let not_testable = suite.not_testable.iter().map(|(id, what, why)| {
        let all = [("row", id), ("what", what), ("reason", why)];
        Value::Fields(all.map(|(key, text)| Field::new(key, Value::text(*text))).to_vec())
    });
    let count = |(key, n): (&'static str, usize)| Field::new(key, Value::count(n));
    vec![
        Field::new("source", Value::text(&report.source)),
        Field::new("name", Value::text(&suite.name)),
        Field::new("seed", Value::count(suite.seed)),
        Field::new("digest", Value::text(digest)),
        Field::new("command", Value::text(&report.command)),
        Field::new("profiles", Value::names(suite.profiles.iter().copied())),
        Field::new("devices", Value::List(suite.devices.iter().map(device).collect())),
        Field::new("tenants", Value::Fields(tenants.map(count).to_vec())),
        Field::new("classes", Value::List(suite.classes.iter().map(class_fields).collect())),
        Field::new("ports", Value::count(suite.ports)),
        Field::new("frames", Value::count(suite.frames())),
        Field::new("counts", Value::Fields(counts.map(count).to_vec())),
        Field::new("not_testable", Value::List(not_testable.collect())),
    ]
}

fn devices(suite: &IsolationReport) -> Vec<Part> {
    let each = suite.devices.iter().flat_map(|device| {
        let quirk = device.quirk;
        let quirk = quirk.map_or(String::new(), |q| format!(", with the planted fault {q}"));
        let declared = device.pics.iter();
        let declared = declared.map(|(name, value, _)| format!("{name} {}", if *value { "yes" } else { "no" }));
        [
            format!("  {} ({}): {}{quirk}", device.name, device.kind, device.profile),
            format!("    declares {}", declared.collect::<Vec<_>>().join(", ")),
        ]
    });
    each.map(Part::Line).collect()
}

const GROUP_COLUMNS: [Column; 9] = [
    Column::new("group", "vectors"),
    Column::new("name", ""),
    Column::unit("sent", "frames", Unit::Frames),
    Column::new("pass", "pass"),
    Column::new("fail", "fail"),
    Column::new("inconc", "inconc"),
    Column::new("error", "error"),
    Column::new("not_applicable", "n/a"),
    Column::new("not_testable", "not testable"),
];

fn class_fields(class: &ClassReport) -> Value {
    Value::Fields(vec![
        Field::new("representative", Value::text(&class.representative)),
        Field::new("attacks", Value::Flag(class.attacks)),
        Field::new("tenants", Value::count(class.tenants)),
        Field::new("ports", Value::count(class.ports)),
    ])
}

/// Classes that text has a line for.
const CLASSES: usize = 8;

/// Whom the attackers stand for, where the proof shows that many are alike.
fn classes(suite: &IsolationReport) -> Vec<Part> {
    let all = &suite.classes;
    if all.is_empty() {
        return Vec::new();
    }
    let silent: Vec<&ClassReport> = all.iter().filter(|class| !class.attacks).collect();
    let mut lines = vec![format!(
        "  attackers by class ({} of them by the proof: whoever of a class attacks, it is the same)",
        thousands(all.len() as u64)
    )];
    let told = all.iter().take(CLASSES).map(|class| {
        let does = if class.attacks {
            "stands"
        } else {
            "does not attack, and would stand"
        };
        format!(
            "    {} {does} for {} at {}",
            class.representative,
            counted(class.tenants, "tenant"),
            counted(class.ports, "port")
        )
    });
    lines.extend(told);
    if let Some(more) = all.len().checked_sub(CLASSES).filter(|more| *more > 0) {
        lines.push(format!("    and {more} more; --format json has all"));
    }
    if !silent.is_empty() {
        lines.push(format!(
            "    {} of them do not attack within the budget: --full has all of them attack",
            thousands(silent.len() as u64)
        ));
    }
    lines.into_iter().map(Part::Line).collect()
}

/// How many rows of each group came to which verdict, and how many parts of them no simulated wire shows.
fn groups(suite: &IsolationReport) -> Table {
    const VERDICTS: [Verdict; 5] = [
        Verdict::Pass,
        Verdict::Fail,
        Verdict::Inconc,
        Verdict::Error,
        Verdict::NotApplicable,
    ];
    let mut table = Table::new("groups", "verdicts by group of vectors", &GROUP_COLUMNS, usize::MAX);
    for (letter, name) in GROUPS {
        let rows: Vec<&RowReport> = suite.rows.iter().filter(|r| r.group == *letter).collect();
        if rows.is_empty() {
            continue;
        }
        let counts = VERDICTS.map(|of| Value::count(rows.iter().filter(|r| r.verdict == of).count()));
        let first = [
            Value::text(*letter),
            Value::text(*name),
            Value::frames(rows.iter().map(|r| r.frames).sum()),
        ];
        let parts = suite.not_testable.iter().filter(|(id, ..)| id.starts_with(letter));
        let parts = [Value::count(parts.count())];
        table.push(first.into_iter().chain(counts).chain(parts).collect());
    }
    table
}

/// The rows. Text names those that went wrong, in a line each: their causes are told before.
fn rows(suite: &IsolationReport) -> Findings {
    Findings {
        key: "rows",
        shown: Shown::Wrong,
        most: 0,
        findings: suite.rows.iter().map(row).collect(),
    }
}

fn row(row: &RowReport) -> Finding {
    let outcome = match row.verdict {
        Verdict::Pass => Outcome::Good,
        Verdict::NotApplicable | Verdict::NotTestable => Outcome::Skipped,
        Verdict::Fail => Outcome::Bad,
        Verdict::Inconc | Verdict::Error => Outcome::Unknown,
    };
    let controls = [("sent", row.controls.0), ("arrived", row.controls.1)];
    let findings = row
        .findings
        .iter()
        .map(|finding| Value::Fields(finding_fields(finding)));
    let text = match row.findings.len() {
        0 => row.reason.clone(),
        _ => format!("{}; {}", row.title, found(row)),
    };
    Finding {
        outcome,
        verdict: row.verdict.as_str().to_owned(),
        check: row.id.to_owned(),
        subject: String::new(),
        name: format!("{} {}", row.id, row.title),
        text: if text.is_empty() { row.title.to_owned() } else { text },
        details: row.findings.iter().map(summary).collect(),
        // What the causes above explain whole is told there: text folds it.
        root: match row.findings.iter().all(|finding| finding.cause.is_some()) && !row.findings.is_empty() {
            true => "the causes that are told above".to_owned(),
            false => String::new(),
        },
        fields: vec![
            Field::new("id", Value::text(row.id)),
            Field::new("group", Value::text(row.group)),
            Field::new("title", Value::text(row.title)),
            Field::new("verdict", Value::text(row.verdict.as_str())),
            Field::new("reason", Value::text(&row.reason)),
            Field::new("frames", Value::count(row.frames)),
            Field::new("trials", Value::count(row.trials)),
            Field::new(
                "controls",
                Value::Fields(controls.map(|(key, n)| Field::new(key, Value::count(n))).to_vec()),
            ),
            Field::new(
                "bound_95",
                row.bound_ppb.map_or(Value::Nothing, |ppb| Value::Text(fraction(ppb))),
            ),
            Field::new("findings", Value::List(findings.collect())),
        ],
        ..Finding::default()
    }
}

/// How often what was seen in a row, the worst first.
fn found(row: &RowReport) -> String {
    let mut kinds: Vec<(&str, usize, u64)> = Vec::new();
    for finding in &row.findings {
        let word = finding.flaw.as_str();
        match kinds.iter_mut().find(|(kind, ..)| *kind == word) {
            Some((_, places, frames)) => (*places, *frames) = (*places + 1, *frames + finding.count),
            None => kinds.push((word, 1, finding.count)),
        }
    }
    let each = kinds.iter().map(|(kind, places, frames)| {
        let frames = match *frames {
            1 => "once".to_owned(),
            n => format!("{} times", thousands(n)),
        };
        format!("{kind}: {frames}, {}", counted(*places, "way"))
    });
    each.collect::<Vec<_>>().join(", ")
}

fn bounds(suite: &IsolationReport) -> Vec<Part> {
    let bound = suite.rows.iter().filter_map(|row| Some((row, row.bound_ppb?)));
    let lines = bound.map(|(row, ppb)| {
        format!(
            "  {}: 0 leaks in {} independent frames: with 95 % confidence a frame of this class leaks with a probability below {}",
            row.id,
            thousands(row.frames),
            fraction(ppb)
        )
    });
    lines.map(Part::Line).collect()
}

const LEAK_COLUMNS: [Column; 6] = [
    Column::of("from", "from tenant", Unit::Count, For::All),
    Column::new("tried", "tried"),
    Column::new("existing", "of existing"),
    Column::unit("astray", "leaks", Unit::Frames),
    Column::new("ports_reached", "ports reached"),
    Column::new("ports_without_control", "no control at"),
];

/// From each tenant: what was tried of what there is, and how much leaked to how many ports. The
/// whole matrix, port by port, is for programs.
fn leaks(suite: &IsolationReport) -> Table {
    let title = "leaks by tenant; --format json has every port";
    let mut table = Table::new("leaks", title, &LEAK_COLUMNS, 12);
    let count = |row: &crate::isolate::MatrixRow| row.cells.iter().map(|cell| cell.leaks).sum::<u64>();
    let mut rows: Vec<_> = suite.matrix.rows.iter().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(count(row)));
    for row in rows {
        let reached = row.cells.iter().filter(|cell| cell.leaks > 0).count();
        let open = |cell: &&crate::isolate::Cell| !cell.own && !cell.controlled && cell.leaks == 0;
        table.push(vec![
            Value::text(&row.from),
            Value::count(row.tried),
            Value::count(row.existing),
            Value::frames(count(row)),
            Value::count(reached),
            Value::count(row.cells.iter().filter(open).count()),
        ]);
    }
    table
}

fn apart(suite: &IsolationReport) -> Vec<Part> {
    let mut lines = Vec::new();
    if !suite.not_testable.is_empty() {
        lines.push("  not testable here, of rows whose other parts are tried:".to_owned());
    }
    let untestable = suite.not_testable.iter();
    lines.extend(untestable.map(|(id, what, why)| format!("    {id}  {what}: {why}")));
    let not: Vec<&RowReport> = suite
        .rows
        .iter()
        .filter(|r| r.verdict == Verdict::NotApplicable)
        .collect();
    if !not.is_empty() {
        lines.push("  not applicable:".to_owned());
    }
    lines.extend(
        not.iter()
            .map(|row| format!("    {}  {}: {}", row.id, row.title, row.reason)),
    );
    lines.into_iter().map(Part::Line).collect()
}
