//! The figures that a service level promises: what each came to, and what it was held against.

use super::measured::Measured;
use super::samples::{least_samples, percentile};
use crate::check::case::{frames, thousands};
use crate::check::{Detail, Field, Unit, Value, Verdict};
use crate::scenario::plan::{Definition, ServiceLevel, WHOLE};
use crate::units::SimDuration;

/// One figure of one direction.
#[derive(Debug, Clone)]
pub(super) struct Figure {
    pub verdict: Verdict,
    /// Its name and what it came to.
    pub text: String,
    pub detail: Detail,
    pub kind: Kind,
}

/// What a figure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Delay,
    Loss,
}

/// What a figure came to, before it is told.
struct Found {
    name: String,
    kind: Kind,
    verdict: Verdict,
    measured: Value,
    limit: Value,
    /// What it was made of.
    of: String,
    /// What the run could have shown, or why it shows nothing.
    note: String,
    samples: u64,
}

/// Every figure that is promised, in the order of the keys.
pub(super) fn all(level: &ServiceLevel, measured: &Measured, place: &[Field]) -> Vec<Figure> {
    let delays = Delays::new(level, measured);
    let found = [
        level.mean_delay_max.map(|max| delays.mean(max)),
        level.delay_max.map(|max| delays.percentile(max)),
        level.delay_range_max.map(|max| delays.range(max)),
        level.delay_variation_max.map(|max| delays.variation(max)),
        level.frame_loss_max.map(|max| loss(measured, max)),
        level.availability_min.map(|min| availability(level, measured, min)),
        level.high_loss_intervals_max.map(|max| high_loss(measured, max)),
        level.consecutive_high_loss_max.map(|max| runs(level, measured, max)),
    ];
    found.into_iter().flatten().map(|found| told(found, place)).collect()
}

fn told(found: Found, place: &[Field]) -> Figure {
    let note = match found.note.as_str() {
        "" => String::new(),
        note => format!("; {note}"),
    };
    let text = format!(
        "{} {} {} (limit {}{note})",
        found.name, found.measured, found.of, found.limit
    );
    let mut values = place.to_vec();
    values.extend([
        Field::new("figure", Value::text(&found.name)),
        Field::new("verdict", Value::text(found.verdict.as_str())),
        Field::new("measured", found.measured),
        Field::new("limit", found.limit),
        Field::new("samples", Value::count(found.samples)),
    ]);
    Figure {
        verdict: found.verdict,
        kind: found.kind,
        detail: Detail::new(format!("{}: {text}", found.verdict.as_str()), values),
        text,
    }
}

/// A share of a whole, in percent.
pub(super) fn percent(part: u64, whole: u64) -> String {
    let parts = (u128::from(part) * u128::from(WHOLE)).checked_div(u128::from(whole));
    Value::Number(Unit::Share, parts.and_then(|n| u64::try_from(n).ok())).to_string()
}

fn share(part: u64, whole: u64) -> Value {
    let parts = (u128::from(part) * u128::from(WHOLE)).checked_div(u128::from(whole));
    Value::Number(Unit::Share, parts.and_then(|n| u64::try_from(n).ok()))
}

fn limit(share: u32) -> Value {
    Value::Number(Unit::Share, Some(u64::from(share)))
}

const fn verdict(holds: bool) -> Verdict {
    match holds {
        true => Verdict::Pass,
        false => Verdict::Fail,
    }
}

/// The figures of delays.
struct Delays<'a> {
    level: &'a ServiceLevel,
    measured: &'a Measured,
    /// `P99`.
    p: String,
}

impl<'a> Delays<'a> {
    fn new(level: &'a ServiceLevel, measured: &'a Measured) -> Self {
        let p = limit(level.percentile).to_string();
        Self {
            level,
            measured,
            p: format!("P{}", p.trim_end_matches('%')),
        }
    }

    fn name(&self, mef: &str, y1563: &str) -> String {
        match self.level.definition {
            Definition::Mef104 => mef.to_owned(),
            Definition::Y1563 => y1563.to_owned(),
        }
    }

    fn mean(&self, max: SimDuration) -> Found {
        let (sum, n) = (self.measured.delay_sum, self.measured.arrived);
        let mean = sum.checked_div(u128::from(n)).and_then(|mean| u64::try_from(mean).ok());
        Found {
            name: self.name("mean FD", "mean FTD"),
            kind: Kind::Delay,
            verdict: match n {
                0 => Verdict::Inconc,
                _ => verdict(sum <= u128::from(max.as_nanos()) * u128::from(n)),
            },
            measured: Value::span(mean.map(SimDuration::from_nanos)),
            limit: Value::span(max),
            of: format!("of {}", frames(n)),
            note: String::new(),
            samples: n,
        }
    }

    fn percentile(&self, max: SimDuration) -> Found {
        let value = percentile(&self.measured.delays, self.level.percentile);
        self.of(format!("FD {}", self.p), &self.measured.delays, value, 0, max)
    }

    fn range(&self, max: SimDuration) -> Found {
        let delays = &self.measured.delays;
        let least = delays.first().map_or(0, |(value, _)| *value);
        let value = percentile(delays, self.level.percentile);
        let name = self.name("FD range", "FDV");
        // Least and percentile are each told to a resolution.
        self.of(
            format!("{name} {}", self.p),
            delays,
            value.map(|value| value - least),
            0,
            max,
        )
    }

    fn variation(&self, max: SimDuration) -> Found {
        let variations = &self.measured.variations;
        let value = percentile(variations, self.level.percentile);
        let name = format!("inter-frame delay variation {}", self.p);
        self.of(name, variations, value, 1, max)
    }

    fn of(&self, name: String, from: &[(u64, u64)], value: Option<u64>, which: usize, max: SimDuration) -> Found {
        let n: u64 = from.iter().map(|(_, n)| n).sum();
        let needed = least_samples(self.level.percentile);
        let off = self.measured.resolution[which] - 1;
        let value = value.unwrap_or_default();
        let (verdict, note) = if n < needed {
            let needs = format!("{} needs {} samples", self.p, thousands(needed));
            (Verdict::Inconc, needs)
        } else if value.saturating_sub(off) > max.as_nanos() {
            (Verdict::Fail, resolution(off))
        } else if value.saturating_add(off) <= max.as_nanos() {
            (Verdict::Pass, resolution(off))
        } else {
            (Verdict::Inconc, format!("{}: too coarse to tell", resolution(off)))
        };
        Found {
            name,
            kind: Kind::Delay,
            verdict,
            measured: Value::span((n > 0).then(|| SimDuration::from_nanos(value))),
            limit: Value::span(max),
            of: format!("of {} samples", thousands(n)),
            note,
            samples: n,
        }
    }
}

/// To what a delay is told, where that is not the nanosecond.
fn resolution(off: u64) -> String {
    match off {
        0 => String::new(),
        _ => format!("told to {} ns", thousands(off + 1)),
    }
}

fn loss(measured: &Measured, max: u32) -> Found {
    let (lost, sent) = (measured.lost, measured.sent());
    let parts = u128::from(lost) * u128::from(WHOLE);
    let allowed = u128::from(max) * u128::from(sent);
    let least = format!("the least that shows is {}", percent(1, sent));
    let verdict = if sent == 0 {
        Verdict::Inconc
    } else if parts > allowed {
        Verdict::Fail
    } else if max > 0 && allowed < u128::from(WHOLE) {
        Verdict::Inconc
    } else {
        Verdict::Pass
    };
    Found {
        name: "FLR".to_owned(),
        kind: Kind::Loss,
        verdict: unless_unknown(measured, verdict),
        measured: share(lost, sent),
        limit: limit(max),
        of: format!("({} of {})", thousands(lost), frames(sent)),
        note: with_unknown(measured, verdict, least),
        samples: sent,
    }
}

fn availability(level: &ServiceLevel, measured: &Measured, min: u32) -> Found {
    let found = &measured.availability;
    let (sampled, available) = (found.sampled, found.available.len() as u64);
    let parts = u128::from(available) * u128::from(WHOLE);
    let least = format!("the least that shows is {}", percent(1, sampled));
    let finest = u128::from(WHOLE - min) * u128::from(sampled);
    let (verdict, note) = if sampled < u64::from(level.count) {
        let why = format!("{} in a row are the fewest that count", level.count);
        (Verdict::Inconc, why)
    } else if parts < u128::from(min) * u128::from(sampled) {
        (Verdict::Fail, least)
    } else if min < WHOLE && finest < u128::from(WHOLE) {
        (
            Verdict::Inconc,
            format!("{least}: no run of this length gives a figure of a month"),
        )
    } else {
        (Verdict::Pass, least)
    };
    Found {
        name: match level.definition {
            Definition::Mef104 => "availability".to_owned(),
            Definition::Y1563 => "PEA".to_owned(),
        },
        kind: Kind::Loss,
        verdict: unless_unknown(measured, verdict),
        measured: share(available, sampled),
        limit: limit(min),
        of: format!(
            "({} of {} intervals of {}{})",
            thousands(available),
            thousands(sampled),
            level.interval,
            unsampled(found.unsampled)
        ),
        note: with_unknown(measured, verdict, note),
        samples: sampled,
    }
}

fn high_loss(measured: &Measured, max: u64) -> Found {
    let found = &measured.availability;
    counted("HLI", measured, found.high_loss, max, max.saturating_add(1))
}

fn runs(level: &ServiceLevel, measured: &Measured, max: u64) -> Found {
    let runs = measured.availability.runs;
    let run = u64::from(level.run);
    // Between two runs one interval is whole.
    let needed = run.saturating_mul(max.saturating_add(1)).saturating_add(max);
    counted("CHLI", measured, runs, max, needed)
}

/// A count of intervals, which needs so many of them to be more than `max`.
fn counted(name: &str, measured: &Measured, n: u64, max: u64, needed: u64) -> Found {
    let found = &measured.availability;
    let sampled = found.sampled;
    let (verdict, note) = if n > max {
        (Verdict::Fail, String::new())
    } else if sampled < needed {
        (
            Verdict::Inconc,
            format!("more than {} need {}", thousands(max), thousands(needed)),
        )
    } else {
        (Verdict::Pass, String::new())
    };
    Found {
        name: name.to_owned(),
        kind: Kind::Loss,
        verdict: unless_unknown(measured, verdict),
        measured: Value::count(n),
        limit: Value::count(max),
        of: format!("in {} intervals{}", thousands(sampled), unsampled(found.unsampled)),
        note: with_unknown(measured, verdict, note),
        samples: sampled,
    }
}

fn unsampled(n: u64) -> String {
    match n {
        0 => String::new(),
        n => format!(", {} more unsampled", thousands(n)),
    }
}

/// Why losses may have been more than were counted.
fn unknown(measured: &Measured) -> Option<String> {
    let never = measured.uncounted.never_entered;
    if never > 0 {
        return Some(format!("{} never came to the customer's port", frames(never)));
    }
    let unknown = measured.unknown_colour;
    (unknown > 0).then(|| {
        let n = frames(unknown);
        format!("of {n} that policers or queues ended cannot be told whether they were within the contract")
    })
}

fn unless_unknown(measured: &Measured, verdict: Verdict) -> Verdict {
    match (verdict, unknown(measured)) {
        (Verdict::Pass, Some(_)) => Verdict::Inconc,
        _ => verdict,
    }
}

fn with_unknown(measured: &Measured, verdict: Verdict, note: String) -> String {
    match unknown(measured).filter(|_| verdict == Verdict::Pass) {
        Some(why) if note.is_empty() => why,
        Some(why) => format!("{note}; {why}"),
        None => note,
    }
}
