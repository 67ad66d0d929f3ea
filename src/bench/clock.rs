//! The clock that everybody is timed by: the processor time of the thread that works.
//!
//! Invariant: time in which the thread does not run (others have its processor) is in no rate. The wall
//! clock runs beside it and is only ever told as a sign of disturbance.

use std::time::{Duration, Instant};

/// What the clock is, as reports name it.
#[cfg(unix)]
pub const NAME: &str = "processor time of the thread (CLOCK_THREAD_CPUTIME_ID)";
/// What the clock is, as reports name it.
#[cfg(not(unix))]
pub const NAME: &str = "the wall: this system tells no thread's processor time";

/// Processor time that this thread has used so far, in whole nanoseconds: what it had a processor
/// for, in the program and in the kernel on its behalf. Only differences mean anything. One call
/// takes some hundred nanoseconds, so a turn is timed and not a frame.
#[cfg(unix)]
pub fn processor_time() -> Duration {
    let mut told = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the kernel writes one `timespec`, which is ours and lives across the call.
    let refused = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut told) } != 0;
    // Every Linux since 2.6.12 has this clock. Where it is refused, all times are 0 and no ratio is told.
    if refused {
        return Duration::ZERO;
    }
    let seconds = u64::try_from(told.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(told.tv_nsec).unwrap_or(0))
}

/// Time by the wall since the first call: there is no better clock here.
#[cfg(not(unix))]
pub fn processor_time() -> Duration {
    use std::sync::OnceLock;
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// Both clocks since a moment.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch {
    processor: Duration,
    wall: Instant,
}

/// What passed by both clocks, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// Processor time of the thread.
    pub nanos: u64,
    /// Time by the wall.
    pub wall_nanos: u64,
}

impl Stopwatch {
    /// From now on, on this thread. The wall clock is outside, so that it never tells less.
    #[inline(never)]
    pub fn start() -> Self {
        let wall = Instant::now();
        Self {
            processor: processor_time(),
            wall,
        }
    }

    /// Until now. To be asked on the thread that started it.
    #[inline(never)]
    pub fn spent(&self) -> Spent {
        let whole = |spent: Duration| u64::try_from(spent.as_nanos()).unwrap_or(u64::MAX);
        Spent {
            nanos: whole(processor_time().saturating_sub(self.processor)),
            wall_nanos: whole(self.wall.elapsed()),
        }
    }
}

impl Spent {
    /// Did nobody else have the processor meanwhile? A fiftieth, and 20 microseconds, are for the clocks and
    /// for interrupts.
    pub const fn is_calm(self) -> bool {
        self.wall_nanos <= self.nanos + self.nanos / 50 + 20_000
    }
}

/// A turn in legs. Whoever had the processor meanwhile has left other things in the caches, so that a leg counts
/// only if neither it nor the one before it was interrupted. Where no leg is short enough for that, all count.
#[derive(Debug, Clone, Copy, Default)]
pub struct Legs {
    calm: (u64, Spent),
    all: (u64, Spent),
    before: bool,
}

impl Legs {
    /// Passes of a leg, in a turn of so many that come in multiples of `step`.
    pub fn of(passes: u32, step: u32) -> u32 {
        const LEGS: u32 = 8;
        (passes / LEGS / step.max(1) * step.max(1)).max(step.max(1))
    }

    /// The first leg follows one that was like this; it counts itself for nothing.
    pub fn begin(before: Spent) -> Self {
        Self {
            before: before.is_calm(),
            ..Self::default()
        }
    }

    /// So many frames took this; by both clocks over the whole leg, `over`.
    pub fn add(&mut self, frames: u64, took: Spent, over: Spent) {
        let calm = over.is_calm();
        self.all.0 += frames;
        self.all.1 += took;
        if calm && self.before {
            self.calm.0 += frames;
            self.calm.1 += took;
        }
        self.before = calm;
    }

    /// Is more wanted, where `frames` were asked for? As long as less than half of them count, but no more than
    /// four times as many are tried.
    pub fn wants(&self, frames: u64) -> bool {
        self.all.0 < frames || (self.calm.0 < frames / 2 && self.all.0 < 4 * frames)
    }

    /// What counts: frames and what they took; and what all took.
    pub fn told(&self) -> (u64, Spent, Spent) {
        let (frames, spent) = if self.calm.0 > 0 { self.calm } else { self.all };
        (frames, spent, self.all.1)
    }
}

impl std::ops::AddAssign for Spent {
    fn add_assign(&mut self, more: Self) {
        self.nanos = self.nanos.saturating_add(more.nanos);
        self.wall_nanos = self.wall_nanos.saturating_add(more.wall_nanos);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_thread_that_sleeps_uses_no_processor_time_and_the_wall_goes_on() {
        let watch = Stopwatch::start();
        std::thread::sleep(Duration::from_millis(30));
        let spent = watch.spent();
        assert!(spent.wall_nanos >= 30_000_000);
        assert!(spent.nanos < spent.wall_nanos / 2, "{spent:?}");
    }

    #[test]
    #[cfg(unix)]
    fn anothers_work_is_in_nobodys_time_but_its_own() {
        let watch = Stopwatch::start();
        let worked = std::thread::spawn(|| {
            let (watch, mut n) = (Stopwatch::start(), 0_u64);
            while watch.spent().nanos < 20_000_000 {
                n = std::hint::black_box(n.wrapping_add(1));
            }
            watch.spent()
        });
        let worked = worked.join().expect("it counts and ends");
        assert!(worked.nanos >= 20_000_000 && worked.wall_nanos >= 20_000_000);
        assert!(watch.spent().nanos < worked.nanos, "the waiting thread slept");
    }

    #[test]
    fn a_leg_counts_where_neither_it_nor_the_one_before_was_interrupted() {
        let calm = Spent {
            nanos: 1_000_000,
            wall_nanos: 1_040_000,
        };
        let late = Spent {
            nanos: 1_000_000,
            wall_nanos: 1_040_001,
        };
        assert!(calm.is_calm() && !late.is_calm());
        let mut legs = Legs::begin(late);
        for over in [calm, calm, late, calm, calm, calm] {
            legs.add(10, calm, over);
        }
        let (frames, spent, all) = legs.told();
        assert_eq!((frames, spent.nanos, all.nanos), (30, 3_000_000, 6_000_000));
        let mut legs = Legs::begin(calm);
        legs.add(10, calm, calm);
        assert_eq!(legs.told().0, 10);
        assert!(!legs.wants(10) && !Legs::begin(calm).wants(0) && Legs::begin(calm).wants(1));
    }

    #[test]
    fn a_turn_that_is_interrupted_goes_on_and_where_every_leg_is_all_count() {
        let late = Spent {
            nanos: 10,
            wall_nanos: 1_000_000,
        };
        let mut legs = Legs::begin(late);
        let mut tried = 0;
        while legs.wants(100) {
            legs.add(10, late, late);
            tried += 1;
        }
        assert_eq!(tried, 40, "four times as many");
        let (frames, spent, all) = legs.told();
        assert_eq!((frames, spent), (400, all));
    }

    #[test]
    fn a_turn_has_eight_legs_or_one_of_each_step() {
        assert_eq!(Legs::of(80, 1), 10);
        assert_eq!(Legs::of(7, 1), 1);
        assert_eq!(Legs::of(44, 2), 4);
        assert_eq!(Legs::of(2, 2), 2);
    }

    #[test]
    fn what_was_spent_adds_up() {
        let mut all = Spent {
            nanos: 1,
            wall_nanos: 10,
        };
        all += Spent {
            nanos: 2,
            wall_nanos: 30,
        };
        assert_eq!((all.nanos, all.wall_nanos), (3, 40));
    }
}
