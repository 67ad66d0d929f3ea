//! One direction of a service: frames under way in order of arrival, and what became of them.

use std::collections::{HashMap, VecDeque};

use foldhash::fast::FixedState;

use super::UNDER_WAY_MAX;
use super::bucket::{Ladder, RUNGS};
use super::supposed::Supposed;
use crate::evidence::profile::{Shadow, SoldRate};
use crate::evidence::ticket::Trace;
use crate::ident::{StationId, TenantId};
use crate::units::{BitRate, ByteCount, SimDuration, SimTime};

/// Frames of a rate's own kind that may come at once at a link that carries that rate.
const TOGETHER: ByteCount = ByteCount::new(32_768);
/// What is asked is told by spans of this length.
const SPAN: SimDuration = SimDuration::from_millis(100);

/// What ended a frame that could have been delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// A policer.
    Policer,
    /// A full queue.
    Queue,
}

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fates {
    /// It is under way.
    Unknown,
    /// It came through, or ended for a reason of its own: its octets are taken.
    Passed,
    /// It ended in a policer or queue at this spot.
    Withheld(u32, Ending),
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    trace: Trace,
    at: SimTime,
    octets: u32,
    /// The contract that it came under; what was sold may have changed since.
    contract: u32,
    /// Is there a lower side for it?
    judged: bool,
    /// Is it found by its trace?
    indexed: bool,
    fate: Fates,
}

/// A place of a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Where.
    pub station: StationId,
    /// In order from the reference point: nodes are even, the links behind them odd.
    pub rank: u32,
    /// Frames that ended there in a policer, in a queue.
    pub withheld: [u64; 2],
    /// The most octets that would have been left beside a frame that ended there, by rung.
    pub worst: [Option<u64>; RUNGS],
    /// When a frame that ended there first found so much.
    pub first: Option<SimTime>,
    /// The least and the longest delay from the reference point to there.
    pub delay: Option<(SimDuration, SimDuration)>,
}

impl Spot {
    /// The variation of the delay up to here.
    pub fn variation(&self) -> SimDuration {
        self.delay
            .map_or(SimDuration::ZERO, |(least, most)| most.saturating_sub(least))
    }
}

/// What was seen of one direction.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// Towards the cloud?
    pub to_cloud: bool,
    /// What it was sold last.
    pub sold: SoldRate,
    /// The largest rate and the least burst of all contracts.
    pub bounds: (BitRate, ByteCount),
    /// What was asked, held against the contract; it begins full.
    pub asked: Shadow,
    /// The most octets that were asked in 100 ms.
    pub peak: u64,
    /// The largest frame, in octets of the contract.
    pub longest: u32,
    /// The smallest frame.
    pub shortest: u32,
    /// Octets on the wire that a link of the way's least rate fell behind at most, of what conforms.
    pub behind: Shadow,
    /// Frames that counted as passed because too many were under way.
    pub unknown: u64,
    /// Policers that were not there.
    pub supposed: Vec<Supposed>,
    /// The places, in order.
    pub spots: Vec<Spot>,
}

/// One direction of a service.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) tenant: TenantId,
    to_cloud: bool,
    spots: Vec<Spot>,
    last_rank: u32,
    least_link: BitRate,
    sold: Option<SoldRate>,
    last_sold: Option<SoldRate>,
    bounds: (BitRate, ByteCount),
    contract: u32,
    ring: VecDeque<Entry>,
    /// The number of the first entry.
    base: u64,
    /// The number of each frame of a flow that is under way. A second one of the same trace, and what
    /// boxes send of their own, is looked for in the ring.
    index: HashMap<Trace, u64, FixedState>,
    /// Entries of the ring that are not in the index.
    unindexed: usize,
    /// When the contract of each number began, for entries still in the ring; only the last counts.
    began: SimTime,
    ladder: Ladder,
    ladder_contract: u32,
    asked: Shadow,
    together: Shadow,
    behind: Shadow,
    span: (u64, u64),
    peak: u64,
    longest: u32,
    shortest: u32,
    unknown: u64,
    supposed: Vec<Supposed>,
}

impl Way {
    pub(super) fn new(tenant: TenantId, to_cloud: bool, spots: Vec<(StationId, u32)>, least_link: BitRate) -> Self {
        let last_rank = spots.iter().map(|(_, rank)| *rank).filter(|rank| rank % 2 == 0).max();
        let spot = |(station, rank)| Spot {
            station,
            rank,
            withheld: [0; 2],
            worst: [None; RUNGS],
            first: None,
            delay: None,
        };
        let mut spots: Vec<Spot> = spots.into_iter().map(spot).collect();
        spots.sort_by_key(|spot| spot.rank);
        Self {
            tenant,
            to_cloud,
            spots,
            last_rank: last_rank.unwrap_or_default(),
            least_link,
            sold: None,
            last_sold: None,
            bounds: (BitRate::from_bps(0), ByteCount::new(u64::MAX)),
            contract: 0,
            ring: VecDeque::new(),
            base: 0,
            index: HashMap::with_hasher(FixedState::default()),
            unindexed: 0,
            began: SimTime::ZERO,
            ladder: Ladder::EMPTY,
            ladder_contract: 0,
            asked: Shadow::default(),
            together: Shadow::default(),
            behind: Shadow::default(),
            span: (0, 0),
            peak: 0,
            longest: 0,
            shortest: u32::MAX,
            unknown: 0,
            supposed: Vec::new(),
        }
    }

    /// Does the way end at this rank? Towards the cloud it ends beyond its last node.
    pub(super) fn ends_at(&self, rank: u32) -> bool {
        !self.to_cloud && rank == self.last_rank
    }

    /// What is sold changes: who is under way is judged by neither.
    pub(super) fn sold(&mut self, at: SimTime, sold: Option<SoldRate>) {
        if sold == self.sold {
            return;
        }
        self.contract += 1;
        self.began = at;
        if let Some(new) = sold {
            if self.sold.is_none() {
                (self.asked, self.together) = (self.asked.emptied(), self.together.emptied());
            }
            if self.supposed.is_empty() {
                self.supposed = Supposed::all();
            }
            for supposed in &mut self.supposed {
                supposed.restart(at, new);
            }
            self.bounds.0 = self.bounds.0.max(new.rate);
            self.bounds.1 = self.bounds.1.min(new.burst_kept);
        }
        self.sold = sold;
        self.last_sold = sold.or(self.last_sold);
    }

    /// A frame comes to the reference point.
    pub(super) fn enter(&mut self, at: SimTime, trace: &Trace, octets: u32, wire: u32, eligible: bool) {
        self.longest = self.longest.max(octets);
        self.shortest = self.shortest.min(octets);
        if let Some(sold) = self.sold.filter(|_| !eligible) {
            self.ask(at, sold, octets, wire);
        }
        if self.ring.len() >= UNDER_WAY_MAX {
            self.unknown += 1;
            self.end(self.base, Fates::Passed);
        }
        let indexed = trace.flow.is_some() && !self.index.contains_key(trace);
        if indexed {
            self.index.insert(*trace, self.base + self.ring.len() as u64);
        } else {
            self.unindexed += 1;
        }
        self.ring.push_back(Entry {
            indexed,
            trace: *trace,
            at,
            octets,
            contract: self.contract,
            judged: self.sold.is_some() && !eligible,
            fate: Fates::Unknown,
        });
    }

    fn ask(&mut self, at: SimTime, sold: SoldRate, octets: u32, wire: u32) {
        self.asked.add(sold.rate, sold.burst_kept, u64::from(octets), at);
        for supposed in &mut self.supposed {
            supposed.ask(at, sold, octets);
        }
        let span = at.as_nanos() / SPAN.as_nanos();
        if span != self.span.0 {
            self.span = (span, 0);
        }
        self.span.1 = self.span.1.saturating_add(u64::from(octets));
        self.peak = self.peak.max(self.span.1);
        if self.together.fits(sold.rate, TOGETHER, u64::from(octets), at) {
            let most = ByteCount::new(2 * (TOGETHER.get() + u64::from(self.longest)));
            self.behind.add(self.least_link, most, u64::from(wire), at);
        }
    }

    /// The number of a frame that is under way.
    pub(super) fn find(&self, trace: &Trace) -> Option<u64> {
        if let Some(number) = self.index.get(trace) {
            return Some(*number);
        }
        if self.unindexed == 0 {
            return None;
        }
        let at = self
            .ring
            .iter()
            .rposition(|entry| !entry.indexed && entry.trace == *trace && entry.fate == Fates::Unknown)?;
        Some(self.base + at as u64)
    }

    /// A frame comes by a place.
    pub(super) fn passes(&mut self, at: SimTime, rank: u32, trace: &Trace) -> Option<u64> {
        let number = self.find(trace)?;
        let spot = self.spots.iter_mut().find(|spot| spot.rank == rank)?;
        let found = usize::try_from(number.checked_sub(self.base)?).ok()?;
        let delay = at.saturating_since(self.ring.get(found)?.at);
        let (least, most) = spot.delay.unwrap_or((delay, delay));
        spot.delay = Some((least.min(delay), most.max(delay)));
        Some(number)
    }

    /// What a frame comes to that ends here.
    pub(super) fn fates(&self, station: StationId, ending: Ending) -> Fates {
        let spot = self.spots.iter().position(|spot| spot.station == station);
        let spot = spot.and_then(|spot| u32::try_from(spot).ok());
        spot.map_or(Fates::Passed, |spot| Fates::Withheld(spot, ending))
    }

    /// What became of a frame is known.
    pub(super) fn end(&mut self, number: u64, fate: Fates) {
        let at = number.checked_sub(self.base).and_then(|at| usize::try_from(at).ok());
        if let Some(entry) = at.and_then(|at| self.ring.get_mut(at)) {
            entry.fate = fate;
            if entry.indexed {
                self.index.remove(&entry.trace);
            }
        }
        self.settle();
    }

    /// Octets of a frame that never came by the reference point.
    pub(super) fn spend(&mut self, octets: u32) {
        self.ladder.spend(octets);
    }

    /// Runs the buckets over all frames, in order, whose fate is known.
    fn settle(&mut self) {
        while self.ring.front().is_some_and(|entry| entry.fate != Fates::Unknown) {
            let Some(entry) = self.ring.pop_front() else { return };
            self.base += 1;
            self.unindexed -= usize::from(!entry.indexed);
            self.run(&entry);
        }
    }

    fn run(&mut self, entry: &Entry) {
        // Who came under another contract than the one in force is judged by neither.
        let Some(sold) = self.sold.filter(|_| entry.contract == self.contract) else {
            return;
        };
        if self.ladder_contract != self.contract {
            self.ladder_contract = self.contract;
            self.ladder.restart(self.began, sold.burst_kept.get());
        }
        self.ladder.refill(sold.rate, entry.at);
        let Fates::Withheld(spot, ending) = entry.fate else {
            self.ladder.take(entry.octets);
            return;
        };
        let Some(spot) = self.spots.get_mut(spot as usize).filter(|_| entry.judged) else {
            return;
        };
        spot.withheld[ending as usize] += 1;
        for (rung, left) in self.ladder.beside(entry.octets) {
            if spot.worst[rung].is_none_or(|worst| left > worst) {
                spot.worst[rung] = Some(left);
            }
            spot.first.get_or_insert(entry.at);
        }
    }

    /// What was seen, where anything was ever sold.
    pub(super) fn told(&self) -> Option<Delivered> {
        Some(Delivered {
            to_cloud: self.to_cloud,
            sold: self.last_sold?,
            bounds: self.bounds,
            asked: self.asked,
            peak: self.peak,
            longest: self.longest,
            shortest: self.shortest,
            behind: self.behind,
            unknown: self.unknown,
            supposed: self.supposed.clone(),
            spots: self.spots.clone(),
        })
    }
}
