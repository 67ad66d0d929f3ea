//! trunklab: a network simulator and conformance testbed for shared Ethernet circuits to a cloud.
#![deny(unsafe_op_in_unsafe_fn)]
#![warn(missing_docs)]

pub mod engine;
pub mod evidence;
pub mod forward;
pub mod host;
pub mod ident;
pub mod node;
pub mod provision;
pub mod scenario;
pub mod units;
pub mod wire;
