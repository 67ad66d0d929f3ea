//! Virtual time: the driver that carries frames between nodes. Order at each node and each direction of a
//! link is that of one total order of events; across nodes causes go before effects.
//!
//! Invariant: the digest is a function of (plan, seed) alone. No files, no wall clock.
//!
//! A [`World`] is built from a [`Setup`], run with a
//! [`Controller`](crate::control::Controller) up to an end, and finished
//! into its observer, digest and statistics ([`Outcome`]).
//!
//! - `key`: the order of events. `wheel`: the queue that keeps it.
//! - `setup`: names, ports and links, sorted and resolved.
//! - `world`: the loop. `carry`: what happens between a node's port and the next node.
//! - `pass`: frames that a node only sends on, left where they lie. `ahead`: how far it goes on with them.
//! - `inject`: a frame from outside. `build`: from a plan to nodes and links. `plan_world`: these under their control plane.
//! - `run`: a whole run, and the record of it.

mod ahead;
mod books;
mod build;
mod carry;
mod inject;
mod key;
mod pass;
mod plan_world;
mod run;
mod setup;
mod storm;
mod wheel;
mod world;

pub use build::{any_node, links, setup};
pub use key::{Event, EventKey, Phase};
pub use plan_world::PlanWorld;
pub use run::{run, run_in_order, run_told};
pub use setup::{LinkSetup, Setup, SetupError};
pub use wheel::{Handle, Wheel};
pub use world::{Outcome, World};

#[cfg(test)]
mod tests;
