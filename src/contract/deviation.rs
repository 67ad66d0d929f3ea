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
    /// Do two records contradict each other, and nothing says which of them is right?
    pub undecided: bool,
}

impl Deviation {
    /// Of nobody's service in particular, and not evident.
    pub(super) fn new(duty: Duty, owner: Owner, place: &str, wrote: Span, what: String, heal: Vec<Edit>) -> Self {
        Self {
            duty,
            owner,
            tenant: None,
            place: place.to_owned(),
            what,
            wrote,
            heal,
            evident: false,
            undecided: false,
        }
    }

    /// The same of this tenant's service.
    pub(super) fn of(self, tenant: &str) -> Self {
        Self {
            tenant: Some(tenant.to_owned()),
            ..self
        }
    }

    /// The same, which the file alone shows.
    pub(super) fn shown(self, evident: bool) -> Self {
        Self { evident, ..self }
    }
}
