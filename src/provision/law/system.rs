//! Outbound billing, payments, locks: what accounts and the cloud do besides resources.

use crate::provision::circuit::{BusinessStatus, OrderStatus};
use crate::provision::ids::{PcId, ServiceKey};
use crate::provision::law::error::{ApiError, deny, ensure};
use crate::provision::law::event::Sink;
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
            if let Some(port) = s.ports.get_mut(&id) {
                port.business = to;
                fx.sink.touch(port.key());
            } else {
                s.set_circuit_business(id, to);
                s.touch_circuit(id, &mut fx.sink);
            }
        })
    }
}
