//! A VBR's life: created, confirmed, terminated, recovered, deleted; and who holds a VLAN.

use std::collections::BTreeMap;

use crate::provision::circuit::{Circuit, ConnectionStatus as S};
use crate::provision::ids::{PcId, ServiceKey, VbrId};
use crate::provision::law::choices::Lead;
use crate::provision::law::error::{ApiError, deny, ensure};
use crate::provision::law::event::{Event, Sink};
use crate::provision::law::guard::{addresses, bfd, boxed, circuit_code, labels, unlocked, vlan};
use crate::provision::law::pending::Task;
use crate::provision::law::policy::{DeleteRetention, NewVbrOnConvertingPort};
use crate::provision::law::state::{Apply, Cx, Guarded, State, apply};
use crate::provision::port::{Acceptance, Port};
use crate::provision::table::codes as c;
use crate::provision::table::operation::{
    ConfirmVirtualBorderRouter, CreateVirtualBorderRouter, DeleteVirtualBorderRouter, RecoverVirtualBorderRouter,
    TerminateVirtualBorderRouter,
};
use crate::provision::vbr::modify::{throttle, unmodelled};
use crate::provision::vbr::{Bfd, RouteStatus, Vbr, VbrStatus};

impl State {
    /// Keeps a VLAN of a deleted user for the whole retention from now on.
    pub(in crate::provision) fn retain(&mut self, key: ServiceKey) {
        let Some(slot) = self.slots.get_mut(&key) else { return };
        if slot.port.is_none() && slot.vbr.is_none() {
            slot.retained = true;
            let span = self.premises.policies.retention_end();
            self.pending.schedule(span, Task::FreeVlan(key));
        }
    }

    /// Forgets a VLAN that nobody uses or retains.
    pub(in crate::provision) fn prune(&mut self, key: ServiceKey) {
        if self.slots.get(&key).is_some_and(|slot| slot.is_free()) {
            self.slots.remove(&key);
        }
    }

    /// Takes a VBR out of its VLAN; a second VBR on a converting port's shared port steps in.
    fn leave_slot(&mut self, key: ServiceKey, id: VbrId) {
        let Some(slot) = self.slots.get_mut(&key) else { return };
        if slot.vbr == Some(id) {
            let heir = slot.port.and_then(|p| self.ports.get(&p)).and_then(|p| p.vbr);
            slot.vbr = heir.filter(|v| *v != id);
        }
    }

    fn add_vbr(&mut self, vbr: Vbr, sink: &mut Sink) -> VbrId {
        let id = self.next_vbr(vbr.owner);
        let (key, owner, connection) = (vbr.key(), vbr.owner, vbr.connection);
        let active = vbr.status == VbrStatus::Active;
        let slot = self.slots.entry(key).or_default();
        slot.vbr = slot.vbr.or(Some(id));
        self.vbrs.insert(id, vbr);
        if let Some(port) = self.ports.get_mut(&connection) {
            port.vbr = Some(id);
        } else if let Some(circuit) = self.circuits.get_mut(&connection) {
            circuit.add_vbr(owner);
        }
        sink.touch(key);
        if active {
            sink.events.push(Event::VbrActivated { vbr: id, tenant: owner });
        }
        self.sync_fees(connection, sink);
        id
    }

    pub(in crate::provision) fn vbr_is_active(&mut self, id: VbrId, sink: &mut Sink) {
        let Some(vbr) = self.vbrs.get_mut(&id) else { return };
        vbr.status = VbrStatus::Active;
        let (tenant, connection) = (vbr.owner, vbr.connection);
        sink.touch(vbr.key());
        sink.events.push(Event::VbrActivated { vbr: id, tenant });
        self.sync_fees(connection, sink);
    }

    /// Terminated at last: from now on its VLAN is retained.
    pub(in crate::provision) fn vbr_is_terminated(&mut self, id: VbrId, sink: &mut Sink) {
        let Some(vbr) = self.vbrs.get_mut(&id) else { return };
        vbr.status = VbrStatus::Terminated;
        let (key, on_port) = (vbr.key(), vbr.is_on_port());
        sink.touch(key);
        if !on_port {
            let span = self.premises.policies.retention_end();
            self.pending.schedule(span, Task::FreeVlan(key));
        }
    }

    /// A retention ended: whoever was kept there loses the VLAN.
    pub(in crate::provision) fn free_vlan(&mut self, key: ServiceKey, sink: &mut Sink) {
        let Some(slot) = self.slots.get_mut(&key) else { return };
        slot.retained = false;
        let kept = slot.vbr.filter(|v| {
            self.vbrs
                .get(v)
                .is_some_and(|vbr| vbr.status == VbrStatus::Terminated && !vbr.is_on_port())
        });
        if let Some(id) = kept {
            if let Some(vbr) = self.vbrs.get_mut(&id) {
                vbr.holds_vlan = false;
            }
            self.leave_slot(key, id);
        }
        self.prune(key);
        sink.touch(key);
        sink.events.push(Event::VlanFreed { service: key });
    }

    fn remove_vbr(&mut self, id: VbrId, sink: &mut Sink) {
        let Some(vbr) = self.vbrs.remove(&id) else { return };
        let key = vbr.key();
        sink.touch(key);
        if vbr.status == VbrStatus::Active {
            sink.events.push(Event::VbrStopped { vbr: id });
        }
        self.leave_slot(key, id);
        if vbr.is_on_port() {
            if let Some(port) = self.ports.get_mut(&vbr.connection) {
                port.vbr = None;
            }
            self.sync_fees(vbr.connection, sink);
        } else {
            if let Some(circuit) = self.circuits.get_mut(&vbr.circuit) {
                circuit.remove_vbr(vbr.owner);
            }
            self.after_delete(
                key,
                vbr.holds_vlan && vbr.status == VbrStatus::Terminated,
                vbr.holds_vlan,
            );
        }
        self.prune(key);
    }

    /// What becomes of the VLAN of a VBR deleted from a circuit, by policy.
    fn after_delete(&mut self, key: ServiceKey, in_retention: bool, held: bool) {
        if !held {
            return;
        }
        match self.premises.policies.vlan_retention_on_delete {
            DeleteRetention::None => {
                self.pending.cancel(Task::FreeVlan(key));
            }
            DeleteRetention::Remainder if in_retention => {
                if let Some(slot) = self.slots.get_mut(&key).filter(|s| s.port.is_none()) {
                    slot.retained = true;
                } else {
                    self.pending.cancel(Task::FreeVlan(key));
                }
            }
            DeleteRetention::Remainder => {}
            DeleteRetention::SevenDays => {
                self.pending.cancel(Task::FreeVlan(key));
                self.retain(key);
            }
        }
    }
}

impl CreateVirtualBorderRouter {
    fn blank(
        &self,
        owner: crate::ident::AccountId,
        connection: PcId,
        circuit: PcId,
        vlan: u16,
    ) -> Result<Vbr, ApiError> {
        let bfd = bfd(
            Bfd::default(),
            self.detect_multiplier,
            self.min_tx_interval,
            self.min_rx_interval,
        )?;
        let ips = (
            self.local_gateway_ip.as_ref(),
            self.peer_gateway_ip.as_ref(),
            self.peering_subnet_mask.as_ref(),
        );
        Ok(Vbr {
            owner,
            connection,
            circuit,
            vlan,
            status: VbrStatus::Active,
            bandwidth_mbps: 0,
            addresses: addresses(ips.0, ips.1, ips.2)?,
            bfd,
            routes: BTreeMap::new(),
            attachment: None,
            health: None,
            circuit_code: boxed(self.circuit_code.as_ref()),
            name: boxed(self.name.as_ref()),
            holds_vlan: true,
        })
    }

    fn on_port(&self, cx: &Cx<'_>, id: PcId, port: &Port) -> Result<Vbr, ApiError> {
        let s = cx.s;
        ensure(port.owner == cx.by, c::NOT_BY_USER, || {
            format!("the VBR on {id} is its owner's to create")
        })?;
        let up = port.acceptance == Acceptance::Confirmed && port.status == S::Enabled;
        ensure(up, c::PC_NOT_ENABLED, || {
            format!("{id} is {} and {}", port.acceptance, port.status)
        })?;
        unlocked(port.business, id)?;
        let other = self
            .vbr_owner_id
            .map(|a| cx.account(a))
            .transpose()?
            .filter(|a| *a != cx.by);
        ensure(other.is_none(), c::CROSS_ON_PORT, || {
            format!("a VBR on {id} belongs to the port's owner")
        })?;
        ensure(self.circuit_code.is_none(), c::CIRCUIT_CODE, || {
            "the circuit's owner sets the circuit code".to_owned()
        })?;
        let vlan_differs = self.vlan_id.is_some_and(|v| v != i64::from(port.vlan));
        ensure(!vlan_differs, c::INHERITED, || {
            format!("the VLAN is that of {id}: {}", port.vlan)
        })?;
        let rate_differs = self
            .bandwidth
            .is_some_and(|b| b != i64::from(port.mbps(s.premises.policies.spec_1g)));
        ensure(!rate_differs, c::INHERITED, || {
            format!("the bandwidth is that of {id}: {}", port.spec)
        })?;
        ensure(port.vbr.is_none(), c::QUOTA_VPCONN, || {
            "The quota of VBR_COUNT_PER_VPCONN is exceeded, usage 1/1.".to_owned()
        })?;
        let beside = s.slots.get(&port.key()).is_some_and(|slot| slot.vbr.is_some());
        let allowed = s.premises.policies.new_vbr_on_converting_port == NewVbrOnConvertingPort::Allow;
        ensure(!beside || allowed, c::VLAN_USED, || {
            format!("the legacy VBR uses {}", port.key())
        })?;
        self.blank(cx.by, id, port.circuit, port.vlan)
    }

    fn on_circuit(&self, cx: &Cx<'_>, id: PcId, circuit: &Circuit) -> Result<Vbr, ApiError> {
        let s = cx.s;
        ensure(circuit.status == S::Enabled, c::PC_NOT_ENABLED, || {
            format!("{id} is {}", circuit.status)
        })?;
        unlocked(circuit.business, id)?;
        let vlan_id = self
            .vlan_id
            .ok_or_else(|| deny(c::VLAN_MALFORMED, "VlanId is missing"))?;
        let key = ServiceKey {
            circuit: id,
            vlan: vlan(vlan_id, c::VLAN_MALFORMED)?,
        };
        circuit_code(self.circuit_code.as_ref())?;
        let owner = self.vbr_owner_id.map_or(Ok(cx.by), |a| cx.account(a))?;
        s.vlan_is_free(key, None, c::VLAN_USED)?;
        let (has, quota) = (circuit.vbrs_of(owner), s.premises.policies.vbr_per_circuit_same_account);
        ensure(has < quota, c::VBR_QUOTA, || {
            format!("the account has {has} of {quota} VBRs on {id}")
        })?;
        let mut vbr = self.blank(owner, id, id, key.vlan)?;
        vbr.bandwidth_mbps = throttle(self.bandwidth)?.unwrap_or(0);
        if owner != cx.by {
            ensure(vbr.addresses.is_none(), c::NOT_BY_USER, || {
                "the VBR's owner sets its addresses".to_owned()
            })?;
            vbr.status = VbrStatus::Unconfirmed;
        }
        Ok(vbr)
    }
}

impl Guarded for CreateVirtualBorderRouter {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let ipv6 = [
            &self.local_ipv6_gateway_ip,
            &self.peer_ipv6_gateway_ip,
            &self.peering_ipv6_subnet_mask,
        ];
        unmodelled(self.mtu, self.sitelink_enable, self.enable_ipv6, ipv6)?;
        labels(self.name.as_ref(), self.description.as_ref())?;
        let vbr = if let Ok((id, circuit)) = cx.own_circuit(self.physical_connection_id, c::PC_NOT_FOUND) {
            self.on_circuit(cx, id, circuit)?
        } else {
            let (id, port) = cx.seen_port(self.physical_connection_id, c::PC_NOT_FOUND)?;
            self.on_port(cx, id, port)?
        };
        apply(move |s, fx| fx.created = Some(s.add_vbr(vbr, &mut fx.sink).into()))
    }
}

/// The VBR's status is one of `allowed`.
pub(in crate::provision) fn vbr_in_state(id: VbrId, status: VbrStatus, allowed: &[VbrStatus]) -> Result<(), ApiError> {
    ensure(allowed.contains(&status), c::VBR_STATE, || {
        let names: Vec<&str> = allowed.iter().map(|s| s.as_str()).collect();
        format!("{id} is {status}; this needs {}", names.join(", "))
    })
}

impl Guarded for ConfirmVirtualBorderRouter {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let (id, vbr) = cx.own_vbr(self.vbr_id)?;
        vbr_in_state(id, vbr.status, &[VbrStatus::Unconfirmed])?;
        apply(move |s, fx| s.vbr_is_active(id, &mut fx.sink))
    }
}

impl Guarded for TerminateVirtualBorderRouter {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let (id, vbr) = cx.line_vbr(self.vbr_id)?;
        vbr_in_state(id, vbr.status, &[VbrStatus::Active])?;
        apply(move |s, fx| {
            let vbr = s.vbrs.get_mut(&id).expect("guarded");
            vbr.status = VbrStatus::Terminating;
            let connection = vbr.connection;
            fx.sink.touch(vbr.key());
            fx.sink.events.push(Event::VbrStopped { vbr: id });
            s.sync_fees(connection, &mut fx.sink);
            let wait = s.lead(Lead::VbrTerminate, fx.choices);
            if wait.is_zero() {
                s.vbr_is_terminated(id, &mut fx.sink);
            } else {
                s.pending.schedule(wait, Task::TerminateVbr(id));
            }
        })
    }
}

impl Guarded for RecoverVirtualBorderRouter {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let (id, vbr) = cx.line_vbr(self.vbr_id)?;
        vbr_in_state(id, vbr.status, &[VbrStatus::Terminated])?;
        let circuit = &cx.s.circuits[&vbr.circuit];
        ensure(circuit.status == S::Enabled, c::CONNECTION_STATUS, || {
            format!("{} is {}", vbr.circuit, circuit.status)
        })?;
        unlocked(circuit.business, vbr.circuit)?;
        if let Some(port) = cx.s.ports.get(&vbr.connection) {
            ensure(port.status == S::Enabled, c::CONNECTION_STATUS, || {
                format!("{} is {}", vbr.connection, port.status)
            })?;
            unlocked(port.business, vbr.connection)?;
        }
        let key = vbr.key();
        if !vbr.holds_vlan {
            let converting =
                cx.s.slots
                    .get(&key)
                    .filter(|slot| slot.vbr.is_none())
                    .and_then(|slot| slot.port);
            let mine = converting
                .and_then(|p| cx.s.ports.get(&p))
                .is_some_and(|p| p.from_vbr == Some(id));
            if !mine {
                cx.s.vlan_is_free(key, None, c::VLAN_TAKEN_MEANWHILE)?;
            }
        }
        let on_port = vbr.is_on_port();
        apply(move |s, fx| {
            let vbr = s.vbrs.get_mut(&id).expect("guarded");
            vbr.status = VbrStatus::Recovering;
            vbr.holds_vlan = true;
            if !on_port {
                s.pending.cancel(Task::FreeVlan(key));
                s.slots.entry(key).or_default().vbr = Some(id);
            }
            fx.sink.touch(key);
            let wait = s.lead(Lead::VbrRecover, fx.choices);
            if wait.is_zero() {
                s.vbr_is_active(id, &mut fx.sink);
            } else {
                s.pending.schedule(wait, Task::RecoverVbr(id));
            }
        })
    }
}

impl Guarded for DeleteVirtualBorderRouter {
    fn plan(&self, cx: &mut Cx<'_>) -> Result<Apply, ApiError> {
        let (id, vbr) = cx.seen_vbr(self.vbr_id)?;
        let may = vbr.owner == cx.by || vbr.status == VbrStatus::Unconfirmed;
        ensure(may, c::NOT_BY_USER, || {
            format!("the circuit's owner deletes {id} only while it is unconfirmed")
        })?;
        vbr_in_state(
            id,
            vbr.status,
            &[VbrStatus::Unconfirmed, VbrStatus::Active, VbrStatus::Terminated],
        )?;
        ensure(vbr.attachment.is_none(), c::VBR_HAS_ATTACHMENT, || {
            format!("{id} is attached to a transit router")
        })?;
        let settled = vbr.routes.values().all(|r| r.status == RouteStatus::Available);
        ensure(settled, c::ROUTE_IN_MIDDLE, || {
            format!("a route of {id} is being written or removed")
        })?;
        apply(move |s, fx| s.remove_vbr(id, &mut fx.sink))
    }
}
