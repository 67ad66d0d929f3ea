//! Time passes: pending tasks complete in order.

use crate::provision::circuit::{ConnectionStatus as S, LoaStatus};
use crate::provision::ids::{PcId, ResourceId, ServiceKey};
use crate::provision::law::event::{Completion, Done, Sink};
use crate::provision::law::pending::Task;
use crate::provision::law::state::State;
use crate::units::SimDuration;

impl State {
    /// Lets `span` pass. Everything that is due within it (its end included) happens, in order.
    pub fn advance(&mut self, span: SimDuration) -> Vec<Completion> {
        let mut done = Vec::new();
        let mut left = span;
        while let Some((wait, task)) = self.pending.pop_within(left) {
            debug_assert!(wait <= left, "what is due within a span is due before its end");
            left = left.saturating_sub(wait);
            let mut sink = Sink::default();
            let (what, resource) = self.complete(task, &mut sink);
            debug_assert_eq!(self.broken(), [""; 0], "what completes keeps what must hold");
            done.push(Completion {
                after: span.saturating_sub(left),
                done: what,
                resource,
                touched: sink.touched,
                events: sink.events,
            });
        }
        self.pending.pass(left);
        debug_assert!(
            done.is_sorted_by_key(|one| one.after),
            "what completes, completes in order"
        );
        done
    }

    fn set_loa(&mut self, id: PcId, loa: LoaStatus) {
        if let Some(circuit) = self.circuits.get_mut(&id) {
            circuit.loa = Some(loa);
        }
    }

    fn complete(&mut self, task: Task, sink: &mut Sink) -> (Done, Option<ResourceId>) {
        match task {
            Task::Review(id, true) => self.set_circuit_status(id, S::Approved),
            Task::Review(id, false) => self.set_circuit_status(id, S::Rejected),
            Task::Allocate(id, true) => self.set_circuit_status(id, S::Allocated),
            Task::Allocate(id, false) => self.set_circuit_status(id, S::AllocationFailed),
            Task::EnableCircuit(id) => self.set_circuit_status(id, S::Enabled),
            Task::LoaAccept(id) => self.set_loa(id, LoaStatus::Accept),
            Task::LoaAvailable(id) => self.set_loa(id, LoaStatus::Available),
            Task::Construct(id) => self.set_loa(id, LoaStatus::Complete),
            Task::EnablePort(id) => self.port_is_up(id, sink),
            Task::TerminateConnection(id) => self.connection_terminated(id, sink),
            Task::TerminateVbr(id) => self.vbr_is_terminated(id, sink),
            Task::RecoverVbr(id) => self.vbr_is_active(id, sink),
            Task::FreeVlan(key) => self.free_vlan(key, sink),
            Task::RouteUp(id, prefix) => self.route_is_up(id, prefix, sink),
            Task::RouteGone(id, prefix) => self.route_is_gone(id, prefix, sink),
            Task::Attach(id) => self.attached(id, sink),
            Task::Detach(id) => self.detached(id, sink),
            Task::PortExpires(id) => self.remove_port(id, sink),
            Task::LockStops(id) => self.set_stopped(id, true, sink),
            Task::LastMile { partner, tenant } => self.last_mile_is_built(partner, tenant),
        }
        told(task)
    }
}

/// What is told of a task that came due, and of which resource.
fn told(task: Task) -> (Done, Option<ResourceId>) {
    let circuit = |id: PcId, done| (done, Some(id.into()));
    match task {
        Task::Review(id, true) => circuit(id, Done::Approved),
        Task::Review(id, false) => circuit(id, Done::Rejected),
        Task::Allocate(id, true) => circuit(id, Done::Allocated),
        Task::Allocate(id, false) => circuit(id, Done::AllocationFailed),
        Task::EnableCircuit(id) | Task::EnablePort(id) => circuit(id, Done::Enabled),
        Task::LoaAccept(id) => circuit(id, Done::LoaAccepted),
        Task::LoaAvailable(id) => circuit(id, Done::LoaAvailable),
        Task::Construct(id) => circuit(id, Done::LoaComplete),
        Task::TerminateConnection(id) => circuit(id, Done::Terminated),
        Task::TerminateVbr(id) => (Done::Terminated, Some(id.into())),
        Task::RecoverVbr(id) => (Done::Recovered, Some(id.into())),
        Task::FreeVlan(key) => circuit(key.circuit, Done::VlanFreed),
        Task::RouteUp(id, _) => (Done::RouteAvailable, Some(id.into())),
        Task::RouteGone(id, _) => (Done::RouteDeleted, Some(id.into())),
        Task::Attach(id) => (Done::Attached, Some(id.into())),
        Task::Detach(id) => (Done::Detached, Some(id.into())),
        Task::PortExpires(id) => circuit(id, Done::PortExpired),
        Task::LockStops(id) => circuit(id, Done::LockStops),
        Task::LastMile { .. } => (Done::LastMileBuilt, None),
    }
}

/// Something that is on its way: an outcome of an earlier call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Outcome(Task);

impl Outcome {
    /// What it will be told as.
    pub fn done(self) -> Done {
        told(self.0).0
    }

    /// To which resource, where it is one.
    pub fn resource(self) -> Option<ResourceId> {
        told(self.0).1
    }

    /// Of which VLAN the retention ends, if that is what comes.
    pub fn freed(self) -> Option<ServiceKey> {
        match self.0 {
            Task::FreeVlan(key) => Some(key),
            _ => None,
        }
    }
}

impl State {
    /// What is on its way, in order of when it is due.
    pub fn outcomes(&self) -> Vec<Outcome> {
        self.pending.tasks().map(Outcome).collect()
    }

    /// Brings one of them about now, whenever it is due, and lets no time pass: for whoever looks at all
    /// orders of outcomes. `None` where nothing of the kind is on its way.
    pub fn bring_about(&mut self, outcome: Outcome) -> Option<Completion> {
        if !self.pending.cancel(outcome.0) {
            return None;
        }
        let mut sink = Sink::default();
        let (done, resource) = self.complete(outcome.0, &mut sink);
        debug_assert_eq!(self.broken(), [""; 0], "what completes keeps what must hold");
        Some(Completion {
            after: SimDuration::ZERO,
            done,
            resource,
            touched: sink.touched,
            events: sink.events,
        })
    }
}
