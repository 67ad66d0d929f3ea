//! Some frames, followed from link to link, each crossing with its number in a capture of the run.

use std::collections::BTreeMap;

use super::observer::Observer;
use super::samples::Tags;
use super::ticket::{Lineage, Trace};
use super::wire_order::WireOrder;
use crate::ident::{DropReason, Fate, FlowId, Lane, NodeId, Origin, PortNo, Station, TenantId};
use crate::units::SimTime;
use crate::wire::Frame;

/// At most so many crossings of one frame and its copies are kept.
pub const MOST_HOPS: usize = 48;

/// A frame with its copies and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Family {
    tenant: TenantId,
    origin: Origin,
    flow: FlowId,
    seq: u64,
}

impl Family {
    /// That of a frame.
    pub const fn of(trace: &Trace) -> Self {
        Self {
            tenant: trace.tenant,
            origin: trace.origin,
            flow: trace.flow,
            seq: trace.seq,
        }
    }
}

/// A frame crossed a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hop {
    /// When its first bit was on the wire.
    pub start: SimTime,
    /// Who sent it.
    pub from: NodeId,
    /// Which link, which way.
    pub lane: Lane,
    /// The frame's tags.
    pub tags: Tags,
    /// The frame itself, a copy, an answer?
    pub lineage: Lineage,
    /// Its number in a capture of the whole run, from 1.
    pub number: u64,
}

/// What is known of a frame that waits for the wire, where it is followed.
#[derive(Debug, Clone, Copy)]
struct Waits {
    from: NodeId,
    lane: Lane,
    tags: Tags,
}

/// Follows frames. Numbers are those of a capture of the same run: first bits in order.
#[derive(Debug, Clone)]
pub struct Followed {
    hops: BTreeMap<Family, Vec<Hop>>,
    order: WireOrder<Option<Waits>>,
    numbered: u64,
    end: SimTime,
}

impl Followed {
    /// Those of these families, in a run that ends then.
    pub fn new(families: impl IntoIterator<Item = Family>, end: SimTime) -> Self {
        Self {
            hops: families.into_iter().map(|family| (family, Vec::new())).collect(),
            order: WireOrder::default(),
            numbered: 0,
            end,
        }
    }

    /// Where each went, in order of time.
    pub fn finish(mut self) -> BTreeMap<Family, Vec<Hop>> {
        self.number_until(self.end);
        self.hops
    }

    fn number_until(&mut self, now: SimTime) {
        while let Some((start, _, trace, waits)) = self.order.next(now) {
            self.numbered += 1;
            let (Some(waits), Some(hops)) = (waits, self.hops.get_mut(&Family::of(&trace))) else {
                continue;
            };
            if hops.len() < MOST_HOPS {
                hops.push(Hop {
                    start,
                    from: waits.from,
                    lane: waits.lane,
                    tags: waits.tags,
                    lineage: trace.lineage,
                    number: self.numbered,
                });
            }
        }
    }
}

impl Observer for Followed {
    fn sent(&mut self, at: SimTime, _: NodeId, _: PortNo, _: Lane, _: &Trace, _: &Frame) {
        self.number_until(at);
    }

    fn crosses(&mut self, start: SimTime, node: NodeId, lane: Lane, trace: &Trace, frame: &Frame) {
        let waits = self.hops.contains_key(&Family::of(trace)).then(|| Waits {
            from: node,
            lane,
            tags: Tags::of(frame),
        });
        self.order.enters(start, lane.link, trace, waits);
    }

    fn settled(&mut self, at: SimTime, station: Station, trace: &Trace, fate: Fate, _: &Frame) {
        if fate == Fate::Dropped(DropReason::LinkDown) {
            self.order.cut(at, station.id(), trace);
        }
    }
}
