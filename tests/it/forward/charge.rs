//! Charging: policers, by arithmetic that is wider than theirs.

use proptest::collection::vec;
use proptest::prelude::*;
use trunklab::forward::{Octets, Policer};
use trunklab::units::{BitRate, ByteCount, SimTime};

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn a_policer_is_exact_against_wide_arithmetic(
        rate in 0..200_000_000_000_u64,
        burst in 0..5_000_u64,
        frames in vec((0..4_000_u64, 60..1_518_u32), 1..200),
    ) {
        let policer = Policer::single(BitRate::from_bps(rate), ByteCount::new(burst), Octets::L1);
        let mut bucket = trunklab::forward::Bucket::default();
        let (mut now, mut left) = (0, u128::from(burst) * 8_000_000_000);
        for (gap, octets) in frames {
            now += gap;
            left = (left + u128::from(rate) * u128::from(gap)).min(u128::from(burst) * 8_000_000_000);
            let cost = u128::from(octets + 24) * 8_000_000_000;
            let passes = cost <= left;
            left -= if passes { cost } else { 0 };
            prop_assert_eq!(bucket.passes(&policer, octets, octets - 14, SimTime::from_nanos(now)), passes);
            prop_assert_eq!(u128::from(bucket.spent()) + left, u128::from(burst) * 8_000_000_000);
        }
    }

    #[test]
    fn constant_overload_passes_the_count_that_arithmetic_says(
        mbps in 1..1_000_u64, octets in 60..1_518_u32, frames_deep in 2..50_u64, interval in 1..400_u64, frames in 1..400_u64,
    ) {
        let policer = Policer::single(BitRate::from_mbps(mbps), ByteCount::new(frames_deep * u64::from(octets + 4)), Octets::L2Fcs);
        let cost = u128::from(octets + 4) * 8_000_000_000;
        let gain = u128::from(mbps) * 1_000_000 * u128::from(interval);
        prop_assume!(gain < cost);
        let mut bucket = trunklab::forward::Bucket::default();
        let pass = |n: u64| bucket.passes(&policer, octets, 46, SimTime::from_nanos(n * interval));
        let passed = (0..frames).map(pass).filter(|passed| *passed).count();
        let earned = (u128::from(frames_deep) * cost + gain * u128::from(frames - 1)) / cost;
        prop_assert_eq!(passed as u128, earned.min(u128::from(frames)));
    }
}
