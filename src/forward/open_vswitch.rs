//! What Open vSwitch makes of a frame's tags, port mode by port mode.
//!
//! While it carries a frame it knows two VLAN headers of it. A port's mode translates them where the
//! frame comes in and again where a copy leaves; then the tags of the frame that differ from what is
//! wanted come off, from the outside, and the wanted ones are put on. A header whose VID and priority are 0
//! is none: that is how it eats priority tags. The bit of drop eligibility is its "there is a header": it
//! stays in tags that nobody touched, and is clear in those that were put on. (Measured on 3.1.0, every
//! mode with every other.)

use super::decide::{Group, Seen};
use super::fastpath::FastPath;
use super::key::TagKey;
use super::modes::PriorityTags;
use super::priority::PriorityMap;
use super::profile::reads;
use super::quirk::Quirk;
use super::rewrite::Rewrite;
use super::service::MemberState;
use super::tables::{PortConfig, PortRole, VlanLimit};
use crate::ident::DropReason;
use crate::wire::{EtherType, Tag, Vid};

/// A header as it is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Header {
    /// `None`: nothing says it yet, the port that it leaves by will.
    tpid: Option<EtherType>,
    vid: Vid,
    pcp: u8,
}

impl Header {
    const NONE: Self = Self {
        tpid: None,
        vid: Vid::PRIORITY,
        pcp: 0,
    };

    fn of(tag: Seen) -> Self {
        Self {
            tpid: Some(tag.key.tpid),
            vid: tag.key.vid,
            pcp: tag.pcp,
        }
    }

    fn is_some(self) -> bool {
        self.vid != Vid::PRIORITY || self.pcp != 0
    }

    fn tag(self, tpid: EtherType) -> Tag {
        Tag {
            tpid: self.tpid.unwrap_or(tpid),
            tci: u16::from(self.pcp) << 13 | self.vid.get(),
        }
    }
}

/// Has a port of this role one VLAN, and no tags of it?
const fn is_access(role: PortRole) -> bool {
    matches!(role, PortRole::Access | PortRole::Routed)
}

impl<Q: Quirk> FastPath<Q> {
    /// How a copy leaves by a member, or why it may not; and how many of the frame's tags are off once it
    /// has left. `group.off` of them were taken off for copies before it.
    #[cold]
    #[inline(never)]
    pub(super) fn by_open_vswitch(&self, group: Group, member: &MemberState) -> Result<(Rewrite, u8), DropReason> {
        let into = self.lookup.config(group.ingress).ok_or(DropReason::IngressVlanFilter)?;
        let out = self.lookup.config(member.port).expect("members are at ports");
        let read = self.read_tags(group, into);
        let first = group.seen[0].filter(|_| read > 0).map_or(Header::NONE, Header::of);
        let second = group.seen[1].filter(|_| read > 1).map_or(Header::NONE, Header::of);
        let [own, inner] = self.came_in(group, (into, out), [first, second]);
        let untagged = self.leaves_untagged(member, out);
        if is_access(out.role) && inner.vid != Vid::PRIORITY {
            return Err(DropReason::SecondTag);
        }
        if out.role == PortRole::Tunnel && !self.lookup.takes_customer_vid(member.port, inner.vid) {
            return Err(DropReason::SecondTag);
        }
        let mut wanted = match out.role {
            PortRole::Access | PortRole::Routed => [Header::NONE; 2],
            PortRole::Tunnel => [inner, Header::NONE],
            PortRole::Trunk if untagged && member.vid.is_some() => [inner, Header::NONE],
            PortRole::Trunk => [
                Header {
                    vid: member.vid.unwrap_or(Vid::PRIORITY),
                    ..own
                },
                inner,
            ],
        };
        let tags = self
            .lookup
            .mode(member.port)
            .map_or(PriorityTags::Never, |mode| mode.priority_tags);
        if tags != PriorityTags::Never {
            wanted[0].pcp = first.pcp;
        }
        let there = |at: usize| {
            let header = wanted[at];
            header.is_some() || tags == PriorityTags::Always && header.tpid.is_some()
        };
        let count = if !there(0) { 0 } else { 1 + usize::from(there(1)) };
        let plan = Edit {
            read: [first, second],
            count: read,
            // A tunnel's own type is that of what it puts on for frames that come in.
            wanted: wanted.map(|header| match out.role {
                PortRole::Tunnel => header.tag(EtherType::CTAG),
                PortRole::Access | PortRole::Trunk | PortRole::Routed => header.tag(out.tpid),
            }),
            there: count,
            off: group.off,
        };
        let map = if untagged { PriorityMap::KEEP } else { member.priority };
        Ok(plan.rewrite(map, untagged))
    }

    /// The headers that a frame has once it is in: its VLAN's without the VID, and the one behind that.
    fn came_in(
        &self,
        group: Group,
        (into, out): (&PortConfig, &PortConfig),
        [first, second]: [Header; 2],
    ) -> [Header; 2] {
        // The type of a port's own tags, where both ports have others than C-tags, is a translation.
        let kept = first.tpid.filter(|tpid| *tpid != into.tpid);
        let outer = Header {
            tpid: kept.or(first.tpid.map(|_| out.tpid)),
            ..first
        };
        match into.role {
            PortRole::Trunk => [outer, second],
            PortRole::Access | PortRole::Routed => [outer, Header::NONE],
            PortRole::Tunnel => {
                let pushes = self.lookup.mode(group.ingress).and_then(|mode| mode.pushes);
                let own = Header {
                    tpid: Some(pushes.unwrap_or(into.tpid)),
                    ..Header::NONE
                };
                [own, first]
            }
        }
    }

    /// How many of its tags were read where the frame came in.
    fn read_tags(&self, group: Group, into: &PortConfig) -> usize {
        let limit = match self.vlan_limit {
            VlanLimit::One => 1,
            VlanLimit::Two => 2,
        };
        let is_read = |seen: &Seen| reads(self.profile, into.tpid, seen.key.tpid);
        let all = if group.pop || into.role == PortRole::Tunnel {
            limit
        } else {
            0
        };
        group
            .seen
            .iter()
            .take(all)
            .map_while(|seen| seen.filter(is_read))
            .count()
    }
}

/// From the tags that were read to those that are wanted.
struct Edit {
    read: [Header; 2],
    count: usize,
    wanted: [Tag; 2],
    there: usize,
    off: u8,
}

impl Edit {
    /// The edit, and how many of the frame's tags are off behind it. The map is for the VLAN's tag.
    fn rewrite(&self, map: PriorityMap, untagged: bool) -> (Rewrite, u8) {
        let is_same = |from: usize, to: usize| {
            let (read, wanted) = (self.read[from], self.wanted[to]);
            read.tpid == Some(wanted.tpid) && (read.vid, read.pcp) == (wanted.vid(), wanted.pcp())
        };
        // From the innermost on, what is wanted as it is stays.
        let least = self.count.min(self.there);
        let stay = (0..least)
            .take_while(|i| is_same(self.count - 1 - i, self.there - 1 - i))
            .count();
        let (pops, pushes) = (self.count - stay, self.there - stay);
        let off = self.off.max(if pops == 2 { 2 } else { u8::from(pops == 1) });
        let plain = Rewrite {
            clears: self.off,
            ..Rewrite::default()
        };
        if pops + pushes == 0 {
            // The tag is written anew as it is, so that a map can change its priority.
            let own = self.wanted[0];
            let push = (!untagged && stay > 0).then_some(TagKey {
                tpid: own.tpid,
                vid: own.vid(),
            });
            let rewrite = Rewrite {
                pop: push.is_some(),
                push,
                priority: map,
                ..plain
            };
            return (rewrite, off);
        }
        let own = self.wanted[0];
        let put_on = pushes > 0;
        let mapped = u8::try_from(map.of_tci(own.tci & 0xe000) >> 12).unwrap_or(0);
        let priority = PriorityMap::all(mapped).ineligible();
        let rewrite = Rewrite {
            pop: pops > 0,
            inner: pops > 1,
            push: put_on.then_some(TagKey {
                tpid: own.tpid,
                vid: own.vid(),
            }),
            second: (pushes > 1).then_some(self.wanted[1]),
            priority: if put_on { priority } else { map },
            ..plain
        };
        (rewrite, off)
    }
}
