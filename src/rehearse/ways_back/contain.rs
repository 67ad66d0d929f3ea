//! What contains an attach that went wrong, since nothing undoes it: a stop rule, a case with the
//! vendor, and the VBR built anew.

use super::Step;
use super::tried::{Tried, Walk};
use crate::provision::{
    AttachmentStatus, CreateRouteEntry, CreateTransitRouterVbrAttachment, CreateVirtualBorderRouter, Defaults,
    DeleteTransitRouterVbrAttachment, DisableCenVbrHealthCheck, ModifyVirtualBorderRouterAttribute, NextHop,
    NextHopType, Operation, OperationName as O, PcId, Spec, State, Vbr, VbrId,
};
use crate::rehearse::conversion::Conversion;
use std::net::Ipv4Addr;

/// Where the VBR is built anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rebuild {
    /// On the shared port that it hangs on; VLAN and bandwidth are the port's.
    OnThePort,
    /// On the partner's circuit again, after the shared port is deleted.
    AsLegacy,
}

/// A VBR that was built anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// Where.
    pub rebuild: Rebuild,
    /// The calls, and what then is not as it was.
    pub tried: Tried,
    /// The new VBR; `None`: a call on the way was refused.
    pub vbr: Option<VbrId>,
    /// The position in the calls at which frames stop, and at which they may pass again.
    pub outage: Option<(usize, usize)>,
}

/// Builds the VBR of a converted tenant anew, on a copy of the state.
pub fn rebuild(now: &State, conversion: &Conversion, how: Rebuild) -> Rebuilt {
    let mut walk = Walk::new(now);
    let mut outage = None;
    let vbr = anew(&mut walk, conversion, how, &mut outage);
    let way = Step::Attach.way_back(super::Terms::default());
    Rebuilt {
        rebuild: how,
        tried: walk.end(Step::Attach, way),
        vbr,
        outage,
    }
}

fn anew(
    walk: &mut Walk<'_>,
    conversion: &Conversion,
    how: Rebuild,
    outage: &mut Option<(usize, usize)>,
) -> Option<VbrId> {
    let old = walk.state.vbr(conversion.vbr)?.clone();
    let port = conversion.port(&walk.state).map(|(id, _)| id)?;
    let spec = walk.state.port(port)?.spec;
    if old.health.is_some() {
        let vbr_instance_id = conversion.vbr.into();
        let check = DisableCenVbrHealthCheck {
            vbr_instance_id,
            cen_id: None,
        };
        walk.call(conversion.tenant, check.into(), &mut Defaults)?;
    }
    let stops = walk.calls.len();
    if let Some(id) = old.attachment {
        let detach = DeleteTransitRouterVbrAttachment {
            transit_router_attachment_id: id.into(),
        };
        walk.call(conversion.tenant, detach.into(), &mut Defaults)?;
    }
    walk.named(conversion, conversion.tenant, O::DeleteVirtualBorderRouter)?;
    let new = match how {
        Rebuild::OnThePort => on_the_port(walk, conversion, port, &old)?,
        Rebuild::AsLegacy => as_legacy(walk, conversion, &old, spec)?,
    };
    equip(walk, conversion, new, &old)?;
    *outage = Some((stops, walk.calls.len()));
    Some(new)
}

fn on_the_port(walk: &mut Walk<'_>, conversion: &Conversion, port: PcId, old: &Vbr) -> Option<VbrId> {
    let make = CreateVirtualBorderRouter {
        physical_connection_id: port.into(),
        name: old.name.as_ref().map(ToString::to_string),
        ..CreateVirtualBorderRouter::default()
    };
    let made = walk.call(conversion.tenant, make.into(), &mut Defaults)?;
    made.created?.vbr()
}

fn as_legacy(walk: &mut Walk<'_>, conversion: &Conversion, old: &Vbr, spec: Spec) -> Option<VbrId> {
    walk.named(conversion, conversion.tenant, O::TerminatePhysicalConnection)?;
    walk.named(conversion, conversion.tenant, O::DeletePhysicalConnection)?;
    let make = CreateVirtualBorderRouter {
        physical_connection_id: old.circuit.into(),
        vlan_id: Some(i64::from(old.vlan)),
        vbr_owner_id: Some(conversion.tenant.into()),
        bandwidth: Some(i64::from(spec.vbr_mbps(walk.state.premises().policies.spec_1g))),
        ..CreateVirtualBorderRouter::default()
    };
    let made = walk.call(conversion.partner, make.into(), &mut Defaults)?;
    let new = made.created?.vbr()?;
    let confirm = crate::provision::ConfirmVirtualBorderRouter { vbr_id: new.into() };
    walk.call(conversion.tenant, confirm.into(), &mut Defaults)?;
    Some(new)
}

/// Gives the new VBR the old one's addresses, routes and attachment.
fn equip(walk: &mut Walk<'_>, conversion: &Conversion, new: VbrId, old: &Vbr) -> Option<()> {
    let mut calls: Vec<Operation> = Vec::new();
    if let Some(addresses) = old.addresses {
        let mask = u32::MAX.checked_shl(32 - u32::from(addresses.prefix_len)).unwrap_or(0);
        calls.push(
            ModifyVirtualBorderRouterAttribute {
                vbr_id: new.into(),
                local_gateway_ip: Some(addresses.local.to_string()),
                peer_gateway_ip: Some(addresses.peer.to_string()),
                peering_subnet_mask: Some(Ipv4Addr::from(mask).to_string()),
                ..ModifyVirtualBorderRouterAttribute::default()
            }
            .into(),
        );
    }
    calls.extend(old.routes.iter().map(|(prefix, route)| {
        CreateRouteEntry {
            route_table_id: new.into(),
            destination_cidr_block: prefix.to_string(),
            next_hop_type: match route.next_hop {
                NextHop::Circuit => NextHopType::PhysicalConnection,
                NextHop::Cloud => NextHopType::VPC,
            },
        }
        .into()
    }));
    if old.attachment.is_some() {
        calls.push(
            CreateTransitRouterVbrAttachment {
                vbr_id: new.into(),
                ..CreateTransitRouterVbrAttachment::default()
            }
            .into(),
        );
    }
    for call in calls {
        walk.call(conversion.tenant, call, &mut Defaults)?;
    }
    let attached = walk.state.vbr(new)?.attachment.and_then(|id| walk.state.attachment(id));
    debug_assert!(
        attached.is_none_or(|attachment| attachment.status == AttachmentStatus::Attached),
        "its outcome was awaited"
    );
    Some(())
}
