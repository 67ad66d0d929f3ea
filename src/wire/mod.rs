//! Octets on the wire: addresses, tags, frames, and the protocols inside them.
//!
//! Invariant: no state, no time, no allocation in a view; what was constructed can be emitted,
//! and parses back equal.

mod arp;
mod checksum;
pub mod edit;
mod error;
mod frame;
mod icmp;
pub mod ipv4;
mod mac;
mod payload;
mod stamp;
mod tag;
#[cfg(test)]
mod tests;
mod udp;
mod view;

pub use arp::{Arp, ArpOperation};
pub use checksum::Checksum;
pub use error::WireError;
pub use frame::{Frame, wire_octets};
pub use icmp::Icmp;
pub use ipv4::{Ipv4, Ipv4View};
pub use mac::MacAddr;
pub use payload::payload_octets;
pub use stamp::Stamp;
pub use tag::{EtherType, Tag, Vid};
pub use udp::{Udp, UdpView};
pub use view::FrameView;
