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

/// An event as the queue holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// Where it stands in the order of the world.
    pub key: EventKey,
    /// A direction of a link (arrivals), a node (timers).
    pub what: u32,
}
