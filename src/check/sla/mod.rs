//! Fails where delay, loss or availability of what a flow or a tenant sends, over the partner's segment,
//! the cloud's, or both, is worse than promised; unknown where the run has too few samples to show it.

mod availability;
mod figures;
mod measured;
mod samples;

use super::case::{Case, thousands};
use super::index::Index;
use super::{Detail, Field, Finding, Value, Verdict};
use crate::evidence::{LossPlace, Part};
use crate::ident::{Direction, Segment};
use crate::scenario::plan::ServiceLevel;
use crate::units::SimDuration;
use figures::{Figure, Kind};
use measured::Measured;

/// Places of losses that a line names.
const SHOWN: usize = 3;

/// What one direction came to.
struct Way {
    verdict: Verdict,
    text: String,
    details: Vec<Detail>,
}

pub(super) fn judge(index: &Index<'_>, level: &ServiceLevel) -> Finding {
    let ways: Vec<Way> = [Direction::Up, Direction::Down]
        .into_iter()
        .filter(|direction| level.asks(*direction))
        .filter_map(|direction| way(index, level, direction))
        .collect();
    let verdict = ways.iter().map(|way| way.verdict).reduce(Verdict::join);
    let Some(verdict) = verdict else {
        return Finding::new(Verdict::Inconc, "nothing goes this way");
    };
    let texts: Vec<&str> = ways.iter().map(|way| way.text.as_str()).collect();
    let text = format!("one way, {}", texts.join("; "));
    Finding::new(verdict, text).told(ways.into_iter().flat_map(|way| way.details).collect())
}

/// From where to where.
fn name(segment: Segment, direction: Direction) -> String {
    let (near, far) = match segment {
        Segment::Partner => ("customer's port", "handover"),
        Segment::Cloud => ("handover", "endpoint"),
        Segment::EndToEnd => ("customer's port", "endpoint"),
    };
    match direction {
        Direction::Down => format!("{far} to {near}"),
        Direction::Up | Direction::Neither => format!("{near} to {far}"),
    }
}

/// One direction; `None` where the flow that is asked about has nothing that goes there.
fn way(index: &Index<'_>, level: &ServiceLevel, direction: Direction) -> Option<Way> {
    let number = index.level_number(level, direction)?;
    let watch = index.case.record.levels.as_ref()?;
    let seen = watch.seen(number);
    if seen.is_empty() && level.flow.is_some() && level.direction.is_none() {
        return None;
    }
    let measured = Measured::of(index, level, &seen);
    let head = format!("{}, {}", direction.as_str(), name(level.segment, direction));
    let place = [
        Field::new("direction", Value::text(direction.as_str())),
        Field::new("segment", Value::text(level.segment.as_str())),
        Field::new("definition", Value::text(level.definition.as_str())),
    ];
    if measured.availability.sampled == 0 {
        return Some(Way {
            verdict: Verdict::Inconc,
            text: format!("{head}: {}", nothing(&measured, level, direction)),
            details: Vec::new(),
        });
    }
    let figures = figures::all(level, &measured, &place);
    let mut verdict = figures.iter().map(|f| f.verdict).fold(Verdict::Pass, Verdict::join);
    if measured.forgotten > 0 {
        verdict = verdict.join(Verdict::Inconc);
    }
    let each: Vec<&str> = figures.iter().map(|f| f.text.as_str()).collect();
    let mut text = format!("{head}: {}", each.join(", "));
    if measured.sent() == 0 {
        text += ", and no time was available";
    }
    text += &uncounted(&measured);
    text += &because(&index.case, level, &measured, &figures);
    let details = figures.into_iter().map(|figure| {
        let text = format!("{head}: {}", figure.detail.text);
        Detail::new(text, figure.detail.values)
    });
    Some(Way {
        verdict,
        text,
        details: details.collect(),
    })
}

/// Why no frame counts.
fn nothing(measured: &Measured, level: &ServiceLevel, direction: Direction) -> String {
    let all = uncounted(measured);
    if !all.is_empty() {
        return format!("no frame counts{all}");
    }
    let other = direction.back().as_str();
    match level.direction.is_none() && level.tenant.is_some() {
        true => format!("nothing was sent (`direction: {other}` asks for {other} alone)"),
        false => "nothing was sent".to_owned(),
    }
}

/// Frames that no figure counts, and why.
fn uncounted(measured: &Measured) -> String {
    let of = &measured.uncounted;
    let mut text = String::new();
    for (frames, why) in [
        (of.closed, "while no service was open"),
        (
            measured.outside_life,
            "before the service could carry any, or after its end",
        ),
        (of.yellow, "sent with DEI"),
        (of.beyond, "beyond the contract"),
        (of.beyond_border, "beyond the bandwidth between regions"),
        (of.under_way, "under way at the end"),
        (of.never_entered, "that never came to the customer's port"),
        (measured.unknown_colour, "of which the colour is unknown"),
        (measured.lost_unavailable, "lost while it was unavailable"),
        (measured.forgotten, "too many to follow"),
    ] {
        if frames > 0 {
            let and = if text.is_empty() { "; not counted: " } else { ", " };
            text += &format!("{and}{} {why}", thousands(frames));
        }
    }
    text
}

/// Where what is too much arose.
fn because(case: &Case<'_>, level: &ServiceLevel, measured: &Measured, figures: &[Figure]) -> String {
    let failed = |kind: Kind| figures.iter().any(|f| f.kind == kind && f.verdict == Verdict::Fail);
    let mut text = String::new();
    if failed(Kind::Delay) {
        text += &match level.segment {
            Segment::EndToEnd => format!(
                "; of the mean delay {} arose in the partner's segment, {} in the cloud's",
                mean(&measured.parts[0]),
                mean(&measured.parts[1])
            ),
            Segment::Partner => "; the delay arose in the partner's segment".to_owned(),
            Segment::Cloud => "; the delay arose in the cloud's segment".to_owned(),
        };
    }
    if failed(Kind::Loss) {
        let mut places = measured.places.clone();
        places.sort_by_key(|place| (!place.green, std::cmp::Reverse(place.frames)));
        let each: Vec<String> = places.iter().take(SHOWN).map(|place| lost_at(case, place)).collect();
        let more = match places.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and at {more} more places"),
        };
        if !each.is_empty() {
            text += &format!("; lost: {}{more}", each.join(", "));
        }
    }
    text
}

fn mean(part: &Part) -> String {
    let mean = part.delay_sum.checked_div(u128::from(part.frames));
    let mean = mean.and_then(|mean| u64::try_from(mean).ok());
    mean.map_or_else(|| "-".to_owned(), |mean| SimDuration::from_nanos(mean).to_string())
}

fn lost_at(case: &Case<'_>, place: &LossPlace) -> String {
    let whose = match place.segment {
        Segment::Cloud => "the cloud's segment",
        Segment::Partner | Segment::EndToEnd => "the partner's segment",
    };
    let why = place.reason.map_or("taken there or waiting", |reason| reason.as_str());
    format!(
        "{} at {} ({why}) in {whose}",
        thousands(place.frames),
        case.station(place.station)
    )
}
