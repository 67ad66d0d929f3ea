//! MAC addresses (IEEE 802, EUI-48).

use std::fmt;

/// A MAC address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct MacAddr(pub [u8; 6]);

impl MacAddr {
    /// ff-ff-ff-ff-ff-ff.
    pub const BROADCAST: Self = Self([0xff; 6]);

    /// A locally administered address of ours: 02-kk-nn-nn-nn-nn, for a kind and a number.
    pub const fn local(kind: u8, number: u32) -> Self {
        let n = number.to_be_bytes();
        Self([0x02, kind, n[0], n[1], n[2], n[3]])
    }
    /// The address of the same station after one rebuild more, of which 16 in a row differ: of the same
    /// kind, and locally administered if it was before.
    pub const fn rebuilt(self) -> Self {
        let [a, b, c, d, e, g] = self.0;
        Self([a.wrapping_add(0x10), b, c, d, e, g])
    }
    /// Is the group bit set (multicast or broadcast)?
    pub const fn is_group(self) -> bool {
        self.0[0] & 1 != 0
    }
    /// Can a station have it: neither a group's nor all zeros?
    pub const fn is_of_a_station(self) -> bool {
        !self.is_group() && !matches!(self.0, [0, 0, 0, 0, 0, 0])
    }
    /// Is this one of 01-80-C2-00-00-00 to -0F, which bridges filter (802.1Q table 8-1)?
    pub const fn is_reserved(self) -> bool {
        matches!(self.0, [0x01, 0x80, 0xc2, 0, 0, 0..=0x0f])
    }
}

impl fmt::Display for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl fmt::Debug for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for MacAddr {
    type Err = String;
    /// Reads six hexadecimal octets with `:` or `-` between them.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a MAC address; write it like `02:00:00:00:00:01`");
        let mut octets = [0; 6];
        let mut parts = text.split([':', '-']);
        for octet in &mut octets {
            let part = parts.next().filter(|p| p.len() == 2).ok_or_else(wrong)?;
            if !part.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(wrong());
            }
            *octet = u8::from_str_radix(part, 16).map_err(|_| wrong())?;
        }
        if parts.next().is_some() {
            return Err(wrong());
        }
        Ok(Self(octets))
    }
}
