//! Frames of a partner's circuit and the switch that they meet, for the benches of the fast path.
//!
//! Port 0 is the circuit, a trunk; port 1 a trunk with other VIDs; from port 2 on every tenant has
//! an access port. Every duty is on: two rates and three colours, a bound address, counters.

use trunklab::forward::{
    Admission, Excess, Exit, FastPath, Group, Kernel, Member, Octets, Policer, PortConfig, PortRole, PriorityMap,
    Profile, Service, ServiceId, ServiceKind, Sink, Slots, Standing, Tables, Untagged,
};
use trunklab::ident::{DropReason, PortNo, TenantId};
use trunklab::units::{BitRate, ByteCount, SimTime};
use trunklab::wire::{EtherType, Frame, MacAddr, Tag, Vid};

/// What becomes of a tenant's frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "each bench has its own selection")]
pub enum Way {
    /// To port 1, with another VID.
    Translate,
    /// To an access port, without its tag.
    Pop,
}

fn police() -> Policer {
    Policer {
        excess: Some(Excess {
            rate: BitRate::from_mbps(1_000),
            burst: ByteCount::new(1 << 20),
            coupled: false,
            marks: true,
        }),
        colour_aware: true,
        ..Policer::single(BitRate::from_mbps(100_000), ByteCount::new(1 << 30), Octets::L2Fcs)
    }
}

fn source(vlan: u16) -> MacAddr {
    MacAddr::local(1, u32::from(vlan))
}

/// The switch, for VLANs 1 to `vlans` of the circuit.
pub fn tables(vlans: u16, way: Way, kind: ServiceKind) -> Tables {
    let port = |role| PortConfig {
        role,
        tpid: EtherType::CTAG,
        untagged: Untagged::Drop,
        mtu: 1500,
        admit: Admission::BY_PROFILE,
    };
    let access = (0..vlans).map(|_| port(PortRole::Access));
    let trunks = [port(PortRole::Trunk), port(PortRole::Trunk)];
    let member = |port, vid, vlan| Member {
        port: PortNo(port),
        vid,
        police: Some(police()),
        arp: None,
        icmp: None,
        bound_mac: Some(source(vlan)),
        priority: PriorityMap::KEEP,
    };
    let services = (1..=vlans).map(|vlan| {
        let out = match way {
            Way::Translate => member(1, Vid::new(vlans + 1 - vlan), vlan),
            Way::Pop => member(u32::from(vlan) + 1, None, vlan),
        };
        let service = Service {
            tenant: TenantId(u32::from(vlan)),
            kind,
            members: vec![member(0, Vid::new(vlan), vlan), out],
        };
        (ServiceId(u32::from(vlan)), service)
    });
    Tables {
        profile: Profile::Strict,
        ports: trunks.into_iter().chain(access).collect(),
        services: services.collect(),
        ..Tables::default()
    }
}

/// Frames of 64 octets on the wire, as they come from the circuit, over all VLANs in no order that
/// a cache could guess.
pub struct Load {
    pub memory: Vec<u8>,
    pub standing: Vec<Standing>,
}

impl Load {
    /// That many frames.
    pub fn new(vlans: u16, frames: usize) -> Self {
        const SLOT: usize = 128;
        let mut memory = vec![0; frames * SLOT + SLOT];
        // Each frame begins at a line of the processor's cache.
        let first = memory.as_ptr().addr().wrapping_neg() % 64 + 64;
        let standing = (0..frames).map(|i| {
            let vlan = u16::try_from((i * 1_009 + i / 7) % usize::from(vlans)).expect("a VID") + 1;
            let mut frame = Frame::ethernet(MacAddr::local(2, 1), source(vlan), EtherType(0x88b5), &[0; 42]);
            frame.push_tag(Tag::ctag(Vid::of_tci(vlan)));
            let at = first + i * SLOT;
            memory[at..at + 60].copy_from_slice(&frame.bytes()[..60]);
            Standing::new(u32::try_from(at).expect("a small buffer"), 60, PortNo(0)).expect("a short frame")
        });
        let standing = standing.collect();
        Self { memory, standing }
    }
}

/// Counts what leaves.
#[allow(dead_code, reason = "each bench has its own selection")]
#[derive(Default)]
pub struct Counting {
    pub left: u64,
    pub ended: u64,
}

impl Sink for Counting {
    fn forward(&mut self, _: usize, _: Exit) {
        self.left += 1;
    }
    fn drop(&mut self, _: usize, _: DropReason) {
        self.ended += 1;
    }
    fn replicate(&mut self, _: usize, _: Group) {
        self.left += 1;
    }
}

/// All frames once, in batches; they stand as they came again afterwards, where they keep their place.
#[allow(dead_code, reason = "each bench has its own selection")]
pub fn pass(fast: &mut FastPath, load: &mut Load, batch: usize, now: &mut u64) -> Counting {
    let mut slots = Slots::new(&mut load.memory, load.standing.clone()).expect("there is room");
    let mut counting = Counting::default();
    let mut first = 0;
    while first < slots.len() {
        let last = slots.len().min(first + batch);
        *now += 1_720;
        fast.process(SimTime::from_nanos(*now), &mut slots, first..last, &mut counting);
        first = last;
    }
    counting
}

/// A switch that reads by this kernel.
#[allow(dead_code, reason = "each bench has its own selection")]
pub fn switch(vlans: u16, way: Way, kernel: Kernel) -> FastPath {
    let mut fast = FastPath::new(tables(vlans, way, ServiceKind::CrossConnect));
    fast.use_kernel(kernel);
    fast
}
