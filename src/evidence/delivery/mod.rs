//! Was delivered what was bought: the lower side of a bandwidth.
//!
//! A contract bucket (CIR, C) runs in order of arrival at the reference point: towards the cloud the
//! customer's port, from it where the transit router hands over to the VBR; across a border where the
//! transit router sends by it. A frame that passes takes its octets where they fit. How full the bucket was when a frame ended in a policer or a queue is kept,
//! place by place, with the delay variation up to there: `check` decides.
//!
//! How deep a bucket may be is known only at the end, so a ladder of depths runs at once. What is kept
//! depends on services and directions: frames under way are at most [`UNDER_WAY_MAX`] in each.

mod bucket;
mod described;
mod early;
mod got;
mod ladders;
mod load;
mod supposed;
mod way;

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::FixedState;

use super::event_key::EventKey;
use super::observer::Observer;
use super::profile::SoldRate;
use super::ticket::{Lineage, Trace};
use super::window::Turns;
use crate::ident::{DropReason, Fate, Lane, LinkId, NodeId, PortNo, Station, StationId, TenantId};
use crate::units::SimTime;
use crate::wire::{Frame, FrameView, MacAddr, payload_octets};
pub use bucket::{octets_in, rung_octets};
pub use described::{BurstRule, Contract, DeliveryBorder, DeliveryLink, DeliveryPolicer, DeliveryRouter, DeliveryWay};
pub use got::Got;
use load::Load;
pub use load::SlowLink;
pub use supposed::Supposed;
pub use way::{Delivered, Ending, Spot};
use way::{Fates, Way};

/// Frames that one direction of a service may have under way; of more, the oldest count as passed.
pub const UNDER_WAY_MAX: usize = 65_536;

/// What a link is to a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The customer's line, its customer edge there.
    Line(NodeId),
    /// Between VBR (named) and transit router.
    Handover(NodeId),
    /// Between VBR (named) and access device.
    Inner(NodeId),
    /// Between two regions, the transit router at its `a` end named.
    Border(NodeId),
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

/// From which place of a list to before which.
type Span = (u32, u32);

/// Watches every service of a plan, in both directions.
#[derive(Debug, Clone)]
pub struct DeliveryWatch {
    /// Two for each contract: towards the cloud, from it; across a border from `a` to `b`, back.
    ways: Vec<Way>,
    /// The contract of each two.
    contracts: Vec<Contract>,
    /// The addresses of the transit routers at a border's ends, for each two.
    addresses: Vec<Option<[MacAddr; 2]>>,
    /// Links of ways, each direction on its own.
    loads: Vec<Load>,
    hops: Vec<Hop>,
    /// Where in `hops` those of a node, a port and a tenant stand: each arrival asks.
    hops_at: HashMap<(NodeId, PortNo, TenantId), Span, FixedState>,
    /// (link, way towards the cloud, what it is), sorted.
    parts: Vec<(LinkId, u32, Part)>,
    /// By link: where its parts stand. Each frame that is sent asks.
    parts_at: Vec<Span>,
    /// (tenant, way), sorted.
    own: Vec<(TenantId, u32)>,
    /// (service, way), sorted.
    services: Vec<(u32, u32)>,
    /// Octets that count for each frame beside its payload.
    per_frame: u32,
    rule: BurstRule,
    /// The frame that has just arrived, where it is under way: most is said of it.
    last: Option<(Trace, u32, u64)>,
    turns: Turns,
}

impl DeliveryWatch {
    /// For these services and borders. Of each frame its payload counts, and `per_frame` octets beside;
    /// policers have the bursts of this rule, where they have none of their own.
    pub fn new(services: &[DeliveryWay], borders: &[DeliveryBorder], per_frame: u32, rule: BurstRule) -> Self {
        let mut watch = Self {
            ways: Vec::with_capacity(2 * (services.len() + borders.len())),
            contracts: Vec::with_capacity(services.len() + borders.len()),
            addresses: Vec::with_capacity(services.len() + borders.len()),
            loads: Vec::new(),
            hops: Vec::new(),
            hops_at: HashMap::with_hasher(FixedState::default()),
            parts: Vec::new(),
            parts_at: Vec::new(),
            own: Vec::new(),
            services: Vec::new(),
            per_frame,
            rule,
            last: None,
            turns: Turns::new(),
        };
        watch.add_loads(services, borders);
        for way in services {
            watch.add(way);
        }
        for border in borders {
            watch.add_border(border);
        }
        watch.hops.sort_unstable();
        watch.parts.sort_unstable_by_key(|(link, way, _)| (*link, *way));
        watch.own.sort_unstable();
        watch.services.sort_unstable();
        watch.find_places();
        watch
    }

    /// Notes where hops and parts stand.
    fn find_places(&mut self) {
        for (hop, at) in self.hops.iter().zip(0..) {
            let place = (hop.node, hop.port, hop.tenant);
            self.hops_at.entry(place).or_insert((at, at)).1 = at + 1;
        }
        let links = self.parts.last().map_or(0, |(link, ..)| link.index() + 1);
        self.parts_at = vec![(0, 0); links];
        for ((link, ..), at) in self.parts.iter().zip(0..) {
            let span = &mut self.parts_at[link.index()];
            *span = if span.1 == 0 { (at, at + 1) } else { (span.0, at + 1) };
        }
    }

    /// Two for each link, by link: towards the cloud and from it.
    fn add_loads(&mut self, services: &[DeliveryWay], borders: &[DeliveryBorder]) {
        let links = services.iter().flat_map(|way| &way.links);
        let mut links: Vec<DeliveryLink> = links
            .chain(borders.iter().map(|border| &border.link))
            .copied()
            .collect();
        links.sort_unstable_by_key(|link| link.link);
        links.dedup_by_key(|link| link.link);
        let each = links
            .iter()
            .flat_map(|link| [true, false].map(|to_cloud| (link, to_cloud)));
        self.loads = each
            .map(|(link, to_cloud)| Load::new(link.link, to_cloud, link.rate))
            .collect();
    }

    /// The loads of these links in one direction, with the octets of a tag there.
    fn loads_of(&self, links: &[DeliveryLink], to_cloud: bool) -> Vec<(u32, u32)> {
        let place = |link: &DeliveryLink| {
            let place = self.loads.partition_point(|load| load.link() < link.link) + usize::from(!to_cloud);
            let tag = if link.tagged { 4 } else { 0 };
            (u32::try_from(place).expect("links are counted in 32 bits"), tag)
        };
        links.iter().map(place).collect()
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
            there.push((StationId::link(link.link), rank(2 * i + 1)));
            back.push((StationId::link(link.link), rank(2 * (end - i) + 1)));
        }
        if let (Some(line), Some((edge, ..))) = (way.links.first(), way.nodes.first()) {
            self.parts.push((line.link, up, Part::Line(*edge)));
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
        for (towards, spots, policers) in [(true, there, &way.policers[0]), (false, back, &way.policers[1])] {
            let index = if towards { up } else { up + 1 };
            self.own.push((way.tenant, index));
            self.services.push((way.service, index));
            // Towards the cloud it ends beyond its last node.
            let ends = (!towards).then(|| rank(2 * (end + 1)));
            let loads = self.loads_of(&way.links, towards);
            self.ways
                .push(Way::new(way.tenant, towards, spots, ends, policers, loads, self.rule));
        }
        self.contracts.push(Contract::Service(way.number));
        self.addresses.push(None);
    }

    fn add_border(&mut self, border: &DeliveryBorder) {
        let up = u32::try_from(self.ways.len()).expect("contracts are counted in 32 bits");
        let link = StationId::link(border.link.link);
        for (towards, [from, to]) in [(true, [0, 1]), (false, [1, 0])] {
            let index = if towards { up } else { up + 1 };
            let (node, port, _) = border.ends[to];
            let spots = vec![
                (StationId::node(border.ends[from].0), 0),
                (link, 1),
                (StationId::node(node), 2),
            ];
            self.hops.push(Hop {
                node,
                port,
                tenant: border.tenant,
                way: index,
                rank: 2,
            });
            self.own.push((border.tenant, index));
            // The link polices.
            let policers = [DeliveryPolicer {
                place: link,
                burst: None,
            }];
            let loads = self.loads_of(&[border.link], towards);
            let mut way = Way::new(border.tenant, towards, spots, Some(2), &policers, loads, self.rule);
            way.sold(SimTime::ZERO, Some(border.sold));
            for (load, _) in &way.loads {
                self.loads[*load as usize].sold(None, Some(border.sold.rate));
            }
            self.ways.push(way);
        }
        self.parts.push((border.link.link, up, Part::Border(border.ends[0].0)));
        self.contracts.push(Contract::Border(border.link.link));
        self.addresses.push(Some(border.ends.map(|(.., mac)| mac)));
    }

    /// What was seen of each direction that ever had a contract, with that contract.
    pub fn delivered(&self, tenant: TenantId) -> Vec<(Contract, Delivered)> {
        let from = self.own.partition_point(|(t, _)| *t < tenant);
        let own = self.own[from..].iter().take_while(|(t, _)| *t == tenant);
        let told = own.filter_map(|(_, way)| {
            let way = *way as usize;
            Some((self.contracts[way / 2], self.ways[way].told()?))
        });
        told.collect()
    }

    /// Links that fell behind what conformed and was asked over them, in order.
    pub fn slow_links(&self) -> Vec<SlowLink> {
        self.loads.iter().filter_map(Load::told).collect()
    }

    fn octets(&self, frame: &Frame) -> u32 {
        payload_octets(frame.bytes()).saturating_add(self.per_frame)
    }

    fn parts_of(&self, link: LinkId) -> Range<usize> {
        let (from, to) = self.parts_at.get(link.index()).copied().unwrap_or_default();
        from as usize..to as usize
    }

    fn enter(&mut self, at: SimTime, way: u32, trace: &Trace, frame: &Frame) {
        let octets = self.octets(frame);
        let eligible = is_eligible(frame);
        let place = way as usize;
        let way = &mut self.ways[place];
        debug_assert!(self.turns.early().is_none(), "no switch is a reference point");
        if way.tenant != trace.tenant || !way.enter(&self.turns.now(), at, trace, octets, eligible) {
            return;
        }
        let untagged = payload_octets(frame.bytes()).saturating_add(38);
        for (load, tag) in &way.loads {
            let who = (way.tenant, u32::try_from(place / 2).unwrap_or(u32::MAX));
            self.loads[*load as usize].ask(at, who, untagged.saturating_add(*tag));
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
        debug_assert!(self.turns.early().is_none(), "a way ends in its turn");
        self.ways[way as usize].end(&self.turns.now(), number, ending);
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
            Part::Border(a) => {
                let way = if node == a { up } else { up + 1 };
                self.enter(at, way, trace, frame);
                let octets = self.octets(frame);
                self.ways[way as usize].carry(at, octets);
            }
        }
    }

    /// The way that a frame would have gone that was refused at the reference point itself.
    fn refused_at(&self, up: u32, part: Part, frame: &Frame) -> Option<u32> {
        match part {
            Part::Line(_) => Some(up),
            Part::Handover(_) => Some(up + 1),
            Part::Inner(_) => None,
            // Who sent it stands in it.
            Part::Border(_) => {
                let [a, b] = self.addresses.get(up as usize / 2).copied().flatten()?;
                let from = FrameView::new(frame.bytes()).ok()?.src();
                (from == a).then_some(up).or_else(|| (from == b).then_some(up + 1))
            }
        }
    }
}

/// Is this frame yellow: sent so, or made so by a policer?
fn is_eligible(frame: &Frame) -> bool {
    frame.outer_tag().is_some_and(|tag| tag.dei())
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
    fn needs_order(&self) -> bool {
        false
    }

    fn turn(&mut self, key: &EventKey) {
        self.turns.turn(key);
        self.last = None;
        if *key == EventKey::LAST {
            self.ways.iter_mut().for_each(|way| way.catch_up(key));
        }
    }

    fn ahead(&mut self, key: &EventKey) {
        self.turns.ahead(key);
        self.last = None;
    }

    fn sent(&mut self, at: SimTime, node: NodeId, _port: PortNo, lane: Lane, trace: &Trace, frame: &Frame) {
        let link = lane.link;
        for i in self.parts_of(link) {
            self.leaves(at, node, self.parts[i], trace, frame);
        }
    }

    fn arrived(&mut self, at: SimTime, node: NodeId, port: PortNo, trace: &Trace, frame: &Frame) {
        self.last = None;
        let Some((from, to)) = self.hops_at.get(&(node, port, trace.tenant)) else {
            return;
        };
        for hop in &self.hops[*from as usize..*to as usize] {
            let way = &mut self.ways[hop.way as usize];
            if let Some(number) = way.passes(&self.turns, at, hop.rank, trace, is_eligible(frame)) {
                let (of, ends) = (hop.way, way.ends_at(hop.rank));
                self.last = Some((*trace, of, number));
                if ends {
                    self.end(of, number, Fates::Passed);
                }
                break;
            }
        }
    }

    fn copied(&mut self, _at: SimTime, _station: Station, trace: &Trace, octets: u32) {
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

    fn settled(&mut self, at: SimTime, station: Station, trace: &Trace, fate: Fate, frame: &Frame) {
        let station = station.id();
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
            let fates = match ending.filter(|_| !is_eligible(frame)) {
                Some(ending) => self.ways[way as usize].fates(at, station, ending),
                None if dropped => Fates::Lost,
                None => Fates::Passed,
            };
            self.end(way, number, fates);
            return;
        }
        // Refused at the reference point itself.
        let (Some(link), Some(ending)) = (station.as_link(), ending) else {
            return;
        };
        for i in self.parts_of(link) {
            let (_, up, part) = self.parts[i];
            let Some(way) = self.refused_at(up, part, frame) else {
                continue;
            };
            self.enter(at, way, trace, frame);
            if let Some(number) = self.ways[way as usize].find(trace) {
                let fates = self.ways[way as usize].fates(at, station, ending);
                self.end(way, number, fates);
            }
        }
    }

    fn held(&mut self, _at: SimTime, _station: Station, trace: &Trace, _octets: u32) {
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
            let way = &mut self.ways[*way as usize];
            let old = way.sold(at, sold_rate);
            for (load, _) in &way.loads {
                self.loads[*load as usize].sold(old.map(|sold| sold.rate), sold_rate.map(|sold| sold.rate));
            }
        }
    }
}
