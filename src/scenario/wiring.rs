//! Wires the world: paths, VIDs on trunks, services, ports and links.

mod carried;
mod cloud;
mod path;
mod police;
mod ports;
mod service;
mod vids;
mod warm_ups;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use xxhash_rust::xxh3::xxh3_64;

use super::file::ProfileWord;
use super::issues::Issues;
use super::plan::{
    BorderPlan, CircuitPlan, FlowPlan, LinkPlan, LinkRole, NodeKind, NodePlan, OwnPolicing, Place, PolicedVlan,
    SwitchPlan, VbrSlot, WayPlan,
};
use super::resolve::{Idc, Terrain};
use crate::forward::{PolicerRule, PortRole, Profile, Tables, Untagged, VlanLimit};
use crate::ident::{FlowId, LinkId, NodeId, Party, PortNo, TenantId};
use crate::node::access_point::handover;
use crate::node::idc::IdcConfig;
use crate::node::link::LinkConfig;
use crate::node::switch::{member, port};
use crate::provision::Feature;
use crate::units::SimTime;
use crate::wire::{MacAddr, Vid};
use path::Paths;
use police::policer;
use ports::service_of;
use service::line;

pub(super) use super::resolve::{Flows, Sales, Steps};

/// The wired world.
pub(super) struct Wired {
    pub nodes: Vec<NodePlan>,
    pub links: Vec<LinkPlan>,
    pub flows: Vec<FlowPlan>,
    pub circuits: Vec<CircuitPlan>,
    pub policed: Vec<PolicedVlan>,
    pub ways: Vec<WayPlan>,
    pub borders: Vec<BorderPlan>,
    pub slots: Vec<VbrSlot>,
    /// By switch.
    pub switch_nodes: Vec<NodeId>,
    /// By circuit: the partner's switch's port.
    pub circuit_ports: Vec<PortNo>,
}

impl Wired {
    /// The link with this name.
    pub(super) fn link(&self, name: &str) -> Option<LinkId> {
        self.links
            .binary_search_by(|l| l.name.as_str().cmp(name))
            .ok()
            .map(LinkId::of)
    }
}

/// What a node is made of, by the lists of the world.
#[derive(Debug, Clone, Copy)]
enum Part {
    Switch(usize),
    Device(usize),
    Idc(usize),
    Vpc(usize),
    Slot(usize),
}

/// Node ids of each list.
struct Ids {
    switches: Vec<NodeId>,
    devices: Vec<NodeId>,
    idcs: Vec<NodeId>,
    vpcs: Vec<NodeId>,
    slots: Vec<NodeId>,
}

/// `None` where a tenant has no way, or no VID; `issues` says which.
pub(super) fn wire(
    terrain: &Terrain,
    steps: &Steps,
    sales: &Sales,
    flows: &Flows,
    rule: PolicerRule,
    issues: &mut Issues,
) -> Option<Wired> {
    let (parts, ids) = number(terrain, steps);
    let mut build = Build {
        terrain,
        ids: &ids,
        sales,
        rule,
        policed: Vec::new(),
        ways: Vec::new(),
        tables: parts.iter().map(|(_, part)| tables(*part, terrain)).collect(),
        links: Vec::new(),
    };
    let trunks = build.trunks();
    let circuits = build.circuits();
    let unis = build.unis();
    let slots = cloud::slots(&mut build, steps, &circuits);
    let cross = cloud::cross_border(&mut build);
    build.services(&trunks, &circuits, &unis, issues);
    carried::add(&mut build, &trunks, &circuits, &unis, issues);
    if issues.any() {
        return None;
    }
    let attached = cloud::vpcs(terrain, steps, &slots, &cross, issues)?;
    let Build {
        tables,
        mut links,
        mut policed,
        ways,
        ..
    } = build;
    policed.sort_by_key(|vlan| (vlan.circuit, vlan.vlan));
    links.sort_by(|a, b| a.name.cmp(&b.name));
    let ways = way_plans(terrain, &ways, &links);
    let borders = cloud::borders(terrain, &links);
    let circuit_plans = circuit_plans(terrain, steps, &ids, &links, &circuits, rule);
    let mut sent: BTreeMap<NodeId, Vec<crate::host::FlowSpec>> = BTreeMap::new();
    let flow_plans = flow_plans(flows, &ids, &mut sent);
    let mut ahead = warm_ups::warm_ups(flows);
    let mut attached = attached.into_iter().map(Some).collect::<Vec<_>>();
    let mut nodes = Vec::with_capacity(parts.len());
    for (i, ((name, part), tables)) in parts.into_iter().zip(tables).enumerate() {
        let flows = sent.remove(&NodeId::of(i)).unwrap_or_default();
        nodes.push(match part {
            Part::Switch(s) => switch_node(name, s, terrain, tables.unwrap_or_default(), rule),
            Part::Device(d) => device_node(name, d, terrain, tables.unwrap_or_default()),
            Part::Idc(i) => idc_node(name, &terrain.idcs[i], flows, ahead.remove(&i).unwrap_or_default()),
            Part::Slot(s) => cloud::vbr_node(name, s, terrain, steps),
            Part::Vpc(v) => cloud::vpc_node(name, v, terrain, attached[v].take().unwrap_or_default(), flows),
        });
    }
    Some(Wired {
        nodes,
        links,
        flows: flow_plans,
        circuits: circuit_plans,
        policed,
        ways,
        borders,
        slots,
        switch_nodes: ids.switches,
        circuit_ports: circuits.iter().map(|c| c.0).collect(),
    })
}

/// All nodes in order of their names, and their ids.
fn number(terrain: &Terrain, steps: &Steps) -> (Vec<(String, Part)>, Ids) {
    let mut parts: Vec<(String, Part)> = Vec::new();
    let mut add = |name: &str, part: Part| parts.push((name.to_owned(), part));
    for (i, s) in terrain.switches.iter().enumerate() {
        add(&s.item.name.0, Part::Switch(i));
    }
    for (i, d) in terrain.devices.iter().enumerate() {
        add(&d.name.0, Part::Device(i));
    }
    for (i, c) in terrain.idcs.iter().enumerate() {
        add(&c.item.name.0, Part::Idc(i));
    }
    for (i, v) in terrain.vpcs.iter().enumerate() {
        add(&v.item.name.0, Part::Vpc(i));
    }
    for (i, s) in steps.slots.iter().enumerate() {
        add(&s.name, Part::Slot(i));
    }
    parts.sort_by(|a, b| a.0.cmp(&b.0));
    let mut ids = Ids {
        switches: vec![NodeId::default(); terrain.switches.len()],
        devices: vec![NodeId::default(); terrain.devices.len()],
        idcs: vec![NodeId::default(); terrain.idcs.len()],
        vpcs: vec![NodeId::default(); terrain.vpcs.len()],
        slots: vec![NodeId::default(); steps.slots.len()],
    };
    for (n, (_, part)) in parts.iter().enumerate() {
        let id = NodeId::of(n);
        match part {
            Part::Switch(i) => ids.switches[*i] = id,
            Part::Device(i) => ids.devices[*i] = id,
            Part::Idc(i) => ids.idcs[*i] = id,
            Part::Vpc(i) => ids.vpcs[*i] = id,
            Part::Slot(i) => ids.slots[*i] = id,
        }
    }
    (parts, ids)
}

fn profile(word: Option<ProfileWord>) -> Profile {
    match word {
        None | Some(ProfileWord::Strict) => Profile::Strict,
        Some(ProfileWord::IeeeDefault) => Profile::IeeeDefault,
        Some(ProfileWord::Ovs31) => Profile::Ovs31,
        Some(ProfileWord::Linux612) => Profile::Linux612,
    }
}

fn tables(part: Part, terrain: &Terrain) -> Option<Tables> {
    let (word, limit) = match part {
        Part::Switch(i) => (&terrain.switches[i].item.profile, &terrain.switches[i].item.vlan_limit),
        Part::Device(i) => (&terrain.devices[i].profile, &terrain.devices[i].vlan_limit),
        _ => return None,
    };
    Some(Tables {
        profile: profile(word.as_ref().map(|p| p.value)),
        vlan_limit: match limit.as_ref().map(|limit| limit.value) {
            Some(2) => VlanLimit::Two,
            _ => VlanLimit::One,
        },
        ..Tables::default()
    })
}

/// A MAC address of ours that depends on the thing's name alone, so that one thing more in the
/// scenario changes nobody else's. `kind` keeps IDCs, devices, VPCs and VBRs apart.
fn mac(kind: u8, name: &str) -> MacAddr {
    let [_, _, _, a, b, c, d, e] = xxh3_64(name.as_bytes()).to_be_bytes();
    MacAddr([0x02 | kind << 2, a, b, c, d, e])
}

/// A link under construction, and the tables of the switches that it ends at.
struct Build<'a> {
    terrain: &'a Terrain,
    ids: &'a Ids,
    /// What is sold first on each VLAN.
    sales: &'a Sales,
    /// How policers are made.
    rule: PolicerRule,
    /// VLANs that are policed to what is sold.
    policed: Vec<PolicedVlan>,
    /// By IDC: the trunks of its way.
    ways: Vec<Vec<usize>>,
    /// By node; `None` where it is no switch.
    tables: Vec<Option<Tables>>,
    links: Vec<LinkPlan>,
}

impl Build<'_> {
    /// The next port of a switch.
    fn port(&mut self, node: NodeId, role: PortRole, mtu: u32) -> PortNo {
        let tables = self.tables[node.index()]
            .as_mut()
            .expect("only switches get ports here");
        tables.ports.push(port(role, mtu));
        PortNo::of(tables.ports.len() - 1)
    }

    fn link(
        &mut self,
        name: String,
        place: Place,
        role: LinkRole,
        a: (NodeId, PortNo),
        b: (NodeId, PortNo),
        config: LinkConfig,
    ) {
        self.links.push(LinkPlan {
            name,
            place,
            role,
            a,
            b,
            config,
        });
    }

    /// Gives a trunk its native VLAN. A port that is no trunk is untagged as it is.
    fn native(&mut self, (node, port): (NodeId, PortNo), native: Option<Vid>) {
        let tables = self.tables[node.index()].as_mut().expect("only switches have trunks");
        if let (Some(vid), PortRole::Trunk) = (native, tables.ports[port.index()].role) {
            tables.ports[port.index()].untagged = Untagged::Native(vid);
        }
    }

    /// Ports of each trunk: (a's, b's).
    fn trunks(&mut self) -> Vec<(PortNo, PortNo)> {
        let terrain = self.terrain;
        let mut ports = Vec::with_capacity(terrain.links.len());
        for link in &terrain.links {
            let (a, b) = (self.ids.switches[link.a], self.ids.switches[link.b]);
            let pa = self.port(a, PortRole::Trunk, link.config.mtu);
            let pb = self.port(b, PortRole::Trunk, link.config.mtu);
            self.native((a, pa), link.carries.natives[0].filter(|_| !link.ports[0].only_tagged));
            self.native((b, pb), link.carries.natives[1].filter(|_| !link.ports[1].only_tagged));
            self.configure((a, pa), &link.ports[0]);
            self.configure((b, pb), &link.ports[1]);
            let place = shared(Party::Partner);
            self.link(
                link.name.0.clone(),
                place,
                LinkRole::Trunk,
                (a, pa),
                (b, pb),
                link.config.clone(),
            );
            ports.push((pa, pb));
        }
        ports
    }

    /// Ports of each circuit: (partner's switch's, access device's).
    fn circuits(&mut self) -> Vec<(PortNo, PortNo)> {
        let terrain = self.terrain;
        let mut untagged = vec![None; terrain.circuits.len()];
        for idc in &terrain.idcs {
            untagged[idc.circuit] = Some(idc.vlan == Vid::PRIORITY);
        }
        let mut ports = Vec::with_capacity(terrain.circuits.len());
        for (i, circuit) in terrain.circuits.iter().enumerate() {
            let routed = untagged[i].unwrap_or_else(|| self.sales.first(i, 0).is_some());
            let (near, far) = match routed {
                true => (PortRole::Access, PortRole::Routed),
                false => (PortRole::Trunk, PortRole::Trunk),
            };
            let (a, b) = (self.ids.switches[circuit.a], self.ids.devices[circuit.device]);
            let pa = self.port(a, near, circuit.config.mtu);
            let pb = self.port(b, far, circuit.config.mtu);
            self.native(
                (a, pa),
                circuit.carries.natives[0].filter(|_| !circuit.ports[0].only_tagged),
            );
            self.native(
                (b, pb),
                circuit.carries.natives[1].filter(|_| !circuit.ports[1].only_tagged),
            );
            self.configure((a, pa), &circuit.ports[0]);
            self.configure((b, pb), &circuit.ports[1]);
            let name = circuit.item.name.0.clone();
            self.link(
                name,
                shared(Party::Partner),
                LinkRole::Circuit,
                (a, pa),
                (b, pb),
                circuit.config.clone(),
            );
            ports.push((pa, pb));
        }
        ports
    }

    /// The port of each IDC's line.
    fn unis(&mut self) -> Vec<PortNo> {
        let terrain = self.terrain;
        let mut ports = Vec::with_capacity(terrain.idcs.len());
        for (i, idc) in terrain.idcs.iter().enumerate() {
            let (a, b) = (self.ids.idcs[i], self.ids.switches[idc.switch]);
            let port = self.port(b, idc.role, idc.config.mtu);
            self.native((b, port), idc.port_vid().filter(|_| idc.port.native));
            self.configure((b, port), &idc.port);
            let name = format!("{}/uni", idc.item.name.0);
            let place = own(Party::Partner, idc.tenant);
            self.link(
                name,
                place,
                LinkRole::LastMile,
                (a, PortNo(0)),
                (b, port),
                idc.config.clone(),
            );
            ports.push(port);
        }
        ports
    }

    /// One service for each IDC on every switch of its path, and on no other.
    fn services(
        &mut self,
        trunks: &[(PortNo, PortNo)],
        circuits: &[(PortNo, PortNo)],
        unis: &[PortNo],
        issues: &mut Issues,
    ) {
        let terrain = self.terrain;
        let mut paths = Paths::new(terrain);
        let mut routes: Vec<Vec<usize>> = Vec::with_capacity(terrain.idcs.len());
        for idc in &terrain.idcs {
            match paths.of(idc, issues) {
                Some(route) => routes.push(route),
                None => return,
            }
        }
        let Some(vids) = vids::allot(terrain, &routes, issues) else {
            return;
        };
        for (i, idc) in terrain.idcs.iter().enumerate() {
            let id = service_of(terrain, i);
            let rate = self.policed_to(idc);
            let mut here = idc.switch;
            let mut incoming = line(idc, unis[i], &terrain.switches[here].item, rate, self.rule).member();
            for (link, vid) in routes[i].iter().zip(&vids[i]) {
                let forth = terrain.links[*link].a == here;
                let (out, next_in) = if forth {
                    trunks[*link]
                } else {
                    (trunks[*link].1, trunks[*link].0)
                };
                self.service(here, id, idc, incoming, member(out, Some(*vid)));
                here = if forth {
                    terrain.links[*link].b
                } else {
                    terrain.links[*link].a
                };
                incoming = member(next_in, Some(*vid));
            }
            let police = policer(&terrain.switches[here].item, rate, self.rule);
            let vid = idc.vlan.is_usable().then_some(idc.vlan);
            let last = handover(circuits[idc.circuit].0, vid, police);
            self.service(here, id, idc, incoming, last);
            self.ways.push(routes[i].clone());
            self.note_policed(id, idc, [(idc.switch, unis[i]), (here, circuits[idc.circuit].0)]);
        }
    }
}

fn shared(party: Party) -> Place {
    Place { party, only: None }
}

fn own(party: Party, tenant: TenantId) -> Place {
    Place {
        party,
        only: Some(tenant),
    }
}

/// A number whose range was checked, or what stands for one that is not written.
fn whole(value: Option<u64>, default: u32) -> u32 {
    value.map_or(default, |v| u32::try_from(v).expect("its range was checked"))
}

pub(super) fn idc_mac(idc: &Idc) -> MacAddr {
    idc.item
        .mac
        .as_ref()
        .map_or_else(|| mac(0, &idc.item.name.0), |m| m.value)
}

/// The way of each IDC, by its links.
fn way_plans(terrain: &Terrain, trunks: &[Vec<usize>], links: &[LinkPlan]) -> Vec<WayPlan> {
    let id = |name: &str| {
        let found = links.binary_search_by(|l| l.name.as_str().cmp(name));
        LinkId::of(found.expect("every link of a way is wired"))
    };
    let way = |((i, idc), trunks): ((usize, &Idc), &Vec<usize>)| WayPlan {
        tenant: idc.tenant,
        circuit: idc.circuit,
        vlan: idc.vlan.get(),
        service: service_of(terrain, i),
        links: [id(&format!("{}/uni", idc.item.name.0))]
            .into_iter()
            .chain(trunks.iter().map(|trunk| id(&terrain.links[*trunk].name.0)))
            .chain([id(&terrain.circuits[idc.circuit].item.name.0)])
            .collect(),
    };
    terrain.idcs.iter().enumerate().zip(trunks).map(way).collect()
}

fn circuit_plans(
    terrain: &Terrain,
    steps: &Steps,
    ids: &Ids,
    links: &[LinkPlan],
    ports: &[(PortNo, PortNo)],
    rule: PolicerRule,
) -> Vec<CircuitPlan> {
    let plan = |(i, circuit): (usize, &super::resolve::Circuit)| {
        let device = &terrain.devices[circuit.device];
        let name = circuit.item.name.0.clone();
        let features = super::law::features(device);
        let link = links
            .binary_search_by(|l| l.name.cmp(&name))
            .expect("every circuit has its link");
        CircuitPlan {
            link: LinkId::of(link),
            owner: circuit.owner,
            device: ids.devices[circuit.device],
            device_port: ports[i].1,
            bandwidth: circuit.bandwidth,
            subif_rate_limit: features.contains(&Feature::SubifRateLimit),
            subif_octets: police::own_octets(rule.octets, device.octets.as_ref(), device.counts_tags.as_ref()),
            features,
            access_point_id: super::law::access_point_id(device),
            region: device.region.value.clone(),
            shared_ports: super::law::shared_ports(device),
            created_by: circuit.planned().then(|| steps.binding(&name)).flatten(),
            name,
        }
    };
    terrain.circuits.iter().enumerate().map(plan).collect()
}

fn flow_plans(flows: &Flows, ids: &Ids, sent: &mut BTreeMap<NodeId, Vec<crate::host::FlowSpec>>) -> Vec<FlowPlan> {
    use super::resolve::FlowEnd;
    let node = |place: FlowEnd| match place {
        FlowEnd::Idc(i) => ids.idcs[i],
        FlowEnd::Vpc(i) => ids.vpcs[i],
        FlowEnd::Slot(i) => ids.slots[i],
    };
    let mut plans = Vec::with_capacity(flows.list.len());
    for (i, flow) in flows.list.iter().enumerate() {
        debug_assert_eq!(flow.spec.id, FlowId::of(i), "flows are numbered in order");
        let from = node(flow.from);
        sent.entry(from).or_default().push(flow.spec.clone());
        plans.push(FlowPlan {
            name: flow.name.clone(),
            tenant: flow.tenant,
            from,
            to: node(flow.to),
            answered: flow.answered,
            raw: matches!(flow.spec.kind, crate::host::FlowKind::Replay(_)),
            start: flow.spec.start,
            stop: flow.spec.stop,
            line: flow.span.line,
        });
    }
    plans
}

fn switch_node(name: String, i: usize, terrain: &Terrain, tables: Tables, rule: PolicerRule) -> NodePlan {
    let switch = &terrain.switches[i];
    let plan = SwitchPlan {
        tables,
        policing: police::own_policing(&switch.item, rule),
        quirk: switch.item.quirk.as_ref().map(|q| q.value),
        default_vlan: carried::vid_of(switch.item.default_vlan.as_ref()),
    };
    NodePlan {
        name,
        place: shared(Party::Partner),
        kind: if switch.fabric {
            NodeKind::Fabric(plan)
        } else {
            NodeKind::AccessPoint(plan)
        },
    }
}

fn device_node(name: String, i: usize, terrain: &Terrain, tables: Tables) -> NodePlan {
    NodePlan {
        name,
        place: shared(Party::Cloud),
        kind: NodeKind::AccessDevice(SwitchPlan {
            tables,
            policing: OwnPolicing::default(),
            quirk: terrain.devices[i].quirk.as_ref().map(|q| q.value),
            default_vlan: carried::vid_of(terrain.devices[i].default_vlan.as_ref()),
        }),
    }
}

fn idc_node(
    name: String,
    idc: &Idc,
    flows: Vec<crate::host::FlowSpec>,
    warm_ups: Vec<(SimTime, Ipv4Addr)>,
) -> NodePlan {
    let mut routes: Vec<(Ipv4Addr, u8)> = idc.routes.clone();
    routes.sort();
    routes.dedup();
    NodePlan {
        name,
        place: own(Party::Tenant, idc.tenant),
        kind: NodeKind::Idc(Box::new(IdcConfig {
            tenant: idc.tenant,
            mac: idc_mac(idc),
            tag: idc.tag,
            address: idc.address,
            prefix_len: idc.prefix_len,
            gateway: idc.gateway,
            routes,
            probe_return_route: idc.item.probe_return_route.as_ref().is_none_or(|p| p.value),
            hosts: idc.hosts.clone(),
            arp: idc.arp,
            flows,
            warm_ups,
        })),
    }
}
