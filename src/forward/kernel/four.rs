//! Four ordinary frames of a trunk charged at once, each by a row of its own.
//!
//! Says what [`Row::charge`] says, or nothing: four of which one is not ordinary, two have one row, or a
//! number is beyond what four at once can do exactly are left as they were. One of the files where
//! `unsafe` may stand.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

#[cfg(target_arch = "x86_64")]
use super::{AHEAD, CHUNK};
use super::{Kernel, Leaving, Reading, Standing};
use crate::forward::lookup::Lookup;
#[cfg(target_arch = "x86_64")]
use crate::forward::police::NANOBITS_PER_OCTET;
use crate::forward::row::Row;
#[cfg(target_arch = "x86_64")]
use crate::forward::row::{self, LEAST_MORE, SHORTEST, Tally};
use crate::forward::store::TRUNK;
use crate::units::SimTime;

/// Frames of a chunk and how they were read.
#[derive(Debug, Clone, Copy)]
pub(in crate::forward) struct Read<'a> {
    pub reading: &'a Reading,
    pub frames: &'a [Standing],
}

/// A row somewhere in the tables, or none. It is good until something else is done to the tables.
#[derive(Debug, Clone, Copy)]
#[repr(transparent)]
pub(in crate::forward) struct RowSpot(*mut Row);

impl RowSpot {
    pub const NONE: Self = Self(std::ptr::null_mut());

    /// Row `at` of these, or none.
    #[inline(always)]
    pub fn of(rows: &mut Vec<Row>, at: usize) -> Self {
        if at < rows.len() {
            Self(rows.as_mut_ptr().wrapping_add(at))
        } else {
            Self::NONE
        }
    }
}

/// Charges frames from `from` on by the rows of a trunk, four by four, and puts them among those that leave;
/// says which is the first that it has not charged. `soon` is told the name of each exit.
#[inline(always)]
pub(in crate::forward) fn charge(
    kernel: Kernel,
    rows: &mut [Row; TRUNK],
    (read, from): (Read<'_>, usize),
    now: SimTime,
    leaving: &mut Leaving,
    soon: impl Fn(u32),
) -> usize {
    #[cfg(target_arch = "x86_64")]
    if kernel.has_four() {
        let rows = Rows {
            trunk: rows.as_mut_ptr(),
            spots: &[],
        };
        // SAFETY: every kernel that has four was found on a processor with AVX2; each row that is asked for in
        // a reading is one of a trunk, and these are ours.
        return unsafe { avx2::<false>(rows, (read, from), now.as_nanos(), leaving, soon) };
    }
    let _ = (kernel, rows, read, now, leaving, soon);
    from
}

/// The same by rows wherever they are.
#[inline(never)]
pub(in crate::forward) fn charge_anywhere(
    kernel: Kernel,
    lookup: &mut Lookup,
    (read, from): (Read<'_>, usize),
    now: SimTime,
    leaving: &mut Leaving,
    soon: impl Fn(u32),
) -> usize {
    #[cfg(target_arch = "x86_64")]
    if kernel.has_four() {
        let mut spots = [RowSpot::NONE; CHUNK + AHEAD];
        for (i, (frame, spot)) in read.frames.iter().zip(&mut spots).enumerate().skip(from) {
            *spot = lookup.spot(frame.port(), read.reading.vid(i));
            super::x86::fetch_at(spot.0);
        }
        let rows = Rows {
            trunk: std::ptr::null_mut(),
            spots: &spots,
        };
        // SAFETY: as in `charge`; each spot is a row of these tables or none, and they are ours.
        return unsafe { avx2::<true>(rows, (read, from), now.as_nanos(), leaving, soon) };
    }
    let _ = (kernel, lookup, read, now, leaving, soon);
    from
}

/// Where rows are: those of a trunk, or one for each frame.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
struct Rows<'a> {
    trunk: *mut Row,
    spots: &'a [RowSpot],
}

// What is loaded: a row is eight words, in two halves, of which the second is only read.
const _: () = {
    use std::mem::offset_of;
    assert!(size_of::<Row>() == 64 && align_of::<Row>() == 64);
    assert!(offset_of!(Row, guard) == 0 && offset_of!(Row, green) == 8 && offset_of!(Row, committed) == 16);
    assert!(offset_of!(Row, rate) == 32 && offset_of!(Row, depth) == 40 && offset_of!(Row, way) == 48);
    assert!(offset_of!(Row, watch) == 56 && offset_of!(Row, served) == 60 && offset_of!(Row, bound) == 62);
    assert!(offset_of!(Row, more) == 63);
};

#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
fn all(word: u64) -> __m256i {
    _mm256_set1_epi64x(word as i64)
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
fn or(a: __m256i, b: __m256i) -> __m256i {
    _mm256_or_si256(a, b)
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
fn and(a: __m256i, b: __m256i) -> __m256i {
    _mm256_and_si256(a, b)
}

/// Words `at` and `at + 1` of four rows.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
fn words(rows: [*mut Row; 4], at: usize) -> (__m256i, __m256i) {
    assert!(at + 2 <= 8);
    let [a, b, c, d] = rows.map(|row| row.cast::<u64>().wrapping_add(at).cast::<__m128i>());
    // SAFETY: whoever calls `avx2` gives it rows of its own: of eight words each, so that two of them from `at`
    // on are there; they need not be at a multiple of sixteen octets.
    let [a, b, c, d] = unsafe {
        [
            _mm_loadu_si128(a),
            _mm_loadu_si128(b),
            _mm_loadu_si128(c),
            _mm_loadu_si128(d),
        ]
    };
    let (ac, bd) = (_mm256_set_m128i(c, a), _mm256_set_m128i(d, b));
    (_mm256_unpacklo_epi64(ac, bd), _mm256_unpackhi_epi64(ac, bd))
}

/// Puts words `at` and `at + 1` of four rows back.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
fn put_back(rows: [*mut Row; 4], at: usize, first: __m256i, second: __m256i) {
    assert!(at + 2 <= 4);
    let (ac, bd) = (
        _mm256_unpacklo_epi64(first, second),
        _mm256_unpackhi_epi64(first, second),
    );
    let [a, b, c, d] = rows.map(|row| row.cast::<u64>().wrapping_add(at).cast::<__m128i>());
    // SAFETY: as in `words`; and any bits are words, which is all that the first half of a row has.
    unsafe {
        _mm_storeu_si128(a, _mm256_castsi256_si128(ac));
        _mm_storeu_si128(b, _mm256_castsi256_si128(bd));
        _mm_storeu_si128(c, _mm256_extracti128_si256::<1>(ac));
        _mm_storeu_si128(d, _mm256_extracti128_si256::<1>(bd));
    }
}

/// Which of four numbers are the next one or the one after that: some are, if two of them are alike.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
fn twice(which: __m256i) -> __m256i {
    let next = _mm256_permute4x64_epi64::<0b00_11_10_01>(which);
    let after = _mm256_permute4x64_epi64::<0b01_00_11_10>(which);
    or(_mm256_cmpeq_epi64(which, next), _mm256_cmpeq_epi64(which, after))
}

/// What frames of so many octets cost in nanobits; `last`: word 7 of their rows.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
fn cost(octets: __m256i, last: __m256i) -> __m256i {
    let more = and(_mm256_srli_epi64::<56>(last), all(0x3f));
    let counted = _mm256_add_epi64(octets, _mm256_add_epi64(more, all(LEAST_MORE as u64)));
    // An octet is 2^12 x 1,953,125 nanobits.
    _mm256_slli_epi64::<12>(_mm256_mul_epu32(counted, all(NANOBITS_PER_OCTET >> 12)))
}

/// What is left of what was spent once so many nanoseconds have given back at this rate.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
fn owed(spent: __m256i, rate: __m256i, elapsed: __m256i) -> __m256i {
    let high = _mm256_mul_epu32(_mm256_srli_epi64::<32>(rate), elapsed);
    let gain = _mm256_add_epi64(_mm256_mul_epu32(rate, elapsed), _mm256_slli_epi64::<32>(high));
    let owed = _mm256_sub_epi64(spent, gain);
    _mm256_andnot_si256(_mm256_cmpgt_epi64(_mm256_setzero_si256(), owed), owed)
}

/// One frame each of these octets, with its padding up to 64 if the tag comes off.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
fn tally(frame: __m256i, octets: __m256i, way: __m256i) -> __m256i {
    let padding = _mm256_subs_epu16(all(64 << Tally::PADDING), frame);
    let pops = _mm256_sub_epi64(_mm256_setzero_si256(), _mm256_srli_epi64::<62>(way));
    or(or(octets, all(Tally::FRAME)), and(padding, pops))
}

/// Frames `i` to `i + 3` of a chunk, with their rows: what was read of them, which row each asks for, and where
/// it stands (32 bits), its octets (16), its port (16).
#[cfg(target_arch = "x86_64")]
struct Quad {
    rows: [*mut Row; 4],
    word: __m256i,
    asked: __m256i,
    frame: __m256i,
}

/// As many frames as may be asked for: those that were read, and of which there are places and rows.
#[cfg(target_arch = "x86_64")]
fn frames_of<const ANYWHERE: bool>(rows: Rows<'_>, read: Read<'_>) -> usize {
    let spots = if ANYWHERE {
        rows.spots.len().saturating_sub(AHEAD)
    } else {
        CHUNK
    };
    read.frames.len().min(CHUNK).min(spots)
}

/// Loads four frames and fetches rows of later ones.
///
/// # Safety
/// `i + 3` is below [`frames_of`].
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
// SAFETY: whoever calls knows that so many frames were read.
unsafe fn quad<const ANYWHERE: bool>(rows: Rows<'_>, Read { reading, frames }: Read<'_>, i: usize) -> Quad {
    // SAFETY: so many were read, have places and rows, and `AHEAD` more rows are asked for.
    unsafe {
        let row = |at: usize| {
            if ANYWHERE {
                rows.spots.get_unchecked(at).0
            } else {
                let asked = reading.rows.get_unchecked(at).0 as u32;
                rows.trunk.wrapping_byte_add(asked as usize)
            }
        };
        if !ANYWHERE {
            (0..4).for_each(|k| super::x86::fetch_at(row(i + AHEAD + k)));
        }
        Quad {
            rows: [row(i), row(i + 1), row(i + 2), row(i + 3)],
            word: _mm256_loadu_si256(reading.words.as_ptr().add(i).cast()),
            asked: _mm256_loadu_si256(reading.rows.as_ptr().add(i).cast()),
            frame: _mm256_loadu_si256(frames.as_ptr().add(i).cast()),
        }
    }
}

/// Charges four frames: how they leave and word 7 of their rows. Nothing is done and said where one of them is
/// not ordinary, or alone.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
fn charge_quad<const ANYWHERE: bool>(quad: Quad, time: __m256i) -> Option<(__m256i, __m256i)> {
    let Quad {
        rows,
        word,
        asked,
        frame,
    } = quad;
    let which = if ANYWHERE {
        if rows.iter().any(|row| row.is_null()) {
            return None;
        }
        let [a, b, c, d] = rows.map(|row| row.addr() as i64);
        _mm256_set_epi64x(d, c, b, a)
    } else {
        and(asked, all(0xffff_ffff))
    };
    let (guard, green) = words(rows, 0);
    let (spent, at) = words(rows, 2);
    let (rate, depth) = words(rows, 4);
    let (way, last) = words(rows, 6);

    // Of word 7: the class's mask, and the address's from an octet of all ones or none.
    let masks = _mm256_setr_epi8(
        0, 1, 6, 6, 6, 6, 6, 6, 8, 9, 14, 14, 14, 14, 14, 14, 0, 1, 6, 6, 6, 6, 6, 6, 8, 9, 14, 14, 14, 14, 14, 14,
    );
    let other = and(_mm256_xor_si256(word, guard), _mm256_shuffle_epi8(last, masks));
    let octets = and(_mm256_srli_epi64::<32>(frame), all(0xffff));
    let served = and(_mm256_srli_epi64::<32>(last), all(0xffff));
    // Below 0 if as many lengths from the shortest on are not served.
    let rest = _mm256_sub_epi16(all(!0xffff | (SHORTEST as u64 - 1)), octets);
    let length = _mm256_add_epi64(served, rest);

    let elapsed = _mm256_sub_epi64(time, at);
    let spent = _mm256_add_epi64(owed(spent, rate, elapsed), cost(octets, last));
    let green = _mm256_add_epi64(green, tally(frame, octets, way));

    let late = _mm256_srli_epi64::<{ row::INTERVAL as i32 }>(elapsed);
    let not = or(or(other, late), twice(which));
    // Full, alone, of no length that is served, over the depth: the highest bit.
    let signs = or(or(green, last), or(length, _mm256_sub_epi64(depth, spent)));
    if _mm256_testz_si256(not, not) == 0 || _mm256_movemask_pd(_mm256_castsi256_pd(signs)) != 0 {
        return None;
    }
    put_back(rows, 0, guard, green);
    put_back(rows, 2, spent, time);
    Some((or(way, _mm256_srli_epi64::<32>(asked)), last))
}

/// Charges frames from `from` on, and says where it ended.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
fn avx2<const ANYWHERE: bool>(
    rows: Rows<'_>,
    (read, from): (Read<'_>, usize),
    now: u64,
    leaving: &mut Leaving,
    soon: impl Fn(u32),
) -> usize {
    let room = CHUNK - leaving.len.min(CHUNK);
    let quads = frames_of::<ANYWHERE>(rows, read).saturating_sub(from).min(room) / 4;
    let time = all(now);
    let (mut i, mut len, mut whats) = (from, leaving.len, _mm256_setzero_si256());
    for _ in 0..quads {
        // SAFETY: four frames from `i` on are among those that may be asked for.
        let quad = unsafe { quad::<ANYWHERE>(rows, read, i) };
        let Some((ways, last)) = charge_quad::<ANYWHERE>(quad, time) else {
            break;
        };
        whats = or(whats, ways);
        // SAFETY: the lists have `CHUNK` entries, of which `room` were behind those that are there: as many as
        // all quads are. Of each, any bits are a value.
        unsafe {
            _mm256_storeu_si256(leaving.ways.as_mut_ptr().add(len).cast(), ways);
            _mm256_storeu_si256(leaving.ports.as_mut_ptr().add(len).cast(), last);
            (0..4).for_each(|k| soon(leaving.ways.get_unchecked(len + k).name()));
        }
        (i, len) = (i + 4, len + 4);
    }
    if leaving.gaps {
        let which = leaving.at[leaving.len.min(len)..len].iter_mut().zip(from as u32..);
        which.for_each(|(at, i)| *at = i);
    }
    leaving.len = len;
    leaving.edits |= _mm256_testz_si256(whats, all(3 << 62)) == 0;
    i
}

#[cfg(test)]
mod tests;
