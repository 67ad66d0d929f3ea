//! Every row of CONFORMANCE 3.2 at every profile: the frame that goes in, the frames that come out.
//!
//! The row of `vlan-limit=2`, which is of Open vSwitch alone, stands apart, in `two_tags`.
//!
//! Set-up: p2 access 10, p3 access 20, p4 trunk {10, 20}, p5 native-untagged 10 with {10, 20}; p1 and
//! p6 trunks without a list; p7 a port that nobody has configured.

mod two_tags;

use std::collections::BTreeMap;

use trunklab::forward::{Count, FastPath, Kernel, PortConfig, Profile, ServiceId, Tables, VlanLimit};
use trunklab::ident::{DropReason, PortNo, TenantId};
use trunklab::node::vlan_bridge::{Learning, VlanBridge, VlanPort, learns};
use trunklab::units::{SimDuration, SimTime};
use trunklab::wire::{MacAddr, Vid};

use crate::forward::{ReferenceSwitch, outcome, process};

const C: u16 = 0x8100;
const S: u16 = 0x88a8;
const UNKNOWN: [u8; 6] = [0x02, 0, 0, 0, 0, 0x99];
const STATION: [u8; 6] = [0x02, 0, 0, 0, 0, 0x01];

fn vid(n: u16) -> Vid {
    Vid::new(n).unwrap()
}

fn set_up(profile: Profile) -> VlanBridge {
    let trunk = |native: Option<u16>| VlanPort::Trunk {
        native: native.map(vid),
        vlans: vec![vid(10), vid(20)],
    };
    VlanBridge {
        profile,
        vlan_limit: VlanLimit::One,
        ports: vec![
            VlanPort::Unlisted,
            VlanPort::Access(vid(10)),
            VlanPort::Access(vid(20)),
            trunk(None),
            trunk(Some(10)),
            VlanPort::Unlisted,
            VlanPort::Unlisted,
        ],
        modes: BTreeMap::new(),
        mtu: 1_500,
        learning: learns(Learning::Independent, 1_024, SimDuration::from_secs(300)),
        tenants: BTreeMap::from([(vid(10), TenantId(1)), (vid(20), TenantId(2))]),
    }
}

type Tags = &'static [(u16, u16)];
/// Ports that a copy leaves by, and its tags there.
type Out = Result<&'static [(u32, Tags)], DropReason>;

/// A vector: where the frame goes in, and what each profile makes of it.
struct Row {
    vector: &'static str,
    into: u32,
    tags: Tags,
    dst: [u8; 6],
    src: [u8; 6],
    strict: Out,
    ieee: Out,
    ovs: Out,
    linux: Out,
}

impl Row {
    fn expected(&self, profile: Profile) -> Out {
        match profile {
            Profile::Strict => self.strict,
            Profile::IeeeDefault => self.ieee,
            Profile::Ovs31 => self.ovs,
            Profile::Linux612 => self.linux,
        }
    }
}

fn frame(dst: [u8; 6], src: [u8; 6], tags: Tags) -> Vec<u8> {
    let mut bytes = [dst, src].concat();
    for (tpid, vid) in tags {
        bytes.extend([*tpid, *vid].map(u16::to_be_bytes).concat());
    }
    bytes.extend([0x88, 0xb5]);
    bytes.resize(bytes.len() + 46, 0xa5);
    bytes
}

const NO_VLAN: Out = Err(DropReason::VlanTagMismatch);
const RESERVED_VID: Out = Err(DropReason::ReservedVid);
const RESERVED_DESTINATION: Out = Err(DropReason::ReservedDestination);
const UNKNOWN_VID: Out = Err(DropReason::UnknownVid);
/// Everybody else in VLAN 10 that hears p2, where trunks without a list are not in it.
const OF_P2: Out = Ok(&[(4, &[(C, 10)]), (5, &[])]);
const OF_P2_AT_OVS: Out = Ok(&[
    (1, &[(C, 10)]),
    (4, &[(C, 10)]),
    (5, &[]),
    (6, &[(C, 10)]),
    (7, &[(C, 10)]),
]);

const ORDINARY: Row = Row {
    vector: "",
    into: 2,
    tags: &[],
    dst: UNKNOWN,
    src: STATION,
    strict: OF_P2,
    ieee: OF_P2,
    ovs: OF_P2_AT_OVS,
    linux: OF_P2,
};

/// The table of CONFORMANCE 3.2, in its order, with a control in front and behind.
const ROWS: &[Row] = &[
    Row {
        vector: "control: untagged into access 10",
        ..ORDINARY
    },
    Row {
        vector: "VID 10 tagged into access 10",
        tags: &[(C, 10)],
        strict: NO_VLAN,
        ovs: NO_VLAN,
        ..ORDINARY
    },
    Row {
        vector: "[10][20] into access 10",
        tags: &[(C, 10), (C, 20)],
        strict: NO_VLAN,
        ieee: Ok(&[(4, &[(C, 10), (C, 20)]), (5, &[(C, 20)])]),
        ovs: NO_VLAN,
        linux: Ok(&[(4, &[(C, 10), (C, 20)]), (5, &[(C, 20)])]),
        ..ORDINARY
    },
    Row {
        vector: "[0][20] into access 10",
        tags: &[(C, 0), (C, 20)],
        strict: Err(DropReason::SecondTag),
        ieee: Ok(&[(4, &[(C, 10), (C, 20)]), (5, &[(C, 20)])]),
        ovs: Ok(&[
            (1, &[(C, 10), (C, 20)]),
            (4, &[(C, 10), (C, 20)]),
            (5, &[(C, 20)]),
            (6, &[(C, 10), (C, 20)]),
            (7, &[(C, 10), (C, 20)]),
        ]),
        linux: Ok(&[(4, &[(C, 10), (C, 20)]), (5, &[(C, 20)])]),
        ..ORDINARY
    },
    Row {
        vector: "S-tag 20 into trunk {10, 20}, which has no PVID",
        into: 4,
        tags: &[(S, 20)],
        strict: NO_VLAN,
        ieee: NO_VLAN,
        ovs: Ok(&[
            (1, &[(S, 20)]),
            (3, &[]),
            (5, &[(S, 20)]),
            (6, &[(S, 20)]),
            (7, &[(S, 20)]),
        ]),
        linux: NO_VLAN,
        ..ORDINARY
    },
    Row {
        vector: "S-tag 20 into a trunk with PVID 10",
        into: 5,
        tags: &[(S, 20)],
        strict: Ok(&[(2, &[(S, 20)]), (4, &[(C, 10), (S, 20)])]),
        ieee: Ok(&[(2, &[(S, 20)]), (4, &[(C, 10), (S, 20)])]),
        ovs: Ok(&[
            (1, &[(S, 20)]),
            (3, &[]),
            (4, &[(S, 20)]),
            (6, &[(S, 20)]),
            (7, &[(S, 20)]),
        ]),
        linux: Ok(&[(2, &[(S, 20)]), (4, &[(C, 10), (S, 20)])]),
        ..ORDINARY
    },
    Row {
        vector: "VID 4095 into a trunk with no list",
        into: 1,
        tags: &[(C, 4095)],
        strict: RESERVED_VID,
        ieee: RESERVED_VID,
        ovs: Ok(&[(6, &[(C, 4095)]), (7, &[(C, 4095)])]),
        linux: RESERVED_VID,
        ..ORDINARY
    },
    Row {
        vector: "VID 4095 into trunk {10, 20}",
        into: 4,
        tags: &[(C, 4095)],
        strict: RESERVED_VID,
        ieee: RESERVED_VID,
        ovs: RESERVED_VID,
        linux: RESERVED_VID,
        ..ORDINARY
    },
    Row {
        vector: "SA group bit",
        src: [0x03, 0, 0, 0, 0, 1],
        strict: Err(DropReason::SourceMacIsMulticast),
        ieee: Err(DropReason::SourceMacIsMulticast),
        linux: Err(DropReason::SourceMacIsMulticast),
        ..ORDINARY
    },
    Row {
        vector: "SA zero",
        src: [0; 6],
        strict: Err(DropReason::SourceMacIsZero),
        ieee: Err(DropReason::SourceMacIsZero),
        linux: Err(DropReason::SourceMacIsZero),
        ..ORDINARY
    },
    Row {
        vector: "DA 01-80-C2-00-00-00, STP off",
        dst: [0x01, 0x80, 0xc2, 0, 0, 0],
        strict: RESERVED_DESTINATION,
        ieee: RESERVED_DESTINATION,
        ovs: RESERVED_DESTINATION,
        ..ORDINARY
    },
    Row {
        vector: "DA 01-00-0C-CC-CC-CD",
        dst: [0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcd],
        ovs: RESERVED_DESTINATION,
        ..ORDINARY
    },
    Row {
        vector: "untagged into a new port",
        into: 7,
        strict: NO_VLAN,
        ieee: Ok(&[(1, &[]), (6, &[])]),
        ovs: Ok(&[(1, &[]), (6, &[])]),
        linux: Ok(&[(1, &[]), (6, &[])]),
        ..ORDINARY
    },
    Row {
        vector: "VID 10 into a new port",
        into: 7,
        tags: &[(C, 10)],
        strict: UNKNOWN_VID,
        ieee: Ok(&[(2, &[]), (4, &[(C, 10)]), (5, &[])]),
        ovs: Ok(&[(1, &[(C, 10)]), (2, &[]), (4, &[(C, 10)]), (5, &[]), (6, &[(C, 10)])]),
        linux: UNKNOWN_VID,
        ..ORDINARY
    },
    Row {
        vector: "untagged into a trunk without list",
        into: 1,
        strict: NO_VLAN,
        ieee: Ok(&[(6, &[]), (7, &[])]),
        ovs: Ok(&[(6, &[]), (7, &[])]),
        linux: Ok(&[(6, &[]), (7, &[])]),
        ..ORDINARY
    },
    Row {
        vector: "priority tag into a trunk without list",
        into: 1,
        tags: &[(C, 0)],
        strict: NO_VLAN,
        ieee: Ok(&[(6, &[]), (7, &[])]),
        ovs: Ok(&[(6, &[]), (7, &[])]),
        linux: Ok(&[(6, &[]), (7, &[])]),
        ..ORDINARY
    },
    Row {
        vector: "a VLAN that nobody configured, between trunks without list",
        into: 1,
        tags: &[(C, 30)],
        strict: UNKNOWN_VID,
        ieee: UNKNOWN_VID,
        ovs: Ok(&[(6, &[(C, 30)]), (7, &[(C, 30)])]),
        linux: UNKNOWN_VID,
        ..ORDINARY
    },
    Row {
        vector: "VID 20 into access 10: no ingress filtering by default",
        tags: &[(C, 20)],
        strict: NO_VLAN,
        ieee: Ok(&[(3, &[]), (4, &[(C, 20)]), (5, &[(C, 20)])]),
        ovs: NO_VLAN,
        linux: Err(DropReason::IngressVlanFilter),
        ..ORDINARY
    },
    Row {
        vector: "control: VID 10 into trunk {10, 20}",
        into: 4,
        tags: &[(C, 10)],
        strict: Ok(&[(2, &[]), (5, &[])]),
        ieee: Ok(&[(2, &[]), (5, &[])]),
        ovs: Ok(&[(1, &[(C, 10)]), (2, &[]), (5, &[]), (6, &[(C, 10)]), (7, &[(C, 10)])]),
        linux: Ok(&[(2, &[]), (5, &[])]),
        ..ORDINARY
    },
];

/// A switch and its reference, before the first frame.
struct Both {
    fast: FastPath,
    reference: ReferenceSwitch,
}

impl Both {
    fn new(tables: Tables) -> Self {
        Self {
            fast: FastPath::new(tables.clone()),
            reference: ReferenceSwitch::new(tables),
        }
    }

    fn of(profile: Profile) -> Self {
        Self::new(set_up(profile).tables())
    }

    /// Where a first frame goes by the fast path alone, by it in a batch of each kernel, and by the
    /// reference: all agree.
    fn sends(&self, into: u32, bytes: &[u8]) -> Result<Vec<(PortNo, Vec<u8>)>, DropReason> {
        let port = PortNo(into - 1);
        let mut fast = self.fast.clone();
        let verdict = fast.forward(port, bytes, SimTime::ZERO);
        let alone = outcome(&fast, verdict, bytes);
        for kernel in Kernel::available() {
            let mut fast = self.fast.clone();
            fast.use_kernel(kernel);
            let batch = process(&mut fast, SimTime::ZERO, &[(port.0, bytes.to_vec())]);
            assert_eq!(batch, std::slice::from_ref(&alone), "by {kernel:?}");
        }
        let by_reference = self.reference.clone().receive(port, bytes, SimTime::ZERO);
        assert_eq!(by_reference, alone, "the reference");
        alone
    }

    fn shows(&self, row: &Row, profile: Profile) {
        let bytes = frame(row.dst, row.src, row.tags);
        let as_sent = |(port, tags): &(u32, Tags)| (PortNo(port - 1), frame(row.dst, row.src, tags));
        let expected = row
            .expected(profile)
            .map(|copies| copies.iter().map(as_sent).collect::<Vec<_>>());
        assert_eq!(self.sends(row.into, &bytes), expected, "{} at {profile}", row.vector);
    }
}

fn every_row_comes_out(profile: Profile) {
    let both = Both::of(profile);
    ROWS.iter().for_each(|row| both.shows(row, profile));
}

#[test]
fn every_row_comes_out_at_strict_octet_by_octet() {
    every_row_comes_out(Profile::Strict);
}

#[test]
fn every_row_comes_out_at_802_1q_with_its_defaults_leaks_included() {
    every_row_comes_out(Profile::IeeeDefault);
}

#[test]
fn every_row_comes_out_at_open_vswitch_leaks_included() {
    every_row_comes_out(Profile::Ovs31);
}

#[test]
fn every_row_comes_out_at_the_bridge_of_linux_leaks_included() {
    every_row_comes_out(Profile::Linux612);
}

#[test]
fn what_a_vlan_bridge_means_is_canonical_and_can_be_read_back() {
    for profile in Profile::ALL {
        let tables = set_up(*profile).tables();
        assert_eq!(FastPath::new(tables.clone()).tables(), tables, "{profile}");
    }
}

/// The same tables with another list of reserved destinations at each port.
fn with_reserved(profile: Profile, reserved: u16) -> Both {
    let mut tables = set_up(profile).tables();
    let each = |port: &mut PortConfig| port.admit.reserved = Some(reserved);
    tables.ports.iter_mut().for_each(each);
    Both::new(tables)
}

#[test]
fn each_other_reserved_destination_ends_at_every_profile() {
    for profile in Profile::ALL {
        let both = Both::of(*profile);
        for last in 1..16 {
            let bytes = frame([0x01, 0x80, 0xc2, 0, 0, last], STATION, &[]);
            let found = both.sends(2, &bytes);
            assert_eq!(found, Err(DropReason::ReservedDestination), "{last} at {profile}");
        }
    }
}

#[test]
fn linux_with_stp_keeps_bpdus_and_open_vswitch_with_forward_bpdu_lets_all_reserved_ones_go() {
    let bpdu = frame([0x01, 0x80, 0xc2, 0, 0, 0], STATION, &[]);
    let linux = with_reserved(Profile::Linux612, 0xffff).sends(2, &bpdu);
    assert_eq!(linux, Err(DropReason::ReservedDestination));
    let both = with_reserved(Profile::Ovs31, 0);
    for last in 0..16 {
        let bytes = frame([0x01, 0x80, 0xc2, 0, 0, last], STATION, &[]);
        assert_eq!(both.sends(2, &bytes).map(|copies| copies.len()), Ok(5), "{last}");
    }
}

/// A at p1 in VLAN 10; B at p2 and p4 in VLAN 20; both VLANs tagged at p3, where Z is.
fn two_vlans(learning: Learning, addresses: u32) -> FastPath {
    let bridge = VlanBridge {
        profile: Profile::Strict,
        vlan_limit: VlanLimit::One,
        ports: vec![
            VlanPort::Access(vid(10)),
            VlanPort::Access(vid(20)),
            VlanPort::Trunk {
                native: None,
                vlans: vec![vid(10), vid(20)],
            },
            VlanPort::Access(vid(20)),
        ],
        modes: BTreeMap::new(),
        mtu: 1_500,
        learning: learns(learning, addresses, SimDuration::from_secs(300)),
        tenants: BTreeMap::new(),
    };
    FastPath::new(bridge.tables())
}

const Z: [u8; 6] = [0x02, 0, 0, 0, 0, 0x7a];

/// Copies that leave: how many, and by which ports.
fn left(fast: &mut FastPath, into: u32, bytes: &[u8]) -> Vec<u32> {
    let verdict = fast.forward(PortNo(into - 1), bytes, SimTime::ZERO);
    let copies = outcome(fast, verdict, bytes).unwrap_or_default();
    copies.iter().map(|(port, _)| port.0 + 1).collect()
}

/// A and B speak in turn with one address; what comes for it in both VLANs is counted: delivered
/// where it should be alone, lost, anything else.
fn twins(learning: Learning) -> (u32, u32, u32) {
    let mut fast = two_vlans(learning, 16);
    let (mut well, mut lost, mut else_where) = (0, 0, 0);
    for _ in 0..1_000 {
        for port in [1, 2] {
            left(&mut fast, port, &frame(Z, STATION, &[]));
        }
        for (tags, at) in [(&[(C, 10)], 1), (&[(C, 20)], 2)] {
            match *left(&mut fast, 3, &frame(STATION, Z, tags)) {
                [] => lost += 1,
                [port] if port == at => well += 1,
                _ => else_where += 1,
            }
        }
    }
    (well, lost, else_where)
}

#[test]
fn one_address_in_two_vlans_is_two_entries_and_none_is_lost_or_flooded() {
    assert_eq!(twins(Learning::Independent), (2_000, 0, 0));
}

#[test]
fn shared_learning_loses_every_frame_for_the_twin_that_spoke_first() {
    assert_eq!(twins(Learning::Shared), (1_000, 1_000, 0));
    let mut fast = two_vlans(Learning::Shared, 16);
    left(&mut fast, 2, &frame(Z, STATION, &[]));
    left(&mut fast, 3, &frame(STATION, Z, &[(C, 10)]));
    let drops = fast.counters(ServiceId(10)).drops;
    assert_eq!(
        drops.of(DropReason::PortListIsEmpty),
        Count {
            frames: 1,
            octets: 64,
            payload: 46
        }
    );
}

/// A sends from more addresses than the table holds; then B's station speaks, and Z answers it
/// once. By which ports does the answer leave?
fn flooded(learning: Learning) -> Vec<u32> {
    let mut fast = two_vlans(learning, 4);
    for n in 0..8 {
        left(&mut fast, 1, &frame(Z, [0x02, 0, 0, 0, 1, n], &[]));
    }
    left(&mut fast, 2, &frame(Z, STATION, &[]));
    left(&mut fast, 3, &frame(STATION, Z, &[(C, 20)]))
}

#[test]
fn shared_learning_lets_one_vlan_fill_the_table_so_that_anothers_unicast_is_flooded() {
    assert_eq!(flooded(Learning::Independent), [2]);
    assert_eq!(flooded(Learning::Shared), [2, 4]);
}

#[test]
fn a_shared_database_lives_as_long_as_a_service_uses_it_and_forgets_ports_that_go_down() {
    let mut fast = two_vlans(Learning::Shared, 16);
    let known = |fast: &FastPath| fast.learned(ServiceId(20), SimTime::ZERO);
    left(&mut fast, 1, &frame(Z, STATION, &[]));
    left(&mut fast, 2, &frame(Z, Z, &[]));
    assert_eq!(known(&fast), [(MacAddr(STATION), PortNo(0)), (MacAddr(Z), PortNo(1))]);
    fast.flush_port(PortNo(0));
    assert_eq!(known(&fast), [(MacAddr(Z), PortNo(1))]);
    let twenty = fast.service(ServiceId(20)).unwrap();
    fast.remove(ServiceId(20));
    fast.set(ServiceId(20), twenty.clone());
    assert_eq!(known(&fast), [(MacAddr(Z), PortNo(1))], "VLAN 10 kept it");
    fast.remove(ServiceId(10));
    fast.remove(ServiceId(20));
    fast.set(ServiceId(20), twenty);
    assert_eq!(known(&fast), []);
}
