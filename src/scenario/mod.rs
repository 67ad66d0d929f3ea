//! Scenarios: what was written, and what was meant.
//!
//! Invariant: a [`Plan`] that exists can be run. This room runs nothing and opens no file: a
//! [`Sources`] reads, and who calls [`load`] implements it.
//!
//! The way of a scenario: text, [`file::ScenarioFile`] (what was written, each value with its
//! place), expansion of shorthands and imports to an [`Expanded`] scenario that a program may edit,
//! resolution of names, wiring, [`Plan`].
//! Of syntax and shape the first error is reported; of meaning all, sorted by place.

mod at;
mod codes;
mod cutover;
mod diagnostic;
mod expand;
mod expanded;
pub mod file;
mod holds;
pub mod import;
mod issues;
mod law;
mod lists;
mod load;
mod loops;
mod moment;
mod names;
mod origins;
pub mod plan;
mod resolve;
mod scalars;
mod service_level;
mod source;
pub mod starter;
mod tagged;
mod template;
mod wiring;
mod written;
mod yaml;

pub use at::{At, Scalar, Span, Wrong};
pub use codes::Code;
pub use cutover::{Budget, Carried, Containment, Cutover, STEP_PREFIX, StopRule, Unit, UnitStep, VendorCase};
pub use diagnostic::{Diagnostic, Severity};
pub use expanded::{Edit, EditError, Expanded, ItemName, KeyChange, Lowered, Section};
pub use lists::{DedicatedPort, PolicyName};
pub use load::{Loaded, Refused, load, load_text, schema};
pub use loops::closing_links;
pub use moment::Moment;
pub use origins::{Key, Origins};
pub use plan::Plan;
pub use scalars::{BindMac, Money, Name, Param, PlaceRef, Prefix, Share, SizeText, TimeRange, VidRange, VidStack};
pub use source::{FILE_MAX, MemorySources, SourceError, Sources};
pub use template::{Blank, Template};
pub use yaml::{Listed, Table};

#[cfg(test)]
mod tests;
