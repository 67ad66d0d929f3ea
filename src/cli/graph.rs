//! `trunklab graph`: draws the network of a scenario.

use std::path::PathBuf;

use clap::ValueEnum;

use super::{Exit, ask, files, load};
use crate::report::drawing::{Drawing, drawing};

/// What stands behind `graph --help` and its like.
pub(super) const STATUS: &str = "Exit status: 0 answered, 2 bad scenario or usage, 4 environment, 70 internal error.";

/// Flags of `graph`.
#[derive(Debug, clap::Args)]
pub(super) struct GraphArgs {
    /// The scenario, or `-` for standard input.
    scenario: PathBuf,
    /// What to draw it as.
    #[arg(long = "as", env = "TRUNKLAB_AS", default_value = "mermaid")]
    drawn: DrawingWord,
    /// Only what this tenant has, and the switches.
    #[arg(long, env = "TRUNKLAB_TENANT", value_name = "NAME")]
    tenant: Option<String>,
    /// So many boxes of a kind at one place are drawn one by one; more are one box with their number.
    #[arg(long, env = "TRUNKLAB_MOST", value_name = "N", default_value_t = 6)]
    most: usize,
}

/// What a network is drawn as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DrawingWord {
    /// A flowchart of Mermaid, for Markdown.
    Mermaid,
    /// DOT, for graphviz.
    Dot,
}

/// Draws it on standard output.
pub(super) fn graph(args: &GraphArgs) -> Exit {
    let Ok((plan, _)) = load::plan(&args.scenario.to_string_lossy()) else {
        return Exit::BadInput;
    };
    let tenant = match args.tenant.as_deref().map(|name| ask::tenant(&plan, name)).transpose() {
        Ok(tenant) => tenant,
        Err(message) => return files::bad(&message),
    };
    let drawn = match args.drawn {
        DrawingWord::Mermaid => Drawing::Mermaid,
        DrawingWord::Dot => Drawing::Dot,
    };
    files::print(&drawing(&plan, tenant, args.most, drawn))
}
