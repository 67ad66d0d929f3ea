//! A record in the making: what a driver tells of each frame, once, for observers, digest and counts.
//!
//! It holds no node, no link and no clock, so that any driver can keep it: one that simulates, and
//! one that moves frames over live ports.

use super::digest::{Chain, Who};
use super::stats::Stats;
use super::storm::Storm;
use crate::evidence::{AccountLine, NodeChange, Observer, Packet, Parent, Ticket, Trace};
use crate::ident::{DropReason, Fate, Lane, LinkId, NodeId, PortNo, Station, name_hash};
use crate::units::SimTime;
use crate::wire::Frame;

/// A node, as the digest knows it.
#[derive(Debug, Clone, Copy)]
struct Named {
    /// The hash of its name.
    hash: u64,
    chain: Chain,
}

impl Named {
    fn new(name: &str) -> Self {
        Self {
            hash: name_hash(name),
            chain: Chain::default(),
        }
    }
}

/// A link, as the digest knows it: in each direction what ends as it enters, and what ends on its way.
#[derive(Debug, Clone)]
struct NamedLink {
    hash: u64,
    /// Nothing ends on most links: until then there are none.
    chains: Option<Box<LinkChains>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct LinkChains {
    entering: [Chain; 2],
    on_its_way: [Chain; 2],
}

impl NamedLink {
    fn new(name: &str) -> Self {
        Self {
            hash: name_hash(name),
            chains: None,
        }
    }

    fn fold(&self, digest: u64) -> u64 {
        let chains = self
            .chains
            .iter()
            .flat_map(|ends| ends.entering.iter().chain(&ends.on_its_way));
        (1..)
            .zip(chains)
            .fold(digest, |digest, (part, chain)| chain.fold(self.hash, part, digest))
    }
}

/// Hears from a driver what becomes of frames, and keeps the account of it.
#[derive(Debug)]
pub struct Recording<O> {
    observer: O,
    nodes: Vec<Named>,
    links: Vec<NamedLink>,
    /// Of the tenants' names.
    tenants: Vec<u64>,
    digesting: bool,
    storm: Storm,
    /// What is counted beside.
    pub stats: Stats,
}

impl<O: Observer> Recording<O> {
    /// Nothing has happened yet. Names come in the order of ids.
    pub fn new<'n>(
        nodes: impl IntoIterator<Item = &'n str>,
        links: impl IntoIterator<Item = &'n str>,
        tenants: impl IntoIterator<Item = &'n str>,
        observer: O,
    ) -> Self {
        Self {
            observer,
            nodes: nodes.into_iter().map(Named::new).collect(),
            links: links.into_iter().map(NamedLink::new).collect(),
            tenants: tenants.into_iter().map(name_hash).collect(),
            digesting: true,
            storm: Storm::default(),
            stats: Stats::default(),
        }
    }

    /// Switches the digest off (or on), before anything has happened.
    pub fn set_digest(&mut self, on: bool) {
        self.digesting = on;
    }

    /// Copies that crossed more links than the first without a router have passed a switch twice; more
    /// than the second are a storm.
    pub fn set_storm(&mut self, circle_from: u16, storm_from: u16) {
        debug_assert!(circle_from <= storm_from, "a storm goes in circles");
        (self.storm.circle_from, self.storm.storm_from) = (circle_from, storm_from);
    }

    /// What was seen of frames that go in circles.
    pub fn storm(&self) -> &Storm {
        &self.storm
    }

    /// A copy is about to enter a lane; `step`: the lane that it came by to the switch before, and
    /// this one.
    pub fn passed(&mut self, at: SimTime, ticket: &Ticket, step: Option<(Lane, Lane)>) {
        self.storm.passed(at, ticket, step);
    }

    /// A copy that goes in circles is taken out of the network, before it enters a link.
    pub fn stormed(&mut self, at: SimTime, lane: Lane, packet: Packet) {
        self.storm.dropped += 1;
        self.dropped_at_link(at, lane, packet, DropReason::Storm);
    }

    /// The observer.
    pub fn observer(&self) -> &O {
        &self.observer
    }

    /// The observer, to tell it what the control plane did.
    pub fn observer_mut(&mut self) -> &mut O {
        &mut self.observer
    }

    /// The observer, having heard everything.
    pub fn into_observer(self) -> O {
        self.observer
    }

    fn who(&self, trace: &Trace) -> Who {
        Who::of(trace, &self.tenants, |node| {
            let named = self.nodes.get(node.index());
            named.map_or_else(|| name_hash(""), |named| named.hash)
        })
    }

    /// One line of a node's account. A change of its state is handed back, for whoever acts on it.
    pub fn line(&mut self, at: SimTime, node: NodeId, line: AccountLine) -> Option<NodeChange> {
        let station = Station::Node(node);
        match line {
            AccountLine::Offered(trace, octets) => self.observer.offered(at, station, &trace, octets),
            AccountLine::Copied(trace, octets) => self.observer.copied(at, station, &trace, octets),
            AccountLine::Settled(trace, fate, frame) => {
                if self.digesting {
                    let who = self.who(&trace);
                    self.nodes[node.index()].chain.settled(at, fate, who, frame.octets());
                }
                self.observer.settled(at, station, &trace, fate, &frame);
            }
            AccountLine::Changed(change) => {
                self.observer.changed(at, node, change);
                return Some(change);
            }
        }
        None
    }

    /// A node sent a frame by a port that no link is at.
    pub fn sent_nowhere(&mut self, at: SimTime, node: NodeId, packet: Packet) {
        let Packet { frame, ticket } = packet;
        let fate = Fate::Dropped(DropReason::PortListIsEmpty);
        self.line(at, node, AccountLine::Settled(ticket.close(), fate, frame));
    }

    /// A link drops a frame: it does not take it, loses it, spoils it, or is cut.
    pub fn dropped_at_link(&mut self, at: SimTime, lane: Lane, packet: Packet, reason: DropReason) {
        let Packet { frame, ticket } = packet;
        let trace = ticket.close();
        let fate = Fate::Dropped(reason);
        if self.digesting {
            let who = self.who(&trace);
            let ends = self.links[lane.link.index()].chains.get_or_insert_default();
            let chains = match reason {
                DropReason::LinkLoss | DropReason::BadFcs => &mut ends.on_its_way,
                _ => &mut ends.entering,
            };
            chains[usize::from(lane.from_b)].settled(at, fate, who, frame.octets());
        }
        self.observer.settled(at, Station::Lane(lane), &trace, fate, &frame);
    }

    /// A frame left a node by a port, and entered the link there.
    pub fn sent(&mut self, at: SimTime, node: NodeId, port: PortNo, lane: Lane, packet: &Packet) {
        self.observer
            .sent(at, node, port, lane, packet.ticket.trace(), &packet.frame);
    }

    /// The first bit of a frame that has entered a link will be on the wire at `start`, unless the
    /// link is cut before.
    pub fn crosses(&mut self, start: SimTime, node: NodeId, lane: Lane, packet: &Packet) {
        self.observer
            .crosses(start, node, lane, packet.ticket.trace(), &packet.frame);
    }

    /// A link doubles a frame: its copy has a ticket of its own.
    pub fn doubled(&mut self, at: SimTime, lane: Lane, of: &Parent, frame: Frame) -> Packet {
        let ticket = of.doubled(self.links[lane.link.index()].hash);
        self.observer
            .copied(at, Station::Lane(lane), ticket.trace(), frame.octets());
        Packet { frame, ticket }
    }

    /// A frame arrived at a node over a link.
    pub fn arrived(&mut self, at: SimTime, link: LinkId, node: NodeId, port: PortNo, packet: &Packet) {
        self.stats.hops += 1;
        let trace = packet.ticket.trace();
        if self.digesting {
            let who = self.who(trace);
            let over = self.links[link.index()].hash;
            self.nodes[node.index()].chain.arrived(at, over, who, &packet.frame);
        }
        self.observer.arrived(at, node, port, trace, &packet.frame);
    }

    /// A frame is still under way at a station when everything ends.
    pub fn held(&mut self, at: SimTime, station: Station, packet: Packet) {
        self.stats.held += 1;
        let octets = packet.frame.octets();
        let trace = packet.ticket.close();
        debug_assert!(
            station
                .id()
                .as_node()
                .is_none_or(|node| node.index() < self.nodes.len()),
            "a station is known"
        );
        self.observer.held(at, station, &trace, octets);
    }

    /// So many events are pending just now.
    pub fn pending(&mut self, events: usize) {
        self.stats.pending_max = self.stats.pending_max.max(events);
    }

    /// The digest of what happened so far; zero where it is switched off or nothing happened.
    pub fn digest(&self) -> u64 {
        let nodes = self.nodes.iter();
        let digest = nodes.fold(0, |digest, named| named.chain.fold(named.hash, 0, digest));
        self.links.iter().fold(digest, |digest, link| link.fold(digest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Evidence, FlowEnds, Lineage};
    use crate::ident::{Direction, FlowId, Origin, StationId, TenantId};
    use crate::wire::{EtherType, MacAddr};

    fn packet() -> Packet {
        let trace = Trace {
            tenant: TenantId(0),
            origin: Origin::Flow(FlowId(0)),
            flow: FlowId(0),
            seq: 0,
            lineage: Lineage::Root,
            doubled: 0,
        };
        Packet {
            frame: Frame::ethernet(MacAddr::local(1, 1), MacAddr::local(1, 2), EtherType::IPV4, &[7; 46]),
            ticket: Ticket::open(trace),
        }
    }

    fn recording() -> Recording<Evidence> {
        let ends = FlowEnds {
            from: NodeId(0),
            to: NodeId(1),
            direction: Direction::Up,
        };
        Recording::new(["a", "b"], ["line"], ["acme"], Evidence::new(1, vec![ends]))
    }

    #[test]
    fn a_frame_that_leaves_by_a_port_without_a_link_is_settled_at_its_node() {
        let (mut recording, packet) = (recording(), packet());
        let trace = *packet.ticket.trace();
        recording.line(
            SimTime::ZERO,
            NodeId(0),
            AccountLine::Offered(trace, packet.frame.octets()),
        );
        recording.sent_nowhere(SimTime::ZERO, NodeId(0), packet);
        assert_ne!(recording.digest(), 0);
        let account = recording.into_observer();
        assert!(account.tenant(TenantId(0)).balances());
        let [(cell, count)] = account.cells()[..] else {
            panic!("one frame has one fate: {:?}", account.cells());
        };
        assert_eq!(cell.fate, Fate::Dropped(DropReason::PortListIsEmpty));
        assert_eq!((cell.station, count.frames), (StationId::node(NodeId(0)), 1));
    }

    /// The digest where a link drops frames at these times, told in this order.
    fn dropping(told: &[(u64, bool, DropReason)]) -> u64 {
        let mut recording = recording();
        for (at, from_b, reason) in told {
            let lane = Lane {
                link: LinkId(0),
                from_b: *from_b,
            };
            recording.dropped_at_link(SimTime::from_nanos(*at), lane, packet(), *reason);
        }
        recording.digest()
    }

    #[test]
    fn the_digest_knows_the_order_at_each_end_of_a_link_and_none_between_its_ends_and_directions() {
        let (full, lost) = (DropReason::QueueFull, DropReason::LinkLoss);
        let one = [
            (1, false, full),
            (2, false, full),
            (1, false, lost),
            (2, false, lost),
            (1, true, full),
            (1, true, lost),
        ];
        let digest = dropping(&one);
        let other = [one[5], one[2], one[0], one[4], one[3], one[1]];
        assert_eq!(
            dropping(&other),
            digest,
            "each end and direction is told in its own order"
        );
        let swapped = |a: usize, b: usize| {
            let mut told = one;
            told.swap(a, b);
            dropping(&told)
        };
        assert_ne!(swapped(0, 1), digest, "what enters has an order");
        assert_ne!(swapped(2, 3), digest, "what is lost has an order");
        let mut turned = one;
        turned.iter_mut().for_each(|(_, from_b, _)| *from_b = !*from_b);
        assert_ne!(dropping(&turned), digest, "directions count");
    }

    #[test]
    fn where_nothing_happened_the_digest_is_zero_and_an_idle_node_or_link_adds_nothing() {
        assert_eq!(recording().digest(), 0);
        let digest = |nodes: &[&str], links: &[&str], at: u32| {
            let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
            let (nodes, links) = (names(nodes), names(links));
            let mut recording = Recording::new(
                nodes.iter().map(String::as_str),
                links.iter().map(String::as_str),
                ["acme"],
                crate::evidence::NoObserver,
            );
            let packet = packet();
            recording.arrived(SimTime::ZERO, LinkId(at), NodeId(at), PortNo(0), &packet);
            packet.ticket.close();
            recording.digest()
        };
        let alone = digest(&["b"], &["line"], 0);
        assert_ne!(alone, 0);
        assert_eq!(digest(&["a", "b"], &["idle", "line"], 1), alone);
        assert_ne!(digest(&["a", "b"], &["idle", "line"], 0), alone, "names count");
    }
}
