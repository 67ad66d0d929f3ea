//! The scalar kernel: the definition of a brief.

use super::{Brief, READ, Reader, RowAsked, Standing, Word, head};

/// The 16-bit numbers, as a little-endian word shows them, of the three tags and the two protocols.
const CTAG: u64 = 0x0081;
const STAG: u64 = 0xa888;
const QINQ: u64 = 0x0091;
const ARP: u64 = 0x0608;
const IPV4: u64 = 0x0008;

/// The brief of one frame that comes alone: the same word, by branches, since of one frame after
/// the other the processor knows what is likely.
#[inline(always)]
pub(in crate::forward) fn brief_of(bytes: &[u8]) -> Brief {
    let mut room = [0; READ];
    let [first, second, third] = words(head(bytes, &mut room));
    let outer = second >> 32 & 0xffff;
    let mut types = if outer == CTAG { Brief::CTAG } else { outer_type(outer) };
    types |= if third as u16 == IPV4 as u16 {
        Brief::LIMITED
    } else {
        inner_type(third & 0xffff)
    };
    Brief(tci(second) | types | addresses(first))
}

/// What a row compares of a frame with this brief; of one that ends before its addresses do, no address.
#[inline(always)]
pub(in crate::forward) fn word_of(bytes: &[u8], brief: Brief) -> Word {
    let line = bytes.get(4..12).map_or(0, word);
    Word(line & !0xffff | u64::from(Word::class_of(brief)))
}

#[inline(always)]
fn word(octets: &[u8]) -> u64 {
    u64::from_le_bytes(octets.try_into().expect("eight octets"))
}

#[inline(always)]
fn brief(head: &[u8; READ]) -> Brief {
    let [first, second, third] = words(head);
    let (outer, inner) = (second >> 32 & 0xffff, third & 0xffff);
    Brief(
        tci(second)
            | bit(outer == CTAG, Brief::CTAG)
            | bit(outer == STAG, Brief::STAG)
            | bit(outer == QINQ, Brief::QINQ)
            | bit(is_tag(inner), Brief::SECOND)
            | bit(may_be_limited(outer) | may_be_limited(inner), Brief::LIMITED)
            | addresses(first),
    )
}

#[inline(always)]
fn words(head: &[u8; READ]) -> [u64; 3] {
    [0, 8, 16].map(|at| word(&head[at..at + 8]))
}

const fn bit(yes: bool, bit: u64) -> u64 {
    if yes { bit } else { 0 }
}

const fn is_tag(kind: u64) -> bool {
    matches!(kind, CTAG | STAG | QINQ)
}

const fn may_be_limited(kind: u64) -> bool {
    matches!(kind, ARP | IPV4)
}

#[inline(always)]
fn tci(second: u64) -> u64 {
    u64::from(((second >> 48) as u16).swap_bytes())
}

/// What the addresses say, and the bit that is always set.
#[inline(always)]
fn addresses(first: u64) -> u64 {
    first >> 28 & Brief::GROUP_SOURCE
        | bit(first & 0xf0ff_ffff_ffff == 0x0000_00c2_8001, Brief::RESERVED)
        | first << 22 & Brief::GROUP
        | Brief::ALWAYS
}

#[inline(never)]
fn outer_type(outer: u64) -> u64 {
    match outer {
        CTAG => Brief::CTAG,
        STAG => Brief::STAG,
        QINQ => Brief::QINQ,
        _ => bit(may_be_limited(outer), Brief::LIMITED),
    }
}

#[inline(never)]
fn inner_type(inner: u64) -> u64 {
    bit(is_tag(inner), Brief::SECOND) | bit(may_be_limited(inner), Brief::LIMITED)
}

/// Reads frames one by one.
#[inline(always)]
pub(super) fn read(reader: Reader<'_>, frames: &[Standing], words: &mut [Word], rows: &mut [RowAsked]) {
    for ((frame, out), row) in frames.iter().zip(words).zip(rows) {
        let head = reader.head(*frame);
        let brief = brief(head);
        (*out, *row) = (word_of(head, brief), RowAsked::of(brief.tci()));
    }
}
