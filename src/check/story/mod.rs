//! The story of the control plane, by the file's own names: who called what and when, how it ended
//! and what that follows from, and how each service stands at the end.

mod ends;
mod names;
mod outcomes;
mod steps;

pub use ends::{ServiceEnd, service_ends};
pub use names::Names;
pub use outcomes::{LaterOutcome, later_outcomes};
pub use steps::{Outcome, Step, story};
