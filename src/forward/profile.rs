//! How devices differ: which frames they take, into which VLAN, and what they let out.
//!
//! `strict` drops every doubtful frame. The others follow CONFORMANCE 3.2: 802.1Q with its own
//! defaults (no ingress filtering), Open vSwitch 3.1, and the bridge of Linux 6.12 without STP.

use std::fmt;
use std::str::FromStr;

use super::key::{Key, Shape};
use super::lookup::{Lookup, Slot};
use super::tables::{PortConfig, PortRole, Profile, Untagged};
use crate::ident::DropReason;
use crate::wire::{EtherType, MacAddr, Vid};

impl Profile {
    /// Every profile, the default first.
    pub const ALL: &'static [Self] = &[Self::Strict, Self::IeeeDefault, Self::Ovs31, Self::Linux612];

    /// The profile's stable name, as scenarios write it and verdicts print it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::IeeeDefault => "ieee-default",
            Self::Ovs31 => "ovs-3.1",
            Self::Linux612 => "linux-6.12",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Profile {
    type Err = String;
    /// Reads a profile's stable name.
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .iter()
            .copied()
            .find(|profile| profile.as_str() == text)
            .ok_or_else(|| {
                let names: Vec<_> = Self::ALL.iter().map(|profile| profile.as_str()).collect();
                format!("`{text}` is no profile of a switch; they are {}", names.join(", "))
            })
    }
}

/// Where a frame came in, and whether its outer tag was read as the VLAN's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The member that it came in by, or the service alone.
    pub slot: Slot,
    /// The outer tag was the service's (or a priority tag), and comes off.
    pub pop: bool,
}

/// Faults of the frame itself, before any VLAN is asked for.
#[inline]
pub(super) fn fault(profile: Profile, key: &Key) -> Option<DropReason> {
    match key.shape {
        Shape::Runt => return Some(DropReason::RuntFrame),
        Shape::Truncated => return Some(DropReason::TruncatedTag),
        Shape::Whole => {}
    }
    if key.src.is_group() && profile != Profile::Ovs31 {
        return Some(DropReason::SourceMacIsMulticast);
    }
    filters(profile, key.dst).then_some(DropReason::ReservedDestination)
}

fn filters(profile: Profile, dst: MacAddr) -> bool {
    match profile {
        Profile::Strict | Profile::IeeeDefault => dst.is_reserved(),
        // CDP, and the shared spanning tree of PVST+, are on its list too.
        Profile::Ovs31 => dst.is_reserved() || matches!(dst.0, [0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc | 0xcd]),
        Profile::Linux612 => dst.is_reserved() && dst.0[5] != 0,
    }
}

/// Does a port with `own` take a tag with `tpid` for one of its own?
#[inline]
fn reads(profile: Profile, own: EtherType, tpid: EtherType) -> bool {
    let dot1q = |t| matches!(t, EtherType::CTAG | EtherType::STAG);
    own == tpid || profile == Profile::Ovs31 && dot1q(own) && dot1q(tpid)
}

/// Finds the service of a frame.
#[inline]
pub(super) fn admit(profile: Profile, lookup: &Lookup, key: &Key) -> Result<Entry, DropReason> {
    let port = lookup.config(key.port).ok_or(DropReason::IngressVlanFilter)?;
    let tag = key.outer.filter(|tag| reads(profile, port.tpid, tag.tpid));
    match (port.role, tag.map(|tag| tag.vid)) {
        (PortRole::Routed, _) if key.outer.is_some() => Err(DropReason::VlanTagMismatch),
        (PortRole::Routed | PortRole::Tunnel, _) | (PortRole::Access, None) => whole_port(lookup, key, false),
        (PortRole::Trunk, None) => native(lookup, port, key, false),
        (_, Some(Vid::RESERVED)) => Err(DropReason::ReservedVid),
        (role, Some(Vid::PRIORITY)) => {
            let entry = if role == PortRole::Trunk {
                native(lookup, port, key, true)?
            } else {
                whole_port(lookup, key, true)?
            };
            // With the priority tag gone, the next one would name a VLAN.
            if profile == Profile::Strict && key.inner.is_some() {
                return Err(DropReason::SecondTag);
            }
            Ok(entry)
        }
        (PortRole::Trunk, Some(vid)) => match lookup.member(key.port, Some(vid)) {
            Some(slot) => Ok(Entry { slot, pop: true }),
            None if profile == Profile::IeeeDefault => unfiltered(lookup, vid),
            None => Err(DropReason::UnknownVid),
        },
        (PortRole::Access, Some(vid)) => tagged_at_access(profile, lookup, key, vid),
    }
}

#[inline]
fn whole_port(lookup: &Lookup, key: &Key, pop: bool) -> Result<Entry, DropReason> {
    let slot = lookup.member(key.port, None).ok_or(DropReason::UnknownVid)?;
    Ok(Entry { slot, pop })
}

/// Untagged and priority-tagged frames of a trunk: a member for untagged frames comes first,
/// then the native VLAN.
fn native(lookup: &Lookup, port: &PortConfig, key: &Key, pop: bool) -> Result<Entry, DropReason> {
    if let Some(slot) = lookup.member(key.port, None) {
        return Ok(Entry { slot, pop });
    }
    let Untagged::Native(vid) = port.untagged else {
        return Err(DropReason::VlanTagMismatch);
    };
    let slot = lookup.member(key.port, Some(vid)).ok_or(DropReason::UnknownVid)?;
    Ok(Entry { slot, pop })
}

fn unfiltered(lookup: &Lookup, vid: Vid) -> Result<Entry, DropReason> {
    let slot = lookup.anywhere(vid).ok_or(DropReason::UnknownVid)?.stray();
    Ok(Entry { slot, pop: true })
}

/// A tag on an access port. The port's own VLAN is the one that its service has on a trunk.
fn tagged_at_access(profile: Profile, lookup: &Lookup, key: &Key, vid: Vid) -> Result<Entry, DropReason> {
    if matches!(profile, Profile::Strict | Profile::Ovs31) {
        return Err(DropReason::VlanTagMismatch);
    }
    let found = lookup.anywhere(vid).ok_or(DropReason::UnknownVid)?;
    match lookup.member(key.port, None) {
        Some(own) if own.service == found.service => Ok(Entry { slot: own, pop: true }),
        _ if profile == Profile::IeeeDefault => Ok(Entry {
            slot: found.stray(),
            pop: true,
        }),
        _ => Err(DropReason::IngressVlanFilter),
    }
}

/// May a frame leave by a port that puts a tag on, or none?
///
/// `next` is the tag that the frame begins with once its own is off. Where `strict` sends it
/// untagged, it must not begin with a tag that the port's neighbour would read: that is how a
/// frame hops from one VLAN into another.
#[inline]
pub(super) fn may_leave(
    profile: Profile,
    port: &PortConfig,
    tagged: bool,
    next: Option<EtherType>,
    payload: u32,
) -> Result<(), DropReason> {
    if payload > port.mtu {
        return Err(DropReason::MtuExceeded);
    }
    let Some(next) = next.filter(|_| !tagged && profile == Profile::Strict) else {
        return Ok(());
    };
    match port.role {
        PortRole::Tunnel => Ok(()),
        PortRole::Routed => Err(DropReason::SecondTag),
        PortRole::Access | PortRole::Trunk if reads(profile, port.tpid, next) => Err(DropReason::SecondTag),
        PortRole::Access | PortRole::Trunk => Ok(()),
    }
}
