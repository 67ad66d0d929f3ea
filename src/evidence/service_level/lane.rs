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

/// The contract bucket: full at first, spent by what came through a segment. So a segment is held to
/// what it lets through itself, whatever the other takes.
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

    /// The colour of a frame, which takes its octets where they fit, unless a policer or a queue ended it.
    fn colour(&mut self, entry: &Entry, sold: SoldRate, is_lost: bool) -> Colour {
        self.refill(sold, entry.contracted);
        let beside = self.beside(entry.octets);
        if entry.withheld && is_lost {
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
                self.tokens = left;
                Colour::Green
            }
            None => Colour::Beyond,
        }
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
    /// Of what came through the first segment, through both.
    buckets: [Bucket; 2],
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
            buckets: [Bucket::default(); 2],
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
        self.buckets.iter_mut().for_each(|bucket| bucket.spend(octets));
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

    /// The next frame, in order of coming under the contract, of which is known what became of it; with
    /// its colour in the segment that it met first, and in the other.
    pub(super) fn next(&mut self, borders: &[StationId]) -> Option<(Entry, End, [Colour; 2])> {
        let end = self.ring.front()?.end?;
        let entry = self.ring.pop_front()?;
        self.base += 1;
        let colours = self.colours(&entry, end, borders);
        Some((entry, end, colours))
    }

    fn colours(&mut self, entry: &Entry, end: End, borders: &[StationId]) -> [Colour; 2] {
        if !entry.open {
            return [Colour::Closed; 2];
        }
        if entry.yellow {
            return [Colour::Yellow; 2];
        }
        if let End::Lost(station, Some(DropReason::QueueFull)) = end
            && borders.binary_search(&station).is_ok()
        {
            return [Colour::BeyondBorder; 2];
        }
        // Where nothing binds, everything is green.
        let Some(sold) = entry.sold else {
            return [Colour::Green; 2];
        };
        let is_lost = matches!(end, End::Lost(..));
        let first = self.buckets[0].colour(entry, sold, is_lost && entry.handed.is_none());
        if entry.handed.is_none() && is_lost {
            return [first; 2];
        }
        [first, self.buckets[1].colour(entry, sold, is_lost)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ident::NodeId;
    use crate::units::{BitRate, ByteCount};

    const fn key(seq: u64) -> Key {
        Key {
            flow: FlowId(0),
            answers: false,
            seq,
        }
    }

    const fn ms(n: u64) -> SimTime {
        SimTime::from_nanos(n * 1_000_000)
    }

    /// 8 Mbit/s, 1,000 octets each millisecond, and a burst of so many frames of 1,000 octets.
    fn lane(burst: u64) -> Lane {
        let mut lane = Lane::new();
        lane.open = true;
        lane.sold(Some(SoldRate {
            rate: BitRate::from_mbps(8),
            burst: ByteCount::new(1_000 * burst),
            burst_kept: ByteCount::new(1_000 * burst),
        }));
        lane
    }

    fn enter(lane: &mut Lane, at: SimTime, seq: u64, yellow: bool) {
        lane.enter(at, key(seq), 1_000, yellow);
        lane.contract(at, &key(seq));
    }

    fn colours(lane: &mut Lane) -> Vec<Colour> {
        std::iter::from_fn(|| lane.next(&[]))
            .map(|(.., [_, colour])| colour)
            .collect()
    }

    #[test]
    fn what_fits_the_contract_is_green_in_order_whatever_arrives_first() {
        let mut lane = lane(2);
        for seq in 0..3 {
            enter(&mut lane, ms(5), seq, false);
        }
        for seq in [2, 1] {
            lane.arrived(ms(6), &key(seq));
        }
        assert_eq!(colours(&mut lane), [], "the first is still under way");
        lane.arrived(ms(7), &key(0));
        assert_eq!(colours(&mut lane), [Colour::Green, Colour::Green, Colour::Beyond]);
    }

    #[test]
    fn a_yellow_frame_and_one_without_a_service_take_nothing_of_the_contract() {
        let mut lane = lane(1);
        lane.open = false;
        enter(&mut lane, ms(5), 0, false);
        lane.open = true;
        enter(&mut lane, ms(5), 1, true);
        enter(&mut lane, ms(5), 2, false);
        for seq in 0..3 {
            lane.arrived(ms(6), &key(seq));
        }
        assert_eq!(colours(&mut lane), [Colour::Closed, Colour::Yellow, Colour::Green]);
    }

    #[test]
    fn what_a_policer_took_is_told_with_what_was_left_and_costs_nothing() {
        let mut lane = lane(4);
        let here = StationId::node(NodeId(0));
        for seq in 0..6 {
            enter(&mut lane, ms(5), seq, false);
        }
        lane.lost(ms(6), &key(0), here, Some(DropReason::OverRate));
        for seq in 1..5 {
            lane.arrived(ms(6), &key(seq));
        }
        lane.lost(ms(6), &key(5), here, Some(DropReason::OverRate));
        let green = Colour::Green;
        let right = [Colour::Withheld(6), green, green, green, green, Colour::Beyond];
        assert_eq!(colours(&mut lane), right);
    }

    #[test]
    fn a_frame_is_lost_with_its_last_copy_and_arrives_with_its_first() {
        let mut lane = lane(4);
        let here = StationId::node(NodeId(0));
        enter(&mut lane, ms(5), 0, false);
        lane.copied(&key(0));
        lane.lost(ms(6), &key(0), here, Some(DropReason::NotForMe));
        assert!(lane.next(&[]).is_none(), "a copy of it is still under way");
        lane.arrived(ms(7), &key(0));
        let end = lane.next(&[]).map(|(_, end, _)| end);
        assert_eq!(end, Some(End::Arrived(ms(7))));
        enter(&mut lane, ms(8), 1, false);
        lane.copied(&key(1));
        for _ in 0..2 {
            lane.lost(ms(9), &key(1), here, Some(DropReason::LinkLoss));
        }
        let end = lane.next(&[]).map(|(_, end, _)| end);
        assert_eq!(end, Some(End::Lost(here, Some(DropReason::LinkLoss))));
    }

    #[test]
    fn what_waits_for_longer_than_any_way_took_is_lost_at_the_end() {
        let here = StationId::node(NodeId(0));
        for (at, right) in [(1_004, End::UnderWay), (1_006, End::Lost(here, None))] {
            let mut lane = lane(4);
            enter(&mut lane, ms(5), 0, false);
            lane.held(ms(at), &key(0), here);
            assert_eq!(lane.next(&[]).map(|(_, end, _)| end), Some(right), "{at}");
        }
    }
}
