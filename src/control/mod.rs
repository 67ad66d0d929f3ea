//! The control plane: the law in time, and a plan's timeline, one client of it.
//!
//! Invariant: the data plane is what the law says, by one lowering.
//!
//! - `command`: what it may do to a world, and who may do it.
//! - `law`: brings the boxes to what the law says. `timeline`: a plan's steps and faults.
//! - `choices`: outcomes that the law leaves open, drawn for a run.

mod choices;
mod command;
mod law;
mod timeline;

pub use choices::Drawn;
pub use command::{Command, Commands, Controller, NoController, Schedule};
pub use timeline::Cloud;
