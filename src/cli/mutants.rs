//! `trunklab mutants`: injects real faults one by one and says who notices.

use std::path::PathBuf;

use clap::ValueEnum;

use super::{Exit, files, load, progress};
use crate::report::mutants;
use crate::study::mutants::{FAULTS, Fault, Matrix, engines, run, survivors};

/// Flags of `mutants`.
#[derive(Debug, clap::Args)]
pub(super) struct MutantsArgs {
    /// Scenario files, folders of them, or `-` for standard input: healthy worlds.
    #[arg(required_unless_present = "list", env = "TRUNKLAB_SCENARIOS")]
    paths: Vec<PathBuf>,
    /// Only these faults, by id, with commas between them.
    #[arg(long, env = "TRUNKLAB_FAULTS", value_name = "ID", value_delimiter = ',', value_parser = known)]
    faults: Vec<&'static str>,
    /// How to print the matrix.
    #[arg(long, env = "TRUNKLAB_FORMAT", default_value = "human")]
    format: Format,
    /// Print the list of faults with their sources, and inject none.
    #[arg(long)]
    list: bool,
}

/// How to print.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Lines for people.
    Human,
    /// Stable, versioned JSON.
    Json,
}

fn known(text: &str) -> Result<&'static str, String> {
    let found = FAULTS.iter().find(|fault| fault.id.eq_ignore_ascii_case(text));
    found
        .map(|fault| fault.id)
        .ok_or_else(|| format!("`{text}` is no fault; `trunklab mutants --list` prints all of them"))
}

/// Prints the matrix of each scenario. It does not conform where a fault survives, or a healthy
/// world raises an alarm.
pub(super) fn mutants(args: &MutantsArgs) -> Exit {
    if args.list {
        return files::print(&list());
    }
    let paths = files::expand(&args.paths);
    if paths.is_empty() {
        eprintln!("trunklab: there is no scenario (*.yaml) to inject faults into");
        return Exit::Inconclusive;
    }
    if let Err(exit) = files::stdin_once(&paths) {
        return exit;
    }
    let chosen = |fault: &&Fault| args.faults.is_empty() || args.faults.contains(&fault.id);
    let faults: Vec<Fault> = FAULTS.iter().filter(chosen).copied().collect();
    let (mut exit, mut matrices) = (Exit::Conforms, Vec::new());
    for path in &paths {
        match load::plan(path) {
            Err(_) => exit = exit.and(Exit::BadInput),
            Ok(plan) => {
                let bar = progress::faults(faults.len());
                let matrix = run(&plan, &faults, &engines(), |fault| {
                    bar.set_message(fault.what);
                    bar.inc(1);
                });
                bar.finish_and_clear();
                matrices.push(matrix);
            }
        }
    }
    if !matrices.is_empty() {
        exit = exit.and(standing(&matrices));
    }
    let text = match args.format {
        Format::Human => matrices.iter().map(mutants::human).collect::<Vec<_>>().join("\n"),
        Format::Json => mutants::json(&matrices),
    };
    exit.and(files::print(&text))
}

/// Where nothing was killed, nothing was shown.
fn standing(matrices: &[Matrix]) -> Exit {
    let all = || matrices.iter().flat_map(|matrix| &matrix.outcomes);
    let alarmed = matrices.iter().any(|matrix| !matrix.false_alarms().is_empty());
    if alarmed || !survivors(matrices).is_empty() {
        Exit::Departs
    } else if all().any(|(_, outcome)| outcome.is_killed()) {
        Exit::Conforms
    } else {
        Exit::Inconclusive
    }
}

fn list() -> String {
    let line = |fault: &Fault| format!("{}  {}\n       {}\n", fault.id, fault.what, fault.source);
    FAULTS.iter().map(line).collect()
}
