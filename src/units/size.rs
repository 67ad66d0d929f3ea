//! Amounts of octets.

use super::parse::{Grammar, quantity};

const GRAMMAR: Grammar = Grammar {
    units: &[("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("B", 1)],
    aliases: &[("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("KB", 1_000)],
    example: "64kB",
    finest: "one octet",
    bare: true,
    compound: false,
};

/// A number of octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ByteCount(pub(super) u64);

quantity!(ByteCount, GRAMMAR);

impl ByteCount {
    /// None at all.
    pub const ZERO: Self = Self(0);
    /// That many octets.
    pub const fn new(octets: u64) -> Self {
        Self(octets)
    }
    /// Octets.
    pub const fn get(self) -> u64 {
        self.0
    }
    /// `self + other`, or the largest amount.
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}
