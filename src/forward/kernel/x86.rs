//! The vector kernels of x86-64: AVX2, four frames at a time, and AVX-512, eight.
//!
//! Loads are scalar and put together, since gathers are slow on many processors. One of the files
//! where `unsafe` may stand.

use std::arch::x86_64::*;

use super::{Brief, READ, Reader, RowAsked, Standing, Word, scalar};

/// Asks the processor to fetch the line at this address soon.
#[inline(always)]
pub(super) fn fetch<T: ?Sized>(at: &T) {
    // SAFETY: a prefetch reads and writes nothing, and faults at no address; SSE is part of x86-64.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(at).cast()) }
}

/// The same, of whatever may stand there or not.
#[inline(always)]
pub(super) fn fetch_at<T>(at: *const T) {
    // SAFETY: likewise.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) }
}

/// Reads frames four at a time.
#[inline]
pub(super) fn read_avx2(reader: Reader<'_>, frames: &[Standing], words: &mut [Word], rows: &mut [RowAsked]) {
    // SAFETY: `Kernel` holds this kernel only where the processor was found to have AVX2.
    unsafe { avx2(reader, frames, words, rows) }
}

/// Reads frames eight at a time.
#[inline]
pub(super) fn read_avx512(reader: Reader<'_>, frames: &[Standing], words: &mut [Word], rows: &mut [RowAsked]) {
    // SAFETY: `Kernel` holds this kernel only where the processor was found to have AVX-512 F and BW.
    unsafe { avx512(reader, frames, words, rows) }
}

/// Did all of these frames come in by one port?
#[inline]
pub(super) fn one_port(frames: &[Standing]) -> bool {
    // SAFETY: whoever asks has a kernel of AVX2.
    unsafe { one_port_avx2(frames) }
}

#[target_feature(enable = "avx2")]
fn one_port_avx2(frames: &[Standing]) -> bool {
    let Some(first) = frames.first() else { return true };
    let port = all(i64::from(first.port) << 48);
    let (quads, rest) = frames.as_chunks::<4>();
    let mut others = _mm256_setzero_si256();
    for quad in quads {
        // SAFETY: four frames have 32 octets; in the upper sixteen bits of each word is the port.
        let places = unsafe { _mm256_loadu_si256(quad.as_ptr().cast()) };
        others = or(others, _mm256_xor_si256(places, port));
    }
    let others = _mm256_srli_epi64::<48>(others);
    _mm256_testz_si256(others, others) == 1 && rest.iter().all(|frame| frame.port == first.port)
}

/// A 16-bit number, as octets 4 and 5 of a little-endian word show it.
const fn outer(number: u16) -> i64 {
    (number.swap_bytes() as i64) << 32
}

/// A 16-bit number, as octets 0 and 1 of a little-endian word show it.
const fn inner(number: u16) -> i64 {
    number.swap_bytes() as i64
}

const GROUP_SOURCE: i64 = Brief::GROUP_SOURCE as i64;
const GROUP: i64 = Brief::GROUP as i64;
const RESERVED_MASK: i64 = 0xf0ff_ffff_ffff;
const RESERVED: i64 = 0x0000_00c2_8001;

/// Octets `at` to `at + 15` of a frame's first ones.
#[inline(always)]
fn sixteen(head: &[u8; READ], at: usize) -> __m128i {
    assert!(at + 16 <= READ);
    // SAFETY: `head` has sixteen octets from `at` on, and the load need not be aligned.
    unsafe { _mm_loadu_si128(head.as_ptr().add(at).cast()) }
}

// Small functions instead of closures, which would not be inlined across the feature.

#[inline]
#[target_feature(enable = "avx2")]
fn all(word: i64) -> __m256i {
    _mm256_set1_epi64x(word)
}

#[inline]
#[target_feature(enable = "avx2")]
fn two(low: __m128i, high: __m128i) -> __m256i {
    _mm256_set_m128i(high, low)
}

#[inline]
#[target_feature(enable = "avx2")]
fn or(a: __m256i, b: __m256i) -> __m256i {
    _mm256_or_si256(a, b)
}

/// Whether octets 12 and 13 are this number: the bit of the brief, sixteen places too high.
#[inline]
#[target_feature(enable = "avx2")]
fn outer_is(at: __m256i, number: u16, bit: u64) -> __m256i {
    let same = _mm256_cmpeq_epi16(at, all(outer(number)));
    _mm256_and_si256(same, all((bit as i64) << 16))
}

/// Whether octets 16 and 17 are this number: a mask of the lowest sixteen bits.
#[inline]
#[target_feature(enable = "avx2")]
fn inner_is(at: __m256i, number: u16) -> __m256i {
    _mm256_cmpeq_epi16(at, all(inner(number)))
}

#[inline]
#[target_feature(enable = "avx2")]
fn avx2(reader: Reader<'_>, frames: &[Standing], words: &mut [Word], rows: &mut [RowAsked]) {
    // Octets 7 and 6 of each word, as its lower sixteen bits; the rest becomes zero.
    let tci_at = _mm256_set_epi8(
        -1, -1, -1, -1, -1, -1, 14, 15, -1, -1, -1, -1, -1, -1, 6, 7, -1, -1, -1, -1, -1, -1, 14, 15, -1, -1, -1, -1,
        -1, -1, 6, 7,
    );
    let (quads, rest) = words.as_chunks_mut::<4>();
    let (row_quads, row_rest) = rows.as_chunks_mut::<4>();
    let (frame_quads, frame_rest) = frames.as_chunks::<4>();
    for ((quad, rows), frames) in quads.iter_mut().zip(row_quads).zip(frame_quads) {
        let [a, b, c, d] = [
            reader.head(frames[0]),
            reader.head(frames[1]),
            reader.head(frames[2]),
            reader.head(frames[3]),
        ];
        // Words 0 and 1 of each frame, then 1 and 2; unpacking sorts them by word.
        let (ac, bd) = (two(sixteen(a, 0), sixteen(c, 0)), two(sixteen(b, 0), sixteen(d, 0)));
        let (ac2, bd2) = (two(sixteen(a, 8), sixteen(c, 8)), two(sixteen(b, 8), sixteen(d, 8)));
        let v0 = _mm256_unpacklo_epi64(ac, bd);
        let v1 = _mm256_unpackhi_epi64(ac, bd);
        let v2 = _mm256_unpackhi_epi64(ac2, bd2);
        let line = or(_mm256_srli_epi64::<32>(v0), _mm256_slli_epi64::<32>(v1));

        let tci = _mm256_shuffle_epi8(v1, tci_at);
        // Bits 16 to 18 and 23, sixteen places too high.
        let tags = or(
            or(outer_is(v1, 0x8100, Brief::CTAG), outer_is(v1, 0x88a8, Brief::STAG)),
            or(
                outer_is(v1, 0x9100, Brief::QINQ),
                or(
                    outer_is(v1, 0x0806, Brief::LIMITED),
                    outer_is(v1, 0x0800, Brief::LIMITED),
                ),
            ),
        );
        let second = or(or(inner_is(v2, 0x8100), inner_is(v2, 0x88a8)), inner_is(v2, 0x9100));
        let limited = or(inner_is(v2, 0x0806), inner_is(v2, 0x0800));
        // Lane 0 as bit 19 and bit 23: four places and none above its own sixteen bits.
        let inners = or(
            _mm256_and_si256(second, all(1 << 3)),
            _mm256_and_si256(limited, all(1 << 7)),
        );
        let source = _mm256_and_si256(_mm256_srli_epi64::<28>(v0), all(GROUP_SOURCE));
        let group = _mm256_and_si256(_mm256_slli_epi64::<22>(v0), all(GROUP));
        let reserved = _mm256_cmpeq_epi64(_mm256_and_si256(v0, all(RESERVED_MASK)), all(RESERVED));
        let reserved = _mm256_and_si256(reserved, all(Brief::RESERVED as i64));

        let high = or(_mm256_srli_epi64::<16>(tags), _mm256_slli_epi64::<16>(inners));
        let addresses = or(or(source, group), or(reserved, all(Brief::ALWAYS as i64)));
        let brief = or(or(tci, high), addresses);
        // The lowest sixteen bits of a word are the brief's, the others the line's.
        let word = _mm256_blend_epi16::<0b0001_0001>(line, _mm256_srli_epi64::<9>(brief));
        let row = or(
            _mm256_slli_epi64::<6>(_mm256_and_si256(tci, all(0x0fff))),
            _mm256_slli_epi64::<40>(_mm256_and_si256(tci, all(0xf000))),
        );
        // SAFETY: the store writes 32 octets, and four words have them; it need not be aligned.
        unsafe { _mm256_storeu_si256(quad.as_mut_ptr().cast(), word) };
        // SAFETY: likewise; each is what `RowAsked::of` makes of the TCI.
        unsafe { _mm256_storeu_si256(rows.as_mut_ptr().cast(), row) };
    }
    scalar::read(reader, frame_rest, rest, row_rest);
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn all8(word: i64) -> __m512i {
    _mm512_set1_epi64(word)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn or8(a: __m512i, b: __m512i) -> __m512i {
    _mm512_or_si512(a, b)
}

/// The bit, in every word whose masked octets equal the number.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn when(at: __m512i, mask: i64, number: i64, bit: u64) -> __m512i {
    let same = _mm512_cmpeq_epi64_mask(_mm512_and_si512(at, all8(mask)), all8(number));
    _mm512_maskz_set1_epi64(same, bit as i64)
}

/// Word `k` of eight frames.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn put(w: &[[u64; 3]; 8], k: usize) -> __m512i {
    let [a, b, c, d, e, f, g, h] = w.map(|words| words[k] as i64);
    _mm512_set_epi64(h, g, f, e, d, c, b, a)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn avx512(reader: Reader<'_>, frames: &[Standing], words: &mut [Word], rows: &mut [RowAsked]) {
    const OUTER: i64 = 0xffff << 32;
    const INNER: i64 = 0xffff;

    let (eights, rest) = words.as_chunks_mut::<8>();
    let (row_eights, row_rest) = rows.as_chunks_mut::<8>();
    let (frame_eights, frame_rest) = frames.as_chunks::<8>();
    for ((eight, rows), frames) in eights.iter_mut().zip(row_eights).zip(frame_eights) {
        let w = frames.map(|frame| {
            let (words, _) = reader.head(frame).as_chunks::<8>();
            [0, 1, 2].map(|n| u64::from_le_bytes(words[n]))
        });
        let [v0, v1, v2] = [put(&w, 0), put(&w, 1), put(&w, 2)];

        // Octets 7 and 6 of each word: the upper sixteen bits, swapped.
        let high = _mm512_srli_epi64::<48>(v1);
        let tci = or8(
            _mm512_srli_epi64::<8>(high),
            _mm512_and_si512(_mm512_slli_epi64::<8>(high), all8(0xff00)),
        );
        let tags = or8(
            or8(
                when(v1, OUTER, outer(0x8100), Brief::CTAG),
                when(v1, OUTER, outer(0x88a8), Brief::STAG),
            ),
            when(v1, OUTER, outer(0x9100), Brief::QINQ),
        );
        let second = or8(
            or8(
                when(v2, INNER, inner(0x8100), Brief::SECOND),
                when(v2, INNER, inner(0x88a8), Brief::SECOND),
            ),
            when(v2, INNER, inner(0x9100), Brief::SECOND),
        );
        let limited = or8(
            or8(
                when(v1, OUTER, outer(0x0806), Brief::LIMITED),
                when(v1, OUTER, outer(0x0800), Brief::LIMITED),
            ),
            or8(
                when(v2, INNER, inner(0x0806), Brief::LIMITED),
                when(v2, INNER, inner(0x0800), Brief::LIMITED),
            ),
        );
        let source = _mm512_and_si512(_mm512_srli_epi64::<28>(v0), all8(GROUP_SOURCE));
        let group = _mm512_and_si512(_mm512_slli_epi64::<22>(v0), all8(GROUP));
        let reserved = when(v0, RESERVED_MASK, RESERVED, Brief::RESERVED);
        let addresses = or8(or8(source, group), or8(reserved, all8(Brief::ALWAYS as i64)));
        let brief = or8(or8(tci, tags), or8(or8(second, limited), addresses));
        let line = or8(_mm512_srli_epi64::<32>(v0), _mm512_slli_epi64::<32>(v1));
        let class = _mm512_and_si512(_mm512_srli_epi64::<9>(brief), all8(0xffff));
        let word = or8(_mm512_andnot_si512(all8(0xffff), line), class);
        let row = or8(
            _mm512_slli_epi64::<6>(_mm512_and_si512(tci, all8(0x0fff))),
            _mm512_slli_epi64::<40>(_mm512_and_si512(tci, all8(0xf000))),
        );
        // SAFETY: the store writes 64 octets, and eight words have them; it need not be aligned.
        unsafe { _mm512_storeu_si512(eight.as_mut_ptr().cast(), word) };
        // SAFETY: likewise; each is what `RowAsked::of` makes of the TCI.
        unsafe { _mm512_storeu_si512(rows.as_mut_ptr().cast(), row) };
    }
    scalar::read(reader, frame_rest, rest, row_rest);
}
