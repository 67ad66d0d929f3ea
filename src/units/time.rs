//! Virtual time in whole nanoseconds: 584 years from the start of a run.

use super::parse::{Grammar, quantity};

const GRAMMAR: Grammar = Grammar {
    units: &[
        ("d", 86_400_000_000_000),
        ("h", 3_600_000_000_000),
        ("min", 60_000_000_000),
        ("s", 1_000_000_000),
        ("ms", 1_000_000),
        ("us", 1_000),
        ("ns", 1),
    ],
    aliases: &[("µs", 1_000), ("m", 60_000_000_000)],
    example: "5ms",
    finest: "one nanosecond",
    bare: false,
    compound: true,
};

/// A length of virtual time, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SimDuration(pub(super) u64);

/// An instant of virtual time: nanoseconds since the run began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SimTime(pub(super) u64);

quantity!(SimDuration, GRAMMAR);
quantity!(SimTime, GRAMMAR);

impl SimDuration {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// The longest duration, 584 years.
    pub const MAX: Self = Self(u64::MAX);

    /// A duration of that many nanoseconds.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }
    /// A duration of that many microseconds; saturates.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros.saturating_mul(1_000))
    }
    /// A duration of that many milliseconds; saturates.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }
    /// A duration of that many seconds; saturates.
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1_000_000_000))
    }
    /// Nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }
    /// Whole seconds, rounded down.
    pub const fn as_secs(self) -> u64 {
        self.0 / 1_000_000_000
    }
    /// Is this no time at all?
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
    /// `self * by`, or the longest duration.
    pub const fn saturating_mul(self, by: u64) -> Self {
        Self(self.0.saturating_mul(by))
    }
    /// `self + other`, or the longest duration.
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
    /// `self - other`, or zero.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl SimTime {
    /// The start of the run.
    pub const ZERO: Self = Self(0);
    /// After every event of every run.
    pub const MAX: Self = Self(u64::MAX);

    /// That many nanoseconds after the start.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }
    /// That many microseconds after the start; saturates.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros.saturating_mul(1_000))
    }
    /// That many milliseconds after the start; saturates.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }
    /// That many seconds after the start; saturates.
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1_000_000_000))
    }
    /// Nanoseconds since the start.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }
    /// Whole seconds since the start, rounded down.
    pub const fn as_secs(self) -> u64 {
        self.0 / 1_000_000_000
    }
    /// The instant `by` later, or `None` past the end of time.
    pub const fn checked_add(self, by: SimDuration) -> Option<Self> {
        match self.0.checked_add(by.0) {
            Some(t) => Some(Self(t)),
            None => None,
        }
    }
    /// The instant `by` later, or the end of time.
    pub const fn saturating_add(self, by: SimDuration) -> Self {
        Self(self.0.saturating_add(by.0))
    }
    /// The instant `by` earlier, or the start of the run.
    pub const fn saturating_sub(self, by: SimDuration) -> Self {
        Self(self.0.saturating_sub(by.0))
    }
    /// How long after `earlier` this is; zero where it is not after.
    pub const fn saturating_since(self, earlier: Self) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.0))
    }
}
