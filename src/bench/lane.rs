//! One core's work: frames in memory, the fast path, the outputs; one pass moves every frame once.
//!
//! Invariant: after a pass in one direction every frame that may pass stands, rewritten, where the
//! next pass in the other direction takes it; every other stands where it stood.

use super::fault::Kind;
use super::octets::{octets_at, stands_at, write};
use super::outbox::{Open, Outboxes};
use super::plant::{Placing, Plant};
use super::point::{Feed, Layout, MOST_BATCH, Operation, Point};
use super::slab::Slab;
use super::touch::{Descriptor, touch};
use super::workload::Scheduled;
use crate::forward::{Batch, Exact, FastPath, Group, Quirk, Rewrite, Verdict};
use crate::ident::{DropReason, PortNo};
use crate::units::SimTime;

/// Octets of a slot; no power of two, because slots of 2,048 share few sets of a cache.
const SLOT: usize = 2_112;
/// A slot's first line is headroom.
const HEADROOM: usize = 64;
/// Picoseconds of an octet on a wire of 100 Gbit/s.
const PS_PER_OCTET: u64 = 80;
/// Preamble, FCS and gap.
const AROUND: u64 = 24;

/// In a translated frame's descriptor, beside its port: it comes back by the other trunk.
const RETURNS: u32 = 1 << 15;

/// One core's switch and frames.
#[derive(Debug)]
pub struct Lane<Q: Quirk = Exact> {
    pub(super) plant: Plant,
    pub(super) frames: Vec<Scheduled>,
    pub(super) fast: FastPath<Q>,
    pub(super) slab: Slab,
    pub(super) out: Outboxes,
    /// Where frames stand before a pass that enters by end 0, and by end 1 where that differs in
    /// more than the port.
    descriptors: [Vec<Descriptor>; 2],
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
        if octets / 4 > u32::MAX as usize {
            return Err(format!(
                "{octets} octets of frames are more than a descriptor reaches (16 GiB)"
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
            descriptors: [descriptor(0), if plant.translates { Vec::new() } else { descriptor(1) }],
            ticks: ticks(&frames, point.feed.frames()),
            feed: point.feed,
            operation: point.operation,
            end: 0,
            passes: [0; 2],
            now_ps: 0,
            frames,
        };
        point.kernel.choose(&mut lane.fast);
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
                &mut octets[at..at + usize::from(place.octets)],
            );
        }
    }

    /// Where frames stand before the next pass, but for the port of a translated one.
    pub fn descriptors(&self) -> &[Descriptor] {
        &self.descriptors[if self.plant.translates { 0 } else { self.end }]
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

    /// Octets of a frame on the wire on average as it comes in: with tag, FCS, preamble and gap.
    pub fn wire_octets(&self) -> f64 {
        let end = usize::from(self.operation == Operation::Push);
        let octets = |frame| u64::from(octets_at(&self.plant, frame, stands_at(frame, end))) + AROUND;
        self.frames.iter().map(octets).sum::<u64>() as f64 / self.frames.len().max(1) as f64
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

    /// Moves every frame once.
    pub fn pass(&mut self) {
        match self.feed {
            Feed::Batch(_) => self.pass_by(|fast, now, window| fast.process(now, window)),
            Feed::Single => self.pass_by(|fast, now, window| window.single(fast, now)),
        }
    }

    /// The same, through a caller's way of processing a batch.
    pub fn pass_by(&mut self, mut process: impl FnMut(&mut FastPath<Q>, SimTime, &mut Window<'_>)) {
        let end = self.end;
        let descriptors = &self.descriptors[if self.plant.translates { 0 } else { end }];
        let mut window = Window {
            descriptors: &[],
            octets: self.slab.octets_mut(),
            flip: if self.plant.translates { end as u32 } else { 0 },
            ports: if self.plant.translates { RETURNS - 1 } else { u32::MAX },
            placing: self.plant.placing(end),
            first: 0,
            near: self.out.are_near(),
            out: self.out.open(),
            later: [(0, 0); MOST_BATCH],
            waiting: 0,
        };
        for (batch, tick) in descriptors.chunks(self.feed.frames()).zip(&self.ticks) {
            self.now_ps += u64::from(*tick);
            let now = SimTime::from_nanos(self.now_ps / 1_000);
            window.descriptors = batch;
            process(&mut self.fast, now, &mut window);
            window.deliver();
            window.first += batch.len() as u32;
        }
        self.passes[end] += 1;
        self.end = 1 - end;
    }

    /// Drains what waits in the outputs: the end of a round.
    pub fn flush(&mut self) {
        self.out.flush();
    }
}

/// A batch that stands in the slab.
#[derive(Debug)]
pub struct Window<'a> {
    descriptors: &'a [Descriptor],
    octets: &'a mut [u8],
    /// 1: what returns comes by the other trunk of each pair.
    flip: u32,
    /// The bits of a descriptor's port that are the port.
    ports: u32,
    placing: Placing,
    /// Number of the batch's first frame.
    first: u32,
    /// Outputs are filled as verdicts come, or after the batch.
    near: bool,
    out: Open<'a>,
    /// Box and number of frames that wait for the end of the batch.
    later: [(usize, u32); MOST_BATCH],
    waiting: usize,
}

impl Window<'_> {
    /// Number of the batch's first frame.
    pub fn first(&self) -> u32 {
        self.first
    }

    /// Fills the outputs with what waits for the end of the batch.
    #[inline]
    fn deliver(&mut self) {
        self.out.put_all(&self.later[..self.waiting]);
        self.waiting = 0;
    }

    #[inline]
    fn single<Q: Quirk>(&mut self, fast: &mut FastPath<Q>, now: SimTime) {
        let (port, bytes) = self.frame(0);
        match fast.forward(port, bytes, now) {
            Verdict::Forward(port, rewrite) => self.forward(0, port, rewrite),
            Verdict::Drop(reason) => Batch::drop(self, 0, reason),
            Verdict::Replicate(group) => self.replicate(0, group),
        }
    }
}

impl Batch for Window<'_> {
    #[inline]
    fn len(&self) -> usize {
        self.descriptors.len()
    }

    #[inline]
    fn frame(&self, i: usize) -> (PortNo, &[u8]) {
        let descriptor = self.descriptors[i];
        let at = descriptor.at();
        let port = u32::from(descriptor.port);
        let port = (port & self.ports) ^ ((port / RETURNS) & self.flip);
        (PortNo(port), &self.octets[at..at + usize::from(descriptor.octets)])
    }

    #[inline]
    fn forward(&mut self, i: usize, port: PortNo, rewrite: Rewrite) {
        let descriptor = self.descriptors[i];
        let at = descriptor.at();
        rewrite.edit(self.octets, at..at + usize::from(descriptor.octets));
        let place = self.placing.of(port, rewrite.push.map(|tag| tag.vid));
        let number = self.first + i as u32;
        if self.near {
            self.out.put(place, number);
        } else if let Some(later) = self.later.get_mut(self.waiting) {
            *later = (place, number);
            self.waiting += 1;
        }
    }

    #[inline]
    fn drop(&mut self, _: usize, _: DropReason) {}

    /// No cross-connect floods; a copy that is made all the same is missing in the ledger.
    #[inline]
    fn replicate(&mut self, _: usize, _: Group) {}
}

/// Where each frame's slot begins, and how many octets all of them take.
fn places(layout: Layout, frames: &[Scheduled]) -> (Vec<usize>, usize) {
    let mut next = 0;
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
    (places, next)
}

/// A frame with its tag begins at its place, a line's first octet; without it, four behind.
fn descriptor(plant: &Plant, frame: &Scheduled, place: usize, end: usize) -> Descriptor {
    let end = stands_at(frame, end);
    let untagged = !plant.translates && end == 1;
    let returns = plant.translates && frame.kind == Kind::Good;
    let port = plant.end(frame.tenant, end).0.0 | if returns { RETURNS } else { 0 };
    Descriptor {
        start: u32::try_from(place / 4).expect("the slab is smaller than 16 GiB") + u32::from(untagged),
        octets: octets_at(plant, frame, end),
        port: u16::try_from(port).expect("a point has less than 65,536 ports"),
    }
}

fn ticks(frames: &[Scheduled], batch: usize) -> Vec<u32> {
    let of = |batch: &[Scheduled]| {
        let octets: u64 = batch.iter().map(|frame| u64::from(frame.octets) + AROUND).sum();
        u32::try_from(octets * PS_PER_OCTET).expect("a batch takes less than four milliseconds")
    };
    frames.chunks(batch).map(of).collect()
}
