//! Which tenants are one class: whoever of them attacks, the same becomes of it.
//!
//! Invariant: who is not shown to be like another stands alone.
//!
//! Two tenants are one class if giving one the ports, VIDs and addresses of the other changes nothing
//! that a device reads. Their ports, links and services have the same terms on the same devices; and the
//! proof, which asks the running forwarders for every tag at every port, finds all that they may send in
//! the same states on the same ways, and none of it at anybody else's. What is left to tell them apart
//! are names. Where that says too little (a planted fault may read single bits of a VID, a link loses by
//! chance), nobody is like another.

use std::collections::BTreeMap;

use super::testbed::{Device, TestPort, TestPortKind, Testbed};
use super::trial::Hand;
use crate::forward::{Limit, Member, Policer, PortConfig, PriorityMap, Service, ServiceKind, Tables};
use crate::ident::{PortNo, TenantId};
use crate::node::LinkChange;
use crate::node::link::LinkConfig;
use crate::prove::{Explorer, FrameSet, Model, Network, PortId, Snapshots, Symbol, Tail, quiet, starts_of};
use crate::scenario::Plan;
use crate::wire::{MacAddr, Vid};

/// Tenants of one class, in order; the first stands for all of them.
pub type Class = Vec<TenantId>;

/// What is named by its owner, or by itself where it is somebody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Name<T> {
    /// The tenant's own, by its rank.
    Own(usize),
    /// Shared, or another's.
    Other(T),
}

/// What a tenant's port is, but for its name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Port {
    kind: TestPortKind,
    device: usize,
    config: PortConfig,
    tagged: bool,
    serves: bool,
    mtu: u32,
    link: LinkConfig,
    faults: Vec<LinkChange>,
    /// Ports of others with the same address.
    doubles: usize,
}

/// A member of a service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    port: Name<PortNo>,
    vid: Option<usize>,
    police: Option<Policer>,
    arp: Option<Limit>,
    icmp: Option<Limit>,
    bound: Option<Name<MacAddr>>,
    priority: PriorityMap,
}

/// Frames on their way, as the proof has them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    port: Name<PortId>,
    tail: Tail,
    pushed: Vec<(usize, Name<Symbol>)>,
    bound: Option<Name<MacAddr>>,
}

/// All that a device, or the proof, tells of a tenant.
#[derive(Debug, PartialEq, Eq)]
struct Likeness {
    ports: Vec<Port>,
    services: Vec<(usize, ServiceKind, Vec<Part>)>,
    ways: Vec<Way>,
}

/// The classes of these tenants, in order of their first members.
///
/// # Errors
/// Where the plan's names or ports collide, which its validation excludes.
pub fn of(plan: &Plan, bed: &Testbed, tenants: &[TenantId]) -> Result<Vec<Class>, String> {
    let alone = || tenants.iter().map(|tenant| vec![*tenant]).collect();
    if bed.devices.iter().any(|device| device.quirk.is_some()) || bed.is_lossy() {
        return Ok(alone());
    }
    let quiet = quiet(plan);
    let mut timeline = Snapshots::new(&quiet).map_err(|e| e.to_string())?;
    timeline.run(plan.end);
    let snapshot = timeline.snapshot();
    timeline.finish();
    let (network, model) = Network::read(&quiet, &snapshot).map_err(|e| e.to_string())?;
    if !network.crossed.is_empty() || !are_the_same(bed, &network) {
        return Ok(alone());
    }
    let names = Names::of(bed, &network);
    let mut explorer = Explorer::default();
    let starts = starts_of(&model);
    let mut classes: Vec<(Option<Likeness>, Class)> = Vec::new();
    for tenant in tenants {
        let own = starts
            .iter()
            .filter(|(owner, _)| *owner == tenant.0)
            .map(|(_, port)| *port);
        let holds = explorer.follow(&model, tenant.0, own) == Ok(true) && explorer.is_carried();
        let like = holds.then(|| names.likeness(*tenant, &model, explorer.states()));
        match classes.iter_mut().find(|(known, _)| like.is_some() && *known == like) {
            Some((_, class)) => class.push(*tenant),
            None => classes.push((like, vec![*tenant])),
        }
    }
    Ok(classes.into_iter().map(|(_, class)| class).collect())
}

/// Whoever attacks for these classes: the first of each, of the smallest classes first and of so many at
/// most; and, where that leaves fewer than `least`, the first tenants beside them. In order.
pub fn stand_ins(classes: &[Class], tenants: &[TenantId], most: usize, least: usize) -> Vec<TenantId> {
    let mut first: Vec<&Class> = classes.iter().collect();
    first.sort_by_key(|class| class.len());
    let mut chosen: Vec<TenantId> = first
        .into_iter()
        .take(most)
        .filter_map(|class| class.first())
        .copied()
        .collect();
    for tenant in tenants {
        if chosen.len() >= least {
            break;
        }
        if !chosen.contains(tenant) {
            chosen.push(*tenant);
        }
    }
    chosen.sort_unstable();
    chosen
}

/// Does the proof speak of the tables that are tested?
fn are_the_same(bed: &Testbed, network: &Network) -> bool {
    let same = |device: &Device| {
        let seat = network.seats.iter().find(|seat| seat.name == device.name);
        seat.is_some_and(|seat| seat.tables == without_free_port(device))
    };
    bed.devices.iter().all(same)
}

/// A device's tables as the scenario has them.
fn without_free_port(device: &Device) -> Tables {
    let mut tables = device.tables.clone();
    tables.ports.truncate(device.free.index());
    for service in tables.services.values_mut() {
        service.members.retain(|member| member.port != device.free);
    }
    tables
}

/// Where everything stands in testbed and proof.
struct Names<'a> {
    bed: &'a Testbed,
    /// Places of each tenant, sorted.
    places: BTreeMap<TenantId, Vec<usize>>,
    /// Services of each tenant, by device.
    services: BTreeMap<TenantId, Vec<(usize, &'a Service)>>,
    /// How many places have an address.
    macs: BTreeMap<MacAddr, usize>,
    /// A device's port 0 among the model's ports.
    bases: Vec<PortId>,
}

impl<'a> Names<'a> {
    fn of(bed: &'a Testbed, network: &Network) -> Self {
        let mut names = Self {
            bed,
            places: BTreeMap::new(),
            services: BTreeMap::new(),
            macs: BTreeMap::new(),
            bases: Vec::new(),
        };
        for (i, place) in bed.places.iter().enumerate() {
            names.places.entry(place.owner).or_default().push(i);
            *names.macs.entry(place.mac).or_default() += 1;
        }
        for own in names.places.values_mut() {
            own.sort_by_key(|i| (bed.places[*i].kind, bed.places[*i].device, bed.places[*i].port));
        }
        for (i, device) in bed.devices.iter().enumerate() {
            for service in device.tables.services.values() {
                names.services.entry(service.tenant).or_default().push((i, service));
            }
            let seat = network.seats.iter().find(|seat| seat.name == device.name);
            names.bases.push(seat.map_or(PortId::MAX, |seat| seat.base));
        }
        names
    }

    fn own(&self, tenant: TenantId) -> impl Iterator<Item = &'a TestPort> {
        let own = self.places.get(&tenant).map_or(&[][..], Vec::as_slice);
        let bed = self.bed;
        own.iter().map(|i| &bed.places[*i])
    }

    fn likeness(&self, tenant: TenantId, model: &Model, states: &[FrameSet]) -> Likeness {
        let own = self.services.get(&tenant).map_or(&[][..], Vec::as_slice);
        let mut vids: Vec<Vid> = Vec::new();
        let mut services = Vec::new();
        for (device, service) in own {
            // Which of them a VID is, is told by the port that it is at: a tenant's own ports go first.
            let mut members: Vec<(Name<PortNo>, &Member)> = (service.members.iter())
                .map(|member| (self.port(tenant, *device, member.port), member))
                .collect();
            members.sort();
            for vid in members.iter().filter_map(|(_, member)| member.vid) {
                if !vids.contains(&vid) {
                    vids.push(vid);
                }
            }
            let parts = members
                .into_iter()
                .map(|(port, member)| self.part(tenant, port, member, &vids));
            services.push((*device, service.kind, parts.collect()));
        }
        let mut ways: Vec<Way> = states
            .iter()
            .map(|state| self.way(tenant, model, state, &vids))
            .collect();
        ways.sort();
        Likeness {
            ports: self.own(tenant).map(|place| self.terms(place)).collect(),
            services,
            ways,
        }
    }

    fn terms(&self, place: &TestPort) -> Port {
        let named = |hand: &Hand| match hand {
            Hand::PlaceLink(at, change) if self.bed.places[*at].name == place.name => Some(*change),
            Hand::PlaceLink(..) | Hand::TrunkLink(..) | Hand::Switch(..) => None,
        };
        Port {
            kind: place.kind,
            device: place.device,
            config: self.bed.devices[place.device].tables.ports[place.port.index()].clone(),
            tagged: place.vid.is_some(),
            serves: place.service.is_some(),
            mtu: place.mtu,
            link: place.link.clone(),
            faults: self.bed.faults.iter().filter_map(named).collect(),
            doubles: self.macs.get(&place.mac).copied().unwrap_or(0),
        }
    }

    fn part(&self, tenant: TenantId, port: Name<PortNo>, member: &Member, vids: &[Vid]) -> Part {
        Part {
            port,
            vid: member.vid.and_then(|vid| vids.iter().position(|own| *own == vid)),
            police: member.police,
            arp: member.arp,
            icmp: member.icmp,
            bound: member.bound_mac.map(|mac| self.mac(tenant, mac)),
            priority: member.priority,
        }
    }

    fn port(&self, tenant: TenantId, device: usize, port: PortNo) -> Name<PortNo> {
        let own = self
            .own(tenant)
            .position(|place| (place.device, place.port) == (device, port));
        own.map_or(Name::Other(port), Name::Own)
    }

    fn mac(&self, tenant: TenantId, mac: MacAddr) -> Name<MacAddr> {
        let own = self.own(tenant).position(|place| place.mac == mac);
        own.map_or(Name::Other(mac), Name::Own)
    }

    fn way(&self, tenant: TenantId, model: &Model, state: &FrameSet, vids: &[Vid]) -> Way {
        let at = |place: &TestPort| self.bases[place.device].checked_add(place.port.0) == Some(state.port);
        let own = self.own(tenant).position(at);
        let tag = |symbol: &Symbol| match symbol.parts() {
            Some((tpid, vid)) => {
                let own = vids.iter().position(|own| own.get() == vid);
                (tpid, own.map_or(Name::Other(*symbol), Name::Own))
            }
            None => (usize::MAX, Name::Other(*symbol)),
        };
        let bound = state.mac().and_then(|number| model.macs().get(number as usize));
        Way {
            port: own.map_or(Name::Other(state.port), Name::Own),
            tail: state.tail,
            pushed: state.pushed().iter().map(tag).collect(),
            bound: bound.map(|mac| self.mac(tenant, *mac)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_classes_go_first_and_others_fill_up() {
        let t = |n: &[u32]| -> Vec<TenantId> { n.iter().map(|n| TenantId(*n)).collect() };
        let classes = [t(&[0, 1, 2, 5]), t(&[3]), t(&[4, 6])];
        let tenants = t(&[0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(stand_ins(&classes, &tenants, 10, 1), t(&[0, 3, 4]));
        assert_eq!(stand_ins(&classes, &tenants, 2, 1), t(&[3, 4]));
        assert_eq!(stand_ins(&classes, &tenants, 1, 1), t(&[3]));
        assert_eq!(stand_ins(&classes, &tenants, 10, 4), t(&[0, 1, 3, 4]));
        assert_eq!(stand_ins(&classes, &tenants, 10, 99), tenants);
        assert_eq!(stand_ins(&[], &[], 10, 4), t(&[]));
    }
}
