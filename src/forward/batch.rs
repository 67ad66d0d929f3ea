//! Frames that arrive together: read, charged, rewritten in place, and told to where they go.

use std::ops::Range;

use super::charge::FrameVerdict;
use super::decide::Group;
use super::fastpath::FastPath;
use super::kernel::{Brief, CHUNK, Leaving, Left, Reading, Slots};
use super::quirk::Quirk;
use super::row::{self, RowExit};
use super::run::{Chunk, End};
use crate::ident::{DropReason, PortNo};
use crate::units::SimTime;
use crate::wire::Vid;

/// What a chunk of frames is worked out in. It is never cleared.
#[derive(Debug, Clone, Default)]
pub(super) struct Scratch {
    reading: Reading,
    leaving: Leaving,
    patience: Patience,
}

/// When four frames at once are tried: not where they failed shortly before. Speed alone depends on it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Patience {
    /// How often they failed in this chunk, and how many of it they charged.
    pub failures: u32,
    pub charged: usize,
    /// For so many chunks more they are not tried.
    rests: u32,
}

impl Patience {
    /// So often they may fail in a chunk, until its other frames are charged one by one.
    const FAILURES: u32 = 2;
    /// With fewer frames of a chunk they are no gain, ...
    const FEW: usize = CHUNK / 4;
    /// ... and so many chunks go by until the next try.
    const RESTS: u32 = 15;

    /// Another chunk.
    #[inline(always)]
    fn begin(&mut self) {
        if self.rests > 0 {
            self.rests -= 1;
        } else if self.failures >= Self::FAILURES && self.charged < Self::FEW {
            self.rests = Self::RESTS;
        }
        (self.failures, self.charged) = (0, 0);
    }

    /// They have charged so many frames, and so many are left.
    #[inline(always)]
    pub fn failed(&mut self, charged: usize, left: usize) {
        self.charged += charged;
        self.failures += u32::from(left >= 4);
    }

    /// Are four to be tried?
    #[inline(always)]
    pub fn tries(&self) -> bool {
        self.rests == 0 && self.failures < Self::FAILURES
    }
}

/// Where a frame leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    /// The port.
    pub port: PortNo,
    /// The VID of the tag that was put on; 0 where none was.
    pub vid: Vid,
    /// What [`FastPath::name_exits`] calls it; [`Exit::UNNAMED`] where it has no name.
    pub name: u32,
}

impl Exit {
    /// The name of an exit that was given none.
    pub const UNNAMED: u32 = row::UNNAMED;
}

/// Where the verdicts of [`FastPath::process`] go, once for each frame.
///
/// Frames are told by their number in the slots. Those that leave do so in the order of their
/// numbers; where one ends may be told before or after.
pub trait Sink {
    /// A frame is about to leave by the exit with this name: the time to [`fetch`](super::fetch) what
    /// [`Sink::forward`] is going to touch.
    #[inline(always)]
    fn soon(&self, name: u32) {
        let _ = name;
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
                self.tell(slots, i, verdict, sink);
            }
            return;
        }
        // Taken out, not made anew: clearing it would cost more than a frame does.
        let mut scratch = self.scratch.take().unwrap_or_default();
        let Scratch {
            reading,
            leaving,
            patience,
        } = &mut *scratch;
        let mut first = which.start;
        while first < which.end {
            let chunk = first..which.end.min(first + CHUNK);
            let (reader, frames) = slots.some(chunk.clone());
            self.kernel.read(reader, frames, reading);
            if !Q::EXACT {
                self.misread(reading, chunk.len());
            }
            self.chunk(slots, chunk.clone(), reading, (leaving, patience), sink);
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
        (leaving, patience): (&mut Leaving, &mut Patience),
        sink: &mut S,
    ) {
        let port = self.kernel.one_port(slots.some(which.clone()).1);
        let mut at = 0;
        patience.begin();
        leaving.begin(0);
        while at < which.len() {
            let chunk = Chunk::of(slots, which.clone(), port, reading);
            let (end, why) = self.ordinary_run(&chunk, (at, patience), leaving, sink);
            at = end;
            match why {
                End::Frames => break,
                End::More(place) => {
                    if let Some(way) = leaving.last_mut() {
                        *way = self.complete(place, *way);
                    }
                    continue;
                }
                End::Declined => {}
            }
            let i = which.start + at;
            let verdict = self.seldom_in(slots, i, Some(reading.brief(at)));
            at += 1;
            if let FrameVerdict::Drop(reason) = verdict {
                sink.drop(i, reason);
                leaving.leave_gap();
            } else {
                // What leaves keeps its order.
                deliver(slots, which.start, leaving, sink);
                self.tell(slots, i, verdict, sink);
                leaving.begin(at);
            }
        }
        deliver(slots, which.start, leaving, sink);
    }

    /// What a fault makes of the TCIs that the kernel has read.
    fn misread(&self, reading: &mut Reading, frames: usize) {
        let mut before = reading.tci(0);
        for i in 0..frames {
            let tci = reading.tci(i);
            reading.set_tci(i, self.quirk.read(self.kernel, tci, before));
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

    #[inline(never)]
    fn tell<S: Sink + ?Sized>(&self, slots: &mut Slots<'_>, i: usize, verdict: FrameVerdict, sink: &mut S) {
        match verdict {
            FrameVerdict::Drop(reason) => sink.drop(i, reason),
            FrameVerdict::Replicate(group) => sink.replicate(i, group),
            FrameVerdict::Forward(port, rewrite) => {
                slots.rewrite(i, rewrite);
                let vid = rewrite.push.map_or(Vid::PRIORITY, |tag| tag.vid);
                let name = self.exit_name(port, vid);
                sink.forward(i, Exit { port, vid, name });
            }
        }
    }
}

/// Rewrites frames of a chunk that begins at `first`, and lets them go.
// A function of its own, so that the loop has the registers to itself.
#[inline(never)]
fn deliver<S: Sink + ?Sized>(slots: &mut Slots<'_>, first: usize, leaving: &Leaving, sink: &mut S) {
    let exit = |way: RowExit, port: PortNo| Exit {
        port,
        vid: way.vid(),
        name: way.name(),
    };
    if let Some(ways) = leaving.plain() {
        let tags = ways.iter().map(|way| way.tag());
        slots.retag_all(first, tags, |i| {
            let (way, port) = (ways[i], leaving.port(i));
            let (vid, name) = (way.vid(), way.name_of_tag());
            sink.forward(first + i, Exit { port, vid, name });
        });
        return;
    }
    for Left { way, port, at } in leaving.iter() {
        let i = first + at;
        if way.retags() {
            slots.retag(i, way.tag());
        } else {
            slots.edit(i, way.edit());
        }
        sink.forward(i, exit(way, port));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_at_once_are_tried_twice_a_chunk_and_rest_where_they_were_no_gain() {
        let mut patience = Patience::default();
        let mut chunk = |charged: [usize; 2]| {
            patience.begin();
            let first = patience.tries();
            if first {
                patience.failed(charged[0], 8);
                assert!(patience.tries(), "they may fail once");
                patience.failed(charged[1], 4);
                assert!(!patience.tries(), "and not thrice");
            }
            first
        };
        assert!(chunk([8, 8]));
        assert!(chunk([8, 7]), "a quarter of a chunk is a gain");
        let tried: Vec<_> = (0..15).map(|_| chunk([0, 0])).collect();
        assert_eq!(tried, [false; 15], "less is none");
        assert!(chunk([16, 16]));
        assert!(chunk([16, 16]));
        // With fewer than four frames left nothing failed.
        patience.begin();
        (0..9).for_each(|_| patience.failed(0, 3));
        assert!(patience.tries());
    }
}
