//! Bit rates.

use super::parse::{Grammar, quantity};
use super::{ByteCount, SimDuration};

const GRAMMAR: Grammar = Grammar {
    units: &[
        ("T", 1_000_000_000_000),
        ("G", 1_000_000_000),
        ("M", 1_000_000),
        ("k", 1_000),
        ("bps", 1),
    ],
    aliases: &[
        ("Tbps", 1_000_000_000_000),
        ("Gbps", 1_000_000_000),
        ("Mbps", 1_000_000),
        ("kbps", 1_000),
    ],
    example: "10G",
    finest: "one bit a second",
    bare: false,
    compound: false,
};

/// Bits a second. `1G` is 10^9 bit/s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct BitRate(pub(super) u64);

quantity!(BitRate, GRAMMAR);

impl BitRate {
    /// That many bits a second.
    pub const fn from_bps(bps: u64) -> Self {
        Self(bps)
    }
    /// That many million bits a second; saturates.
    pub const fn from_mbps(mbps: u64) -> Self {
        Self(mbps.saturating_mul(1_000_000))
    }
    /// Bits a second.
    pub const fn as_bps(self) -> u64 {
        self.0
    }
    /// How long `octets` take at this rate, rounded up to a whole nanosecond.
    /// At a rate of zero it takes for ever ([`SimDuration::MAX`]).
    pub const fn time_of(self, octets: u64) -> SimDuration {
        if self.0 == 0 {
            return SimDuration::MAX;
        }
        let ns = (octets as u128 * 8_000_000_000).div_ceil(self.0 as u128);
        debug_assert!(
            ns * self.0 as u128 >= octets as u128 * 8_000_000_000,
            "so many octets take no less"
        );
        SimDuration::from_nanos(if ns > u64::MAX as u128 { u64::MAX } else { ns as u64 })
    }
    /// How many whole octets pass in `span`; saturates.
    pub const fn octets_in(self, span: SimDuration) -> ByteCount {
        let octets = self.0 as u128 * span.as_nanos() as u128 / 8_000_000_000;
        debug_assert!(
            octets * 8_000_000_000 <= self.0 as u128 * span.as_nanos() as u128,
            "no more than fit in the span"
        );
        ByteCount::new(if octets > u64::MAX as u128 {
            u64::MAX
        } else {
            octets as u64
        })
    }
    /// `self + other`, or the largest rate.
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
    /// `self - other`, or zero.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}
