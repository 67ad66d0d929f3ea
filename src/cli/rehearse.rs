//! `trunklab rehearse`: rehearses the cutovers of scenarios.

use std::path::PathBuf;

use super::format::Format;
use super::{Exit, files, load, progress};
use crate::check::Verdict;
use crate::rehearse::{Options, Rehearsal, rehearse};
use crate::report::rehearse::{RehearsalReport, document};
use crate::report::{NotRun, Problem};
use crate::scenario::{Code, Diagnostic, Span, Wrong};

/// Flags of `rehearse`.
#[derive(Debug, clap::Args)]
pub(super) struct RehearseArgs {
    /// Scenario files with a `cutover`, folders of them, or `-` for standard input.
    #[arg(required = true, env = "TRUNKLAB_SCENARIOS")]
    paths: Vec<PathBuf>,
    /// How to print what came of it.
    #[arg(long, env = "TRUNKLAB_FORMAT", default_value = "human")]
    format: Format,
    /// Print every service, step and fault.
    #[arg(long, short, env = "TRUNKLAB_VERBOSE", value_parser = super::env::switch)]
    verbose: bool,
    /// Run whole worlds and the proof alone: no scopes and directions, no search, no faults.
    #[arg(long, short, env = "TRUNKLAB_QUICK", value_parser = super::env::switch)]
    quick: bool,
    /// Try no faults at the steps.
    #[arg(long, env = "TRUNKLAB_NO_FAULTS", value_parser = super::env::switch)]
    no_faults: bool,
    /// Search no longest interruption that keeps the budget.
    #[arg(long, env = "TRUNKLAB_NO_SEARCH", value_parser = super::env::switch)]
    no_search: bool,
    #[command(flatten)]
    page: super::page::ReportArgs,
    /// How many worlds are run at once; what is printed does not depend on it.
    #[arg(long, env = "TRUNKLAB_JOBS", value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
}

/// Rehearses every scenario that has a cutover, prints what it came to, and returns the worst standing.
pub(super) fn run(args: &RehearseArgs) -> Exit {
    let paths = files::expand(&args.paths);
    if paths.is_empty() {
        eprintln!("trunklab: there is no scenario (*.yaml) to rehearse");
        return Exit::Inconclusive;
    }
    if let Err(exit) = files::stdin_once(&paths).and_then(|()| args.page.fits(&paths, &[])) {
        return exit;
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let options = Options {
        jobs: args.jobs.map_or(cores, usize::from),
        effects: !args.quick,
        faults: !args.no_faults && !args.quick,
        search: !args.no_search && !args.quick,
    };
    let alone = paths.len() == 1;
    let (mut exit, mut ran, mut not_run) = (Exit::Conforms, Vec::new(), Vec::new());
    for path in &paths {
        match one(path, &options, alone) {
            Ok(Some(rehearsal)) => {
                exit = exit.and(standing(rehearsal.verdict()));
                ran.push((path.clone(), rehearsal));
            }
            Ok(None) => {}
            Err(problems) => {
                exit = exit.and(Exit::BadInput);
                not_run.push(NotRun {
                    source: path.clone(),
                    problems,
                });
            }
        }
    }
    if ran.is_empty() && not_run.is_empty() {
        eprintln!("trunklab: no scenario here has a cutover, so nothing was rehearsed");
        return Exit::Inconclusive;
    }
    let report = RehearsalReport {
        ran: &ran,
        not_run: &not_run,
    };
    let document = document(report);
    exit = exit.and(args.page.write(&document, exit, &args.again()));
    exit.and(files::print(&document.render(args.format.told(args.verbose))))
}

impl RehearseArgs {
    /// The command that does it again.
    fn again(&self) -> String {
        let mut command = super::page::over("trunklab rehearse", &self.paths);
        for (is_set, flag) in [
            (self.quick, " --quick"),
            (self.no_faults, " --no-faults"),
            (self.no_search, " --no-search"),
        ] {
            if is_set {
                command += flag;
            }
        }
        command
    }
}

/// The rehearsal of a scenario; `None`: it has no cutover, and stands beside others that may have one.
fn one(path: &str, options: &Options, alone: bool) -> Result<Option<Rehearsal>, Vec<Problem>> {
    let loaded = load::scenario(path)?;
    let refuse = |text: &str| {
        let error = Diagnostic::error(path, Span::default(), Wrong::new(Code::Needed, text));
        eprintln!("trunklab: {path}: {text}");
        vec![Problem::from(&error)]
    };
    let Some(scenario) = &loaded.cutover else {
        return match alone {
            true => Err(refuse("the scenario has no `cutover` to rehearse")),
            false => Ok(None),
        };
    };
    let lines = progress::Lines::start();
    let told = |what: &str| lines.tell(&format!("{path}: {what}"), 0, 1, "rehearsals");
    rehearse(scenario, options, &told).map(Some).map_err(|why| refuse(&why))
}

const fn standing(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Pass => Exit::Conforms,
        Verdict::Fail => Exit::Departs,
        Verdict::Error => Exit::Internal,
        Verdict::Inconc | Verdict::NotApplicable | Verdict::NotTestable => Exit::Inconclusive,
    }
}
