//! The virtual border router: gateway of one VLAN, between circuit and transit router.
//!
//! Port 0 faces the access device, untagged, because that device has the tag; port 1 faces the
//! transit router, where frames go to [`cloud::NEIGHBOUR`](super::cloud::NEIGHBOUR) without ARP.

mod router;
#[cfg(test)]
pub(super) mod tests;

pub use router::Vbr;

use crate::host::ArpConfig;
use crate::ident::TenantId;
use crate::wire::MacAddr;

/// What a VBR is before the API configures it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VbrConfig {
    /// Whose it is.
    pub tenant: TenantId,
    /// Its MAC towards the circuit: the access device's shared one by default.
    pub mac: MacAddr,
    /// How it resolves addresses.
    pub arp: ArpConfig,
}
