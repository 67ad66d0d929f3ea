//! Packet-hops a second on lines of nine VLAN switches.
//!
//! A source sends frames of 64 octets (with FCS, before they are tagged) round robin for its tenants, one VLAN each;
//! every switch is the product's own (`node::switch`): it classifies the frame, finds its service,
//! counts it and translates the tag; a sink takes the frame. A hop is a
//! frame that a link handed to a node, so a frame makes ten. More than 3,000 tenants go over
//! several lines. Costs are shown apart: the engine alone, with the account, with the digest,
//! with everything that a run keeps, and with a record of every hop as a capture makes it.
//!
//! Time is the thread's processor time, so that other work on the machine costs caches alone.
//! `BENCH_FRAMES` sets the frames of one iteration (20,000). `turn TENANTS alone|everything [in-order]` runs
//! one iteration and prints hops and nanoseconds, so that two builds can take turns; in order, no node
//! looks ahead.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{BatchSize, Criterion, Throughput, criterion_group};
use trunklab::control::NoController;
use trunklab::engine::{Event, EventKey, LinkSetup, Outcome, Phase, Setup, Wheel, World};
use trunklab::evidence::{
    Devices, Evidence, FlowEnds, GateWatch, IsolationWatch, Meter, NoObserver, Observer, Outbox, Packet, ServiceFrames,
    ServicePort, Trace,
};
use trunklab::forward::{
    Admission, Member, Passing, PortConfig, PortRole, PriorityMap, Profile, Service, ServiceId, ServiceKind, Tables,
    Untagged,
};
use trunklab::ident::{Fate, FlowId, Lane, NodeId, Origin, PortNo, Station, Stream, TenantId};
use trunklab::node::link::LinkConfig;
use trunklab::node::switch::Switch;
use trunklab::node::{Change, Node};
use trunklab::units::{BitRate, ByteCount, SimDuration, SimTime};
use trunklab::wire::{EtherType, Frame, MacAddr, Tag, Vid};

mod clock;

const SWITCHES: usize = 9;
const PER_LINE: usize = 3_000;

/// Processor time instead of wall time.
struct Cpu;

impl Measurement for Cpu {
    type Intermediate = Duration;
    type Value = Duration;
    fn start(&self) -> Duration {
        clock::cpu()
    }
    fn end(&self, start: Duration) -> Duration {
        clock::cpu().saturating_sub(start)
    }
    fn add(&self, a: &Duration, b: &Duration) -> Duration {
        *a + *b
    }
    fn zero(&self) -> Duration {
        Duration::ZERO
    }
    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_nanos() as f64
    }
    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

/// Sends one frame a microsecond, for one tenant after the other.
struct Source {
    first: usize,
    tenants: usize,
    frames: Vec<Frame>,
    sent: usize,
    count: usize,
    next: SimTime,
}

impl Source {
    fn send(&mut self, now: SimTime, out: &mut Outbox) {
        let i = self.sent % self.tenants;
        let id = self.first + i;
        let flow = FlowId::of(id);
        let seq = (self.sent / self.tenants) as u64;
        let packet = out.offer(TenantId::of(id), Origin::Flow(flow), flow, seq, self.frames[i].clone());
        out.send(PortNo(0), packet);
        self.sent += 1;
        self.next = now.saturating_add(SimDuration::from_micros(1));
    }
}

enum Bench {
    Source(Source),
    Switch(Box<Switch>),
    Sink,
}

impl Node for Bench {
    fn receive(&mut self, port: PortNo, packet: Packet, now: SimTime, out: &mut Outbox) {
        match self {
            Self::Switch(switch) => switch.receive(port, packet, now, out),
            Self::Source(_) | Self::Sink => out.settle(packet, Fate::Delivered),
        }
    }
    fn pass(&mut self, port: PortNo, frame: &Frame, now: SimTime) -> Option<Passing> {
        match self {
            Self::Switch(switch) => switch.pass(port, frame, now),
            Self::Source(_) | Self::Sink => None,
        }
    }
    fn foresee(&mut self, port: PortNo, frame: &Frame) {
        if let Self::Switch(switch) = self {
            switch.foresee(port, frame);
        }
    }
    fn rewrite(&self, passing: Passing, frame: &mut Frame) {
        if let Self::Switch(switch) = self {
            switch.rewrite(passing, frame);
        }
    }
    fn timeout(&mut self, now: SimTime, out: &mut Outbox) {
        match self {
            Self::Source(source) => source.send(now, out),
            Self::Switch(switch) => switch.timeout(now, out),
            Self::Sink => {}
        }
    }
    fn next_timeout(&self) -> Option<SimTime> {
        match self {
            Self::Source(source) => (source.sent < source.count).then_some(source.next),
            Self::Switch(switch) => switch.next_timeout(),
            Self::Sink => None,
        }
    }
    fn apply(&mut self, _: &Change, _: SimTime, _: &mut Outbox) {}
    fn bridges(&self) -> bool {
        matches!(self, Self::Switch(_))
    }
}

/// VLAN of a tenant between switch `stage - 1` and switch `stage`.
fn vid(tenant: usize, stage: usize) -> Vid {
    let number = 1 + (tenant % PER_LINE + 7 * stage) % PER_LINE;
    Vid::new(u16::try_from(number).expect("3,000 fits")).expect("3,000 is a VID")
}

fn tables(tenants: std::ops::Range<usize>, stage: usize) -> Tables {
    let port = PortConfig {
        role: PortRole::Trunk,
        tpid: EtherType::CTAG,
        untagged: Untagged::Drop,
        mtu: 9000,
        admit: Admission::BY_PROFILE,
    };
    let member = |port, tenant, stage| Member {
        port: PortNo(port),
        vid: Some(vid(tenant, stage)),
        police: None,
        arp: None,
        icmp: None,
        bound_mac: None,
        priority: PriorityMap::KEEP,
    };
    let services = tenants.enumerate().map(|(i, tenant)| {
        let service = Service {
            tenant: TenantId::of(tenant),
            kind: ServiceKind::CrossConnect,
            members: vec![member(0, tenant, stage), member(1, tenant, stage + 1)],
        };
        (ServiceId(u32::try_from(i).expect("3,000 fits")), service)
    });
    Tables {
        profile: Profile::Strict,
        ports: vec![port.clone(), port],
        services: services.collect::<BTreeMap<_, _>>(),
        ..Tables::default()
    }
}

fn frame(tenant: usize, octets: usize) -> Frame {
    let number = u32::try_from(tenant).expect("fits");
    let (dst, src) = (MacAddr::local(1, number), MacAddr::local(2, number));
    let mut frame = Frame::ethernet(dst, src, EtherType::IPV4, &vec![0x5a; octets - 18]);
    frame.push_tag(Tag::ctag(vid(tenant, 0)));
    frame
}

/// Lines of a source, nine switches and a sink.
fn lines(tenants: usize, frames: usize, octets: usize) -> Setup<Bench> {
    let config = LinkConfig {
        rate: BitRate::from_bps(100_000_000_000),
        delay: SimDuration::from_micros(500),
        mtu: 9000,
        queue: ByteCount::new(1_000_000),
        police: None,
    };
    let count = tenants.div_ceil(PER_LINE);
    let (mut nodes, mut links) = (Vec::new(), Vec::new());
    for line in 0..count {
        let mine = line * PER_LINE..((line + 1) * PER_LINE).min(tenants);
        let base = nodes.len();
        nodes.push((
            format!("line-{line:02}-00"),
            Bench::Source(Source {
                first: mine.start,
                tenants: mine.len(),
                frames: mine.clone().map(|t| frame(t, octets)).collect(),
                sent: 0,
                count: frames / count,
                next: SimTime::ZERO,
            }),
        ));
        for stage in 0..SWITCHES {
            let switch = Switch::new(tables(mine.clone(), stage));
            nodes.push((
                format!("line-{line:02}-{:02}", stage + 1),
                Bench::Switch(Box::new(switch)),
            ));
        }
        nodes.push((format!("line-{line:02}-{:02}", SWITCHES + 1), Bench::Sink));
        for hop in 0..=SWITCHES {
            links.push(LinkSetup {
                name: format!("line-{line:02}-link-{hop:02}"),
                a: (NodeId::of(base + hop), PortNo(u32::from(hop > 0))),
                b: (NodeId::of(base + hop + 1), PortNo(0)),
                config: config.clone(),
            });
        }
    }
    Setup {
        seed: 1,
        nodes,
        links,
        tenants: Vec::new(),
        flows: Vec::new(),
    }
}

fn evidence(tenants: usize) -> Evidence {
    let flows = (0..tenants).map(|t| {
        let line = t / PER_LINE * (SWITCHES + 2);
        FlowEnds {
            from: NodeId::of(line),
            to: NodeId::of(line + SWITCHES + 1),
            direction: trunklab::ident::Direction::Up,
        }
    });
    Evidence::new(tenants, flows.collect())
}

/// Everything that a run keeps: the account, the watch of places, the gates and the meter at
/// the last switch of each line; as [`trunklab::record::Observers`] tells them.
struct Everything {
    devices: Devices,
    evidence: Evidence,
    isolation: IsolationWatch,
    at_devices: (GateWatch, Meter),
}

impl Observer for Everything {
    fn needs_order(&self) -> bool {
        self.evidence.needs_order() || self.isolation.needs_order() || self.at_devices.needs_order()
    }
    fn offered(&mut self, at: SimTime, station: Station, trace: &Trace, octets: u32) {
        self.evidence.offered(at, station, trace, octets);
    }
    fn settled(&mut self, at: SimTime, station: Station, trace: &Trace, fate: Fate, frame: &Frame) {
        self.evidence.settled(at, station, trace, fate, frame);
        self.isolation.settled(at, station, trace, fate, frame);
    }
    fn sent(&mut self, at: SimTime, node: NodeId, port: PortNo, lane: Lane, trace: &Trace, frame: &Frame) {
        self.isolation.sent(at, node, port, lane, trace, frame);
        if self.devices.has(node) {
            self.at_devices.sent(at, node, port, lane, trace, frame);
        }
    }
    fn arrived(&mut self, at: SimTime, node: NodeId, port: PortNo, trace: &Trace, frame: &Frame) {
        self.isolation.arrived(at, node, port, trace, frame);
        if self.devices.has(node) {
            self.at_devices.arrived(at, node, port, trace, frame);
        }
    }
}

fn everything(tenants: usize) -> impl Observer {
    let services: Vec<ServicePort> = (0..tenants)
        .map(|t| ServicePort {
            device: NodeId::of(t / PER_LINE * (SWITCHES + 2) + SWITCHES),
            port: PortNo(1),
            frames: ServiceFrames::Vid(vid(t, SWITCHES)),
            service: u32::try_from(t).expect("fits"),
        })
        .collect();
    let nodes = vec![None; tenants.div_ceil(PER_LINE) * (SWITCHES + 2)];
    Everything {
        devices: Devices::of(&services),
        evidence: evidence(tenants),
        isolation: IsolationWatch::new(tenants, &nodes, &[], false),
        at_devices: (GateWatch::new(&services), Meter::new(&services)),
    }
}

/// Records every hop: a header and the octets, in a buffer that is emptied when it is full.
struct Recorder(Vec<u8>);

impl Observer for Recorder {
    fn sent(&mut self, at: SimTime, node: NodeId, _: PortNo, _: Lane, _: &Trace, frame: &Frame) {
        if self.0.len() + frame.len() + 16 > self.0.capacity() {
            black_box(&self.0);
            self.0.clear();
        }
        self.0.extend_from_slice(&at.as_nanos().to_le_bytes());
        self.0.extend_from_slice(&node.0.to_le_bytes());
        self.0.extend_from_slice(&frame.octets().to_le_bytes());
        self.0.extend_from_slice(frame.bytes());
    }
}

fn drive<O: Observer>(mut world: World<Bench, O>) -> Outcome<Bench, O> {
    world.run(SimTime::from_secs(3_600), &mut NoController);
    world.finish()
}

fn measure<O: Observer>(c: &mut Criterion<Cpu>, name: &str, shape: Shape, digest: bool, observer: impl Fn() -> O) {
    let Shape {
        tenants,
        frames,
        octets,
    } = shape;
    let build = || {
        let world = World::new(lines(tenants, frames, octets), observer()).expect("the lines are well wired");
        world.with_digest(digest)
    };
    let count = tenants.div_ceil(PER_LINE);
    let hops = (frames / count * count * (SWITCHES + 1)) as u64;
    let drive = |world| {
        let outcome = drive(world);
        assert_eq!(outcome.stats.hops, hops, "every frame crosses its line");
        outcome
    };
    let mut group = c.benchmark_group(format!("line9/{tenants}-tenants/{octets}-octets"));
    group.throughput(Throughput::Elements(hops)).sample_size(10);
    group.bench_function(name, |b| b.iter_batched(build, drive, BatchSize::PerIteration));
    group.finish();
}

#[derive(Clone, Copy)]
struct Shape {
    tenants: usize,
    frames: usize,
    octets: usize,
}

fn engine(c: &mut Criterion<Cpu>) {
    let frames = std::env::var("BENCH_FRAMES").ok().and_then(|v| v.parse().ok());
    let frames = frames.unwrap_or(20_000);
    for tenants in [64, 3_000] {
        let shape = Shape {
            tenants,
            frames,
            octets: 64,
        };
        measure(c, "engine alone", shape, false, || NoObserver);
        measure(c, "account", shape, false, || evidence(tenants));
        measure(c, "digest", shape, true, || NoObserver);
        measure(c, "everything", shape, true, || everything(tenants));
        measure(c, "record of every hop", shape, false, || {
            Recorder(Vec::with_capacity(1 << 20))
        });
    }
    let long = Shape {
        tenants: 64,
        frames,
        octets: 1_518,
    };
    measure(c, "engine alone", long, false, || NoObserver);
    measure(c, "digest", long, true, || NoObserver);
    measure(c, "record of every hop", long, false, || {
        Recorder(Vec::with_capacity(1 << 20))
    });
    let many = Shape {
        tenants: 100_000,
        frames: frames.max(34 * 3_000),
        octets: 64,
    };
    measure(c, "engine alone", many, false, || NoObserver);
    measure(c, "everything", many, true, || everything(100_000));
}

/// The hold model: take the next event, put one back a random time later.
fn queue(c: &mut Criterion<Cpu>) {
    const ROUNDS: u64 = 200_000;
    for pending in [1_000u32, 1_000_000] {
        let mut stream = Stream::new(1, "queue", "hold");
        let delays: Vec<u64> = (0..4096).map(|_| stream.below(10_000_000) + 1).collect();
        let event = |i: u64, now: u64| Event {
            key: EventKey {
                time: SimTime::from_nanos(now + delays[(i % 4096) as usize]),
                phase: Phase::Arrival,
                node: NodeId(0),
                seq: i,
            },
            what: 0,
        };
        let mut group = c.benchmark_group(format!("queue/{pending}-pending"));
        group.throughput(Throughput::Elements(ROUNDS)).sample_size(10);
        let (mut wheel, mut i) = (Wheel::new(), 0);
        for _ in 0..pending {
            i += 1;
            wheel.push(event(i * 7, 0));
        }
        group.bench_function("wheel", |b| {
            b.iter(|| {
                for _ in 0..ROUNDS {
                    let next = wheel.pop().expect("events are pending");
                    i += 1;
                    wheel.push(event(i, next.key.time.as_nanos()));
                }
            });
        });
        let (mut heap, mut i) = (BinaryHeap::new(), 0);
        for _ in 0..pending {
            i += 1;
            heap.push(Reverse(event(i * 7, 0)));
        }
        group.bench_function("std BinaryHeap", |b| {
            b.iter(|| {
                for _ in 0..ROUNDS {
                    let Reverse(next) = heap.pop().expect("events are pending");
                    i += 1;
                    heap.push(Reverse(event(i, next.key.time.as_nanos())));
                }
            });
        });
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(Cpu);
    targets = queue, engine
}
/// One iteration, told in one line.
fn turn<O: Observer>(shape: Shape, digest: bool, in_order: bool, observer: O) {
    let world = World::new(lines(shape.tenants, shape.frames, shape.octets), observer);
    let mut world = world.expect("the lines are well wired").with_digest(digest);
    if in_order {
        world = world.in_order();
    }
    let from = clock::cpu();
    let outcome = drive(world);
    let took = clock::cpu().saturating_sub(from);
    let (hops, digest) = (outcome.stats.hops, outcome.digest);
    println!("{hops} hops, {} ns, digest {digest:016x}", took.as_nanos());
}

fn main() {
    let mut words = std::env::args().skip_while(|word| word != "turn").skip(1);
    let Some(tenants) = words.next().and_then(|word| word.parse().ok()) else {
        benches();
        Criterion::default().configure_from_args().final_summary();
        return;
    };
    let frames = std::env::var("BENCH_FRAMES").ok().and_then(|v| v.parse().ok());
    let shape = Shape {
        tenants,
        frames: frames.unwrap_or(200_000),
        octets: 64,
    };
    let all = words.next().is_some_and(|word| word == "everything");
    let in_order = words.next().is_some_and(|word| word == "in-order");
    match all {
        true => turn(shape, true, in_order, everything(tenants)),
        false => turn(shape, false, in_order, NoObserver),
    }
}
