//! A link: rate, delay, MTU, a bounded queue, and what can go wrong on it.

use crate::units::{BitRate, ByteCount, SimDuration};

/// What a link is, the same in both directions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkConfig {
    /// Bits a second on the wire; preamble, FCS and gap count.
    pub rate: BitRate,
    /// Propagation, at least 1 ns.
    pub delay: SimDuration,
    /// Largest payload behind addresses, tags and EtherType, in octets.
    pub mtu: u32,
    /// Octets that may wait for the wire, in each direction.
    pub queue: ByteCount,
}
