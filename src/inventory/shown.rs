//! A value that some source shows, or UNKNOWN.

use std::fmt;

use super::place::Place;

/// A value as a source shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// An id, a name, a word of a closed list, an instant as it was written.
    Text(String),
    /// A number; its unit is the field's.
    Number(u64),
    /// Yes or no.
    Flag(bool),
    /// Several, in order; an empty list was shown to be empty.
    List(Vec<String>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
            Self::Flag(yes) => write!(f, "{yes}"),
            Self::List(all) if all.is_empty() => f.write_str("none"),
            Self::List(all) => f.write_str(&all.join(" ")),
        }
    }
}

/// A value and where it was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shown {
    /// What is there.
    pub value: Value,
    /// Where.
    pub place: Place,
}

/// What is known of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known<'a> {
    /// One value, wherever it is shown.
    Shown(&'a Shown),
    /// Several values: the first place of each, in the order in which they were read. None of them is known.
    Contradicted(&'a [Shown]),
    /// No source shows it.
    Unknown,
}

impl<'a> Known<'a> {
    /// What some values of one field come to; each differs from the others.
    pub const fn of(values: &'a [Shown]) -> Self {
        match values {
            [] => Self::Unknown,
            [one] => Self::Shown(one),
            several => Self::Contradicted(several),
        }
    }
    /// The one value, where there is one.
    pub const fn one(self) -> Option<&'a Shown> {
        match self {
            Self::Shown(shown) => Some(shown),
            Self::Contradicted(_) | Self::Unknown => None,
        }
    }
    /// The one value, if it is a text.
    pub fn text(self) -> Option<&'a str> {
        match &self.one()?.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
    /// The one value, if it is a number.
    pub fn number(self) -> Option<u64> {
        match self.one()?.value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }
    /// The one value, if it is yes or no.
    pub fn flag(self) -> Option<bool> {
        match self.one()?.value {
            Value::Flag(yes) => Some(yes),
            _ => None,
        }
    }
    /// The one value, if it is a list.
    pub fn list(self) -> Option<&'a [String]> {
        match &self.one()?.value {
            Value::List(all) => Some(all),
            _ => None,
        }
    }
}

impl fmt::Display for Known<'_> {
    /// The value, `UNKNOWN`, or every value with its place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shown(shown) => write!(f, "{}", shown.value),
            Self::Unknown => f.write_str("UNKNOWN"),
            Self::Contradicted(all) => {
                f.write_str("UNKNOWN: ")?;
                for (i, shown) in all.iter().enumerate() {
                    let between = if i == 0 { "" } else { ", but " };
                    write!(f, "{between}{} in {}", shown.value, shown.place)?;
                }
                Ok(())
            }
        }
    }
}
