use std::net::Ipv4Addr;

use proptest::prelude::*;

use super::exponential::{gap, neg_ln};
use super::pattern::{Schedule, octets_of};
use super::*;
use crate::evidence::{AccountLine, NodeChange, Outbox, Packet};
use crate::ident::{DropReason, Fate, FlowId, NodeId, Origin, PortNo, Stream, TenantId};
use crate::units::{SimDuration, SimTime};
use crate::wire::{Arp, ArpOperation, FrameView, Ipv4View, MacAddr, Stamp, UdpView};

const OWN: Ipv4Addr = Ipv4Addr::new(172, 16, 0, 1);
const PEER: Ipv4Addr = Ipv4Addr::new(172, 16, 0, 2);
const PEER_MAC: MacAddr = MacAddr::local(9, 2);
const IFACE: Interface = Interface {
    tenant: TenantId(0),
    node: NodeId(0),
    port: PortNo(0),
    mac: MacAddr::local(9, 1),
    tag: None,
    address: Some((OWN, 30)),
};

/// An ARP cache at an interface, its outbox, and what became of its frames.
struct Bench {
    cache: ArpCache,
    out: Outbox,
    log: Vec<String>,
}

impl Bench {
    fn new(config: ArpConfig) -> Self {
        let (cache, out, log) = (ArpCache::new(config), Outbox::default(), Vec::new());
        Self { cache, out, log }
    }
    fn packet(&mut self, frame: crate::wire::Frame, seq: u64) -> Packet {
        self.out
            .offer(TenantId(0), Origin::Flow(FlowId(0)), FlowId(0), seq, frame)
    }
    fn send(&mut self, seq: u64, now: u64) {
        let frame = icmp::echo_request(OWN, PEER, 0, 0, &[]);
        let packet = self.packet(frame, seq);
        self.cache
            .send(PEER, packet, &IFACE, SimTime::from_secs(now), &mut self.out);
        self.note();
    }
    fn hear(&mut self, arp: Arp, now: u64) {
        let packet = self.packet(arp.frame(MacAddr::BROADCAST), 99);
        self.cache
            .receive(packet, &IFACE, SimTime::from_secs(now), &mut self.out);
        self.note();
    }
    /// Lets time pass until `end`, in seconds.
    fn pass(&mut self, end: u64) {
        while let Some(at) = self.cache.next_timeout().filter(|at| *at <= SimTime::from_secs(end)) {
            self.log.push(format!("at {}", at.as_secs()));
            self.cache.timeout(&IFACE, at, &mut self.out);
            self.note();
        }
    }
    /// Writes down what left and what ended.
    fn note(&mut self) {
        for entry in self.out.entries.drain(..) {
            match entry {
                AccountLine::Settled(trace, fate, _) => self.log.push(format!("{} {}", trace.seq, fate.as_str())),
                AccountLine::Changed(NodeChange::Arp { resolved, .. }) => self.log.push(format!("resolved {resolved}")),
                _ => {}
            }
        }
        for (_, packet) in self.out.sends.drain(..) {
            let view = FrameView::new(packet.frame.bytes()).expect("whole");
            assert_eq!(view.src(), IFACE.mac);
            let what = match Arp::parse(view.payload()) {
                Ok(arp) if arp.operation == ArpOperation::Request => format!("asks for {}", arp.target_ip),
                Ok(arp) => format!("answers {}", arp.target_ip),
                Err(_) => format!("{} to {}", packet.ticket.trace().seq, view.dst()),
            };
            self.log.push(what);
            packet.ticket.close();
        }
    }
    fn log(&mut self) -> Vec<String> {
        std::mem::take(&mut self.log)
    }
}

fn reply() -> Arp {
    Arp::request(IFACE.mac, OWN, PEER).reply_from(PEER_MAC)
}

#[test]
fn three_requests_a_second_apart_and_then_the_waiting_frames_fail() {
    let mut bench = Bench::new(ArpConfig::default());
    bench.send(0, 10);
    bench.send(1, 11);
    bench.pass(60);
    let asks = "asks for 172.16.0.2";
    assert_eq!(
        bench.log(),
        [
            asks,
            "at 11",
            asks,
            "at 12",
            asks,
            "at 13",
            "0 arp_failed",
            "1 arp_failed",
            "resolved false"
        ]
    );
    assert_eq!(bench.cache.next_timeout(), None, "nothing idle holds a timer");
}

#[test]
fn an_answer_releases_the_waiting_frames_in_their_order() {
    let mut bench = Bench::new(ArpConfig::default());
    bench.send(0, 0);
    bench.send(1, 0);
    bench.hear(reply(), 1);
    bench.send(2, 2);
    let peer = PEER_MAC.to_string();
    assert_eq!(
        bench.log(),
        [
            "asks for 172.16.0.2".to_owned(),
            "resolved true".to_owned(),
            "99 consumed".to_owned(),
            format!("0 to {peer}"),
            format!("1 to {peer}"),
            format!("2 to {peer}"),
        ]
    );
    assert_eq!(bench.cache.next_timeout(), None);
}

#[test]
fn the_queue_for_one_address_is_bounded() {
    let mut bench = Bench::new(ArpConfig {
        queue: 2,
        ..ArpConfig::default()
    });
    for seq in 0..4 {
        bench.send(seq, 0);
    }
    assert_eq!(
        bench.log(),
        ["asks for 172.16.0.2", "2 arp_queue_full", "3 arp_queue_full"]
    );
    let held: Vec<u64> = bench.cache.drain().into_iter().map(|p| p.ticket.close().seq).collect();
    assert_eq!(held, [0, 1]);
}

#[test]
fn a_stale_entry_expires_by_age_and_is_asked_for_again() {
    let mut bench = Bench::new(ArpConfig {
        age: SimDuration::from_secs(60),
        ..ArpConfig::default()
    });
    bench.hear(reply(), 0);
    assert_eq!(
        bench.cache.lookup(PEER, SimTime::from_nanos(59_999_999_999)),
        Some(PEER_MAC)
    );
    assert_eq!(bench.cache.lookup(PEER, SimTime::from_secs(60)), None);
    bench.log();
    bench.send(0, 60);
    assert_eq!(bench.log(), ["asks for 172.16.0.2"]);
    bench.hear(reply(), 61);
    assert_eq!(bench.log().len(), 3);
}

#[test]
fn gratuitous_arp_refreshes_a_stale_entry_and_moves_it_to_a_new_mac() {
    let mut bench = Bench::new(ArpConfig {
        age: SimDuration::from_secs(60),
        ..ArpConfig::default()
    });
    bench.hear(reply(), 0);
    let moved = MacAddr::local(9, 3);
    bench.hear(Arp::request(moved, PEER, PEER), 100);
    assert_eq!(bench.cache.lookup(PEER, SimTime::from_secs(159)), Some(moved));
    assert_eq!(
        bench.log(),
        ["99 consumed", "99 consumed"],
        "an announcement is not answered"
    );
}

#[test]
fn a_request_is_answered_and_teaches_the_askers_address() {
    let mut bench = Bench::new(ArpConfig::default());
    bench.hear(Arp::request(PEER_MAC, PEER, OWN), 0);
    assert_eq!(bench.log(), ["99 consumed", "answers 172.16.0.2"]);
    assert_eq!(bench.cache.lookup(PEER, SimTime::ZERO), Some(PEER_MAC));
}

#[test]
fn what_is_not_for_us_or_makes_no_sense_teaches_nothing() {
    let mut bench = Bench::new(ArpConfig::default());
    let elsewhere = Ipv4Addr::new(10, 0, 0, 9);
    bench.hear(Arp::request(PEER_MAC, PEER, Ipv4Addr::new(172, 16, 0, 3)), 0);
    bench.hear(Arp::request(PEER_MAC, elsewhere, elsewhere), 0);
    bench.hear(Arp::request(MacAddr::BROADCAST, PEER, OWN), 0);
    assert_eq!(bench.log(), ["99 not_for_me", "99 not_for_me", "99 bad_header"]);
    // Somebody else claims our own address: taken, neither learned nor answered.
    bench.hear(Arp::request(PEER_MAC, OWN, OWN), 0);
    assert_eq!(bench.log(), ["99 consumed"]);
    for ip in [PEER, elsewhere, OWN] {
        assert_eq!(bench.cache.lookup(ip, SimTime::ZERO), None);
    }
}

#[test]
fn the_cache_is_bounded_and_forgets_what_was_confirmed_longest_ago() {
    let wide = Interface {
        address: Some((Ipv4Addr::new(10, 0, 255, 255), 16)),
        ..IFACE
    };
    let (mut cache, mut out) = (ArpCache::new(ArpConfig::default()), Outbox::default());
    for n in 0..300u16 {
        let [a, b] = n.to_be_bytes();
        let ip = Ipv4Addr::new(10, 0, a, b);
        let frame = Arp::request(PEER_MAC, ip, ip).frame(MacAddr::BROADCAST);
        let packet = out.offer(TenantId(0), Origin::Unknown, FlowId::NONE, 0, frame);
        cache.receive(packet, &wide, SimTime::from_secs(n.into()), &mut out);
    }
    let knows = |n: u16| {
        let [a, b] = n.to_be_bytes();
        cache
            .lookup(Ipv4Addr::new(10, 0, a, b), SimTime::from_secs(300))
            .is_some()
    };
    assert_eq!((0..300).filter(|n| knows(*n)).count(), ArpCache::ENTRIES_MAX);
    assert!(!knows(43) && knows(44));
}

#[test]
fn the_fixed_point_logarithm_is_frozen_by_golden_vectors() {
    // -ln(u / 2^64) x 2^40, within one of what sixty decimal digits give.
    let golden = [
        (0, 48_775_896_626_291),
        (1, 48_775_896_626_291),
        (2, 48_013_773_241_506),
        (1 << 32, 24_387_948_313_145),
        (1 << 63, 762_123_384_785),
        (0x0123_4567_89ab_cdef, 5_955_065_369_426),
        (0xdead_beef_dead_beef, 153_324_194_860),
        (u64::MAX, 0),
    ];
    for (u, expected) in golden {
        assert_eq!(neg_ln(u), expected, "{u:#x}");
    }
}

#[test]
fn poisson_gaps_are_frozen_by_golden_vectors() {
    let mut stream = Stream::new(1, "idc-1", "poisson 0");
    let gaps: Vec<u64> = (0..4)
        .map(|_| gap(SimDuration::from_millis(1), &mut stream).as_nanos())
        .collect();
    assert_eq!(gaps, [3_415_937, 126_394, 47_943, 243_126]);
}

#[test]
fn a_hundred_thousand_poisson_gaps_have_the_right_mean_and_spread() {
    let mut stream = Stream::new(7, "idc-1", "poisson 0");
    let (mean, n) = (1_000_000u64, 100_000u64);
    let gaps: Vec<u64> = (0..n)
        .map(|_| gap(SimDuration::from_nanos(mean), &mut stream).as_nanos())
        .collect();
    // The standard error of the mean is 0.32 %; of the mean square, 1.41 %.
    let sum: u64 = gaps.iter().sum();
    assert!(sum.abs_diff(mean * n) < mean * n / 100, "{sum}");
    let squares: u128 = gaps.iter().map(|g| u128::from(*g) * u128::from(*g)).sum();
    let expected = 2 * u128::from(mean) * u128::from(mean) * u128::from(n);
    assert!(squares.abs_diff(expected) < expected / 20, "{squares}");
    // One gap in e is longer than the mean.
    let longer = gaps.iter().filter(|g| **g > mean).count();
    assert!((36_200..37_400).contains(&longer), "{longer}");
}

fn instants(pattern: Pattern, stop: u64) -> Vec<u64> {
    let mut schedule = Schedule::new(pattern, SimTime::from_nanos(100), SimTime::from_nanos(stop), None);
    std::iter::successors(schedule.first(), |last| schedule.after(*last))
        .map(SimTime::as_nanos)
        .collect()
}

#[test]
fn constant_frames_leave_every_interval_and_none_at_the_stop() {
    let every = Pattern::Constant(SimDuration::from_nanos(10));
    assert_eq!(instants(every, 140), [100, 110, 120, 130]);
    assert_eq!(instants(every, 100), [0u64; 0]);
    assert_eq!(instants(Pattern::Constant(SimDuration::ZERO), 103), [100, 101, 102]);
}

#[test]
fn bursts_begin_at_whole_cycles() {
    let ns = SimDuration::from_nanos;
    let on_off = |interval, on, off| Pattern::OnOff {
        interval: ns(interval),
        on: ns(on),
        off: ns(off),
    };
    assert_eq!(
        instants(on_off(10, 25, 75), 400),
        [100, 110, 120, 200, 210, 220, 300, 310, 320]
    );
    assert_eq!(
        instants(on_off(25, 50, 50), 300),
        [100, 125, 200, 225],
        "off begins at once"
    );
    assert_eq!(instants(on_off(50, 25, 75), 400), [100, 200, 300]);
    assert_eq!(instants(on_off(10, 0, 75), 400), [0u64; 0]);
    assert_eq!(instants(on_off(10, 20, 0), 150), [100, 110, 120, 130, 140]);
    let for_ever = Pattern::OnOff {
        interval: SimDuration::MAX,
        on: SimDuration::MAX,
        off: SimDuration::MAX,
    };
    assert_eq!(instants(for_ever, u64::MAX), [100]);
}

#[test]
fn imix_is_28_and_16_and_4_in_48() {
    let sizes: Vec<u16> = (0..48).map(|seq| octets_of(FrameSize::Imix, seq)).collect();
    let of = |size| sizes.iter().filter(|s| **s == size).count();
    assert_eq!((of(64), of(570), of(1518)), (28, 16, 4));
}

fn spec(kind: FlowKind, pattern: Pattern, size: FrameSize) -> FlowSpec {
    FlowSpec {
        id: FlowId(3),
        name: "n".into(),
        src: OWN,
        dst: PEER,
        kind,
        pattern,
        size,
        start: SimTime::from_secs(1),
        phase: crate::host::Phase::NONE,
        stop: SimTime::MAX,
        count: Some(5),
        share: None,
    }
}

/// Everything that the flows send: (nanoseconds since second 1, flow, seq, octets without FCS).
fn departures(flows: Vec<FlowSpec>, seed: u64) -> Vec<(u64, u32, u64, usize)> {
    let mut senders = Senders::new(flows, seed).expect("there are flows");
    let (mut out, mut all) = (Outbox::default(), Vec::new());
    while let Some(at) = senders.next_timeout() {
        while let Some(departure) = senders.pop(at, TenantId(0), &mut out) {
            let trace = departure.packet.ticket.close();
            let since = at.as_nanos() - 1_000_000_000;
            all.push((since, trace.flow.0, trace.seq, departure.packet.frame.len()));
        }
    }
    all
}

#[test]
fn a_flow_numbers_its_frames_stamps_them_and_has_the_size_it_was_given() {
    let every = Pattern::Constant(SimDuration::from_nanos(7));
    for (size, octets) in [(0, 60), (64, 60), (65, 61), (1518, 1514), (u16::MAX, 65_531)] {
        let sent = departures(vec![spec(FlowKind::Ping, every, FrameSize::Fixed(size))], 0);
        assert_eq!(sent, [0, 1, 2, 3, 4].map(|n| (7 * n, 3, n, octets)));
        let kind = FlowKind::Udp {
            port: 9,
            answered: true,
        };
        let mut senders = Senders::new(vec![spec(kind, every, FrameSize::Fixed(size))], 0).expect("flows");
        let mut out = Outbox::default();
        let departure = senders.pop(SimTime::from_secs(2), TenantId(0), &mut out).expect("due");
        let frame = departure.packet.frame;
        departure.packet.ticket.close();
        assert_eq!(frame.len(), octets);
        let ip = ipv4_of(&frame).expect("a right header");
        let udp = UdpView::new(ip.payload()).expect("a right header");
        assert!(udp.checksum_is_right(OWN, PEER));
        assert_eq!(ip.total_len() + 14, octets, "the payload fills the frame");
        let stamp = Stamp::parse(udp.payload()).expect("a stamp");
        assert_eq!((stamp.flow, stamp.seq, stamp.wants_answer), (3, 0, true));
    }
}

#[test]
fn many_flows_of_one_host_leave_in_order_of_time_and_then_of_the_plan() {
    let flow = |id: u32, every: u64| FlowSpec {
        id: FlowId(id),
        ..spec(
            FlowKind::Ping,
            Pattern::Constant(SimDuration::from_nanos(every)),
            FrameSize::Imix,
        )
    };
    let sent: Vec<_> = departures(vec![flow(0, 3), flow(1, 2), flow(2, 6)], 0)
        .into_iter()
        .map(|(at, flow, ..)| (at, flow))
        .collect();
    assert_eq!(sent.len(), 15);
    assert_eq!(
        sent[..8],
        [(0, 0), (0, 1), (0, 2), (2, 1), (3, 0), (4, 1), (6, 0), (6, 1)]
    );
    assert!(sent.is_sorted());
}

#[test]
fn a_poisson_flow_depends_on_seed_and_place_alone() {
    let flow = || {
        spec(
            FlowKind::Ping,
            Pattern::Poisson(SimDuration::from_millis(1)),
            FrameSize::Imix,
        )
    };
    let other = || {
        spec(
            FlowKind::Ping,
            Pattern::Constant(SimDuration::from_nanos(1)),
            FrameSize::Imix,
        )
    };
    let alone = departures(vec![flow()], 1);
    assert_eq!(alone, departures(vec![flow()], 1));
    assert_ne!(alone, departures(vec![flow()], 2));
    let beside: Vec<_> = departures(
        vec![
            flow(),
            FlowSpec {
                id: FlowId(4),
                ..other()
            },
        ],
        1,
    )
    .into_iter()
    .filter(|d| d.1 == 3)
    .collect();
    assert_eq!(alone, beside);
}

#[test]
fn a_capture_is_replayed_as_it_is_and_never_backwards() {
    let frame = |n: u8| crate::wire::Frame::from_octets(&[n; 20]);
    let ns = SimDuration::from_nanos;
    let frames = vec![
        (ns(5), frame(1)),
        (ns(3), frame(2)),
        (ns(9), frame(3)),
        (SimDuration::MAX, frame(4)),
    ];
    let sent = departures(
        vec![spec(
            FlowKind::Replay(frames),
            Pattern::Constant(ns(1)),
            FrameSize::Imix,
        )],
        0,
    );
    assert_eq!(sent, [(5, 3, 0, 20), (5, 3, 1, 20), (9, 3, 2, 20)]);
    let replayed = |stop: u64, count| {
        let kind = FlowKind::Replay(vec![(ns(0), frame(1)), (ns(1), frame(2)), (ns(2), frame(3))]);
        let cut_short = FlowSpec {
            stop: SimTime::from_nanos(1_000_000_000 + stop),
            count,
            ..spec(kind, Pattern::Constant(ns(1)), FrameSize::Imix)
        };
        departures(vec![cut_short], 0).len()
    };
    assert_eq!(
        [replayed(0, None), replayed(2, None), replayed(9, None)],
        [0, 2, 3],
        "none at the stop"
    );
    assert_eq!([replayed(9, Some(0)), replayed(9, Some(2))], [0, 2]);
}

#[test]
fn an_answer_of_nothing_but_zeros_has_a_right_checksum() {
    let answer = icmp::echo_reply(&icmp::echo_request(OWN, PEER, 0, 0, &[0; 18]));
    let ip = ipv4_of(&answer).expect("a right header");
    assert_eq!(icmp::echo_reply_of(&ip), Some((0, 0)));
}

#[test]
fn a_hop_is_refused_where_the_ttl_has_run_out() {
    let mut out = Outbox::default();
    let frame = icmp::echo_request(OWN, PEER, 0, 0, &[]);
    let mut packet = out.offer(TenantId(0), Origin::Unknown, FlowId::NONE, 0, frame);
    for _ in 0..63 {
        assert_eq!(
            (packet.ticket.hop(), packet.ticket.hop()),
            (1, 2),
            "its way over switches begins anew"
        );
        assert_eq!(route_hop(&mut packet), Ok(()));
    }
    assert_eq!(ipv4_of(&packet.frame).map(|ip| ip.ttl()), Ok(1));
    assert_eq!(route_hop(&mut packet), Err(DropReason::TtlExpired));
    packet.ticket.close();
}

#[test]
fn a_host_tells_what_it_cannot_take() {
    let fate_of = |frame: crate::wire::Frame| {
        let mut out = Outbox::default();
        let packet = out.offer(TenantId(0), Origin::Unknown, FlowId::NONE, 0, frame);
        assert!(deliver(packet, |port| port == 80, &mut out).is_none());
        match out.entries.last() {
            Some(AccountLine::Settled(_, fate, _)) => *fate,
            other => panic!("{other:?}"),
        }
    };
    let with = |protocol: u8, payload: &[u8], offset: u16| {
        let mut packet = vec![0; 20];
        let header = crate::wire::Ipv4 {
            fragment_offset: offset,
            ..crate::wire::Ipv4::new(PEER, OWN, protocol)
        };
        header.emit(payload.len(), &mut packet).expect("short");
        packet.extend_from_slice(payload);
        crate::wire::Frame::ethernet(IFACE.mac, PEER_MAC, crate::wire::EtherType::IPV4, &packet)
    };
    let udp = |port: u8| [0, 1, 0, port, 0, 8, 0, 0];
    let dropped = Fate::Dropped;
    assert_eq!(fate_of(with(17, &udp(80), 0)), Fate::Delivered);
    // An answer is taken wherever it comes, and never answered, whatever else its stamp says.
    let stamp = Stamp {
        flow: 0,
        seq: 0,
        wants_answer: true,
        is_answer: true,
    };
    let mut answer = [0, 80, 0, 81, 0, 25, 0, 0].to_vec();
    answer.extend_from_slice(&stamp.emit());
    assert_eq!(fate_of(with(17, &answer, 0)), Fate::Delivered);
    assert_eq!(fate_of(with(17, &udp(81), 0)), dropped(DropReason::NoListener));
    assert_eq!(fate_of(with(17, &[0; 8], 0)), dropped(DropReason::BadHeader));
    assert_eq!(
        fate_of(with(17, &[0, 1, 0, 80, 0, 8, 1, 1], 0)),
        dropped(DropReason::BadHeader)
    );
    assert_eq!(fate_of(with(17, &udp(80), 1)), dropped(DropReason::UnsupportedProtocol));
    assert_eq!(fate_of(with(6, &[0; 20], 0)), dropped(DropReason::NoListener));
    assert_eq!(
        fate_of(with(1, &[8, 0, 0, 0, 0, 0, 0, 0], 0)),
        dropped(DropReason::BadHeader)
    );
    // Time exceeded, checksum f4ff.
    assert_eq!(fate_of(with(1, &[11, 0, 0xf4, 0xff, 0, 0, 0, 0], 0)), Fate::Consumed);
    // An echo reply that nobody's flow asked for.
    assert_eq!(fate_of(with(1, &[0, 0, 0xff, 0xff, 0, 0, 0, 0], 0)), Fate::Consumed);
}

proptest! {
    #[test]
    fn the_longest_prefix_wins_as_a_plain_scan_says(
        routes in prop::collection::vec((any::<u32>(), 0u8..=33, 0u32..4), 0..40),
        near in prop::collection::vec((any::<prop::sample::Index>(), any::<u32>()), 1..20),
    ) {
        let mut table = RouteTable::default();
        for (to, len, value) in &routes {
            table.add(Ipv4Addr::from_bits(*to), *len, *value);
        }
        for (index, noise) in near {
            // Half of the addresses are near a route.
            let of = match routes.is_empty() {
                true => noise,
                false => routes[index.index(routes.len())].0 ^ (noise & 0xff),
            };
            let of = Ipv4Addr::from_bits(of);
            let slow = routes.iter()
                .filter(|(to, len, _)| prefix_holds(Ipv4Addr::from_bits(*to), *len, of))
                .map(|(_, len, value)| (std::cmp::Reverse((*len).min(32)), *value))
                .min();
            prop_assert_eq!(table.longest(of).map(|(len, value)| (std::cmp::Reverse(len), value)), slow);
            prop_assert_eq!(table.lookup(of), slow.map(|s| s.1));
        }
        for (to, len, value) in &routes {
            table.remove(Ipv4Addr::from_bits(*to), *len, *value);
        }
        prop_assert!(table.is_empty());
    }

    #[test]
    fn a_view_of_a_checked_packet_is_the_packets(data in prop::collection::vec(any::<u8>(), 0..60)) {
        let frame = icmp::echo_request(OWN, PEER, 1, 2, &data);
        let view = Ipv4View::new(&frame.bytes()[ETHERNET..]).expect("ours");
        prop_assert_eq!(icmp::echo_reply_of(&view), None);
        let answer = icmp::echo_reply(&frame);
        let view = ipv4_of(&answer).expect("ours");
        prop_assert_eq!(icmp::echo_reply_of(&view), Some((1, 2)));
    }
}
