//! The tables of a switch: what `lower` produces, what the fast path compiles and runs.
//!
//! Tables are canonical (equal meaning, equal value) and can be read back.

use std::collections::BTreeMap;

use super::modes::PortMode;
use super::priority::PriorityMap;
use super::vids::VidSet;
use crate::ident::{PortNo, TenantId};
use crate::units::{BitRate, ByteCount, SimDuration};
use crate::wire::{EtherType, MacAddr, Vid};

/// A service of a switch: one tenant's VLAN on one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceId(pub u32);

/// What a switch does with frames of VLANs, as real devices differ (CONFORMANCE 3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Profile {
    /// Every doubtful frame is dropped.
    #[default]
    Strict,
    /// 802.1Q's own defaults: no ingress filtering.
    IeeeDefault,
    /// Open vSwitch 3.1.
    Ovs31,
    /// The bridge of Linux 6.12.
    Linux612,
}

/// How many tags of a frame a switch of Open vSwitch reads (`other_config:vlan-limit`); what stands
/// behind them is payload. Other profiles read one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum VlanLimit {
    /// Its default.
    #[default]
    One,
    /// All that it can, which is also what its 0 (no limit) comes to. An access port knows of one
    /// VLAN: of a frame that comes in or leaves there, the second tag that was read is lost.
    Two,
}

/// What a port does with tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortRole {
    /// One service, untagged on the wire (priority tags are taken off).
    Access,
    /// Services told apart by the outer tag; untagged frames as `PortConfig::untagged` says.
    Trunk,
    /// One service; whatever the customer tagged is payload, and a tag is pushed on the far side.
    Tunnel,
    /// A routed port without tags (VLAN 0 of the cloud): one service, untagged.
    Routed,
}

/// What a trunk does with a frame that names no VLAN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Untagged {
    /// It is dropped.
    Drop,
    /// It belongs to this VID (PVID, native VLAN), and frames of that VID leave untagged.
    Native(Vid),
}

/// A port of a switch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortConfig {
    /// What it does with tags.
    pub role: PortRole,
    /// The tag protocol id that it reads and writes, one that [`EtherType::is_tag`] knows; with
    /// any other it reads no tag at all.
    pub tpid: EtherType,
    /// What a trunk does with untagged and priority-tagged frames.
    pub untagged: Untagged,
    /// Largest payload behind addresses, tags and EtherType, in octets.
    pub mtu: u32,
    /// Which doubtful frames it takes in.
    pub admit: Admission,
}

/// Which doubtful frames a port takes in, where that is configured at the port.
///
/// The default is what the switch's [`Profile`] says, and 802.1Q where that says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Admission {
    /// Bit x: frames to 01-80-C2-00-00-0x end here (802.1Q 8.6.3). `None`: as the profile says.
    pub reserved: Option<u16>,
    /// Frames with a tag of VID 0 end here, as tag mismatch. Else they are as untagged ones.
    pub drops_priority_tagged: bool,
    /// Frames with a second tag behind the port's own end here. Else it is payload, which must
    /// not come to light where the frame leaves.
    pub drops_second_tag: bool,
    /// VID 4095 is a VID like another. Else its frames end here, as 802.1Q table 9-2 has it.
    pub takes_vid_4095: bool,
}

/// Which octets of a frame a policer or a bill counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Octets {
    /// With preamble, FCS and gap: frame + 24.
    L1,
    /// With FCS: frame + 4.
    #[default]
    L2Fcs,
    /// Without FCS.
    L2,
    /// The network layer's packet: behind addresses, tags and EtherType.
    L3,
    /// With preamble, FCS and gap, as if the frame had no tag.
    L1Untagged,
    /// With FCS, as if the frame had no tag: the same at every port.
    L2FcsUntagged,
    /// Without FCS, as if the frame had no tag.
    L2Untagged,
}

impl Admission {
    /// What the profile says.
    pub const BY_PROFILE: Self = Self {
        reserved: None,
        drops_priority_tagged: false,
        drops_second_tag: false,
        takes_vid_4095: false,
    };
}

/// A bandwidth profile of one flow (MEF 10.4 section 12; the algorithm of MEF 10.2): two rates,
/// three colours. Green frames pass by the committed bucket, yellow ones by the excess bucket,
/// red ones end here. Without excess it is one rate and two colours.
///
/// Arithmetic is exact: a bucket loses nothing to rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Policer {
    /// Committed information rate, CIR.
    pub rate: BitRate,
    /// Committed burst size, CBS; the bucket starts full. More than [`MOST_BURST`] counts as that.
    pub burst: ByteCount,
    /// Which octets count.
    pub octets: Octets,
    /// What may pass beyond the commitment, as yellow.
    pub excess: Option<Excess>,
    /// Colour-aware (CM): a frame that comes in with its drop-eligible bit set can be no green one.
    pub colour_aware: bool,
}

/// No bucket holds more octets than this: 2 GiB less one, so that a bucket's nanobits fit in a word.
pub const MOST_BURST: ByteCount = ByteCount::new((1 << 31) - 1);

/// The second rate of a bandwidth profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Excess {
    /// Excess information rate, EIR.
    pub rate: BitRate,
    /// Excess burst size, EBS; the bucket starts full. More than [`MOST_BURST`] counts as that.
    pub burst: ByteCount,
    /// Coupling flag, CF: committed tokens that find their bucket full go to this one.
    pub coupled: bool,
    /// Yellow frames leave with their drop-eligible bit set, where they leave with a tag.
    pub marks: bool,
}

impl Policer {
    /// One rate, two colours, colour-blind.
    pub const fn single(rate: BitRate, burst: ByteCount, octets: Octets) -> Self {
        Self {
            rate,
            burst,
            octets,
            excess: None,
            colour_aware: false,
        }
    }
}

/// How policers are made where the documentation leaves it open: which octets count, and how
/// large a burst may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicerRule {
    /// Which octets count.
    pub octets: Octets,
    /// The bucket holds what the rate carries in this time, ...
    pub burst: SimDuration,
    /// ... and at least this.
    pub least: ByteCount,
}

impl Default for PolicerRule {
    /// Octets with FCS, tags aside; 100 ms at the rate, at least 64 kB (MEF 10.4 23.2 asks for two full frames).
    fn default() -> Self {
        Self {
            octets: Octets::L2FcsUntagged,
            burst: SimDuration::from_millis(100),
            least: ByteCount::new(64_000),
        }
    }
}

impl PolicerRule {
    /// The policer of this rate.
    pub fn policer(&self, rate: BitRate) -> Policer {
        Policer::single(rate, rate.octets_in(self.burst).max(self.least), self.octets)
    }
}

/// A limit in frames (ARP, ICMP): a bucket of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Limit {
    /// Frames a second.
    pub per_second: u32,
    /// Frames that may pass at once; the bucket starts full.
    pub burst: u32,
    /// `None`: the service's own bucket. `Some(n)`: bucket `n` of the switch, shared by all
    /// members that name it.
    pub shared: Option<u32>,
}

/// A port's part in a service. Policer and limits meter frames that come *in* by this member.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Member {
    /// Which port.
    pub port: PortNo,
    /// The outer VID on that port; `None`: untagged (access, routed, or a trunk's frames that name
    /// no VLAN, before any native one), or the whole port (tunnel).
    pub vid: Option<Vid>,
    /// Bandwidth of frames that come in here.
    pub police: Option<Policer>,
    /// ARP limit of frames that come in here.
    pub arp: Option<Limit>,
    /// ICMP (v4) limit of frames that come in here.
    pub icmp: Option<Limit>,
    /// Only this source address is admitted here.
    pub bound_mac: Option<MacAddr>,
    /// Priority of frames that leave here with a tag.
    pub priority: PriorityMap,
}

/// How a service forwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceKind {
    /// Exactly two members; what comes in by one leaves by the other. No learning.
    CrossConnect,
    /// Learns addresses, floods what it does not know to all other members.
    Bridged {
        /// Learned addresses at most; more are flooded, not learned.
        mac_limit: u32,
        /// How long an unused address is remembered.
        age: SimDuration,
    },
    /// Bridged, with a filtering database that it shares with others (shared VLAN learning): an
    /// address is known at a port, whatever VLAN it was heard in, and a frame to one that is known
    /// at a port outside the service is lost.
    Shared {
        /// Which database: services that name the same one share it (802.1Q's FID).
        fid: u32,
        /// Addresses in the database at most, where this service learns one.
        mac_limit: u32,
        /// How long an unused address is remembered.
        age: SimDuration,
    },
}

impl ServiceKind {
    /// The database that it shares.
    pub const fn fid(self) -> Option<u32> {
        match self {
            Self::Shared { fid, .. } => Some(fid),
            Self::CrossConnect | Self::Bridged { .. } => None,
        }
    }
}

/// A service: who shares it and how it forwards.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Service {
    /// Whose frames they should be.
    pub tenant: TenantId,
    /// How it forwards.
    pub kind: ServiceKind,
    /// Its members, in order of (port, vid).
    pub members: Vec<Member>,
}

/// Everything that a switch knows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Tables {
    /// How it behaves where devices differ.
    pub profile: Profile,
    /// How many tags it reads, at [`Profile::Ovs31`].
    pub vlan_limit: VlanLimit,
    /// Its ports, by number.
    pub ports: Vec<PortConfig>,
    /// Trunks with a list of their VLANs: a member with another VID carries nothing there. A trunk
    /// that is not named carries every member that it has.
    pub allowed: BTreeMap<PortNo, VidSet>,
    /// Ports with a mode beyond their role.
    pub modes: BTreeMap<PortNo, PortMode>,
    /// Its services.
    pub services: BTreeMap<ServiceId, Service>,
}
