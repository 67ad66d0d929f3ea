//! One departure from a duty.

use super::{Duty, Owner};
use crate::scenario::{Edit, Span};

/// A departure from a duty, and what puts it right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    /// Which duty.
    pub duty: Duty,
    /// Who owes it.
    pub owner: Owner,
    /// The tenant whose service it is about; `None`: whoever's.
    pub tenant: Option<String>,
    /// Where, by the file's name.
    pub place: String,
    /// What is so, as a clause: `ap polices 10M of 100M sold`.
    pub what: String,
    /// What wrote it.
    pub wrote: Span,
    /// The edits that put it right.
    pub heal: Vec<Edit>,
    /// Does the file alone show that it is wrong, before anything runs? Else it may be meant so.
    pub evident: bool,
}
