//! A lens over a frame: addresses, the stack of tags, what is behind them.

use super::{EtherType, MacAddr, Tag, WireError};

/// A frame's octets, seen through.
///
/// [`FrameView::new`] guarantees a whole Ethernet header and whole tags, so no question panics;
/// it says nothing of what the payload is. It owns nothing and allocates nothing.
#[derive(Debug, Clone, Copy)]
pub struct FrameView<'a> {
    octets: &'a [u8],
    tags: usize,
}

impl<'a> FrameView<'a> {
    /// Looks at a frame without FCS. Fails with `Runt` below 14 octets, with `TruncatedTag`
    /// where a tag protocol id has fewer than four octets behind it. Any depth of tags is read.
    pub fn new(octets: &'a [u8]) -> Result<Self, WireError> {
        if octets.len() < 14 {
            return Err(WireError::Runt);
        }
        let mut tags = 0;
        while type_at(octets, 12 + 4 * tags).is_tag() {
            tags += 1;
            if octets.len() < 14 + 4 * tags {
                return Err(WireError::TruncatedTag);
            }
        }
        Ok(Self { octets, tags })
    }
    /// Destination address.
    pub fn dst(&self) -> MacAddr {
        mac_at(self.octets, 0)
    }
    /// Source address.
    pub fn src(&self) -> MacAddr {
        mac_at(self.octets, 6)
    }
    /// How many tags.
    pub const fn tag_count(&self) -> usize {
        self.tags
    }
    /// The tags, outermost first.
    pub fn tags(&self) -> impl ExactSizeIterator<Item = Tag> + use<'a> {
        let octets = self.octets;
        (0..self.tags).map(move |i| Tag {
            tpid: type_at(octets, 12 + 4 * i),
            tci: type_at(octets, 14 + 4 * i).0,
        })
    }
    /// The outermost tag, where there is one.
    pub fn outer_tag(&self) -> Option<Tag> {
        self.tags().next()
    }
    /// The EtherType behind all tags; below 0x0600 it is an 802.3 length.
    pub fn ethertype(&self) -> EtherType {
        type_at(self.octets, 12 + 4 * self.tags)
    }
    /// What is behind the EtherType, padding included.
    pub fn payload(&self) -> &'a [u8] {
        &self.octets[14 + 4 * self.tags..]
    }
}

fn mac_at(octets: &[u8], at: usize) -> MacAddr {
    let mut mac = [0; 6];
    mac.copy_from_slice(&octets[at..at + 6]);
    MacAddr(mac)
}

fn type_at(octets: &[u8], at: usize) -> EtherType {
    EtherType(u16::from_be_bytes([octets[at], octets[at + 1]]))
}
