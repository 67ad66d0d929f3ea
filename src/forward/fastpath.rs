//! The fast path: tables in, one verdict for each frame out.
//!
//! A frame passes four stages. [`FastPath::classify`] reads what may matter,
//! [`FastPath::decide`] finds its service, [`FastPath::charge`] meters, learns, counts and
//! gives the verdict, and [`Rewrite::apply`] edits its tags.

use std::collections::{BTreeMap, BTreeSet};

use super::counters::{Drops, ServiceCounters};
use super::key::{Class, Key, TagKey, classify};
use super::lookup::{Lookup, Slot};
use super::police::Bucket;
use super::profile::{Entry, admit, fault, may_leave};
use super::quirk::{Exact, Quirk};
use super::rewrite::Rewrite;
use super::service::{MemberState, Retired, ServiceState, Shared, canonical, counters};
use super::tables::{PortRole, Profile, Service, ServiceId, ServiceKind, Tables, Untagged};
use crate::ident::{DropReason, PortNo};
use crate::units::SimTime;
use crate::wire::{EtherType, MacAddr, Vid};

/// What the tables alone say about a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Nothing will carry it; counted for the service, where one was found.
    Drop(DropReason, Option<Entry>),
    /// A cross-connect: it leaves by the other member, or may not leave at all.
    Connect(Entry, Result<(Slot, PortNo, Rewrite), DropReason>),
    /// Learned addresses decide.
    Bridge(Entry),
}

/// What becomes of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It ends here.
    Drop(DropReason),
    /// It leaves by this port after this rewrite.
    Forward(PortNo, Rewrite),
    /// It leaves by every port that [`FastPath::copies`] names; there is at least one.
    Replicate(Group),
}

/// The ports that a flooded frame leaves by. Good until the tables change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    service: u32,
    ingress: PortNo,
    pop: bool,
    next: Option<EtherType>,
    payload: u32,
}

/// A switch's forwarder.
#[derive(Debug, Clone)]
pub struct FastPath<Q: Quirk = Exact> {
    profile: Profile,
    lookup: Lookup,
    services: Vec<Option<ServiceState>>,
    free: Vec<u32>,
    index: BTreeMap<ServiceId, u32>,
    /// Places that several services claim; the lowest id has it.
    contested: BTreeMap<(PortNo, Option<Vid>), BTreeSet<ServiceId>>,
    shared: Shared,
    unclaimed: Drops,
    retired: Retired,
    generation: u64,
    now: SimTime,
    quirk: Q,
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
            services: Vec::new(),
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

    /// Stage 1: what may matter of a frame (without FCS) that came in by `port`.
    pub fn classify(&self, bytes: &[u8], port: PortNo) -> Key {
        let mut key = classify(bytes, port);
        self.quirk.classify(bytes, &mut key);
        key
    }

    /// Stage 2: what the tables say; no state is asked or changed.
    pub fn decide(&self, key: &Key) -> Decision {
        if let Some(reason) = fault(self.profile, key) {
            return Decision::Drop(reason, None);
        }
        let found = admit(self.profile, &self.lookup, key);
        let entry = match self.quirk.admit(key, found, &self.lookup) {
            Ok(entry) => entry,
            Err(reason) => return Decision::Drop(reason, None),
        };
        let too_long = self.lookup.config(key.port).is_some_and(|port| key.payload > port.mtu);
        let state = self.at(entry.slot.service);
        let bound = state
            .members
            .get(entry.slot.member as usize)
            .and_then(|member| member.bound_mac);
        if too_long {
            Decision::Drop(DropReason::MtuExceeded, Some(entry))
        } else if bound.is_some_and(|mac| mac != key.src) {
            Decision::Drop(DropReason::SourceMacNotBound, Some(entry))
        } else if state.kind == ServiceKind::CrossConnect && !entry.slot.is_stray() {
            Decision::Connect(entry, self.other_end(state, entry, key))
        } else {
            Decision::Bridge(entry)
        }
    }

    /// Stage 3: limits and policer, learning, counters, and the verdict. Time never goes back:
    /// a `now` before the last one counts as the last one.
    pub fn charge(&mut self, key: &Key, decision: Decision, now: SimTime) -> Verdict {
        self.advance(now);
        let (entry, refused) = match decision {
            Decision::Drop(reason, entry) => (entry, Some(reason)),
            Decision::Connect(entry, _) | Decision::Bridge(entry) => (Some(entry), None),
        };
        let Some(entry) = entry else {
            let reason = refused.expect("what has no service is dropped");
            self.unclaimed.add(reason, key.octets, key.payload);
            return Verdict::Drop(reason);
        };
        if let Some(member) = self.member_mut(entry.slot) {
            member.counters.received.add(key.octets, key.payload);
        }
        let verdict = match refused {
            Some(reason) => Err(reason),
            None => self.carry(key, entry, decision),
        };
        verdict.unwrap_or_else(|reason| {
            self.at_mut(entry.slot.service)
                .drops
                .add(reason, key.octets, key.payload);
            Verdict::Drop(reason)
        })
    }

    /// All stages but the rewrite, for one frame.
    pub fn forward(&mut self, port: PortNo, bytes: &[u8], now: SimTime) -> Verdict {
        let key = self.classify(bytes, port);
        let decision = self.decide(&key);
        self.charge(&key, decision, now)
    }

    /// All stages but the rewrite, for frames that all arrive at `now`. One verdict each is
    /// appended to `out`; the frames in two calls give the same verdicts, buckets and counters.
    pub fn process<'a>(
        &mut self,
        now: SimTime,
        frames: impl IntoIterator<Item = (PortNo, &'a [u8])>,
        out: &mut Vec<Verdict>,
    ) {
        out.extend(frames.into_iter().map(|(port, bytes)| self.forward(port, bytes, now)));
    }

    /// Where the copies of a flooded frame go, in order of (port, VID).
    pub fn copies(&self, group: Group) -> impl Iterator<Item = (PortNo, Rewrite)> + '_ {
        let members = self.services.get(group.service as usize).and_then(Option::as_ref);
        let members = members.map_or(&[][..], |state| &state.members);
        members.iter().filter_map(move |member| {
            let rewrite = self.copy(group, member).ok()?;
            Some((member.port, rewrite))
        })
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

    fn other_end(&self, state: &ServiceState, entry: Entry, key: &Key) -> Result<(Slot, PortNo, Rewrite), DropReason> {
        let [a, b] = &*state.members else {
            return Err(DropReason::PortListIsEmpty);
        };
        let (member, other) = if entry.slot.member == 0 { (1, b) } else { (0, a) };
        let rewrite = self.copy(group(entry, key), other)?;
        Ok((Slot { member, ..entry.slot }, other.port, rewrite))
    }

    /// How a frame leaves by a member, or why it may not.
    fn copy(&self, group: Group, member: &MemberState) -> Result<Rewrite, DropReason> {
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
        Ok(self.quirk.rewrite(Rewrite { pop: group.pop, push }))
    }

    fn carry(&mut self, key: &Key, entry: Entry, decision: Decision) -> Result<Verdict, DropReason> {
        let metered = self.meter(key, entry.slot);
        self.quirk.charge(key, metered)?;
        match decision {
            Decision::Drop(reason, _) => Err(reason),
            Decision::Connect(_, end) => {
                let (slot, port, rewrite) = end?;
                self.count_sent(slot, key, rewrite);
                Ok(Verdict::Forward(port, rewrite))
            }
            Decision::Bridge(_) => self.bridge(key, entry),
        }
    }

    /// The limits come first: what they refuse costs no bandwidth.
    fn meter(&mut self, key: &Key, slot: Slot) -> Result<(), DropReason> {
        let now = self.now;
        let state = self.services[slot.service as usize].as_mut();
        let Some(member) = state.and_then(|state| state.members.get_mut(slot.member as usize)) else {
            return Ok(());
        };
        match key.class {
            Class::Arp => member.limit_arp(&mut self.shared, now)?,
            Class::Icmp => member.limit_icmp(&mut self.shared, now)?,
            Class::Other => {}
        }
        member.police(key.octets, key.payload, now)
    }

    fn bridge(&mut self, key: &Key, entry: Entry) -> Result<Verdict, DropReason> {
        let now = self.now;
        let state = self.at_mut(entry.slot.service);
        let mut known = None;
        if let (Some(fdb), ServiceKind::Bridged { mac_limit, age }) = (&mut state.fdb, state.kind) {
            if !entry.slot.is_stray() && !key.src.is_group() {
                fdb.learn(key.src, entry.slot.member, mac_limit, age, now);
            }
            if !key.dst.is_group() {
                known = fdb.lookup(key.dst, age, now);
            }
        }
        let Some(member) = known else {
            return self.flood(key, entry);
        };
        let slot = Slot { member, ..entry.slot };
        let member = &self.at(slot.service).members[member as usize];
        let port = member.port;
        let rewrite = self.copy(group(entry, key), member)?;
        self.count_sent(slot, key, rewrite);
        Ok(Verdict::Forward(port, rewrite))
    }

    fn flood(&mut self, key: &Key, entry: Entry) -> Result<Verdict, DropReason> {
        let group = group(entry, key);
        let mut copies = 0;
        for member in 0..self.at(group.service).members.len() {
            if let Ok(rewrite) = self.copy(group, &self.at(group.service).members[member]) {
                let member = u32::try_from(member).expect("fewer than 2^32 members");
                self.count_sent(
                    Slot {
                        service: group.service,
                        member,
                    },
                    key,
                    rewrite,
                );
                copies += 1;
            }
        }
        if copies == 0 {
            Err(DropReason::PortListIsEmpty)
        } else {
            Ok(Verdict::Replicate(group))
        }
    }

    fn count_sent(&mut self, slot: Slot, key: &Key, rewrite: Rewrite) {
        if let Some(member) = self.member_mut(slot) {
            let octets = rewrite.octets_after(key.octets);
            member
                .counters
                .sent
                .add(octets, rewrite.payload_after(key.octets, key.payload));
        }
    }

    fn at(&self, service: u32) -> &ServiceState {
        self.services[service as usize]
            .as_ref()
            .expect("slots name services that exist")
    }

    fn at_mut(&mut self, service: u32) -> &mut ServiceState {
        self.services[service as usize]
            .as_mut()
            .expect("slots name services that exist")
    }

    fn member_mut(&mut self, slot: Slot) -> Option<&mut MemberState> {
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
        for member in &state.members {
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

/// Everybody that a frame from here may reach.
fn group(entry: Entry, key: &Key) -> Group {
    Group {
        service: entry.slot.service,
        ingress: key.port,
        pop: entry.pop,
        next: if entry.pop {
            key.inner
        } else {
            key.outer.map(|tag| tag.tpid)
        },
        payload: key.payload,
    }
}
