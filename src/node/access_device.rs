//! The cloud's access device: one sub-interface for each provisioned VLAN of a circuit.
//!
//! A sub-interface is a cross-connect between the circuit's port and the port of its VBR.
//! Frames of a VLAN without a sub-interface are dropped and counted as unknown.

use crate::forward::{Exact, Member, Octets, Policer, PortConfig, PortRole, Service, ServiceKind};
use crate::ident::{PortNo, TenantId};
use crate::node::access_point::{member, port};
use crate::node::switch::Switch;
use crate::units::{BitRate, ByteCount, SimDuration};
use crate::wire::Vid;

/// The cloud's access device.
pub type AccessDevice<Q = Exact> = Switch<Q>;

/// How much traffic at its full rate a sub-interface's burst holds. The real size is not
/// documented.
pub const BURST_SPAN: SimDuration = SimDuration::from_millis(100);
/// The least burst in octets: two tagged frames of full size (MEF 10.4 23.2 asks for two).
pub const LEAST_BURST: ByteCount = ByteCount::new(2 * 1522);

/// The circuit's port: a trunk with C-tags that drops what is untagged, until a sub-interface
/// with VLAN 0 takes it.
pub const fn circuit_port(mtu: u32) -> PortConfig {
    port(PortRole::Trunk, mtu)
}

/// A VBR's port: routed, without tags.
pub const fn vbr_port(mtu: u32) -> PortConfig {
    port(PortRole::Routed, mtu)
}

/// The policer of a sub-interface at this rate: [`BURST_SPAN`] of it, [`LEAST_BURST`] at
/// least, counting octets with FCS.
pub fn rate_limit(rate: BitRate) -> Policer {
    let burst = rate.octets_in(BURST_SPAN).max(LEAST_BURST);
    Policer {
        rate,
        burst,
        octets: Octets::L2Fcs,
    }
}

/// The service behind a sub-interface.
///
/// `vid` is the VLAN of the API: 1 to 2999, or 0 for the circuit's untagged frames; a VID that
/// no tag may carry gives a service that carries nothing. The rate holds both ways, on devices
/// that have the feature `SubifRateLimit`.
pub fn sub_interface(
    tenant: TenantId,
    circuit_port: PortNo,
    vid: u16,
    vbr_port: PortNo,
    rate: Option<BitRate>,
    feature_subif_rate_limit: bool,
) -> Service {
    let vid = (vid != 0).then(|| Vid::new(vid).unwrap_or(Vid::RESERVED));
    let police = rate.filter(|_| feature_subif_rate_limit).map(rate_limit);
    let end = |port, vid| Member {
        police,
        ..member(port, vid)
    };
    let mut members = vec![end(circuit_port, vid), end(vbr_port, None)];
    members.sort();
    Service {
        tenant,
        kind: ServiceKind::CrossConnect,
        members,
    }
}
