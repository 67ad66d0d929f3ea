//! An Ethernet frame that owns its octets, with headroom for two tags.

use super::{EtherType, MacAddr, Tag, edit};

/// An Ethernet frame without FCS.
///
/// Pushing and popping a tag moves twelve octets; two pushes need no allocation.
#[derive(Clone)]
pub struct Frame {
    buffer: Vec<u8>,
    start: usize,
}

impl Frame {
    /// Room in front of the first octet: two tags.
    pub const HEADROOM: usize = 8;

    /// A frame of these octets.
    pub fn from_octets(octets: &[u8]) -> Self {
        let mut buffer = Vec::with_capacity(Self::HEADROOM + octets.len());
        buffer.resize(Self::HEADROOM, 0);
        buffer.extend_from_slice(octets);
        Self {
            buffer,
            start: Self::HEADROOM,
        }
    }

    /// An untagged frame with this header and payload, padded to 60 octets (64 with FCS).
    pub fn ethernet(dst: MacAddr, src: MacAddr, ethertype: EtherType, payload: &[u8]) -> Self {
        let len = (14 + payload.len()).max(60);
        let mut buffer = Vec::with_capacity(Self::HEADROOM + len);
        buffer.resize(Self::HEADROOM, 0);
        buffer.extend_from_slice(&dst.0);
        buffer.extend_from_slice(&src.0);
        buffer.extend_from_slice(&ethertype.0.to_be_bytes());
        buffer.extend_from_slice(payload);
        buffer.resize(Self::HEADROOM + len, 0);
        let frame = Self {
            buffer,
            start: Self::HEADROOM,
        };
        let read = super::FrameView::new(frame.bytes()).map(|view| (view.dst(), view.src(), view.ethertype()));
        debug_assert!(
            ethertype.is_tag() || read == Ok((dst, src, ethertype)),
            "what was constructed can be read"
        );
        frame
    }

    /// A frame of `len` octets, at least 60 (64 with FCS), all zero, to be written in place.
    pub fn zeroed(len: usize) -> Self {
        Self {
            buffer: vec![0; Self::HEADROOM + len.max(60)],
            start: Self::HEADROOM,
        }
    }

    /// Overwrites both addresses. A frame shorter than them is left as it is.
    pub fn set_addresses(&mut self, dst: MacAddr, src: MacAddr) {
        if let Some(o) = self.bytes_mut().get_mut(..12) {
            o[..6].copy_from_slice(&dst.0);
            o[6..].copy_from_slice(&src.0);
        }
    }

    /// The octets.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..]
    }
    /// The octets, to edit.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.buffer[self.start..]
    }
    /// How many octets, without FCS.
    pub fn len(&self) -> usize {
        self.buffer.len() - self.start
    }
    /// How many octets, without FCS, as counters take them.
    pub fn octets(&self) -> u32 {
        u32::try_from(self.len()).expect("a frame is shorter than 4 GiB")
    }
    /// Is there nothing in it?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The outermost tag, where both addresses and a whole one begin the frame.
    pub fn outer_tag(&self) -> Option<Tag> {
        edit::outer_tag(self.bytes())
    }

    /// Puts a tag between the source address and what follows it.
    /// A frame shorter than its two addresses is left as it is.
    pub fn push_tag(&mut self, tag: Tag) {
        if self.len() < 12 {
            return;
        }
        if self.start < 4 {
            let mut roomy = Self::from_octets(self.bytes());
            std::mem::swap(self, &mut roomy);
        }
        self.start = edit::push_tag(&mut self.buffer, self.start, tag);
        debug_assert!(
            !tag.tpid.is_tag() || self.outer_tag() == Some(tag),
            "the tag that was put on can be read"
        );
    }

    /// Takes the outermost tag away and returns it.
    /// What is left is padded to 60 octets (64 with FCS), as a real port must.
    pub fn pop_tag(&mut self) -> Option<Tag> {
        let tag = self.outer_tag()?;
        self.start = edit::pop_tag(&mut self.buffer, self.start);
        if self.len() < 60 {
            self.buffer.resize(self.start + 60, 0);
        }
        debug_assert!(self.len() >= 60, "what leaves a port is padded");
        Some(tag)
    }

    /// Takes the tag behind the outermost one away, where there are both.
    /// What is left is padded to 60 octets (64 with FCS), as a real port must.
    pub fn pop_second_tag(&mut self) {
        if let Some(octets) = edit::pop_second_tag(&mut self.buffer[self.start..]) {
            self.buffer.truncate(self.start + octets);
            self.buffer.resize(self.start + octets.max(60), 0);
        }
    }

    /// The tag behind the outermost one, where both are whole.
    pub fn second_tag(&self) -> Option<Tag> {
        edit::second_tag(self.bytes())
    }

    /// Overwrites the tag behind the outermost one, where there are both.
    pub fn set_second_tag(&mut self, tag: Tag) {
        if self.second_tag().is_some() {
            edit::set_tag(&mut self.buffer, self.start + 4, tag);
        }
    }

    /// Overwrites the outermost tag, where there is one.
    pub fn set_tag(&mut self, tag: Tag) {
        if self.outer_tag().is_some() {
            edit::set_tag(&mut self.buffer, self.start, tag);
            debug_assert!(
                !tag.tpid.is_tag() || self.outer_tag() == Some(tag),
                "the tag that was written can be read"
            );
        }
    }
}

/// Frames are equal where their octets are; what was in the headroom before does not matter.
impl PartialEq for Frame {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}
impl Eq for Frame {}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frame({} octets:", self.len())?;
        for octet in self.bytes().iter().take(64) {
            write!(f, " {octet:02x}")?;
        }
        write!(f, ")")
    }
}

/// What a frame of `octets` (without FCS) occupies on the wire: preamble and start delimiter 8,
/// FCS 4, gap 12, and padding to the minimum (RFC 8238 5.3).
pub const fn wire_octets(octets: u32) -> u64 {
    let padded = if octets < 60 { 60 } else { octets };
    padded as u64 + 24
}
