//! Any tables and frames: one verdict each, no copy outside the service, tables read back as set; and
//! rows, all stages and batches through every kernel say, write and count the same.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use trunklab::forward::{Admission, Excess, Exit, FastPath, Group, Kernel, Limit, Member, Octets, Planted, Policer, PortConfig, PortRole, PriorityMap, Profile, Quirk, Service, ServiceId, ServiceKind, Sink, Slots, Standing, Standings, Tables, Untagged, FrameVerdict, VlanLimit};
use trunklab::ident::{DropReason, PortNo, TenantId};
use trunklab::units::{BitRate, ByteCount, SimDuration, SimTime};
use trunklab::wire::{EtherType, Frame, MacAddr, Vid};

/// Takes values off the front of the input; zeros once it is used up.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }
    fn word(&mut self) -> u32 {
        u32::from_be_bytes([self.byte(), self.byte(), self.byte(), self.byte()])
    }
    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[usize::from(self.byte()) % list.len()]
    }
    fn maybe<T>(&mut self, make: impl Fn(&mut Self) -> T) -> Option<T> {
        (self.byte() & 1 == 1).then(|| make(self))
    }
    fn vid(&mut self) -> Vid {
        Vid::new(self.of(&[10, 20, 0, 1, 4094, 4095, 256 + 10])).expect("twelve bits")
    }
}

const ROLES: [PortRole; 4] = [PortRole::Trunk, PortRole::Access, PortRole::Tunnel, PortRole::Routed];

fn port(input: &mut Input<'_>) -> PortConfig {
    PortConfig {
        role: input.of(&ROLES),
        tpid: EtherType(input.of(&[0x8100, 0x88a8, 0x9100, 0x0800])),
        untagged: input.maybe(Input::vid).map_or(Untagged::Drop, Untagged::Native),
        mtu: input.of(&[1500, 46, 0, u32::MAX]),
        admit: Admission {
            reserved: input.maybe(|i| u16::from_be_bytes([i.byte(), i.byte()])),
            drops_priority_tagged: input.byte() & 3 == 3,
            drops_second_tag: input.byte() & 3 == 3,
            takes_vid_4095: input.byte() & 3 == 3,
        },
    }
}

fn rate(input: &mut Input<'_>) -> BitRate {
    BitRate::from_bps(u64::from(input.word()) << (input.byte() % 33))
}

fn burst(input: &mut Input<'_>) -> ByteCount {
    let shift = input.of(&[0, 0, 16, 32]);
    ByteCount::new(u64::from(u16::from_be_bytes([input.byte(), input.byte()])) << shift)
}

fn policer(input: &mut Input<'_>) -> Policer {
    Policer {
        rate: rate(input),
        burst: burst(input),
        octets: input.of(&[Octets::L1, Octets::L2Fcs, Octets::L2, Octets::L3]),
        excess: input.maybe(|i| Excess {
            rate: rate(i),
            burst: burst(i),
            coupled: i.byte() & 1 == 1,
            marks: i.byte() & 1 == 1,
        }),
        colour_aware: input.byte() & 1 == 1,
    }
}

fn priority(input: &mut Input<'_>) -> PriorityMap {
    let to: Option<[u8; 16]> = input.maybe(|i| std::array::from_fn(|_| i.byte() & 15));
    to.map_or(PriorityMap::KEEP, |to| PriorityMap::new(to).expect("four bits each"))
}

fn limit(input: &mut Input<'_>) -> Limit {
    Limit {
        per_second: input.word(),
        burst: input.word(),
        shared: input.maybe(|i| u32::from(i.byte() % 3)),
    }
}

fn member(input: &mut Input<'_>) -> Member {
    Member {
        port: PortNo(u32::from(input.byte() % 6)),
        vid: input.maybe(Input::vid),
        police: input.maybe(policer),
        arp: input.maybe(limit),
        icmp: input.maybe(limit),
        bound_mac: input.maybe(|i| MacAddr([2, 0, 0, 0, 0, i.byte() % 4])),
        priority: priority(input),
    }
}

fn service(input: &mut Input<'_>) -> Service {
    let kind = if input.byte() & 1 == 0 {
        ServiceKind::CrossConnect
    } else {
        ServiceKind::Bridged {
            mac_limit: input.of(&[1, 0, 4, u32::MAX]),
            age: SimDuration::from_nanos(u64::from(input.word())),
        }
    };
    let members = 2 + input.byte() % 3;
    Service {
        tenant: TenantId(u32::from(input.byte() % 3)),
        kind,
        members: (0..members).map(|_| member(input)).collect(),
    }
}

fuzz_target!(|octets: &[u8]| {
    let mut input = Input(octets);
    let ports = (0..3 + input.byte() % 3).map(|_| port(&mut input)).collect();
    let services: BTreeMap<_, _> = (0..1 + input.byte() % 4)
        .map(|_| (ServiceId(u32::from(input.byte() % 5)), service(&mut input)))
        .collect();
    let tables = Tables {
        profile: input.of(Profile::ALL),
        vlan_limit: input.of(&[VlanLimit::One, VlanLimit::Two]),
        ports,
        services,
        ..Tables::default()
    };
    let quirk = input.of(Planted::ALL);
    let mut spoilt = FastPath::with_quirk(tables.clone(), quirk);
    let mut general = FastPath::with_quirk(tables.clone(), Planted::Nothing);
    let mut fast = FastPath::new(tables);
    let read_back = fast.tables();
    assert_eq!(
        FastPath::new(read_back.clone()).tables(),
        read_back,
        "tables are not canonical"
    );
    let mut batched: Vec<_> = Kernel::available()
        .into_iter()
        .map(|kernel| {
            let mut batched = fast.clone();
            batched.use_kernel(kernel);
            batched
        })
        .collect();
    let mut now = SimTime::ZERO;
    // Frames that arrive together, with what became of them one by one.
    let mut waiting: Vec<(PortNo, &[u8])> = Vec::new();
    let mut expected: Vec<Outcome> = Vec::new();
    while !input.0.is_empty() {
        let what = input.byte() % 16;
        if what < 4 || waiting.len() == 100 {
            together(&mut batched, now, &mut waiting, &mut expected);
        }
        match what {
            0 => {
                let id = ServiceId(u32::from(input.byte() % 5));
                let was = fast.remove(id);
                assert_eq!(general.remove(id), was);
                batched.iter_mut().for_each(|fast| assert_eq!(fast.remove(id), was));
            }
            1 => {
                let id = ServiceId(u32::from(input.byte() % 5));
                let service = service(&mut input);
                let changed = fast.set(id, service.clone());
                assert_eq!(general.set(id, service.clone()), changed);
                let set = |fast: &mut FastPath| assert_eq!(fast.set(id, service.clone()), changed);
                batched.iter_mut().for_each(set);
            }
            2 => {
                let port = PortNo(u32::from(input.byte() % 6));
                fast.flush_port(port);
                general.flush_port(port);
                batched.iter_mut().for_each(|fast| fast.flush_port(port));
            }
            3 => {
                now = now.saturating_add(SimDuration::from_nanos(u64::from(input.word()) << (input.byte() % 32)));
                fast.advance(now);
                general.advance(now);
                batched.iter_mut().for_each(|fast| fast.advance(now));
            }
            _ => {
                let from = PortNo(u32::from(input.byte() % 6));
                let len = usize::from(input.byte()).min(input.0.len());
                let (frame, rest) = input.0.split_at(len);
                input.0 = rest;
                let verdict = fast.forward(from, frame, now);
                check(&fast, frame, verdict);
                let left = outcome(&fast, frame, verdict);
                let verdict = general.forward(from, frame, now);
                assert_eq!(outcome(&general, frame, verdict), left, "all stages");
                waiting.push((from, frame));
                expected.push(left);
                let _ = spoilt.forward(from, frame, now);
            }
        }
    }
    together(&mut batched, now, &mut waiting, &mut expected);
    alike(&fast, &general);
    batched.iter().for_each(|batched| alike(&fast, batched));
});

/// Why a frame ended, or the copies that left.
type Outcome = Result<Vec<(PortNo, Vec<u8>)>, DropReason>;

fn outcome<Q: Quirk>(fast: &FastPath<Q>, octets: &[u8], verdict: FrameVerdict) -> Outcome {
    let edit = |(port, rewrite): (PortNo, trunklab::forward::Rewrite)| {
        let mut frame = Frame::from_octets(octets);
        rewrite.apply(&mut frame);
        (port, frame.bytes().to_vec())
    };
    match verdict {
        FrameVerdict::Drop(reason) => Err(reason),
        FrameVerdict::Forward(port, rewrite) => Ok(vec![edit((port, rewrite))]),
        FrameVerdict::Replicate(group) => Ok(fast.copies(group).map(edit).collect()),
    }
}

/// How frames of a batch leave, by number, and the one that left last.
struct Ways(Vec<Option<Result<Way, DropReason>>>, Option<usize>);

#[derive(Clone, Copy)]
enum Way {
    Port(PortNo),
    Group(Group),
}

impl Ways {
    fn leave(&mut self, frame: usize, way: Way) {
        assert!(self.1 < Some(frame), "what leaves keeps its order");
        self.1 = Some(frame);
        assert!(self.0[frame].replace(Ok(way)).is_none(), "two verdicts");
    }
}

impl Sink for Ways {
    fn forward(&mut self, frame: usize, exit: Exit) {
        self.leave(frame, Way::Port(exit.port));
    }
    fn drop(&mut self, frame: usize, reason: DropReason) {
        assert!(self.0[frame].replace(Err(reason)).is_none(), "two verdicts");
    }
    fn replicate(&mut self, frame: usize, group: Group) {
        self.leave(frame, Way::Group(group));
    }
}

/// The frames that wait, in one batch: every kernel makes of them what became of each alone.
fn together(batched: &mut [FastPath], now: SimTime, waiting: &mut Vec<(PortNo, &[u8])>, expected: &mut Vec<Outcome>) {
    for fast in batched {
        let mut memory = Vec::new();
        let mut standing = Vec::new();
        for (port, bytes) in waiting.iter() {
            memory.extend([0xee; Standings::HEADROOM]);
            standing.push(Standing::new(memory.len() as u32, bytes.len(), *port).expect("a short frame"));
            memory.extend_from_slice(bytes);
            memory.resize(memory.len() + Standings::LEAST.saturating_sub(bytes.len()), 0xee);
        }
        let mut slots = Slots::new(&mut memory, standing).expect("there is room");
        let mut ways = Ways(vec![None; waiting.len()], None);
        fast.process(now, &mut slots, 0..waiting.len(), &mut ways);
        for (i, way) in ways.0.into_iter().enumerate() {
            let left = match way.expect("a verdict for every frame") {
                Err(reason) => Err(reason),
                Ok(Way::Port(port)) => Ok(vec![(port, slots.octets(i).to_vec())]),
                Ok(Way::Group(group)) => outcome(fast, waiting[i].1, FrameVerdict::Replicate(group)),
            };
            assert_eq!(left, expected[i], "{} frame {i}: {:02x?}", fast.kernel(), waiting[i].1);
        }
    }
    waiting.clear();
    expected.clear();
}

/// The same tables, counters and buckets.
fn alike<Q: Quirk>(fast: &FastPath, other: &FastPath<Q>) {
    let tables = fast.tables();
    assert_eq!(other.tables(), tables);
    assert_eq!(other.unclaimed(), fast.unclaimed());
    assert_eq!(other.counted(), fast.counted());
    for id in fast.counted() {
        assert_eq!(other.counters(id), fast.counters(id), "{id:?}");
    }
    for (id, service) in &tables.services {
        for m in &service.members {
            let buckets = fast.buckets(*id, m.port, m.vid);
            assert_eq!(other.buckets(*id, m.port, m.vid), buckets, "{id:?} {m:?}");
        }
    }
}

/// What leaves goes to ports that exist, changed as the rewrite says.
fn check(fast: &FastPath, octets: &[u8], verdict: FrameVerdict) {
    let tables = fast.tables();
    let leave = |port: PortNo, rewrite: trunklab::forward::Rewrite| {
        assert!(port.index() < tables.ports.len(), "a port that does not exist");
        let member = |m: &Member| m.port == port;
        assert!(
            tables.services.values().any(|s| s.members.iter().any(member)),
            "a port of no service"
        );
        let mut frame = Frame::from_octets(octets);
        rewrite.apply(&mut frame);
        assert_eq!(frame.octets(), rewrite.octets_after(octets.len() as u32));
    };
    match verdict {
        FrameVerdict::Drop(_) => {}
        FrameVerdict::Forward(port, rewrite) => leave(port, rewrite),
        FrameVerdict::Replicate(group) => {
            let copies: Vec<_> = fast.copies(group).collect();
            assert!(!copies.is_empty(), "a flood to nobody");
            copies.into_iter().for_each(|(port, rewrite)| leave(port, rewrite));
        }
    }
}
