//! Exponential gaps without floating point: the same on every machine.

use crate::ident::Stream;
use crate::units::SimDuration;

/// Binary digits behind the point of [`neg_ln`].
pub const FRACTION_BITS: u32 = 40;
/// ln 2 with 62 binary digits behind the point, rounded.
const LN2_Q62: u128 = 3_196_577_161_300_663_915;

/// `-ln(u / 2^64)` with [`FRACTION_BITS`] binary digits behind the point; zero counts as one.
///
/// The binary logarithm comes digit by digit from squaring, so that only integers are used; the
/// result is at most 2^-38 off. Golden vectors in the tests freeze it.
pub const fn neg_ln(u: u64) -> u64 {
    let u = if u == 0 { 1 } else { u };
    let zeros = u.leading_zeros();
    // In [1, 2), with 63 digits behind the point.
    let mut mantissa = u << zeros;
    let mut log2 = 0u64;
    let mut digit = 0;
    while digit < FRACTION_BITS {
        // Without a branch: the digits are random, so every second guess would be wrong.
        let square = mantissa as u128 * mantissa as u128;
        let (high, low) = ((square >> 64) as u64, square as u64);
        let bit = high >> 63;
        mantissa = high << (1 - bit) | (low >> 63 & (1 - bit));
        log2 = log2 << 1 | bit;
        digit += 1;
    }
    let neg_log2 = ((zeros as u64 + 1) << FRACTION_BITS) - log2;
    ((neg_log2 as u128 * LN2_Q62) >> 62) as u64
}

/// A gap drawn from the exponential distribution with this mean: at least one nanosecond,
/// rounded down, saturating.
pub fn gap(mean: SimDuration, stream: &mut Stream) -> SimDuration {
    let scaled = u128::from(mean.as_nanos()) * u128::from(neg_ln(stream.next_u64()));
    let nanos = u64::try_from(scaled >> FRACTION_BITS).unwrap_or(u64::MAX);
    // -ln(2^-64) is less than 45.
    debug_assert!(
        u128::from(nanos) <= u128::from(mean.as_nanos()) * 45,
        "no gap is longer than 45 means"
    );
    SimDuration::from_nanos(nanos.max(1))
}
