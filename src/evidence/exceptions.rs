//! Frames that are kept whole because something is odd about them.

use super::ticket::Trace;
use crate::units::SimTime;
use crate::wire::Frame;

/// At most so many frames are kept of one kind.
pub const KEPT_PER_KIND: u8 = 16;
/// At most so many octets of a frame are kept.
pub const KEPT_OCTETS: usize = 256;
/// At most so many frames are kept of all kinds together (about 6 MiB).
pub const KEPT_IN_ALL: usize = 16_384;

/// One frame that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception<K> {
    /// Of which kind it is an example.
    pub kind: K,
    /// When.
    pub at: SimTime,
    /// Whose frame it was.
    pub trace: Trace,
    /// Its first octets, [`KEPT_OCTETS`] at most.
    pub octets: Box<[u8]>,
    /// How long it was, without FCS.
    pub length: u32,
}

/// The first frames of each kind. Its size is bounded by kinds, and absolutely.
#[derive(Debug, Clone)]
pub struct Exceptions<K> {
    kept: Vec<Exception<K>>,
}

impl<K> Default for Exceptions<K> {
    fn default() -> Self {
        Self { kept: Vec::new() }
    }
}

impl<K: Copy + Ord> Exceptions<K> {
    /// Keeps a frame of a kind of which `kept` are kept already. Those of one kind come in order of time;
    /// of different kinds the earlier ones are kept, in whatever order they come.
    pub fn keep(&mut self, kept: &mut u8, kind: K, at: SimTime, trace: &Trace, frame: &Frame) {
        if *kept >= KEPT_PER_KIND {
            return;
        }
        let goes_before = |other: &Exception<K>| (at, kind) < (other.at, other.kind);
        let place = match self.kept.last() {
            Some(last) if goes_before(last) => self.kept.partition_point(|other| !goes_before(other)),
            _ => self.kept.len(),
        };
        if self.kept.len() >= KEPT_IN_ALL {
            if place == self.kept.len() {
                return;
            }
            self.kept.pop();
        }
        *kept += 1;
        let octets = frame.bytes();
        let exception = Exception {
            kind,
            at,
            trace: *trace,
            octets: octets[..octets.len().min(KEPT_OCTETS)].into(),
            length: frame.octets(),
        };
        self.kept.insert(place, exception);
        debug_assert!(self.kept.len() <= KEPT_IN_ALL, "what is kept is bounded");
    }

    /// Those of one kind, in order of time.
    pub fn of(&self, kind: K) -> impl Iterator<Item = &Exception<K>> {
        self.kept.iter().filter(move |e| e.kind == kind)
    }

    /// All of them, in order of time, those of one instant in order of kind.
    pub fn all(&self) -> &[Exception<K>] {
        &self.kept
    }
}
