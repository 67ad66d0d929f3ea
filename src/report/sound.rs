//! The document of `trunklab swarm --sound`: what worlds were blamed for, then what could not be told, then the sums.

use super::document::{Column, Document, Finding, Findings, Outcome, Part, Section, Table};
use super::swarm::all_as_one;
use crate::check::{Field, Unit, Value, thousands};
use crate::study::draft::Time;
use crate::swarm::{Alarm, BlamedWorld, Sailed, SoundBounds};

/// The version of what programs read; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.sound/1";
/// Worlds that text tells, those of the lowest seeds; `--verbose` tells all.
const WORLDS_SHOWN: usize = 20;

/// What is told of sound worlds.
#[derive(Debug, Clone, Copy)]
pub struct SoundReport<'a> {
    /// Within what the worlds were drawn.
    pub bounds: &'a SoundBounds,
    /// The first seed.
    pub first: u64,
    /// How many worlds were asked for.
    pub asked: u64,
    /// What came out.
    pub sailed: &'a Sailed,
}

impl SoundReport<'_> {
    /// The command that tries the world of a seed again, with suite and twin.
    fn command(&self, seed: u64) -> String {
        let (low, high) = self.bounds.tenants;
        let time = Time(self.bounds.duration);
        format!(
            "trunklab swarm --sound --seeds 1 --first {seed} --tenants {low}..{high} --duration {time} --suites 1 --twins 1"
        )
    }
}

/// What is said of sound worlds.
pub fn sound_document(report: &SoundReport<'_>) -> Document {
    let sailed = report.sailed;
    let sections = sailed
        .worlds_blamed
        .iter()
        .map(|(seed, world)| blamed(report, *seed, world));
    let mut parts = vec![
        Part::Fields(totals(report)),
        Part::Sections {
            key: "worlds_blamed",
            shown: WORLDS_SHOWN,
            sections: sections.collect(),
        },
    ];
    parts.extend(
        [
            unknown(sailed),
            of_profile(sailed),
            twins(sailed),
            named(sailed),
            options_drawn(sailed),
        ]
        .map(Part::Table),
    );
    parts.extend(sums(report).into_iter().map(Part::Line));
    parts.push(Part::Findings(whole(sailed)));
    Document {
        format: FORMAT,
        title: "trunklab swarm --sound",
        parts,
    }
}

fn totals(report: &SoundReport<'_>) -> Vec<Field> {
    let sailed = report.sailed;
    vec![
        Field::new("first", Value::label(report.first)),
        Field::new("asked", Value::count(report.asked)),
        Field::new("worlds", Value::count(sailed.worlds)),
        Field::new("refused", Value::count(sailed.refused.0)),
        Field::new("blamed", Value::count(sailed.blamed())),
        Field::new("proved", Value::count(sailed.proved)),
        Field::new("suites", Value::count(sailed.suites.0)),
        Field::new("suite_rows_passed", Value::count(sailed.suites.1)),
        Field::new("lines_passed", Value::count(sailed.passes)),
        Field::new("offered", Value::frames(sailed.frames)),
        Field::new("digest", Value::Text(format!("{:016x}", sailed.digest))),
    ]
}

/// A world that was blamed, and for what.
fn blamed(report: &SoundReport<'_>, seed: u64, world: &BlamedWorld) -> Section {
    let options = options(world);
    let command = report.command(seed);
    let head = vec![
        Field::new("seed", Value::label(seed)),
        Field::new("options", Value::names(options.iter().map(String::as_str))),
        Field::new("command", Value::text(&command)),
    ];
    let alarms = Findings {
        key: "alarms",
        findings: world.alarms.iter().map(alarm).collect(),
        ..Findings::default()
    };
    Section {
        source: format!("world {seed}"),
        name: format!("world {seed}"),
        subtitle: format!(": {}", options.join(", ")),
        properties: vec![("command", command.clone())],
        parts: vec![
            Part::Fields(head),
            Part::Findings(alarms),
            Part::Line(format!("  again: {command}")),
        ],
    }
}

fn alarm(alarm: &Alarm) -> Finding {
    let outcome = match alarm.by {
        "panic" | "engine" => Outcome::Unknown,
        _ => Outcome::Bad,
    };
    Finding {
        outcome,
        verdict: "FAIL".to_owned(),
        check: alarm.by.to_owned(),
        name: alarm.by.to_owned(),
        text: alarm.finding.clone(),
        details: alarm.details.clone(),
        explains: true,
        fields: vec![
            Field::new("by", Value::text(alarm.by)),
            Field::new("finding", Value::text(&alarm.finding)),
            Field::new("details", Value::names(alarm.details.iter().map(String::as_str))),
        ],
        ..Finding::default()
    }
}

fn unknown(sailed: &Sailed) -> Table {
    let columns = [
        Column::new("by", "asked by"),
        Column::new("times", "times"),
        Column::unit("seed", "a seed", Unit::Label),
        Column::new("why", "why"),
    ];
    let mut table = Table::new("unknown", "what could not be told", &columns, usize::MAX);
    for ((by, why), (times, seed)) in &sailed.unknown {
        table.push(vec![
            Value::text(by),
            Value::count(*times),
            Value::label(*seed),
            Value::text(why),
        ]);
    }
    table
}

fn of_profile(sailed: &Sailed) -> Table {
    let columns = [Column::new("times", "times"), Column::new("what", "what")];
    let title = "what profiles of devices are known to let pass";
    let mut table = Table::new("of_profile", title, &columns, usize::MAX);
    for (what, times) in &sailed.of_profile {
        table.push(vec![Value::count(*times), Value::text(what)]);
    }
    table
}

fn twins(sailed: &Sailed) -> Table {
    let columns = [
        Column::new("fault", "fault"),
        Column::new("became", "became"),
        Column::new("times", "times"),
    ];
    let mut table = Table::new("twins", "twins with a fault, or two", &columns, usize::MAX);
    for ((fault, became), times) in &sailed.twins {
        table.push(vec![
            Value::text(*fault),
            Value::text(became.as_str()),
            Value::count(*times),
        ]);
    }
    table
}

/// Who was named for the faults of twins.
fn named(sailed: &Sailed) -> Table {
    let columns = [
        Column::new("fault", "fault"),
        Column::new("named", "who was named"),
        Column::new("times", "times"),
    ];
    let mut table = Table::new("named", "who was named for a twin's fault", &columns, usize::MAX);
    for ((fault, named), times) in &sailed.named {
        table.push(vec![Value::text(*fault), Value::text(*named), Value::count(*times)]);
    }
    table
}

fn options_drawn(sailed: &Sailed) -> Table {
    let columns = [
        Column::new("option", "option"),
        Column::new("value", "value"),
        Column::new("times", "times"),
    ];
    let mut table = Table::new("options", "what was drawn", &columns, 0);
    for ((what, which), times) in &sailed.options {
        table.push(vec![
            Value::text(what.to_string()),
            Value::text(which.to_string()),
            Value::count(*times),
        ]);
    }
    table
}

fn sums(report: &SoundReport<'_>) -> Vec<String> {
    let sailed = report.sailed;
    let mut lines = Vec::new();
    if let (n, Some((seed, why))) = (&sailed.refused.0, &sailed.refused.1) {
        lines.push(format!(
            "{} worlds could not be loaded, the first of seed {seed}: {why}",
            thousands(*n)
        ));
    }
    if sailed.worlds < report.asked {
        let (worlds, asked) = (thousands(sailed.worlds), thousands(report.asked));
        lines.push(format!("the time was up after {worlds} of {asked} worlds"));
    }
    lines.push(format!(
        "{} sound worlds from seed {}, {} blamed; {} proved; {} through the suite ({} rows passed); {} lines passed; {} \
         not told; {} frames; {} twins; digest {:016x}",
        thousands(sailed.worlds),
        report.first,
        thousands(sailed.blamed()),
        thousands(sailed.proved),
        thousands(sailed.suites.0),
        thousands(sailed.suites.1),
        thousands(sailed.passes),
        thousands(sailed.unknown.values().map(|(times, _)| times).sum()),
        thousands(sailed.frames),
        thousands(sailed.twins.values().sum()),
        sailed.digest
    ));
    lines
}

/// All worlds as one case, so that continuous integration sees that something was tried.
fn whole(sailed: &Sailed) -> Findings {
    let text = format!(
        "{} of {} worlds blamed",
        thousands(sailed.blamed()),
        thousands(sailed.worlds)
    );
    all_as_one("sound", sailed.blamed(), sailed.worlds > sailed.refused.0, text)
}

/// What was chosen for a world, as `key value`.
fn options(world: &BlamedWorld) -> Vec<String> {
    let mut all = vec![format!("tenants {}", world.tenants)];
    all.extend(world.options.iter().map(|(key, value)| format!("{key} {value}")));
    all
}
