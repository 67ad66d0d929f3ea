//! Measuring: how fast frames move, and how fast others move them.
//!
//! Invariant: no time is told of a run whose counts do not balance.

pub mod against;
mod contender;

pub use contender::{Contender, Timed};
