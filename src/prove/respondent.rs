//! The copy of a running forwarder that questions are put to, by the entry that a run uses: one
//! frame at a time, by one kernel.
//!
//! It is a [`rested`](FastPath::rested) copy, so that its rows are the running ones. Questions are
//! far apart in time, so that what one has spent is there again for the next.

use super::ways::Copied;
use crate::forward::{FastPath, FrameVerdict, Quirk, Service, ServiceId};
use crate::ident::{DropReason, PortNo};
use crate::units::{SimDuration, SimTime};

/// Between two questions.
const APART: SimDuration = SimDuration::from_secs(1);

/// A frame that was asked for: by which port it comes, and its octets.
pub type Question = (PortNo, Vec<u8>);

/// A forwarder's copy with a clock.
pub(super) struct Respondent<Q: Quirk> {
    fast: FastPath<Q>,
    now: SimTime,
    /// Questions so far, in order, where somebody wants to know them.
    noted: Option<Vec<Question>>,
}

impl<Q: Quirk> Respondent<Q> {
    pub fn of(running: &FastPath<Q>) -> Self {
        Self {
            fast: running.rested(),
            now: SimTime::ZERO,
            noted: None,
        }
    }

    /// The forwarder's service is now as given, or gone; nothing is learned in it.
    pub fn change(&mut self, id: ServiceId, service: Option<Service>) {
        match service {
            Some(service) => self.fast.set(id, service),
            None => self.fast.remove(id),
        };
        self.fast.rest(id);
    }

    /// Notes questions from now on.
    pub fn note(&mut self) {
        self.noted.get_or_insert_default();
    }

    /// The questions that were noted since the last call.
    pub fn noted(&mut self) -> Vec<Question> {
        self.noted.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Where a frame goes that comes after others: all that they have left behind is there.
    pub fn after_others(&mut self, port: PortNo, bytes: &[u8]) -> FrameVerdict {
        self.ask(port, bytes, FastPath::forward)
    }

    /// Where a frame goes that comes alone.
    pub fn alone(&mut self, port: PortNo, bytes: &[u8]) -> FrameVerdict {
        self.ask(port, bytes, FastPath::forward_alone)
    }

    #[inline]
    fn ask(
        &mut self,
        port: PortNo,
        bytes: &[u8],
        by: impl Fn(&mut FastPath<Q>, PortNo, &[u8], SimTime) -> FrameVerdict,
    ) -> FrameVerdict {
        if let Some(noted) = &mut self.noted {
            noted.push((port, bytes.to_vec()));
        }
        self.now = self.now.saturating_add(APART);
        let verdict = by(&mut self.fast, port, bytes, self.now);
        match verdict {
            // Of a bucket that fills more slowly it may yet have passed when that was full.
            FrameVerdict::Drop(DropReason::OverRate | DropReason::ArpLimit | DropReason::IcmpLimit) => {
                self.fast.refill();
                by(&mut self.fast, port, bytes, self.now)
            }
            verdict => verdict,
        }
    }

    /// The copies that leave by this verdict, or why none does.
    pub fn copies(&self, verdict: FrameVerdict) -> Result<Vec<Copied>, DropReason> {
        match verdict {
            FrameVerdict::Drop(reason) => Err(reason),
            FrameVerdict::Forward(port, rewrite) => Ok(vec![(port, rewrite)]),
            FrameVerdict::Replicate(group) => Ok(self.fast.copies(group).collect()),
        }
    }

    /// Does a service of it share its memory with others?
    pub fn shares_memory(&self) -> bool {
        let tables = self.fast.tables();
        tables.services.values().any(|service| service.kind.fid().is_some())
    }

    pub fn fast(&self) -> &FastPath<Q> {
        &self.fast
    }
}
