//! How sure "nothing leaked" is, for independent repeats of one class: the exact one-sided
//! binomial bound at 95 %, in integers.

/// One, in fixed point.
const ONE: u128 = 1 << 62;
/// Parts in a billion.
const BILLION: u64 = 1_000_000_000;

/// The product, rounded up.
const fn times(a: u128, b: u128) -> u128 {
    (a * b).div_ceil(ONE)
}

/// `base` to the power `n`, rounded up; at most one.
fn power(mut base: u128, mut n: u64) -> u128 {
    let mut result = ONE;
    while n > 0 {
        if n & 1 == 1 {
            result = times(result, base);
        }
        base = times(base, base);
        n >>= 1;
    }
    result
}

/// The least probability p, in parts of a billion, for which `n` trials without a leak would have
/// been seen in at most 5 of 100 cases: (1 - p)^n <= 0.05. `None` where nothing was tried.
pub fn none_of(n: u64) -> Option<u64> {
    if n == 0 {
        return None;
    }
    let rare = |ppb: u64| {
        let missed = ONE * u128::from(BILLION - ppb) / u128::from(BILLION) + 1;
        power(missed.min(ONE), n) <= ONE / 20
    };
    let (mut low, mut high) = (0, BILLION);
    while low + 1 < high {
        let middle = low + (high - low) / 2;
        if rare(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    debug_assert!(
        rare(high) && !rare(high - 1),
        "the bound is the least that makes nothing rare"
    );
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::none_of;

    #[test]
    fn the_bound_is_the_exact_binomial_one_rounded_up_to_a_billionth_more_at_most() {
        assert_eq!(none_of(0), None);
        // 0.95, and 1 - 0.05^(1/2), 1 - 0.05^(1/10), rounded up.
        for (n, exact) in [(1, 950_000_000), (2, 776_393_203), (10, 258_865_551)] {
            let bound = none_of(n).unwrap();
            assert!((exact..=exact + 1).contains(&bound), "{n}: {bound}");
        }
    }

    #[test]
    fn so_many_trials_as_the_rule_of_three_asks_for_bound_it_by_a_thousandth() {
        // 0.999^2994 is 0.0500115, 0.999^2995 is 0.0499615.
        assert!(none_of(2_995).unwrap() <= 1_000_000);
        assert!(none_of(2_994).unwrap() > 1_000_000);
        assert!(none_of(299_572).unwrap() <= 10_001);
        assert!((1..=3).contains(&none_of(u64::MAX >> 8).unwrap()));
    }
}
