//! Who takes part in a race, as the scheduler sees it.
//!
//! Invariant: what a contender leaves out is said beside its rate.

/// One timed round of somebody who moves frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timed {
    /// Frames that were handled, dropped ones included.
    pub frames: u64,
    /// Nanoseconds that it took.
    pub nanos: u64,
}

impl Timed {
    /// Nanoseconds a frame.
    pub fn ns_per_frame(self) -> f64 {
        self.nanos as f64 / self.frames.max(1) as f64
    }
}

/// Somebody who takes turns with others on the same machine in the same run.
pub trait Contender {
    /// What it is called in the table.
    fn name(&self) -> &str;
    /// Duties of ours that it does not do.
    fn does_not(&self) -> &[&str];
    /// Moves its frames once, timed by itself.
    ///
    /// # Errors
    /// Why it cannot go on, in a sentence.
    fn round(&mut self) -> Result<Timed, String>;
}
