//! Several workers with the same tables: no frame is lost, leaked or counted twice, also while
//! tables change under traffic.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::thread;

use proptest::collection::vec;
use proptest::prelude::*;
use trunklab::forward::{
    Admission, Excess, Exit, FastPath, Group, Member, Octets, Policer, PortConfig, PortRole, PriorityMap, Profile,
    Service, ServiceId, ServiceKind, Sink, Slots, Standing, Steering, Tables, Untagged, counters_of_all,
    unclaimed_of_all,
};
use trunklab::ident::{DropReason, PortNo, TenantId};
use trunklab::units::{BitRate, ByteCount, SimTime};
use trunklab::wire::{EtherType, Frame, MacAddr, Tag, Vid};

use crate::forward::{a_frame, outcome, some_tables};

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn workers_together_say_and_count_what_one_alone_does(
        tables in some_tables(), frames in vec((0..6_u32, a_frame(), 0..2_000_u64), 1..60), workers in 1..5_usize,
        profile in proptest::sample::select(Profile::ALL),
    ) {
        let tables = Tables { profile, ..tables };
        let mut alone = FastPath::new(tables.clone());
        let steering = Steering::new(&tables, workers);
        let mut all: Vec<_> = (0..workers).map(|_| FastPath::new(tables.clone())).collect();
        let mut now = 0;
        for (port, bytes, after) in &frames {
            now += after;
            let (port, at) = (PortNo(*port), SimTime::from_nanos(now));
            let worker = &mut all[steering.worker(port, bytes)];
            let verdict = worker.forward(port, bytes, at);
            let expected = alone.forward(port, bytes, at);
            prop_assert_eq!(outcome(worker, verdict, bytes), outcome(&alone, expected, bytes), "{:02x?}", bytes);
        }
        for id in alone.counted() {
            let (told, expected) = (counters_of_all(&all, id), alone.counters(id));
            let seen = |c: &trunklab::forward::ServiceCounters| {
                let members = c.members.iter().filter(|(_, _, m)| *m != Default::default());
                (members.cloned().collect::<Vec<_>>(), c.drops.clone())
            };
            prop_assert_eq!(seen(&told), seen(&expected));
        }
        prop_assert_eq!(unclaimed_of_all(&all), alone.unclaimed());
    }
}

const TENANTS: u16 = 200;
const FRAMES: usize = 4096;

fn vid(n: u16) -> Vid {
    Vid::new(n).unwrap()
}

/// Tenant `n`: VID `n` of port 0 to VID `there` of port 1.
fn tenant(n: u16, there: u16) -> (ServiceId, Service) {
    let police = Policer {
        excess: Some(Excess {
            rate: BitRate::from_mbps(10),
            burst: ByteCount::new(2_000),
            coupled: n.is_multiple_of(3),
            marks: n.is_multiple_of(2),
        }),
        ..Policer::single(BitRate::from_mbps(50), ByteCount::new(5_000), Octets::L2Fcs)
    };
    let member = |port, v| Member {
        port: PortNo(port),
        vid: Some(vid(v)),
        police: Some(police),
        arp: None,
        icmp: None,
        bound_mac: None,
        priority: PriorityMap::KEEP,
    };
    let service = Service {
        tenant: TenantId(u32::from(n)),
        kind: ServiceKind::CrossConnect,
        members: vec![member(0, n), member(1, there)],
    };
    (ServiceId(u32::from(n)), service)
}

fn start() -> Tables {
    let port = PortConfig {
        role: PortRole::Trunk,
        tpid: EtherType::CTAG,
        untagged: Untagged::Drop,
        mtu: 1500,
        admit: Admission::BY_PROFILE,
    };
    Tables {
        profile: Profile::Strict,
        ports: vec![port.clone(), port],
        services: (1..=TENANTS).map(|n| tenant(n, n + 1_000)).collect(),
        ..Tables::default()
    }
}

#[derive(Clone)]
enum Change {
    Set(ServiceId, Service),
    Remove(ServiceId),
}

/// Where frames went: by (port, VID) that they left by, and the tenant that the payload names.
#[derive(Default)]
struct Seen {
    left: BTreeMap<(u32, u16, u16), u64>,
    dropped: u64,
    tenants: Vec<u16>,
}

impl Sink for Seen {
    fn forward(&mut self, frame: usize, exit: Exit) {
        *self
            .left
            .entry((exit.port.0, exit.vid.get(), self.tenants[frame]))
            .or_default() += 1;
    }
    fn drop(&mut self, _: usize, _: DropReason) {
        self.dropped += 1;
    }
    fn replicate(&mut self, _: usize, _: Group) {
        panic!("a cross-connect floods nothing");
    }
}

/// A worker's frames: those of all tenants that are steered to it.
fn frames_of(worker: usize, steering: &Steering) -> (Vec<u8>, Vec<Standing>, Vec<u16>) {
    let mut memory = Vec::new();
    let (mut standing, mut tenants) = (Vec::new(), Vec::new());
    for i in 0..FRAMES {
        let n = u16::try_from(i * 7 % usize::from(TENANTS)).unwrap() + 1;
        let mut frame = Frame::ethernet(MacAddr::local(1, 1), MacAddr::local(2, 2), EtherType(0x88b5), &[0; 46]);
        frame.push_tag(Tag::ctag(vid(n)));
        if steering.worker(PortNo(0), frame.bytes()) != worker {
            continue;
        }
        let at = memory.len() + 8;
        memory.extend([0; 8]);
        memory.extend(frame.bytes());
        memory.extend([0; 64]);
        standing.push(Standing::new(u32::try_from(at).unwrap(), frame.len(), PortNo(0)).unwrap());
        tenants.push(n);
    }
    (memory, standing, tenants)
}

/// Rounds of frames on a thread of its own; changes are made between two batches as they come.
fn work(worker: usize, steering: &Steering, changes: mpsc::Receiver<Change>, rounds: usize) -> (FastPath, Seen) {
    let mut fast = FastPath::new(start());
    let (memory, standing, tenants) = frames_of(worker, steering);
    let mut seen = Seen {
        tenants,
        ..Seen::default()
    };
    let mut now = 0;
    for _ in 0..rounds {
        // The frames come anew, as they were.
        let mut memory = memory.clone();
        let mut slots = Slots::new(&mut memory, standing.clone()).unwrap();
        let mut first = 0;
        while first < slots.len() {
            let last = slots.len().min(first + 61);
            now += 50_000;
            fast.process(SimTime::from_nanos(now), &mut slots, first..last, &mut seen);
            first = last;
            match changes.try_recv() {
                Ok(Change::Set(id, service)) => drop(fast.set(id, service)),
                Ok(Change::Remove(id)) => drop(fast.remove(id)),
                Err(_) => {}
            }
        }
    }
    (fast, seen)
}

#[test]
fn tenants_come_move_and_go_under_traffic_without_touching_a_frame_of_any_other() {
    const ROUNDS: usize = 40;
    let steering = Steering::new(&start(), 2);
    // Tenants 1 to 20 are moved to and fro, 21 to 40 removed and made again; the others are not touched.
    let changes: Vec<_> = (0..300_u16)
        .map(|i| match (i % 20 + 1, i / 20 % 2) {
            (n, 0) if i % 2 == 0 => Change::Set(tenant(n, n + 2_000).0, tenant(n, n + 2_000).1),
            (n, _) if i % 2 == 0 => Change::Set(tenant(n, n + 1_000).0, tenant(n, n + 1_000).1),
            (n, 0) => Change::Remove(ServiceId(u32::from(n + 20))),
            (n, _) => Change::Set(tenant(n + 20, n + 1_020).0, tenant(n + 20, n + 1_020).1),
        })
        .collect();
    let run = |changes: &[Change]| {
        thread::scope(|scope| {
            let workers: Vec<_> = (0..2)
                .map(|worker| {
                    let (to, from) = mpsc::channel();
                    changes.iter().for_each(|change| to.send(change.clone()).unwrap());
                    let steering = &steering;
                    scope.spawn(move || work(worker, steering, from, ROUNDS))
                })
                .collect();
            let ended: Vec<_> = workers
                .into_iter()
                .map(|w| w.join().expect("no worker panics"))
                .collect();
            ended
        })
    };
    let (changed, still) = (run(&changes), run(&[]));
    let mut frames_in = 0;
    for ended in [&changed, &still] {
        for (fast, seen) in ended {
            let left: u64 = seen.left.values().sum();
            let offered = (seen.tenants.len() * ROUNDS) as u64;
            assert_eq!(left + seen.dropped, offered, "every frame is told once");
            let counted: u64 = fast.counted().iter().map(|id| fast.counters(*id).drops.frames()).sum();
            assert_eq!(
                counted + fast.unclaimed().frames(),
                seen.dropped,
                "every drop is counted once"
            );
            for (port, v, owner) in seen.left.keys() {
                assert_eq!(*port, 1);
                assert!(
                    [owner + 1_000, owner + 2_000].contains(v),
                    "a frame of {owner} left by {v}"
                );
            }
            frames_in += offered;
        }
    }
    assert_eq!(frames_in, 2 * (FRAMES * ROUNDS) as u64);
    // What was not touched went and counted as if nothing had been changed beside it.
    let workers = |ended: &[(FastPath, Seen)]| ended.iter().map(|(fast, _)| fast.clone()).collect::<Vec<_>>();
    let (changed_paths, still_paths) = (workers(&changed), workers(&still));
    for n in 41..=TENANTS {
        let id = ServiceId(u32::from(n));
        assert_eq!(
            counters_of_all(&changed_paths, id),
            counters_of_all(&still_paths, id),
            "tenant {n}"
        );
        let left = |ended: &[(FastPath, Seen)]| {
            let of = |seen: &Seen| seen.left.get(&(1, n + 1_000, n)).copied().unwrap_or(0);
            ended.iter().map(|(_, seen)| of(seen)).sum::<u64>()
        };
        assert_eq!(left(&changed), left(&still));
        assert!(left(&still) > 0);
    }
    let moved: u64 = changed
        .iter()
        .map(|(_, seen)| {
            seen.left
                .iter()
                .filter(|((_, v, _), _)| *v > 2_000)
                .map(|(_, n)| n)
                .sum::<u64>()
        })
        .sum();
    assert!(moved > 0, "some frames took the changed way");
    assert!(
        unclaimed_of_all(&changed_paths).of(DropReason::UnknownVid).frames > 0,
        "removed tenants' frames went nowhere"
    );
}

#[test]
fn a_decision_for_a_service_that_went_is_a_drop_even_where_another_took_its_place() {
    let mut fast = FastPath::new(start());
    let mut frame = Frame::ethernet(MacAddr::local(1, 1), MacAddr::local(2, 2), EtherType(0x88b5), &[0; 46]);
    frame.push_tag(Tag::ctag(vid(7)));
    let key = fast.classify(frame.bytes(), PortNo(0));
    let decision = fast.decide(&key);
    assert!(fast.remove(ServiceId(7)));
    // The index of tenant 7 is used again by a stranger.
    let (id, service) = tenant(999, 1_999);
    assert!(fast.set(id, service));
    let verdict = fast.charge(&key, decision, SimTime::ZERO);
    assert_eq!(verdict, trunklab::forward::FrameVerdict::Drop(DropReason::UnknownVid));
    assert_eq!(
        fast.counters(id)
            .members
            .iter()
            .map(|(_, _, m)| m.received.frames)
            .sum::<u64>(),
        0
    );
    assert_eq!(fast.unclaimed().of(DropReason::UnknownVid).frames, 1);
}
