//! Which VLANs are let onto trunks, beside those whose way it is: by a list, without one, and by a
//! default VLAN.

use super::{Build, member};
use crate::forward::{Member, PortRole, Profile, Service, ServiceId, ServiceKind, Untagged, VidSet};
use crate::ident::{NodeId, PortNo, TenantId};
use crate::scenario::at::{At, Span};
use crate::scenario::codes::Code;
use crate::scenario::issues::Issues;
use crate::scenario::plan::LinkRole;
use crate::wire::Vid;

/// VLANs that a switch lets onto one of its trunks.
enum Lets {
    /// Every one, as is written here.
    All(Span),
    /// Those of a list.
    Listed(VidSet),
    /// This one.
    Only(Vid),
}

impl Lets {
    fn has(&self, vid: Vid) -> bool {
        match self {
            Self::All(_) => true,
            Self::Listed(list) => list.contains(vid),
            Self::Only(own) => *own == vid,
        }
    }
}

/// Gives trunks their lists and their default VLAN, and makes every service of a bridged switch that
/// is so let onto a trunk a member there, with the VID that it has towards its circuit.
pub(super) fn add(
    build: &mut Build<'_>,
    trunks: &[(PortNo, PortNo)],
    circuits: &[(PortNo, PortNo)],
    unis: &[PortNo],
    issues: &mut Issues,
) {
    let terrain = build.terrain;
    let mut all: Vec<(NodeId, PortNo, Lets)> = Vec::new();
    for (link, ports) in terrain.links.iter().zip(trunks) {
        let ends = [(link.a, ports.0), (link.b, ports.1)].map(|(at, port)| (build.ids.switches[at], port));
        for (list, (node, port)) in link.carries.allowed.iter().zip(ends) {
            all.extend(lets(link.carries.unpruned, list.as_ref()).map(|lets| (node, port, lets)));
            allow(build, node, port, list.as_ref());
        }
    }
    for (circuit, ports) in terrain.circuits.iter().zip(circuits) {
        let (near, far) = (build.ids.switches[circuit.a], build.ids.devices[circuit.device]);
        let carries = &circuit.carries;
        if let Some(span) = carries.listed.filter(|_| !is_trunk(build, near, ports.0)) {
            issues.err_help(
                span,
                Code::VlanList,
                "an untagged circuit has no list of VLANs",
                "leave the list out",
            );
        }
        all.extend(lets(carries.unpruned, carries.allowed[0].as_ref()).map(|lets| (near, ports.0, lets)));
        allow(build, near, ports.0, carries.allowed[0].as_ref());
        allow(build, far, ports.1, carries.allowed[1].as_ref());
    }
    all.extend(default_vlans(build));
    for (idc, port) in terrain.idcs.iter().zip(unis) {
        let listed = idc.port.allowed.clone().map(Lets::Listed);
        all.extend(listed.map(|lets| (build.ids.switches[idc.switch], *port, lets)));
    }
    // Which ports lead to customers: what is tagged there is their own business.
    let lines: Vec<(NodeId, PortNo)> = build
        .links
        .iter()
        .filter(|link| link.role == LinkRole::LastMile)
        .map(|link| link.b)
        .collect();
    for (node, port, lets) in &all {
        let (node, port) = (*node, *port);
        let tables = build.tables[node.index()].as_mut().expect("a switch has tables");
        let inner = |port| !lines.contains(&(node, port));
        for service in tables.services.values_mut() {
            join(service, port, inner, lets, issues);
        }
    }
    nobodys(build, &all, unis);
}

/// VLANs that nobody has, where a customer's list lets them on and another list does, too: frames go from one
/// of these ports to the others.
fn nobodys(build: &mut Build<'_>, all: &[(NodeId, PortNo, Lets)], unis: &[PortNo]) {
    let terrain = build.terrain;
    for (at, switch) in terrain.switches.iter().enumerate() {
        let node = build.ids.switches[at];
        let idcs = terrain.idcs.iter().zip(unis);
        let open = idcs.filter(|(idc, _)| idc.switch == at && idc.port.allowed.is_some());
        let lines: Vec<PortNo> = open.map(|(_, port)| *port).collect();
        let kind = super::service::kind(&switch.item);
        if lines.is_empty() || kind == ServiceKind::CrossConnect {
            continue;
        }
        let listed = |(of, port, lets): &(NodeId, PortNo, Lets)| match lets {
            Lets::Listed(list) if *of == node => Some((*port, list.clone())),
            _ => None,
        };
        let lists: Vec<(PortNo, VidSet)> = all.iter().filter_map(listed).collect();
        let tables = build.tables[node.index()].as_mut().expect("a switch has tables");
        for vid in (0..4096).filter_map(Vid::new) {
            let place = Some(vid).filter(|vid| *vid != Vid::PRIORITY);
            let ports = lists
                .iter()
                .filter(|(_, list)| list.contains(vid))
                .map(|(port, _)| *port);
            let ports: Vec<PortNo> = ports.collect();
            let is_taken = tables.services.values().any(|service| {
                let tagged = service
                    .members
                    .iter()
                    .filter(|m| !lines.contains(&m.port))
                    .any(|m| m.vid == Some(vid));
                tagged
                    || service
                        .members
                        .iter()
                        .any(|m| m.vid == place && ports.contains(&m.port))
            });
            if is_taken || ports.len() < 2 || !ports.iter().any(|port| lines.contains(port)) {
                continue;
            }
            let mut members: Vec<Member> = ports.into_iter().map(|port| member(port, place)).collect();
            members.sort();
            let tenant = TenantId::NONE;
            let id = ServiceId(NOBODYS + u32::from(vid.get()));
            tables.services.insert(id, Service { tenant, kind, members });
        }
        for port in lines {
            // Its list has the VID that no VLAN has elsewhere.
            let takes = lists
                .iter()
                .any(|(at, list)| *at == port && list.contains(Vid::RESERVED));
            tables.ports[port.index()].admit.takes_vid_4095 |= takes && tables.profile == Profile::Ovs31;
        }
    }
}

/// Numbers of services that nobody has: behind those of all data centres.
const NOBODYS: u32 = 1 << 30;

fn lets(unpruned: Option<Span>, list: Option<&VidSet>) -> Option<Lets> {
    let all = unpruned.map(Lets::All);
    all.or_else(|| list.cloned().map(Lets::Listed))
}

fn is_trunk(build: &Build<'_>, node: NodeId, port: PortNo) -> bool {
    let tables = build.tables[node.index()].as_ref().expect("a switch has tables");
    tables.ports[port.index()].role == PortRole::Trunk
}

fn allow(build: &mut Build<'_>, node: NodeId, port: PortNo, list: Option<&VidSet>) {
    let tables = build.tables[node.index()].as_mut().expect("a switch has tables");
    tables.allowed.extend(list.map(|list| (port, list.clone())));
}

/// The VLAN of a key whose range was checked.
pub(super) fn vid_of(key: Option<&At<u64>>) -> Option<Vid> {
    let vid = u16::try_from(key?.value).ok().and_then(Vid::new);
    Some(vid.expect("the range of a default VLAN was checked"))
}

/// Every trunk of a switch with a default VLAN has it as its native one, unless it has another, and
/// is in it. An access port is in its own VLAN instead.
fn default_vlans(build: &mut Build<'_>) -> Vec<(NodeId, PortNo, Lets)> {
    let terrain = build.terrain;
    let switches = terrain.switches.iter().zip(&build.ids.switches);
    let switches = switches.map(|(switch, node)| (&switch.item.default_vlan, *node));
    let devices = terrain.devices.iter().zip(&build.ids.devices);
    let devices = devices.map(|(device, node)| (&device.default_vlan, *node));
    let mut all = Vec::new();
    for (default, node) in switches.chain(devices) {
        let Some(vid) = vid_of(default.as_ref()) else { continue };
        let tables = build.tables[node.index()].as_mut().expect("a switch has tables");
        for (at, port) in tables.ports.iter_mut().enumerate() {
            if port.role == PortRole::Trunk && port.untagged == Untagged::Drop {
                port.untagged = Untagged::Native(vid);
                all.push((node, PortNo::of(at), Lets::Only(vid)));
            }
        }
    }
    all
}

fn join(service: &mut Service, port: PortNo, inner: impl Fn(PortNo) -> bool, lets: &Lets, issues: &mut Issues) {
    if service.members.iter().any(|m| m.port == port) {
        return;
    }
    match lets {
        Lets::All(span) if service.kind == ServiceKind::CrossConnect => return needs_a_bridge(*span, issues),
        _ if service.kind == ServiceKind::CrossConnect => return,
        _ => {}
    }
    let vid: Option<Vid> = service.members.iter().filter(|m| inner(m.port)).find_map(|m| m.vid);
    if let Some(vid) = vid.filter(|vid| lets.has(*vid)) {
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
