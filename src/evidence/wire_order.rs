//! Frames in the order of their first bits on the wire, without those that a cut keeps from it.

use std::collections::BTreeMap;

use super::ticket::Trace;
use crate::ident::{LinkId, StationId};
use crate::units::SimTime;

/// Frames that wait for the wire, each with what is kept of it.
#[derive(Debug, Clone)]
pub struct WireOrder<T> {
    /// By start and link, and by number where frames of both ends start at once.
    waiting: BTreeMap<(SimTime, LinkId, u64), (Trace, T)>,
    /// Frames that were heard of.
    heard: u64,
}

impl<T> Default for WireOrder<T> {
    fn default() -> Self {
        Self {
            waiting: BTreeMap::new(),
            heard: 0,
        }
    }
}

impl<T> WireOrder<T> {
    /// A frame will have its first bit on the wire of `link` at `start`.
    pub fn enters(&mut self, start: SimTime, link: LinkId, trace: &Trace, kept: T) {
        self.heard += 1;
        self.waiting.insert((start, link, self.heard), (*trace, kept));
    }

    /// A link was cut at `at` before this frame was on its wire: it never will be.
    pub fn cut(&mut self, at: SimTime, place: StationId, trace: &Trace) {
        let Some(link) = place.as_link() else { return };
        let mut later = self.waiting.range((at, LinkId(0), 0)..);
        let cut = later.find(|((start, of, _), (waiting, _))| *start > at && *of == link && waiting == trace);
        if let Some(key) = cut.map(|(key, _)| *key) {
            self.waiting.remove(&key);
        }
    }

    /// The next frame that has started by `now`: nothing that is still to come can start before.
    pub fn next(&mut self, now: SimTime) -> Option<(SimTime, LinkId, Trace, T)> {
        let first = self.waiting.first_entry().filter(|first| first.key().0 <= now)?;
        let ((start, link, _), (trace, kept)) = first.remove_entry();
        Some((start, link, trace, kept))
    }
}
