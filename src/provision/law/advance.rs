//! Time passes: pending tasks complete in order.

use crate::provision::circuit::{ConnectionStatus as S, LoaStatus};
use crate::provision::ids::{PcId, ResourceId};
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
        let circuit = |s: &mut Self, id, status, done| {
            s.set_circuit_status(id, status);
            (done, Some(id.into()))
        };
        match task {
            Task::Review(id, true) => circuit(self, id, S::Approved, Done::Approved),
            Task::Review(id, false) => circuit(self, id, S::Rejected, Done::Rejected),
            Task::Allocate(id, true) => circuit(self, id, S::Allocated, Done::Allocated),
            Task::Allocate(id, false) => circuit(self, id, S::AllocationFailed, Done::AllocationFailed),
            Task::EnableCircuit(id) => circuit(self, id, S::Enabled, Done::Enabled),
            Task::LoaAccept(id) => {
                self.set_loa(id, LoaStatus::Accept);
                (Done::LoaAccepted, Some(id.into()))
            }
            Task::LoaAvailable(id) => {
                self.set_loa(id, LoaStatus::Available);
                (Done::LoaAvailable, Some(id.into()))
            }
            Task::Construct(id) => {
                self.set_loa(id, LoaStatus::Complete);
                (Done::LoaComplete, Some(id.into()))
            }
            Task::EnablePort(id) => {
                self.port_is_up(id, sink);
                (Done::Enabled, Some(id.into()))
            }
            Task::TerminateConnection(id) => {
                self.connection_terminated(id, sink);
                (Done::Terminated, Some(id.into()))
            }
            Task::TerminateVbr(id) => {
                self.vbr_is_terminated(id, sink);
                (Done::Terminated, Some(id.into()))
            }
            Task::RecoverVbr(id) => {
                self.vbr_is_active(id, sink);
                (Done::Recovered, Some(id.into()))
            }
            Task::FreeVlan(key) => {
                self.free_vlan(key, sink);
                (Done::VlanFreed, Some(key.circuit.into()))
            }
            Task::RouteUp(id, prefix) => {
                self.route_is_up(id, prefix, sink);
                (Done::RouteAvailable, Some(id.into()))
            }
            Task::RouteGone(id, prefix) => {
                self.route_is_gone(id, prefix, sink);
                (Done::RouteDeleted, Some(id.into()))
            }
            Task::Attach(id) => {
                self.attached(id, sink);
                (Done::Attached, Some(id.into()))
            }
            Task::Detach(id) => {
                self.detached(id, sink);
                (Done::Detached, Some(id.into()))
            }
            Task::PortExpires(id) => {
                self.remove_port(id, sink);
                (Done::PortExpired, Some(id.into()))
            }
            Task::LockStops(id) => {
                self.set_stopped(id, true, sink);
                (Done::LockStops, Some(id.into()))
            }
            Task::LastMile { partner, tenant } => {
                self.last_mile_is_built(partner, tenant);
                (Done::LastMileBuilt, None)
            }
        }
    }
}
