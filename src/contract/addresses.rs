//! What two records of one interconnect say: the VBR's addresses, and the data centre's.

use super::service::Service;
use super::workflow::{Interconnect, with_span};
use super::{Deviation, Duty, Scene};
use crate::scenario::{Edit, ItemName, KeyChange, Section};

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Deviation>) {
    for service in &scene.services.list {
        found.extend(contradiction(scene, service));
        found.extend(own_routes(scene, service));
    }
}

/// The VBR's addresses are not those that the data centre has. Both records are the tenant's; what the law
/// accepted stands, and the data centre is changed to it.
fn contradiction(scene: &Scene<'_>, service: &Service<'_>) -> Option<Deviation> {
    let call = service.addresses.as_ref().filter(|call| call.accepted.is_some())?;
    let read = |key: &str| call.with(key)?.parse::<std::net::Ipv4Addr>().ok();
    let (local, peer, mask) = (
        read("LocalGatewayIp")?,
        read("PeerGatewayIp")?,
        read("PeeringSubnetMask")?,
    );
    let len = u8::try_from(u32::from(mask).leading_ones()).ok()?;
    let cloud = Interconnect { local, peer, len };
    let own = Interconnect::of(service);
    if own == Some(cloud) {
        return None;
    }
    let idc = service.idc;
    let told = match own {
        Some(own) => format!("{}/{} with the gateway {}", own.peer, own.len, own.local),
        None => format!("{}/{}", idc.address.address, idc.address.len),
    };
    let line = with_span(call, "PeerGatewayIp").map_or(0, |span| span.line);
    let changes = vec![
        KeyChange::set("address", &format!("{peer}/{len}")),
        KeyChange::set("gateway", &local.to_string()),
    ];
    Some(Deviation {
        duty: Duty::Addresses,
        owner: scene.accounts.of_edge(idc),
        tenant: Some(service.tenant.to_owned()),
        place: idc.name.0.clone(),
        what: format!(
            "{} has {told}, and its VBR (line {line}) has {local} towards {peer}/{len}",
            &*idc.name.0
        ),
        wrote: idc.address.span,
        heal: vec![Edit::Change(ItemName::new(Section::Idcs, &idc.name.0), changes)],
        evident: true,
    })
}

/// A data centre that says itself what it routes to its gateway, or that does not answer probes.
fn own_routes(scene: &Scene<'_>, service: &Service<'_>) -> Vec<Deviation> {
    let idc = service.idc;
    let item = || ItemName::new(Section::Idcs, &idc.name.0);
    let note = |what: String, wrote, key: &str| Deviation {
        duty: Duty::Routes,
        owner: scene.accounts.of_edge(idc),
        tenant: Some(service.tenant.to_owned()),
        place: idc.name.0.clone(),
        what,
        wrote,
        heal: vec![Edit::drop(item(), key)],
        evident: false,
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
