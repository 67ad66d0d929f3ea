//! What the studies share: many trials of one plan, or of many, for one question.
//!
//! Invariant: a study runs what the plan says through the same nodes and the same engine; it names
//! its seed, and gives the same answer on any number of threads.
//!
//! - `proof`: does the proof hold for a plan, at its end or throughout? `replay`: does a leak that
//!   it found happen? `wrong_hop`: which switch did otherwise than its tables say? `held`: the proof of a run, judged.
//! - `draft`: a scenario as parts, to be made, written, and taken apart. `shrink`: takes it apart
//!   as far as it still shows what it showed. `pool`: pieces of work on several threads.
//! - `diff`: two plans held against each other: what changes for whom, and where their runs part.
//! - `journey`: one frame, followed hop by hop. `inspection`: what stands where at a time.
//! - `tester`: sends what it is given, in the place of a scenario's box, and takes what comes.

pub mod diff;
pub mod draft;
mod held;
pub mod inspection;
pub mod journey;
pub mod pool;
mod proof;
mod replay;
pub mod shrink;
pub mod tester;
mod wrong_hop;

pub use held::held_throughout;
pub use proof::{Proof, Proven, Shown, prove_plan, prove_plan_by_class, prove_snapshot, prove_throughout};
pub use replay::{Arrival, Before, Replayed, replay};
pub use wrong_hop::WrongHop;
