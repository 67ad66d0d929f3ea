//! The Internet checksum (RFC 1071): ones' complement sum of sixteen-bit words.

/// A running sum, good for gigabytes. Every part but the last must have an even number of octets.
#[derive(Debug, Clone, Copy, Default)]
pub struct Checksum(u64);

impl Checksum {
    /// Nothing summed yet.
    pub const fn new() -> Self {
        Self(0)
    }
    /// Adds these octets; an odd last one counts as a word's upper half.
    #[must_use]
    pub fn octets(self, octets: &[u8]) -> Self {
        let (wide, rest) = octets.as_chunks::<8>();
        let (words, rest) = rest.as_chunks::<2>();
        let mut sum = self.0;
        // 2^16 is one modulo 2^16 - 1, so wider words fold to the same sum.
        for chunk in wide {
            let chunk = u64::from_be_bytes(*chunk);
            sum += (chunk >> 32) + (chunk & 0xffff_ffff);
        }
        for word in words {
            sum += u64::from(u16::from_be_bytes(*word));
        }
        if let [odd] = rest {
            sum += u64::from(*odd) << 8;
        }
        Self(sum)
    }
    /// Adds one word.
    #[must_use]
    pub const fn word(self, word: u16) -> Self {
        Self(self.0 + word as u64)
    }
    /// The checksum: the complement of the folded sum. Zero where the octets hold a right one.
    pub const fn finish(self) -> u16 {
        let mut sum = self.0;
        while sum > 0xffff {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        !(sum as u16)
    }
}

/// What a right checksum becomes where one summed word falls by `by` (RFC 1624): the same as a
/// new checksum of the whole, as long as not everything that is left is zero.
pub(super) const fn after_fall(checksum: u16, by: u16) -> u16 {
    let sum = checksum as u32 + by as u32;
    let sum = (sum & 0xffff) + (sum >> 16);
    if sum == 0xffff { 0 } else { sum as u16 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_1071_sums_to_ddf2() {
        let sum = Checksum::new().octets(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]);
        assert_eq!(!sum.finish(), 0xddf2);
    }

    #[test]
    fn a_mended_checksum_equals_a_new_one_for_every_sum() {
        for word in 0..=u16::MAX {
            let before = Checksum::new().word(0x4006).word(word).finish();
            let after = Checksum::new().word(0x3f06).word(word).finish();
            assert_eq!(after_fall(before, 0x0100), after, "{word:#x}");
        }
    }

    #[test]
    fn any_split_at_an_even_octet_gives_the_same_sum() {
        let octets: Vec<u8> = (0..=200u8).map(|n| n.wrapping_mul(91)).collect();
        let plain = octets.chunks(2).fold(0u64, |sum, word| {
            sum + (u64::from(word[0]) << 8) + word.get(1).map_or(0, |low| u64::from(*low))
        });
        let plain = !u16::try_from(plain % 0xffff).expect("below 2^16");
        for at in (0..=200).step_by(2) {
            let (front, back) = octets.split_at(at);
            assert_eq!(Checksum::new().octets(front).octets(back).finish(), plain, "{at}");
        }
    }
}
