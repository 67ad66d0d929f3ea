//! Worlds in which deviations are put right, each run once.

use std::collections::{BTreeMap, BTreeSet};

use super::fates::{Fates, Watch};
use crate::contract::Deviation;
use crate::control::Drawn;
use crate::engine::run;
use crate::scenario::{Edit, Expanded, Plan};
use crate::study::pool::in_order;

/// Which deviations are put right, by their places in the list.
pub(super) type Healed = BTreeSet<usize>;

/// The worlds of one scenario.
pub(super) struct Worlds<'a> {
    expanded: &'a Expanded,
    plan: &'a Plan,
    pub deviations: Vec<Deviation>,
    jobs: usize,
    ran: BTreeMap<Healed, Fates>,
}

impl<'a> Worlds<'a> {
    /// # Errors
    /// The scenario cannot be run; the text says why.
    pub(super) fn new(
        expanded: &'a Expanded,
        plan: &'a Plan,
        deviations: Vec<Deviation>,
        jobs: usize,
    ) -> Result<Self, String> {
        let first = fates(plan)?;
        Ok(Self {
            expanded,
            plan,
            deviations,
            jobs,
            ran: [(Healed::new(), first)].into(),
        })
    }

    /// How many worlds were run.
    pub(super) fn count(&self) -> u64 {
        self.ran.len() as u64
    }

    /// Runs those of these worlds that have not been run yet.
    pub(super) fn need(&mut self, worlds: &[Healed]) {
        let distinct: BTreeSet<&Healed> = worlds.iter().filter(|world| !self.ran.contains_key(*world)).collect();
        let new: Vec<Healed> = distinct.into_iter().cloned().collect();
        let fates = in_order(self.jobs, &new, |world| self.healed(world), |_, _| ());
        self.ran.extend(new.into_iter().zip(fates));
    }

    /// What became of frames in a world that was run.
    pub(super) fn fates(&self, world: &Healed) -> &Fates {
        self.ran.get(world).expect("a world is run before it is looked at")
    }

    /// Runs the scenario with these deviations put right. What cannot be put right stays as it is.
    fn healed(&self, world: &Healed) -> Fates {
        let edits = |at: &usize| self.deviations[*at].heal.as_slice();
        let all: Vec<Edit> = world.iter().flat_map(edits).cloned().collect();
        if let Some(fates) = self.ran_with(&all) {
            return fates;
        }
        let mut kept: Vec<Edit> = Vec::new();
        for at in world {
            let mut more = kept.clone();
            more.extend_from_slice(edits(at));
            if self.resolved(&more).is_some() {
                kept = more;
            }
        }
        let unhealed = || self.fates(&Healed::new()).clone();
        self.ran_with(&kept).unwrap_or_else(unhealed)
    }

    fn ran_with(&self, edits: &[Edit]) -> Option<Fates> {
        let fates = fates(&self.resolved(edits)?).ok()?;
        let first = self.fates(&Healed::new());
        debug_assert!(
            fates
                .iter()
                .map(|flow| &flow.name)
                .eq(first.iter().map(|flow| &flow.name)),
            "a healed world has the same flows"
        );
        Some(fates)
    }

    fn resolved(&self, edits: &[Edit]) -> Option<Plan> {
        let mut plan = self.expanded.edit(edits).ok()?.resolve().ok()?;
        plan.seed = self.plan.seed;
        Some(plan)
    }
}

/// Runs a plan and tells what became of its frames.
fn fates(plan: &Plan) -> Result<Fates, String> {
    let (_, watch) = run(plan, Drawn::new(plan.seed), Watch::new(plan)).map_err(|error| error.to_string())?;
    Ok(watch.fates())
}
