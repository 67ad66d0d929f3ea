//! Who takes part in a race, as the scheduler sees it.
//!
//! Invariant: what a contender leaves out is said beside its rate.

use super::clock::{Legs, Spent};

/// One timed turn of somebody who moves frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timed {
    /// Frames that were handled in legs that count, dropped ones included.
    pub frames: u64,
    /// What those took, by both clocks.
    pub spent: Spent,
    /// What all legs took.
    pub whole: Spent,
    /// Passes of all legs.
    pub passes: u32,
}

impl Timed {
    /// A turn of these legs, which had so many passes in all.
    pub fn of(legs: &Legs, passes: u32) -> Self {
        let (frames, spent, whole) = legs.told();
        Self {
            frames,
            spent,
            whole,
            passes,
        }
    }
}

impl Timed {
    /// Nanoseconds of processor time a frame.
    pub fn ns_per_frame(self) -> f64 {
        self.spent.nanos as f64 / self.frames.max(1) as f64
    }

    /// Time by the wall over processor time: 1 where nobody took the processor away.
    pub fn disturbance(self) -> f64 {
        self.whole.wall_nanos as f64 / self.whole.nanos.max(1) as f64
    }
}

/// Somebody who takes turns with others on the same machine in the same run.
pub trait Contender {
    /// What it is called in the table.
    fn name(&self) -> &str;
    /// Duties of ours that it does not do.
    fn does_not(&self) -> &[&str];
    /// Passes come in multiples of this many.
    fn step(&self) -> u32 {
        1
    }
    /// Is its turn of a length of its own, whatever it is told?
    fn has_own_length(&self) -> bool {
        false
    }
    /// A turn: a pass over its frames that is not timed, so that whoever ran before leaves it no
    /// cold caches, and then so many that are, timed by itself in legs ([`Legs`]); more where it is interrupted.
    ///
    /// # Errors
    /// Why it cannot go on, in a sentence.
    fn turn(&mut self, passes: u32) -> Result<Timed, String>;
}
