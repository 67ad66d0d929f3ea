//! Decision: which service a frame belongs to, and how it may leave. The tables alone decide.

use super::fastpath::FastPath;
use super::key::{Key, TagKey, classify};
use super::lookup::MemberRef;
use super::profile::{Ingress, admit, fault, may_leave, reads};
use super::quirk::Quirk;
use super::rewrite::Rewrite;
use super::service::{MemberState, ServiceState};
use super::tables::{PortConfig, PortRole, Profile, ServiceId, ServiceKind, Untagged, VlanLimit};
use crate::ident::{DropReason, PortNo};
use crate::wire::{EtherType, MacAddr, Vid};

/// What the tables alone say about a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Nothing will carry it; counted for the service, where one was found.
    Drop(DropReason, Option<Ingress>),
    /// A cross-connect: it leaves by the other member, or may not leave at all.
    Connect(Ingress, Result<(MemberRef, PortNo, Rewrite), DropReason>),
    /// Learned addresses decide.
    Bridge(Ingress),
}

/// The ports that a flooded frame leaves by. Once its service is gone they are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    pub(super) service: u32,
    pub(super) era: u32,
    pub(super) ingress: PortNo,
    pub(super) pop: bool,
    /// The tag that was read as the VLAN's, and comes off.
    pub(super) read: Option<TagKey>,
    /// That tag, or the frame's first, has a priority other than 0.
    pub(super) prioritised: bool,
    pub(super) next: Option<EtherType>,
    /// That is a tag, and names a VLAN; and it has a priority other than 0.
    pub(super) next_names_vlan: bool,
    pub(super) next_prioritised: bool,
    pub(super) payload: u32,
    /// The copies leave as yellow frames do.
    pub(super) marked: bool,
}

impl Group {
    /// The service that floods, by none of its members.
    pub const fn service(self) -> MemberRef {
        MemberRef {
            service: self.service,
            member: MemberRef::NONE.member,
            era: self.era,
        }
    }
}

impl<Q: Quirk> FastPath<Q> {
    /// Stage 1: what may matter of a frame (without FCS) that came in by `port`.
    #[inline]
    pub fn classify(&self, bytes: &[u8], port: PortNo) -> Key {
        let mut key = classify(bytes, port);
        self.quirk.classify(bytes, &mut key);
        key
    }

    /// Stage 2: what the tables say; no state is asked or changed.
    #[inline]
    pub fn decide(&self, key: &Key) -> Decision {
        if let Some(reason) = fault(self.profile, self.lookup.config(key.port), key) {
            return Decision::Drop(reason, None);
        }
        let found = admit(self.profile, &self.lookup, key);
        let entry = match self.quirk.admit(key, found, &self.lookup) {
            Ok(entry) => entry,
            Err(reason) => return Decision::Drop(reason, None),
        };
        let port = self.lookup.config(key.port);
        let state = self.at(entry.slot.service);
        let bound = state
            .members
            .get(entry.slot.member as usize)
            .and_then(|member| member.bound_mac);
        if let Some(reason) = port.and_then(|port| refused(port, bound, key.payload, key.src)) {
            Decision::Drop(reason, Some(entry))
        } else if zero_source(self.profile, state.kind, key.src) {
            Decision::Drop(DropReason::SourceMacIsZero, Some(entry))
        } else if state.kind == ServiceKind::CrossConnect && !entry.slot.is_stray() {
            Decision::Connect(entry, self.other_end(state, entry, key))
        } else {
            Decision::Bridge(entry)
        }
    }

    /// The service that a frame (without FCS) belongs to that comes in by `port`, as the tables say;
    /// `None`: no service has it. No state is asked or changed.
    pub fn service_of(&self, bytes: &[u8], port: PortNo) -> Option<ServiceId> {
        let slot = match self.decide(&self.classify(bytes, port)) {
            Decision::Drop(_, entry) => entry?.slot,
            Decision::Connect(entry, _) | Decision::Bridge(entry) => entry.slot,
        };
        self.services.get(slot.service, slot.era).map(|state| state.id)
    }

    /// Where the copies of a flooded frame go, in order of (port, VID).
    pub fn copies(&self, group: Group) -> impl Iterator<Item = (PortNo, Rewrite)> + '_ {
        let state = self.services.get(group.service, group.era);
        let members = state.map_or(&[][..], |state| &state.members);
        let mut taken_off = false;
        members.iter().filter_map(move |member| {
            let mut rewrite = self.copy(group, member).ok()?;
            if taken_off && forgets_eligibility(self.profile) && rewrite.push.is_some() {
                rewrite.priority = rewrite.priority.ineligible();
            }
            taken_off |= rewrite.pop && rewrite.push.is_none();
            Some((member.port, rewrite))
        })
    }

    #[inline]
    fn other_end(
        &self,
        state: &ServiceState,
        entry: Ingress,
        key: &Key,
    ) -> Result<(MemberRef, PortNo, Rewrite), DropReason> {
        let [a, b] = &*state.members else {
            return Err(DropReason::PortListIsEmpty);
        };
        let (member, other) = if entry.slot.member == 0 { (1, b) } else { (0, a) };
        let rewrite = self.copy(group(entry, key), other)?;
        Ok((MemberRef { member, ..entry.slot }, other.port, rewrite))
    }

    /// How a frame leaves by a member, or why it may not.
    #[inline]
    pub(super) fn copy(&self, group: Group, member: &MemberState) -> Result<Rewrite, DropReason> {
        if member.port == group.ingress {
            return Err(DropReason::PortLoopbackFilter);
        }
        let port = self.lookup.config(member.port).expect("members are at ports");
        let untagged =
            port.role != PortRole::Trunk || member.vid.is_none_or(|vid| port.untagged == Untagged::Native(vid));
        may_leave(self.profile, port, !untagged, group.next, group.payload)?;
        let second = match self.vlan_limit {
            VlanLimit::One => None,
            VlanLimit::Two => self.second_was_read(group),
        };
        if second.is_some_and(|into| keeps_from_access(group, into, port)) {
            return Err(DropReason::SecondTag);
        }
        let push = member
            .vid
            .filter(|_| !untagged)
            .map(|vid| TagKey { tpid: port.tpid, vid });
        let plain = Rewrite {
            pop: group.pop,
            inner: second.is_some_and(|into| loses_second(group, into, port, member.vid.is_none())),
            push,
            priority: member.priority,
        };
        let mut rewrite = match self.profile {
            Profile::Ovs31 => self.as_open_vswitch(plain, group, port, member.vid.is_none()),
            Profile::Strict | Profile::IeeeDefault | Profile::Linux612 => plain,
        };
        if group.marked {
            rewrite.priority = rewrite.priority.eligible();
        }
        Ok(self.quirk.rewrite(rewrite))
    }

    /// Open vSwitch edits the tag that it read: its type stays, unless the ports have types of their own
    /// that differ, and its drop-eligible bit with it only where the VID stays as well. In VLAN 0 a
    /// priority tag stays on if its priority is not 0. (Measured on 3.1.0: CONFORMANCE 3.2, addendum.)
    #[cold]
    fn as_open_vswitch(&self, mut rewrite: Rewrite, group: Group, out: &PortConfig, in_vlan_0: bool) -> Rewrite {
        let into = self.lookup.config(group.ingress);
        let aliased = group
            .read
            .filter(|read| into.is_some_and(|into| into.tpid != read.tpid));
        match &mut rewrite.push {
            Some(push) => {
                if let Some(read) = aliased {
                    push.tpid = read.tpid;
                }
                if group.read.is_none_or(|read| read.vid != push.vid) {
                    rewrite.priority = rewrite.priority.ineligible();
                }
            }
            None if in_vlan_0 && out.is_of_every_vlan() && group.prioritised => {
                rewrite.push = group.read.filter(|read| read.vid == Vid::PRIORITY);
            }
            None => {}
        }
        rewrite
    }

    /// The port that a frame came in by, where a second tag was read there behind the one that comes off: by
    /// Open vSwitch with `vlan-limit=2`.
    #[inline(never)]
    fn second_was_read(&self, group: Group) -> Option<&PortConfig> {
        let next = group.next.filter(|_| group.pop && self.profile == Profile::Ovs31)?;
        let into = self.lookup.config(group.ingress);
        into.filter(|into| reads(self.profile, into.tpid, next))
    }
}

/// A frame that came in by a trunk and whose second tag names a VLAN leaves by no access port.
fn keeps_from_access(group: Group, into: &PortConfig, out: &PortConfig) -> bool {
    into.role == PortRole::Trunk && out.role == PortRole::Access && group.next_names_vlan
}

/// Does the second tag that was read come off too? An access port's frames have one VLAN, so Open vSwitch
/// clears what else was read: of frames that come in there, and of those that leave there. A second tag with
/// neither VID nor priority is none to it; and where the first is none either, in VLAN 0, the second goes
/// with it. (Measured on 3.1.0: CONFORMANCE 3.2, addendum.)
fn loses_second(group: Group, into: &PortConfig, out: &PortConfig, in_vlan_0: bool) -> bool {
    let bare = !group.next_names_vlan && !group.next_prioritised;
    let gone = !group.prioritised && group.read.is_some_and(|read| read.vid == Vid::PRIORITY);
    let with_it = gone && in_vlan_0 && out.is_of_every_vlan();
    bare || with_it || [into, out].iter().any(|port| port.role == PortRole::Access)
}

/// Why a member's port takes no frame with so many octets of payload, or from this address.
#[inline]
pub(super) fn refused(port: &PortConfig, bound: Option<MacAddr>, payload: u32, src: MacAddr) -> Option<DropReason> {
    if payload > port.mtu {
        Some(DropReason::MtuExceeded)
    } else if bound.is_some_and(|mac| mac != src) {
        Some(DropReason::SourceMacNotBound)
    } else {
        None
    }
}

/// No station has this address: a bridge that learns looks at it and drops the frame, but for Open
/// vSwitch. A cross-connect looks at no address.
#[inline]
fn zero_source(profile: Profile, kind: ServiceKind, src: MacAddr) -> bool {
    kind != ServiceKind::CrossConnect && src == MacAddr([0; 6]) && profile != Profile::Ovs31
}

/// Does a switch that took a tag off for one copy put it on for the next without drop eligibility? The
/// bit is Open vSwitch's "there is a tag".
const fn forgets_eligibility(profile: Profile) -> bool {
    matches!(profile, Profile::Ovs31)
}

/// Everybody that a frame from here may reach.
#[inline]
pub(super) fn group(entry: Ingress, key: &Key) -> Group {
    Group {
        service: entry.slot.service,
        era: entry.slot.era,
        ingress: key.port,
        pop: entry.pop,
        read: key.outer.filter(|_| entry.pop),
        prioritised: key.prioritised,
        next_names_vlan: key.inner_names_vlan,
        next_prioritised: key.inner_prioritised,
        next: if entry.pop {
            key.inner
        } else {
            key.outer.map(|tag| tag.tpid)
        },
        payload: key.payload,
        marked: false,
    }
}
