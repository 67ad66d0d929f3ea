//! What a fast path did, told as the reference tells it, and both held against each other.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use trunklab::forward::{Exit, FastPath, FrameVerdict, Group, Kernel, Quirk, ServiceId, Sink, Slots, Standing, Tables};
use trunklab::ident::{DropReason, PortNo};
use trunklab::units::SimTime;
use trunklab::wire::{Frame, Vid};

use super::forward_reference::{Outcome, ReferenceSwitch};

/// What left, by the fast path's word.
pub fn outcome<Q: Quirk>(fast: &FastPath<Q>, verdict: FrameVerdict, bytes: &[u8]) -> Outcome {
    let edit = |(port, rewrite): (PortNo, trunklab::forward::Rewrite)| {
        let mut frame = Frame::from_octets(bytes);
        rewrite.apply(&mut frame);
        assert_eq!(
            frame.octets(),
            rewrite.octets_after(u32::try_from(bytes.len()).unwrap())
        );
        let mut slot = [&[0xee; 8][..], bytes, &[0xee; 64]].concat();
        let standing = Standing::new(8, bytes.len(), PortNo(0)).expect("a short frame");
        let mut slots = Slots::new(&mut slot, vec![standing]).expect("there is room");
        slots.rewrite(0, rewrite);
        assert_eq!(slots.octets(0), frame.bytes(), "in place as in a frame of its own");
        (port, frame.bytes().to_vec())
    };
    match verdict {
        FrameVerdict::Drop(reason) => Err(reason),
        FrameVerdict::Forward(port, rewrite) => Ok(vec![edit((port, rewrite))]),
        FrameVerdict::Replicate(group) => Ok(fast.copies(group).map(edit).collect()),
    }
}

/// What becomes of a frame that is left where it lies, if it only passes.
pub(super) fn lying<Q: Quirk>(fast: &mut FastPath<Q>, port: PortNo, bytes: &[u8], now: SimTime) -> Outcome {
    fast.foresee(port, bytes);
    let Some(passing) = fast.pass(port, bytes, now) else {
        let verdict = fast.forward(port, bytes, now);
        return outcome(fast, verdict, bytes);
    };
    let mut frame = Frame::from_octets(bytes);
    fast.rewrite(passing, &mut frame);
    Ok(vec![(passing.port(), frame.bytes().to_vec())])
}

/// What becomes of frames that arrive together, each as [`outcome`] has it.
struct Told<'a> {
    frames: &'a [(u32, Vec<u8>)],
    outcomes: Vec<Option<Result<Told1, DropReason>>>,
    /// Which one left last: what leaves keeps its order.
    last: Option<usize>,
    /// Names of exits by which a frame was said to leave soon.
    soon: RefCell<BTreeSet<u32>>,
}

/// How a frame leaves: where it stands rewritten, or in copies.
enum Told1 {
    Port(Exit),
    Group(Group),
}

impl Told<'_> {
    fn tell(&mut self, frame: usize, what: Result<Told1, DropReason>) {
        assert!(frame < self.frames.len());
        if what.is_ok() {
            assert!(self.last < Some(frame), "frame {frame} left behind {:?}", self.last);
            self.last = Some(frame);
        }
        let before = self.outcomes[frame].replace(what);
        assert!(before.is_none(), "two verdicts for frame {frame}");
    }
}

/// A number for each way out.
fn mark(port: PortNo, vid: Vid) -> u32 {
    port.0 << 12 | u32::from(vid.get())
}

impl Sink for Told<'_> {
    fn soon(&self, name: u32) {
        self.soon.borrow_mut().insert(name);
    }
    fn forward(&mut self, frame: usize, exit: Exit) {
        self.tell(frame, Ok(Told1::Port(exit)));
    }
    fn drop(&mut self, frame: usize, reason: DropReason) {
        self.tell(frame, Err(reason));
    }
    fn replicate(&mut self, frame: usize, group: Group) {
        self.tell(frame, Ok(Told1::Group(group)));
    }
}

/// Processes frames that arrive together, in slots of their own.
pub fn process<Q: Quirk>(fast: &mut FastPath<Q>, now: SimTime, frames: &[(u32, Vec<u8>)]) -> Vec<Outcome> {
    process_split(fast, now, frames, &[])
}

/// The same in several calls, each of which begins at one of `cuts`.
pub(super) fn process_split<Q: Quirk>(
    fast: &mut FastPath<Q>,
    now: SimTime,
    frames: &[(u32, Vec<u8>)],
    cuts: &[usize],
) -> Vec<Outcome> {
    let mut memory = Vec::new();
    let mut standing = Vec::new();
    for (port, bytes) in frames {
        memory.extend([0xee; 16]);
        standing.push(Standing::new(u32::try_from(memory.len()).unwrap(), bytes.len(), PortNo(*port)).unwrap());
        memory.extend(bytes);
        memory.resize(memory.len() + 72_usize.saturating_sub(bytes.len()), 0xee);
    }
    let mut slots = Slots::new(&mut memory, standing).expect("there is room");
    let outcomes = frames.iter().map(|_| None).collect();
    let mut told = Told {
        frames,
        outcomes,
        last: None,
        soon: RefCell::default(),
    };
    let mut first = 0;
    for &next in cuts.iter().chain([&frames.len()]) {
        fast.process(now, &mut slots, first..next, &mut told);
        first = next;
    }
    let left = told.outcomes.iter().flatten().filter_map(|told| match told {
        Ok(Told1::Port(exit)) => Some(exit.name),
        _ => None,
    });
    let left: BTreeSet<_> = left.collect();
    assert!(told.soon.borrow().is_subset(&left), "what is said to leave soon leaves");
    let outcomes = told.outcomes.into_iter().enumerate();
    outcomes
        .map(|(i, told)| match told.expect("every frame gets a verdict") {
            Err(reason) => Err(reason),
            Ok(Told1::Port(Exit { port, vid, name })) => {
                assert_eq!(
                    name,
                    fast.exit_name(port, vid),
                    "an exit has the name that it was given"
                );
                let left = slots.octets(i).to_vec();
                assert!(
                    vid == Vid::PRIORITY || vid == Vid::of_tci(u16::from_be_bytes([left[14], left[15]])),
                    "the sink is told of the tag that was put on"
                );
                Ok(vec![(port, left)])
            }
            Ok(Told1::Group(group)) => outcome(fast, FrameVerdict::Replicate(group), &frames[i].1),
        })
        .collect()
}

pub fn counted_alike<Q: Quirk>(fast: &FastPath<Q>, reference: &ReferenceSwitch) {
    let mut members = BTreeMap::new();
    let mut drops: BTreeMap<_, _> = fast.unclaimed().iter().map(|(r, c)| ((None, r), c)).collect();
    for id in fast.counted() {
        let counters = fast.counters(id);
        members.extend(counters.members.iter().map(|(port, v, c)| ((id, (*port, *v)), *c)));
        drops.extend(counters.drops.iter().map(|(r, c)| ((Some(id), r), c)));
    }
    members.retain(|_, counters| *counters != Default::default());
    assert_eq!(members, reference.members);
    assert_eq!(drops, reference.drops);
}

pub(super) fn buckets_alike<Q: Quirk>(fast: &FastPath<Q>, reference: &ReferenceSwitch) {
    for (id, service) in &reference.tables.services {
        for member in &service.members {
            let place = (member.port, member.vid);
            let buckets = fast.buckets(*id, place.0, place.1);
            let spent = buckets.map(|b| {
                (
                    b.committed.spent(),
                    if member.police.unwrap().excess.is_some() {
                        b.excess.spent()
                    } else {
                        0
                    },
                )
            });
            assert_eq!(
                spent,
                reference.spent(*id, place),
                "{id:?} {place:?} {:?}",
                member.police
            );
        }
    }
}

pub(super) fn learned_alike<Q: Quirk>(fast: &FastPath<Q>, reference: &ReferenceSwitch, now: SimTime) {
    for id in (0..8).map(ServiceId) {
        let mut known = fast.learned(id, now);
        known.sort();
        assert_eq!(known, reference.learned(id), "{id:?}");
    }
}

/// A fast path for every kernel that there is.
pub(super) fn by_every_kernel(tables: &Tables) -> Vec<FastPath> {
    let by = |kernel| {
        let mut fast = FastPath::new(tables.clone());
        fast.use_kernel(kernel);
        // Some exits have names.
        let members = tables.services.values().flat_map(|service| &service.members);
        let exits = members.map(|member| (member.port, member.vid.unwrap_or(Vid::PRIORITY)));
        fast.name_exits(exits.step_by(2).map(|(port, vid)| ((port, vid), mark(port, vid))));
        fast
    };
    Kernel::available().into_iter().map(by).collect()
}
