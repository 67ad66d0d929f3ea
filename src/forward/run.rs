//! Ordinary frames of a chunk, charged one after the other by their rows.
//!
//! What is touched later is fetched meanwhile: rows some frames ahead, the frames of the next
//! chunk, and through [`Sink::soon`] where frames are delivered.

use std::ops::Range;

use super::batch::{Patience, Sink};
use super::fastpath::{FastPath, Where};
use super::kernel::four::{self, Read};
use super::kernel::{AHEAD, CHUNK, Kernel, Leaving, Reader, Reading, Slots, Standing, fetch};
use super::lookup::Lookup;
use super::quirk::Quirk;
use super::row::{Charged, Ordinary, Row, RowExit};
use super::store::TRUNK;
use crate::ident::PortNo;
use crate::units::SimTime;
use crate::wire::Vid;

/// Why a run of ordinary frames ended.
pub(super) enum End {
    /// There are no more of them.
    Frames,
    /// The row of this place has charged the last one, and more is to be done.
    More(Where),
    /// The next one is not ordinary.
    Declined,
}

/// Frames that were read together.
pub(super) struct Chunk<'a> {
    frames: &'a [Standing],
    /// Where all of them come from, if from one port: a receive queue mostly has them so.
    port: Option<PortNo>,
    reading: &'a Reading,
    /// What stands behind them is likely the next chunk, also behind a batch.
    beyond: &'a [Standing],
    reader: Reader<'a>,
}

impl<'a> Chunk<'a> {
    #[inline(always)]
    pub fn of(slots: &'a Slots<'_>, which: Range<usize>, port: Option<PortNo>, reading: &'a Reading) -> Self {
        let beyond = which.end..slots.len().min(which.end + CHUNK);
        Self {
            frames: slots.some(which).1,
            port,
            reading,
            beyond: slots.some(beyond.clone()).1,
            reader: slots.some(beyond).0,
        }
    }

    /// What is asked of frame `i`.
    #[inline(always)]
    fn ordinary(&self, i: usize, frame: Standing) -> Ordinary {
        Ordinary {
            word: self.reading.word(i),
            tci: self.reading.kept(i),
            len: frame.octets(),
        }
    }

    /// Fetches the row that frame `i` comes to, where there is such a frame.
    #[inline(always)]
    fn fetch_row(&self, i: usize, lookup: &mut Lookup) {
        if let Some(frame) = self.frames.get(i)
            && let Some((row, _)) = lookup.first_row(frame.port(), self.reading.vid(i))
        {
            fetch(row);
        }
    }

    fn read(&self) -> Read<'a> {
        Read {
            reading: self.reading,
            frames: self.frames,
        }
    }

    /// Fetches the frames of the next chunk.
    #[inline(always)]
    fn fetch_next(&self) {
        // Eight in a row, for fewer jumps.
        let (eights, rest) = self.beyond.as_chunks::<8>();
        eights
            .iter()
            .for_each(|eight| eight.iter().for_each(|next| self.reader.fetch(*next)));
        rest.iter().for_each(|next| self.reader.fetch(*next));
    }
}

impl<Q: Quirk> FastPath<Q> {
    /// Charges frames from `at` on as long as they are ordinary; says how far it came and why it
    /// ended.
    #[inline(always)]
    pub(super) fn ordinary_run<S: Sink + ?Sized>(
        &mut self,
        chunk: &Chunk<'_>,
        (at, patience): (usize, &mut Patience),
        leaving: &mut Leaving,
        sink: &S,
    ) -> (usize, End) {
        let (kernel, now) = (self.kernel, self.now);
        if let Some(port) = chunk.port
            && let Some(rows) = self.lookup.all_rows(port)
        {
            let (at, end) = in_trunk((kernel, rows), now, chunk, (at, patience), leaving, sink);
            return match end {
                Stop::Frames => (at, End::Frames),
                Stop::More(vid) => (at, End::More((port, Some(vid)))),
                Stop::Declined => (at, End::Declined),
            };
        }
        self.anywhere(chunk, (at, patience), leaving, sink)
    }

    #[inline(never)]
    fn anywhere<S: Sink + ?Sized>(
        &mut self,
        chunk: &Chunk<'_>,
        (from, patience): (usize, &mut Patience),
        leaving: &mut Leaving,
        sink: &S,
    ) -> (usize, End) {
        let Self {
            lookup, now, kernel, ..
        } = self;
        if from == 0 {
            chunk.fetch_next();
            // Four at once fetch their own.
            if !(kernel.has_four() && patience.tries()) {
                (0..AHEAD).for_each(|i| chunk.fetch_row(i, lookup));
            }
        }
        let mut at = from;
        while at < chunk.frames.len() {
            let four = kernel.has_four() && patience.tries();
            if four {
                let before = at;
                at = four::charge_anywhere(*kernel, lookup, (chunk.read(), at), *now, leaving, |name| {
                    sink.soon(name)
                });
                patience.failed(at - before, chunk.frames.len() - at);
            }
            let end = if four { at + 4 } else { CHUNK };
            for (i, frame) in (at..end).zip(chunk.frames.get(at..).unwrap_or_default()) {
                chunk.fetch_row(i + AHEAD, lookup);
                let vid = chunk.reading.vid(i);
                let Some((row, by_vid)) = lookup.first_row(frame.port(), vid) else {
                    return (i, End::Declined);
                };
                let (way, more) = match row.charge(chunk.ordinary(i, *frame), *now) {
                    Charged::Yes(way) => (way, false),
                    Charged::More(way) => (way, true),
                    Charged::Declined => return (i, End::Declined),
                };
                sink.soon(way.name());
                leaving.put(i, way, row);
                if more {
                    return (i + 1, End::More((frame.port(), by_vid.then_some(vid))));
                }
                at = i + 1;
            }
        }
        (chunk.frames.len(), End::Frames)
    }

    /// What a row that has charged a frame has left to do: counts are told to its service, and a priority is
    /// mapped. Returns how the frame leaves.
    #[inline(never)]
    pub(super) fn complete(&mut self, place: Where, way: RowExit) -> RowExit {
        let Some((row, beside)) = self.lookup.parts(place.0, place.1) else {
            return way;
        };
        let (full, way) = (row.green.full(), row.completed(way, self.terms.get(beside.terms)));
        if full {
            self.fold(place);
        }
        way
    }
}

/// Why a run in one trunk ended, as [`End`] has it.
enum Stop {
    Frames,
    More(Vid),
    Declined,
}

#[inline(always)]
fn row_of(rows: &mut [Row; TRUNK], vid: Vid) -> &mut Row {
    &mut rows[usize::from(vid.get()) % TRUNK]
}

/// All of the frames come from one trunk with a row for every VID.
#[inline(always)]
fn in_trunk<S: Sink + ?Sized>(
    (kernel, rows): (Kernel, &mut [Row; TRUNK]),
    now: SimTime,
    chunk: &Chunk<'_>,
    (from, patience): (usize, &mut Patience),
    leaving: &mut Leaving,
    sink: &S,
) -> (usize, Stop) {
    if from == 0 {
        chunk.fetch_next();
        chunk.reading.first_vids().for_each(|vid| fetch(row_of(rows, vid)));
    }
    let mut at = from;
    while at < chunk.frames.len() {
        let four = kernel.has_four() && patience.tries();
        if four {
            let before = at;
            at = four::charge(kernel, rows, (chunk.read(), at), now, leaving, |name| sink.soon(name));
            patience.failed(at - before, chunk.frames.len() - at);
        }
        let end = if four { at + 4 } else { CHUNK };
        let (upto, stop) = one_by_one(rows, now, chunk, at..end, leaving, sink);
        at = upto;
        match stop {
            Stop::Frames => {}
            other => return (at, other),
        }
    }
    (at, Stop::Frames)
}

/// The same, each frame alone.
#[inline(never)]
fn one_by_one<S: Sink + ?Sized>(
    rows: &mut [Row; TRUNK],
    now: SimTime,
    chunk: &Chunk<'_>,
    which: Range<usize>,
    leaving: &mut Leaving,
    sink: &S,
) -> (usize, Stop) {
    let end = which.end.min(chunk.frames.len()).min(CHUNK);
    for (i, frame) in (which.start..end).zip(&chunk.frames[which.start..]) {
        // Past the end of the chunk this fetches what was there before.
        fetch(row_of(rows, chunk.reading.vid_ahead(i)));
        let vid = chunk.reading.vid(i);
        let row = row_of(rows, vid);
        let (way, more) = match row.charge(chunk.ordinary(i, *frame), now) {
            Charged::Yes(way) => (way, false),
            Charged::More(way) => (way, true),
            Charged::Declined => return (i, Stop::Declined),
        };
        sink.soon(way.name());
        leaving.put(i, way, row);
        if more {
            return (i + 1, Stop::More(vid));
        }
    }
    (end, Stop::Frames)
}
