//! That lookup and services agree: each place is its service's, and each service has its places.
//!
//! Looked through in debug builds after every change of the tables, where the switch is small.

use super::decide::Group;
use super::fastpath::{FastPath, Where};
use super::key::Key;
use super::lookup::MemberRef;
use super::quirk::Quirk;
use super::rewrite::Rewrite;
use super::row::Row;
use super::tables::{PortRole, Profile, ServiceId, ServiceKind, Untagged};
use crate::ident::PortNo;
use crate::wire::Vid;

/// Larger switches are looked at no further than the service that changed.
const FEW: usize = 16;
/// Of a service with more members so many are looked at.
const MEMBERS: usize = 64;

impl<Q: Quirk> FastPath<Q> {
    /// What of this does not hold after a change of one service.
    pub(super) fn wrong(&self, changed: ServiceId) -> Option<String> {
        if self.index.len() <= FEW {
            let all = self.index.keys().find_map(|id| self.service_wrong(*id));
            return all.or_else(|| self.contested.keys().find_map(|place| self.claims_wrong(*place)));
        }
        self.service_wrong(changed)
    }

    fn service_wrong(&self, id: ServiceId) -> Option<String> {
        let &at = self.index.get(&id)?;
        let Some(state) = self.services.at(at).filter(|state| state.id == id) else {
            return Some(format!("{id:?} is not where the index says"));
        };
        for (i, member) in state.members.iter().enumerate().take(MEMBERS) {
            let place = (member.port, member.vid);
            let Some(slot) = self.lookup.member(place.0, place.1) else {
                return Some(format!("{place:?} of {id:?} leads nowhere"));
            };
            if !self.exists(slot) {
                return Some(format!("{place:?} leads to a service that is gone"));
            }
            if slot.service != at {
                let claims = self.contested.get(&place);
                if !claims.is_some_and(|claims| claims.contains(&id) && claims.first() < Some(&id)) {
                    return Some(format!("{place:?} of {id:?} is another's"));
                }
            } else if slot.member as usize != i {
                return Some(format!("{place:?} is member {i} of {id:?}, not {}", slot.member));
            } else if let Some(wrong) = self.row_wrong(place, at) {
                return Some(wrong);
            }
        }
        None
    }

    /// A row leads to the other member of its own service, which is a cross-connect, and serves
    /// whom, what and at which rate the stages say.
    fn row_wrong(&self, place: Where, service: u32) -> Option<String> {
        let (row, beside) = self.lookup.parts(place.0, place.1)?;
        if !Q::EXACT || !row.way.is_some() {
            return None;
        }
        let out = row.port();
        let state = self.services.at(service)?;
        let mut others = state.members.iter().filter(|m| (m.port, m.vid) != place);
        let is_other = others.any(|member| member.port == out);
        let whole = state.kind == ServiceKind::CrossConnect && is_other;
        if !whole {
            return Some(format!("the row of {place:?} leads out by {out:?}"));
        }
        let Some(memo) = self.memo(place, beside.slot) else {
            return Some(format!("the row of {place:?} serves what the stages do not"));
        };
        let mut made = Row::default();
        made.serve(&memo.terms, memo.bound, &memo.exit);
        if let Some(what) = row.differs(&made) {
            return Some(format!("the row of {place:?} has another {what} than the stages"));
        }
        let agrees = *self.terms.get(beside.terms) == memo.terms;
        (!agrees).then(|| format!("the terms of {place:?} are not what the stages say"))
    }

    /// Does the place have a member, to whom its frames belong?
    pub(super) fn is_members(&self, place: Where) -> bool {
        let slot = self.lookup.member(place.0, place.1).filter(|slot| self.exists(*slot));
        let member = slot.and_then(|slot| self.at(slot.service).members.get(slot.member as usize));
        !Q::HELD || member.is_some_and(|member| (member.port, member.vid) == place)
    }

    /// Is a frame that passes its member's: one at the port that it came by and, where it is in a
    /// VID, in this one? Only where the profile filters nothing may it be a stranger's.
    pub(super) fn is_admitted(&self, key: &Key, slot: MemberRef) -> bool {
        if !Q::HELD {
            return true;
        }
        if slot.is_stray() {
            return self.profile == Profile::IeeeDefault;
        }
        let native = self.lookup.config(key.port).map(|config| config.untagged);
        let tagged = key.outer.map(|tag| tag.vid);
        let member = self.at(slot.service).members.get(slot.member as usize);
        member.is_some_and(|member| {
            let is_in = |vid| tagged == Some(vid) || native == Some(Untagged::Native(vid));
            member.port == key.port && member.vid.is_none_or(is_in)
        })
    }

    /// Does every copy of a flooded frame leave by a place of the service?
    pub(super) fn stays_within(&self, group: Group) -> bool {
        let mut copies = self.copies(group);
        copies.all(|(port, rewrite)| {
            self.is_within(group.service, port, rewrite) || self.is_within_by_its_second_tag(group, port, rewrite)
        })
    }

    /// Open vSwitch leaves a tag alone that is already the one that it wants: behind a priority tag that comes
    /// off, the frame's own second tag may be that of the VLAN.
    pub(super) fn is_within_by_its_second_tag(&self, group: Group, port: PortNo, rewrite: Rewrite) -> bool {
        let comes_out = self.profile == Profile::Ovs31 && rewrite.push.is_none() && !rewrite.inner;
        let second = group.seen[1].filter(|_| comes_out).map(|seen| seen.key.vid);
        let holder = second.and_then(|vid| self.lookup.member(port, Some(vid)));
        holder.is_some_and(|slot| slot.service == group.service)
    }

    /// Does what is rewritten so leave by a place that the service has, or claims with others?
    pub(super) fn is_within(&self, service: u32, port: PortNo, rewrite: Rewrite) -> bool {
        let config = self.lookup.config(port);
        // Behind a native VLAN's tag, and in a tunnel, Open vSwitch may write the customer's tag anew; a native
        // VLAN may leave with a priority tag.
        let is_inner = self.profile == Profile::Ovs31;
        let native = match (rewrite.push, config.map(|config| config.untagged)) {
            (Some(tag), _) if !is_inner && tag.vid != Vid::PRIORITY => None,
            (_, Some(Untagged::Native(vid))) => Some(vid),
            _ => None,
        };
        let is_whole = is_inner && config.is_some_and(|config| config.role == PortRole::Tunnel);
        let id = self.at(service).id;
        let is_its = |vid: Option<Vid>| {
            let holder = self.lookup.member(port, vid);
            let claims = self.contested.get(&(port, vid));
            holder.is_some_and(|slot| slot.service == service) || claims.is_some_and(|claims| claims.contains(&id))
        };
        // A priority tag names no VLAN.
        let put_on = rewrite.push.map(|tag| tag.vid);
        let put_on = put_on.filter(|vid| *vid != Vid::PRIORITY && !is_whole);
        !Q::HELD || is_its(put_on) || (native.is_some() && is_its(native))
    }

    fn claims_wrong(&self, place: Where) -> Option<String> {
        let claims = self.contested.get(&place)?;
        let slot = self.lookup.member(place.0, place.1).filter(|slot| self.exists(*slot));
        let holder = slot.map(|slot| self.at(slot.service).id);
        if claims.len() < 2 || holder.as_ref() != claims.first() {
            return Some(format!("{place:?} is claimed by {claims:?} and held by {holder:?}"));
        }
        let claims_it = |id: &&ServiceId| {
            let state = self.index.get(id).and_then(|at| self.services.at(*at));
            state.is_some_and(|state| state.members.iter().any(|m| (m.port, m.vid) == place))
        };
        let stranger = claims.iter().find(|id| !claims_it(id))?;
        Some(format!("{stranger:?} claims {place:?} and has no member there"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::profile::Ingress;
    use super::super::row::Exit;
    use super::super::tests::{known_switch, member};
    use super::super::{Decision, Member, PolicerRule, Service};
    use super::*;
    use crate::ident::TenantId;
    use crate::units::{BitRate, SimTime};
    use crate::wire::{EtherType, Frame, MacAddr, Tag};

    /// Any change of a service, which asks for agreement.
    fn change(fast: &mut FastPath) {
        let policed = |port| Member {
            police: Some(PolicerRule::default().policer(BitRate::from_mbps(100))),
            ..member(port, Vid::new(7))
        };
        let service = Service {
            tenant: TenantId(7),
            kind: ServiceKind::CrossConnect,
            members: vec![policed(2), policed(3)],
        };
        fast.set(ServiceId(7), service);
    }

    /// A switch of which one tenant's place leads to the other's service.
    fn astray() -> FastPath {
        let mut fast = known_switch(Profile::Strict);
        let other = fast.lookup.member(PortNo(2), Vid::new(20)).expect("it has a member");
        fast.lookup.put(PortNo(2), Vid::new(10), other);
        fast
    }

    #[test]
    fn a_switch_that_is_changed_agrees() {
        let mut fast = known_switch(Profile::Strict);
        change(&mut fast);
        fast.remove(ServiceId(10));
        assert_eq!(fast.wrong(ServiceId(7)), None);
    }

    #[test]
    #[should_panic(expected = "leads nowhere")]
    fn a_member_that_lookup_has_lost_is_noticed() {
        let mut fast = known_switch(Profile::Strict);
        fast.lookup.put(PortNo(2), Vid::new(20), MemberRef::NONE);
        change(&mut fast);
    }

    #[test]
    #[should_panic(expected = "is another's")]
    fn a_place_that_leads_to_another_tenants_service_is_noticed() {
        let mut fast = astray();
        change(&mut fast);
    }

    #[test]
    #[should_panic(expected = "leads to a service that is gone")]
    fn a_place_that_outlives_its_service_is_noticed() {
        let mut fast = known_switch(Profile::Strict);
        let at = fast.index[&ServiceId(20)];
        let slot = MemberRef {
            service: at,
            member: 0,
            era: 99,
        };
        fast.lookup.put(PortNo(1), None, slot);
        change(&mut fast);
    }

    #[test]
    #[should_panic(expected = "is claimed by")]
    fn a_claim_that_nobody_else_has_is_noticed() {
        let mut fast = known_switch(Profile::Strict);
        let claims = [ServiceId(10)].into();
        fast.contested.insert((PortNo(2), Vid::new(10)), claims);
        change(&mut fast);
    }

    #[test]
    #[should_panic(expected = "leads out by")]
    fn a_row_that_leads_to_a_port_of_another_service_is_noticed() {
        let mut fast = known_switch(Profile::Strict);
        change(&mut fast);
        let (served, _) = fast.lookup.parts(PortNo(2), Vid::new(7)).expect("it is there");
        let row = *served;
        let (other, _) = fast.lookup.parts_mut(PortNo(3), Vid::new(7)).expect("it is there");
        *other = row;
        fast.remove(ServiceId(10));
    }

    fn frame(vid: Option<u16>) -> Frame {
        let mut frame = Frame::ethernet(MacAddr::BROADCAST, MacAddr::local(1, 1), EtherType(0x88b5), &[0; 60]);
        if let Some(vid) = vid {
            frame.push_tag(Tag {
                tpid: EtherType::CTAG,
                tci: vid,
            });
        }
        frame
    }

    /// A switch whose row at (2, 7) has been made anew so.
    fn with_row(make: impl FnOnce(&mut Row, &mut super::super::terms::Terms, &mut Exit, &mut Option<MacAddr>)) {
        let mut fast = known_switch(Profile::Strict);
        change(&mut fast);
        let place = (PortNo(2), Vid::new(7));
        let slot = fast.lookup.member(place.0, place.1).expect("it has a member");
        let mut memo = fast.memo(place, slot).expect("it is served by a row");
        let (row, _) = fast.lookup.parts_mut(place.0, place.1).expect("it is there");
        make(row, &mut memo.terms, &mut memo.exit, &mut memo.bound);
        row.serve(&memo.terms, memo.bound, &memo.exit);
        fast.remove(ServiceId(10));
    }

    #[test]
    #[should_panic(expected = "another bound MAC")]
    fn a_row_that_serves_another_address_is_noticed() {
        with_row(|_, _, _, bound| *bound = Some(MacAddr::local(6, 6)));
    }

    #[test]
    #[should_panic(expected = "another lengths")]
    fn a_row_that_serves_longer_frames_is_noticed() {
        with_row(|_, _, exit, _| exit.longest += 1);
    }

    #[test]
    #[should_panic(expected = "another way out")]
    fn a_row_that_calls_its_exit_otherwise_is_noticed() {
        with_row(|_, _, exit, _| exit.name = 7);
    }

    #[test]
    #[should_panic(expected = "another rate")]
    fn a_row_that_has_another_rate_is_noticed() {
        with_row(|_, terms, _, _| terms.meter.rate -= 1);
    }

    #[test]
    #[should_panic(expected = "flooding never leaves the VID's members")]
    fn a_flood_into_a_place_of_another_service_is_noticed() {
        let mut fast = astray();
        fast.forward(PortNo(0), frame(None).bytes(), SimTime::ZERO);
    }

    #[test]
    #[should_panic(expected = "an unknown (port, VID) is a drop")]
    fn a_decision_that_lets_an_unknown_vid_through_is_noticed() {
        let mut fast = known_switch(Profile::Strict);
        let key = fast.classify(frame(Some(30)).bytes(), PortNo(2));
        let slot = fast.lookup.member(PortNo(2), Vid::new(20)).expect("it has a member");
        fast.charge(&key, Decision::Bridge(Ingress { slot, pop: true }), SimTime::ZERO);
    }

    #[test]
    #[should_panic(expected = "a row lets nobody's frame through")]
    fn a_row_that_outlives_its_member_is_noticed() {
        let mut fast = known_switch(Profile::Strict);
        change(&mut fast);
        let (_, beside) = fast.lookup.parts_mut(PortNo(2), Vid::new(7)).expect("it is there");
        beside.slot = MemberRef::NONE;
        fast.forward(PortNo(2), frame(Some(7)).bytes(), SimTime::ZERO);
    }
}
