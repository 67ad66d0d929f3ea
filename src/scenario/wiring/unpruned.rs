//! Trunks without a list: every VLAN of a bridged switch is let onto them.

use super::{Build, member};
use crate::forward::{Service, ServiceKind};
use crate::ident::{NodeId, PortNo};
use crate::scenario::at::Span;
use crate::scenario::codes::Code;
use crate::scenario::issues::Issues;
use crate::scenario::plan::LinkRole;
use crate::wire::Vid;

/// Makes every service of a switch a member of its unpruned trunks, with the VID that it has
/// towards its circuit.
pub(super) fn add(
    build: &mut Build<'_>,
    trunks: &[(PortNo, PortNo)],
    circuits: &[(PortNo, PortNo)],
    issues: &mut Issues,
) {
    let world = build.world;
    let mut all = Vec::new();
    for (link, ports) in world.links.iter().zip(trunks) {
        if let Some(span) = link.carries.unpruned {
            all.push((link.a, ports.0, span));
            all.push((link.b, ports.1, span));
        }
    }
    for (circuit, ports) in world.circuits.iter().zip(circuits) {
        if let Some(span) = circuit.carries.unpruned {
            all.push((circuit.a, ports.0, span));
        }
    }
    // Which ports lead to customers: what is tagged there is their own business.
    let lines: Vec<(NodeId, PortNo)> = build
        .links
        .iter()
        .filter(|link| link.role == LinkRole::LastMile)
        .map(|link| link.b)
        .collect();
    for (switch, port, span) in all {
        let node = build.ids.switches[switch];
        let tables = build.tables[node.index()].as_mut().expect("a switch has tables");
        let inner = |port| !lines.contains(&(node, port));
        for service in tables.services.values_mut() {
            join(service, port, inner, span, issues);
        }
    }
}

fn join(service: &mut Service, port: PortNo, inner: impl Fn(PortNo) -> bool, span: Span, issues: &mut Issues) {
    if service.members.iter().any(|m| m.port == port) {
        return;
    }
    if service.kind == ServiceKind::CrossConnect {
        return needs_a_bridge(span, issues);
    }
    let vid: Option<Vid> = service.members.iter().filter(|m| inner(m.port)).find_map(|m| m.vid);
    if let Some(vid) = vid {
        service.members.push(member(port, Some(vid)));
        service.members.sort();
    }
}

fn needs_a_bridge(span: Span, issues: &mut Issues) {
    issues.err_help(
        span,
        Code::Needed,
        "a cross-connect has two ends, so no VLAN leaks onto a third trunk",
        "give the partner's switch `service: bridged`",
    );
}
