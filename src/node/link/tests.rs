use super::*;
use crate::evidence::{Lineage, Ticket, Trace};
use crate::ident::{FlowId, Origin, TenantId};
use crate::wire::{EtherType, MacAddr, Tag, Vid};

fn packet(octets: usize) -> Packet {
    let trace = Trace {
        tenant: TenantId(0),
        origin: Origin::Unknown,
        flow: FlowId::NONE,
        seq: 0,
        lineage: Lineage::Root,
        doubled: 0,
    };
    Packet {
        frame: Frame::from_octets(&vec![0; octets]),
        ticket: Ticket::open(trace),
    }
}

pub(super) fn config(bps: u64, delay: u64, mtu: u32, queue: u64) -> LinkConfig {
    LinkConfig {
        rate: BitRate::from_bps(bps),
        delay: SimDuration::from_nanos(delay),
        mtu,
        queue: ByteCount::new(queue),
        police: None,
    }
}

fn ns(nanos: u64) -> SimTime {
    SimTime::from_nanos(nanos)
}

/// Offers a frame; answers the reason for which it was refused.
pub(super) fn offer(link: &mut Link, flights: &mut Flights, octets: usize, now: u64) -> Result<(), DropReason> {
    let packet = packet(octets);
    match link.admit(End::A, &packet, ns(now), flights) {
        Ok(()) => {
            link.enter(End::A, packet, None, 0, ns(now), flights);
            Ok(())
        }
        Err(reason) => {
            packet.ticket.close();
            Err(reason)
        }
    }
}

fn arrivals(link: &mut Link, flights: &mut Flights) -> Vec<u64> {
    std::iter::from_fn(|| link.take(End::A, flights))
        .map(|f| {
            f.packet.ticket.close();
            f.arrival.as_nanos()
        })
        .collect()
}

#[test]
fn wire_time_counts_preamble_fcs_gap_and_padding() {
    for (octets, wire) in [(60, 84), (100, 124), (1514, 1538), (14, 84)] {
        let (mut link, mut flights) = (Link::new(config(8_000_000_000, 5, 9000, 0)), Flights::new());
        assert_eq!(offer(&mut link, &mut flights, octets, 0), Ok(()));
        assert_eq!(arrivals(&mut link, &mut flights), [wire + 5]);
    }
}

#[test]
fn a_busy_link_carries_exactly_its_rate() {
    // 84 octets take 67.2 ns at 10 Gbit/s: five frames take 336 ns, not 340.
    let (mut link, mut flights) = (Link::new(config(10_000_000_000, 1, 1500, 100_000)), Flights::new());
    for _ in 0..10 {
        offer(&mut link, &mut flights, 60, 0).unwrap();
    }
    assert_eq!(
        arrivals(&mut link, &mut flights),
        [69, 136, 203, 270, 337, 405, 472, 539, 606, 673]
    );
}

#[test]
fn an_idle_wire_forgets_its_fraction() {
    let (mut link, mut flights) = (Link::new(config(10_000_000_000, 1, 1500, 0)), Flights::new());
    offer(&mut link, &mut flights, 60, 0).unwrap();
    offer(&mut link, &mut flights, 60, 68).unwrap();
    assert_eq!(arrivals(&mut link, &mut flights), [69, 137]);
}

#[test]
fn the_queue_holds_exactly_its_octets_and_the_frame_on_the_wire_is_not_in_it() {
    let (mut link, mut flights) = (Link::new(config(1_000_000_000, 1, 1500, 200)), Flights::new());
    assert_eq!(offer(&mut link, &mut flights, 100, 0), Ok(()));
    assert_eq!(link.waiting(End::A, ns(0), &flights), ByteCount::ZERO);
    assert_eq!(offer(&mut link, &mut flights, 100, 0), Ok(()));
    assert_eq!(offer(&mut link, &mut flights, 100, 0), Ok(()));
    assert_eq!(link.waiting(End::A, ns(0), &flights), ByteCount::new(200));
    assert_eq!(offer(&mut link, &mut flights, 60, 0), Err(DropReason::QueueFull));
    // The second frame is on the wire from 992 ns on.
    assert_eq!(offer(&mut link, &mut flights, 60, 991), Err(DropReason::QueueFull));
    assert_eq!(link.waiting(End::A, ns(992), &flights), ByteCount::new(100));
    assert_eq!(offer(&mut link, &mut flights, 60, 992), Ok(()));
    assert_eq!(
        arrivals(&mut link, &mut flights),
        [993, 2 * 992 + 1, 3 * 992 + 1, 3 * 992 + 672 + 1]
    );
    assert_eq!(link.waiting(End::A, ns(992), &flights), ByteCount::ZERO);
}

#[test]
fn a_frame_that_need_not_wait_passes_a_link_without_a_queue() {
    let (mut link, mut flights) = (Link::new(config(1_000_000_000, 1, 1500, 0)), Flights::new());
    assert_eq!(offer(&mut link, &mut flights, 100, 0), Ok(()));
    assert_eq!(offer(&mut link, &mut flights, 100, 991), Err(DropReason::QueueFull));
    assert_eq!(offer(&mut link, &mut flights, 100, 992), Ok(()));
    arrivals(&mut link, &mut flights);
}

#[test]
fn tags_do_not_count_against_the_mtu() {
    let (mut link, mut flights) = (Link::new(config(1_000_000_000, 1, 100, 0)), Flights::new());
    for (payload, fits) in [(100, true), (101, false)] {
        let mut packet = packet(0);
        packet.frame = Frame::ethernet(
            MacAddr::local(0, 1),
            MacAddr::local(0, 2),
            EtherType::IPV4,
            &vec![0; payload],
        );
        packet.frame.push_tag(Tag::ctag(Vid::new(7).unwrap()));
        packet.frame.push_tag(Tag {
            tpid: EtherType::STAG,
            tci: 8,
        });
        let admitted = link.admit(End::A, &packet, ns(0), &flights);
        assert_eq!(admitted, if fits { Ok(()) } else { Err(DropReason::MtuExceeded) });
        packet.ticket.close();
    }
    assert_eq!(offer(&mut link, &mut flights, 115, 0), Err(DropReason::MtuExceeded));
}

#[test]
fn a_delay_of_zero_is_a_nanosecond_and_a_rate_of_zero_is_down() {
    let (mut link, mut flights) = (Link::new(config(8_000_000_000, 0, 1500, 0)), Flights::new());
    offer(&mut link, &mut flights, 60, 0).unwrap();
    assert_eq!(arrivals(&mut link, &mut flights), [85]);
    let mut link = Link::new(config(0, 0, 1500, 0));
    assert_eq!(offer(&mut link, &mut flights, 60, 0), Err(DropReason::LinkDown));
}

#[test]
fn both_directions_keep_out_of_each_others_way() {
    let (mut link, mut flights) = (Link::new(config(8_000_000_000, 5, 1500, 0)), Flights::new());
    offer(&mut link, &mut flights, 60, 0).unwrap();
    let back = packet(60);
    link.admit(End::B, &back, ns(0), &flights).unwrap();
    let entered = link.enter(End::B, back, None, 9, ns(0), &mut flights);
    assert_eq!(entered.head, Some(ns(89)));
    assert_eq!(link.head(End::B, &flights), Some((ns(89), 9)));
    let mut lost = Vec::new();
    assert_eq!(
        link.apply(LinkChange::Cut(LinkWay::BToA), &mut flights, &mut lost),
        None
    );
    assert_eq!((lost.len(), link.head(End::B, &flights)), (1, None));
    lost.pop().unwrap().1.ticket.close();
    assert_eq!(arrivals(&mut link, &mut flights), [89]);
    assert!(flights.is_empty());
}

#[test]
fn the_carrier_is_gone_while_both_directions_are_cut() {
    let (mut link, mut flights) = (Link::new(config(1, 1, 1500, 0)), Flights::new());
    let mut apply = |change| link.apply(change, &mut flights, &mut Vec::new());
    assert_eq!(apply(LinkChange::Cut(LinkWay::AToB)), None);
    assert_eq!(apply(LinkChange::Cut(LinkWay::BToA)), Some(false));
    assert_eq!(apply(LinkChange::Cut(LinkWay::Both)), None);
    assert_eq!(apply(LinkChange::Restore(LinkWay::AToB)), Some(true));
    assert_eq!(apply(LinkChange::Restore(LinkWay::Both)), None);
}

#[test]
fn a_restored_wire_is_free_at_once() {
    let (mut link, mut flights) = (Link::new(config(1_000, 1, 1500, 10_000)), Flights::new());
    offer(&mut link, &mut flights, 1000, 0).unwrap();
    offer(&mut link, &mut flights, 1000, 0).unwrap();
    let mut lost = Vec::new();
    link.apply(LinkChange::Cut(LinkWay::Both), &mut flights, &mut lost);
    assert_eq!(lost.len(), 2);
    for (_, packet) in lost {
        packet.ticket.close();
    }
    assert_eq!(offer(&mut link, &mut flights, 60, 5), Err(DropReason::LinkDown));
    link.apply(LinkChange::Restore(LinkWay::Both), &mut flights, &mut Vec::new());
    assert_eq!(link.waiting(End::A, ns(5), &flights), ByteCount::ZERO);
    offer(&mut link, &mut flights, 60, 5).unwrap();
    assert_eq!(arrivals(&mut link, &mut flights), [5 + 84 * 8_000_000 + 1]);
}

/// Which of 64 frames are lost, spoilt and doubled (`x`, `?`, `2`; `.`: unharmed) where each goes
/// wrong for so many parts of a billion; before frame 32 the faults are taken off and set again.
fn struck(loss: u32, corrupt: u32, duplicate: u32) -> String {
    let (mut link, mut flights) = (Link::new(config(1_000_000_000, 1, 1500, 1_000_000)), Flights::new());
    let set = |link: &mut Link, flights: &mut Flights, on: u32| {
        let both = LinkWay::Both;
        for change in [
            LinkChange::Loss(both, on * loss),
            LinkChange::Corrupt(both, on * corrupt),
            LinkChange::Duplicate(both, on * duplicate),
        ] {
            link.apply(change, flights, &mut Vec::new());
        }
    };
    let mut harm = String::new();
    set(&mut link, &mut flights, 1);
    for i in 0..64 {
        if i == 32 {
            set(&mut link, &mut flights, 0);
            assert!(!link.is_faulty(End::A));
            set(&mut link, &mut flights, 1);
        }
        let luck = Luck::of(1, &[i]);
        let entered = link.enter(End::A, packet(60), Some(luck), 0, ns(0), &mut flights);
        let flight = link.take(End::A, &mut flights).unwrap();
        harm.push(match (flight.blemish, entered.copy) {
            (Blemish::Lost, None) => 'x',
            (Blemish::Corrupt, None) => '?',
            (Blemish::None, None) => '.',
            (_, Some(_)) => '2',
        });
        flight.packet.ticket.close();
    }
    harm
}

#[test]
fn each_frame_draws_for_itself_so_that_no_other_fault_and_no_pause_moves_its_fate() {
    let lost = struck(500_000_000, 0, 0);
    assert!((16..=48).contains(&lost.matches('x').count()), "{lost}");
    let both = struck(500_000_000, 500_000_000, 0);
    assert_eq!(both.replace('?', "."), lost, "what corrupts moves no loss");
    assert_ne!(both, lost);
    let doubled = struck(0, 0, 500_000_000);
    assert!((16..=48).contains(&doubled.matches('2').count()), "{doubled}");
    assert_ne!(doubled.replace('2', "x"), lost, "each purpose draws on its own");
}

#[test]
fn what_a_link_loses_at_a_smaller_rate_it_loses_at_a_larger_one() {
    let rates = [0, 100_000_000, 300_000_000, 900_000_000, 1_000_000_000];
    let lost = rates.map(|ppb| struck(ppb, 0, 0));
    assert_eq!(lost[0], ".".repeat(64));
    assert_eq!(lost[4], "x".repeat(64));
    for pair in lost.windows(2) {
        let less = pair[0].chars().zip(pair[1].chars());
        assert!({ less }.all(|(few, many)| few == '.' || many == 'x'), "{pair:?}");
        assert_ne!(pair[0], pair[1]);
    }
}

#[test]
fn a_link_that_has_carried_nothing_fits_in_64_octets_even_after_its_end() {
    assert!(size_of::<Link>() <= 64, "{}", size_of::<Link>());
    let (mut link, mut flights) = (Link::new(config(1_000_000_000, 1, 1500, 1_000)), Flights::new());
    let mut left = Vec::new();
    link.empty(End::A, &mut flights, &mut left);
    assert!(link.take(End::B, &mut flights).is_none() && left.is_empty());
    assert!(link.ways.are_idle(), "no memory is taken to find nothing");
}
