//! Tags put on, taken off and overwritten in place: the one way in which octets of a header move.
//!
//! A frame stands in a buffer from `start` on, with room in front of it.

use super::{EtherType, Tag};

/// The outermost tag of these octets, where they begin with both addresses and a whole tag.
/// Whether an EtherType follows is a reader's concern ([`super::FrameView`]): a device that passes
/// such a frame on edits its tag all the same.
#[inline]
pub fn outer_tag(octets: &[u8]) -> Option<Tag> {
    let [.., t0, t1, c0, c1] = octets.first_chunk::<16>()?;
    let tpid = EtherType(u16::from_be_bytes([*t0, *t1]));
    tpid.is_tag().then(|| Tag {
        tpid,
        tci: u16::from_be_bytes([*c0, *c1]),
    })
}

/// Puts a tag between the source address and what follows it; returns where the frame begins now.
/// Panics where there are no four octets in front of the frame, or no two addresses in it.
#[inline]
pub fn push_tag(buffer: &mut [u8], start: usize, tag: Tag) -> usize {
    let header: &mut [u8; 16] = (&mut buffer[start - 4..start + 12]).try_into().expect("sixteen octets");
    header.copy_within(4..16, 0);
    header[12..14].copy_from_slice(&tag.tpid.0.to_be_bytes());
    header[14..16].copy_from_slice(&tag.tci.to_be_bytes());
    start - 4
}

/// Takes four octets behind the addresses away; returns where the frame begins now.
/// Panics where the frame is shorter than addresses and a tag. Padding is the caller's.
#[inline]
pub fn pop_tag(buffer: &mut [u8], start: usize) -> usize {
    let header: &mut [u8; 16] = (&mut buffer[start..start + 16]).try_into().expect("sixteen octets");
    header.copy_within(0..12, 4);
    start + 4
}

/// Takes the tag behind the outermost one away, where both are whole: what stands behind it moves
/// up. Returns how many octets there are now. Padding is the caller's.
pub fn pop_second_tag(octets: &mut [u8]) -> Option<usize> {
    outer_tag(octets)?;
    outer_tag(octets.get(4..)?)?;
    octets.copy_within(20.., 16);
    Some(octets.len() - 4)
}

/// The tag behind the outermost one, where both are whole.
#[inline]
pub fn second_tag(octets: &[u8]) -> Option<Tag> {
    outer_tag(octets)?;
    outer_tag(octets.get(4..)?)
}

/// Overwrites the four octets behind the addresses.
/// Panics where the frame is shorter than addresses and a tag.
#[inline]
pub fn set_tag(buffer: &mut [u8], start: usize, tag: Tag) {
    let at: &mut [u8; 4] = (&mut buffer[start + 12..start + 16]).try_into().expect("four octets");
    let ([t0, t1], [c0, c1]) = (tag.tpid.0.to_be_bytes(), tag.tci.to_be_bytes());
    *at = [t0, t1, c0, c1];
}
