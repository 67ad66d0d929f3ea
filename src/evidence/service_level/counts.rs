//! How often each delay was seen, interval by interval: exact until there are too many, then at a
//! resolution that is told.

use std::collections::BTreeMap;

/// So many different values are kept (about 12 MiB). Where there are more, the resolution is halved
/// until they fit.
const VALUES_MAX: usize = 1 << 18;

/// Counts of values, in nanoseconds, by interval.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    values: BTreeMap<(u32, u64), u64>,
    shift: u32,
}

impl Counts {
    /// One more of this value.
    pub(super) fn add(&mut self, interval: u32, nanos: u64) {
        *self.values.entry((interval, nanos >> self.shift)).or_default() += 1;
        while self.values.len() > VALUES_MAX && self.shift < u64::BITS - 1 {
            self.coarsen();
        }
    }

    fn coarsen(&mut self) {
        self.shift += 1;
        let finer = std::mem::take(&mut self.values);
        for ((interval, value), n) in finer {
            *self.values.entry((interval, value >> 1)).or_default() += n;
        }
    }

    /// Values are told to so many nanoseconds: 1 is exact.
    pub const fn resolution(&self) -> u64 {
        1 << self.shift
    }

    /// What was counted: interval, the least that the value can be, how often.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u64, u64)> + '_ {
        self.values
            .iter()
            .map(|((interval, value), n)| (*interval, value << self.shift, *n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_are_exact_and_many_are_told_to_a_resolution_that_holds() {
        let mut few = Counts::default();
        for value in [7, 7, 9] {
            few.add(3, value);
        }
        assert_eq!(few.iter().collect::<Vec<_>>(), [(3, 7, 2), (3, 9, 1)]);
        assert_eq!(few.resolution(), 1);
        let mut many = Counts::default();
        let most = 3 * VALUES_MAX as u64;
        for value in 0..most {
            many.add(0, value);
        }
        assert_eq!(many.resolution(), 4);
        assert!(many.iter().count() <= VALUES_MAX, "what is kept is bounded");
        assert_eq!(many.iter().map(|(.., n)| n).sum::<u64>(), most, "nothing is forgotten");
        assert!(many.iter().all(|(_, value, n)| value % 4 == 0 && n == 4));
    }
}
