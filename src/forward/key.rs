//! Classification: everything of a frame that forwarding may depend on, and nothing else.

use crate::ident::PortNo;
use crate::wire::{EtherType, MacAddr, Vid};

/// Tags that classification looks behind; what is deeper counts as payload.
pub const MAX_TAGS: usize = 8;

/// Is there a whole header?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Shorter than addresses and EtherType (14 octets).
    Runt,
    /// It ends inside a tag.
    Truncated,
    /// Addresses, whole tags, EtherType.
    Whole,
}

/// What the limits of a switch tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// EtherType 0x0806 behind the tags.
    Arp,
    /// IPv4 with protocol 1 and a whole header behind the tags.
    Icmp,
    /// Anything else.
    Other,
}

/// The part of a tag that decides where a frame goes. Priority never does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagKey {
    /// Tag protocol id.
    pub tpid: EtherType,
    /// VLAN id.
    pub vid: Vid,
}

/// What a verdict may depend on. Frames with equal keys meet equal verdicts in an equal state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// Where it came in.
    pub port: PortNo,
    /// Is the header whole? Where it is not, the fields behind the fault are empty.
    pub shape: Shape,
    /// Destination address.
    pub dst: MacAddr,
    /// Source address.
    pub src: MacAddr,
    /// The outermost tag.
    pub outer: Option<TagKey>,
    /// The outermost tag's drop-eligible bit, which a colour-aware policer asks for.
    pub eligible: bool,
    /// The outermost tag's priority, 0 to 7: it decides whether a frame that names no VLAN keeps its tag.
    pub pcp: u8,
    /// The second tag.
    pub inner: Option<TagKey>,
    /// The second tag's priority, 0 to 7.
    pub inner_pcp: u8,
    /// EtherType (or 802.3 length) behind the tags.
    pub ethertype: EtherType,
    /// What the limits see.
    pub class: Class,
    /// Length of the frame in octets, without FCS.
    pub octets: u32,
    /// Octets behind addresses, tags and EtherType, padding included.
    pub payload: u32,
}

impl Key {
    /// How many whole tags it has, as far as classification looks.
    pub const fn tags(&self) -> u32 {
        self.octets.saturating_sub(self.payload).saturating_sub(14) / 4
    }

    const fn empty(port: PortNo, octets: u32) -> Self {
        Self {
            port,
            shape: Shape::Runt,
            dst: MacAddr([0; 6]),
            src: MacAddr([0; 6]),
            outer: None,
            eligible: false,
            pcp: 0,
            inner: None,
            inner_pcp: 0,
            ethertype: EtherType(0),
            class: Class::Other,
            octets,
            payload: 0,
        }
    }
}

/// Reads the key of a frame (without FCS) that came in by `port`.
#[inline]
pub fn classify(bytes: &[u8], port: PortNo) -> Key {
    let mut key = Key::empty(port, u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    let Some((addresses, mut rest)) = bytes.split_first_chunk::<12>() else {
        return key;
    };
    if rest.len() < 2 {
        return key;
    }
    let [d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5] = *addresses;
    key.dst = MacAddr([d0, d1, d2, d3, d4, d5]);
    key.src = MacAddr([s0, s1, s2, s3, s4, s5]);
    key.shape = Shape::Truncated;
    for depth in 0..=MAX_TAGS {
        let [hi, lo, behind @ ..] = rest else { return key };
        let tpid = EtherType(u16::from_be_bytes([*hi, *lo]));
        if !tpid.is_tag() || depth == MAX_TAGS {
            key.shape = Shape::Whole;
            key.ethertype = tpid;
            key.class = class_of(tpid, behind);
            key.payload = u32::try_from(behind.len()).unwrap_or(u32::MAX);
            return key;
        }
        let [hi, lo, next @ ..] = behind else { return key };
        match depth {
            0 => {
                let vid = Vid::of_tci(u16::from_be_bytes([*hi, *lo]));
                key.eligible = hi & 0x10 != 0;
                key.pcp = *hi >> 5;
                key.outer = Some(TagKey { tpid, vid });
            }
            1 => {
                let vid = Vid::of_tci(u16::from_be_bytes([*hi, *lo]));
                key.inner = Some(TagKey { tpid, vid });
                key.inner_pcp = *hi >> 5;
            }
            _ => {}
        }
        rest = next;
    }
    key
}

#[inline]
fn class_of(ethertype: EtherType, payload: &[u8]) -> Class {
    match ethertype {
        EtherType::ARP => Class::Arp,
        EtherType::IPV4 if payload.len() >= 20 && payload[0] >> 4 == 4 && payload[9] == 1 => Class::Icmp,
        _ => Class::Other,
    }
}
