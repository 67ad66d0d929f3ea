//! One direction of a service: frames under way in order of coming under the contract, what became of
//! them, and which of them the contract takes as green.

use std::collections::{HashMap, VecDeque};

use foldhash::fast::FixedState;

use crate::evidence::profile::SoldRate;
use crate::ident::{DropReason, FlowId, StationId};
use crate::units::{SimDuration, SimTime};

/// Frames that one direction of a service may have under way; of more, the oldest are not judged.
const UNDER_WAY_MAX: usize = 1 << 18;
/// What waits at the end for so long, and for twice the longest time that a frame took, is lost.
const PATIENCE: SimDuration = SimDuration::from_secs(1);
const NANOBITS_PER_OCTET: u128 = 8_000_000_000;
/// Steps in which is told how full a bucket was.
pub const EIGHTHS: usize = 8;

/// A frame of a flow, or an answer to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub flow: FlowId,
    pub answers: bool,
    pub seq: u64,
}

/// Where a frame changed hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Handed {
    /// Its last bit left the segment before.
    pub out: SimTime,
    /// Its first bit entered the one behind.
    pub into: SimTime,
}

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Its last bit came to its end.
    Arrived(SimTime),
    /// It ended here.
    Lost(StationId, Option<DropReason>),
    /// It was under way when the run ended.
    UnderWay,
}

/// What the contract says of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    /// It was within it.
    Green,
    /// A policer or a queue ended it; so many eighths of the burst would have been left beside it.
    Withheld(usize),
    /// The contract was spent.
    Beyond,
    /// The border between regions, a contract of its own, was spent.
    BeyondBorder,
    /// It was sent with DEI.
    Yellow,
    /// No service was open for it.
    Closed,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub key: Key,
    /// Its first bit entered.
    pub entered: SimTime,
    /// It came under the contract; where it never did, its end.
    contracted: SimTime,
    /// Its first bit was at the end of the circuit.
    pub first_bit: Option<SimTime>,
    pub handed: Option<Handed>,
    octets: u32,
    sold: Option<SoldRate>,
    open: bool,
    yellow: bool,
    /// Copies of it that are under way.
    copies: u32,
    withheld: bool,
    /// The contract changed while it was under way.
    overlaps: bool,
    end: Option<End>,
}

/// The contract bucket: full at first, spent by what came through.
#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    sold: Option<SoldRate>,
    tokens: u128,
    at: SimTime,
}

impl Bucket {
    fn refill(&mut self, sold: SoldRate, at: SimTime) {
        let full = u128::from(sold.burst_kept.get()) * NANOBITS_PER_OCTET;
        let elapsed = at.saturating_since(self.at).as_nanos();
        self.tokens = match self.sold {
            None => full,
            Some(before) => {
                let more = u128::from(before.rate.as_bps()) * u128::from(elapsed);
                self.tokens.saturating_add(more).min(full)
            }
        };
        self.at = self.at.max(at);
        self.sold = Some(sold);
    }

    fn spend(&mut self, octets: u32) {
        self.tokens = self.tokens.saturating_sub(u128::from(octets) * NANOBITS_PER_OCTET);
    }

    /// What would be left beside so many octets, where they fit.
    fn beside(&self, octets: u32) -> Option<u128> {
        self.tokens.checked_sub(u128::from(octets) * NANOBITS_PER_OCTET)
    }
}

/// What the whole of a direction was like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LaneFacts {
    /// What was sold last.
    pub sold: Option<SoldRate>,
    /// The largest frame, in octets of the contract.
    pub longest: u32,
    /// The least and the longest time from coming under the contract to where all policers are behind.
    pub transit: Option<(SimDuration, SimDuration)>,
    /// The longest time from entering to arriving.
    pub longest_way: SimDuration,
    /// Frames that were not judged because too many were under way.
    pub forgotten: u64,
}

/// One direction of a service.
#[derive(Debug, Clone)]
pub(super) struct Lane {
    pub open: bool,
    sold: Option<SoldRate>,
    /// Has the customer's line refused the last frame that was put on it, because it is cut?
    pub line_down: bool,
    /// Frames that have entered and not come under the contract: from the cloud, those that have not come
    /// to where the transit router hands over to the VBR.
    before: HashMap<Key, Entry, FixedState>,
    ring: VecDeque<Entry>,
    /// The number of the first entry.
    base: u64,
    index: HashMap<Key, u64, FixedState>,
    bucket: Bucket,
    pub facts: LaneFacts,
}

impl Lane {
    pub(super) fn new() -> Self {
        Self {
            open: false,
            sold: None,
            line_down: false,
            before: HashMap::with_hasher(FixedState::default()),
            ring: VecDeque::new(),
            base: 0,
            index: HashMap::with_hasher(FixedState::default()),
            bucket: Bucket::default(),
            facts: LaneFacts::default(),
        }
    }

    /// What is sold changes.
    pub(super) fn sold(&mut self, sold: Option<SoldRate>) {
        if sold == self.sold {
            return;
        }
        self.sold = sold;
        self.facts.sold = sold.or(self.facts.sold);
        self.ring.iter_mut().for_each(|entry| entry.overlaps = true);
    }

    /// A frame enters. One that is there already has a second copy.
    pub(super) fn enter(&mut self, at: SimTime, key: Key, octets: u32, yellow: bool) {
        self.facts.longest = self.facts.longest.max(octets);
        if self.find(&key).is_some() {
            self.copied(&key);
            return;
        }
        if self.before.len() >= UNDER_WAY_MAX {
            self.facts.forgotten += 1;
            return;
        }
        let entry = Entry {
            key,
            entered: at,
            contracted: at,
            first_bit: None,
            handed: None,
            octets,
            sold: self.sold,
            open: self.open,
            yellow,
            copies: 1,
            withheld: false,
            overlaps: false,
            end: None,
        };
        self.before.insert(key, entry);
    }

    /// A frame comes under the contract.
    pub(super) fn contract(&mut self, at: SimTime, key: &Key) {
        let Some(entry) = self.before.remove(key) else { return };
        if self.ring.len() >= UNDER_WAY_MAX {
            self.facts.forgotten += 1;
            self.end(self.base, End::UnderWay);
        }
        self.index.insert(*key, self.base + self.ring.len() as u64);
        self.ring.push_back(Entry {
            contracted: at,
            sold: self.sold,
            open: self.open,
            ..entry
        });
    }

    /// All policers are behind a frame.
    pub(super) fn is_through(&mut self, at: SimTime, key: &Key) {
        let Some(took) = self.find(key).map(|entry| at.saturating_since(entry.contracted)) else {
            return;
        };
        let (least, most) = self.facts.transit.unwrap_or((took, took));
        self.facts.transit = Some((least.min(took), most.max(took)));
    }

    /// A frame that is under way.
    pub(super) fn find(&mut self, key: &Key) -> Option<&mut Entry> {
        let Some(number) = self.index.get(key) else {
            return self.before.get_mut(key);
        };
        let at = usize::try_from(number.checked_sub(self.base)?).ok()?;
        self.ring.get_mut(at)
    }

    pub(super) fn copied(&mut self, key: &Key) {
        if let Some(entry) = self.find(key) {
            entry.copies = entry.copies.saturating_add(1);
        }
    }

    /// A frame arrives.
    pub(super) fn arrived(&mut self, at: SimTime, key: &Key) {
        let Some(entered) = self.find(key).map(|entry| entry.entered) else {
            return;
        };
        self.facts.longest_way = self.facts.longest_way.max(at.saturating_since(entered));
        self.decide(at, key, End::Arrived(at));
    }

    /// A copy of a frame ends here. The frame is lost with its last one.
    pub(super) fn lost(&mut self, at: SimTime, key: &Key, station: StationId, reason: Option<DropReason>) {
        let Some(entry) = self.find(key) else { return };
        entry.withheld |= matches!(
            reason,
            Some(DropReason::OverRate | DropReason::Throttled | DropReason::QueueFull)
        );
        entry.copies = entry.copies.saturating_sub(1);
        if entry.copies == 0 {
            self.decide(at, key, End::Lost(station, reason));
        }
    }

    /// A copy of a frame is still somewhere at the end. Where it has been there for longer than it
    /// could have been on its way, it is not.
    pub(super) fn held(&mut self, at: SimTime, key: &Key, station: StationId) {
        let patience = PATIENCE.max(self.facts.longest_way.saturating_mul(2));
        let Some(entered) = self.find(key).map(|entry| entry.entered) else {
            return;
        };
        let end = match at.saturating_since(entered) > patience {
            true => End::Lost(station, None),
            false => End::UnderWay,
        };
        self.decide(at, key, end);
    }

    /// Octets that no frame of a flow took.
    pub(super) fn spend(&mut self, octets: u32) {
        self.bucket.spend(octets);
    }

    fn decide(&mut self, at: SimTime, key: &Key, end: End) {
        self.contract(at, key);
        if let Some(number) = self.index.get(key) {
            self.end(*number, end);
        }
    }

    fn end(&mut self, number: u64, end: End) {
        let at = number.checked_sub(self.base).and_then(|at| usize::try_from(at).ok());
        if let Some(entry) = at.and_then(|at| self.ring.get_mut(at)) {
            entry.end = Some(end);
            self.index.remove(&entry.key);
        }
    }

    /// The next frame, in order of coming under the contract, of which is known what became of it.
    pub(super) fn next(&mut self, borders: &[StationId]) -> Option<(Entry, End, Colour)> {
        let end = self.ring.front()?.end?;
        let entry = self.ring.pop_front()?;
        self.base += 1;
        let colour = self.colour(&entry, end, borders);
        Some((entry, end, colour))
    }

    fn colour(&mut self, entry: &Entry, end: End, borders: &[StationId]) -> Colour {
        if !entry.open {
            return Colour::Closed;
        }
        if entry.yellow {
            return Colour::Yellow;
        }
        if let End::Lost(station, Some(DropReason::QueueFull)) = end
            && borders.binary_search(&station).is_ok()
        {
            return Colour::BeyondBorder;
        }
        // Where nothing binds, everything is green.
        let Some(sold) = entry.sold else {
            return Colour::Green;
        };
        self.bucket.refill(sold, entry.contracted);
        let beside = self.bucket.beside(entry.octets);
        if entry.withheld && matches!(end, End::Lost(..)) {
            let full = u128::from(sold.burst_kept.get()) * NANOBITS_PER_OCTET;
            return match beside.filter(|_| !entry.overlaps) {
                Some(left) => {
                    let eighths = (left * EIGHTHS as u128).checked_div(full).unwrap_or(0);
                    Colour::Withheld(usize::try_from(eighths).unwrap_or(EIGHTHS).min(EIGHTHS))
                }
                None => Colour::Beyond,
            };
        }
        match beside {
            Some(left) => {
                self.bucket.tokens = left;
                Colour::Green
            }
            None => Colour::Beyond,
        }
    }
}
