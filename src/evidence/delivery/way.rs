//! One direction of a service: frames under way in order of arrival, and what became of them.

use std::collections::{HashMap, VecDeque};
use std::hash::{Hash, Hasher};

use foldhash::fast::FixedState;

use super::bucket::{octets_in, rung_octets};
use super::early::EarlyDelays;
use super::got::Got;
use super::ladders::Ladders;
use super::load::TOGETHER;
use super::supposed::{Supposed, Supposing};
use super::{BurstRule, DeliveryPolicer, UNDER_WAY_MAX};
use crate::evidence::event_key::EventKey;
use crate::evidence::profile::{Shadow, SoldRate};
use crate::evidence::ticket::Trace;
use crate::evidence::window::Turns;
use crate::ident::{StationId, TenantId};
use crate::units::{BitRate, ByteCount, SimDuration, SimTime};

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
    /// It came through: its octets are taken.
    Passed,
    /// It ended for a reason of its own: its octets are taken all the same.
    Lost,
    /// It ended in a policer or queue at this spot, at this time.
    Withheld(u32, Ending, SimTime),
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    trace: Trace,
    at: SimTime,
    octets: u32,
    /// The contract that it came under, and the one that its way ended under.
    contracts: (u32, u32),
    /// Was it asked of a contract?
    asked: bool,
    /// Is there a lower side for it?
    judged: bool,
    /// Is it found by its trace?
    indexed: bool,
    fate: Fates,
}

/// A frame of a flow. Each of its hops is looked up: flow and number tell nearly all apart, and one number is
/// hashed instead of seven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct OfFlow(Trace);

impl Hash for OfFlow {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let copy = u64::from(self.0.doubled) << 1 | u64::from(self.0.lineage.is_answer());
        state.write_u64(self.0.seq ^ u64::from(self.0.flow.0) << 32 ^ copy.rotate_right(8));
    }
}

/// A place of a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Where.
    pub station: StationId,
    /// In order from the reference point: nodes are even, the links behind them odd.
    pub rank: u32,
    /// The burst of the policer there, where that has one of its own.
    pub burst: Option<ByteCount>,
    /// Frames that ended there in a policer, in a queue.
    pub withheld: [u64; 2],
    /// The most octets that would have been left beside a frame that ended there, by rung; of those behind
    /// the last, nothing is known.
    pub worst: Vec<Option<u64>>,
    /// Frames that ended there without reason, by the largest frame and the delays that were known then.
    pub refused: u64,
    /// When the first of them ended.
    pub first: Option<SimTime>,
    /// The least and the longest delay from the reference point to there.
    pub delay: Option<(SimDuration, SimDuration)>,
}

impl Spot {
    fn note(&mut self, delay: SimDuration) {
        let (least, most) = self.delay.unwrap_or((delay, delay));
        self.delay = Some((least.min(delay), most.max(delay)));
    }

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
    /// The largest rate of all contracts, and the least burst that all policers of the way let pass.
    pub bounds: (BitRate, ByteCount),
    /// The least burst of all contracts.
    pub burst: ByteCount,
    /// Policers on the way.
    pub policers: u64,
    /// What was asked, held against the contract; it begins full.
    pub asked: Shadow,
    /// The most octets that were asked in 100 ms.
    pub peak: u64,
    /// What was asked and what of it came through, by spans of 100 ms.
    pub got: Got,
    /// The largest frame, in octets of the contract.
    pub longest: u32,
    /// The smallest frame.
    pub shortest: u32,
    /// What a border let through, held against what was sold across it.
    pub carried: Shadow,
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
    /// The rank of the node at which the way ends; `None`: it ends beyond its last node.
    ends: Option<u32>,
    /// Links of the way by the number of their load, with the octets of a tag there.
    pub(super) loads: Vec<(u32, u32)>,
    policers: u64,
    rule: BurstRule,
    sold: Option<SoldRate>,
    last_sold: Option<SoldRate>,
    bounds: (BitRate, ByteCount),
    burst: ByteCount,
    /// What was sold since when, for frames under way; the last is in force.
    contracts: VecDeque<(SimTime, Option<SoldRate>)>,
    /// The number of the first of them.
    oldest: u32,
    ring: VecDeque<Entry>,
    /// The number of the first entry.
    base: u64,
    /// The number of each frame of a flow that is under way. A second one of the same trace, and what
    /// boxes send of their own, is looked for in the ring.
    index: HashMap<OfFlow, u64, FixedState>,
    /// Entries of the ring that are not in the index.
    unindexed: usize,
    ladders: Ladders,
    got: Got,
    /// What the ladders run for, and the number of the contract where it is of that one alone.
    ladder_of: Option<(SoldRate, Option<u32>)>,
    /// The last contract under which the way of any frame has ended so far.
    reached: u32,
    asked: Shadow,
    together: Shadow,
    carried: Shadow,
    span: (u64, u64),
    peak: u64,
    longest: u32,
    shortest: u32,
    unknown: u64,
    supposing: Option<Supposing>,
    /// Delays of frames that came by spots before their turn.
    early: EarlyDelays,
}

impl Way {
    pub(super) fn new(
        tenant: TenantId,
        to_cloud: bool,
        spots: Vec<(StationId, u32)>,
        ends: Option<u32>,
        policers: &[DeliveryPolicer],
        loads: Vec<(u32, u32)>,
        rule: BurstRule,
    ) -> Self {
        let spot = |(station, rank)| Spot {
            station,
            rank,
            burst: policers
                .iter()
                .filter(|p| p.place == station)
                .filter_map(|p| p.burst)
                .min(),
            withheld: [0; 2],
            worst: Vec::new(),
            refused: 0,
            first: None,
            delay: None,
        };
        let mut spots: Vec<Spot> = spots.into_iter().map(spot).collect();
        spots.sort_by_key(|spot| spot.rank);
        Self {
            tenant,
            to_cloud,
            spots,
            ends,
            loads,
            policers: policers.len() as u64,
            rule,
            sold: None,
            last_sold: None,
            bounds: (BitRate::from_bps(0), ByteCount::new(u64::MAX)),
            burst: ByteCount::new(u64::MAX),
            contracts: VecDeque::from([(SimTime::ZERO, None)]),
            oldest: 0,
            ring: VecDeque::new(),
            base: 0,
            index: HashMap::with_hasher(FixedState::default()),
            unindexed: 0,
            ladders: Ladders::new(),
            got: Got::default(),
            ladder_of: None,
            reached: 0,
            asked: Shadow::default(),
            together: Shadow::default(),
            carried: Shadow::default(),
            span: (0, 0),
            peak: 0,
            longest: 0,
            shortest: u32::MAX,
            unknown: 0,
            supposing: None,
            early: EarlyDelays::new(),
        }
    }

    /// Does the way end at this rank? Towards the cloud it ends beyond its last node.
    pub(super) fn ends_at(&self, rank: u32) -> bool {
        self.ends == Some(rank)
    }

    /// The number of the contract in force.
    fn contract(&self) -> u32 {
        self.oldest + self.contracts.len() as u32 - 1
    }

    /// What is sold changes; returns what was sold before. Who is under way is judged by the lesser.
    pub(super) fn sold(&mut self, at: SimTime, sold: Option<SoldRate>) -> Option<SoldRate> {
        let old = self.sold;
        if sold == old {
            return old;
        }
        self.contracts.push_back((at, sold));
        self.forget_contracts();
        if let Some(new) = sold {
            if old.is_none() {
                (self.asked, self.together) = (self.asked.emptied(), self.together.emptied());
            }
            self.supposing.get_or_insert_with(Supposing::new).restart(at, new);
            self.bounds.0 = self.bounds.0.max(new.rate);
            self.bounds.1 = self.bounds.1.min(new.burst_kept);
            self.burst = self.burst.min(self.rule.burst(new.rate));
        }
        self.sold = sold;
        self.last_sold = sold.or(self.last_sold);
        old
    }

    /// Forgets contracts under which nobody is under way.
    fn forget_contracts(&mut self) {
        let needed = self.ring.front().map_or(self.contract(), |entry| entry.contracts.0);
        while self.oldest < needed {
            self.contracts.pop_front();
            self.oldest += 1;
        }
    }

    /// The lesser of all contracts from one to another; `None`: nothing was sold meanwhile.
    fn lesser(&self, (from, to): (u32, u32)) -> Option<SoldRate> {
        let first = from.checked_sub(self.oldest)? as usize;
        let many = to.checked_sub(from)? as usize + 1;
        let mut all = self.contracts.iter().skip(first).take(many).map(|(_, sold)| *sold);
        let first = all.next()??;
        all.try_fold(first, |least, sold| {
            let sold = sold?;
            Some(SoldRate {
                rate: least.rate.min(sold.rate),
                burst: least.burst.min(sold.burst),
                burst_kept: least.burst_kept.min(sold.burst_kept),
            })
        })
    }

    /// Begins the buckets anew, empty, where another contract binds this frame than the one before it. A
    /// frame whose way overlaps a change goes on under the lesser.
    fn begin(&mut self, (from, to): (u32, u32), at: SimTime, sold: SoldRate) {
        let own = (from == to).then_some(from);
        let goes_on = self.ladder_of.is_some_and(|(of, number)| match own {
            Some(_) => number == own,
            None => of == sold,
        });
        if goes_on {
            return;
        }
        let began = from
            .checked_sub(self.oldest)
            .and_then(|at| self.contracts.get(at as usize));
        let at = match (own, began) {
            (Some(_), Some((began, _))) => *began,
            _ => at,
        };
        self.ladder_of = Some((sold, own));
        self.ladders.restart(at, self.rule.burst(sold.rate).get());
    }

    /// A frame comes to the reference point, in its turn. Does it conform, beside others that are close behind it?
    pub(super) fn enter(&mut self, turn: &EventKey, at: SimTime, trace: &Trace, octets: u32, eligible: bool) -> bool {
        self.longest = self.longest.max(octets);
        self.shortest = self.shortest.min(octets);
        let conforms = match self.sold.filter(|_| !eligible) {
            Some(sold) => self.ask(at, sold, octets),
            None => false,
        };
        if self.ring.len() >= UNDER_WAY_MAX {
            self.unknown += 1;
            self.forget(turn);
        }
        let indexed = trace.flow.is_some() && !self.index.contains_key(&OfFlow(*trace));
        if indexed {
            self.index.insert(OfFlow(*trace), self.base + self.ring.len() as u64);
        } else {
            self.unindexed += 1;
        }
        let contract = self.contract();
        self.ring.push_back(Entry {
            indexed,
            trace: *trace,
            at,
            octets,
            asked: !eligible && self.sold.is_some(),
            contracts: (contract, contract),
            judged: !eligible,
            fate: Fates::Unknown,
        });
        conforms
    }

    fn ask(&mut self, at: SimTime, sold: SoldRate, octets: u32) -> bool {
        self.asked.add(sold.rate, sold.burst_kept, u64::from(octets), at);
        if let Some(supposing) = &mut self.supposing {
            let excused = self.policers.saturating_mul(u64::from(self.longest));
            supposing.ask(at, sold, octets, excused);
        }
        let span = at.as_nanos() / SPAN.as_nanos();
        if span != self.span.0 {
            self.span = (span, 0);
        }
        self.span.1 = self.span.1.saturating_add(u64::from(octets));
        self.peak = self.peak.max(self.span.1);
        self.together.fits(sold.rate, TOGETHER, u64::from(octets), at)
    }

    /// A border takes these octets.
    pub(super) fn carry(&mut self, at: SimTime, octets: u32) {
        if let Some(sold) = self.sold {
            self.carried.add(sold.rate, sold.burst, u64::from(octets), at);
        }
    }

    /// The number of a frame that is under way.
    pub(super) fn find(&self, trace: &Trace) -> Option<u64> {
        if let Some(number) = self.index.get(&OfFlow(*trace)) {
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

    /// The oldest frame counts as passed; where it came by later, nobody knows it.
    fn forget(&mut self, turn: &EventKey) {
        let oldest = self.base;
        self.catch_up(turn);
        self.early.forget(oldest);
        self.end(turn, oldest, Fates::Passed);
    }

    /// A frame comes by a place. One that is yellow there has no lower side any more.
    pub(super) fn passes(
        &mut self,
        turns: &Turns,
        at: SimTime,
        rank: u32,
        trace: &Trace,
        eligible: bool,
    ) -> Option<u64> {
        let number = self.find(trace)?;
        let spot = self.spots.iter().position(|spot| spot.rank == rank)?;
        let found = usize::try_from(number.checked_sub(self.base)?).ok()?;
        let entry = self.ring.get_mut(found)?;
        entry.judged &= !eligible;
        let delay = at.saturating_since(entry.at);
        let spots = &mut self.spots;
        match turns.early() {
            None => spots[spot].note(delay),
            Some(key) => {
                let what = (number, spot, delay);
                let note = |spot: usize, delay| spots[spot].note(delay);
                self.early.add((&turns.now(), key), what, note);
            }
        }
        Some(number)
    }

    /// Who came by before this turn came by.
    pub(super) fn catch_up(&mut self, turn: &EventKey) {
        let spots = &mut self.spots;
        self.early.take(turn, |spot, delay| spots[spot].note(delay));
    }

    /// What a frame comes to that ends here.
    pub(super) fn fates(&self, at: SimTime, station: StationId, ending: Ending) -> Fates {
        let spot = self.spots.iter().position(|spot| spot.station == station);
        let spot = spot.and_then(|spot| u32::try_from(spot).ok());
        spot.map_or(Fates::Lost, |spot| Fates::Withheld(spot, ending, at))
    }

    /// What became of a frame is known.
    pub(super) fn end(&mut self, turn: &EventKey, number: u64, fate: Fates) {
        let at = number.checked_sub(self.base).and_then(|at| usize::try_from(at).ok());
        let contract = self.contract();
        if let Some(entry) = at.and_then(|at| self.ring.get_mut(at)) {
            entry.fate = fate;
            entry.contracts.1 = contract;
            if entry.indexed {
                self.index.remove(&OfFlow(entry.trace));
            }
        }
        self.settle(turn);
    }

    /// Octets of a frame that never came by the reference point.
    pub(super) fn spend(&mut self, octets: u32) {
        self.ladders.spend(octets);
    }

    /// Runs the buckets over all frames, in order, whose fate is known.
    fn settle(&mut self, turn: &EventKey) {
        while self.ring.front().is_some_and(|entry| entry.fate != Fates::Unknown) {
            let Some(entry) = self.ring.pop_front() else { return };
            self.base += 1;
            self.unindexed -= usize::from(!entry.indexed);
            self.run(turn, &entry);
        }
        if self.contracts.len() > 1 {
            self.forget_contracts();
        }
    }

    fn run(&mut self, turn: &EventKey, entry: &Entry) {
        // Who came after a frame whose way overlaps a change is bound as that one is, however soon it ended.
        self.reached = self.reached.max(entry.contracts.1);
        let contracts = (entry.contracts.0, self.reached);
        if entry.asked {
            self.got.add(
                entry.at.as_nanos() / SPAN.as_nanos(),
                entry.octets,
                entry.fate == Fates::Passed,
            );
        }
        let Some(sold) = self.lesser(contracts) else {
            return;
        };
        self.begin(contracts, entry.at, sold);
        self.ladders.refill(sold.rate, entry.at);
        let Fates::Withheld(place, ending, ended) = entry.fate else {
            self.ladders.take(entry.octets);
            return;
        };
        let Some(spot) = self.spots.get(place as usize) else {
            return;
        };
        let rank = spot.rank;
        // It came by the places before, whose buckets it costs.
        self.ladders.take_before(rank, entry.octets);
        if !entry.judged {
            return;
        }
        self.spots[place as usize].withheld[ending as usize] += 1;
        // What policers alone may put out of step is never unjustified: most drops of an overload are such.
        let excused = self.policers.saturating_mul(u64::from(self.longest));
        let least = excused.saturating_add(u64::from(entry.octets));
        if !self.ladders.at(rank).may_hold(least) {
            return;
        }
        self.catch_up(turn);
        let (slack, depth) = self.allowed(&self.spots[place as usize]);
        let (spot, ladder) = (&mut self.spots[place as usize], self.ladders.at(rank));
        let mut refused = false;
        for (rung, left) in ladder.beside(entry.octets) {
            if spot.worst.len() <= rung {
                spot.worst.resize(rung + 1, None);
            }
            spot.worst[rung] = spot.worst[rung].max(Some(left));
            refused |= left >= slack && rung_octets(rung) <= depth;
        }
        if refused {
            spot.refused += 1;
            spot.first = Some(spot.first.map_or(ended, |first| first.min(ended)));
        }
    }

    /// What is allowed beside a frame that ends at a place, and how deep its bucket may be, by what is known
    /// so far: never more than in the end.
    fn allowed(&self, spot: &Spot) -> (u64, u64) {
        let here = self.spots.iter().filter(|other| other.rank == spot.rank & !1);
        let jitter = here.map(Spot::variation).max().unwrap_or_default();
        let jitter = octets_in(self.bounds.0, jitter);
        let frames = self.policers.saturating_mul(u64::from(self.longest));
        let own = spot.burst.map_or(self.burst, |own| own.min(self.burst));
        (frames.saturating_add(jitter), own.get().saturating_sub(jitter))
    }

    /// What was seen, where anything was ever sold.
    pub(super) fn told(&self) -> Option<Delivered> {
        Some(Delivered {
            to_cloud: self.to_cloud,
            sold: self.last_sold?,
            bounds: self.bounds,
            asked: self.asked,
            peak: self.peak,
            got: self.got.clone(),
            longest: self.longest,
            shortest: self.shortest,
            carried: self.carried,
            burst: self.burst,
            policers: self.policers,
            unknown: self.unknown,
            supposed: self.supposing.as_ref().map(Supposing::told).unwrap_or_default(),
            spots: self.spots.clone(),
        })
    }
}
