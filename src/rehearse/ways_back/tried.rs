//! A way back is run on the law, and what then differs is named.

use super::{Step, Terms, WayBack};
use crate::ident::AccountId;
use crate::provision::{Call, Choices, Defaults, Difference, Event, Operation, OperationName, Reply, State};
use crate::rehearse::conversion::Conversion;
use crate::rehearse::hands;
use crate::units::SimDuration;

/// A call that was made on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// Who called.
    pub by: AccountId,
    /// What.
    pub call: OperationName,
    /// The refusal's code; `None`: it was accepted.
    pub refused: Option<String>,
}

/// What became of a step and its way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Which step.
    pub step: Step,
    /// How it is undone.
    pub way: WayBack,
    /// The calls that were made: the step, then its way back, up to the first refusal.
    pub calls: Vec<Called>,
    /// What is not as it was before the step, in order.
    pub differences: Vec<Difference>,
    /// Events on the way that begin or end a bill, in order.
    pub money: Vec<Event>,
}

impl Tried {
    /// Was everything accepted?
    pub fn was_accepted(&self) -> bool {
        self.calls.iter().all(|call| call.refused.is_none())
    }

    /// Is everything as it was, but for traces that matter to nobody's frames, rights or bill?
    pub fn is_undone(&self) -> bool {
        self.was_accepted() && self.differences.iter().all(|difference| difference.is_a_trace())
    }

    /// Did a fee begin on the way? What was paid by then stays paid: no page names a refund.
    pub fn cost_something(&self) -> bool {
        let mut money = self.money.iter();
        money.any(|event| matches!(event, Event::PortFeeStarted { .. } | Event::OutboundStarted { .. }))
    }
}

/// Calls on a copy of the state, with their outcomes awaited.
pub(super) struct Walk<'s> {
    pub(super) state: State,
    before: &'s State,
    pub(super) calls: Vec<Called>,
    money: Vec<Event>,
}

impl<'s> Walk<'s> {
    pub(super) fn new(before: &'s State) -> Self {
        Self::since(before, before)
    }

    /// From the state as it stands; what then differs is told against an earlier one.
    pub(super) fn since(now: &State, before: &'s State) -> Self {
        Self {
            state: now.clone(),
            before,
            calls: Vec::new(),
            money: Vec::new(),
        }
    }

    /// Calls, and waits for what the call set going: retentions and lifetimes are not waited for.
    pub(super) fn call(&mut self, by: AccountId, op: Operation, choices: &mut dyn Choices) -> Option<Reply> {
        let name = op.operation();
        let known = self.state.outcomes();
        let reply = self.state.call(by, &Call::from(op), choices);
        self.calls.push(Called {
            by,
            call: name,
            refused: reply.as_ref().err().map(|error| error.code.to_owned()),
        });
        let reply = reply.ok()?;
        self.money.extend(reply.events.iter().cloned());
        for outcome in self.state.outcomes() {
            let only_time = outcome.freed().is_some() || outcome.done() == crate::provision::Done::PortExpired;
            if !only_time && !known.contains(&outcome) {
                let done = self.state.bring_about(outcome);
                self.money.extend(done.into_iter().flat_map(|done| done.events));
            }
        }
        Some(reply)
    }

    /// A call of the conversion by its name; `None` where it was refused or there is nothing to call.
    pub(super) fn named(&mut self, conversion: &Conversion, by: AccountId, name: OperationName) -> Option<Reply> {
        let op = hands::call(&self.state, conversion, name)?;
        self.call(by, op, &mut Defaults)
    }

    pub(super) fn end(self, step: Step, way: WayBack) -> Tried {
        Tried {
            step,
            way,
            calls: self.calls,
            differences: self.state.differences(self.before),
            money: self.money,
        }
    }
}

/// Takes `step` from `before`, and its documented way back; `None` where the conversion cannot take it
/// here. A way back by a policy, and none, leave the step as it is.
pub fn try_back(before: &State, conversion: &Conversion, step: Step, terms: Terms) -> Option<Tried> {
    let op = hands::call(before, conversion, step.call())?;
    let mut walk = Walk::new(before);
    let by = conversion.account(step.by())?;
    walk.call(by, op, &mut Defaults)?;
    let way = step.way_back(terms);
    back(&mut walk, conversion, way);
    Some(walk.end(step, way))
}

/// Takes the documented way back of a step that was taken some time ago, from the state as it stands.
pub fn undo(now: &State, conversion: &Conversion, step: Step, terms: Terms) -> Tried {
    let mut walk = Walk::new(now);
    let way = step.way_back(terms);
    back(&mut walk, conversion, way);
    walk.end(step, way)
}

pub(super) fn back(walk: &mut Walk<'_>, conversion: &Conversion, way: WayBack) {
    let WayBack::Documented { calls, .. } = way else { return };
    for next in calls {
        let Some(by) = hands::account(&walk.state, conversion, next.by) else {
            return;
        };
        if walk.named(conversion, by, next.call).is_none() {
            return;
        }
    }
}

/// How long a way back takes at most, by the lead times in force; the support's, by its policy.
pub fn longest(way: WayBack, state: &State) -> Option<SimDuration> {
    use crate::provision::Lead;
    let leads = &state.premises().leads;
    let lead = |call| match call {
        OperationName::TerminatePhysicalConnection => leads.range(Lead::ConnectionTerminate).max,
        OperationName::RecoverVirtualBorderRouter => leads.range(Lead::VbrRecover).max,
        OperationName::TerminateVirtualBorderRouter => leads.range(Lead::VbrTerminate).max,
        _ => SimDuration::ZERO,
    };
    match way {
        WayBack::Documented { calls, .. } => {
            let spans = calls.iter().map(|next| lead(next.call));
            Some(spans.fold(SimDuration::ZERO, SimDuration::saturating_add))
        }
        WayBack::Policy { delay, .. } => Some(delay),
        WayBack::Nothing { .. } => None,
    }
}
