//! A virtual border router, its addresses, routes, health check and attachment.

pub(in crate::provision) mod attachment;
pub(in crate::provision) mod modify;
pub(in crate::provision) mod ops;
pub(in crate::provision) mod route;

use std::collections::BTreeMap;
use std::fmt;
use std::net::Ipv4Addr;

use crate::ident::AccountId;
use crate::provision::circuit::named;
use crate::provision::ids::{AttachmentId, PcId, ServiceKey, VbrId};
use crate::units::SimDuration;

/// States of a VBR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VbrStatus {
    /// Pushed into a tenant's account and not confirmed.
    Unconfirmed,
    /// In use.
    Active,
    /// On its way to `terminated`.
    Terminating,
    /// Out of use.
    Terminated,
    /// On its way back to `active`.
    Recovering,
}

impl VbrStatus {
    /// Every value.
    pub const ALL: [Self; 5] = [
        Self::Unconfirmed,
        Self::Active,
        Self::Terminating,
        Self::Terminated,
        Self::Recovering,
    ];
    /// The API's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Active => "active",
            Self::Terminating => "terminating",
            Self::Terminated => "terminated",
            Self::Recovering => "recovering",
        }
    }
}

impl fmt::Display for VbrStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Addresses of the interconnect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Addresses {
    /// `LocalGatewayIp`: Alibaba's side.
    pub local: Ipv4Addr,
    /// `PeerGatewayIp`: the customer's side.
    pub peer: Ipv4Addr,
    /// Length of `PeeringSubnetMask`, 24 to 30.
    pub prefix_len: u8,
}

/// BFD timers of a VBR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bfd {
    /// 200 to 1000 ms.
    pub min_tx_ms: u16,
    /// 200 to 1000 ms.
    pub min_rx_ms: u16,
    /// 3 to 10.
    pub detect_multiplier: u8,
}

impl Default for Bfd {
    fn default() -> Self {
        Self {
            min_tx_ms: 1_000,
            min_rx_ms: 1_000,
            detect_multiplier: 3,
        }
    }
}

/// A destination: address (host bits zero) and prefix length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix {
    /// The network address.
    pub address: Ipv4Addr,
    /// 0 to 32.
    pub len: u8,
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}", self.address, self.len))
    }
}

/// Where a route points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NextHop {
    /// Over the circuit to the customer's gateway.
    Circuit,
    /// Into the cloud.
    Cloud,
}

named!(
    /// State of a custom route.
    RouteStatus {
        /// Being written.
        Pending,
        /// In force.
        Available,
        /// Being removed; still in force.
        Deleting,
    }
);

/// A custom route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Route {
    /// Where it points.
    pub next_hop: NextHop,
    /// Written, in force, or going.
    pub status: RouteStatus,
}

/// `EnableCenVbrHealthCheck`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HealthCheck {
    /// Source address of the probes.
    pub source: Ipv4Addr,
    /// Whom they probe: the customer's side of the VBR.
    pub target: Ipv4Addr,
    /// 2 or 3 s.
    pub interval: SimDuration,
    /// 3 to 8.
    pub threshold: u8,
    /// Probes only; routes are not switched.
    pub only: bool,
}

named!(
    /// State of an attachment to a transit router.
    AttachmentStatus {
        /// On its way.
        Attaching,
        /// In use.
        Attached,
        /// On its way out.
        Detaching,
    }
);

/// A VBR's attachment to a transit router.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attachment {
    /// The VBR.
    pub vbr: VbrId,
    /// The CEN instance, as the caller names it.
    pub cen: Box<str>,
    /// How far it is.
    pub status: AttachmentStatus,
}

/// A virtual border router.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vbr {
    /// Its owner, who configures it.
    pub owner: AccountId,
    /// `PhysicalConnectionId`: the circuit (own or legacy), or the shared port.
    pub connection: PcId,
    /// The circuit under it.
    pub circuit: PcId,
    /// Its VLAN on that circuit.
    pub vlan: u16,
    /// State.
    pub status: VbrStatus,
    /// Throttle in Mbit/s where it hangs on a circuit; 0: none. On a shared port, its spec counts.
    pub bandwidth_mbps: u32,
    /// Addresses of the interconnect, once set.
    pub addresses: Option<Addresses>,
    /// BFD timers.
    pub bfd: Bfd,
    /// Custom routes.
    pub routes: BTreeMap<Prefix, Route>,
    /// Its attachment to a transit router.
    pub attachment: Option<AttachmentId>,
    /// Its health check.
    pub health: Option<HealthCheck>,
    /// The carrier's circuit id.
    pub circuit_code: Option<Box<str>>,
    /// Its name.
    pub name: Option<Box<str>>,
    /// Does it still hold its VLAN (terminated VBRs lose it when the retention ends)?
    pub(in crate::provision) holds_vlan: bool,
}

impl Vbr {
    /// Its VLAN of its circuit.
    pub fn key(&self) -> ServiceKey {
        ServiceKey {
            circuit: self.circuit,
            vlan: self.vlan,
        }
    }
    /// Does it hang on a shared port?
    pub fn is_on_port(&self) -> bool {
        self.connection != self.circuit
    }
}
