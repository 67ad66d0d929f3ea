//! The conformance suite of isolation: is any tenant's frame ever delivered to another tenant?
//!
//! Invariant: a negative counts only with a positive control before and after it.
//!
//! Every vector of CONFORMANCE 3.3 is generated for the devices of a scenario and sent from every
//! port that it is meant for, through the real switches, while a tester listens at every other
//! port. A negative counts only with a positive control before and after it.
//!
//! - `testbed`, `drive`, `watch`: the scenario's switches with testers at every end.
//! - `rows`, `ctx`, `draft`, `vectors`, `pics`: what is sent, and what a device declares.
//! - `classes`: which tenants one stands for, by the proof.
//! - `trial`, `story`: a vector's frames in time, with controls and changes.
//! - `judge`, `form`, `carried`, `state`, `delay`, `bound`: what it came to, and what it may come to.
//! - `culprit`: which frames changed what others have. `healed`, `cause`: which changes of the scenario close
//!   what, found by running trials once more.
//! - `minimise`, `explain`: the smallest frame and testbed that still show a leak, and the hop.

mod attempt;
mod bound;
mod carried;
mod cause;
mod classes;
mod ctx;
mod culprit;
mod delay;
mod done;
mod draft;
mod drive;
mod explain;
mod form;
mod healed;
mod judge;
mod matrix;
mod minimise;
mod options;
mod pics;
mod report;
mod rows;
mod run;
mod state;
mod story;
mod testbed;
mod trial;
mod vectors;
mod watch;

pub use explain::{Explained, Hop};
pub use judge::{Finding, Flaw, Spot};
pub use matrix::{Cell, Matrix, MatrixRow};
pub use minimise::Minimal;
pub use options::{ByClass, MILLION, Options, within_budget};
pub use pics::{Declared, Pics};
pub use report::{ClassReport, DeviceReport, FindingReport, IsolationReport, RowReport};
pub use rows::{GROUPS, NOT_TESTABLE};
pub use run::{Frames, frames, list, run, run_and_explain};
