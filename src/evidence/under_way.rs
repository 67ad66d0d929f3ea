//! Frames of one direction of a flow that are under way, and how long sending paused between them.

use std::collections::VecDeque;

use crate::units::{SimDuration, SimTime};

/// So many frames are remembered; of older ones only their pauses are.
const REMEMBERED: usize = 512;

/// A frame that arrived, as its sender sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sent {
    /// When it was sent.
    pub at: SimTime,
    /// The longest pause of sending since the frame that arrived before it.
    pub pause: SimDuration,
    /// Frames sent in between, that have not arrived.
    pub passed_over: u64,
    /// When the first of these was sent, if that is remembered.
    pub first_missed: Option<SimTime>,
}

/// What was sent and has not arrived, as far as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct UnderWay {
    frames: VecDeque<(u64, SimTime)>,
    /// When the last one was sent that is not remembered any more.
    before: Option<SimTime>,
    /// The longest pause, and how many frames, since the last arrival, of those not remembered.
    pause: SimDuration,
    forgotten: u64,
    /// The shortest interval between two frames ever.
    shortest: Option<SimDuration>,
    /// The longest, since sending began.
    longest: SimDuration,
}

impl UnderWay {
    /// A frame is sent.
    pub(super) fn send(&mut self, seq: u64, at: SimTime) {
        if let Some(last) = self.frames.back().map(|(_, at)| *at).or(self.before) {
            let interval = at.saturating_since(last);
            self.shortest = Some(self.shortest.map_or(interval, |s| s.min(interval)));
            self.longest = self.longest.max(interval);
        }
        if self.frames.len() >= REMEMBERED {
            self.leave();
            self.forgotten += 1;
        }
        self.frames.push_back((seq, at));
    }

    /// A frame arrives; `None` where it is not remembered.
    pub(super) fn arrive(&mut self, seq: u64) -> Option<Sent> {
        let place = self.frames.iter().position(|(s, _)| *s == seq)?;
        let at = self.frames.get(place)?.1;
        let first_missed = self.first_missed().filter(|_| place > 0);
        for _ in 0..=place {
            self.leave();
        }
        let passed_over = self.forgotten + place as u64;
        self.forgotten = 0;
        let pause = std::mem::replace(&mut self.pause, SimDuration::ZERO);
        Some(Sent {
            at,
            pause,
            passed_over,
            first_missed,
        })
    }

    fn leave(&mut self) {
        if let Some((_, at)) = self.frames.pop_front() {
            if let Some(before) = self.before {
                self.pause = self.pause.max(at.saturating_since(before));
            }
            self.before = Some(at);
        }
    }

    /// When the first frame was sent that is under way, if it is remembered.
    pub(super) fn first_missed(&self) -> Option<SimTime> {
        let (_, at) = self.frames.front().filter(|_| self.forgotten == 0)?;
        Some(*at)
    }

    /// The shortest interval between two frames.
    pub(super) fn shortest(&self) -> SimDuration {
        self.shortest.unwrap_or(SimDuration::ZERO)
    }

    /// By how much the longest pause since the last arrival is longer than the shortest interval.
    pub(super) fn pause_at_end(&self) -> SimDuration {
        let mut longest = self.pause;
        let mut before = self.before;
        for (_, at) in &self.frames {
            longest = longest.max(before.map_or(SimDuration::ZERO, |b| at.saturating_since(b)));
            before = Some(*at);
        }
        self.beyond_shortest(longest)
    }

    /// The same of the longest pause since sending began.
    pub(super) fn pause_ever(&self) -> SimDuration {
        self.beyond_shortest(self.longest)
    }

    /// By how much a pause is longer than the shortest interval between two frames.
    pub(super) fn beyond_shortest(&self, pause: SimDuration) -> SimDuration {
        pause.saturating_sub(self.shortest.unwrap_or(pause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(n: u64) -> SimTime {
        SimTime::from_nanos(n * 1_000_000)
    }

    #[test]
    fn a_frame_knows_the_longest_pause_since_the_one_that_arrived_before_it() {
        let mut way = UnderWay::default();
        for (seq, at) in [(0, 0), (1, 1), (2, 901), (3, 902)] {
            way.send(seq, ms(at));
        }
        let first = way.arrive(0).expect("it is under way");
        assert_eq!(
            (first.at, first.pause, first.passed_over),
            (ms(0), SimDuration::ZERO, 0)
        );
        let last = way.arrive(3).expect("it is under way");
        assert_eq!((last.pause, last.passed_over), (SimDuration::from_millis(900), 2));
        assert_eq!(way.beyond_shortest(last.pause), SimDuration::from_millis(899));
        assert_eq!(way.arrive(3), None, "what has arrived is not under way");
    }

    #[test]
    fn what_is_not_remembered_keeps_its_pause_and_its_number() {
        let mut way = UnderWay::default();
        let many = REMEMBERED as u64 + 10;
        for seq in 0..many {
            way.send(seq, ms(if seq < 5 { seq } else { seq + 700 }));
        }
        assert_eq!(way.first_missed(), None, "it is not remembered");
        assert_eq!(way.arrive(0), None);
        let sent = way.arrive(many - 1).expect("it is remembered");
        assert_eq!(
            (sent.pause, sent.passed_over),
            (SimDuration::from_millis(701), many - 1)
        );
    }

    #[test]
    fn the_pause_at_the_end_is_that_of_what_never_arrived() {
        let mut way = UnderWay::default();
        for (seq, at) in [(0, 0), (1, 10), (2, 310), (3, 320)] {
            way.send(seq, ms(at));
        }
        assert_eq!(way.pause_at_end(), SimDuration::from_millis(290));
        way.arrive(2);
        assert_eq!(way.pause_at_end(), SimDuration::ZERO);
        assert_eq!(way.pause_ever(), SimDuration::from_millis(290));
    }
}
