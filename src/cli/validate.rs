//! `trunklab validate`: checks scenario files without running them.

use std::path::PathBuf;

use super::{Exit, files, load};

/// Flags of `validate`.
#[derive(Debug, clap::Args)]
pub(super) struct ValidateArgs {
    /// Scenario files, folders of them, or `-` for standard input.
    #[arg(required = true, env = "TRUNKLAB_SCENARIOS", value_delimiter = None)]
    paths: Vec<PathBuf>,
}

/// Says `ok` for each scenario that could run.
pub(super) fn validate(args: &ValidateArgs) -> Exit {
    let paths = files::expand(&args.paths);
    if let Err(exit) = files::stdin_once(&paths) {
        return exit;
    }
    if paths.is_empty() {
        eprintln!("trunklab: there is no scenario (*.yaml) to check");
        return Exit::Inconclusive;
    }
    let mut exit = Exit::Conforms;
    for path in paths {
        match load::plan(&path) {
            Ok(_) => exit = exit.and(files::print(&format!("{path}: ok\n"))),
            Err(_) => exit = exit.and(Exit::BadInput),
        }
    }
    exit
}
