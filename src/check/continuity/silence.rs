//! How long a flow was silent, beyond the silence of its sender.

use crate::evidence::Passage;
use crate::units::{SimDuration, SimTime};

/// The longest silence, and when it began: before the first arrival, where frames sent earlier
/// are missing; between two arrivals; or from the last arrival to the last frame sent, where
/// frames sent later are missing. The time that a frame is on its way counts in the first.
pub(super) fn of(passage: &Passage) -> Option<(SimDuration, SimTime)> {
    if passage.last_arrival.is_none() {
        let all = between(passage.first_sent, passage.last_sent, passage.whole_excused());
        return all.filter(|_| passage.missing() > 0);
    }
    let within = passage.longest_gap.map(|gap| (gap.length(), gap.begins));
    let lead = between(passage.first_sent, passage.first_arrival, passage.lead_excused);
    let lead = lead.filter(|_| passage.first_seq != Some(0));
    let on_their_way = passage.held.saturating_sub(passage.overdue);
    let missing = passage.sent.frames > passage.next_seq.saturating_add(on_their_way);
    let tail = between(passage.last_arrival, passage.last_sent, passage.tail_excused());
    let tail = tail.zip(passage.tail_begins()).map(|((gap, _), begins)| (gap, begins));
    let mut all: Vec<_> = [lead, within, tail.filter(|_| missing)].into_iter().flatten().collect();
    all.sort_by_key(|(gap, from)| (std::cmp::Reverse(*gap), *from));
    all.first().copied()
}

/// The silence of answers of which not one was sent, by the frames that wanted one.
pub(super) fn of_no_answer(forward: &Passage) -> Option<(SimDuration, SimTime)> {
    between(forward.first_arrival, forward.last_arrival, forward.whole_excused())
}

fn between(from: Option<SimTime>, to: Option<SimTime>, excused: SimDuration) -> Option<(SimDuration, SimTime)> {
    Some((to?.saturating_since(from?).saturating_sub(excused), from?))
}

/// The mean time between frames sent.
pub(super) fn pace(passage: &Passage) -> SimDuration {
    let (Some(first), Some(last)) = (passage.first_sent, passage.last_sent) else {
        return SimDuration::ZERO;
    };
    let gaps = passage.sent.frames.saturating_sub(1).max(1);
    SimDuration::from_nanos(last.saturating_since(first).as_nanos() / gaps)
}
