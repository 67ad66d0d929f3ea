//! Several workers: which of them takes a frame, and what all of them counted.
//!
//! Every worker has a whole [`FastPath`] to itself, with the same tables, so that none waits for
//! another. What a frame is charged to (buckets, learned addresses) must then be at one worker
//! alone: frames are steered by port and VID, as a network card's receive-side scaling does, and
//! services that share state between places all go to the first worker.

use std::collections::BTreeMap;

use super::counters::{Drops, ServiceCounters};
use super::fastpath::{FastPath, Where};
use super::key::classify;
use super::profile::reads;
use super::quirk::Quirk;
use super::tables::{PortConfig, PortRole, Profile, Service, ServiceId, ServiceKind, Tables, Untagged};
use crate::ident::PortNo;
use crate::wire::Vid;

/// Which worker takes a frame.
///
/// A function of the tables: after a change, every worker and whoever steers must have it before
/// the next frame. A place that goes to another worker by a change has full buckets there.
#[derive(Debug, Clone)]
pub struct Steering {
    workers: usize,
    profile: Profile,
    ports: Vec<PortConfig>,
    /// Services that share state between places, with their places.
    sharing: BTreeMap<ServiceId, Vec<Where>>,
    /// Those places, and how many such services claim each.
    first: BTreeMap<Where, usize>,
}

impl Steering {
    /// How frames are steered to this many workers. Panics for none.
    pub fn new(tables: &Tables, workers: usize) -> Self {
        assert!(workers > 0, "there is at least one worker");
        let mut steering = Self {
            workers,
            profile: tables.profile,
            ports: tables.ports.clone(),
            sharing: BTreeMap::new(),
            first: BTreeMap::new(),
        };
        for (id, service) in &tables.services {
            steering.set(*id, service);
        }
        steering
    }

    /// A service is made as given.
    pub fn set(&mut self, id: ServiceId, service: &Service) {
        self.remove(id);
        if shares(service) {
            let places: Vec<_> = service.members.iter().map(|m| (m.port, m.vid)).collect();
            for place in &places {
                *self.first.entry(*place).or_default() += 1;
            }
            self.sharing.insert(id, places);
        }
    }

    /// A service is taken away.
    pub fn remove(&mut self, id: ServiceId) {
        for place in self.sharing.remove(&id).into_iter().flatten() {
            if let Some(claims) = self.first.get_mut(&place) {
                *claims -= 1;
                if *claims == 0 {
                    self.first.remove(&place);
                }
            }
        }
    }

    /// The worker that takes a frame (without FCS) that came in by `port`, counted from zero.
    pub fn worker(&self, port: PortNo, bytes: &[u8]) -> usize {
        let (port, vid) = self.place(port, bytes);
        // Without ingress filtering a frame may enter a service that has no member where it came in.
        let stray = self.profile == Profile::IeeeDefault && !self.first.is_empty();
        // Untagged frames may belong to the port itself or to its native VLAN.
        if stray || [vid, None].iter().any(|vid| self.first.contains_key(&(port, *vid))) {
            return 0;
        }
        let vid = vid.map_or(0, |vid| u64::from(vid.get()));
        // Fibonacci hashing: neighbours go to different workers.
        let mixed = (u64::from(port.0) << 12 | vid).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((u128::from(mixed) * self.workers as u128) >> 64) as usize
    }

    /// The place whose state a frame is charged to, if to any.
    fn place(&self, port: PortNo, bytes: &[u8]) -> Where {
        let Some(config) = self.ports.get(port.index()) else {
            return (port, None);
        };
        let tag = classify(bytes, port).outer;
        let own = tag.filter(|tag| config.role == PortRole::Trunk && reads(self.profile, config.tpid, tag.tpid));
        match (own.map(|tag| tag.vid), config.untagged) {
            (Some(vid), _) if vid != Vid::PRIORITY => (port, Some(vid)),
            (_, Untagged::Native(vid)) if config.role == PortRole::Trunk => (port, Some(vid)),
            _ => (port, None),
        }
    }
}

/// Does a service keep state that frames of more than one place change?
fn shares(service: &Service) -> bool {
    let limits = service.members.iter().flat_map(|m| [m.arp, m.icmp]);
    service.kind != ServiceKind::CrossConnect || limits.flatten().any(|limit| limit.shared.is_some())
}

/// What all workers counted for a service.
pub fn counters_of_all<'a, Q: Quirk + 'a>(
    workers: impl IntoIterator<Item = &'a FastPath<Q>>,
    id: ServiceId,
) -> ServiceCounters {
    let mut all = ServiceCounters::default();
    for worker in workers {
        all.merge(&worker.counters(id));
    }
    all
}

/// Drops of frames that belonged to no service, at all workers.
pub fn unclaimed_of_all<'a, Q: Quirk + 'a>(workers: impl IntoIterator<Item = &'a FastPath<Q>>) -> Drops {
    let mut all = Drops::default();
    for worker in workers {
        all.merge_all(&worker.unclaimed());
    }
    all
}
