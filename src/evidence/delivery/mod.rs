//! Was delivered what was bought: the lower side of a bandwidth.
//!
//! A contract bucket (CIR, C) runs in order of arrival at the reference point: towards the cloud the
//! customer's port, from it where the transit router hands over to the VBR. A frame that passes takes its
//! octets where they fit. How full the bucket was when a frame ended in a policer or a queue is kept,
//! place by place, with the delay variation up to there: `check` decides.
//!
//! How deep a bucket may be is known only at the end, so a ladder of depths runs at once. What is kept
//! depends on services and directions: frames under way are at most [`UNDER_WAY_MAX`] in each.

mod bucket;
mod supposed;
mod way;

use super::observer::Observer;
use super::profile::SoldRate;
use super::ticket::{Lineage, Trace};
use crate::ident::{DropReason, Fate, LinkId, NodeId, PortNo, StationId, TenantId};
use crate::units::{BitRate, SimTime};
use crate::wire::{Frame, payload_octets};
pub use bucket::{RUNGS, rung_octets};
pub use supposed::Supposed;
pub use way::{Delivered, Ending, Spot};
use way::{Fates, Way};

/// Frames that one direction of a service may have under way; of more, the oldest count as passed.
pub const UNDER_WAY_MAX: usize = 65_536;

/// The way of a service, as its observer must know it.
#[derive(Debug, Clone)]
pub struct DeliveryWay {
    /// Its number, as the plan counts ways.
    pub number: usize,
    /// The number under which the control plane tells what it was sold.
    pub service: u32,
    /// Whose it is.
    pub tenant: TenantId,
    /// From the customer's edge to the access device: nodes, and the ports by which frames towards the
    /// cloud and from it come in. The first takes none towards the cloud.
    pub nodes: Vec<(NodeId, Option<PortNo>, Option<PortNo>)>,
    /// The links between them, in order.
    pub links: Vec<LinkId>,
    /// VBRs at its end.
    pub routers: Vec<DeliveryRouter>,
    /// The least rate of its links.
    pub least_link: BitRate,
}

/// A VBR at the end of a way.
#[derive(Debug, Clone, Copy)]
pub struct DeliveryRouter {
    /// The VBR.
    pub vbr: NodeId,
    /// The link between it and the access device, and the device's port for it.
    pub device: (LinkId, PortNo),
    /// The VBR's port for that link.
    pub port: PortNo,
    /// The link to the transit router, and the VBR's port for it.
    pub cloud: Option<(LinkId, PortNo)>,
}

/// What a link is to a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The customer's line, its customer edge there.
    Line(NodeId),
    /// Between VBR (named) and transit router.
    Handover(NodeId),
    /// Between VBR (named) and access device.
    Inner(NodeId),
}

/// Where frames of a tenant come in by a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Hop {
    node: NodeId,
    port: PortNo,
    tenant: TenantId,
    way: u32,
    rank: u32,
}

/// Watches every service of a plan, in both directions.
#[derive(Debug, Clone)]
pub struct DeliveryWatch {
    /// Two for each service: towards the cloud, from it.
    ways: Vec<Way>,
    /// The number of each service's way.
    numbers: Vec<usize>,
    hops: Vec<Hop>,
    /// (link, way towards the cloud, what it is), sorted.
    parts: Vec<(LinkId, u32, Part)>,
    /// (tenant, way), sorted.
    own: Vec<(TenantId, u32)>,
    /// (service, way), sorted.
    services: Vec<(u32, u32)>,
    /// Octets that count for each frame beside its payload.
    per_frame: u32,
    /// The frame that arrived last, where it is under way: most is said of it.
    last: Option<(Trace, u32, u64)>,
}

impl DeliveryWatch {
    /// For these ways. Of each frame its payload counts, and `per_frame` octets beside.
    pub fn new(all: &[DeliveryWay], per_frame: u32) -> Self {
        let mut watch = Self {
            ways: Vec::with_capacity(2 * all.len()),
            numbers: all.iter().map(|way| way.number).collect(),
            hops: Vec::new(),
            parts: Vec::new(),
            own: Vec::new(),
            services: Vec::new(),
            per_frame,
            last: None,
        };
        for way in all {
            watch.add(way);
        }
        watch.hops.sort_unstable();
        watch.parts.sort_unstable_by_key(|(link, way, _)| (*link, *way));
        watch.own.sort_unstable();
        watch.services.sort_unstable();
        watch
    }

    fn add(&mut self, way: &DeliveryWay) {
        let up = u32::try_from(self.ways.len()).expect("services are counted in 32 bits");
        let (mut there, mut back) = (Vec::new(), Vec::new());
        // A node stands at twice its place in order, the link behind it one higher.
        let device = way.nodes.len() - 1;
        let end = device + 1;
        let rank = |place: usize| u32::try_from(place).expect("a way has few places");
        let hop = |node, port, way_index, rank| Hop {
            node,
            port,
            tenant: way.tenant,
            way: way_index,
            rank,
        };
        for (i, (node, from_customer, from_cloud)) in way.nodes.iter().enumerate() {
            there.push((StationId::node(*node), rank(2 * i)));
            back.push((StationId::node(*node), rank(2 * (end + 1 - i))));
            self.hops
                .extend(from_customer.map(|port| hop(*node, port, up, rank(2 * i))));
            self.hops
                .extend(from_cloud.map(|port| hop(*node, port, up + 1, rank(2 * (end + 1 - i)))));
        }
        for (i, link) in way.links.iter().enumerate() {
            there.push((StationId::link(*link), rank(2 * i + 1)));
            back.push((StationId::link(*link), rank(2 * (end - i) + 1)));
        }
        if let (Some(line), Some((edge, ..))) = (way.links.first(), way.nodes.first()) {
            self.parts.push((*line, up, Part::Line(*edge)));
        }
        for router in &way.routers {
            let device_node = way.nodes[device].0;
            let (link, device_port) = router.device;
            there.push((StationId::link(link), rank(2 * device + 1)));
            back.push((StationId::link(link), 3));
            there.push((StationId::node(router.vbr), rank(2 * end)));
            back.push((StationId::node(router.vbr), 2));
            self.hops.push(hop(router.vbr, router.port, up, rank(2 * end)));
            self.hops.push(hop(device_node, device_port, up + 1, 4));
            self.parts.push((link, up, Part::Inner(router.vbr)));
            if let Some((link, port)) = router.cloud {
                there.push((StationId::link(link), rank(2 * end + 1)));
                back.push((StationId::link(link), 1));
                self.hops.push(hop(router.vbr, port, up + 1, 2));
                self.parts.push((link, up, Part::Handover(router.vbr)));
            }
        }
        for (towards, spots) in [(true, there), (false, back)] {
            let index = if towards { up } else { up + 1 };
            self.own.push((way.tenant, index));
            self.services.push((way.service, index));
            self.ways.push(Way::new(way.tenant, towards, spots, way.least_link));
        }
    }

    /// What was seen of each direction that ever had a contract, with the number of its way.
    pub fn delivered(&self, tenant: TenantId) -> Vec<(usize, Delivered)> {
        let from = self.own.partition_point(|(t, _)| *t < tenant);
        let own = self.own[from..].iter().take_while(|(t, _)| *t == tenant);
        let told = own.filter_map(|(_, way)| Some((self.numbers[*way as usize / 2], self.ways[*way as usize].told()?)));
        told.collect()
    }

    fn octets(&self, frame: &Frame) -> u32 {
        payload_octets(frame.bytes()).saturating_add(self.per_frame)
    }

    fn parts_of(&self, link: LinkId) -> (usize, usize) {
        let from = self.parts.partition_point(|(l, ..)| *l < link);
        let len = self.parts[from..].partition_point(|(l, ..)| *l == link);
        (from, from + len)
    }

    fn enter(&mut self, at: SimTime, way: u32, trace: &Trace, frame: &Frame) {
        let octets = self.octets(frame);
        let wire = payload_octets(frame.bytes()).saturating_add(42);
        let eligible = frame.outer_tag().is_some_and(|tag| tag.dei());
        let way = &mut self.ways[way as usize];
        if way.tenant == trace.tenant {
            way.enter(at, trace, octets, wire, eligible);
        }
    }

    /// Where in a way a frame is, and whether it is there.
    fn find(&mut self, trace: &Trace) -> Option<(u32, u64)> {
        if let Some((_, way, number)) = self.last.filter(|(last, ..)| last == trace) {
            return Some((way, number));
        }
        let from = self.own.partition_point(|(t, _)| *t < trace.tenant);
        for (tenant, way) in &self.own[from..] {
            if *tenant != trace.tenant {
                break;
            }
            if let Some(number) = self.ways[*way as usize].find(trace) {
                return Some((*way, number));
            }
        }
        None
    }

    fn end(&mut self, way: u32, number: u64, ending: Fates) {
        self.ways[way as usize].end(number, ending);
        self.last = None;
    }

    /// A frame left a node by a link that has a part in a way.
    fn leaves(&mut self, at: SimTime, node: NodeId, (_, up, part): (LinkId, u32, Part), trace: &Trace, frame: &Frame) {
        match part {
            Part::Line(edge) if node == edge => self.enter(at, up, trace, frame),
            Part::Line(_) => {}
            Part::Handover(vbr) if node == vbr => {
                if let Some((way, number)) = self.find(trace).filter(|(way, _)| *way == up) {
                    self.end(way, number, Fates::Passed);
                }
            }
            Part::Handover(_) => self.enter(at, up + 1, trace, frame),
            // What a VBR sends of its own never came by the reference point, and costs all the same.
            Part::Inner(vbr) if node == vbr => {
                let known = self.find(trace).is_some_and(|(way, _)| way == up + 1);
                if !known {
                    let octets = self.octets(frame);
                    self.ways[up as usize + 1].spend(octets);
                }
            }
            Part::Inner(_) => {}
        }
    }
}

/// Did a policer or a queue end this frame?
const fn withheld(fate: Fate) -> Option<Ending> {
    match fate {
        Fate::Dropped(DropReason::OverRate | DropReason::Throttled) => Some(Ending::Policer),
        Fate::Dropped(DropReason::QueueFull) => Some(Ending::Queue),
        _ => None,
    }
}

impl Observer for DeliveryWatch {
    fn sent(&mut self, at: SimTime, node: NodeId, _port: PortNo, link: LinkId, trace: &Trace, frame: &Frame) {
        let (from, to) = self.parts_of(link);
        for i in from..to {
            self.leaves(at, node, self.parts[i], trace, frame);
        }
    }

    fn arrived(&mut self, at: SimTime, node: NodeId, port: PortNo, trace: &Trace, _frame: &Frame) {
        let key = (node, port, trace.tenant);
        let from = self.hops.partition_point(|hop| (hop.node, hop.port, hop.tenant) < key);
        self.last = None;
        for hop in &self.hops[from..] {
            if (hop.node, hop.port, hop.tenant) != key {
                break;
            }
            let way = &mut self.ways[hop.way as usize];
            if let Some(number) = way.passes(at, hop.rank, trace) {
                self.last = Some((*trace, hop.way, number));
                if way.ends_at(hop.rank) {
                    way.end(number, Fates::Passed);
                    self.last = None;
                }
                break;
            }
        }
    }

    fn copied(&mut self, _at: SimTime, _station: StationId, trace: &Trace, octets: u32) {
        if trace.lineage != Lineage::Copy {
            return;
        }
        let from = self.own.partition_point(|(t, _)| *t < trace.tenant);
        for (tenant, way) in &self.own[from..] {
            if *tenant != trace.tenant {
                break;
            }
            self.ways[*way as usize].spend(octets.saturating_add(24));
        }
    }

    fn settled(&mut self, at: SimTime, station: StationId, trace: &Trace, fate: Fate, frame: &Frame) {
        if trace.lineage == Lineage::Copy {
            return;
        }
        let ending = withheld(fate);
        // What is taken is taken on arrival, where that has not ended its way already.
        let dropped = matches!(fate, Fate::Dropped(_));
        if !dropped && self.last.is_none_or(|(last, ..)| last != *trace) {
            return;
        }
        if let Some((way, number)) = self.find(trace) {
            let eligible = frame.outer_tag().is_some_and(|tag| tag.dei());
            let fates = match ending.filter(|_| !eligible) {
                Some(ending) => self.ways[way as usize].fates(station, ending),
                None => Fates::Passed,
            };
            self.end(way, number, fates);
            return;
        }
        // Refused at the reference point itself.
        let (Some(link), Some(ending)) = (station.as_link(), ending) else {
            return;
        };
        let (from, to) = self.parts_of(link);
        for i in from..to {
            let (_, up, part) = self.parts[i];
            let way = match part {
                Part::Line(_) => up,
                Part::Handover(_) => up + 1,
                Part::Inner(_) => continue,
            };
            self.enter(at, way, trace, frame);
            if let Some(number) = self.ways[way as usize].find(trace) {
                let fates = self.ways[way as usize].fates(station, ending);
                self.end(way, number, fates);
            }
        }
    }

    fn held(&mut self, _at: SimTime, _station: StationId, trace: &Trace, _octets: u32) {
        self.last = None;
        if let Some((way, number)) = self.find(trace) {
            self.end(way, number, Fates::Passed);
        }
    }

    fn sold_rate(&mut self, at: SimTime, service: u32, sold_rate: Option<SoldRate>) {
        let from = self.services.partition_point(|(s, _)| *s < service);
        for (own, way) in &self.services[from..] {
            if *own != service {
                break;
            }
            self.ways[*way as usize].sold(at, sold_rate);
        }
    }
}
