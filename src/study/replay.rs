//! Replays a leak that the prover found: the frame is sent through the switches as they stood, by
//! the driver that runs scenarios, and every place that it comes to is told.

use std::collections::BTreeMap;

use crate::engine::{NoController, Setup, World, links};
use crate::evidence::{Observer, Outbox, Packet, Trace};
use crate::forward::Planted;
use crate::ident::{Fate, FlowId, NodeId, Origin, PortNo, TenantId};
use crate::node::{Change, Node, Switch};
use crate::prove::{Forwarder, Kind, Leak, Model, Network, Snapshot, VIDS};
use crate::scenario::Plan;
use crate::units::{SimDuration, SimTime};
use crate::wire::{EtherType, Frame};

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
        let arrivals = send(plan, snapshot, from.end, TenantId(from.owner), &frame, to.end)?;
        Some(Replayed {
            frame,
            kind: kind.name.clone(),
            arrivals,
        })
    };
    let plain = Kind::plain();
    let by_kind = std::iter::once(&plain).chain(&others).map(|kind| (kind, 1));
    // Only where the way wants a further tag does its VID make another frame.
    let further = leak.stack(1) != leak.stack(2);
    let by_vid = used.iter().filter(|_| further).map(|vid| (&plain, *vid));
    by_kind.chain(by_vid).find_map(|(kind, vid)| tried(kind, vid))
}

fn used_vids(network: &Network) -> Vec<u16> {
    let services = network.seats.iter().flat_map(|seat| seat.tables.services.values());
    let members = services.flat_map(|service| &service.members);
    let mut vids: Vec<u16> = members.filter_map(|member| member.vid.map(|vid| vid.get())).collect();
    vids.sort_unstable();
    vids.dedup();
    debug_assert!(vids.len() <= usize::from(VIDS));
    vids
}

/// Sends one frame; where it came, if it came to `to`.
fn send(
    plan: &Plan,
    snapshot: &Snapshot,
    from: (NodeId, PortNo),
    tenant: TenantId,
    frame: &[u8],
    to: (NodeId, PortNo),
) -> Option<Vec<Arrival>> {
    let start = snapshot.at.saturating_add(SimDuration::from_secs(1));
    let sender = Edge {
        start,
        to_send: Some((from.1, tenant, Frame::from_octets(frame))),
    };
    let watch = Watch {
        start,
        to,
        arrivals: Vec::new(),
        is_there: false,
    };
    let mut world = World::new(setup(plan, snapshot, from.0, sender), watch).expect("it is the plan's own wiring");
    let all = plan.links.iter().map(|link| link.config.delay.as_nanos());
    let ways = all.fold(0u64, |sum, delay| sum.saturating_add(delay.saturating_mul(2)));
    // In slices that grow, so that a storm is noticed before it fills the memory.
    let mut slice = SimDuration::from_micros(100);
    let end = start.saturating_add(SimDuration::from_nanos(ways.saturating_add(1_000_000_000)));
    let mut now = start;
    while now < end && !world.observer().is_there && world.observer().arrivals.len() < STORM {
        now = now.saturating_add(slice).min(end);
        world.run(now, &mut NoController);
        slice = slice.saturating_add(SimDuration::from_nanos(slice.as_nanos() / 4));
    }
    let watch = world.finish().observer;
    watch.is_there.then_some(watch.arrivals)
}

fn setup(plan: &Plan, snapshot: &Snapshot, sender: NodeId, edge: Edge) -> Setup<Place> {
    let mut switches: BTreeMap<NodeId, &Forwarder> = snapshot
        .switches
        .iter()
        .map(|(node, forwarder)| (*node, forwarder))
        .collect();
    let mut edge = Some(edge);
    let mut place = |id: NodeId| match switches.remove(&id) {
        Some(Forwarder::Exact(switch)) => Place::Exact(switch.clone()),
        Some(Forwarder::Planted(switch)) => Place::Planted(switch.clone()),
        None if id == sender => Place::Edge(edge.take().expect("one node sends")),
        None => Place::Edge(Edge::default()),
    };
    let nodes = plan.nodes.iter().enumerate();
    Setup {
        seed: plan.seed,
        nodes: nodes
            .map(|(i, node)| (node.name.clone(), place(NodeId::of(i))))
            .collect(),
        links: links(plan),
        tenants: Vec::new(),
    }
}

/// A box at the edge: it takes everything and says nothing, but for the frame that is replayed.
#[derive(Debug, Default)]
struct Edge {
    start: SimTime,
    to_send: Option<(PortNo, TenantId, Frame)>,
}

/// A node of the replay.
#[derive(Debug)]
enum Place {
    Exact(Box<Switch>),
    Planted(Box<Switch<Planted>>),
    Edge(Edge),
}

impl Node for Place {
    fn receive(&mut self, port: PortNo, packet: Packet, now: SimTime, out: &mut Outbox) {
        match self {
            Place::Exact(switch) => switch.receive(port, packet, now, out),
            Place::Planted(switch) => switch.receive(port, packet, now, out),
            Place::Edge(_) => out.settle(packet, Fate::Consumed),
        }
    }

    fn timeout(&mut self, _now: SimTime, out: &mut Outbox) {
        let Place::Edge(edge) = self else { return };
        if let Some((port, tenant, frame)) = edge.to_send.take() {
            let packet = out.offer(tenant, Origin::Unknown, FlowId::NONE, 0, frame);
            out.send(port, packet);
        }
    }

    fn next_timeout(&self) -> Option<SimTime> {
        match self {
            Place::Edge(edge) => edge.to_send.as_ref().map(|_| edge.start),
            Place::Exact(_) | Place::Planted(_) => None,
        }
    }

    fn apply(&mut self, _change: &Change, _now: SimTime, _out: &mut Outbox) {}
}

#[derive(Debug)]
struct Watch {
    start: SimTime,
    to: (NodeId, PortNo),
    arrivals: Vec<Arrival>,
    is_there: bool,
}

impl Observer for Watch {
    fn arrived(&mut self, at: SimTime, node: NodeId, port: PortNo, _trace: &Trace, frame: &Frame) {
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
