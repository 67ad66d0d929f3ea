//! A scenario with changes made, resolved anew.

use super::change::{Change, changes};
use super::search::Set;
use crate::prove::{Snapshots, quiet};
use crate::scenario::{Edit, Expanded, Plan};
use crate::study::{Proof, prove_snapshot, prove_throughout};
use crate::units::SimTime;

/// So many changes are tried for a control that is missing.
const MOST_BESIDE: usize = 16;

/// A scenario, and what may be changed of it.
pub struct Healing<'a> {
    expanded: &'a Expanded,
    plan: &'a Plan,
    /// What may be changed.
    pub changes: Vec<Change>,
}

/// What the proof says of a scenario with changes made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Healed {
    /// Its verdict: PROVED, INCONC, LEAK, UNDECIDED, ERROR.
    pub verdict: &'static str,
    /// Why, where it is not PROVED; else empty.
    pub why: String,
    /// Where the control is missing for another reason than what leaks: the first change with which, made too, it
    /// is PROVED. No leak needs it.
    pub beside: Option<Change>,
}

impl<'a> Healing<'a> {
    /// Everything that may be changed of a scenario.
    ///
    /// # Errors
    /// The scenario cannot be run; the text says why.
    pub fn new(expanded: &'a Expanded, plan: &'a Plan) -> Result<Self, String> {
        Ok(Self {
            expanded,
            plan,
            changes: changes(expanded, plan)?,
        })
    }

    /// The same with what may matter to where frames go alone.
    #[must_use]
    pub fn of_ways(mut self) -> Self {
        self.changes.retain(|change| change.separates);
        self
    }

    /// From which place on the changes are settings.
    pub fn settings(&self) -> usize {
        self.changes.partition_point(|change| !change.is_setting())
    }

    /// The plan with these changes made; `None`: they cannot be made, or it means nothing with them.
    pub fn plan(&self, set: &Set) -> Option<Plan> {
        let edits = set.iter().flat_map(|at| self.changes[*at].heal.iter().cloned());
        let edits: Vec<Edit> = edits.collect();
        let mut plan = self.expanded.edit(&edits).ok()?.resolve().ok()?;
        plan.seed = self.plan.seed;
        Some(plan)
    }

    /// What the proof says of it at a time; `None`: at every time.
    pub fn proved(&self, set: &Set, at: Option<SimTime>) -> Healed {
        let (verdict, why) = self.verdict(set, at);
        let beside = match verdict {
            "INCONC" => self.beside(set, at),
            _ => None,
        };
        Healed { verdict, why, beside }
    }

    /// The first change that lets the proof hold where it lacks a control: each is tried, as far as they are few.
    fn beside(&self, set: &Set, at: Option<SimTime>) -> Option<Change> {
        let others = (0..self.settings()).filter(|other| !set.contains(other));
        let mut others = others.take(MOST_BESIDE);
        let found = others.find(|other| {
            let more: Set = set.iter().copied().chain([*other]).collect();
            self.verdict(&more, at).0 == "PROVED"
        });
        found.map(|other| self.changes[other].clone())
    }

    fn verdict(&self, set: &Set, at: Option<SimTime>) -> (&'static str, String) {
        let Some(plan) = self.plan(set) else {
            return ("ERROR", "the changes cannot be made together".to_owned());
        };
        let plan = quiet(&plan);
        match proof(&plan, at) {
            Ok(proof) => (proof.word(), proof.why(&plan)),
            Err(why) => ("UNDECIDED", why),
        }
    }
}

fn proof(plan: &Plan, at: Option<SimTime>) -> Result<Proof, String> {
    let mut timeline = Snapshots::new(plan).map_err(|e| e.to_string())?;
    let proof = match at {
        Some(at) => {
            timeline.run(at);
            prove_snapshot(plan, &timeline.snapshot())
        }
        None => prove_throughout(plan, &mut timeline, |_, _, _| {}),
    };
    timeline.finish();
    proof.map_err(|e| e.to_string())
}
