//! A wire for tests: connects nodes without delay and keeps the whole account.

use std::collections::{BTreeMap, VecDeque};
use std::net::Ipv4Addr;

use super::{AddressPlan, Change, NextHop, Node, VbrChange, VpcChange};
use crate::evidence::{AccountLine, Lineage, NodeChange, Outbox, Packet, Trace};
use crate::host::{ArpConfig, FlowKind, FlowSpec, FrameSize, Pattern};
use crate::ident::{DropReason, Fate, FlowId, NodeId, Origin, PortNo, TenantId};
use crate::node::idc::{Idc, IdcConfig};
use crate::node::vbr::{Vbr, VbrConfig};
use crate::node::vpc::{Endpoint, EndpointKind, Vpc, VpcConfig};
use crate::units::{SimDuration, SimTime};
use crate::wire::{Frame, MacAddr, Tag, Vid};

/// An end of a wire: which node, which of its ports.
pub type End = (usize, u32);

struct Wire {
    a: End,
    b: End,
    /// The C-TAG that frames carry at the `a` end; at `b` they are untagged.
    vid: Option<Vid>,
    cut: bool,
}

/// Nodes, wires, time and the account.
#[derive(Default)]
pub struct Lab {
    nodes: Vec<Box<dyn Node>>,
    wires: Vec<Wire>,
    out: Outbox,
    /// Now.
    pub now: SimTime,
    /// Every frame that left a node: when, from where, its octets and trace.
    pub sent: Vec<(SimTime, End, Frame, Trace)>,
    /// Every change that a node told of.
    pub changes: Vec<(SimTime, NodeChange)>,
    opened: u64,
    settled: BTreeMap<String, u64>,
}

impl Lab {
    pub fn add(&mut self, node: impl Node + 'static) -> usize {
        self.nodes.push(Box::new(node));
        self.nodes.len() - 1
    }
    pub fn wire(&mut self, a: End, b: End, vid: Option<u16>) {
        let vid = vid.map(|vid| Vid::new(vid).unwrap());
        self.wires.push(Wire { a, b, vid, cut: false });
    }
    pub fn cut(&mut self, wire: usize, cut: bool) {
        self.wires[wire].cut = cut;
    }
    pub fn apply(&mut self, node: usize, change: Change) {
        self.nodes[node].apply(&change, self.now, &mut self.out);
        self.carry(node);
    }
    pub fn vbr(&mut self, node: usize, change: VbrChange) {
        self.apply(node, Change::Vbr(change));
    }
    pub fn vpc(&mut self, node: usize, change: VpcChange) {
        self.apply(node, Change::Vpc(change));
    }
    pub fn next_timeout(&self) -> Option<SimTime> {
        self.nodes.iter().filter_map(|node| node.next_timeout()).min()
    }

    /// Offers a stranger's frame and lets it arrive at a port.
    pub fn inject(&mut self, at: End, octets: &[u8]) {
        let frame = Frame::from_octets(octets);
        let packet = self.out.offer(TenantId(9), Origin::Unknown, FlowId::NONE, 0, frame);
        self.nodes[at.0].receive(PortNo(at.1), packet, self.now, &mut self.out);
        self.carry(at.0);
    }

    pub fn run_until(&mut self, end: SimTime) {
        while let Some(at) = self.next_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            for node in 0..self.nodes.len() {
                if self.nodes[node].next_timeout().is_some_and(|at| at <= self.now) {
                    self.nodes[node].timeout(self.now, &mut self.out);
                    let next = self.nodes[node].next_timeout();
                    assert!(next.is_none_or(|next| next > self.now), "what is due is done");
                    self.carry(node);
                }
            }
        }
        self.now = end;
    }

    /// Carries what the outbox holds, and what comes of it, until nothing moves.
    fn carry(&mut self, from: usize) {
        let mut moving = VecDeque::new();
        self.collect(from, &mut moving);
        while let Some((from, port, packet)) = moving.pop_front() {
            let trace = *packet.ticket.trace();
            self.sent.push((self.now, (from, port.0), packet.frame.clone(), trace));
            let Some((to, packet)) = self.cross((from, port.0), packet) else {
                continue;
            };
            self.nodes[to.0].receive(PortNo(to.1), packet, self.now, &mut self.out);
            self.collect(to.0, &mut moving);
        }
        self.collect(from, &mut moving);
        assert!(moving.is_empty());
    }

    fn cross(&mut self, from: End, mut packet: Packet) -> Option<(End, Packet)> {
        let found = self.wires.iter().find(|w| !w.cut && (w.a == from || w.b == from));
        let Some(wire) = found else {
            self.out.drop(packet, DropReason::LinkDown);
            return None;
        };
        let to = if wire.a == from { wire.b } else { wire.a };
        if let Some(vid) = wire.vid {
            if wire.a == from {
                if packet.frame.outer_tag() != Some(Tag::ctag(vid)) {
                    self.out.drop(packet, DropReason::UnknownVid);
                    return None;
                }
                packet.frame.pop_tag();
            } else {
                packet.frame.push_tag(Tag::ctag(vid));
            }
        }
        Some((to, packet))
    }

    fn collect(&mut self, from: usize, moving: &mut VecDeque<(usize, PortNo, Packet)>) {
        for entry in self.out.entries.drain(..) {
            match entry {
                AccountLine::Offered(..) | AccountLine::Copied(..) => self.opened += 1,
                AccountLine::Settled(trace, fate, _) => *self.settled.entry(line(&trace, fate)).or_default() += 1,
                AccountLine::Changed(change) => self.changes.push((self.now, change)),
            }
        }
        moving.extend(self.out.sends.drain(..).map(|(port, packet)| (from, port, packet)));
    }

    /// Ends the run: what nodes still hold counts as "held". Asserts that every frame copy that
    /// came to be has exactly one end, and returns the whole account, one line each kind.
    pub fn account(&mut self) -> Vec<String> {
        for node in &mut self.nodes {
            for packet in node.drain() {
                let trace = packet.ticket.close();
                *self.settled.entry(format!("{} held", who(&trace))).or_default() += 1;
            }
        }
        assert_eq!(self.opened, self.settled.values().sum::<u64>(), "{:?}", self.settled);
        self.settled.iter().map(|(line, n)| format!("{line}: {n}")).collect()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            for packet in node.drain() {
                packet.ticket.close();
            }
        }
    }
}

fn who(trace: &Trace) -> String {
    let origin = match trace.origin {
        Origin::Flow(flow) => format!("flow {}", flow.0),
        Origin::Protocol(node) => format!("node {}", node.0),
        Origin::Unknown => "stranger".to_owned(),
    };
    let lineage = if trace.lineage == Lineage::Reply { " reply" } else { "" };
    format!("{origin}{lineage}")
}

fn line(trace: &Trace, fate: Fate) -> String {
    format!("{} {}", who(trace), fate.as_str())
}

pub const TENANT: TenantId = TenantId(0);
/// A host behind the IDC's edge.
pub const HOST: Ipv4Addr = Ipv4Addr::new(10, 1, 0, 10);
/// The IDC's address on the interconnect.
pub const EDGE: Ipv4Addr = Ipv4Addr::new(172, 16, 0, 2);
/// The VBR's address on the interconnect.
pub const GATEWAY: Ipv4Addr = Ipv4Addr::new(172, 16, 0, 1);
/// An ECS instance.
pub const ECS: Ipv4Addr = Ipv4Addr::new(10, 2, 0, 20);
/// A database: it listens on 3306.
pub const RDS: Ipv4Addr = Ipv4Addr::new(10, 2, 0, 21);
/// Where health-check probes come from.
pub const PROBER: Ipv4Addr = Ipv4Addr::new(100, 96, 0, 7);

pub fn idc_config(flows: Vec<FlowSpec>) -> IdcConfig {
    IdcConfig {
        tenant: TENANT,
        mac: MacAddr::local(1, 1),
        tag: Vid::new(100),
        address: EDGE,
        prefix_len: 30,
        gateway: GATEWAY,
        routes: vec![(Ipv4Addr::new(10, 2, 0, 0), 16)],
        probe_return_route: true,
        hosts: vec![HOST],
        arp: ArpConfig::default(),
        flows,
        warm_ups: Vec::new(),
    }
}

pub fn vbr_config() -> VbrConfig {
    VbrConfig {
        tenant: TENANT,
        mac: MacAddr::local(2, 0),
        arp: ArpConfig::default(),
    }
}

pub fn vpc_config(flows: Vec<FlowSpec>) -> VpcConfig {
    let endpoint = |address, kind| Endpoint { address, kind };
    VpcConfig {
        tenant: TENANT,
        mac: MacAddr::local(3, 1),
        endpoints: vec![endpoint(ECS, EndpointKind::Ecs), endpoint(RDS, EndpointKind::Rds)],
        prefixes: vec![(Ipv4Addr::new(10, 2, 0, 0), 16)],
        attached: vec![],
        routes: vec![],
        flows,
    }
}

/// Ten frames, one every 100 ms from second 1, 64 octets each.
pub fn flow(id: u32, src: Ipv4Addr, dst: Ipv4Addr, kind: FlowKind) -> FlowSpec {
    FlowSpec {
        id: FlowId(id),
        name: format!("flow-{id}").into(),
        src,
        dst,
        kind,
        pattern: Pattern::Constant(SimDuration::from_millis(100)),
        size: FrameSize::Fixed(64),
        start: SimTime::from_secs(1),
        phase: crate::host::Phase::NONE,
        stop: SimTime::MAX,
        count: Some(10),
        share: None,
    }
}

pub fn udp(port: u16) -> FlowKind {
    FlowKind::Udp { port, answered: false }
}

pub fn answered(port: u16) -> FlowKind {
    FlowKind::Udp { port, answered: true }
}

/// Node numbers in [`line_of`].
pub const IDC: usize = 0;
pub const VBR: usize = 1;
pub const VPC: usize = 2;

/// IDC - VBR - VPC with these configurations: wire 0 is the circuit, wire 1 the attachment.
/// Everything is provisioned and attached at time zero.
pub fn line_of(idc: IdcConfig, vpc: VpcConfig) -> Lab {
    let mut lab = Lab::default();
    lab.add(Idc::new(idc, NodeId(0), 1));
    lab.add(Vbr::new(vbr_config(), NodeId(1)));
    lab.add(Vpc::new(vpc, NodeId(2), 1));
    lab.wire((IDC, 0), (VBR, 0), Some(100));
    lab.wire((VBR, 1), (VPC, 0), None);
    lab.vbr(
        VBR,
        VbrChange::Address(Some(AddressPlan {
            local: GATEWAY,
            peer: EDGE,
            prefix_len: 30,
        })),
    );
    lab.vbr(VBR, VbrChange::Active(true));
    lab.vbr(VBR, VbrChange::RouteSet(Ipv4Addr::new(10, 1, 0, 0), 16, NextHop::Peer));
    lab.vbr(VBR, VbrChange::RouteSet(Ipv4Addr::new(10, 2, 0, 0), 16, NextHop::Cloud));
    lab.vpc(VPC, VpcChange::Attached(PortNo(0), true));
    lab.vpc(VPC, VpcChange::RouteSet(Ipv4Addr::new(10, 1, 0, 0), 16, PortNo(0)));
    lab.vpc(VPC, VpcChange::RouteSet(Ipv4Addr::new(172, 16, 0, 0), 30, PortNo(0)));
    lab
}

/// [`line_of`] with these flows.
pub fn line_with(at_idc: Vec<FlowSpec>, at_vpc: Vec<FlowSpec>) -> Lab {
    line_of(idc_config(at_idc), vpc_config(at_vpc))
}
