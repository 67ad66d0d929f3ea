//! `trunklab rehearse`: rehearses the cutovers of scenarios.

mod verify;

use std::io::Write;
use std::path::{Path, PathBuf};

use super::files::WholeFile;
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
    #[arg(required_unless_present = "check", env = "TRUNKLAB_SCENARIOS")]
    paths: Vec<PathBuf>,
    /// Hold saved answers of before and after the real window against what the scenario's cutover predicts.
    #[arg(long, env = "TRUNKLAB_VERIFY", num_args = 2, value_names = ["BEFORE", "AFTER"], conflicts_with = "preflight")]
    verify: Option<Vec<PathBuf>>,
    /// When the real window opened, such as 2026-11-30T22:00:00Z: answers that are older than a step show nothing of it.
    #[arg(long, env = "TRUNKLAB_WINDOW_AT", value_name = "TIME", requires = "verify", value_parser = instant)]
    window_at: Option<i64>,
    /// How to print what came of it.
    #[arg(long, env = "TRUNKLAB_FORMAT", default_value = "human")]
    format: Format,
    /// Print every service, step and fault.
    #[arg(long, short, env = "TRUNKLAB_VERBOSE", value_parser = super::env::switch)]
    verbose: bool,
    /// Run whole worlds, ways back and the proof alone: no scopes and directions, no search, no faults, no
    /// interleavings.
    #[arg(long, short, env = "TRUNKLAB_QUICK", value_parser = super::env::switch)]
    quick: bool,
    /// Try no faults at the steps.
    #[arg(long, env = "TRUNKLAB_NO_FAULTS", value_parser = super::env::switch)]
    no_faults: bool,
    /// Search no longest interruption that keeps the budget.
    #[arg(long, env = "TRUNKLAB_NO_SEARCH", value_parser = super::env::switch)]
    no_search: bool,
    /// Explore every interleaving, even with `--quick`.
    #[arg(long, env = "TRUNKLAB_EXPLORE", value_parser = super::env::switch)]
    explore: bool,
    /// Explore no interleavings.
    #[arg(long, env = "TRUNKLAB_NO_EXPLORE", conflicts_with = "explore", value_parser = super::env::switch)]
    no_explore: bool,
    /// Write the first violation that an interleaving shows to this scenario file, which replays it.
    #[arg(long, env = "TRUNKLAB_REPLAY_TO", value_name = "FILE")]
    replay_to: Option<PathBuf>,
    #[command(flatten)]
    page: super::page::ReportArgs,
    /// Run nothing: say of each tenant whether it may go, what is in the way, who has to act, and what changes for it
    /// besides frames.
    #[arg(long, env = "TRUNKLAB_PREFLIGHT", value_parser = super::env::switch)]
    preflight: bool,
    /// Saved answers of the API, and of dry runs, that the pre-flight goes by beside what the scenario says: a file, or a
    /// folder of them.
    #[arg(long, env = "TRUNKLAB_EVIDENCE", value_name = "PATH")]
    evidence: Option<PathBuf>,
    /// Write the runbook for a change board to this file: Markdown (.md), JSON (.json) or CSV (.csv), by its name. One
    /// scenario at a time.
    #[arg(long, env = "TRUNKLAB_RUNBOOK", value_name = "OUT", conflicts_with_all = ["preflight", "verify"])]
    runbook: Option<PathBuf>,
    /// The runbook's language.
    #[arg(long, env = "TRUNKLAB_LANGUAGE", default_value = "en")]
    language: super::runbook::Tongue,
    /// Run nothing: has an input of the certificate in this runbook (Markdown or JSON) changed since? Status 1 if one has.
    #[arg(long, env = "TRUNKLAB_CHECK", value_name = "CERT", conflicts_with_all = ["preflight", "runbook", "verify"])]
    check: Option<PathBuf>,
    /// How many worlds are run at once; what is printed does not depend on it.
    #[arg(long, env = "TRUNKLAB_JOBS", value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
}

/// Rehearses every scenario that has a cutover, prints what it came to, and returns the worst standing.
pub(super) fn run(args: &RehearseArgs) -> Exit {
    for (flag, is_set) in [
        ("--check", args.check.is_some()),
        ("--preflight", args.preflight),
        ("--verify", args.verify.is_some()),
        ("--runbook", args.runbook.is_some()),
    ] {
        if let Err(exit) = args.page.goes_without(flag, is_set) {
            return exit;
        }
    }
    if let Some(certificate) = &args.check {
        return super::runbook::check(certificate, args.format, args.verbose);
    }
    let paths = files::expand(&args.paths);
    if paths.is_empty() {
        eprintln!("trunklab: there is no scenario (*.yaml) to rehearse");
        return Exit::Inconclusive;
    }
    if let Err(exit) = files::stdin_once(&paths).and_then(|()| args.page.fits(&paths, &[])) {
        return exit;
    }
    if args.preflight {
        return super::preflight::run(&paths, args.evidence.as_deref(), args.format, args.verbose);
    }
    if let Some([before, after]) = args.verify.as_deref() {
        return verify::run(&paths, [before, after], args.window_at, args.format.told(args.verbose));
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let options = Options {
        jobs: args.jobs.map_or(cores, usize::from),
        effects: !args.quick,
        faults: !args.no_faults && !args.quick,
        search: !args.no_search && !args.quick,
        explore: args.explore || !(args.no_explore || args.quick),
    };
    if let Some(out) = &args.runbook {
        return super::runbook::write(&paths, args.evidence.as_deref(), (out, args.language.into()), &options);
    }
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
    if let Some(path) = &args.replay_to
        && let Err(error) = write_replay(path, &ran)
    {
        eprintln!("trunklab: cannot write {}: {error}", path.display());
        exit = exit.and(Exit::Environment);
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
            (self.explore, " --explore"),
            (self.no_explore, " --no-explore"),
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

/// Writes the scenario that replays the first violation; nothing where there is none.
fn write_replay(path: &Path, ran: &[(String, Rehearsal)]) -> std::io::Result<()> {
    let Some(scenario) = ran.iter().find_map(|(_, rehearsal)| rehearsal.replay()) else {
        return Ok(());
    };
    let (whole, mut out) = WholeFile::create(path)?;
    out.write_all(scenario.as_bytes())?;
    out.flush()?;
    whole.keep()
}

/// An instant of the wall clock.
fn instant(text: &str) -> Result<i64, String> {
    let wrong = || "it is an instant such as 2026-11-30T22:00:00Z, or with an offset such as +08:00".to_owned();
    crate::inventory::answers::rfc_3339(text).ok_or_else(wrong)
}

const fn standing(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Pass => Exit::Conforms,
        Verdict::Fail => Exit::Departs,
        Verdict::Error => Exit::Internal,
        Verdict::Inconc | Verdict::NotApplicable | Verdict::NotTestable => Exit::Inconclusive,
    }
}
