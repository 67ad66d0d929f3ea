//! Verdicts on the page: those that are not as one would wish as cards, with everything that tells why; the
//! others in rows.

use std::collections::BTreeMap;

use serde::Serialize;

use super::frame::{FrameShown, frame, octets};
use super::words::{class_of, fields_of, get, inner, list, shown, text};
use crate::check::{Field, Value, thousands};
use crate::report::document::picture::{FrameTold, HopTold};
use crate::report::document::{Finding, Outcome, Table};

/// Cards of a section.
const CARDS: usize = 60;
/// Cards that follow from one root.
const OF_ROOT: usize = 4;
/// Rows of verdicts that are not cards.
const ROWS: usize = 400;
/// Lines of a card.
const LINES: usize = 40;
/// Frames of a card, where the document has many.
const FRAMES: usize = 2;

/// A verdict as a card.
#[derive(Debug, Serialize)]
pub(super) struct Card {
    verdict: String,
    class: &'static str,
    check: String,
    subject: String,
    expected: String,
    observed: String,
    root: String,
    causes: Vec<String>,
    details: Vec<String>,
    more: usize,
    line: String,
    frames: Vec<FrameShown>,
}

/// A verdict in a row.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    verdict: String,
    class: &'static str,
    check: String,
    subject: String,
    text: String,
}

/// The verdicts of a section.
#[derive(Debug, Serialize, Default)]
pub(super) struct Verdicts {
    pub(super) cards: Vec<Card>,
    /// Not as one would wish, told in short.
    wrong: Vec<Row>,
    wrong_more: usize,
    /// As they should be.
    good: Vec<Row>,
    good_more: usize,
    pub(super) counts: Vec<Counted>,
}

/// How many came to a verdict.
#[derive(Debug, Serialize, Clone)]
pub(super) struct Counted {
    pub(super) verdict: String,
    pub(super) class: &'static str,
    pub(super) n: u64,
}

/// What else of the section tells why.
pub(super) struct Around<'a> {
    /// Fields of the section.
    pub(super) fields: &'a [Field],
    /// Its tables.
    pub(super) tables: &'a [&'a Table],
}

impl Verdicts {
    /// Those of a section, the worst first.
    pub(super) fn new(findings: &[&Finding], around: &Around<'_>) -> Self {
        let mut verdicts = Self {
            counts: counts(findings),
            ..Self::default()
        };
        let causes = Causes::new(around);
        let mut order: Vec<&Finding> = findings.to_vec();
        order.sort_by_key(|finding| weight(finding));
        let mut roots: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in order {
            if weight(finding) >= GOOD {
                push(&mut verdicts.good, &mut verdicts.good_more, finding);
                continue;
            }
            let of_root = roots.entry(&finding.root).or_default();
            *of_root += 1;
            let folded = !finding.root.is_empty() && *of_root > OF_ROOT;
            match folded || verdicts.cards.len() >= CARDS {
                true => push(&mut verdicts.wrong, &mut verdicts.wrong_more, finding),
                false => verdicts.cards.push(card(finding, &causes)),
            }
        }
        verdicts
    }

    /// How the section stands, at a glance.
    pub(super) fn class(&self) -> &'static str {
        let has = |class: &str| self.counts.iter().any(|counted| counted.class == class);
        ["bad", "unknown", "expected", "good"]
            .into_iter()
            .find(|class| has(class))
            .unwrap_or("skip")
    }
}

fn push(rows: &mut Vec<Row>, more: &mut usize, finding: &Finding) {
    if rows.len() >= ROWS {
        *more += 1;
        return;
    }
    rows.push(Row {
        verdict: finding.verdict.clone(),
        class: class(finding),
        check: shown(&finding.check),
        subject: shown(&finding.subject),
        text: shown(&finding.text),
    });
}

/// From here on a finding is as it should be.
const GOOD: u8 = 3;

/// What stands first: wrong, unknown, wrong as expected, good, left out.
fn weight(finding: &Finding) -> u8 {
    match (finding.outcome, class_of(&finding.verdict)) {
        (Outcome::Bad, _) => 0,
        (Outcome::Unknown, _) => 1,
        (Outcome::Good, "expected") => 2,
        (Outcome::Good, _) => GOOD,
        (Outcome::Skipped, _) => GOOD + 1,
    }
}

fn class(finding: &Finding) -> &'static str {
    match (finding.outcome, class_of(&finding.verdict)) {
        (Outcome::Bad, _) => "bad",
        (Outcome::Unknown, _) => "unknown",
        (Outcome::Good, "expected") => "expected",
        (Outcome::Good, _) => "good",
        (Outcome::Skipped, _) => "skip",
    }
}

fn counts(findings: &[&Finding]) -> Vec<Counted> {
    let mut counts: BTreeMap<(u8, &str, &'static str), u64> = BTreeMap::new();
    for finding in findings {
        *counts
            .entry((weight(finding), &finding.verdict, class(finding)))
            .or_default() += 1;
    }
    let all = counts.into_iter().map(|((_, verdict, class), n)| Counted {
        verdict: shown(verdict),
        class,
        n,
    });
    all.collect()
}

fn card(finding: &Finding, causes: &Causes) -> Card {
    let expected = match text(&finding.fields, "expected").as_str() {
        "" => supposed(finding).to_owned(),
        word => word.to_uppercase(),
    };
    let line = match get(&finding.fields, "line") {
        Some(Value::Number(_, Some(line))) if *line > 0 => line.to_string(),
        _ => String::new(),
    };
    let mut frames: Vec<FrameTold> = finding.frames.clone();
    frames.extend(frames_of(&finding.fields));
    let causes = causes.of(finding);
    // The causes themselves say more than that there are some.
    let root = match causes.is_empty() {
        true => shown(&finding.root),
        false => String::new(),
    };
    Card {
        verdict: shown(&finding.verdict),
        class: class(finding),
        check: shown(&finding.check),
        subject: shown(&finding.subject),
        expected,
        observed: shown(&finding.text),
        root,
        causes,
        details: finding.details.iter().take(LINES).map(|line| shown(line)).collect(),
        more: finding.details.len().saturating_sub(LINES),
        line,
        frames: frames.iter().map(frame).collect(),
    }
}

/// What is expected where the document does not say it for itself.
fn supposed(finding: &Finding) -> &'static str {
    match (finding.verdict.as_str(), finding.check.as_str()) {
        (_, "proof") => "PROVED",
        ("LEAK", _) => "no frame of one tenant at another's terminal",
        ("SURVIVED", _) => "killed",
        _ => "PASS",
    }
}

/// Causes that the document has: of leaks, and of what tenants lost.
struct Causes {
    of_leaks: Vec<String>,
    of_tenants: BTreeMap<String, Vec<String>>,
    flows: BTreeMap<String, String>,
}

impl Causes {
    fn new(around: &Around<'_>) -> Self {
        let leaks = inner(around.fields, "causes");
        let mut of_leaks: Vec<String> = list(leaks, "found")
            .iter()
            .flat_map(|cause| cause_lines(fields_of(cause)))
            .collect();
        let own = list(leaks, "of_devices").iter().map(fields_of);
        of_leaks.extend(own.map(|own| {
            shown(&format!(
                "a fault of {} itself: {}",
                text(own, "device"),
                text(own, "what")
            ))
        }));
        let mut of_tenants: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut flows = BTreeMap::new();
        for table in around.tables {
            let at = |key: &str| table.columns.iter().position(|column| column.key == key);
            let cell = |row: &[Value], at: Option<usize>| {
                at.and_then(|at| row.get(at)).map_or(String::new(), ToString::to_string)
            };
            if table.key == "answers" {
                let (by, line, column) = (at("by"), at("line"), at("column"));
                for row in &table.rows {
                    let by = match cell(row, by).as_str() {
                        "-" => "no single deviation".to_owned(),
                        by => format!("line {}, column {}: {by}", cell(row, line), cell(row, column)),
                    };
                    let told = format!(
                        "{by}. {} answers for {} frames; {} are lost still with that put right",
                        cell(row, at("answers_for_it")),
                        cell(row, at("harmed")),
                        cell(row, at("left"))
                    );
                    of_tenants
                        .entry(cell(row, at("tenant")))
                        .or_default()
                        .push(shown(&told));
                }
            } else if table.key == "flows" {
                flows.extend(
                    table
                        .rows
                        .iter()
                        .map(|row| (cell(row, at("flow")), cell(row, at("tenant")))),
                );
            }
        }
        Self {
            of_leaks,
            of_tenants,
            flows,
        }
    }

    fn of(&self, finding: &Finding) -> Vec<String> {
        let is_leak = ["isolation", "leak", "proof"].contains(&finding.check.as_str())
            || list(&finding.fields, "findings")
                .iter()
                .any(|own| !text(fields_of(own), "cause").is_empty());
        if is_leak {
            return self.of_leaks.clone();
        }
        let flow = || {
            self.flows
                .get(&finding.subject)
                .and_then(|tenant| self.of_tenants.get(tenant))
        };
        self.of_tenants
            .get(&finding.subject)
            .or_else(flow)
            .cloned()
            .unwrap_or_default()
    }
}

fn cause_lines(cause: &[Field]) -> Vec<String> {
    let closes = text(cause, "closes");
    let lines = list(cause, "changes").iter().map(fields_of).map(|change| {
        let owner = match text(change, "owner").as_str() {
            "" => String::new(),
            owner => format!("; {owner} answers for it"),
        };
        let line = text(change, "line");
        let heal = list(change, "heal").iter().map(|edit| match edit.to_string() {
            // What has no name of its own has a line.
            edit if edit.starts_with("without `#") => format!("taking what line {line} says out"),
            edit => edit,
        });
        let heal: Vec<String> = heal.collect();
        let told = format!(
            "line {line}, column {}: {}{owner}; put right by {} (closes {closes})",
            text(change, "column"),
            text(change, "what"),
            heal.join(", ")
        );
        shown(&told)
    });
    lines.collect()
}

/// Frames that stand among the values of a finding: the suite's, and the proof's.
fn frames_of(fields: &[Field]) -> Vec<FrameTold> {
    let mut told = Vec::new();
    if let Some(octets) = octets(&text(fields, "frame")).filter(|octets| !octets.is_empty()) {
        told.push(FrameTold {
            whose: format!("a frame of {}", text(fields, "from")),
            fate: format!("reaches {}", text(fields, "to")),
            octets,
            ..FrameTold::default()
        });
    }
    for own in list(fields, "findings").iter().map(fields_of).take(FRAMES) {
        let explained = inner(own, "explained");
        let smallest = list(inner(own, "minimal"), "steps").last().map(fields_of);
        let sent = smallest.map_or_else(|| text(own, "sent"), |step| text(step, "octets"));
        let Some(octets) = octets(&sent).filter(|octets| !octets.is_empty()) else {
            continue;
        };
        let hops = list(explained, "hops").iter().map(fields_of).map(|hop| HopTold {
            at_ns: None,
            from: match text(hop, "port").as_str() {
                "" => text(hop, "by"),
                port => format!("{} port {port}", text(hop, "by")),
            },
            link: text(hop, "link"),
            tags: match list(hop, "tags").iter().map(ToString::to_string).collect::<Vec<_>>() {
                tags if tags.is_empty() => "untagged".to_owned(),
                tags => tags.join(" "),
            },
            captured: None,
        });
        let let_through = match text(explained, "device").as_str() {
            "" => String::new(),
            device => format!(
                "; let through by {device} (stage {}): {}",
                text(explained, "stage"),
                text(explained, "entry")
            ),
        };
        told.push(FrameTold {
            whose: format!("{} from {}", text(own, "tenant"), text(own, "from")),
            fate: format!(
                "{} at {}, {} times{let_through}",
                text(own, "flaw"),
                text(own, "at"),
                thousands(super::words::number(own, "count").unwrap_or(1))
            ),
            hops: hops.collect(),
            octets,
            ..FrameTold::default()
        });
    }
    told
}
