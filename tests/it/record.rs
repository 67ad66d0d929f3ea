//! A record that no simulator made: a driver of its own tells what became of each frame, and the
//! same checks judge it.

use std::path::PathBuf;

use trunklab::check::{Case, judge};
use trunklab::control::{Commands, Controller, Drawn, Timeline};
use trunklab::engine::run;
use trunklab::evidence::{AccountLine, NodeChange, Observer, Packet, SoldRate, Ticket, Trace};
use trunklab::ident::{Fate, Lane, LinkId, NodeId, PortNo, Station, TenantId};
use trunklab::record::{CloudRecord, Gates, Handover, Observers, Record, Recording};
use trunklab::scenario::Plan;
use trunklab::units::SimTime;
use trunklab::wire::{EtherType, Frame, MacAddr};

/// One fact, as an observer hears it.
#[derive(Debug, Clone)]
enum Told {
    Offered(Station, Trace, u32),
    Copied(Station, Trace, u32),
    Settled(Station, Trace, Fate, Frame),
    Sent(NodeId, PortNo, Lane, Trace, Frame),
    Arrived(NodeId, PortNo, Trace, Frame),
    Changed(NodeId, NodeChange),
    Held(Station, Trace, u32),
    Epoch(TenantId),
    Gate(u32, bool),
    Sold(u32, Option<SoldRate>),
    Mark,
}

/// Writes down everything that it hears.
#[derive(Debug, Default)]
struct Story(Vec<(SimTime, Told)>);

impl Observer for Story {
    fn offered(&mut self, at: SimTime, station: Station, trace: &Trace, octets: u32) {
        self.0.push((at, Told::Offered(station, *trace, octets)));
    }
    fn copied(&mut self, at: SimTime, station: Station, trace: &Trace, octets: u32) {
        self.0.push((at, Told::Copied(station, *trace, octets)));
    }
    fn settled(&mut self, at: SimTime, station: Station, trace: &Trace, fate: Fate, frame: &Frame) {
        self.0.push((at, Told::Settled(station, *trace, fate, frame.clone())));
    }
    fn sent(&mut self, at: SimTime, node: NodeId, port: PortNo, lane: Lane, trace: &Trace, frame: &Frame) {
        self.0.push((at, Told::Sent(node, port, lane, *trace, frame.clone())));
    }
    fn arrived(&mut self, at: SimTime, node: NodeId, port: PortNo, trace: &Trace, frame: &Frame) {
        self.0.push((at, Told::Arrived(node, port, *trace, frame.clone())));
    }
    fn changed(&mut self, at: SimTime, node: NodeId, change: NodeChange) {
        self.0.push((at, Told::Changed(node, change)));
    }
    fn held(&mut self, at: SimTime, station: Station, trace: &Trace, octets: u32) {
        self.0.push((at, Told::Held(station, *trace, octets)));
    }
    fn epoch(&mut self, at: SimTime, tenant: TenantId) {
        self.0.push((at, Told::Epoch(tenant)));
    }
    fn gate(&mut self, at: SimTime, service: u32, open: bool) {
        self.0.push((at, Told::Gate(service, open)));
    }
    fn sold_rate(&mut self, at: SimTime, service: u32, sold: Option<SoldRate>) {
        self.0.push((at, Told::Sold(service, sold)));
    }
    fn mark(&mut self, at: SimTime) {
        self.0.push((at, Told::Mark));
    }
}

/// Tells a story to a recording, without any world.
struct Teller<'p> {
    plan: &'p Plan,
    recording: Recording<Observers>,
}

impl<'p> Teller<'p> {
    fn new(plan: &'p Plan, gates: &Gates) -> Self {
        let observers = Observers::new(plan, gates, trunklab::evidence::NoObserver);
        let recording = Recording::new(
            plan.nodes.iter().map(|node| node.name.as_str()),
            plan.links.iter().map(|link| link.name.as_str()),
            plan.tenants.iter().map(|tenant| tenant.name.as_str()),
            observers,
        );
        Self { plan, recording }
    }

    fn link_at(&self, node: NodeId, port: PortNo) -> LinkId {
        let mut links = self.plan.links.iter();
        let at = links.position(|link| link.a == (node, port) || link.b == (node, port));
        LinkId::of(at.expect("a frame arrives over a link"))
    }

    fn tell(&mut self, at: SimTime, told: Told) {
        match told {
            Told::Offered(station, trace, octets) => self.line(at, station, AccountLine::Offered(trace, octets)),
            Told::Copied(station, trace, octets) => match station {
                Station::Lane(lane) => {
                    let ticket = Ticket::open(trace);
                    let copy = self.recording.doubled(at, lane, &ticket.parent(), blank(octets));
                    ticket.close();
                    copy.ticket.close();
                }
                Station::Node(_) => self.line(at, station, AccountLine::Copied(trace, octets)),
            },
            Told::Settled(station, trace, fate, frame) => match (station, fate) {
                (Station::Lane(lane), Fate::Dropped(reason)) => {
                    self.recording.dropped_at_link(at, lane, packet(trace, frame), reason);
                }
                _ => self.line(at, station, AccountLine::Settled(trace, fate, frame)),
            },
            Told::Sent(node, port, lane, trace, frame) => {
                let packet = packet(trace, frame);
                self.recording.sent(at, node, port, lane, &packet);
                packet.ticket.close();
            }
            Told::Arrived(node, port, trace, frame) => {
                let (link, packet) = (self.link_at(node, port), packet(trace, frame));
                self.recording.arrived(at, link, node, port, &packet);
                packet.ticket.close();
            }
            Told::Changed(node, change) => {
                let heard = self.recording.line(at, node, AccountLine::Changed(change));
                assert_eq!(heard, Some(change), "whoever acts on changes gets them back");
            }
            Told::Held(station, trace, octets) => self.recording.held(at, station, packet(trace, blank(octets))),
            Told::Epoch(tenant) => self.recording.observer_mut().epoch(at, tenant),
            Told::Gate(service, open) => self.recording.observer_mut().gate(at, service, open),
            Told::Sold(service, sold) => self.recording.observer_mut().sold_rate(at, service, sold),
            Told::Mark => self.recording.observer_mut().mark(at),
        }
    }

    fn line(&mut self, at: SimTime, station: Station, line: AccountLine) {
        let node = station.id().as_node().expect("a link only drops and doubles");
        assert_eq!(self.recording.line(at, node, line), None);
    }
}

fn packet(trace: Trace, frame: Frame) -> Packet {
    Packet {
        frame,
        ticket: Ticket::open(trace),
    }
}

/// A frame of which only its length is told.
fn blank(octets: u32) -> Frame {
    let payload = vec![0; octets as usize - 14];
    Frame::ethernet(MacAddr::local(0, 1), MacAddr::local(0, 2), EtherType::IPV4, &payload)
}

/// The plan's timeline with nobody to obey it; it hears of the same changes of nodes.
fn cloud(plan: &Plan, gates: &Gates, story: &[(SimTime, Told)]) -> CloudRecord {
    let mut timeline = Timeline::new(plan, Drawn::new(plan.seed), gates.clone());
    let mut changes = story.iter().filter_map(|(at, told)| match told {
        Told::Changed(node, change) => Some((*at, *node, *change)),
        _ => None,
    });
    let mut change = changes.next();
    while let Some(now) = timeline.next().filter(|now| *now <= plan.end) {
        if let Some((at, node, what)) = change.filter(|(at, ..)| *at < now) {
            timeline.noticed(at, node, what);
            change = changes.next();
            continue;
        }
        timeline.act(now, &mut Commands::default());
    }
    timeline.finish(plan.end)
}

/// What a driver that is no world makes of a story.
fn retold(plan: &Plan, simulated: &Record, story: Vec<(SimTime, Told)>) -> Record {
    let numbering = Gates::new(plan);
    let cloud = cloud(plan, &numbering, &story);
    let mut teller = Teller::new(plan, &numbering);
    for (at, told) in story {
        teller.tell(at, told);
    }
    let handover = Handover {
        numbering,
        // A live driver would ask its devices.
        devices: simulated.devices.clone(),
        cloud,
        network: teller.recording.digest(),
        stats: teller.recording.stats,
        storm: simulated.storm.clone(),
        end: plan.end,
        observers: teller.recording.into_observer(),
    };
    handover.record(plan).0
}

fn shipped(path: &str) -> Plan {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = std::fs::read_to_string(file).expect("a scenario");
    crate::judgement::plan(&text, &[])
}

#[track_caller]
fn is_told_alike(plan: &Plan) -> Record {
    let (simulated, Story(story)) = run(plan, Drawn::new(plan.seed), Story::default()).expect("it runs");
    assert!(!story.is_empty());
    let retold = retold(plan, &simulated, story);
    assert_eq!(retold.network, simulated.network, "{}: the network's digest", plan.name);
    assert_eq!(retold.digest, simulated.digest, "{}: the digest", plan.name);
    let of = |record: &Record| (record.stats.hops, record.stats.held);
    assert_eq!(of(&retold), of(&simulated), "{}", plan.name);
    let verdicts = |record: &Record| judge(&Case { plan, record }).lines;
    assert_eq!(verdicts(&retold), verdicts(&simulated), "{}", plan.name);
    retold
}

#[test]
fn checks_judge_a_record_that_no_world_made_as_they_judge_a_run() {
    for path in [
        "tests/data/golden.yaml",
        "scenarios/faults/circuit-cut.yaml",
        "scenarios/faults/unpaid-circuit.yaml",
        "scenarios/isolation/planted-leak.yaml",
    ] {
        is_told_alike(&shipped(path));
    }
}

#[test]
fn frames_that_links_lose_spoil_and_double_are_told_alike() {
    let text = std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/golden.yaml"));
    let text = text.expect("the golden scenario");
    let ill = "faults:\n  - { at: 1s, lose: line, share: 5% }\n  - { at: 1s, corrupt: line, share: 5% }\n  - { at: 1s, duplicate: line, share: 5% }\n";
    let plan = crate::judgement::plan(&text.replacen("faults:\n", ill, 1), &[]);
    let record = is_told_alike(&plan);
    let fates: Vec<&str> = record
        .evidence
        .cells()
        .iter()
        .map(|(key, _)| key.fate.as_str())
        .collect();
    for fate in ["link_loss", "bad_fcs", "link_down"] {
        assert!(fates.contains(&fate), "{fate} is not among {fates:?}");
    }
}
