//! The ways back of a cutover's own steps, run and judged, for one VBR of each class.

use super::before::{Before, account_name};
use super::conversion::{Actor, Conversion};
use super::damage::Damage;
use super::ways_back::{
    BREAK_BEFORE_MAKE, Called, IN_PLACE, Rebuild, Rebuilt, Step, Terms, Tried, WayBack, longest, walk,
};
use crate::check::Verdict;
use crate::provision::{Difference, OperationName};
use crate::scenario::file::StrategyWord;
use crate::scenario::{Cutover, Plan, Unit};
use crate::units::SimDuration;

/// A call as it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallTold {
    /// Who called.
    pub by: String,
    /// What.
    pub call: OperationName,
    /// The refusal's code; `None`: it was accepted.
    pub refused: Option<String>,
}

/// A step of the cutover, and how it is undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayTold {
    /// The tenant for whom it was run.
    pub representative: String,
    /// VBRs like its own.
    pub vbrs: usize,
    /// The step.
    pub step: Step,
    /// Who takes it.
    pub by: String,
    /// How it is undone.
    pub way: WayBack,
    /// How long that takes at most.
    pub longest: Option<SimDuration>,
    /// The calls that were made: the step, then its way back, up to the first refusal.
    pub calls: Vec<CallTold>,
    /// What is not as it was, but for traces.
    pub remains: Vec<String>,
    /// Did a fee begin on the way?
    pub costs: bool,
    /// Does it lead back? A step without a documented way back has none to judge.
    pub verdict: Verdict,
    /// What the representative noticed of the step and its way back; `None`: no frames were sent.
    pub damage: Option<Damage>,
}

/// A VBR that is built anew after its attach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnewTold {
    /// The tenant for whom it was run.
    pub representative: String,
    /// VBRs like its own.
    pub vbrs: usize,
    /// Where it is built.
    pub how: Rebuild,
    /// The calls that were made, up to the first refusal.
    pub calls: Vec<CallTold>,
    /// What is not as it was.
    pub remains: Vec<String>,
    /// Is there a new VBR at the end?
    pub built: bool,
    /// What the representative noticed; `None`: no frames were sent, or it was not built.
    pub damage: Option<Damage>,
}

/// What the ways back of a class came to.
pub(super) fn told(before: &Before, plan: &Plan, cutover: &Cutover, class: &[Unit]) -> (Vec<WayTold>, Vec<AnewTold>) {
    let known = class
        .iter()
        .find_map(|unit| before.units.iter().find(|(own, _)| own.vbr == unit.vbr));
    let Some((unit, one)) = known else {
        return (Vec::new(), Vec::new());
    };
    let terms = Terms {
        support_case: cutover.containment.support_case,
    };
    let steps: &[Step] = match cutover.strategy {
        StrategyWord::InPlace => &IN_PLACE,
        StrategyWord::BreakBeforeMake => &BREAK_BEFORE_MAKE,
    };
    let walked = walk(&before.state, one, steps, terms);
    let teller = Teller {
        before,
        plan,
        unit,
        vbrs: class.len(),
    };
    let ways = walked.steps.iter().map(|tried| teller.way(tried, one)).collect();
    let anew = walked.rebuilt.iter().map(|rebuilt| teller.anew(rebuilt)).collect();
    (ways, anew)
}

struct Teller<'a> {
    before: &'a Before,
    plan: &'a Plan,
    unit: &'a Unit,
    vbrs: usize,
}

impl Teller<'_> {
    fn way(&self, tried: &Tried, one: &Conversion) -> WayTold {
        let by = match tried.step.by() {
            Actor::Cloud => "the cloud".to_owned(),
            actor => one
                .account(actor)
                .map_or_else(String::new, |id| account_name(self.plan, id)),
        };
        WayTold {
            representative: self.unit.tenant.clone(),
            vbrs: self.vbrs,
            step: tried.step,
            by,
            way: tried.way,
            longest: longest(tried.way, &self.before.state),
            calls: self.calls(&tried.calls),
            remains: self.remains(tried),
            costs: tried.cost_something(),
            verdict: verdict(tried),
            damage: None,
        }
    }

    fn anew(&self, rebuilt: &Rebuilt) -> AnewTold {
        AnewTold {
            representative: self.unit.tenant.clone(),
            vbrs: self.vbrs,
            how: rebuilt.rebuild,
            calls: self.calls(&rebuilt.tried.calls),
            remains: self.remains(&rebuilt.tried),
            built: rebuilt.vbr.is_some(),
            damage: None,
        }
    }

    fn calls(&self, calls: &[Called]) -> Vec<CallTold> {
        let told = calls.iter().map(|called| CallTold {
            by: account_name(self.plan, called.by),
            call: called.call,
            refused: called.refused.clone(),
        });
        told.collect()
    }

    fn remains(&self, tried: &Tried) -> Vec<String> {
        let lasting = tried.differences.iter().filter(|difference| !difference.is_a_trace());
        lasting.map(|difference| self.said(*difference)).collect()
    }

    /// A difference by the scenario's names; what was made on the way has none there.
    fn said(&self, difference: Difference) -> String {
        let law = &self.before.state;
        let vbr = &self.unit.vbr;
        match difference {
            Difference::Port(id) if law.port(id).is_none() => format!("the shared port of {vbr}"),
            Difference::Vbr(id) if law.vbr(id).is_none() => format!("a new VBR beside {vbr}"),
            Difference::Attachment(id) => match law.attachment(id) {
                Some(_) => format!("the attachment of {vbr}"),
                None => format!("a new attachment beside that of {vbr}"),
            },
            Difference::Vlan(_) => format!("{} (held for a time)", self.before.spoken.say(&difference.to_string())),
            other => self.before.spoken.say(&other.to_string()),
        }
    }
}

/// Is nothing otherwise than it was but for traces, and for a VLAN that stays held for a time after it was given
/// back, as the policy `vlan_retention_on_delete` says?
fn is_undone_in_time(tried: &Tried) -> bool {
    let held = |difference: &Difference| matches!(difference, Difference::Vlan(_) | Difference::Pending);
    let mut all = tried.differences.iter();
    all.all(|difference| difference.is_a_trace() || held(difference))
}

/// Does the way back of a step lead back?
fn verdict(tried: &Tried) -> Verdict {
    let step_was_taken = tried
        .calls
        .iter()
        .any(|called| called.call == tried.step.call() && called.refused.is_none());
    match tried.way {
        // Nobody knows of a way back from where nobody came.
        _ if !step_was_taken => Verdict::Inconc,
        WayBack::Documented { .. } if tried.was_accepted() && is_undone_in_time(tried) => Verdict::Pass,
        WayBack::Documented { .. } => Verdict::Fail,
        // What no page documents cannot be run.
        WayBack::Policy { .. } => Verdict::NotTestable,
        WayBack::Nothing { .. } => Verdict::NotApplicable,
    }
}
