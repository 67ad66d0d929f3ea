//! Access point, fabric and access device, with ledgers that name every counter that moved.

use std::collections::BTreeMap;

use trunklab::evidence::{AccountLine, Lineage, NodeChange, Outbox, Ticket, Trace};
use trunklab::forward::{
    Exact, Limit, Member, Octets, Planted, Policer, PolicerRule, PortRole, Profile, Quirk, Service, ServiceId,
    ServiceKind, Tables,
};
use trunklab::ident::{DropReason, Fate, FlowId, Origin, PortNo, TenantId};
use trunklab::node::access_device::{AccessDevice, sub_interface};
use trunklab::node::access_point::{ARP_PER_SECOND, AccessPoint, ICMP_PER_SECOND};
use trunklab::node::fabric::{Fabric, virtual_connection};
use trunklab::node::switch::{member, port};
use trunklab::node::{Change, Node, Switch, SwitchChange};
use trunklab::units::{BitRate, ByteCount, SimDuration, SimTime};
use trunklab::wire::{EtherType, Frame, MacAddr, Tag, Vid};

const A: TenantId = TenantId(0);
const B: TenantId = TenantId(1);

fn vid(n: u16) -> Option<Vid> {
    Vid::new(n)
}

fn mac(n: u32) -> MacAddr {
    MacAddr::local(9, n)
}

fn frame(dst: MacAddr, src: MacAddr) -> Frame {
    Frame::ethernet(dst, src, EtherType::IPV4, &[0x45; 86])
}

fn arp(src: MacAddr) -> Frame {
    Frame::ethernet(MacAddr::BROADCAST, src, EtherType::ARP, &[0; 28])
}

fn tagged(mut frame: Frame, tags: &[(u16, u16)]) -> Frame {
    for (tpid, tci) in tags.iter().rev() {
        frame.push_tag(Tag {
            tpid: EtherType(*tpid),
            tci: *tci,
        });
    }
    frame
}

/// What one frame brought about: copies by port with their lineage, and its fate if it ended.
#[derive(Debug, Default)]
struct Seen {
    sent: Vec<(u32, Frame, Lineage)>,
    copied: usize,
    dropped: Option<DropReason>,
    /// Addresses that were heard at another port than before: which, and from where to where.
    moved: Vec<(MacAddr, u32, u32)>,
}

impl Seen {
    fn ports(&self) -> Vec<u32> {
        self.sent.iter().map(|(port, _, _)| *port).collect()
    }
}

fn offer<Q: Quirk>(switch: &mut Switch<Q>, port: u32, tenant: TenantId, frame: Frame, at: SimTime) -> Seen {
    let trace = Trace {
        tenant,
        origin: Origin::Unknown,
        flow: FlowId::NONE,
        seq: 7,
        lineage: Lineage::Root,
        doubled: 0,
    };
    let packet = trunklab::evidence::Packet {
        frame,
        ticket: Ticket::open(trace),
    };
    let mut out = Outbox::default();
    switch.receive(PortNo(port), packet, at, &mut out);
    let mut seen = Seen::default();
    for (port, packet) in out.sends {
        let trace = packet.ticket.close();
        assert_eq!((trace.tenant, trace.seq), (tenant, 7));
        seen.sent.push((port.0, packet.frame, trace.lineage));
    }
    for entry in out.entries {
        match entry {
            AccountLine::Copied(..) => seen.copied += 1,
            AccountLine::Settled(_, Fate::Dropped(reason), _) => seen.dropped = Some(reason),
            AccountLine::Changed(NodeChange::Moved { mac, from, to, .. }) => seen.moved.push((mac, from.0, to.0)),
            other => panic!("a switch does not write {other:?}"),
        }
    }
    seen
}

/// Every counter of a switch by name: frames/octets.
fn ledger<Q: Quirk>(switch: &Switch<Q>) -> BTreeMap<String, (u64, u64)> {
    let fast = switch.fast_path();
    let mut all = BTreeMap::new();
    for (reason, count) in fast.unclaimed().iter() {
        all.insert(reason.as_str().to_owned(), (count.frames, count.octets));
    }
    for id in fast.counted() {
        let counters = fast.counters(id);
        for (port, v, c) in counters.members {
            let place = format!("s{} p{}{}", id.0, port.0, v.map_or(String::new(), |v| format!(".{v}")));
            all.insert(format!("{place} received"), (c.received.frames, c.received.octets));
            all.insert(format!("{place} sent"), (c.sent.frames, c.sent.octets));
        }
        for (reason, count) in counters.drops.iter() {
            all.insert(format!("s{} {}", id.0, reason.as_str()), (count.frames, count.octets));
        }
    }
    all
}

/// Runs `act` and demands that exactly these counters moved, by so many frames and octets.
#[track_caller]
fn moves<Q: Quirk>(
    switch: &mut Switch<Q>,
    expected: &[(&str, u64, u64)],
    act: impl FnOnce(&mut Switch<Q>) -> Seen,
) -> Seen {
    let before = ledger(switch);
    let seen = act(switch);
    let mut moved = BTreeMap::new();
    for (name, after) in ledger(switch) {
        let before = before.get(&name).copied().unwrap_or_default();
        if after != before {
            moved.insert(name, (after.0 - before.0, after.1 - before.1));
        }
    }
    let expected: BTreeMap<_, _> = expected
        .iter()
        .map(|(name, f, o)| ((*name).to_owned(), (*f, *o)))
        .collect();
    assert_eq!(moved, expected);
    seen
}

fn cross(tenant: TenantId, a: Member, b: Member) -> Service {
    Service {
        tenant,
        kind: ServiceKind::CrossConnect,
        members: vec![a, b],
    }
}

fn switch<Q: Quirk>(roles: &[PortRole], services: Vec<Service>, quirk: Q) -> Switch<Q> {
    let ports = roles.iter().map(|role| port(*role, 1500)).collect();
    let services = (1..).map(ServiceId).zip(services).collect();
    Switch::with_quirk(
        Tables {
            profile: Profile::Strict,
            ports,
            services,
            ..Tables::default()
        },
        quirk,
    )
}

/// Tenants A (port 0, VID 10) and B (port 1, VID 11) share the circuit at port 2.
fn access_point<Q: Quirk>(quirk: Q) -> AccessPoint<Q> {
    let service = |tenant, p, v| cross(tenant, member(PortNo(p), None), member(PortNo(2), vid(v)));
    switch(
        &[PortRole::Access, PortRole::Access, PortRole::Trunk],
        vec![service(A, 0, 10), service(B, 1, 11)],
        quirk,
    )
}

/// The circuit is at port 0, the VBRs of A and B at ports 1 and 2.
fn access_device<Q: Quirk>(quirk: Q) -> AccessDevice<Q> {
    let service = |tenant, v, p| sub_interface(tenant, PortNo(0), v, PortNo(p), None);
    switch(
        &[PortRole::Trunk, PortRole::Routed, PortRole::Routed],
        vec![service(A, 10, 1), service(B, 11, 2)],
        quirk,
    )
}

#[test]
fn a_tenants_frame_crosses_both_switches_and_every_counter_says_so() {
    let (mut partner, mut cloud) = (access_point(Exact), access_device(Exact));
    let sent = frame(mac(1), mac(2));
    let expected = [("s1 p0 received", 1, 100), ("s1 p2.10 sent", 1, 104)];
    let seen = moves(&mut partner, &expected, |s| offer(s, 0, A, sent.clone(), SimTime::ZERO));
    let (port, on_circuit, lineage) = &seen.sent[0];
    assert_eq!(
        (*port, on_circuit.outer_tag(), *lineage),
        (2, Some(Tag::ctag(vid(10).unwrap())), Lineage::Root)
    );
    let expected = [("s1 p0.10 received", 1, 104), ("s1 p1 sent", 1, 100)];
    let seen = moves(&mut cloud, &expected, |s| {
        offer(s, 0, A, on_circuit.clone(), SimTime::ZERO)
    });
    assert_eq!(seen.ports(), [1]);
    assert_eq!(seen.sent[0].1, sent);
}

#[test]
fn a_frame_of_an_unprovisioned_vlan_is_dropped_and_counted_as_unknown() {
    let mut cloud = access_device(Exact);
    let stray = tagged(frame(mac(1), mac(2)), &[(0x8100, 40)]);
    let seen = moves(&mut cloud, &[("unknown_vid", 1, 104)], |s| {
        offer(s, 0, A, stray, SimTime::ZERO)
    });
    assert_eq!(seen.dropped, Some(DropReason::UnknownVid));
    let untagged = frame(mac(1), mac(2));
    let seen = moves(&mut cloud, &[("vlan_tag_mismatch", 1, 100)], |s| {
        offer(s, 0, A, untagged, SimTime::ZERO)
    });
    assert_eq!(seen.dropped, Some(DropReason::VlanTagMismatch));
}

#[test]
fn a_second_tag_does_not_hop_onto_a_port_without_tags() {
    let mut cloud = access_device(Exact);
    let hopper = tagged(frame(mac(1), mac(2)), &[(0x8100, 10), (0x8100, 11)]);
    let expected = [("s1 p0.10 received", 1, 108), ("s1 second_tag", 1, 108)];
    let seen = moves(&mut cloud, &expected, |s| offer(s, 0, A, hopper, SimTime::ZERO));
    assert_eq!(seen.dropped, Some(DropReason::SecondTag));
}

#[test]
fn a_sub_interface_of_vlan_0_takes_the_circuits_untagged_frames_while_it_exists() {
    let mut cloud = switch(&[PortRole::Trunk, PortRole::Routed], vec![], Exact);
    let set = SwitchChange::Set(ServiceId(5), sub_interface(A, PortNo(0), 0, PortNo(1), None));
    cloud.apply(&Change::Switch(set), SimTime::ZERO, &mut Outbox::default());
    let sent = frame(mac(1), mac(2));
    let expected = [("s5 p0 received", 1, 100), ("s5 p1 sent", 1, 100)];
    moves(&mut cloud, &expected, |s| offer(s, 0, A, sent.clone(), SimTime::ZERO));
    let expected = [("s5 p1 received", 1, 100), ("s5 p0 sent", 1, 100)];
    let seen = moves(&mut cloud, &expected, |s| offer(s, 1, A, sent.clone(), SimTime::ZERO));
    assert_eq!(seen.sent[0].1.outer_tag(), None);
    let remove = Change::Switch(SwitchChange::Remove(ServiceId(5)));
    cloud.apply(&remove, SimTime::ZERO, &mut Outbox::default());
    moves(&mut cloud, &[("vlan_tag_mismatch", 1, 100)], |s| {
        offer(s, 0, A, sent, SimTime::ZERO)
    });
    assert_eq!(
        cloud
            .fast_path()
            .counters(ServiceId(5))
            .member(PortNo(1), None)
            .sent
            .frames,
        1
    );
}

#[test]
fn a_fabric_translates_the_vid_and_keeps_priority_and_drop_eligibility() {
    let service = virtual_connection(A, member(PortNo(0), vid(100)), member(PortNo(1), vid(2999)));
    let mut fabric: Fabric = switch(&[PortRole::Trunk, PortRole::Trunk], vec![service], Exact);
    for (from, to, vids) in [(0, 1, (100, 2999)), (1, 0, (2999, 100))] {
        let sent = tagged(frame(mac(1), mac(2)), &[(0x8100, 0xb000 | vids.0)]);
        let seen = offer(&mut fabric, from, A, sent, SimTime::ZERO);
        let expected = tagged(frame(mac(1), mac(2)), &[(0x8100, 0xb000 | vids.1)]);
        assert_eq!((seen.ports(), &seen.sent[0].1), (vec![to], &expected));
    }
}

#[test]
fn a_tunnel_carries_the_customers_tags_and_gives_them_back() {
    let service = cross(A, member(PortNo(0), None), member(PortNo(1), vid(100)));
    let mut near: AccessPoint = switch(&[PortRole::Tunnel, PortRole::Trunk], vec![service.clone()], Exact);
    let mut far: AccessPoint = switch(&[PortRole::Tunnel, PortRole::Trunk], vec![service], Exact);
    for tags in [
        &[][..],
        &[(0x8100, 300)],
        &[(0x8100, 4095)],
        &[(0x88a8, 5), (0x8100, 6), (0x9100, 7)],
    ] {
        let sent = tagged(frame(mac(1), mac(2)), tags);
        let on_trunk = offer(&mut near, 0, A, sent.clone(), SimTime::ZERO).sent.remove(0).1;
        assert_eq!(on_trunk.outer_tag().map(|tag| tag.tci), Some(100));
        let back = offer(&mut far, 1, A, on_trunk, SimTime::ZERO).sent.remove(0);
        assert_eq!((back.0, back.1), (0, sent));
    }
}

fn bridge() -> Switch {
    let kind = ServiceKind::Bridged {
        mac_limit: 2,
        age: SimDuration::from_secs(300),
    };
    let lan = |tenant, v, ports: [u32; 3]| {
        let members = ports
            .map(|p| member(PortNo(p), (p == 2).then(|| Vid::new(v).unwrap())))
            .to_vec();
        Service { tenant, kind, members }
    };
    let roles = [
        PortRole::Access,
        PortRole::Access,
        PortRole::Trunk,
        PortRole::Access,
        PortRole::Access,
    ];
    switch(&roles, vec![lan(A, 10, [0, 1, 2]), lan(B, 11, [3, 4, 2])], Exact)
}

#[test]
fn a_flood_makes_children_and_the_frame_itself_leaves_last() {
    let mut switch = bridge();
    let expected = [
        ("s1 p0 received", 1, 100),
        ("s1 p1 sent", 1, 100),
        ("s1 p2.10 sent", 1, 104),
    ];
    let seen = moves(&mut switch, &expected, |s| {
        offer(s, 0, A, frame(mac(9), mac(1)), SimTime::ZERO)
    });
    let lineages: Vec<_> = seen.sent.iter().map(|(port, _, lineage)| (*port, *lineage)).collect();
    assert_eq!(lineages, [(1, Lineage::Copy), (2, Lineage::Root)]);
    assert_eq!(seen.copied, 1);
}

#[test]
fn an_address_is_learned_in_its_vlan_alone() {
    let mut switch = bridge();
    offer(&mut switch, 0, A, frame(mac(9), mac(1)), SimTime::ZERO);
    offer(&mut switch, 3, B, frame(mac(9), mac(1)), SimTime::ZERO);
    assert_eq!(
        offer(&mut switch, 1, A, frame(mac(1), mac(2)), SimTime::ZERO).ports(),
        [0]
    );
    assert_eq!(
        offer(&mut switch, 4, B, frame(mac(1), mac(2)), SimTime::ZERO).ports(),
        [3]
    );
    let reflected = frame(mac(1), mac(1));
    let expected = [("s1 p0 received", 1, 100), ("s1 port_loopback_filter", 1, 100)];
    moves(&mut switch, &expected, |s| offer(s, 0, A, reflected, SimTime::ZERO));
}

#[test]
fn a_full_table_floods_what_it_cannot_learn_until_an_entry_has_aged() {
    let mut switch = bridge();
    let at = SimTime::from_secs;
    offer(&mut switch, 0, A, frame(mac(9), mac(1)), at(0));
    offer(&mut switch, 0, A, frame(mac(9), mac(2)), at(1));
    offer(&mut switch, 0, A, frame(mac(9), mac(3)), at(2));
    let elsewhere = offer(&mut switch, 1, A, frame(mac(3), mac(1)), at(3));
    assert_eq!(elsewhere.ports(), [0, 2]);
    assert_eq!(elsewhere.moved, [(mac(1), 0, 1)]);
    // The first address was heard again, so the second is the oldest, and ages at 301 s.
    assert_eq!(
        switch.fast_path().learned(ServiceId(1), at(3)),
        [(mac(2), PortNo(0)), (mac(1), PortNo(1))]
    );
    offer(&mut switch, 0, A, frame(mac(9), mac(3)), at(300));
    assert_eq!(
        switch.fast_path().learned(ServiceId(1), at(300)),
        [(mac(2), PortNo(0)), (mac(1), PortNo(1))]
    );
    offer(&mut switch, 0, A, frame(mac(9), mac(3)), at(301));
    assert_eq!(
        switch.fast_path().learned(ServiceId(1), at(301)),
        [(mac(1), PortNo(1)), (mac(3), PortNo(0))]
    );
}

#[test]
fn a_port_that_goes_down_forgets_the_addresses_behind_it() {
    let mut switch = bridge();
    offer(&mut switch, 0, A, frame(mac(9), mac(1)), SimTime::ZERO);
    offer(&mut switch, 1, A, frame(mac(9), mac(2)), SimTime::ZERO);
    let down = Change::Carrier {
        port: PortNo(0),
        up: false,
    };
    switch.apply(&down, SimTime::ZERO, &mut Outbox::default());
    assert_eq!(
        switch.fast_path().learned(ServiceId(1), SimTime::ZERO),
        [(mac(2), PortNo(1))]
    );
}

#[test]
fn one_arp_bucket_for_all_delays_the_second_tenant_and_one_each_does_not() {
    for (shared, second) in [(Some(0), Some(DropReason::ArpLimit)), (None, None)] {
        let mut partner = access_point(Exact);
        for (id, p, v) in [(1, 0, 10), (2, 1, 11)] {
            let limited = Member {
                arp: Some(Limit {
                    per_second: ARP_PER_SECOND,
                    burst: 1,
                    shared,
                }),
                ..member(PortNo(p), None)
            };
            let service = cross(TenantId(id - 1), limited, member(PortNo(2), vid(v)));
            let set = Change::Switch(SwitchChange::Set(ServiceId(id), service));
            partner.apply(&set, SimTime::ZERO, &mut Outbox::default());
        }
        assert_eq!(offer(&mut partner, 0, A, arp(mac(1)), SimTime::ZERO).dropped, None);
        assert_eq!(offer(&mut partner, 1, B, arp(mac(2)), SimTime::ZERO).dropped, second);
        assert_eq!(
            offer(&mut partner, 1, B, frame(mac(1), mac(2)), SimTime::ZERO).dropped,
            None
        );
        assert_eq!(
            offer(&mut partner, 0, A, arp(mac(1)), SimTime::from_nanos(999_999_999)).dropped,
            Some(DropReason::ArpLimit)
        );
        assert_eq!(
            offer(&mut partner, 1, B, arp(mac(2)), SimTime::from_secs(1)).dropped,
            None
        );
    }
}

#[test]
fn icmp_passes_at_five_hundred_a_second() {
    let limit = Limit {
        per_second: ICMP_PER_SECOND,
        burst: 1,
        shared: None,
    };
    let limited = Member {
        icmp: Some(limit),
        ..member(PortNo(0), None)
    };
    let service = cross(A, limited, member(PortNo(1), vid(10)));
    let mut partner: AccessPoint = switch(&[PortRole::Access, PortRole::Trunk], vec![service], Exact);
    let mut echo = [0x45; 46];
    echo[9] = 1;
    let echo = Frame::ethernet(mac(1), mac(2), EtherType::IPV4, &echo);
    let mut pass = |ms| {
        offer(&mut partner, 0, A, echo.clone(), SimTime::from_millis(ms))
            .dropped
            .is_none()
    };
    let passed = (0..1000).filter(|ms| pass(*ms)).count();
    assert_eq!(passed, 500);
}

#[test]
fn a_sub_interface_polices_both_ways_or_not_at_all() {
    let rate = BitRate::from_mbps(50);
    let policer = PolicerRule::default().policer(rate);
    for police in [Some(policer), None] {
        let service = sub_interface(A, PortNo(0), 10, PortNo(1), police);
        let found: Vec<_> = service.members.iter().map(|m| m.police).collect();
        assert_eq!(found, [police, police]);
    }
    assert_eq!(policer.burst.get(), 625_000);
    assert_eq!(PolicerRule::default().policer(BitRate::from_bps(1)).burst.get(), 64_000);
}

#[test]
fn a_policed_second_passes_rate_and_burst_and_not_an_octet_more() {
    let policer = Policer::single(BitRate::from_mbps(2), ByteCount::new(25_000), Octets::L2Fcs);
    let service = sub_interface(A, PortNo(0), 10, PortNo(1), Some(policer));
    let mut cloud: AccessDevice = switch(&[PortRole::Trunk, PortRole::Routed], vec![service], Exact);
    // 125 octets with FCS and tag come at 10 Mbit/s: one each 100 us. 25,000 octets of burst are
    // 200 frames, and a second's worth of rate is 2,000 more, the last of them 100 us short.
    let sent = tagged(
        Frame::ethernet(mac(1), mac(2), EtherType::IPV6, &[0; 103]),
        &[(0x8100, 10)],
    );
    assert_eq!(sent.len() + 4, 125);
    for n in 0..10_000 {
        offer(&mut cloud, 0, A, sent.clone(), SimTime::from_micros(100 * n));
    }
    let counters = cloud.fast_path().counters(ServiceId(1));
    let passed = (25_000 + 2_000_000 / 8 * 9_999 / 10_000) / 125;
    assert_eq!(counters.member(PortNo(1), None).sent.frames, passed);
    assert_eq!(counters.drops.of(DropReason::OverRate).frames, 10_000 - passed);
}

/// Sends a frame of tenant A through both switches; returns the cloud's ports it came out of.
fn through<Q: Quirk>(quirk: Q, port: u32, sent: Frame) -> Vec<u32> {
    let (mut partner, mut cloud) = (access_point(quirk.clone()), access_device(quirk));
    let seen = if port == 2 {
        Seen {
            sent: vec![(2, sent, Lineage::Root)],
            ..Seen::default()
        }
    } else {
        offer(&mut partner, port, A, sent, SimTime::ZERO)
    };
    seen.sent
        .into_iter()
        .flat_map(|(_, frame, _)| offer(&mut cloud, 0, A, frame, SimTime::ZERO).ports())
        .collect()
}

#[test]
fn planted_faults_leak_a_tenants_frame_to_its_neighbour_and_the_exact_switch_does_not() {
    let on_circuit = |tags: &[(u16, u16)]| tagged(frame(mac(1), mac(2)), tags);
    let vectors = [
        (Planted::PushOffByOne, 0, frame(mac(1), mac(2))),
        (Planted::PortOffByOne, 0, frame(mac(1), mac(2))),
        (Planted::BroadcastToNextVid, 0, arp(mac(2))),
        (Planted::TciNotMasked, 2, on_circuit(&[(0x8100, 0x1000 | 10)])),
        (Planted::VidLowByte, 2, on_circuit(&[(0x8100, 256 + 11)])),
        (Planted::UnknownVidToFirst, 2, on_circuit(&[(0x8100, 40)])),
        (Planted::ReservedVidForwarded, 2, on_circuit(&[(0x8100, 4095)])),
    ];
    for (fault, port, sent) in vectors {
        let exact = through(Exact, port, sent.clone());
        let leaked = through(fault, port, sent);
        assert!(
            !leaked.is_empty() && leaked != exact,
            "{fault}: {leaked:?}, exact {exact:?}"
        );
    }
}

#[test]
fn the_innermost_tag_selects_the_vlan_where_that_fault_is_planted() {
    let service = |tenant, v, p| cross(tenant, member(PortNo(0), vid(v)), member(PortNo(p), vid(v)));
    let services = vec![service(A, 10, 1), service(B, 11, 2)];
    let sent = tagged(frame(mac(1), mac(2)), &[(0x8100, 10), (0x8100, 11)]);
    let roles = [PortRole::Trunk; 3];
    let mut exact = switch(&roles, services.clone(), Planted::Nothing);
    assert_eq!(offer(&mut exact, 0, A, sent.clone(), SimTime::ZERO).ports(), [1]);
    let mut leaky = switch(&roles, services, Planted::LastTagWins);
    assert_eq!(offer(&mut leaky, 0, A, sent, SimTime::ZERO).ports(), [2]);
}

#[test]
fn a_trunk_with_a_list_carries_every_vlan_where_that_fault_is_planted() {
    let service = cross(B, member(PortNo(1), vid(11)), member(PortNo(2), None));
    let roles = [PortRole::Trunk, PortRole::Trunk, PortRole::Access];
    let sent = tagged(frame(mac(1), mac(2)), &[(0x8100, 11)]);
    let mut exact = switch(&roles, vec![service.clone()], Exact);
    assert_eq!(
        offer(&mut exact, 0, A, sent.clone(), SimTime::ZERO).dropped,
        Some(DropReason::UnknownVid)
    );
    let mut leaky = switch(&roles, vec![service], Planted::SubsetTrunkIsFull);
    assert_eq!(offer(&mut leaky, 0, A, sent, SimTime::ZERO).ports(), [1, 2]);
}

#[test]
fn arp_of_the_second_tenant_reaches_the_first_where_that_fault_is_planted() {
    let sent = tagged(arp(mac(2)), &[(0x8100, 11)]);
    assert_eq!(through(Exact, 2, sent.clone()), [2]);
    assert_eq!(through(Planted::ArpToFirst, 2, sent), [1]);
}
