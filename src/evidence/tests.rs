use super::*;
use crate::ident::{
    Direction, DropReason, Fate, FlowId, Lane, LinkId, NodeId, Origin, PortNo, Station, StationId, TenantId,
};
use crate::units::{SimDuration, SimTime};
use crate::wire::{Frame, Tag, Vid};

const HOME: NodeId = NodeId(0);
const AWAY: NodeId = NodeId(1);

fn trace(seq: u64, lineage: Lineage) -> Trace {
    Trace {
        tenant: TenantId(0),
        origin: Origin::Flow(FlowId(0)),
        flow: FlowId(0),
        seq,
        lineage,
        doubled: 0,
    }
}

fn of_tenant(tenant: TenantId) -> Trace {
    Trace {
        tenant,
        flow: FlowId::NONE,
        ..trace(0, Lineage::Root)
    }
}

fn frame() -> Frame {
    Frame::from_octets(&[0; 100])
}

fn ms(millis: u64) -> SimTime {
    SimTime::from_millis(millis)
}

fn evidence() -> Evidence {
    Evidence::new(
        2,
        vec![FlowEnds {
            from: HOME,
            to: AWAY,
            direction: Direction::Up,
        }],
    )
}

/// Hears these numbers arrive, one a millisecond.
fn heard(seqs: impl IntoIterator<Item = u64>) -> Passage {
    let mut e = evidence();
    for (i, seq) in seqs.into_iter().enumerate() {
        let t = trace(seq, Lineage::Root);
        e.settled(ms(i as u64), Station::Node(AWAY), &t, Fate::Delivered, &frame());
    }
    e.flow(FlowId(0)).unwrap().forward.clone()
}

#[test]
fn numbers_in_order_are_neither_duplicated_nor_reordered() {
    let p = heard(0..1_000);
    assert_eq!(
        (p.arrived.frames, p.duplicated, p.reordered, p.next_seq),
        (1_000, 0, 0, 1_000)
    );
    assert_eq!(p.arrived.octets, 100_000);
}

#[test]
fn a_number_that_comes_late_is_reordered_once() {
    let p = heard([0, 2, 3, 1, 4]);
    assert_eq!((p.duplicated, p.reordered, p.next_seq), (0, 1, 5));
}

#[test]
fn a_number_that_comes_again_is_duplicated() {
    let p = heard([0, 0, 1, 2, 0, 255, 0, 255]);
    assert_eq!((p.arrived_once(), p.duplicated, p.reordered), (4, 4, 0));
}

#[test]
fn far_behind_the_window_a_duplicate_cannot_be_told() {
    let p = heard([0, 256, 0]);
    assert_eq!((p.duplicated, p.reordered, p.beyond_window), (0, 1, 1));
    let p = heard([0, 255, 0]);
    assert_eq!((p.duplicated, p.reordered, p.beyond_window), (1, 0, 0));
}

#[test]
fn the_window_agrees_with_a_set_of_all_numbers() {
    let mut stream = crate::ident::Stream::new(3, "window", "test");
    let mut top = 0;
    let seqs: Vec<u64> = (0..5_000)
        .map(|_| {
            top += stream.below(3) + 200 * u64::from(stream.below(100) == 0);
            top.saturating_sub(stream.below(200))
        })
        .collect();
    let (mut seen, mut duplicated, mut reordered, mut next) = (std::collections::BTreeSet::new(), 0, 0, 0);
    for &seq in &seqs {
        if !seen.insert(seq) {
            duplicated += 1;
        } else if seq < next {
            reordered += 1;
        }
        next = next.max(seq + 1);
    }
    let p = heard(seqs);
    assert_eq!(
        (p.duplicated, p.reordered, p.next_seq, p.beyond_window),
        (duplicated, reordered, next, 0)
    );
    assert!(duplicated > 100 && reordered > 100);
}

#[test]
fn the_longest_gap_is_the_first_of_equal_ones() {
    let mut e = evidence();
    for at in [0, 1, 5, 6, 10, 11] {
        let t = trace(at, Lineage::Root);
        e.settled(ms(at), Station::Node(AWAY), &t, Fate::Delivered, &frame());
    }
    let p = &e.flow(FlowId(0)).unwrap().forward;
    let gap = p.longest_gap.unwrap();
    assert_eq!((gap.from, gap.to), (ms(1), ms(5)));
    assert_eq!(gap.length(), SimDuration::from_millis(4));
    assert_eq!((p.first_arrival, p.last_arrival), (Some(ms(0)), Some(ms(11))));
}

#[test]
fn lost_is_what_was_sent_and_neither_arrived_nor_is_under_way() {
    let mut e = evidence();
    for seq in 0..10 {
        e.offered(ms(seq), Station::Node(HOME), &trace(seq, Lineage::Root), 100);
    }
    for seq in 0..6 {
        let t = trace(seq, Lineage::Root);
        e.settled(ms(20), Station::Node(AWAY), &t, Fate::Consumed, &frame());
    }
    let dropped = Fate::Dropped(DropReason::LinkLoss);
    e.settled(
        ms(20),
        Station::Lane(Lane::of(0)),
        &trace(6, Lineage::Root),
        dropped,
        &frame(),
    );
    e.held(ms(30), Station::Lane(Lane::of(0)), &trace(7, Lineage::Root), 100);
    let p = &e.flow(FlowId(0)).unwrap().forward;
    assert_eq!((p.sent.frames, p.arrived.frames, p.held, p.lost()), (10, 6, 1, 3));
    assert_eq!((p.first_sent, p.last_sent), (Some(ms(0)), Some(ms(9))));
}

#[test]
fn copies_count_where_they_end_and_what_ends_elsewhere_is_astray() {
    let mut e = evidence();
    let mut take = |node, lineage| {
        e.settled(
            ms(0),
            Station::Node(node),
            &trace(0, lineage),
            Fate::Delivered,
            &frame(),
        );
    };
    take(AWAY, Lineage::Root);
    take(AWAY, Lineage::Copy);
    take(HOME, Lineage::Reply);
    take(HOME, Lineage::ReplyCopy);
    // A copy of a question that comes back to who asked is no answer.
    take(HOME, Lineage::Copy);
    take(NodeId(7), Lineage::Copy);
    take(HOME, Lineage::Root);
    take(AWAY, Lineage::Reply);
    let f = e.flow(FlowId(0)).unwrap();
    assert_eq!((f.forward.arrived.frames, f.forward.duplicated), (2, 1));
    assert_eq!((f.answers.arrived.frames, f.answers.duplicated), (2, 1));
    assert_eq!(f.astray, 4);
}

#[test]
fn copies_that_come_behind_the_window_are_duplicates_and_never_more_than_was_sent() {
    let mut e = evidence();
    for seq in 0..300 {
        e.offered(ms(seq), Station::Node(HOME), &trace(seq, Lineage::Root), 100);
    }
    let mut take = |seq, lineage| {
        let station = Station::Node(AWAY);
        e.settled(ms(400), station, &trace(seq, lineage), Fate::Delivered, &frame());
    };
    take(0, Lineage::Root);
    take(299, Lineage::Root);
    (0..20).for_each(|seq| take(seq, Lineage::Copy));
    let forward = &e.flow(FlowId(0)).unwrap().forward;
    assert_eq!(
        (forward.arrived_once(), forward.duplicated, forward.beyond_window),
        (2, 20, 0)
    );
    assert_eq!(forward.lost(), 298);
}

#[test]
fn cells_are_apart_by_tenant_fate_station_and_epoch() {
    let mut e = evidence();
    let here = Station::Node(HOME);
    let fates = [Fate::Delivered, Fate::Dropped(DropReason::OverRate)];
    for round in 0..2 {
        for tenant in [TenantId(0), TenantId(1), TenantId::NONE] {
            for fate in fates {
                e.settled(ms(0), here, &of_tenant(tenant), fate, &frame());
                e.settled(ms(0), here, &of_tenant(tenant), fate, &frame());
            }
            if round == 0 && tenant == TenantId(1) {
                e.epoch(ms(1), tenant);
            }
        }
    }
    let cells = e.cells();
    assert_eq!(cells.len(), 2 * (1 + 2 + 1));
    assert!(cells.is_sorted());
    let key = CellKey {
        tenant: TenantId(1),
        fate: Fate::Delivered,
        station: here.id(),
        epoch: 1,
        of_flow: false,
        direction: Direction::Neither,
    };
    assert_eq!(e.cell(&key), Count { frames: 2, octets: 200 });
    assert_eq!(
        e.epochs(),
        [EpochStart {
            at: ms(1),
            tenant: TenantId(1),
            epoch: 1
        }]
    );
    let total: Count = cells.iter().map(|(_, c)| *c).sum();
    assert_eq!(total.frames, 24);
}

#[test]
fn the_account_does_not_grow_with_the_number_of_frames() {
    let size_after = |frames: u64| {
        let mut e = evidence();
        let here = Station::Node(AWAY);
        for seq in 0..frames {
            let t = trace(seq, Lineage::Root);
            e.offered(ms(seq), here, &t, 100);
            e.settled(ms(seq), here, &t, Fate::Delivered, &frame());
            e.offered(ms(seq), here, &t, 100);
            e.settled(ms(seq), here, &t, Fate::Dropped(DropReason::LinkLoss), &frame());
        }
        e.size()
    };
    assert_eq!(size_after(100), size_after(10_000));
}

#[test]
fn the_first_sixteen_of_a_kind_are_kept_whole() {
    let mut e = evidence();
    let long = Frame::from_octets(&[9; 1_000]);
    let fate = Fate::Dropped(DropReason::UnknownVid);
    for seq in 0..20 {
        e.settled(ms(seq), Station::Node(HOME), &trace(seq, Lineage::Root), fate, &long);
    }
    let kept = e.exceptions().all();
    assert_eq!(kept.len(), 16);
    assert_eq!((kept[15].trace.seq, kept[15].at), (15, ms(15)));
    assert_eq!((kept[0].octets.len(), kept[0].length), (256, 1_000));
    assert_eq!(e.exceptions().of(kept[0].kind).count(), 16);
    assert_eq!(e.cell(&kept[0].kind).frames, 20);
}

#[test]
fn exceptions_are_bounded_absolutely() {
    let mut kept = Exceptions::<u32>::default();
    for kind in 0..KEPT_IN_ALL as u32 + 10 {
        kept.keep(&mut [0; 2], kind, false, ms(0), &of_tenant(TenantId(0)), &frame());
    }
    assert_eq!(kept.all().len(), KEPT_IN_ALL);
}

#[test]
fn a_foreign_frame_at_a_place_of_one_tenant_is_a_leak() {
    let only = [Some(TenantId(0)), None];
    let mut w = IsolationWatch::new(2, &only, &[Some(TenantId(0))], false);
    let (mine, theirs, stranger) = (
        of_tenant(TenantId(0)),
        of_tenant(TenantId(1)),
        of_tenant(TenantId::NONE),
    );
    for t in [&mine, &theirs, &stranger] {
        w.arrived(ms(0), HOME, PortNo(0), t, &frame());
        w.arrived(ms(0), AWAY, PortNo(0), t, &frame());
        w.sent(ms(0), AWAY, PortNo(0), Lane::of(0), t, &frame());
        w.settled(ms(0), Station::Node(HOME), t, Fate::Delivered, &frame());
        w.settled(ms(0), Station::Node(AWAY), t, Fate::Delivered, &frame());
    }
    let leaks: Vec<_> = w
        .leaks()
        .iter()
        .map(|(l, c)| (l.from, l.station, c.arrived.frames, c.settled.frames))
        .collect();
    let (node, link) = (StationId::node(HOME), StationId::link(LinkId(0)));
    assert_eq!(
        leaks,
        [
            (TenantId(1), node, 1, 1),
            (TenantId(1), link, 1, 0),
            (TenantId::NONE, node, 1, 1),
            (TenantId::NONE, link, 1, 0)
        ]
    );
    assert_eq!(
        (
            w.own(TenantId(0)).arrived.frames,
            w.own(TenantId(0)).taken.frames,
            w.own(TenantId(1)).taken.frames
        ),
        (1, 1, 0)
    );
    assert_eq!(w.frames().all().len(), 6);
    assert_eq!(w.places(), 2);
}

#[test]
fn strangers_may_be_admitted_everywhere() {
    let mut w = IsolationWatch::new(1, &[Some(TenantId(0))], &[], true);
    w.arrived(ms(0), HOME, PortNo(0), &of_tenant(TenantId::NONE), &frame());
    assert!(w.leaks().is_empty());
}

#[test]
fn a_stranger_at_a_place_of_its_own_kind_is_nobodys_positive_control() {
    let mut w = IsolationWatch::new(1, &[None], &[], false);
    let t = of_tenant(TenantId::NONE);
    w.settled(ms(0), Station::Node(HOME), &t, Fate::Delivered, &frame());
    assert_eq!(w.own(TenantId(0)), OwnCount::default());
}

fn tagged(vid: u16) -> Frame {
    let mut f = frame();
    f.push_tag(Tag::ctag(Vid::new(vid).unwrap()));
    f
}

fn service(port: u32, frames: ServiceFrames, service: u32) -> ServicePort {
    ServicePort {
        device: AWAY,
        port: PortNo(port),
        frames,
        service,
    }
}

#[test]
fn a_gate_counts_what_passes_open_and_closed() {
    let mut w = GateWatch::new(&[service(3, ServiceFrames::All, 0), service(4, ServiceFrames::All, 1)]);
    let send = |w: &mut GateWatch, node, port| {
        w.sent(
            ms(0),
            node,
            PortNo(port),
            Lane::of(0),
            &of_tenant(TenantId(0)),
            &frame(),
        );
    };
    send(&mut w, AWAY, 3);
    w.gate(ms(1), 0, true);
    send(&mut w, AWAY, 3);
    send(&mut w, AWAY, 3);
    send(&mut w, AWAY, 4);
    send(&mut w, AWAY, 5);
    send(&mut w, HOME, 3);
    w.gate(ms(2), 9, true);
    let counts: Vec<_> = w
        .gates()
        .iter()
        .map(|g| (g.open, g.while_open.frames, g.while_closed.frames))
        .collect();
    assert_eq!(counts, [(true, 2, 1), (false, 0, 1)]);
    assert_eq!(w.frames().all().len(), 2);
}

#[test]
fn the_meter_counts_every_basis_by_service_direction_and_hour() {
    let vid = |v| ServiceFrames::Vid(Vid::new(v).unwrap());
    let mut m = Meter::new(&[
        service(0, vid(10), 0),
        service(0, vid(20), 1),
        service(0, ServiceFrames::Untagged, 2),
    ]);
    let t = of_tenant(TenantId(0));
    let hour = |h: u64| SimTime::from_secs(3600 * h);
    m.sent(hour(0), AWAY, PortNo(0), Lane::of(0), &t, &tagged(10));
    m.sent(hour(0), AWAY, PortNo(0), Lane::of(0), &t, &tagged(10));
    m.sent(hour(5), AWAY, PortNo(0), Lane::of(0), &t, &tagged(10));
    m.arrived(hour(5), AWAY, PortNo(0), &t, &tagged(20));
    m.arrived(hour(5), AWAY, PortNo(0), &t, &frame());
    m.arrived(hour(5), AWAY, PortNo(0), &t, &tagged(30));
    m.arrived(hour(5), AWAY, PortNo(1), &t, &tagged(20));
    let readings: Vec<_> = m
        .readings()
        .iter()
        .map(|r| (r.service, r.bound, r.hour, r.metered.frames))
        .collect();
    assert_eq!(
        readings,
        [
            (0, Bound::Outbound, 0, 2),
            (0, Bound::Outbound, 5, 1),
            (1, Bound::Inbound, 5, 1),
            (2, Bound::Inbound, 5, 1)
        ]
    );
    let two = m.readings()[0].metered;
    assert_eq!(
        (two.l1(), two.l2_fcs(), two.l2, two.l3),
        (2 * 128, 2 * 108, 2 * 104, 2 * 86)
    );
}

#[test]
fn a_cell_tells_the_way_of_frames_of_answers_and_of_their_copies() {
    let mut e = evidence();
    let line = Station::Lane(Lane::of(6));
    let lost = Fate::Dropped(DropReason::LinkLoss);
    for lineage in [
        Lineage::Root,
        Lineage::Copy,
        Lineage::Reply,
        Lineage::Reply.copied(),
        Lineage::ReplyCopy.copied(),
    ] {
        e.settled(ms(0), line, &trace(0, lineage), lost, &frame());
    }
    e.settled(ms(0), line, &of_tenant(TenantId(0)), lost, &frame());
    let mut ways: Vec<_> = e
        .cells()
        .iter()
        .map(|(k, count)| (k.direction, k.of_flow, count.frames))
        .collect();
    ways.sort_unstable();
    let told = [
        (Direction::Up, true, 2),
        (Direction::Down, true, 3),
        (Direction::Neither, false, 1),
    ];
    assert_eq!(ways, told);
}
