//! Of tables: a change and its inverse leave nothing behind, changes one by one end where building
//! from scratch does, and neither payload nor priority lets a frame reach anybody else.

use std::collections::{BTreeMap, BTreeSet};

use trunklab::forward::{
    Admission, FastPath, FrameVerdict, Member, PortConfig, PortRole, Profile, Service, ServiceId, ServiceKind, Tables,
    Untagged, VlanLimit,
};
use trunklab::ident::{PortNo, Stream, TenantId};
use trunklab::node::switch::member;
use trunklab::units::{SimDuration, SimTime};
use trunklab::wire::{EtherType, Frame, MacAddr, Tag, Vid};

struct Dice(Stream);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(Stream::new(seed, "metamorphic", "tables"))
    }
    fn roll(&mut self, sides: u64) -> u64 {
        self.0.below(sides)
    }
    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.roll(all.len() as u64)).expect("small")]
    }
    /// Few VIDs, so that places are contested.
    fn vid(&mut self) -> Vid {
        let vids = [1, 10, 11, 12, 266, 4_095];
        Vid::new(self.of(&vids)).expect("a VID")
    }
    fn port(&mut self) -> PortConfig {
        PortConfig {
            role: self.of(&[
                PortRole::Access,
                PortRole::Trunk,
                PortRole::Trunk,
                PortRole::Tunnel,
                PortRole::Routed,
            ]),
            tpid: self.of(&[EtherType::CTAG, EtherType::CTAG, EtherType::STAG]),
            untagged: if self.roll(3) == 0 {
                Untagged::Native(self.vid())
            } else {
                Untagged::Drop
            },
            mtu: 1_500,
            admit: Admission {
                drops_second_tag: self.roll(4) == 0,
                drops_priority_tagged: self.roll(4) == 0,
                takes_vid_4095: self.roll(4) == 0,
                reserved: None,
            },
        }
    }
    fn member(&mut self, ports: u64) -> Member {
        let vid = (self.roll(3) > 0).then(|| self.vid());
        let mut member = member(PortNo(u32::try_from(self.roll(ports)).expect("small")), vid);
        member.bound_mac = (self.roll(8) == 0).then(|| self.mac());
        member
    }
    fn mac(&mut self) -> MacAddr {
        MacAddr::local(7, u32::try_from(self.roll(4)).expect("small"))
    }
    fn service(&mut self, ports: u64) -> Service {
        let bridged = ServiceKind::Bridged {
            mac_limit: 4,
            age: SimDuration::from_secs(300),
        };
        let kind = self.of(&[ServiceKind::CrossConnect, bridged]);
        let members = if kind == bridged { 2 + self.roll(3) } else { 2 };
        Service {
            tenant: TenantId(u32::try_from(self.roll(4)).expect("small")),
            kind,
            members: (0..members).map(|_| self.member(ports)).collect(),
        }
    }
    fn id(&mut self) -> ServiceId {
        ServiceId(u32::try_from(self.roll(8)).expect("small"))
    }
    fn tables(&mut self) -> Tables {
        let ports = 3 + self.roll(3);
        Tables {
            profile: self.of(&[Profile::Strict, Profile::IeeeDefault, Profile::Ovs31, Profile::Linux612]),
            vlan_limit: self.of(&[VlanLimit::One, VlanLimit::Two]),
            ports: (0..ports).map(|_| self.port()).collect(),
            services: (0..1 + self.roll(6))
                .map(|_| (self.id(), self.service(ports)))
                .collect(),
            ..Tables::default()
        }
    }
    /// A frame with up to three tags, and one with other payload and priorities.
    fn frames(&mut self) -> (Frame, Frame) {
        let dst = if self.roll(3) == 0 {
            MacAddr::BROADCAST
        } else {
            self.mac()
        };
        let src = self.mac();
        let ethertype = self.of(&[EtherType::IPV4, EtherType::ARP, EtherType(0x86dd)]);
        let mut payload = |zero: bool| -> Vec<u8> {
            (0..64)
                .map(|_| {
                    if zero {
                        0
                    } else {
                        u8::try_from(self.roll(256)).expect("an octet")
                    }
                })
                .collect()
        };
        let mut one = Frame::ethernet(dst, src, ethertype, &payload(true));
        let mut two = Frame::ethernet(dst, src, ethertype, &payload(false));
        for _ in 0..self.roll(4) {
            let tpid = self.of(&[EtherType::CTAG, EtherType::CTAG, EtherType::STAG]);
            let vid = if self.roll(5) == 0 { 0 } else { self.vid().get() };
            let pcp = u16::try_from(self.roll(8)).expect("three bits") << 13;
            one.push_tag(Tag { tpid, tci: vid });
            two.push_tag(Tag { tpid, tci: vid | pcp });
        }
        (one, two)
    }
}

/// Ports that a frame leaves by, with the VID that it then carries in its outer tag.
fn receivers(fast: &FastPath, port: PortNo, frame: &Frame) -> BTreeSet<(PortNo, Option<Vid>)> {
    let mut fast = fast.clone();
    let vid = |rewrite: trunklab::forward::Rewrite| {
        let mut out = frame.clone();
        rewrite.apply(&mut out);
        let vid = out.outer_tag().map(|tag| Vid::of_tci(tag.tci));
        // A priority tag names no VLAN.
        vid.filter(|vid| *vid != Vid::PRIORITY)
    };
    match fast.forward(port, frame.bytes(), SimTime::ZERO) {
        FrameVerdict::Drop(_) => BTreeSet::new(),
        FrameVerdict::Forward(port, rewrite) => BTreeSet::from([(port, vid(rewrite))]),
        FrameVerdict::Replicate(group) => fast.copies(group).map(|(port, rewrite)| (port, vid(rewrite))).collect(),
    }
}

fn has_two_tags(frame: &Frame) -> bool {
    let mut rest = frame.clone();
    rest.pop_tag();
    rest.outer_tag().is_some()
}

fn ports(fast: &FastPath) -> impl Iterator<Item = PortNo> {
    let ports = fast.tables().ports.len();
    (0..u32::try_from(ports).expect("few")).map(PortNo)
}

/// What a service was before a change.
fn put_back(fast: &mut FastPath, id: ServiceId, before: Option<Service>) {
    match before {
        Some(service) => fast.set(id, service),
        None => fast.remove(id),
    };
}

#[test]
fn changes_and_their_inverses_in_reverse_order_restore_the_tables() {
    let mut changed = 0;
    for seed in 0..300 {
        let dice = &mut Dice::new(seed);
        let mut fast = FastPath::new(dice.tables());
        let before = fast.tables();
        let count = before.ports.len() as u64;
        let mut undo = Vec::new();
        for _ in 0..1 + dice.roll(6) {
            let id = dice.id();
            undo.push((id, fast.service(id)));
            if dice.roll(3) == 0 {
                fast.remove(id);
            } else {
                fast.set(id, dice.service(count));
            }
        }
        changed += u32::from(fast.tables() != before);
        for (id, service) in undo.into_iter().rev() {
            put_back(&mut fast, id, service);
        }
        assert_eq!(fast.tables(), before, "seed {seed}");
        same_verdicts(&fast, &FastPath::new(before), dice, seed);
    }
    assert!(changed > 200, "{changed} of 300 changed anything");
}

fn same_verdicts(one: &FastPath, two: &FastPath, dice: &mut Dice, seed: u64) {
    for _ in 0..8 {
        let (frame, _) = dice.frames();
        for port in ports(one) {
            let (a, b) = (receivers(one, port, &frame), receivers(two, port, &frame));
            assert_eq!(a, b, "seed {seed}, {port:?}, {:02x?}", &frame.bytes()[..26]);
        }
    }
}

#[test]
fn changes_one_by_one_end_where_building_from_scratch_does() {
    for seed in 0..300 {
        let dice = &mut Dice::new(1_000 + seed);
        let start = dice.tables();
        let mut fast = FastPath::new(start.clone());
        let mut written: BTreeMap<ServiceId, Service> = start.services.clone();
        for _ in 0..dice.roll(10) {
            let id = dice.id();
            if dice.roll(3) == 0 {
                fast.remove(id);
                written.remove(&id);
            } else {
                let service = dice.service(start.ports.len() as u64);
                fast.set(id, service.clone());
                written.insert(id, service);
            }
        }
        let scratch = FastPath::new(Tables {
            services: written,
            ..start
        });
        assert_eq!(fast.tables(), scratch.tables(), "seed {seed}");
        same_verdicts(&fast, &scratch, dice, seed);
    }
}

#[test]
fn neither_payload_nor_priority_enlarges_the_set_of_receivers() {
    let mut reached = 0;
    for seed in 0..400 {
        let dice = &mut Dice::new(2_000 + seed);
        let fast = FastPath::new(dice.tables());
        for _ in 0..8 {
            let (plain, other) = dice.frames();
            // To Open vSwitch a tag of VID 0 is one by its priority alone, where it comes in and where it leaves, and
            // without it the second one is shown: what it does is held against a running one.
            if fast.tables().profile == Profile::Ovs31 && has_two_tags(&other) {
                continue;
            }
            for port in ports(&fast) {
                let (few, many) = (receivers(&fast, port, &other), receivers(&fast, port, &plain));
                assert!(
                    few.is_subset(&many),
                    "seed {seed}, {port:?}: {few:?} is more than {many:?}"
                );
                reached += u32::from(!few.is_empty());
            }
        }
    }
    assert!(reached > 1_000, "{reached} frames reached anybody");
}
