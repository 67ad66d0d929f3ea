//! The testbed of a scenario: its switches as provisioning left them, with testers at every end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::trial::Hand;
use crate::engine::PlanWorld;
use crate::forward::{
    Admission, Member, Planted, PortConfig, PortRole, Profile, Service, ServiceId, ServiceKind, Tables, Untagged,
};
use crate::ident::{NodeId, PortNo, TenantId};
use crate::node::link::LinkConfig;
use crate::node::{LinkChange, LinkWay, switch};
use crate::record::CloudRecord;
use crate::scenario::Plan;
use crate::scenario::plan::{Fault, LinkRole, NodeKind, NodePlan, SwitchPlan};
use crate::study::tester::{Station, Tester};
use crate::units::{BitRate, ByteCount, SimDuration, SimTime};
use crate::wire::{EtherType, MacAddr, Vid};

/// A switch under test.
#[derive(Debug, Clone)]
pub struct Device {
    /// Its name in the scenario.
    pub name: String,
    /// `access point`, `fabric` or `access device`.
    pub kind: &'static str,
    /// What was read back out of it, and a free port behind its own.
    pub tables: Tables,
    /// The fault that the scenario plants in it.
    pub quirk: Option<Planted>,
    /// The port that is in no service: the free port, which no cable of the scenario uses.
    pub free: PortNo,
}

/// What stands at a tester's port in the scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TestPortKind {
    /// A tenant's data centre.
    Idc,
    /// A tenant's VBR.
    Vbr,
    /// Nothing: a free port.
    Free,
}

/// A port where a tester stands in for an end station.
#[derive(Debug, Clone)]
pub struct TestPort {
    /// Its name: that of the station, or `free:` and the device's.
    pub name: String,
    /// What stands there in the scenario.
    pub kind: TestPortKind,
    /// Whose it is alone; [`TenantId::NONE`]: nobody's.
    pub owner: TenantId,
    /// Index into [`Testbed::devices`].
    pub device: usize,
    /// The device's port.
    pub port: PortNo,
    /// The port's role.
    pub role: PortRole,
    /// The protocol id of tags that the port reads.
    pub tpid: EtherType,
    /// The VID of its service on that port; `None`: untagged, or the whole port.
    pub vid: Option<Vid>,
    /// The id of its service on the device, where it has one.
    pub service: Option<ServiceId>,
    /// The station's address.
    pub mac: MacAddr,
    /// Largest payload that the port takes.
    pub mtu: u32,
    /// The link between tester and device.
    pub link: LinkConfig,
}

/// A link between two switches under test.
#[derive(Debug, Clone)]
pub struct Trunk {
    /// Its name in the scenario.
    pub name: String,
    /// Is it a circuit to the cloud?
    pub circuit: bool,
    /// One end: device and port.
    pub a: (usize, PortNo),
    /// The other end.
    pub b: (usize, PortNo),
    /// Rate, delay, MTU, queue.
    pub config: LinkConfig,
}

/// Switches, testers and the wires between them.
#[derive(Debug)]
pub struct Testbed {
    /// The scenario's name.
    pub name: String,
    /// Root of every random stream.
    pub seed: u64,
    /// Names of the tenants, by id.
    pub tenants: Vec<String>,
    /// Switches, in order of name.
    pub devices: Vec<Device>,
    /// Testers' ports, in order of name.
    pub places: Vec<TestPort>,
    /// Links between switches, in order of name.
    pub trunks: Vec<Trunk>,
    /// What the control plane left behind.
    pub cloud: CloudRecord,
    /// What the scenario's faults have left the links in, in order.
    pub faults: Vec<Hand>,
    members: BTreeMap<(usize, PortNo, Option<Vid>), ServiceId>,
    /// Whose each VID of each trunk is.
    pub owners: Arc<BTreeMap<(usize, Option<Vid>), TenantId>>,
    pace: SimDuration,
    transit: SimDuration,
}

/// The free port that every device gets.
fn free_port() -> PortConfig {
    PortConfig {
        role: PortRole::Access,
        tpid: EtherType::CTAG,
        untagged: Untagged::Drop,
        mtu: 9000,
        admit: Admission::BY_PROFILE,
    }
}

/// Nobody set the port up, so it is in the default VLAN, untagged, where a service bridges that.
fn join_default(tables: &mut Tables, port: PortNo, vid: Vid) {
    for service in tables.services.values_mut() {
        let bridged = service.kind != ServiceKind::CrossConnect;
        if bridged && service.members.iter().any(|member| member.vid == Some(vid)) {
            service.members.push(switch::member(port, None));
            return; // an untagged frame of a port is one service's
        }
    }
}

/// What a device's free port is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FreePort {
    /// A port that somebody took out of every VLAN.
    InNoVlan,
    /// Nobody configured it.
    AsTheDeviceHasIt,
}

/// Ports of a node that customers' lines end at: what is tagged there is their own business.
fn lines_of(plan: &Plan, node: NodeId) -> Vec<PortNo> {
    let lines = plan.links.iter().filter(|link| link.role == LinkRole::LastMile);
    let ends = lines.flat_map(|link| [link.a, link.b]);
    ends.filter(|(at, _)| *at == node).map(|(_, port)| port).collect()
}

/// A trunk without a list: a member of every service that floods, with the VID that it has on other trunks.
fn join_every(tables: &mut Tables, port: PortNo, lines: &[PortNo]) {
    let config = &mut tables.ports[port.index()];
    config.role = PortRole::Trunk;
    config.admit.takes_vid_4095 = true;
    let mut taken = Vec::new();
    for service in tables
        .services
        .values_mut()
        .filter(|s| s.kind != ServiceKind::CrossConnect)
    {
        let inner = service.members.iter().filter(|member| !lines.contains(&member.port));
        let vid = inner.filter_map(|member| member.vid).min();
        if let Some(vid) = vid.filter(|vid| !taken.contains(vid)) {
            taken.push(vid);
            service.members.retain(|member| member.port != port);
            service.members.push(switch::member(port, Some(vid)));
            service.members.sort();
        }
    }
}

fn tester_link() -> LinkConfig {
    LinkConfig {
        rate: BitRate::from_mbps(10_000),
        delay: SimDuration::from_micros(1),
        mtu: 9000,
        queue: ByteCount::new(16_000_000),
        police: None,
    }
}

/// The same change, seen from the link's other end.
const fn turned(change: LinkChange) -> LinkChange {
    const fn way(way: LinkWay) -> LinkWay {
        match way {
            LinkWay::AToB => LinkWay::BToA,
            LinkWay::BToA => LinkWay::AToB,
            LinkWay::Both => LinkWay::Both,
        }
    }
    match change {
        LinkChange::Cut(w) => LinkChange::Cut(way(w)),
        LinkChange::Restore(w) => LinkChange::Restore(way(w)),
        LinkChange::Loss(w, ppb) => LinkChange::Loss(way(w), ppb),
        LinkChange::Corrupt(w, ppb) => LinkChange::Corrupt(way(w), ppb),
        LinkChange::Duplicate(w, ppb) => LinkChange::Duplicate(way(w), ppb),
        LinkChange::Police(..) => change,
    }
}

fn switch_plan(kind: &NodeKind) -> Option<(&SwitchPlan, &'static str)> {
    match kind {
        NodeKind::AccessPoint(s) => Some((s, "access point")),
        NodeKind::Fabric(s) => Some((s, "fabric")),
        NodeKind::AccessDevice(s) => Some((s, "access device")),
        NodeKind::Idc(_) | NodeKind::Vbr(_) | NodeKind::Vpc(_) => None,
    }
}

/// Runs the plan's control plane, without any traffic, to the plan's end. What it leaves in the
/// switches is what they are tested with.
fn provisioned(plan: &Plan) -> Result<(Vec<Option<Tables>>, CloudRecord), String> {
    let node = |id, node: &NodePlan| match switch_plan(&node.kind) {
        Some((switch, _)) => Station::switch(switch.tables.clone(), switch.quirk),
        None => Station::tester(Tester::new(id)),
    };
    let mut world = PlanWorld::quiet(plan, node).map_err(|e| e.to_string())?;
    world.run(plan.end);
    let (outcome, cloud) = world.finish();
    let tables = outcome.nodes.iter().map(|(_, seat)| seat.tables()).collect();
    Ok((tables, cloud))
}

impl Testbed {
    /// The testbed of a plan.
    ///
    /// # Errors
    /// Where the plan's names or ports collide, which its validation excludes.
    pub fn new(plan: &Plan) -> Result<Self, String> {
        Self::built(plan, FreePort::InNoVlan)
    }

    /// The same with free ports as devices have them that nobody configured, where any device's is more than a
    /// port in no VLAN: a new port of Open vSwitch, and its local one, are trunks of every VLAN that it bridges.
    ///
    /// # Errors
    /// As [`Testbed::new`].
    pub fn with_open_ports(plan: &Plan) -> Result<Option<Self>, String> {
        let bed = Self::built(plan, FreePort::AsTheDeviceHasIt)?;
        let is_open = |device: &Device| {
            let services = device.tables.services.values();
            device.tables.profile == Profile::Ovs31
                && services
                    .flat_map(|service| &service.members)
                    .any(|member| member.port == device.free)
        };
        let any = bed.devices.iter().any(is_open);
        Ok(any.then_some(bed))
    }

    fn built(plan: &Plan, free_ports: FreePort) -> Result<Self, String> {
        let (tables, cloud) = provisioned(plan)?;
        let mut devices = Vec::new();
        let mut of_node = vec![None; plan.nodes.len()];
        for (i, (node, tables)) in plan.nodes.iter().zip(tables).enumerate() {
            let (Some(mut tables), Some((switch, kind))) = (tables, switch_plan(&node.kind)) else {
                continue;
            };
            of_node[i] = Some(devices.len());
            let free = PortNo::of(tables.ports.len());
            tables.ports.push(free_port());
            if let Some(vid) = switch.default_vlan {
                join_default(&mut tables, free, vid);
            }
            if free_ports == FreePort::AsTheDeviceHasIt && tables.profile == Profile::Ovs31 {
                join_every(&mut tables, free, &lines_of(plan, NodeId::of(i)));
            }
            devices.push(Device {
                name: node.name.clone(),
                kind,
                tables,
                quirk: switch.quirk,
                free,
            });
        }
        let mut bed = Self {
            name: plan.name.clone(),
            seed: plan.seed,
            tenants: plan.tenants.iter().map(|t| t.name.clone()).collect(),
            devices,
            places: Vec::new(),
            trunks: Vec::new(),
            cloud,
            faults: Vec::new(),
            members: BTreeMap::new(),
            owners: Arc::default(),
            pace: SimDuration::ZERO,
            transit: SimDuration::ZERO,
        };
        bed.index();
        for link in &plan.links {
            bed.wire(plan, &of_node, link);
        }
        for i in 0..bed.devices.len() {
            let (name, port) = (format!("free:{}", bed.devices[i].name), bed.devices[i].free);
            let mac = MacAddr::local(0xf0, u32::try_from(i).unwrap_or(u32::MAX));
            bed.place(name, TestPortKind::Free, TenantId::NONE, (i, port), mac, tester_link());
        }
        bed.places.sort_by(|a, b| a.name.cmp(&b.name));
        bed.trunks.sort_by(|a, b| a.name.cmp(&b.name));
        bed.find_owners();
        bed.find_faults(plan);
        bed.pace = bed.find_pace();
        bed.transit = bed.find_transit();
        Ok(bed)
    }

    /// Who has which place of each device; where two services claim one, the lower id has it.
    fn index(&mut self) {
        for (i, device) in self.devices.iter().enumerate() {
            for (id, service) in &device.tables.services {
                for member in &service.members {
                    self.members.entry((i, member.port, member.vid)).or_insert(*id);
                }
            }
        }
    }

    /// Whose each VID of each trunk is: who is found behind it in the tables of both ends. Where
    /// the ends disagree, it is whose the `b` end says, which at a circuit is the cloud's.
    fn find_owners(&mut self) {
        let mut owners = BTreeMap::new();
        for (i, trunk) in self.trunks.iter().enumerate() {
            for (device, port) in [trunk.b, trunk.a] {
                let first = (device, port, None);
                let last = (device, port, Some(Vid::RESERVED));
                for ((.., vid), id) in self.members.range(first..=last) {
                    let tenant = self.devices[device].tables.services[id].tenant;
                    owners.entry((i, *vid)).or_insert(tenant);
                }
            }
        }
        self.owners = Arc::new(owners);
    }

    /// Faults of links, as they stand at the end of the scenario.
    fn find_faults(&mut self, plan: &Plan) {
        for fault in &plan.faults {
            let Fault::Link(link, change) = &fault.what else {
                continue;
            };
            let link = &plan.links[link.index()];
            let (a, b) = (&plan.nodes[link.a.0.index()].name, &plan.nodes[link.b.0.index()].name);
            let trunk = self.trunks.iter().position(|t| t.name == link.name);
            let place = self.places.iter().position(|p| p.name == *a || p.name == *b);
            let uni = matches!(link.role, LinkRole::LastMile | LinkRole::Vbr);
            match (trunk, place) {
                (Some(trunk), _) => self.faults.push(Hand::TrunkLink(trunk, *change)),
                (None, Some(place)) if uni => {
                    // A tester's link begins at the tester, as the scenario's may not.
                    let begins = self.places[place].name == *a;
                    let change = if begins { *change } else { turned(*change) };
                    self.faults.push(Hand::PlaceLink(place, change));
                }
                _ => {}
            }
        }
    }

    fn wire(&mut self, plan: &Plan, of_node: &[Option<usize>], link: &crate::scenario::plan::LinkPlan) {
        let (a, b) = (of_node[link.a.0.index()], of_node[link.b.0.index()]);
        match (a, b) {
            (Some(a), Some(b)) => self.trunks.push(Trunk {
                name: link.name.clone(),
                circuit: link.role == LinkRole::Circuit,
                a: (a, link.a.1),
                b: (b, link.b.1),
                config: link.config.clone(),
            }),
            (Some(device), None) => self.station(plan, link.b.0, (device, link.a.1), link),
            (None, Some(device)) => self.station(plan, link.a.0, (device, link.b.1), link),
            (None, None) => {}
        }
    }

    fn station(&mut self, plan: &Plan, node: NodeId, at: (usize, PortNo), link: &crate::scenario::plan::LinkPlan) {
        let node = &plan.nodes[node.index()];
        let owner = node.place.only.unwrap_or(TenantId::NONE);
        let (kind, mac) = match &node.kind {
            NodeKind::Idc(idc) => (TestPortKind::Idc, idc.mac),
            NodeKind::Vbr(vbr) => (TestPortKind::Vbr, vbr.mac),
            _ => return,
        };
        self.place(node.name.clone(), kind, owner, at, mac, link.config.clone());
    }

    fn place(
        &mut self,
        name: String,
        kind: TestPortKind,
        owner: TenantId,
        (device, port): (usize, PortNo),
        mac: MacAddr,
        link: LinkConfig,
    ) {
        let tables = &self.devices[device].tables;
        let config = &tables.ports[port.index()];
        let here = self
            .members
            .range((device, port, None)..=(device, port, Some(Vid::RESERVED)));
        let found = here.filter_map(|((.., vid), id)| {
            let members = &tables.services.get(id)?.members;
            Some((*id, members.iter().find(|m| (m.port, m.vid) == (port, *vid))?))
        });
        let found = found.min_by_key(|(id, _)| *id);
        let place = TestPort {
            name,
            kind,
            owner,
            device,
            port,
            role: config.role,
            tpid: config.tpid,
            vid: found.and_then(|(_, member)| member.vid),
            service: found.map(|(id, _)| id),
            mac: found.and_then(|(_, member)| member.bound_mac).unwrap_or(mac),
            mtu: config.mtu.min(link.mtu),
            link,
        };
        self.places.push(place);
    }

    /// The name of a tenant.
    pub fn tenant(&self, tenant: TenantId) -> &str {
        self.tenants.get(tenant.index()).map_or("nobody", String::as_str)
    }

    /// Ports of tenants that have a service on them.
    pub fn live(&self) -> impl Iterator<Item = (usize, &TestPort)> {
        let live = |(_, p): &(usize, &TestPort)| p.service.is_some() && p.owner.is_some();
        self.places.iter().enumerate().filter(live)
    }

    /// Tenants that have a live port, in order.
    pub fn live_tenants(&self) -> Vec<TenantId> {
        let tenants: BTreeSet<TenantId> = self.live().map(|(_, p)| p.owner).collect();
        tenants.into_iter().collect()
    }

    /// The member of a device's tables at a place, with its service.
    pub fn member(&self, device: usize, port: PortNo, vid: Option<Vid>) -> Option<(ServiceId, &Service, &Member)> {
        let id = *self.members.get(&(device, port, vid))?;
        let service = self.devices[device].tables.services.get(&id)?;
        let member = service.members.iter().find(|m| (m.port, m.vid) == (port, vid))?;
        Some((id, service, member))
    }

    /// Whose VID this is on a trunk.
    pub fn owner_on(&self, trunk: usize, vid: Option<Vid>) -> TenantId {
        self.owners.get(&(trunk, vid)).copied().unwrap_or(TenantId::NONE)
    }

    /// VIDs between the switches with their owners, each once, in order; those of circuits alone,
    /// or of all trunks.
    pub fn vids(&self, circuits: bool) -> Vec<(u16, TenantId)> {
        let wanted = |(i, _): &&(usize, Option<Vid>)| self.trunks[*i].circuit || !circuits;
        let named = self.owners.keys().filter(wanted);
        let mut all: Vec<(u16, TenantId)> = named
            .filter_map(|(i, vid)| Some((vid.as_ref()?.get(), self.owner_on(*i, *vid))))
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Do the links lose, spoil or double frames by chance?
    pub fn is_lossy(&self) -> bool {
        let mut left: BTreeMap<(bool, usize, u8), u32> = BTreeMap::new();
        for hand in &self.faults {
            let (trunk, i, change) = match hand {
                Hand::TrunkLink(i, change) => (true, *i, *change),
                Hand::PlaceLink(i, change) => (false, *i, *change),
                Hand::Switch(..) => continue,
            };
            let (kind, ppb) = match change {
                LinkChange::Loss(_, ppb) => (0, ppb),
                LinkChange::Corrupt(_, ppb) => (1, ppb),
                LinkChange::Duplicate(_, ppb) => (2, ppb),
                LinkChange::Cut(_) | LinkChange::Restore(_) | LinkChange::Police(..) => continue,
            };
            left.insert((trunk, i, kind), ppb);
        }
        left.values().any(|ppb| *ppb > 0)
    }

    /// Profiles of the devices, each once, in order.
    pub fn profiles(&self) -> Vec<Profile> {
        let all: BTreeSet<Profile> = self.devices.iter().map(|d| d.tables.profile).collect();
        all.into_iter().collect()
    }

    /// The time between two frames in which the longest one crosses the slowest link, and the
    /// tightest policer of any member has room for it again.
    pub fn pace(&self) -> SimDuration {
        self.pace
    }

    fn find_pace(&self) -> SimDuration {
        const LONGEST: u64 = 9_300 * 8;
        let links = self.places.iter().map(|p| p.link.rate);
        let links = links.chain(self.trunks.iter().map(|t| t.config.rate));
        let services = self.devices.iter().flat_map(|d| d.tables.services.values());
        let policers = services.flat_map(|s| &s.members).filter_map(|m| Some(m.police?.rate));
        let slowest = links.chain(policers).map(BitRate::as_bps).filter(|bps| *bps > 0).min();
        let bps = slowest.unwrap_or(1_000_000_000).max(1_000);
        let nanos = u128::from(LONGEST) * 1_000_000_000 / u128::from(bps);
        SimDuration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX).max(1_000))
    }

    /// How long a frame may be on its way through everything.
    pub fn transit(&self) -> SimDuration {
        self.transit
    }

    fn find_transit(&self) -> SimDuration {
        let links = self.places.iter().map(|p| p.link.delay);
        let links = links.chain(self.trunks.iter().map(|t| t.config.delay));
        let sum = links.fold(SimDuration::ZERO, SimDuration::saturating_add);
        sum.saturating_add(self.pace())
            .saturating_add(SimDuration::from_millis(1))
    }
}

/// When the first frame of a trial is sent.
pub const START: SimTime = SimTime::from_nanos(1_000_000);
