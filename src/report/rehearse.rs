//! The document of `trunklab rehearse`: the certificate of each tenant, what each assumption comes to, the longest
//! interruption that keeps a budget, faults at every step, and who may what afterwards.

mod explored;
mod states;

use super::document::{Column, Document, Finding, Findings, Outcome as Stands, Part, Section, Shown, Table};
use super::{NotRun, missing};
use crate::check::{Field, Unit, Value, Verdict, thousands};
use crate::rehearse::{Damage, Outcome, Rehearsal, Run, ServiceTold};

/// The version of what programs read; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.rehearse/1";

/// Rows of a table that text shows unless everything is asked for.
const SHOWN: usize = 24;

/// What is told of rehearsals.
#[derive(Debug, Clone, Copy)]
pub struct RehearsalReport<'a> {
    /// Each with its scenario as the user named it.
    pub ran: &'a [(String, Rehearsal)],
    /// Files that were not rehearsed.
    pub not_run: &'a [NotRun],
}

/// What is said of rehearsals.
pub fn document(report: RehearsalReport<'_>) -> Document {
    let sections = report.ran.iter().map(|(source, rehearsal)| section(source, rehearsal));
    Document {
        format: FORMAT,
        title: "trunklab rehearse",
        parts: vec![
            Part::Sections {
                key: "rehearsals",
                shown: usize::MAX,
                sections: sections.collect(),
            },
            missing(report.not_run),
        ],
    }
}

fn section(source: &str, rehearsal: &Rehearsal) -> Section {
    let verdict = rehearsal.verdict();
    let mut parts = vec![Part::Fields(head(rehearsal))];
    parts.extend(claims(rehearsal).into_iter().map(Part::Line));
    parts.push(Part::Findings(services(rehearsal)));
    parts.push(Part::Table(runs(rehearsal)));
    parts.push(Part::Table(largest(rehearsal)));
    parts.push(Part::Table(carried(rehearsal)));
    parts.push(Part::Table(steps(rehearsal)));
    parts.push(Part::Table(states::standings(rehearsal)));
    parts.push(Part::Table(states::ways_back(rehearsal)));
    parts.extend(states::containment(rehearsal).into_iter().map(Part::Line));
    parts.push(Part::Table(states::anew(rehearsal)));
    parts.push(Part::Table(states::half_done(rehearsal)));
    parts.extend(explored::parts(rehearsal));
    parts.push(Part::Table(faults(rehearsal)));
    parts.push(Part::Table(rights(rehearsal)));
    parts.push(Part::Findings(lines(rehearsal)));
    if let Some(line) = sum(rehearsal) {
        parts.push(Part::Line(line));
    }
    let hypothetical = if rehearsal.hypothetical { " (HYPOTHETICAL)" } else { "" };
    Section {
        source: source.to_owned(),
        name: rehearsal.name.clone(),
        subtitle: format!(": {}{hypothetical}", verdict.as_str()),
        properties: vec![("seed", rehearsal.seed.to_string())],
        parts,
    }
}

fn head(rehearsal: &Rehearsal) -> Vec<Field> {
    let cutover = &rehearsal.cutover;
    let budget = cutover.budget;
    let lost_max = budget.lost_max.map_or(Value::Nothing, Value::count);
    let mut fields = vec![
        Field::new("name", Value::text(&rehearsal.name)),
        Field::new("verdict", Value::text(rehearsal.verdict().as_str())),
        Field::new("hypothetical", Value::Flag(rehearsal.hypothetical)),
        Field::new("strategy", Value::text(cutover.strategy.as_str())),
        Field::new("vbrs", Value::count(cutover.units.len())),
        Field::new("carried_over_vbrs", Value::count(rehearsal.carried_over().len())),
        Field::new("window_from", Value::at(cutover.window.0)),
        Field::new("window_to", Value::at(cutover.window.1)),
        Field::new("lost_max_frames", lost_max),
        Field::new("longest_gap_max", Value::span(budget.longest_gap_max)),
        Field::new("duplicated_max", Value::frames(budget.duplicated_max)),
        Field::new("reordered_max", Value::frames(budget.reordered_max)),
        Field::new("probe_interval", Value::span(rehearsal.interval)),
        Field::new("worlds", Value::count(rehearsal.worlds)),
    ];
    fields.extend(contained(rehearsal));
    fields
}

/// What contains an attach that goes wrong, and how the interleavings stand.
fn contained(rehearsal: &Rehearsal) -> [Field; 7] {
    let containment = &rehearsal.cutover.containment;
    let (stop, case) = (containment.stop, containment.case.as_ref());
    let count = |n: Option<u64>| n.map_or(Value::Nothing, Value::count);
    let severity = case.map_or(Value::Nothing, |case| Value::text(&case.severity));
    let interleavings = rehearsal.interleavings();
    [
        Field::new("stop_tenants", count(stop.and_then(|stop| stop.tenants))),
        Field::new(
            "stop_lost",
            Value::Number(Unit::Octets, stop.and_then(|stop| stop.octets)),
        ),
        Field::new("stop_silence", Value::span(stop.and_then(|stop| stop.silence))),
        Field::new("case_severity", severity),
        Field::new("case_response", Value::span(case.map(|case| case.response))),
        Field::new("support_case", Value::span(containment.support_case)),
        Field::new(
            "interleavings",
            interleavings.map_or(Value::Nothing, |verdict| Value::text(verdict.as_str())),
        ),
    ]
}

fn judged(rehearsal: &Rehearsal) -> impl Iterator<Item = &Run> {
    rehearsal.runs.iter().filter(|run| run.judged)
}

fn total(run: &Run) -> Damage {
    let mut sum = Damage::default();
    for service in &run.services {
        let own = &service.damage;
        sum.offered += own.offered;
        sum.lost += own.lost;
        sum.duplicated += own.duplicated;
        sum.reordered += own.reordered;
        sum.astray += own.astray;
        sum.gap = sum.gap.max(own.gap);
    }
    sum
}

/// What is claimed, and on what it rests.
fn claims(rehearsal: &Rehearsal) -> Vec<String> {
    let mut lines = Vec::new();
    for run in judged(rehearsal) {
        let sum = total(run);
        let nothing = sum.lost + sum.duplicated + sum.reordered + sum.astray == 0;
        let what = match nothing {
            true => format!(
                "of {} frames none was lost, doubled, overtaken or astray",
                thousands(sum.offered)
            ),
            false => format!(
                "of {} frames {} were lost, {} doubled, {} overtaken, {} astray; the longest silence that was added is {}",
                thousands(sum.offered),
                thousands(sum.lost),
                thousands(sum.duplicated),
                thousands(sum.reordered),
                thousands(sum.astray),
                sum.gap
            ),
        };
        lines.push(format!("  {}: only if {}: {what}", run.verdict().as_str(), run.assumed));
    }
    if rehearsal.hypothetical {
        let text = "  HYPOTHETICAL: no trial has measured what the attach does to frames; `measured_attach_effect` says what one has";
        lines.push(text.to_owned());
    }
    lines
}

fn outcome_words(outcome: &Outcome) -> (&'static str, String) {
    match outcome {
        Outcome::Converted => ("converted", "converted".to_owned()),
        Outcome::CarriedOver(why) => ("carried_over", format!("carried over: {why}")),
        Outcome::Stopped {
            step,
            why: Some((code, _)),
        } => ("stopped", format!("stopped at {step}: {code}")),
        Outcome::Stopped { step, why: None } => ("stopped", format!("stopped: {step} was never called")),
        Outcome::Neighbour => ("neighbour", "a neighbour".to_owned()),
    }
}

const fn stands(verdict: Verdict) -> Stands {
    match verdict {
        Verdict::Pass => Stands::Good,
        Verdict::Fail => Stands::Bad,
        Verdict::NotApplicable | Verdict::NotTestable => Stands::Skipped,
        Verdict::Inconc | Verdict::Error => Stands::Unknown,
    }
}

/// The certificate of each service, of the runs by which the cutover is judged.
fn services(rehearsal: &Rehearsal) -> Findings {
    let all = judged(rehearsal).flat_map(|run| run.services.iter().map(move |service| (run, service)));
    let findings = all.map(|(run, service)| certificate(rehearsal, run, service));
    Findings {
        key: "services",
        shown: Shown::Wrong,
        most: 0,
        findings: findings.collect(),
    }
}

fn certificate(rehearsal: &Rehearsal, run: &Run, service: &ServiceTold) -> Finding {
    let damage = &service.damage;
    let (word, outcome) = outcome_words(&service.outcome);
    let mut details = Vec::new();
    if !service.unknown.is_empty() {
        details.push(format!("UNKNOWN: {}; a stand-in was run", service.unknown.join(", ")));
    }
    if !service.unseen.is_empty() {
        details.push(format!("no frame was on its way at {}", service.unseen.join(", ")));
    }
    if !service.changed.is_empty() {
        details.push(format!("not inherited: {}", service.changed.join(", ")));
    }
    let billed = service
        .billed
        .iter()
        .map(|(account, octets)| format!("{} octets billed to {account}", thousands(*octets)));
    details.extend(billed);
    let own = rehearsal
        .largest
        .iter()
        .filter(|largest| service.vbr.as_ref().is_some_and(|vbr| largest.class.contains(vbr)));
    details.extend(own.map(|largest| {
        let breaks = largest
            .bracket
            .breaks
            .map_or_else(String::new, |breaks| format!(", {breaks} breaks it"));
        format!(
            "if {}: {} keeps the budget{breaks}",
            largest.kind, largest.bracket.keeps
        )
    }));
    let answers = run.answers.iter().filter(|(tenant, _)| *tenant == service.tenant);
    details.extend(answers.map(|(_, who)| format!("answers: {who}")));
    let billed = service.billed.iter().map(|(account, octets)| {
        Value::Fields(vec![
            Field::new("account", Value::text(account)),
            Field::new("outbound", Value::octets(*octets)),
        ])
    });
    Finding {
        outcome: stands(service.verdict),
        verdict: service.verdict.as_str().to_owned(),
        check: "cutover".to_owned(),
        subject: service.idc.clone(),
        name: format!("{} if {}", service.idc, run.assumed),
        text: format!(
            "{outcome}; {} frames, {} lost, longest added silence {} if {}",
            thousands(damage.offered),
            thousands(damage.lost),
            damage.gap,
            run.assumed
        ),
        explains: true,
        fields: vec![
            Field::new("tenant", Value::text(&service.tenant)),
            Field::new("idc", Value::text(&service.idc)),
            Field::new("vbr", service.vbr.as_ref().map_or(Value::Nothing, Value::text)),
            Field::new("wave", service.wave.map_or(Value::Nothing, Value::count)),
            Field::new("test_tenant", Value::Flag(service.is_test)),
            Field::new("assumed", Value::text(&run.assumed)),
            Field::new("verdict", Value::text(service.verdict.as_str())),
            Field::new("outcome", Value::text(word)),
            Field::new("offered", Value::frames(damage.offered)),
            Field::new("lost", Value::frames(damage.lost)),
            Field::new("duplicated", Value::frames(damage.duplicated)),
            Field::new("reordered", Value::frames(damage.reordered)),
            Field::new("astray", Value::frames(damage.astray)),
            Field::new("gap_up", Value::span(damage.gap_up)),
            Field::new("gap_down", Value::span(damage.gap_down)),
            Field::new("gap", Value::span(damage.gap)),
            Field::new("unseen", Value::names(service.unseen.iter().cloned())),
            Field::new("unknown", Value::names(service.unknown.iter().copied())),
            Field::new("changed", Value::names(service.changed.iter().cloned())),
            Field::new("billed", Value::List(billed.collect())),
        ],
        details,
        ..Finding::default()
    }
}

fn joined(answers: &[(String, String)]) -> String {
    let each = answers.iter().map(|(tenant, who)| format!("{tenant}: {who}"));
    each.collect::<Vec<_>>().join("; ")
}

fn runs(rehearsal: &Rehearsal) -> Table {
    let columns = [
        Column::new("assumed", "if"),
        Column::new("world", "world"),
        Column::new("verdict", "verdict"),
        Column::unit("offered", "frames", Unit::Frames),
        Column::unit("lost", "lost", Unit::Frames),
        Column::unit("duplicated", "doubled", Unit::Frames),
        Column::unit("reordered", "overtaken", Unit::Frames),
        Column::unit("astray", "astray", Unit::Frames),
        Column::unit("gap", "longest silence", Unit::Span),
        Column::new("hurt", "hurt"),
        Column::new("looks", "asked"),
        Column::new("throttled", "throttled"),
        Column::new("answers", "who answers"),
    ];
    let mut table = Table::new(
        "runs",
        "each assumption, against the same world without the cutover",
        &columns,
        SHOWN,
    );
    for run in &rehearsal.runs {
        let sum = total(run);
        let hurt = run
            .services
            .iter()
            .filter(|service| service.verdict == Verdict::Fail)
            .count();
        table.push(vec![
            Value::text(&run.assumed),
            Value::text(if run.whole { "whole" } else { "small" }),
            Value::text(run.verdict().as_str()),
            Value::frames(sum.offered),
            Value::frames(sum.lost),
            Value::frames(sum.duplicated),
            Value::frames(sum.reordered),
            Value::frames(sum.astray),
            Value::span(sum.gap),
            Value::count(hurt),
            Value::count(run.clients.looks),
            Value::count(run.clients.throttled),
            Value::Text(joined(&run.answers)),
        ]);
    }
    table
}

fn largest(rehearsal: &Rehearsal) -> Table {
    let columns = [
        Column::new("kind", "if"),
        Column::new("representative", "tenant"),
        Column::new("vbrs", "VBRs like it"),
        Column::unit("keeps", "keeps the budget", Unit::Span),
        Column::unit("breaks", "breaks it", Unit::Span),
        Column::new("worlds", "worlds"),
    ];
    let mut table = Table::new(
        "largest",
        "the longest interruption that keeps the budget",
        &columns,
        SHOWN,
    );
    for largest in &rehearsal.largest {
        table.push(vec![
            Value::text(largest.kind),
            Value::text(&largest.representative),
            Value::count(largest.class.len()),
            Value::span(largest.bracket.keeps),
            Value::span(largest.bracket.breaks),
            Value::count(largest.bracket.worlds),
        ]);
    }
    table
}

fn carried(rehearsal: &Rehearsal) -> Table {
    let columns = [Column::new("vbr", "VBR"), Column::new("reason", "why")];
    let mut table = Table::new("carried_over", "carried over into the next window", &columns, SHOWN);
    for (vbr, why) in rehearsal.carried_over() {
        table.push(vec![Value::Text(vbr), Value::Text(why)]);
    }
    table
}

fn steps(rehearsal: &Rehearsal) -> Table {
    let columns = [
        Column::new("step", "step"),
        Column::unit("at", "called at", Unit::Instant),
        Column::new("by", "by"),
        Column::new("call", "call"),
        Column::new("refused", "refused"),
    ];
    let mut table = Table::new("steps", "steps, as the first judged world calls them", &columns, SHOWN);
    for step in judged(rehearsal).take(1).flat_map(|run| &run.steps) {
        table.push(vec![
            Value::text(&step.name),
            Value::at(step.at),
            Value::text(&step.by),
            Value::text(step.operation),
            step.refused.as_ref().map_or(Value::Nothing, Value::text),
        ]);
    }
    table
}

fn faults(rehearsal: &Rehearsal) -> Table {
    let columns = [
        Column::new("fault", "fault"),
        Column::new("representative", "tenant"),
        Column::new("step", "step"),
        Column::new("phase", "when"),
        Column::new("assumed", "if attach_effect is"),
        Column::new("outcome", "comes to"),
        Column::new("verdict", "verdict"),
        Column::unit("lost", "lost", Unit::Frames),
        Column::unit("gap", "longest silence", Unit::Span),
        Column::new("noticed", "who notices"),
        Column::new("answers", "who answers"),
    ];
    let title = "faults at every step, against the same fault without the cutover";
    let mut table = Table::new("faults", title, &columns, SHOWN);
    for cell in &rehearsal.faults {
        let lost = cell.noticed.iter().map(|(_, damage)| damage.lost).sum();
        let gap = cell
            .noticed
            .iter()
            .map(|(_, damage)| damage.gap)
            .max()
            .unwrap_or_default();
        table.push(vec![
            Value::text(cell.fault),
            Value::text(&cell.representative),
            Value::text(&cell.step),
            Value::text(cell.phase),
            Value::text(&cell.assumed),
            Value::Text(outcome_words(&cell.outcome).1),
            Value::text(cell.verdict.as_str()),
            Value::frames(lost),
            Value::span(gap),
            Value::names(cell.noticed.iter().map(|(idc, _)| idc.clone())),
            Value::Text(joined(&cell.answers)),
        ]);
    }
    table
}

fn rights(rehearsal: &Rehearsal) -> Table {
    let columns = [
        Column::new("by", "who"),
        Column::new("call", "call"),
        Column::new("before", "before"),
        Column::new("after", "afterwards"),
    ];
    let mut table = Table::new(
        "rights",
        "calls that are answered otherwise afterwards",
        &columns,
        SHOWN,
    );
    let answer = |code: &Option<String>| Value::text(code.as_deref().unwrap_or("accepted"));
    for right in &rehearsal.rights {
        table.push(vec![
            Value::text(&right.by),
            Value::text(&right.call),
            answer(&right.before),
            answer(&right.after),
        ]);
    }
    table
}

/// The checks of the judged runs, and the proof.
fn lines(rehearsal: &Rehearsal) -> Findings {
    let checks = judged(rehearsal).flat_map(|run| &run.lines).chain(&rehearsal.proof);
    let findings = checks.map(|line| Finding {
        outcome: stands(line.verdict),
        verdict: line.verdict.as_str().to_owned(),
        check: line.check.to_owned(),
        subject: line.subject.clone(),
        name: format!("{} {}", line.check, line.subject).trim_end().to_owned(),
        text: line.finding.clone(),
        fields: vec![
            Field::new("check", Value::text(line.check)),
            Field::new("subject", Value::text(&line.subject)),
            Field::new("verdict", Value::text(line.verdict.as_str())),
            Field::new("finding", Value::text(&line.finding)),
        ],
        ..Finding::default()
    });
    Findings {
        key: "checks",
        shown: Shown::Wrong,
        most: 0,
        findings: findings.collect(),
    }
}

fn sum(rehearsal: &Rehearsal) -> Option<String> {
    let kept = rehearsal
        .faults
        .iter()
        .filter(|cell| cell.verdict == Verdict::Pass)
        .count();
    let tried = rehearsal.faults.len();
    let worlds = thousands(rehearsal.worlds);
    let proof = rehearsal.proof.as_ref()?;
    let faults = match tried {
        0 => "no fault was tried".to_owned(),
        tried => format!(
            "{} faults were tried, {} keep the budget",
            thousands(tried as u64),
            thousands(kept as u64)
        ),
    };
    Some(format!(
        "  {worlds} worlds; {faults}; isolation {}: {}",
        proof.verdict.as_str(),
        proof.finding
    ))
}
