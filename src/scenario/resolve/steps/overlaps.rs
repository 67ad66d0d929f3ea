//! Steps that give an address or a route inside the tenant's own cloud prefix. The API takes them,
//! and what is sent there has two places to go: it is told, and runs.

use std::net::Ipv4Addr;

use super::names::Names;
use super::slots::Slots;
use crate::provision::{Hole, Operation};
use crate::scenario::at::{Span, Wrong};
use crate::scenario::codes::Code;
use crate::scenario::file::StepItem;
use crate::scenario::issues::Issues;

/// VPCs of a tenant that are looked at.
const VPCS_MAX: usize = 1_000;

pub(super) fn warn(items: &[&StepItem], slots: &Slots<'_>, issues: &mut Issues) {
    for (item, call) in items.iter().zip(slots.calls) {
        let Some(call) = call else { continue };
        match call {
            Operation::CreateVirtualBorderRouter(vbr) => {
                let name = item.bind.as_ref().map(|b| b.0.as_str());
                let net = network(vbr.local_gateway_ip.as_deref(), vbr.peering_subnet_mask.as_deref());
                interconnect(name, net, span(item, "LocalGatewayIp"), slots, issues);
            }
            Operation::ModifyVirtualBorderRouterAttribute(vbr) => {
                let net = network(vbr.local_gateway_ip.as_deref(), vbr.peering_subnet_mask.as_deref());
                interconnect(
                    name(vbr.vbr_id, slots.names),
                    net,
                    span(item, "LocalGatewayIp"),
                    slots,
                    issues,
                );
            }
            Operation::CreateRouteEntry(route) => {
                let span = span(item, "DestinationCidrBlock");
                let at = name(route.route_table_id, slots.names);
                within(at, prefix(&route.destination_cidr_block), span, slots, issues);
            }
            _ => {}
        }
    }
}

fn name<'a>(hole: Hole, names: &Names<'a>) -> Option<&'a str> {
    match hole {
        Hole::Binding(binding) => Some(names.of(binding).0),
        Hole::Circuit(_) | Hole::Nothing => None,
    }
}

fn span(item: &StepItem, key: &str) -> Span {
    let found = item.with.0.iter().find(|(name, _)| name == key);
    found.map_or(item.operation.span, |(_, value)| value.span)
}

/// A prefix: its first address and how many bits it fixes.
type Net = (u32, u32);

/// The prefix that an address and a mask give; `None`: the law has to say what is wrong with them.
fn network(address: Option<&str>, mask: Option<&str>) -> Option<Net> {
    let address = u32::from(address?.parse::<Ipv4Addr>().ok()?);
    let mask = u32::from(mask?.parse::<Ipv4Addr>().ok()?);
    (mask.leading_ones() + mask.trailing_zeros() == 32).then_some((address & mask, mask.leading_ones()))
}

fn prefix(text: &str) -> Option<Net> {
    let (address, len) = text.split_once('/')?;
    let (address, len) = (u32::from(address.parse::<Ipv4Addr>().ok()?), len.parse::<u32>().ok()?);
    (len <= 32).then(|| (first(address, len), len))
}

/// The first address of the prefix of this length that holds the address.
fn first(address: u32, len: u32) -> u32 {
    address & u32::MAX.checked_shl(32 - len).unwrap_or(0)
}

/// The tenant's cloud prefixes, each with its VPC's name, behind the VBR of this name.
fn clouds<'a>(name: Option<&str>, slots: &Slots<'a>) -> Vec<(&'a str, Net)> {
    let slot = name
        .and_then(|name| slots.by_name.get(name))
        .map(|slot| &slots.list[*slot]);
    let Some(slot) = slot.filter(|slot| slot.tenant.is_some()) else {
        return Vec::new();
    };
    let terrain = slots.terrain;
    let own = terrain.vpcs_of(slot.tenant).iter().take(VPCS_MAX);
    own.map(|vpc| {
        let vpc = &terrain.vpcs[*vpc];
        (vpc.item.name.0.as_str(), (u32::from(vpc.cidr.0), u32::from(vpc.cidr.1)))
    })
    .collect()
}

fn interconnect(name: Option<&str>, net: Option<Net>, span: Span, slots: &Slots<'_>, issues: &mut Issues) {
    let Some(net) = net else { return };
    for (vpc, cloud) in clouds(name, slots) {
        let shorter = net.1.min(cloud.1);
        if first(net.0, shorter) == first(cloud.0, shorter) {
            let message = format!(
                "the interconnect {} of the VBR `{}` and the prefix {} of the VPC `{vpc}` overlap",
                shown(net),
                name.unwrap_or_default(),
                shown(cloud)
            );
            let wrong = Wrong::new(Code::StepOverlap, message);
            issues.warn(
                span,
                wrong.help("what is sent to it has two places to go: take a prefix that the VPC does not hold"),
            );
        }
    }
}

fn within(name: Option<&str>, net: Option<Net>, span: Span, slots: &Slots<'_>, issues: &mut Issues) {
    let Some(net) = net else { return };
    for (vpc, cloud) in clouds(name, slots) {
        if net.1 >= cloud.1 && first(net.0, cloud.1) == cloud.0 {
            let message = format!(
                "the route to {} leads out of the cloud, and the prefix {} of the VPC `{vpc}` holds it",
                shown(net),
                shown(cloud)
            );
            let wrong = Wrong::new(Code::StepOverlap, message);
            issues.warn(
                span,
                wrong.help("route the prefixes of the data centre, not those of the VPC"),
            );
        }
    }
}

fn shown(net: Net) -> String {
    format!("{}/{}", Ipv4Addr::from(net.0), net.1)
}
