//! How long frames took, drawn: classes of delay, the same scale in every row.

use std::collections::BTreeMap;

use super::charts::{Chart, ChartRow};
use super::svg::{Svg, share};
use super::words::shown;
use crate::check::thousands;
use crate::report::document::picture::Delays;
use crate::units::SimDuration;

/// Units of a plot.
const WIDE: u64 = 1_000;
const HIGH: u64 = 26;
/// Rows of tenants, the slowest first.
const MOST: usize = 24;

/// The chart of delays; `None`: no frame was timed.
pub(super) fn delays(all: &[Delays]) -> Option<Chart> {
    let least = all.iter().map(|one| one.range_ns.0).min()?;
    let most = all.iter().map(|one| one.range_ns.1).max()?;
    let mut rows = Vec::new();
    let mut sums: BTreeMap<&str, Delays> = BTreeMap::new();
    for one in all {
        let sum = sums.entry(one.direction).or_insert_with(|| Delays {
            tenant: "all tenants".to_owned(),
            range_ns: one.range_ns,
            direction: one.direction,
            classes: Vec::new(),
        });
        sum.classes.extend(&one.classes);
        sum.range_ns = (sum.range_ns.0.min(one.range_ns.0), sum.range_ns.1.max(one.range_ns.1));
    }
    for mut sum in sums.into_values() {
        let mut merged: BTreeMap<u64, u64> = BTreeMap::new();
        sum.classes
            .iter()
            .for_each(|(at, n)| *merged.entry(*at).or_default() += n);
        sum.classes = merged.into_iter().collect();
        rows.push(row(&sum, least, most));
    }
    let mut sorted: Vec<&Delays> = all.iter().collect();
    sorted.sort_by_key(|one| std::cmp::Reverse(one.range_ns.1));
    rows.extend(sorted.iter().take(MOST).map(|one| row(one, least, most)));
    Some(Chart {
        id: "delays",
        title: "How long frames took",
        note: "From where a frame was sent to where it was delivered; an answer counts for itself. The scale is \
               logarithmic and the same in every row; a bar is a sixteenth of an octave. Percentiles are upper bounds \
               of their bar.",
        head: vec![
            "tenant",
            "direction",
            "frames",
            "shortest",
            "half within",
            "99 % within",
            "longest",
            "",
        ],
        rows,
        more: all.len().saturating_sub(MOST),
    })
}

fn row(one: &Delays, least: u64, most: u64) -> ChartRow {
    let frames: u64 = one.classes.iter().map(|(_, n)| n).sum();
    let peak = one.classes.iter().map(|(_, n)| *n).max().unwrap_or(0);
    let span = |nanos: u64| SimDuration::from_nanos(nanos).to_string();
    let within = |percent: u64| span(within(&one.classes, frames, percent).min(one.range_ns.1));
    let mut svg = Svg::plot(
        WIDE,
        HIGH,
        &format!("{}, {}: {} frames", one.tenant, one.direction, frames),
    );
    let (from, to) = (place(least), place(most) + 16);
    let bar = (16 * WIDE / (to - from).max(16)).clamp(3, 60);
    for (at, n) in &one.classes {
        let x = share(place((*at).max(least)) - from, to - from, WIDE - bar);
        let height = share(*n, peak, HIGH - 2).max(1);
        let title = format!("{} frames of {} at most", thousands(*n), span(*at));
        svg.told((x, HIGH - height), (bar, height), "got", &title);
    }
    ChartRow {
        cells: vec![
            shown(&one.tenant),
            one.direction.to_owned(),
            thousands(frames),
            span(one.range_ns.0),
            within(50),
            within(99),
            span(one.range_ns.1),
        ],
        class: "",
        svg: svg.finish(),
    }
}

/// A time by which so many of a hundred had arrived.
fn within(classes: &[(u64, u64)], frames: u64, percent: u64) -> u64 {
    let wanted = (u128::from(frames) * u128::from(percent)).div_ceil(100);
    let mut sum = 0;
    for (at, n) in classes {
        sum += u128::from(*n);
        if sum >= wanted {
            return *at;
        }
    }
    classes.last().map_or(0, |(at, _)| *at)
}

/// Where a time stands on the scale: 256 units for each octave.
fn place(nanos: u64) -> u64 {
    let nanos = nanos.max(1);
    let octave = u64::from(nanos.ilog2());
    let part = match octave.checked_sub(8) {
        Some(shift) => (nanos >> shift) & 255,
        None => (nanos << (8 - octave)) & 255,
    };
    octave * 256 + part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_class_by_which_so_many_have_come() {
        let classes = [(10, 98), (20, 1), (30, 1)];
        assert_eq!(within(&classes, 100, 50), 10);
        assert_eq!(within(&classes, 100, 99), 20);
        assert_eq!(within(&classes, 100, 100), 30);
    }

    #[test]
    fn the_scale_rises_with_the_time_and_an_octave_has_its_width() {
        let times = [1, 2, 3, 255, 256, 257, 300, 1_000, 609_005, u64::MAX];
        assert!(times.is_sorted_by_key(|nanos| place(*nanos)));
        assert_eq!(place(2_000) - place(1_000), 256);
    }
}
