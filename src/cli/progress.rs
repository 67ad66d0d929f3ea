//! Progress on stderr: a bar where somebody watches, else a line now and then.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::check::thousands;
use crate::units::SimTime;

/// Between two lines where nobody watches: a command that ends before says nothing.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Does the user want to hear of nothing but errors?
static QUIET: AtomicBool = AtomicBool::new(false);

/// From now on neither progress nor warnings are told, or both.
pub(super) fn set_quiet(quiet: bool) {
    QUIET.store(quiet, Ordering::Relaxed);
}

/// Are neither progress nor warnings told?
pub(super) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// How far one run is: virtual time, frames over links, and about how long it will take still. For runs of more
/// than a second: on the bar where somebody watches, else in a line now and then.
pub(super) struct OneRun<'a> {
    path: &'a str,
    end: SimTime,
    bar: &'a ProgressBar,
    lines: &'a Lines,
    began: Instant,
}

impl<'a> OneRun<'a> {
    /// A run of the scenario at `path`, to that virtual time, which begins now.
    pub(super) fn start(path: &'a str, end: SimTime, bar: &'a ProgressBar, lines: &'a Lines) -> Self {
        Self {
            path,
            end,
            bar,
            lines,
            began: Instant::now(),
        }
    }

    /// It has come so far.
    pub(super) fn tell(&self, now: SimTime, hops: u64) {
        let took = self.began.elapsed();
        if took < Duration::from_secs(1) {
            return;
        }
        let told = how_far(now, self.end, hops, took);
        self.bar.set_message(format!("{}: {told}", self.path));
        self.lines.say(|| format!("trunklab: {}: {told}", self.path));
    }
}

/// What is said of a run that has come to `now` in `took`.
fn how_far(now: SimTime, end: SimTime, hops: u64, took: Duration) -> String {
    let (done, all) = (u128::from(now.as_nanos()), u128::from(end.as_nanos()));
    let left = (took.as_secs() as u128 * all.saturating_sub(done)).checked_div(done);
    let left = left.map_or_else(String::new, |seconds| format!(", about {seconds} s left"));
    format!("{now} of {end}, {} frames over links{left}", thousands(hops))
}

/// Says how far long work is, where stderr is no terminal and bars are hidden.
pub(super) struct Lines {
    last: Mutex<Instant>,
    every: Option<Duration>,
}

impl Lines {
    /// From now on.
    pub(super) fn start() -> Self {
        Self {
            last: Mutex::new(Instant::now()),
            every: (!std::io::stderr().is_terminal() && !is_quiet()).then_some(LINE_EVERY),
        }
    }

    /// So many pieces of work are done, of so many that are known of: a line of it, where one is due.
    pub(super) fn tell(&self, what: &str, done: usize, of: usize, pieces: &str) {
        self.say(|| format!("trunklab: {what}: {done} of {of} {pieces}"));
    }

    fn say(&self, line: impl FnOnce() -> String) {
        if self.is_due() {
            eprintln!("{}", line());
        }
    }

    /// Is a line due? Then the next one is due later.
    fn is_due(&self) -> bool {
        let Some(every) = self.every else { return false };
        // Whoever else is at it says as much.
        let Ok(mut last) = self.last.try_lock() else {
            return false;
        };
        let due = last.elapsed() >= every;
        if due {
            *last = Instant::now();
        }
        due
    }
}

/// A bar over scenarios; hidden where stderr is no terminal.
pub(super) fn scenarios(n: usize) -> ProgressBar {
    bar(n, "scenarios")
}

/// A bar over rows of a table.
pub(super) fn rows(n: usize) -> ProgressBar {
    bar(n, "rows, {eta} left")
}

/// A bar over worlds with a fault each, and who judges them; how many grows with what is found.
pub(super) fn judgements() -> ProgressBar {
    bar(0, "judgements, {eta} left")
}

/// A bar over random worlds.
pub(super) fn worlds(n: usize) -> ProgressBar {
    bar(n, "worlds, {eta} left")
}

/// A bar over pieces of work.
pub(super) fn trials() -> ProgressBar {
    bar(0, "ports and stories")
}

fn bar(n: usize, of: &str) -> ProgressBar {
    let bar = match is_quiet() {
        true => ProgressBar::hidden(),
        false => ProgressBar::new(n as u64),
    };
    if let Ok(style) = ProgressStyle::with_template(&format!("{{bar:30}} {{pos}}/{{len}} {of}  {{wide_msg}}")) {
        bar.set_style(style);
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_now_and_then_where_nobody_watches_and_never_where_somebody_does() {
        let lines = |every| Lines {
            last: Mutex::new(Instant::now()),
            every,
        };
        let due = lines(Some(Duration::ZERO));
        assert!(due.is_due() && due.is_due());
        let mut said = String::new();
        due.say(|| {
            said = "once".to_owned();
            said.clone()
        });
        assert_eq!(said, "once");
        assert!(!lines(Some(Duration::from_secs(3_600))).is_due());
        assert!(!lines(None).is_due());
    }

    #[test]
    fn how_far_a_run_is_says_time_frames_and_what_is_left() {
        let (now, end) = (SimTime::from_secs(5), SimTime::from_secs(20));
        let told = how_far(now, end, 1_234_567, Duration::from_secs(10));
        assert_eq!(told, "5s of 20s, 1,234,567 frames over links, about 30 s left");
        let start = how_far(SimTime::ZERO, end, 0, Duration::from_secs(2));
        assert_eq!(start, "0ns of 20s, 0 frames over links");
    }
}
