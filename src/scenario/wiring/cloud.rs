//! The cloud's side: VBR slots, transit routers, links between regions.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Build, Ids, Steps, mac, own};
use crate::forward::PortRole;
use crate::host::{ArpConfig, FlowSpec};
use crate::ident::{LinkId, Party, PortNo, TenantId};
use crate::node::link::LinkConfig;
use crate::node::vbr::VbrConfig;
use crate::node::vpc::VpcConfig;
use crate::scenario::codes::Code;
use crate::scenario::issues::Issues;
use crate::scenario::plan::{BorderPlan, LinkPlan, LinkRole, NodeKind, NodePlan, VbrSlot};
use crate::scenario::resolve::{Cross, Net, Terrain};
use crate::units::{BitRate, ByteCount, SimDuration};

/// Links between regions that a scenario may have: each VPC gets a route to every other of its
/// tenant's, so that more would be too many routes.
const CROSS_MAX: usize = 1_000;
/// Routes over them that a plan may have.
const ROUTES_MAX: usize = 2_000_000;

/// A link inside the cloud: fast, short, and of any MTU, so that it never explains a loss.
fn inner() -> LinkConfig {
    LinkConfig {
        rate: BitRate::from_mbps(100_000),
        delay: SimDuration::from_micros(50),
        mtu: 9000,
        queue: ByteCount::new(16_000_000),
        police: None,
    }
}

/// What a transit router has from the start.
#[derive(Debug, Default)]
pub(super) struct Attached {
    ports: Vec<PortNo>,
    routes: Vec<(std::net::Ipv4Addr, u8, PortNo)>,
}

/// Wires every VBR's place: to the access device, and to the transit router where there is one.
/// A transit router's ports are numbered in order of the slots' names.
pub(super) fn slots(build: &mut Build<'_>, steps: &Steps, circuits: &[(PortNo, PortNo)]) -> Vec<VbrSlot> {
    let behind = behind(build.terrain);
    debug_assert_eq!(circuits.len(), build.terrain.circuits.len(), "every circuit has ports");
    let terrain = build.terrain;
    let mut taken = vec![0usize; terrain.vpcs.len()];
    let mut list = Vec::with_capacity(steps.slots.len());
    for (i, slot) in steps.slots.iter().enumerate() {
        let node = build.ids.slots[i];
        let device = build.ids.devices[terrain.circuits[slot.circuit].device];
        let config = inner();
        let device_port = build.port(device, PortRole::Access, config.mtu);
        let place = own(Party::Cloud, slot.tenant);
        build.link(
            format!("{}/device", slot.name),
            place,
            LinkRole::Vbr,
            (device, device_port),
            (node, PortNo(0)),
            config.clone(),
        );
        let vpc = slot.vpc.map(|v| {
            let port = PortNo::of(taken[v]);
            taken[v] += 1;
            (build.ids.vpcs[v], port)
        });
        if let Some(end) = vpc {
            build.link(
                format!("{}/vpc", slot.name),
                place,
                LinkRole::Cloud,
                (node, PortNo(1)),
                end,
                config,
            );
        }
        list.push(VbrSlot {
            name: slot.name.clone(),
            node,
            tenant: slot.tenant,
            circuit: slot.circuit,
            device_port,
            vpc,
            step: slot.step,
            vlan: slot.vlan,
            cloud: slot.vpc.map(|vpc| behind[vpc].clone()).unwrap_or_default(),
        });
    }
    list
}

/// Wires the links between regions; for each, the ports at its two VPCs.
/// They come behind the ports of the VBRs.
pub(super) fn cross_border(build: &mut Build<'_>) -> Vec<(PortNo, PortNo)> {
    let terrain = build.terrain;
    let ids: &Ids = build.ids;
    let mut taken: BTreeMap<crate::ident::NodeId, usize> = BTreeMap::new();
    for link in build.links.iter().filter(|l| l.role == LinkRole::Cloud) {
        *taken.entry(link.b.0).or_default() += 1;
    }
    let mut ports = Vec::with_capacity(terrain.cross.len());
    for cross in &terrain.cross {
        let mut end = |vpc: usize| {
            let node = ids.vpcs[vpc];
            let next = taken.entry(node).or_default();
            *next += 1;
            (node, PortNo::of(*next - 1))
        };
        let (a, b) = (end(cross.a), end(cross.b));
        ports.push((a.1, b.1));
        let place = own(Party::Cloud, cross.tenant);
        let mut config = cross.config.clone();
        if let Some((_, rate)) = cross.sold {
            let policer = build.rule.policer(rate);
            if cross.roomy {
                config.queue = config.queue.max(policer.burst);
            }
            config.police = Some(Box::new(policer));
        }
        build.link(cross.name.0.clone(), place, LinkRole::CrossBorder, a, b, config);
    }
    ports
}

/// What was sold across borders, in order of the links' names.
pub(super) fn borders(terrain: &Terrain, links: &[LinkPlan]) -> Vec<BorderPlan> {
    let border = |cross: &Cross| {
        let link = links.binary_search_by(|link| link.name.as_str().cmp(&cross.name.0));
        Some(BorderPlan {
            link: LinkId::of(link.ok()?),
            tenant: cross.tenant,
            spec: cross.sold?.0,
        })
    };
    terrain.cross.iter().filter_map(border).collect()
}

/// Ports and routes that transit routers have from the start: those over links between regions.
pub(super) fn vpcs(
    terrain: &Terrain,
    steps: &Steps,
    slots: &[VbrSlot],
    cross: &[(PortNo, PortNo)],
    issues: &mut Issues,
) -> Option<Vec<Attached>> {
    debug_assert_eq!(slots.len(), steps.slots.len(), "every slot is wired");
    if let Some(extra) = terrain.cross.get(CROSS_MAX) {
        issues.err(
            extra.name.span,
            Code::TooMany,
            format!(
                "{} links between regions are more than {CROSS_MAX}",
                terrain.cross.len()
            ),
        );
        return None;
    }
    let mut list: Vec<Attached> = terrain.vpcs.iter().map(|_| Attached::default()).collect();
    // By VPC: (neighbour, own port), in order of the links' names.
    let mut near: BTreeMap<usize, Vec<(usize, PortNo)>> = BTreeMap::new();
    for (link, (pa, pb)) in terrain.cross.iter().zip(cross) {
        near.entry(link.a).or_default().push((link.b, *pa));
        near.entry(link.b).or_default().push((link.a, *pb));
        list[link.a].ports.push(*pa);
        list[link.b].ports.push(*pb);
    }
    let ends: Vec<usize> = near.keys().copied().collect();
    let reached = reached(terrain, steps, &near);
    let mut total = 0;
    for end in ends {
        let nets = &reached[&end];
        for (vpc, port) in towards(end, &near) {
            total += nets.len();
            if total > ROUTES_MAX {
                let message = format!("more than {ROUTES_MAX} routes over links between regions");
                issues.err(terrain.cross[0].name.span, Code::TooMany, message);
                return None;
            }
            list[vpc]
                .routes
                .extend(nets.iter().map(|(net, len)| (*net, *len, port)));
        }
    }
    for attached in &mut list {
        attached.ports.sort();
        attached.routes.sort();
        attached.routes.dedup();
    }
    Some(list)
}

/// Networks in the cloud that are reached by each VPC: those of all VPCs that links between
/// regions connect with it, and its own.
fn behind(terrain: &Terrain) -> Vec<Vec<Net>> {
    let mut near: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for link in &terrain.cross {
        near.entry(link.a).or_default().push(link.b);
        near.entry(link.b).or_default().push(link.a);
    }
    let nets = |vpc: usize| {
        let mut found = vec![vpc];
        let mut next = 0;
        while let Some(here) = found.get(next).copied() {
            next += 1;
            for to in near.get(&here).into_iter().flatten() {
                if !found.contains(to) {
                    found.push(*to);
                }
            }
        }
        let mut nets: Vec<Net> = found.into_iter().map(|v| terrain.vpcs[v].cidr).collect();
        nets.sort();
        nets.dedup();
        nets
    };
    (0..terrain.vpcs.len()).map(nets).collect()
}

/// Networks that are reached at each VPC with links to other regions: its own, and those of IDCs
/// whose VBR hangs on it.
fn reached(
    terrain: &Terrain,
    steps: &Steps,
    near: &BTreeMap<usize, Vec<(usize, PortNo)>>,
) -> BTreeMap<usize, Vec<Net>> {
    let mut sites: BTreeMap<(TenantId, usize), Vec<Net>> = BTreeMap::new();
    for idc in &terrain.idcs {
        sites.entry((idc.tenant, idc.circuit)).or_default().extend(idc.nets());
    }
    let mut reached: BTreeMap<usize, Vec<Net>> = near.keys().map(|v| (*v, vec![terrain.vpcs[*v].cidr])).collect();
    let mut seen = BTreeSet::new();
    for slot in &steps.slots {
        let behind = sites.get(&(slot.tenant, slot.circuit));
        let nets = slot.vpc.and_then(|v| reached.get_mut(&v));
        if let (Some(behind), Some(nets), true) = (behind, nets, seen.insert((slot.vpc, slot.tenant, slot.circuit))) {
            nets.extend(behind);
        }
    }
    for nets in reached.values_mut() {
        nets.sort();
        nets.dedup();
    }
    reached
}

/// Every other VPC, and its port on a way of fewest links to `end`; ties by name.
fn towards(end: usize, near: &BTreeMap<usize, Vec<(usize, PortNo)>>) -> Vec<(usize, PortNo)> {
    let mut found: BTreeMap<usize, PortNo> = BTreeMap::new();
    let mut queue = VecDeque::from([end]);
    while let Some(here) = queue.pop_front() {
        for (next, _) in near.get(&here).into_iter().flatten() {
            if *next == end || found.contains_key(next) {
                continue;
            }
            let back = near.get(next).into_iter().flatten().find(|(to, _)| *to == here);
            if let Some((_, port)) = back {
                found.insert(*next, *port);
                queue.push_back(*next);
            }
        }
    }
    found.into_iter().collect()
}

pub(super) fn vbr_node(name: String, slot: usize, terrain: &Terrain, steps: &Steps) -> NodePlan {
    let slot = &steps.slots[slot];
    let device = &terrain.devices[terrain.circuits[slot.circuit].device];
    let shared = device.shared_mac.as_ref().is_none_or(|s| s.value);
    NodePlan {
        place: own(Party::Cloud, slot.tenant),
        kind: NodeKind::Vbr(Box::new(VbrConfig {
            tenant: slot.tenant,
            mac: if shared { mac(1, &device.name.0) } else { mac(3, &name) },
            arp: ArpConfig::default(),
        })),
        name,
    }
}

pub(super) fn vpc_node(
    name: String,
    vpc: usize,
    terrain: &Terrain,
    attached: Attached,
    flows: Vec<FlowSpec>,
) -> NodePlan {
    let vpc = &terrain.vpcs[vpc];
    NodePlan {
        place: own(Party::Cloud, vpc.tenant),
        kind: NodeKind::Vpc(Box::new(VpcConfig {
            tenant: vpc.tenant,
            mac: mac(2, &name),
            endpoints: vpc.endpoints.clone(),
            prefixes: vec![vpc.cidr],
            attached: attached.ports,
            routes: attached.routes,
            flows,
        })),
        name,
    }
}
