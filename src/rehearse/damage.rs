//! What a tenant noticed of a cutover: two worlds with the same chance, compared frame by frame.

use super::fates::{FlowStory, Stories};
use super::probes::Lane;
use crate::check::Verdict;
use crate::ident::Direction;
use crate::scenario::Budget;
use crate::units::{SimDuration, SimTime};

/// What was added to what the tenant would have noticed without the cutover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Damage {
    /// Frames that were sent in both worlds.
    pub offered: u64,
    /// Frames that were lost with the cutover alone.
    pub lost: u64,
    /// Frames that were lost without it alone.
    pub saved: u64,
    /// Frames that came twice, more than without it.
    pub duplicated: u64,
    /// Frames that were overtaken, more than without it.
    pub reordered: u64,
    /// Frames that came to another tenant's place, more than without it.
    pub astray: u64,
    /// The longest silence that was added.
    pub gap: SimDuration,
    /// When that began.
    pub gap_at: Option<SimTime>,
    /// What of a silence is certain: the longest that was added, less what the frames that tell of it cannot
    /// resolve. By this the budget is judged, so that it does not depend on the phase of a probe.
    pub certain: SimDuration,
    /// The same of frames to the cloud.
    pub gap_up: SimDuration,
    /// The same of frames from the cloud.
    pub gap_down: SimDuration,
}

impl Damage {
    /// Nothing finer than this is known of its silence.
    pub(super) fn resolved_to(&mut self, resolution: SimDuration) {
        self.certain = self.gap.saturating_sub(resolution);
    }

    /// Was anything added?
    pub fn is_none(&self) -> bool {
        (self.lost, self.duplicated, self.reordered, self.astray, self.gap) == (0, 0, 0, 0, SimDuration::ZERO)
    }

    /// Does it keep a budget? A frame at a foreign place is in no budget.
    pub fn keeps(&self, budget: &Budget) -> bool {
        budget.lost_max.is_none_or(|max| self.lost <= max)
            && self.certain <= budget.longest_gap_max
            && self.duplicated <= budget.duplicated_max
            && self.reordered <= budget.reordered_max
            && self.astray == 0
    }

    /// Judges it: nobody knows where no frame was sent.
    pub fn verdict(&self, budget: &Budget) -> Verdict {
        match (self.offered, self.keeps(budget)) {
            (0, _) => Verdict::Inconc,
            (_, true) => Verdict::Pass,
            (_, false) => Verdict::Fail,
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.offered += other.offered;
        self.lost += other.lost;
        self.saved += other.saved;
        self.duplicated += other.duplicated;
        self.reordered += other.reordered;
        self.astray += other.astray;
        if other.gap > self.gap {
            (self.gap, self.gap_at) = (other.gap, other.gap_at);
        }
        self.certain = self.certain.max(other.certain);
        self.gap_up = self.gap_up.max(other.gap_up);
        self.gap_down = self.gap_down.max(other.gap_down);
    }
}

/// What was added to one service, by its lanes.
pub(super) fn of_lanes<'a>(lanes: impl Iterator<Item = &'a Lane>, with: &Stories, without: &Stories) -> Damage {
    let mut sum = Damage::default();
    for lane in lanes {
        let mut own = Damage::default();
        let (of_probes, of_full) = lane.resolution;
        for (list, resolution) in [(&lane.probes, of_probes), (&lane.full, of_full)] {
            let mut chain = of_chain(list.iter().map(String::as_str), with, without);
            chain.resolved_to(resolution);
            own.add(&chain);
        }
        match lane.way {
            Direction::Up => own.gap_up = own.gap,
            Direction::Down => own.gap_down = own.gap,
            Direction::Neither => {}
        }
        sum.add(&own);
    }
    sum
}

/// What was added to flows that follow one another in time.
pub(super) fn of_chain<'a>(names: impl Iterator<Item = &'a str>, with: &Stories, without: &Stories) -> Damage {
    let mut sum = Damage::default();
    // When the silence began that the last flow ended in.
    let mut open: Option<SimTime> = None;
    for name in names {
        let (Some(flow), Some(was)) = (with.get(name), without.get(name)) else {
            continue;
        };
        let mut own = counted(flow, was);
        (own.gap, own.gap_at) = silence(flow, was, &mut open);
        sum.add(&own);
    }
    sum
}

fn counted(flow: &FlowStory, was: &FlowStory) -> Damage {
    let mut own = Damage {
        duplicated: flow.duplicated.saturating_sub(was.duplicated),
        reordered: flow.reordered.saturating_sub(was.reordered),
        astray: flow.astray.saturating_sub(was.astray),
        ..Damage::default()
    };
    for (at, _, before) in was.frames() {
        own.offered += 1;
        match (before, flow.came(at)) {
            (Some(_), None) => own.lost += 1,
            (None, Some(_)) => own.saved += 1,
            _ => {}
        }
    }
    own
}

/// The longest silence with the cutover, less the longest without it, and when it began. Both are looked for
/// between the first and the last frame that came without it. `open`: when the silence began that the flow
/// before ended in, and this one ends in.
fn silence(flow: &FlowStory, was: &FlowStory, open: &mut Option<SimTime>) -> (SimDuration, Option<SimTime>) {
    let usual: Vec<(usize, SimTime)> = was.frames().filter_map(|(at, _, came)| Some((at, came?))).collect();
    let (Some((head, first)), Some((tail, last))) = (usual.first().copied(), usual.last().copied()) else {
        return (SimDuration::ZERO, None);
    };
    let arrivals = |story: &FlowStory| {
        let mut all: Vec<SimTime> = story.frames().filter_map(|(_, _, came)| came).collect();
        all.sort_unstable();
        all
    };
    let longest = |from: SimTime, arrivals: &[SimTime], to: SimTime| {
        let mut longest = (SimDuration::ZERO, from);
        let mut before = from;
        for at in arrivals.iter().chain([&to]).copied() {
            let gap = at.saturating_since(before);
            longest = longest.max((gap, before));
            before = before.max(at);
        }
        longest
    };
    let (without, _) = longest(first, &arrivals(was), last);
    let came = arrivals(flow);
    // A silence goes on over the pause between two flows if the last frames of one and the first of the next
    // are lost alike.
    let from = open.filter(|_| flow.came(head).is_none()).unwrap_or(first);
    let (with, at) = longest(from, &came, last.max(came.last().copied().unwrap_or(last)));
    *open = match flow.came(tail) {
        Some(_) => None,
        None => Some(came.last().copied().unwrap_or(from)),
    };
    let added = with.saturating_sub(without);
    (added, (!added.is_zero()).then_some(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn damage() -> Damage {
        Damage {
            offered: 100,
            lost: 3,
            gap: SimDuration::from_millis(21),
            certain: SimDuration::from_millis(20),
            duplicated: 1,
            reordered: 2,
            ..Damage::default()
        }
    }

    fn budget() -> Budget {
        Budget {
            lost_max: Some(3),
            longest_gap_max: SimDuration::from_millis(20),
            duplicated_max: 1,
            reordered_max: 2,
        }
    }

    #[test]
    fn a_silence_is_certain_but_for_what_its_frames_cannot_resolve() {
        let ms = SimDuration::from_millis;
        let mut damage = Damage {
            gap: ms(55),
            ..Damage::default()
        };
        damage.resolved_to(SimDuration::from_micros(2_500));
        assert_eq!(damage.certain, SimDuration::from_micros(52_500));
        let mut sum = Damage {
            certain: ms(1),
            ..Damage::default()
        };
        sum.add(&damage);
        assert_eq!((sum.certain, sum.gap), (damage.certain, ms(55)));
        damage.gap = ms(2);
        damage.resolved_to(ms(3));
        assert_eq!(damage.certain, SimDuration::ZERO);
    }

    #[test]
    fn a_budget_is_kept_to_its_last_frame_and_no_further() {
        type Change = fn(&mut Damage);
        assert_eq!(damage().verdict(&budget()), Verdict::Pass);
        let more: [(Change, Verdict); 6] = [
            (|d| d.lost += 1, Verdict::Fail),
            (|d| d.certain = SimDuration::from_micros(20_001), Verdict::Fail),
            (|d| d.duplicated += 1, Verdict::Fail),
            (|d| d.reordered += 1, Verdict::Fail),
            (|d| d.astray = 1, Verdict::Fail),
            (|d| d.offered = 0, Verdict::Inconc),
        ];
        for (change, verdict) in more {
            let mut damage = damage();
            change(&mut damage);
            assert_eq!(damage.verdict(&budget()), verdict, "{damage:?}");
        }
        let any = Budget {
            lost_max: None,
            ..budget()
        };
        let lost = Damage {
            lost: 1_000,
            ..damage()
        };
        assert!(lost.keeps(&any) && !lost.keeps(&budget()) && !lost.is_none() && Damage::default().is_none());
    }
}
