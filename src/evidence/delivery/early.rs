//! Delays of frames that came by a place before their turn: each counts from its turn on.
//!
//! The least and the longest of them do not depend on any order, but they are asked for in between. So
//! nothing is sorted: whoever asks takes those whose turn has come, which costs less a hop than a queue.

use crate::evidence::event_key::EventKey;
use crate::units::SimDuration;

/// As many as this are looked through at once.
const LOOKED_THROUGH: usize = 256;

#[derive(Debug, Clone, Copy)]
struct Early {
    key: EventKey,
    /// Which frame of its way.
    number: u64,
    /// Which place of the way.
    spot: usize,
    delay: SimDuration,
}

/// Delays whose turn is still to come, and some whose turn has come.
#[derive(Debug, Clone)]
pub(super) struct EarlyDelays {
    list: Vec<Early>,
    /// So many of them are looked through.
    full: usize,
}

impl EarlyDelays {
    pub(super) const fn new() -> Self {
        Self {
            list: Vec::new(),
            full: LOOKED_THROUGH,
        }
    }

    /// A frame came by before its turn; `turn` is whose turn it is.
    pub(super) fn add(
        &mut self,
        (turn, key): (&EventKey, EventKey),
        (number, spot, delay): (u64, usize, SimDuration),
        note: impl FnMut(usize, SimDuration),
    ) {
        if self.list.len() >= self.full {
            self.take(turn, note);
        }
        self.list.push(Early {
            key,
            number,
            spot,
            delay,
        });
    }

    /// Takes out those whose turn has come: place and delay.
    pub(super) fn take(&mut self, turn: &EventKey, mut note: impl FnMut(usize, SimDuration)) {
        self.list.retain(|early| {
            let waits = early.key > *turn;
            if !waits {
                note(early.spot, early.delay);
            }
            waits
        });
        self.full = LOOKED_THROUGH.max(2 * self.list.len());
    }

    /// A frame is known no more.
    pub(super) fn forget(&mut self, number: u64) {
        self.list.retain(|early| early.number != number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SimTime;

    fn key(nanos: u64) -> EventKey {
        EventKey::control(SimTime::from_nanos(nanos))
    }

    const fn ms(count: u64) -> SimDuration {
        SimDuration::from_millis(count)
    }

    fn taken(early: &mut EarlyDelays, turn: u64) -> Vec<(usize, SimDuration)> {
        let mut taken = Vec::new();
        early.take(&key(turn), |spot, delay| taken.push((spot, delay)));
        taken
    }

    #[test]
    fn a_delay_is_taken_when_its_turn_has_come_and_once() {
        let mut early = EarlyDelays::new();
        let nobody = |_, _| unreachable!("there is room");
        early.add((&key(1), key(9)), (0, 2, ms(4)), nobody);
        early.add((&key(1), key(5)), (1, 3, ms(6)), nobody);
        assert_eq!(taken(&mut early, 4), []);
        assert_eq!(taken(&mut early, 5), [(3, ms(6))]);
        assert_eq!(taken(&mut early, 10), [(2, ms(4))]);
        assert_eq!(taken(&mut early, 11), []);
    }

    #[test]
    fn of_a_frame_that_is_known_no_more_nothing_counts() {
        let mut early = EarlyDelays::new();
        for number in [7, 8, 7] {
            early.add((&key(1), key(9)), (number, 0, ms(number)), |_, _| ());
        }
        early.forget(7);
        assert_eq!(taken(&mut early, 9), [(0, ms(8))]);
    }

    #[test]
    fn the_list_is_no_longer_than_twice_what_waits_and_a_little() {
        let mut early = EarlyDelays::new();
        let mut noted = 0;
        for at in 0..100_000 {
            early.add((&key(at), key(at + 100)), (at, 0, ms(1)), |_, _| noted += 1);
            assert!(early.list.len() <= LOOKED_THROUGH, "{}", early.list.len());
        }
        assert!(noted > 99_000, "{noted}");
    }
}
