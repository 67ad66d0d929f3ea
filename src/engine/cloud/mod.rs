//! The cloud's control plane in a run: provisioning steps, their delayed outcomes, faults.
//!
//! It asks the law ([`State`]), and orders the data plane to be what the law says.

mod bursts;
mod choices;
mod partner;
mod services;

use std::collections::BTreeMap;

use super::control::{Commands, Controller};
use crate::evidence::{NodeChange, ServiceFact, StepRecord};
use crate::ident::NodeId;
use crate::node::{Change, VpcChange};
use crate::provision::money::Ledger;
use crate::provision::{ApiError, Bindings, Call, Choices, Event, Reply, ResourceId, State};
use crate::scenario::Plan;
use crate::scenario::plan::{Fault, StepPlan};
use crate::units::{SimDuration, SimTime};

pub use choices::Drawn;
use services::Services;

/// What the control plane showed of a service, with the slot that its VBR runs in.
pub type SlotFact = (Option<usize>, ServiceFact);

/// What the control plane leaves behind.
#[derive(Debug)]
pub struct CloudRecord {
    /// The law at the end.
    pub law: State,
    /// When fees started and stopped.
    pub ledger: Ledger,
    /// How each step ended, in order.
    pub steps: Vec<StepRecord>,
    /// What was shown of each service whenever it changed, in order.
    pub facts: Vec<SlotFact>,
    /// The cloud's ids of the plan's circuits, by index.
    pub circuits: Vec<ResourceId>,
}

/// The control plane of one run.
pub struct Cloud<'p, C> {
    plan: &'p Plan,
    law: State,
    ledger: Ledger,
    choices: C,
    /// The law has been advanced to here.
    clock: SimTime,
    next_step: usize,
    next_fault: usize,
    /// What steps have bound.
    names: Bindings,
    services: Services,
    /// Transit routers that switch on a VBR's health, by the VBR's node.
    health: BTreeMap<NodeId, usize>,
    noticed: Vec<(NodeId, bool)>,
    steps: Vec<StepRecord>,
    facts: Vec<SlotFact>,
}

impl<'p, C: Choices> Cloud<'p, C> {
    /// The control plane at time zero, before its first step. `law` and the ids of the plan's
    /// circuits are the plan's own, `slots` maps (circuit, VLAN) to what the observers count.
    pub fn new(plan: &'p Plan, choices: C, gates: super::run::Gates) -> Self {
        let (law, circuits) = (plan.law.clone(), plan.circuit_ids.clone());
        let planned = plan.circuits.iter().enumerate();
        let planned = planned.filter_map(|(i, circuit)| Some((circuit.created_by?, i)));
        let mut services = Services::new(plan, gates);
        for (i, id) in circuits.iter().enumerate() {
            if let Some(id) = id.connection() {
                services.bind_circuit(id, i);
            }
        }
        Self {
            plan,
            law,
            ledger: Ledger::default(),
            choices,
            clock: SimTime::ZERO,
            next_step: 0,
            next_fault: 0,
            names: Bindings::new(plan.bindings.len(), circuits, planned),
            services,
            health: plan
                .vbr_slots
                .iter()
                .enumerate()
                .map(|(i, slot)| (slot.node, i))
                .collect(),
            noticed: Vec::new(),
            steps: Vec::with_capacity(plan.steps.len()),
            facts: Vec::new(),
        }
    }

    /// What is left of it at the end, with time run on to `end`.
    pub fn finish(mut self, end: SimTime) -> CloudRecord {
        let span = end.saturating_since(self.clock);
        let start = self.clock;
        for completion in self.law.advance(span) {
            for event in &completion.events {
                self.ledger.fold(start.saturating_add(completion.after), event);
            }
        }
        CloudRecord {
            law: self.law,
            ledger: self.ledger,
            steps: self.steps,
            facts: self.facts,
            circuits: self.names.circuits().to_vec(),
        }
    }

    /// Books what money depends on; where outbound billing starts or stops, the meter is read.
    fn book(&mut self, at: SimTime, events: &[Event], commands: &mut Commands) {
        for event in events {
            self.ledger.fold(at, event);
            if let Event::OutboundStarted { service, .. } | Event::OutboundStopped { service, .. } = event {
                self.services.read_meter(&self.law, *service, commands);
            }
        }
    }

    fn advance(&mut self, now: SimTime, commands: &mut Commands) {
        let start = self.clock;
        self.clock = now;
        for completion in self.law.advance(now.saturating_since(start)) {
            let at = start.saturating_add(completion.after);
            for key in &completion.touched {
                self.refresh(*key, commands);
            }
            self.book(at, &completion.events, commands);
        }
    }

    fn refresh(&mut self, key: crate::provision::ServiceKey, commands: &mut Commands) {
        if let Some(fact) = self.services.refresh(self.plan, &self.law, key, self.clock, commands) {
            self.facts.push(fact);
        }
    }

    fn step(&mut self, step: &'p StepPlan, now: SimTime, commands: &mut Commands) {
        let index = u32::try_from(self.next_step).unwrap_or(u32::MAX);
        let error = match self.call(step) {
            Ok(reply) => {
                self.bind(step, &reply);
                for key in reply.touched {
                    self.refresh(key, commands);
                }
                self.book(now, &reply.events, commands);
                None
            }
            Err(error) => Some((error.code.to_owned(), error.message)),
        };
        self.steps.push(StepRecord {
            step: index,
            at: now,
            by: step.by,
            error,
        });
    }

    fn call(&mut self, step: &StepPlan) -> Result<Reply, ApiError> {
        let call = Call {
            op: step.operation.bind(&|hole| self.names.resource(hole)),
            token: step.token.clone(),
            dry_run: step.dry_run,
        };
        self.law.call(step.by, &call, &mut self.choices)
    }

    fn bind(&mut self, step: &StepPlan, reply: &Reply) {
        let Some(created) = reply.created else { return };
        if let Some(binding) = step.as_name {
            let circuit = self.names.bind(binding, created);
            if let (Some(i), Some(id)) = (circuit, created.connection()) {
                self.services.bind_circuit(id, i);
            }
        }
        if let (Some(vbr), Some(slot)) = (created.vbr(), step.slot) {
            self.services.bind_vbr(vbr, slot);
        }
    }

    fn fault(&mut self, fault: &Fault, commands: &mut Commands) {
        match fault {
            Fault::Link(link, change) => commands.link(*link, *change),
            Fault::Switch(node, change) => {
                let change = self.services.by_hand(self.plan, *node, change);
                commands.node(*node, Change::Switch(change));
            }
            Fault::Vpc(node, change) => commands.node(*node, Change::Vpc(change.clone())),
        }
    }
}

impl<C: Choices> Controller for Cloud<'_, C> {
    fn next(&self) -> Option<SimTime> {
        let step = self.plan.steps.get(self.next_step).map(|s| s.at);
        let fault = self.plan.faults.get(self.next_fault).map(|f| f.at);
        let completion = self.law.next_completion().and_then(|span| self.clock.checked_add(span));
        let noticed = (!self.noticed.is_empty()).then_some(self.clock);
        [step, fault, completion, noticed].into_iter().flatten().min()
    }

    /// Outcomes of earlier calls first, then what nodes told, then steps, then faults.
    fn act(&mut self, now: SimTime, commands: &mut Commands) {
        self.advance(now, commands);
        for (vbr, usable) in std::mem::take(&mut self.noticed) {
            let slot = self.health.get(&vbr).map(|i| &self.plan.vbr_slots[*i]);
            if let Some((vpc, port)) = slot.and_then(|s| s.vpc) {
                commands.node(vpc, Change::Vpc(VpcChange::Usable(port, usable)));
            }
        }
        while let Some(step) = self.plan.steps.get(self.next_step).filter(|s| s.at <= now) {
            self.step(step, now, commands);
            self.next_step += 1;
            // An outcome without delay is there before the next step asks for it.
            if self.law.next_completion() == Some(SimDuration::ZERO) {
                self.advance(now, commands);
            }
        }
        while let Some(fault) = self.plan.faults.get(self.next_fault).filter(|f| f.at <= now) {
            self.fault(&fault.what, commands);
            self.next_fault += 1;
        }
    }

    fn noticed(&mut self, _now: SimTime, node: NodeId, change: NodeChange) {
        if let NodeChange::Health { healthy, .. } = change
            && self
                .services
                .switches_on_health(&self.law, self.health.get(&node).copied())
        {
            self.noticed.push((node, healthy));
        }
    }
}
