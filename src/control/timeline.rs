//! A plan's timeline: its steps and faults at their times, one client of the law.

use super::command::{Commands, Controller};
use super::law::Law;
use super::order::Order;
use super::wired::sites;
use crate::evidence::{NodeChange, StepRecord};
use crate::ident::{NodeId, name_hash};
use crate::node::Change;
use crate::provision::{About, ApiError, Bindings, Call, Choices, Reply};
use crate::record::{CloudRecord, Gates};
use crate::scenario::Plan;
use crate::scenario::plan::{Fault, StepPlan};
use crate::units::{SimDuration, SimTime};

/// The control plane of one run of a plan.
#[derive(Debug)]
pub struct Timeline<'p, C> {
    plan: &'p Plan,
    law: Law<C>,
    order: Order<'p>,
    next_fault: usize,
    /// What steps have bound.
    names: Bindings,
    steps: Vec<StepRecord>,
}

impl<'p, C: Choices> Timeline<'p, C> {
    /// The timeline at time zero, before its first step. The law and the ids of circuits that exist
    /// from the start are the plan's own; `gates` says how the observers number services.
    pub fn new(plan: &'p Plan, choices: C, gates: Gates) -> Self {
        let mut law = Law::new(plan.law.clone(), sites(plan, gates), choices);
        let circuits = plan.circuit_ids.clone();
        let planned = plan.circuits.iter().enumerate();
        let planned = planned.filter_map(|(i, circuit)| Some((circuit.created_by?, i)));
        for (i, id) in circuits.iter().enumerate() {
            if let Some(id) = id.connection() {
                law.place_circuit(id, i);
            }
        }
        Self {
            plan,
            law,
            order: Order::new(&plan.steps, plan.api_limit),
            next_fault: 0,
            names: Bindings::new(plan.bindings.len(), circuits, planned),
            steps: Vec::with_capacity(plan.steps.len()),
        }
    }

    /// The law as the timeline has driven it.
    pub fn law(&self) -> &Law<C> {
        &self.law
    }

    /// What is left of it at the end, with time run on to `end`.
    pub fn finish(self, end: SimTime) -> CloudRecord {
        let left = self.law.finish(end);
        CloudRecord {
            law: left.state,
            ledger: left.ledger,
            steps: self.steps,
            facts: left.facts,
            clients: self.order.clients(),
            happenings: left.happenings,
            circuits: self.names.circuits().to_vec(),
            bound: self.names.bound().to_vec(),
        }
    }

    fn step(&mut self, at: usize, now: SimTime) {
        let step = &self.plan.steps[at];
        let error = match self.call(step) {
            Ok(reply) => {
                self.bind(step, &reply);
                self.order.accepted(at, now, reply.begun);
                None
            }
            Err(error) => {
                self.order.refused(at, now);
                Some((error.code.to_owned(), error.message))
            }
        };
        self.steps.push(StepRecord {
            step: u32::try_from(at).unwrap_or(u32::MAX),
            at: now,
            by: step.by,
            error,
        });
    }

    /// Time passes up to `now`; whoever waits for an outcome learns of it.
    fn advance(&mut self, now: SimTime, commands: &mut Commands) {
        self.law.advance(now);
        self.law.lower(commands);
        let state = self.law.state();
        self.order.settle(now, |begun| state.is_under_way(begun));
    }

    fn call(&mut self, step: &StepPlan) -> Result<Reply, ApiError> {
        let call = Call {
            op: step.operation.bind(&|hole| self.names.resource(hole)),
            token: step.token.clone(),
            dry_run: step.dry_run,
        };
        self.law.about(About {
            account: name_hash(&self.plan.accounts[step.by.index()].name),
            subject: step.subject,
            operation: step.operation.operation(),
        });
        self.law.call(step.by, &call)
    }

    fn order(&mut self, fault: &Fault, commands: &mut Commands) {
        match fault {
            Fault::Link(link, change) => commands.link(*link, *change),
            Fault::Switch(node, change) => {
                let change = self.law.by_hand(*node, change);
                commands.node(*node, Change::Switch(change));
            }
            Fault::Vpc(node, change) => commands.node(*node, Change::Vpc(change.clone())),
            Fault::Router(node, mac) => commands.node(*node, Change::Router(*mac)),
        }
    }

    fn bind(&mut self, step: &StepPlan, reply: &Reply) {
        let Some(created) = reply.created else { return };
        if let Some(binding) = step.as_name {
            let circuit = self.names.bind(binding, created);
            if let (Some(i), Some(id)) = (circuit, created.connection()) {
                self.law.place_circuit(id, i);
            }
        }
        if let (Some(vbr), Some(slot)) = (created.vbr(), step.slot) {
            self.law.place_vbr(vbr, slot);
        }
    }
}

impl<C: Choices> Controller for Timeline<'_, C> {
    fn next(&self) -> Option<SimTime> {
        let fault = self.plan.faults.get(self.next_fault).map(|f| f.at);
        [self.order.next(), fault, self.law.next()].into_iter().flatten().min()
    }

    /// Outcomes of earlier calls first, then what nodes told, then steps, then faults.
    fn act(&mut self, now: SimTime, commands: &mut Commands) {
        let (happened, fault) = (self.law.happened(), self.next_fault);
        self.advance(now, commands);
        while let Some(step) = self.order.take(now) {
            self.step(step, now);
            self.law.lower(commands);
            // An outcome without delay is there before the next step asks for it.
            if self.law.next_completion() == Some(now) {
                self.advance(now, commands);
            }
        }
        while let Some(fault) = self.plan.faults.get(self.next_fault).filter(|f| f.at <= now) {
            self.order(&fault.what, commands);
            self.next_fault += 1;
        }
        if (self.law.happened(), self.next_fault) != (happened, fault) {
            commands.mark();
        }
    }

    fn noticed(&mut self, now: SimTime, node: NodeId, change: NodeChange) {
        self.law.noticed(now, node, change);
    }

    fn reaction(&self) -> SimDuration {
        self.law.reaction()
    }
}
