//! The scalar kernel: the definition of a brief.

use super::{Brief, READ, Reader, Standing, head};

/// The 16-bit numbers, as a little-endian word shows them, of the three tags and the two protocols.
const CTAG: u64 = 0x0081;
const STAG: u64 = 0xa888;
const QINQ: u64 = 0x0091;
const ARP: u64 = 0x0608;
const IPV4: u64 = 0x0008;

/// The brief of one frame.
#[inline(always)]
pub(in crate::forward) fn brief_of(bytes: &[u8]) -> Brief {
    let mut room = [0; READ];
    brief(head(bytes, &mut room))
}

/// Octets 4 to 11 of a frame, as [`Reading`](super::Reading) has them; 0 where they are not there.
#[inline(always)]
pub(in crate::forward) fn line_of(bytes: &[u8]) -> u64 {
    bytes.get(4..12).map_or(0, word)
}

#[inline(always)]
fn word(octets: &[u8]) -> u64 {
    u64::from_le_bytes(octets.try_into().expect("eight octets"))
}

#[inline(always)]
fn brief(head: &[u8; READ]) -> Brief {
    let [first, second, third] = [0, 8, 16].map(|at| word(&head[at..at + 8]));
    let (outer, inner) = (second >> 32 & 0xffff, third & 0xffff);
    let bit = |yes: bool, bit: u64| if yes { bit } else { 0 };
    let tag = |kind| matches!(kind, CTAG | STAG | QINQ);
    let limited = |kind| matches!(kind, ARP | IPV4);
    let tci = u64::from(((second >> 48) as u16).swap_bytes());
    Brief(
        tci | bit(outer == CTAG, Brief::CTAG)
            | bit(outer == STAG, Brief::STAG)
            | bit(outer == QINQ, Brief::QINQ)
            | bit(tag(inner), Brief::SECOND)
            | first >> 28 & Brief::GROUP_SOURCE
            | bit(first & 0xf0ff_ffff_ffff == 0x0000_00c2_8001, Brief::RESERVED)
            | first << 22 & Brief::GROUP
            | bit(limited(outer) | limited(inner), Brief::LIMITED)
            | Brief::ALWAYS,
    )
}

/// Reads frames one by one.
#[inline(always)]
pub(super) fn read(reader: Reader<'_>, frames: &[Standing], briefs: &mut [Brief], lines: &mut [u64]) {
    for ((frame, out), line) in frames.iter().zip(briefs).zip(lines) {
        let head = reader.head(*frame);
        (*out, *line) = (brief(head), word(&head[4..12]));
    }
}
