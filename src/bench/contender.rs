//! What takes turns in one timed run.

/// One timed round of somebody who moves frames.
pub struct Timed {
    /// How many frames it moved.
    pub frames: u64,
    /// How long that took, in nanoseconds.
    pub nanos: u64,
}

/// Somebody who takes turns with others on the same machine in the same run.
pub trait Contender {
    /// What a table calls it, with its version where it has one.
    fn name(&self) -> &str;
    /// Duties of ours that it leaves out, each in a few words.
    fn does_not(&self) -> &[&str];
    /// Moves frames once and says how long it took. It is an error if its own account does not balance.
    fn round(&mut self) -> Result<Timed, String>;
}
