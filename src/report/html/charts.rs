//! Charts of what the document holds in numbers: bandwidth against what was bought, service levels, policers,
//! bills, ratios of the demultiplexer. Each is a table whose last column is drawn.

use std::collections::BTreeMap;

use serde::Serialize;

use super::svg::{Svg, share};
use super::words::{class_of, fields_of, get, list, number, shown, text};
use crate::check::{Field, Value, thousands};
use crate::report::document::{Finding, Table};
use crate::units::BitRate;

/// Units of a plot.
const WIDE: u64 = 1_000;
const HIGH: u64 = 18;
/// Rows of a chart.
const MOST: usize = 40;

/// A chart on the page.
#[derive(Debug, Serialize)]
pub(super) struct Chart {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) note: &'static str,
    pub(super) head: Vec<&'static str>,
    pub(super) rows: Vec<ChartRow>,
    pub(super) more: usize,
}

/// A row: what it is of, its numbers, and the drawing.
#[derive(Debug, Serialize)]
pub(super) struct ChartRow {
    pub(super) cells: Vec<String>,
    pub(super) class: &'static str,
    pub(super) svg: String,
}

impl Chart {
    fn of(
        id: &'static str,
        title: &'static str,
        note: &'static str,
        head: &[&'static str],
        mut rows: Vec<ChartRow>,
    ) -> Option<Self> {
        if rows.is_empty() {
            return None;
        }
        let more = rows.len().saturating_sub(MOST);
        rows.truncate(MOST);
        Some(Self {
            id,
            title,
            note,
            head: head.to_vec(),
            rows,
            more,
        })
    }
}

/// Every chart that findings and tables give.
pub(super) fn charts(findings: &[&Finding], tables: &[&Table]) -> Vec<Chart> {
    let charts = [
        bandwidth(findings),
        levels(findings),
        policers(tables),
        bill(tables),
        ratios(tables),
    ];
    charts.into_iter().flatten().collect()
}

fn rate(bps: u64) -> String {
    BitRate::from_bps(bps).to_string()
}

/// What each service bought, asked for and got.
fn bandwidth(findings: &[&Finding]) -> Option<Chart> {
    let mut seen = std::collections::BTreeSet::new();
    let mut all: Vec<(u64, &[Field])> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.check == "bandwidth") {
        for item in list(&finding.fields, "items") {
            let fields = fields_of(item);
            if seen.insert(text(fields, "direction")) {
                let asked = number(fields, "asked").unwrap_or(0);
                let bought = number(fields, "bought").unwrap_or(0);
                all.push((share(asked, bought.max(1), WIDE), fields));
            }
        }
    }
    // Those that came nearest to what they bought say most.
    all.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    let rows = all.iter().filter_map(|(_, fields)| {
        let (bought, asked, got) = (
            number(fields, "bought")?,
            number(fields, "asked")?,
            number(fields, "got")?,
        );
        let scale = bought.saturating_mul(2).max(1);
        let mut svg = Svg::plot(WIDE, HIGH, &format!("got {} of {} bought", rate(got), rate(bought)));
        svg.rect((0, 2), (share(asked, scale, WIDE), HIGH - 4), "asked");
        svg.rect((0, 5), (share(got, scale, WIDE), HIGH - 10), "got");
        svg.rect((share(bought, scale, WIDE - 3), 0), (3, HIGH), "limit");
        Some(ChartRow {
            cells: vec![shown(&text(fields, "direction")), rate(bought), rate(asked), rate(got)],
            class: "",
            svg: svg.finish(),
        })
    });
    Chart::of(
        "bandwidth",
        "Bandwidth against what was bought",
        "The upright line is what was bought; the wide bar was asked for, the narrow one was got. A row ends at twice of \
         what was bought.",
        &["service and direction", "bought", "asked up to", "got", ""],
        rows.collect(),
    )
}

/// Figures of service levels against their limits.
fn levels(findings: &[&Finding]) -> Option<Chart> {
    let mut rows = Vec::new();
    for finding in findings.iter().filter(|finding| finding.check == "sla") {
        for item in list(&finding.fields, "items") {
            let fields = fields_of(item);
            let (Some(measured), Some(limit)) = (number(fields, "measured"), number(fields, "limit")) else {
                continue;
            };
            let of = |key| get(fields, key).map_or(String::new(), Value::to_string);
            let scale = measured.max(limit).max(1);
            let mut svg = Svg::plot(WIDE, HIGH, &format!("{} of {}", of("measured"), of("limit")));
            svg.rect((0, 4), (share(measured, scale, WIDE), HIGH - 8), "got");
            svg.rect((share(limit, scale, WIDE - 3), 0), (3, HIGH), "limit");
            rows.push(ChartRow {
                cells: vec![
                    shown(&finding.subject),
                    format!(
                        "{}, {}",
                        text(fields, "direction"),
                        text(fields, "segment").replace('_', " ")
                    ),
                    shown(&text(fields, "figure")),
                    of("measured"),
                    of("limit"),
                    of("samples"),
                    text(fields, "verdict"),
                ],
                class: class_of(&text(fields, "verdict")),
                svg: svg.finish(),
            });
        }
    }
    Chart::of(
        "levels",
        "Service levels against their limits",
        "The bar is what was measured, the upright line the limit.",
        &["of", "way", "figure", "measured", "limit", "samples", "verdict", ""],
        rows,
    )
}

fn column(table: &Table, key: &str, name: &str) -> Option<usize> {
    table
        .columns
        .iter()
        .position(|column| column.key == key && column.name() == name)
}

fn plain(table: &Table, key: &str) -> Option<usize> {
    table.columns.iter().position(|column| column.key == key)
}

fn frames(value: Option<&Value>) -> u64 {
    match value {
        Some(Value::Number(_, Some(n))) => *n,
        _ => 0,
    }
}

/// What policers let through and what they dropped, by tenant and direction.
fn policers(tables: &[&Table]) -> Option<Chart> {
    let losses = tables.iter().find(|table| table.key == "losses")?;
    let flows = tables.iter().find(|table| table.key == "flows")?;
    let mut dropped: BTreeMap<(String, String), u64> = BTreeMap::new();
    let (tenant, way) = (plain(losses, "tenant")?, plain(losses, "direction")?);
    let (reason, lost) = (plain(losses, "reason")?, column(losses, "lost", "lost_frames")?);
    for row in losses.rows.iter().filter(|row| row[reason].to_string() == "over_rate") {
        let key = (row[tenant].to_string(), row[way].to_string());
        *dropped.entry(key).or_default() += frames(row.get(lost));
    }
    let (tenant, way, sent) = (
        plain(flows, "tenant")?,
        plain(flows, "direction")?,
        column(flows, "sent", "sent_frames")?,
    );
    let mut offered: BTreeMap<(String, String), u64> = BTreeMap::new();
    for row in &flows.rows {
        let key = (row[tenant].to_string(), row[way].to_string());
        *offered.entry(key).or_default() += frames(row.get(sent));
    }
    let mut all: Vec<_> = dropped.into_iter().collect();
    all.sort_by_key(|(_, dropped)| std::cmp::Reverse(*dropped));
    let rows = all.into_iter().map(|(key, dropped)| {
        let offered = offered.get(&key).copied().unwrap_or(dropped).max(dropped);
        let over = share(dropped, offered, WIDE);
        let mut svg = Svg::plot(WIDE, HIGH, &format!("{dropped} of {offered} over rate"));
        svg.rect((0, 3), (WIDE - over, HIGH - 6), "green");
        svg.rect((WIDE - over, 3), (over, HIGH - 6), "red");
        ChartRow {
            cells: vec![
                shown(&key.0),
                shown(&key.1),
                thousands(offered - dropped),
                thousands(dropped),
            ],
            class: "",
            svg: svg.finish(),
        }
    });
    Chart::of(
        "policers",
        "Colours of the policers",
        "Green: frames of flows within what was bought, or not policed; red: dropped as over rate.",
        &["tenant", "direction", "green", "red", ""],
        rows.collect(),
    )
}

/// What each account pays, in each currency.
fn bill(tables: &[&Table]) -> Option<Chart> {
    let bill = tables.iter().find(|table| table.key == "bill")?;
    let (account, amount, currency) = (
        plain(bill, "account")?,
        plain(bill, "amount")?,
        plain(bill, "currency")?,
    );
    let mut sums: BTreeMap<(String, String), (u64, u64)> = BTreeMap::new();
    for row in &bill.rows {
        let sum = sums
            .entry((row[currency].to_string(), row[account].to_string()))
            .or_default();
        sum.0 = sum.0.saturating_add(frames(row.get(amount)));
        sum.1 += 1;
    }
    let most = sums.values().map(|(sum, _)| *sum).max().filter(|most| *most > 0)?;
    let mut all: Vec<_> = sums.into_iter().collect();
    all.sort_by_key(|(_, (sum, _))| std::cmp::Reverse(*sum));
    let rows = all.into_iter().map(|((currency, account), (micros, rows))| {
        let money = format!("{}.{:06}", thousands(micros / 1_000_000), micros % 1_000_000);
        let money = format!("{} {currency}", money.trim_end_matches('0').trim_end_matches('.'));
        let mut svg = Svg::plot(WIDE, HIGH, &format!("{account} pays {money}"));
        svg.rect((0, 4), (share(micros, most, WIDE), HIGH - 8), "got");
        ChartRow {
            cells: vec![shown(&account), shown(&money), thousands(rows)],
            class: "",
            svg: svg.finish(),
        }
    });
    Chart::of(
        "bill",
        "The bill, by account",
        "Every row of it stands in the table `bill` below.",
        &["account", "pays", "rows of the bill", ""],
        rows.collect(),
    )
}

/// Times of the demultiplexer over those of the bare loops.
fn ratios(tables: &[&Table]) -> Option<Chart> {
    let demux = tables.iter().find(|table| table.key == "demux")?;
    let find = |title: &str| demux.columns.iter().position(|column| column.title == title);
    let (row, time, touch, floor) = (find("row")?, find("ns/frame")?, find("x touch")?, find("x floor")?);
    let hundredths = |text: &str| {
        let (whole, part) = text.split_once('.')?;
        let part: u64 = format!("{part:0<2}").get(..2)?.parse().ok()?;
        Some(whole.parse::<u64>().ok()? * 100 + part)
    };
    let most = demux
        .rows
        .iter()
        .flat_map(|cells| [touch, floor].map(|at| hundredths(&cells[at].to_string()).unwrap_or(0)));
    let most = most.max().unwrap_or(0).max(100);
    let rows = demux.rows.iter().map(|cells| {
        let cell = |at: usize| cells[at].to_string();
        let of = |at: usize| share(hundredths(&cell(at)).unwrap_or(0), most, WIDE);
        let mut svg = Svg::plot(WIDE, HIGH, &format!("{} x touch, {} x floor", cell(touch), cell(floor)));
        svg.rect((0, 2), (of(touch), 6), "asked");
        svg.rect((0, 10), (of(floor), 6), "got");
        svg.rect((share(100, most, WIDE - 3), 0), (2, HIGH), "limit");
        ChartRow {
            cells: [row, time, touch, floor].map(|at| shown(&cell(at))).to_vec(),
            class: "",
            svg: svg.finish(),
        }
    });
    Chart::of(
        "demux",
        "The demultiplexer against its bounds",
        "Upper bar: its time over that of a loop that only reads; lower bar: over that of what any demultiplexer does \
         to memory; the upright line is 1.",
        &["row", "ns/frame", "x touch", "x floor", ""],
        rows.collect(),
    )
}
