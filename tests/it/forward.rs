//! The fast path against its slow reference, and against closed forms.

#[path = "../support/forward_reference.rs"]
mod forward_reference;

use std::collections::BTreeMap;

use forward_reference::Outcome;
pub use forward_reference::ReferenceSwitch;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use trunklab::forward::{
    Admission, Class, Decision, Excess, Exit, FastPath, Group, Kernel, Limit, MOST_BURST, Member, Octets, Planted,
    Policer, PortConfig, PortRole, PriorityMap, Profile, Quirk, Service, ServiceId, ServiceKind, Shape, Sink, Slots,
    Standing, Tables, Untagged, Verdict, VlanLimit, classify,
};
use trunklab::ident::{DropReason, PortNo, TenantId};
use trunklab::units::{BitRate, ByteCount, SimDuration, SimTime};
use trunklab::wire::{EtherType, Frame, MacAddr, Vid};

const TPIDS: [u16; 3] = [0x8100, 0x88a8, 0x9100];
const ROLES: [PortRole; 4] = [PortRole::Access, PortRole::Trunk, PortRole::Tunnel, PortRole::Routed];

fn vid(n: u16) -> Vid {
    Vid::new(n).unwrap()
}

fn a_vid() -> impl Strategy<Value = u16> {
    prop_oneof![8 => select(vec![10, 20]), 3 => select(vec![0, 1, 30, 4094, 4095])]
}

fn a_port() -> impl Strategy<Value = PortConfig> {
    let role = prop_oneof![4 => Just(PortRole::Trunk), 2 => Just(PortRole::Access), 1 => Just(PortRole::Tunnel), 1 => Just(PortRole::Routed)];
    let tpid = prop_oneof![4 => Just(0x8100), 1 => select(TPIDS.to_vec())];
    let untagged = prop_oneof![Just(Untagged::Drop), a_vid().prop_map(|v| Untagged::Native(vid(v)))];
    let mtu = prop_oneof![1 => select(vec![46, 60, 100]), 1 => Just(1500), 1 => Just(9000)];
    let tpid = prop_oneof![20 => tpid, 1 => Just(0x9200)];
    (role, tpid, untagged, mtu, an_admission()).prop_map(|(role, tpid, untagged, mtu, admit)| PortConfig {
        role,
        tpid: EtherType(tpid),
        untagged,
        mtu,
        admit,
    })
}

fn an_admission() -> impl Strategy<Value = Admission> {
    let reserved = prop_oneof![4 => Just(None), 2 => select(vec![Some(0), Some(0xffff), Some(0xfffe)]), 1 => any::<u16>().prop_map(Some)];
    let rarely = || prop::bool::weighted(0.2);
    (reserved, rarely(), rarely(), rarely()).prop_map(|(reserved, priority, second, takes)| Admission {
        reserved,
        drops_priority_tagged: priority,
        drops_second_tag: second,
        takes_vid_4095: takes,
    })
}

fn a_priority_map() -> impl Strategy<Value = PriorityMap> {
    prop_oneof![
        3 => Just(PriorityMap::KEEP),
        1 => (0..16_u8).prop_map(PriorityMap::all),
        2 => prop::array::uniform16(0..16_u8).prop_map(|to| PriorityMap::new(to).unwrap()),
    ]
}

fn a_limit() -> impl Strategy<Value = Limit> {
    (0..2_000_000_u32, 0..4_u32, select(vec![None, None, Some(1), Some(2)])).prop_map(|(per_second, burst, shared)| {
        Limit {
            per_second,
            burst,
            shared,
        }
    })
}

fn a_policer() -> impl Strategy<Value = Policer> {
    let octets = select(vec![Octets::L1, Octets::L2Fcs, Octets::L2, Octets::L3]);
    let excess = (a_rate(), a_burst(), any::<bool>(), any::<bool>()).prop_map(|(rate, burst, coupled, marks)| Excess {
        rate,
        burst,
        coupled,
        marks,
    });
    (a_rate(), a_burst(), octets, prop::option::of(excess), any::<bool>()).prop_map(
        |(rate, burst, octets, excess, colour_aware)| Policer {
            rate,
            burst,
            octets,
            excess,
            colour_aware,
        },
    )
}

fn a_rate() -> impl Strategy<Value = BitRate> {
    let bps =
        prop_oneof![10 => 0..2_000_000_000_u64, 1 => any::<u64>(), 1 => select(vec![0, 1, 1 << 30, 1 << 33, u64::MAX])];
    bps.prop_map(BitRate::from_bps)
}

fn a_burst() -> impl Strategy<Value = ByteCount> {
    let most = MOST_BURST.get();
    prop_oneof![
        6 => 0..400_u64,
        4 => 400..6_000_u64,
        1 => select(vec![most - 1, most, most + 1, u64::MAX]),
    ]
    .prop_map(ByteCount::new)
}

fn seldom<T: std::fmt::Debug + Clone>(some: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    prop::option::weighted(0.3, some)
}

fn a_member() -> impl Strategy<Value = Member> {
    let place = (0..5_u32, prop::option::weighted(0.6, a_vid()));
    (
        place,
        seldom(a_policer()),
        seldom(a_limit()),
        seldom(a_limit()),
        prop::option::weighted(0.05, a_mac()),
        a_priority_map(),
    )
        .prop_map(|((port, v), police, arp, icmp, bound_mac, priority)| Member {
            port: PortNo(port),
            vid: v.map(vid),
            police,
            arp,
            icmp,
            bound_mac,
            priority,
        })
}

/// All services of one database agree on its size and age, as they do in a device.
fn shared_learning() -> impl Strategy<Value = ServiceKind> {
    (0..2_u32).prop_map(|fid| ServiceKind::Shared {
        fid,
        mac_limit: 2 + fid,
        age: SimDuration::from_nanos(300 + 100_000 * u64::from(fid)),
    })
}

fn a_service() -> impl Strategy<Value = Service> {
    let bridged = (0..4_u32, select(vec![0, 1, 300, 100_000])).prop_map(|(mac_limit, age)| ServiceKind::Bridged {
        mac_limit,
        age: SimDuration::from_nanos(age),
    });
    let kind = prop_oneof![4 => Just(ServiceKind::CrossConnect), 3 => bridged, 2 => shared_learning()];
    let members = prop_oneof![2 => vec(a_member(), 2), 1 => vec(a_member(), 0..6)];
    (0..3_u32, kind, members).prop_map(|(tenant, kind, members)| Service {
        tenant: TenantId(tenant),
        kind,
        members,
    })
}

/// Any tables, most members at places that carry nothing; or tables that carry most of what is aimed
/// at them.
pub fn some_tables() -> impl Strategy<Value = Tables> {
    let services = btree_map((0..5_u32).prop_map(ServiceId), a_service(), 1..5);
    let any_of_them =
        (vec(a_port(), 3..6), services, a_profile()).prop_map(|(ports, services, (profile, vlan_limit))| Tables {
            profile,
            vlan_limit,
            ports,
            services,
        });
    prop_oneof![1 => any_of_them, 1 => lively_tables()]
}

fn a_profile() -> impl Strategy<Value = (Profile, VlanLimit)> {
    let profile = prop_oneof![3 => Just(Profile::Strict), 2 => select(Profile::ALL)];
    (profile, select(vec![VlanLimit::One, VlanLimit::Two]))
}

/// Mostly cross-connects, all of them between places that exist.
fn lively_tables() -> impl Strategy<Value = Tables> {
    let bridged = Just(ServiceKind::Bridged {
        mac_limit: 3,
        age: SimDuration::from_nanos(100_000),
    });
    let kind = prop_oneof![8 => Just(ServiceKind::CrossConnect), 2 => bridged, 1 => shared_learning()];
    let policed = || {
        (
            a_member(),
            prop::option::weighted(0.6, a_policer()),
            any::<prop::sample::Index>(),
        )
    };
    let ends = (policed(), policed(), kind);
    (vec(a_port(), 2..5), vec(ends, 1..5), a_profile()).prop_map(|(ports, ends, (profile, vlan_limit))| {
        let mut services = BTreeMap::new();
        for (id, (a, b, kind)) in (0..).zip(ends) {
            let first = a.2.index(ports.len());
            let second = (first + 1 + b.2.index(ports.len() - 1)) % ports.len();
            let fit = |(member, police, _): (Member, _, _), at: usize| Member {
                port: PortNo(at as u32),
                vid: member
                    .vid
                    .filter(|v| ports[at].role == PortRole::Trunk && v.is_usable()),
                police,
                ..member
            };
            let service = Service {
                tenant: TenantId(id),
                kind,
                members: vec![fit(a, first), fit(b, second)],
            };
            services.insert(ServiceId(id), service);
        }
        Tables {
            profile,
            vlan_limit,
            ports,
            services,
        }
    })
}

/// A frame for a member of whatever tables there are.
#[derive(Debug, Clone)]
struct Probe {
    member: prop::sample::Index,
    dst: MacAddr,
    src: MacAddr,
    priority: u16,
    second: Option<u16>,
    kind: u16,
    octets: usize,
}

/// Lengths around those where something happens: padding, the shortest one of a row, the MTU.
fn some_octets() -> impl Strategy<Value = usize> {
    prop_oneof![6 => 58..71_usize, 2 => 100..125_usize, 2 => 1_512..1_530_usize, 1 => 9_010..9_025_usize]
}

fn a_probe() -> impl Strategy<Value = Probe> {
    let dst = prop_oneof![
        12 => a_mac(),
        2 => Just(MacAddr::BROADCAST),
        1 => (0..0x12_u8).prop_map(|n| MacAddr([1, 0x80, 0xc2, 0, 0, n])),
        1 => (0xcb..0xcf_u8).prop_map(|n| MacAddr([1, 0, 0x0c, 0xcc, 0xcc, n])),
    ];
    let src = prop_oneof![30 => a_mac(), 1 => Just(MacAddr([3, 0, 0, 0, 0, 1])), 1 => Just(MacAddr([0; 6]))];
    let kind = select(vec![0x0806, 0x0800, 0x86dd, 0x86dd, 0x88b5]);
    let second = prop::option::weighted(0.1, select(vec![0x8100, 0x88a8]));
    (
        any::<prop::sample::Index>(),
        dst,
        src,
        0..16_u16,
        second,
        kind,
        some_octets(),
    )
        .prop_map(|(member, dst, src, priority, second, kind, octets)| Probe {
            member,
            dst,
            src,
            priority,
            second,
            kind,
            octets,
        })
}

/// The frame as its member has it, and the port.
fn aim(tables: &Tables, probe: &Probe) -> (u32, Vec<u8>) {
    let members: Vec<_> = tables.services.values().flat_map(|service| &service.members).collect();
    let mut bytes = [probe.dst.0, probe.src.0].concat();
    let mut port = 0;
    if !members.is_empty() {
        let member = probe.member.get(&members);
        port = member.port.0;
        let tpid = tables.ports[member.port.index()].tpid.0;
        if let Some(v) = member.vid {
            bytes.extend([tpid, probe.priority << 12 | v.get()].map(u16::to_be_bytes).concat());
        }
    }
    if let Some(second) = probe.second {
        bytes.extend([second, probe.priority << 12 | 20].map(u16::to_be_bytes).concat());
    }
    bytes.extend(probe.kind.to_be_bytes());
    // Behind an IPv4 header that may be one of ICMP.
    bytes.extend([0x45, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    bytes.resize(probe.octets, probe.priority as u8);
    (port, bytes)
}

fn a_mac() -> impl Strategy<Value = MacAddr> {
    select((1..5).map(|n| MacAddr::local(7, n)).collect::<Vec<_>>())
}

pub fn a_frame() -> impl Strategy<Value = Vec<u8>> {
    let dst = prop_oneof![
        8 => a_mac(),
        2 => Just(MacAddr::BROADCAST),
        1 => (0..0x20_u8).prop_map(|n| MacAddr([1, 0x80, 0xc2, 0, 0, n])),
    ];
    let src = prop_oneof![20 => a_mac(), 1 => Just(MacAddr([3, 0, 0, 0, 0, 1])), 1 => Just(MacAddr([0; 6]))];
    let tag = || {
        (
            prop_oneof![3 => Just(0x8100), 1 => select(TPIDS.to_vec())],
            a_vid(),
            0..16_u16,
        )
    };
    let tags = prop_oneof![2 => vec(tag(), 0), 6 => vec(tag(), 1), 2 => vec(tag(), 2..4), 1 => vec(tag(), 7..12)];
    let kind = select(vec![0x0806, 0x0800, 0x0800, 0x86dd, 0x05dc, 0x9200]);
    let body = (
        prop::bool::ANY,
        prop_oneof![
            8 => select(vec![0, 19, 20, 42, 46, 46, 50, 90, 110]),
            3 => prop_oneof![40..53_usize, 58..62_usize, 99..102_usize],
            1 => 1_499..1_502_usize,
        ],
        any::<u8>(),
    );
    let cut = prop::option::weighted(0.1, 0..40_usize);
    (dst, src, tags, kind, body, cut).prop_map(|(dst, src, tags, kind, (icmp, len, fill), cut)| {
        let mut bytes = [dst.0, src.0].concat();
        for (tpid, v, priority) in tags {
            bytes.extend([tpid, priority << 12 | v].map(u16::to_be_bytes).concat());
        }
        bytes.extend(u16::to_be_bytes(kind));
        let body_at = bytes.len();
        bytes.resize(body_at + len, fill);
        if kind == 0x0800 && icmp && len >= 20 {
            bytes[body_at] = 0x45;
            bytes[body_at + 9] = 1;
        }
        bytes.truncate(cut.unwrap_or(usize::MAX));
        bytes
    })
}

#[derive(Debug, Clone)]
enum Step {
    Frames(u64, Vec<(u32, Vec<u8>)>),
    Aimed(u64, Vec<Probe>),
    Set(u32, Service),
    Remove(u32),
    Down(u32),
    /// A member that there is gets another policer and priority map.
    Repolice(prop::sample::Index, Option<Policer>, PriorityMap),
    /// Another service claims the place of a member that there is.
    Claim(u32, prop::sample::Index, Member),
}

fn a_step() -> impl Strategy<Value = Step> {
    let frames = (a_pause(), vec((0..5_u32, a_frame()), 1..6));
    let aimed = (a_pause(), vec(a_probe(), 1..6));
    prop_oneof![
        20 => frames.prop_map(|(after, frames)| Step::Frames(after, frames)),
        20 => aimed.prop_map(|(after, probes)| Step::Aimed(after, probes)),
        3 => (0..5_u32, a_service()).prop_map(|(id, service)| Step::Set(id, service)),
        1 => (0..5_u32).prop_map(Step::Remove),
        1 => (0..6_u32).prop_map(Step::Down),
        3 => (any::<prop::sample::Index>(), prop::option::weighted(0.9, a_policer()), a_priority_map())
            .prop_map(|(member, police, priority)| Step::Repolice(member, police, priority)),
        2 => (0..8_u32, any::<prop::sample::Index>(), a_member())
            .prop_map(|(id, place, other)| Step::Claim(id, place, other)),
    ]
}

/// How long nothing comes, in nanoseconds: from nothing to years.
fn a_pause() -> impl Strategy<Value = u64> {
    prop_oneof![
        20 => select(vec![0, 0, 1, 50, 299, 300, 5_000, 1_000_000]),
        5 => 0..20_000_u64,
        1 => select(vec![1 << 31, 1 << 34, 1 << 58, u64::MAX]),
    ]
}

/// What a step makes of a service, if it makes one anew.
fn remade(tables: &Tables, step: &Step) -> Option<(ServiceId, Service)> {
    let members = || {
        let services = tables.services.iter();
        services.flat_map(|(id, service)| (0..service.members.len()).map(|at| (*id, at)))
    };
    let count = members().count();
    match step {
        Step::Set(id, service) => Some((ServiceId(*id), service.clone())),
        Step::Repolice(member, police, priority) if count > 0 => {
            let (id, at) = members().nth(member.index(count))?;
            let mut service = tables.services[&id].clone();
            (service.members[at].police, service.members[at].priority) = (*police, *priority);
            Some((id, service))
        }
        Step::Claim(id, member, other) if count > 0 => {
            let (whose, at) = members().nth(member.index(count))?;
            let claimed = tables.services[&whose].members[at].clone();
            let service = Service {
                tenant: TenantId(*id),
                kind: ServiceKind::CrossConnect,
                members: vec![claimed, other.clone()],
            };
            Some((ServiceId(*id), service))
        }
        _ => None,
    }
}

/// What left, by the fast path's word.
pub fn outcome<Q: Quirk>(fast: &FastPath<Q>, verdict: Verdict, bytes: &[u8]) -> Outcome {
    let edit = |(port, rewrite): (PortNo, trunklab::forward::Rewrite)| {
        let mut frame = Frame::from_octets(bytes);
        rewrite.apply(&mut frame);
        assert_eq!(
            frame.octets(),
            rewrite.octets_after(u32::try_from(bytes.len()).unwrap())
        );
        let mut slot = [&[0xee; 8][..], bytes, &[0xee; 64]].concat();
        let standing = Standing::new(8, bytes.len(), PortNo(0)).expect("a short frame");
        let mut slots = Slots::new(&mut slot, vec![standing]).expect("there is room");
        slots.rewrite(0, rewrite);
        assert_eq!(slots.octets(0), frame.bytes(), "in place as in a frame of its own");
        (port, frame.bytes().to_vec())
    };
    match verdict {
        Verdict::Drop(reason) => Err(reason),
        Verdict::Forward(port, rewrite) => Ok(vec![edit((port, rewrite))]),
        Verdict::Replicate(group) => Ok(fast.copies(group).map(edit).collect()),
    }
}

/// What becomes of frames that arrive together, each as [`outcome`] has it.
struct Told<'a> {
    frames: &'a [(u32, Vec<u8>)],
    outcomes: Vec<Option<Result<Told1, DropReason>>>,
    /// Which one left last: what leaves keeps its order.
    last: Option<usize>,
}

/// How a frame leaves: where it stands rewritten, or in copies.
enum Told1 {
    Port(PortNo, Vid),
    Group(Group),
}

impl Told<'_> {
    fn tell(&mut self, frame: usize, what: Result<Told1, DropReason>) {
        assert!(frame < self.frames.len());
        if what.is_ok() {
            assert!(self.last < Some(frame), "frame {frame} left behind {:?}", self.last);
            self.last = Some(frame);
        }
        let before = self.outcomes[frame].replace(what);
        assert!(before.is_none(), "two verdicts for frame {frame}");
    }
}

/// A number for each way out.
fn mark(port: PortNo, vid: Vid) -> u32 {
    port.0 << 12 | u32::from(vid.get())
}

impl Sink for Told<'_> {
    fn soon(&self, port: PortNo, vid: Vid) -> u32 {
        mark(port, vid)
    }
    fn forward(&mut self, frame: usize, exit: Exit) {
        assert_eq!(exit.place, mark(exit.port, exit.vid), "what was said comes back");
        self.tell(frame, Ok(Told1::Port(exit.port, exit.vid)));
    }
    fn drop(&mut self, frame: usize, reason: DropReason) {
        self.tell(frame, Err(reason));
    }
    fn replicate(&mut self, frame: usize, group: Group) {
        self.tell(frame, Ok(Told1::Group(group)));
    }
}

/// Processes frames that arrive together, in slots of their own.
pub fn process<Q: Quirk>(fast: &mut FastPath<Q>, now: SimTime, frames: &[(u32, Vec<u8>)]) -> Vec<Outcome> {
    process_split(fast, now, frames, &[])
}

/// The same in several calls, each of which begins at one of `cuts`.
fn process_split<Q: Quirk>(
    fast: &mut FastPath<Q>,
    now: SimTime,
    frames: &[(u32, Vec<u8>)],
    cuts: &[usize],
) -> Vec<Outcome> {
    let mut memory = Vec::new();
    let mut standing = Vec::new();
    for (port, bytes) in frames {
        memory.extend([0xee; 16]);
        standing.push(Standing::new(u32::try_from(memory.len()).unwrap(), bytes.len(), PortNo(*port)).unwrap());
        memory.extend(bytes);
        memory.resize(memory.len() + 72_usize.saturating_sub(bytes.len()), 0xee);
    }
    let mut slots = Slots::new(&mut memory, standing).expect("there is room");
    let outcomes = frames.iter().map(|_| None).collect();
    let mut told = Told {
        frames,
        outcomes,
        last: None,
    };
    let mut first = 0;
    for &next in cuts.iter().chain([&frames.len()]) {
        fast.process(now, &mut slots, first..next, &mut told);
        first = next;
    }
    let outcomes = told.outcomes.into_iter().enumerate();
    outcomes
        .map(|(i, told)| match told.expect("every frame gets a verdict") {
            Err(reason) => Err(reason),
            Ok(Told1::Port(port, vid)) => {
                let left = slots.octets(i).to_vec();
                assert!(
                    vid == Vid::PRIORITY || vid == Vid::of_tci(u16::from_be_bytes([left[14], left[15]])),
                    "the sink is told of the tag that was put on"
                );
                Ok(vec![(port, left)])
            }
            Ok(Told1::Group(group)) => outcome(fast, Verdict::Replicate(group), &frames[i].1),
        })
        .collect()
}

pub fn counted_alike<Q: Quirk>(fast: &FastPath<Q>, reference: &ReferenceSwitch) {
    let mut members = BTreeMap::new();
    let mut drops: BTreeMap<_, _> = fast.unclaimed().iter().map(|(r, c)| ((None, r), c)).collect();
    for id in fast.counted() {
        let counters = fast.counters(id);
        members.extend(counters.members.iter().map(|(port, v, c)| ((id, (*port, *v)), *c)));
        drops.extend(counters.drops.iter().map(|(r, c)| ((Some(id), r), c)));
    }
    members.retain(|_, counters| *counters != Default::default());
    assert_eq!(members, reference.members);
    assert_eq!(drops, reference.drops);
}

fn buckets_alike<Q: Quirk>(fast: &FastPath<Q>, reference: &ReferenceSwitch) {
    for (id, service) in &reference.tables.services {
        for member in &service.members {
            let place = (member.port, member.vid);
            let buckets = fast.buckets(*id, place.0, place.1);
            let spent = buckets.map(|b| {
                (
                    b.committed.spent(),
                    if member.police.unwrap().excess.is_some() {
                        b.excess.spent()
                    } else {
                        0
                    },
                )
            });
            assert_eq!(
                spent,
                reference.spent(*id, place),
                "{id:?} {place:?} {:?}",
                member.police
            );
        }
    }
}

fn learned_alike<Q: Quirk>(fast: &FastPath<Q>, reference: &ReferenceSwitch, now: SimTime) {
    for id in (0..8).map(ServiceId) {
        let mut known = fast.learned(id, now);
        known.sort();
        assert_eq!(known, reference.learned(id), "{id:?}");
    }
}

/// A fast path for every kernel that there is.
fn by_every_kernel(tables: &Tables) -> Vec<FastPath> {
    let by = |kernel| {
        let mut fast = FastPath::new(tables.clone());
        fast.use_kernel(kernel);
        fast
    };
    Kernel::available().into_iter().map(by).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_batch_of_any_size_does_what_two_batches_and_its_frames_one_by_one_do(
        tables in lively_tables(),
        probes in vec(a_probe(), 1..6),
        rounds in vec((a_pause(), 1..512_usize, any::<u64>(), any::<prop::sample::Index>()), 1..3),
    ) {
        let probes: Vec<_> = probes.iter().map(|probe| aim(&tables, probe)).collect();
        let mut whole = by_every_kernel(&tables);
        let mut halves = by_every_kernel(&tables);
        let mut quirky = FastPath::with_quirk(tables.clone(), Planted::Nothing);
        let mut fast = FastPath::new(tables.clone());
        let mut reference = ReferenceSwitch::new(tables);
        let mut now = SimTime::ZERO;
        for (after, frames, order, cut) in rounds {
            now = now.saturating_add(SimDuration::from_nanos(after));
            // Few frames many times over, in no order.
            let mut state = order | 1;
            let mut next = || {
                state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
                &probes[(state >> 40) as usize % probes.len()]
            };
            let frames: Vec<_> = (0..frames).map(|_| next().clone()).collect();
            let expected: Vec<_> = frames.iter().map(|(port, bytes)| reference.receive(PortNo(*port), bytes, now)).collect();
            let alone: Vec<_> = frames
                .iter()
                .map(|(port, bytes)| {
                    let verdict = fast.forward(PortNo(*port), bytes, now);
                    outcome(&fast, verdict, bytes)
                })
                .collect();
            prop_assert!(alone == expected);
            prop_assert!(process(&mut quirky, now, &frames) == expected);
            for (whole, halves) in whole.iter_mut().zip(&mut halves) {
                prop_assert!(process(whole, now, &frames) == expected, "{}", whole.kernel());
                let cut = cut.index(frames.len());
                prop_assert!(process_split(halves, now, &frames, &[cut]) == expected, "{} {cut}", halves.kernel());
            }
        }
        let all = whole.iter().chain(&halves).chain([&fast]);
        all.for_each(|fast| {
            counted_alike(fast, &reference);
            buckets_alike(fast, &reference);
        });
        counted_alike(&quirky, &reference);
        buckets_alike(&quirky, &reference);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn the_fast_path_does_what_the_reference_does(
        tables in some_tables(), steps in vec(a_step(), 1..30),
    ) {
        let mut fast = FastPath::new(tables.clone());
        // With a quirk every frame goes through all stages; without, most go by their rows.
        let mut quirky = FastPath::with_quirk(tables.clone(), Planted::Nothing);
        let mut batched = by_every_kernel(&tables);
        let mut reference = ReferenceSwitch::new(tables);
        let mut now = SimTime::ZERO;
        for step in steps {
            let (after, frames) = match step {
                Step::Frames(after, frames) => (after, frames),
                Step::Aimed(after, probes) => (after, probes.iter().map(|probe| aim(&reference.tables, probe)).collect()),
                Step::Set(..) | Step::Repolice(..) | Step::Claim(..) => {
                    let Some((id, service)) = remade(&reference.tables, &step) else { continue };
                    fast.set(id, service.clone());
                    quirky.set(id, service.clone());
                    for fast in &mut batched {
                        fast.set(id, service.clone());
                    }
                    reference.set(id, service);
                    continue;
                }
                Step::Remove(id) => {
                    fast.remove(ServiceId(id));
                    quirky.remove(ServiceId(id));
                    for fast in &mut batched {
                        fast.remove(ServiceId(id));
                    }
                    reference.remove(ServiceId(id));
                    continue;
                }
                Step::Down(port) => {
                    fast.flush_port(PortNo(port));
                    quirky.flush_port(PortNo(port));
                    batched.iter_mut().for_each(|fast| fast.flush_port(PortNo(port)));
                    reference.flush_port(PortNo(port));
                    continue;
                }
            };
            now = now.saturating_add(SimDuration::from_nanos(after));
            let together = process(&mut quirky, now, &frames);
            for batched in &mut batched {
                prop_assert_eq!(&together, &process(batched, now, &frames), "{}", batched.kernel());
            }
            for ((port, bytes), verdict) in frames.iter().zip(together) {
                let port = PortNo(*port);
                let alone = fast.forward(port, bytes, now);
                let alone = outcome(&fast, alone, bytes);
                prop_assert_eq!(&alone, &verdict, "{:02x?}", bytes);
                prop_assert_eq!(alone, reference.receive(port, bytes, now), "{:02x?}", bytes);
                buckets_alike(&fast, &reference);
            }
            buckets_alike(&quirky, &reference);
            batched.iter().for_each(|batched| buckets_alike(batched, &reference));
            learned_alike(&fast, &reference, now);
        }
        prop_assert_eq!(fast.tables(), reference.tables.clone());
        counted_alike(&fast, &reference);
        counted_alike(&quirky, &reference);
        batched.iter().for_each(|batched| counted_alike(batched, &reference));
    }

    #[test]
    fn changes_that_were_applied_equal_tables_built_from_scratch(
        tables in some_tables(),
        changes in vec((0..5_u32, prop::option::of(a_service())), 1..20),
        probes in vec((0..6_u32, a_frame()), 40),
    ) {
        let mut changed = FastPath::new(tables);
        for (id, change) in changes {
            let before = (changed.generation(), changed.tables());
            let told = match change {
                Some(service) => changed.set(ServiceId(id), service),
                None => changed.remove(ServiceId(id)),
            };
            prop_assert_eq!(told, changed.tables() != before.1);
            prop_assert_eq!(changed.generation(), before.0 + u64::from(told));
        }
        let mut built = FastPath::new(changed.tables());
        prop_assert_eq!(built.tables(), changed.tables());
        for (port, bytes) in &probes {
            let port = PortNo(*port);
            let verdicts = (changed.forward(port, bytes, SimTime::ZERO), built.forward(port, bytes, SimTime::ZERO));
            prop_assert_eq!(outcome(&changed, verdicts.0, bytes), outcome(&built, verdicts.1, bytes));
        }
    }

    #[test]
    fn octets_outside_the_key_never_matter(tables in some_tables(), bytes in a_frame(), port in 0..6_u32, noise: u8) {
        let fast = FastPath::new(tables);
        let key = fast.classify(&bytes, PortNo(port));
        let mut other = bytes.clone();
        let tags = 4 * usize::from(key.outer.is_some());
        if let Some(priority) = other.get_mut(14).filter(|_| tags > 0) {
            // The drop-eligible bit is in the key, the priority is not.
            *priority = *priority & 0x1f | noise & 0xe0;
        }
        for octet in other.iter_mut().skip(14 + tags + 40) {
            *octet = octet.wrapping_add(noise);
        }
        let other_key = fast.classify(&other, PortNo(port));
        if other_key == key {
            prop_assert_eq!(fast.decide(&key), fast.decide(&other_key));
        }
        if key.inner.is_none() {
            prop_assert_eq!(key, other_key);
        }
    }

    #[test]
    fn no_octets_panic_any_profile_or_quirk(
        mut tables in some_tables(),
        frames in vec((0..6_u32, prop_oneof![a_frame(), vec(any::<u8>(), 0..80)]), 1..20),
    ) {
        for profile in [Profile::Strict, Profile::IeeeDefault, Profile::Ovs31, Profile::Linux612] {
            tables.profile = profile;
            for &quirk in Planted::ALL {
                let mut fast = FastPath::with_quirk(tables.clone(), quirk);
                for (port, bytes) in &frames {
                    let verdict = fast.forward(PortNo(*port), bytes, SimTime::ZERO);
                    let _ = outcome(&fast, verdict, bytes);
                }
            }
        }
    }

    #[test]
    fn classification_agrees_with_etherparse(bytes in a_frame()) {
        let key = classify(&bytes, PortNo(0));
        prop_assert_eq!(key.shape == Shape::Runt, bytes.len() < 14);
        let lax = etherparse::LaxSlicedPacket::from_ethernet(&bytes);
        prop_assert_eq!(key.shape == Shape::Runt, lax.is_err());
        let Ok(lax) = lax else { return Ok(()) };
        let outer = key.outer.map(|tag| tag.vid.get());
        if lax.stop_err.is_none() || key.shape == Shape::Whole {
            prop_assert_eq!(outer, lax.vlan_ids().first().map(|v| v.value()));
        }
        // It looks behind three tags at most.
        let deep = lax.ether_payload().is_some_and(|p| TPIDS.contains(&p.ether_type.0));
        if let (Shape::Whole, false, Some(payload)) = (key.shape, deep, lax.ether_payload()) {
            prop_assert_eq!(key.ethertype.0, payload.ether_type.0);
            if lax.link_exts.is_empty() || key.ethertype.0 >= 0x0600 {
                prop_assert_eq!(key.payload as usize, payload.payload.len());
            }
            let icmp = matches!(lax.net, Some(etherparse::LaxNetSlice::Ipv4(ref ip)) if ip.header().protocol().0 == 1);
            if icmp {
                prop_assert_eq!(key.class, Class::Icmp);
            }
            if matches!(lax.net, Some(etherparse::LaxNetSlice::Arp(_))) {
                prop_assert_eq!(key.class, Class::Arp);
            }
        }
    }

    #[test]
    fn a_policer_is_exact_against_wide_arithmetic(
        rate in 0..200_000_000_000_u64,
        burst in 0..5_000_u64,
        frames in vec((0..4_000_u64, 60..1_518_u32), 1..200),
    ) {
        let policer = Policer::single(BitRate::from_bps(rate), ByteCount::new(burst), Octets::L1);
        let mut bucket = trunklab::forward::Bucket::default();
        let (mut now, mut left) = (0, u128::from(burst) * 8_000_000_000);
        for (gap, octets) in frames {
            now += gap;
            left = (left + u128::from(rate) * u128::from(gap)).min(u128::from(burst) * 8_000_000_000);
            let cost = u128::from(octets + 24) * 8_000_000_000;
            let passes = cost <= left;
            left -= if passes { cost } else { 0 };
            prop_assert_eq!(bucket.passes(&policer, octets, octets - 14, SimTime::from_nanos(now)), passes);
            prop_assert_eq!(u128::from(bucket.spent()) + left, u128::from(burst) * 8_000_000_000);
        }
    }

    #[test]
    fn constant_overload_passes_the_count_that_arithmetic_says(
        mbps in 1..1_000_u64, octets in 60..1_518_u32, frames_deep in 2..50_u64, interval in 1..400_u64, frames in 1..400_u64,
    ) {
        let policer = Policer::single(BitRate::from_mbps(mbps), ByteCount::new(frames_deep * u64::from(octets + 4)), Octets::L2Fcs);
        let cost = u128::from(octets + 4) * 8_000_000_000;
        let gain = u128::from(mbps) * 1_000_000 * u128::from(interval);
        prop_assume!(gain < cost);
        let mut bucket = trunklab::forward::Bucket::default();
        let pass = |n: u64| bucket.passes(&policer, octets, 46, SimTime::from_nanos(n * interval));
        let passed = (0..frames).map(pass).filter(|passed| *passed).count();
        let earned = (u128::from(frames_deep) * cost + gain * u128::from(frames - 1)) / cost;
        prop_assert_eq!(passed as u128, earned.min(u128::from(frames)));
    }
}

/// Every TCI behind every TPID at every role of port, by a closed form.
#[test]
fn every_tci_at_every_role_meets_the_verdict_of_the_rules() {
    for role in ROLES {
        for native in [Untagged::Drop, Untagged::Native(vid(10))] {
            let fast = sweep_switch(role, native);
            for tpid in [0x8100, 0x88a8, 0x9100, 0x9200] {
                let mut bytes = Frame::ethernet(MacAddr::local(1, 1), MacAddr::local(1, 2), EtherType(tpid), &[0; 46])
                    .bytes()
                    .to_vec();
                for tci in 0..=u16::MAX {
                    bytes[14..16].copy_from_slice(&tci.to_be_bytes());
                    let decision = fast.decide(&fast.classify(&bytes, PortNo(0)));
                    let got = match decision {
                        Decision::Drop(reason, _) => Err(reason),
                        Decision::Connect(_, end) => end.map(|(_, port, rewrite)| (port.0, rewrite.pop)),
                        Decision::Bridge(_) => panic!("a cross-connect does not learn"),
                    };
                    assert_eq!(
                        got,
                        expected(role, native, tpid, tci & 0xfff),
                        "{role:?} {native:?} {tpid:x} {tci:x}"
                    );
                }
            }
        }
    }
}

/// Port 0 under test; VID 10 or the whole port goes to port 1, VID 20 to port 2.
fn sweep_switch(role: PortRole, untagged: Untagged) -> FastPath {
    let port = |role, untagged| PortConfig {
        role,
        tpid: EtherType::CTAG,
        untagged,
        mtu: 1500,
        admit: Admission::BY_PROFILE,
    };
    let member = |port, vid| Member {
        port: PortNo(port),
        vid,
        police: None,
        arp: None,
        icmp: None,
        bound_mac: None,
        priority: PriorityMap::KEEP,
    };
    let service = |a, b| Service {
        tenant: TenantId(0),
        kind: ServiceKind::CrossConnect,
        members: vec![a, b],
    };
    let on_port_0 = |v| (role == PortRole::Trunk).then_some(vid(v));
    let mut services = BTreeMap::from([(
        ServiceId(1),
        service(member(0, on_port_0(10)), member(1, Some(vid(110)))),
    )]);
    if role == PortRole::Trunk {
        services.insert(
            ServiceId(2),
            service(member(0, Some(vid(20))), member(2, Some(vid(120)))),
        );
    }
    let trunk = || port(PortRole::Trunk, Untagged::Drop);
    FastPath::new(Tables {
        profile: Profile::Strict,
        ports: vec![port(role, untagged), trunk(), trunk()],
        services,
        ..Tables::default()
    })
}

fn expected(role: PortRole, untagged: Untagged, tpid: u16, v: u16) -> Result<(u32, bool), DropReason> {
    let ours = tpid == 0x8100;
    match role {
        PortRole::Tunnel => Ok((1, false)),
        PortRole::Routed if tpid == 0x9200 => Ok((1, false)),
        PortRole::Routed => Err(DropReason::VlanTagMismatch),
        PortRole::Access if !ours => Ok((1, false)),
        PortRole::Access if v == 0 => Ok((1, true)),
        PortRole::Access if v == 4095 => Err(DropReason::ReservedVid),
        PortRole::Access => Err(DropReason::VlanTagMismatch),
        PortRole::Trunk if !ours || v == 0 => match untagged {
            Untagged::Drop => Err(DropReason::VlanTagMismatch),
            Untagged::Native(_) => Ok((1, ours)),
        },
        PortRole::Trunk => match v {
            10 => Ok((1, true)),
            20 => Ok((2, true)),
            4095 => Err(DropReason::ReservedVid),
            _ => Err(DropReason::UnknownVid),
        },
    }
}

#[test]
fn a_frame_cut_at_every_length_meets_the_verdict_of_the_reference_at_every_role() {
    for role in ROLES {
        for tags in [
            &[][..],
            &[10],
            &[0],
            &[0, 20],
            &[10, 20],
            &[10, 20, 30],
            &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        ] {
            let mut bytes = [MacAddr::local(1, 1).0, MacAddr::local(1, 2).0].concat();
            for v in tags {
                bytes.extend([0x81, 0x00, 0x50, *v]);
            }
            bytes.extend([0x08, 0x00]);
            bytes.extend([0x45; 46]);
            let mut fast = sweep_switch(role, Untagged::Native(vid(10)));
            let mut reference = ReferenceSwitch::new(fast.tables());
            for cut in 0..=bytes.len() {
                let bytes = &bytes[..cut];
                let verdict = fast.forward(PortNo(0), bytes, SimTime::ZERO);
                let expected = reference.receive(PortNo(0), bytes, SimTime::ZERO);
                assert_eq!(outcome(&fast, verdict, bytes), expected, "{role:?} {tags:?} {cut}");
            }
            counted_alike(&fast, &reference);
        }
    }
}

/// A suite that notices no fault proves nothing: the same random tables and frames that find the
/// exact switch without fault must find each planted one.
#[test]
fn every_planted_fault_is_noticed_by_the_reference() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = (some_tables(), vec((0..5_u32, a_frame()), 40));
    let mut unnoticed: Vec<_> = Planted::ALL
        .iter()
        // No frame that is drawn here has LLC and SNAP: the tests of the mutants have.
        .filter(|fault| !matches!(fault, Planted::Nothing | Planted::TagBehindSnap))
        .collect();
    for _ in 0..2_000 {
        let (tables, frames) = strategy.new_tree(&mut runner).expect("nothing is rejected").current();
        unnoticed.retain(|fault| {
            let mut fast = FastPath::with_quirk(tables.clone(), **fault);
            let mut reference = ReferenceSwitch::new(tables.clone());
            frames.iter().all(|(port, bytes)| {
                let verdict = fast.forward(PortNo(*port), bytes, SimTime::ZERO);
                outcome(&fast, verdict, bytes) == reference.receive(PortNo(*port), bytes, SimTime::ZERO)
            })
        });
        if unnoticed.is_empty() {
            return;
        }
    }
    panic!("nothing notices {unnoticed:?}");
}
