//! Types of a dedicated port.

use std::fmt;

use super::asked_word::OnList;

/// A dedicated port's `PortType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortType(u8);

impl PortType {
    /// Their names, slowest first.
    pub const NAMES: [&'static str; 7] = [
        "100Base-T",
        "1000Base-T",
        "1000Base-LX",
        "10GBase-T",
        "10GBase-LR",
        "40GBase-LR",
        "100GBase-LR",
    ];

    /// The type of that name, or `None`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::all().find(|port| port.name() == name)
    }
    /// Every type, slowest first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::NAMES.len() as u8).map(Self)
    }
    /// The API's name.
    pub fn name(self) -> &'static str {
        Self::NAMES[usize::from(self.0)]
    }
}

impl OnList for PortType {
    fn named(name: &str) -> Option<Self> {
        Self::parse(name)
    }
}

impl fmt::Display for PortType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
