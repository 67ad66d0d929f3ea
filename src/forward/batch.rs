//! Frames that arrive together, and what becomes of each.

use super::charge::Verdict;
use super::decide::Group;
use super::fastpath::FastPath;
use super::quirk::Quirk;
use super::rewrite::Rewrite;
use crate::ident::{DropReason, PortNo};
use crate::units::SimTime;

/// Frames of one call of [`FastPath::process`], and the place where their verdicts go.
///
/// Both are one value, so that a batch may edit a frame where it stands as soon as its verdict is
/// known. Verdicts come once for each frame, in order of their numbers.
pub trait Batch {
    /// How many frames.
    fn len(&self) -> usize;
    /// Are there none?
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Frame number `i`, counted from zero, without FCS, and the port that it came in by.
    fn frame(&self, i: usize) -> (PortNo, &[u8]);
    /// Frame `i` leaves by `port` after this rewrite.
    fn forward(&mut self, i: usize, port: PortNo, rewrite: Rewrite);
    /// Frame `i` ends here.
    fn drop(&mut self, i: usize, reason: DropReason);
    /// Frame `i` leaves by every port that [`FastPath::copies`] names for this group.
    fn replicate(&mut self, i: usize, group: Group);
}

/// A batch that borrows its frames and keeps its verdicts, in order.
#[derive(Debug, Clone)]
pub struct Verdicts<'a> {
    frames: &'a [(PortNo, &'a [u8])],
    verdicts: Vec<Verdict>,
}

impl<'a> Verdicts<'a> {
    /// A batch of these frames.
    pub fn of(frames: &'a [(PortNo, &'a [u8])]) -> Self {
        Self {
            frames,
            verdicts: Vec::with_capacity(frames.len()),
        }
    }
    /// What became of each frame, once the batch was processed.
    pub fn into_verdicts(self) -> Vec<Verdict> {
        self.verdicts
    }
}

impl Batch for Verdicts<'_> {
    fn len(&self) -> usize {
        self.frames.len()
    }
    fn frame(&self, i: usize) -> (PortNo, &[u8]) {
        self.frames[i]
    }
    fn forward(&mut self, _: usize, port: PortNo, rewrite: Rewrite) {
        self.verdicts.push(Verdict::Forward(port, rewrite));
    }
    fn drop(&mut self, _: usize, reason: DropReason) {
        self.verdicts.push(Verdict::Drop(reason));
    }
    fn replicate(&mut self, _: usize, group: Group) {
        self.verdicts.push(Verdict::Replicate(group));
    }
}

impl<Q: Quirk> FastPath<Q> {
    /// All stages for frames that all arrive at `now`; the batch does the rewriting. The frames in
    /// two calls meet the same verdicts, buckets and counters as in one.
    pub fn process<B: Batch + ?Sized>(&mut self, now: SimTime, batch: &mut B) {
        for i in 0..batch.len() {
            let (port, bytes) = batch.frame(i);
            match self.forward(port, bytes, now) {
                Verdict::Drop(reason) => batch.drop(i, reason),
                Verdict::Forward(port, rewrite) => batch.forward(i, port, rewrite),
                Verdict::Replicate(group) => batch.replicate(i, group),
            }
        }
    }
}
