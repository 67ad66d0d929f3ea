//! A whole rehearsal, from the scenario to what it came to.

use std::collections::{BTreeMap, BTreeSet};

use super::before::Before;
use super::effects::{effect, of_each_kind, wider_or_one_way};
use super::explore::Bounds;
use super::faults::{self, Small};
use super::freeze;
use super::largest::{Bracket, search};
use super::probes::interval;
use super::result::{Largest, Rehearsal, Run};
use super::rights;
use super::stage::{Setting, Stage};
use super::timing::time;
use super::told::{ask, tell};
use super::undone;
use super::world::{self, World};
use crate::check::Verdict;
use crate::ident::AccountId;
use crate::provision::{AttachEffect, AttachKind, OperationName, ResourceId, VLAN_MAX};
use crate::scenario::file::StrategyWord;
use crate::scenario::{Cutover, Edit, Expanded, ItemName, Section, Unit};
use crate::study::held_throughout;
use crate::study::pool::in_order;
use crate::units::{SimDuration, SimTime};

/// How far a rehearsal goes.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// On so many threads; what comes of it does not depend on them.
    pub jobs: usize,
    /// Is every effect tried on a representative too, with scopes, directions and who answers?
    pub effects: bool,
    /// Are faults tried at every step?
    pub faults: bool,
    /// Is the longest interruption searched that keeps each budget?
    pub search: bool,
    /// Is every interleaving explored?
    pub explore: bool,
}

/// Values of the policy that says whether a deleted VBR's VLAN is held.
const RETENTIONS: [&str; 3] = ["none", "remainder", "seven_days"];

/// Rehearses the cutover of a scenario, as it was written. `told` hears what is done next.
///
/// # Errors
/// It has none, or a world cannot be run; the text says why.
pub fn rehearse(scenario: &Expanded, options: &Options, told: &(dyn Fn(&str) + Sync)) -> Result<Rehearsal, String> {
    told("the law alone");
    let bare = world::with(scenario, &[], &[])?;
    let cutover = bare.cutover.clone().ok_or("the scenario has no cutover")?;
    let in_place = cutover.strategy == StrategyWord::InPlace;
    let timing = time(&bare, cutover.window.0);
    let drifts = match in_place {
        true => freeze::check(&bare.plan, &cutover.units, &timing),
        false => Vec::new(),
    };
    let held = hold(scenario, drifts.iter().map(|drift| drift.vbr.as_str()));
    let bare = world::with(scenario, &held, &[])?;
    let cutover = bare.cutover.clone().ok_or("the scenario has no cutover")?;
    let before = Before::new(scenario, &held, &bare)?;
    let judged = cutover.measured.unwrap_or(AttachEffect::NONE);
    let mut rehearsal = Rehearsal {
        name: bare.plan.name.clone(),
        seed: bare.plan.seed,
        hypothetical: cutover.measured.is_none(),
        interval: interval(cutover.budget.longest_gap_max),
        cutover: cutover.clone(),
        drifts,
        runs: Vec::new(),
        largest: Vec::new(),
        standings: before.standings(&bare.plan),
        policies: bare.plan.law.premises().policies.clone(),
        currency: bare
            .plan
            .prices
            .as_ref()
            .map_or_else(String::new, |prices| prices.currency.clone()),
        ways_back: Vec::new(),
        anew: Vec::new(),
        explored: None,
        faults: Vec::new(),
        rights: Vec::new(),
        proof: None,
        worlds: 0,
    };
    told("the whole world");
    match in_place {
        true => whole_in_place(scenario, &held, judged, options, &mut rehearsal)?,
        false => whole_broken(scenario, &held, judged, options, &mut rehearsal)?,
    }
    told("the proof of isolation");
    rehearsal.proof = Some(held_throughout(&bare.plan, |_| ()));
    rehearsal.rights = changed_rights(scenario, &held, &bare)?;
    let classes = classes(
        scenario,
        cutover.units.iter().filter(|unit| unit.carried_over.is_none()),
    );
    for class in &self::classes(scenario, cutover.units.iter()) {
        let (ways, anew) = undone::told(&before, &bare.plan, &cutover, class);
        rehearsal.ways_back.extend(ways);
        rehearsal.anew.extend(anew);
    }
    if options.explore {
        told("every interleaving");
        rehearsal.explored = Some(before.explore(Bounds::default()));
    }
    if options.effects
        && in_place
        && let Some(class) = classes.first()
    {
        told("every effect on a representative");
        let small = small(scenario, &cutover, &held, &class[0]);
        narrow(scenario, &small, &cutover, judged, options, &mut rehearsal)?;
    }
    if options.search && in_place {
        told("the longest interruption");
        for class in &classes {
            let small = small(scenario, &cutover, &held, &class[0]);
            longest(scenario, &small, class, &cutover, options, &mut rehearsal)?;
        }
    }
    if options.faults {
        told("faults at every step");
        let free = free_vlan(&cutover);
        for class in &classes {
            let small = small(scenario, &cutover, &held, &class[0]);
            let (cells, worlds) = faults::matrix(scenario, &small, &cutover.budget, judged, free, options.jobs)?;
            rehearsal.faults.extend(cells);
            rehearsal.worlds += worlds;
        }
    }
    Ok(rehearsal)
}

/// Holds these VBRs back, and those that the file holds back.
pub(super) fn hold<'a>(scenario: &Expanded, vbrs: impl Iterator<Item = &'a str>) -> Vec<Edit> {
    let written = scenario
        .file()
        .cutover
        .iter()
        .flat_map(|item| &item.window.hold)
        .map(|held| held.0.as_str());
    let new: BTreeSet<&str> = vbrs.collect();
    if new.is_empty() {
        return Vec::new();
    }
    let all: BTreeSet<&str> = new.into_iter().chain(written).collect();
    let list = all.into_iter().collect::<Vec<_>>().join(", ");
    vec![Edit::set(
        ItemName::scenario(),
        "cutover.window.hold",
        &format!("[{list}]"),
    )]
}

/// The whole world once for each kind of effect, and for the one that was measured.
fn whole_in_place(
    scenario: &Expanded,
    held: &[Edit],
    judged: AttachEffect,
    options: &Options,
    into: &mut Rehearsal,
) -> Result<(), String> {
    let cutover = into.cutover.clone();
    let setting = Setting {
        written: held.to_vec(),
        after: cutover.assumed.max(judged.time),
        ..Setting::default()
    };
    let stage = Stage::new(scenario, setting, cutover.budget.longest_gap_max)?;
    let mut effects = of_each_kind(cutover.assumed);
    if !effects.contains(&judged) {
        effects.insert(0, judged);
    }
    let runs = in_order(
        options.jobs,
        &effects,
        |effect| run(&stage, *effect, *effect == judged, true),
        |_, _| (),
    );
    into.worlds += 1 + effects.len() as u64;
    collect(runs, into)
}

fn run(stage: &Stage<'_>, effect: AttachEffect, judged: bool, whole: bool) -> Result<Run, String> {
    let ran = stage.run(effect)?;
    Ok(tell(
        stage,
        &ran,
        effect,
        format!("attach_effect: {effect}"),
        judged,
        whole,
    ))
}

fn collect(runs: Vec<Result<Run, String>>, into: &mut Rehearsal) -> Result<(), String> {
    for run in runs {
        into.runs.push(run?);
    }
    Ok(())
}

/// Break before make, under each reading of whether a deleted VBR's VLAN is held.
fn whole_broken(
    scenario: &Expanded,
    held: &[Edit],
    judged: AttachEffect,
    options: &Options,
    into: &mut Rehearsal,
) -> Result<(), String> {
    let cutover = into.cutover.clone();
    let one = |retention: &&str| {
        let mut written = held.to_vec();
        written.push(Edit::set(
            ItemName::scenario(),
            "policies.vlan_retention_on_delete",
            retention,
        ));
        let setting = Setting {
            written,
            after: cutover.assumed,
            ..Setting::default()
        };
        let stage = Stage::new(scenario, setting, cutover.budget.longest_gap_max)?;
        let ran = stage.run(judged)?;
        let assumed = format!("vlan_retention_on_delete: {retention}");
        let mut run = tell(&stage, &ran, judged, assumed, true, true);
        let hurt = run.services.iter().filter(|service| service.verdict == Verdict::Fail);
        let hurt: BTreeSet<String> = hurt.map(|service| service.tenant.clone()).take(1).collect();
        run.answers = ask(&ran, &hurt)?;
        Ok(run)
    };
    let runs = in_order(options.jobs, &RETENTIONS, one, |_, _| ());
    into.worlds += 2 * RETENTIONS.len() as u64;
    collect(runs, into)
}

/// VBRs that are alike in all that a conversion depends on: circuit, partner, bandwidth and the way to it.
fn classes<'a>(scenario: &Expanded, units: impl Iterator<Item = &'a Unit>) -> Vec<Vec<Unit>> {
    let file = scenario.file();
    let mut classes: BTreeMap<(String, String, u64, String), Vec<Unit>> = BTreeMap::new();
    for unit in units {
        let idc = unit
            .idc
            .as_ref()
            .and_then(|name| file.idcs.iter().find(|idc| idc.name.0 == *name));
        let way = idc.map_or_else(String::new, |idc| idc.attach.0.clone());
        let key = (unit.circuit.clone(), unit.partner.clone(), unit.mbps, way);
        classes.entry(key).or_default().push(unit.clone());
    }
    classes.into_values().collect()
}

/// A representative, a neighbour on its circuit, one on its device, and who shares its switch.
fn small(scenario: &Expanded, cutover: &Cutover, held: &[Edit], unit: &Unit) -> Small {
    let file = scenario.file();
    let device = |circuit: &str| {
        file.circuits
            .iter()
            .find(|c| *c.name.0 == *circuit)
            .map(|c| c.b.0.clone())
    };
    let own = unit
        .idc
        .as_ref()
        .and_then(|name| file.idcs.iter().find(|idc| idc.name.0 == *name));
    let others = || file.idcs.iter().filter(|idc| *idc.tenant.0 != *unit.tenant);
    let own_device = device(&unit.circuit);
    let picked = [
        own,
        others().find(|idc| *idc.circuit.0 == *unit.circuit),
        others().find(|idc| *idc.circuit.0 != *unit.circuit && device(&idc.circuit.0) == own_device),
        others().find(|idc| own.is_some_and(|own| own.attach.0 == idc.attach.0)),
        others().find(|idc| device(&idc.circuit.0) != own_device),
    ];
    let only = picked.into_iter().flatten().map(|idc| idc.name.0.clone());
    let mut written = held.to_vec();
    let list = format!("[{}]", unit.tenant);
    let key = |key: &str, value: &str| Edit::set(ItemName::scenario(), key, value);
    written
        .retain(|edit| !matches!(edit, Edit::Change(_, changes) if changes.iter().any(|c| c.key.ends_with(".hold"))));
    written.extend([key("cutover.window.hold", "[]"), key("cutover.tenants", &list)]);
    Small {
        written,
        only: only.collect(),
        unit: unit.clone(),
        other: cutover
            .units
            .iter()
            .find(|other| other.vbr != unit.vbr)
            .map(|other| other.vbr.clone()),
    }
}

fn stage<'a>(
    scenario: &'a Expanded,
    small: &Small,
    cutover: &Cutover,
    after: SimDuration,
) -> Result<Stage<'a>, String> {
    let setting = Setting {
        written: small.written.clone(),
        only: Some(small.only.clone()),
        after,
        ..Setting::default()
    };
    Stage::new(scenario, setting, cutover.budget.longest_gap_max)
}

/// Every effect on a representative and its neighbours, and who answers for it.
fn narrow(
    scenario: &Expanded,
    small: &Small,
    cutover: &Cutover,
    judged: AttachEffect,
    options: &Options,
    into: &mut Rehearsal,
) -> Result<(), String> {
    let stage = stage(scenario, small, cutover, cutover.assumed.max(judged.time))?;
    let with_and_without = |effect| [(effect, false), (effect, true)];
    let each = of_each_kind(cutover.assumed).into_iter().flat_map(with_and_without);
    let mut effects: Vec<(AttachEffect, bool)> = each.collect();
    effects.extend(
        wider_or_one_way(cutover.assumed)
            .into_iter()
            .map(|effect| (effect, false)),
    );
    let one = |(effect, withdrawn): &(AttachEffect, bool)| {
        let (edits, also) = match withdrawn {
            true => withdrawal(&stage, &small.unit, cutover.assumed),
            false => (Vec::new(), ""),
        };
        let ran = stage.run_and(*effect, &edits)?;
        let assumed = format!("attach_effect: {effect}{also}");
        let mut run = tell(&stage, &ran, *effect, assumed, false, false);
        let hurt = run.services.iter().filter(|service| service.damage.lost > 0);
        let hurt: BTreeSet<String> = hurt.map(|service| service.tenant.clone()).collect();
        if !hurt.is_empty() {
            run.answers = ask(&ran, &hurt)?;
        }
        Ok(run)
    };
    let runs = in_order(options.jobs, &effects, one, |_, _| ());
    into.worlds += 1 + effects.len() as u64;
    collect(runs, into)
}

/// The transit router lets go of the VBR when it is hung on its port, and takes it again so much later.
fn withdrawal(stage: &Stage<'_>, unit: &Unit, lasts: SimDuration) -> (Vec<Edit>, &'static str) {
    let attaches = |moment: &&super::probes::Moment| {
        moment.vbr == unit.vbr && moment.operation == OperationName::AttachVbrToVpconn
    };
    let Some(moment) = stage.moments.iter().find(attaches) else {
        return (Vec::new(), "");
    };
    let fault = |at: SimTime, what: &str| {
        let text = format!("{{ at: {}ns, {what}: {} }}", at.as_nanos(), unit.vbr);
        Edit::Add(Section::Faults, text)
    };
    let again = moment.at.saturating_add(lasts);
    let edits = vec![fault(moment.at, "detach"), fault(again, "attach")];
    (edits, ", and the transit router withdraws its routes as long")
}

/// The longest interruption of each kind that keeps the budget of a class.
fn longest(
    scenario: &Expanded,
    small: &Small,
    class: &[Unit],
    cutover: &Cutover,
    options: &Options,
    into: &mut Rehearsal,
) -> Result<(), String> {
    let gap = cutover.budget.longest_gap_max;
    let kinds: Vec<AttachKind> = AttachKind::ALL
        .into_iter()
        .filter(|kind| *kind != AttachKind::None)
        .collect();
    let one = |kind: &AttachKind| -> Result<Bracket, String> {
        search(gap, interval(gap), |time| {
            let stage = stage(scenario, small, cutover, time)?;
            let ran = stage.run(effect(*kind, time))?;
            let own = stage
                .watched
                .iter()
                .find(|watched| watched.vbr.as_deref() == Some(&small.unit.vbr));
            let own = own.ok_or("the representative has no data centre to send from")?;
            Ok(stage.damage(own, &ran.with).verdict(&cutover.budget) == Verdict::Pass)
        })
    };
    let found = in_order(options.jobs, &kinds, one, |_, _| ());
    for (kind, bracket) in kinds.iter().zip(found) {
        let bracket = bracket?;
        into.worlds += 2 * u64::from(bracket.worlds);
        into.largest.push(Largest {
            representative: small.unit.tenant.clone(),
            class: class.iter().map(|unit| unit.vbr.clone()).collect(),
            kind: kind.as_str(),
            bracket,
        });
    }
    Ok(())
}

/// A VLAN that no VBR of the cutover has.
fn free_vlan(cutover: &Cutover) -> u16 {
    let used: BTreeSet<u16> = cutover
        .units
        .iter()
        .flat_map(|unit| [unit.vlan, unit.vlan_after])
        .collect();
    (1..=VLAN_MAX)
        .rev()
        .find(|vlan| !used.contains(vlan))
        .unwrap_or(VLAN_MAX)
}

/// What the first VBR that is converted may be asked for by whom, before and after.
fn changed_rights(scenario: &Expanded, held: &[Edit], bare: &World) -> Result<Vec<rights::Right>, String> {
    let Some(cutover) = &bare.cutover else {
        return Ok(Vec::new());
    };
    let quiet = world::without(scenario, cutover, held, &[])?;
    let (before, after) = (time(&quiet, cutover.window.0), time(bare, cutover.window.0));
    let converted = cutover.units.iter().find(|unit| {
        unit.carried_over.is_none()
            && unit
                .steps
                .iter()
                .all(|step| after.calls.get(&step.name).is_some_and(|called| called.error.is_none()))
    });
    let Some(unit) = converted else { return Ok(Vec::new()) };
    let account = |name: &str| {
        bare.plan
            .accounts
            .iter()
            .position(|account| account.name == name)
            .map(AccountId::of)
    };
    let (Some(partner), Some(tenant)) = (account(&unit.partner), account(&unit.tenant)) else {
        return Ok(Vec::new());
    };
    let of = |bound: &BTreeMap<String, ResourceId>, name: &str| bound.get(name).copied().unwrap_or(ResourceId::UNBOUND);
    let now = match of(&after.bound, &format!("{}-new", unit.vbr)) {
        ResourceId::Unbound => of(&after.bound, &unit.vbr),
        new => new,
    };
    let resources = (of(&before.bound, &unit.vbr), now, of(&after.bound, &unit.port));
    let accounts = [(unit.partner.as_str(), partner), (unit.tenant.as_str(), tenant)];
    Ok(rights::changed(
        &before.end,
        &after.end,
        accounts,
        resources,
        free_vlan(cutover),
    ))
}
