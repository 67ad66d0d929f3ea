//! The Internet checksum (RFC 1071): ones' complement sum of sixteen-bit words.

/// A running sum. Every part but the last must have an even number of octets.
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
        let (words, rest) = octets.as_chunks::<2>();
        let mut sum = self.0;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_1071_sums_to_ddf2() {
        let sum = Checksum::new().octets(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]);
        assert_eq!(!sum.finish(), 0xddf2);
    }
}
