//! The table for programs: versioned JSON.
//!
//! Invariant: every row has every key, in one order, whether it was measured or not.

use serde_json::{Map, Value, json};

use super::clock;
use super::ledger::Tally;
use super::point::Point;
use super::report::{PointResult, Report};
use super::row::{Bound, Measured};
use super::stats::{FEWEST_ROUNDS, Spread, WIDEST};

/// Name and version of the format.
pub const FORMAT: &str = "bench-demux/2";

/// The whole run.
pub fn json(report: &Report) -> String {
    let machine = &report.machine;
    let value = json!({
        "trunklab": FORMAT,
        "version": machine.version,
        "profile": machine.profile,
        "machine": {
            "cpu": machine.cpu,
            "cores": machine.cores,
            "caches": machine.caches,
            "memory_available_octets": machine.memory,
            "system": machine.os,
            "huge_pages": machine.huge_pages,
            "load": machine.load,
            "noise": report.noise(),
        },
        "effort": {
            "rounds": report.effort.rounds,
            "seconds": report.effort.seconds,
            "seed": report.effort.seed,
            "clock": clock::NAME,
            "inconclusive_above": WIDEST,
            "inconclusive_below_rounds": FEWEST_ROUNDS,
        },
        "duties": { "on": report.duties.on, "off": report.duties.off },
        "rows": report.entries.iter().map(entry).collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_string_pretty(&value).expect("a tree of texts and numbers is JSON");
    text.push('\n');
    text
}

fn entry(entry: &PointResult) -> Value {
    let (row, status, why) = match &entry.row {
        Err(why) => (None, "NOT RUN", Some(why.as_str())),
        Ok(row) => match row.inconclusive() {
            Some(why) => (Some(row), "INCONC", Some(why)),
            None => (Some(row), "TOLD", None),
        },
    };
    let of = |part: fn(&Measured) -> Value| row.map_or(Value::Null, |row| part(row));
    json!({
        "point": point(&entry.point),
        "status": status,
        "why": why,
        "frames": of(|row| json!(row.frames)),
        "wire_octets_per_frame": of(|row| json!(row.wire_octets)),
        "ns_per_frame": of(|row| spread(&row.ns)),
        "touch_ns_per_frame": of(|row| spread(&row.touch.ns)),
        "ratio_to_touch": of(|row| ratio(&row.touch)),
        "floor_ns_per_frame": of(|row| spread(&row.floor.ns)),
        "ratio_to_floor": of(|row| ratio(&row.floor)),
        "wall_to_processor_time": of(|row| spread(&row.disturbance)),
        "mframes_per_second": of(|row| json!({ "median": row.mfps().0, "least": row.mfps().1 })),
        "gbit_per_second": of(|row| json!({ "median": row.gbps().0, "least": row.gbps().1 })),
        "rate_to_one_core": of(|row| row.scaling.as_ref().map_or(Value::Null, spread)),
        "fairness": of(|row| json!({
            "tenants": row.books.fairness.tenants,
            "min_over_max": row.books.fairness.min_over_max(),
            "jain": row.books.fairness.jain(),
        })),
        "duties": of(|row| json!({ "on": row.duties.on, "off": row.duties.off })),
        "ledger": of(|row| json!({
            "offered": tally(row.books.offered),
            "delivered": tally(row.books.delivered),
            "dropped": row.books.dropped.iter()
                .map(|(reason, dropped)| ((*reason).to_owned(), tally(*dropped)))
                .collect::<Map<_, _>>(),
        })),
        "huge_pages_asked": of(|row| json!(row.huge_pages_asked)),
        "on_huge_pages": of(|row| json!(row.on_huge_pages.map(|share| share as f64 / 1e6))),
        "contenders": of(|row| row.samples.iter().map(|samples| json!({
            "name": samples.name,
            "does_not": samples.does_not,
            "passes_per_round": samples.passes,
            "ns_per_frame": samples.ns_per_frame(),
            "wall_to_processor_time": samples.disturbance(),
        })).collect()),
        "again": format!("trunklab bench demux {}", entry.point),
    })
}

fn point(point: &Point) -> Value {
    let values = point.values();
    let value = |text: &String| text.parse::<u64>().map_or_else(|_| json!(text), |number| json!(number));
    let pairs = Point::NAMES.iter().zip(&values);
    pairs
        .map(|(name, text)| ((*name).to_owned(), value(text)))
        .collect::<Map<_, _>>()
        .into()
}

fn ratio(bound: &Bound) -> Value {
    match bound.inconclusive {
        Some(_) => Value::Null,
        None => spread(&bound.ratio),
    }
}

pub(super) fn spread(spread: &Spread) -> Value {
    json!({
        "median": spread.median,
        "min": spread.min,
        "q1": spread.q1,
        "q3": spread.q3,
        "max": spread.max,
        "low": spread.low,
        "high": spread.high,
    })
}

fn tally(tally: Tally) -> Value {
    json!({ "frames": tally.frames, "octets": tally.octets })
}
