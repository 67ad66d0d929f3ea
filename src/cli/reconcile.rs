//! `trunklab reconcile`: two sources held against each other.

use std::path::PathBuf;

use super::format::Format;
use super::records::{self, MapFlag};
use super::{Exit, files};
use crate::inventory::reconcile::reconcile;
use crate::report::reconciled;

/// What stands behind `reconcile --help`.
pub(super) const STATUS: &str = "A source is a list (CSV), a scenario (.yaml), or saved answers (.json, or a folder). \
Exit status: 0 they agree, 1 they do not, 2 bad input or usage, 3 they have no service in common, 4 environment.";

/// Flags of `reconcile`.
#[derive(Debug, clap::Args)]
pub(super) struct ReconcileArgs {
    /// The first source.
    a: PathBuf,
    /// The second source.
    b: PathBuf,
    #[command(flatten)]
    map: MapFlag,
    /// How to print what differs.
    #[arg(long, env = "TRUNKLAB_FORMAT", default_value = "human")]
    format: Format,
    /// Print every row.
    #[arg(long, short, env = "TRUNKLAB_VERBOSE", value_parser = super::env::switch)]
    verbose: bool,
}

/// Says on what two sources disagree.
pub(super) fn run(args: &ReconcileArgs) -> Exit {
    let names = [args.a.display().to_string(), args.b.display().to_string()];
    if let Err(exit) = files::stdin_once(&names) {
        return exit;
    }
    let (first, second) = match (records::source(&args.a, &args.map), records::source(&args.b, &args.map)) {
        (Ok(first), Ok(second)) => (first, second),
        (Err(exit), _) | (_, Err(exit)) => return exit,
    };
    let found = reconcile(&first, &second);
    let exit = match (found.differences.is_empty(), found.matched) {
        (false, _) => Exit::Departs,
        (true, 0) => Exit::Inconclusive,
        (true, _) => Exit::Conforms,
    };
    let document = reconciled([&names[0], &names[1]], &found);
    exit.and(files::print(&document.render(args.format.told(args.verbose))))
}
