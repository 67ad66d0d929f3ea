//! What stands in a section of the page, in order.

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::basis;
use super::cards::{Around, Verdicts};
use super::charts::{Chart, charts};
use super::delays::delays;
use super::matrix::{Matrix, matrices};
use super::network::{NetworkShown, network};
use super::tables::{TableShown, table};
use super::timeline::{TimelineShown, timeline};
use super::words::shown;
use crate::check::Field;
use crate::report::document::picture::Picture;
use crate::report::document::{Finding, Findings, Part, Section, Table};

/// Lines of a block or of what the terminal tells.
const LINES: usize = 1_200;
/// Tenants that a script can light.
const MOST_TENANTS: usize = 6_000;

/// How much of a section fits on the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    rows: usize,
    pictures: bool,
}

impl Size {
    /// Where there are so many sections.
    pub(super) const fn of(sections: usize) -> Self {
        match sections {
            0..=4 => Self {
                rows: 200,
                pictures: true,
            },
            5..=24 => Self {
                rows: 60,
                pictures: true,
            },
            25..=100 => Self {
                rows: 24,
                pictures: true,
            },
            _ => Self {
                rows: 12,
                pictures: false,
            },
        }
    }
}

/// A section on the page.
#[derive(Debug, Serialize)]
pub(super) struct SectionShown {
    id: String,
    source: String,
    name: String,
    subtitle: String,
    class: &'static str,
    command: String,
    pub(super) verdicts: Verdicts,
    basis: Vec<basis::Row>,
    not_testable: Vec<String>,
    network: Option<NetworkShown>,
    timeline: Option<TimelineShown>,
    charts: Vec<Chart>,
    matrices: Vec<Matrix>,
    tables: Vec<TableShown>,
    blocks: Vec<(String, String)>,
    lines: String,
    /// Names of tenants that can be chosen, and which is chosen at first.
    tenants: Vec<String>,
    first: usize,
    data: String,
    is_empty: bool,
}

/// The parts of a section, by kind.
#[derive(Default)]
struct Parts<'a> {
    fields: Vec<Field>,
    tables: Vec<&'a Table>,
    findings: Vec<&'a Finding>,
    pictures: Vec<&'a Picture>,
    blocks: Vec<(String, String)>,
    lines: Vec<String>,
}

impl<'a> Parts<'a> {
    fn of(section: &'a Section) -> Self {
        let mut parts = Self::default();
        for part in &section.parts {
            match part {
                Part::Line(line) | Part::Aside(line) => parts.lines.push(shown(line)),
                Part::Fields(fields) => parts.fields.extend(fields.iter().cloned()),
                Part::Table(table) => parts.tables.push(table),
                Part::Findings(Findings { findings, .. }) => parts.findings.extend(findings),
                Part::Picture(picture) => parts.pictures.push(picture),
                Part::Block(block) => {
                    let lines = block.lines.iter().map(|line| shown(line)).collect();
                    parts.blocks.push((shown(block.title.trim()), joined(lines)));
                }
                Part::Sections { .. } => {}
            }
        }
        parts
    }
}

/// Lines, up to a limit that is told.
fn joined(mut lines: Vec<String>) -> String {
    if let Some(more) = lines.len().checked_sub(LINES).filter(|more| *more > 0) {
        lines.truncate(LINES);
        lines.push(format!("and {more} more lines: --verbose shows all"));
    }
    lines.join("\n")
}

impl SectionShown {
    /// The section with this number.
    pub(super) fn new(number: usize, section: &Section, size: Size, again: &str) -> Self {
        let parts = Parts::of(section);
        let around = Around {
            fields: &parts.fields,
            tables: &parts.tables,
        };
        let verdicts = Verdicts::new(&parts.findings, &around);
        let (mut net, mut time, mut drawn) = (None, None, Vec::new());
        let mut all_charts = charts(&parts.findings, &parts.tables);
        for picture in parts.pictures.iter().filter(|_| size.pictures) {
            match picture {
                Picture::Network(all) => net = network(all),
                Picture::Timeline(all) => time = timeline(all),
                Picture::Delays(all) => all_charts.extend(delays(all)),
                Picture::Basis(rows) => drawn.extend(rows.iter().cloned()),
            }
        }
        let (tenants, first, data) = chosen(net.as_ref(), time.as_ref());
        let command = section.properties.iter().find(|(name, _)| *name == "command");
        Self {
            id: if number == 0 {
                "all".to_owned()
            } else {
                format!("s{number}")
            },
            source: shown(&section.source),
            name: shown(&section.name),
            subtitle: subtitle(&section.subtitle),
            class: verdicts.class(),
            command: shown(command.map_or(again, |(_, command)| command)),
            basis: basis::rows(section, &parts.fields, &drawn),
            not_testable: basis::not_testable(&parts.fields),
            network: net,
            timeline: time,
            matrices: matrices(&parts.fields, &parts.tables),
            charts: all_charts,
            tables: parts.tables.iter().filter_map(|one| table(one, size.rows)).collect(),
            lines: joined(parts.lines.clone()),
            is_empty: section.parts.is_empty()
                || parts.tables.is_empty() && parts.findings.is_empty() && parts.blocks.is_empty(),
            blocks: parts.blocks,
            verdicts,
            tenants,
            first,
            data,
        }
    }
}

/// A subtitle without what joins it to the source in a line of text.
fn subtitle(text: &str) -> String {
    let text = text.trim().trim_start_matches(": ");
    let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    shown(inner.unwrap_or(text))
}

/// Whom a script can choose, whom the page has chosen, and what the script needs.
fn chosen(net: Option<&NetworkShown>, time: Option<&TimelineShown>) -> (Vec<String>, usize, String) {
    let Some(net) = net else {
        return (Vec::new(), 0, String::new());
    };
    if net.names.len() > MOST_TENANTS {
        return (Vec::new(), 0, String::new());
    }
    let data = json!({ "net": net.data, "time": time.map(|time| &time.data) });
    (net.names.clone(), net.first, embedded(&data))
}

/// Values inside an element of script: nothing in them ends it, or begins a comment.
fn embedded(data: &Json) -> String {
    let text = data.to_string();
    text.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}
