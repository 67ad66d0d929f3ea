//! What a rehearsal came to.

use super::before::Stands;
use super::damage::Damage;
use super::explore::{self, Exploration};
use super::freeze::Drift;
use super::largest::Bracket;
use super::rights::Right;
use super::undone::{AnewTold, WayTold};
use crate::check::{Line, Verdict};
use crate::provision::{AttachEffect, Policies};
use crate::record::ClientUse;
use crate::scenario::plan::Expected;
use crate::scenario::{Carried, Cutover};
use crate::units::{SimDuration, SimTime};

/// What became of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It hangs on its shared port.
    Converted,
    /// It is converted in another window.
    CarriedOver(Carried),
    /// A step of it was refused, or never called.
    Stopped {
        /// The step.
        step: String,
        /// The API's error code and message; `None`: it was never called.
        why: Option<(String, String)>,
    },
    /// It is a neighbour's, which nothing converts.
    Neighbour,
}

/// A step as it was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepTold {
    /// Its name.
    pub name: String,
    /// When; `None`: never.
    pub at: Option<SimTime>,
    /// Who calls.
    pub by: String,
    /// What.
    pub operation: &'static str,
    /// The code by which it was refused.
    pub refused: Option<String>,
}

/// One service in one world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceTold {
    /// Whose.
    pub tenant: String,
    /// Its data centre.
    pub idc: String,
    /// Its VBR, where the cutover converts it.
    pub vbr: Option<String>,
    /// Its wave.
    pub wave: Option<usize>,
    /// Is it the partner's own test tenant's?
    pub is_test: bool,
    /// What became of it.
    pub outcome: Outcome,
    /// What it noticed.
    pub damage: Damage,
    /// Does that keep the budget?
    pub verdict: Verdict,
    /// Steps of it without a frame on its way, each way.
    pub unseen: Vec<String>,
    /// What nobody knows of it, and a stand-in was run for; nothing is claimed then.
    pub unknown: Vec<&'static str>,
    /// What is not as it was inherited; empty: all is.
    pub changed: Vec<String>,
    /// Octets of it that its port was billed, and to whom: by account.
    pub billed: Vec<(String, u64)>,
}

/// One world against the same without the cutover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// What is assumed, as a scenario would write it.
    pub assumed: String,
    /// The effect of the attach.
    pub effect: AttachEffect,
    /// Is it the run by which the cutover is judged?
    pub judged: bool,
    /// Were all tenants in it, or a representative of each class with its neighbours?
    pub whole: bool,
    /// Each service.
    pub services: Vec<ServiceTold>,
    /// Steps in order of time.
    pub steps: Vec<StepTold>,
    /// Frames at foreign places.
    pub leaks: u64,
    /// Who answers for what was lost, by tenant; empty: nobody was asked.
    pub answers: Vec<(String, String)>,
    /// What the callers' clients did beside the steps.
    pub clients: ClientUse,
    /// Lines of the run's own judgement, where it was judged.
    pub lines: Vec<Line>,
}

impl Run {
    /// The worst verdict of its services.
    pub fn verdict(&self) -> Verdict {
        let mut worst = Verdict::Pass;
        for service in &self.services {
            worst = match (worst, service.verdict) {
                (Verdict::Fail, _) | (_, Verdict::Fail) => Verdict::Fail,
                (Verdict::Pass, other) => other,
                (other, _) => other,
            };
        }
        match (self.services.is_empty(), self.leaks) {
            (_, 1..) => Verdict::Fail,
            (true, _) => Verdict::Inconc,
            (false, 0) => worst,
        }
    }
}

/// The longest interruption of one kind that keeps a class's budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Largest {
    /// The tenant for whom it was searched.
    pub representative: String,
    /// The VBRs that are like its own.
    pub class: Vec<String>,
    /// The kind of effect.
    pub kind: &'static str,
    /// Where the search ended.
    pub bracket: Bracket,
}

/// One fault at one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The tenant on whom it was tried, for all of its class.
    pub representative: String,
    /// The fault.
    pub fault: &'static str,
    /// The step, by its last word.
    pub step: String,
    /// Before, during or after it; empty: it has no time.
    pub phase: &'static str,
    /// What is assumed of the attach.
    pub assumed: String,
    /// What became of the representative.
    pub outcome: Outcome,
    /// Who noticed what, against the same fault without the cutover; those who noticed nothing are left out.
    pub noticed: Vec<(String, Damage)>,
    /// Does everybody's keep the budget?
    pub verdict: Verdict,
    /// Who answers, by tenant.
    pub answers: Vec<(String, String)>,
}

/// A whole rehearsal.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    /// The scenario's name.
    pub name: String,
    /// Root of every random stream.
    pub seed: u64,
    /// The cutover.
    pub cutover: Cutover,
    /// Is the effect by which it is judged assumed, not measured?
    pub hypothetical: bool,
    /// From one probe to the next.
    pub interval: SimDuration,
    /// Who did not pass the freeze check.
    pub drifts: Vec<Drift>,
    /// Whole worlds, then small ones.
    pub runs: Vec<Run>,
    /// The longest interruptions that keep budgets.
    pub largest: Vec<Largest>,
    /// Where each VBR stands before the window and at the end.
    pub standings: Vec<Stands>,
    /// The policies in force: what works in a half-done state depends on them.
    pub policies: Policies,
    /// The currency of prices; empty: there are none.
    pub currency: String,
    /// The way back of each step, for one VBR of each class.
    pub ways_back: Vec<WayTold>,
    /// A VBR built anew after its attach.
    pub anew: Vec<AnewTold>,
    /// Every interleaving; `None`: they were not explored.
    pub explored: Option<Exploration>,
    /// Faults at every step.
    pub faults: Vec<Cell>,
    /// Calls that are answered otherwise afterwards.
    pub rights: Vec<Right>,
    /// The proof of isolation at every state.
    pub proof: Option<Line>,
    /// How many worlds were run.
    pub worlds: u64,
}

impl Rehearsal {
    /// How the cutover stands: by the runs by which it is judged, by the proof, by ways back that do not lead
    /// back, and by every interleaving where they were explored.
    pub fn verdict(&self) -> Verdict {
        let judged = self.runs.iter().filter(|run| run.judged).map(Run::verdict);
        // What the scenario expects to depart may do so; what it expects beside that is no rehearsal's business.
        let lines = self.runs.iter().filter(|run| run.judged).flat_map(|run| &run.lines);
        let wrong = lines.filter(|line| line.verdict == Verdict::Fail && line.expected != Expected::Fail);
        let proof = self
            .proof
            .iter()
            .map(|line| line.verdict)
            .chain(wrong.map(|line| line.verdict));
        let ways = self.ways_back.iter().map(|way| way.verdict);
        let ways = ways.filter(|verdict| *verdict == Verdict::Fail);
        let all: Vec<Verdict> = judged.chain(proof).chain(ways).chain(self.interleavings()).collect();
        let worst = [Verdict::Error, Verdict::Fail, Verdict::Inconc];
        let found = worst.into_iter().find(|worst| all.contains(worst));
        // Where nobody is converted, no conversion could have failed.
        let services = self.runs.iter().filter(|run| run.judged).flat_map(|run| &run.services);
        let converts = services
            .into_iter()
            .any(|service| service.outcome == Outcome::Converted);
        if found.is_none() && !converts {
            return Verdict::Inconc;
        }
        found.unwrap_or(if all.is_empty() { Verdict::Inconc } else { Verdict::Pass })
    }

    /// How the interleavings stand; `None`: they were not explored.
    pub fn interleavings(&self) -> Option<Verdict> {
        self.explored.as_ref().map(|explored| match explored.verdict() {
            explore::Verdict::Pass => Verdict::Pass,
            explore::Verdict::Fail => Verdict::Fail,
            explore::Verdict::Inconclusive => Verdict::Inconc,
        })
    }

    /// The scenario that replays the first violation that an interleaving shows; `None`: there is none.
    pub fn replay(&self) -> Option<&str> {
        let groups = self.explored.iter().flat_map(|explored| &explored.groups);
        let violations = groups.flat_map(|group| &group.violations);
        violations
            .into_iter()
            .find_map(|violation| violation.scenario.as_deref().ok())
    }

    /// VBRs that are carried over into another window, each with the reason.
    pub fn carried_over(&self) -> Vec<(String, String)> {
        let units = self.cutover.units.iter();
        let carried = units.filter_map(|unit| {
            let drift = self.drifts.iter().find(|drift| drift.vbr == unit.vbr);
            let why = drift.map(|drift| drift.what.join("; "));
            Some((unit.vbr.clone(), why.unwrap_or(unit.carried_over?.to_string())))
        });
        carried.collect()
    }
}
