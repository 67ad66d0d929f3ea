//! A region of the cloud as one tenant sees it: transit router, VPC, endpoints.
//!
//! On every port frames go to [`cloud::NEIGHBOUR`](super::cloud::NEIGHBOUR) without ARP, whether a
//! VBR or another region is at the other end.

mod region;
#[cfg(test)]
pub(super) mod tests;

pub use region::Vpc;

use std::net::Ipv4Addr;

use crate::host::FlowSpec;
use crate::ident::{PortNo, TenantId};
use crate::wire::MacAddr;

/// What answers at an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EndpointKind {
    /// Elastic Compute Service: answers every UDP port.
    Ecs,
    /// Object Storage Service: answers UDP stand-ins on 80 and 443.
    Oss,
    /// ApsaraDB RDS: answers on 3306 and 5432.
    Rds,
    /// Server Load Balancer: answers on 80 and 443.
    Slb,
}

impl EndpointKind {
    /// Does it listen on this UDP port?
    pub const fn listens(self, port: u16) -> bool {
        match self {
            Self::Ecs => true,
            Self::Oss | Self::Slb => matches!(port, 80 | 443),
            Self::Rds => matches!(port, 3306 | 5432),
        }
    }
}

/// An endpoint in a VPC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its address.
    pub address: Ipv4Addr,
    /// What it is.
    pub kind: EndpointKind,
}

/// What a transit router with its VPC is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VpcConfig {
    /// Whose it is.
    pub tenant: TenantId,
    /// Its MAC on every port.
    pub mac: MacAddr,
    /// Its endpoints.
    pub endpoints: Vec<Endpoint>,
    /// Address blocks of its VPCs: an address in them without an endpoint is no such host.
    pub prefixes: Vec<(Ipv4Addr, u8)>,
    /// Ports that carry frames from the start (cross-border links); VBR ports wait for CEN.
    pub attached: Vec<PortNo>,
    /// Routes from the start.
    pub routes: Vec<(Ipv4Addr, u8, PortNo)>,
    /// Flows that start here.
    pub flows: Vec<FlowSpec>,
}
