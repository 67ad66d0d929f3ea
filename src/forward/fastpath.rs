//! The fast path: tables in, one verdict for each frame out.
//!
//! A frame passes four stages. [`FastPath::classify`] reads what may matter,
//! [`FastPath::decide`] finds its service, [`FastPath::charge`] meters, learns, counts and
//! gives the verdict, and [`Rewrite::apply`] edits its tags.

use std::collections::{BTreeMap, BTreeSet};

use super::charge::Verdict;
use super::counters::{Drops, ServiceCounters};
use super::lookup::{Lookup, Slot};
use super::police::Bucket;
use super::quirk::{Exact, Quirk};
use super::service::{MemberState, Retired, ServiceState, Shared, canonical, counters};
use super::tables::{Profile, Service, ServiceId, ServiceKind, Tables};
use crate::ident::PortNo;
use crate::units::SimTime;
use crate::wire::{MacAddr, Vid};

/// A switch's forwarder.
#[derive(Debug, Clone)]
pub struct FastPath<Q: Quirk = Exact> {
    pub(super) profile: Profile,
    pub(super) lookup: Lookup,
    pub(super) services: Vec<Option<ServiceState>>,
    free: Vec<u32>,
    index: BTreeMap<ServiceId, u32>,
    /// Places that several services claim; the lowest id has it.
    contested: BTreeMap<(PortNo, Option<Vid>), BTreeSet<ServiceId>>,
    pub(super) shared: Shared,
    pub(super) unclaimed: Drops,
    retired: Retired,
    generation: u64,
    pub(super) now: SimTime,
    pub(super) quirk: Q,
}

impl FastPath {
    /// The forwarder of these tables, without faults.
    pub fn new(tables: Tables) -> Self {
        Self::with_quirk(tables, Exact)
    }
}

impl<Q: Quirk> FastPath<Q> {
    /// The forwarder of these tables with a quirk. A member at a place that cannot carry frames
    /// (no such port, a VID that the port's role does not use) is left out; where two services
    /// claim one place, the lower id has it.
    pub fn with_quirk(tables: Tables, quirk: Q) -> Self {
        let mut fast = Self {
            profile: tables.profile,
            lookup: Lookup::new(tables.ports),
            services: Vec::with_capacity(tables.services.len()),
            free: Vec::new(),
            index: BTreeMap::new(),
            contested: BTreeMap::new(),
            shared: Shared::new(),
            unclaimed: Drops::default(),
            retired: Retired::new(),
            generation: 0,
            now: SimTime::ZERO,
            quirk,
        };
        for (id, service) in tables.services {
            fast.set(id, service);
        }
        fast.generation = 0;
        fast
    }

    /// The tables as they are now, in canonical form.
    pub fn tables(&self) -> Tables {
        Tables {
            profile: self.profile,
            ports: self.lookup.configs().cloned().collect(),
            services: self.states().map(|state| (state.id, state.read_back())).collect(),
        }
    }

    /// How often the tables have changed.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// One service, in canonical form.
    pub fn service(&self, id: ServiceId) -> Option<Service> {
        self.state(id).map(ServiceState::read_back)
    }

    /// It is `now`: a change of the tables that follows takes effect from here.
    pub fn advance(&mut self, now: SimTime) {
        self.now = self.now.max(now);
    }

    /// Makes the service as given; returns whether that changed the tables. Counters and spent
    /// buckets live on, and learned addresses do where kind and places stay the same.
    pub fn set(&mut self, id: ServiceId, service: Service) -> bool {
        let service = canonical(service, &self.lookup);
        if self.service(id).as_ref() == Some(&service) {
            return false;
        }
        let mut state = ServiceState::new(id, service);
        if let Some(mut old) = self.take(id) {
            state.inherit(&mut old, self.now);
        }
        state.resume(&mut self.retired);
        for number in state.shared_buckets() {
            self.shared.entry(number).or_default();
        }
        self.put(state);
        self.generation += 1;
        true
    }

    /// Takes the service away; returns whether there was one. Its counters can still be read.
    pub fn remove(&mut self, id: ServiceId) -> bool {
        let was = self.take(id).is_some();
        self.generation += u64::from(was);
        was
    }

    /// All stages but the rewrite, for one frame.
    #[inline]
    pub fn forward(&mut self, port: PortNo, bytes: &[u8], now: SimTime) -> Verdict {
        let key = self.classify(bytes, port);
        let decision = self.decide(&key);
        self.charge(&key, decision, now)
    }

    /// Forgets every address learned at a port: its link went down.
    pub fn flush_port(&mut self, port: PortNo) {
        for state in self.services.iter_mut().flatten() {
            let members = &state.members;
            if let Some(fdb) = &mut state.fdb
                && members.iter().any(|member| member.port == port)
            {
                fdb.flush(|member| members[member as usize].port == port);
            }
        }
    }

    /// Addresses that a service knows at `now` and their ports, the one unheard for longest first.
    pub fn learned(&self, id: ServiceId, now: SimTime) -> Vec<(MacAddr, PortNo)> {
        let Some(state) = self.state(id) else { return Vec::new() };
        let (Some(fdb), ServiceKind::Bridged { age, .. }) = (&state.fdb, state.kind) else {
            return Vec::new();
        };
        let known = fdb.known(age, now.max(self.now)).into_iter();
        known
            .map(|(mac, member)| (mac, state.members[member as usize].port))
            .collect()
    }

    /// What was counted for a service since the start, whether it still exists or not.
    pub fn counters(&self, id: ServiceId) -> ServiceCounters {
        counters(id, self.state(id), &self.retired)
    }

    /// Ids of services that are, or that were and have counted something.
    pub fn counted(&self) -> Vec<ServiceId> {
        let ids: BTreeSet<_> = self.index.keys().chain(self.retired.keys()).copied().collect();
        ids.into_iter().collect()
    }

    /// Drops of frames that belonged to no service.
    pub fn unclaimed(&self) -> &Drops {
        &self.unclaimed
    }

    /// The policer's bucket at a member, where there is one.
    pub fn bucket(&self, id: ServiceId, port: PortNo, vid: Option<Vid>) -> Option<Bucket> {
        let members = &self.state(id)?.members;
        members
            .iter()
            .find(|member| (member.port, member.vid) == (port, vid))?
            .police_bucket()
    }

    #[inline]
    pub(super) fn exists(&self, slot: Slot) -> bool {
        self.services.get(slot.service as usize).is_some_and(Option::is_some)
    }

    #[inline]
    pub(super) fn at(&self, service: u32) -> &ServiceState {
        self.services[service as usize]
            .as_ref()
            .expect("slots name services that exist")
    }

    #[inline]
    pub(super) fn at_mut(&mut self, service: u32) -> &mut ServiceState {
        self.services[service as usize]
            .as_mut()
            .expect("slots name services that exist")
    }

    #[inline]
    pub(super) fn member_mut(&mut self, slot: Slot) -> Option<&mut MemberState> {
        self.at_mut(slot.service).members.get_mut(slot.member as usize)
    }

    fn state(&self, id: ServiceId) -> Option<&ServiceState> {
        self.index.get(&id).map(|&i| self.at(i))
    }

    fn states(&self) -> impl Iterator<Item = &ServiceState> {
        self.index.values().map(|&i| self.at(i))
    }

    fn put(&mut self, state: ServiceState) {
        let id = state.id;
        let places: Vec<_> = state.members.iter().map(|member| (member.port, member.vid)).collect();
        let at = self.free.pop().unwrap_or_else(|| {
            self.services.push(None);
            u32::try_from(self.services.len() - 1).expect("fewer than 2^32 services")
        });
        self.services[at as usize] = Some(state);
        self.index.insert(id, at);
        for place in places {
            if let Some(holder) = self.lookup.member(place.0, place.1) {
                let holder = self.at(holder.service).id;
                self.contested.entry(place).or_default().extend([holder, id]);
            }
            self.grant(place, id);
        }
    }

    fn take(&mut self, id: ServiceId) -> Option<ServiceState> {
        let at = self.index.remove(&id)?;
        let mut state = self.services[at as usize]
            .take()
            .expect("the index names services that exist");
        self.free.push(at);
        for member in state.members.iter() {
            let place = (member.port, member.vid);
            self.lookup.put(place.0, place.1, None);
            if let Some(claims) = self.contested.get_mut(&place) {
                claims.remove(&id);
                let next = claims.first().copied();
                if claims.len() < 2 {
                    self.contested.remove(&place);
                }
                if let Some(next) = next {
                    self.grant(place, next);
                }
            }
        }
        state.retire(&mut self.retired);
        Some(state)
    }

    /// Gives a place to the lowest of its claimants, of which `id` is one.
    fn grant(&mut self, place: (PortNo, Option<Vid>), id: ServiceId) {
        let lowest = self.contested.get(&place).and_then(|claims| claims.first().copied());
        let at = self.index[&lowest.unwrap_or(id)];
        let members = &self.at(at).members;
        let member = members.iter().position(|member| (member.port, member.vid) == place);
        let slot = member.map(|member| Slot {
            service: at,
            member: u32::try_from(member).expect("fewer than 2^32 members"),
        });
        self.lookup.put(place.0, place.1, slot);
    }
}
