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
