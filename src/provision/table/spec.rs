//! Bandwidths that the API sells.

use std::fmt;

use super::asked_word::OnList;
use crate::provision::law::policy::SpecUnit;
use crate::units::BitRate;

/// A shared port's bandwidth, by its name in the API (`50M` ... `10G`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spec(u8);

/// Name, number, and is the unit G.
const LIST: [(&str, u32, bool); 11] = [
    ("50M", 50, false),
    ("100M", 100, false),
    ("200M", 200, false),
    ("300M", 300, false),
    ("400M", 400, false),
    ("500M", 500, false),
    ("1G", 1, true),
    ("2G", 2, true),
    ("5G", 5, true),
    ("8G", 8, true),
    ("10G", 10, true),
];

/// Mbit/s that a dedicated circuit can be ordered with.
pub(in crate::provision) const CIRCUIT_MBPS: [u32; 12] =
    [50, 100, 200, 300, 400, 500, 1_000, 2_000, 4_000, 5_000, 8_000, 10_000];

/// Mbit/s that a VBR directly on a circuit can be throttled to.
pub(in crate::provision) const VBR_MBPS: [u32; 16] = [
    50, 100, 200, 300, 400, 500, 1_000, 2_048, 5_120, 8_192, 10_240, 20_480, 40_960, 50_120, 61_440, 102_400,
];

impl Spec {
    /// The smallest spec.
    pub const SMALLEST: Self = Self(0);

    /// The spec of that name, or `None`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::all().find(|s| s.name() == name)
    }
    /// Every spec, smallest first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..LIST.len() as u8).map(Self)
    }
    /// The API's name.
    pub fn name(self) -> &'static str {
        LIST[usize::from(self.0)].0
    }
    /// Mbit/s; what `1G` is, is a policy.
    pub fn mbps(self, unit: SpecUnit) -> u32 {
        let (_, number, giga) = LIST[usize::from(self.0)];
        match (giga, unit) {
            (false, _) => number,
            (true, SpecUnit::Decimal) => number * 1_000,
            (true, SpecUnit::Binary) => number * 1_024,
        }
    }
    /// The same as a rate.
    pub fn rate(self, unit: SpecUnit) -> BitRate {
        BitRate::from_mbps(u64::from(self.mbps(unit)))
    }
    /// 2G and more are sold only through an account manager.
    pub fn is_large(self) -> bool {
        let (_, number, giga) = LIST[usize::from(self.0)];
        giga && number > 1
    }
    /// The next larger bandwidth that a VBR can be throttled to, in Mbit/s; the same, if there is one.
    pub fn vbr_mbps(self, unit: SpecUnit) -> u32 {
        let mbps = self.mbps(unit);
        VBR_MBPS.into_iter().find(|of_vbr| *of_vbr >= mbps).unwrap_or(mbps)
    }
    /// The largest spec of at most so many Mbit/s, if any.
    pub(in crate::provision) fn at_most(mbps: u32, unit: SpecUnit) -> Option<Self> {
        Self::all().filter(|spec| spec.mbps(unit) <= mbps).last()
    }
    /// The smallest spec of at least so many Mbit/s, if any.
    pub(in crate::provision) fn at_least(mbps: u32, unit: SpecUnit) -> Option<Self> {
        Self::all().find(|spec| spec.mbps(unit) >= mbps)
    }
}

impl OnList for Spec {
    fn named(name: &str) -> Option<Self> {
        Self::parse(name)
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
