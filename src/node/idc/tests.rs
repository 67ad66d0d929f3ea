use std::net::Ipv4Addr;

use super::{Idc, IdcConfig};
use crate::evidence::NodeChange;
use crate::host::{ArpConfig, FlowKind, icmp};
use crate::ident::NodeId;
use crate::node::lab::*;
use crate::node::{Change, VbrChange};
use crate::units::{SimDuration, SimTime};
use crate::wire::{Arp, EtherType, Frame, FrameView, Ipv4View, MacAddr, Tag, Vid};

const SECOND: SimDuration = SimDuration::from_secs(1);

/// An IDC of its own, with a stranger at the other end of its wire.
fn alone(config: IdcConfig) -> Lab {
    let mut lab = Lab::default();
    lab.add(Idc::new(config, NodeId(0), 1));
    lab
}

fn quiet() -> IdcConfig {
    let arp = ArpConfig {
        gratuitous: false,
        ..ArpConfig::default()
    };
    IdcConfig {
        arp,
        ..idc_config(vec![])
    }
}

/// A frame for the IDC's edge: tagged with 100, from a stranger.
fn to_edge(frame: Frame) -> Frame {
    let mut frame = frame;
    frame.set_addresses(MacAddr::local(1, 1), MacAddr::local(7, 7));
    frame.push_tag(Tag::ctag(Vid::new(100).unwrap()));
    frame
}

#[test]
fn a_constant_flow_crosses_idc_vbr_and_vpc_and_every_frame_is_accounted_for() {
    let mut lab = line_with(vec![flow(0, HOST, ECS, udp(9000))], vec![]);
    lab.run_until(SimTime::from_secs(10));
    // The router asks as it comes up, and the edge learns from that: it needs no request of its own.
    assert_eq!(
        lab.account(),
        [
            "flow 0 delivered: 10",
            "node 0 consumed: 1",
            "node 1 consumed: 1",
            "node 1 reply consumed: 1"
        ]
    );
}

#[test]
fn a_ping_and_an_answered_flow_come_back_to_their_hosts() {
    let flows = vec![
        flow(0, HOST, ECS, FlowKind::Ping),
        flow(1, HOST, RDS, answered(3306)),
        flow(2, EDGE, GATEWAY, FlowKind::Ping),
    ];
    let mut lab = line_with(flows, vec![flow(3, ECS, HOST, FlowKind::Ping)]);
    lab.run_until(SimTime::from_secs(10));
    assert_eq!(
        lab.account(),
        [
            "flow 0 consumed: 10",
            "flow 0 reply delivered: 10",
            "flow 1 delivered: 10",
            "flow 1 reply delivered: 10",
            "flow 2 consumed: 10",
            "flow 2 reply delivered: 10",
            "flow 3 consumed: 10",
            "flow 3 reply delivered: 10",
            "node 0 consumed: 1",
            "node 1 consumed: 1",
            "node 1 reply consumed: 1"
        ]
    );
}

#[test]
fn its_frames_carry_its_tag_its_mac_and_one_hop_less() {
    let mut lab = line_with(vec![flow(0, HOST, ECS, udp(9000))], vec![]);
    lab.run_until(SimTime::from_secs(1));
    let (at, end, frame, trace) = lab.sent.iter().find(|s| s.3.flow.is_some()).unwrap();
    assert_eq!((*at, *end), (SimTime::from_secs(1), (IDC, 0)));
    assert_eq!((trace.tenant, trace.seq), (TENANT, 0));
    let view = FrameView::new(frame.bytes()).unwrap();
    assert_eq!(view.tags().collect::<Vec<_>>(), [Tag::ctag(Vid::new(100).unwrap())]);
    assert_eq!((view.src(), view.dst()), (MacAddr::local(1, 1), MacAddr::local(2, 0)));
    assert_eq!(frame.len(), 64, "64 octets with FCS, less FCS, plus tag");
    assert_eq!(Ipv4View::new(view.payload()).unwrap().ttl(), 63);
}

#[test]
fn what_the_edge_sends_itself_has_all_its_hops() {
    let mut lab = line_with(vec![flow(0, EDGE, GATEWAY, FlowKind::Ping)], vec![]);
    lab.run_until(SimTime::from_secs(1));
    let ttl = |frame: &Frame| {
        let view = FrameView::new(frame.bytes()).unwrap();
        Ipv4View::new(view.payload()).unwrap().ttl()
    };
    let ttls: Vec<u8> = lab
        .sent
        .iter()
        .filter(|s| s.3.flow.is_some())
        .map(|s| ttl(&s.2))
        .collect();
    assert_eq!(ttls, [64, 64]);
}

#[test]
fn three_unanswered_requests_and_the_waiting_frames_are_dropped() {
    let mut lab = line_with(vec![flow(0, HOST, ECS, udp(9000))], vec![]);
    lab.run_until(SimTime::ZERO);
    lab.apply(
        IDC,
        Change::Carrier {
            port: crate::ident::PortNo(0),
            up: false,
        },
    );
    lab.cut(0, true);
    lab.run_until(SimTime::from_secs(10));
    // Frame 0 to 7 wait from second 1 on, 8 and 9 find the queue full.
    assert_eq!(
        lab.account(),
        [
            "flow 0 arp_failed: 8",
            "flow 0 arp_queue_full: 2",
            "node 0 consumed: 1",
            "node 0 link_down: 3",
            "node 1 consumed: 1",
            "node 1 reply consumed: 1"
        ]
    );
    let gave_up = NodeChange::Arp {
        tenant: TENANT,
        address: GATEWAY.octets(),
        resolved: false,
    };
    assert_eq!(lab.changes.last(), Some(&(SimTime::from_secs(4), gave_up)));
    assert_eq!(lab.next_timeout(), None, "nothing idle holds a timer");
}

#[test]
fn without_a_route_its_frames_go_nowhere() {
    let far = Ipv4Addr::new(8, 8, 8, 8);
    let mut lab = line_with(vec![flow(0, HOST, far, udp(9000))], vec![]);
    lab.run_until(SimTime::from_secs(10));
    assert_eq!(
        lab.account(),
        [
            "flow 0 no_route: 10",
            "node 0 consumed: 1",
            "node 1 consumed: 1",
            "node 1 reply consumed: 1"
        ]
    );
}

#[test]
fn hosts_of_one_idc_reach_each_other_without_the_wire() {
    let other = Ipv4Addr::new(10, 1, 0, 11);
    let config = IdcConfig {
        hosts: vec![other, HOST],
        flows: vec![flow(0, HOST, other, FlowKind::Ping), flow(1, HOST, EDGE, udp(1))],
        ..quiet()
    };
    let mut lab = alone(config);
    lab.run_until(SimTime::from_secs(10));
    assert_eq!(
        lab.account(),
        [
            "flow 0 consumed: 10",
            "flow 0 reply delivered: 10",
            "flow 1 no_listener: 10"
        ]
    );
    assert!(lab.sent.is_empty());
}

#[test]
fn only_frames_with_exactly_its_tag_are_taken() {
    let ping = icmp::echo_request(GATEWAY, EDGE, 1, 1, &[]);
    let tagged = |tags: &[(u16, u16)]| {
        let mut frame = ping.clone();
        frame.set_addresses(MacAddr::local(1, 1), MacAddr::local(2, 0));
        for (tpid, vid) in tags.iter().rev() {
            frame.push_tag(Tag {
                tpid: EtherType(*tpid),
                tci: *vid,
            });
        }
        frame
    };
    for (tags, fate) in [
        (&[(0x8100, 100)][..], "consumed"),
        (&[], "vlan_tag_mismatch"),
        (&[(0x8100, 0)], "vlan_tag_mismatch"),
        (&[(0x88a8, 100)], "vlan_tag_mismatch"),
        (&[(0x8100, 101)], "unknown_vid"),
        (&[(0x8100, 4095)], "reserved_vid"),
        (&[(0x8100, 100), (0x8100, 100)], "second_tag"),
    ] {
        let mut lab = alone(quiet());
        lab.inject((0, 0), tagged(tags).bytes());
        let account = lab.account();
        assert!(
            account.contains(&format!("stranger {fate}: 1")),
            "{tags:?}: {account:?}"
        );
        // An untagged interface takes untagged frames alone.
        let mut lab = alone(IdcConfig { tag: None, ..quiet() });
        lab.inject((0, 0), tagged(tags).bytes());
        let fate = if tags.is_empty() {
            "consumed"
        } else {
            "vlan_tag_mismatch"
        };
        assert!(lab.account().contains(&format!("stranger {fate}: 1")), "{tags:?}");
    }
}

#[test]
fn frames_for_others_and_of_other_protocols_are_refused() {
    let ping = to_edge(icmp::echo_request(GATEWAY, EDGE, 1, 1, &[]));
    let changed = |at: usize, to: u8| {
        let mut frame = ping.clone();
        frame.bytes_mut()[at] = to;
        frame
    };
    let mut broadcast = ping.clone();
    broadcast.set_addresses(MacAddr::BROADCAST, MacAddr::local(7, 7));
    let unknown_host = to_edge(icmp::echo_request(GATEWAY, Ipv4Addr::new(10, 1, 0, 99), 1, 1, &[]));
    for (frame, fate) in [
        (changed(5, 9), "not_for_me"),
        (changed(0, 1), "not_for_me"),
        (broadcast, "not_for_me"),
        (changed(6, 3), "source_mac_is_multicast"),
        (changed(16, 0x86), "unsupported_protocol"),
        (changed(18, 0x46), "bad_header"),
        (changed(18, 0x65), "bad_header"),
        (Frame::from_octets(&ping.bytes()[..13]), "runt_frame"),
        (Frame::from_octets(&ping.bytes()[..17]), "truncated_tag"),
        (Frame::from_octets(&ping.bytes()[..30]), "bad_header"),
        (unknown_host, "no_such_host"),
    ] {
        let mut lab = alone(quiet());
        lab.inject((0, 0), frame.bytes());
        assert_eq!(lab.account(), [format!("stranger {fate}: 1")], "{frame:?}");
    }
}

#[test]
fn a_host_behind_the_edge_is_one_hop_on() {
    let with_ttl = |ttl: u8, dst| {
        let mut frame = icmp::echo_request(GATEWAY, dst, 1, 1, &[]);
        for _ in ttl..64 {
            crate::wire::ipv4::decrement_ttl(&mut frame.bytes_mut()[14..]);
        }
        to_edge(frame)
    };
    for (ttl, dst, fate) in [(1, HOST, "ttl_expired"), (2, HOST, "consumed"), (1, EDGE, "consumed")] {
        let mut lab = alone(quiet());
        lab.inject((0, 0), with_ttl(ttl, dst).bytes());
        assert!(lab.account().contains(&format!("stranger {fate}: 1")), "{ttl} {dst}");
    }
}

#[test]
fn a_probe_is_answered_only_with_a_return_route() {
    for (probe_return_route, reply) in [(true, "stranger reply held: 1"), (false, "stranger reply no_route: 1")] {
        let mut lab = alone(IdcConfig {
            probe_return_route,
            ..quiet()
        });
        lab.inject((0, 0), to_edge(icmp::echo_request(PROBER, EDGE, 1, 1, &[])).bytes());
        let account = lab.account();
        assert!(account.contains(&reply.to_owned()), "{account:?}");
        assert!(account.contains(&"stranger consumed: 1".to_owned()), "{account:?}");
        // The route is for answers to probes of the edge, not for the hosts behind it.
        let mut lab = alone(IdcConfig {
            probe_return_route,
            ..quiet()
        });
        lab.inject((0, 0), to_edge(icmp::echo_request(PROBER, HOST, 1, 1, &[])).bytes());
        assert_eq!(lab.account(), ["stranger consumed: 1", "stranger reply no_route: 1"]);
    }
}

#[test]
fn it_announces_itself_at_the_start_and_asks_for_its_gateway_whenever_its_carrier_comes_up() {
    let mut lab = alone(idc_config(vec![]));
    assert_eq!(lab.next_timeout(), Some(SimTime::ZERO));
    lab.run_until(SimTime::from_secs(1));
    assert_eq!(lab.next_timeout(), None);
    let port = crate::ident::PortNo(0);
    lab.apply(IDC, Change::Carrier { port, up: true });
    assert_eq!(lab.sent.len(), 2);
    for ((_, _, frame, _), asked) in lab.sent.iter().zip([EDGE, GATEWAY]) {
        let view = FrameView::new(frame.bytes()).unwrap();
        let arp = Arp::parse(view.payload()).unwrap();
        assert!(arp.target_ip == asked && arp.sender_ip == EDGE && view.dst() == MacAddr::BROADCAST);
    }
}

#[test]
fn a_carrier_that_is_up_at_once_replaces_the_announcement_of_the_start() {
    let mut lab = alone(idc_config(vec![]));
    let port = crate::ident::PortNo(0);
    lab.apply(IDC, Change::Carrier { port, up: true });
    lab.run_until(SimTime::from_secs(1));
    assert_eq!(lab.sent.len(), 1);
}

#[test]
fn a_stale_gateway_is_refreshed_by_a_router_that_comes_up_again() {
    let arp = ArpConfig {
        age: SECOND.saturating_mul(60),
        ..ArpConfig::default()
    };
    let late = |id| {
        let mut late = flow(id, HOST, ECS, udp(9000));
        (late.start, late.count) = (SimTime::from_secs(100), Some(1));
        late
    };
    let config = IdcConfig {
        arp,
        ..idc_config(vec![late(0)])
    };
    // Without news the entry is too old at second 100: one request, one reply.
    let mut lab = line_of(config.clone(), vpc_config(vec![]));
    lab.run_until(SimTime::from_secs(200));
    assert_eq!(
        lab.account(),
        [
            "flow 0 delivered: 1",
            "node 0 consumed: 2",
            "node 0 reply consumed: 1",
            "node 1 consumed: 1",
            "node 1 reply consumed: 1"
        ]
    );
    // With news at second 50, when the router comes up again, it is not.
    let mut lab = line_of(config, vpc_config(vec![]));
    lab.run_until(SimTime::from_secs(50));
    lab.vbr(VBR, VbrChange::Active(false));
    lab.vbr(VBR, VbrChange::Active(true));
    lab.run_until(SimTime::from_secs(200));
    assert_eq!(
        lab.account(),
        [
            "flow 0 delivered: 1",
            "node 0 consumed: 1",
            "node 1 consumed: 2",
            "node 1 reply consumed: 2"
        ]
    );
}

#[test]
fn a_replayed_frame_leaves_as_it_is() {
    let octets: Vec<u8> = (0..70).collect();
    let frames = vec![(SECOND, Frame::from_octets(&octets))];
    let mut lab = alone(IdcConfig {
        flows: vec![flow(0, HOST, ECS, FlowKind::Replay(frames))],
        ..quiet()
    });
    lab.run_until(SimTime::from_secs(5));
    assert_eq!(lab.account(), ["flow 0 link_down: 1"]);
    let (at, _, frame, _) = &lab.sent[0];
    assert_eq!((*at, frame.bytes()), (SimTime::from_secs(2), &octets[..]));
}

/// Heap of an IDC with one host, one route and a resolved gateway.
pub fn idle_heap_octets() -> usize {
    use crate::evidence::Outbox;
    use crate::ident::{FlowId, Origin, PortNo};
    use crate::node::Node;
    let mut idc = Idc::new(idc_config(vec![]), NodeId(0), 1);
    let mut out = Outbox::default();
    let announcement = Arp::request(MacAddr::local(2, 0), GATEWAY, GATEWAY);
    let frame = to_edge(announcement.frame(MacAddr::BROADCAST));
    let packet = out.offer(TENANT, Origin::Unknown, FlowId::NONE, 0, frame);
    idc.receive(PortNo(0), packet, SimTime::ZERO, &mut out);
    assert!(idc.neighbour(GATEWAY, SimTime::ZERO).is_some());
    idc.heap_octets()
}
