//! The fast path against its slow reference, and against closed forms, stage by stage.

#[path = "../support/forward_reference.rs"]
mod forward_reference;

mod charge;
mod classify;
mod decide;
mod draw;
mod drive;
mod two_tags;
mod whole;

pub use draw::{a_frame, some_tables};
pub use drive::{counted_alike, outcome, process};
pub use forward_reference::ReferenceSwitch;
