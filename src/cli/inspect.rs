//! `trunklab inspect`: what stands where at a time.

use std::path::PathBuf;

use super::ask::When;
use super::format::Format;
use super::{Exit, files, load};
use crate::report::inspection_document;
use crate::study::inspection;

/// Flags of `inspect`.
#[derive(Debug, clap::Args)]
pub(super) struct InspectArgs {
    /// The scenario, or `-` for standard input.
    scenario: PathBuf,
    /// The virtual time, as scenarios write it; the scenario's end where left out. What happens at that time
    /// has happened.
    #[arg(long, env = "TRUNKLAB_AT", value_name = "TIME")]
    at: Option<When>,
    /// How to print the tables.
    #[arg(long, env = "TRUNKLAB_FORMAT", default_value = "human")]
    format: Format,
    /// Print every row.
    #[arg(long, short, env = "TRUNKLAB_VERBOSE", value_parser = super::env::switch)]
    verbose: bool,
}

/// Runs until then, and prints the tables.
pub(super) fn inspect(args: &InspectArgs) -> Exit {
    let source = args.scenario.to_string_lossy();
    let Ok((plan, _)) = load::plan(&source) else {
        return Exit::BadInput;
    };
    let at = match When::within(args.at, &plan) {
        Ok(at) => at,
        Err(message) => return files::bad(&message),
    };
    match inspection::inspect(&plan, at) {
        Ok(found) => {
            let document = inspection_document(&source, &plan, &found);
            files::print(&document.render(args.format.told(args.verbose)))
        }
        Err(error) => {
            eprintln!("trunklab: {error}");
            Exit::Internal
        }
    }
}
