//! Where a cutover begins: the law before its first step, and which conversion each of its VBRs makes there.

use super::conversion::Conversion;
use super::explore::{Bounds, Exploration, TheLaw, World as Explored, explore_world};
use super::spoken::Spoken;
use super::states::HalfDone;
use super::timing::{Timing, time};
use super::ways_back::{Waiting, waiting};
use super::world::{self, World};
use crate::ident::AccountId;
use crate::provision::State;
use crate::scenario::{Edit, Expanded, Plan, Unit};
use crate::units::SimDuration;

/// The law before a cutover's first step, and after its last.
pub(super) struct Before {
    /// Before the partner begins to make ports.
    pub state: State,
    /// The VBRs of the cutover that can be converted there, each with its conversion.
    pub units: Vec<(Unit, Conversion)>,
    /// How the law goes with the cutover.
    pub timing: Timing,
    /// What ids are called that the cutover does not make.
    pub spoken: Spoken,
}

/// Where a VBR of the cutover's stands, as the plan goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stands {
    /// The VBR.
    pub vbr: String,
    /// Whose.
    pub tenant: String,
    /// Before the window opens.
    pub at_window: HalfDone,
    /// At the end.
    pub at_end: HalfDone,
    /// What each day of waiting costs from the acceptance on.
    pub waiting: Waiting,
    /// Who pays for it.
    pub payer: String,
    /// From the acceptance to the attach; `None`: one of them is never called.
    pub waits: Option<SimDuration>,
}

impl Before {
    /// # Errors
    /// A world cannot be; the text says why.
    pub(super) fn new(scenario: &Expanded, held: &[Edit], bare: &World) -> Result<Self, String> {
        let cutover = bare.cutover.as_ref().ok_or("the scenario has no cutover")?;
        let quiet = world::without(scenario, cutover, held, &[])?;
        let before = time(&quiet, cutover.prepare);
        let timing = time(bare, cutover.window.0);
        let units = cutover.units.iter().filter_map(|unit| {
            let vbr = before.bound.get(&unit.vbr)?.vbr()?;
            Some((unit.clone(), Conversion::of(&before.seen, vbr)?))
        });
        Ok(Self {
            units: units.collect(),
            state: before.seen,
            spoken: before.spoken,
            timing,
        })
    }

    /// Where each VBR stands, and what its waiting costs.
    pub(super) fn standings(&self, plan: &Plan) -> Vec<Stands> {
        let all = self.units.iter().map(|(unit, one)| {
            let waiting = waiting(&self.timing.seen, one, plan.prices.as_ref());
            let called = |word: &str| {
                let step = unit.steps.iter().find(|step| step.name.ends_with(word))?;
                let call = self.timing.calls.get(&step.name)?;
                call.error.is_none().then_some(call.at)
            };
            let waits = called(".confirm").zip(called(".attach"));
            Stands {
                vbr: unit.vbr.clone(),
                tenant: unit.tenant.clone(),
                at_window: HalfDone::of(&self.timing.seen, one),
                at_end: HalfDone::of(&self.timing.end, one),
                payer: account_name(plan, waiting.payer),
                waiting,
                waits: waits.map(|(from, to)| to.saturating_since(from)),
            }
        });
        all.collect()
    }

    /// Every interleaving of the conversions of the cutover's VBRs; what else there is stays as it is.
    pub(super) fn explore(&self, bounds: Bounds) -> Exploration {
        let all = Conversion::all(&self.state);
        let unit = |one: &Conversion| {
            self.units
                .iter()
                .find(|(_, own)| own.vbr == one.vbr)
                .map(|(unit, _)| unit)
        };
        let names = all
            .iter()
            .map(|one| unit(one).map_or_else(String::new, |unit| self.name(unit)));
        let names = names.collect();
        let own: Vec<usize> = (0..all.len()).filter(|at| unit(&all[*at]).is_some()).collect();
        let world = Explored::new(self.state.clone(), all, names, bounds).only(&own);
        let mut found = explore_world(&world, &TheLaw);
        for sentence in &mut found.argument {
            *sentence = self.spoken.say(sentence);
        }
        for violation in found.groups.iter_mut().flat_map(|group| &mut group.violations) {
            violation.says = self.spoken.say(&violation.says);
        }
        found
    }

    /// A tenant by its name, and by its VBR where it has several.
    fn name(&self, unit: &Unit) -> String {
        let several = self
            .units
            .iter()
            .filter(|(other, _)| other.tenant == unit.tenant)
            .count()
            > 1;
        match several {
            true => format!("{} ({})", unit.tenant, unit.vbr),
            false => unit.tenant.clone(),
        }
    }
}

/// The name of an account.
pub(super) fn account_name(plan: &Plan, id: AccountId) -> String {
    let found = plan.accounts.get(id.index());
    found.map_or_else(String::new, |account| account.name.clone())
}
