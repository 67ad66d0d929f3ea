use std::net::Ipv4Addr;

use proptest::collection::vec;
use proptest::prelude::*;

use super::lab::*;
use super::*;
use crate::forward::PolicerRule;
use crate::host::{FlowKind, FlowSpec, FrameSize, Pattern};
use crate::ident::FlowId;
use crate::units::{BitRate, SimDuration};
use crate::wire::{EtherType, Frame, MacAddr, Tag, Vid};

fn any_address() -> impl Strategy<Value = Ipv4Addr> {
    prop_oneof![
        Just(HOST),
        Just(EDGE),
        Just(GATEWAY),
        Just(ECS),
        Just(RDS),
        Just(PROBER),
        Just(Ipv4Addr::new(172, 16, 0, 3)),
        Just(Ipv4Addr::new(10, 2, 7, 7)),
        any::<u32>().prop_map(Ipv4Addr::from_bits),
    ]
}

prop_compose! {
    fn any_flow()(
        (src, dst) in (any_address(), any_address()),
        kind in prop_oneof![
            (0u16..100, any::<bool>()).prop_map(|(port, answered)| FlowKind::Udp { port, answered }),
            Just(FlowKind::Ping),
            vec((0u64..1_000_000_000, any_octets()), 0..3).prop_map(|frames| FlowKind::Replay(
                frames.iter().map(|(at, o)| (SimDuration::from_nanos(*at), Frame::from_octets(o))).collect()
            )),
        ],
        pattern in (0u8..3, 1u64..1_000_000_000, 0u64..1_000_000_000).prop_map(|(which, a, b)| {
            let (a, b) = (SimDuration::from_nanos(a), SimDuration::from_nanos(b));
            match which {
                0 => Pattern::Constant(a),
                1 => Pattern::Poisson(a),
                _ => Pattern::OnOff { interval: a, on: b, off: a },
            }
        }),
        size in prop_oneof![Just(FrameSize::Imix), (0u16..2000).prop_map(FrameSize::Fixed)],
        (start, length) in (0u64..5_000_000_000, 0u64..5_000_000_000),
        count in 0u64..30,
    ) -> FlowSpec {
        let (start, stop) = (SimTime::from_nanos(start), SimTime::from_nanos(start + length));
        let phase = crate::host::Phase::Drawn;
        FlowSpec { id: FlowId(0), name: "a flow".into(), src, dst, kind, pattern, size, start, phase, stop, count: Some(count), share: None }
    }
}

/// Octets as they come, and octets that look like frames for one of the nodes.
fn any_octets() -> impl Strategy<Value = Vec<u8>> {
    let like_a_frame = (
        prop_oneof![
            Just(MacAddr::local(1, 1)),
            Just(MacAddr::local(2, 0)),
            Just(cloud::NEIGHBOUR),
            Just(MacAddr::BROADCAST),
        ],
        prop_oneof![
            Just(EtherType::ARP),
            Just(EtherType::IPV4),
            any::<u16>().prop_map(EtherType)
        ],
        vec(any::<u8>(), 0..90),
        vec(prop_oneof![Just(100u16), 0u16..4096], 0..3),
        (any_address(), any_address(), any::<bool>(), any::<u8>()),
    );
    let like_a_frame = like_a_frame.prop_map(|(dst, ethertype, mut payload, tags, (from, to, right, protocol))| {
        if right && ethertype == EtherType::IPV4 && payload.len() >= 20 {
            let protocol = [1, 17, protocol][usize::from(protocol % 3)];
            let header = crate::wire::Ipv4::new(from, to, protocol);
            header.emit(payload.len() - 20, &mut payload).unwrap();
        }
        if right && ethertype == EtherType::ARP && payload.len() >= 28 {
            let arp = crate::wire::Arp::request(MacAddr::local(7, protocol.into()), from, to);
            payload[..28].copy_from_slice(&arp.emit());
        }
        let mut frame = Frame::ethernet(dst, MacAddr::local(7, 7), ethertype, &payload);
        for vid in tags {
            frame.push_tag(Tag::ctag(Vid::new(vid).unwrap()));
        }
        frame.bytes().to_vec()
    });
    prop_oneof![like_a_frame, vec(any::<u8>(), 0..120)]
}

/// Something that happens from outside.
#[derive(Debug, Clone)]
enum Deed {
    Frame(End, Vec<u8>),
    Cut(usize, bool),
    Vbr(VbrChange),
    Vpc(VpcChange),
    Carrier(usize, bool),
}

fn any_deed() -> impl Strategy<Value = Deed> {
    let ends = prop_oneof![
        Just((IDC, 0)),
        Just((VBR, 0)),
        Just((VBR, 1)),
        Just((VPC, 0)),
        (0usize..3, 0u32..9)
    ];
    let hop = prop_oneof![Just(NextHop::Peer), Just(NextHop::Cloud)];
    let plan = (any_address(), any_address(), 24u8..=33).prop_map(|(local, peer, prefix_len)| AddressPlan {
        local,
        peer,
        prefix_len,
    });
    let check = (any_address(), 1u64..4, any::<u8>()).prop_map(|(source, s, threshold)| HealthCheckConfig {
        source,
        interval: SimDuration::from_secs(s),
        threshold,
    });
    let vbr = prop_oneof![
        prop::option::of(plan).prop_map(VbrChange::Address),
        any::<bool>().prop_map(VbrChange::Active),
        prop::option::of((0u64..1_000_000).prop_map(|bps| PolicerRule::default().policer(BitRate::from_bps(bps))))
            .prop_map(VbrChange::Throttle),
        (any_address(), 0u8..40, hop).prop_map(|(to, len, hop)| VbrChange::RouteSet(to, len, hop)),
        (any_address(), 0u8..40).prop_map(|(to, len)| VbrChange::RouteRemove(to, len)),
        prop::option::of(check).prop_map(VbrChange::HealthCheck),
    ];
    let port = (0u32..3).prop_map(PortNo);
    let vpc =
        (any_address(), 0u8..40, port, any::<bool>(), 0u8..4).prop_map(|(to, len, port, yes, which)| match which {
            0 => VpcChange::Attached(port, yes),
            1 => VpcChange::Usable(port, yes),
            2 => VpcChange::RouteSet(to, len, port),
            _ => VpcChange::RouteRemove(to, len, port),
        });
    prop_oneof![
        6 => (ends, any_octets()).prop_map(|(end, octets)| Deed::Frame(end, octets)),
        1 => (0usize..2, any::<bool>()).prop_map(|(wire, cut)| Deed::Cut(wire, cut)),
        2 => vbr.prop_map(Deed::Vbr),
        1 => vpc.prop_map(Deed::Vpc),
        1 => (0usize..3, any::<bool>()).prop_map(|(node, up)| Deed::Carrier(node, up)),
    ]
}

fn perform(lab: &mut Lab, deed: Deed) {
    match deed {
        Deed::Frame(end, octets) => lab.inject(end, &octets),
        Deed::Cut(wire, cut) => lab.cut(wire, cut),
        Deed::Vbr(change) => lab.vbr(VBR, change),
        Deed::Vpc(change) => lab.vpc(VPC, change),
        Deed::Carrier(node, up) => lab.apply(node, Change::Carrier { port: PortNo(0), up }),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever flows run and whatever is done from outside, nothing panics, and every frame copy
    /// that came to be is settled once or still held; and the same deeds give the same account.
    #[test]
    fn every_frame_copy_has_exactly_one_end(
        (at_idc, at_vpc) in (vec(any_flow(), 0..3), vec(any_flow(), 0..3)),
        deeds in vec((0u64..10_000_000_000, any_deed()), 0..40),
    ) {
        let run = || {
            let mut lab = line_with(at_idc.clone(), at_vpc.clone());
            let mut deeds = deeds.clone();
            deeds.sort_by_key(|(at, _)| *at);
            for (at, deed) in deeds {
                lab.run_until(SimTime::from_nanos(at));
                perform(&mut lab, deed);
            }
            lab.run_until(SimTime::from_secs(20));
            (lab.account(), lab.sent.len())
        };
        prop_assert_eq!(run(), run());
    }
}

/// Every frame that the nodes send, read by a parser that others wrote.
#[test]
fn etherparse_finds_nothing_wrong_with_what_the_nodes_send() {
    use etherparse::{NetSlice, SlicedPacket, TransportSlice};
    let imix = |flow| FlowSpec {
        size: FrameSize::Imix,
        ..flow
    };
    let at_idc = vec![
        imix(flow(0, HOST, ECS, answered(9))),
        imix(flow(1, HOST, RDS, FlowKind::Ping)),
    ];
    let mut lab = line_with(at_idc, vec![imix(flow(2, ECS, HOST, answered(9)))]);
    let source = PROBER;
    let interval = SimDuration::from_secs(2);
    lab.vbr(
        VBR,
        VbrChange::HealthCheck(Some(HealthCheckConfig {
            source,
            interval,
            threshold: 3,
        })),
    );
    lab.run_until(SimTime::from_secs(10));
    let mut seen = [0; 3];
    for (_, end, frame, _) in &lab.sent {
        let packet = SlicedPacket::from_ethernet(frame.bytes()).unwrap();
        assert_eq!(packet.vlan_ids().len(), usize::from(*end == (IDC, 0)));
        let ip = match packet.net.unwrap() {
            NetSlice::Arp(_) => {
                seen[0] += 1;
                continue;
            }
            NetSlice::Ipv4(ip) => ip,
            other => panic!("{other:?}"),
        };
        let header = ip.header().to_header();
        assert_eq!(header.header_checksum, header.calc_header_checksum());
        match packet.transport.unwrap() {
            TransportSlice::Udp(udp) => {
                seen[1] += 1;
                let sum = udp.to_header().calc_checksum_ipv4(&header, udp.payload());
                assert_eq!(Ok(udp.checksum()), sum);
            }
            TransportSlice::Icmpv4(icmp) => {
                seen[2] += 1;
                assert_eq!(icmp.checksum(), icmp.icmp_type().calc_checksum(icmp.payload()));
            }
            other => panic!("{other:?}"),
        }
    }
    // Two hops each way for ten frames of three flows; six probes over one hop each way.
    assert_eq!(seen, [3, 80, 40 + 12]);
}

/// "At most 2 KiB per idle tenant over all its nodes" is the aim; these three have to leave room
/// for the switches' share and the engine's.
#[test]
fn an_idle_tenants_three_nodes_need_less_than_700_octets() {
    let heap = idc::tests::idle_heap_octets();
    let nodes = [size_of::<idc::Idc>(), size_of::<vbr::Vbr>(), size_of::<vpc::Vpc>()];
    let heap = [heap, vbr::tests::idle_heap_octets(), vpc::tests::idle_heap_octets()];
    println!("inline {nodes:?}, heap {heap:?}");
    let all: usize = nodes.iter().chain(&heap).sum();
    assert!(all < 700, "{all}");
}
