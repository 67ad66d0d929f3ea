//! The health check of a VBR's peer (CEN `EnableCenVbrHealthCheck`): a probe every interval.

use crate::units::{SimDuration, SimTime};

/// What a tick of the check asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// Send a probe with this sequence number now.
    pub probe: u16,
    /// The check has turned unhealthy: the last of `threshold` consecutive probes is lost.
    pub turned_unhealthy: bool,
}

/// Counts consecutive losses and answers.
///
/// A probe leaves every `interval`; it is lost where no answer to it has come when the next one
/// leaves. So a peer that falls silent just before a probe is called unhealthy exactly
/// `threshold x interval` after that probe. It begins healthy; once unhealthy, `threshold`
/// consecutive answers turn it healthy at the moment of the last of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthCheck {
    interval: SimDuration,
    next: SimTime,
    seq: u16,
    threshold: u8,
    streak: u8,
    healthy: bool,
    /// Has a probe been sent, and is it still without its answer?
    open: bool,
}

impl HealthCheck {
    /// A check whose first tick is due at `now`. An interval below one millisecond counts as one,
    /// a threshold of zero as one.
    pub fn new(interval: SimDuration, threshold: u8, now: SimTime) -> Self {
        Self {
            interval: interval.max(SimDuration::from_millis(1)),
            next: now,
            seq: 0,
            threshold: threshold.max(1),
            streak: 0,
            healthy: true,
            open: false,
        }
    }

    /// The same check with other parameters, from `now` on: the verdict stays, counting begins anew.
    pub fn reconfigured(&self, interval: SimDuration, threshold: u8, now: SimTime) -> Self {
        Self {
            healthy: self.healthy,
            seq: self.seq,
            ..Self::new(interval, threshold, now)
        }
    }

    /// Is the peer healthy?
    pub fn is_healthy(&self) -> bool {
        self.healthy
    }

    /// When the next tick is due.
    pub fn next_timeout(&self) -> SimTime {
        self.next
    }

    /// A tick, where one is due at `now`: judges the last probe and asks for the next. Ticks that
    /// were missed altogether are not made up for.
    pub fn tick(&mut self, now: SimTime) -> Option<Tick> {
        if now < self.next {
            return None;
        }
        let turned_unhealthy = self.open && self.lost();
        debug_assert!(!turned_unhealthy || !self.healthy, "who turned unhealthy is unhealthy");
        self.open = true;
        self.seq = self.seq.wrapping_add(1);
        self.next = self.next.saturating_add(self.interval);
        if self.next <= now {
            self.next = now.saturating_add(self.interval);
        }
        debug_assert!(self.next > now || self.next == SimTime::MAX, "one tick at an instant");
        debug_assert_eq!(self.wrong(), None, "a streak is below its threshold");
        Some(Tick {
            probe: self.seq,
            turned_unhealthy,
        })
    }

    /// An answer to probe `seq` has come. `true`: it has turned the peer healthy. Late and
    /// repeated answers change nothing.
    pub fn answered(&mut self, seq: u16) -> bool {
        if !self.open || seq != self.seq {
            return false;
        }
        self.open = false;
        if self.healthy {
            self.streak = 0;
            return false;
        }
        self.streak += 1;
        let turned = self.turn_where_reached();
        debug_assert_eq!(self.wrong(), None, "a streak is below its threshold");
        turned
    }

    /// Starts anew at `now` after a pause: the open probe is forgotten, the verdict stays.
    pub fn resume(&mut self, now: SimTime) {
        self.open = false;
        self.streak = 0;
        self.next = now;
    }

    fn lost(&mut self) -> bool {
        if !self.healthy {
            self.streak = 0;
            return false;
        }
        self.streak += 1;
        self.turn_where_reached()
    }

    /// What does not hold of counting; asked in debug builds after every tick and answer.
    fn wrong(&self) -> Option<String> {
        let &Self { streak, threshold, .. } = self;
        if threshold == 0 || self.interval < SimDuration::from_millis(1) {
            return Some(format!("{threshold} losses, {} apart", self.interval));
        }
        (streak >= threshold).then(|| format!("a streak of {streak} of {threshold}"))
    }

    fn turn_where_reached(&mut self) -> bool {
        let turned = self.streak >= self.threshold;
        if turned {
            self.healthy = !self.healthy;
            self.streak = 0;
        }
        turned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: SimDuration = SimDuration::from_secs(2);

    /// Runs a check from zero; `answers(n)` says whether probe number `n` (from one) is answered.
    /// Returns every turn as (second, healthy).
    fn turns(threshold: u8, probes: u16, answers: impl Fn(u16) -> bool) -> Vec<(u64, bool)> {
        let mut check = HealthCheck::new(INTERVAL, threshold, SimTime::ZERO);
        let mut turns = Vec::new();
        for _ in 0..probes {
            let now = check.next_timeout();
            let tick = check.tick(now).expect("due");
            if tick.turned_unhealthy {
                turns.push((now.as_secs(), false));
            }
            if answers(tick.probe) && check.answered(tick.probe) {
                turns.push((now.as_secs(), true));
            }
        }
        turns
    }

    #[test]
    #[should_panic(expected = "a streak of 5 of 3")]
    fn a_streak_that_should_have_turned_the_peer_is_noticed() {
        let mut check = HealthCheck::new(INTERVAL, 3, SimTime::ZERO);
        check.streak = 5;
        check.tick(SimTime::ZERO);
    }

    #[test]
    #[should_panic(expected = "0 losses")]
    fn a_threshold_of_zero_is_noticed() {
        let mut check = HealthCheck::new(INTERVAL, 3, SimTime::ZERO);
        check.threshold = 0;
        check.tick(SimTime::ZERO);
    }

    #[test]
    fn seven_losses_of_eight_change_nothing() {
        assert_eq!(turns(8, 100, |n| n % 8 == 0), []);
    }

    #[test]
    fn eight_losses_turn_it_unhealthy_exactly_threshold_times_interval_after_the_first() {
        // Probe 4 leaves at second 6 and is the first that is lost.
        assert_eq!(turns(8, 40, |n| n < 4), [(6 + 16, false)]);
        assert_eq!(turns(3, 40, |n| n < 4), [(6 + 6, false)]);
    }

    #[test]
    fn as_many_consecutive_answers_turn_it_healthy_again() {
        // Lost: 1 to 9, so unhealthy when probe 9 leaves; answers from probe 10 on.
        assert_eq!(turns(8, 40, |n| n > 9), [(16, false), ((17 - 1) * 2, true)]);
        // One loss among the answers begins the count anew.
        assert_eq!(turns(8, 40, |n| n > 9 && n != 16), [(16, false), ((24 - 1) * 2, true)]);
    }

    #[test]
    fn a_reconfigured_check_keeps_its_verdict() {
        let mut check = HealthCheck::new(INTERVAL, 3, SimTime::ZERO);
        for n in 0..4 {
            check.tick(SimTime::from_secs(2 * n)).expect("due");
        }
        let late = check.seq;
        let mut check = check.reconfigured(INTERVAL, 4, SimTime::from_secs(7));
        assert!(!check.is_healthy());
        assert!(!check.answered(late), "the open probe is forgotten");
        for n in 1..=4 {
            let tick = check.tick(check.next_timeout()).expect("due");
            assert_eq!(check.answered(tick.probe), n == 4);
        }
    }

    #[test]
    fn late_and_repeated_answers_do_not_count() {
        let mut check = HealthCheck::new(INTERVAL, 3, SimTime::ZERO);
        for n in 0..4 {
            let tick = check.tick(SimTime::from_secs(2 * n)).expect("due");
            assert!(!check.answered(tick.probe.wrapping_sub(1)));
            assert_eq!(tick.turned_unhealthy, n == 3);
        }
        let tick = check.tick(SimTime::from_secs(8)).expect("due");
        assert!(!check.answered(tick.probe));
        assert!(!check.answered(tick.probe));
        assert!(!check.answered(tick.probe));
        assert!(!check.is_healthy());
    }
}
