//! Words and numbers of a certificate, read once from its first octet to its last.

use super::Refused;

/// Why a certificate is refused: on the heap, so that what is read well stays small.
pub(super) type Wrong = Box<Refused>;

/// Where a certificate was read to.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Of the line that is being read, from 1.
    line: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, line: 1 }
    }

    /// How many octets were read.
    pub fn read(&self) -> usize {
        self.at
    }

    /// How many octets are left: more things than that are not to come.
    pub fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    #[cold]
    pub fn wrong(&self, why: impl Into<String>) -> Wrong {
        let why = if self.left() == 0 {
            "the certificate ends in the middle".to_owned()
        } else {
            why.into()
        };
        Box::new(Refused { line: self.line, why })
    }

    /// The next octet, if it is this one.
    #[inline]
    pub fn takes(&mut self, octet: u8) -> bool {
        let taken = self.bytes.get(self.at) == Some(&octet);
        self.at += usize::from(taken);
        taken
    }

    /// These octets come next.
    pub fn expect(&mut self, text: &str) -> Result<(), Wrong> {
        if self.bytes[self.at..].starts_with(text.as_bytes()) {
            self.at += text.len();
            Ok(())
        } else {
            Err(self.wrong(format!("`{text}` should stand here")))
        }
    }

    /// A space comes next.
    #[inline]
    pub fn space(&mut self) -> Result<(), Wrong> {
        if self.takes(b' ') {
            Ok(())
        } else {
            Err(self.wrong("there is more on the line than there should be, or a space should stand here"))
        }
    }

    /// Does the line end here? Goes on to the next one.
    #[inline]
    pub fn ends(&mut self) -> bool {
        let ends = self.takes(b'\n');
        self.line += usize::from(ends);
        ends
    }

    /// The line ends here.
    pub fn end(&mut self) -> Result<(), Wrong> {
        if self.ends() {
            Ok(())
        } else {
            Err(self.wrong("there is more on the line than there should be"))
        }
    }

    /// The rest of the line.
    pub fn text(&mut self) -> Result<&'a str, Wrong> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|octet| *octet == b'\n').unwrap_or(rest.len());
        let text = std::str::from_utf8(&rest[..length]).map_err(|_| self.wrong("this is no UTF-8 text"))?;
        self.at += length;
        self.end()?;
        Ok(text)
    }

    /// A number below `limit`, without leading zeros.
    #[inline]
    pub fn number(&mut self, limit: u32) -> Result<u32, Wrong> {
        if let Some(octets) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk) {
            let (count, value) = digits(*octets);
            let plain = count == 1 || matches!(count, 2..8) && octets[0] != b'0';
            if plain && value < u64::from(limit) {
                self.at += count;
                return Ok(value as u32);
            }
        }
        self.digit_by_digit(limit)
    }

    /// Numbers that are long, stand at the very end, or are none.
    #[cold]
    fn digit_by_digit(&mut self, limit: u32) -> Result<u32, Wrong> {
        let mut value: u64 = 0;
        let mut count = 0;
        while let Some(digit @ b'0'..=b'9') = self.bytes.get(self.at) {
            value = value * 10 + u64::from(digit - b'0');
            count += 1;
            self.at += 1;
            if count > 10 || count > 1 && value < 10 {
                return Err(self.wrong("a number has too many digits"));
            }
        }
        if count == 0 {
            return Err(self.wrong("a number should stand here"));
        }
        if value >= u64::from(limit) {
            return Err(self.wrong(format!("{value} is too large: it should be below {limit}")));
        }
        Ok(value as u32)
    }

    /// One hexadecimal digit, small.
    pub fn hex(&mut self) -> Result<u8, Wrong> {
        let digit = match self.bytes.get(self.at) {
            Some(digit @ b'0'..=b'9') => digit - b'0',
            Some(digit @ b'a'..=b'f') => digit - b'a' + 10,
            _ => return Err(self.wrong("a hexadecimal digit should stand here")),
        };
        self.at += 1;
        Ok(digit)
    }
}

/// How many digits stand in front, and what they say: all at once, since most of a certificate is
/// numbers.
#[inline]
fn digits(octets: [u8; 8]) -> (usize, u64) {
    // A digit is now 0 to 9, in its octet; whatever else is more, and sets the octet's highest bit.
    let values = u64::from_le_bytes(octets) ^ 0x3030_3030_3030_3030;
    let others = (values.wrapping_add(0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080;
    let count = (others.trailing_zeros() / 8) as usize;
    // Zeros in front, then ones, hundreds and ten thousands together with their neighbours.
    let ones = values.checked_shl(64 - 8 * count as u32).unwrap_or(0);
    let pairs = (ones * 10 + (ones >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    (count, (fours * 10_000 + (fours >> 32)) & 0xffff_ffff)
}

/// The digest of a certificate, as the prover counts it, of ever more of it.
pub(super) struct Digest<'a> {
    bytes: &'a [u8],
    sum: u64,
    at: usize,
}

impl<'a> Digest<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            sum: 0xcbf2_9ce4_8422_2325,
            at: 0,
        }
    }

    /// Of the first `end` octets: not fewer than were asked for before.
    pub fn of(&mut self, end: usize) -> u64 {
        let (words, _) = self.bytes[self.at..end].as_chunks::<8>();
        self.sum = words
            .iter()
            .fold(self.sum, |sum, word| mix(sum, u64::from_le_bytes(*word)));
        self.at += 8 * words.len();
        let rest = self.bytes[self.at..end].iter();
        rest.fold(self.sum, |sum, octet| mix(sum, u64::from(*octet))) ^ end as u64
    }
}

fn mix(sum: u64, word: u64) -> u64 {
    (sum ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_read_at_once_are_those_read_one_by_one() {
        // Every octet behind every number of digits, and every digit at every place.
        for count in 0..=8_usize {
            for other in (0..=255_u8).filter(|other| !other.is_ascii_digit()) {
                for digit in 0..10_u8 {
                    for place in 0..count.max(1) {
                        let mut octets = [other; 8];
                        octets[..count].fill(b'1');
                        if place < count {
                            octets[place] = b'0' + digit;
                        }
                        let text = String::from_utf8_lossy(&octets[..count]).into_owned();
                        let wanted = (count, text.parse().unwrap_or(0));
                        assert_eq!(digits(octets), wanted, "{octets:?}");
                        // A digit behind the end is none of the number's.
                        if count < 7 {
                            octets[7] = b'9';
                            assert_eq!(digits(octets), wanted, "{octets:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn numbers_are_read_wherever_the_certificate_ends() {
        for (text, limit, wanted) in [
            ("7", 8, Some(7)),
            ("7\n", 8, Some(7)),
            ("8\n", 8, None),
            ("07 and more", 8, None),
            ("0 and more", 8, Some(0)),
            ("12345678", u32::MAX, Some(12_345_678)),
            ("4294967294 and more", u32::MAX, Some(4_294_967_294)),
            ("4294967295 and more", u32::MAX, None),
            ("42949672940 and more", u32::MAX, None),
            ("0000000001 and more", u32::MAX, None),
            ("x", 8, None),
            ("", 8, None),
        ] {
            let read = Reader::new(text.as_bytes()).number(limit);
            assert_eq!(read.ok(), wanted, "{text}");
        }
    }
}
