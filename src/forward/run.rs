//! Ordinary frames of a chunk, charged one after the other by their rows.
//!
//! What is touched later is fetched meanwhile: rows some frames ahead, the frames of the next
//! chunk, and through [`Sink::soon`] where frames are delivered.

use std::ops::Range;

use super::batch::{Exit, Sink};
use super::fastpath::{FastPath, Where};
use super::kernel::{Brief, CHUNK, Reader, Reading, Slots, Standing, fetch};
use super::lookup::Lookup;
use super::quirk::Quirk;
use super::row::{Charged, Ordinary, Row, RowExit, Terms};
use super::store::TRUNK;
use crate::ident::PortNo;
use crate::units::SimTime;

/// Frames whose rows are fetched before they are charged.
const AHEAD: usize = 16;

/// Why a run of ordinary frames ended.
pub(super) enum End {
    /// There are no more of them.
    Frames,
    /// The tally of this place is full.
    Tally(Where),
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
            brief: self.reading.briefs[i % CHUNK],
            line: self.reading.lines[i % CHUNK],
            len: frame.octets(),
        }
    }

    /// Fetches the row that frame `i` comes to, where there is such a frame.
    #[inline(always)]
    fn fetch_row(&self, i: usize, lookup: &mut Lookup) {
        if let Some(frame) = self.frames.get(i)
            && let Some((row, _)) = lookup.first_row(frame.port(), self.reading.briefs[i % CHUNK].vid())
        {
            fetch(row);
        }
    }

    /// Fetches the frames of the next chunk.
    #[inline(always)]
    fn fetch_next(&self) {
        self.beyond.iter().for_each(|next| self.reader.fetch(*next));
    }
}

/// A frame that leaves, once it has been rewritten.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Leaving {
    pub way: RowExit,
    /// Which of its chunk.
    at: u32,
    place: u32,
}

impl Leaving {
    #[inline(always)]
    fn of<S: Sink + ?Sized>(way: RowExit, at: usize, sink: &S) -> Self {
        Self {
            way,
            at: at as u32,
            place: sink.soon(way.port(), way.vid()),
        }
    }

    /// Which of its chunk.
    #[inline(always)]
    pub fn at(self) -> usize {
        self.at as usize
    }

    #[inline(always)]
    pub fn exit(self) -> Exit {
        Exit {
            port: self.way.port(),
            vid: self.way.vid(),
            place: self.place,
        }
    }
}

impl<Q: Quirk> FastPath<Q> {
    /// Charges frames from `at` on as long as they are ordinary; says how far it came and why it
    /// ended.
    #[inline(always)]
    pub(super) fn ordinary_run<S: Sink + ?Sized>(
        &mut self,
        chunk: &Chunk<'_>,
        at: usize,
        leaving: &mut [Leaving],
        sink: &S,
    ) -> (usize, End) {
        if let Some(port) = chunk.port
            && let Some(rows) = self.lookup.all_rows(port)
        {
            return in_trunk((rows, port), self.terms.all(), self.now, chunk, at, leaving, sink);
        }
        self.anywhere(chunk, at, leaving, sink)
    }

    #[inline(never)]
    fn anywhere<S: Sink + ?Sized>(
        &mut self,
        chunk: &Chunk<'_>,
        from: usize,
        leaving: &mut [Leaving],
        sink: &S,
    ) -> (usize, End) {
        let Self { lookup, terms, now, .. } = self;
        if from == 0 {
            chunk.fetch_next();
            (0..AHEAD).for_each(|i| chunk.fetch_row(i, lookup));
        }
        for ((i, frame), out) in chunk.frames.iter().enumerate().skip(from).zip(leaving) {
            chunk.fetch_row(i + AHEAD, lookup);
            let asked = chunk.ordinary(i, *frame);
            let Some((row, by_vid)) = lookup.first_row(frame.port(), asked.brief.vid()) else {
                return (i, End::Declined);
            };
            match row.charge(terms.all(), asked, *now) {
                Charged::Yes(way) => *out = Leaving::of(way, i, sink),
                Charged::Full(way) => {
                    *out = Leaving::of(way, i, sink);
                    return (i + 1, End::Tally((frame.port(), by_vid.then_some(asked.brief.vid()))));
                }
                Charged::Declined => return (i, End::Declined),
            }
        }
        (chunk.frames.len(), End::Frames)
    }
}

#[inline(always)]
fn row_of(rows: &mut [Row; TRUNK], brief: Brief) -> &mut Row {
    &mut rows[usize::from(brief.vid().get()) % TRUNK]
}

/// All of the frames come from one trunk with a row for every VID.
#[inline(never)]
fn in_trunk<S: Sink + ?Sized>(
    (rows, port): (&mut [Row; TRUNK], PortNo),
    terms: &[Terms],
    now: SimTime,
    chunk: &Chunk<'_>,
    from: usize,
    leaving: &mut [Leaving],
    sink: &S,
) -> (usize, End) {
    let briefs = &chunk.reading.briefs;
    if from == 0 {
        chunk.fetch_next();
        briefs[..AHEAD].iter().for_each(|brief| fetch(row_of(rows, *brief)));
    }
    let mut out = leaving.iter_mut();
    for (i, frame) in (from..CHUNK).zip(&chunk.frames[from..]) {
        // Past the end of the chunk this fetches what is there already.
        fetch(row_of(rows, briefs[(i + AHEAD) % CHUNK]));
        let asked = chunk.ordinary(i, *frame);
        match row_of(rows, asked.brief).charge(terms, asked, now) {
            Charged::Yes(way) => tell(out.next(), way, i, sink),
            Charged::Full(way) => {
                tell(out.next(), way, i, sink);
                return (i + 1, End::Tally((port, Some(asked.brief.vid()))));
            }
            Charged::Declined => return (i, End::Declined),
        }
    }
    (chunk.frames.len(), End::Frames)
}

#[inline(always)]
fn tell<S: Sink + ?Sized>(out: Option<&mut Leaving>, way: RowExit, i: usize, sink: &S) {
    if let Some(out) = out {
        *out = Leaving::of(way, i, sink);
    }
}
