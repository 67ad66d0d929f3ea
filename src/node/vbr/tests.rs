use std::net::Ipv4Addr;

use crate::evidence::NodeChange;
use crate::forward::{Octets, Policer};
use crate::host::{FlowKind, FlowSpec, FrameSize, Pattern};
use crate::node::idc::IdcConfig;
use crate::node::lab::*;
use crate::node::{AddressPlan, HealthCheckConfig, NextHop, VbrChange};
use crate::units::{BitRate, SimDuration, SimTime};
use crate::wire::{Frame, FrameView, Ipv4View, MacAddr};

fn check(threshold: u8) -> VbrChange {
    VbrChange::HealthCheck(Some(HealthCheckConfig {
        source: PROBER,
        interval: SimDuration::from_secs(2),
        threshold,
    }))
}

fn turns(lab: &Lab) -> Vec<(u64, bool)> {
    let health = |(at, change): &(SimTime, NodeChange)| match change {
        NodeChange::Health { healthy, .. } => Some((at.as_secs(), *healthy)),
        NodeChange::Arp { .. } | NodeChange::Moved { .. } => None,
    };
    lab.changes.iter().filter_map(health).collect()
}

#[test]
fn probes_are_answered_and_accounted_for() {
    let mut lab = line_with(vec![], vec![]);
    lab.vbr(VBR, check(8));
    lab.run_until(SimTime::from_secs(19));
    assert_eq!(turns(&lab), []);
    // Ten probes and one announcement of the IDC; the router's own request is the one that the first
    // probe waits for.
    assert_eq!(
        lab.account(),
        ["node 0 consumed: 1", "node 1 consumed: 11", "node 1 reply consumed: 11"]
    );
}

#[test]
fn a_cut_circuit_is_unhealthy_exactly_threshold_times_interval_after_the_first_lost_probe() {
    let mut lab = line_with(vec![], vec![]);
    lab.vbr(VBR, check(8));
    lab.run_until(SimTime::from_secs(5));
    lab.cut(0, true);
    lab.run_until(SimTime::from_secs(60));
    lab.cut(0, false);
    lab.run_until(SimTime::from_secs(120));
    // The first lost probe leaves at second 6, the first answered one at 62, its eighth at 76.
    assert_eq!(turns(&lab), [(6 + 16, false), (62 + 14, true)]);
}

#[test]
fn seven_lost_probes_of_eight_do_not_switch() {
    let mut lab = line_with(vec![], vec![]);
    lab.vbr(VBR, check(8));
    for round in 0..5 {
        // The probe of second 16 x round is answered, the seven after it are lost.
        lab.run_until(SimTime::from_secs(16 * round + 1));
        lab.cut(0, true);
        lab.run_until(SimTime::from_secs(16 * round + 15));
        lab.cut(0, false);
    }
    lab.run_until(SimTime::from_secs(100));
    assert_eq!(turns(&lab), []);
}

#[test]
fn a_changed_check_keeps_its_verdict_and_an_ended_one_frees_the_route() {
    let mut lab = line_with(vec![], vec![]);
    lab.vbr(VBR, check(3));
    lab.cut(0, true);
    lab.run_until(SimTime::from_secs(11));
    lab.vbr(VBR, check(8));
    lab.run_until(SimTime::from_secs(60));
    lab.vbr(VBR, VbrChange::HealthCheck(None));
    lab.run_until(SimTime::from_secs(90));
    // The first probe left and was answered before the cut.
    assert_eq!(turns(&lab), [(8, false), (60, true)]);
    assert_eq!(lab.next_timeout(), None, "nothing idle holds a timer");
}

#[test]
fn without_the_return_route_the_peer_is_unhealthy_though_it_is_reachable() {
    let idc = IdcConfig {
        probe_return_route: false,
        ..idc_config(vec![flow(0, HOST, ECS, udp(1))])
    };
    let mut lab = line_of(idc, vpc_config(vec![]));
    lab.vbr(VBR, check(3));
    lab.run_until(SimTime::from_secs(7));
    assert_eq!(turns(&lab), [(6, false)]);
    assert_eq!(
        lab.account(),
        [
            "flow 0 delivered: 10",
            "node 0 consumed: 1",
            "node 1 consumed: 5",
            "node 1 reply consumed: 1",
            "node 1 reply no_route: 4"
        ]
    );
}

#[test]
fn it_passes_nothing_and_answers_nothing_until_it_is_active_and_has_an_address() {
    let flows = vec![flow(0, HOST, ECS, udp(1)), flow(1, EDGE, GATEWAY, FlowKind::Ping)];
    let mut lab = line_with(flows, vec![flow(2, ECS, HOST, udp(1))]);
    lab.vbr(VBR, check(3));
    lab.run_until(SimTime::ZERO);
    lab.vbr(VBR, VbrChange::Active(false));
    lab.run_until(SimTime::from_secs(10));
    assert_eq!(
        lab.account(),
        [
            "flow 0 interface_down: 10",
            "flow 1 interface_down: 10",
            "flow 2 interface_down: 10",
            "node 0 consumed: 1",
            "node 1 consumed: 2",
            "node 1 reply consumed: 2"
        ]
    );
    lab.vbr(VBR, VbrChange::Active(true));
    lab.vbr(VBR, VbrChange::Address(None));
    lab.inject((VBR, 0), &[0; 60]);
    assert!(lab.account().contains(&"stranger interface_down: 1".to_owned()));
}

#[test]
fn a_new_peer_address_ends_the_frames_that_waited_for_the_old_one() {
    let mut lab = line_with(vec![], vec![flow(0, ECS, HOST, udp(1))]);
    let plan = |peer| {
        VbrChange::Address(Some(AddressPlan {
            local: GATEWAY,
            peer,
            prefix_len: 29,
        }))
    };
    lab.vbr(VBR, plan(Ipv4Addr::new(172, 16, 0, 3)));
    lab.run_until(SimTime::from_nanos(1_500_000_000));
    lab.vbr(VBR, plan(EDGE));
    lab.run_until(SimTime::from_secs(10));
    // Six frames wait for 172.16.0.3, whom nobody answers for.
    let account = lab.account();
    assert!(account.contains(&"flow 0 interface_down: 6".to_owned()), "{account:?}");
    assert!(account.contains(&"flow 0 delivered: 4".to_owned()), "{account:?}");
}

#[test]
fn the_longest_prefix_decides_and_the_interconnect_is_connected() {
    let flows = vec![
        flow(0, ECS, HOST, udp(1)),
        flow(1, ECS, Ipv4Addr::new(10, 1, 9, 9), udp(1)),
        flow(2, ECS, EDGE, FlowKind::Ping),
        flow(3, ECS, GATEWAY, FlowKind::Ping),
    ];
    let mut lab = line_with(vec![], flows);
    // A narrower route into the cloud: what goes there comes back until its hops run out.
    lab.vbr(VBR, VbrChange::RouteSet(Ipv4Addr::new(10, 1, 9, 0), 24, NextHop::Cloud));
    lab.vbr(VBR, VbrChange::RouteSet(Ipv4Addr::UNSPECIFIED, 0, NextHop::Cloud));
    // A route of the interconnect's own length does not lead away from it.
    lab.vbr(VBR, VbrChange::RouteSet(GATEWAY, 30, NextHop::Cloud));
    lab.run_until(SimTime::from_secs(10));
    assert_eq!(
        lab.account(),
        [
            "flow 0 delivered: 10",
            "flow 1 ttl_expired: 10",
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
fn a_removed_route_leads_nowhere() {
    let mut lab = line_with(vec![], vec![flow(0, ECS, HOST, udp(1))]);
    lab.run_until(SimTime::from_nanos(1_500_000_000));
    lab.vbr(VBR, VbrChange::RouteRemove(Ipv4Addr::new(10, 1, 0, 0), 16));
    lab.run_until(SimTime::from_secs(10));
    let account = lab.account();
    assert_eq!(account[..2], ["flow 0 delivered: 6", "flow 0 no_route: 4"]);
}

#[test]
fn each_routed_hop_takes_one_from_the_ttl() {
    let mut lab = line_with(vec![flow(0, HOST, ECS, udp(1))], vec![]);
    lab.run_until(SimTime::from_secs(1));
    let ttls: Vec<u8> = lab
        .sent
        .iter()
        .filter(|s| s.3.flow.is_some())
        .map(|(_, _, frame, _)| {
            let view = FrameView::new(frame.bytes()).unwrap();
            let ip = Ipv4View::new(view.payload()).unwrap();
            assert!(ip.checksum_is_right());
            ip.ttl()
        })
        .collect();
    assert_eq!(ttls, [63, 62]);
}

/// 1,250 frames of 1,000 octets in a second: 10 Mbit/s.
fn ten_megabits(id: u32, src: Ipv4Addr, dst: Ipv4Addr) -> FlowSpec {
    FlowSpec {
        pattern: Pattern::Constant(SimDuration::from_micros(800)),
        size: FrameSize::Fixed(1000),
        count: Some(1250),
        ..flow(id, src, dst, udp(1))
    }
}

/// A bucket of ten full frames.
fn throttle(rate: BitRate) -> Policer {
    Policer::single(rate, crate::units::ByteCount::new(15_180), Octets::L2Fcs)
}

#[test]
fn the_throttle_passes_its_rate_and_burst_to_the_frame_in_both_directions() {
    let rate = BitRate::from_mbps(5);
    let mut lab = line_with(vec![ten_megabits(0, HOST, ECS)], vec![ten_megabits(1, ECS, HOST)]);
    lab.vbr(VBR, VbrChange::Throttle(Some(throttle(rate))));
    lab.run_until(SimTime::from_secs(3));
    // The bucket is full at second 1 with 15,180 octets; the last frame comes 999.2 ms later,
    // when 624,500 octets have flowed in.
    let passed = (throttle(rate).burst.get() + rate.octets_in(SimDuration::from_micros(999_200)).get()) / 1000;
    assert_eq!(passed, 639);
    assert_eq!(
        lab.account(),
        [
            "flow 0 delivered: 639",
            "flow 0 throttled: 611",
            "flow 1 delivered: 639",
            "flow 1 throttled: 611",
            "node 0 consumed: 1",
            "node 1 consumed: 1",
            "node 1 reply consumed: 1"
        ]
    );
}

#[test]
fn arp_and_its_own_pings_are_not_throttled() {
    let mut lab = line_with(vec![flow(0, EDGE, GATEWAY, FlowKind::Ping)], vec![]);
    lab.vbr(VBR, VbrChange::Throttle(Some(throttle(BitRate::from_bps(0)))));
    lab.run_until(SimTime::from_secs(3));
    assert_eq!(
        lab.account(),
        [
            "flow 0 consumed: 10",
            "flow 0 reply delivered: 10",
            "node 0 consumed: 1",
            "node 1 consumed: 1",
            "node 1 reply consumed: 1"
        ]
    );
}

#[test]
fn ipv6_is_refused_by_name_and_tags_do_not_belong_on_its_ports() {
    let (dst, src) = (MacAddr::local(2, 0), MacAddr::local(1, 1));
    let frame = |dst, ethertype| Frame::ethernet(dst, src, crate::wire::EtherType(ethertype), &[]);
    let cloud = crate::node::cloud::NEIGHBOUR;
    for (port, frame, fate) in [
        (0, frame(dst, 0x86dd), "unsupported_protocol"),
        (1, frame(cloud, 0x86dd), "unsupported_protocol"),
        (0, frame(dst, 0x8100), "vlan_tag_mismatch"),
        (1, frame(cloud, 0x8100), "vlan_tag_mismatch"),
        (1, frame(dst, 0x0800), "not_for_me"),
        (0, frame(cloud, 0x0800), "not_for_me"),
        (0, frame(dst, 0x0800), "bad_header"),
    ] {
        let mut lab = line_with(vec![], vec![]);
        lab.inject((VBR, port), frame.bytes());
        let account = lab.account();
        assert!(account.contains(&format!("stranger {fate}: 1")), "{account:?}");
    }
}

/// Heap of a VBR with a throttle, a health check, two routes and a resolved peer.
pub fn idle_heap_octets() -> usize {
    use crate::evidence::Outbox;
    use crate::ident::NodeId;
    use crate::node::{Change, Node};
    let mut vbr = super::Vbr::new(vbr_config(), NodeId(0));
    let mut out = Outbox::default();
    for change in [
        VbrChange::Throttle(Some(throttle(BitRate::from_mbps(50)))),
        VbrChange::RouteSet(Ipv4Addr::new(10, 1, 0, 0), 16, NextHop::Peer),
        VbrChange::RouteSet(Ipv4Addr::new(10, 2, 0, 0), 16, NextHop::Cloud),
        VbrChange::Address(Some(AddressPlan {
            local: GATEWAY,
            peer: EDGE,
            prefix_len: 30,
        })),
        check(8),
        VbrChange::Active(true),
    ] {
        vbr.apply(&Change::Vbr(change), SimTime::ZERO, &mut out);
    }
    let octets = vbr.heap_octets();
    for packet in out.sends.drain(..).map(|(_, packet)| packet).chain(vbr.drain()) {
        packet.ticket.close();
    }
    octets
}
