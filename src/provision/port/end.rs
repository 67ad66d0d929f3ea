//! The end of a circuit or shared port: cancel, terminate, recover, delete.

use crate::provision::circuit::ops::in_state;
use crate::provision::circuit::{BusinessStatus, ConnectionStatus as S};
use crate::provision::ids::{PcId, ResourceId};
use crate::provision::law::choices::Lead;
use crate::provision::law::error::{ApiError, deny, ensure};
use crate::provision::law::event::Sink;
use crate::provision::law::guard::unlocked;
use crate::provision::law::pending::Task;
use crate::provision::law::policy::{DeleteRetention, PortDeleteRight};
use crate::provision::law::state::{Apply, Cx, Guarded, State, apply};
use crate::provision::port::{Acceptance, Port};
use crate::provision::table::codes as c;
use crate::provision::table::operation::{
    CancelPhysicalConnection, DeletePhysicalConnection, RecoverPhysicalConnection, TerminatePhysicalConnection,
};

const CANCEL_FROM: [S; 4] = [S::Initial, S::Approved, S::Allocated, S::Confirmed];
const DELETE_FROM: [S; 6] = [
    S::Allocated,
    S::Confirmed,
    S::Rejected,
    S::Canceled,
    S::AllocationFailed,
    S::Terminated,
];

impl<'a> Cx<'a> {
    /// A shared port of the caller's; the partner sees it and does not own it.
    fn own_port(&self, id: ResourceId, code: &'static str) -> Result<(PcId, &'a Port), ApiError> {
        let (pc, port) = self.seen_port(id, code)?;
        ensure(port.owner == self.by, c::NEED_VPCONN_OWNER, || {
            format!("{pc} belongs to the tenant")
        })?;
        Ok((pc, port))
    }
}

impl State {
    /// Forgets whatever was to complete for a circuit or shared port.
    fn cancel_tasks(&mut self, id: PcId) {
        use Task as T;
        for passes in [true, false] {
            self.pending.cancel(T::Review(id, passes));
            self.pending.cancel(T::Allocate(id, passes));
        }
        let rest = [
            T::LoaAccept(id),
            T::LoaAvailable(id),
            T::Construct(id),
            T::EnableCircuit(id),
            T::EnablePort(id),
            T::TerminateConnection(id),
            T::PortExpires(id),
            T::LockStops(id),
        ];
        for task in rest {
            self.pending.cancel(task);
        }
    }

    /// A shared port leaves the circuit.
    pub(in crate::provision) fn remove_port(&mut self, id: PcId, sink: &mut Sink) {
        self.cancel_tasks(id);
        if let Some(port) = self.ports.get_mut(&id) {
            port.status = S::Terminated;
        }
        self.sync_fees(id, sink);
        let Some(port) = self.ports.remove(&id) else { return };
        let mbps = port.reserved(self.premises.policies.spec_1g);
        if let Some(circuit) = self.circuits.get_mut(&port.circuit) {
            circuit.ports -= 1;
            circuit.allocated_mbps -= mbps;
        }
        let key = port.key();
        if let Some(slot) = self.slots.get_mut(&key) {
            slot.port = None;
        }
        if self.premises.policies.vlan_retention_on_delete == DeleteRetention::SevenDays {
            self.retain(key);
        }
        self.prune(key);
        sink.touch(key);
    }

    /// Terminated at last.
    pub(in crate::provision) fn connection_terminated(&mut self, id: PcId, sink: &mut Sink) {
        if self.circuits.contains_key(&id) {
            self.set_circuit_status(id, S::Terminated);
        } else if let Some(port) = self.ports.get_mut(&id) {
            port.status = S::Terminated;
            sink.touch(port.key());
            self.sync_fees(id, sink);
        }
    }
}

impl Guarded for CancelPhysicalConnection {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        if let Ok((id, circuit)) = cx.own_circuit(self.physical_connection_id, c::PC_NOT_FOUND) {
            in_state(id, circuit.status, &CANCEL_FROM)?;
            return apply(move |s, _| {
                s.cancel_tasks(id);
                s.set_circuit_status(id, S::Canceled);
            });
        }
        let (id, port) = cx.own_port(self.physical_connection_id, c::PC_NOT_FOUND)?;
        in_state(id, port.status, &CANCEL_FROM)?;
        apply(move |s, fx| {
            s.cancel_tasks(id);
            let port = s.ports.get_mut(&id).expect("guarded");
            port.status = S::Canceled;
            fx.sink.touch(port.key());
            s.sync_fees(id, &mut fx.sink);
        })
    }
}

impl Guarded for TerminatePhysicalConnection {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let id = if let Ok((id, circuit)) = cx.own_circuit(self.physical_connection_id, c::PC_NOT_FOUND) {
            in_state(id, circuit.status, &[S::Enabled])?;
            unlocked(circuit.business, id)?;
            ensure(circuit.vbrs.is_empty(), c::VBR_ATTACHED, || {
                format!("{} VBRs hang on {id}", circuit.vbr_count())
            })?;
            ensure(circuit.ports == 0, c::VPCONN_ATTACHED, || {
                format!("{id} still carries shared ports: {}", circuit.ports)
            })?;
            id
        } else {
            let (id, port) = cx.own_port(self.physical_connection_id, c::PC_NOT_FOUND)?;
            in_state(id, port.status, &[S::Enabled])?;
            unlocked(port.business, id)?;
            ensure(port.vbr.is_none(), c::VBR_ATTACHED, || format!("a VBR hangs on {id}"))?;
            id
        };
        apply(move |s, fx| {
            if let Some(port) = s.ports.get_mut(&id) {
                port.status = S::Terminating;
                fx.sink.touch(port.key());
            } else {
                s.set_circuit_status(id, S::Terminating);
            }
            let wait = s.lead(Lead::ConnectionTerminate, fx.choices);
            if wait.is_zero() {
                s.connection_terminated(id, &mut fx.sink);
            } else {
                s.pending.schedule(wait, Task::TerminateConnection(id));
            }
        })
    }
}

impl Guarded for RecoverPhysicalConnection {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        if let Ok((id, _)) = cx.own_circuit(self.instance_id, c::CONNECTION_NOT_FOUND) {
            return Err(deny(c::ONLY_SHARED, format!("{id} is a dedicated circuit")));
        }
        let (id, port) = cx.own_port(self.instance_id, c::CONNECTION_NOT_FOUND)?;
        in_state(id, port.status, &[S::Terminated])?;
        unlocked(port.business, id)?;
        apply(move |s, fx| s.port_is_up(id, &mut fx.sink))
    }
}

impl Guarded for DeletePhysicalConnection {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        if let Ok((id, circuit)) = cx.own_circuit(self.physical_connection_id, c::PC_NOT_FOUND) {
            ensure(circuit.vbrs.is_empty(), c::VBR_EXISTS, || {
                format!("{} VBRs hang on {id}", circuit.vbr_count())
            })?;
            in_state(id, circuit.status, &DELETE_FROM)?;
            return apply(move |s, _| {
                s.cancel_tasks(id);
                // An unfinished circuit leaves the quota with its deletion.
                s.set_circuit_status(id, S::Terminated);
                s.set_circuit_business(id, BusinessStatus::Normal);
                s.circuits.remove(&id);
                for other in s.circuits.values_mut().filter(|l| l.redundant == Some(id)) {
                    other.redundant = None;
                }
            });
        }
        let (id, port) = cx.seen_port(self.physical_connection_id, c::PC_NOT_FOUND)?;
        let partner_may = cx.s.premises.policies.port_delete_right == PortDeleteRight::OwnerOrPartnerWhileUnconfirmed
            && port.acceptance == Acceptance::UnConfirmed;
        ensure(port.owner == cx.by || partner_may, c::NEED_VPCONN_OWNER, || {
            format!("{id} belongs to the tenant")
        })?;
        ensure(port.vbr.is_none(), c::ASSOCIATE_TO_VBR, || {
            format!("a VBR hangs on {id}")
        })?;
        in_state(id, port.status, &DELETE_FROM)?;
        apply(move |s, fx| s.remove_port(id, &mut fx.sink))
    }
}
