//! The control plane: the law in time, and a plan's timeline, one client of it.
//!
//! Invariant: the data plane is what the law says, by one lowering.
//!
//! - `law`: calls, what they bring about later, and what both mean for the boxes. It knows no plan.
//! - `timeline`: a plan's steps and faults. `wired`: where the services of a plan run.
//! - `order`: which step is called when: at its time, after others, within the limit of calls.
//! - `command`: what a control plane may do to a world, and who may do it.
//! - `choices`: outcomes that the law leaves open, drawn for a run.

mod choices;
mod command;
pub mod law;
mod order;
mod timeline;
mod wired;

pub use choices::Drawn;
pub use command::{Command, Commands, Controller, NoController, Schedule};
pub use law::Law;
pub use timeline::Timeline;
pub use wired::sites;

#[cfg(test)]
mod tests;
