//! An exchange fabric between a tenant's cross-connect and the circuit.
//!
//! Its A-side and Z-side tags differ, so its services translate VLANs.

use crate::forward::{Exact, Member, Service, ServiceKind};
use crate::ident::TenantId;
use crate::node::switch::{Switch, service};

/// The exchange's switch.
pub type Fabric<Q = Exact> = Switch<Q>;

/// A virtual connection of an exchange: what comes in at one side leaves at the other with
/// that side's VID (`None`: untagged). Nothing is learned.
pub fn virtual_connection(tenant: TenantId, a: Member, z: Member) -> Service {
    service(tenant, ServiceKind::CrossConnect, a, z)
}
