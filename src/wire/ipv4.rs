//! IPv4 headers (RFC 791).

use std::net::Ipv4Addr;

use super::WireError;
use super::checksum::{Checksum, after_fall};

/// IP protocol numbers that the hosts speak.
pub mod protocol {
    /// ICMP.
    pub const ICMP: u8 = 1;
    /// UDP.
    pub const UDP: u8 = 17;
}

/// An IPv4 packet's octets, seen through.
///
/// [`Ipv4View::new`] guarantees version 4, a header of 20 to 60 octets that is all there, and a
/// total length between the header's and the octets' length, so no question panics. The header
/// checksum is a question of its own, [`Ipv4View::checksum_is_right`]; options are skipped.
#[derive(Debug, Clone, Copy)]
pub struct Ipv4View<'a> {
    octets: &'a [u8],
}

impl<'a> Ipv4View<'a> {
    /// Looks at a packet; octets behind the total length (Ethernet padding) are ignored.
    pub fn new(octets: &'a [u8]) -> Result<Self, WireError> {
        if octets.len() < Ipv4::LEN {
            return Err(WireError::Truncated);
        }
        if octets[0] >> 4 != 4 {
            return Err(WireError::Version);
        }
        let header = usize::from(octets[0] & 0x0f) * 4;
        let total = usize::from(u16::from_be_bytes([octets[2], octets[3]]));
        if header < Ipv4::LEN || total < header {
            return Err(WireError::Length);
        }
        let octets = octets.get(..total).ok_or(WireError::Truncated)?;
        Ok(Self { octets })
    }
    /// Octets of the header, options included: 20 to 60.
    pub fn header_len(&self) -> usize {
        usize::from(self.octets[0] & 0x0f) * 4
    }
    /// Octets of header and payload.
    pub fn total_len(&self) -> usize {
        self.octets.len()
    }
    /// Is the header checksum right?
    pub fn checksum_is_right(&self) -> bool {
        Checksum::new().octets(&self.octets[..self.header_len()]).finish() == 0
    }
    /// Source address.
    pub fn src(&self) -> Ipv4Addr {
        addr(&self.octets[12..16])
    }
    /// Destination address.
    pub fn dst(&self) -> Ipv4Addr {
        addr(&self.octets[16..20])
    }
    /// Protocol of the payload.
    pub fn protocol(&self) -> u8 {
        self.octets[9]
    }
    /// Time to live.
    pub fn ttl(&self) -> u8 {
        self.octets[8]
    }
    /// Is this a fragment of a larger packet (first, middle or last)?
    pub fn is_fragment(&self) -> bool {
        u16::from_be_bytes([self.octets[6], self.octets[7]]) & 0x3fff != 0
    }
    /// The options' octets; empty in most packets.
    pub fn options(&self) -> &'a [u8] {
        &self.octets[Ipv4::LEN..self.header_len()]
    }
    /// What the header carries.
    pub fn payload(&self) -> &'a [u8] {
        &self.octets[self.header_len()..]
    }
    /// What the header says, without its options.
    pub fn header(&self) -> Ipv4 {
        let o = self.octets;
        let fragment = u16::from_be_bytes([o[6], o[7]]);
        Ipv4 {
            src: self.src(),
            dst: self.dst(),
            protocol: o[9],
            ttl: o[8],
            tos: o[1],
            ident: u16::from_be_bytes([o[4], o[5]]),
            dont_fragment: fragment & 0x4000 != 0,
            more_fragments: fragment & 0x2000 != 0,
            fragment_offset: fragment & 0x1fff,
        }
    }
}

fn addr(o: &[u8]) -> Ipv4Addr {
    Ipv4Addr::new(o[0], o[1], o[2], o[3])
}

/// What an IPv4 header without options says. Lengths and checksum come from the packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ipv4 {
    /// Source address.
    pub src: Ipv4Addr,
    /// Destination address.
    pub dst: Ipv4Addr,
    /// Protocol of the payload.
    pub protocol: u8,
    /// Time to live, in hops.
    pub ttl: u8,
    /// Type of service: DSCP (6 bits) and ECN (2).
    pub tos: u8,
    /// Identification.
    pub ident: u16,
    /// May no router cut it?
    pub dont_fragment: bool,
    /// Do more fragments follow?
    pub more_fragments: bool,
    /// Offset of this fragment in units of eight octets, thirteen bits.
    pub fragment_offset: u16,
}

impl Ipv4 {
    /// Octets of a header without options.
    pub const LEN: usize = 20;
    /// Time to live that hosts start with.
    pub const TTL: u8 = 64;

    /// A whole packet from a host: TTL 64, not to be fragmented.
    pub const fn new(src: Ipv4Addr, dst: Ipv4Addr, protocol: u8) -> Self {
        Self {
            src,
            dst,
            protocol,
            ttl: Self::TTL,
            tos: 0,
            ident: 0,
            dont_fragment: true,
            more_fragments: false,
            fragment_offset: 0,
        }
    }

    /// Writes the header into the first 20 octets of `out`, for a payload of `payload_len`.
    /// Fails with `Truncated` where `out` is shorter, with `Length` where the packet would be
    /// longer than 65,535 octets or the offset has more than thirteen bits; writes nothing then.
    pub fn emit(&self, payload_len: usize, out: &mut [u8]) -> Result<(), WireError> {
        let o = out.first_chunk_mut::<20>().ok_or(WireError::Truncated)?;
        let total = u16::try_from(Self::LEN + payload_len).map_err(|_| WireError::Length)?;
        if self.fragment_offset > 0x1fff {
            return Err(WireError::Length);
        }
        let flags = u16::from(self.dont_fragment) << 14 | u16::from(self.more_fragments) << 13;
        o[0] = 0x45;
        o[1] = self.tos;
        o[2..4].copy_from_slice(&total.to_be_bytes());
        o[4..6].copy_from_slice(&self.ident.to_be_bytes());
        o[6..8].copy_from_slice(&(flags | self.fragment_offset).to_be_bytes());
        o[8] = self.ttl;
        o[9] = self.protocol;
        o[10..12].fill(0);
        o[12..16].copy_from_slice(&self.src.octets());
        o[16..20].copy_from_slice(&self.dst.octets());
        let sum = Checksum::new().octets(o).finish();
        o[10..12].copy_from_slice(&sum.to_be_bytes());
        debug_assert_eq!(
            Checksum::new().octets(o).finish(),
            0,
            "a checksum makes the whole sum to zero"
        );
        debug_assert_eq!(
            usize::from(u16::from_be_bytes([o[2], o[3]])),
            Self::LEN + payload_len,
            "lengths are said"
        );
        Ok(())
    }
}

/// Takes one hop off the time to live of the header at the front of `packet` and mends the
/// checksum (RFC 1624). Octets shorter than a header are left as they are; so is a TTL of zero.
pub fn decrement_ttl(packet: &mut [u8]) {
    let Some(o) = packet.first_chunk_mut::<20>() else {
        return;
    };
    if o[8] == 0 {
        return;
    }
    o[8] -= 1;
    // The word (TTL, protocol) fell by 0x0100.
    let sum = after_fall(u16::from_be_bytes([o[10], o[11]]), 0x0100);
    o[10..12].copy_from_slice(&sum.to_be_bytes());
}

/// Turns the packet round: addresses swapped, TTL 64, checksum right again; options stay.
/// Octets that [`Ipv4View::new`] would refuse are left as they are.
pub fn turn_round(packet: &mut [u8]) {
    let Ok(header) = Ipv4View::new(packet).map(|view| view.header_len()) else {
        return;
    };
    let (src, dst) = packet[12..20].split_at_mut(4);
    src.swap_with_slice(dst);
    packet[8] = Ipv4::TTL;
    packet[10..12].fill(0);
    let sum = Checksum::new().octets(&packet[..header]).finish();
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    debug_assert!(
        Ipv4View::new(packet).is_ok_and(|view| view.checksum_is_right()),
        "a turned packet can be read"
    );
}
