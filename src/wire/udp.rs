//! UDP (RFC 768).

use std::net::Ipv4Addr;

use super::WireError;
use super::checksum::Checksum;
use super::ipv4::protocol;

/// A UDP datagram's octets, seen through.
///
/// [`UdpView::new`] guarantees a whole header and a length between 8 and the octets' length. The
/// checksum is a question of its own, because it covers the IPv4 addresses too.
#[derive(Debug, Clone, Copy)]
pub struct UdpView<'a> {
    octets: &'a [u8],
}

impl<'a> UdpView<'a> {
    /// Looks at a datagram; octets behind its length are ignored.
    pub fn new(octets: &'a [u8]) -> Result<Self, WireError> {
        if octets.len() < Udp::LEN {
            return Err(WireError::Truncated);
        }
        let len = usize::from(u16::from_be_bytes([octets[4], octets[5]]));
        if len < Udp::LEN {
            return Err(WireError::Length);
        }
        let octets = octets.get(..len).ok_or(WireError::Truncated)?;
        Ok(Self { octets })
    }
    /// Source port.
    pub fn src_port(&self) -> u16 {
        u16::from_be_bytes([self.octets[0], self.octets[1]])
    }
    /// Destination port.
    pub fn dst_port(&self) -> u16 {
        u16::from_be_bytes([self.octets[2], self.octets[3]])
    }
    /// Is the checksum right for these addresses, or absent (zero)?
    pub fn checksum_is_right(&self, src: Ipv4Addr, dst: Ipv4Addr) -> bool {
        self.octets[6..8] == [0, 0] || pseudo(src, dst, self.octets.len()).octets(self.octets).finish() == 0
    }
    /// What the datagram carries.
    pub fn payload(&self) -> &'a [u8] {
        &self.octets[Udp::LEN..]
    }
    /// What the header says.
    pub fn header(&self) -> Udp {
        Udp {
            src_port: self.src_port(),
            dst_port: self.dst_port(),
        }
    }
}

/// What a UDP header says. Length and checksum come from the datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Udp {
    /// Source port.
    pub src_port: u16,
    /// Destination port.
    pub dst_port: u16,
}

impl Udp {
    /// Octets of the header.
    pub const LEN: usize = 8;

    /// Writes the header in front of the payload that already stands behind it in `datagram`,
    /// with a checksum over both and the two addresses. Fails with `Truncated` below eight
    /// octets, with `Length` above 65,535; writes nothing then.
    pub fn emit(&self, src: Ipv4Addr, dst: Ipv4Addr, datagram: &mut [u8]) -> Result<(), WireError> {
        let len = u16::try_from(datagram.len()).map_err(|_| WireError::Length)?;
        if datagram.len() < Self::LEN {
            return Err(WireError::Truncated);
        }
        datagram[..2].copy_from_slice(&self.src_port.to_be_bytes());
        datagram[2..4].copy_from_slice(&self.dst_port.to_be_bytes());
        datagram[4..6].copy_from_slice(&len.to_be_bytes());
        datagram[6..8].fill(0);
        let sum = pseudo(src, dst, datagram.len()).octets(datagram).finish();
        // A computed zero goes as all ones: zero means "no checksum".
        let sum = if sum == 0 { 0xffff } else { sum };
        datagram[6..8].copy_from_slice(&sum.to_be_bytes());
        debug_assert_eq!(
            UdpView::new(datagram).map(|view| view.header()),
            Ok(*self),
            "what is emitted parses back equal"
        );
        Ok(())
    }
}

fn pseudo(src: Ipv4Addr, dst: Ipv4Addr, len: usize) -> Checksum {
    Checksum::new()
        .octets(&src.octets())
        .octets(&dst.octets())
        .word(u16::from(protocol::UDP))
        .word(u16::try_from(len).unwrap_or(u16::MAX))
}
