//! A copy for questions: tables and rows as they stand, with nothing spent and nothing learned.
//!
//! Nothing is built anew, so that who asks the copy asks what runs: a row that is wrong in the
//! running forwarder is wrong in its copy.

use super::charge::FrameVerdict;
use super::fastpath::FastPath;
use super::learn::Fdb;
use super::police::Buckets;
use super::quirk::Quirk;
use super::tables::{ServiceId, ServiceKind};
use crate::ident::PortNo;
use crate::units::{SimDuration, SimTime};

impl<Q: Quirk> FastPath<Q> {
    /// A copy of this forwarder at time zero: every bucket is full, no address is learned, and what
    /// is learned from now on is held, however much it is and however long ago.
    #[must_use]
    pub fn rested(&self) -> Self {
        let mut copy = self.clone();
        copy.now = SimTime::ZERO;
        copy.memory = Q::Memory::default();
        copy.databases.forget();
        let ids: Vec<ServiceId> = copy.ids().collect();
        for id in ids {
            copy.rest(id);
        }
        copy.refill();
        copy
    }

    /// This service has learned nothing, and holds whatever it learns.
    pub fn rest(&mut self, id: ServiceId) {
        let Some(state) = self.state_mut(id) else { return };
        if let ServiceKind::Bridged { mac_limit, age } | ServiceKind::Shared { mac_limit, age, .. } = &mut state.kind {
            (*mac_limit, *age) = (u32::MAX, SimDuration::MAX);
        }
        if let Some(fdb) = &mut state.fdb {
            **fdb = Fdb::new();
        }
    }

    /// Every bucket of policers and limits is full.
    pub fn refill(&mut self) {
        let Self {
            services,
            lookup,
            shared,
            ..
        } = self;
        for member in services.iter_mut().flat_map(|state| state.members.iter_mut()) {
            if let Some((row, beside)) = lookup.parts_mut(member.port, member.vid) {
                let full = Buckets::default();
                (row.committed, beside.excess) = (full.committed, full.excess);
            }
            member.refill();
        }
        shared.values_mut().for_each(|bucket| *bucket = Default::default());
    }

    /// What becomes of a frame that comes alone: what a fault keeps from frame to frame is set
    /// aside. Addresses are learned as ever.
    #[inline]
    pub fn forward_alone(&mut self, port: PortNo, bytes: &[u8], now: SimTime) -> FrameVerdict {
        let kept = std::mem::take(&mut self.memory);
        let verdict = self.forward(port, bytes, now);
        self.memory = kept;
        verdict
    }
}
