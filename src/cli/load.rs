//! Loads scenarios and says what is wrong with them.

use std::io::IsTerminal;

use super::files::FileSources;
use crate::contract::warnings;
use crate::report::Problem;
use crate::scenario::{Diagnostic, Loaded, Plan, Sources, load};

/// The plan of the scenario at `path`, and what is odd in it: both that and what is wrong are told on stderr, with
/// the lines that they are about.
///
/// # Errors
/// What is wrong with it, already told.
pub(super) fn plan(path: &str) -> Result<(Plan, Vec<Problem>), Vec<Problem>> {
    let loaded = scenario(path)?;
    let warnings = loaded.warnings.iter().map(Problem::from).collect();
    Ok((loaded.plan, warnings))
}

/// The same with what was written, to be edited.
///
/// # Errors
/// What is wrong with it, already told.
pub(super) fn scenario(path: &str) -> Result<Loaded, Vec<Problem>> {
    scenario_from(path, &FileSources)
}

/// The same, read by these sources.
///
/// # Errors
/// What is wrong with it, already told.
pub(super) fn scenario_from(path: &str, sources: &dyn Sources) -> Result<Loaded, Vec<Problem>> {
    match load(path, sources) {
        Ok(mut loaded) => {
            loaded.warnings.extend(warnings(path, &loaded.expanded, &loaded.plan));
            loaded.warnings.sort_by_key(|warning| warning.span);
            if !super::progress::is_quiet() {
                tell(&loaded.warnings, &loaded.source);
            }
            Ok(loaded)
        }
        Err(refused) => {
            tell(&refused.errors, &refused.source);
            Err(refused.errors.iter().map(Problem::from).collect())
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
            eprintln!("... and {more} more: `trunklab validate --format json` holds all");
        }
        eprintln!("`trunklab explain {}` says more", first.code.as_str());
    }
}
