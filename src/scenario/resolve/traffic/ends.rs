//! Where a flow begins and ends.

use std::net::Ipv4Addr;

use super::FlowEnd;
use crate::scenario::at::{At, Span};
use crate::scenario::codes::Code;
use crate::scenario::issues::Issues;
use crate::scenario::resolve::{Steps, Terrain};
use crate::scenario::scalars::PlaceRef;

/// The place and the address of a reference.
pub(super) fn place(
    at: &At<PlaceRef>,
    terrain: &Terrain,
    steps: &Steps,
    issues: &mut Issues,
) -> Option<(FlowEnd, Ipv4Addr)> {
    let (name, part) = match at.split_once('/') {
        Some((name, part)) => (name, Some(part)),
        None => (at.0.as_str(), None),
    };
    if let Some(i) = terrain.idc_names.find(name) {
        return idc_host(i, part, at.span, terrain, issues).map(|a| (FlowEnd::Idc(i), a));
    }
    if let Some(i) = terrain.vpc_names.find(name) {
        return vpc_endpoint(i, part, at.span, terrain, issues).map(|a| (FlowEnd::Vpc(i), a));
    }
    if let Some(i) = steps.slot(name) {
        let local = steps.slots[i].local;
        if local.is_none() {
            issues.err(
                at.span,
                Code::Needed,
                format!("no step gives `{name}` a LocalGatewayIp"),
            );
        }
        return local.map(|a| (FlowEnd::Slot(i), a));
    }
    let known = terrain
        .idcs
        .iter()
        .map(|i| &*i.item.name.0)
        .chain(terrain.vpcs.iter().map(|v| &*v.item.name.0))
        .chain(steps.slots.iter().map(|s| &*s.name));
    let message = format!("there is no IDC, VPC or VBR `{name}`");
    issues.dangling(at.span, message, name, known);
    None
}

fn idc_host(i: usize, part: Option<&str>, span: Span, terrain: &Terrain, issues: &mut Issues) -> Option<Ipv4Addr> {
    let idc = &terrain.idcs[i];
    let name = &*idc.item.name.0;
    match part {
        None if idc.hosts.is_empty() => {
            issues.err_help(
                span,
                Code::Needed,
                format!("the IDC `{name}` has no host"),
                "give it `hosts` or a `lan`",
            );
            None
        }
        None => idc.hosts.first().copied(),
        Some(text) => {
            let found = text
                .parse()
                .ok()
                .filter(|a: &Ipv4Addr| idc.hosts.contains(a) || *a == idc.address);
            if found.is_none() {
                issues.err(span, Code::Dangling, format!("the IDC `{name}` has no host `{text}`"));
            }
            found
        }
    }
}

fn vpc_endpoint(i: usize, part: Option<&str>, span: Span, terrain: &Terrain, issues: &mut Issues) -> Option<Ipv4Addr> {
    let vpc = &terrain.vpcs[i];
    let name = &*vpc.item.name.0;
    let Some(text) = part else {
        if vpc.endpoints.is_empty() {
            issues.err(span, Code::Needed, format!("the VPC `{name}` has no endpoint"));
        }
        return vpc.endpoints.first().map(|e| e.address);
    };
    let by_name = vpc
        .item
        .endpoints
        .iter()
        .zip(&vpc.endpoints)
        .find(|(item, _)| &*item.name.0 == text)
        .map(|(_, e)| e.address);
    let by_address = || {
        text.parse()
            .ok()
            .filter(|a: &Ipv4Addr| vpc.endpoints.iter().any(|e| e.address == *a))
    };
    let found = by_name.or_else(by_address);
    if found.is_none() {
        let message = format!("the VPC `{name}` has no endpoint `{text}`");
        issues.dangling(span, message, text, vpc.item.endpoints.iter().map(|e| &*e.name.0));
    }
    found
}
