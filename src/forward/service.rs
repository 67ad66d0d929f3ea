//! A service as the fast path runs it: its table row, with buckets, addresses and counters.

use std::collections::BTreeMap;

use super::counters::{Drops, MemberCounters, ServiceCounters};
use super::learn::Fdb;
use super::lookup::Lookup;
use super::police::{Bucket, Buckets, Metered};
use super::priority::PriorityMap;
use super::tables::{Limit, Member, Policer, Service, ServiceId, ServiceKind};
use crate::ident::{DropReason, PortNo, TenantId};
use crate::units::SimTime;
use crate::wire::{MacAddr, Vid};

#[derive(Debug, Clone)]
pub(super) struct MemberState {
    pub port: PortNo,
    pub vid: Option<Vid>,
    pub bound_mac: Option<MacAddr>,
    pub priority: PriorityMap,
    pub police: Option<Box<Policed>>,
    arp: Option<Box<Metered<Limit>>>,
    icmp: Option<Box<Metered<Limit>>>,
    pub counters: MemberCounters,
}

/// A policer with its numbers. While frames come in at the member, the buckets are in its row.
#[derive(Debug, Clone)]
pub(super) struct Policed {
    pub policer: Policer,
    /// The buckets, while the member's place is another's.
    pub parked: Buckets,
}

impl Policed {
    fn boxed(policer: Option<Policer>) -> Option<Box<Self>> {
        policer.map(|policer| {
            Box::new(Self {
                policer,
                parked: Buckets::default(),
            })
        })
    }
}

/// The members of a service. Two of them stand in the service itself: a cross-connect is then
/// read in one go, without a second place in memory to wait for.
#[derive(Debug, Clone)]
pub(super) enum Members {
    Two([MemberState; 2]),
    Any(Box<[MemberState]>),
}

impl FromIterator<MemberState> for Members {
    fn from_iter<I: IntoIterator<Item = MemberState>>(members: I) -> Self {
        match <[MemberState; 2]>::try_from(members.into_iter().collect::<Vec<_>>()) {
            Ok(two) => Self::Two(two),
            Err(other) => Self::Any(other.into()),
        }
    }
}

impl std::ops::Deref for Members {
    type Target = [MemberState];
    #[inline]
    fn deref(&self) -> &[MemberState] {
        match self {
            Self::Two(members) => members,
            Self::Any(members) => members,
        }
    }
}

impl std::ops::DerefMut for Members {
    #[inline]
    fn deref_mut(&mut self) -> &mut [MemberState] {
        match self {
            Self::Two(members) => members,
            Self::Any(members) => members,
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct ServiceState {
    pub id: ServiceId,
    pub tenant: TenantId,
    pub kind: ServiceKind,
    pub members: Members,
    pub fdb: Option<Box<Fdb>>,
    pub drops: Drops,
}

/// Counters of services and members that are gone, so that nothing is ever unbilled.
pub(super) type Retired = BTreeMap<ServiceId, (BTreeMap<(PortNo, Option<Vid>), MemberCounters>, Drops)>;

/// Buckets of a switch that several members share.
pub(super) type Shared = BTreeMap<u32, Bucket>;

/// The canonical form: members in order, each place once, and only places that carry frames.
pub(super) fn canonical(mut service: Service, lookup: &Lookup) -> Service {
    service
        .members
        .retain(|member| lookup.is_place(member.port, member.vid));
    service.members.sort();
    service.members.dedup_by_key(|member| (member.port, member.vid));
    service
}

impl MemberState {
    fn new(member: Member) -> Self {
        Self {
            port: member.port,
            vid: member.vid,
            bound_mac: member.bound_mac,
            priority: member.priority,
            police: Policed::boxed(member.police),
            arp: Metered::boxed(member.arp),
            icmp: Metered::boxed(member.icmp),
            counters: MemberCounters::default(),
        }
    }

    fn read_back(&self) -> Member {
        Member {
            port: self.port,
            vid: self.vid,
            police: self.police.as_ref().map(|policed| policed.policer),
            arp: self.arp.as_ref().map(|metered| metered.config),
            icmp: self.icmp.as_ref().map(|metered| metered.config),
            bound_mac: self.bound_mac,
            priority: self.priority,
        }
    }

    /// Its buckets are full, but for those that stand in a row or that others share.
    pub fn refill(&mut self) {
        if let Some(policed) = &mut self.police {
            policed.parked = Buckets::default();
        }
        for metered in [&mut self.arp, &mut self.icmp].into_iter().flatten() {
            metered.bucket = Bucket::default();
        }
    }

    pub fn limits(&self) -> impl Iterator<Item = &Limit> {
        [&self.arp, &self.icmp]
            .into_iter()
            .flatten()
            .map(|metered| &metered.config)
    }

    /// What was spent of a bucket stays spent when its rate or depth changes; a shallower one is empty at
    /// the least.
    fn inherit(&mut self, old: &Self, now: SimTime) {
        if let (Some(new), Some(old)) = (&mut self.police, &old.police) {
            new.parked = old.parked;
            new.parked.change(&old.policer, &new.policer, now);
        }
        carry(&mut self.arp, &old.arp, |limit| u64::from(limit.per_second), now);
        carry(&mut self.icmp, &old.icmp, |limit| u64::from(limit.per_second), now);
    }

    #[inline]
    pub fn limit_arp(&mut self, shared: &mut Shared, now: SimTime) -> Result<(), DropReason> {
        limit(self.arp.as_deref_mut(), shared, now)
            .then_some(())
            .ok_or(DropReason::ArpLimit)
    }

    #[inline]
    pub fn limit_icmp(&mut self, shared: &mut Shared, now: SimTime) -> Result<(), DropReason> {
        limit(self.icmp.as_deref_mut(), shared, now)
            .then_some(())
            .ok_or(DropReason::IcmpLimit)
    }
}

fn carry<T>(new: &mut Option<Box<Metered<T>>>, old: &Option<Box<Metered<T>>>, rate: impl Fn(&T) -> u64, now: SimTime) {
    if let (Some(new), Some(old)) = (new, old) {
        new.bucket = old.bucket;
        new.bucket.refill(rate(&old.config), now);
    }
}

fn limit(metered: Option<&mut Metered<Limit>>, shared: &mut Shared, now: SimTime) -> bool {
    let Some(metered) = metered else { return true };
    match metered.config.shared {
        Some(number) => shared.entry(number).or_default().admits(&metered.config, now),
        None => metered.bucket.admits(&metered.config, now),
    }
}

impl ServiceState {
    /// The running form of a canonical service.
    pub fn new(id: ServiceId, service: Service) -> Self {
        let bridged = matches!(service.kind, ServiceKind::Bridged { .. });
        Self {
            id,
            tenant: service.tenant,
            kind: service.kind,
            members: service.members.into_iter().map(MemberState::new).collect(),
            fdb: bridged.then(|| Box::new(Fdb::new())),
            drops: Drops::default(),
        }
    }

    pub fn read_back(&self) -> Service {
        Service {
            tenant: self.tenant,
            kind: self.kind,
            members: self.members.iter().map(MemberState::read_back).collect(),
        }
    }

    pub fn shared_buckets(&self) -> impl Iterator<Item = u32> + '_ {
        self.members
            .iter()
            .flat_map(MemberState::limits)
            .filter_map(|limit| limit.shared)
    }

    /// Takes over what a change of the service must not lose: spent buckets, and, where the
    /// kind and places are the same, learned addresses.
    pub fn inherit(&mut self, old: &mut Self, now: SimTime) {
        for member in self.members.iter_mut() {
            if let Some(old) = old
                .members
                .iter()
                .find(|m| (m.port, m.vid) == (member.port, member.vid))
            {
                member.inherit(old, now);
            }
        }
        let places = |s: &Self| s.members.iter().map(|m| (m.port, m.vid)).collect::<Vec<_>>();
        if self.kind == old.kind && places(self) == places(old) {
            self.fdb = old.fdb.take();
        }
    }

    /// Puts the counters of a service that goes away among the retired.
    pub fn retire(&mut self, retired: &mut Retired) {
        let counted = |member: &&MemberState| member.counters != MemberCounters::default();
        let members: Vec<_> = self.members.iter().filter(counted).collect();
        if members.is_empty() && self.drops == Drops::default() {
            return;
        }
        let entry = retired.entry(self.id).or_default();
        entry.0.extend(
            members
                .into_iter()
                .map(|member| ((member.port, member.vid), member.counters)),
        );
        entry.1 = std::mem::take(&mut self.drops);
    }

    /// Goes on counting where a service with this id had stopped.
    pub fn resume(&mut self, retired: &mut Retired) {
        let Some(mut entry) = retired.remove(&self.id) else {
            return;
        };
        for member in self.members.iter_mut() {
            member.counters = entry.0.remove(&(member.port, member.vid)).unwrap_or_default();
        }
        self.drops = std::mem::take(&mut entry.1);
        if !entry.0.is_empty() {
            retired.insert(self.id, entry);
        }
    }
}

/// Everything that was counted for a service, but for what its rows still hold.
pub(super) fn counters(id: ServiceId, state: Option<&ServiceState>, retired: &Retired) -> ServiceCounters {
    let mut all = ServiceCounters::default();
    if let Some((members, drops)) = retired.get(&id) {
        all.members
            .extend(members.iter().map(|(&(port, vid), &counters)| (port, vid, counters)));
        all.drops = drops.clone();
    }
    if let Some(state) = state {
        all.members
            .extend(state.members.iter().map(|m| (m.port, m.vid, m.counters)));
        all.drops = state.drops.clone();
    }
    all.members.sort_by_key(|(port, vid, _)| (*port, *vid));
    all
}
