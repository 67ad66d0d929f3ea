//! What a file says of customers' ports that was not agreed.

use super::service::{Service, base};
use super::{Deviation, Duty, Scene};
use crate::scenario::file::{FlowFrames, PortWord};
use crate::scenario::{Edit, ItemName, KeyChange, Section};

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Deviation>) {
    for service in &scene.services.list {
        found.extend(bound_address(scene, service));
        found.extend(tunnel(scene, service));
        found.extend(own_spec(scene, service));
    }
}

/// A port that takes the customer's tag as payload: it stands behind the service's own at the handover.
fn tunnel(scene: &Scene<'_>, service: &Service<'_>) -> Option<Deviation> {
    let idc = service.idc;
    let port = idc.port.as_ref().filter(|port| port.value == PortWord::Tunnel)?;
    let tag = idc
        .tag
        .as_ref()
        .map(|tag| tag.value)
        .or_else(|| forged(scene, service))?;
    let changes = vec![KeyChange::set("port", "trunk"), KeyChange::set("tag", &tag.to_string())];
    Some(Deviation {
        duty: Duty::Tagging,
        owner: scene.accounts.of_port(&idc.attach),
        tenant: Some(service.tenant.to_owned()),
        place: idc.attach.0.clone(),
        what: format!(
            "{} takes the tags of {} as payload and puts one more in front",
            idc.attach.value, &*idc.name.0
        ),
        wrote: port.span,
        heal: vec![Edit::Change(ItemName::new(Section::Idcs, &idc.name.0), changes)],
        evident: false,
    })
}

/// The partner's switch polices a data centre to less than was sold to it.
fn own_spec(scene: &Scene<'_>, service: &Service<'_>) -> Option<Deviation> {
    let idc = service.idc;
    let own = idc.spec.as_ref()?;
    let sold = scene.services.sold(&idc.name.0).filter(|sold| own.value < *sold)?;
    Some(Deviation {
        duty: Duty::Policer,
        owner: scene.accounts.of_port(&idc.attach),
        tenant: Some(service.tenant.to_owned()),
        place: idc.attach.0.clone(),
        what: format!(
            "{} polices {} to {} of {sold} sold",
            idc.attach.value, &*idc.name.0, own.value
        ),
        wrote: own.span,
        heal: vec![Edit::drop(ItemName::new(Section::Idcs, &idc.name.0), "spec")],
        evident: true,
    })
}

/// The one tag that forged frames of a data centre have, where they have one.
fn forged(scene: &Scene<'_>, service: &Service<'_>) -> Option<u64> {
    let idc = service.idc.name.0.as_str();
    let own = scene
        .expanded
        .file()
        .traffic
        .iter()
        .filter(|flow| matches!(flow.what, FlowFrames::Raw { .. }) && base(&flow.from) == idc);
    own.filter_map(|flow| match &flow.what {
        FlowFrames::Raw { tags, .. } => match tags.as_deref()? {
            [only] => Some(only.vid.value).filter(|vid| (1..4095).contains(vid)),
            _ => None,
        },
        FlowFrames::Udp { .. } | FlowFrames::Ping { .. } | FlowFrames::Replay { .. } => None,
    })
    .next()
}

/// The partner's switch admits one MAC address only.
fn bound_address(scene: &Scene<'_>, service: &Service<'_>) -> Option<Deviation> {
    let idc = service.idc;
    let bound = idc.bind_mac.as_ref().filter(|bind| bind.value)?;
    Some(Deviation {
        duty: Duty::Operation,
        owner: scene.accounts.of_port(&idc.attach),
        tenant: Some(service.tenant.to_owned()),
        place: idc.attach.0.clone(),
        what: format!("{} admits one address of {} only", idc.attach.value, &*idc.name.0),
        wrote: bound.span,
        heal: vec![Edit::drop(ItemName::new(Section::Idcs, &idc.name.0), "bind_mac")],
        evident: false,
    })
}
