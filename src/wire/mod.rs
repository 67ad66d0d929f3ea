//! Octets on the wire: addresses, tags, frames, and the protocols inside them.
//!
//! Invariant: no state, no time, no allocation in a view; what was constructed can be emitted,
//! and parses back equal.

mod frame;
mod mac;
mod payload;
mod tag;

pub use frame::{Frame, wire_octets};
pub use mac::MacAddr;
pub use payload::payload_octets;
pub use tag::{EtherType, Tag, Vid};
