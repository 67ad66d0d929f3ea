//! Two tags at every pair of an Open vSwitch's ports, by the reference: what a running one was asked
//! (`tests/it/open_vswitch.rs`), here for all tags whose parts matter, and where there is none to ask.

use std::collections::BTreeMap;

use trunklab::forward::{
    Admission, FastPath, Member, PortConfig, PortRole, PriorityMap, Profile, Service, ServiceId, ServiceKind, Tables,
    Untagged, VlanLimit,
};
use trunklab::ident::{PortNo, TenantId};
use trunklab::units::{SimDuration, SimTime};
use trunklab::wire::{EtherType, MacAddr, Vid};

use super::draw::vid;
use super::drive::{counted_alike, outcome};
use super::forward_reference::ReferenceSwitch;

/// Two trunks of every VLAN, two access ports of VLAN 10, and a trunk whose native VLAN that is.
const ROLES: [PortRole; 5] = [
    PortRole::Trunk,
    PortRole::Trunk,
    PortRole::Access,
    PortRole::Access,
    PortRole::Trunk,
];
const EVERY_VLAN: [u32; 2] = [0, 1];

fn open_vswitch(vlan_limit: VlanLimit) -> Tables {
    let port = |at: u32, role| PortConfig {
        role,
        tpid: EtherType::CTAG,
        untagged: if at == 4 {
            Untagged::Native(vid(10))
        } else {
            Untagged::Drop
        },
        mtu: 1500,
        admit: Admission {
            takes_vid_4095: EVERY_VLAN.contains(&at),
            ..Admission::BY_PROFILE
        },
    };
    let member = |port: u32, vid: Option<Vid>| Member {
        port: PortNo(port),
        vid,
        police: None,
        arp: None,
        icmp: None,
        bound_mac: None,
        priority: PriorityMap::KEEP,
    };
    let vlan = |members| Service {
        tenant: TenantId(0),
        kind: ServiceKind::Bridged {
            mac_limit: 100,
            age: SimDuration::from_nanos(1_000_000_000),
        },
        members,
    };
    let tagged = |v| EVERY_VLAN.map(|port| member(port, Some(vid(v)))).to_vec();
    let vlan_10 = [
        tagged(10),
        vec![member(2, None), member(3, None), member(4, Some(vid(10)))],
    ]
    .concat();
    Tables {
        profile: Profile::Ovs31,
        vlan_limit,
        ports: (0..).zip(ROLES).map(|(at, role)| port(at, role)).collect(),
        services: BTreeMap::from([
            (ServiceId(0), vlan(EVERY_VLAN.map(|port| member(port, None)).to_vec())),
            (ServiceId(10), vlan(vlan_10)),
            (ServiceId(20), vlan(tagged(20))),
        ]),
        ..Tables::default()
    }
}

/// No tag, and every one whose parts matter: type, priority, drop eligibility, and the VLANs 0, 10 and 20.
fn tags() -> Vec<Vec<u8>> {
    let mut all = vec![Vec::new()];
    for tpid in [0x8100_u16, 0x88a8] {
        for priority in [0, 1, 6, 7_u16] {
            for v in [0, 10, 20] {
                all.push([tpid, priority << 12 | v].map(u16::to_be_bytes).concat());
            }
        }
    }
    all
}

#[test]
fn any_two_tags_at_any_pair_of_open_vswitchs_ports_leave_as_the_reference_has_them() {
    for vlan_limit in [VlanLimit::One, VlanLimit::Two] {
        let tables = open_vswitch(vlan_limit);
        let mut fast = FastPath::new(tables.clone());
        let mut reference = ReferenceSwitch::new(tables);
        for (port, outer) in (0..5_u32).flat_map(|port| tags().into_iter().map(move |outer| (port, outer))) {
            for inner in tags() {
                let addresses = [MacAddr::BROADCAST.0, MacAddr::local(1, port).0].concat();
                let bytes = [&addresses[..], &outer, &inner, &[0x88, 0xb5], &[0x45; 46]].concat();
                let verdict = fast.forward(PortNo(port), &bytes, SimTime::ZERO);
                let expected = reference.receive(PortNo(port), &bytes, SimTime::ZERO);
                assert_eq!(
                    outcome(&fast, verdict, &bytes),
                    expected,
                    "{vlan_limit:?} at port {port}: {outer:02x?} {inner:02x?}"
                );
            }
        }
        counted_alike(&fast, &reference);
    }
}
