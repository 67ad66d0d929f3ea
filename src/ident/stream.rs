//! Named random streams over a pinned generator.

use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// A stream of random numbers of one purpose at one node.
///
/// The generator is xoshiro256++, seeded from xxh3 of (seed, node name, purpose): what one
/// stream yields depends on nothing that any other node does, nor on how many nodes there are.
/// Golden vectors in the tests freeze it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream(Xoshiro256PlusPlus);

impl Stream {
    /// The stream of `purpose` at the node named `node`, for a run's `seed`.
    pub fn new(seed: u64, node: &str, purpose: &str) -> Self {
        let mut name = Vec::with_capacity(node.len() + purpose.len() + 1);
        name.extend_from_slice(node.as_bytes());
        name.push(0);
        name.extend_from_slice(purpose.as_bytes());
        Self(Xoshiro256PlusPlus::seed_from_u64(xxh3_64_with_seed(&name, seed)))
    }

    /// The next 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number in `0..bound`, without bias (Lemire's method); zero where `bound` is zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        let threshold = bound.wrapping_neg() % bound;
        loop {
            let wide = u128::from(self.next_u64()) * u128::from(bound);
            if wide as u64 >= threshold {
                debug_assert!(((wide >> 64) as u64) < bound, "what is drawn is below the bound");
                return (wide >> 64) as u64;
            }
        }
    }

    /// True `parts` times in a billion, on average.
    pub fn chance_ppb(&mut self, parts: u32) -> bool {
        debug_assert!(parts <= 1_000_000_000, "no chance is more than certain");
        self.below(1_000_000_000) < u64::from(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_frozen_by_golden_vectors() {
        let mut s = Stream::new(1, "circuit-1", "loss");
        let got: Vec<u64> = (0..4).map(|_| s.next_u64()).collect();
        assert_eq!(
            got,
            [
                9_534_150_399_355_109_936,
                9_194_278_800_334_440_326,
                9_173_591_075_378_315_673,
                686_458_186_173_302_843
            ],
        );
    }

    #[test]
    fn streams_of_two_purposes_differ() {
        let mut a = Stream::new(1, "n", "loss");
        let mut b = Stream::new(1, "n", "corrupt");
        assert_ne!(a.next_u64(), b.next_u64());
    }

    #[test]
    fn below_stays_below_and_reaches_every_value() {
        let mut s = Stream::new(7, "n", "x");
        let mut seen = [false; 7];
        for _ in 0..1_000 {
            seen[usize::try_from(s.below(7)).unwrap()] = true;
        }
        assert_eq!(seen, [true; 7]);
        assert_eq!(s.below(0), 0);
    }
}
