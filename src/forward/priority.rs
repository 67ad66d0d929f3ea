//! Priority of a tag, kept or mapped where a frame leaves.

use std::fmt;

/// Where each of the sixteen values of priority and drop eligibility goes: the upper four bits of
/// a TCI, three of PCP and one of DEI, to four bits again (802.1Q 6.9.3 and its tables 6-2 to 6-4).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PriorityMap(u64);

impl PriorityMap {
    /// Every value stays what it is.
    pub const KEEP: Self = Self(0xfedc_ba98_7654_3210);

    /// A map that sends value `i` to `to[i]`; `None` where one of them has more than four bits.
    pub const fn new(to: [u8; 16]) -> Option<Self> {
        let mut map = 0;
        let mut i = 0;
        while i < 16 {
            if to[i] > 15 {
                return None;
            }
            map |= (to[i] as u64) << (4 * i);
            i += 1;
        }
        Some(Self(map))
    }

    /// Every value goes to this one; only its lower four bits count.
    pub const fn all(to: u8) -> Self {
        Self((to & 15) as u64 * 0x1111_1111_1111_1111)
    }

    /// The same map, then drop eligibility set: how a yellow frame leaves.
    pub const fn eligible(self) -> Self {
        Self(self.0 | 0x1111_1111_1111_1111)
    }

    /// The same map, then drop eligibility cleared.
    pub const fn ineligible(self) -> Self {
        Self(self.0 & !0x1111_1111_1111_1111)
    }

    /// Where the upper four bits of this TCI go, as the upper four bits of a TCI.
    #[inline]
    pub const fn of_tci(self, tci: u16) -> u16 {
        (((self.0 >> ((tci >> 12) * 4)) & 15) as u16) << 12
    }
}

impl Default for PriorityMap {
    fn default() -> Self {
        Self::KEEP
    }
}

impl fmt::Debug for PriorityMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::KEEP {
            f.write_str("PriorityMap(keep)")
        } else {
            write!(f, "PriorityMap({:016x})", self.0)
        }
    }
}
