//! A shared port's life: sold, accepted, paid, changed.

use crate::ident::AccountId;
use crate::provision::circuit::ops::{confirm_circuit, in_state};
use crate::provision::circuit::{BusinessStatus, ConnectionStatus as S};
use crate::provision::ids::{PcId, ServiceKey, VbrId};
use crate::provision::law::choices::{Choices, Lead};
use crate::provision::law::error::{ApiError, ensure};
use crate::provision::law::event::{Event, Sink};
use crate::provision::law::guard::{boxed, labels, spec, unlocked, vlan};
use crate::provision::law::pending::Task;
use crate::provision::law::policy::{AcceptAndPay, OutboundFrom, VlanUpdate};
use crate::provision::law::state::{Apply, Cx, Guarded, State, apply};
use crate::provision::port::{Acceptance, Port};
use crate::provision::table::codes as c;
use crate::provision::table::operation::{
    ConfirmPhysicalConnection, CreateVirtualPhysicalConnection, UpdateVirtualPhysicalConnection,
};
use crate::provision::table::param::OrderMode;
use crate::provision::table::spec::Spec;
use crate::provision::vbr::VbrStatus;

/// What a new shared port is made of.
pub(in crate::provision) struct NewPort {
    pub tenant: AccountId,
    pub partner: AccountId,
    pub key: ServiceKey,
    pub spec: Spec,
    pub kept_mbps: Option<u32>,
    pub order_mode: OrderMode,
    pub from_vbr: Option<VbrId>,
    pub name: Option<Box<str>>,
}

impl State {
    /// Puts a shared port, waiting to be accepted, into the tenant's account.
    pub(in crate::provision) fn add_port(&mut self, new: NewPort, sink: &mut Sink) -> PcId {
        let id = self.next_pc(new.tenant);
        let port = Port {
            owner: new.tenant,
            partner: new.partner,
            circuit: new.key.circuit,
            vlan: new.key.vlan,
            spec: new.spec,
            kept_mbps: new.kept_mbps,
            expect_spec: None,
            order_mode: new.order_mode,
            status: S::Allocated,
            acceptance: Acceptance::UnConfirmed,
            business: BusinessStatus::Normal,
            stopped: false,
            paid: false,
            from_vbr: new.from_vbr,
            vbr: None,
            name: new.name,
            fee_runs: false,
            outbound_runs: false,
        };
        let mbps = port.mbps(self.premises.policies.spec_1g);
        self.ports.insert(id, port);
        self.slots.entry(new.key).or_default().port = Some(id);
        if let Some(circuit) = self.circuits.get_mut(&new.key.circuit) {
            circuit.ports += 1;
            circuit.allocated_mbps += mbps;
        }
        if let Some(life) = self.premises.policies.unaccepted_port_lifetime {
            self.pending.schedule(life, Task::PortExpires(id));
        }
        sink.touch(new.key);
        id
    }

    /// Sets the bandwidth on order, or has the one on order (`None`) take effect; the circuit's sum follows.
    fn set_order(&mut self, id: PcId, order: Option<Spec>) {
        let unit = self.premises.policies.spec_1g;
        let Some(port) = self.ports.get_mut(&id) else { return };
        let before = port.reserved(unit);
        match order {
            Some(order) => {
                let same = order == port.spec && port.kept_mbps.is_none();
                port.expect_spec = Some(order).filter(|_| !same);
            }
            None => {
                if let Some(ordered) = port.expect_spec.take() {
                    port.spec = ordered;
                    port.kept_mbps = None;
                }
            }
        }
        let (after, circuit) = (port.reserved(unit), port.circuit);
        if let Some(circuit) = self.circuits.get_mut(&circuit) {
            circuit.allocated_mbps = circuit.allocated_mbps - before + after;
        }
    }

    /// The payer pays: an ordered bandwidth takes effect, an accepted port comes up.
    pub(in crate::provision) fn settle(&mut self, id: PcId, choices: &mut dyn Choices, sink: &mut Sink) {
        let Some(port) = self.ports.get_mut(&id) else { return };
        let first = !port.paid;
        port.paid = true;
        let (key, spec) = (port.key(), port.expect_spec.unwrap_or(port.spec));
        let changed = !first && spec != port.spec;
        self.set_order(id, None);
        if first {
            let wait = self.lead(Lead::PortEnable, choices);
            if wait.is_zero() {
                self.port_is_up(id, sink);
            } else {
                self.pending.schedule(wait, Task::EnablePort(id));
            }
        }
        self.sync_fees(id, sink);
        if changed {
            sink.events.push(Event::PortFeeChanged { port: id, spec });
        }
        sink.touch(key);
    }

    pub(in crate::provision) fn port_is_up(&mut self, id: PcId, sink: &mut Sink) {
        let Some(port) = self.ports.get_mut(&id) else { return };
        port.status = S::Enabled;
        sink.touch(port.key());
        self.sync_fees(id, sink);
    }

    /// Tells the ledger what began and what ended for this port.
    pub(in crate::provision) fn sync_fees(&mut self, id: PcId, sink: &mut Sink) {
        let from = self.premises.policies.outbound_from;
        let Some(port) = self.ports.get(&id) else { return };
        let held = port.acceptance == Acceptance::Confirmed
            && matches!(port.status, S::Confirmed | S::Enabled | S::Terminating);
        let vbr_runs = port
            .vbr
            .and_then(|v| self.vbrs.get(&v))
            .is_some_and(|v| v.status == VbrStatus::Active);
        let fee = held && port.paid;
        let outbound = held && (from == OutboundFrom::Confirm || (vbr_runs && port.status == S::Enabled));
        let port = self.ports.get_mut(&id).expect("found above");
        if fee != port.fee_runs {
            port.fee_runs = fee;
            sink.events.push(if fee {
                Event::PortFeeStarted {
                    port: id,
                    payer: port.payer(),
                    spec: port.spec,
                }
            } else {
                Event::PortFeeStopped { port: id }
            });
        }
        if outbound != port.outbound_runs {
            port.outbound_runs = outbound;
            let service = port.key();
            sink.events.push(if outbound {
                Event::OutboundStarted {
                    port: id,
                    service,
                    tenant: port.owner,
                }
            } else {
                Event::OutboundStopped { port: id, service }
            });
        }
    }

    /// Moves a shared port, with the VBR on it, to another VLAN of its circuit.
    fn move_port(&mut self, id: PcId, to: u16, sink: &mut Sink) {
        let Some(port) = self.ports.get_mut(&id) else { return };
        let old = port.key();
        port.vlan = to;
        let (new, vbr) = (port.key(), port.vbr);
        if let Some(vbr) = vbr.and_then(|v| self.vbrs.get_mut(&v)) {
            vbr.vlan = to;
        }
        if let Some(slot) = self.slots.remove(&old) {
            self.slots.insert(new, slot);
        }
        sink.touch(old);
        sink.touch(new);
        let Some(port) = self.ports.get(&id) else { return };
        if port.outbound_runs {
            sink.events.push(Event::OutboundStopped { port: id, service: old });
            sink.events.push(Event::OutboundStarted {
                port: id,
                service: new,
                tenant: port.owner,
            });
        }
    }
}

impl Guarded for CreateVirtualPhysicalConnection {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let (id, circuit) = cx.own_circuit(self.physical_connection_id, c::CONNECTION_NOT_FOUND)?;
        let vlan = vlan(self.vlan_id, c::ILLEGAL_VLAN)?;
        let spec = spec(&self.spec)?;
        labels(self.name.as_ref(), self.description.as_ref())?;
        let tenant = cx.account(self.vpconn_ali_uid)?;
        cx.s.may_sell(id, circuit, tenant, spec)?;
        cx.s.fits(id, circuit, cx.s.mbps(spec))?;
        let key = ServiceKey { circuit: id, vlan };
        cx.s.vlan_is_free(key, None, c::VLAN_IN_USE)?;
        cx.s.gates_are_passed(cx.by, tenant)?;
        let new = NewPort {
            tenant,
            partner: cx.by,
            key,
            spec,
            kept_mbps: None,
            order_mode: self.order_mode,
            from_vbr: None,
            name: boxed(self.name.as_ref()),
        };
        apply(move |s, fx| fx.created = Some(s.add_port(new, &mut fx.sink).into()))
    }
}

impl Guarded for ConfirmPhysicalConnection {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        if let Ok((id, circuit)) = cx.own_circuit(self.physical_connection_id, c::PC_NOT_FOUND) {
            return confirm_circuit(cx, id, circuit);
        }
        let (id, port) = cx.seen_port(self.physical_connection_id, c::PC_NOT_FOUND)?;
        ensure(port.owner == cx.by, c::PC_NOT_FOUND, || {
            format!("{id} is in another account")
        })?;
        in_state(id, port.status, &[S::Allocated])?;
        unlocked(port.business, id)?;
        let outbound = cx.s.books[cx.by.index()].outbound;
        ensure(outbound, c::TRAFFIC_NOT_ENABLED, || {
            "outbound data transfer billing is not enabled".to_owned()
        })?;
        let tenant = cx.by;
        let one_step = cx.s.premises.policies.accept_and_pay == AcceptAndPay::OneStep;
        let pays = port.payer() != tenant || one_step;
        apply(move |s, fx| {
            let port = s.ports.get_mut(&id).expect("guarded");
            port.acceptance = Acceptance::Confirmed;
            port.status = S::Confirmed;
            fx.sink.touch(port.key());
            s.pending.cancel(Task::PortExpires(id));
            fx.sink.events.push(Event::PortAccepted { port: id, tenant });
            if pays {
                s.settle(id, fx.choices, &mut fx.sink);
            } else {
                fx.note = "accepted; the port comes up once it is paid".to_owned();
                s.sync_fees(id, &mut fx.sink);
            }
        })
    }
}

impl UpdateVirtualPhysicalConnection {
    fn may_move(&self, cx: &Cx<'_>, id: PcId, port: &Port, to: u16) -> Result<(), ApiError> {
        let policy = cx.s.premises.policies.vlan_update;
        let attached = port.vbr.is_some();
        let accepted = port.acceptance == Acceptance::Confirmed;
        let fixed = match policy {
            VlanUpdate::RefuseOnceConfirmed => accepted || attached,
            VlanUpdate::RefuseOnceVbr => attached,
            VlanUpdate::Allow => false,
        };
        ensure(!fixed, c::VLAN_UPDATE, || {
            format!(
                "{id} keeps VLAN {}: it is {}{}",
                port.vlan,
                port.acceptance,
                if attached { " and has a VBR" } else { "" }
            )
        })?;
        ensure(port.from_vbr.is_none(), c::VLAN_UPDATE, || {
            format!("{id} was made from a VBR and keeps its VLAN")
        })?;
        cx.s.vlan_is_free(
            ServiceKey {
                circuit: port.circuit,
                vlan: to,
            },
            Some(port.vlan),
            c::VLAN_IN_USE,
        )
    }
}

impl Guarded for UpdateVirtualPhysicalConnection {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let (id, port) = cx.seen_port(self.instance_id, c::CONNECTION_NOT_FOUND)?;
        ensure(port.partner == cx.by, c::NOT_CIRCUIT_OWNER, || {
            format!("the partner changes {id}, not its owner")
        })?;
        let to = vlan(self.vlan_id, c::ILLEGAL_VLAN)?;
        ensure(
            matches!(port.status, S::Allocated | S::Confirmed | S::Enabled),
            c::CONNECTION_STATUS,
            || format!("{id} is {}", port.status),
        )?;
        unlocked(port.business, id)?;
        let moves = to != port.vlan;
        if moves {
            self.may_move(cx, id, port, to)?;
        }
        let expect = self.expect_spec.as_ref().map(spec).transpose()?;
        if let Some(expect) = expect {
            cx.s.spec_is_sold(cx.by, expect)?;
            let unit = cx.s.premises.policies.spec_1g;
            let needed = expect.mbps(unit).max(port.mbps(unit));
            let more = needed.saturating_sub(port.reserved(unit));
            let circuit = &cx.s.circuits[&port.circuit];
            if more > 0 {
                cx.s.fits(port.circuit, circuit, more)?;
            }
        }
        let key = port.key();
        apply(move |s, fx| {
            fx.sink.touch(key);
            if moves {
                s.move_port(id, to, &mut fx.sink);
            }
            if let Some(expect) = expect {
                s.set_order(id, Some(expect));
                fx.note = format!("{expect} takes effect once it is paid");
            }
        })
    }
}
