//! `trunklab validate`: checks scenario files without running them.

use std::path::PathBuf;

use super::format::Format;
use super::{Exit, files, load};
use crate::report::{Validated, validated_document};

/// Flags of `validate`.
#[derive(Debug, clap::Args)]
pub(super) struct ValidateArgs {
    /// Scenario files, folders of them, or `-` for standard input.
    #[arg(required = true, env = "TRUNKLAB_SCENARIOS", value_delimiter = None)]
    paths: Vec<PathBuf>,
    /// How to print what came of each.
    #[arg(long, env = "TRUNKLAB_FORMAT", default_value = "human")]
    format: Format,
    /// Take warnings as errors.
    #[arg(long, env = "TRUNKLAB_STRICT", value_parser = super::env::switch)]
    strict: bool,
    /// Print warnings on standard output, too.
    #[arg(long, short, env = "TRUNKLAB_VERBOSE", value_parser = super::env::switch)]
    verbose: bool,
}

/// Says of each scenario whether it could run.
pub(super) fn validate(args: &ValidateArgs) -> Exit {
    let paths = files::expand(&args.paths);
    if let Err(exit) = files::stdin_once(&paths) {
        return exit;
    }
    if paths.is_empty() {
        eprintln!("trunklab: there is no scenario (*.yaml) to check");
        return Exit::Inconclusive;
    }
    let one = |path: &String| match load::plan(path) {
        Ok((_, warnings)) if args.strict && !warnings.is_empty() => Validated::bad(path, warnings),
        Ok((plan, warnings)) => Validated::good(path, &plan, warnings),
        Err(errors) => Validated::bad(path, errors),
    };
    let all: Vec<Validated> = paths.iter().map(one).collect();
    let exit = match all.iter().all(|one| one.errors.is_empty()) {
        true => Exit::Conforms,
        false => Exit::BadInput,
    };
    let document = validated_document(&all);
    exit.and(files::print(&document.render(args.format.told(args.verbose))))
}
