//! Studies: many trials of one plan, for one question.
//!
//! Invariant: a study runs what the plan says through the same nodes and the same engine; it names
//! its seed, and gives the same answer on any number of threads.
//!
//! - `isolate`: is any tenant's frame ever delivered to another tenant? Every vector, at every port.

pub mod isolate;
