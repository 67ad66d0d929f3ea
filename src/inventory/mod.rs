//! What somebody has on record of circuits, shared ports and VBRs: saved answers of the API, spreadsheets, scenarios.
//!
//! Invariant: it tells nothing but what was shown. A value has the place where it was read; what no source shows is
//! UNKNOWN, never a default.
//!
//! - `place`: where something was read. `shown`: a value with its place, or UNKNOWN.
//! - `field`: the fields of the API's resources. `resource`: a circuit, a port, a VBR with what was shown of each.
//! - `dump`: everything that some saved answers show.
//! - `answers`: reads saved answers, and says which pages are missing. `table`: reads lists of tenants.
//! - `service`: one tenant's service on one circuit, whatever shows it: a row, answers (`services`), a scenario (`plan`).
//! - `reconcile`: where two sources disagree. `write`: a scenario of what is known, with stand-ins for what is not.

pub mod answers;
mod dump;
mod field;
mod place;
mod plan;
pub mod reconcile;
mod resource;
#[cfg(test)]
pub(crate) mod saved;
mod service;
mod services;
mod shown;
pub mod table;
#[cfg(test)]
mod tests;
mod text;
mod trouble;
pub mod write;

pub use dump::{Answer, Call, Inventory, List, Outcome, Whole};
pub use field::Field;
pub use place::{Part, Place};
pub use plan::of_plan;
pub use resource::{Kind, Resource};
pub use service::{Fact, Service};
pub use services::services;
pub use shown::{Known, Shown, Value};
pub use trouble::Trouble;
