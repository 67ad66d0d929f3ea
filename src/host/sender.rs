//! The flows that start at a node: which frame leaves next, and when.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::Ipv4Addr;

use super::deliver::ETHERNET;
use super::pattern::{Schedule, octets_of};
use super::{FlowKind, FlowSpec, Pattern, icmp};
use crate::evidence::{Outbox, Packet};
use crate::ident::{Origin, Stream, TenantId};
use crate::units::SimTime;
use crate::wire::ipv4::protocol;
use crate::wire::{EtherType, Frame, Ipv4, Stamp, Udp};

/// A frame that a flow offers now.
#[derive(Debug)]
pub struct Departure {
    /// The frame and its open ticket. Unless `raw`, its Ethernet addresses are still to be
    /// written and it is untagged.
    pub packet: Packet,
    /// From which host.
    pub src: Ipv4Addr,
    /// To which address.
    pub dst: Ipv4Addr,
    /// A frame of a capture, to be sent as it is: addresses, tags and all.
    pub raw: bool,
}

/// The flows of one node. A heap holds each unfinished flow's next instant, so that asking when
/// to wake costs nothing, however many flows there are; ties go in the order of the plan.
#[derive(Debug)]
pub struct Senders {
    flows: Box<[Sender]>,
    due: BinaryHeap<Reverse<(SimTime, u32)>>,
}

#[derive(Debug)]
struct Sender {
    spec: FlowSpec,
    schedule: Schedule,
    seq: u64,
}

impl Senders {
    /// The flows of a node; `None` where there are none. Poisson flows make a random stream each,
    /// `Stream::new(seed, name, "poisson")` by the flow's name; of constant ones see
    /// [`Phase`](super::Phase).
    pub fn new(flows: Vec<FlowSpec>, seed: u64) -> Option<Box<Self>> {
        if flows.is_empty() {
            return None;
        }
        let flows: Box<[Sender]> = flows.into_iter().map(|spec| Sender::new(spec, seed)).collect();
        let first = |(n, flow): (usize, &Sender)| {
            let n = u32::try_from(n).expect("a plan has fewer than 2^32 flows");
            Some(Reverse((flow.first()?, n)))
        };
        let due = flows.iter().enumerate().filter_map(first).collect();
        Some(Box::new(Self { flows, due }))
    }

    /// When the next frame leaves; `None` once all flows have ended.
    pub fn next_timeout(&self) -> Option<SimTime> {
        self.due.peek().map(|Reverse((at, _))| *at)
    }

    /// Offers the next frame that is due at `now` or before; `None` where none is.
    pub fn pop(&mut self, now: SimTime, tenant: TenantId, out: &mut Outbox) -> Option<Departure> {
        let Reverse((at, n)) = *self.due.peek()?;
        if at > now {
            return None;
        }
        let flow = &mut self.flows[n as usize];
        let (departure, next) = flow.depart(at, tenant, out);
        debug_assert!(next.is_none_or(|next| next >= at), "a flow never goes back in time");
        debug_assert!(
            next.is_none_or(|next| next < flow.spec.stop),
            "no frame leaves from the stop on"
        );
        match next {
            Some(next) => *self.due.peek_mut()? = Reverse((next, n)),
            None => drop(self.due.pop()),
        }
        debug_assert!(
            self.due.len() <= self.flows.len(),
            "a flow has one next instant at most"
        );
        Some(departure)
    }
}

impl Sender {
    fn new(mut spec: FlowSpec, seed: u64) -> Self {
        if let FlowKind::Replay(frames) = &mut spec.kind {
            frames.truncate(usize::try_from(spec.count.unwrap_or(u64::MAX)).unwrap_or(usize::MAX));
            // Stamps of captures may step back; the frames keep their order all the same.
            let mut last = crate::units::SimDuration::ZERO;
            for (offset, _) in frames {
                last = last.max(*offset);
                *offset = last;
            }
        }
        let stream = matches!(spec.pattern, Pattern::Poisson(_)).then(|| Stream::new(seed, &spec.name, "poisson"));
        let schedule = Schedule::new(spec.pattern, begin(&spec, seed), spec.stop, stream);
        Self { spec, schedule, seq: 0 }
    }

    fn first(&self) -> Option<SimTime> {
        match &self.spec.kind {
            _ if self.spec.count == Some(0) || self.spec.share == Some(0) => None,
            FlowKind::Replay(_) => self.replay_at(0),
            _ => self.schedule.first(),
        }
    }

    fn replay_at(&self, index: u64) -> Option<SimTime> {
        let FlowKind::Replay(frames) = &self.spec.kind else {
            return None;
        };
        let (offset, _) = frames.get(usize::try_from(index).ok()?)?;
        let at = self.spec.start.checked_add(*offset)?;
        (at < self.spec.stop).then_some(at)
    }

    /// Offers the frame that is due at `at`, and says when the next one is.
    fn depart(&mut self, at: SimTime, tenant: TenantId, out: &mut Outbox) -> (Departure, Option<SimTime>) {
        let (seq, raw) = (self.seq, matches!(self.spec.kind, FlowKind::Replay(_)));
        let frame = self.frame(seq);
        let id = self.spec.id;
        let departure = Departure {
            packet: out.offer(tenant, Origin::Flow(id), id, seq, frame),
            src: self.spec.src,
            dst: self.spec.dst,
            raw,
        };
        let mut next = self.after(at);
        while let Some(due) = next.filter(|_| self.withholds(self.seq)) {
            next = self.after(due);
        }
        (departure, next)
    }

    /// The frame that is due at `at` is over; when is the next one due?
    fn after(&mut self, at: SimTime) -> Option<SimTime> {
        self.seq += 1;
        debug_assert!(
            self.spec.count.is_none_or(|count| self.seq <= count),
            "a flow sends no more than its count"
        );
        if matches!(self.spec.kind, FlowKind::Replay(_)) {
            self.replay_at(self.seq)
        } else if self.spec.count.is_some_and(|count| self.seq >= count) {
            None
        } else {
            self.schedule.after(at)
        }
    }

    /// Is this frame none of the share that leaves? The first one always leaves, unless none does.
    fn withholds(&self, seq: u64) -> bool {
        const WHOLE: u128 = 1_000_000_000;
        let Some(share) = self.spec.share else { return false };
        let left = |frames: u64| u128::from(frames) * u128::from(share) / WHOLE;
        seq > 0 && left(seq) == left(seq - 1)
    }

    fn frame(&self, seq: u64) -> Frame {
        let FlowSpec { id, src, dst, .. } = self.spec;
        let stamp = |wants_answer| Stamp {
            flow: id.0,
            seq,
            wants_answer,
            is_answer: false,
        };
        // With FCS 4, so the packet behind the Ethernet header has 18 octets less.
        let packet = usize::from(octets_of(self.spec.size, seq)) - 18;
        match &self.spec.kind {
            FlowKind::Udp { port, answered } => {
                let ports = Udp {
                    src_port: ephemeral(id.0),
                    dst_port: *port,
                };
                udp_frame(src, dst, ports, packet, &stamp(*answered))
            }
            FlowKind::Ping => {
                let mut data = vec![0; packet - Ipv4::LEN - 8];
                data[..Stamp::LEN].copy_from_slice(&stamp(false).emit());
                icmp::echo_request(src, dst, id.0 as u16, seq as u16, &data)
            }
            FlowKind::Replay(frames) => frames[seq as usize].1.clone(),
        }
    }
}

/// When a flow's first frame leaves: at its start, or by its phase later. Of one frame the start says
/// when it leaves.
fn begin(spec: &FlowSpec, seed: u64) -> SimTime {
    match spec.pattern {
        Pattern::Constant(interval) if spec.count != Some(1) => {
            let lasts = spec.stop.saturating_since(spec.start);
            spec.start
                .saturating_add(spec.phase.of(&spec.name, interval, lasts, seed))
        }
        Pattern::Constant(_) | Pattern::Poisson(_) | Pattern::OnOff { .. } => spec.start,
    }
}

/// The source port of a flow, in the ephemeral range 49152 to 65535 (RFC 6335).
const fn ephemeral(flow: u32) -> u16 {
    49_152 + (flow % 16_384) as u16
}

/// An untagged frame around a UDP packet of `packet` octets (at least 46) with a stamp in front
/// of its payload; its Ethernet addresses are still to be written.
fn udp_frame(src: Ipv4Addr, dst: Ipv4Addr, ports: Udp, packet: usize, stamp: &Stamp) -> Frame {
    let mut frame = Frame::zeroed(ETHERNET + packet);
    let octets = frame.bytes_mut();
    octets[12..14].copy_from_slice(&EtherType::IPV4.0.to_be_bytes());
    let (header, datagram) = octets[ETHERNET..ETHERNET + packet].split_at_mut(Ipv4::LEN);
    Ipv4::new(src, dst, protocol::UDP)
        .emit(datagram.len(), header)
        .expect("a frame of sixteen bits holds a packet of sixteen bits");
    datagram[Udp::LEN..Udp::LEN + Stamp::LEN].copy_from_slice(&stamp.emit());
    ports
        .emit(src, dst, datagram)
        .expect("the datagram is longer than its header");
    frame
}
