//! The law in time: calls, what they bring about later, and what both mean for the boxes.
//!
//! It names no plan and reads no file. Whoever uses it says where services run ([`Sites`]), calls
//! ([`Law::call`]), lets time pass ([`Law::advance`]) whenever something is due ([`Law::next`]), and
//! pulls what the data plane has to do ([`Law::lower`]).
//!
//! Invariant: after [`Law::lower`] the data plane is what the law says, by one lowering.

mod bursts;
mod holdings;
mod interruptions;
mod partner;
mod services;
mod sites;

pub use bursts::Bursts;
pub use holdings::Holdings;
pub use sites::{CircuitSite, PolicedPort, PolicedSite, Sites, VbrSite};

use std::collections::VecDeque;

use super::command::Commands;
use crate::evidence::NodeChange;
use crate::ident::{AccountId, NodeId};
use crate::node::SwitchChange;
use crate::provision::money::Ledger;
use crate::provision::{About, ApiError, Call, Choices, Event, OperationName, PcId, Reply, ServiceKey, State, VbrId};
use crate::record::{Cause, Happening, SlotFact, Touched};
use crate::units::{SimDuration, SimTime};
use interruptions::Interruptions;
pub(super) use services::Services;
#[cfg(test)]
pub(super) use services::sub_interface_id;

/// What the data plane has yet to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// A service's boxes are brought to what the law says.
    Service(ServiceKey),
    /// A service's meter is read: a bill begins or ends here.
    Meter(ServiceKey),
}

/// A change of a VBR's health that its transit router has yet to react to.
#[derive(Debug, Clone, Copy)]
struct Noticed {
    due: SimTime,
    node: NodeId,
    /// Whose check it was, where the router switches on it.
    vbr: Option<VbrId>,
    healthy: bool,
}

/// What is left of the law at the end.
#[derive(Debug)]
pub struct Left {
    /// The state.
    pub state: State,
    /// When fees started and stopped.
    pub ledger: Ledger,
    /// What was shown of each service whenever it changed, in order.
    pub facts: Vec<SlotFact>,
    /// What calls and their outcomes touched, in order of time.
    pub happenings: Vec<Happening>,
}

/// The law, its clock, its ledger, and what it has ordered.
#[derive(Debug)]
pub struct Law<C> {
    state: State,
    ledger: Ledger,
    choices: C,
    /// The state has been advanced to here.
    clock: SimTime,
    pub(super) services: Services,
    due: Vec<Due>,
    /// VBRs whose health changed, in the order in which the transit routers learn of it.
    noticed: VecDeque<Noticed>,
    facts: Vec<SlotFact>,
    /// Calls that were accepted.
    calls: u32,
    happenings: Vec<Happening>,
    interruptions: Interruptions,
}

impl<C: Choices> Law<C> {
    /// The law at time zero.
    pub fn new(state: State, sites: Sites, choices: C) -> Self {
        Self {
            services: Services::new(sites, &state),
            state,
            ledger: Ledger::default(),
            choices,
            clock: SimTime::ZERO,
            due: Vec::new(),
            noticed: VecDeque::new(),
            facts: Vec::new(),
            calls: 0,
            happenings: Vec::new(),
            interruptions: Interruptions::default(),
        }
    }

    /// The state as it stands, of all accounts.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The time that the state has been advanced to.
    pub fn now(&self) -> SimTime {
        self.clock
    }

    /// How often something happened so far, or ended: what touched a service, and every call that was
    /// accepted.
    pub fn happened(&self) -> usize {
        self.happenings.len() + self.calls as usize + self.interruptions.ended()
    }

    /// What was shown of each service whenever it changed, in order.
    pub fn facts(&self) -> &[SlotFact] {
        &self.facts
    }

    /// What one account has and owes.
    pub fn holdings(&self, account: AccountId) -> Holdings<'_> {
        Holdings {
            state: &self.state,
            ledger: &self.ledger,
            account,
        }
    }

    /// The circuit with this id is the one at this index of the sites.
    pub fn place_circuit(&mut self, id: PcId, circuit: usize) {
        self.services.place_circuit(id, circuit);
    }

    /// The VBR with this id runs at this index of the sites.
    pub fn place_vbr(&mut self, id: VbrId, slot: usize) {
        self.services.place_vbr(id, slot);
    }

    /// When something is due: an outcome of an earlier call, the reaction to what was noticed, or the end
    /// of an interruption.
    pub fn next(&self) -> Option<SimTime> {
        let noticed = self.noticed.front().map(|noticed| noticed.due);
        let due = [self.next_completion(), noticed, self.interruptions.next()];
        due.into_iter().flatten().min()
    }

    /// When the outcome of an earlier call is due.
    pub fn next_completion(&self) -> Option<SimTime> {
        let span = self.state.next_completion()?;
        self.clock.checked_add(span)
    }

    /// The next call is this one: what the law leaves open is drawn by it.
    pub fn about(&mut self, call: About) {
        self.choices.about(call);
    }

    /// Calls an operation now. What it means for the boxes waits for [`Law::lower`], so that what it
    /// created can be placed before.
    ///
    /// # Errors
    /// Where the law refuses the call; then nothing has changed.
    pub fn call(&mut self, by: AccountId, call: &Call) -> Result<Reply, ApiError> {
        let reply = self.state.call(by, call, &mut self.choices)?;
        let cause = Cause::Call(self.calls);
        self.calls += 1;
        self.note(self.clock, cause, &reply.touched, &reply.events);
        if let (OperationName::AttachVbrToVpconn, Some(key)) = (call.op.operation(), reply.touched.first()) {
            let effect = self.state.premises().policies.attach_effect;
            self.interruptions.begin(effect, self.clock, *key);
        }
        Ok(reply)
    }

    /// Time passes up to `to`; what is due by then comes about, in order.
    pub fn advance(&mut self, to: SimTime) {
        assert!(to >= self.clock, "time never goes back");
        let start = self.clock;
        self.clock = to;
        for completion in self.state.advance(to.saturating_since(start)) {
            let at = start.saturating_add(completion.after);
            debug_assert!(at <= to, "nothing completes later than time has come to");
            let cause = Cause::Outcome(completion.done);
            self.note(at, cause, &completion.touched, &completion.events);
        }
    }

    /// Books what money depends on, and notes what happened and what the data plane has to do.
    fn note(&mut self, at: SimTime, cause: Cause, touched: &[ServiceKey], events: &[Event]) {
        let services = touched
            .iter()
            .filter_map(|key| self.services.touched(&self.state, *key));
        let touched_here: Vec<Touched> = services.collect();
        if !touched_here.is_empty() {
            self.happenings.push(Happening {
                at,
                cause,
                touched: touched_here,
            });
        }
        self.due.extend(touched.iter().map(|key| Due::Service(*key)));
        for event in events {
            self.ledger.fold(at, event);
            if let Event::OutboundStarted { service, .. } | Event::OutboundStopped { service, .. } = event {
                self.due.push(Due::Meter(*service));
            }
        }
    }

    /// What an operator's hand in a partner's switch comes to, with what is sold there by now.
    pub fn by_hand(&mut self, node: NodeId, change: &SwitchChange) -> SwitchChange {
        self.services.by_hand(node, change)
    }

    /// How long after it has noticed something it acts on that, by the policy `reaction`.
    pub fn reaction(&self) -> SimDuration {
        self.state.premises().policies.reaction.time()
    }

    /// A node told of a change at `now`. Where the transit router switches on the health of a VBR, it
    /// has to learn of it.
    pub fn noticed(&mut self, now: SimTime, node: NodeId, change: NodeChange) {
        let NodeChange::Health { healthy, .. } = change else {
            return;
        };
        let vbr = self.services.switches_on_health(&self.state, node);
        if vbr.is_some() || healthy {
            let due = now.saturating_add(self.reaction());
            // In order of time and node, in whichever order nodes told of it.
            let at = self
                .noticed
                .partition_point(|other| (other.due, other.node) <= (due, node));
            let noticed = Noticed {
                due,
                node,
                vbr,
                healthy,
            };
            self.noticed.insert(at, noticed);
        }
    }

    /// The transit routers react to what was noticed long enough ago. A VBR counts as usable unless
    /// its own check, if the router still switches on it, says otherwise.
    fn react(&mut self, commands: &mut Commands) {
        while let Some(noticed) = self
            .noticed
            .front()
            .copied()
            .filter(|noticed| noticed.due <= self.clock)
        {
            self.noticed.pop_front();
            let vbr = self.services.switches_on_health(&self.state, noticed.node);
            if noticed.healthy || vbr == noticed.vbr {
                self.services.tell_router(noticed.node, noticed.healthy, commands);
            }
        }
    }

    /// What the boxes have to do to be what the law says now.
    pub fn lower(&mut self, commands: &mut Commands) {
        for due in std::mem::take(&mut self.due) {
            match due {
                Due::Service(key) => {
                    let fact = self.services.refresh(&self.state, key, self.clock, commands);
                    self.facts.extend(fact);
                }
                Due::Meter(key) => self.services.read_meter(&self.state, key, commands),
            }
        }
        self.react(commands);
        let effect = self.state.premises().policies.attach_effect;
        self.interruptions.lower(effect, &self.services, self.clock, commands);
        debug_assert_eq!(
            self.services.wrong(&self.state),
            None,
            "the data plane is what the law says"
        );
    }

    /// What is left of it, with time run on to `end`.
    pub fn finish(mut self, end: SimTime) -> Left {
        self.advance(end.max(self.clock));
        Left {
            state: self.state,
            ledger: self.ledger,
            facts: self.facts,
            happenings: self.happenings,
        }
    }
}
