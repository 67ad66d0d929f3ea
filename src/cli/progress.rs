//! Progress on stderr: a bar where somebody watches, else a line now and then.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Between two lines where nobody watches: a command that ends before says nothing.
const LINE_EVERY: Duration = Duration::from_secs(30);

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
            every: (!std::io::stderr().is_terminal()).then_some(LINE_EVERY),
        }
    }

    /// So many pieces of work are done, of so many that are known of: a line of it, where one is due.
    pub(super) fn tell(&self, what: &str, done: usize, of: usize, pieces: &str) {
        if let Some(line) = self.line(what, done, of, pieces) {
            eprintln!("{line}");
        }
    }

    fn line(&self, what: &str, done: usize, of: usize, pieces: &str) -> Option<String> {
        let every = self.every?;
        // Whoever else is at it says as much.
        let mut last = self.last.try_lock().ok()?;
        if last.elapsed() < every {
            return None;
        }
        *last = Instant::now();
        Some(format!("trunklab: {what}: {done} of {of} {pieces}"))
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
    let bar = ProgressBar::new(n as u64);
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
        let said = |lines: &Lines| lines.line("a.yaml", 3, 9, "ports and stories");
        assert_eq!(
            said(&lines(Some(Duration::ZERO))).as_deref(),
            Some("trunklab: a.yaml: 3 of 9 ports and stories")
        );
        assert_eq!(said(&lines(Some(Duration::from_secs(3_600)))), None);
        assert_eq!(said(&lines(None)), None);
    }
}
