//! The tenant's data centre: customer edge, hosts behind it, and their traffic.

mod edge;
#[cfg(test)]
pub(super) mod tests;

pub use edge::Idc;

use std::net::Ipv4Addr;

use crate::host::{ArpConfig, FlowSpec};
use crate::ident::TenantId;
use crate::units::SimTime;
use crate::wire::{MacAddr, Vid};

/// What an IDC is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdcConfig {
    /// Whose it is.
    pub tenant: TenantId,
    /// The customer edge's MAC towards the partner.
    pub mac: MacAddr,
    /// The tag of its interface towards the partner, or untagged.
    pub tag: Option<Vid>,
    /// Its address on the interconnect, the VBR's `PeerGatewayIp`.
    pub address: Ipv4Addr,
    /// Prefix length of the interconnect.
    pub prefix_len: u8,
    /// The VBR's `LocalGatewayIp`: the next hop of every static route.
    pub gateway: Ipv4Addr,
    /// Destinations that are routed to the gateway.
    pub routes: Vec<(Ipv4Addr, u8)>,
    /// Has it the /32 return route for health-check probes? Without it, probes go unanswered,
    /// unless a static route covers their source. It serves answers of the edge's own address
    /// alone, whatever the source (100.96.0.0/16 or an idle private address).
    pub probe_return_route: bool,
    /// Addresses of the hosts behind the edge; they answer pings and take flows.
    pub hosts: Vec<Ipv4Addr>,
    /// How it resolves addresses.
    pub arp: ArpConfig,
    /// Flows that start here.
    pub flows: Vec<FlowSpec>,
    /// When it resolves the next hop to an address before any frame needs it.
    pub warm_ups: Vec<(SimTime, Ipv4Addr)>,
}
