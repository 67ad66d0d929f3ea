//! Reads: what the data plane and the reports need to know of one service.

use std::net::Ipv4Addr;

use crate::ident::AccountId;
use crate::provision::circuit::{BusinessStatus, Circuit, ConnectionStatus};
use crate::provision::ids::{AttachmentId, PcId, ServiceKey, VbrId};
use crate::provision::law::premises::{AccessDevice, AccessPoint};
use crate::provision::law::state::State;
use crate::provision::port::{Acceptance, Port};
use crate::provision::table::spec::Spec;
use crate::provision::vbr::{Addresses, Attachment, HealthCheck, NextHop, RouteStatus, Vbr, VbrStatus};
use crate::units::BitRate;

/// One VLAN of one circuit, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceView {
    /// Whose frames pass there: the VBR's owner, or the shared port's.
    pub tenant: AccountId,
    /// The circuit.
    pub circuit: PcId,
    /// The VLAN, 0 (untagged) to 2999.
    pub vlan: u16,
    /// May frames pass? Circuit Enabled, VBR active, a shared port under the VBR confirmed
    /// and Enabled, and none of them stopped by a lock (policy `lock_effect`).
    pub open: bool,
    /// Which mode the VBR runs in: `true` where it hangs on the shared port.
    pub on_port: bool,
    /// The VBR, where there is one.
    pub vbr: Option<VbrView>,
    /// The shared port, where there is one.
    pub port: Option<PortView>,
}

/// A VBR as the data plane needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VbrView {
    /// Its id.
    pub id: VbrId,
    /// Its name, or its id as text.
    pub name: String,
    /// Its owner.
    pub owner: AccountId,
    /// Its state.
    pub status: VbrStatus,
    /// Throttle in both directions; inherited on a shared port; `None`: unlimited.
    pub bandwidth: Option<BitRate>,
    /// Addresses of the interconnect.
    pub addresses: Option<Addresses>,
    /// Custom routes in force: network, prefix length, next hop; in order.
    pub routes: Vec<(Ipv4Addr, u8, NextHop)>,
    /// Is it attached to a transit router?
    pub cen_attached: bool,
    /// Its health check.
    pub health_check: Option<HealthCheck>,
}

/// A shared port as the data plane and the reports need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortView {
    /// Its id.
    pub id: PcId,
    /// Its owner.
    pub owner: AccountId,
    /// Its VLAN.
    pub vlan: u16,
    /// Bandwidth in force.
    pub spec: Spec,
    /// The same as a rate.
    pub bandwidth: BitRate,
    /// Bandwidth on order.
    pub expect_spec: Option<Spec>,
    /// Life cycle.
    pub status: ConnectionStatus,
    /// Has the tenant accepted?
    pub acceptance: Acceptance,
    /// Lock state.
    pub business: BusinessStatus,
    /// VBRs on it, 0 or 1.
    pub vbr_count: u32,
    /// The VBR that hangs on it.
    pub vbr: Option<VbrId>,
}

/// A circuit with its place.
#[derive(Debug, Clone, Copy)]
pub struct CircuitView<'a> {
    /// Its id.
    pub id: PcId,
    /// Its record.
    pub circuit: &'a Circuit,
    /// Its access point.
    pub access_point: &'a AccessPoint,
    /// Its access device.
    pub device: &'a AccessDevice,
}

impl CircuitView<'_> {
    /// Its rate.
    pub fn bandwidth(&self) -> BitRate {
        BitRate::from_mbps(u64::from(self.circuit.bandwidth_mbps))
    }
}

impl State {
    /// What uses a VLAN of a circuit, or `None` where nothing does. O(log n).
    pub fn service(&self, key: &ServiceKey) -> Option<ServiceView> {
        let slot = self.slots.get(key)?;
        let port = slot.port.and_then(|id| self.ports.get(&id).map(|port| (id, port)));
        let vbr = slot.vbr.and_then(|id| self.vbrs.get(&id).map(|vbr| (id, vbr)));
        let tenant = vbr.map(|(_, v)| v.owner).or(port.map(|(_, p)| p.owner))?;
        Some(ServiceView {
            tenant,
            circuit: key.circuit,
            vlan: key.vlan,
            open: vbr.is_some_and(|(_, v)| v.status == VbrStatus::Active && self.line_is_open(v)),
            on_port: vbr.is_some_and(|(_, v)| v.is_on_port()),
            vbr: vbr.map(|(id, v)| self.vbr_view(id, v)),
            port: port.map(|(id, p)| self.port_view(id, p)),
        })
    }

    fn vbr_view(&self, id: VbrId, vbr: &Vbr) -> VbrView {
        let in_force = vbr.routes.iter().filter(|(_, r)| r.status != RouteStatus::Pending);
        VbrView {
            id,
            name: vbr.name.as_ref().map_or_else(|| id.to_string(), ToString::to_string),
            owner: vbr.owner,
            status: vbr.status,
            bandwidth: self.vbr_bandwidth(vbr),
            addresses: vbr.addresses,
            routes: in_force.map(|(p, r)| (p.address, p.len, r.next_hop)).collect(),
            cen_attached: self.is_attached(vbr),
            health_check: vbr.health,
        }
    }

    /// What a VBR is throttled to: its shared port's spec, or its own bandwidth.
    pub fn vbr_bandwidth(&self, vbr: &Vbr) -> Option<BitRate> {
        let mbps = self
            .ports
            .get(&vbr.connection)
            .map_or(vbr.bandwidth_mbps, |p| p.mbps(self.premises.policies.spec_1g));
        (mbps > 0).then(|| BitRate::from_mbps(u64::from(mbps)))
    }

    fn port_view(&self, id: PcId, port: &Port) -> PortView {
        PortView {
            id,
            owner: port.owner,
            vlan: port.vlan,
            spec: port.spec,
            bandwidth: BitRate::from_mbps(u64::from(port.mbps(self.premises.policies.spec_1g))),
            expect_spec: port.expect_spec,
            status: port.status,
            acceptance: port.acceptance,
            business: port.business,
            vbr_count: u32::from(port.vbr.is_some()),
            vbr: port.vbr,
        }
    }

    /// Every VLAN of every circuit that something uses, in order.
    pub fn services(&self) -> impl Iterator<Item = ServiceKey> + '_ {
        let used = self
            .slots
            .iter()
            .filter(|(_, slot)| slot.port.is_some() || slot.vbr.is_some());
        used.map(|(key, _)| *key)
    }

    /// The circuit of that id, with its place.
    pub fn circuit(&self, id: PcId) -> Option<CircuitView<'_>> {
        let circuit = self.circuits.get(&id)?;
        Some(CircuitView {
            id,
            circuit,
            access_point: &self.premises.access_points()[circuit.access_point as usize],
            device: self.premises.device(circuit.access_point, circuit.device),
        })
    }

    /// Every circuit, by id.
    pub fn circuits(&self) -> impl Iterator<Item = (PcId, &Circuit)> {
        self.circuits.iter().map(|(id, circuit)| (*id, circuit))
    }
    /// The shared port of that id.
    pub fn port(&self, id: PcId) -> Option<&Port> {
        self.ports.get(&id)
    }
    /// Every shared port, by id.
    pub fn ports(&self) -> impl Iterator<Item = (PcId, &Port)> {
        self.ports.iter().map(|(id, port)| (*id, port))
    }
    /// The VBR of that id.
    pub fn vbr(&self, id: VbrId) -> Option<&Vbr> {
        self.vbrs.get(&id)
    }
    /// Every VBR, by id.
    pub fn vbrs(&self) -> impl Iterator<Item = (VbrId, &Vbr)> {
        self.vbrs.iter().map(|(id, vbr)| (*id, vbr))
    }
    /// The attachment of that id.
    pub fn attachment(&self, id: AttachmentId) -> Option<&Attachment> {
        self.attachments.get(&id)
    }
    /// Has the account enabled outbound data transfer billing?
    pub fn outbound_billing(&self, account: AccountId) -> bool {
        self.books.get(account.index()).is_some_and(|b| b.outbound)
    }
    /// Is nothing on its way?
    pub fn is_settled(&self) -> bool {
        self.next_completion().is_none()
    }
}
