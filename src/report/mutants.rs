//! The document of `trunklab mutants`: each world, the kill matrix over all of them, and what is counted apart.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{
    Block, Column, Document, Finding, Findings, For, Outcome as Stands, Part, Section, Shown, Table,
};
use super::{NotRun, Problem, missing, warned, warnings};
use crate::check::{Field, Unit, Value};
use crate::isolate::GROUPS;
use crate::mutants::{Fault, LARGE, Matrix, Outcome, SUITE, Standing, Study, family};

/// The version of what programs read; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.mutants/3";

/// What is told of a study.
#[derive(Debug, Clone, Copy)]
pub struct MutantsReport<'a> {
    /// What it came to.
    pub study: &'a Study,
    /// Files that are no scenario.
    pub not_run: &'a [NotRun],
    /// What was odd in the others, each with its scenario's name.
    pub warnings: &'a [(String, Problem)],
}

const fn word(standing: &Standing) -> &'static str {
    match standing {
        Standing::Killed(_) => "killed",
        Standing::Survived(_) => "SURVIVED",
        Standing::NotApplicable(_) => "NOT APPLICABLE",
        Standing::Open => "OPEN",
    }
}

/// What is said of a study.
pub fn document(report: MutantsReport<'_>) -> Document {
    let study = report.study;
    let mut parts = vec![Part::Sections {
        key: "scenarios",
        shown: usize::MAX,
        sections: study.worlds.iter().map(|world| section(study, world, report)).collect(),
    }];
    let left_out = study.left_out.iter().map(|(name, reason)| {
        Value::Fields(vec![
            Field::new("name", Value::text(name)),
            Field::new("reason", Value::text(reason)),
        ])
    });
    parts.push(Part::Fields(vec![
        Field::new("left_out", Value::List(left_out.collect())),
        Field::new("killed_nothing", killed_nothing(study)),
        Field::new("summary", Value::Fields(sums(study))),
    ]));
    let left_out = study.left_out.iter();
    parts.extend(left_out.map(|(name, why)| Part::Line(format!("{name}: left out: {why}"))));
    parts.push(Part::Findings(faults(study)));
    parts.push(Part::Table(matrix(study)));
    if study.worlds.is_empty() {
        let line = "no healthy world was given, so no fault was injected";
        parts.push(Part::Line(line.to_owned()));
    } else {
        parts.extend(apart(study));
        parts.extend(idle(study));
        parts.push(Part::Findings(false_alarms(study)));
        parts.push(Part::Line(summary(study)));
    }
    parts.push(missing(report.not_run));
    let odd: Vec<Problem> = report.warnings.iter().map(|(_, problem)| problem.clone()).collect();
    parts.push(warnings(&odd));
    Document {
        format: FORMAT,
        title: "trunklab mutants",
        parts,
    }
}

fn section(study: &Study, world: &Matrix, report: MutantsReport<'_>) -> Section {
    let own = report.warnings.iter().filter(|(name, _)| *name == world.scenario);
    let own: Vec<Problem> = own.map(|(_, problem)| problem.clone()).collect();
    let share = world.share;
    let attackers = share.attackers.min(world.tenants);
    let head = vec![
        Field::new("name", Value::text(&world.scenario)),
        Field::new("tenants", Value::count(world.tenants)),
        Field::new("attackers", Value::count(attackers)),
        Field::new("controlled", Value::count(share.controlled.min(world.tenants))),
        Field::new("random", Value::frames(share.random.into())),
        Field::new("false_alarms", Value::names(world.false_alarms())),
    ];
    let outcomes = Findings {
        key: "faults",
        shown: Shown::Elsewhere,
        most: 0,
        findings: world.outcomes.iter().map(|(id, outcome)| here(id, outcome)).collect(),
    };
    let mut parts = vec![Part::Fields(head), Part::Findings(outcomes)];
    parts.extend(each(study, world).into_iter().map(Part::Aside));
    Section {
        source: world.scenario.clone(),
        name: world.scenario.clone(),
        subtitle: counted(world),
        properties: warned(&own).collect(),
        parts,
    }
}

fn counted(world: &Matrix) -> String {
    let count = |is: &dyn Fn(&Outcome) -> bool| world.outcomes.iter().filter(|(_, outcome)| is(outcome)).count();
    let spared = match count(&|outcome| *outcome == Outcome::Spared) {
        0 => String::new(),
        n => format!(", {n} not tried: worlds before killed them"),
    };
    format!(
        ": {} killed, {} survived, {} have no place here{spared} (suite: {} of {} tenants attack{}, {} random frames a port; proof: VIDs that no table names by class)",
        count(&Outcome::is_killed),
        count(&Outcome::survived),
        count(&|outcome| matches!(outcome, Outcome::NotApplicable(_))),
        world.share.attackers.min(world.tenants),
        world.tenants,
        if world.tenants > LARGE { ", by budget" } else { "" },
        world.share.random
    )
}

/// A fault in one world, for programs: over all worlds each is told once.
fn here(id: &'static str, outcome: &Outcome) -> Finding {
    let nothing = BTreeMap::new();
    let no_failure = BTreeMap::new();
    let (word, injected, reason, alarms, failed) = match outcome {
        Outcome::NotApplicable(why) => ("NOT APPLICABLE", None, Some(why.as_str()), &nothing, &no_failure),
        Outcome::Spared => (
            "NOT TRIED",
            None,
            Some("a world before kills it"),
            &nothing,
            &no_failure,
        ),
        Outcome::Injected { how, alarms, failed } => {
            let word = if alarms.is_empty() { "SURVIVED" } else { "killed" };
            (word, Some(how.as_str()), None, alarms, failed)
        }
    };
    let killed_by = alarms.iter().map(|(engine, alarms)| Field::new(*engine, names(alarms)));
    let failed = failed.iter().map(|(engine, why)| Field::new(*engine, Value::text(why)));
    let stands = match word {
        "killed" => Stands::Good,
        "SURVIVED" => Stands::Bad,
        _ => Stands::Skipped,
    };
    let maybe = |text: Option<&str>| text.map_or(Value::Nothing, Value::text);
    Finding {
        outcome: stands,
        verdict: word.to_owned(),
        check: id.to_owned(),
        name: id.to_owned(),
        text: injected.or(reason).unwrap_or_default().to_owned(),
        fields: vec![
            Field::new("id", Value::text(id)),
            Field::new("outcome", Value::text(word)),
            Field::new("injected", maybe(injected)),
            Field::new("reason", maybe(reason)),
            Field::new("killed_by", Value::Fields(killed_by.collect())),
            Field::new("could_not_judge", Value::Fields(failed.collect())),
        ],
        ..Finding::default()
    }
}

fn names(all: &BTreeSet<String>) -> Value {
    Value::names(all.iter().map(String::as_str))
}

/// Every fault that was injected into a world, in lines.
fn each(study: &Study, world: &Matrix) -> Vec<String> {
    let mut lines = Vec::new();
    for (id, outcome) in &world.outcomes {
        let Outcome::Injected { how, alarms, failed } = outcome else {
            continue;
        };
        let what = study.faults.iter().find(|fault| fault.id == *id).map_or("", |f| f.what);
        let verdict = if alarms.is_empty() { "SURVIVED" } else { "killed" };
        lines.push(format!("  {id}  {verdict:8}  {what}"));
        lines.push(format!("       injected  {how}"));
        for (engine, alarms) in alarms {
            let alarms: Vec<_> = alarms.iter().map(String::as_str).collect();
            lines.push(format!("       {engine:8}  {}", alarms.join(", ")));
        }
        for (engine, why) in failed {
            lines.push(format!("       {engine:8}  could not judge it: {why}"));
        }
    }
    lines
}

/// Every fault over all worlds, for programs and continuous integration.
fn faults(study: &Study) -> Findings {
    Findings {
        key: "faults",
        shown: Shown::Elsewhere,
        most: 0,
        findings: study.faults.iter().map(|fault| over_all(study, fault)).collect(),
    }
}

fn over_all(study: &Study, fault: &Fault) -> Finding {
    let standing = study.standing(fault);
    let word = word(&standing);
    let stands = match standing {
        Standing::Killed(_) => Stands::Good,
        Standing::Survived(_) => Stands::Bad,
        Standing::NotApplicable(_) | Standing::Open => Stands::Skipped,
    };
    let (reason, by) = match standing {
        Standing::Killed(by) => (None, by),
        Standing::Survived(why) | Standing::NotApplicable(why) => (Some(why), BTreeMap::new()),
        Standing::Open => (
            Some("it needs sessions, or a second way to the cloud".to_owned()),
            BTreeMap::new(),
        ),
    };
    let text = match &reason {
        Some(reason) => format!("{}: {reason}", fault.what),
        None => fault.what.to_owned(),
    };
    let killed_by = by
        .iter()
        .map(|(engine, alarms)| Field::new(*engine, by_group(engine, alarms)));
    let details = by.iter().map(|(engine, alarms)| {
        let alarms: Vec<&str> = alarms.iter().map(String::as_str).collect();
        format!("{engine}: {}", alarms.join(", "))
    });
    Finding {
        outcome: stands,
        verdict: word.to_owned(),
        check: fault.id.to_owned(),
        name: format!("{} {}", fault.id, fault.what),
        text,
        details: details.collect(),
        fields: vec![
            Field::new("id", Value::text(fault.id)),
            Field::new("what", Value::text(fault.what)),
            Field::new("source", Value::text(fault.source)),
            Field::new("outcome", Value::text(word)),
            Field::new("reason", reason.map_or(Value::Nothing, Value::Text)),
            Field::new("killed_by", Value::Fields(killed_by.collect())),
            Field::new("killed_in", Value::names(study.killers(fault.id))),
        ],
        ..Finding::default()
    }
}

/// Alarms by the group that they belong to.
fn by_group(engine: &str, alarms: &BTreeSet<String>) -> Value {
    let mut groups: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for alarm in alarms {
        groups.entry(family(engine, alarm)).or_default().insert(alarm.clone());
    }
    let each = groups
        .iter()
        .map(|(group, alarms)| Field::new((*group).to_owned(), names(alarms)));
    Value::Fields(each.collect())
}

/// Fault by group of vectors and by engine: how many vectors of the group noticed it.
fn matrix(study: &Study) -> Table {
    let first = [Column::new("id", "fault"), Column::new("outcome", "outcome")];
    let letters = GROUPS.iter().flat_map(|(letter, _)| twice(letter));
    let columns: Vec<Column> = first
        .into_iter()
        .chain(letters)
        .chain(twice("proof"))
        .chain([Column::new("checks", "checks")])
        .collect();
    let title = "kill matrix: vectors of each group that noticed the fault in any world";
    let mut table = Table::new("matrix", title, &columns, usize::MAX);
    for fault in &study.faults {
        let standing = study.standing(fault);
        let none = BTreeMap::new();
        let by = match &standing {
            Standing::Killed(by) => by,
            Standing::Survived(_) => &none,
            Standing::NotApplicable(_) | Standing::Open => continue,
        };
        let of = |letter: &str| {
            let all = by.get(SUITE).into_iter().flatten();
            all.filter(|alarm| family(SUITE, alarm) == letter).count()
        };
        let mut row = vec![Value::text(fault.id), Value::text(word(&standing))];
        for (letter, _) in GROUPS {
            let n = of(letter);
            let shown = if n == 0 { ".".to_owned() } else { n.to_string() };
            row.extend([Value::count(n), Value::Text(shown)]);
        }
        let proof = by.contains_key("proof");
        row.extend([Value::Flag(proof), Value::text(if proof { "x" } else { "." })]);
        let checks = by.get("checks").into_iter().flatten().map(String::as_str);
        row.push(Value::names(checks));
        table.push(row);
    }
    table
}

/// A column for programs, and the same as people read it: a dot for nothing.
fn twice(key: &'static str) -> [Column; 2] {
    [
        Column::of(key, "", Unit::Count, For::Programs),
        Column::of("", key, Unit::Count, For::People),
    ]
}

/// What is counted apart: survivors, what has no place, what is open; and what the letters stand for.
fn apart(study: &Study) -> Vec<Part> {
    let of = |wanted: fn(&Standing) -> bool| {
        let all = study.faults.iter().map(|fault| (fault, study.standing(fault)));
        all.filter(move |(_, standing)| wanted(standing)).collect::<Vec<_>>()
    };
    let groups = GROUPS.iter().map(|(letter, name)| format!("    {letter}  {name}"));
    let mut parts = vec![listed("  groups of vectors:", groups.collect())];
    let line = |(fault, standing): &(&Fault, Standing)| match standing {
        Standing::Survived(why) | Standing::NotApplicable(why) => format!("    {}  {}: {why}", fault.id, fault.what),
        Standing::Killed(_) | Standing::Open => format!("    {}  {}", fault.id, fault.what),
    };
    for (title, wanted) in [
        (
            "  SURVIVED, nothing noticed them:",
            (|standing| matches!(standing, Standing::Survived(_))) as fn(&Standing) -> bool,
        ),
        ("  NOT APPLICABLE, counted apart:", |standing| {
            matches!(standing, Standing::NotApplicable(_))
        }),
        (
            "  OPEN, until there are sessions and second ways to the cloud:",
            |standing| *standing == Standing::Open,
        ),
    ] {
        let all = of(wanted);
        if !all.is_empty() {
            parts.push(listed(title, all.iter().map(line).collect()));
        }
    }
    parts
}

/// A list that text shows whole.
fn listed(title: &str, lines: Vec<String>) -> Part {
    Part::Block(Block {
        title: title.to_owned(),
        lines,
        shown: usize::MAX,
    })
}

fn killed_nothing(study: &Study) -> Value {
    let idle = study.idle();
    Value::Fields(
        idle.iter()
            .map(|(engine, all)| Field::new(*engine, names(all)))
            .collect(),
    )
}

/// What noticed no fault in any world, a line for each group of vectors.
fn idle(study: &Study) -> Option<Part> {
    let mut lines = Vec::new();
    for (engine, alarms) in study.idle().iter().filter(|(_, alarms)| !alarms.is_empty()) {
        let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for alarm in alarms {
            let group = if *engine == SUITE { family(engine, alarm) } else { "" };
            groups.entry(group).or_default().push(alarm);
        }
        let each = groups
            .values()
            .map(|names| format!("    {engine:8}  {}", names.join(", ")));
        lines.extend(each);
    }
    (!lines.is_empty()).then(|| listed("  killed nothing in any of these worlds:", lines))
}

fn false_alarms(study: &Study) -> Findings {
    let each = study.false_alarms().into_iter().map(|(world, alarm)| Finding {
        outcome: Stands::Bad,
        verdict: "FALSE ALARM".to_owned(),
        check: "healthy".to_owned(),
        subject: world.to_owned(),
        name: format!("healthy world {world}"),
        fields: vec![
            Field::new("world", Value::text(world)),
            Field::new("alarm", Value::text(&alarm)),
        ],
        text: alarm,
        ..Finding::default()
    });
    Findings {
        key: "false_alarms",
        findings: each.collect(),
        ..Findings::default()
    }
}

fn count(study: &Study, wanted: fn(&Standing) -> bool) -> usize {
    let standings = study.faults.iter().map(|fault| study.standing(fault));
    standings.filter(wanted).count()
}

fn counts(study: &Study) -> [(&'static str, usize); 6] {
    [
        ("worlds", study.worlds.len()),
        ("faults", study.faults.len()),
        (
            "killed",
            count(study, |standing| matches!(standing, Standing::Killed(_))),
        ),
        (
            "survived",
            count(study, |standing| matches!(standing, Standing::Survived(_))),
        ),
        (
            "not_applicable",
            count(study, |standing| matches!(standing, Standing::NotApplicable(_))),
        ),
        ("open", count(study, |standing| *standing == Standing::Open)),
    ]
}

fn sums(study: &Study) -> Vec<Field> {
    let each = counts(study).map(|(key, n)| Field::new(key, Value::count(n)));
    each.to_vec()
}

fn summary(study: &Study) -> String {
    let [
        (_, worlds),
        (_, faults),
        (_, killed),
        (_, survived),
        (_, none),
        (_, open),
    ] = counts(study);
    let s = if worlds == 1 { "" } else { "s" };
    format!(
        "{worlds} world{s}, {faults} faults: {killed} killed, {survived} survived, {none} not applicable, {open} open"
    )
}
