//! A run in samples, for who draws it: what each tenant offered and got in equal parts of the time, how long
//! its frames took, and which tags they had where.
//!
//! Its size depends on tenants and places, and on frames that are under way: a time is kept for each of
//! those until it ends, up to [`MOST_TIMED`]. Nobody listens to it where nothing is drawn.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::FixedState;

use super::observer::Observer;
use super::ticket::{Lineage, Trace};
use crate::ident::{Direction, Fate, FlowId, Lane, NodeId, Station, TenantId};
use crate::units::SimTime;
use crate::wire::{Frame, FrameView};

/// Into so many parts a run is divided.
pub const SLOTS: usize = 120;
/// The same where there are more than [`MANY`] tenants.
const FEW_SLOTS: usize = 24;
const MANY: usize = 8_000;
/// At most so many frames are timed at once; others are not timed.
pub const MOST_TIMED: usize = 1 << 18;
/// So many kinds of tags are told apart on one direction of a link.
const MOST_STACKS: usize = 4;
/// Tags of a frame that are looked at.
const DEPTH: usize = 3;

/// The tags of a frame, from the outermost: protocol id and VID; zero behind the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Tags([(u16, u16); DEPTH]);

impl Tags {
    /// Those of a frame.
    pub fn of(frame: &Frame) -> Self {
        let mut tags = Self::default();
        if let Ok(view) = FrameView::new(frame.bytes()) {
            for (slot, tag) in tags.0.iter_mut().zip(view.tags()) {
                *slot = (tag.tpid.0, tag.vid().get());
            }
        }
        tags
    }
}

impl std::fmt::Display for Tags {
    /// `untagged`, `8100:101`, `88a8:7 8100:101`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tags = self.0.iter().take_while(|(tpid, _)| *tpid != 0);
        let tags: Vec<String> = tags.map(|(tpid, vid)| format!("{tpid:04x}:{vid}")).collect();
        match tags.is_empty() {
            true => f.write_str("untagged"),
            false => f.write_str(&tags.join(" ")),
        }
    }
}

/// Frames of one tenant that had the same tags on one direction of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tagged {
    /// The tags; of a fifth kind and more, those of the fourth.
    pub tags: Tags,
    /// How many frames.
    pub frames: u64,
    /// When the first bit of the first of them was on the wire.
    pub since: SimTime,
}

/// What a tenant offered and got in each part of the time.
#[derive(Debug, Clone, Default)]
pub struct Slots {
    /// Octets that were offered, answers included.
    pub offered: Vec<u64>,
    /// Octets that arrived.
    pub arrived: Vec<u64>,
    /// Frames that were lost.
    pub lost: Vec<u64>,
}

/// How long frames took.
#[derive(Debug, Clone, Default)]
pub struct Took {
    classes: BTreeMap<u16, u64>,
    shortest: u64,
    longest: u64,
}

impl Took {
    /// Frames by class: at most so many nanoseconds, and how many. A class is a sixteenth of its octave wide.
    pub fn classes(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.classes.iter().map(|(class, n)| (at_most(*class), *n))
    }
    /// The shortest and the longest, in nanoseconds.
    pub const fn range(&self) -> (u64, u64) {
        (self.shortest, self.longest)
    }
    fn add(&mut self, nanos: u64) {
        self.shortest = if self.classes.is_empty() {
            nanos
        } else {
            self.shortest.min(nanos)
        };
        self.longest = self.longest.max(nanos);
        *self.classes.entry(class(nanos)).or_default() += 1;
    }
}

/// Sixteen classes for each octave; below 16 ns each nanosecond has its own.
const fn class(nanos: u64) -> u16 {
    if nanos < 16 {
        return nanos as u16;
    }
    let octave = nanos.ilog2() as u16 - 4;
    let part = (nanos >> octave) as u16 & 15;
    16 + octave * 16 + part
}

/// The longest time of a class.
const fn at_most(class: u16) -> u64 {
    if class < 16 {
        return class as u64;
    }
    let (octave, part) = ((class - 16) / 16, (class - 16) % 16);
    let least = (16 + part as u64) << octave;
    least + ((1u64 << octave) - 1)
}

/// Samples a run.
#[derive(Debug, Clone)]
pub struct Samples {
    /// How long a part is, in nanoseconds, and how many there are.
    slot: u64,
    slots: usize,
    tenants: Vec<Slots>,
    directions: Vec<Direction>,
    crossed: Vec<((TenantId, Lane), Vec<Tagged>)>,
    /// Where each stands in that list.
    index: HashMap<(TenantId, Lane), u32, FixedState>,
    under_way: HashMap<(FlowId, u64, bool), SimTime, FixedState>,
    took: BTreeMap<(TenantId, Direction), Took>,
}

impl Samples {
    /// For so many tenants, flows that go these ways, and a run of that length.
    pub fn new(tenants: usize, directions: Vec<Direction>, end: SimTime) -> Self {
        let slots = if tenants > MANY { FEW_SLOTS } else { SLOTS };
        Self {
            slot: end.as_nanos().div_ceil(slots as u64).max(1),
            slots,
            tenants: vec![Slots::default(); tenants],
            directions,
            crossed: Vec::new(),
            index: HashMap::default(),
            under_way: HashMap::default(),
            took: BTreeMap::new(),
        }
    }

    /// What a tenant offered and got; empty lists where it sent nothing.
    pub fn slots(&self, tenant: TenantId) -> Slots {
        self.tenants.get(tenant.index()).cloned().unwrap_or_default()
    }

    /// How long a part of the time is, in nanoseconds.
    pub const fn slot_nanos(&self) -> u64 {
        self.slot
    }

    /// On which links frames of a tenant were, and with which tags, sorted.
    pub fn crossed(&self) -> BTreeMap<(TenantId, Lane), Vec<Tagged>> {
        self.crossed.iter().cloned().collect()
    }

    /// How long frames of each tenant took, each way.
    pub const fn took(&self) -> &BTreeMap<(TenantId, Direction), Took> {
        &self.took
    }

    fn add(&mut self, at: SimTime, trace: &Trace, n: u64, of: impl Fn(&mut Slots) -> &mut Vec<u64>) {
        let last = self.slots - 1;
        let slot = usize::try_from(at.as_nanos() / self.slot).unwrap_or(last).min(last);
        let Some(slots) = self.tenants.get_mut(trace.tenant.index()) else {
            return;
        };
        let list = of(slots);
        if list.is_empty() {
            list.resize(self.slots, 0);
        }
        list[slot] += n;
    }

    fn starts(&mut self, at: SimTime, trace: &Trace, octets: u32) {
        self.add(at, trace, u64::from(octets), |slots| &mut slots.offered);
        if self.under_way.len() < MOST_TIMED {
            let key = (trace.flow, trace.seq, trace.lineage.is_answer());
            self.under_way.insert(key, at);
        }
    }
}

impl Observer for Samples {
    fn needs_order(&self) -> bool {
        false
    }

    fn offered(&mut self, at: SimTime, _station: Station, trace: &Trace, octets: u32) {
        if trace.flow.is_some() {
            self.starts(at, trace, octets);
        }
    }

    fn copied(&mut self, at: SimTime, _station: Station, trace: &Trace, octets: u32) {
        if trace.flow.is_some() && trace.lineage == Lineage::Reply {
            self.starts(at, trace, octets);
        }
    }

    fn settled(&mut self, at: SimTime, _station: Station, trace: &Trace, fate: Fate, frame: &Frame) {
        if !trace.flow.is_some() {
            return;
        }
        let key = (trace.flow, trace.seq, trace.lineage.is_answer());
        match fate {
            Fate::Delivered | Fate::Consumed => {
                self.add(at, trace, u64::from(frame.octets()), |slots| &mut slots.arrived);
                let Some(since) = self.under_way.remove(&key) else {
                    return;
                };
                let there = self.directions.get(trace.flow.index()).copied();
                let there = there.unwrap_or(Direction::Neither);
                let way = if trace.lineage.is_answer() { there.back() } else { there };
                let took = self.took.entry((trace.tenant, way)).or_default();
                took.add(at.saturating_since(since).as_nanos());
            }
            Fate::Dropped(_) => {
                self.add(at, trace, 1, |slots| &mut slots.lost);
                if matches!(trace.lineage, Lineage::Root | Lineage::Reply) {
                    self.under_way.remove(&key);
                }
            }
        }
    }

    fn crosses(&mut self, start: SimTime, _node: NodeId, lane: Lane, trace: &Trace, frame: &Frame) {
        let tags = Tags::of(frame);
        let (key, next) = ((trace.tenant, lane), self.crossed.len());
        let at = *self.index.entry(key).or_insert(u32::try_from(next).unwrap_or(u32::MAX));
        if at as usize == next {
            self.crossed.push((key, Vec::new()));
        }
        let Some((_, all)) = self.crossed.get_mut(at as usize) else {
            return;
        };
        let full = all.len() == MOST_STACKS;
        match all.iter_mut().find(|tagged| tagged.tags == tags) {
            Some(tagged) => tagged.frames += 1,
            None if full => all[MOST_STACKS - 1].frames += 1,
            None => all.push(Tagged {
                tags,
                frames: 1,
                since: start,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ident::{DropReason, LinkId, Origin};
    use crate::wire::{EtherType, MacAddr, Tag, Vid};

    fn trace(seq: u64, lineage: Lineage) -> Trace {
        Trace {
            tenant: TenantId(0),
            origin: Origin::Flow(FlowId(0)),
            flow: FlowId(0),
            seq,
            lineage,
            doubled: 0,
        }
    }

    fn at(nanos: u64) -> SimTime {
        SimTime::from_nanos(nanos)
    }

    #[test]
    fn classes_of_delay_are_in_order_and_each_time_is_in_its_own() {
        for nanos in [0, 1, 15, 16, 17, 31, 32, 33, 1_000, 609_005, 105_317_174, u64::MAX] {
            let class = class(nanos);
            assert!(at_most(class) >= nanos, "{nanos}");
            if class > 0 {
                assert!(at_most(class - 1) < nanos, "{nanos}");
            }
            let width = at_most(class) - if class > 0 { at_most(class - 1) } else { 0 };
            assert!(nanos < 16 || width <= nanos / 16 + 1, "{nanos} in a class of {width}");
        }
    }

    #[test]
    fn what_a_tenant_offers_gets_and_loses_stands_in_its_part_of_the_time() {
        let mut samples = Samples::new(1, vec![Direction::Up], at(120_000));
        let frame = Frame::zeroed(100);
        let place = Station::Node(NodeId(0));
        let (first, second) = (trace(0, Lineage::Root), trace(1, Lineage::Root));
        samples.offered(at(500), place, &first, 100);
        samples.offered(at(1_500), place, &second, 100);
        samples.settled(at(2_500), place, &first, Fate::Delivered, &frame);
        samples.settled(at(120_000), place, &second, Fate::Dropped(DropReason::LinkDown), &frame);
        let slots = samples.slots(TenantId(0));
        assert_eq!((slots.offered[0], slots.offered[1], slots.arrived[2]), (100, 100, 100));
        assert_eq!(slots.lost[SLOTS - 1], 1, "the end counts for the last part");
        let took = &samples.took()[&(TenantId(0), Direction::Up)];
        assert_eq!(took.range(), (2_000, 2_000));
        assert_eq!(took.classes().collect::<Vec<_>>(), [(2_047, 1)]);
    }

    #[test]
    fn an_answer_is_timed_for_itself_and_goes_the_other_way() {
        let mut samples = Samples::new(1, vec![Direction::Up], at(1_000));
        let frame = Frame::zeroed(100);
        let place = Station::Node(NodeId(0));
        samples.offered(at(0), place, &trace(0, Lineage::Root), 100);
        samples.copied(at(10), place, &trace(0, Lineage::Reply), 100);
        samples.settled(at(30), place, &trace(0, Lineage::Reply), Fate::Delivered, &frame);
        let ways: Vec<_> = samples
            .took()
            .iter()
            .map(|((_, way), took)| (*way, took.range()))
            .collect();
        assert_eq!(ways, [(Direction::Down, (20, 20))]);
    }

    #[test]
    fn tags_are_told_apart_by_link_and_direction_with_the_time_of_the_first() {
        let mut samples = Samples::new(1, vec![Direction::Up], at(1_000));
        let lane = Lane {
            link: LinkId(3),
            from_b: false,
        };
        let mut frame = Frame::ethernet(MacAddr([2; 6]), MacAddr([4; 6]), EtherType::IPV4, &[0; 46]);
        samples.crosses(at(1), NodeId(0), lane, &trace(0, Lineage::Root), &frame);
        for (start, vid) in [(2, 101), (3, 101), (4, 102)] {
            frame.push_tag(Tag::ctag(Vid::new(vid).expect("a VID")));
            samples.crosses(at(start), NodeId(0), lane, &trace(1, Lineage::Root), &frame);
            frame.pop_tag();
        }
        let crossed = samples.crossed();
        let told: Vec<_> = crossed[&(TenantId(0), lane)]
            .iter()
            .map(|t| (t.tags.to_string(), t.frames, t.since.as_nanos()))
            .collect();
        let told: Vec<_> = told
            .iter()
            .map(|(tags, n, since)| (tags.as_str(), *n, *since))
            .collect();
        assert_eq!(told, [("untagged", 1, 1), ("8100:101", 2, 2), ("8100:102", 1, 4)]);
    }
}
