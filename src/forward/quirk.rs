//! Fault seams: one hook for each stage of the fast path.
//!
//! [`Exact`] has no hook and no size, so a healthy build pays nothing. [`Planted`] holds faults
//! that real devices had, chosen at run time, for showing that a check notices them: faults of the
//! stages, of what is kept between frames, of rows, and of batches.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::decide::Decision;
use super::kernel::Kernel;
use super::key::{Class, Key, Shape, TagKey};
use super::lookup::Lookup;
use super::priority::PriorityMap;
use super::profile::Ingress;
use super::rewrite::Rewrite;
use crate::ident::{DropReason, PortNo};
use crate::wire::{EtherType, Frame, MacAddr, Vid};

/// May spoil what a stage found. The hooks of the stages are pure, so that frames with equal octets
/// keep meeting equal faults; [`Quirk::recall`] and [`Quirk::pad`] alone know what came before.
pub trait Quirk: Clone + fmt::Debug + 'static {
    /// No hook ever changes anything.
    const EXACT: bool = false;
    /// Do asserts hold each frame to what an exact forwarder does with it?
    const HELD: bool = Self::EXACT;
    /// What a fault keeps from frame to frame: nothing in a healthy build.
    type Memory: Clone + fmt::Debug + Default;
    /// After classification.
    fn classify(&self, bytes: &[u8], key: &mut Key) {
        let _ = (bytes, key);
    }
    /// After the search for a service.
    fn admit(&self, key: &Key, found: Result<Ingress, DropReason>, lookup: &Lookup) -> Result<Ingress, DropReason> {
        let _ = (key, lookup);
        found
    }
    /// After limits and policer, which have counted the frame already.
    fn charge(&self, key: &Key, metered: Result<(), DropReason>) -> Result<(), DropReason> {
        let _ = key;
        metered
    }
    /// Before the tags are edited.
    fn rewrite(&self, rewrite: Rewrite) -> Rewrite {
        rewrite
    }
    /// Between decision and charge, while the tables are of this generation.
    fn recall(&self, memory: &mut Self::Memory, generation: u64, met: Met<'_>) -> Decision {
        let _ = (memory, generation);
        met.decided
    }
    /// After the tags were edited: what stands behind the octet `from` was added as padding.
    fn pad(&self, memory: &Self::Memory, frame: &mut Frame, from: usize) {
        let _ = (memory, frame, from);
    }
    /// Does a learned address go with its age, and with the link that it was learned at?
    fn forgets(&self) -> bool {
        true
    }
    /// How many addresses a database holds that has this limit.
    fn holds(&self, limit: u32) -> u32 {
        limit
    }
    /// Do ordinary frames go by their rows? Else all go through the stages, whose hooks no row knows.
    #[inline(always)]
    fn by_rows(&self) -> bool {
        Self::EXACT
    }
    /// Before a row is made of what the stages say of an ordinary frame.
    fn row(&self, served: Served, lookup: &Lookup) -> Served {
        let _ = lookup;
        served
    }
    /// In a batch, after a kernel has read a frame's TCI; `before` is that of the frame before it.
    fn read(&self, kernel: Kernel, tci: u16, before: u16) -> u16 {
        let _ = (kernel, before);
        tci
    }
}

/// What a row serves: how ordinary frames of its place leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    /// By which port.
    pub port: PortNo,
    /// With a tag of this VID, where one is put on.
    pub vid: Option<Vid>,
    /// Is a frame with a second tag left to the stages?
    pub heeds_second_tag: bool,
}

/// A frame, what was read of it, and what the tables say of it.
#[derive(Debug, Clone, Copy)]
pub struct Met<'a> {
    /// Its octets, without FCS.
    pub bytes: &'a [u8],
    /// What may matter of them.
    pub key: &'a Key,
    /// What the tables say.
    pub decided: Decision,
}

/// No fault at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exact;
impl Quirk for Exact {
    const EXACT: bool = true;
    type Memory = ();
}

macro_rules! planted {
    ({ $($(#[$doc:meta])* $name:ident = $text:literal,)* }
     { $($(#[$late:meta])* $kept:ident = $kept_text:literal,)* }
     { $($(#[$memo:meta])* $row:ident = $row_text:literal,)* }
     { $($(#[$many:meta])* $batch:ident = $batch_text:literal,)* }) => {
        /// A fault to plant. The names in kebab-case are what [`FromStr`] reads.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Planted {
            $($(#[$doc])* $name,)* $($(#[$late])* $kept,)* $($(#[$memo])* $row,)* $($(#[$many])* $batch,)*
        }
        impl Planted {
            /// Every fault of a stage, in order: what it does to a frame depends on that frame and
            /// the tables alone, so that who reads the tables through the stages sees it.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// Every fault of what a switch keeps between frames, in order: one frame alone shows
            /// none of them.
            pub const KEEPING: &'static [Self] = &[$(Self::$kept,)*];
            /// Every fault of rows, in order: the stages are healthy, and ordinary frames do not
            /// come by them.
            pub const ROWS: &'static [Self] = &[$(Self::$row,)*];
            /// Every fault of batches, in order: a frame alone, as in a run, never meets them.
            pub const BATCHES: &'static [Self] = &[$(Self::$batch,)*];
            /// The fault's stable name.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                    $(Self::$kept => $kept_text,)*
                    $(Self::$row => $row_text,)*
                    $(Self::$batch => $batch_text,)*
                }
            }
            /// Every fault, in order.
            pub fn every() -> impl Iterator<Item = Self> {
                let alone = Self::ALL.iter().chain(Self::KEEPING);
                alone.chain(Self::ROWS).chain(Self::BATCHES).copied()
            }
        }
    };
}

planted! {{
    /// No fault: `Planted` behaves as [`Exact`] does.
    Nothing = "none",
    /// The innermost tag's VID is taken for the circuit's. Leaks double-tagged frames.
    LastTagWins = "last-tag-wins",
    /// Priority and drop eligibility fall into the VID. Leaks frames with a priority.
    TciNotMasked = "tci-not-masked",
    /// Only eight bits of the VID are compared. Leaks between VIDs 256 apart.
    VidLowByte = "vid-low-byte",
    /// A trunk with a list of VLANs carries every VLAN of the switch.
    SubsetTrunkIsFull = "subset-trunk-is-full",
    /// An unknown VID goes to the service with the lowest VID of that trunk.
    UnknownVidToFirst = "unknown-vid-to-first",
    /// VID 4095 goes to the service with the lowest VID of that trunk.
    ReservedVidForwarded = "reserved-vid-forwarded",
    /// Broadcasts and multicasts of a trunk go to the service with the next VID of that trunk.
    /// Leaks ordinary ARP requests.
    BroadcastToNextVid = "broadcast-to-next-vid",
    /// ARP frames of a trunk go to the service with the lowest VID of that trunk.
    ArpToFirst = "arp-to-first",
    /// Untagged frames enter the service of the next port. Leaks every frame of a tenant whose
    /// neighbour's port is in use.
    PortOffByOne = "port-off-by-one",
    /// The tag that is pushed names the next VID. Leaks every frame where that VID is in use.
    PushOffByOne = "push-off-by-one",
    /// A tag is taken off where one should be put on in its place.
    PopWithoutPush = "pop-without-push",
    /// No policer and no limit drops anything.
    Unpoliced = "unpoliced",
    /// Behind a priority tag the next tag's VID counts. Leaks frames with such a stack.
    PriorityTagHides = "priority-tag-hides",
    /// A tag behind LLC and SNAP is taken for the frame's own.
    TagBehindSnap = "tag-behind-snap",
    /// A tag that is cut short is none, and the frame is as good as any.
    TruncatedTagPasses = "truncated-tag-passes",
    /// A member without a VID takes frames of every VLAN that nobody else has at its port.
    UntaggedMeansAny = "untagged-means-any",
    /// Nobody looks whether there is a second tag. It comes to light where the outer one is taken off.
    DeeperStacks = "deeper-stacks",
    /// A tag of any protocol is the port's own.
    AnyTagIsOwn = "any-tag-is-own",
    /// A tag stays on that should have been taken off.
    TagKept = "tag-kept",
    /// A tag that is put on has no priority.
    PriorityLost = "priority-lost",
} {
    /// Decisions are kept by port and destination alone: the first frame's VLAN decides for all that
    /// follow, until the tables change.
    FlowCacheTooWide = "flow-cache-too-wide",
    /// A learned address outlives its age and the link that it was learned at.
    StaleAddresses = "stale-addresses",
    /// The limit of learned addresses is not kept.
    LearnsWithoutLimit = "learns-without-limit",
    /// What pads a frame whose tag was taken off are octets of the frame before it.
    DirtyPadding = "dirty-padding",
} {
    /// A row's frames leave by the next port. Leaks every ordinary frame.
    RowToNextPort = "row-to-next-port",
    /// The tag that a row puts on names the next VID. Leaks ordinary frames where that VID is in use.
    RowPushesNextVid = "row-pushes-next-vid",
    /// A row serves frames with a second tag too, unseen by admission and egress. It comes to light
    /// where the outer one is taken off.
    RowTakesSecondTag = "row-takes-second-tag",
} {
    /// In a batch, the row of the frame before it serves a frame.
    BatchTakesRowBefore = "batch-takes-row-before",
    /// The scalar kernel reads only eight bits of the VID.
    ScalarKernelCutsVid = "scalar-kernel-cuts-vid",
}}

impl fmt::Display for Planted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Planted {
    type Err = String;
    /// Reads a fault's stable name.
    fn from_str(text: &str) -> Result<Self, String> {
        Self::every().find(|fault| fault.as_str() == text).ok_or_else(|| {
            let names: Vec<_> = Self::every().map(Self::as_str).collect();
            format!("`{text}` is no planted fault; they are {}", names.join(", "))
        })
    }
}

/// What planted faults keep from frame to frame.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// The tables that the flows were decided by.
    generation: u64,
    flows: BTreeMap<(PortNo, MacAddr), Decision>,
    /// The last frame that was decided of, and the one before it.
    frames: [Vec<u8>; 2],
}

impl Quirk for Planted {
    type Memory = Kept;

    fn classify(&self, bytes: &[u8], key: &mut Key) {
        match self {
            Self::TagBehindSnap => key.outer = key.outer.or_else(|| behind_snap(bytes)),
            Self::DeeperStacks => key.inner = None,
            Self::TruncatedTagPasses if key.shape == Shape::Truncated => key.shape = Shape::Whole,
            _ => {}
        }
        let Some(outer) = key.outer.as_mut() else { return };
        let tci = tci_at(bytes, 12);
        match self {
            Self::AnyTagIsOwn => outer.tpid = EtherType::CTAG,
            Self::PriorityTagHides if outer.vid == Vid::PRIORITY && key.inner.is_some() => {
                *outer = TagKey {
                    tpid: EtherType::CTAG,
                    vid: Vid::of_tci(tci_at(bytes, 16)),
                };
            }
            Self::LastTagWins => outer.vid = Vid::of_tci(last_tci(bytes)),
            Self::TciNotMasked => outer.vid = Vid::of_tci(tci ^ tci >> 12),
            _ => {}
        }
    }

    fn admit(&self, key: &Key, found: Result<Ingress, DropReason>, lookup: &Lookup) -> Result<Ingress, DropReason> {
        let Some(outer) = key.outer else {
            let next = PortNo(key.port.0.saturating_add(1));
            let wrong = lookup
                .member(next, None)
                .filter(|_| *self == Self::PortOffByOne && found.is_ok());
            return wrong.map_or(found, |slot| Ok(Ingress { slot, pop: false }));
        };
        let on_trunk = |vid| {
            lookup
                .member(key.port, Some(vid))
                .map(|slot| Ingress { slot, pop: true })
        };
        let from = |first: u16| (first..4095).filter_map(Vid::new).find_map(on_trunk);
        let lost = matches!(found, Err(DropReason::UnknownVid));
        let wrong = match self {
            Self::VidLowByte if lost => {
                (0..16).find_map(|high| on_trunk(Vid::of_tci(high << 8 | outer.vid.get() & 0xff)))
            }
            Self::SubsetTrunkIsFull if lost => lookup.anywhere(outer.vid).map(|slot| Ingress {
                slot: slot.stray(),
                pop: true,
            }),
            Self::UnknownVidToFirst if lost => from(1),
            Self::ReservedVidForwarded if outer.vid == Vid::RESERVED => from(1),
            Self::BroadcastToNextVid if found.is_ok() && key.dst.is_group() => {
                from(outer.vid.get() + 1).or_else(|| from(1))
            }
            Self::UntaggedMeansAny if found.is_err() => {
                lookup.member(key.port, None).map(|slot| Ingress { slot, pop: false })
            }
            Self::ArpToFirst if found.is_ok() && key.class == Class::Arp => from(1),
            _ => None,
        };
        wrong.map_or(found, Ok)
    }

    fn charge(&self, _key: &Key, metered: Result<(), DropReason>) -> Result<(), DropReason> {
        if *self == Self::Unpoliced { Ok(()) } else { metered }
    }

    fn rewrite(&self, rewrite: Rewrite) -> Rewrite {
        match (self, rewrite.push) {
            (Self::PushOffByOne, Some(TagKey { tpid, vid })) => {
                let vid = Vid::of_tci(vid.get() + 1);
                Rewrite {
                    push: Some(TagKey { tpid, vid }),
                    ..rewrite
                }
            }
            (Self::TagKept, None) => Rewrite { pop: false, ..rewrite },
            (Self::PriorityLost, Some(_)) => Rewrite {
                priority: PriorityMap::all(0),
                ..rewrite
            },
            (Self::PopWithoutPush, Some(_)) if rewrite.pop => Rewrite { push: None, ..rewrite },
            _ => rewrite,
        }
    }

    fn recall(&self, memory: &mut Kept, generation: u64, met: Met<'_>) -> Decision {
        match self {
            Self::FlowCacheTooWide => {
                // Decisions name services of their tables.
                if memory.generation != generation {
                    memory.flows.clear();
                    memory.generation = generation;
                }
                let flow = (met.key.port, met.key.dst);
                *memory.flows.entry(flow).or_insert(met.decided)
            }
            Self::DirtyPadding => {
                memory.frames.swap(0, 1);
                memory.frames[0].clear();
                memory.frames[0].extend_from_slice(met.bytes);
                met.decided
            }
            _ => met.decided,
        }
    }

    fn pad(&self, memory: &Kept, frame: &mut Frame, from: usize) {
        if *self == Self::DirtyPadding {
            let before = &memory.frames[1];
            let residue = before.get(from..).unwrap_or_default().iter().chain(&[0xa5; 4]);
            for (octet, old) in frame.bytes_mut()[from..].iter_mut().zip(residue) {
                *octet = *old;
            }
        }
    }

    fn forgets(&self) -> bool {
        *self != Self::StaleAddresses
    }

    fn holds(&self, limit: u32) -> u32 {
        if *self == Self::LearnsWithoutLimit {
            u32::MAX
        } else {
            limit
        }
    }

    fn by_rows(&self) -> bool {
        Self::ROWS.contains(self) || Self::BATCHES.contains(self)
    }

    fn row(&self, served: Served, lookup: &Lookup) -> Served {
        match self {
            Self::RowToNextPort => {
                let next = PortNo(served.port.0 + 1);
                let port = lookup.config(next).map_or(PortNo(0), |_| next);
                Served { port, ..served }
            }
            Self::RowPushesNextVid => {
                let vid = served.vid.map(|vid| Vid::of_tci(vid.get() + 1));
                Served { vid, ..served }
            }
            Self::RowTakesSecondTag => Served {
                heeds_second_tag: false,
                ..served
            },
            _ => served,
        }
    }

    fn read(&self, kernel: Kernel, tci: u16, before: u16) -> u16 {
        match self {
            Self::BatchTakesRowBefore => before,
            Self::ScalarKernelCutsVid if kernel == Kernel::SCALAR => tci & 0xf0ff,
            _ => tci,
        }
    }
}

fn tci_at(bytes: &[u8], tpid: usize) -> u16 {
    match bytes.get(tpid + 2..tpid + 4) {
        Some(tci) => u16::from_be_bytes([tci[0], tci[1]]),
        None => 0,
    }
}

/// The C-tag behind the header of LLC and SNAP, where the frame has both.
fn behind_snap(bytes: &[u8]) -> Option<TagKey> {
    let [hi, lo, rest @ ..] = bytes.get(12..24)? else {
        return None;
    };
    let is_length = u16::from_be_bytes([*hi, *lo]) <= 1500;
    let [0xaa, 0xaa, 0x03, 0, 0, 0, 0x81, 0x00, hi, lo] = rest else {
        return None;
    };
    is_length.then_some(TagKey {
        tpid: EtherType::CTAG,
        vid: Vid::of_tci(u16::from_be_bytes([*hi, *lo])),
    })
}

fn last_tci(bytes: &[u8]) -> u16 {
    let mut last = 12;
    while let Some(&[hi, lo]) = bytes.get(last + 4..last + 6)
        && EtherType(u16::from_be_bytes([hi, lo])).is_tag()
        && bytes.len() >= last + 10
    {
        last += 4;
    }
    tci_at(bytes, last)
}
