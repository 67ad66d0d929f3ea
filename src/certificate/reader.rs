//! Lines, words and numbers of a certificate.

use super::Refused;

/// Reads a certificate line by line.
pub(super) struct Lines<'a> {
    rest: &'a str,
    /// The line that was read last, from 1.
    pub number: usize,
    read: usize,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            number: 0,
            read: 0,
        }
    }

    /// How many octets were read.
    pub fn read(&self) -> usize {
        self.read
    }

    pub fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// How many octets are left: more things than that are not to come.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    pub fn wrong(&self, why: impl Into<String>) -> Refused {
        Refused {
            line: self.number,
            why: why.into(),
        }
    }

    /// The next line, which has an end.
    pub fn next(&mut self) -> Result<Words<'a>, Refused> {
        self.number += 1;
        let Some(end) = self.rest.find('\n') else {
            return Err(self.wrong("the certificate ends in the middle"));
        };
        let line = self.rest.as_bytes()[..end].as_ref();
        self.rest = &self.rest[end + 1..];
        self.read += end + 1;
        Ok(Words {
            rest: line,
            line: self.number,
        })
    }
}

/// What is left of a line.
pub(super) struct Words<'a> {
    rest: &'a [u8],
    line: usize,
}

impl<'a> Words<'a> {
    pub fn wrong(&self, why: impl Into<String>) -> Refused {
        Refused {
            line: self.line,
            why: why.into(),
        }
    }

    /// The next octet, if it is this one.
    #[inline]
    pub fn takes(&mut self, octet: u8) -> bool {
        match self.rest {
            [first, rest @ ..] if *first == octet => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// These octets come next.
    pub fn expect(&mut self, text: &str) -> Result<(), Refused> {
        match self.rest.strip_prefix(text.as_bytes()) {
            Some(rest) => {
                self.rest = rest;
                Ok(())
            }
            None => Err(self.wrong(format!("`{text}` should stand here"))),
        }
    }

    pub fn begins(&self, text: &str) -> bool {
        self.rest.starts_with(text.as_bytes())
    }

    pub fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    pub fn done(&self) -> Result<(), Refused> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(self.wrong("there is more on the line than there should be"))
        }
    }

    /// The rest of the line.
    pub fn text(&mut self) -> Result<&'a str, Refused> {
        let text = std::str::from_utf8(self.rest).map_err(|_| self.wrong("this is no UTF-8 text"))?;
        self.rest = &[];
        Ok(text)
    }

    /// A number below `limit`, without leading zeros.
    #[inline]
    pub fn number(&mut self, limit: u32) -> Result<u32, Refused> {
        let mut value: u64 = 0;
        let mut digits = 0;
        while let [first @ b'0'..=b'9', rest @ ..] = self.rest {
            value = value * 10 + u64::from(first - b'0');
            digits += 1;
            self.rest = rest;
            if digits > 10 || digits > 1 && value < 10 {
                return Err(self.wrong("a number has too many digits"));
            }
        }
        if digits == 0 {
            return Err(self.wrong("a number should stand here"));
        }
        if value >= u64::from(limit) {
            return Err(self.wrong(format!("{value} is too large: it should be below {limit}")));
        }
        Ok(value as u32)
    }

    /// One hexadecimal digit, small.
    pub fn hex(&mut self) -> Result<u8, Refused> {
        let digit = match self.rest.first() {
            Some(digit @ b'0'..=b'9') => digit - b'0',
            Some(digit @ b'a'..=b'f') => digit - b'a' + 10,
            _ => return Err(self.wrong("a hexadecimal digit should stand here")),
        };
        self.rest = &self.rest[1..];
        Ok(digit)
    }
}
