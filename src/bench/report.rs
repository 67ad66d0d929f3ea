//! A run's rows with everything that they need to be understood.
//!
//! Invariant: every rate stands beside its bound; a row without a ratio says why.

use std::collections::BTreeMap;

use super::clock;
use super::duties::Duties;
use super::machine::Machine;
use super::point::Point;
use super::row::{Bound, Effort, Measured};
use super::stats::Spread;

/// A row, or why it was not measured.
#[derive(Debug, Clone, PartialEq)]
pub struct PointResult {
    /// What was asked.
    pub point: Point,
    /// What was measured, or why nothing.
    pub row: Result<Box<Measured>, String>,
}

/// A whole run.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Where it was measured.
    pub machine: Machine,
    /// How.
    pub effort: Effort,
    /// What the fast path did for every frame.
    pub duties: Duties,
    /// In order.
    pub entries: Vec<PointResult>,
}

/// Heads of the columns; the first is flush left.
pub const HEADS: [&str; 16] = [
    "row",
    "ns/frame",
    "min..max",
    "touch",
    "x touch",
    "low..high",
    "floor",
    "x floor",
    "low..high",
    "wall",
    "Mframe/s",
    ">=",
    "Gbit/s",
    ">=",
    "dropped",
    "min/max, Jain",
];

/// Of less than so many millionths on huge pages a note is made.
const MOST_HUGE: u64 = 900_000;

impl Report {
    /// The point that the labels of the others are relative to.
    pub fn base(&self) -> Point {
        self.entries.first().map_or(Point::BASE, |entry| entry.point)
    }

    /// In what a point differs from the first one.
    pub fn label(&self, point: &Point) -> String {
        let (base, own) = (self.base().values(), point.values());
        let differs = Point::NAMES
            .iter()
            .zip(base.iter().zip(&own))
            .filter(|(_, (a, b))| a != b);
        let label: Vec<_> = differs.map(|(name, (_, own))| format!("{name} {own}")).collect();
        if label.is_empty() {
            "base".to_owned()
        } else {
            label.join(", ")
        }
    }

    /// How much the bare loop itself spread, in the middle of all rows: the machine's noise.
    pub fn noise(&self) -> Option<f64> {
        let all: Vec<f64> = self.rows().map(|row| row.touch.ns.relative()).collect();
        (!all.is_empty()).then(|| Spread::of(&all).median)
    }

    /// Rows that were measured.
    pub fn rows(&self) -> impl Iterator<Item = &Measured> {
        self.entries.iter().filter_map(|entry| entry.row.as_deref().ok())
    }

    /// Was there any row whose ratio could be told?
    pub fn tells(&self) -> bool {
        self.rows().any(|row| row.inconclusive().is_none())
    }

    /// The cells of a row behind its label.
    pub fn cells(row: &Measured) -> [String; HEADS.len() - 1] {
        let (mfps, mfps_least) = row.mfps();
        let (gbps, gbps_least) = row.gbps();
        let range = |a: f64, b: f64| format!("{a:.2}..{b:.2}");
        let dropped = 1.0 - row.books.delivered.frames as f64 / row.books.offered.frames.max(1) as f64;
        let bound = |bound: &Bound| match bound.inconclusive {
            None => [
                format!("{:.2}", bound.ns.median),
                format!("{:.2}", bound.ratio.median),
                range(bound.ratio.low, bound.ratio.high),
            ],
            Some(_) => [
                format!("{:.2}", bound.ns.median),
                "INCONC".to_owned(),
                format!("{:.0} % apart", bound.ratio.uncertainty() * 100.0),
            ],
        };
        let ([touch, to_touch, touch_bound], [floor, to_floor, floor_bound]) = (bound(&row.touch), bound(&row.floor));
        let fairness = &row.books.fairness;
        [
            format!("{:.2}", row.ns.median),
            range(row.ns.min, row.ns.max),
            touch,
            to_touch,
            touch_bound,
            floor,
            to_floor,
            floor_bound,
            format!("{:.2}", row.disturbance.median),
            format!("{mfps:.2}"),
            format!("{mfps_least:.2}"),
            format!("{gbps:.2}"),
            format!("{gbps_least:.2}"),
            format!("{:.1} %", dropped * 100.0),
            format!("{:.3}, {:.4}", fairness.min_over_max(), fairness.jain()),
        ]
    }

    /// Notes below the table, each a sentence.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.machine.profile == "debug" {
            notes.push("WARNING: a debug build. Its rates say nothing; build with --release.".to_owned());
        }
        let mut small = Vec::new();
        for entry in &self.entries {
            let label = self.label(&entry.point);
            match &entry.row {
                Err(why) => notes.push(format!("NOT RUN {label}: {why}.")),
                Ok(row) => {
                    if let Some(scaling) = &row.scaling {
                        notes.push(format!(
                            "{label}: all cores move {:.2} times as many frames as the first one alone did in the same rounds ({:.2}..{:.2}).",
                            scaling.median, scaling.q1, scaling.q3
                        ));
                    }
                    if let Some(share) = row.on_huge_pages.filter(|share| *share < MOST_HUGE) {
                        small.push(format!("{label} ({} %)", share / 10_000));
                    }
                    if !row.huge_pages_asked {
                        notes.push(format!("{label}: the kernel took no request for huge pages."));
                    }
                }
            }
        }
        if !small.is_empty() {
            notes.push(format!(
                "Only so much of the frames' memory stands on huge pages, so that times move with what the system has left of them: {}.",
                small.join("; ")
            ));
        }
        // Many rows have one reason; in a debug build all have the one said above.
        let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for row in self.rows().filter(|_| self.machine.profile != "debug") {
            for (what, bound) in [("touch", &row.touch), ("floor", &row.floor)] {
                if let Some(why) = &bound.inconclusive {
                    let label = format!("{} (x {what})", self.label(&row.point));
                    reasons.entry(why).or_default().push(label);
                }
            }
        }
        for (why, labels) in reasons {
            notes.push(format!("INCONC: {why}: {}.", labels.join("; ")));
        }
        notes
    }

    /// What stands above the table, as (name, text).
    pub fn head(&self) -> Vec<(&'static str, String)> {
        let machine = &self.machine;
        let mut cpu = vec![machine.cpu.clone(), format!("{} cores", machine.cores)];
        cpu.extend(machine.caches.iter().cloned());
        let kernel = self.base().kernel;
        let mut head = vec![
            (
                "build",
                format!("trunklab {}, {}, kernel {kernel}", machine.version, machine.profile),
            ),
            ("machine", cpu.join(", ")),
            (
                "system",
                format!(
                    "{}; huge pages {}; load {}",
                    machine.os, machine.huge_pages, machine.load
                ),
            ),
            (
                "effort",
                format!(
                    "{} rounds, about {} s a row, seed {}; noise of the machine {}",
                    self.effort.rounds,
                    self.effort.seconds,
                    self.effort.seed,
                    self.noise()
                        .map_or("unknown".to_owned(), |noise| format!("{:.0} %", noise * 100.0))
                ),
            ),
            ("clock", clock::NAME.to_owned()),
            ("base", self.base().to_string()),
            ("duties", self.duties.on.join(", ")),
        ];
        if !self.duties.off.is_empty() {
            head.push((
                "OFF",
                format!("{} (this build's fast path does not do it)", self.duties.off.join(", ")),
            ));
        }
        head
    }
}

/// What the columns mean, a line each.
pub const LEGEND: [&str; 9] = [
    "ns/frame: median of the rounds, dropped frames counted too; beside it the fastest and the slowest round.",
    "touch: the bare loop over the same frames in the same rounds, ns: a load of the descriptor, a load of the header.",
    "floor: what any demultiplexer does to memory, and no duty: descriptor read, tag written back, one row changed, one box filled and drained.",
    "x touch, x floor: ns/frame over theirs, round by round; beside the median its bounds of 95 %. INCONC: too far apart.",
    "wall: time by the wall over processor time. Above 1 others had the processor meanwhile; no rate has that in it.",
    "Mframe/s, Gbit/s: of the median, and >= of the slowest round. Gbit/s on the wire, with preamble, FCS and gap.",
    "min/max, Jain: evenness of delivered over offered, tenant by tenant; 1 is even.",
    "Books balanced in every row: frames and octets in = delivered + dropped by reason, for every tenant.",
    "Noise: middle half of the touch loop's rounds over their median, in the middle of all rows.",
];
