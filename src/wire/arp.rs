//! ARP for IPv4 over Ethernet (RFC 826).

use std::net::Ipv4Addr;

use super::{EtherType, Frame, MacAddr, WireError};

/// Request or reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArpOperation {
    /// Who has the target address?
    Request,
    /// The sender has the sender address.
    Reply,
}

/// What an ARP packet says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Arp {
    /// Request or reply.
    pub operation: ArpOperation,
    /// Hardware address of the sender.
    pub sender_mac: MacAddr,
    /// Protocol address of the sender.
    pub sender_ip: Ipv4Addr,
    /// Hardware address of the target; all zero in a request.
    pub target_mac: MacAddr,
    /// Protocol address of the target.
    pub target_ip: Ipv4Addr,
}

impl Arp {
    /// Octets of an ARP packet for IPv4 over Ethernet.
    pub const LEN: usize = 28;
    const HEAD: [u8; 6] = [0, 1, 0x08, 0x00, 6, 4];

    /// A request for `target`, asked by `sender`.
    pub const fn request(sender_mac: MacAddr, sender_ip: Ipv4Addr, target: Ipv4Addr) -> Self {
        Self {
            operation: ArpOperation::Request,
            sender_mac,
            sender_ip,
            target_mac: MacAddr([0; 6]),
            target_ip: target,
        }
    }
    /// The answer of the station that has `self.target_ip`.
    pub const fn reply_from(&self, mac: MacAddr) -> Self {
        Self {
            operation: ArpOperation::Reply,
            sender_mac: mac,
            sender_ip: self.target_ip,
            target_mac: self.sender_mac,
            target_ip: self.sender_ip,
        }
    }
    /// Does the sender announce its own address (RFC 5227 calls it an ARP announcement)?
    pub fn is_gratuitous(&self) -> bool {
        self.sender_ip == self.target_ip
    }

    /// Reads a packet; octets behind the 28th (padding) are ignored.
    ///
    /// `Ok` guarantees hardware type Ethernet, protocol type IPv4, both lengths right, and a
    /// known operation. It does not say that the addresses make sense.
    pub fn parse(octets: &[u8]) -> Result<Self, WireError> {
        let Some(o) = octets.first_chunk::<28>() else {
            return Err(WireError::Truncated);
        };
        if o[..6] != Self::HEAD {
            return Err(WireError::NotEthernetArp);
        }
        let operation = match [o[6], o[7]] {
            [0, 1] => ArpOperation::Request,
            [0, 2] => ArpOperation::Reply,
            _ => return Err(WireError::NotEthernetArp),
        };
        Ok(Self {
            operation,
            sender_mac: MacAddr([o[8], o[9], o[10], o[11], o[12], o[13]]),
            sender_ip: Ipv4Addr::new(o[14], o[15], o[16], o[17]),
            target_mac: MacAddr([o[18], o[19], o[20], o[21], o[22], o[23]]),
            target_ip: Ipv4Addr::new(o[24], o[25], o[26], o[27]),
        })
    }

    /// The packet's octets.
    pub fn emit(&self) -> [u8; Self::LEN] {
        let mut o = [0; Self::LEN];
        o[..6].copy_from_slice(&Self::HEAD);
        o[7] = match self.operation {
            ArpOperation::Request => 1,
            ArpOperation::Reply => 2,
        };
        o[8..14].copy_from_slice(&self.sender_mac.0);
        o[14..18].copy_from_slice(&self.sender_ip.octets());
        o[18..24].copy_from_slice(&self.target_mac.0);
        o[24..28].copy_from_slice(&self.target_ip.octets());
        debug_assert_eq!(Self::parse(&o).as_ref(), Ok(self), "what is emitted parses back equal");
        o
    }

    /// An untagged frame with this packet, from its sender to `dst`.
    pub fn frame(&self, dst: MacAddr) -> Frame {
        Frame::ethernet(dst, self.sender_mac, EtherType::ARP, &self.emit())
    }
}
