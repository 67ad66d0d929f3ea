//! The cloud's access device: one sub-interface for each provisioned VLAN of a circuit.
//!
//! A sub-interface is a cross-connect between the circuit's port and the port of its VBR.
//! Frames of a VLAN without a sub-interface are dropped and counted as unknown.

use crate::forward::{Exact, Member, Policer, Service, ServiceKind};
use crate::ident::{PortNo, TenantId};
use crate::node::switch::{Switch, member, service};
use crate::wire::Vid;

/// The cloud's access device.
pub type AccessDevice<Q = Exact> = Switch<Q>;

/// The service behind a sub-interface.
///
/// `vid` is the VLAN of the API: 1 to 2999, or 0 for the circuit's untagged frames; a VID that
/// no tag may carry gives a service that carries nothing. The policer holds both ways; only
/// devices that have the feature `SubifRateLimit` can have one.
pub fn sub_interface(
    tenant: TenantId,
    circuit_port: PortNo,
    vid: u16,
    vbr_port: PortNo,
    police: Option<Policer>,
) -> Service {
    let vid = (vid != 0).then(|| Vid::new(vid).unwrap_or(Vid::RESERVED));
    let end = |port, vid| Member {
        police,
        ..member(port, vid)
    };
    service(
        tenant,
        ServiceKind::CrossConnect,
        end(circuit_port, vid),
        end(vbr_port, None),
    )
}
