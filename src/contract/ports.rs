//! What a file says of customers' ports that was not agreed.

use super::service::{Service, base};
use super::switch_ports::Port;
use super::{Deviation, Duty, Scene};
use crate::scenario::file::{FlowFrames, IdcItem, PortWord};
use crate::scenario::{Edit, ItemName, KeyChange, Section, Span};

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Deviation>) {
    for service in &scene.services.list {
        found.extend(tunnel(scene, service));
        found.extend(own_spec(scene, service));
        found.extend(other_tag(scene, service));
        found.extend(other_vlan(scene, service));
        let idc = service.idc;
        let port = Port {
            item: item(idc),
            under: "switch_port",
            name: &idc.name.0,
            owner: &scene.accounts.of_port(&idc.attach),
            keys: idc.switch_port.as_ref(),
        };
        let keys = port.find().into_iter().map(|deviation| deviation.of(service.tenant));
        found.extend(keys);
        found.extend(other_vid(scene, service));
    }
}

/// A data centre among the items of a file.
pub(super) fn item(idc: &IdcItem) -> ItemName {
    ItemName::new(Section::Idcs, &idc.name.0)
}

/// A departure of whoever answers for the service's port.
fn at_port(
    scene: &Scene<'_>,
    service: &Service<'_>,
    duty: Duty,
    (wrote, what): (Span, String),
    heal: Edit,
) -> Deviation {
    let attach = &service.idc.attach;
    let owner = scene.accounts.of_port(attach);
    Deviation::new(duty, owner, &attach.0, wrote, what, vec![heal]).of(service.tenant)
}

/// A port that takes the customer's tag as payload: it stands behind the service's own at the handover.
fn tunnel(scene: &Scene<'_>, service: &Service<'_>) -> Option<Deviation> {
    let idc = service.idc;
    let port = idc.port.as_ref().filter(|port| port.value == PortWord::Tunnel)?;
    let tag = service.agreed_tag().or_else(|| forged(scene, service))?;
    // What is configured of a tunnel means nothing of a trunk.
    let keys = idc.switch_port.as_ref().map(|_| KeyChange::drop("switch_port"));
    let changes = [KeyChange::set("port", "trunk"), KeyChange::set("tag", &tag.to_string())];
    let changes = changes.into_iter().chain(keys).collect();
    let what = format!(
        "{} takes the tags of {} as payload and puts one more in front",
        idc.attach.value, &*idc.name.0
    );
    let heal = Edit::Change(item(idc), changes);
    Some(at_port(scene, service, Duty::Tagging, (port.span, what), heal))
}

/// The partner's switch polices a data centre to less than was sold to it.
fn own_spec(scene: &Scene<'_>, service: &Service<'_>) -> Option<Deviation> {
    let idc = service.idc;
    let own = idc.spec.as_ref()?;
    let sold = scene.services.sold(&idc.name.0).filter(|sold| own.value < *sold)?;
    let what = format!(
        "{} polices {} to {} of {sold} sold",
        idc.attach.value, &*idc.name.0, own.value
    );
    let heal = Edit::drop(item(idc), "spec");
    Some(at_port(scene, service, Duty::Policer, (own.span, what), heal).shown(true))
}

/// The port has another tag for the customer than was agreed.
fn other_tag(scene: &Scene<'_>, service: &Service<'_>) -> Option<Deviation> {
    let idc = service.idc;
    let agreed = service.agreed()?.tag.as_ref()?;
    let own = idc.tag.as_ref();
    if own.map(|tag| tag.value) == Some(agreed.value) {
        return None;
    }
    let told = own.map_or("takes untagged frames".to_owned(), |tag| {
        format!("has tag {}", tag.value)
    });
    let what = format!(
        "{} {told} for {}, and tag {} was agreed (line {})",
        idc.attach.value, &*idc.name.0, agreed.value, agreed.span.line
    );
    let tag = agreed.value.to_string();
    let heal = Edit::Change(
        item(idc),
        vec![KeyChange::set("port", "trunk"), KeyChange::set("tag", &tag)],
    );
    let wrote = own.map_or(idc.name.span, |tag| tag.span);
    Some(at_port(scene, service, Duty::Tagging, (wrote, what), heal).shown(true))
}

/// The port has another VLAN for the customer than he tags his frames with.
fn other_vid(scene: &Scene<'_>, service: &Service<'_>) -> Option<Deviation> {
    let idc = service.idc;
    let vid = idc.switch_port.as_ref()?.vid.as_ref()?;
    let own = idc.tag.as_ref().filter(|tag| tag.value != vid.value)?;
    let what = format!(
        "{} has VLAN {} for {}, whose frames have tag {}",
        idc.attach.value, vid.value, &*idc.name.0, own.value
    );
    let heal = Edit::drop(item(idc), "switch_port.vid");
    Some(at_port(scene, service, Duty::Tagging, (vid.span, what), heal).shown(true))
}

/// The switch has another VLAN towards the circuit than was agreed.
fn other_vlan(scene: &Scene<'_>, service: &Service<'_>) -> Option<Deviation> {
    let idc = service.idc;
    let agreed = service.agreed()?.vlan_id.as_ref()?;
    if idc.vlan_id.value == agreed.value {
        return None;
    }
    let what = format!(
        "{} has VLAN {} for {}, and VLAN {} was agreed (line {})",
        idc.attach.value, idc.vlan_id.value, &*idc.name.0, agreed.value, agreed.span.line
    );
    let heal = Edit::set(item(idc), "vlan_id", &agreed.value.to_string());
    Some(at_port(scene, service, Duty::Operation, (idc.vlan_id.span, what), heal).shown(true))
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
