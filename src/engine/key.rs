//! Events, as the queue holds them: in the order of the world.

pub use crate::evidence::{EventKey, Phase};

/// An event as the queue holds it. Events are ordered by their keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// Where it stands in the order of the world.
    pub key: EventKey,
    /// A direction of a link (arrivals), a node (timers).
    pub what: u32,
}

impl Event {
    /// Time, phase and node in one number: the queue compares little else.
    fn rank(&self) -> u128 {
        let key = &self.key;
        u128::from(key.time.as_nanos()) << 64 | (key.phase as u128) << 32 | u128::from(key.node.0)
    }
}

impl Ord for Event {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.rank(), self.key.seq, self.what).cmp(&(other.rank(), other.key.seq, other.what))
    }
}

impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
    fn lt(&self, other: &Self) -> bool {
        let (a, b) = (self.rank(), other.rank());
        a < b || a == b && (self.key.seq, self.what) < (other.key.seq, other.what)
    }
    fn le(&self, other: &Self) -> bool {
        !other.lt(self)
    }
    fn gt(&self, other: &Self) -> bool {
        other.lt(self)
    }
    fn ge(&self, other: &Self) -> bool {
        !self.lt(other)
    }
}
