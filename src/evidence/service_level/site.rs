//! What is counted of the frames of one service in one direction, over one segment.

use std::collections::BTreeMap;

use super::counts::Counts;
use super::lane::{Colour, EIGHTHS, End, Entry};
use crate::ident::{DropReason, FlowId, Segment, StationId};
use crate::units::{SimDuration, SimTime};

/// Frames that entered the segment within one interval.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// When the first and the last of them entered.
    pub span: (SimTime, SimTime),
    /// Green frames that came out of the segment.
    pub arrived: u64,
    /// Green frames that were lost in it.
    pub lost: u64,
    /// Frames that a policer or a queue ended in it, by how many eighths of the contract's burst would
    /// have been left beside them.
    pub withheld: [u64; EIGHTHS + 1],
    /// The delays of those that arrived, added.
    pub delay_sum: u128,
}

/// Where frames were lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LossPlace {
    /// Where.
    pub station: StationId,
    /// Why; `None`: it was taken where it should not have come, or waits there for good.
    pub reason: Option<DropReason>,
    /// In which segment: partner or cloud.
    pub segment: Segment,
    /// Did the contract take them as green?
    pub green: bool,
    /// How many.
    pub frames: u64,
}

/// How long frames took in one segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Part {
    /// Frames that came out of it.
    pub frames: u64,
    /// Their delays, added.
    pub delay_sum: u128,
}

/// Frames that no figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Uncounted {
    /// No service was open.
    pub closed: u64,
    /// They were sent with DEI.
    pub yellow: u64,
    /// The contract was spent.
    pub beyond: u64,
    /// A border between regions was full.
    pub beyond_border: u64,
    /// They were under way at the end.
    pub under_way: u64,
    /// They never left the customer's edge, though a service was open.
    pub never_entered: u64,
}

/// The frames of one service in one direction, over one segment.
#[derive(Debug, Clone, Default)]
pub struct Site {
    /// By interval, counted from the beginning of the run.
    pub rows: BTreeMap<u32, Row>,
    /// The delays of those that arrived.
    pub delays: Counts,
    /// Differences of delay between frames of a flow that were sent one behind the other.
    pub variations: Counts,
    /// Green frames in the partner's segment, the cloud's.
    pub parts: [Part; 2],
    /// Where frames were lost, in the order in which that first happened.
    pub places: Vec<LossPlace>,
    /// Frames that no figure counts.
    pub uncounted: Uncounted,
    /// The last frame of each flow that arrived: its number and its delay.
    last: BTreeMap<(FlowId, bool), (u64, u64)>,
}

/// A frame's passage through one segment.
struct Passage {
    entered: SimTime,
    /// When it came out; `None`: it did not.
    out: Option<SimTime>,
}

impl Passage {
    fn took(&self) -> Option<u64> {
        self.out.map(|out| out.saturating_since(self.entered).as_nanos())
    }
}

/// A frame's way through both segments, in the order in which it meets them.
fn halves(entry: &Entry, end: End) -> [Option<Passage>; 2] {
    let arrived = match end {
        End::Arrived(at) => Some(at),
        End::Lost(..) | End::UnderWay => None,
    };
    let first = Passage {
        entered: entry.entered,
        out: entry.handed.map(|handed| handed.out),
    };
    let second = entry.handed.map(|handed| Passage {
        entered: handed.into,
        out: arrived,
    });
    [Some(first), second]
}

impl Site {
    pub(super) fn count(
        &mut self,
        segment: Segment,
        interval: SimDuration,
        to_cloud: bool,
        entry: &Entry,
        end: End,
        colours: [Colour; 2],
    ) {
        // A segment is held to the contract of what came through it.
        let colour = match segment {
            Segment::EndToEnd => colours[1],
            Segment::Partner | Segment::Cloud => colours[usize::from((segment == Segment::Partner) != to_cloud)],
        };
        let uncounted = &mut self.uncounted;
        match colour {
            Colour::Closed => uncounted.closed += 1,
            Colour::Yellow => uncounted.yellow += 1,
            Colour::Beyond => uncounted.beyond += 1,
            Colour::BeyondBorder => uncounted.beyond_border += 1,
            Colour::Green | Colour::Withheld(_) => self.judge(segment, interval, to_cloud, entry, end, colour),
        }
        if let (End::Lost(station, reason), Colour::Green | Colour::Withheld(_)) = (end, colour) {
            let here = lost_in(entry, to_cloud);
            if segment == Segment::EndToEnd || segment == here {
                self.lost_at(station, reason, here, colour == Colour::Green);
            }
        }
    }

    fn judge(
        &mut self,
        segment: Segment,
        interval: SimDuration,
        to_cloud: bool,
        entry: &Entry,
        end: End,
        colour: Colour,
    ) {
        let mut halves = halves(entry, end);
        for (half, is_first) in halves.iter().zip([true, false]) {
            if let Some(took) = half.as_ref().and_then(Passage::took) {
                let part = &mut self.parts[usize::from(is_first != to_cloud)];
                part.frames += 1;
                part.delay_sum += u128::from(took);
            }
        }
        let (passage, lost_here) = match segment {
            Segment::EndToEnd => {
                let out = match end {
                    End::Arrived(at) => Some(at),
                    End::Lost(..) | End::UnderWay => None,
                };
                let entered = entry.entered;
                (Some(Passage { entered, out }), true)
            }
            Segment::Partner | Segment::Cloud => {
                let second = (segment == Segment::Partner) != to_cloud;
                let passage = halves[usize::from(second)].take();
                (passage, lost_in(entry, to_cloud) == segment)
            }
        };
        let Some(passage) = passage else { return };
        let number = passage.entered.as_nanos() / interval.as_nanos().max(1);
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        match (passage.took(), end) {
            (Some(took), _) => self.arrived(number, &passage, entry, took),
            (None, End::Lost(..)) if lost_here => {
                let row = self.row(number, passage.entered);
                match colour {
                    Colour::Withheld(eighths) => row.withheld[eighths] += 1,
                    _ => row.lost += 1,
                }
            }
            (None, _) => self.uncounted.under_way += 1,
        }
    }

    fn arrived(&mut self, number: u32, passage: &Passage, entry: &Entry, took: u64) {
        let row = self.row(number, passage.entered);
        row.arrived += 1;
        row.delay_sum += u128::from(took);
        self.delays.add(number, took);
        let (flow, seq) = ((entry.key.flow, entry.key.answers), entry.key.seq);
        let before = self.last.insert(flow, (seq, took));
        if let Some((_, before)) = before.filter(|(last, _)| last.checked_add(1) == Some(seq)) {
            self.variations.add(number, before.abs_diff(took));
        }
    }

    fn row(&mut self, number: u32, entered: SimTime) -> &mut Row {
        let row = self.rows.entry(number).or_insert_with(|| Row {
            span: (entered, entered),
            ..Row::default()
        });
        row.span = (row.span.0.min(entered), row.span.1.max(entered));
        row
    }

    fn lost_at(&mut self, station: StationId, reason: Option<DropReason>, segment: Segment, green: bool) {
        let same = |place: &&mut LossPlace| {
            (place.station, place.reason, place.segment, place.green) == (station, reason, segment, green)
        };
        match self.places.iter_mut().find(same) {
            Some(place) => place.frames += 1,
            None => self.places.push(LossPlace {
                station,
                reason,
                segment,
                green,
                frames: 1,
            }),
        }
    }
}

/// In which segment a frame was lost: before it changed hands, or behind.
fn lost_in(entry: &Entry, to_cloud: bool) -> Segment {
    match entry.handed.is_none() == to_cloud {
        true => Segment::Partner,
        false => Segment::Cloud,
    }
}
