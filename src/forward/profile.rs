//! How devices differ: which frames they take, into which VLAN, and what they let out.
//!
//! `strict` drops every doubtful frame. The others follow CONFORMANCE 3.2: 802.1Q with its own
//! defaults (no ingress filtering), Open vSwitch 3.1, and the bridge of Linux 6.12 without STP.

use std::fmt;
use std::str::FromStr;

use super::kernel::{Action, Actions, Brief};
use super::key::{Key, Shape, TagKey};
use super::lookup::{Lookup, MemberRef};
use super::tables::{PortConfig, PortRole, Profile, Untagged};
use crate::ident::{DropReason, PortNo};
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
pub struct Ingress {
    /// The member that it came in by, or the service alone.
    pub slot: MemberRef,
    /// The outer tag was the service's (or a priority tag), and comes off.
    pub pop: bool,
}

/// Faults of the frame itself, before any VLAN is asked for.
#[inline]
pub(super) fn fault(profile: Profile, port: Option<&PortConfig>, key: &Key) -> Option<DropReason> {
    match key.shape {
        Shape::Runt => return Some(DropReason::RuntFrame),
        Shape::Truncated => return Some(DropReason::TruncatedTag),
        Shape::Whole => {}
    }
    if key.src.is_group() && profile != Profile::Ovs31 {
        return Some(DropReason::SourceMacIsMulticast);
    }
    filters(profile, port, key.dst).then_some(DropReason::ReservedDestination)
}

/// Which of 01-80-C2-00-00-00 to -0F end here, a bit each.
fn reserved(profile: Profile, port: Option<&PortConfig>) -> u16 {
    let by_profile = match profile {
        Profile::Strict | Profile::IeeeDefault | Profile::Ovs31 => 0xffff,
        Profile::Linux612 => 0xfffe,
    };
    port.and_then(|port| port.admit.reserved).unwrap_or(by_profile)
}

fn filters(profile: Profile, port: Option<&PortConfig>, dst: MacAddr) -> bool {
    if dst.is_reserved() {
        return reserved(profile, port) >> (dst.0[5] & 15) & 1 != 0;
    }
    profile == Profile::Ovs31 && is_on_the_list_of_open_vswitch(dst)
}

/// What Open vSwitch 3.1.0 keeps besides 01-80-C2-00-00-0x: ISL, CDP and VTP, PVST+, FlexLink, CFM of
/// Cisco's; EDP and EAPS of Extreme's. (Measured: CONFORMANCE 3.2, addendum.)
const fn is_on_the_list_of_open_vswitch(dst: MacAddr) -> bool {
    matches!(
        dst.0,
        [0x01, 0x00, 0x0c, 0x00, 0x00, 0x00]
            | [0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xc0..=0xc7 | 0xcc | 0xcd]
            | [0x01, 0x00, 0x0c, 0xcd, 0xcd, 0xcd]
            | [0x00, 0xe0, 0x2b, 0x00, 0x00, 0x00 | 0x04 | 0x06]
    )
}

/// What becomes of each class of ordinary frames at a port, as far as that needs no table: what
/// [`fault`] and [`admit`] would say.
pub(super) fn actions(profile: Profile, port: &PortConfig) -> Actions {
    Actions::new(|brief| {
        // Its list has addresses that are no group's, and the type of a tag that it reads stays.
        if profile == Profile::Ovs31 {
            return Action::General;
        }
        let tag = match brief.0 & Brief::TAG {
            0 => None,
            Brief::CTAG => Some(EtherType::CTAG),
            Brief::STAG => Some(EtherType::STAG),
            Brief::QINQ => Some(EtherType::QINQ),
            _ => return Action::General,
        };
        let own = tag.is_some_and(|tag| reads(profile, port.tpid, tag));
        // Behind a second tag the payload begins somewhere else.
        if tag.is_some() && brief.has(Brief::SECOND) {
            let tagged_port = matches!(port.role, PortRole::Access | PortRole::Trunk);
            let filtered = brief.has(Brief::GROUP_SOURCE | Brief::RESERVED | Brief::GROUP);
            return if own && tagged_port && port.admit.drops_second_tag && !filtered {
                Action::SecondTag
            } else {
                Action::General
            };
        }
        if brief.has(Brief::GROUP_SOURCE) {
            return Action::Drop(DropReason::SourceMacIsMulticast);
        }
        if brief.has(Brief::RESERVED) {
            match reserved(profile, Some(port)) {
                0xffff => return Action::Drop(DropReason::ReservedDestination),
                0 => {}
                _ => return Action::General,
            }
        }
        match port.role {
            PortRole::Trunk if own => Action::Tagged,
            PortRole::Trunk if port.untagged == Untagged::Drop => Action::NoVlan,
            _ if tag.is_none() => Action::Direct,
            _ => Action::General,
        }
    })
}

/// Does a port with `own` take a tag with `tpid` for one of its own?
#[inline]
pub(super) fn reads(profile: Profile, own: EtherType, tpid: EtherType) -> bool {
    let dot1q = |t| matches!(t, EtherType::CTAG | EtherType::STAG);
    own == tpid || profile == Profile::Ovs31 && dot1q(own) && dot1q(tpid)
}

/// Finds the service of a frame.
#[inline]
pub(super) fn admit(profile: Profile, lookup: &Lookup, key: &Key) -> Result<Ingress, DropReason> {
    let port = lookup.config(key.port).ok_or(DropReason::IngressVlanFilter)?;
    let tag = key.outer.filter(|tag| reads(profile, port.tpid, tag.tpid));
    let tagged_port = matches!(port.role, PortRole::Access | PortRole::Trunk);
    if tagged_port && tag.is_some() && key.inner.is_some() && port.admit.drops_second_tag {
        return Err(DropReason::SecondTag);
    }
    let vid = tag.map(|tag| tag.vid);
    if let Some(reason) = vid.filter(|_| tagged_port).and_then(|vid| refuses_vid(port, vid)) {
        return Err(reason);
    }
    match (port.role, vid) {
        (PortRole::Routed, _) if key.outer.is_some() => Err(DropReason::VlanTagMismatch),
        (PortRole::Tunnel, _) if !lookup.takes_customer_vid(key.port, customer_vid(profile, port, key.outer)) => {
            Err(DropReason::UnknownVid)
        }
        (PortRole::Routed | PortRole::Tunnel, _) | (PortRole::Access, None) => whole_port(lookup, key, false),
        (PortRole::Trunk, None) => native(lookup, key.port, false),
        (role, Some(Vid::PRIORITY)) => {
            let entry = if role == PortRole::Trunk {
                native(lookup, key.port, true)?
            } else {
                whole_port(lookup, key, true)?
            };
            // With the priority tag gone, the next one would name a VLAN.
            if profile == Profile::Strict && key.inner.is_some() {
                return Err(DropReason::SecondTag);
            }
            Ok(entry)
        }
        (PortRole::Trunk, Some(vid)) => tagged_at_trunk(profile, lookup, key.port, vid),
        (PortRole::Access, Some(vid)) => tagged_at_access(profile, lookup, key, vid),
    }
}

/// The class of frames that rows are for: which bits of a brief matter at a port, and how they are
/// in an ordinary frame, tagged or not. `None` where no brief shows the port's tag, and where a brief
/// does not show what matters (see [`actions`]): no row serves such a place.
pub(super) fn ordinary_class(profile: Profile, port: &PortConfig, tagged: bool) -> Option<(u64, u64)> {
    if profile == Profile::Ovs31 {
        return None;
    }
    let tag = match port.tpid {
        _ if !tagged => 0,
        EtherType::CTAG => Brief::CTAG,
        EtherType::STAG => Brief::STAG,
        EtherType::QINQ => Brief::QINQ,
        _ => return None,
    };
    let mut watch = Brief::TAG | Brief::GROUP_SOURCE | if tagged { Brief::SECOND } else { 0 };
    if reserved(profile, Some(port)) != 0 {
        watch |= Brief::RESERVED;
    }
    Some((watch, tag))
}

/// The customer's VID that a tunnel reads in this tag; 0 where it reads none: a C-tag's, in Open vSwitch that
/// of any tag that it reads.
#[inline]
pub(super) fn customer_vid(profile: Profile, tunnel: &PortConfig, tag: Option<TagKey>) -> Vid {
    let is_read = |tag: &TagKey| match profile {
        Profile::Ovs31 => reads(profile, tunnel.tpid, tag.tpid),
        Profile::Strict | Profile::IeeeDefault | Profile::Linux612 => tag.tpid == EtherType::CTAG,
    };
    tag.filter(is_read).map_or(Vid::PRIORITY, |tag| tag.vid)
}

#[inline]
fn whole_port(lookup: &Lookup, key: &Key, pop: bool) -> Result<Ingress, DropReason> {
    let slot = lookup.member(key.port, None).ok_or(DropReason::UnknownVid)?;
    Ok(Ingress { slot, pop })
}

/// Why an access port or a trunk takes a tag with this VID for no VLAN's, whatever its services are.
#[inline]
pub(super) fn refuses_vid(port: &PortConfig, vid: Vid) -> Option<DropReason> {
    match vid {
        Vid::RESERVED if !port.admit.takes_vid_4095 => Some(DropReason::ReservedVid),
        Vid::PRIORITY if port.admit.drops_priority_tagged => Some(DropReason::VlanTagMismatch),
        _ => None,
    }
}

/// A tag of a trunk's own.
#[inline]
pub(super) fn tagged_at_trunk(
    profile: Profile,
    lookup: &Lookup,
    port: PortNo,
    vid: Vid,
) -> Result<Ingress, DropReason> {
    match lookup.member(port, Some(vid)) {
        Some(slot) => Ok(Ingress { slot, pop: true }),
        None if profile == Profile::IeeeDefault => unfiltered(lookup, vid),
        None => Err(DropReason::UnknownVid),
    }
}

/// Untagged and priority-tagged frames of a trunk: a member for untagged frames comes first,
/// then the native VLAN.
#[inline]
pub(super) fn native(lookup: &Lookup, port: PortNo, pop: bool) -> Result<Ingress, DropReason> {
    if let Some(slot) = lookup.member(port, None) {
        return Ok(Ingress { slot, pop });
    }
    let Some(Untagged::Native(vid)) = lookup.config(port).map(|config| config.untagged) else {
        return Err(DropReason::VlanTagMismatch);
    };
    let slot = lookup.member(port, Some(vid)).ok_or(DropReason::UnknownVid)?;
    Ok(Ingress { slot, pop })
}

fn unfiltered(lookup: &Lookup, vid: Vid) -> Result<Ingress, DropReason> {
    let slot = lookup.anywhere(vid).ok_or(DropReason::UnknownVid)?.stray();
    Ok(Ingress { slot, pop: true })
}

/// A tag on an access port. The port's own VLAN is the one that its service has on a trunk.
fn tagged_at_access(profile: Profile, lookup: &Lookup, key: &Key, vid: Vid) -> Result<Ingress, DropReason> {
    if matches!(profile, Profile::Strict | Profile::Ovs31) {
        return Err(DropReason::VlanTagMismatch);
    }
    let found = lookup.anywhere(vid).ok_or(DropReason::UnknownVid)?;
    match lookup.member(key.port, None) {
        Some(own) if own.service == found.service => Ok(Ingress { slot: own, pop: true }),
        _ if profile == Profile::IeeeDefault => Ok(Ingress {
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
