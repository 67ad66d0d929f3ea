//! `trunklab import`: scenarios out of what somebody has on record.

use std::path::{Path, PathBuf};

use super::format::Format;
use super::records::{self, MapFlag};
use super::{Exit, files};
use crate::inventory::write::{Origin, scenario};
use crate::inventory::{Service, Trouble, services};
use crate::report::{Checked, checked};
use crate::scenario::{MemorySources, load_text};

/// What stands behind `import --help`.
pub(super) const STATUS: &str = "Exit status: 0 it is written, or nothing is missing; 1 with --check: something is missing \
or odd, and would be UNKNOWN; 2 it cannot be used, and nothing is written; 4 environment.";

/// Flags of `import`.
#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, clap::Subcommand)]
enum Source {
    /// A list of tenants: comma-separated values of NetBox or a spreadsheet.
    #[command(after_help = STATUS)]
    Csv(CsvArgs),
    /// Saved answers of the API (`Describe*`, `List*`): a JSON file, or a folder of them.
    #[command(after_help = STATUS)]
    Api(ApiArgs),
}

#[derive(Debug, clap::Args)]
struct CsvArgs {
    /// The list; `-` for standard input.
    file: PathBuf,
    #[command(flatten)]
    map: MapFlag,
    #[command(flatten)]
    out: OutArgs,
}

#[derive(Debug, clap::Args)]
struct ApiArgs {
    /// The file, or the folder.
    path: PathBuf,
    #[command(flatten)]
    out: OutArgs,
}

#[derive(Debug, clap::Args)]
struct OutArgs {
    /// Write no scenario: say row by row what is missing or contradictory.
    #[arg(long, env = "TRUNKLAB_CHECK", value_parser = super::env::switch)]
    check: bool,
    /// Where the scenario goes; standard output where left out.
    #[arg(long, short, env = "TRUNKLAB_OUTPUT", value_name = "FILE", conflicts_with = "check")]
    output: Option<PathBuf>,
    /// How --check prints.
    #[arg(long, env = "TRUNKLAB_FORMAT", default_value = "human")]
    format: Format,
}

/// What a source came to.
struct Read<'a> {
    command: &'static str,
    source: &'a str,
    rows: u64,
    services: &'a [Service],
    troubles: &'a [Trouble],
    inventory: Option<&'a crate::inventory::Inventory>,
}

/// Reads a source, and writes its scenario or what it lacks.
pub(super) fn import(args: &ImportArgs) -> Exit {
    match &args.source {
        Source::Csv(csv) => {
            let source = csv.file.display().to_string();
            let listed = match records::list(&source, &csv.map) {
                Ok(listed) => listed,
                Err(exit) => return exit,
            };
            let read = Read {
                command: "trunklab import csv",
                source: &source,
                rows: listed.rows as u64,
                services: &listed.services,
                troubles: &listed.troubles,
                inventory: None,
            };
            put(&read, &csv.out)
        }
        Source::Api(api) => {
            let source = api.path.display().to_string();
            let inventory = match records::answers(&api.path) {
                Ok(inventory) => inventory,
                Err(exit) => return exit,
            };
            let services = services(&inventory);
            let read = Read {
                command: "trunklab import api",
                source: &source,
                rows: inventory.answers.iter().map(|answer| answer.entries).sum(),
                services: &services,
                troubles: &inventory.troubles,
                inventory: Some(&inventory),
            };
            put(&read, &api.out)
        }
    }
}

fn put(read: &Read<'_>, out: &OutArgs) -> Exit {
    let stops = read.troubles.iter().any(|trouble| trouble.stops);
    if out.check {
        let exit = match (stops || read.services.is_empty(), read.troubles.is_empty()) {
            (true, _) => Exit::BadInput,
            (false, false) => Exit::Departs,
            (false, true) => Exit::Conforms,
        };
        let document = checked(&Checked {
            source: read.source,
            rows: read.rows,
            services: read.services.len(),
            troubles: read.troubles,
        });
        return exit.and(files::print(&document.render(out.format.told(false))));
    }
    records::tell(read.troubles);
    if stops {
        eprintln!(
            "trunklab: {}: nothing is written; `--check` says all that is wrong",
            read.source
        );
        return Exit::BadInput;
    }
    if read.services.is_empty() {
        eprintln!(
            "trunklab: {}: there is no service in it, so nothing is written",
            read.source
        );
        return Exit::BadInput;
    }
    let text = scenario(
        read.services,
        &Origin {
            command: read.command,
            source: read.source,
            inventory: read.inventory,
        },
    );
    // What is written can be run, or it is not written.
    if let Err(refused) = load_text("scenario", text.clone(), &MemorySources::new()) {
        for error in refused.errors.iter().take(20) {
            eprintln!("{}\n", error.render(&refused.source, false));
        }
        eprintln!(
            "trunklab: {}: its services contradict each other, so nothing is written",
            read.source
        );
        return Exit::BadInput;
    }
    match &out.output {
        None => files::print(&text),
        Some(target) => keep(target, &text),
    }
}

fn keep(target: &Path, text: &str) -> Exit {
    use std::io::Write;
    let write = || {
        let (whole, mut file) = files::WholeFile::create(target)?;
        file.write_all(text.as_bytes())?;
        file.flush()?;
        drop(file);
        whole.keep()
    };
    match write() {
        Ok(()) => Exit::Conforms,
        Err(error) => {
            eprintln!("trunklab: {}: cannot be written: {error}", target.display());
            Exit::Environment
        }
    }
}
