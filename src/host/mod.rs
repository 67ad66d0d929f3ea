//! What a host does: resolve addresses, answer pings, send and count flows.
//!
//! Invariant: the same inputs in the same order give the same outputs; nothing idle holds a timer.

mod arp;
mod deliver;
pub mod exponential;
mod flow;
pub mod icmp;
mod inet;
mod interface;
pub mod pattern;
mod sender;
#[cfg(test)]
mod tests;

pub use arp::ArpCache;
pub use deliver::{ETHERNET, deliver, ipv4_of, route_hop};
pub use flow::{ArpConfig, FlowKind, FlowSpec, FrameSize, Pattern, Phase, WARM_UP};
pub use inet::{RouteTable, prefix_holds};
pub use interface::{Interface, Protocol};
pub use sender::{Departure, Senders};
