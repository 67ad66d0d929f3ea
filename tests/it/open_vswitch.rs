//! The profile `ovs-3.1` against a running Open vSwitch, octet by octet.
//!
//! The same bridge is set up in both, the same random frames go in, and every copy that leaves has to be
//! the same. Where Open vSwitch is not installed the tests say so and are skipped.

mod daemon;

use std::collections::BTreeMap;

use daemon::{OpenVswitch, is_there};
use trunklab::forward::{FastPath, PortMode, PriorityTags, Profile, VidSet, VlanLimit};
use trunklab::ident::{PortNo, Stream};
use trunklab::node::vlan_bridge::{Learning, VlanBridge, VlanPort, learns};
use trunklab::units::{SimDuration, SimTime};
use trunklab::wire::{EtherType, Vid};

use crate::forward::outcome;

/// Ports of the bridge that both are set up as: what Open vSwitch calls them. Every mode stands with every
/// other, in VLANs 10 and 20.
const PORTS: [(&str, &[&str]); 20] = [
    ("p1", &[]),
    ("p2", &["tag=10"]),
    ("p3", &["tag=20"]),
    ("p4", &["trunks=10,20"]),
    ("p5", &["vlan_mode=native-untagged", "tag=10", "trunks=10,20"]),
    ("p6", &[]),
    ("p7", &["tag=10"]),
    ("p8", &["tag=20", "other-config:priority-tags=always"]),
    ("p9", &["vlan_mode=native-tagged", "tag=10"]),
    ("p10", &["vlan_mode=native-tagged", "tag=10", "trunks=10,20"]),
    ("p11", &["vlan_mode=native-untagged", "tag=20"]),
    (
        "p12",
        &[
            "vlan_mode=native-untagged",
            "tag=20",
            "trunks=10,20",
            "other-config:priority-tags=if-nonzero",
        ],
    ),
    (
        "p13",
        &["vlan_mode=dot1q-tunnel", "tag=10", "other-config:qinq-ethtype=802.1q"],
    ),
    (
        "p14",
        &[
            "vlan_mode=dot1q-tunnel",
            "tag=10",
            "cvlans=10,20",
            "other-config:qinq-ethtype=802.1q",
        ],
    ),
    ("p15", &["vlan_mode=dot1q-tunnel", "tag=20"]),
    (
        "p16",
        &[
            "vlan_mode=dot1q-tunnel",
            "tag=20",
            "cvlans=0,20",
            "other-config:priority-tags=always",
        ],
    ),
    ("p17", &["trunks=0,10"]),
    ("p18", &["tag=10", "other-config:priority-tags=if-nonzero"]),
    ("p19", &["other-config:priority-tags=always"]),
    (
        "p20",
        &[
            "vlan_mode=dot1q-tunnel",
            "tag=10",
            "other-config:priority-tags=if-nonzero",
        ],
    ),
];

/// The marker goes from one trunk without a list to the other.
const MARKER: (usize, usize) = (0, 5);

fn vid(n: u16) -> Vid {
    Vid::new(n).expect("a VID")
}

/// What some of the ports have beyond access and trunk.
fn modes() -> BTreeMap<PortNo, PortMode> {
    let tags = |priority_tags| PortMode {
        priority_tags,
        ..PortMode::default()
    };
    let native_tagged = PortMode {
        native_tagged: true,
        ..PortMode::default()
    };
    let c_tag = PortMode {
        pushes: Some(EtherType::CTAG),
        ..PortMode::default()
    };
    let of = |vids: [u16; 2], mode: PortMode| PortMode {
        customer_vids: Some(VidSet::new(vids.map(|n| (vid(n), vid(n))))),
        ..mode
    };
    BTreeMap::from([
        (PortNo(7), tags(PriorityTags::Always)),
        (PortNo(8), native_tagged.clone()),
        (PortNo(9), native_tagged),
        (PortNo(11), tags(PriorityTags::IfNonzero)),
        (PortNo(12), c_tag.clone()),
        (PortNo(13), of([10, 20], c_tag)),
        (PortNo(15), of([0, 20], tags(PriorityTags::Always))),
        (PortNo(17), tags(PriorityTags::IfNonzero)),
        (PortNo(18), tags(PriorityTags::Always)),
        (PortNo(19), tags(PriorityTags::IfNonzero)),
    ])
}

fn bridge(vlan_limit: VlanLimit) -> VlanBridge {
    let trunk = |native: Option<u16>, vlans: [u16; 2]| VlanPort::Trunk {
        native: native.map(vid),
        vlans: vlans.map(vid).to_vec(),
    };
    VlanBridge {
        profile: Profile::Ovs31,
        vlan_limit,
        ports: vec![
            VlanPort::Unlisted,
            VlanPort::Access(vid(10)),
            VlanPort::Access(vid(20)),
            trunk(None, [10, 20]),
            trunk(Some(10), [10, 20]),
            VlanPort::Unlisted,
            VlanPort::Access(vid(10)),
            VlanPort::Access(vid(20)),
            VlanPort::Native(vid(10)),
            trunk(Some(10), [10, 20]),
            VlanPort::Native(vid(20)),
            trunk(Some(20), [10, 20]),
            VlanPort::Tunnel(vid(10)),
            VlanPort::Tunnel(vid(10)),
            VlanPort::Tunnel(vid(20)),
            VlanPort::Tunnel(vid(20)),
            trunk(None, [0, 10]),
            VlanPort::Access(vid(10)),
            VlanPort::Unlisted,
            VlanPort::Tunnel(vid(10)),
        ],
        modes: modes(),
        mtu: 1_500,
        learning: learns(Learning::Independent, 1_000_000, SimDuration::from_secs(300)),
        tenants: BTreeMap::new(),
    }
}

fn one_of<T: Copy>(stream: &mut Stream, all: &[T]) -> T {
    all[usize::try_from(stream.below(all.len() as u64)).expect("an index")]
}

/// A random frame with up to three tags; its last four octets are its number.
fn a_frame(stream: &mut Stream, number: u32, second_tags: bool) -> Vec<u8> {
    const DESTINATIONS: [[u8; 6]; 12] = [
        [0xff; 6],
        [0x01, 0x00, 0x5e, 0, 0, 1],
        [0x33, 0x33, 0, 0, 0, 1],
        [0x01, 0x80, 0xc2, 0, 0, 0],
        [0x01, 0x80, 0xc2, 0, 0, 0x0e],
        [0x01, 0x80, 0xc2, 0, 0, 0x10],
        [0x00, 0xe0, 0x2b, 0, 0, 0x04],
        [0x00, 0xe0, 0x2b, 0, 0, 0x05],
        [0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xc3],
        [0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xc8],
        [0x01, 0x00, 0x0c, 0xcd, 0xcd, 0xcd],
        [0x01, 0x00, 0x0c, 0, 0, 0],
    ];
    let unknown = [0x02, 0xdd, 0, 0, 0, 1];
    let dst = match stream.below(4) {
        0 => one_of(stream, &DESTINATIONS),
        _ => unknown,
    };
    let first: u8 = one_of(stream, &[0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x02, 0x03]);
    let n = number.to_be_bytes();
    let mut octets = [&dst[..], &[first, 0x51], &n].concat();
    let most = if second_tags { 4 } else { 2 };
    for _ in 0..stream.below(most) {
        let tpid: u16 = one_of(stream, &[0x8100, 0x8100, 0x8100, 0x88a8, 0x88a8, 0x9100]);
        let vid: u16 = one_of(stream, &[0, 0, 1, 10, 10, 10, 20, 20, 30, 4094, 4095]);
        let upper = u16::try_from(stream.below(16)).expect("four bits");
        octets.extend(tpid.to_be_bytes());
        octets.extend((upper << 12 | vid).to_be_bytes());
    }
    octets.extend([0x88, 0xb5]);
    octets.resize(
        octets.len() + 60 + usize::try_from(stream.below(200)).expect("short"),
        0xa5,
    );
    octets.extend(n);
    octets
}

/// Sends so many frames through both; returns how many copies there were.
fn both_agree(name: &str, limit: (u32, VlanLimit), frames: u32, second_tags: bool) -> usize {
    let mut stream = Stream::new(1, name, "frames");
    let mut real = OpenVswitch::start(limit.0, &PORTS);
    let mut ours = FastPath::new(bridge(limit.1).tables());
    let mut copies_in_all = 0;
    const LOT: u32 = 2_000;
    for lot in 0..frames.div_ceil(LOT) {
        let numbers = lot * LOT..frames.min((lot + 1) * LOT);
        let sent: Vec<(usize, Vec<u8>)> = numbers
            .map(|number| {
                let port = usize::try_from(stream.below(PORTS.len() as u64)).expect("a port");
                (port, a_frame(&mut stream, number, second_tags))
            })
            .collect();
        for ((port, frame), real_copies) in sent.iter().zip(real.forward(&sent, MARKER)) {
            let verdict = ours.forward(PortNo::of(*port), frame, SimTime::ZERO);
            let copies = outcome(&ours, verdict, frame).unwrap_or_default();
            let ours: BTreeMap<usize, Vec<u8>> =
                copies.into_iter().map(|(port, copy)| (port.0 as usize, copy)).collect();
            copies_in_all += real_copies.len();
            for (at, out) in PORTS.iter().enumerate() {
                assert_eq!(
                    ours.get(&at),
                    real_copies.get(&at),
                    "{name}, {}: out by {out:?}, in by {:?}: {frame:02x?}",
                    real.version(),
                    PORTS[*port]
                );
            }
        }
    }
    copies_in_all
}

#[test]
fn five_thousand_frames_with_up_to_one_tag_come_out_as_a_running_open_vswitch_sends_them() {
    if is_there() {
        let copies = both_agree("one tag", (1, VlanLimit::One), 5_000, false);
        assert!(copies > 5_000, "{copies} copies: most frames are flooded");
    }
}

#[test]
fn twelve_thousand_frames_with_up_to_three_tags_come_out_as_a_running_open_vswitch_sends_them() {
    if is_there() {
        let copies = both_agree("three tags", (1, VlanLimit::One), 12_000, true);
        assert!(copies > 12_000, "{copies} copies: most frames are flooded");
    }
}

#[test]
fn three_thousand_frames_come_out_as_they_do_with_vlan_limit_2_which_is_also_what_0_means() {
    if is_there() {
        for limit in [2, 0] {
            let copies = both_agree("two tags are read", (limit, VlanLimit::Two), 1_500, true);
            assert!(copies > 1_500, "{copies} copies: most frames are flooded");
        }
    }
}

#[test]
#[ignore = "a million frames: .ci/long runs them"]
fn a_million_frames_come_out_as_a_running_open_vswitch_sends_them() {
    if is_there() {
        both_agree("a million", (1, VlanLimit::One), 1_000_000, true);
    }
}
