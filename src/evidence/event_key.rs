//! The order of the world, as a type.

use crate::ident::NodeId;
use crate::units::SimTime;

/// What happens first among the events of one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Phase {
    /// The control plane changes nodes and links.
    Control,
    /// Frames arrive.
    Arrival,
    /// Timers fire.
    Timer,
}

/// Where an event stands in the order of the world. No two events have the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventKey {
    /// When it happens.
    pub time: SimTime,
    /// What it is.
    pub phase: Phase,
    /// The node that caused it: a frame's sender, a timer's owner.
    pub node: NodeId,
    /// The sender's number for the frame, the owner's number for the timer.
    pub seq: u64,
}

impl EventKey {
    /// Before everything.
    pub const FIRST: Self = Self::control(SimTime::ZERO);
    /// Behind everything.
    pub const LAST: Self = Self::control(SimTime::MAX);

    /// The control plane acts, before all else of this instant.
    pub const fn control(time: SimTime) -> Self {
        Self {
            time,
            phase: Phase::Control,
            node: NodeId(0),
            seq: 0,
        }
    }
}
