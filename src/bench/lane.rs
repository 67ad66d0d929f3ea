//! One core's work: frames in memory, the fast path, the outputs; one pass moves every frame once.
//!
//! Invariant: after a pass in one direction every frame that may pass stands, rewritten, where the
//! next pass in the other direction takes it; every other stands where it stood.

use std::ops::Range;

use super::floor::Floor;
use super::octets::{octets_at, stands_at, write};
use super::outbox::{Open, Outboxes};
use super::plant::{Placing, Plant};
use super::point::{Feed, Layout, Operation, Point};
use super::slab::Slab;
use super::touch::touch;
use super::workload::Scheduled;
use crate::forward::{Exact, Exit, FastPath, FrameVerdict, Group, Quirk, Sink, Slots, Standing, Standings, fetch};
use crate::ident::{DropReason, PortNo};
use crate::units::SimTime;
use crate::wire::Vid;

/// Octets of a slot; no power of two, because slots of 2,048 share few sets of a cache.
const SLOT: usize = 2_112;
/// A slot's first line is headroom.
const HEADROOM: usize = 64;
/// Frames that are on their way when one is taken alone.
const SOON: usize = 4;
/// Picoseconds of an octet on a wire of 100 Gbit/s.
const PS_PER_OCTET: u64 = 80;
/// Preamble, FCS and gap.
const AROUND: u64 = 24;

/// One core's switch and frames.
#[derive(Debug)]
pub struct Lane<Q: Quirk = Exact> {
    pub(super) plant: Plant,
    pub(super) frames: Vec<Scheduled>,
    pub(super) fast: FastPath<Q>,
    pub(super) slab: Slab,
    pub(super) out: Outboxes,
    /// Where boxes are, for passes by each end.
    placing: [Placing; 2],
    /// Where frames stand before a pass that enters by end 0, and by end 1.
    descriptors: [Vec<Standing>; 2],
    /// The same, of the next pass, as the fast path takes it; prepared or not.
    standings: Standings,
    prepared: bool,
    /// Wire time of each batch in picoseconds.
    ticks: Vec<u32>,
    feed: Feed,
    operation: Operation,
    /// By which end the next pass enters.
    pub(super) end: usize,
    /// Passes done by each end.
    pub(super) passes: [u64; 2],
    now_ps: u64,
}

impl Lane {
    /// Memory, tables and frames of this schedule, without faults.
    ///
    /// # Errors
    /// The machine has not enough memory.
    pub fn new(point: &Point, frames: Vec<Scheduled>) -> Result<Self, String> {
        Self::with_quirk(point, frames, Exact)
    }
}

impl<Q: Quirk> Lane<Q> {
    /// The same with a quirk.
    ///
    /// # Errors
    /// The machine has not enough memory.
    pub fn with_quirk(point: &Point, frames: Vec<Scheduled>, quirk: Q) -> Result<Self, String> {
        let plant = Plant::of(point);
        let (places, octets) = places(point.layout, &frames);
        if octets > u32::MAX as usize {
            return Err(format!(
                "{octets} octets of frames are more than a descriptor reaches (4 GiB)"
            ));
        }
        let descriptor = |end| {
            let (frames, places) = (frames.iter(), places.iter());
            let both = frames.zip(places);
            both.map(|(frame, place)| descriptor(&plant, frame, *place, end))
                .collect()
        };
        let mut lane = Self {
            plant,
            fast: FastPath::with_quirk(plant.tables(point.policed > 0), quirk),
            slab: Slab::new(octets)?,
            out: Outboxes::new(plant.boxes(), frames.len())?,
            placing: [0, 1].map(|end| plant.placing(end)),
            descriptors: [descriptor(0), descriptor(1)],
            standings: Standings::new(octets, Vec::with_capacity(frames.len())).expect("no frame has no room"),
            prepared: false,
            ticks: ticks(&frames, point.feed.frames()),
            feed: point.feed,
            operation: point.operation,
            end: 0,
            passes: [0; 2],
            now_ps: 0,
            frames,
        };
        point.kernel.choose(&mut lane.fast);
        lane.fast.name_exits(names(&plant, &lane.placing));
        lane.fill();
        Ok(lane)
    }

    fn fill(&mut self) {
        let octets = self.slab.octets_mut();
        for (number, (frame, place)) in (0..).zip(self.frames.iter().zip(&self.descriptors[0])) {
            let at = place.at();
            write(
                &self.plant,
                frame,
                number,
                0,
                &mut octets[at..at + place.octets() as usize],
            );
        }
    }

    /// Where frames stand before the next pass.
    pub fn descriptors(&self) -> &[Standing] {
        &self.descriptors[self.end]
    }

    /// The memory that they stand in.
    pub fn octets(&self) -> &[u8] {
        self.slab.octets()
    }

    /// The fast path with its counters.
    pub fn fast(&self) -> &FastPath<Q> {
        &self.fast
    }

    /// Did the kernel take the request for huge pages?
    pub fn huge_pages_asked(&self) -> bool {
        self.slab.huge_pages_asked()
    }

    /// Millionths of the frames' memory that stand on huge pages, where the system tells.
    pub fn on_huge_pages(&self) -> Option<u64> {
        self.slab.on_huge_pages()
    }

    /// Octets of a frame on the wire on average as it comes in: with tag, FCS, preamble and gap.
    pub fn wire_octets(&self) -> f64 {
        let end = usize::from(self.operation == Operation::Push);
        let octets = |frame| u64::from(octets_at(&self.plant, frame, stands_at(frame, end))) + AROUND;
        self.frames.iter().map(octets).sum::<u64>() as f64 / self.frames.len().max(1) as f64
    }

    /// What is done to each frame.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// Is the next pass one that the point's operation asks for? Popping alternates with pushing,
    /// and only one of them is timed.
    pub fn counts(&self) -> bool {
        match self.operation {
            Operation::Translate => true,
            Operation::Pop => self.end == 0,
            Operation::Push => self.end == 1,
        }
    }

    /// The bare loop over what the next pass will read.
    pub fn touch(&self) -> u64 {
        touch(self.descriptors(), self.slab.octets())
    }

    /// What any demultiplexer has to do to memory, over what the next pass will read.
    pub fn floor(&mut self, floor: &mut Floor) {
        floor.pass(
            &self.descriptors[self.end],
            self.slab.octets_mut(),
            &self.placing[1 - self.end],
        );
    }

    /// Writes the descriptors of the next pass anew, as a network card would: not timed.
    pub fn prepare(&mut self) {
        if !self.prepared {
            let list = &self.descriptors[self.end];
            self.standings.reset(list).expect("places have room");
            self.prepared = true;
        }
    }

    /// Moves every frame once.
    pub fn pass(&mut self) {
        match self.feed {
            Feed::Batch(_) => self.pass_by(|fast, now, slots, which, sink| fast.process(now, slots, which, sink)),
            Feed::Single => self.pass_by(single),
        }
    }

    /// The same, through a caller's way of processing some of the frames.
    pub fn pass_by(
        &mut self,
        mut process: impl FnMut(&mut FastPath<Q>, SimTime, &mut Slots<'_>, Range<usize>, &mut Window<'_>),
    ) {
        self.prepare();
        let mut window = Window {
            placing: &self.placing[self.end],
            out: self.out.open(),
        };
        let mut slots = Slots::over(self.slab.octets_mut(), std::mem::take(&mut self.standings));
        let (all, step) = (slots.len(), self.feed.frames());
        for (first, tick) in (0..all).step_by(step).zip(&self.ticks) {
            self.now_ps += u64::from(*tick);
            let now = SimTime::from_nanos(self.now_ps / 1_000);
            process(
                &mut self.fast,
                now,
                &mut slots,
                first..all.min(first + step),
                &mut window,
            );
        }
        self.standings = slots.into_standings();
        self.prepared = false;
        self.passes[self.end] += 1;
        self.end = 1 - self.end;
    }

    /// Drains what waits in the outputs: the end of a round.
    pub fn flush(&mut self) {
        self.out.flush();
    }
}

/// The box of each exit.
fn names(plant: &Plant, placing: &[Placing; 2]) -> Vec<((PortNo, Vid), u32)> {
    let ends = (0..plant.tenants()).flat_map(|tenant| [(tenant, 0), (tenant, 1)]);
    let name = |(tenant, end): (u32, usize)| {
        let (port, vid) = plant.end(tenant, 1 - end);
        let vid = vid.unwrap_or(Vid::PRIORITY);
        ((port, vid), placing[end].of(port, vid))
    };
    ends.map(name).collect()
}

/// One frame at a time, as the simulator has them; as any receiver does, with the next ones on
/// their way.
#[inline]
fn single<Q: Quirk>(
    fast: &mut FastPath<Q>,
    now: SimTime,
    slots: &mut Slots<'_>,
    which: Range<usize>,
    sink: &mut Window<'_>,
) {
    for i in which {
        if i + SOON < slots.len() {
            fetch(slots.octets(i + SOON));
        }
        let port = slots.standing()[i].port();
        match fast.forward(port, slots.octets(i), now) {
            FrameVerdict::Forward(port, rewrite) => {
                slots.rewrite(i, rewrite);
                let vid = rewrite.push.map_or(Vid::PRIORITY, |tag| tag.vid);
                let name = sink.placing.of(port, vid);
                sink.forward(i, Exit { port, vid, name });
            }
            FrameVerdict::Drop(reason) => Sink::drop(sink, i, reason),
            FrameVerdict::Replicate(group) => sink.replicate(i, group),
        }
    }
}

/// Where frames go that leave.
#[derive(Debug)]
pub struct Window<'a> {
    placing: &'a Placing,
    out: Open<'a>,
}

impl Sink for Window<'_> {
    #[inline(always)]
    fn soon(&self, name: u32) {
        self.out.soon(name as usize);
    }

    #[inline(always)]
    fn forward(&mut self, frame: usize, exit: Exit) {
        self.out.put(exit.name as usize, frame as u32);
    }

    #[inline]
    fn drop(&mut self, _: usize, _: DropReason) {}

    /// No cross-connect floods; a copy that is made all the same is missing in the ledger.
    #[inline]
    fn replicate(&mut self, _: usize, _: Group) {}
}

/// Where each frame's slot begins, and how many octets all of them take.
fn places(layout: Layout, frames: &[Scheduled]) -> (Vec<usize>, usize) {
    // The first line is headroom of the first frame.
    let mut next = 64;
    let places = frames
        .iter()
        .map(|frame| {
            let place = next;
            next += match layout {
                Layout::Packed => usize::from(frame.octets).next_multiple_of(64),
                Layout::Slots => SLOT,
            };
            match layout {
                Layout::Packed => place,
                Layout::Slots => place + HEADROOM,
            }
        })
        .collect();
    // Behind a short last frame there is room for padding.
    (places, next + 64)
}

/// A frame with its tag begins at its place, a line's first octet; without it, four behind.
fn descriptor(plant: &Plant, frame: &Scheduled, place: usize, end: usize) -> Standing {
    let end = stands_at(frame, end);
    let untagged = !plant.translates && end == 1;
    let at = u32::try_from(place).expect("the slab is smaller than 4 GiB") + if untagged { 4 } else { 0 };
    let octets = octets_at(plant, frame, end).into();
    Standing::new(at, octets, plant.end(frame.tenant, end).0).expect("a point has less than 65,536 ports")
}

fn ticks(frames: &[Scheduled], batch: usize) -> Vec<u32> {
    let of = |batch: &[Scheduled]| {
        let octets: u64 = batch.iter().map(|frame| u64::from(frame.octets) + AROUND).sum();
        u32::try_from(octets * PS_PER_OCTET).expect("a batch takes less than four milliseconds")
    };
    frames.chunks(batch).map(of).collect()
}
