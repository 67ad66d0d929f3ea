//! The kill matrix of `trunklab mutants`, for people and for programs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde::Serialize;

use crate::isolate::GROUPS;
use crate::mutants::{Fault, LARGE, Matrix, Outcome, SUITE, Standing, Study, family};

/// The version of the JSON format; a change that could break a reader raises it.
const FORMAT: &str = "trunklab.mutants/2";

type Kills<'a> = BTreeMap<&'a str, BTreeSet<String>>;

const fn word(standing: &Standing) -> &'static str {
    match standing {
        Standing::Killed(_) => "killed",
        Standing::Survived(_) => "SURVIVED",
        Standing::NotApplicable(_) => "NOT APPLICABLE",
        Standing::Open => "OPEN",
    }
}

/// Each world in a line, the matrix over all of them, what is counted apart, what killed nothing,
/// and the sum; with `verbose` every fault in every world before that.
pub fn human(study: &Study, verbose: bool) -> String {
    let mut out = String::new();
    for world in &study.worlds {
        head(&mut out, world);
        if verbose {
            each(&mut out, study, world);
        }
    }
    for (name, why) in &study.left_out {
        let _ = writeln!(out, "{name}: left out: {why}");
    }
    if study.worlds.is_empty() {
        let _ = writeln!(out, "no healthy world was given, so no fault was injected");
        return out;
    }
    table(&mut out, study);
    apart(&mut out, study);
    idle(&mut out, study, verbose);
    for (world, alarm) in study.false_alarms() {
        let _ = writeln!(out, "\nFALSE ALARM: {world}: {alarm}");
    }
    let _ = writeln!(out, "\n{}", summary(study));
    out
}

fn head(out: &mut String, world: &Matrix) {
    let count = |is: &dyn Fn(&Outcome) -> bool| world.outcomes.iter().filter(|(_, outcome)| is(outcome)).count();
    let share = world.share;
    let _ = write!(
        out,
        "{}: {} killed, {} survived, {} have no place here",
        world.scenario,
        count(&Outcome::is_killed),
        count(&Outcome::survived),
        count(&|outcome| matches!(outcome, Outcome::NotApplicable(_)))
    );
    match count(&|outcome| *outcome == Outcome::Spared) {
        0 => {}
        n => {
            let _ = write!(out, ", {n} not tried: worlds before killed them");
        }
    }
    let _ = writeln!(
        out,
        " (suite: {} of {} tenants attack{}, {} random frames a port)",
        share.attackers.min(world.tenants),
        world.tenants,
        if world.tenants > LARGE { ", by budget" } else { "" },
        share.random
    );
}

/// Every fault that was injected into a world.
fn each(out: &mut String, study: &Study, world: &Matrix) {
    for (id, outcome) in &world.outcomes {
        let Outcome::Injected { how, alarms, failed } = outcome else {
            continue;
        };
        let what = study.faults.iter().find(|fault| fault.id == *id).map_or("", |f| f.what);
        let verdict = if alarms.is_empty() { "SURVIVED" } else { "killed" };
        let _ = writeln!(out, "  {id}  {verdict:8}  {what}");
        let _ = writeln!(out, "       injected  {how}");
        for (engine, alarms) in alarms {
            let alarms: Vec<_> = alarms.iter().map(String::as_str).collect();
            let _ = writeln!(out, "       {engine:8}  {}", alarms.join(", "));
        }
        for (engine, why) in failed {
            let _ = writeln!(out, "       {engine:8}  could not judge it: {why}");
        }
    }
}

/// Fault by group of vectors and by engine: how many vectors of the group noticed it.
fn table(out: &mut String, study: &Study) {
    let _ = writeln!(
        out,
        "\nkill matrix: vectors of each group that noticed the fault in any world"
    );
    for (letter, name) in GROUPS {
        let _ = writeln!(out, "  {letter}  {name}");
    }
    let letters: Vec<String> = GROUPS.iter().map(|(letter, _)| format!("{letter:>3}")).collect();
    let _ = writeln!(out, "\n                 {}  proof  checks", letters.concat());
    for fault in &study.faults {
        let standing = study.standing(fault);
        let by = match &standing {
            Standing::Killed(by) => by,
            Standing::Survived(_) => &BTreeMap::new(),
            Standing::NotApplicable(_) | Standing::Open => continue,
        };
        let of = |letter: &str| {
            let mut all = by.get(SUITE).into_iter().flatten();
            let n = all.by_ref().filter(|alarm| family(SUITE, alarm) == letter).count();
            if n == 0 { "  .".to_owned() } else { format!("{n:>3}") }
        };
        let cells: String = GROUPS.iter().map(|(letter, _)| of(letter)).collect();
        let proof = if by.contains_key("proof") { "x" } else { "." };
        let checks: Vec<&str> = by.get("checks").into_iter().flatten().map(String::as_str).collect();
        let checks = if checks.is_empty() {
            ".".to_owned()
        } else {
            checks.join(", ")
        };
        let _ = writeln!(
            out,
            "  {}  {:10} {cells}  {proof:>5}  {checks}",
            fault.id,
            word(&standing)
        );
    }
    let survived: Vec<&Fault> = study
        .faults
        .iter()
        .filter(|fault| matches!(study.standing(fault), Standing::Survived(_)))
        .collect();
    for fault in survived {
        if let Standing::Survived(how) = study.standing(fault) {
            let _ = writeln!(out, "\nSURVIVED: {}  {}: {how}", fault.id, fault.what);
        }
    }
}

fn apart(out: &mut String, study: &Study) {
    let of = |wanted: fn(&Standing) -> bool| {
        let all = study.faults.iter().map(|fault| (fault, study.standing(fault)));
        all.filter(move |(_, standing)| wanted(standing)).collect::<Vec<_>>()
    };
    let without = of(|standing| matches!(standing, Standing::NotApplicable(_)));
    if !without.is_empty() {
        let _ = writeln!(out, "\nNOT APPLICABLE, counted apart:");
    }
    for (fault, standing) in without {
        if let Standing::NotApplicable(why) = standing {
            let _ = writeln!(out, "  {}  {}: {why}", fault.id, fault.what);
        }
    }
    let open = of(|standing| *standing == Standing::Open);
    if !open.is_empty() {
        let _ = writeln!(out, "\nOPEN, until cutovers are rehearsed:");
    }
    for (fault, _) in open {
        let _ = writeln!(out, "  {}  {}", fault.id, fault.what);
    }
}

/// What noticed no fault in any world: groups of vectors as a whole first.
fn idle(out: &mut String, study: &Study, verbose: bool) {
    let idle = study.idle();
    if idle.values().any(|alarms| !alarms.is_empty()) {
        let _ = writeln!(out, "\nkilled nothing in any of these worlds:");
    }
    for (engine, alarms) in idle.iter().filter(|(_, alarms)| !alarms.is_empty()) {
        let mut groups: Kills<'_> = BTreeMap::new();
        for alarm in alarms {
            groups.entry(family(engine, alarm)).or_default().insert(alarm.clone());
        }
        let groups = groups
            .into_iter()
            .map(|(group, names)| match *engine == SUITE && !verbose {
                true => format!("{group} ({})", shortened(&names)),
                false => names.into_iter().collect::<Vec<_>>().join(", "),
            });
        let _ = writeln!(out, "  {engine:8}  {}", groups.collect::<Vec<_>>().join(", "));
    }
}

/// The first few of many names.
fn shortened(names: &BTreeSet<String>) -> String {
    const SHOWN: usize = 4;
    let first: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

fn summary(study: &Study) -> String {
    let count = |wanted: fn(&Standing) -> bool| study.faults.iter().filter(|f| wanted(&study.standing(f))).count();
    let worlds = match study.worlds.len() {
        1 => "1 world".to_owned(),
        n => format!("{n} worlds"),
    };
    format!(
        "{worlds}, {} faults: {} killed, {} survived, {} not applicable, {} open",
        study.faults.len(),
        count(|standing| matches!(standing, Standing::Killed(_))),
        count(|standing| matches!(standing, Standing::Survived(_))),
        count(|standing| matches!(standing, Standing::NotApplicable(_))),
        count(|standing| *standing == Standing::Open)
    )
}

#[derive(Serialize)]
struct Root<'a> {
    format: &'static str,
    /// Over all worlds.
    faults: Vec<Sum<'a>>,
    killed_nothing: BTreeMap<&'static str, BTreeSet<String>>,
    left_out: Vec<LeftOut<'a>>,
    scenarios: Vec<Scenario<'a>>,
}

#[derive(Serialize)]
struct Sum<'a> {
    id: &'static str,
    what: &'static str,
    source: &'static str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// By engine, by group.
    killed_by: BTreeMap<&'static str, BTreeMap<String, BTreeSet<String>>>,
    killed_in: Vec<&'a str>,
}

#[derive(Serialize)]
struct LeftOut<'a> {
    name: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct Scenario<'a> {
    name: &'a str,
    tenants: usize,
    attackers: usize,
    controlled: usize,
    random: u32,
    faults: Vec<FaultOutcome<'a>>,
    false_alarms: Vec<String>,
}

#[derive(Serialize)]
struct FaultOutcome<'a> {
    id: &'static str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    injected: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    killed_by: BTreeMap<&'static str, Vec<&'a str>>,
    could_not_judge: BTreeMap<&'static str, &'a str>,
}

fn row<'a>((id, outcome): &'a (&'static str, Outcome)) -> FaultOutcome<'a> {
    let (word, injected, reason, alarms, failed) = match outcome {
        Outcome::NotApplicable(why) => ("NOT APPLICABLE", None, Some(why.as_str()), None, None),
        Outcome::Spared => ("NOT TRIED", None, Some("a world before kills it"), None, None),
        Outcome::Injected { how, alarms, failed } => {
            let word = if alarms.is_empty() { "SURVIVED" } else { "killed" };
            (word, Some(how.as_str()), None, Some(alarms), Some(failed))
        }
    };
    let names = |alarms: &'a BTreeSet<String>| alarms.iter().map(String::as_str).collect();
    let alarms = alarms.into_iter().flatten();
    let failed = failed.into_iter().flatten();
    FaultOutcome {
        id,
        outcome: word,
        injected,
        reason,
        killed_by: alarms.map(|(engine, alarms)| (*engine, names(alarms))).collect(),
        could_not_judge: failed.map(|(engine, why)| (*engine, why.as_str())).collect(),
    }
}

fn sum<'a>(study: &'a Study, fault: &'a Fault) -> Sum<'a> {
    let standing = study.standing(fault);
    let outcome = word(&standing);
    let (reason, by) = match standing {
        Standing::Killed(by) => (None, by),
        Standing::Survived(how) => (Some(how), BTreeMap::new()),
        Standing::NotApplicable(why) => (Some(why), BTreeMap::new()),
        Standing::Open => (
            Some("it waits for the rehearsal of cutovers".to_owned()),
            BTreeMap::new(),
        ),
    };
    let grouped = |(engine, alarms): (&'static str, BTreeSet<String>)| {
        let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for alarm in alarms {
            groups
                .entry(family(engine, &alarm).to_owned())
                .or_default()
                .insert(alarm);
        }
        (engine, groups)
    };
    Sum {
        id: fault.id,
        what: fault.what,
        source: fault.source,
        outcome,
        reason,
        killed_by: by.into_iter().map(grouped).collect(),
        killed_in: study.killers(fault.id).collect(),
    }
}

/// The study as one JSON document with a newline at its end.
pub fn json(study: &Study) -> String {
    let scenario = |world: &'_ Matrix| world.false_alarms();
    let scenarios = study.worlds.iter().map(|world| Scenario {
        name: &world.scenario,
        tenants: world.tenants,
        attackers: world.share.attackers.min(world.tenants),
        controlled: world.share.controlled.min(world.tenants),
        random: world.share.random,
        faults: world.outcomes.iter().map(row).collect(),
        false_alarms: scenario(world),
    });
    let left_out = study.left_out.iter().map(|(name, reason)| LeftOut { name, reason });
    let root = Root {
        format: FORMAT,
        faults: study.faults.iter().map(|fault| sum(study, fault)).collect(),
        killed_nothing: study.idle(),
        left_out: left_out.collect(),
        scenarios: scenarios.collect(),
    };
    let mut text = serde_json::to_string_pretty(&root).expect("texts and lists");
    text.push('\n');
    text
}
