//! What faults do to a run, and how the control plane hears of it.

use super::*;
use crate::control::{Commands, Controller, NoController};
use crate::evidence::NodeChange;
use crate::ident::{LinkId, Station, StationId};
use crate::node::{LinkChange, LinkWay};

fn at(us: u64, change: LinkChange) -> (SimTime, Command) {
    (SimTime::from_micros(us), Command::Link(LinkId(1), change))
}

const SECOND: SimTime = SimTime::from_secs(1);

#[test]
fn a_cut_loses_what_is_on_its_way_and_what_is_offered() {
    // Frame 0 is on the second link from 10.992 us to 21.984 us.
    let faults = vec![
        at(20, LinkChange::Cut(LinkWay::Both)),
        at(250, LinkChange::Restore(LinkWay::Both)),
    ];
    let out = run(chain(5, false), SECOND, faults);
    let flow = out.observer.flow(FlowId(0)).unwrap();
    // Frames 0, 1 and 2 are lost; 3 and 4 arrive.
    assert_eq!((flow.forward.arrived.frames, flow.forward.lost()), (2, 3));
    let lost: Vec<_> = out
        .observer
        .exceptions()
        .all()
        .iter()
        .map(|e| (e.at, e.trace.seq))
        .collect();
    assert_eq!(lost[0], (SimTime::from_micros(20), 0));
    assert!(
        out.observer
            .cells()
            .iter()
            .any(|(k, c)| k.station == StationId::link(LinkId(1))
                && k.fate == Fate::Dropped(DropReason::LinkDown)
                && c.frames == 3)
    );
}

#[test]
fn both_ends_hear_of_a_full_cut_and_none_of_half_a_one() {
    let carrier = |faults| {
        let out = run(chain(1, false), SECOND, faults);
        let Toy::Pipe { carrier } = &out.nodes[1].1 else {
            panic!("the second node is the pipe")
        };
        carrier.clone()
    };
    let us = SimTime::from_micros;
    assert_eq!(
        carrier(vec![
            at(5, LinkChange::Cut(LinkWay::Both)),
            at(6, LinkChange::Cut(LinkWay::Both)),
            at(9, LinkChange::Restore(LinkWay::Both))
        ]),
        [(us(5), PortNo(1), false), (us(9), PortNo(1), true)]
    );
    assert_eq!(
        carrier(vec![
            at(5, LinkChange::Cut(LinkWay::AToB)),
            at(9, LinkChange::Restore(LinkWay::AToB))
        ]),
        []
    );
}

#[test]
fn half_a_cut_passes_the_other_way() {
    let out = run(chain(10, true), SECOND, vec![at(0, LinkChange::Cut(LinkWay::BToA))]);
    let flow = out.observer.flow(FlowId(0)).unwrap();
    assert_eq!((flow.forward.arrived.frames, flow.answers.arrived.frames), (10, 0));
    assert_eq!(flow.answers.lost(), 10);
}

#[test]
fn loss_is_within_its_exact_binomial_bound_and_apart_from_other_streams() {
    let lost = |with_duplicates: bool| {
        let mut faults = vec![at(0, LinkChange::Loss(LinkWay::AToB, 100_000_000))];
        if with_duplicates {
            faults.push(at(0, LinkChange::Duplicate(LinkWay::BToA, 500_000_000)));
        }
        let out = run(chain(2_000, true), SECOND, faults);
        out.observer.flow(FlowId(0)).unwrap().forward.lost()
    };
    // Binomial(2000, 0.1): 140 to 262 holds all but less than 1e-5 of its mass.
    assert!((140..=262).contains(&lost(false)), "{}", lost(false));
    assert_eq!(lost(false), lost(true));
}

#[test]
fn a_duplicate_is_a_child_and_is_noticed_as_one() {
    let out = run(
        chain(10, false),
        SECOND,
        vec![at(0, LinkChange::Duplicate(LinkWay::Both, 1_000_000_000))],
    );
    let flow = out.observer.flow(FlowId(0)).unwrap();
    assert_eq!((flow.forward.arrived.frames, flow.forward.duplicated), (20, 10));
    let account = out.observer.tenant(TenantId(0));
    assert_eq!((account.offered.frames, account.copied.frames), (10, 10));
    assert!(account.balances());
}

#[test]
fn a_frame_its_double_its_answer_and_the_answer_to_the_double_draw_each_for_themselves() {
    let half = 500_000_000;
    let faults = vec![
        (
            SimTime::ZERO,
            Command::Link(LinkId(0), LinkChange::Duplicate(LinkWay::AToB, 1_000_000_000)),
        ),
        at(0, LinkChange::Loss(LinkWay::Both, half)),
    ];
    let mut world = World::new(chain(200, true), Fates::default()).unwrap();
    world.run(SECOND, &mut Schedule::new(faults));
    let Fates(lost) = world.finish().observer;
    let kinds: std::collections::BTreeSet<(Lineage, u32)> =
        lost.keys().map(|(_, lineage, doubled)| (*lineage, *doubled)).collect();
    let kinds: Vec<_> = kinds.into_iter().collect();
    assert_eq!(kinds.len(), 4, "{kinds:?}");
    for (i, a) in kinds.iter().enumerate() {
        for b in &kinds[..i] {
            let of = |seq, kind: &(Lineage, u32)| lost.get(&(seq, kind.0, kind.1));
            let both: Vec<_> = (0..200).filter_map(|seq| of(seq, a).zip(of(seq, b))).collect();
            let alike = both.iter().filter(|(a, b)| a == b).count();
            assert!(both.len() > 20, "{a:?} and {b:?} are both of {} frames", both.len());
            assert!(
                alike > 0 && alike < both.len(),
                "{a:?} and {b:?}: {alike} of {}",
                both.len()
            );
        }
    }
}

/// Whether each frame copy was lost by chance: its number, how it came to be, and of which double.
#[derive(Default)]
struct Fates(std::collections::BTreeMap<(u64, Lineage, u32), bool>);

impl crate::evidence::Observer for Fates {
    fn settled(&mut self, _: SimTime, _: Station, trace: &crate::evidence::Trace, fate: Fate, _: &Frame) {
        let copy = (trace.seq, trace.lineage, trace.doubled);
        self.0.insert(copy, fate == Fate::Dropped(DropReason::LinkLoss));
    }
}

#[test]
fn a_corrupt_frame_ends_at_the_link_with_one_bit_flipped() {
    let out = run(
        chain(3, false),
        SECOND,
        vec![at(0, LinkChange::Corrupt(LinkWay::Both, 1_000_000_000))],
    );
    let kept = out.observer.exceptions().all();
    assert_eq!(kept.len(), 3);
    for e in kept {
        assert_eq!(e.kind.fate, Fate::Dropped(DropReason::BadFcs));
        let flipped: u32 = e
            .octets
            .iter()
            .zip(frame(100).bytes())
            .map(|(a, b)| (a ^ b).count_ones())
            .sum();
        assert_eq!(flipped, 1);
    }
}

#[test]
fn what_control_does_at_an_instant_comes_before_the_frames_of_that_instant() {
    // Frame 0 would arrive at the sink at exactly this time.
    let when = SimTime::from_nanos(21_984);
    let cut = Command::Link(LinkId(1), LinkChange::Cut(LinkWay::Both));
    let out = run(chain(1, false), SECOND, vec![(when, cut)]);
    assert_eq!(out.observer.flow(FlowId(0)).unwrap().forward.lost(), 1);
}

/// Says that it changed with every frame; counts the changes of its tables.
#[derive(Default)]
struct Talker {
    applied: Vec<SimTime>,
}

impl Node for Talker {
    fn receive(&mut self, _: PortNo, packet: Packet, _: SimTime, out: &mut Outbox) {
        out.drop(packet, DropReason::NoListener);
    }
    fn timeout(&mut self, _: SimTime, out: &mut Outbox) {
        out.changed(NodeChange::Health {
            tenant: TenantId(0),
            healthy: false,
        });
    }
    fn next_timeout(&self) -> Option<SimTime> {
        // Never content: only the driver's own progress ends this.
        self.applied.is_empty().then_some(SimTime::from_nanos(5))
    }
    fn apply(&mut self, _: &Change, now: SimTime, _: &mut Outbox) {
        self.applied.push(now);
    }
}

#[derive(Default)]
struct Reactor(Option<SimTime>);

impl Controller for Reactor {
    fn next(&self) -> Option<SimTime> {
        self.0
    }
    fn act(&mut self, _: SimTime, commands: &mut Commands) {
        self.0 = None;
        commands.node(
            NodeId(0),
            Change::Carrier {
                port: PortNo(0),
                up: true,
            },
        );
    }
    fn noticed(&mut self, now: SimTime, _: NodeId, _: NodeChange) {
        self.0 = Some(now.saturating_add(self.reaction()));
    }
}

#[test]
fn a_reaction_takes_a_nanosecond() {
    let setup = Setup {
        seed: 0,
        nodes: vec![("talker".to_owned(), Talker::default())],
        links: vec![],
        tenants: vec![],
        flows: Vec::new(),
    };
    let mut world = World::new(setup, Evidence::new(1, vec![])).unwrap();
    world.run(SECOND, &mut Reactor::default());
    let out = world.finish();
    assert_eq!(out.nodes[0].1.applied, [SimTime::from_nanos(6)]);
    assert_eq!(out.observer.changes().len(), 1);
}

#[test]
fn a_node_that_always_wants_to_wake_does_not_stop_time() {
    let setup = Setup {
        seed: 0,
        nodes: vec![("talker".to_owned(), Talker::default())],
        links: vec![],
        tenants: vec![],
        flows: Vec::new(),
    };
    let mut world = World::new(setup, Evidence::new(1, vec![])).unwrap();
    world.run(SimTime::from_nanos(1_004), &mut NoController);
    assert_eq!(world.finish().stats.events, 1_000);
}
