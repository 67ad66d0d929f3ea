//! Scenarios: what was written, and what was meant.
//!
//! Invariant: a [`Plan`] that exists can be run. This room runs nothing and opens no file.

pub mod plan;

pub use plan::Plan;
