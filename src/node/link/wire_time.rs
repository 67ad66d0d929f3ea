//! How long so many octets occupy a wire: divided once for each size, since most frames are as long as
//! the one before them.

/// Nanobits in an octet: what a bit a second passes in a nanosecond, times eight.
const NANOBITS: u64 = 8_000_000_000;

/// The size that was asked for last and its whole nanoseconds; a link's rate never changes. Small, since
/// idle links have it too: what does not fit is not remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WireTime {
    octets: u32,
    nanos: u32,
}

impl WireTime {
    /// No size takes no time: nothing was asked for yet.
    pub(super) const NONE: Self = Self { octets: 0, nanos: 0 };

    /// Whole nanoseconds that `octets` take at `rate` bits a second, more than none, and what is left of
    /// one, in parts of `rate`.
    pub(super) fn of(&mut self, octets: u64, rate: u64) -> (u64, u64) {
        if u64::from(self.octets) == octets {
            let nanos = u64::from(self.nanos);
            return (nanos, octets * NANOBITS - nanos * rate);
        }
        let (nanos, part) = divided(octets, rate);
        // So few octets that their nanobits fit 64 bits.
        if let (Ok(octets @ 0..0x4000_0000), Ok(nanos)) = (u32::try_from(octets), u32::try_from(nanos)) {
            *self = Self { octets, nanos };
        }
        (nanos, part)
    }
}

fn divided(octets: u64, rate: u64) -> (u64, u64) {
    if octets < 1 << 30 {
        return (octets * NANOBITS / rate, octets * NANOBITS % rate);
    }
    let total = u128::from(octets) * u128::from(NANOBITS);
    let nanos = u64::try_from(total / u128::from(rate)).unwrap_or(u64::MAX);
    (nanos, (total % u128::from(rate)) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_takes_its_time_whether_it_is_remembered_or_not() {
        let mut time = WireTime::NONE;
        let sizes = [
            (84, 672),
            (84, 672),
            (85, 680),
            (84, 672),
            (1 << 29, 1 << 32),
            (1 << 30, 1 << 33),
            (1 << 40, 1 << 43),
            (84, 672),
        ];
        for (octets, nanos) in sizes {
            assert_eq!(time.of(octets, 1_000_000_000), (nanos, 0), "{octets}");
        }
    }

    #[test]
    fn what_is_left_of_a_nanosecond_is_told_in_parts_of_the_rate() {
        let mut time = WireTime::NONE;
        for _ in 0..2 {
            assert_eq!(time.of(84, 10_000_000_000), (67, 2_000_000_000));
            assert_eq!(time.of(1, 7), (1_142_857_142, 6));
            assert_eq!(time.of(1, 7), (1_142_857_142, 6));
        }
        assert_eq!(
            time.of(u64::MAX, 1),
            (u64::MAX, 0),
            "what is too long for the clock saturates"
        );
        assert_eq!(time.of(0, 7), (0, 0));
    }
}
