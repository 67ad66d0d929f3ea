//! From the law to the data plane: what a service's state means for the boxes that carry it.
//!
//! `lower` is a function of state alone; changes are the difference of two results, and applying
//! differences one by one ends where lowering from scratch does.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use super::access_device::sub_interface;
use super::{AddressPlan, Change, HealthCheckConfig, NextHop, SwitchChange, VbrChange, VpcChange};
use crate::forward::{Octets, Policer, PolicerRule, Service, ServiceId};
use crate::ident::{PortNo, TenantId};
use crate::provision;
use crate::provision::{OctetBasis, Policies, ServiceView};
use crate::units::{BitRate, ByteCount};

/// Which octets of a frame count, as the forwarder takes it.
pub const fn octets(basis: OctetBasis) -> Octets {
    match basis {
        OctetBasis::L1 => Octets::L1,
        OctetBasis::L2Fcs => Octets::L2Fcs,
        OctetBasis::L2 => Octets::L2,
        OctetBasis::L3 => Octets::L3,
    }
}

/// Which octets of a frame a policer counts on this basis, with its tags or as if it had none.
pub const fn policed_octets(basis: OctetBasis, counts_tags: bool) -> Octets {
    match (basis, counts_tags) {
        (basis, true) => octets(basis),
        (OctetBasis::L1, false) => Octets::L1Untagged,
        (OctetBasis::L2Fcs, false) => Octets::L2FcsUntagged,
        (OctetBasis::L2, false) => Octets::L2Untagged,
        (OctetBasis::L3, false) => Octets::L3,
    }
}

/// How policers are made under these policies: by the octets of the contract.
pub fn policer_rule(policies: &Policies) -> PolicerRule {
    PolicerRule {
        octets: policed_octets(policies.octets_policing, policies.counts_tags),
        burst: policies.policer_burst,
        least: policies.policer_burst_min,
    }
}

/// The bandwidth that a VLAN is sold with: its shared port's, where it has one. A partner's switch
/// polices the tenant's frames to it, in both directions.
pub fn sold(view: Option<&ServiceView>) -> Option<BitRate> {
    view?.port.as_ref().map(|port| port.bandwidth)
}

/// A partner's policer as one of its switches has it: what the switch has of its own goes before the
/// policies.
pub fn at_switch(policer: Policer, burst: Option<ByteCount>, octets: Option<Octets>) -> Policer {
    Policer {
        burst: burst.unwrap_or(policer.burst),
        octets: octets.unwrap_or(policer.octets),
        ..policer
    }
}

/// Where a service runs: the wiring that lowering needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Site<'a> {
    /// Whose frames they are.
    pub tenant: TenantId,
    /// The access device's port for the circuit.
    pub circuit_port: PortNo,
    /// The access device's port for the VBR.
    pub vbr_port: PortNo,
    /// Does the access device limit the rate of a sub-interface?
    pub subif_rate_limit: bool,
    /// Which octets it counts for that, where not those of the contract.
    pub subif_octets: Option<Octets>,
    /// The transit router's port for the VBR, where the tenant has one.
    pub vpc_port: Option<PortNo>,
    /// Networks behind that transit router.
    pub cloud: &'a [(Ipv4Addr, u8)],
}

/// What a VBR should be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VbrIntent {
    active: bool,
    address: Option<AddressPlan>,
    throttle: Option<Policer>,
    routes: BTreeMap<(Ipv4Addr, u8), NextHop>,
    health: Option<HealthCheckConfig>,
}

/// What a transit router should know of a VBR.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VpcIntent {
    attached: bool,
    routes: BTreeSet<(Ipv4Addr, u8)>,
}

/// What one service means for the partner's switches, the access device, its VBR and the transit router.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lowered {
    /// What the partner's switches police it to, where it is sold; each has its own burst ([`at_switch`]).
    pub partner: Option<Policer>,
    /// The access device's sub-interface, while the service is open.
    pub sub_interface: Option<Service>,
    /// The VBR.
    pub vbr: VbrIntent,
    /// The transit router.
    pub vpc: VpcIntent,
}

/// What the state of a service means, its VBR being at this site. No service means nothing is there;
/// where no VBR runs, the partner polices what it sold all the same.
pub fn lower(view: Option<&ServiceView>, rule: PolicerRule, site: Option<&Site<'_>>) -> Lowered {
    let cloud = view.zip(site).map(|(view, site)| in_cloud(view, rule, site));
    Lowered {
        partner: sold(view).map(|rate| rule.policer(rate)),
        ..cloud.unwrap_or_default()
    }
}

/// What a service means beyond the circuit.
fn in_cloud(view: &ServiceView, rule: PolicerRule, site: &Site<'_>) -> Lowered {
    let Some(vbr) = &view.vbr else {
        return Lowered::default();
    };
    let attached = view.open && vbr.cen_attached && site.vpc_port.is_some();
    // What CEN teaches an attached VBR; its custom routes go before it.
    let learned = site
        .cloud
        .iter()
        .filter(|_| attached)
        .map(|prefix| (*prefix, NextHop::Cloud));
    let custom = vbr.routes.iter().map(|(prefix, len, target)| {
        let hop = match target {
            provision::NextHop::Circuit => NextHop::Peer,
            provision::NextHop::Cloud => NextHop::Cloud,
        };
        ((*prefix, *len), hop)
    });
    let routes: BTreeMap<(Ipv4Addr, u8), NextHop> = learned.chain(custom).collect();
    let throttle = vbr.bandwidth.map(|rate| rule.policer(rate));
    let address = vbr.addresses.map(|a| AddressPlan {
        local: a.local,
        peer: a.peer,
        prefix_len: a.prefix_len,
    });
    Lowered {
        partner: None,
        sub_interface: view.open.then(|| {
            sub_interface(
                site.tenant,
                site.circuit_port,
                view.vlan,
                site.vbr_port,
                throttle
                    .filter(|_| site.subif_rate_limit)
                    .map(|policer| at_switch(policer, None, site.subif_octets)),
            )
        }),
        vpc: VpcIntent {
            attached,
            routes: advertised(&routes, address),
        },
        vbr: VbrIntent {
            active: view.open,
            address,
            throttle,
            routes,
            health: vbr.health_check.map(|h| HealthCheckConfig {
                source: h.source,
                interval: h.interval,
                threshold: h.threshold,
            }),
        },
    }
}

/// What CEN learns from a VBR: its routes towards the customer, and the interconnect itself.
fn advertised(routes: &BTreeMap<(Ipv4Addr, u8), NextHop>, address: Option<AddressPlan>) -> BTreeSet<(Ipv4Addr, u8)> {
    let interconnect = address.map(|a| {
        let mask = u32::MAX.checked_shl(32 - u32::from(a.prefix_len)).unwrap_or(0);
        (Ipv4Addr::from(u32::from(a.local) & mask), a.prefix_len)
    });
    routes
        .iter()
        .filter(|(_, hop)| **hop == NextHop::Peer)
        .map(|(prefix, _)| *prefix)
        .chain(interconnect)
        .collect()
}

/// The changes that turn an access device's sub-interface from `old` to `new`.
pub fn device_changes(id: ServiceId, old: Option<&Service>, new: Option<&Service>) -> Vec<Change> {
    match (old, new) {
        (old, new) if old == new => Vec::new(),
        (_, Some(service)) => vec![Change::Switch(SwitchChange::Set(id, service.clone()))],
        (_, None) => vec![Change::Switch(SwitchChange::Remove(id))],
    }
}

/// The changes that turn a VBR from `old` to `new`.
pub fn vbr_changes(old: &VbrIntent, new: &VbrIntent) -> Vec<Change> {
    let mut out = Vec::new();
    // A VBR that closes closes first; one that opens opens last, when all is in place.
    if old.active && !new.active {
        out.push(VbrChange::Active(false));
    }
    if old.address != new.address {
        out.push(VbrChange::Address(new.address));
    }
    if old.throttle != new.throttle {
        out.push(VbrChange::Throttle(new.throttle));
    }
    for prefix in old.routes.keys().filter(|p| !new.routes.contains_key(*p)) {
        out.push(VbrChange::RouteRemove(prefix.0, prefix.1));
    }
    for (prefix, hop) in new.routes.iter().filter(|(p, hop)| old.routes.get(*p) != Some(*hop)) {
        out.push(VbrChange::RouteSet(prefix.0, prefix.1, *hop));
    }
    if old.health != new.health {
        out.push(VbrChange::HealthCheck(new.health));
    }
    if !old.active && new.active {
        out.push(VbrChange::Active(true));
    }
    out.into_iter().map(Change::Vbr).collect()
}

/// The changes that turn what a transit router knows of the VBR at `port` from `old` to `new`.
pub fn vpc_changes(port: PortNo, old: &VpcIntent, new: &VpcIntent) -> Vec<Change> {
    let mut out = Vec::new();
    for prefix in old.routes.difference(&new.routes) {
        out.push(VpcChange::RouteRemove(prefix.0, prefix.1, port));
    }
    for prefix in new.routes.difference(&old.routes) {
        out.push(VpcChange::RouteSet(prefix.0, prefix.1, port));
    }
    if old.attached != new.attached {
        out.push(VpcChange::Attached(port, new.attached));
    }
    out.into_iter().map(Change::Vpc).collect()
}
