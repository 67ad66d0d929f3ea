//! How many samples a percentile needs, and which of them it is. Integers alone.

use crate::scenario::plan::WHOLE;

/// Fractions are kept in so many bits, rounded up.
const BITS: u32 = 62;
const ONE: u128 = 1 << BITS;

/// The least number of samples of which the largest is, with a confidence of 95 %, no less than this
/// percentile (in parts of [`WHOLE`], between 0 and 1): the least n with `p^n <= 0.05`, which is
/// `ln 0.05 / ln p` rounded up. Rounding never makes it less; of percentiles that are told to six
/// decimals of a percent it is exact.
pub(super) fn least_samples(percentile: u32) -> u64 {
    let p = (u128::from(percentile) << BITS).div_ceil(u128::from(WHOLE));
    // p^(2^i), until one of them is small enough.
    let mut squares = vec![p];
    while !is_small(*squares.last().unwrap_or(&0)) && squares.len() < 63 {
        let last = *squares.last().unwrap_or(&0);
        squares.push(times(last, last));
    }
    // The largest n with p^n above 0.05, from its highest bit on.
    let (mut power, mut n) = (ONE, 0u64);
    for (bit, square) in squares.iter().enumerate().rev() {
        let more = times(power, *square);
        if !is_small(more) {
            (power, n) = (more, n | 1 << bit);
        }
    }
    n + 1
}

fn times(a: u128, b: u128) -> u128 {
    (a * b).div_ceil(ONE)
}

fn is_small(power: u128) -> bool {
    power * 20 <= ONE
}

/// The least value that at least this share of all are not above: of values in ascending order, each
/// with how often it was seen.
pub(super) fn percentile(values: &[(u64, u64)], percentile: u32) -> Option<u64> {
    let all: u128 = values.iter().map(|(_, n)| u128::from(*n)).sum();
    let rank = (all * u128::from(percentile)).div_ceil(u128::from(WHOLE)).max(1);
    let mut seen = 0;
    values.iter().find_map(|(value, n)| {
        seen += u128::from(*n);
        (seen >= rank).then_some(*value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number in ascending digits of 32 bits, times another small one.
    fn scaled(number: &[u32], by: u64) -> Vec<u32> {
        let mut carry = 0u64;
        let mut out = Vec::with_capacity(number.len() + 2);
        for digit in number {
            carry += u64::from(*digit) * by;
            out.push(carry as u32);
            carry >>= 32;
        }
        while carry > 0 {
            out.push(carry as u32);
            carry >>= 32;
        }
        while out.last() == Some(&0) {
            out.pop();
        }
        out
    }

    /// `20 a^n <= b^n`, exactly.
    fn holds(a: u64, b: u64, n: u64) -> bool {
        let (mut left, mut right) = (scaled(&[1], 20), vec![1]);
        for _ in 0..n {
            (left, right) = (scaled(&left, a), scaled(&right, b));
        }
        (left.len(), left.iter().rev().collect::<Vec<_>>()) <= (right.len(), right.iter().rev().collect())
    }

    #[test]
    fn the_least_number_of_samples_is_exact() {
        // The percentile as a fraction with small numbers, and in parts of a billion.
        for (a, b, parts, right) in [
            (1, 2, 500_000_000, 5),
            (9, 10, 900_000_000, 29),
            (19, 20, 950_000_000, 59),
            (99, 100, 990_000_000, 299),
            (199, 200, 995_000_000, 598),
            (999, 1000, 999_000_000, 2_995),
            (1, 100, 10_000_000, 1),
        ] {
            assert_eq!(least_samples(parts), right, "{parts}");
            assert!(holds(a, b, right) && !holds(a, b, right - 1), "{a}/{b}: {right}");
        }
    }

    #[test]
    fn every_percentile_needs_what_the_logarithms_say() {
        let mut before = 0;
        let steps = (1_000_000..999_000_000).step_by(999_983);
        for parts in steps.chain([999_900_000, 999_990_000, 999_999_000]) {
            let right = (0.05f64.ln() / (f64::from(parts) / 1e9).ln()).ceil();
            let n = least_samples(parts);
            assert!((n as f64 - right).abs() < 1.0, "{parts}: {n}, and {right}");
            assert!(n >= before, "more is needed of a higher percentile");
            before = n;
        }
        assert_eq!(least_samples(999_900_000), 29_956);
        assert_eq!(least_samples(999_990_000), 299_572);
        assert!(least_samples(WHOLE - 1) >= 2_995_732_272, "of the highest too");
    }

    #[test]
    fn a_percentile_is_the_least_value_that_enough_are_not_above() {
        let values: Vec<(u64, u64)> = (1..=100).map(|v| (v, 1)).collect();
        for (parts, right) in [(990_000_000, 99), (500_000_000, 50), (995_000_000, 100), (1, 1)] {
            assert_eq!(percentile(&values, parts), Some(right), "{parts}");
        }
        assert_eq!(percentile(&[(5, 98), (9, 2)], 990_000_000), Some(9));
        assert_eq!(percentile(&[(5, 99), (9, 1)], 990_000_000), Some(5));
        assert_eq!(percentile(&[], 990_000_000), None);
    }
}
