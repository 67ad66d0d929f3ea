//! How long frames took, and where they were lost, between the ends of a segment: what a service level
//! is about.
//!
//! Two segments meet at the handover, where the circuit ends at the access device. Towards the cloud a
//! frame enters at the customer's port (the customer hands it to his line), from the cloud at the
//! endpoint that sends it; it has arrived when it is taken at the other end. First bits and last bits
//! are the engine's: a first bit is the first of the preamble, an arrival includes the gap.
//!
//! Which frames the contract takes as green, a bucket says that runs in order of entering. What is kept
//! depends on what is asked, on intervals and on frames under way (262,144 in each direction of a
//! service), with counts of delays bounded by their resolution.

mod counts;
mod lane;
mod seen;
mod site;

use super::event_key::EventKey;
use super::observer::Observer;
use super::profile::SoldRate;
use super::ticket::{Lineage, Trace};
use super::window::Window;
use crate::ident::{
    self, DropReason, Fate, FlowId, LinkId, NodeId, Origin, PortNo, Segment, Station, StationId, TenantId,
};
use crate::units::{BitRate, SimDuration, SimTime};
use crate::wire::{Frame, payload_octets};
pub use counts::Counts;
pub use lane::{EIGHTHS, LaneFacts};
use lane::{Handed, Key, Lane};
use seen::{Doing, Seen};
pub use site::{LossPlace, Part, Row, Site, Uncounted};

/// The way of a data centre's service, as its observer must know it.
#[derive(Debug, Clone)]
pub struct LevelWay {
    /// The number under which the control plane tells what it was sold; `None`: no step makes it.
    pub service: Option<u32>,
    /// Whose it is.
    pub tenant: TenantId,
    /// The customer's edge, and its line.
    pub edge: (NodeId, LinkId),
    /// VBRs at its end.
    pub routers: Vec<LevelRouter>,
}

/// A VBR at the end of a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelRouter {
    /// The VBR.
    pub vbr: NodeId,
    /// Its links to the access device, and to the transit router.
    pub links: (LinkId, Option<LinkId>),
}

/// A flow between a data centre and the cloud.
#[derive(Debug, Clone, Copy)]
pub struct LevelFlow {
    /// Index of the way that it takes.
    pub way: u32,
    /// Do its frames go towards the cloud?
    pub to_cloud: bool,
    /// Where they start, and where they should end.
    pub ends: (NodeId, NodeId),
}

/// Where the partner's circuit ends at the cloud.
#[derive(Debug, Clone, Copy)]
pub struct Handover {
    /// The circuit.
    pub link: LinkId,
    /// The access device, and its port.
    pub device: (NodeId, PortNo),
    /// The circuit's delay and rate.
    pub line: (SimDuration, BitRate),
}

/// One direction that is asked about: these frames and answers, over one segment.
#[derive(Debug, Clone)]
pub struct LevelAsked {
    /// Flows; `true`: answers to them.
    pub of: Vec<(FlowId, bool)>,
    /// Which part of the way.
    pub segment: Segment,
    /// The length of an interval.
    pub interval: SimDuration,
}

/// Everything that the watch must know of a plan.
#[derive(Debug, Clone, Default)]
pub struct LevelPlaces {
    /// Ways of services.
    pub ways: Vec<LevelWay>,
    /// Flows by id; `None`: not between a data centre and the cloud, or of no service that is asked about.
    pub flows: Vec<Option<LevelFlow>>,
    /// Ends of circuits.
    pub handovers: Vec<Handover>,
    /// Links between regions: each is a contract of its own.
    pub borders: Vec<LinkId>,
    /// Octets that count for each frame beside its payload.
    pub per_frame: u32,
}

/// What was seen of one service in one direction.
#[derive(Debug, Clone, Copy)]
pub struct LevelSeen<'a> {
    /// Index of its way.
    pub way: u32,
    /// What was seen of the frames that are asked about.
    pub site: &'a Site,
    /// What the whole direction was like.
    pub lane: LaneFacts,
}

/// Which sites a frame of a flow, or an answer to it, is counted at: (what is asked, site).
type Counted = Vec<(u32, u32)>;

/// Watches what is asked about of service levels.
#[derive(Debug, Clone)]
pub struct LevelWatch {
    places: LevelPlaces,
    /// Two for each way: towards the cloud, from it.
    lanes: Vec<Lane>,
    /// (line, way), sorted.
    lines: Vec<(LinkId, u32)>,
    /// (link between VBR and device, VBR, way), sorted.
    inner: Vec<(LinkId, NodeId, u32)>,
    /// VBRs, sorted.
    vbrs: Vec<NodeId>,
    /// Ports of access devices at circuits, sorted.
    doors: Vec<(NodeId, PortNo)>,
    /// (link between VBR and transit router, VBR), sorted.
    outer: Vec<(LinkId, NodeId)>,
    /// (service, way), sorted.
    services: Vec<(u32, u32)>,
    borders: Vec<StationId>,
    /// By flow: its frames, answers.
    counted: Vec<[Counted; 2]>,
    asked: Vec<Question>,
    /// Links at which something is looked at.
    links: Vec<bool>,
    /// What was seen before its turn.
    window: Window<Seen>,
}

/// One direction that is asked about: segment, interval, sites with their lanes.
type Question = (Segment, SimDuration, Vec<(u32, Site)>);

impl LevelWatch {
    /// For these questions, in their order.
    pub fn new(places: LevelPlaces, asked: &[LevelAsked]) -> Self {
        let mut watch = Self {
            lanes: vec![Lane::new(); 2 * places.ways.len()],
            lines: Vec::new(),
            inner: Vec::new(),
            vbrs: Vec::new(),
            doors: places.handovers.iter().map(|handover| handover.device).collect(),
            outer: Vec::new(),
            services: Vec::new(),
            borders: places.borders.iter().map(|link| StationId::link(*link)).collect(),
            counted: vec![Default::default(); places.flows.len()],
            asked: Vec::new(),
            links: Vec::new(),
            window: Window::default(),
            places,
        };
        watch.places.handovers.sort_unstable_by_key(|handover| handover.link);
        watch.borders.sort_unstable();
        for (way, number) in watch.places.ways.iter().zip(0..) {
            watch.lines.push((way.edge.1, number));
            watch.services.extend(way.service.map(|service| (service, number)));
            for router in &way.routers {
                watch.vbrs.push(router.vbr);
                watch.inner.push((router.links.0, router.vbr, number));
                watch.outer.extend(router.links.1.map(|link| (link, router.vbr)));
            }
        }
        watch.lines.sort_unstable();
        watch.services.sort_unstable();
        watch.inner.sort_unstable();
        watch.outer.sort_unstable();
        watch.vbrs.sort_unstable();
        watch.doors.sort_unstable();
        watch.note_links();
        for asked in asked {
            watch.ask(asked);
        }
        watch
    }

    /// Notes the links at which something is looked at.
    fn note_links(&mut self) {
        let lines = self.lines.iter().map(|(link, _)| link);
        let inner = self.inner.iter().map(|(link, ..)| link);
        let outer = self.outer.iter().map(|(link, _)| link);
        let handovers = self.places.handovers.iter().map(|handover| &handover.link);
        let all = lines.chain(inner).chain(outer).chain(handovers);
        let all: Vec<usize> = all.map(|link| link.index()).collect();
        self.links = vec![false; all.iter().map(|link| link + 1).max().unwrap_or(0)];
        all.iter().for_each(|link| self.links[*link] = true);
    }

    fn ask(&mut self, asked: &LevelAsked) {
        let number = u32::try_from(self.asked.len()).expect("questions are counted in 32 bits");
        let mut sites: Vec<(u32, Site)> = Vec::new();
        for (flow, answers) in &asked.of {
            let Some(lane) = self.lane_of(*flow, *answers) else {
                continue;
            };
            let site = sites.iter().position(|(of, _)| *of == lane).unwrap_or_else(|| {
                sites.push((lane, Site::default()));
                sites.len() - 1
            });
            let site = u32::try_from(site).expect("a question has few services");
            self.counted[flow.index()][usize::from(*answers)].push((number, site));
        }
        self.asked.push((asked.segment, asked.interval, sites));
    }

    /// What was seen of the question with this number, a row for each service.
    pub fn seen(&self, asked: usize) -> Vec<LevelSeen<'_>> {
        let sites = self.asked.get(asked).map_or(&[][..], |(.., sites)| sites);
        let seen = sites.iter().map(|(lane, site)| LevelSeen {
            way: lane / 2,
            site,
            lane: self.lanes[*lane as usize].facts,
        });
        seen.collect()
    }

    fn flow(&self, flow: FlowId) -> Option<LevelFlow> {
        *self.places.flows.get(flow.index())?
    }

    /// Two for each way: towards the cloud, from it.
    fn lane_of(&self, flow: FlowId, answers: bool) -> Option<u32> {
        let flow = self.flow(flow)?;
        Some(2 * flow.way + u32::from(flow.to_cloud == answers))
    }

    /// The lane and the key of a frame of a flow that is watched.
    fn of(&self, trace: &Trace) -> Option<(u32, Key)> {
        let answers = trace.lineage.is_answer();
        let key = Key {
            flow: trace.flow,
            answers,
            seq: trace.seq,
        };
        Some((self.lane_of(trace.flow, answers)?, key))
    }

    fn handover(&self, link: LinkId) -> Option<Handover> {
        let all = &self.places.handovers;
        let at = all.binary_search_by_key(&link, |handover| handover.link).ok()?;
        Some(all[at])
    }

    fn line(&self, link: LinkId) -> Option<u32> {
        let at = self.lines.binary_search_by_key(&link, |(line, _)| *line).ok()?;
        Some(self.lines[at].1)
    }

    fn octets(&self, frame: &Frame) -> u32 {
        payload_octets(frame.bytes()).saturating_add(self.places.per_frame)
    }

    /// A frame comes to be in the cloud, without tags: it enters there.
    fn begin(&mut self, at: SimTime, station: StationId, trace: &Trace, octets: u32) {
        let Some((lane, key)) = self.of(trace).filter(|(lane, _)| lane % 2 == 1) else {
            return;
        };
        let Some(flow) = self.flow(trace.flow) else { return };
        let start = if key.answers { flow.ends.1 } else { flow.ends.0 };
        if station == StationId::node(start) {
            let octets = octets.saturating_sub(14).saturating_add(self.places.per_frame);
            let at_vbr = self.vbrs.binary_search(&start).is_ok();
            let lane = &mut self.lanes[lane as usize];
            lane.enter(at, key, octets, false);
            if at_vbr {
                lane.contract(at, &key);
            }
        }
    }

    /// A frame ends that has not entered: the line refuses it, or the customer's edge has no use for it.
    fn never_entered(
        &mut self,
        at: SimTime,
        station: StationId,
        (lane, key): (u32, Key),
        reason: DropReason,
        frame: &Frame,
    ) {
        let way = &self.places.ways[(lane / 2) as usize];
        let (edge, line) = (StationId::node(way.edge.0), StationId::link(way.edge.1));
        let octets = self.octets(frame);
        let lanes = &mut self.lanes[lane as usize];
        if station == line || (station == edge && lanes.line_down) {
            let yellow = frame.outer_tag().is_some_and(|tag| tag.dei());
            lanes.enter(at, key, octets, yellow);
            lanes.lost(at, &key, line, Some(reason));
            self.settle(lane);
        } else if station == edge && lanes.open {
            for (asked, site) in &self.counted[key.flow.index()][usize::from(key.answers)] {
                self.asked[*asked as usize].2[*site as usize].1.uncounted.never_entered += 1;
            }
        }
    }

    /// Has the edge's line just refused one of its frames because it is cut?
    fn notice_line(&mut self, station: StationId, trace: &Trace, reason: DropReason) {
        let Some(way) = station.as_link().and_then(|link| self.line(link)) else {
            return;
        };
        let edge = self.places.ways[way as usize].edge.0;
        let from_edge = match trace.origin {
            Origin::Protocol(node) => node == edge,
            Origin::Flow(_) => self.of(trace).is_some_and(|(lane, _)| lane == 2 * way),
            Origin::Unknown => false,
        };
        if from_edge && reason == DropReason::LinkDown {
            self.lanes[2 * way as usize].line_down = true;
        }
    }

    /// Counts every frame, in order of entering, of which is known what became of it.
    fn settle(&mut self, lane: u32) {
        while let Some((entry, end, colours)) = self.lanes[lane as usize].next(&self.borders) {
            let key = entry.key;
            for (asked, site) in &self.counted[key.flow.index()][usize::from(key.answers)] {
                let (segment, interval, sites) = &mut self.asked[*asked as usize];
                let site = &mut sites[*site as usize].1;
                site.count(*segment, *interval, lane.is_multiple_of(2), &entry, end, colours);
            }
        }
    }
}

impl Observer for LevelWatch {
    fn needs_order(&self) -> bool {
        false
    }

    fn turn(&mut self, key: &EventKey) {
        self.window.turn(key);
        while let Some(seen) = self.window.next() {
            self.saw(&seen);
        }
    }

    fn ahead(&mut self, key: &EventKey) {
        self.window.ahead(key);
    }

    fn offered(&mut self, at: SimTime, station: Station, trace: &Trace, octets: u32) {
        let station = station.id();
        if trace.flow.is_some() {
            self.begin(at, station, trace, octets);
        }
    }

    fn copied(&mut self, at: SimTime, station: Station, trace: &Trace, octets: u32) {
        let station = station.id();
        let Some((lane, key)) = self.of(trace).filter(|_| trace.flow.is_some()) else {
            return;
        };
        match trace.lineage {
            Lineage::Reply => self.begin(at, station, trace, octets),
            Lineage::Root | Lineage::Copy | Lineage::ReplyCopy => {
                let lane = &mut self.lanes[lane as usize];
                lane.copied(&key);
                lane.spend(octets);
            }
        }
    }

    fn sent(&mut self, at: SimTime, node: NodeId, _port: PortNo, lane: ident::Lane, trace: &Trace, frame: &Frame) {
        if self.is_watched(lane.link) {
            self.see(at, node, Doing::Sent(lane.link), trace, frame);
        }
    }

    fn crosses(&mut self, start: SimTime, node: NodeId, lane: ident::Lane, trace: &Trace, frame: &Frame) {
        if self.is_watched(lane.link) && self.handover(lane.link).is_some() {
            self.see(start, node, Doing::Crosses(lane.link), trace, frame);
        }
    }

    fn arrived(&mut self, at: SimTime, node: NodeId, port: PortNo, trace: &Trace, frame: &Frame) {
        if self.doors.binary_search(&(node, port)).is_ok() {
            self.see(at, node, Doing::Arrives, trace, frame);
        }
    }

    fn settled(&mut self, at: SimTime, station: Station, trace: &Trace, fate: Fate, frame: &Frame) {
        let station = station.id();
        let reason = match fate {
            Fate::Dropped(reason) => Some(reason),
            Fate::Delivered | Fate::Consumed => None,
        };
        if let Some(reason) = reason {
            self.notice_line(station, trace, reason);
        }
        let (Some((lane, key)), Some(flow)) = (self.of(trace), self.flow(trace.flow)) else {
            return;
        };
        let taker = if key.answers { flow.ends.0 } else { flow.ends.1 };
        let held = &mut self.lanes[lane as usize];
        let Some(entry) = held.find(&key) else {
            let first = matches!(trace.lineage, Lineage::Root | Lineage::Reply);
            if let Some(reason) = reason.filter(|_| first && lane % 2 == 0) {
                self.never_entered(at, station, (lane, key), reason, frame);
            }
            return;
        };
        // The circuit is the partner's, with the queue in front of it.
        let at_circuit = station.as_link().is_some_and(|link| {
            let all = &self.places.handovers;
            all.binary_search_by_key(&link, |handover| handover.link).is_ok()
        });
        if at_circuit && lane % 2 == 1 && entry.handed.is_none() {
            entry.handed = Some(Handed { out: at, into: at });
        }
        match reason {
            // Whether anybody listens is the host's matter.
            None | Some(DropReason::NoListener) if station == StationId::node(taker) => {
                if lane % 2 == 1 {
                    held.is_through(at, &key);
                }
                held.arrived(at, &key);
            }
            _ => held.lost(at, &key, station, reason),
        }
        self.settle(lane);
    }

    fn held(&mut self, at: SimTime, station: Station, trace: &Trace, _octets: u32) {
        let station = station.id();
        if let Some((lane, key)) = self.of(trace) {
            self.lanes[lane as usize].held(at, &key, station);
            self.settle(lane);
        }
    }

    fn gate(&mut self, _at: SimTime, service: u32, open: bool) {
        self.each_lane(service, |lane| lane.open = open);
    }

    fn sold_rate(&mut self, _at: SimTime, service: u32, sold_rate: Option<SoldRate>) {
        self.each_lane(service, |lane| lane.sold(sold_rate));
    }
}

impl LevelWatch {
    fn each_lane(&mut self, service: u32, change: impl Fn(&mut Lane)) {
        let from = self.services.partition_point(|(s, _)| *s < service);
        for (own, way) in &self.services[from..] {
            if *own != service {
                break;
            }
            let way = 2 * *way as usize;
            self.lanes[way..way + 2].iter_mut().for_each(&change);
        }
    }
}
