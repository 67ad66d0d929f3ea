//! That lookup and services agree: each place is its service's, and each service has its places.
//!
//! Looked through in debug builds after every change of the tables, where the switch is small.

use super::fastpath::{FastPath, Where};
use super::quirk::Quirk;
use super::tables::{ServiceId, ServiceKind};

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

    /// A row leads to the other member of its own service, which is a cross-connect.
    fn row_wrong(&self, place: Where, service: u32) -> Option<String> {
        let (row, _) = self.lookup.parts(place.0, place.1)?;
        if !Q::EXACT || !row.way.is_some() {
            return None;
        }
        let (out, _) = row.way.open(&self.terms);
        let state = self.services.at(service)?;
        let mut others = state.members.iter().filter(|m| (m.port, m.vid) != place);
        let is_other = others.any(|member| member.port == out);
        let whole = state.kind == ServiceKind::CrossConnect && is_other;
        (!whole).then(|| format!("the row of {place:?} leads out by {out:?}"))
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
    use super::super::lookup::MemberRef;
    use super::super::tests::{known_switch, member};
    use super::super::{Profile, Service, ServiceKind};
    use super::*;
    use crate::ident::{PortNo, TenantId};
    use crate::wire::Vid;

    /// Any change of a service, which asks for agreement.
    fn change(fast: &mut FastPath) {
        let service = Service {
            tenant: TenantId(7),
            kind: ServiceKind::CrossConnect,
            members: vec![member(2, Vid::new(7)), member(3, Vid::new(7))],
        };
        fast.set(ServiceId(7), service);
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
        let mut fast = known_switch(Profile::Strict);
        let other = fast.lookup.member(PortNo(2), Vid::new(20)).expect("it has a member");
        fast.lookup.put(PortNo(2), Vid::new(10), other);
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
}
