//! Every tag there can be, at every class of port, by every way through the fast path.

use std::collections::BTreeMap;

use trunklab::forward::{
    Admission, Count, Excess, Exit, FastPath, FrameVerdict, Group, Kernel, Member, Octets, Planted, Policer,
    PortConfig, PortRole, PriorityMap, Profile, Quirk, Service, ServiceId, ServiceKind, Sink, Slots, Standing, Tables,
    Untagged, VlanLimit,
};
use trunklab::ident::{DropReason, PortNo, TenantId};
use trunklab::units::{BitRate, ByteCount, SimTime};
use trunklab::wire::{EtherType, MacAddr, Vid};

use crate::forward::{ReferenceSwitch, counted_alike, outcome, process};

const ROLES: [PortRole; 4] = [PortRole::Access, PortRole::Trunk, PortRole::Tunnel, PortRole::Routed];
/// What a port of this role may do with untagged frames.
fn natives(role: PortRole) -> &'static [Untagged] {
    if role == PortRole::Trunk {
        &NATIVES
    } else {
        &NATIVES[..1]
    }
}

/// Has a port of this role tags of its own?
fn is_tagged(role: PortRole) -> bool {
    matches!(role, PortRole::Access | PortRole::Trunk)
}

const NATIVES: [Untagged; 2] = [Untagged::Drop, Untagged::Native(Vid::of_tci(20))];

fn admission(reserved: Option<u16>, bits: u8) -> Admission {
    Admission {
        reserved,
        drops_priority_tagged: bits & 1 != 0,
        drops_second_tag: bits & 2 != 0,
        takes_vid_4095: bits & 4 != 0,
    }
}

/// Port 0 under test: VIDs 10, 20, 4094 and 4095, or the whole port; the others get what leaves.
/// Everything is policed by colour and leaves by a map, so that no bit of a TCI is without effect.
fn switch(profile: Profile, role: PortRole, untagged: Untagged, admit: Admission) -> Tables {
    let port = |role, untagged, admit| PortConfig {
        role,
        tpid: EtherType::CTAG,
        untagged,
        mtu: 1_500,
        admit,
    };
    let police = Policer {
        excess: Some(Excess {
            rate: BitRate::from_bps(0),
            burst: ByteCount::new(u64::MAX),
            coupled: false,
            marks: true,
        }),
        colour_aware: true,
        ..Policer::single(BitRate::from_bps(0), ByteCount::new(u64::MAX), Octets::L3)
    };
    let map = PriorityMap::new([6, 4, 2, 0, 14, 12, 10, 8, 1, 3, 5, 7, 9, 11, 13, 15]).unwrap();
    let member = |port: u32, vid: Option<u16>, police, priority| Member {
        port: PortNo(port),
        vid: vid.and_then(Vid::new),
        police,
        arp: None,
        icmp: None,
        bound_mac: None,
        priority,
    };
    let places: &[Option<u16>] = match role {
        PortRole::Trunk => &[Some(10), Some(20), Some(4094), Some(4095)],
        _ => &[None],
    };
    let service = |n: u16, place: Option<u16>| {
        let out = match n {
            // Retagged, untagged on an access port, through a tunnel, retagged by the map.
            0 => member(1, Some(110), None, PriorityMap::KEEP),
            1 => member(2, None, None, PriorityMap::KEEP),
            2 => member(3, None, None, PriorityMap::KEEP),
            _ => member(1, Some(111), None, map),
        };
        let police = (n != 2).then_some(police);
        Service {
            tenant: TenantId(n.into()),
            kind: ServiceKind::CrossConnect,
            members: vec![member(0, place, police, PriorityMap::KEEP), out],
        }
    };
    let services = (0..)
        .zip(places)
        .map(|(n, place)| (ServiceId(n.into()), service(n, *place)));
    let plain = |role| port(role, Untagged::Drop, Admission::BY_PROFILE);
    Tables {
        profile,
        ports: vec![
            port(role, untagged, admit),
            plain(PortRole::Trunk),
            plain(PortRole::Access),
            plain(PortRole::Tunnel),
        ],
        services: services.collect(),
        ..Tables::default()
    }
}

fn frame(dst: [u8; 6], tags: &[(u16, u16)], kind: u16, octets: usize) -> Vec<u8> {
    let mut bytes = [dst, MacAddr::local(1, 2).0].concat();
    for (tpid, tci) in tags {
        bytes.extend([*tpid, *tci].map(u16::to_be_bytes).concat());
    }
    bytes.extend(kind.to_be_bytes());
    bytes.resize(octets.max(bytes.len()), 0x11);
    bytes
}

/// What became of each frame: why it ended, or the port, the length and the first octets.
type Told = Result<(u32, usize, [u8; 20]), DropReason>;

struct Ways(Vec<Option<Result<PortNo, DropReason>>>);

impl Sink for Ways {
    fn forward(&mut self, frame: usize, exit: Exit) {
        assert_eq!(self.0[frame].replace(Ok(exit.port)), None);
    }
    fn drop(&mut self, frame: usize, reason: DropReason) {
        assert_eq!(self.0[frame].replace(Err(reason)), None);
    }
    fn replicate(&mut self, _: usize, _: Group) {
        unreachable!("a cross-connect of the strict profile floods nothing");
    }
}

/// Every TCI in turn in the tag of this frame, in one batch.
fn batch<Q: Quirk>(fast: &mut FastPath<Q>, template: &[u8], tcis: std::ops::Range<u32>) -> Vec<Told> {
    const SLOT: usize = 96;
    let count = tcis.len();
    let mut memory = vec![0; SLOT * count];
    let standing = (0..count).zip(tcis).map(|(i, tci)| {
        let at = i * SLOT + 16;
        memory[at..at + template.len()].copy_from_slice(template);
        memory[at + 14..at + 16].copy_from_slice(&(tci as u16).to_be_bytes());
        Standing::new(at as u32, template.len(), PortNo(0)).unwrap()
    });
    let standing = standing.collect();
    let mut slots = Slots::new(&mut memory, standing).unwrap();
    let mut ways = Ways(vec![None; count]);
    fast.process(SimTime::ZERO, &mut slots, 0..count, &mut ways);
    let told = |(i, way): (usize, Option<_>)| -> Told {
        let port: PortNo = way.expect("a verdict for every frame")?;
        let octets = slots.octets(i);
        Ok((port.0, octets.len(), octets[..20].try_into().unwrap()))
    };
    ways.0.into_iter().enumerate().map(told).collect()
}

/// What was counted for a service: at its members, and of what was dropped.
type Counted = (Vec<Count>, Vec<(DropReason, Count)>);

fn counts<Q: Quirk>(fast: &FastPath<Q>) -> Vec<Counted> {
    let mut all = vec![(vec![], fast.unclaimed().iter().collect())];
    for id in fast.counted() {
        let counters = fast.counters(id);
        let members = counters.members.iter().flat_map(|(_, _, m)| [m.received, m.sent]);
        all.push((members.collect(), counters.drops.iter().collect()));
    }
    all
}

#[test]
fn every_tci_behind_every_tpid_at_every_class_of_port_goes_the_same_way_in_a_batch_as_through_all_stages() {
    let doubtful = [admission(None, 0), admission(Some(0), 7)];
    let mut classes = Vec::new();
    for role in ROLES {
        for &untagged in natives(role) {
            for admit in doubtful {
                // What a port has no use for makes no class of its own.
                if is_tagged(role) || admit == doubtful[0] {
                    classes.push(switch(Profile::Strict, role, untagged, admit));
                }
            }
        }
    }
    assert_eq!(classes.len(), 8);
    for tables in classes {
        let mut general = FastPath::with_quirk(tables.clone(), Planted::Nothing);
        let mut kernels: Vec<_> = Kernel::available()
            .into_iter()
            .map(|kernel| {
                let mut fast = FastPath::new(tables.clone());
                fast.use_kernel(kernel);
                fast
            })
            .collect();
        for tpid in [0x8100, 0x88a8, 0x9100, 0x88b5] {
            let template = frame(MacAddr::local(1, 1).0, &[(tpid, 0)], 0x86dd, 61);
            for first in (0..1 << 16).step_by(1 << 12) {
                let tcis = first..first + (1 << 12);
                let expected = batch(&mut general, &template, tcis.clone());
                for fast in &mut kernels {
                    let told = batch(fast, &template, tcis.clone());
                    let differs = (0..told.len()).find(|&i| told[i] != expected[i]);
                    if let Some(i) = differs {
                        let (kernel, tci) = (fast.kernel(), first as usize + i);
                        panic!(
                            "{kernel} {:?} {tpid:x} {tci:x}: {:?}, not {:?}",
                            tables.ports[0], told[i], expected[i]
                        );
                    }
                }
            }
        }
        for fast in &kernels {
            assert_eq!(counts(fast), counts(&general), "{}", fast.kernel());
        }
    }
}

/// The fast path alone, through all stages and in batches by every kernel, against the reference.
fn all_ways_alike(tables: &Tables, frames: &[Vec<u8>]) {
    let frames: Vec<_> = frames.iter().map(|bytes| (0, bytes.clone())).collect();
    let mut reference = ReferenceSwitch::new(tables.clone());
    let expected: Vec<_> = frames
        .iter()
        .map(|(_, bytes)| reference.receive(PortNo(0), bytes, SimTime::ZERO))
        .collect();
    let same = |told: &[_], how: &str| {
        if let Some(i) = (0..told.len()).find(|&i| told[i] != expected[i]) {
            let port = &tables.ports[0];
            panic!(
                "{how} {:?} {port:?} {:02x?}: {:02x?}, not {:02x?}",
                tables.profile, frames[i].1, told[i], expected[i]
            );
        }
    };
    let mut alone = FastPath::new(tables.clone());
    let told: Vec<_> = frames
        .iter()
        .map(|(_, bytes)| {
            let verdict: FrameVerdict = alone.forward(PortNo(0), bytes, SimTime::ZERO);
            outcome(&alone, verdict, bytes)
        })
        .collect();
    same(&told, "alone");
    counted_alike(&alone, &reference);
    let mut general = FastPath::with_quirk(tables.clone(), Planted::Nothing);
    same(&process(&mut general, SimTime::ZERO, &frames), "all stages");
    counted_alike(&general, &reference);
    for kernel in Kernel::available() {
        let mut fast = FastPath::new(tables.clone());
        fast.use_kernel(kernel);
        same(&process(&mut fast, SimTime::ZERO, &frames), kernel.as_str());
        counted_alike(&fast, &reference);
    }
}

/// Every class of port there is, in every profile.
fn every_port() -> Vec<Tables> {
    let mut all = Vec::new();
    for &profile in Profile::ALL {
        for role in ROLES {
            for &untagged in natives(role) {
                for reserved in [None, Some(0), Some(0xfffe), Some(0x0004)] {
                    for bits in 0..if is_tagged(role) { 8 } else { 1 } {
                        all.push(switch(profile, role, untagged, admission(reserved, bits)));
                    }
                }
            }
        }
    }
    all
}

#[test]
fn every_profile_and_admission_takes_and_drops_what_the_reference_does() {
    let mut frames = Vec::new();
    let dsts = (0..0x11).map(|n| [1, 0x80, 0xc2, 0, 0, n]);
    let dsts = dsts.chain([0xcb, 0xcc, 0xcd].map(|n| [1, 0, 0x0c, 0xcc, 0xcc, n]));
    for (i, dst) in (0_u16..).zip(dsts.chain([[0xff; 6], MacAddr::local(1, 1).0])) {
        frames.push(frame(dst, &[], 0x86dd, 60));
        frames.push(frame(dst, &[(0x8100, i << 12 | 10)], 0x86dd, 64));
    }
    for vid in [0, 9, 10, 20, 4094, 4095] {
        for priority in [0, 1, 9, 14] {
            frames.push(frame(
                MacAddr::local(1, 1).0,
                &[(0x8100, priority << 12 | vid)],
                0x88b5,
                62,
            ));
        }
        frames.push(frame(MacAddr::local(1, 1).0, &[(0x88a8, 0x3000 | vid)], 0x88b5, 62));
        frames.push(frame(
            MacAddr::local(1, 1).0,
            &[(0x8100, vid), (0x8100, 0x1014)],
            0x88b5,
            70,
        ));
    }
    let mut group_source = frame(MacAddr::local(1, 1).0, &[(0x8100, 10)], 0x86dd, 60);
    group_source[6] |= 1;
    frames.push(group_source.clone());
    group_source[12..14].copy_from_slice(&[0x86, 0xdd]);
    frames.push(group_source);
    for tables in every_port() {
        all_ways_alike(&tables, &frames);
    }
}

#[test]
fn two_and_three_tags_of_every_kind_meet_the_verdict_of_the_reference() {
    let mut frames = Vec::new();
    let tags: Vec<_> = [0x8100_u16, 0x88a8, 0x9100]
        .into_iter()
        .flat_map(|tpid| [0_u16, 10, 20, 30, 4095].map(|vid| (tpid, 0xb000 | vid)))
        .collect();
    for outer in &tags {
        for second in &tags {
            frames.push(frame(MacAddr::local(1, 1).0, &[*outer, *second], 0x0800, 66));
            for third in [tags[1], tags[6]] {
                frames.push(frame(MacAddr::local(1, 1).0, &[*outer, *second, third], 0x0806, 60));
            }
        }
    }
    for &profile in Profile::ALL {
        for role in ROLES {
            for (untagged, bits) in [(NATIVES[0], 0), (NATIVES[1], 5), (NATIVES[1], 2)] {
                for vlan_limit in [VlanLimit::One, VlanLimit::Two] {
                    let tables = switch(profile, role, untagged, admission(None, bits));
                    all_ways_alike(&Tables { vlan_limit, ..tables }, &frames);
                }
            }
        }
    }
}

#[test]
fn frames_cut_at_every_length_meet_the_verdict_of_the_reference_in_batches_too() {
    let mut frames = Vec::new();
    for tags in [
        &[][..],
        &[10],
        &[0],
        &[0, 20],
        &[10, 20],
        &[20, 0, 30],
        &[4094],
        &[10; 10],
    ] {
        let tags: Vec<_> = tags.iter().map(|vid| (0x8100, 0x5000 | vid)).collect();
        let whole = frame(MacAddr::local(1, 1).0, &tags, 0x0800, 84);
        frames.extend((0..=whole.len()).map(|cut| whole[..cut].to_vec()));
    }
    for &profile in Profile::ALL {
        for role in ROLES {
            for &untagged in natives(role) {
                for vlan_limit in [VlanLimit::One, VlanLimit::Two] {
                    let tables = switch(profile, role, untagged, admission(None, 0));
                    all_ways_alike(&Tables { vlan_limit, ..tables }, &frames);
                }
            }
        }
    }
}

#[test]
fn every_length_around_the_mtu_and_the_padding_is_taken_or_dropped_as_the_reference_says() {
    let lengths = (56..72).chain(1_508..1_526);
    let kinds = |octets| {
        [
            &[][..],
            &[(0x8100, 10)],
            &[(0x8100, 20)],
            &[(0x8100, 0)],
            &[(0x8100, 10), (0x88a8, 1)],
        ]
        .map(|tags| frame(MacAddr::local(1, 1).0, tags, 0x86dd, octets))
    };
    let frames: Vec<_> = lengths.flat_map(kinds).collect();
    let mtus: BTreeMap<_, _> = [(0, 46), (1, 45), (2, 1_499), (3, 1_500)].into();
    for role in ROLES {
        for out in mtus.values() {
            let mut tables = switch(Profile::Strict, role, NATIVES[1], admission(None, 0));
            for (i, port) in tables.ports.iter_mut().enumerate() {
                port.mtu = if i == 0 { 1_501 } else { *out };
            }
            all_ways_alike(&tables, &frames);
        }
    }
}
