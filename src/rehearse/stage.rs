//! One question of a rehearsal: the world with the cutover against the same world without it, both with
//! frames that can judge the budget.

use std::collections::{BTreeMap, BTreeSet};

use super::damage::{Damage, of_chain, of_lanes};
use super::fates::{Listener, Stories};
use super::probes::{self, Lane, Moment, Watched, watched};
use super::timing::{Called, time};
use super::world::{self, World};
use crate::control::Drawn;
use crate::engine::run;
use crate::provision::AttachEffect;
use crate::record::Record;
use crate::scenario::{Cutover, Edit, Expanded, ItemName};
use crate::units::SimDuration;

/// What a stage is set with.
#[derive(Debug, Clone, Default)]
pub(super) struct Setting {
    /// Edits of the scenario as it was written: policies, keys of the cutover.
    pub written: Vec<Edit>,
    /// Edits of both worlds: faults.
    pub both: Vec<Edit>,
    /// Edits of the world with the cutover alone: what goes wrong in a step of it. A step is named by its name.
    pub cutover_only: Vec<(String, &'static str, String)>,
    /// Instants beside the steps around which frames are sent.
    pub moments: Vec<Moment>,
    /// Services that are watched, by data centre; `None`: all.
    pub only: Option<BTreeSet<String>>,
    /// For how long a step is assumed to act.
    pub after: SimDuration,
    /// Steps are placed as this timing has them; `None`: as they come.
    pub placed: Option<Vec<Moment>>,
}

/// A world to compare with, and what it takes to run the other.
pub(super) struct Stage<'a> {
    scenario: &'a Expanded,
    setting: Setting,
    /// Frames that are sent in both worlds.
    traffic: Vec<Edit>,
    /// The cutover as it was lowered.
    pub cutover: Cutover,
    pub watched: Vec<Watched>,
    pub lanes: Vec<Lane>,
    /// Every step that is called, in order of time.
    pub moments: Vec<Moment>,
    pub without: Stories,
    pub law_without: crate::provision::State,
    /// Flows of the scenario's own, by the tenant's data centre that they begin or end at.
    own: BTreeMap<String, Vec<String>>,
}

/// What the world with the cutover came to.
pub(super) struct Ran {
    pub world: World,
    pub record: Record,
    pub with: Stories,
    /// Steps that were called, by name.
    pub calls: BTreeMap<String, Called>,
}

/// Steps of a cutover at the times at which the law calls them, in order.
pub(super) fn moments(cutover: &Cutover, calls: &BTreeMap<String, Called>) -> Vec<Moment> {
    let steps = cutover
        .units
        .iter()
        .flat_map(|unit| unit.steps.iter().map(move |step| (unit, step)));
    let mut moments: Vec<Moment> = steps
        .filter_map(|(unit, step)| {
            Some(Moment {
                at: calls.get(&step.name)?.at,
                vbr: unit.vbr.clone(),
                step: step.name.clone(),
                operation: step.operation,
            })
        })
        .collect();
    moments.sort_by(|a, b| (a.at, &a.step).cmp(&(b.at, &b.step)));
    moments
}

/// A world runs with this effect.
pub(super) fn effect_edit(effect: AttachEffect) -> Edit {
    Edit::set(ItemName::scenario(), "policies.attach_effect", &effect.to_string())
}

impl<'a> Stage<'a> {
    /// Runs the world without the cutover.
    ///
    /// # Errors
    /// A world cannot be run; the text says why.
    pub(super) fn new(scenario: &'a Expanded, setting: Setting, gap: SimDuration) -> Result<Self, String> {
        let bare = world::with(scenario, &setting.written, &setting.both)?;
        let cutover = bare.cutover.clone().ok_or("the scenario has no cutover")?;
        let mut moments = match &setting.placed {
            Some(placed) => placed.clone(),
            None => moments(&cutover, &time(&bare, cutover.window.0).calls),
        };
        moments.extend(setting.moments.iter().cloned());
        moments.sort_by(|a, b| (a.at, &a.step).cmp(&(b.at, &b.step)));
        let mut watched = watched(&bare.expanded, &cutover);
        let devices = probes::devices(&watched);
        let mut traffic = Vec::new();
        if let Some(only) = &setting.only {
            watched.retain(|watched| only.contains(&watched.idc));
            traffic.extend(others(scenario, &watched));
        }
        let (flows, lanes) = probes::probes(&watched, &devices, &moments, gap, setting.after, bare.plan.end);
        traffic.extend(flows);
        let own = own_flows(scenario, &watched);
        let lowered: Vec<Edit> = setting.both.iter().chain(&traffic).cloned().collect();
        let quiet = world::without(scenario, &cutover, &setting.written, &lowered)?;
        let (record, without) = ran(&quiet)?;
        Ok(Self {
            scenario,
            setting,
            traffic,
            cutover,
            watched,
            lanes,
            moments,
            without,
            law_without: record.cloud.law,
            own,
        })
    }

    /// Runs the world with the cutover, with this effect of the attach.
    ///
    /// # Errors
    /// It cannot be run; the text says why.
    pub(super) fn run(&self, effect: AttachEffect) -> Result<Ran, String> {
        self.run_and(effect, &[])
    }

    /// The same, with these edits of the world with the cutover alone.
    ///
    /// # Errors
    /// As [`Stage::run`].
    pub(super) fn run_and(&self, effect: AttachEffect, more: &[Edit]) -> Result<Ran, String> {
        let mut written = self.setting.written.clone();
        written.push(effect_edit(effect));
        let mut lowered: Vec<Edit> = self.setting.both.iter().chain(&self.traffic).cloned().collect();
        if !self.setting.cutover_only.is_empty() {
            let bare = world::with(self.scenario, &written, &[])?;
            lowered.extend(self.setting.cutover_only.iter().filter_map(|(step, key, value)| {
                let named =
                    |item: &&crate::scenario::file::StepItem| item.step.as_ref().is_some_and(|name| *name.0 == **step);
                let (item, _) = bare.expanded.steps().find(|(_, item)| named(item))?;
                Some(Edit::set(item, key, value))
            }));
        }
        lowered.extend_from_slice(more);
        let world = world::with(self.scenario, &written, &lowered)?;
        let (record, with) = ran(&world)?;
        let names = super::timing::names(&world);
        let called = record.cloud.steps.iter().filter_map(|step| {
            let name = names.get(step.step as usize).filter(|name| !name.is_empty())?;
            let called = Called {
                at: step.at,
                error: step.error.clone(),
            };
            Some((name.clone(), called))
        });
        let calls = called.collect();
        Ok(Ran {
            world,
            record,
            with,
            calls,
        })
    }

    /// What the cutover added for a service that is watched.
    pub(super) fn damage(&self, watched: &Watched, with: &Stories) -> Damage {
        let lanes = self.lanes.iter().filter(|lane| lane.idc == watched.idc);
        let mut sum = of_lanes(lanes, with, &self.without);
        let coarse = probes::coarse(self.cutover.budget.longest_gap_max);
        for name in self.own.get(&watched.idc).into_iter().flatten() {
            let mut own = of_chain(std::iter::once(name.as_str()), with, &self.without);
            own.resolved_to(coarse);
            sum.add(&own);
        }
        sum
    }

    /// Steps of a VBR's at which no frame of it was on its way, one way or the other.
    pub(super) fn unseen(&self, vbr: &str) -> Vec<String> {
        let own = self
            .moments
            .iter()
            .filter(|moment| moment.vbr == vbr && !moment.step.is_empty());
        let unseen = own.filter(|moment| {
            let lanes: Vec<&Lane> = self
                .lanes
                .iter()
                .filter(|lane| lane.vbr.as_deref() == Some(vbr))
                .collect();
            let seen = |lane: &&Lane| {
                let mut flows = lane
                    .probes
                    .iter()
                    .chain(&lane.full)
                    .filter_map(|name| self.without.get(name));
                flows.any(|flow| flow.in_flight(moment.at))
            };
            lanes.is_empty() || !lanes.iter().all(seen)
        });
        unseen.map(|moment| moment.step.clone()).collect()
    }
}

/// Runs a world and hears of every frame.
fn ran(world: &World) -> Result<(Record, Stories), String> {
    let plan = &world.plan;
    let (record, listener) =
        run(plan, Drawn::new(plan.seed), Listener::new(plan)).map_err(|error| error.to_string())?;
    Ok((record, listener.stories()))
}

/// Of each data centre and VPC, the tenant.
fn tenants_of(scenario: &Expanded) -> BTreeMap<&str, &str> {
    let file = scenario.file();
    let idcs = file.idcs.iter().map(|idc| (&*idc.name.0, &*idc.tenant.0));
    let vpcs = file.vpcs.iter().map(|vpc| (&*vpc.name.0, &*vpc.tenant.0));
    idcs.chain(vpcs)
        .map(|(name, tenant)| (name as &str, tenant as &str))
        .collect()
}

/// The node that a place of a flow is at.
fn node(place: &str) -> &str {
    place.split('/').next().unwrap_or(place)
}

/// Takes away the traffic of tenants that are not watched.
fn others(scenario: &Expanded, watched: &[Watched]) -> Vec<Edit> {
    let kept: BTreeSet<&str> = watched.iter().map(|watched| watched.tenant.as_str()).collect();
    let tenants = tenants_of(scenario);
    let flows = scenario.file().traffic.iter();
    let other = flows.filter(|flow| {
        let tenant = tenants.get(node(&flow.from.0));
        tenant.is_some_and(|tenant| !kept.contains(tenant))
    });
    other
        .map(|flow| Edit::Remove(ItemName::new(crate::scenario::Section::Traffic, &flow.name.0)))
        .collect()
}

/// Flows of the scenario's own by the data centre that they begin or end at.
fn own_flows(scenario: &Expanded, watched: &[Watched]) -> BTreeMap<String, Vec<String>> {
    let idcs: BTreeSet<&str> = watched.iter().map(|watched| watched.idc.as_str()).collect();
    let mut own: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for flow in &scenario.file().traffic {
        let ends = [node(&flow.from.0), node(&flow.to.0)];
        if let Some(idc) = ends.into_iter().find(|end| idcs.contains(end)) {
            own.entry(idc.to_owned()).or_default().push(flow.name.0.clone());
        }
    }
    own
}
