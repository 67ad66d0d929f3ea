//! Frames that arrive together: read, charged, rewritten in place, and told to where they go.

use std::ops::Range;

use super::charge::FrameVerdict;
use super::decide::Group;
use super::fastpath::FastPath;
use super::kernel::{Brief, CHUNK, Reading, Slots};
use super::quirk::Quirk;
use super::run::{Chunk, End, Leaving};
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

/// Where a frame leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    /// The port.
    pub port: PortNo,
    /// The VID of the tag that was put on; 0 where none was.
    pub vid: Vid,
    /// What [`Sink::soon`] said of it.
    pub place: u32,
}

/// Where the verdicts of [`FastPath::process`] go, once for each frame.
///
/// Frames are told by their number in the slots. Those that leave do so in the order of their
/// numbers; where one ends may be told before or after.
pub trait Sink {
    /// A frame is about to leave by `port` with a tag of `vid` put on, or with none where that is
    /// 0: the time to [`fetch`](super::fetch) what [`Sink::forward`] is going to touch. What is
    /// answered comes back in [`Exit::place`]: where an output is needs to be found only once.
    #[inline(always)]
    fn soon(&self, port: PortNo, vid: Vid) -> u32 {
        let _ = (port, vid);
        0
    }
    /// The frame leaves so. It has been rewritten where it stands.
    fn forward(&mut self, frame: usize, exit: Exit);
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
        if !self.quirk.by_rows() {
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
            let (reader, frames) = slots.some(chunk.clone());
            self.kernel.read(reader, frames, reading);
            if !Q::EXACT {
                self.misread(&mut reading.briefs[..chunk.len()]);
            }
            self.chunk(slots, chunk.clone(), reading, leaving, sink);
            first = chunk.end;
        }
        self.scratch = Some(scratch);
    }

    /// Charges a chunk and delivers it. Between the two, what delivery touches is fetched.
    #[inline(always)]
    fn chunk<S: Sink + ?Sized>(
        &mut self,
        slots: &mut Slots<'_>,
        which: Range<usize>,
        reading: &Reading,
        leaving: &mut [Leaving; CHUNK],
        sink: &mut S,
    ) {
        let port = Slots::one_port(slots.some(which.clone()).1);
        let (mut at, mut waiting) = (0, 0);
        while at < which.len() {
            let chunk = Chunk::of(slots, which.clone(), port, reading);
            let (end, why) = self.ordinary_run(&chunk, at, &mut leaving[waiting..], sink);
            waiting += end - at;
            at = end;
            match why {
                End::Frames => break,
                End::Tally(place) => {
                    self.fold(place);
                    continue;
                }
                End::Declined => {}
            }
            let i = which.start + at;
            let verdict = self.seldom_in(slots, i, Some(reading.briefs[at]));
            if let FrameVerdict::Drop(reason) = verdict {
                sink.drop(i, reason);
            } else {
                // What leaves keeps its order.
                deliver(slots, which.start, &leaving[..waiting], sink);
                waiting = 0;
                tell(slots, i, verdict, sink);
            }
            at += 1;
        }
        deliver(slots, which.start, &leaving[..waiting], sink);
    }

    /// What a fault makes of the TCIs that the kernel has read.
    fn misread(&self, briefs: &mut [Brief]) {
        let mut before = briefs.first().map_or(0, |first| first.tci());
        for brief in briefs {
            let tci = brief.tci();
            brief.set_tci(self.quirk.read(self.kernel, tci, before));
            before = tci;
        }
    }

    #[inline(never)]
    fn seldom_in(&mut self, slots: &Slots<'_>, i: usize, brief: Option<Brief>) -> FrameVerdict {
        let port = slots.standing()[i].port();
        match brief {
            Some(brief) => self.seldom(port, slots.octets(i), brief),
            None => self.general(port, slots.octets(i)),
        }
    }
}

#[inline(never)]
fn tell<S: Sink + ?Sized>(slots: &mut Slots<'_>, i: usize, verdict: FrameVerdict, sink: &mut S) {
    match verdict {
        FrameVerdict::Drop(reason) => sink.drop(i, reason),
        FrameVerdict::Replicate(group) => sink.replicate(i, group),
        FrameVerdict::Forward(port, rewrite) => {
            slots.rewrite(i, rewrite);
            let vid = rewrite.push.map_or(Vid::PRIORITY, |tag| tag.vid);
            let place = sink.soon(port, vid);
            sink.forward(i, Exit { port, vid, place });
        }
    }
}

/// Rewrites frames of a chunk that begins at `first`, and lets them go.
// A function of its own, so that the loop has the registers to itself.
#[inline(never)]
fn deliver<S: Sink + ?Sized>(slots: &mut Slots<'_>, first: usize, leaving: &[Leaving], sink: &mut S) {
    for leaving in leaving {
        let i = first + leaving.at();
        if leaving.way.retags() {
            slots.retag(i, leaving.way.tag());
        } else {
            slots.edit(i, leaving.way.edit());
        }
        sink.forward(i, leaving.exit());
    }
}
