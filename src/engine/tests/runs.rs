//! What must hold of every run: determinism, order, conservation, exact arithmetic.

use proptest::prelude::*;

use super::*;
use crate::control::NoController;
use crate::evidence::{NodeChange, Observer, Trace};
use crate::ident::{Lane, LinkId, Station, StationId};
use crate::node::{LinkChange, LinkWay};

const SECOND: SimTime = SimTime::from_secs(1);

#[test]
fn the_same_plan_and_seed_give_the_same_digest() {
    let digests: Vec<u64> = (0..3).map(|_| run(chain(100, true), SECOND, vec![]).digest).collect();
    assert_ne!(digests[0], 0);
    assert_eq!(digests[0], digests[1]);
    assert_eq!(digests[1], digests[2]);
}

#[test]
fn one_frame_less_is_another_digest() {
    assert_ne!(
        run(chain(100, true), SECOND, vec![]).digest,
        run(chain(99, true), SECOND, vec![]).digest
    );
}

#[test]
fn an_idle_node_more_changes_nothing_in_the_digest() {
    let mut setup = chain(100, true);
    setup.nodes.push(("a-idle".into(), Toy::Idle));
    setup.nodes.push(("z-idle".into(), Toy::Idle));
    setup.links.push(link("bare", (3, 0), (4, 0)));
    assert_eq!(
        run(setup, SECOND, vec![]).digest,
        run(chain(100, true), SECOND, vec![]).digest
    );
}

#[test]
fn the_order_of_insertion_does_not_matter() {
    let straight = chain(100, true);
    let mut shuffled = chain(100, true);
    shuffled.nodes.rotate_left(1); // pipe 0, sink 1, source 2
    shuffled.links = vec![link("second", (0, 1), (1, 0)), link("first", (2, 0), (0, 0))];
    let (a, b) = (run(straight, SECOND, vec![]), run(shuffled, SECOND, vec![]));
    assert_eq!(a.digest, b.digest);
    assert_eq!(a.observer.cells(), b.observer.cells());
}

#[test]
fn a_run_in_pieces_is_the_run_in_one() {
    let mut world = World::new(chain(100, true), evidence()).unwrap();
    for end in (0..=1_000_000_000).step_by(77_777_777) {
        world.run(SimTime::from_nanos(end), &mut NoController);
    }
    world.run(SECOND, &mut NoController);
    assert_eq!(world.finish().digest, run(chain(100, true), SECOND, vec![]).digest);
}

#[test]
fn without_a_digest_the_account_is_the_same() {
    let mut world = World::new(chain(100, true), evidence()).unwrap().with_digest(false);
    world.run(SECOND, &mut NoController);
    let out = world.finish();
    assert_eq!(out.digest, 0);
    assert_eq!(
        out.observer.cells(),
        run(chain(100, true), SECOND, vec![]).observer.cells()
    );
}

#[test]
fn a_frame_takes_its_wire_time_and_delay_on_every_link() {
    let out = run(chain(1, false), SECOND, vec![]);
    let Toy::Sink { times, .. } = &out.nodes[2].1 else {
        panic!("the third node is the sink")
    };
    // 100 octets and 24 of preamble, FCS and gap: 992 ns at 1 Gbit/s; 10 us of delay; twice.
    assert_eq!(times, &[SimTime::from_nanos(2 * (992 + 10_000))]);
    assert_eq!(out.stats.hops, 2);
}

#[test]
fn what_is_answered_comes_home() {
    let out = run(chain(50, true), SECOND, vec![]);
    let flow = out.observer.flow(FlowId(0)).unwrap();
    assert_eq!((flow.forward.sent.frames, flow.forward.arrived.frames), (50, 50));
    assert_eq!((flow.answers.sent.frames, flow.answers.arrived.frames), (50, 50));
    assert_eq!((flow.forward.lost(), flow.answers.lost()), (0, 0));
    assert!(matches!(out.nodes[0].1, Toy::Source { answers: 50, .. }));
}

#[test]
fn frames_under_way_at_the_end_are_counted_as_held() {
    let out = run(chain(10, false), SimTime::from_nanos(5_000), vec![]);
    let account = out.observer.tenant(TenantId(0));
    assert_eq!((account.offered.frames, account.held.frames), (1, 1));
    assert!(account.balances());
    assert_eq!(out.stats.held, 1);
}

#[test]
fn a_month_of_silence_costs_no_events() {
    let mut setup = chain(2, false);
    setup.nodes[0].1 = Toy::source(0, SimDuration::from_secs(30 * 86_400), 2);
    let out = run(setup, SimTime::from_secs(31 * 86_400), vec![]);
    assert_eq!(out.observer.flow(FlowId(0)).unwrap().forward.arrived.frames, 2);
    assert_eq!(out.stats.events, 2 + 4);
}

#[test]
fn a_port_without_a_link_drops() {
    let mut setup = chain(1, false);
    setup.links.pop();
    let out = run(setup, SECOND, vec![]);
    let (key, count) = out.observer.cells()[0];
    assert_eq!(key.fate, Fate::Dropped(DropReason::PortListIsEmpty));
    assert_eq!((key.station, count.frames), (StationId::node(NodeId(1)), 1));
}

#[test]
fn a_link_that_has_carried_nothing_fits_in_96_octets_with_its_name_and_ends() {
    let octets = size_of::<super::super::world::HeldLink>();
    assert!(octets <= 96, "{octets}");
}

#[test]
fn names_and_ports_that_collide_are_refused() {
    let world = |setup| World::new(setup, evidence()).err();
    let mut setup = chain(1, false);
    setup.nodes[1].0 = "a-source".into();
    assert_eq!(world(setup), Some(SetupError::TwoNodes("a-source".into())));
    let mut setup = chain(1, false);
    setup.links[1].name = "first".into();
    assert_eq!(world(setup), Some(SetupError::TwoLinks("first".into())));
    let mut setup = chain(1, false);
    setup.links[1].a.1 = PortNo(0);
    assert_eq!(world(setup), Some(SetupError::PortTaken("b-pipe".into(), 0)));
    let mut setup = chain(1, false);
    setup.links[1].a.1 = PortNo(4_000_000_000);
    assert_eq!(
        world(setup),
        Some(SetupError::PortTooHigh("b-pipe".into(), 4_000_000_000))
    );
    let mut setup = chain(1, false);
    setup.links[1].a.0 = NodeId(3);
    assert_eq!(world(setup), Some(SetupError::NoSuchNode("second".into())));
}

/// Fails where it hears of a time before one that it has heard of.
#[derive(Default)]
struct Forward(SimTime);

impl Forward {
    fn hear(&mut self, at: SimTime) {
        assert!(at >= self.0, "time went back");
        self.0 = at;
    }
}

impl Observer for Forward {
    fn offered(&mut self, at: SimTime, _: Station, _: &Trace, _: u32) {
        self.hear(at);
    }
    fn copied(&mut self, at: SimTime, _: Station, _: &Trace, _: u32) {
        self.hear(at);
    }
    fn settled(&mut self, at: SimTime, _: Station, _: &Trace, _: Fate, _: &Frame) {
        self.hear(at);
    }
    fn sent(&mut self, at: SimTime, _: NodeId, _: PortNo, _: Lane, _: &Trace, _: &Frame) {
        self.hear(at);
    }
    fn arrived(&mut self, at: SimTime, _: NodeId, _: PortNo, _: &Trace, _: &Frame) {
        self.hear(at);
    }
    fn changed(&mut self, at: SimTime, _: NodeId, _: NodeChange) {
        self.hear(at);
    }
    fn held(&mut self, at: SimTime, _: Station, _: &Trace, _: u32) {
        self.hear(at);
    }
}

/// A ring of wild nodes with chords, and a source at every node.
fn wilderness(seed: u64, size: u32, chords: &[(u32, u32)], rate: u64, delay: u64) -> Setup<Toy> {
    let mut ends: Vec<(u32, u32)> = (0..size).map(|i| (i, (i + 1) % size)).collect();
    ends.extend(chords.iter().map(|(a, b)| (a % size, b % size)));
    let mut ports = vec![1; size as usize];
    let mut take = |node: u32| {
        ports[node as usize] += 1;
        ports[node as usize] - 1
    };
    let mut links: Vec<LinkSetup> = ends
        .iter()
        .enumerate()
        .map(|(i, &(a, b))| {
            let mut link = link(&format!("link-{i}"), (a, take(a)), (b, take(b)));
            link.config.rate = BitRate::from_bps(rate);
            link.config.delay = SimDuration::from_nanos(delay);
            link.config.queue = ByteCount::new(500);
            link
        })
        .collect();
    links.extend((0..size).map(|i| link(&format!("source-{i}"), (i, 0), (size + i, 0))));
    let wild = (0..size).map(|i| {
        let name = format!("wild-{i:02}");
        let toy = Toy::wild(seed, &name, ports[i as usize]);
        (name, toy)
    });
    let sources = (0..size).map(|i| {
        let toy = Toy::source(i, SimDuration::from_nanos(2_000 + 37 * u64::from(i)), 40);
        (format!("source-{i:02}"), toy)
    });
    Setup {
        seed,
        nodes: wild.chain(sources).collect(),
        links,
        tenants: (0..size).map(|i| format!("tenant-{i}")).collect(),
        flows: Vec::new(),
    }
}

fn change() -> impl Strategy<Value = LinkChange> {
    let way = prop_oneof![Just(LinkWay::AToB), Just(LinkWay::BToA), Just(LinkWay::Both)];
    (way, 0..5u8, 0..1_000_000_000u32).prop_map(|(way, what, ppb)| match what {
        0 => LinkChange::Cut(way),
        1 => LinkChange::Restore(way),
        2 => LinkChange::Loss(way, ppb),
        3 => LinkChange::Corrupt(way, ppb),
        _ => LinkChange::Duplicate(way, ppb),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_frame_is_settled_or_held_whatever_goes_wrong(
        seed: u64,
        size in 2..7u32,
        chords in proptest::collection::vec((0..7u32, 0..7u32), 0..5),
        rate in prop_oneof![1_000_000..20_000_000_000u64, Just(0), Just(u64::MAX)],
        delay in prop_oneof![0..100_000u64, Just(u64::MAX)],
        faults in proptest::collection::vec((0..200_000u64, 0..9u32, change()), 0..12),
        end in 0..400_000u64,
    ) {
        let links = size + u32::try_from(chords.len()).unwrap();
        let schedule = || Schedule::new(faults.iter().map(|&(at, link, change)| {
            (SimTime::from_nanos(at), Command::Link(LinkId(link % links), change))
        }).collect());
        let mut digests = Vec::new();
        for _ in 0..2 {
            let setup = wilderness(seed, size, &chords, rate, delay);
            let observer = (Evidence::new(size as usize, vec![]), Forward::default());
            let mut world = World::new(setup, observer).unwrap();
            world.run(SimTime::from_nanos(end), &mut schedule());
            let out = world.finish();
            let evidence = out.observer.0;
            let tenants = (0..size).map(TenantId).chain([TenantId::NONE]);
            let held: u64 = tenants.map(|t| {
                assert!(evidence.tenant(t).balances(), "{:?}", evidence.tenant(t));
                evidence.tenant(t).held.frames
            }).sum();
            prop_assert_eq!(held, out.stats.held);
            digests.push(out.digest);
        }
        prop_assert_eq!(digests[0], digests[1]);
    }
}
