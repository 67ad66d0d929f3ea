//! Charging: limits, policer, learning, counters, and the verdict.

use super::decide::{Decision, Group, group};
use super::fastpath::{FastPath, Move};
use super::key::{Class, Key};
use super::lookup::MemberRef;
use super::police::{Marked, Meter, cost};
use super::profile::Ingress;
use super::quirk::Quirk;
use super::rewrite::Rewrite;
use super::tables::ServiceKind;
use crate::ident::{DropReason, PortNo};
use crate::units::{SimDuration, SimTime};

/// What becomes of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameVerdict {
    /// It ends here.
    Drop(DropReason),
    /// It leaves by this port after this rewrite.
    Forward(PortNo, Rewrite),
    /// It leaves by every port that [`FastPath::copies`] names; there is at least one.
    Replicate(Group),
}

/// For how long an address is believed.
#[inline]
fn lasting(quirk: &impl Quirk, age: SimDuration) -> SimDuration {
    if quirk.forgets() { age } else { SimDuration::MAX }
}

impl<Q: Quirk> FastPath<Q> {
    /// Stage 3: limits and policer, learning, counters, and the verdict. Time never goes back:
    /// a `now` before the last one counts as the last one. A decision for a service that is gone
    /// by now is a drop as unknown.
    #[inline]
    pub fn charge(&mut self, key: &Key, decision: Decision, now: SimTime) -> FrameVerdict {
        self.advance(now);
        let (entry, refused) = match decision {
            Decision::Drop(reason, entry) => (entry, Some(reason)),
            Decision::Connect(entry, _) | Decision::Bridge(entry) => (Some(entry), None),
        };
        let Some(entry) = entry.filter(|entry| self.exists(entry.slot)) else {
            let reason = refused.unwrap_or(DropReason::UnknownVid);
            return self.count_refused(None, reason, key.octets, key.payload);
        };
        debug_assert!(
            refused.is_some() || self.is_admitted(key, entry.slot),
            "an unknown (port, VID) is a drop"
        );
        self.count_received(entry.slot, key.octets, key.payload);
        let verdict = match refused {
            Some(reason) => Err(reason),
            None => self.carry(key, entry, decision),
        };
        verdict.unwrap_or_else(|reason| self.count_refused(Some(entry.slot), reason, key.octets, key.payload))
    }

    /// A frame came in by this member.
    #[inline]
    pub(super) fn count_received(&mut self, slot: MemberRef, octets: u32, payload: u32) {
        if let Some(member) = self.member_mut(slot) {
            member.counters.received.add(octets, payload);
        }
    }

    /// A frame ends here: counted for the service that it belongs to, or for nobody.
    #[inline]
    pub(super) fn count_refused(
        &mut self,
        slot: Option<MemberRef>,
        reason: DropReason,
        octets: u32,
        payload: u32,
    ) -> FrameVerdict {
        match slot {
            Some(slot) => self.at_mut(slot.service).drops.add(reason, octets, payload),
            None => self.unclaimed.add(reason, octets, payload),
        }
        FrameVerdict::Drop(reason)
    }

    #[inline]
    fn carry(&mut self, key: &Key, entry: Ingress, decision: Decision) -> Result<FrameVerdict, DropReason> {
        let metered = self.meter(key, entry.slot);
        self.quirk.charge(key, metered.map(|_| ()))?;
        let marked = metered == Ok(Marked::Eligible);
        match decision {
            Decision::Drop(reason, _) => Err(reason),
            Decision::Connect(_, end) => {
                let (slot, port, mut rewrite) = end?;
                if marked {
                    rewrite.priority = rewrite.priority.eligible();
                }
                self.count_sent(slot, key, rewrite);
                Ok(FrameVerdict::Forward(port, rewrite))
            }
            Decision::Bridge(_) => self.bridge(key, entry, marked),
        }
    }

    /// The limits come first: what they refuse costs no bandwidth.
    #[inline]
    fn meter(&mut self, key: &Key, slot: MemberRef) -> Result<Marked, DropReason> {
        let now = self.now;
        let state = self.services.get_mut(slot.service, slot.era);
        let Some(member) = state.and_then(|state| state.members.get_mut(slot.member as usize)) else {
            return Ok(Marked::No);
        };
        match key.class {
            Class::Arp => member.limit_arp(&mut self.shared, now)?,
            Class::Icmp => member.limit_icmp(&mut self.shared, now)?,
            Class::Other => {}
        }
        let Some(policed) = member.police.as_deref() else {
            return Ok(Marked::No);
        };
        let (row, beside) = self
            .lookup
            .parts_mut(member.port, member.vid)
            .expect("frames come in by a place");
        let cost = cost(&policed.policer, key.octets, key.payload);
        let meter = Meter::of(&policed.policer);
        let colour = meter.colour(&mut row.committed, &mut beside.excess, cost, key.eligible, now);
        meter.end(colour)
    }

    fn bridge(&mut self, key: &Key, entry: Ingress, marked: bool) -> Result<FrameVerdict, DropReason> {
        let now = self.now;
        let quirk = self.quirk.clone();
        let state = self.at_mut(entry.slot.service);
        let mut known = None;
        let mut moved = None;
        if let (Some(fdb), ServiceKind::Bridged { mac_limit, age }) = (&mut state.fdb, state.kind) {
            let (mac_limit, age) = (quirk.holds(mac_limit), lasting(&quirk, age));
            if !entry.slot.is_stray() && !key.src.is_group() {
                let before = fdb.learn(key.src, entry.slot.member, mac_limit, age, now);
                moved = before.map(|member| state.members[member as usize].port);
            }
            if !key.dst.is_group() {
                known = fdb.lookup(key.dst, age, now);
            }
        } else if let ServiceKind::Shared { fid, mac_limit, age } = state.kind {
            let own = (fid, quirk.holds(mac_limit), lasting(&quirk, age));
            known = self.known_to_all(key, entry, own)?;
        }
        if let Some(from) = moved {
            self.moved(key, entry.slot, from);
        }
        let Some(member) = known else {
            return self.flood(key, entry, marked);
        };
        let slot = MemberRef { member, ..entry.slot };
        let member = &self.at(slot.service).members[member as usize];
        let port = member.port;
        let group = Group {
            marked,
            ..group(entry, key)
        };
        let rewrite = self.copy(group, member)?;
        debug_assert!(port != key.port, "no frame goes back by the port that it came by");
        debug_assert!(
            self.is_within(slot.service, port, rewrite) || self.is_within_by_its_second_tag(group, port, rewrite),
            "what was learned leads to the VID's members"
        );
        self.count_sent(slot, key, rewrite);
        Ok(FrameVerdict::Forward(port, rewrite))
    }

    /// An address is known at another port now.
    #[cold]
    fn moved(&mut self, key: &Key, slot: MemberRef, from: PortNo) {
        let state = self.at(slot.service);
        let vids = state.members.iter().filter_map(|member| member.vid);
        self.move_made = Some(Move {
            service: state.id,
            tenant: state.tenant,
            vid: vids.max(),
            mac: key.src,
            from,
            to: key.port,
        });
    }

    /// Learns and looks up in a database that services share: the member at the port where the
    /// address was heard, in whatever service. Where that port is none of this service's, the frame
    /// has nowhere to go (802.1Q 8.6.4: the egress filter comes after the search).
    fn known_to_all(
        &mut self,
        key: &Key,
        entry: Ingress,
        (fid, mac_limit, age): (u32, u32, SimDuration),
    ) -> Result<Option<u32>, DropReason> {
        let now = self.now;
        let fdb = self
            .databases
            .get_mut(fid)
            .expect("it is there while a service uses it");
        if !entry.slot.is_stray() && !key.src.is_group() {
            let before = fdb.learn(key.src, key.port.0, mac_limit, age, now);
            if let Some(from) = before {
                self.moved(key, entry.slot, PortNo(from));
            }
        }
        let fdb = self.databases.get_mut(fid).expect("it is there still");
        if key.dst.is_group() {
            return Ok(None);
        }
        let Some(port) = fdb.lookup(key.dst, age, now) else {
            return Ok(None);
        };
        let members = &self.at(entry.slot.service).members;
        let at = members.iter().position(|member| member.port.0 == port);
        let at = at.ok_or(DropReason::PortListIsEmpty)?;
        Ok(Some(u32::try_from(at).expect("fewer than 2^32 members")))
    }

    fn flood(&mut self, key: &Key, entry: Ingress, marked: bool) -> Result<FrameVerdict, DropReason> {
        let group = Group {
            marked,
            ..group(entry, key)
        };
        let mut copies = 0;
        for member in 0..self.at(group.service).members.len() {
            if let Ok(rewrite) = self.copy(group, &self.at(group.service).members[member]) {
                let member = u32::try_from(member).expect("fewer than 2^32 members");
                self.count_sent(MemberRef { member, ..entry.slot }, key, rewrite);
                copies += 1;
            }
        }
        debug_assert_eq!(
            copies,
            self.copies(group).count(),
            "a flood is counted for the members that it leaves by"
        );
        debug_assert!(self.stays_within(group), "flooding never leaves the VID's members");
        if copies == 0 {
            Err(DropReason::PortListIsEmpty)
        } else {
            Ok(FrameVerdict::Replicate(group))
        }
    }

    #[inline]
    fn count_sent(&mut self, slot: MemberRef, key: &Key, rewrite: Rewrite) {
        if let Some(member) = self.member_mut(slot) {
            let octets = rewrite.octets_after(key.octets);
            member
                .counters
                .sent
                .add(octets, rewrite.payload_after(key.octets, key.payload));
        }
    }
}
