//! One smallest case of each cause, told whole; of what has no cause, one of each flaw.

use super::{counted, hex, summary};
use crate::isolate::{FindingReport, IsolationReport};
use crate::report::document::Part;

/// Cases that are told.
const TOLD: usize = 5;
/// Frames of a smallest case that are shown.
const STEPS: usize = 8;

/// Findings that one thing let through, or that nothing closes.
struct Group<'a> {
    /// Whose they are, in words.
    why: String,
    cases: Vec<(&'static str, &'a FindingReport)>,
}

/// A case of each, in lines.
pub(super) fn cases(suite: &IsolationReport) -> Vec<Part> {
    let mut groups: Vec<(Option<usize>, Group<'_>)> = Vec::new();
    for (row, finding) in suite.findings() {
        let why = match finding.cause {
            Some(cause) => format!("of {}", named(suite, cause)),
            None => format!("{}, without a cause that was found", finding.flaw.as_str()),
        };
        match groups.iter_mut().find(|(_, group)| group.why == why) {
            Some((_, group)) => group.cases.push((row, finding)),
            None => {
                let cases = vec![(row, finding)];
                groups.push((finding.cause, Group { why, cases }));
            }
        }
    }
    groups.sort_by_key(|(cause, group)| (cause.is_none(), *cause, std::cmp::Reverse(group.cases.len())));
    let mut lines = Vec::new();
    for (_, group) in groups.iter().take(TOLD) {
        tell(&mut lines, group);
    }
    for (_, group) in groups.iter().skip(TOLD) {
        lines.push(format!("  {}: {}", group.why, counted(group.cases.len(), "way")));
    }
    if !groups.is_empty() {
        let what = "a way: one kind of flaw of one tenant's frames, at one place, in one row";
        lines.push(format!("  ({what}; every one, with its frames: --format json)"));
    }
    lines.into_iter().map(Part::Line).collect()
}

/// The lines of a cause, in words: `line 7, column 46`.
fn named(suite: &IsolationReport, cause: usize) -> String {
    let cause = suite.causes.as_ref().and_then(|all| all.causes.get(cause));
    let lines = cause.into_iter().flat_map(|cause| &cause.changes);
    let lines = lines.map(|change| format!("line {}, column {}", change.wrote.line, change.wrote.column));
    lines.collect::<Vec<_>>().join(" and ")
}

fn tell(lines: &mut Vec<String>, group: &Group<'_>) {
    // The case that was brought down furthest says most.
    let best = group
        .cases
        .iter()
        .find(|(_, f)| f.minimal.is_some())
        .or(group.cases.first());
    let Some((row, finding)) = best else { return };
    let count = |of: &dyn Fn(&FindingReport) -> &String, what| {
        let all: std::collections::BTreeSet<&String> = group.cases.iter().map(|(_, f)| of(f)).collect();
        counted(all.len(), what)
    };
    lines.push(format!(
        "  {}: {}, frames of {}, at {}; one of them, in {row}",
        group.why,
        counted(group.cases.len(), "way"),
        count(&|f| &f.tenant, "tenant"),
        count(&|f| &f.at, "place")
    ));
    case(lines, finding);
}

fn case(lines: &mut Vec<String>, finding: &FindingReport) {
    lines.push(format!("    {}", summary(finding)));
    if !finding.consequence.is_empty() {
        lines.push(format!("      {}", finding.consequence));
    }
    if let Some(minimal) = &finding.minimal {
        let frames = match minimal.steps.len() {
            1 => "one frame".to_owned(),
            n => format!("{n} frames"),
        };
        let changes = if minimal.changes {
            " and the changes of its story"
        } else {
            ""
        };
        let tenants = match minimal.removed {
            0 => String::new(),
            1 => "; without the services of one tenant".to_owned(),
            n => format!("; without the services of {n} tenants"),
        };
        lines.push(format!("      smallest case: {frames}{changes}{tenants}"));
        for step in minimal.steps.iter().take(STEPS) {
            lines.push(format!(
                "        from {}, {} octets: {}",
                step.from,
                step.octets.len(),
                hex(&step.octets)
            ));
        }
        if let Some(more) = minimal.steps.len().checked_sub(STEPS).filter(|more| *more > 0) {
            lines.push(format!("        and {more} more frames"));
        }
    } else if !finding.sent.is_empty() {
        let (first, more) = finding.sent.split_at(finding.sent.len().min(64));
        let dots = if more.is_empty() { "" } else { " ..." };
        lines.push(format!(
            "      sent, {} octets: {}{dots}",
            finding.sent.len(),
            hex(first)
        ));
    }
    explained(lines, finding);
}

fn explained(lines: &mut Vec<String>, finding: &FindingReport) {
    let Some(explained) = &finding.explained else { return };
    let hops = explained.hops.iter().map(|hop| {
        let tags = if hop.tags.is_empty() {
            "untagged".to_owned()
        } else {
            hop.tags.join(" ")
        };
        let port = hop.port.map_or(String::new(), |p| format!(" port {p}"));
        format!("{}{port} [{tags}]", hop.by)
    });
    let hops: Vec<String> = hops.collect();
    if !hops.is_empty() {
        lines.push(format!("      way: {}", hops.join(" > ")));
    }
    let (device, stage) = (&explained.device, explained.stage);
    lines.push(format!(
        "      let through by {device} (stage `{stage}`): {}",
        explained.entry
    ));
}
