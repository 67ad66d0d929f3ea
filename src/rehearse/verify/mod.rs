//! What really happened, against what was predicted: saved answers from before and after the real window.
//!
//! Per tenant and field: as predicted, not, or UNKNOWN with the reason. Nothing is inferred from an answer that is
//! missing, of which pages are missing, or that is older than the step which it should show.

mod after;
mod fields;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::freeze;
use super::rehearsal::hold;
use super::result::Outcome;
use super::timing::{Called, Timing, time};
use super::told::outcome;
use super::world::{self, World};
use crate::check::Verdict;
use crate::inventory::{Fact, Inventory, Part, Place, Service, Shown, Value, reconcile, services};
use crate::scenario::file::StrategyWord;
use crate::scenario::plan::UnknownWord;
use crate::scenario::{Expanded, Unit};
use crate::units::SimTime;

/// How a field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stands {
    /// As predicted.
    AsPredicted,
    /// Nobody can know it from these answers.
    Unknown,
    /// Not as predicted.
    NotAsPredicted,
}

impl Stands {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AsPredicted => "as predicted",
            Self::Unknown => "UNKNOWN",
            Self::NotAsPredicted => "not as predicted",
        }
    }
}

/// One field of one tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Which: a name of the API's, or what is asked of it.
    pub field: &'static str,
    /// How it stands.
    pub stands: Stands,
    /// What was predicted.
    pub predicted: String,
    /// What the answers of afterwards show; empty: nothing.
    pub shown: String,
    /// Where; empty: nowhere.
    pub place: String,
    /// Why it is UNKNOWN or not as predicted; empty where it is as predicted.
    pub why: String,
    /// Since which step it may be; empty where it is as predicted, or nobody knows.
    pub since: String,
}

/// One VBR of the cutover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Whose.
    pub tenant: String,
    /// The VBR's name in the scenario.
    pub name: String,
    /// The VBR's id; `None`: no answer of before shows it.
    pub vbr: Option<String>,
    /// What was predicted of it.
    pub predicted: Outcome,
    /// Its fields.
    pub fields: Vec<Verified>,
}

impl Tenant {
    /// FAIL where a field is not as predicted, INCONC where one is UNKNOWN.
    pub fn verdict(&self) -> Verdict {
        match self.fields.iter().map(|field| field.stands).max() {
            Some(Stands::AsPredicted) => Verdict::Pass,
            Some(Stands::NotAsPredicted) => Verdict::Fail,
            Some(Stands::Unknown) | None => Verdict::Inconc,
        }
    }
}

/// A window that is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// The scenario's name.
    pub name: String,
    /// Each VBR of the cutover, in its order.
    pub tenants: Vec<Tenant>,
    /// What holds for all of it.
    pub notes: Vec<String>,
}

/// What no saved answer can show.
pub const NOT_TESTABLE: [(&str, &str); 5] = [
    (
        "frames lost, doubled or overtaken",
        "captures or counters at the handover, with stated clocks, of both sides",
    ),
    (
        "the longest silence of a flow",
        "captures at the handover with stated clocks",
    ),
    (
        "MAC addresses before and after",
        "captures at the handover, or the customers' address tables",
    ),
    (
        "interruptions of BGP sessions and BFD",
        "logs of the customers' routers; an answer shows a state, not its history",
    ),
    (
        "what the partner's switches and the customers' ports were set to",
        "the devices themselves",
    ),
];

impl Verification {
    /// The worst of its tenants; INCONC where there is none.
    pub fn verdict(&self) -> Verdict {
        let all: Vec<Verdict> = self.tenants.iter().map(Tenant::verdict).collect();
        match (
            all.contains(&Verdict::Fail),
            all.contains(&Verdict::Inconc) || all.is_empty(),
        ) {
            (true, _) => Verdict::Fail,
            (false, true) => Verdict::Inconc,
            (false, false) => Verdict::Pass,
        }
    }
}

/// The prediction of one cutover, and the answers that it is held against.
struct Scene<'a> {
    before: &'a Inventory,
    after: &'a Inventory,
    /// When the window opened, in seconds since 1970; `None`: nobody says.
    opened: Option<i64>,
    /// When it opens in the scenario.
    window: SimTime,
    calls: &'a BTreeMap<String, Called>,
}

/// Holds saved answers against the cutover of a scenario. `opened`: when the real window opened, in seconds since
/// 1970 (UTC); without it no answer can be told to be older than a step.
///
/// # Errors
/// The scenario has no cutover, or it breaks before it makes, or it cannot be run; the text says why.
pub fn verify(
    scenario: &Expanded,
    before: &Inventory,
    after: &Inventory,
    opened: Option<i64>,
) -> Result<Verification, String> {
    let (world, timing) = predicted(scenario)?;
    let cutover = world.cutover.as_ref().ok_or("the scenario has no cutover")?;
    let scene = Scene {
        before,
        after,
        opened,
        window: cutover.window.0,
        calls: &timing.calls,
    };
    let was = services(before);
    let units: Vec<Service> = cutover.units.iter().map(|unit| of_unit(&world, unit)).collect();
    let found: BTreeMap<usize, usize> = reconcile::pairs(&units, &was).into_iter().collect();
    let tenants = cutover.units.iter().enumerate().map(|(at, unit)| {
        let service = found.get(&at).map(|at| &was[*at]);
        let predicted = outcome(unit, &timing.calls);
        Tenant {
            tenant: unit.tenant.clone(),
            name: unit.vbr.clone(),
            vbr: service.and_then(|service| service.text(Fact::Vbr)).map(str::to_owned),
            fields: fields::of(&scene, unit, &predicted, service),
            predicted,
        }
    });
    let tenants = tenants.collect();
    Ok(Verification {
        name: world.plan.name.clone(),
        tenants,
        notes: notes(&scene),
    })
}

/// The world of the cutover, with what does not pass the freeze check held back, and how its calls end.
fn predicted(scenario: &Expanded) -> Result<(World, Timing), String> {
    let bare = world::with(scenario, &[], &[])?;
    let cutover = bare.cutover.clone().ok_or("the scenario has no cutover")?;
    if cutover.strategy != StrategyWord::InPlace {
        return Err(
            "only a cutover `in_place` can be verified: breaking before making gives every VBR a new id".to_owned(),
        );
    }
    let timing = time(&bare, cutover.window.0);
    let drifts = freeze::check(&bare.plan, &cutover.units, &timing);
    if drifts.is_empty() {
        return Ok((bare, timing));
    }
    let held = hold(scenario, drifts.iter().map(|drift| drift.vbr.as_str()));
    let world = world::with(scenario, &held, &[])?;
    let timing = time(&world, cutover.window.0);
    Ok((world, timing))
}

/// What the scenario knows of a VBR: enough to find it among answers.
fn of_unit(world: &World, unit: &Unit) -> Service {
    let place = Place {
        file: std::sync::Arc::from("the scenario"),
        part: Part::Whole,
    };
    let mut service = Service::new(place.clone());
    let tenant = world.plan.tenants.iter().position(|tenant| tenant.name == unit.tenant);
    let unknown = |word: UnknownWord| {
        let mut all = world.plan.unknown.iter();
        all.any(|(of, known)| Some(of.index()) == tenant && *known == word)
    };
    let mut show = |fact: Fact, value: Value| {
        let place = place.clone();
        service.show(fact, Shown { value, place });
    };
    show(Fact::Tenant, Value::Text(unit.tenant.clone()));
    let account = world.plan.accounts.iter().find(|account| account.name == unit.tenant);
    if let Some(account) = account.filter(|_| !unknown(UnknownWord::Account)) {
        show(Fact::Account, Value::Number(account.uid));
    }
    if !unknown(UnknownWord::Circuit) {
        show(Fact::Circuit, Value::Text(unit.circuit.clone()));
    }
    if !unknown(UnknownWord::VlanId) {
        show(Fact::VlanId, Value::Number(u64::from(unit.vlan)));
    }
    service
}

fn notes(scene: &Scene<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    let undated = scene
        .after
        .answers
        .iter()
        .filter(|answer| answer.taken.is_none())
        .count();
    if scene.opened.is_none() {
        let text = "when the real window opened is not said (--window-at), so no answer can be told to be older than a \
                    step: that those of AFTER were taken after the window rests on your word";
        notes.push(text.to_owned());
    } else if undated > 0 {
        notes.push(format!(
            "{undated} of {} answers of AFTER do not say when they were taken; that it was after the window rests on your word",
            scene.after.answers.len()
        ));
    }
    notes.push(
        "whether the partner still sees a VBR after AttachVbrToVpconn is not documented: that it misses in the partner's \
         answers says nothing"
            .to_owned(),
    );
    notes.push("counters and captures are not read yet".to_owned());
    notes
}
