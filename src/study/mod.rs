//! Studies: many runs, and what they come to together.
//!
//! Invariant: a finding can be run again from what is printed of it.

pub mod mutants;
