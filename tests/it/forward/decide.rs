//! Decision: every tag at every role of port, by closed forms and by the reference.

use std::collections::BTreeMap;

use trunklab::forward::{
    Admission, Decision, FastPath, Member, PortConfig, PortRole, PriorityMap, Profile, Service, ServiceId, ServiceKind,
    Tables, Untagged,
};
use trunklab::ident::{DropReason, PortNo, TenantId};
use trunklab::units::SimTime;
use trunklab::wire::{EtherType, Frame, MacAddr};

use super::draw::{ROLES, vid};
use super::drive::{counted_alike, outcome};
use super::forward_reference::ReferenceSwitch;

/// Every TCI behind every TPID at every role of port, by a closed form.
#[test]
fn every_tci_at_every_role_meets_the_verdict_of_the_rules() {
    for role in ROLES {
        for native in [Untagged::Drop, Untagged::Native(vid(10))] {
            let fast = sweep_switch(role, native);
            for tpid in [0x8100, 0x88a8, 0x9100, 0x9200] {
                let mut bytes = Frame::ethernet(MacAddr::local(1, 1), MacAddr::local(1, 2), EtherType(tpid), &[0; 46])
                    .bytes()
                    .to_vec();
                for tci in 0..=u16::MAX {
                    bytes[14..16].copy_from_slice(&tci.to_be_bytes());
                    let decision = fast.decide(&fast.classify(&bytes, PortNo(0)));
                    let got = match decision {
                        Decision::Drop(reason, _) => Err(reason),
                        Decision::Connect(_, end) => end.map(|(_, port, rewrite)| (port.0, rewrite.pop)),
                        Decision::Bridge(_) => panic!("a cross-connect does not learn"),
                    };
                    assert_eq!(
                        got,
                        expected(role, native, tpid, tci & 0xfff),
                        "{role:?} {native:?} {tpid:x} {tci:x}"
                    );
                }
            }
        }
    }
}

/// Port 0 under test; VID 10 or the whole port goes to port 1, VID 20 to port 2.
fn sweep_switch(role: PortRole, untagged: Untagged) -> FastPath {
    let port = |role, untagged| PortConfig {
        role,
        tpid: EtherType::CTAG,
        untagged,
        mtu: 1500,
        admit: Admission::BY_PROFILE,
    };
    let member = |port, vid| Member {
        port: PortNo(port),
        vid,
        police: None,
        arp: None,
        icmp: None,
        bound_mac: None,
        priority: PriorityMap::KEEP,
    };
    let service = |a, b| Service {
        tenant: TenantId(0),
        kind: ServiceKind::CrossConnect,
        members: vec![a, b],
    };
    let on_port_0 = |v| (role == PortRole::Trunk).then_some(vid(v));
    let mut services = BTreeMap::from([(
        ServiceId(1),
        service(member(0, on_port_0(10)), member(1, Some(vid(110)))),
    )]);
    if role == PortRole::Trunk {
        services.insert(
            ServiceId(2),
            service(member(0, Some(vid(20))), member(2, Some(vid(120)))),
        );
    }
    let trunk = || port(PortRole::Trunk, Untagged::Drop);
    FastPath::new(Tables {
        profile: Profile::Strict,
        ports: vec![port(role, untagged), trunk(), trunk()],
        services,
        ..Tables::default()
    })
}

fn expected(role: PortRole, untagged: Untagged, tpid: u16, v: u16) -> Result<(u32, bool), DropReason> {
    let ours = tpid == 0x8100;
    match role {
        PortRole::Tunnel => Ok((1, false)),
        PortRole::Routed if tpid == 0x9200 => Ok((1, false)),
        PortRole::Routed => Err(DropReason::VlanTagMismatch),
        PortRole::Access if !ours => Ok((1, false)),
        PortRole::Access if v == 0 => Ok((1, true)),
        PortRole::Access if v == 4095 => Err(DropReason::ReservedVid),
        PortRole::Access => Err(DropReason::VlanTagMismatch),
        PortRole::Trunk if !ours || v == 0 => match untagged {
            Untagged::Drop => Err(DropReason::VlanTagMismatch),
            Untagged::Native(_) => Ok((1, ours)),
        },
        PortRole::Trunk => match v {
            10 => Ok((1, true)),
            20 => Ok((2, true)),
            4095 => Err(DropReason::ReservedVid),
            _ => Err(DropReason::UnknownVid),
        },
    }
}

#[test]
fn a_frame_cut_at_every_length_meets_the_verdict_of_the_reference_at_every_role() {
    for role in ROLES {
        for tags in [
            &[][..],
            &[10],
            &[0],
            &[0, 20],
            &[10, 20],
            &[10, 20, 30],
            &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        ] {
            let mut bytes = [MacAddr::local(1, 1).0, MacAddr::local(1, 2).0].concat();
            for v in tags {
                bytes.extend([0x81, 0x00, 0x50, *v]);
            }
            bytes.extend([0x08, 0x00]);
            bytes.extend([0x45; 46]);
            let mut fast = sweep_switch(role, Untagged::Native(vid(10)));
            let mut reference = ReferenceSwitch::new(fast.tables());
            for cut in 0..=bytes.len() {
                let bytes = &bytes[..cut];
                let verdict = fast.forward(PortNo(0), bytes, SimTime::ZERO);
                let expected = reference.receive(PortNo(0), bytes, SimTime::ZERO);
                assert_eq!(outcome(&fast, verdict, bytes), expected, "{role:?} {tags:?} {cut}");
            }
            counted_alike(&fast, &reference);
        }
    }
}
