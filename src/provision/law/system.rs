//! Outbound billing, payments, locks: what accounts and the cloud do besides resources.

use crate::provision::circuit::{BusinessStatus, OrderStatus};
use crate::provision::ids::{PcId, ServiceKey};
use crate::provision::law::error::{ApiError, deny, ensure};
use crate::provision::law::event::Sink;
use crate::provision::law::pending::Task;
use crate::provision::law::policy::LockEffect;
use crate::provision::law::state::{Apply, Cx, Guarded, State, apply};
use crate::provision::port::Acceptance;
use crate::provision::table::codes as c;
use crate::provision::table::operation::{
    GetPhysicalConnectionServiceStatus, LapseOutboundBilling, OpenPhysicalConnectionService, PayOrder,
    SetBusinessStatus,
};

impl Guarded for OpenPhysicalConnectionService {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let by = cx.by;
        apply(move |s, fx| {
            let was = std::mem::replace(&mut s.books_mut(by).outbound, true);
            fx.note = if was {
                "outbound billing was enabled already"
            } else {
                "outbound billing is enabled"
            }
            .to_owned();
        })
    }
}

impl Guarded for GetPhysicalConnectionServiceStatus {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let enabled = cx.s.books[cx.by.index()].outbound;
        apply(move |_, fx| fx.note = if enabled { "Enabled" } else { "Disabled" }.to_owned())
    }
}

impl Guarded for LapseOutboundBilling {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        cx.system()?;
        let whose = cx.account(self.ali_uid)?;
        apply(move |s, _| s.books_mut(whose).outbound = false)
    }
}

impl Guarded for PayOrder {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        if let Ok((id, circuit)) = cx.own_circuit(self.instance_id, c::CONNECTION_NOT_FOUND) {
            let due = circuit.occupancy_order == OrderStatus::Unpaid;
            ensure(due, c::NOTHING_TO_PAY, || format!("no order of {id} waits for payment"))?;
            return apply(move |s, _| s.circuits.get_mut(&id).expect("guarded").occupancy_order = OrderStatus::Paid);
        }
        let (id, port) = cx.seen_port(self.instance_id, c::CONNECTION_NOT_FOUND)?;
        let accepted = port.acceptance == Acceptance::Confirmed;
        let alive = !matches!(
            port.status,
            crate::provision::ConnectionStatus::Canceled
                | crate::provision::ConnectionStatus::Terminating
                | crate::provision::ConnectionStatus::Terminated
        );
        let due = alive && accepted && (!port.paid || port.expect_spec.is_some());
        ensure(due, c::NOTHING_TO_PAY, || format!("no order of {id} waits for payment"))?;
        ensure(port.payer() == cx.by, c::NOT_PAYER, || {
            format!("{id} is paid by its {}", port.order_mode)
        })?;
        apply(move |s, fx| s.settle(id, fx.choices, &mut fx.sink))
    }
}

impl State {
    /// Locks or unlocks a circuit; the account's count of overdue circuits follows.
    pub(in crate::provision) fn set_circuit_business(&mut self, id: PcId, business: BusinessStatus) {
        let Some(circuit) = self.circuits.get_mut(&id) else {
            return;
        };
        let before = circuit.business == BusinessStatus::FinancialLocked;
        let after = business == BusinessStatus::FinancialLocked;
        circuit.business = business;
        let owner = circuit.owner;
        let books = self.books_mut(owner);
        match (before, after) {
            (false, true) => books.overdue += 1,
            (true, false) => books.overdue -= 1,
            _ => {}
        }
    }

    /// What a lock, or its end, does to frames (policy `lock_effect`). A lock of another kind in place of
    /// one goes on with its time.
    fn lock_frames(&mut self, id: PcId, to: BusinessStatus, sink: &mut Sink) {
        let stops = Task::LockStops(id);
        match (to, self.premises.policies.lock_effect) {
            (BusinessStatus::Normal, _) | (_, LockEffect::None) => {
                self.pending.cancel(stops);
                self.set_stopped(id, false, sink);
            }
            (_, LockEffect::AtOnce) => self.set_stopped(id, true, sink),
            (_, LockEffect::After(span)) => {
                if !self.is_stopped(id) && !self.pending.is_pending(stops) {
                    self.pending.schedule(span, stops);
                }
                self.touch_line(id, sink);
            }
        }
    }

    fn is_stopped(&self, id: PcId) -> bool {
        let port = self.ports.get(&id).map(|port| port.stopped);
        port.or(self.circuits.get(&id).map(|circuit| circuit.stopped))
            .unwrap_or(false)
    }

    /// Frames of a circuit or shared port stop, or pass again.
    pub(in crate::provision) fn set_stopped(&mut self, id: PcId, stopped: bool, sink: &mut Sink) {
        if let Some(port) = self.ports.get_mut(&id) {
            port.stopped = stopped;
        } else if let Some(circuit) = self.circuits.get_mut(&id) {
            circuit.stopped = stopped;
        }
        self.touch_line(id, sink);
    }

    /// What hangs on a circuit or shared port changes with its lock.
    fn touch_line(&self, id: PcId, sink: &mut Sink) {
        match self.ports.get(&id) {
            Some(port) => sink.touch(port.key()),
            None => self.touch_circuit(id, sink),
        }
    }

    /// Every service of a circuit changes with its lock.
    fn touch_circuit(&self, id: PcId, sink: &mut Sink) {
        let all = ServiceKey { circuit: id, vlan: 0 }..=ServiceKey {
            circuit: id,
            vlan: u16::MAX,
        };
        sink.touched.extend(self.slots.range(all).map(|(key, _)| *key));
    }
}

impl Guarded for SetBusinessStatus {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        cx.system()?;
        let to = self.business_status;
        let id = self
            .instance_id
            .connection()
            .filter(|id| cx.s.circuits.contains_key(id) || cx.s.ports.contains_key(id))
            .ok_or_else(|| deny(c::CONNECTION_NOT_FOUND, format!("there is no {}", self.instance_id)))?;
        apply(move |s, fx| {
            match s.ports.get_mut(&id) {
                Some(port) => port.business = to,
                None => s.set_circuit_business(id, to),
            }
            s.lock_frames(id, to, &mut fx.sink);
        })
    }
}
