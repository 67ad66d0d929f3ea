//! What somebody has on record of circuits, shared ports and VBRs: saved answers of the API, spreadsheets, scenarios.
//!
//! Invariant: it tells nothing but what was shown. A value has the place where it was read; what no source shows is
//! UNKNOWN, never a default.
//!
//! - `place`: where something was read. `shown`: a value with its place, or UNKNOWN.
//! - `field`: the fields of the API's resources. `resource`: a circuit, a port, a VBR with what was shown of each.
//! - `answers`: reads saved answers, and says which pages are missing.

pub mod answers;
mod field;
mod inventory;
mod place;
mod resource;
#[cfg(test)]
pub(crate) mod saved;
mod shown;
mod text;
mod trouble;

pub use field::Field;
pub use inventory::{Answer, Call, Inventory, List, Outcome, Whole};
pub use place::{Part, Place};
pub use resource::{Kind, Resource};
pub use shown::{Known, Shown, Value};
pub use trouble::Trouble;
