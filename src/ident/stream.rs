//! Named random streams over a pinned generator, and what single draws are keyed by.

use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// The hash of a name, for keys of draws and for digests.
pub fn name_hash(name: &str) -> u64 {
    xxh3_64(name.as_bytes())
}

/// What a draw is for, in one number.
///
/// Chance is coupled: a draw is keyed by what it is for and never by the order of work, so that a
/// change to one thing changes no other thing's luck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Luck(u64);

impl Luck {
    /// The luck of what these words name, for a run's `seed`. Words beyond the eighth do not count.
    pub fn of(seed: u64, words: &[u64]) -> Self {
        debug_assert!(words.len() <= 8, "a draw is for what eight words say");
        let mut octets = [0; 64];
        for (octet, word) in octets.chunks_exact_mut(8).zip(words) {
            octet.copy_from_slice(&word.to_le_bytes());
        }
        Self(xxh3_64_with_seed(&octets, seed))
    }

    /// Some of its bits: what tells it from others, but by a chance of one in 2^32.
    pub const fn short(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The numbers of one purpose.
    pub fn stream(self, purpose: &str) -> Stream {
        Stream(Xoshiro256PlusPlus::seed_from_u64(xxh3_64_with_seed(
            purpose.as_bytes(),
            self.0,
        )))
    }
}

/// A stream of random numbers of one purpose of one thing: a node, a flow, a frame at a link.
///
/// The generator is xoshiro256++, seeded from xxh3 of (seed, name, purpose): what one stream yields
/// depends on nothing that anything else does, nor on how many other things there are.
/// Golden vectors in the tests freeze it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream(Xoshiro256PlusPlus);

impl Stream {
    /// The stream of `purpose` of the thing named `name`, for a run's `seed`.
    pub fn new(seed: u64, name: &str, purpose: &str) -> Self {
        let mut whole = Vec::with_capacity(name.len() + purpose.len() + 1);
        whole.extend_from_slice(name.as_bytes());
        whole.push(0);
        whole.extend_from_slice(purpose.as_bytes());
        Self(Xoshiro256PlusPlus::seed_from_u64(xxh3_64_with_seed(&whole, seed)))
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
    fn keyed_draws_are_frozen_by_golden_vectors_and_every_word_counts() {
        let draw = |seed, words: &[u64], purpose| Luck::of(seed, words).stream(purpose).next_u64();
        let of = draw(1, &[7, 8, 9], "loss");
        assert_eq!(of, 7_822_958_310_213_985_178);
        assert_eq!(
            of,
            draw(1, &[7, 8, 9, 0, 0], "loss"),
            "words that are not there are zero"
        );
        for other in [
            draw(2, &[7, 8, 9], "loss"),
            draw(1, &[6, 8, 9], "loss"),
            draw(1, &[7, 9, 8], "loss"),
            draw(1, &[7, 8, 9, 1], "loss"),
            draw(1, &[7, 8, 9], "corrupt"),
        ] {
            assert_ne!(of, other);
        }
        let eighth = [0, 0, 0, 0, 0, 0, 0, 1];
        assert_ne!(draw(1, &eighth, "loss"), draw(1, &[0; 8], "loss"));
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
