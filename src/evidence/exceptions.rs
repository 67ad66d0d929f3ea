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

impl<K: Copy + PartialEq> Exceptions<K> {
    /// Keeps a frame of a kind of which `kept` are kept already.
    pub fn keep(&mut self, kept: &mut u8, kind: K, at: SimTime, trace: &Trace, frame: &Frame) {
        if *kept >= KEPT_PER_KIND || self.kept.len() >= KEPT_IN_ALL {
            return;
        }
        debug_assert!(
            self.kept.last().is_none_or(|last| last.at <= at),
            "frames are kept in order of time"
        );
        *kept += 1;
        let octets = frame.bytes();
        self.kept.push(Exception {
            kind,
            at,
            trace: *trace,
            octets: octets[..octets.len().min(KEPT_OCTETS)].into(),
            length: frame.octets(),
        });
        debug_assert!(self.kept.len() <= KEPT_IN_ALL, "what is kept is bounded");
    }

    /// Those of one kind, in order of time.
    pub fn of(&self, kind: K) -> impl Iterator<Item = &Exception<K>> {
        self.kept.iter().filter(move |e| e.kind == kind)
    }

    /// All of them, in order of time.
    pub fn all(&self) -> &[Exception<K>] {
        &self.kept
    }
}
