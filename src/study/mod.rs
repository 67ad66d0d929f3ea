//! Studies: what is found by running worlds again.
//!
//! Invariant: a finding can be run again, and leads to the same end.

mod proof;
mod replay;

pub use proof::{Proof, Shown, Verdict, prove_snapshot, prove_throughout};
pub use replay::{Arrival, Replayed, replay};
