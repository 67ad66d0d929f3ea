//! What two records of one interconnect say: the VBR's addresses, and the data centre's.
//!
//! What was agreed is right; where nothing was, what the law accepted stands.

use std::net::{IpAddr, Ipv4Addr};

use super::service::{Call, Service};
use super::workflow::{Interconnect, with_span};
use super::{Deviation, Duty, Owner, Scene};
use crate::scenario::{Edit, ItemName, KeyChange, Section};

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Deviation>) {
    for service in &scene.services.list {
        found.extend(contradiction(scene, service));
        found.extend(other_order(service));
        found.extend(own_routes(scene, service));
    }
}

/// What a VBR's addresses are by an accepted call.
fn ordered<'s>(service: &'s Service<'_>) -> Option<(&'s Call<'s>, Interconnect)> {
    let call = service.addresses.as_ref().filter(|call| call.accepted.is_some())?;
    let read = |key: &str| call.with(key)?.parse::<Ipv4Addr>().ok();
    let mask = read("PeeringSubnetMask")?;
    let ends = Interconnect {
        local: read("LocalGatewayIp")?,
        peer: read("PeerGatewayIp")?,
        len: u8::try_from(u32::from(mask).leading_ones()).ok()?,
    };
    Some((call, ends))
}

/// What was agreed of an interconnect, where it is known whole: `base` gives what was not.
fn agreed(service: &Service<'_>, base: Interconnect) -> Option<Interconnect> {
    let agreed = service.agreed()?;
    let peer = agreed.address.as_ref().map(|address| address.value);
    let local = agreed.gateway.as_ref().map(|gateway| gateway.value);
    if peer.is_none() && local.is_none() {
        return None;
    }
    let v4 = |address: Option<IpAddr>, other: Ipv4Addr| match address {
        Some(IpAddr::V4(address)) => Some(address),
        Some(IpAddr::V6(_)) => None,
        None => Some(other),
    };
    Some(Interconnect {
        local: v4(local, base.local)?,
        peer: v4(peer.map(|peer| peer.address), base.peer)?,
        len: peer.map_or(base.len, |peer| peer.len),
    })
}

/// The data centre's record is not what is right; it is changed to it.
fn contradiction(scene: &Scene<'_>, service: &Service<'_>) -> Option<Deviation> {
    let (call, cloud) = ordered(service)?;
    let own = Interconnect::of(service);
    let was_agreed = agreed(service, cloud);
    let right = was_agreed.unwrap_or(cloud);
    if own == Some(right) {
        return None;
    }
    let idc = service.idc;
    let told = match own {
        Some(own) => format!("{}/{} with the gateway {}", own.peer, own.len, own.local),
        None => format!("{}/{}", idc.address.address, idc.address.len),
    };
    let Interconnect { local, peer, len } = right;
    let line = with_span(call, "PeerGatewayIp").map_or(0, |span| span.line);
    let by = match was_agreed {
        Some(_) => format!("{local} towards {peer}/{len} was agreed"),
        None => format!("its VBR (line {line}) has {local} towards {peer}/{len}"),
    };
    let changes = vec![
        KeyChange::set("address", &format!("{peer}/{len}")),
        KeyChange::set("gateway", &local.to_string()),
    ];
    let what = format!("{} has {told}, and {by}", &*idc.name.0);
    let heal = vec![Edit::Change(ItemName::new(Section::Idcs, &idc.name.0), changes)];
    let owner = scene.accounts.of_edge(idc);
    let deviation = Deviation::new(Duty::Addresses, owner, &idc.name.0, idc.address.span, what, heal);
    Some(deviation.of(service.tenant).shown(true))
}

/// The VBR has other addresses than were agreed: only its owner sets them.
fn other_order(service: &Service<'_>) -> Option<Deviation> {
    let (call, cloud) = ordered(service)?;
    let right = agreed(service, cloud).filter(|right| *right != cloud)?;
    let name = &*service.idc.name.0;
    let what = format!(
        "the VBR of {name} has {} towards {}/{}, and {} towards {}/{} was agreed",
        cloud.local, cloud.peer, cloud.len, right.local, right.peer, right.len
    );
    let wrote = with_span(call, "PeerGatewayIp").unwrap_or(call.item.operation.span);
    let heal = vec![Edit::Change(call.name.clone(), right.changes())];
    let owner = Owner::Tenant(service.tenant.to_owned());
    let deviation = Deviation::new(Duty::Addresses, owner, name, wrote, what, heal);
    Some(deviation.of(service.tenant).shown(true))
}

/// A data centre that says itself what it routes to its gateway, or that does not answer probes.
fn own_routes(scene: &Scene<'_>, service: &Service<'_>) -> Vec<Deviation> {
    let idc = service.idc;
    let note = |what: String, wrote, key: &str| {
        let heal = vec![Edit::drop(ItemName::new(Section::Idcs, &idc.name.0), key)];
        let owner = scene.accounts.of_edge(idc);
        Deviation::new(Duty::Routes, owner, &idc.name.0, wrote, what, heal).of(service.tenant)
    };
    let mut found = Vec::new();
    if let Some(routes) = &idc.routes {
        let wrote = routes.first().map_or(idc.name.span, |first| first.span);
        found.push(note(
            format!("{} has a list of its own of what it routes", &*idc.name.0),
            wrote,
            "routes",
        ));
    }
    if let Some(probe) = idc.probe_return_route.as_ref().filter(|probe| !probe.value) {
        let what = format!("{} has no return route for probes", &*idc.name.0);
        found.push(note(what, probe.span, "probe_return_route"));
    }
    found
}
