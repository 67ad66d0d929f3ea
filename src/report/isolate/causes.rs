//! Why frames went astray, the cause of most first: one case of each told whole, the rest counted.

use super::{counted, hex, summary};
use crate::isolate::{FindingReport, IsolationReport};
use crate::report::document::Part;

/// Causes that are told with a case.
const TOLD: usize = 5;
/// Frames of a smallest case that are shown.
const STEPS: usize = 8;

/// Findings that one thing let through.
struct Cause<'a> {
    /// The flaw, the device and the line of the scenario, as far as they are known.
    why: String,
    cases: Vec<(&'static str, &'a FindingReport)>,
}

/// The causes, in lines.
pub(super) fn causes(suite: &IsolationReport) -> Vec<Part> {
    let mut causes: Vec<Cause<'_>> = Vec::new();
    for (row, finding) in suite.findings() {
        let why = why(finding);
        match causes.iter_mut().find(|cause| cause.why == why) {
            Some(cause) => cause.cases.push((row, finding)),
            None => causes.push(Cause {
                why,
                cases: vec![(row, finding)],
            }),
        }
    }
    // What has a line in the scenario goes before what only has a name.
    let known = |cause: &Cause<'_>| cause.cases.iter().any(|(_, f)| f.explained.is_some());
    causes.sort_by_key(|cause| (!known(cause), std::cmp::Reverse(cause.cases.len())));
    let mut lines = Vec::new();
    for cause in causes.iter().take(TOLD) {
        tell(&mut lines, cause);
    }
    for cause in causes.iter().skip(TOLD) {
        lines.push(format!("  {}: {}", cause.why, counted(cause.cases.len(), "way")));
    }
    if !causes.is_empty() {
        let what = "a way: one kind of flaw of one tenant's frames, at one place, in one row";
        lines.push(format!("  ({what}; every one, with its frames: --format json)"));
    }
    lines.into_iter().map(Part::Line).collect()
}

fn why(finding: &FindingReport) -> String {
    match &finding.explained {
        Some(explained) => match &explained.written {
            Some(written) => format!("because of {written}"),
            None => format!("because of {}", explained.device),
        },
        None => format!("{}, no key found", finding.flaw.as_str()),
    }
}

fn tell(lines: &mut Vec<String>, cause: &Cause<'_>) {
    // The case that was brought down furthest says most.
    let best = cause
        .cases
        .iter()
        .find(|(_, f)| f.minimal.is_some())
        .or(cause.cases.first());
    let Some((row, finding)) = best else { return };
    let count = |of: &dyn Fn(&FindingReport) -> &String, what| {
        let all: std::collections::BTreeSet<&String> = cause.cases.iter().map(|(_, f)| of(f)).collect();
        counted(all.len(), what)
    };
    lines.push(format!(
        "  {}: {}, frames of {}, at {}; the first in {row}",
        cause.why,
        counted(cause.cases.len(), "way"),
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
    if hops.is_empty() {
        lines.push(format!("      because of {}: {}", explained.device, explained.entry));
    } else {
        lines.push(format!("      way: {}", hops.join(" > ")));
        lines.push(format!(
            "      let through by {}: {}",
            explained.device, explained.entry
        ));
    }
    if let Some(written) = &explained.written {
        lines.push(format!("      written in {written}"));
    }
}
