//! The time line, drawn: a row for each actor, place and tenant; the same width is the same time in all.

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::network::class;
use super::svg::{Svg, share};
use super::words::shown;
use crate::check::thousands;
use crate::report::document::picture::{LaneDrawn, Mark, Strip, Timeline, Tone};
use crate::units::SimTime;

/// Units of a plot.
const WIDE: u64 = 1_000;
const HIGH: u64 = 26;
/// Rows that are drawn; a script draws others as they are chosen.
const LANES: usize = 24;
const STRIPS: usize = 40;
/// Marks of a row: where there are more, those of one unit are one.
const MARKS: usize = 240;
/// Bands of what happened that stand behind the tenants' rows.
const BANDS: usize = 24;
/// Steps of a plot for a script.
const LEVELS: u64 = 61;

/// The time line on the page.
#[derive(Debug, Serialize)]
pub(super) struct TimelineShown {
    axis: Vec<String>,
    groups: Vec<GroupShown>,
    strips: Vec<RowShown>,
    more: usize,
    sums: Vec<(usize, &'static str, &'static str)>,
    end_us: u64,
    #[serde(skip)]
    pub(super) data: Json,
}

#[derive(Debug, Serialize)]
struct GroupShown {
    title: &'static str,
    rows: Vec<RowShown>,
    more: usize,
}

#[derive(Debug, Serialize)]
struct RowShown {
    name: String,
    class: &'static str,
    says: String,
    because: Vec<String>,
    svg: String,
}

/// Draws it. `None`: nothing happened, and nobody is there.
pub(super) fn timeline(all: &Timeline) -> Option<TimelineShown> {
    if all.lanes.is_empty() && all.tenants.is_empty() {
        return None;
    }
    let end = all.end_ns.max(1);
    let mut groups: Vec<GroupShown> = Vec::new();
    let mut lanes: Vec<&LaneDrawn> = all.lanes.iter().collect();
    let is_quiet = |lane: &LaneDrawn| lane.marks.iter().all(|mark| mark.tone != Tone::Bad);
    // Of many rows of a group those that something went wrong in stay.
    lanes.sort_by_cached_key(|lane| {
        (
            all.lanes.iter().position(|other| other.group == lane.group),
            is_quiet(lane),
        )
    });
    for lane in lanes {
        if groups.last().is_none_or(|group| group.title != lane.group) {
            groups.push(GroupShown {
                title: lane.group,
                rows: Vec::new(),
                more: 0,
            });
        }
        let Some(group) = groups.last_mut() else { continue };
        match group.rows.len() < LANES {
            true => group.rows.push(row(lane, end)),
            false => group.more += 1,
        }
    }
    let bands = bands(all, end);
    let mut order: Vec<&Strip> = all.tenants.iter().collect();
    order.sort_by_key(|strip| std::cmp::Reverse(strip.tone));
    let strips = order.iter().take(STRIPS).map(|tenant| strip(tenant, end, &bands));
    let count = |tone| all.tenants.iter().filter(|tenant| tenant.tone == tone).count();
    Some(TimelineShown {
        axis: (0..=5).map(|i| SimTime::from_nanos(end / 5 * i).to_string()).collect(),
        strips: strips.collect(),
        more: all.tenants.len().saturating_sub(STRIPS),
        groups,
        sums: [
            (Tone::Bad, "affected"),
            (Tone::Unknown, "not known"),
            (Tone::Plain, "without a check of continuity"),
            (Tone::Good, "not affected, or within limits"),
        ]
        .map(|(tone, words)| (count(tone), words, class(tone)))
        .to_vec(),
        end_us: end / 1_000,
        data: data(all, end, &bands),
    })
}

fn row(lane: &LaneDrawn, end: u64) -> RowShown {
    let wrong = lane.marks.iter().filter(|mark| mark.tone == Tone::Bad).count();
    let says = match (lane.marks.len(), wrong) {
        (1, _) => shown(&lane.marks[0].text),
        (n, 0) => thousands(n as u64),
        (n, wrong) if wrong == n => thousands(n as u64),
        (n, wrong) => format!(
            "{}, {} of them not as they should be",
            thousands(n as u64),
            thousands(wrong as u64)
        ),
    };
    let mut svg = Svg::plot(WIDE, HIGH, &format!("{}: {says}", lane.name));
    let crowded = lane.marks.len() > MARKS;
    let mut last = None;
    for mark in &lane.marks {
        let x = share(mark.at_ns, end, WIDE);
        if crowded && last == Some((x, mark.tone)) {
            continue;
        }
        last = Some((x, mark.tone));
        draw(&mut svg, mark, x, end);
    }
    RowShown {
        name: shown(&lane.name),
        class: "",
        says,
        because: Vec::new(),
        svg: svg.finish(),
    }
}

fn draw(svg: &mut Svg, mark: &Mark, x: u64, end: u64) {
    let at = SimTime::from_nanos(mark.at_ns);
    let title = format!("{at}: {}", mark.text);
    match mark.until_ns {
        Some(until) => {
            let to = share(until, end, WIDE);
            let class = format!("bar {}", class(mark.tone));
            svg.told((x, 5), (to.saturating_sub(x).max(2), HIGH - 10), &class, &title);
        }
        None => svg.tick(x, HIGH - 1, class(mark.tone), &title),
    }
}

/// What happened to the network, behind the rows of tenants: from, until.
fn bands(all: &Timeline, end: u64) -> Vec<(u64, u64)> {
    let network = all.lanes.iter().filter(|lane| lane.group.contains("network"));
    let bands = network.flat_map(|lane| &lane.marks).take(BANDS).map(|mark| {
        let from = share(mark.at_ns, end, WIDE);
        let to = share(mark.until_ns.unwrap_or(mark.at_ns), end, WIDE);
        (from, to.saturating_sub(from).max(1))
    });
    bands.collect()
}

fn strip(tenant: &Strip, end: u64, bands: &[(u64, u64)]) -> RowShown {
    let label = format!("{}: {}", tenant.name, tenant.says);
    let mut svg = Svg::plot(WIDE, HIGH, &label);
    for (x, width) in bands {
        svg.rect((*x, 0), (*width, HIGH), "band");
    }
    for mark in &tenant.open {
        let x = share(mark.at_ns, end, WIDE);
        let to = share(mark.until_ns.unwrap_or(end), end, WIDE);
        svg.told((x, 1), (to.saturating_sub(x).max(1), 3), "open", &mark.text);
    }
    let most = tenant.arrived.iter().chain(&tenant.offered).copied().max().unwrap_or(0);
    svg.path(&steps(&tenant.offered, most), "offered");
    svg.path(&steps(&tenant.arrived, most), "arrived");
    let slots = tenant.lost.len().max(1) as u64;
    for (i, lost) in tenant.lost.iter().enumerate().filter(|(_, lost)| **lost > 0) {
        let (x, next) = (i as u64 * WIDE / slots, (i as u64 + 1) * WIDE / slots);
        let title = format!("{} frames lost", thousands(*lost));
        svg.told((x, HIGH - 5), (next - x, 5), "lost", &title);
    }
    RowShown {
        name: shown(&tenant.name),
        class: class(tenant.tone),
        says: shown(&tenant.says),
        because: tenant.because.iter().take(8).map(|line| shown(line)).collect(),
        svg: svg.finish(),
    }
}

/// Columns of a plot as one shape, from the ground.
fn steps(values: &[u64], most: u64) -> String {
    let slots = values.len() as u64;
    if most == 0 || slots == 0 {
        return "M0 0".to_owned();
    }
    let floor = HIGH - 1;
    let mut d = format!("M0 {floor}");
    let mut before = None;
    for (i, value) in values.iter().enumerate() {
        let y = floor - share(*value, most, HIGH - 6);
        let (x, next) = (i as u64 * WIDE / slots, (i as u64 + 1) * WIDE / slots);
        if before != Some(y) {
            d += &format!("H{x}V{y}");
        }
        d += &format!("H{next}");
        before = Some(y);
    }
    // What stands one after another at one height is one line.
    d + &format!("V{floor}Z")
}

/// Every tenant's row in little: levels as one character each, losses as pairs.
fn data(all: &Timeline, end: u64, bands: &[(u64, u64)]) -> Json {
    let strips = all.tenants.iter().map(|tenant| {
        let most = tenant.arrived.iter().chain(&tenant.offered).copied().max().unwrap_or(0);
        let (arrived, offered) = (levels(&tenant.arrived, most), levels(&tenant.offered, most));
        let lost: Vec<u64> = tenant
            .lost
            .iter()
            .enumerate()
            .filter(|(_, n)| **n > 0)
            .flat_map(|(i, n)| [i as u64, *n])
            .collect();
        let open: Vec<u64> = tenant
            .open
            .iter()
            .flat_map(|mark| [mark.at_ns, mark.until_ns.unwrap_or(end)].map(|at| share(at, end, WIDE)))
            .collect();
        let offered = if offered == arrived { String::new() } else { offered };
        json!([
            class(tenant.tone),
            shown(&tenant.says),
            arrived,
            offered,
            lost,
            open,
            tenant.lost.len().max(tenant.arrived.len())
        ])
    });
    json!({
        "end": end / 1_000,
        "bands": bands,
        "strips": strips.collect::<Vec<_>>(),
    })
}

/// Levels from 0 to 61 as digits, capitals and small letters.
fn levels(values: &[u64], most: u64) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let digit = |value: &u64| {
        let level = share(*value, most, LEVELS);
        // What is not nothing is seen.
        let level = if level == 0 && *value > 0 { 1 } else { level };
        char::from(DIGITS[usize::try_from(level).unwrap_or(0)])
    };
    values.iter().map(digit).collect()
}
