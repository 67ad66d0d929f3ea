//! What a world tells its recording, a driver that is no world can tell: the account and the digest
//! are the same.

use super::*;
use crate::control::NoController;
use crate::evidence::{AccountLine, NoObserver, NodeChange, Observer, Ticket, Trace};
use crate::ident::{LinkId, StationId};
use crate::node::{LinkChange, LinkWay};
use crate::record::Recording;

/// One fact, as an observer hears it.
#[derive(Debug, Clone)]
enum Told {
    Offered(StationId, Trace, u32),
    Copied(StationId, Trace, u32),
    Settled(StationId, Trace, Fate, Frame),
    Sent(NodeId, PortNo, LinkId, Trace, Frame),
    Arrived(NodeId, PortNo, Trace, Frame),
    Changed(NodeId, NodeChange),
    Held(StationId, Trace, u32),
}

/// Writes down everything that it hears.
#[derive(Debug, Default)]
struct Story(Vec<(SimTime, Told)>);

impl Observer for Story {
    fn offered(&mut self, at: SimTime, station: StationId, trace: &Trace, octets: u32) {
        self.0.push((at, Told::Offered(station, *trace, octets)));
    }
    fn copied(&mut self, at: SimTime, station: StationId, trace: &Trace, octets: u32) {
        self.0.push((at, Told::Copied(station, *trace, octets)));
    }
    fn settled(&mut self, at: SimTime, station: StationId, trace: &Trace, fate: Fate, frame: &Frame) {
        self.0.push((at, Told::Settled(station, *trace, fate, frame.clone())));
    }
    fn sent(&mut self, at: SimTime, node: NodeId, port: PortNo, link: LinkId, trace: &Trace, frame: &Frame) {
        self.0.push((at, Told::Sent(node, port, link, *trace, frame.clone())));
    }
    fn arrived(&mut self, at: SimTime, node: NodeId, port: PortNo, trace: &Trace, frame: &Frame) {
        self.0.push((at, Told::Arrived(node, port, *trace, frame.clone())));
    }
    fn changed(&mut self, at: SimTime, node: NodeId, change: NodeChange) {
        self.0.push((at, Told::Changed(node, change)));
    }
    fn held(&mut self, at: SimTime, station: StationId, trace: &Trace, octets: u32) {
        self.0.push((at, Told::Held(station, *trace, octets)));
    }
}

fn packet(trace: Trace, frame: Frame) -> Packet {
    Packet {
        frame,
        ticket: Ticket::open(trace),
    }
}

/// The link at a port of the chain.
fn link_at(node: NodeId, port: PortNo) -> LinkId {
    LinkId(u32::from((node, port) == (NodeId(1), PortNo(1)) || node == NodeId(2)))
}

fn tell<O: Observer>(recording: &mut Recording<O>, at: SimTime, told: Told) {
    match told {
        Told::Offered(station, trace, octets) => {
            let node = station.as_node().expect("nodes offer frames");
            recording.line(at, node, AccountLine::Offered(trace, octets));
        }
        Told::Copied(station, trace, octets) => match (station.as_node(), station.as_link()) {
            (Some(node), _) => {
                recording.line(at, node, AccountLine::Copied(trace, octets));
            }
            (_, Some(link)) => {
                let copy = recording.doubled(at, link, &trace, frame(octets as usize));
                copy.ticket.close();
            }
            _ => unreachable!("a frame is doubled somewhere"),
        },
        Told::Settled(station, trace, fate, frame) => match (station.as_node(), station.as_link(), fate) {
            (Some(node), ..) => {
                recording.line(at, node, AccountLine::Settled(trace, fate, frame));
            }
            (_, Some(link), Fate::Dropped(reason)) => {
                recording.dropped_at_link(at, link, packet(trace, frame), reason);
            }
            _ => unreachable!("a link drops frames, and does nothing else with them"),
        },
        Told::Sent(node, port, link, trace, frame) => {
            let packet = packet(trace, frame);
            recording.sent(at, node, port, link, &packet);
            packet.ticket.close();
        }
        Told::Arrived(node, port, trace, frame) => {
            let packet = packet(trace, frame);
            recording.arrived(at, link_at(node, port), node, port, &packet);
            packet.ticket.close();
        }
        Told::Changed(node, change) => {
            assert_eq!(recording.line(at, node, AccountLine::Changed(change)), Some(change));
        }
        Told::Held(station, trace, octets) => recording.held(at, station, packet(trace, frame(octets as usize))),
    }
}

/// A chain whose second link loses, spoils and doubles frames, and is cut while some are on it.
fn story(end: SimTime) -> Outcome<Toy, Story> {
    let ill = |change| (SimTime::ZERO, Command::Link(LinkId(1), change));
    let both = LinkWay::Both;
    let faults = vec![
        ill(LinkChange::Loss(both, 100_000_000)),
        ill(LinkChange::Corrupt(both, 100_000_000)),
        ill(LinkChange::Duplicate(both, 200_000_000)),
        (
            SimTime::from_micros(4_015),
            Command::Link(LinkId(1), LinkChange::Cut(both)),
        ),
    ];
    let mut world = World::new(chain(50, true), Story::default()).unwrap();
    world.run(end, &mut Schedule::new(faults));
    world.finish()
}

fn recording<O: Observer>(observer: O) -> Recording<O> {
    Recording::new(
        ["a-source", "b-pipe", "c-sink"],
        ["first", "second"],
        ["alpha"],
        observer,
    )
}

#[test]
fn a_driver_that_is_no_world_comes_to_the_same_account_and_digest() {
    let end = SimTime::from_micros(4_905);
    let outcome = story(end);
    let facts = outcome.observer.0;
    let mut retold = recording(Story::default());
    let mut account = recording(evidence());
    for (at, told) in facts.clone() {
        tell(&mut retold, at, told.clone());
        tell(&mut account, at, told);
    }
    assert_ne!(outcome.digest, 0);
    assert_eq!(retold.digest(), outcome.digest);
    assert_eq!(
        (retold.stats.hops, retold.stats.held),
        (outcome.stats.hops, outcome.stats.held)
    );
    assert!(outcome.stats.held > 0, "the end comes while a frame is under way");
    let account = account.into_observer();
    assert!(account.tenant(TenantId(0)).balances());
    let told = |kind: fn(&Told) -> bool| facts.iter().filter(|(_, told)| kind(told)).count() as u64;
    assert_eq!(
        account.tenant(TenantId(0)).settled.frames,
        told(|t| matches!(t, Told::Settled(..)))
    );
    assert_eq!(
        account.tenant(TenantId(0)).copied.frames,
        told(|t| matches!(t, Told::Copied(..)))
    );
    assert_eq!(told(|t| matches!(t, Told::Offered(..))), 50);
    assert_eq!(
        retold.into_observer().0.len(),
        facts.len(),
        "nothing is told twice, or not at all"
    );
}

#[test]
fn a_frame_that_leaves_by_a_port_without_a_link_is_settled_where_it_was() {
    let mut world = World::new(chain(1, false), NoObserver).unwrap();
    world.run(SimTime::from_secs(1), &mut NoController);
    let digest = world.digest();
    world.finish();
    let mut nowhere = recording(evidence());
    let trace = Trace {
        tenant: TenantId(0),
        origin: Origin::Flow(FlowId(0)),
        flow: FlowId(0),
        seq: 0,
        lineage: Lineage::Root,
    };
    nowhere.line(SimTime::ZERO, NodeId(0), AccountLine::Offered(trace, 100));
    nowhere.sent_nowhere(SimTime::ZERO, NodeId(0), packet(trace, frame(100)));
    assert_ne!(nowhere.digest(), digest, "it got nowhere");
    let account = nowhere.into_observer();
    let lost = account.cells();
    assert!(account.tenant(TenantId(0)).balances());
    assert_eq!(lost[0].0.fate, Fate::Dropped(DropReason::PortListIsEmpty));
}

#[test]
fn without_a_digest_everything_else_is_recorded() {
    let mut off = recording(evidence());
    off.set_digest(false);
    for (at, told) in story(SimTime::from_secs(1)).observer.0 {
        tell(&mut off, at, told);
    }
    assert_eq!(off.digest(), 0);
    assert!(off.stats.hops > 0);
    assert!(off.into_observer().tenant(TenantId(0)).balances());
}
