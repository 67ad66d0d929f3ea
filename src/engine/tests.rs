//! Nodes to drive, and what must hold of every run.

mod ahead;
mod conservation;
mod faults;
mod order;
mod runs;
mod told;

use super::*;
use crate::control::{Command, Schedule};
use crate::evidence::{Evidence, FlowEnds, Lineage, Outbox, Packet};
use crate::ident::{DropReason, Fate, FlowId, NodeId, Origin, PortNo, Stream, TenantId};
use crate::node::link::LinkConfig;
use crate::node::{Change, Node};
use crate::units::{BitRate, ByteCount, SimDuration, SimTime};
use crate::wire::{EtherType, Frame, MacAddr};

/// A node of a test world.
enum Toy {
    /// Sends `left` frames of its flow out of port 0, one every interval.
    Source {
        flow: FlowId,
        interval: SimDuration,
        left: u64,
        next: SimTime,
        seq: u64,
        answers: u64,
    },
    /// Joins port 0 and port 1.
    Pipe { carrier: Vec<(SimTime, PortNo, bool)> },
    /// Takes every frame; answers where told to.
    Sink { answers: bool, times: Vec<SimTime> },
    /// Does anything: delivers, drops, copies, keeps, forwards to some port.
    Wild {
        stream: Stream,
        ports: u32,
        kept: Vec<Packet>,
    },
    /// Does nothing.
    Idle,
}

fn frame(length: usize) -> Frame {
    Frame::ethernet(
        MacAddr::local(1, 1),
        MacAddr::local(1, 2),
        EtherType::IPV4,
        &vec![7; length - 14],
    )
}

impl Toy {
    fn source(flow: u32, interval: SimDuration, count: u64) -> Self {
        Self::Source {
            flow: FlowId(flow),
            interval,
            left: count,
            next: SimTime::ZERO,
            seq: 0,
            answers: 0,
        }
    }

    fn pipe() -> Self {
        Self::Pipe { carrier: Vec::new() }
    }

    fn sink(answers: bool) -> Self {
        Self::Sink {
            answers,
            times: Vec::new(),
        }
    }

    fn wild(seed: u64, name: &str, ports: u32) -> Self {
        Self::Wild {
            stream: Stream::new(seed, name, "wild"),
            ports,
            kept: Vec::new(),
        }
    }
}

fn go_wild(stream: &mut Stream, ports: u32, kept: &mut Vec<Packet>, packet: Packet, out: &mut Outbox) {
    let some_port = |stream: &mut Stream| PortNo(stream.below(u64::from(ports) + 1) as u32);
    match stream.below(16) {
        0..3 => out.settle(packet, Fate::Delivered),
        3 => out.settle(packet, Fate::Consumed),
        4 => out.drop(packet, DropReason::UnknownVid),
        5 | 6 if packet.ticket.trace().lineage == Lineage::Root => {
            let copy = out.copy(&packet.ticket, packet.frame.clone());
            out.send(some_port(stream), copy);
            out.send(some_port(stream), packet);
        }
        7 => {
            kept.push(packet);
            if kept.len() > 3 {
                let oldest = kept.remove(0);
                out.send(some_port(stream), oldest);
            }
        }
        _ => out.send(some_port(stream), packet),
    }
}

impl Node for Toy {
    fn bridges(&self) -> bool {
        matches!(self, Self::Pipe { .. } | Self::Wild { .. })
    }

    fn receive(&mut self, port: PortNo, packet: Packet, now: SimTime, out: &mut Outbox) {
        match self {
            Self::Source { answers, .. } => {
                *answers += 1;
                out.settle(packet, Fate::Delivered);
            }
            Self::Pipe { .. } => out.send(PortNo(1 - port.0), packet),
            Self::Sink { answers, times } => {
                times.push(now);
                if *answers {
                    let reply = out.child(packet.ticket.trace(), Lineage::Reply, packet.frame.clone());
                    out.send(port, reply);
                }
                out.settle(packet, Fate::Delivered);
            }
            Self::Wild { stream, ports, kept } => go_wild(stream, *ports, kept, packet, out),
            Self::Idle => out.drop(packet, DropReason::NoListener),
        }
    }

    fn timeout(&mut self, now: SimTime, out: &mut Outbox) {
        if let Self::Source {
            flow,
            interval,
            left,
            next,
            seq,
            ..
        } = self
        {
            assert_eq!(*next, now, "a timer fires when it is due");
            let packet = out.offer(TenantId(flow.0), Origin::Flow(*flow), *flow, *seq, frame(100));
            out.send(PortNo(0), packet);
            *seq += 1;
            *left -= 1;
            *next = now.saturating_add(*interval);
        }
    }

    fn next_timeout(&self) -> Option<SimTime> {
        match self {
            Self::Source { left: 1.., next, .. } => Some(*next),
            _ => None,
        }
    }

    fn apply(&mut self, change: &Change, now: SimTime, _out: &mut Outbox) {
        if let (Self::Pipe { carrier }, Change::Carrier { port, up }) = (self, change) {
            carrier.push((now, *port, *up));
        }
    }

    fn drain(&mut self) -> Vec<Packet> {
        match self {
            Self::Wild { kept, .. } => std::mem::take(kept),
            _ => Vec::new(),
        }
    }
}

fn gigabit() -> LinkConfig {
    LinkConfig {
        rate: BitRate::from_mbps(1_000),
        delay: SimDuration::from_micros(10),
        mtu: 1500,
        queue: ByteCount::new(64_000),
        police: None,
    }
}

fn link(name: &str, a: (u32, u32), b: (u32, u32)) -> LinkSetup {
    LinkSetup {
        name: name.to_owned(),
        a: (NodeId(a.0), PortNo(a.1)),
        b: (NodeId(b.0), PortNo(b.1)),
        config: gigabit(),
    }
}

/// `a-source` - `b-pipe` - `c-sink`.
fn chain(count: u64, answers: bool) -> Setup<Toy> {
    Setup {
        seed: 1,
        nodes: vec![
            ("a-source".into(), Toy::source(0, SimDuration::from_micros(100), count)),
            ("b-pipe".into(), Toy::pipe()),
            ("c-sink".into(), Toy::sink(answers)),
        ],
        links: vec![link("first", (0, 0), (1, 0)), link("second", (1, 1), (2, 0))],
        tenants: vec!["alpha".into()],
        flows: Vec::new(),
    }
}

fn evidence() -> Evidence {
    Evidence::new(
        1,
        vec![FlowEnds {
            from: NodeId(0),
            to: NodeId(2),
            direction: crate::ident::Direction::Up,
        }],
    )
}

fn run(setup: Setup<Toy>, end: SimTime, faults: Vec<(SimTime, Command)>) -> Outcome<Toy, Evidence> {
    let mut world = World::new(setup, evidence()).unwrap();
    world.run(end, &mut Schedule::new(faults));
    world.finish()
}
