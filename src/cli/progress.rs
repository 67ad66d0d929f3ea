//! Progress on stderr, where somebody watches.

use indicatif::{ProgressBar, ProgressStyle};

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
