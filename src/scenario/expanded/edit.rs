//! Edits of a scenario, and the names of what they edit.

use std::fmt;

use super::Section;
use crate::scenario::diagnostic::Diagnostic;
use crate::units::SimTime;

/// An item of a scenario: its section, and its name there.
///
/// A step is known by what it binds (`as`) as well as by its number, `#3`: the third of its section
/// when the scenario was expanded. Faults, expectations and declarations have a number alone. A number
/// stays with its item, whatever is added or taken away.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemName {
    /// The section that it stands in.
    pub section: Section,
    /// Its name, or `#` and its number.
    pub name: String,
}

impl ItemName {
    /// The item with this name.
    pub fn new(section: Section, name: &str) -> Self {
        Self {
            section,
            name: name.to_owned(),
        }
    }

    /// The scenario itself, whose keys are `seed`, `duration`, `policies` and their like.
    pub fn scenario() -> Self {
        Self::new(Section::Scenario, "")
    }
}

impl fmt::Display for ItemName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.section {
            Section::Scenario => f.write_str("the scenario"),
            section => write!(f, "`{}` of {}", self.name, section.as_str()),
        }
    }
}

/// What becomes of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChange {
    /// The key; one within another as `with.Spec`.
    pub key: String,
    /// Its value as it would be written in a file; `None`: it is left out.
    pub value: Option<String>,
}

impl KeyChange {
    /// The key has this value.
    pub fn set(key: &str, value: &str) -> Self {
        Self {
            key: key.to_owned(),
            value: Some(value.to_owned()),
        }
    }
    /// The key is left out.
    pub fn drop(key: &str) -> Self {
        Self {
            key: key.to_owned(),
            value: None,
        }
    }
}

/// One edit of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Keys of an item are written anew, or left out.
    Change(ItemName, Vec<KeyChange>),
    /// An item is added, as it would be written in a file: `{ at: 3s, cut: c1 }`.
    Add(Section, String),
    /// An item stands once more, with these keys changed.
    Copy(ItemName, Vec<KeyChange>),
    /// An item is taken away.
    Remove(ItemName),
    /// A step or a fault happens at another time; a flow starts then, and stops so much earlier or
    /// later.
    Move(ItemName, SimTime),
}

impl Edit {
    /// A key of an item is written anew.
    pub fn set(item: ItemName, key: &str, value: &str) -> Self {
        Self::Change(item, vec![KeyChange::set(key, value)])
    }
    /// A key of an item is left out.
    pub fn drop(item: ItemName, key: &str) -> Self {
        Self::Change(item, vec![KeyChange::drop(key)])
    }
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = |f: &mut fmt::Formatter<'_>, changes: &[KeyChange]| {
            for change in changes {
                match &change.value {
                    Some(value) => write!(f, ", `{}: {value}`", change.key)?,
                    None => write!(f, ", without `{}`", change.key)?,
                }
            }
            Ok(())
        };
        match self {
            Self::Change(item, changes) => {
                write!(f, "{item}")?;
                keys(f, changes)
            }
            Self::Add(section, text) => write!(f, "{} has {text} too", section.as_str()),
            Self::Copy(item, changes) => {
                write!(f, "{item} once more")?;
                keys(f, changes)
            }
            Self::Remove(item) => write!(f, "without {item}"),
            Self::Move(item, at) => write!(f, "{item} at {at}"),
        }
    }
}

/// An edit that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{edit}: {}", .errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct EditError {
    /// The edit.
    pub edit: Edit,
    /// Why; at least one.
    pub errors: Vec<Diagnostic>,
}
