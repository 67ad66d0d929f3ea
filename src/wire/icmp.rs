//! ICMP for IPv4 (RFC 792, RFC 1191): echo and the errors.

use super::WireError;
use super::checksum::Checksum;

/// What an ICMP message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icmp<'a> {
    /// Echo request or reply.
    Echo {
        /// Reply (type 0), or request (type 8)?
        reply: bool,
        /// Identifier.
        ident: u16,
        /// Sequence number.
        seq: u16,
        /// What comes back as it was sent.
        data: &'a [u8],
    },
    /// Destination unreachable (type 3).
    Unreachable {
        /// Why: 0 net, 1 host, 3 port, 4 fragmentation needed, ...
        code: u8,
        /// MTU of the next hop, where the code is 4; else zero.
        mtu: u16,
        /// Header and first octets of the packet that could not be delivered.
        quoted: &'a [u8],
    },
    /// Time exceeded (type 11).
    TimeExceeded {
        /// 0: time to live ran out; 1: a fragment was missing.
        code: u8,
        /// Header and first octets of the packet.
        quoted: &'a [u8],
    },
    /// Any other message.
    Other {
        /// Type; none of 0, 3, 8, 11.
        kind: u8,
        /// Code.
        code: u8,
        /// The four octets behind the checksum.
        rest: [u8; 4],
        /// What follows.
        data: &'a [u8],
    },
}

impl<'a> Icmp<'a> {
    /// Octets before the data.
    pub const LEN: usize = 8;
    /// Code of [`Icmp::Unreachable`]: fragmentation needed and not allowed (RFC 1191).
    pub const FRAGMENTATION_NEEDED: u8 = 4;

    /// Reads a message that fills `octets`. `Ok` guarantees eight octets and a right checksum.
    pub fn parse(octets: &'a [u8]) -> Result<Self, WireError> {
        let Some((h, data)) = octets.split_first_chunk::<8>() else {
            return Err(WireError::Truncated);
        };
        if Checksum::new().octets(octets).finish() != 0 {
            return Err(WireError::Checksum);
        }
        let (kind, code) = (h[0], h[1]);
        let word = u16::from_be_bytes([h[6], h[7]]);
        Ok(match kind {
            0 | 8 => Self::Echo {
                reply: kind == 0,
                ident: u16::from_be_bytes([h[4], h[5]]),
                seq: word,
                data,
            },
            3 => Self::Unreachable {
                code,
                mtu: word,
                quoted: data,
            },
            11 => Self::TimeExceeded { code, quoted: data },
            _ => Self::Other {
                kind,
                code,
                rest: [h[4], h[5], h[6], h[7]],
                data,
            },
        })
    }

    /// How many octets [`Icmp::emit`] writes.
    pub fn emit_len(&self) -> usize {
        Self::LEN + self.data().len()
    }

    /// Writes the message into the front of `out`; fails with `Truncated` where it is shorter
    /// than [`Icmp::emit_len`].
    pub fn emit(&self, out: &mut [u8]) -> Result<(), WireError> {
        let data = self.data();
        let out = out.get_mut(..Self::LEN + data.len()).ok_or(WireError::Truncated)?;
        let (kind, code, rest) = self.head();
        out[..4].copy_from_slice(&[kind, code, 0, 0]);
        out[4..8].copy_from_slice(&rest);
        out[8..].copy_from_slice(data);
        let sum = Checksum::new().octets(out).finish();
        out[2..4].copy_from_slice(&sum.to_be_bytes());
        debug_assert!(
            Icmp::parse(out).is_ok_and(|read| read.head() == self.head()),
            "what is emitted parses back equal"
        );
        Ok(())
    }

    fn data(&self) -> &'a [u8] {
        match self {
            Self::Echo { data, .. } | Self::Other { data, .. } => data,
            Self::Unreachable { quoted, .. } | Self::TimeExceeded { quoted, .. } => quoted,
        }
    }

    fn head(&self) -> (u8, u8, [u8; 4]) {
        match *self {
            Self::Echo { reply, ident, seq, .. } => {
                let ([a, b], [c, d]) = (ident.to_be_bytes(), seq.to_be_bytes());
                (if reply { 0 } else { 8 }, 0, [a, b, c, d])
            }
            Self::Unreachable { code, mtu, .. } => {
                let [c, d] = mtu.to_be_bytes();
                (3, code, [0, 0, c, d])
            }
            Self::TimeExceeded { code, .. } => (11, code, [0; 4]),
            Self::Other { kind, code, rest, .. } => (kind, code, rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "what is emitted parses back equal")]
    fn a_message_that_would_be_read_as_another_is_noticed() {
        let message = Icmp::Other {
            kind: 3,
            code: 0,
            rest: [1, 2, 3, 4],
            data: &[],
        };
        assert_eq!(message.emit(&mut [0; 64]), Ok(()));
    }
}
