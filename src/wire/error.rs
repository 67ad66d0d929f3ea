//! Why octets are not the header that they should be.

use thiserror::Error;

/// Why octets do not parse, or a header cannot be emitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum WireError {
    /// A frame shorter than an Ethernet header.
    #[error("shorter than an Ethernet header")]
    Runt,
    /// A tag protocol id without a whole tag and an EtherType behind it.
    #[error("a tag is cut short")]
    TruncatedTag,
    /// Shorter than the header, or than the length that the header states.
    #[error("shorter than its header says")]
    Truncated,
    /// Not version 4.
    #[error("not IP version 4")]
    Version,
    /// A length field that contradicts itself or does not fit into sixteen bits.
    #[error("a length field is impossible")]
    Length,
    /// The checksum is wrong.
    #[error("wrong checksum")]
    Checksum,
    /// An ARP packet for other than Ethernet and IPv4, or neither request nor reply.
    #[error("not ARP for IPv4 over Ethernet")]
    NotEthernetArp,
}
