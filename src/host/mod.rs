//! What a host does: resolve addresses, answer pings, send and count flows.
//!
//! Invariant: the same inputs in the same order give the same outputs; nothing idle holds a timer.

mod flow;

pub use flow::{ArpConfig, FlowKind, FlowSpec, FrameSize, Pattern};
