//! What was measured of one direction: the intervals that count, and the green frames within them.

use std::collections::BTreeMap;

use super::availability::{Availability, Sample};
use crate::check::index::Index;
use crate::evidence::{EIGHTHS, LaneFacts, LevelSeen, LossPlace, Part, Row, Site, Uncounted};
use crate::scenario::plan::ServiceLevel;
use crate::units::SimTime;

/// Policers that a direction of a service has at most: the partner's, the access device's, the VBR's.
const POLICERS: u64 = 3;

/// One direction, all services of it together.
#[derive(Debug, Default)]
pub(super) struct Measured {
    pub availability: Availability,
    /// Over available time: green frames that came out of the segment, and that were lost in it.
    pub arrived: u64,
    pub lost: u64,
    /// Green frames that were lost while it was not available.
    pub lost_unavailable: u64,
    pub delay_sum: u128,
    /// Delays and variations over available time: each with how often it was seen, in order.
    pub delays: Vec<(u64, u64)>,
    pub variations: Vec<(u64, u64)>,
    /// Delays and variations are told to so many nanoseconds.
    pub resolution: [u64; 2],
    /// Frames in the partner's segment, and in the cloud's.
    pub parts: [Part; 2],
    pub places: Vec<LossPlace>,
    pub uncounted: Uncounted,
    /// Frames that came before the service could carry anything, or after its ordered end.
    pub outside_life: u64,
    /// Frames that policers or queues ended, of which cannot be told whether they were within the contract.
    pub unknown_colour: u64,
    /// Frames that were not judged because too many were under way.
    pub forgotten: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    arrived: u64,
    lost: u64,
    delay_sum: u128,
}

impl Measured {
    pub(super) fn of(index: &Index<'_>, level: &ServiceLevel, seen: &[LevelSeen<'_>]) -> Self {
        let mut measured = Self {
            resolution: [1, 1],
            ..Self::default()
        };
        let mut tallies: BTreeMap<u32, Tally> = BTreeMap::new();
        let lives: Vec<Life> = seen.iter().map(|seen| Life::of(index, seen.way)).collect();
        for (seen, life) in seen.iter().zip(&lives) {
            measured.add(seen, life, &mut tallies);
        }
        let samples = tallies.iter().map(|(number, tally)| Sample {
            number: *number,
            sent: tally.arrived + tally.lost,
            lost: tally.lost,
        });
        let samples: Vec<Sample> = samples.filter(|sample| sample.sent > 0).collect();
        measured.availability = Availability::of(&samples, level);
        for (number, tally) in &tallies {
            if measured.availability.available.contains(number) {
                measured.arrived += tally.arrived;
                measured.lost += tally.lost;
                measured.delay_sum += tally.delay_sum;
            } else {
                measured.lost_unavailable += tally.lost;
            }
        }
        let available = &measured.availability.available;
        let counted = |site: &Site, life: &Life, number: u32| {
            available.contains(&number) && site.rows.get(&number).is_some_and(|row| life.holds(row))
        };
        let (mut delays, mut variations) = (BTreeMap::new(), BTreeMap::new());
        for (seen, life) in seen.iter().zip(&lives) {
            for (counts, into) in [
                (&seen.site.delays, &mut delays),
                (&seen.site.variations, &mut variations),
            ] {
                for (_, value, n) in counts.iter().filter(|(number, ..)| counted(seen.site, life, *number)) {
                    *into.entry(value).or_default() += n;
                }
            }
        }
        measured.delays = delays.into_iter().collect();
        measured.variations = variations.into_iter().collect();
        measured
    }

    fn add(&mut self, seen: &LevelSeen<'_>, life: &Life, tallies: &mut BTreeMap<u32, Tally>) {
        let from = unjustified_from(&seen.lane);
        for (number, row) in &seen.site.rows {
            let withheld: u64 = row.withheld.iter().sum();
            if !life.holds(row) {
                self.outside_life += row.arrived + row.lost + withheld;
                continue;
            }
            let unjustified: u64 = row.withheld[from.unwrap_or(EIGHTHS + 1)..].iter().sum();
            let excused = withheld - unjustified;
            match from {
                Some(_) => self.uncounted.beyond += excused,
                None => self.unknown_colour += excused,
            }
            let tally = tallies.entry(*number).or_default();
            tally.arrived += row.arrived;
            tally.lost += row.lost + unjustified;
            tally.delay_sum += row.delay_sum;
        }
        let site = seen.site;
        for (part, of) in self.parts.iter_mut().zip(&site.parts) {
            part.frames += of.frames;
            part.delay_sum += of.delay_sum;
        }
        for (resolution, counts) in self.resolution.iter_mut().zip([&site.delays, &site.variations]) {
            *resolution = (*resolution).max(counts.resolution());
        }
        self.places.extend(site.places.iter().copied());
        let (sum, of) = (&mut self.uncounted, &site.uncounted);
        sum.closed += of.closed;
        sum.yellow += of.yellow;
        sum.beyond += of.beyond;
        sum.beyond_border += of.beyond_border;
        sum.under_way += of.under_way;
        sum.never_entered += of.never_entered;
        self.forgotten += seen.lane.forgotten;
    }

    /// Green frames sent over available time.
    pub(super) fn sent(&self) -> u64 {
        self.arrived + self.lost
    }
}

/// From how many eighths of the burst on a frame was ended without reason; `None`: a full bucket is not
/// enough to tell.
///
/// As for `bandwidth`: policers on the way see frames later than the contract does, by the variation of
/// the delay, and each may be out of step by a frame. Three times the variation is allowed for.
fn unjustified_from(lane: &LaneFacts) -> Option<usize> {
    let Some(sold) = lane.sold else { return Some(0) };
    let burst = u128::from(sold.burst_kept.get());
    let jitter = lane
        .transit
        .map_or(0, |(least, most)| most.saturating_sub(least).as_nanos());
    let bits = u128::from(sold.rate.as_bps()) * u128::from(jitter) * u128::from(POLICERS);
    let slack = u128::from(POLICERS * u64::from(lane.longest)) + bits.div_ceil(8_000_000_000);
    if burst == 0 || slack + u128::from(lane.longest) > burst {
        return None;
    }
    usize::try_from((slack * EIGHTHS as u128).div_ceil(burst)).ok()
}

/// From when to when a service was there.
#[derive(Debug, Clone, Copy, Default)]
struct Life {
    opened: Option<SimTime>,
    ended: Option<SimTime>,
}

impl Life {
    fn of(index: &Index<'_>, way: u32) -> Self {
        let Some(way) = index.case.plan.ways.get(way as usize) else {
            return Self::default();
        };
        let life = index.story().lives.get(&(way.circuit, way.vlan, way.tenant));
        life.map_or_else(Self::default, |life| Self {
            opened: life.opened,
            ended: life.ended,
        })
    }

    fn holds(&self, row: &Row) -> bool {
        self.opened.is_none_or(|opened| opened <= row.span.0) && self.ended.is_none_or(|ended| row.span.1 < ended)
    }
}
