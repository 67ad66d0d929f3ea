//! Replays a leak that the prover found: the frame is sent through the switches as they stood, by
//! the driver that runs scenarios, and every place that it comes to is told.

use std::collections::BTreeMap;

use super::tester::{Due, Station, Tester};
use crate::control::NoController;
use crate::engine::{Setup, World, links};
use crate::evidence::{Observer, Trace};
use crate::ident::{NodeId, PortNo, TenantId};
use crate::node::AnySwitch;
use crate::prove::{Kind, Leak, Model, Network, Out, Snapshot, Symbol, Terminal, VIDS};
use crate::scenario::Plan;
use crate::units::{SimDuration, SimTime};
use crate::wire::{EtherType, Frame, MacAddr};

/// A frame came to a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// When, from when it was sent.
    pub after: SimDuration,
    /// Which node.
    pub node: NodeId,
    /// Which of its ports.
    pub port: PortNo,
    /// Tag protocol id and VID of each tag that it had there, outermost first.
    pub tags: Vec<(u16, u16)>,
}

/// A frame that leaks, and where it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// Its octets, without FCS.
    pub frame: Vec<u8>,
    /// What kind of frame it is, in a few words.
    pub kind: String,
    /// Every node that it, or a copy of it, came to, in order of time.
    pub arrivals: Vec<Arrival>,
    /// The frame that must have come a second before, where one must: what it leaves behind in a
    /// switch lets the other one through.
    pub before: Option<Before>,
}

/// A frame that teaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    /// The box that sends it.
    pub from: NodeId,
    /// Its octets, without FCS.
    pub frame: Vec<u8>,
}

/// More arrivals than this are a storm; what leaks has leaked by then.
const STORM: usize = 20_000;

/// Sends frames that should show the leak, one after the other, until one does. `None`: none does.
pub fn replay(plan: &Plan, snapshot: &Snapshot, network: &Network, model: &Model, leak: &Leak) -> Option<Replayed> {
    let from = network.terminal_at(leak.start)?;
    let to = network.terminal_at(leak.end)?;
    let mac = leak.mac.map(|mac| model.macs()[mac as usize]);
    let mixed = network.nature().mixed;
    let others = if mixed { Kind::others() } else { Vec::new() };
    let used: Vec<u16> = if mixed { used_vids(network) } else { Vec::new() };
    let tried = |kind: &Kind, vid: u16| {
        let frame = kind.frame(&leak.stack(vid), mac);
        let arrivals = send(plan, snapshot, None, (from, &frame), to.end)?;
        Some(Replayed {
            frame,
            kind: kind.name.clone(),
            arrivals,
            before: None,
        })
    };
    let plain = Kind::plain();
    let by_kind = std::iter::once(&plain).chain(&others).map(|kind| (kind, 1));
    // Only where the way wants a further tag does its VID make another frame.
    let further = leak.stack(1) != leak.stack(2);
    let by_vid = used.iter().filter(|_| further).map(|vid| (&plain, *vid));
    let alone = by_kind.chain(by_vid).find_map(|(kind, vid)| tried(kind, vid));
    if alone.is_some() || !network.nature().taught {
        return alone;
    }
    let frame = plain.frame(&leak.stack(1), mac);
    let all = lessons(network, model);
    all.iter().find_map(|(teacher, lesson)| {
        // To what the first frame came from, or to what it went to.
        [6..12, 0..6].into_iter().find_map(|address| {
            let mut frame = frame.clone();
            frame[..6].copy_from_slice(&lesson[address]);
            let arrivals = send(plan, snapshot, Some((teacher, lesson)), (from, &frame), to.end)?;
            Some(Replayed {
                frame,
                kind: "unicast to a known address".to_owned(),
                arrivals,
                before: Some(Before {
                    from: teacher.end.0,
                    frame: lesson.clone(),
                }),
            })
        })
    })
}

/// Pairs of frames that are tried at most.
const MOST_LESSONS: usize = 256;

/// Frames by which boxes at the edge may teach: from each, one with each tag that leads anywhere.
fn lessons<'n>(network: &'n Network, model: &Model) -> Vec<(&'n Terminal, Vec<u8>)> {
    let of = |terminal: &'n Terminal| {
        let runs = model.runs_of(terminal.port).into_iter();
        let leading = runs.filter_map(|(first, _, cell)| Some((first, *model.outs(&cell).first()?)));
        let frame = |(first, out): (Symbol, Out)| {
            let tags = if first == Symbol::NONE { &[][..] } else { &[first] };
            let from = out.mac().map_or(TAUGHT, |mac| model.macs()[mac as usize]);
            (terminal, Kind::plain().frame(tags, Some(from)))
        };
        leading.map(frame).collect::<Vec<_>>()
    };
    network.terminals.iter().flat_map(of).take(MOST_LESSONS).collect()
}

/// The address that a replay teaches.
const TAUGHT: MacAddr = MacAddr::local(0xfd, 0x5eed_0003);

fn used_vids(network: &Network) -> Vec<u16> {
    let services = network.seats.iter().flat_map(|seat| seat.tables.services.values());
    let members = services.flat_map(|service| &service.members);
    let mut vids: Vec<u16> = members.filter_map(|member| member.vid.map(|vid| vid.get())).collect();
    vids.sort_unstable();
    vids.dedup();
    debug_assert!(vids.len() <= usize::from(VIDS));
    vids
}

/// Sends one frame, a second after another one where that is given; where it came, if it came to
/// `to`.
fn send(
    plan: &Plan,
    snapshot: &Snapshot,
    before: Option<(&Terminal, &Vec<u8>)>,
    (from, frame): (&Terminal, &[u8]),
    to: (NodeId, PortNo),
) -> Option<Vec<Arrival>> {
    const SECOND: SimDuration = SimDuration::from_secs(1);
    let first = snapshot.at.saturating_add(SECOND);
    let start = if before.is_some() {
        first.saturating_add(SECOND)
    } else {
        first
    };
    let all = before.map(|(from, frame)| (first, from, &frame[..]));
    let mut due: BTreeMap<NodeId, Vec<Due>> = BTreeMap::new();
    for (at, from, frame) in all.into_iter().chain([(start, from, frame)]) {
        due.entry(from.end.0).or_default().push(Due {
            at,
            port: from.end.1,
            tenant: TenantId(from.owner),
            number: 0,
            frame: Frame::from_octets(frame),
        });
    }
    let watch = Watch {
        start,
        addresses: frame[..12].to_vec(),
        to,
        arrivals: Vec::new(),
        is_there: false,
    };
    let mut world = World::new(setup(plan, snapshot, due), watch).expect("it is the plan's own wiring");
    let all = plan.links.iter().map(|link| link.config.delay.as_nanos());
    let ways = all.fold(0u64, |sum, delay| sum.saturating_add(delay.saturating_mul(2)));
    // In slices that grow, so that a storm is noticed before it fills the memory.
    let mut slice = SimDuration::from_micros(100);
    let end = start.saturating_add(SimDuration::from_nanos(ways.saturating_add(1_000_000_000)));
    let mut now = start;
    if before.is_some() {
        world.run(start, &mut NoController);
    }
    while now < end && !world.observer().is_there && world.observer().arrivals.len() < STORM {
        now = now.saturating_add(slice).min(end);
        world.run(now, &mut NoController);
        slice = slice.saturating_add(SimDuration::from_nanos(slice.as_nanos() / 4));
    }
    let watch = world.finish().observer;
    watch.is_there.then_some(watch.arrivals)
}

fn setup(plan: &Plan, snapshot: &Snapshot, mut due: BTreeMap<NodeId, Vec<Due>>) -> Setup<Station> {
    let switches: BTreeMap<NodeId, &AnySwitch> = snapshot.switches.iter().map(|(id, switch)| (*id, switch)).collect();
    let mut station = |id: NodeId| match switches.get(&id) {
        Some(switch) => Station::Switch((*switch).clone()),
        None => Station::tester(Tester::new(id).with(due.remove(&id).unwrap_or_default())),
    };
    let nodes = plan.nodes.iter().enumerate();
    Setup {
        seed: plan.seed,
        nodes: nodes
            .map(|(i, node)| (node.name.clone(), station(NodeId::of(i))))
            .collect(),
        links: links(plan),
        tenants: Vec::new(),
        flows: Vec::new(),
    }
}

#[derive(Debug)]
struct Watch {
    start: SimTime,
    /// Of the frame that is watched: what came before it has others.
    addresses: Vec<u8>,
    to: (NodeId, PortNo),
    arrivals: Vec<Arrival>,
    is_there: bool,
}

impl Observer for Watch {
    fn arrived(&mut self, at: SimTime, node: NodeId, port: PortNo, _trace: &Trace, frame: &Frame) {
        if at < self.start || !frame.bytes().starts_with(&self.addresses) {
            return;
        }
        self.is_there |= (node, port) == self.to;
        if self.arrivals.len() < STORM {
            self.arrivals.push(Arrival {
                after: at.saturating_since(self.start),
                node,
                port,
                tags: tags_of(frame.bytes()),
            });
        }
    }
}

fn tags_of(bytes: &[u8]) -> Vec<(u16, u16)> {
    let mut tags = Vec::new();
    let mut at = 12;
    while let Some(&[a, b, c, d]) = bytes.get(at..at + 4)
        && EtherType(u16::from_be_bytes([a, b])).is_tag()
    {
        tags.push((u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]) & 0xfff));
        at += 4;
    }
    tags
}
