//! Loads scenarios and says what is wrong with them.

use std::io::IsTerminal;

use super::files::FileSources;
use crate::scenario::{Diagnostic, Loaded, Plan, load};

/// The plan of the scenario at `path`; what is wrong, or merely odd, is told on stderr.
///
/// # Errors
/// What is wrong with it, already told.
pub(super) fn plan(path: &str) -> Result<Plan, Vec<Diagnostic>> {
    scenario(path).map(|loaded| loaded.plan)
}

/// The same with what was written, to be edited.
///
/// # Errors
/// What is wrong with it, already told.
pub(super) fn scenario(path: &str) -> Result<Loaded, Vec<Diagnostic>> {
    match load(path, &FileSources) {
        Ok(loaded) => {
            tell(&loaded.warnings, &loaded.source);
            Ok(loaded)
        }
        Err(refused) => {
            tell(&refused.errors, &refused.source);
            Err(refused.errors)
        }
    }
}

fn tell(diagnostics: &[Diagnostic], source: &str) {
    // A file with a thousand mistakes has one; the rest would scroll the first away.
    const SHOWN: usize = 50;
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    for diagnostic in diagnostics.iter().take(SHOWN) {
        eprintln!("{}\n", diagnostic.render(source, colour));
    }
    if let Some(first) = diagnostics.first() {
        let more = diagnostics.len().saturating_sub(SHOWN);
        if more > 0 {
            eprintln!("... and {more} more");
        }
        eprintln!("`trunklab explain {}` says more", first.code.as_str());
    }
}
