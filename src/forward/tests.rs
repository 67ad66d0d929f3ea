use super::lookup::MemberRef;
use super::*;
use crate::forward::service::ServiceState;
use crate::ident::{DropReason, PortNo, TenantId};
use crate::units::SimTime;
use crate::wire::{EtherType, Frame, MacAddr, Tag, Vid};
use std::mem::size_of;

fn vid(n: u16) -> Option<Vid> {
    Vid::new(n)
}

pub(super) fn member(port: u32, vid: Option<Vid>) -> Member {
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

/// The switch of CONFORMANCE 3.2: p0 = access 10, p1 = access 20, p2 = trunk {10, 20},
/// p3 = native-untagged 10 {10, 20}.
pub(super) fn known_switch(profile: Profile) -> FastPath {
    let port = |role, untagged| PortConfig {
        role,
        tpid: EtherType::CTAG,
        untagged,
        mtu: 1500,
        admit: Admission::BY_PROFILE,
    };
    let ports = vec![
        port(PortRole::Access, Untagged::Drop),
        port(PortRole::Access, Untagged::Drop),
        port(PortRole::Trunk, Untagged::Drop),
        port(PortRole::Trunk, Untagged::Native(Vid::of_tci(10))),
    ];
    let kind = ServiceKind::Bridged {
        mac_limit: 100,
        age: crate::units::SimDuration::from_secs(300),
    };
    let lan = |tenant, access, v| {
        let members = vec![member(access, None), member(2, vid(v)), member(3, vid(v))];
        (
            ServiceId(v.into()),
            Service {
                tenant: TenantId(tenant),
                kind,
                members,
            },
        )
    };
    FastPath::new(Tables {
        profile,
        ports,
        services: [lan(0, 0, 10), lan(1, 1, 20)].into(),
        ..Tables::default()
    })
}

fn a_frame(dst: MacAddr, src: MacAddr, tags: &[(u16, u16)]) -> Frame {
    let mut frame = Frame::ethernet(dst, src, EtherType::IPV6, &[0; 60]);
    for (tpid, tci) in tags.iter().rev() {
        frame.push_tag(Tag {
            tpid: EtherType(*tpid),
            tci: *tci,
        });
    }
    frame
}

/// What leaves: (port, outer tag), or why nothing does.
fn sees(profile: Profile, port: u32, frame: &Frame) -> Result<Vec<(u32, Option<u16>)>, DropReason> {
    let mut fast = known_switch(profile);
    let edit = |(port, rewrite): (PortNo, Rewrite)| {
        let mut frame = frame.clone();
        rewrite.apply(&mut frame);
        (port.0, frame.outer_tag().map(|tag| tag.vid().get()))
    };
    match fast.forward(PortNo(port), frame.bytes(), SimTime::ZERO) {
        FrameVerdict::Drop(reason) => Err(reason),
        FrameVerdict::Forward(port, rewrite) => Ok(vec![edit((port, rewrite))]),
        FrameVerdict::Replicate(group) => Ok(fast.copies(group).map(edit).collect()),
    }
}

const STATION: MacAddr = MacAddr::local(1, 1);
const OTHER: MacAddr = MacAddr::local(1, 2);
/// In this order: strict, 802.1Q, Open vSwitch, Linux.
const ALL: [Profile; 4] = [Profile::Strict, Profile::IeeeDefault, Profile::Ovs31, Profile::Linux612];

#[test]
fn a_tag_of_its_own_vlan_enters_an_access_port_of_802_1q_and_linux_only() {
    let frame = a_frame(OTHER, STATION, &[(0x8100, 10)]);
    let passes = Ok(vec![(2, Some(10)), (3, None)]);
    let mismatch = Err(DropReason::VlanTagMismatch);
    let expected = [mismatch.clone(), passes.clone(), mismatch, passes];
    assert_eq!(ALL.map(|profile| sees(profile, 0, &frame)), expected);
}

#[test]
fn a_neighbours_tag_enters_an_access_port_only_without_ingress_filtering() {
    let frame = a_frame(OTHER, STATION, &[(0x8100, 20)]);
    let mismatch = Err(DropReason::VlanTagMismatch);
    let leak = Ok(vec![(1, None), (2, Some(20)), (3, Some(20))]);
    let expected = [mismatch.clone(), leak, mismatch, Err(DropReason::IngressVlanFilter)];
    assert_eq!(ALL.map(|profile| sees(profile, 0, &frame)), expected);
}

#[test]
fn a_tag_behind_a_priority_tag_hops_everywhere_but_in_strict() {
    let frame = a_frame(OTHER, STATION, &[(0x8100, 0), (0x8100, 20)]);
    let hop = Ok(vec![(2, Some(10)), (3, Some(20))]);
    let expected = [Err(DropReason::SecondTag), hop.clone(), hop.clone(), hop];
    assert_eq!(ALL.map(|profile| sees(profile, 0, &frame)), expected);
}

#[test]
fn an_s_tag_is_read_as_a_c_tag_by_open_vswitch_only() {
    let frame = a_frame(OTHER, STATION, &[(0x88a8, 20)]);
    let mismatch = Err(DropReason::VlanTagMismatch);
    let aliased = Ok(vec![(1, None), (3, Some(20))]);
    let expected = [mismatch.clone(), mismatch.clone(), aliased, mismatch];
    assert_eq!(ALL.map(|profile| sees(profile, 2, &frame)), expected);
}

#[test]
fn a_group_source_address_passes_open_vswitch_only() {
    let frame = a_frame(OTHER, MacAddr([3, 0, 0, 0, 0, 1]), &[]);
    let drop = Err(DropReason::SourceMacIsMulticast);
    let expected = [drop.clone(), drop.clone(), Ok(vec![(2, Some(10)), (3, None)]), drop];
    assert_eq!(ALL.map(|profile| sees(profile, 0, &frame)), expected);
}

#[test]
fn reserved_destinations_are_filtered_as_each_device_does() {
    let passes = |dst| ALL.map(|profile| sees(profile, 0, &a_frame(MacAddr(dst), STATION, &[])).is_ok());
    assert_eq!(passes([1, 0x80, 0xc2, 0, 0, 0]), [false, false, false, true]);
    for last in 1..16 {
        assert_eq!(passes([1, 0x80, 0xc2, 0, 0, last]), [false; 4]);
    }
    assert_eq!(passes([1, 0x80, 0xc2, 0, 0, 16]), [true; 4]);
    assert_eq!(passes([1, 0, 0x0c, 0xcc, 0xcc, 0xcd]), [true, true, false, true]);
}

#[test]
fn vid_4095_passes_no_profile() {
    let frame = a_frame(OTHER, STATION, &[(0x8100, 4095)]);
    for (profile, port) in ALL
        .into_iter()
        .flat_map(|profile| (0..4).map(move |port| (profile, port)))
    {
        assert!(sees(profile, port, &frame).is_err(), "{profile:?} {port}");
    }
}

#[test]
fn a_frame_cut_at_any_length_is_whole_runt_or_truncated() {
    let whole = a_frame(OTHER, STATION, &[(0x8100, 10), (0x88a8, 20), (0x9100, 30)]);
    for len in 0..=whole.len() {
        let expected = match len {
            0..14 => Shape::Runt,
            14..26 => Shape::Truncated,
            _ => Shape::Whole,
        };
        assert_eq!(classify(&whole.bytes()[..len], PortNo(0)).shape, expected, "{len}");
    }
}

#[test]
fn a_payload_of_the_mtu_passes_behind_any_tag_and_one_octet_more_does_not() {
    for (len, passes) in [(1500, true), (1501, false)] {
        let mut frame = Frame::ethernet(OTHER, STATION, EtherType::IPV4, &vec![0; len]);
        assert_eq!(sees(Profile::Strict, 0, &frame).is_ok(), passes);
        frame.push_tag(Tag::ctag(Vid::of_tci(10)));
        assert_eq!(sees(Profile::Strict, 2, &frame).is_ok(), passes);
    }
}

#[test]
fn where_two_services_claim_a_place_the_lower_id_has_it_until_it_goes() {
    let mut fast = known_switch(Profile::Strict);
    let owner = |fast: &FastPath| {
        let frame = a_frame(OTHER, STATION, &[]);
        match fast.decide(&fast.classify(frame.bytes(), PortNo(0))) {
            Decision::Bridge(entry) | Decision::Connect(entry, _) => Some(entry.slot),
            Decision::Drop(..) => None,
        }
    };
    let first = owner(&fast);
    let rival = Service {
        tenant: TenantId(3),
        kind: ServiceKind::CrossConnect,
        members: vec![member(0, None)],
    };
    fast.set(ServiceId(11), rival.clone());
    assert_eq!(owner(&fast), first);
    fast.set(ServiceId(9), rival);
    assert_ne!(owner(&fast), first);
    assert!(fast.remove(ServiceId(9)));
    assert_eq!(owner(&fast), first);
    assert!(fast.remove(ServiceId(10)) && fast.remove(ServiceId(11)));
    assert_eq!(owner(&fast), None);
    assert_eq!(fast.generation(), 5);
}

#[test]
fn a_decision_for_a_service_that_is_gone_is_a_drop_as_unknown() {
    let mut fast = known_switch(Profile::Strict);
    let frame = a_frame(OTHER, STATION, &[]);
    let key = fast.classify(frame.bytes(), PortNo(0));
    let stale = fast.decide(&key);
    fast.remove(ServiceId(10));
    assert_eq!(
        fast.charge(&key, stale, SimTime::ZERO),
        FrameVerdict::Drop(DropReason::UnknownVid)
    );
    assert_eq!(fast.unclaimed().of(DropReason::UnknownVid).frames, 1);
}

#[test]
fn every_planted_fault_and_every_profile_has_a_name_that_reads_back() {
    for profile in Profile::ALL {
        assert_eq!(profile.to_string().parse(), Ok(*profile));
    }
    for fault in Planted::every() {
        assert_eq!(fault.to_string().parse(), Ok(fault));
    }
    assert!(
        "no-such-fault"
            .parse::<Planted>()
            .unwrap_err()
            .contains("push-off-by-one")
    );
    assert_eq!(size_of::<Exact>(), 0);
}

#[test]
fn a_sub_interface_that_is_policed_both_ways_takes_at_most_700_octets_beside_its_rows() {
    use crate::forward::service::Policed;
    // Both members stand in the service.
    let bare = size_of::<Option<ServiceState>>();
    let all = bare + 2 * size_of::<Policed>();
    assert!(all <= 700, "{bare} {}", size_of::<Policed>());
}

#[test]
fn an_idle_cross_connect_takes_at_most_300_octets() {
    // Its two rows come to 64 octets each, and what stands beside them.
    assert!(
        size_of::<Option<ServiceState>>() <= 300,
        "{}",
        size_of::<Option<ServiceState>>()
    );
    assert_eq!(size_of::<crate::forward::row::Row>(), 64);
    assert_eq!(size_of::<crate::forward::row::Beside>(), 48);
}

#[test]
fn a_trunk_whose_pages_become_one_block_keeps_buckets_counters_and_services() {
    let trunk = PortConfig {
        role: PortRole::Trunk,
        tpid: EtherType::CTAG,
        untagged: Untagged::Drop,
        mtu: 1500,
        admit: Admission::BY_PROFILE,
    };
    let mut fast = FastPath::new(Tables {
        profile: Profile::Strict,
        ports: vec![trunk.clone(), trunk],
        ..Tables::default()
    });
    // One VID for each page of 64, so that the sixteenth service changes where all of them are.
    let vlan = |n: u32| vid(u16::try_from(n * 64 + 1).unwrap());
    let frames = |n: u32| u64::from(24 - n);
    for n in 0..24 {
        let mut ingress = member(0, vlan(n));
        let rate = crate::units::BitRate::from_bps(0);
        ingress.police = Some(Policer::single(rate, crate::units::ByteCount::new(100_000), Octets::L2));
        let service = Service {
            tenant: TenantId(n),
            kind: ServiceKind::CrossConnect,
            members: vec![ingress, member(1, vlan(n))],
        };
        fast.set(ServiceId(n), service);
        for old in 0..=n {
            let tci = vlan(old).unwrap().get();
            let frame = a_frame(MacAddr::local(1, 1), MacAddr::local(1, 2), &[(0x8100, tci)]);
            let verdict = fast.forward(PortNo(0), frame.bytes(), SimTime::ZERO);
            let FrameVerdict::Forward(PortNo(1), rewrite) = verdict else {
                panic!("service {old} beside {n}: {verdict:?}");
            };
            assert_eq!(rewrite.push.map(|tag| tag.vid), vlan(old));
        }
    }
    for n in 0..24 {
        let received = fast.counters(ServiceId(n)).member(PortNo(0), vlan(n)).received;
        assert_eq!((received.frames, received.octets), (frames(n), frames(n) * 78));
        let bucket = fast.bucket(ServiceId(n), PortNo(0), vlan(n)).unwrap();
        assert_eq!(bucket.spent(), frames(n) * 78 * 8_000_000_000);
        assert!(fast.remove(ServiceId(n)));
    }
    // What was freed is used again, and empty: another trunk finds nobody's rows in its pages.
    let tci = vlan(3).unwrap().get();
    let frame = a_frame(MacAddr::local(1, 1), MacAddr::local(1, 2), &[(0x8100, tci)]);
    let verdict = fast.forward(PortNo(0), frame.bytes(), SimTime::ZERO);
    assert_eq!(verdict, FrameVerdict::Drop(DropReason::UnknownVid));
}

#[test]
fn slots_are_of_one_service_where_index_and_era_agree() {
    let slot = |service, member, era| MemberRef { service, member, era };
    let one = slot(3, 0, 7);
    assert!(one.same_service(slot(3, 1, 7)), "two members of a service");
    assert!(!one.same_service(slot(4, 0, 7)), "another service");
    assert!(!one.same_service(slot(3, 0, 8)), "a later service of the same index");
}

#[test]
fn octets_on_each_basis_are_those_of_tagged_frames_with_or_without_their_tags() {
    // Two frames of 46 octets of payload with one tag: 64 octets each without FCS.
    let mut count = Count::default();
    count.add(64, 46);
    count.add(64, 46);
    for (basis, octets) in [
        (Octets::L1, 2 * 88),
        (Octets::L1Untagged, 2 * 84),
        (Octets::L2Fcs, 2 * 68),
        (Octets::L2FcsUntagged, 2 * 64),
        (Octets::L2, 2 * 64),
        (Octets::L2Untagged, 2 * 60),
        (Octets::L3, 2 * 46),
    ] {
        assert_eq!(count.on(basis), octets, "{basis:?}");
    }
}

#[test]
fn a_frame_is_of_the_service_that_its_port_and_tag_lead_to_and_of_none_else() {
    let fast = known_switch(Profile::Strict);
    let untagged = Frame::ethernet(MacAddr::local(1, 1), MacAddr::local(1, 2), EtherType::IPV4, &[0; 46]);
    let tagged = |n| {
        let mut frame = untagged.clone();
        frame.push_tag(Tag::ctag(Vid::of_tci(n)));
        frame
    };
    let of = |frame: &Frame, port| fast.service_of(frame.bytes(), PortNo(port));
    assert_eq!(of(&untagged, 0), Some(ServiceId(10)));
    assert_eq!(of(&untagged, 1), Some(ServiceId(20)));
    assert_eq!(of(&tagged(10), 2), Some(ServiceId(10)));
    assert_eq!(of(&tagged(20), 2), Some(ServiceId(20)));
    assert_eq!(of(&tagged(30), 2), None);
    assert_eq!(fast.service_of(&[0; 5], PortNo(0)), None);
}
