//! `trunklab diff`: holds two scenarios, or two runs of one, against each other.

use std::path::PathBuf;

use super::format::Format;
use super::run::Seed;
use super::{Exit, files, load};
use crate::report::{Sides, differences};
use crate::scenario::Plan;
use crate::study::diff::diff as compare;

/// What stands behind `diff --help`.
pub(super) const STATUS: &str = "Exit status: 0 nothing differs, 1 something does, 2 bad scenario or usage, \
4 environment, 70 internal error.";

/// Flags of `diff`.
#[derive(Debug, clap::Args)]
pub(super) struct DiffArgs {
    /// The first scenario.
    a: PathBuf,
    /// The second scenario; without it, the first once more: say `--seeds`.
    #[arg(required_unless_present = "seeds")]
    b: Option<PathBuf>,
    /// Roots of the random streams of the first and of the second, instead of the scenarios' own.
    #[arg(long, env = "TRUNKLAB_SEEDS", value_name = "A,B")]
    seeds: Option<Seeds>,
    /// How to print what differs.
    #[arg(long, env = "TRUNKLAB_FORMAT", default_value = "human")]
    format: Format,
    /// Print every row.
    #[arg(long, short, env = "TRUNKLAB_VERBOSE", value_parser = super::env::switch)]
    verbose: bool,
}

/// Two seeds.
#[derive(Debug, Clone, Copy)]
struct Seeds(Seed, Seed);

impl std::str::FromStr for Seeds {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (a, b) = text
            .split_once(',')
            .ok_or_else(|| "two seeds are wanted, with a comma between them, such as 1,2".to_owned())?;
        Ok(Self(a.trim().parse()?, b.trim().parse()?))
    }
}

/// Runs and proves both, and says what differs.
pub(super) fn diff(args: &DiffArgs) -> Exit {
    let a = args.a.display().to_string();
    let b = args.b.as_ref().map_or(a.clone(), |b| b.display().to_string());
    if let Err(exit) = files::stdin_once(&[a.clone(), b.clone()]) {
        return exit;
    }
    let both = (load::plan(&a), load::plan(&b));
    let ((mut first, _), (mut second, _)) = match both {
        (Ok(first), Ok(second)) => (first, second),
        _ => return Exit::BadInput,
    };
    if let Some(Seeds(Seed(one), Seed(other))) = args.seeds {
        first.seed = one;
        second.seed = other;
    }
    let said = |what: &str| {
        if is_long(&first) || is_long(&second) {
            eprintln!("trunklab: diff: {what}");
        }
    };
    let found = match compare(&first, &second, said) {
        Ok(found) => found,
        Err(message) => {
            eprintln!("trunklab: {message}");
            return Exit::Internal;
        }
    };
    let exit = match found.is_none() {
        true => Exit::Conforms,
        false => Exit::Departs,
    };
    let sides = Sides {
        files: [a, b],
        seeds: [first.seed, second.seed],
    };
    let document = differences(&sides, &found);
    exit.and(files::print(&document.render(args.format.told(args.verbose))))
}

/// Does it take long enough that whoever waits wants to hear of it?
fn is_long(plan: &Plan) -> bool {
    plan.tenants.len() >= 100
}
