//! The suite's report for a terminal.

use std::fmt::Write;

use super::{SuiteReport, Suites, fraction, hex, summary};
use crate::check::{Verdict, thousands};
use crate::isolate::{FindingReport, GROUPS, IsolationReport, RowReport};

/// Verdicts in the order of the table's columns.
const COLUMNS: [(Verdict, &str); 6] = [
    (Verdict::Pass, "pass"),
    (Verdict::Fail, "fail"),
    (Verdict::Inconc, "inconc"),
    (Verdict::Error, "error"),
    (Verdict::NotApplicable, "n/a"),
    (Verdict::NotTestable, "not testable"),
];

/// Renders all.
pub fn human(suites: Suites<'_>, verbose: bool) -> String {
    let mut out = String::new();
    for report in suites.ran {
        one(&mut out, report, verbose);
        out.push('\n');
    }
    for refused in suites.not_run {
        let _ = writeln!(out, "{} did not run", refused.source);
    }
    out
}

fn one(out: &mut String, report: &SuiteReport, verbose: bool) {
    let suite = &report.suite;
    head(out, report);
    groups(out, suite);
    if verbose {
        rows(out, suite);
    }
    findings(out, suite, verbose);
    matrix(out, suite);
    apart(out, suite);
    let _ = writeln!(
        out,
        "  {}  isolation, for devices that behave as {}",
        suite.verdict.as_str(),
        suite.profiles.join(" and ")
    );
    let _ = writeln!(out, "  seed {}  digest {:016x}", suite.seed, suite.digest);
    let _ = writeln!(out, "  again: {}", report.command);
}

fn head(out: &mut String, report: &SuiteReport) {
    let suite = &report.suite;
    let (live, attackers, controlled) = suite.tenants;
    let _ = writeln!(
        out,
        "{}  ({} tenants, {attackers} of them attack, {controlled} send controls; {} ports listen; {} frames)",
        report.source,
        thousands(live as u64),
        thousands(suite.ports as u64),
        thousands(suite.frames())
    );
    for device in &suite.devices {
        let quirk = device
            .quirk
            .map_or(String::new(), |q| format!(", with the planted fault {q}"));
        let declared: Vec<String> = device
            .pics
            .iter()
            .map(|(name, value, _)| format!("{name} {}", if *value { "yes" } else { "no" }))
            .collect();
        let _ = writeln!(out, "  {} ({}): {}{quirk}", device.name, device.kind, device.profile);
        let _ = writeln!(out, "    declares {}", declared.join(", "));
    }
}

fn groups(out: &mut String, suite: &IsolationReport) {
    let width = GROUPS.iter().map(|(_, name)| name.len()).max().unwrap_or(0);
    let titles: Vec<String> = COLUMNS.iter().map(|(_, title)| format!("{title:>6}")).collect();
    let _ = writeln!(
        out,
        "  {:width$}  {:>8}  {}",
        "  vectors",
        "frames",
        titles.join("  "),
        width = width + 2
    );
    for (letter, name) in GROUPS {
        let rows: Vec<&RowReport> = suite.rows.iter().filter(|r| r.group == *letter).collect();
        if rows.is_empty() {
            continue;
        }
        let frames: u64 = rows.iter().map(|r| r.frames).sum();
        let cells: Vec<String> = COLUMNS
            .iter()
            .map(|(verdict, title)| {
                let n = rows.iter().filter(|r| r.verdict == *verdict).count();
                format!(
                    "{:>w$}",
                    if n == 0 { ".".to_owned() } else { n.to_string() },
                    w = title.len().max(6)
                )
            })
            .collect();
        let _ = writeln!(
            out,
            "  {letter} {name:width$}  {:>8}  {}",
            thousands(frames),
            cells.join("  ")
        );
    }
}

fn rows(out: &mut String, suite: &IsolationReport) {
    let width = suite.rows.iter().map(|r| r.title.len()).max().unwrap_or(0);
    for row in &suite.rows {
        let controls = format!("{} of {} controls", row.controls.1, row.controls.0);
        let text = format!(
            "  {:14}  {:8}  {:width$}  {:>7} frames, {controls}{}",
            row.verdict.as_str(),
            row.id,
            row.title,
            thousands(row.frames),
            if row.reason.is_empty() {
                String::new()
            } else {
                format!("; {}", row.reason)
            }
        );
        let _ = writeln!(out, "{}", text.trim_end());
    }
}

/// Findings by row. What an earlier row has told in full is named again, but not told again.
fn findings(out: &mut String, suite: &IsolationReport, verbose: bool) {
    let mut told: Vec<(&FindingReport, &str)> = Vec::new();
    for row in suite
        .rows
        .iter()
        .filter(|r| matches!(r.verdict, Verdict::Fail | Verdict::Inconc | Verdict::Error))
    {
        let _ = writeln!(out, "  {}  {}  {}", row.verdict.as_str(), row.id, row.title);
        if !row.reason.is_empty() {
            let _ = writeln!(out, "    {}", row.reason);
        }
        for finding in &row.findings {
            let before = told.iter().find(|(other, _)| is_alike(other, finding));
            match before {
                Some((_, first)) if !verbose => {
                    let _ = writeln!(out, "    {}, as in {first}", summary(finding));
                }
                _ => {
                    tell(out, finding);
                    told.push((finding, row.id));
                }
            }
        }
    }
    for row in suite.rows.iter().filter(|r| r.bound_ppb.is_some()) {
        let bound = row.bound_ppb.map_or(String::new(), fraction);
        let _ = writeln!(
            out,
            "  {}: 0 leaks in {} independent frames: with 95 % confidence a frame of this class leaks with a probability below {bound}",
            row.id,
            thousands(row.frames)
        );
    }
}

/// Do both say that the same went wrong, from the same place to the same place?
fn is_alike(a: &FindingReport, b: &FindingReport) -> bool {
    (a.flaw, &a.tenant, &a.from, &a.at) == (b.flaw, &b.tenant, &b.from, &b.at)
}

fn tell(out: &mut String, finding: &FindingReport) {
    let _ = writeln!(out, "    {}", summary(finding));
    if !finding.consequence.is_empty() {
        let _ = writeln!(out, "      {}", finding.consequence);
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
        let _ = writeln!(out, "      smallest case: {frames}{changes}{tenants}");
        for step in minimal.steps.iter().take(8) {
            let _ = writeln!(
                out,
                "        from {}, {} octets: {}",
                step.from,
                step.octets.len(),
                hex(&step.octets)
            );
        }
    } else if !finding.sent.is_empty() {
        let (first, more) = finding.sent.split_at(finding.sent.len().min(64));
        let dots = if more.is_empty() { "" } else { " ..." };
        let _ = writeln!(out, "      sent, {} octets: {}{dots}", finding.sent.len(), hex(first));
    }
    let Some(explained) = &finding.explained else { return };
    let hops: Vec<String> = explained
        .hops
        .iter()
        .map(|hop| {
            let tags = if hop.tags.is_empty() {
                "untagged".to_owned()
            } else {
                hop.tags.join(" ")
            };
            let port = hop.port.map_or(String::new(), |p| format!(" port {p}"));
            format!("{}{port} [{tags}]", hop.by)
        })
        .collect();
    if hops.is_empty() {
        let _ = writeln!(out, "      because of {}: {}", explained.device, explained.entry);
    } else {
        let _ = writeln!(out, "      way: {}", hops.join(" > "));
        let _ = writeln!(out, "      let through by {}: {}", explained.device, explained.entry);
    }
    if let Some(written) = &explained.written {
        let _ = writeln!(out, "      written in {written}");
    }
}

fn matrix(out: &mut String, suite: &IsolationReport) {
    /// More ports than that are no table for a terminal.
    const PORTS: usize = 12;
    let all = &suite.matrix;
    let _ = writeln!(out, "  from tenant to port: leaks (own: -, no control there: ?)");
    let width = all.rows.iter().map(|r| r.from.len()).max().unwrap_or(0).max(6);
    let shown: Vec<usize> = (0..all.ports.len())
        .filter(|p| all.ports.len() <= PORTS || all.rows.iter().any(|r| r.cells[*p].leaks > 0))
        .take(PORTS)
        .collect();
    let titles: Vec<&str> = shown.iter().map(|p| all.ports[*p].as_str()).collect();
    let _ = writeln!(
        out,
        "    {:width$}  {:>19}  {}",
        "",
        "tried of existing",
        titles.join("  ")
    );
    for row in &all.rows {
        let cells: Vec<String> = shown
            .iter()
            .map(|p| {
                let cell = row.cells[*p];
                let text = match (cell.own, cell.leaks, cell.controlled) {
                    (true, ..) => "-".to_owned(),
                    (_, 0, false) => "?".to_owned(),
                    (_, n, _) => thousands(n),
                };
                format!("{text:>w$}", w = all.ports[*p].len())
            })
            .collect();
        let tried = format!("{} of {}", thousands(row.tried), thousands(row.existing));
        let text = format!("    {:width$}  {tried:>19}  {}", row.from, cells.join("  "));
        let _ = writeln!(out, "{}", text.trim_end());
    }
    let hidden = all.ports.len() - shown.len();
    if hidden > 0 {
        let _ = writeln!(
            out,
            "    and {} ports without a leak, all listened to",
            thousands(hidden as u64)
        );
    }
}

fn apart(out: &mut String, suite: &IsolationReport) {
    if !suite.not_testable.is_empty() {
        let _ = writeln!(out, "  not testable here:");
    }
    for (id, what, why) in &suite.not_testable {
        let _ = writeln!(out, "    {id}  {what}: {why}");
    }
    let not: Vec<&RowReport> = suite
        .rows
        .iter()
        .filter(|r| r.verdict == Verdict::NotApplicable)
        .collect();
    if !not.is_empty() {
        let _ = writeln!(out, "  not applicable:");
    }
    for row in not {
        let _ = writeln!(out, "    {}  {}: {}", row.id, row.title, row.reason);
    }
}
