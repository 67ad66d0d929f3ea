//! `trunklab mutants`: injects real faults one by one and says who notices.

use std::path::PathBuf;

use super::format::Format;
use super::{Exit, files, load, progress};
use crate::mutants::{Bounds, FAULTS, Fault, Step, Study, engines, run};
use crate::report::mutants::{MutantsReport, document};
use crate::report::{Explanation, NotRun, Problem, explanations};

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
    /// Print every fault in every world with the vectors and checks that noticed it.
    #[arg(long, short, env = "TRUNKLAB_VERBOSE", value_parser = super::env::switch)]
    verbose: bool,
    /// Try every fault in every world, not only those that no smaller world has killed.
    #[arg(long, env = "TRUNKLAB_EVERYWHERE", value_parser = super::env::switch)]
    everywhere: bool,
    #[command(flatten)]
    page: super::page::ReportArgs,
    /// How many worlds are judged at once; what is printed does not depend on it.
    #[arg(long, env = "TRUNKLAB_JOBS", value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Print the list of faults with their sources, and inject none.
    #[arg(long, env = "TRUNKLAB_LIST", value_parser = super::env::switch)]
    list: bool,
}

fn known(text: &str) -> Result<&'static str, String> {
    let found = FAULTS.iter().find(|fault| fault.id.eq_ignore_ascii_case(text));
    found
        .map(|fault| fault.id)
        .ok_or_else(|| format!("`{text}` is no fault; `trunklab mutants --list` prints all of them"))
}

/// Prints the matrix over all scenarios. It does not conform where a fault survives, or a healthy
/// world raises an alarm.
pub(super) fn mutants(args: &MutantsArgs) -> Exit {
    if let Err(exit) = args.page.goes_without("--list", args.list) {
        return exit;
    }
    if args.list {
        return list(args);
    }
    let paths = files::expand(&args.paths);
    if paths.is_empty() {
        eprintln!("trunklab: there is no scenario (*.yaml) to inject faults into");
        return Exit::Inconclusive;
    }
    if let Err(exit) = files::stdin_once(&paths).and_then(|()| args.page.fits(&paths, &[])) {
        return exit;
    }
    let chosen = |fault: &&Fault| args.faults.is_empty() || args.faults.contains(&fault.id);
    let faults: Vec<Fault> = FAULTS.iter().filter(chosen).copied().collect();
    let (mut exit, mut worlds) = (Exit::Conforms, Vec::new());
    let (mut not_run, mut warnings) = (Vec::new(), Vec::new());
    for path in &paths {
        match load::scenario(path) {
            Err(problems) => {
                exit = exit.and(Exit::BadInput);
                let source = path.clone();
                not_run.push(NotRun { source, problems });
            }
            Ok(world) => {
                let own = world.warnings.iter().map(Problem::from);
                warnings.extend(own.map(|problem| (world.plan.name.clone(), problem)));
                worlds.push(world);
            }
        }
    }
    if worlds.is_empty() && args.format == Format::Human {
        return exit;
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let bounds = Bounds {
        jobs: args.jobs.map_or(cores, usize::from),
        everywhere: args.everywhere,
    };
    let bar = progress::judgements();
    let lines = progress::Lines::start();
    let tell = |step: Step<'_>| {
        lines.tell(step.world, step.done, step.of, "judgements");
        bar.set_length(step.of as u64);
        bar.set_position(step.done as u64);
        bar.set_message(step.world.to_owned());
    };
    let study = run(&worlds, &faults, &engines(), bounds, &tell);
    bar.finish_and_clear();
    let document = document(MutantsReport {
        study: &study,
        not_run: &not_run,
        warnings: &warnings,
    });
    let exit = exit.and(standing(&study));
    exit.and(args.page.write(&document, exit, &args.again()))
        .and(files::print(&document.render(args.format.told(args.verbose))))
}

impl MutantsArgs {
    /// The command that does it again.
    fn again(&self) -> String {
        let mut command = super::page::over("trunklab mutants", &self.paths);
        if !self.faults.is_empty() {
            command += &format!(" --faults {}", self.faults.join(","));
        }
        if self.everywhere {
            command += " --everywhere";
        }
        command
    }
}

/// Where nothing was killed, nothing was shown.
fn standing(study: &Study) -> Exit {
    if !study.false_alarms().is_empty() || !study.survivors().is_empty() {
        Exit::Departs
    } else if study.kills() {
        Exit::Conforms
    } else {
        Exit::Inconclusive
    }
}

fn list(args: &MutantsArgs) -> Exit {
    let lines = |fault: &Fault| {
        [
            format!("{}  {}", fault.id, fault.what),
            format!("       {}", fault.source),
        ]
    };
    let entry = |fault: &Fault| Explanation {
        code: fault.id.to_owned(),
        of: fault.source.to_owned(),
        summary: fault.what.to_owned(),
        explanation: String::new(),
    };
    let entries: Vec<Explanation> = FAULTS.iter().map(entry).collect();
    let lines = FAULTS.iter().flat_map(lines).collect();
    let document = explanations("trunklab.faults/1", "trunklab mutants --list", &entries, lines);
    files::print(&document.render(args.format.told(args.verbose)))
}
