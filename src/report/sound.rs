//! The report of sound worlds: what they were blamed for first, then what could not be told, then the sums.

use std::fmt::Write;

use serde::Serialize;

use crate::check::thousands;
use crate::study::draft::Time;
use crate::swarm::{DrawnWorld, Sailed, SoundBounds, SoundTrial};

/// The version of the JSON format; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.sound/1";
/// Details of an alarm that standard output takes.
const MOST_DETAILS: usize = 12;

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
    fn blamed(&self) -> impl Iterator<Item = (&u64, &(DrawnWorld, SoundTrial))> {
        let all = self.sailed.kept.iter();
        all.filter(|(_, (_, trial))| !trial.alarms.is_empty())
    }
    /// The command that tries the world of a seed again, with suite and twin.
    fn command(&self, seed: u64) -> String {
        let (low, high) = self.bounds.tenants;
        let time = Time(self.bounds.duration);
        format!(
            "trunklab swarm --sound --seeds 1 --first {seed} --tenants {low}..{high} --duration {time} --suites 1 --twins 1"
        )
    }
}

/// For people.
pub fn sound_human(report: &SoundReport<'_>) -> String {
    let mut out = String::new();
    let sailed = report.sailed;
    for (seed, (world, trial)) in report.blamed() {
        let _ = writeln!(out, "world {seed}: {}", options(world).join(", "));
        for alarm in &trial.alarms {
            let _ = writeln!(out, "  {}: {}", alarm.by, alarm.finding);
            for detail in alarm.details.iter().take(MOST_DETAILS) {
                let _ = writeln!(out, "    {detail}");
            }
            if let Some(more) = alarm.details.len().checked_sub(MOST_DETAILS).filter(|more| *more > 0) {
                let _ = writeln!(out, "    ... and {more} more");
            }
        }
        let _ = writeln!(out, "  again: {}\n", report.command(*seed));
    }
    let more = sailed.blamed - report.blamed().count() as u64;
    if more > 0 {
        let _ = writeln!(out, "... and {} more of higher seeds\n", thousands(more));
    }
    counted(&mut out, sailed);
    sums(&mut out, report);
    out
}

fn counted(out: &mut String, sailed: &Sailed) {
    if !sailed.unknown.is_empty() {
        let _ = writeln!(out, "what could not be told, how often, and a seed:");
    }
    for ((by, why), (times, seed)) in &sailed.unknown {
        let _ = writeln!(out, "  {by} {} ({seed}): {why}", thousands(*times));
    }
    if !sailed.of_profile.is_empty() {
        let _ = writeln!(out, "what profiles of devices are known to let pass:");
    }
    for (what, times) in &sailed.of_profile {
        let _ = writeln!(out, "  {}: {what}", thousands(*times));
    }
    if !sailed.twins.is_empty() {
        let _ = writeln!(out, "twins with one fault:");
    }
    for ((kind, twin), times) in &sailed.twins {
        let _ = writeln!(out, "  {kind} {}: {}", twin.as_str(), thousands(*times));
    }
}

fn sums(out: &mut String, report: &SoundReport<'_>) {
    let sailed = report.sailed;
    if let (n, Some((seed, why))) = (&sailed.refused.0, &sailed.refused.1) {
        let _ = writeln!(
            out,
            "{} worlds could not be loaded, the first of seed {seed}: {why}",
            thousands(*n)
        );
    }
    if sailed.worlds < report.asked {
        let (worlds, asked) = (thousands(sailed.worlds), thousands(report.asked));
        let _ = writeln!(out, "the time was up after {worlds} of {asked} worlds");
    }
    let _ = writeln!(
        out,
        "{} sound worlds from seed {}, {} blamed; {} proved; {} through the suite ({} rows passed); {} lines passed; {} \
         not told; {} frames; {} twins; digest {:016x}",
        thousands(sailed.worlds),
        report.first,
        thousands(sailed.blamed),
        thousands(sailed.proved),
        thousands(sailed.suites.0),
        thousands(sailed.suites.1),
        thousands(sailed.passes),
        thousands(sailed.unknown.values().map(|(times, _)| times).sum()),
        thousands(sailed.frames),
        thousands(sailed.twins.values().sum()),
        sailed.digest
    );
}

/// What was chosen for a world, as `key value`.
fn options(world: &DrawnWorld) -> Vec<String> {
    let mut all = vec![format!("tenants {}", world.tenants)];
    all.extend(world.options.iter().map(|(key, value)| format!("{key} {value}")));
    all
}

#[derive(Serialize)]
struct Root<'a> {
    format: &'static str,
    first: u64,
    asked: u64,
    worlds: u64,
    refused: u64,
    blamed: u64,
    proved: u64,
    suites: u64,
    suite_rows_passed: u64,
    lines_passed: u64,
    frames: u64,
    digest: String,
    unknown: Vec<Unknown<'a>>,
    of_profile: Vec<Times<'a>>,
    twins: Vec<TwinTimes>,
    options: Vec<Times<'a>>,
    worlds_blamed: Vec<Blamed<'a>>,
}

#[derive(Serialize)]
struct Unknown<'a> {
    by: &'a str,
    why: &'a str,
    times: u64,
    seed: u64,
}

#[derive(Serialize)]
struct Times<'a> {
    what: std::borrow::Cow<'a, str>,
    times: u64,
}

#[derive(Serialize)]
struct TwinTimes {
    fault: &'static str,
    became: &'static str,
    times: u64,
}

#[derive(Serialize)]
struct Blamed<'a> {
    seed: u64,
    options: Vec<String>,
    command: String,
    alarms: Vec<Told<'a>>,
}

#[derive(Serialize)]
struct Told<'a> {
    by: &'a str,
    finding: &'a str,
    details: &'a [String],
}

/// For programs: stable, versioned JSON.
pub fn sound_json(report: &SoundReport<'_>) -> String {
    let sailed = report.sailed;
    let root = Root {
        format: FORMAT,
        first: report.first,
        asked: report.asked,
        worlds: sailed.worlds,
        refused: sailed.refused.0,
        blamed: sailed.blamed,
        proved: sailed.proved,
        suites: sailed.suites.0,
        suite_rows_passed: sailed.suites.1,
        lines_passed: sailed.passes,
        frames: sailed.frames,
        digest: format!("{:016x}", sailed.digest),
        unknown: unknown(sailed),
        of_profile: sailed
            .of_profile
            .iter()
            .map(|(what, n)| times(what.as_str(), *n))
            .collect(),
        twins: twins(sailed),
        options: sailed
            .options
            .iter()
            .map(|((what, which), n)| times(format!("{what} {which}"), *n))
            .collect(),
        worlds_blamed: report
            .blamed()
            .map(|(_, (world, trial))| blamed(report, world, trial))
            .collect(),
    };
    let mut text = serde_json::to_string_pretty(&root).expect("plain values become JSON");
    text.push('\n');
    text
}

fn times<'a>(what: impl Into<std::borrow::Cow<'a, str>>, times: u64) -> Times<'a> {
    Times {
        what: what.into(),
        times,
    }
}

fn unknown(sailed: &Sailed) -> Vec<Unknown<'_>> {
    let all = sailed.unknown.iter();
    all.map(|((by, why), (times, seed))| Unknown {
        by,
        why,
        times: *times,
        seed: *seed,
    })
    .collect()
}

fn twins(sailed: &Sailed) -> Vec<TwinTimes> {
    let all = sailed.twins.iter();
    all.map(|((fault, became), times)| TwinTimes {
        fault,
        became: became.as_str(),
        times: *times,
    })
    .collect()
}

fn blamed<'a>(report: &SoundReport<'_>, world: &DrawnWorld, trial: &'a SoundTrial) -> Blamed<'a> {
    let alarms = trial.alarms.iter().map(|alarm| Told {
        by: alarm.by,
        finding: &alarm.finding,
        details: &alarm.details,
    });
    Blamed {
        seed: world.seed,
        options: options(world),
        command: report.command(world.seed),
        alarms: alarms.collect(),
    }
}
