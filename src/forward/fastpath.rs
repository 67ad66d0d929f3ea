//! The fast path: tables in, one verdict for each frame out.
//!
//! A frame passes four stages. [`FastPath::classify`] reads what may matter,
//! [`FastPath::decide`] finds its service, [`FastPath::charge`] meters, learns, counts and
//! gives the verdict, and [`Rewrite::apply`] edits its tags.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::batch::Scratch;
use super::charge::FrameVerdict;
use super::counters::{Drops, ServiceCounters, Unclaimed};
use super::kernel::{Kernel, brief_of};
use super::lookup::{Lookup, MemberRef};
use super::names::Names;
use super::police::{Bucket, Buckets};
use super::profile::actions;
use super::quirk::{Exact, Quirk};
use super::rewrite::Rewrite;
use super::row::buckets_of;
use super::service::{MemberState, Retired, ServiceState, Shared, canonical, counters};
use super::shared::Databases;
use super::shelf::Shelves;
use super::tables::{Policer, PortConfig, Profile, Service, ServiceId, ServiceKind, Tables, VlanLimit};
use super::terms::AllTerms;
use crate::ident::{PortNo, TenantId};
use crate::units::SimTime;
use crate::wire::{Frame, MacAddr, Vid};

/// A place where frames come in: a port and the VID on it, or the whole port.
pub(super) type Where = (PortNo, Option<Vid>);

/// A switch's forwarder.
#[derive(Debug, Clone)]
pub struct FastPath<Q: Quirk = Exact> {
    pub(super) profile: Profile,
    pub(super) vlan_limit: VlanLimit,
    pub(super) lookup: Lookup,
    pub(super) terms: AllTerms,
    pub(super) names: Names,
    pub(super) services: Shelves,
    pub(super) index: BTreeMap<ServiceId, u32>,
    /// Places that several services claim; the lowest id has it.
    pub(super) contested: BTreeMap<Where, BTreeSet<ServiceId>>,
    pub(super) shared: Shared,
    pub(super) databases: Databases,
    pub(super) unclaimed: Unclaimed,
    retired: Retired,
    generation: u64,
    pub(super) kernel: Kernel,
    pub(super) scratch: Option<Box<Scratch>>,
    pub(super) now: SimTime,
    pub(super) quirk: Q,
    pub(super) memory: Q::Memory,
    /// What the last frame's source did to the filtering database.
    pub(super) move_made: Option<Move>,
}

/// An address that was known at one port is heard at another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// Of which service.
    pub service: ServiceId,
    /// Whose service.
    pub tenant: TenantId,
    /// Its VLAN, where it has one at any port.
    pub vid: Option<Vid>,
    /// The address.
    pub mac: MacAddr,
    /// Where it was known.
    pub from: PortNo,
    /// Where it was heard now.
    pub to: PortNo,
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
        let profile = tables.profile;
        // Ports that are configured alike share one table.
        let mut shapes = BTreeMap::new();
        let shape = |port: &PortConfig| {
            let like = (port.role, port.tpid, port.untagged, port.admit);
            let shape = shapes.entry(like).or_insert_with(|| Arc::new(actions(profile, port)));
            Arc::clone(shape)
        };
        let mut fast = Self {
            profile,
            vlan_limit: tables.vlan_limit,
            lookup: Lookup::new(tables.ports, tables.allowed, tables.modes, shape),
            terms: AllTerms::new(),
            names: Names::default(),
            services: Shelves::default(),
            index: BTreeMap::new(),
            contested: BTreeMap::new(),
            shared: Shared::new(),
            databases: Databases::default(),
            unclaimed: Unclaimed::NONE,
            retired: Retired::new(),
            generation: 0,
            kernel: Kernel::best(),
            scratch: None,
            now: SimTime::ZERO,
            quirk,
            memory: Q::Memory::default(),
            move_made: None,
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
            vlan_limit: self.vlan_limit,
            ports: self.lookup.configs().cloned().collect(),
            allowed: self.lookup.allowed().clone(),
            modes: self.lookup.modes().clone(),
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

    /// The last move of an address, if it was not asked for before.
    #[inline]
    pub fn take_move(&mut self) -> Option<Move> {
        self.move_made.take()
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
        // What it shares with nobody else must not go in between.
        let fid = state.kind.fid();
        self.databases.hold(fid);
        if let Some(mut old) = self.take(id) {
            state.inherit(&mut old, self.now);
        }
        state.resume(&mut self.retired);
        for number in state.shared_buckets() {
            self.shared.entry(number).or_default();
        }
        self.put(state);
        self.databases.release(fid);
        self.generation += 1;
        debug_assert_eq!(self.wrong(id), None, "lookup and services agree");
        true
    }

    /// Takes the service away; returns whether there was one. Its counters can still be read.
    pub fn remove(&mut self, id: ServiceId) -> bool {
        let was = self.take(id).is_some();
        debug_assert_eq!(self.wrong(id), None, "lookup and services agree");
        self.generation += u64::from(was);
        was
    }

    /// Reads batches by this kernel from now on. No verdict depends on it.
    pub fn use_kernel(&mut self, kernel: Kernel) {
        self.kernel = kernel;
    }

    /// The kernel that batches are read by.
    pub fn kernel(&self) -> Kernel {
        self.kernel
    }

    /// All stages but the rewrite, for one frame.
    #[inline]
    pub fn forward(&mut self, port: PortNo, bytes: &[u8], now: SimTime) -> FrameVerdict {
        self.advance(now);
        if !self.quirk.by_rows() {
            return self.general(port, bytes);
        }
        let brief = brief_of(bytes);
        if let Some(leaves) = self.ordinary(port, bytes, brief) {
            return FrameVerdict::Forward(leaves.port, leaves.rewrite());
        }
        self.seldom(port, bytes, brief)
    }

    /// The last stage: edits the frame's tags. What is shorter than 60 octets then is padded.
    #[inline]
    pub fn edit(&self, rewrite: Rewrite, frame: &mut Frame) {
        let whole = frame.len();
        rewrite.apply(frame);
        if !Q::EXACT && rewrite.pop && rewrite.push.is_none() && (4..64).contains(&whole) && frame.len() == 60 {
            self.quirk.pad(&self.memory, frame, whole - 4);
        }
    }

    /// Forgets every address learned at a port: its link went down.
    pub fn flush_port(&mut self, port: PortNo) {
        if !self.quirk.forgets() {
            return;
        }
        self.databases.flush_port(port);
        for state in self.services.iter_mut() {
            let members = &state.members;
            if let Some(fdb) = &mut state.fdb
                && members.iter().any(|member| member.port == port)
            {
                fdb.flush(|member| members[member as usize].port == port);
            }
        }
    }

    /// Addresses that a service knows at `now` and their ports, the one unheard for longest first;
    /// those of the whole database, where it shares one.
    pub fn learned(&self, id: ServiceId, now: SimTime) -> Vec<(MacAddr, PortNo)> {
        let heard = self.heard(id, now).into_iter();
        heard.map(|(mac, port, _)| (mac, port)).collect()
    }

    /// As [`FastPath::learned`], and when each was heard last.
    pub fn heard(&self, id: ServiceId, now: SimTime) -> Vec<(MacAddr, PortNo, SimTime)> {
        let Some(state) = self.state(id) else { return Vec::new() };
        if let ServiceKind::Shared { fid, age, .. } = state.kind {
            return self.databases.known(fid, age, now.max(self.now));
        }
        let (Some(fdb), ServiceKind::Bridged { age, .. }) = (&state.fdb, state.kind) else {
            return Vec::new();
        };
        let known = fdb.known(age, now.max(self.now)).into_iter();
        known
            .map(|(mac, member, at)| (mac, state.members[member as usize].port, at))
            .collect()
    }

    /// What was counted for a service since the start, whether it still exists or not.
    pub fn counters(&self, id: ServiceId) -> ServiceCounters {
        let state = self.state(id);
        let mut all = counters(id, state, &self.retired);
        if let Some(state) = state {
            self.add_tallied(state, &mut all);
        }
        all
    }

    /// Ids of services that are, or that were and have counted something.
    pub fn counted(&self) -> Vec<ServiceId> {
        let ids: BTreeSet<_> = self.index.keys().chain(self.retired.keys()).copied().collect();
        ids.into_iter().collect()
    }

    /// Drops of frames that belonged to no service.
    pub fn unclaimed(&self) -> Drops {
        self.unclaimed.drops()
    }

    /// The policer's committed bucket at a member, where there is one.
    pub fn bucket(&self, id: ServiceId, port: PortNo, vid: Option<Vid>) -> Option<Bucket> {
        self.parked(id, port, vid).map(|(buckets, _)| buckets.committed)
    }

    /// Both buckets of the policer at a member, where there is one, as they are by now.
    pub fn buckets(&self, id: ServiceId, port: PortNo, vid: Option<Vid>) -> Option<Buckets> {
        self.buckets_at(id, port, vid, self.now)
    }

    /// The same as they will be at a later time, if no frame comes until then. Two devices are
    /// comparable at one time alone: each knows only of its own last frame how late it is.
    pub fn buckets_at(&self, id: ServiceId, port: PortNo, vid: Option<Vid>, at: SimTime) -> Option<Buckets> {
        let (mut buckets, policer) = self.parked(id, port, vid)?;
        buckets.settle(policer, at.max(self.now));
        Some(buckets)
    }

    /// When it was last given a frame or a change; time zero before.
    pub const fn latest(&self) -> SimTime {
        self.now
    }

    /// Both buckets as they were left, and the policer that they are of.
    fn parked(&self, id: ServiceId, port: PortNo, vid: Option<Vid>) -> Option<(Buckets, &Policer)> {
        let members = &self.state(id)?.members;
        let at = members
            .iter()
            .position(|member| (member.port, member.vid) == (port, vid))?;
        let policed = members[at].police.as_ref()?;
        let buckets = match self.lookup.parts(port, vid) {
            Some((row, beside)) if self.is_at(beside.slot, id, at) => buckets_of(row, beside),
            _ => policed.parked,
        };
        Some((buckets, &policed.policer))
    }

    fn is_at(&self, slot: MemberRef, id: ServiceId, member: usize) -> bool {
        self.exists(slot) && self.at(slot.service).id == id && slot.member as usize == member
    }

    #[inline]
    pub(super) fn exists(&self, slot: MemberRef) -> bool {
        self.services.get(slot.service, slot.era).is_some()
    }

    #[inline]
    pub(super) fn at(&self, service: u32) -> &ServiceState {
        self.services.at(service).expect("slots name services that exist")
    }

    #[inline]
    pub(super) fn at_mut(&mut self, service: u32) -> &mut ServiceState {
        self.services.at_mut(service).expect("slots name services that exist")
    }

    #[inline]
    pub(super) fn member_mut(&mut self, slot: MemberRef) -> Option<&mut MemberState> {
        self.at_mut(slot.service).members.get_mut(slot.member as usize)
    }

    fn state(&self, id: ServiceId) -> Option<&ServiceState> {
        self.index.get(&id).map(|&i| self.at(i))
    }

    pub(super) fn state_mut(&mut self, id: ServiceId) -> Option<&mut ServiceState> {
        let &at = self.index.get(&id)?;
        Some(self.at_mut(at))
    }

    /// Ids of the services, in order.
    pub(super) fn ids(&self) -> impl Iterator<Item = ServiceId> {
        self.index.keys().copied()
    }

    fn states(&self) -> impl Iterator<Item = &ServiceState> {
        self.index.values().map(|&i| self.at(i))
    }

    fn put(&mut self, state: ServiceState) {
        let id = state.id;
        self.databases.hold(state.kind.fid());
        let places: Vec<_> = state.members.iter().map(|member| (member.port, member.vid)).collect();
        let (at, _) = self.services.put(state);
        self.index.insert(id, at);
        for &place in &places {
            if let Some(holder) = self.lookup.member(place.0, place.1) {
                let holder = self.at(holder.service).id;
                self.contested.entry(place).or_default().extend([holder, id]);
            }
            self.grant(place, id);
        }
    }

    fn take(&mut self, id: ServiceId) -> Option<ServiceState> {
        let at = self.index.remove(&id)?;
        let places: Vec<_> = self.at(at).members.iter().map(|m| (m.port, m.vid)).collect();
        for &place in &places {
            if self
                .lookup
                .member(place.0, place.1)
                .is_some_and(|slot| slot.service == at)
            {
                self.vacate(place);
            }
        }
        let mut state = self.services.take(at).expect("the index names services that exist");
        for place in places {
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
        debug_assert!(
            !self.index.contains_key(&id),
            "a service that is taken away is found no more"
        );
        state.retire(&mut self.retired);
        self.databases.release(state.kind.fid());
        Some(state)
    }

    /// Gives a place to the lowest of its claimants, of which `id` is one.
    fn grant(&mut self, place: Where, id: ServiceId) {
        let lowest = self.contested.get(&place).and_then(|claims| claims.first().copied());
        let at = self.index[&lowest.unwrap_or(id)];
        let members = &self.at(at).members;
        let member = members.iter().position(|member| (member.port, member.vid) == place);
        let member = member.expect("a claimant has a member at the place");
        self.occupy(place, at, u32::try_from(member).expect("fewer than 2^32 members"));
    }
}
