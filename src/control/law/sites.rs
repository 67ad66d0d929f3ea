//! Where services run: as much of the wiring as lowering needs, as a value of its own.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::bursts::Bursts;
use crate::forward::{Octets, Service, ServiceId};
use crate::ident::{AccountId, NodeId, PortNo, TenantId};
use crate::node::lower::Site;
use crate::record::Gates;
use crate::units::{BitRate, ByteCount};

/// A circuit's end in the cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CircuitSite {
    /// Its name, as facts tell it.
    pub name: String,
    /// The access device at its far end.
    pub device: NodeId,
    /// The device's port for it.
    pub device_port: PortNo,
    /// Does the device limit the rate of a sub-interface?
    pub subif_rate_limit: bool,
    /// Which octets it counts for that, where not those of the contract.
    pub subif_octets: Option<Octets>,
}

/// A place where a VBR can run, wired in advance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VbrSite {
    /// The VBR's node.
    pub node: NodeId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Index of the circuit that it is behind.
    pub circuit: usize,
    /// The access device's port towards it.
    pub device_port: PortNo,
    /// Transit router and its port towards the VBR, where the tenant has one.
    pub vpc: Option<(NodeId, PortNo)>,
    /// Networks behind that transit router.
    pub cloud: Box<[(Ipv4Addr, u8)]>,
}

/// A VLAN of a circuit that the partner's switches police to what is sold there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicedSite {
    /// Index of the circuit.
    pub circuit: usize,
    /// Which VLAN.
    pub vlan: u16,
    /// Its service on every switch of its way.
    pub service: ServiceId,
    /// The bandwidth that the switches' tables have at the start.
    pub sold: Option<BitRate>,
    /// Where it is policed; the ports of a switch follow one another.
    pub ports: Vec<PolicedPort>,
    /// The service as each of these switches has it at the start.
    pub tables: BTreeMap<NodeId, Service>,
}

/// A port where a switch polices a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicedPort {
    /// The switch.
    pub node: NodeId,
    /// Its port.
    pub port: PortNo,
    /// The switch's own burst, where it has one.
    pub burst: Option<ByteCount>,
    /// Which octets the switch counts, where not those of the contract.
    pub octets: Option<Octets>,
}

/// Everything that the law has to know of the world to run services in it.
#[derive(Debug, Clone, Default)]
pub struct Sites {
    /// Circuits, by index.
    pub circuits: Vec<CircuitSite>,
    /// Places of VBRs, by index.
    pub vbrs: Vec<VbrSite>,
    /// What partners police to what is sold, sorted by circuit and VLAN.
    pub policed: Vec<PolicedSite>,
    /// Whose frames an account's are.
    pub tenants: BTreeMap<AccountId, TenantId>,
    /// How the observers number services.
    pub gates: Gates,
    /// Which burst a sold rate comes with.
    pub bursts: Bursts,
}

impl Sites {
    /// Where a service of this circuit runs whose VBR runs at this slot.
    pub fn site(&self, circuit: usize, slot: usize) -> Site<'_> {
        let (circuit, slot) = (&self.circuits[circuit], &self.vbrs[slot]);
        Site {
            tenant: slot.tenant,
            circuit_port: circuit.device_port,
            vbr_port: slot.device_port,
            subif_rate_limit: circuit.subif_rate_limit,
            subif_octets: circuit.subif_octets,
            vpc_port: slot.vpc.map(|(_, port)| port),
            cloud: &slot.cloud,
        }
    }
}
