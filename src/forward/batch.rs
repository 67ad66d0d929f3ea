//! Frames that arrive together: read, charged, rewritten in place, and told to where they go.

use std::ops::Range;

use super::charge::Verdict;
use super::decide::Group;
use super::fastpath::{FastPath, Where};
use super::kernel::{Brief, CHUNK, Reading, Slots, Standing};
use super::lookup::row_in;
use super::quirk::Quirk;
use super::row::{Charged, Leaving, Ordinary};
use crate::ident::{DropReason, PortNo};
use crate::units::SimTime;
use crate::wire::Vid;

/// What a chunk of frames is worked out in. It is never cleared.
#[derive(Debug, Clone)]
pub(super) struct Scratch {
    reading: Reading,
    leaving: [Leaving; CHUNK],
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            reading: Reading::default(),
            leaving: [Leaving::default(); CHUNK],
        }
    }
}

/// Why a run of ordinary frames ended.
enum End {
    /// There are no more of them.
    Frames,
    /// The tally of this place is full.
    Tally(Where),
    /// The next one is not ordinary.
    Declined,
}

/// Where the verdicts of [`FastPath::process`] go, once for each frame.
///
/// Frames are told by their number in the slots. Those that leave do so in the order of their
/// numbers; where one ends may be told before or after.
pub trait Sink {
    /// A frame is about to leave by `port` with a tag of `vid` put on, or with none where that is
    /// 0: the time to [`fetch`](super::fetch) what [`Sink::forward`] is going to touch.
    #[inline(always)]
    fn soon(&self, port: PortNo, vid: Vid) {
        let _ = (port, vid);
    }
    /// The frame leaves by `port`. It has been rewritten where it stands; `vid` is that of the tag
    /// that was put on, 0 where none was.
    fn forward(&mut self, frame: usize, port: PortNo, vid: Vid);
    /// The frame ends here.
    fn drop(&mut self, frame: usize, reason: DropReason);
    /// Copies of the frame leave by every port that [`FastPath::copies`] names for this group; it
    /// stands as it came.
    fn replicate(&mut self, frame: usize, group: Group);
}

impl<Q: Quirk> FastPath<Q> {
    /// All stages for frames that all arrive at `now`. The frames in two calls meet the same
    /// verdicts, buckets and counters as in one. Panics where there are not so many frames.
    pub fn process<S: Sink + ?Sized>(
        &mut self,
        now: SimTime,
        slots: &mut Slots<'_>,
        which: Range<usize>,
        sink: &mut S,
    ) {
        self.advance(now);
        if !Q::EXACT {
            for i in which {
                let verdict = self.seldom_in(slots, i, None);
                tell(slots, i, verdict, sink);
            }
            return;
        }
        // Taken out, not made anew: clearing it would cost more than a frame does.
        let mut scratch = self.scratch.take().unwrap_or_default();
        let Scratch { reading, leaving } = &mut *scratch;
        let mut first = which.start;
        while first < which.end {
            let chunk = first..which.end.min(first + CHUNK);
            // Behind the batch too: what stands there is likely the next batch.
            let beyond = chunk.end..slots.len().min(chunk.end + CHUNK);
            let (reader, frames) = slots.some(chunk.clone());
            self.kernel.read(reader, frames, reading);
            let briefs = &reading.briefs[..frames.len()];
            // Frames mostly come from one port, as a receive queue has them.
            let port = Slots::one_port(frames);
            if self.lookup.is_wide() {
                self.lookup.fetch_rows(frames, briefs, port);
            }
            // What comes next is fetched while this is charged.
            let (reader, next) = slots.some(beyond);
            next.iter().for_each(|frame| reader.fetch(*frame));
            self.chunk(slots, chunk.clone(), port, reading, leaving, sink);
            first = chunk.end;
        }
        self.scratch = Some(scratch);
    }

    /// Charges a chunk and delivers it. Between the two, what delivery touches is fetched.
    #[inline(always)]
    fn chunk<S: Sink + ?Sized>(
        &mut self,
        slots: &mut Slots<'_>,
        chunk: Range<usize>,
        port: Option<PortNo>,
        reading: &Reading,
        leaving: &mut [Leaving; CHUNK],
        sink: &mut S,
    ) {
        let (mut at, mut waiting) = (0, 0);
        while at < chunk.len() {
            let (_, frames) = slots.some(chunk.start + at..chunk.end);
            let (charged, end) = self.ordinary_run(frames, port, reading, at, &mut leaving[waiting..], sink);
            at += charged;
            waiting += charged;
            match end {
                End::Frames => break,
                End::Tally(place) => {
                    self.fold(place);
                    continue;
                }
                End::Declined => {}
            }
            let i = chunk.start + at;
            let verdict = self.seldom_in(slots, i, Some(reading.briefs[at]));
            if let Verdict::Drop(reason) = verdict {
                sink.drop(i, reason);
            } else {
                // What leaves keeps its order.
                deliver(slots, chunk.start, &leaving[..waiting], sink);
                waiting = 0;
                tell(slots, i, verdict, sink);
            }
            at += 1;
        }
        deliver(slots, chunk.start, &leaving[..waiting], sink);
    }

    /// Charges frames as long as they are ordinary; says how many, and why it ended.
    // A function of its own, so that the loop has the registers to itself; the same for `deliver`.
    #[inline(never)]
    fn ordinary_run<S: Sink + ?Sized>(
        &mut self,
        frames: &[Standing],
        port: Option<PortNo>,
        reading: &Reading,
        at: usize,
        leaving: &mut [Leaving],
        sink: &S,
    ) -> (usize, End) {
        let Self { lookup, terms, now, .. } = self;
        let (terms, now) = (terms.all(), *now);
        let briefs = reading.briefs[at..].iter().zip(&reading.lines[at..]);
        let all = frames.iter().zip(briefs).zip(leaving).enumerate();
        if let Some(port) = port
            && let Some((pages, store)) = lookup.pages(port)
        {
            for (i, ((frame, (brief, line)), out)) in all {
                let Some(row) = row_in(pages, store, brief.vid()) else {
                    return (i, End::Declined);
                };
                let charged = row.charge(terms, ordinary(frame, *brief, *line, at + i), now, out);
                if charged == Charged::Declined {
                    return (i, End::Declined);
                }
                sink.soon(out.way.port(), out.way.vid());
                if charged == Charged::Full {
                    return (i + 1, End::Tally((port, Some(brief.vid()))));
                }
            }
            return (frames.len(), End::Frames);
        }
        for (i, ((frame, (brief, line)), out)) in all {
            let Some((row, by_vid)) = lookup.first_row(frame.port(), brief.vid()) else {
                return (i, End::Declined);
            };
            let charged = row.charge(terms, ordinary(frame, *brief, *line, at + i), now, out);
            if charged == Charged::Declined {
                return (i, End::Declined);
            }
            sink.soon(out.way.port(), out.way.vid());
            if charged == Charged::Full {
                return (i + 1, End::Tally((frame.port(), by_vid.then_some(brief.vid()))));
            }
        }
        (frames.len(), End::Frames)
    }

    #[inline(never)]
    fn seldom_in(&mut self, slots: &Slots<'_>, i: usize, brief: Option<Brief>) -> Verdict {
        let port = slots.standing()[i].port();
        match brief {
            Some(brief) => self.seldom(port, slots.octets(i), brief),
            None => self.general(port, slots.octets(i)),
        }
    }
}

#[inline(never)]
fn tell<S: Sink + ?Sized>(slots: &mut Slots<'_>, i: usize, verdict: Verdict, sink: &mut S) {
    match verdict {
        Verdict::Drop(reason) => sink.drop(i, reason),
        Verdict::Replicate(group) => sink.replicate(i, group),
        Verdict::Forward(port, rewrite) => {
            slots.rewrite(i, rewrite);
            sink.forward(i, port, rewrite.push.map_or(Vid::PRIORITY, |tag| tag.vid));
        }
    }
}

#[inline(always)]
fn ordinary(frame: &Standing, brief: Brief, line: u64, at: usize) -> Ordinary {
    Ordinary {
        brief,
        line,
        len: frame.octets(),
        at: at as u8,
    }
}

/// Rewrites frames of a chunk that begins at `first`, and lets them go.
#[inline(never)]
fn deliver<S: Sink + ?Sized>(slots: &mut Slots<'_>, first: usize, leaving: &[Leaving], sink: &mut S) {
    for leaving in leaving {
        let i = first + usize::from(leaving.edit.at);
        slots.edit(i, leaving.edit);
        sink.forward(i, leaving.way.port(), leaving.way.vid());
    }
}
