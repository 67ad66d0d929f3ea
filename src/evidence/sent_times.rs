//! When frames were sent that are under way, however many there are: exactly while they are few, else
//! between two times.

use std::collections::VecDeque;

use crate::units::SimTime;

/// So many frames are kept; of more, every second one, and so on.
const KEPT: usize = 512;

/// When some of the frames of one direction were sent, in order of their numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct SentTimes {
    kept: VecDeque<(u64, SimTime)>,
    /// So many frames have been sent since the last one that is kept.
    skipped: u64,
    /// One of so many is kept; none yet: each.
    stride: u64,
    last: Option<SimTime>,
}

impl SentTimes {
    /// A frame is sent.
    pub(super) fn send(&mut self, seq: u64, at: SimTime) {
        self.last = Some(at);
        if self.kept.is_empty() {
            self.stride = 0;
        }
        self.skipped += 1;
        let later = self.kept.back().is_none_or(|(last, _)| *last < seq);
        if !later || self.skipped < self.stride {
            return;
        }
        self.kept.push_back((seq, at));
        self.skipped = 0;
        if self.kept.len() > KEPT {
            self.stride = self.stride.max(1).saturating_mul(2);
            let mut odd = false;
            self.kept.retain(|_| {
                odd = !odd;
                odd
            });
        }
    }

    /// Between which times a frame was sent; the same where it is known.
    pub(super) fn sent(&self, seq: u64) -> Option<(SimTime, SimTime)> {
        let behind = self.kept.partition_point(|(kept, _)| *kept <= seq);
        let (known, from) = *self.kept.get(behind.checked_sub(1)?)?;
        let to = match self.kept.get(behind) {
            _ if known == seq => from,
            Some((_, next)) => *next,
            None => self.last?,
        };
        Some((from, to.max(from)))
    }

    /// A frame has arrived: those before it are of no more use.
    pub(super) fn arrive(&mut self, seq: u64) {
        while self.kept.get(1).is_some_and(|(next, _)| *next <= seq) {
            self.kept.pop_front();
        }
        if self.kept.len() == 1 && self.skipped == 0 {
            self.kept.retain(|(kept, _)| *kept != seq);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(n: u64) -> SimTime {
        SimTime::from_nanos(n * 1_000_000)
    }

    #[test]
    fn a_few_frames_are_known_exactly_and_many_nearly() {
        let mut times = SentTimes::default();
        for seq in 0..100_000 {
            times.send(seq, ms(seq));
            if seq == 300 {
                assert_eq!(times.sent(77), Some((ms(77), ms(77))));
            }
        }
        for seq in [0, 1, 5_000, 77_777, 99_999] {
            let (from, to) = times.sent(seq).expect("it was sent");
            assert!(from <= ms(seq) && ms(seq) <= to, "{seq}: {from} to {to}");
            assert!(
                to.saturating_since(from).as_nanos() <= 400_000_000,
                "{seq}: {from} to {to}"
            );
        }
        assert!(times.kept.len() <= KEPT);
        times.arrive(50_000);
        assert!(
            times
                .sent(50_001)
                .is_some_and(|(from, to)| from <= ms(50_001) && ms(50_001) <= to)
        );
        times.arrive(99_999);
        times.send(100_000, ms(100_000));
        assert_eq!(times.sent(100_000).map(|(_, to)| to), Some(ms(100_000)));
    }
}
