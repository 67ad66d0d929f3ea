//! Violations to plant: at least one for each rule, and the ways round a rule that were thought of.
//!
//! The line that must be found ends in a remark, `here`.

mod code;
mod fenced;
mod walls;

/// A change to the small tree that a rule must find.
pub struct Plant {
    pub rule: &'static str,
    /// Where it is found.
    pub file: &'static str,
    /// What is found.
    pub name: &'static str,
    pub change: Change,
}

pub enum Change {
    /// Adds text at the end of the file.
    Add(&'static str),
    /// Puts a text in the place of another.
    Swap(&'static str, &'static str),
    /// Writes a whole file, of this path.
    Write(&'static str, &'static str),
}

const fn plant(rule: &'static str, file: &'static str, name: &'static str, change: Change) -> Plant {
    Plant {
        rule,
        file,
        name,
        change,
    }
}

/// All of them.
pub fn plants() -> impl Iterator<Item = &'static Plant> {
    [walls::PLANTS, fenced::PLANTS, code::PLANTS].into_iter().flatten()
}
