//! Decision: which service a frame belongs to, and how it may leave. The tables alone decide.

use super::fastpath::FastPath;
use super::key::{Key, TagKey, classify};
use super::lookup::MemberRef;
use super::modes::{PortMode, PriorityTags};
use super::profile::{Ingress, admit, customer_vid, fault, may_leave};
use super::quirk::Quirk;
use super::rewrite::Rewrite;
use super::service::{MemberState, ServiceState};
use super::tables::{PortConfig, PortRole, Profile, ServiceId, ServiceKind, Untagged};
use crate::ident::{DropReason, PortNo};
use crate::wire::{MacAddr, Vid};

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
    /// The first of them was read as the VLAN's, and comes off.
    pub(super) pop: bool,
    /// The frame's first two tags.
    pub(super) seen: [Option<Seen>; 2],
    /// How many tags the frame has.
    pub(super) tags: u32,
    pub(super) payload: u32,
    /// So many of its tags Open vSwitch has taken off for copies before.
    pub(super) off: u8,
    /// The copies leave as yellow frames do.
    pub(super) marked: bool,
}

/// A tag of a frame, without its drop eligibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub key: TagKey,
    pub pcp: u8,
}

impl Group {
    /// The tag that the frame begins with once its VLAN's is off.
    fn next(self) -> Option<TagKey> {
        self.seen[usize::from(self.pop)].map(|seen| seen.key)
    }

    /// The priority of the tag that comes off, 0 where none does.
    fn pcp(self) -> u8 {
        self.seen[0].filter(|_| self.pop).map_or(0, |seen| seen.pcp)
    }

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
        let payload = match self.lookup.mode(key.port) {
            None => key.payload,
            Some(mode) => weighed(mode, key.payload, key.tags().saturating_sub(u32::from(entry.pop))),
        };
        if let Some(reason) = port.and_then(|port| refused(port, bound, payload, key.src)) {
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
        let mut group = group;
        members.iter().filter_map(move |member| {
            let (rewrite, off) = self.copy_behind(group, member).ok()?;
            group.off = off;
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
        self.copy_behind(group, member).map(|(rewrite, _)| rewrite)
    }

    /// The same, and how many of the frame's tags are off for the copies behind this one.
    #[inline]
    fn copy_behind(&self, group: Group, member: &MemberState) -> Result<(Rewrite, u8), DropReason> {
        if member.port == group.ingress {
            return Err(DropReason::PortLoopbackFilter);
        }
        let port = self.lookup.config(member.port).expect("members are at ports");
        let untagged = self.leaves_untagged(member, port);
        let mode = self.lookup.mode(member.port);
        let payload = match mode {
            None => group.payload,
            Some(mode) => weighed(mode, group.payload, group.tags.saturating_sub(u32::from(group.pop))),
        };
        let (mut rewrite, off) = match self.profile {
            Profile::Ovs31 => {
                may_leave(self.profile, port, !untagged, None, group.payload)?;
                let (rewrite, off) = self.by_open_vswitch(group, member)?;
                let foreign = group.tags.saturating_sub(rewrite.taken());
                if mode.is_some_and(|mode| weighed(mode, group.payload, foreign) > port.mtu) {
                    return Err(DropReason::MtuExceeded);
                }
                (rewrite, off)
            }
            Profile::Strict | Profile::IeeeDefault | Profile::Linux612 => {
                let next = group.next().map(|tag| tag.tpid);
                may_leave(self.profile, port, !untagged, next, payload)?;
                let push = member.vid.filter(|_| !untagged);
                let plain = Rewrite {
                    pop: group.pop,
                    push: push.map(|vid| TagKey { tpid: port.tpid, vid }),
                    priority: member.priority,
                    ..Rewrite::default()
                };
                (self.by_mode(group, member, port, plain)?, 0)
            }
        };
        if group.marked {
            rewrite.priority = rewrite.priority.eligible();
        }
        Ok((self.quirk.rewrite(rewrite), off))
    }

    /// Does what leaves by a member leave without a tag of its VLAN?
    #[inline]
    pub(super) fn leaves_untagged(&self, member: &MemberState, port: &PortConfig) -> bool {
        let is_native = |vid| {
            port.untagged == Untagged::Native(vid)
                && !self.lookup.mode(member.port).is_some_and(|mode| mode.native_tagged)
        };
        port.role != PortRole::Trunk || member.vid.is_none_or(is_native)
    }

    /// What the modes of both ports change, in every profile but Open vSwitch's.
    #[inline]
    fn by_mode(
        &self,
        group: Group,
        member: &MemberState,
        out: &PortConfig,
        mut plain: Rewrite,
    ) -> Result<Rewrite, DropReason> {
        if self.lookup.modes().is_empty() {
            return Ok(plain);
        }
        let next = customer_vid(self.profile, out, group.next());
        if out.role == PortRole::Tunnel && !self.lookup.takes_customer_vid(member.port, next) {
            return Err(DropReason::SecondTag);
        }
        let pushes = self.lookup.mode(group.ingress).and_then(|mode| mode.pushes);
        match (&mut plain.push, pushes) {
            (Some(push), Some(tpid)) => push.tpid = tpid,
            (Some(_), None) => {}
            (None, _) => {
                let tags = self
                    .lookup
                    .mode(member.port)
                    .map_or(PriorityTags::Never, |mode| mode.priority_tags);
                let gets = match tags {
                    PriorityTags::Never => false,
                    PriorityTags::IfNonzero => group.pcp() != 0,
                    PriorityTags::Always => true,
                };
                let vid = Vid::PRIORITY;
                plain.push = (gets && out.role != PortRole::Tunnel).then_some(TagKey { tpid: out.tpid, vid });
            }
        }
        Ok(plain)
    }
}

/// Octets that count against the MTU of a port with a mode: its frames have so many tags that are not its own.
const fn weighed(mode: &PortMode, payload: u32, tags: u32) -> u32 {
    if mode.counts_tags {
        payload.saturating_add(4 * tags)
    } else {
        payload
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
        seen: [
            key.outer.map(|tag| Seen { key: tag, pcp: key.pcp }),
            key.inner.map(|tag| Seen {
                key: tag,
                pcp: key.inner_pcp,
            }),
        ],
        tags: key.tags(),
        off: 0,
        payload: key.payload,
        marked: false,
    }
}
