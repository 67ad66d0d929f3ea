//! An exchange fabric between a tenant's cross-connect and the circuit.
//!
//! Its A-side and Z-side tags differ, so its services translate VLANs.

use crate::forward::{Exact, Service, ServiceKind};
use crate::ident::{PortNo, TenantId};
use crate::node::access_point::member;
use crate::node::switch::Switch;
use crate::wire::Vid;

/// The exchange's switch.
pub type Fabric<Q = Exact> = Switch<Q>;

/// A virtual connection of an exchange: what comes in at one side leaves at the other with
/// that side's VID (`None`: untagged). Nothing is learned, bound or limited.
pub fn exchange(tenant: TenantId, a: (PortNo, Option<Vid>), z: (PortNo, Option<Vid>)) -> Service {
    let mut members = vec![member(a.0, a.1), member(z.0, z.1)];
    members.sort();
    Service {
        tenant,
        kind: ServiceKind::CrossConnect,
        members,
    }
}
