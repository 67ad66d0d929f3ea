//! A race told to people and programs.
//!
//! Invariant: a time never stands without what its owner leaves out.

use serde_json::{Value, json};

use super::clock;
use super::json::spread;
use super::race::{Race, RaceResult};
use super::stats::Spread;

/// Name and version of the JSON format.
pub const RACE_FORMAT: &str = "bench-demux-against/2";

const HEADS: [&str; 6] = ["contender", "ns/frame", "min..max", "x ours", "low..high", "wall"];

const LEGEND: [&str; 6] = [
    "ns/frame: median of the rounds; beside it the fastest and the slowest round.",
    "x ours: its time over ours, round by round: how many times as fast ours is; beside the median its bounds of 95 %.",
    "wall: time by the wall over processor time. Above 1 others had the processor meanwhile; no time has that in it.",
    "The rival is the C loop over DPDK mbufs: frames as a driver hands them over. The loop over slots has no driver's buffers.",
    "touch: the bare loop over the same frames, which only reads. floor: what any demultiplexer does to memory, and no duty.",
    "Every turn has a pass that is not timed first, and all turns are of one length (Open vSwitch's is half a second).",
];

fn cells(place: &RaceResult) -> [String; HEADS.len()] {
    let range = |s: &Spread, low: f64, high: f64| {
        if s.samples == 0 {
            String::new()
        } else {
            format!("{low:.2}..{high:.2}")
        }
    };
    let (ratio, bound) = match place.inconclusive {
        None => (
            format!("{:.2}", place.ratio.median),
            range(&place.ratio, place.ratio.low, place.ratio.high),
        ),
        Some(_) => ("INCONC".to_owned(), String::new()),
    };
    [
        place.name.clone(),
        format!("{:.2}", place.ns.median),
        range(&place.ns, place.ns.min, place.ns.max),
        ratio,
        bound,
        format!("{:.2}", place.disturbance.median),
    ]
}

fn head(race: &Race) -> Vec<(&'static str, String)> {
    let machine = &race.machine;
    vec![
        ("build", format!("trunklab {}, {}", machine.version, machine.profile)),
        (
            "machine",
            format!(
                "{}, {} cores, {}",
                machine.cpu,
                machine.cores,
                machine.caches.join(", ")
            ),
        ),
        (
            "system",
            format!(
                "{}; huge pages {}; load {}",
                machine.os, machine.huge_pages, machine.load
            ),
        ),
        (
            "effort",
            format!("{} rounds, seed {}", race.effort.rounds, race.effort.seed),
        ),
        ("clock", clock::NAME.to_owned()),
        (
            "frames",
            match race.on_huge_pages {
                Some(share) => format!("{}; {} % of ours on huge pages", race.point, share / 10_000),
                None => race.point.to_string(),
            },
        ),
        ("duties", race.duties.on.join(", ")),
    ]
}

/// What each leaves out, and who did not take part.
fn notes(race: &Race) -> Vec<String> {
    let mut notes = Vec::new();
    if race.machine.profile == "debug" {
        notes.push("WARNING: a debug build. Its times say nothing; build with --release.".to_owned());
    }
    for place in race.places.iter().filter(|place| !place.does_not.is_empty()) {
        notes.push(format!("{} does not do: {}.", place.name, place.does_not.join(", ")));
    }
    for place in &race.places {
        if let Some(why) = &place.inconclusive {
            notes.push(format!("INCONC {}: {why}.", place.name));
        }
    }
    for missing in &race.missing {
        let how = missing
            .how
            .as_ref()
            .map(|how| format!(" To have it: {how}."))
            .unwrap_or_default();
        notes.push(format!(
            "NOT RUN {}: {}.{how}",
            missing.name,
            missing.why.trim_end_matches('.')
        ));
    }
    notes
}

/// Aligned lines.
pub fn race_human(race: &Race) -> String {
    let mut out: String = head(race)
        .iter()
        .map(|(name, text)| super::text::wrapped(name, text))
        .collect();
    out.push('\n');
    let rows: Vec<_> = [HEADS.map(str::to_owned)]
        .into_iter()
        .chain(race.places.iter().map(cells))
        .collect();
    out += &super::text::aligned(&rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>());
    out.push('\n');
    for line in LEGEND
        .into_iter()
        .map(str::to_owned)
        .chain([String::new()])
        .chain(notes(race))
    {
        out += &line;
        out.push('\n');
    }
    out
}

/// A Markdown document's section.
pub fn race_markdown(race: &Race) -> String {
    let mut out = String::from("## trunklab bench demux --against\n\n");
    for (name, text) in head(race) {
        out += &format!("- **{name}**: {text}\n");
    }
    out += &format!(
        "\n| {} |\n| --- | ---: | ---: | ---: | ---: | ---: |\n",
        HEADS.join(" | ")
    );
    for place in &race.places {
        out += &format!("| {} |\n", cells(place).join(" | "));
    }
    out.push('\n');
    for line in LEGEND.into_iter().map(str::to_owned).chain(notes(race)) {
        out += &format!("- {line}\n");
    }
    out
}

/// Versioned JSON.
pub fn race_json(race: &Race) -> String {
    let place = |place: &RaceResult| {
        json!({
            "name": place.name,
            "does_not": place.does_not,
            "ns_per_frame": spread(&place.ns),
            "wall_to_processor_time": spread(&place.disturbance),
            "ratio_to_ours": if place.inconclusive.is_some() { Value::Null } else { spread(&place.ratio) },
            "status": if place.inconclusive.is_some() { "INCONC" } else { "TOLD" },
            "why": place.inconclusive,
        })
    };
    let value = json!({
        "trunklab": RACE_FORMAT,
        "version": race.machine.version,
        "profile": race.machine.profile,
        "machine": {
            "cpu": race.machine.cpu,
            "cores": race.machine.cores,
            "caches": race.machine.caches,
            "system": race.machine.os,
            "huge_pages": race.machine.huge_pages,
            "load": race.machine.load,
        },
        "effort": { "rounds": race.effort.rounds, "seed": race.effort.seed, "clock": clock::NAME },
        "point": race.point.to_string(),
        "on_huge_pages": race.on_huge_pages.map(|share| share as f64 / 1e6),
        "duties": { "on": race.duties.on, "off": race.duties.off },
        "contenders": race.places.iter().map(place).collect::<Vec<_>>(),
        "not_run": race.missing.iter().map(|m| json!({"name": m.name, "why": m.why, "how": m.how})).collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_string_pretty(&value).expect("a tree of texts and numbers is JSON");
    text.push('\n');
    text
}
