//! Progress on stderr, where somebody watches.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over scenarios; hidden where stderr is no terminal.
pub(super) fn scenarios(n: usize) -> ProgressBar {
    let bar = ProgressBar::new(n as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} scenarios  {wide_msg}") {
        bar.set_style(style);
    }
    bar
}
