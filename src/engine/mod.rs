//! Virtual time: the driver that carries frames between nodes, in one total order of events.
//!
//! Invariant: the digest is a function of (plan, seed) alone. No files, no wall clock.
//!
//! A [`World`] is built from a [`Setup`], run with a [`Controller`] up to an end, and finished
//! into its observer, digest and statistics ([`Outcome`]).
//!
//! - `key`: the order of events. `wheel`: the queue that keeps it.
//! - `setup`: names, ports and links, sorted and resolved.
//! - `world`: the loop. `carry`: what happens between a node's port and the next node.
//! - `control`: the control plane's hand. `digest`: what makes two runs comparable.

mod build;
mod carry;
pub mod cloud;
mod control;
mod digest;
mod key;
mod ledger;
mod run;
mod setup;
mod wheel;
mod world;

pub use build::{links, setup};
pub use control::{Command, Commands, Controller, NoController, Schedule};
pub use key::{Event, EventKey, Phase};
pub use run::{CircuitVlan, DeviceRecord, Gates, Run, run};
pub use setup::{LinkSetup, Setup, SetupError};
pub use wheel::{Handle, Wheel};
pub use world::{Outcome, Stats, World};

#[cfg(test)]
mod tests;
