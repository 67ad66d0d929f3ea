//! A frame in the making: addresses, any stack of tags, any payload, whole or cut short.

use crate::wire::MacAddr;

/// Protocol ids and EtherTypes that vectors are made of.
pub mod ether {
    /// C-TAG.
    pub const CTAG: u16 = 0x8100;
    /// S-TAG.
    pub const STAG: u16 = 0x88a8;
    /// The older vendor tag.
    pub const QINQ: u16 = 0x9100;
    /// Another vendor's.
    pub const QINQ2: u16 = 0x9200;
    /// IPv4.
    pub const IPV4: u16 = 0x0800;
    /// ARP.
    pub const ARP: u16 = 0x0806;
    /// IPv6.
    pub const IPV6: u16 = 0x86dd;
    /// Local experiments (802 9.2.4): what is no protocol's.
    pub const LOCAL: u16 = 0x88b5;
    /// PAUSE and PFC.
    pub const CONTROL: u16 = 0x8808;
    /// Slow protocols: LACP.
    pub const SLOW: u16 = 0x8809;
    /// LLDP.
    pub const LLDP: u16 = 0x88cc;
    /// CFM.
    pub const CFM: u16 = 0x8902;
    /// GVRP in its tagged days, MVRP.
    pub const MVRP: u16 = 0x88f5;
}

/// A tag: protocol id and control information.
pub type RawTag = (u16, u16);

/// A frame in the making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Destination.
    pub dst: MacAddr,
    /// Source.
    pub src: MacAddr,
    /// Tags, outermost first.
    pub tags: Vec<RawTag>,
    /// EtherType or length.
    pub kind: u16,
    /// What follows it.
    pub payload: Vec<u8>,
}

impl Draft {
    /// A frame of local experiments, whose payload begins with a mark and a number, so that no two
    /// frames of a trial are the same octets.
    pub fn new(dst: MacAddr, src: MacAddr, number: u32) -> Self {
        Self {
            dst,
            src,
            tags: Vec::new(),
            kind: ether::LOCAL,
            payload: mark(number),
        }
    }

    /// With this tag in front of those it has.
    #[must_use]
    pub fn tagged(mut self, tag: RawTag) -> Self {
        self.tags.insert(0, tag);
        self
    }

    /// With these tags, outermost first.
    #[must_use]
    pub fn stack(mut self, tags: &[RawTag]) -> Self {
        self.tags = tags.to_vec();
        self
    }

    /// With this EtherType and payload.
    #[must_use]
    pub fn carrying(mut self, kind: u16, payload: Vec<u8>) -> Self {
        (self.kind, self.payload) = (kind, payload);
        self
    }

    /// Octets of the header: addresses, tags, EtherType.
    pub fn header(&self) -> usize {
        14 + 4 * self.tags.len()
    }

    /// Without padding.
    pub fn bare(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.header() + self.payload.len());
        out.extend_from_slice(&self.dst.0);
        out.extend_from_slice(&self.src.0);
        for (tpid, tci) in &self.tags {
            out.extend_from_slice(&tpid.to_be_bytes());
            out.extend_from_slice(&tci.to_be_bytes());
        }
        out.extend_from_slice(&self.kind.to_be_bytes());
        debug_assert_eq!(out.len(), self.header(), "the payload begins behind the header");
        out.extend_from_slice(&self.payload);
        out
    }

    /// Padded to 60 octets (64 with FCS).
    pub fn octets(&self) -> Vec<u8> {
        self.sized(60)
    }

    /// Padded to at least this many octets, without FCS.
    pub fn sized(&self, octets: usize) -> Vec<u8> {
        let mut out = self.bare();
        if out.len() < octets {
            out.resize(octets, 0);
        }
        out
    }
}

/// The mark at the front of a payload: "TKI", a version, the number.
pub fn mark(number: u32) -> Vec<u8> {
    let mut out = b"TKI1".to_vec();
    out.extend_from_slice(&number.to_be_bytes());
    out
}

/// An LLC/SNAP header: OUI and protocol.
pub fn snap(oui: [u8; 3], kind: u16) -> Vec<u8> {
    let [hi, lo] = kind.to_be_bytes();
    vec![0xaa, 0xaa, 0x03, oui[0], oui[1], oui[2], hi, lo]
}
