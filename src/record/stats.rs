//! What a driver counts of itself.

/// What a run counted about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Frames that a link handed to a node.
    pub hops: u64,
    /// Events of all kinds.
    pub events: u64,
    /// Commands of the control plane.
    pub commands: u64,
    /// The most events that were pending at once.
    pub pending_max: usize,
    /// Frames that were still under way when the run was finished.
    pub held: u64,
}
