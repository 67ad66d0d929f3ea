//! Decision: which service a frame belongs to, and how it may leave. The tables alone decide.

use super::fastpath::FastPath;
use super::key::{Key, TagKey, classify};
use super::lookup::MemberRef;
use super::profile::{Ingress, admit, fault, may_leave, second_is_lost};
use super::quirk::Quirk;
use super::rewrite::Rewrite;
use super::service::{MemberState, ServiceState};
use super::tables::{PortConfig, PortRole, Profile, ServiceKind, Untagged, VlanLimit};
use crate::ident::{DropReason, PortNo};
use crate::wire::{EtherType, MacAddr};

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
    pub(super) next: Option<EtherType>,
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

    /// Where the copies of a flooded frame go, in order of (port, VID).
    pub fn copies(&self, group: Group) -> impl Iterator<Item = (PortNo, Rewrite)> + '_ {
        let state = self.services.get(group.service, group.era);
        let members = state.map_or(&[][..], |state| &state.members);
        members.iter().filter_map(move |member| {
            let rewrite = self.copy(group, member).ok()?;
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
        let push = member
            .vid
            .filter(|_| !untagged)
            .map(|vid| TagKey { tpid: port.tpid, vid });
        Ok(self.quirk.rewrite(Rewrite {
            pop: group.pop,
            inner: self.vlan_limit == VlanLimit::Two && self.loses_second(group, port),
            push,
            priority: if group.marked {
                member.priority.eligible()
            } else {
                member.priority
            },
        }))
    }

    /// Does the tag behind the one that was read come off too?
    #[inline(never)]
    fn loses_second(&self, group: Group, out: &PortConfig) -> bool {
        let into = self.lookup.config(group.ingress);
        let next = group.next.filter(|_| group.pop);
        into.zip(next)
            .is_some_and(|(into, next)| second_is_lost(self.profile, into, out, next))
    }
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

/// Everybody that a frame from here may reach.
#[inline]
pub(super) fn group(entry: Ingress, key: &Key) -> Group {
    Group {
        service: entry.slot.service,
        era: entry.slot.era,
        ingress: key.port,
        pop: entry.pop,
        next: if entry.pop {
            key.inner
        } else {
            key.outer.map(|tag| tag.tpid)
        },
        payload: key.payload,
        marked: false,
    }
}
