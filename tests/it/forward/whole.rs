//! All stages together: alone, in batches, by every kernel, through changes, and with planted faults.

use proptest::collection::vec;
use proptest::prelude::*;
use trunklab::forward::{
    Admission, Exit, FastPath, Member, Planted, PortConfig, PortRole, PriorityMap, Service, ServiceId, ServiceKind,
    Tables, Untagged,
};
use trunklab::ident::{PortNo, TenantId};
use trunklab::units::{SimDuration, SimTime};
use trunklab::wire::{EtherType, MacAddr, Vid};

use super::draw::{
    Step, a_frame, a_pause, a_probe, a_service, a_step, aim, crowded, lively_tables, remade, some_tables,
};
use super::drive::{
    buckets_alike, by_every_kernel, counted_alike, learned_alike, lying, outcome, process, process_split,
};
use super::forward_reference::ReferenceSwitch;

fn member(port: u32, vid: Option<Vid>) -> Member {
    Member {
        port: PortNo(port),
        vid,
        police: None,
        arp: None,
        icmp: None,
        bound_mac: None,
        priority: PriorityMap::KEEP,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_batch_of_any_size_does_what_two_batches_and_its_frames_one_by_one_do(
        tables in prop_oneof![lively_tables(), lively_tables().prop_map(crowded)],
        probes in vec(a_probe(), 1..12),
        rounds in vec((a_pause(), 1..512_usize, any::<u64>(), any::<prop::sample::Index>()), 1..3),
    ) {
        let probes: Vec<_> = probes.iter().map(|probe| aim(&tables, probe)).collect();
        let mut whole = by_every_kernel(&tables);
        let mut halves = by_every_kernel(&tables);
        let mut quirky = FastPath::with_quirk(tables.clone(), Planted::Nothing);
        let mut fast = FastPath::new(tables.clone());
        let mut passes = FastPath::new(tables.clone());
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
            let lie = |(port, bytes): &(u32, Vec<u8>)| lying(&mut passes, PortNo(*port), bytes, now);
            prop_assert!(frames.iter().map(lie).collect::<Vec<_>>() == expected);
            prop_assert!(process(&mut quirky, now, &frames) == expected);
            for (whole, halves) in whole.iter_mut().zip(&mut halves) {
                prop_assert!(process(whole, now, &frames) == expected, "{}", whole.kernel());
                let cut = cut.index(frames.len());
                prop_assert!(process_split(halves, now, &frames, &[cut]) == expected, "{} {cut}", halves.kernel());
            }
        }
        let all = whole.iter().chain(&halves).chain([&fast, &passes]);
        all.for_each(|fast| {
            counted_alike(fast, &reference);
            buckets_alike(fast, &reference);
        });
        counted_alike(&quirky, &reference);
        buckets_alike(&quirky, &reference);
    }
}

#[test]
fn an_exit_has_the_name_that_it_was_given_last_whatever_becomes_of_its_services() {
    let port = |role| PortConfig {
        role,
        tpid: EtherType::CTAG,
        untagged: Untagged::Drop,
        mtu: 1500,
        admit: Admission::BY_PROFILE,
    };
    let service = |vids: [u16; 2]| Service {
        tenant: TenantId(0),
        kind: ServiceKind::CrossConnect,
        members: (0..).zip(vids).map(|(port, vid)| member(port, Vid::new(vid))).collect(),
    };
    let mut fast = FastPath::new(Tables {
        ports: vec![port(PortRole::Trunk), port(PortRole::Trunk)],
        services: [(ServiceId(0), service([5, 6]))].into(),
        ..Tables::default()
    });
    let mut bytes = [MacAddr::local(7, 1).0, MacAddr::local(7, 2).0].concat();
    bytes.extend([0x81, 0, 0, 5, 0x88, 0xb5]);
    bytes.resize(60, 0);
    let exit = (PortNo(1), Vid::of_tci(6));
    let expect = |fast: &mut FastPath, name: u32| {
        assert_eq!(fast.exit_name(exit.0, exit.1), name);
        // What is told of a frame is compared with that.
        let told = process(fast, SimTime::ZERO, &[(0, bytes.clone()), (0, bytes.clone())]);
        assert!(told.iter().all(|outcome| outcome.is_ok()));
    };
    expect(&mut fast, Exit::UNNAMED);
    fast.name_exits([(exit, 17)]);
    expect(&mut fast, 17);
    fast.remove(ServiceId(0));
    fast.set(ServiceId(1), service([5, 6]));
    expect(&mut fast, 17);
    fast.name_exits([((PortNo(0), Vid::of_tci(5)), 3), (exit, Exit::UNNAMED - 1)]);
    expect(&mut fast, Exit::UNNAMED - 1);
    fast.name_exits([]);
    expect(&mut fast, Exit::UNNAMED);
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
        .chain(Planted::ROWS)
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
