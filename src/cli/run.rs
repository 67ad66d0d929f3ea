//! `trunklab run`: simulates scenarios and judges them.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use indicatif::ProgressBar;

use super::files::WholeFile;
use super::format::Format;
use super::{Exit, files, load, progress};
use crate::check::{Judgement, Line, Standing, standing};
use crate::control::Drawn;
use crate::engine::run_told as simulate;
use crate::evidence::{Followed, NoObserver, Observer, Samples};
use crate::record::{Record, Stats};
use crate::report::{self, LinkCapture, NotRun, Problem, RunReport};
use crate::scenario::Plan;
use crate::study::held_throughout;
use crate::study::pool::in_order;
use crate::why::leaks::of_run;
use crate::why::{Whom, judged};

/// Flags of `run`.
#[derive(Debug, clap::Args)]
pub(super) struct RunArgs {
    /// Scenario files, folders of them, or `-` for standard input.
    #[arg(required = true, env = "TRUNKLAB_SCENARIOS")]
    paths: Vec<PathBuf>,
    /// Root of every random stream, instead of the scenario's own: a number, or `random`.
    #[arg(long, env = "TRUNKLAB_SEED", value_name = "N")]
    seed: Option<Seed>,
    /// How to print the verdicts.
    #[arg(long, env = "TRUNKLAB_FORMAT", default_value = "human")]
    format: Format,
    /// Take no failure as expected.
    #[arg(long, env = "TRUNKLAB_STRICT", value_parser = super::env::switch)]
    strict: bool,
    /// Print the details of every verdict, also of those that passed.
    #[arg(long, short, env = "TRUNKLAB_VERBOSE", value_parser = super::env::switch)]
    verbose: bool,
    /// Write what crossed each link to this capture file (pcapng); for one scenario.
    #[arg(long, env = "TRUNKLAB_PCAP", value_name = "OUT")]
    pcap: Option<PathBuf>,
    /// Hold the proof at every step: besides what was sent, prove for all frames, from the tables at
    /// the start and at every change, that no tenant's can reach anybody else (see `prove --help`).
    #[arg(long, env = "TRUNKLAB_PROVE", value_parser = super::env::switch)]
    prove: bool,
    /// Find out who answers for every loss: put right what departs from the contract, owner by owner, run
    /// the same world again and compare frame by frame. A scenario that expects an `attribution` has it found
    /// out for its tenants in any case.
    #[arg(long, env = "TRUNKLAB_WHY", value_parser = super::env::switch)]
    why: bool,
    #[command(flatten)]
    page: super::page::ReportArgs,
    /// How many scenarios run at once; what they print does not depend on it.
    #[arg(long, env = "TRUNKLAB_JOBS", value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
}

/// A seed as written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seed(pub(super) u64);

impl std::str::FromStr for Seed {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "random" => Ok(Self(rand::random())),
            number => number
                .parse()
                .map(Self)
                .map_err(|_| format!("`{number}` is neither a number from 0 to {} nor `random`", u64::MAX)),
        }
    }
}

/// What became of one scenario.
enum Ended {
    Judged(Box<RunReport>),
    Not(Exit, NotRun),
}

fn not(exit: Exit, source: &str, message: String) -> Ended {
    eprintln!("trunklab: {source}: {message}");
    let problem = Problem {
        message,
        ..Problem::default()
    };
    Ended::Not(
        exit,
        NotRun {
            source: source.to_owned(),
            problems: vec![problem],
        },
    )
}

/// Runs every scenario, prints what was judged, and returns the worst standing.
pub(super) fn run(args: &RunArgs) -> Exit {
    let paths = files::expand(&args.paths);
    if paths.is_empty() {
        eprintln!("trunklab: there is no scenario (*.yaml) to run, so nothing was tested");
        return Exit::Inconclusive;
    }
    if let Err(exit) = outputs_fit(args, &paths) {
        return exit;
    }
    let ended = all(args, &paths);
    let mut exit = Exit::Conforms;
    let mut reports = Vec::with_capacity(ended.len());
    let mut not_run = Vec::new();
    for end in ended {
        match end {
            Ended::Judged(report) => {
                exit = exit.and(report.judgement.standing(args.strict).into());
                reports.push(*report);
            }
            Ended::Not(why, what) => {
                exit = exit.and(why);
                not_run.push(what);
            }
        }
    }
    let document = report::run_document(&reports, &not_run, args.strict);
    let exit = exit.and(args.page.write(&document, exit, ""));
    exit.and(files::print(&document.render(args.format.told(args.verbose))))
}

fn outputs_fit(args: &RunArgs, paths: &[String]) -> Result<(), Exit> {
    files::stdin_once(paths)?;
    pcap_fits(args, paths)?;
    args.page.fits(paths, &[args.pcap.as_deref()])
}

/// A capture is of one scenario, has a name, and does not take the scenario's place.
fn pcap_fits(args: &RunArgs, paths: &[String]) -> Result<(), Exit> {
    let Some(out) = &args.pcap else { return Ok(()) };
    let message = match paths {
        [_] if out.as_os_str() == files::STDIN => {
            "--pcap wants the name of a file: standard output carries the report".to_owned()
        }
        [path] if same_file(path, out) => format!("--pcap {path} would replace the scenario itself"),
        [_] => return Ok(()),
        many => format!("--pcap takes one scenario, not {}", many.len()),
    };
    eprintln!("trunklab: {message}");
    Err(Exit::BadInput)
}

pub(super) fn same_file(path: &str, out: &Path) -> bool {
    let real = |p: &Path| std::fs::canonicalize(p).ok();
    real(Path::new(path)).is_some_and(|p| Some(p) == real(out))
}

/// Runs the scenarios on a few threads; the results are in the order of the paths.
fn all(args: &RunArgs, paths: &[String]) -> Vec<Ended> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = args.jobs.map_or(cores, usize::from);
    let bar = progress::scenarios(paths.len());
    let lines = progress::Lines::start();
    let run = |path: &String| {
        bar.set_message(path.clone());
        catch_unwind(AssertUnwindSafe(|| one(args, path, &bar, &lines))).unwrap_or_else(|_| {
            let message = "internal error; please report it with the scenario".to_owned();
            not(Exit::Internal, path, message)
        })
    };
    let ended = in_order(jobs, paths, run, |_, _| bar.inc(1));
    bar.finish_and_clear();
    ended
}

fn one(args: &RunArgs, path: &str, bar: &ProgressBar, lines: &progress::Lines) -> Ended {
    let loaded = match load::scenario(path) {
        Ok(loaded) => loaded,
        Err(problems) => {
            let source = path.to_owned();
            return Ended::Not(Exit::BadInput, NotRun { source, problems });
        }
    };
    let warnings = loaded.warnings.iter().map(Problem::from).collect();
    let (mut plan, expanded) = (loaded.plan, loaded.expanded);
    if let Some(Seed(seed)) = args.seed {
        plan.seed = seed;
    }
    let progress = progress::OneRun::start(path, plan.end, bar, lines);
    match sampled(args, &plan, &progress) {
        Ok((run, samples)) => {
            let cores = std::thread::available_parallelism().map_or(1, usize::from);
            let jobs = args.jobs.map_or(cores, usize::from);
            let whom = if args.why { Whom::Everybody } else { Whom::Expected };
            let mut told = judged(&expanded, &plan, &run, whom, jobs);
            // A page says who answers for what is not as expected.
            let departs = |l: &Line| standing(l.verdict, l.expected, args.strict) == Standing::Departs;
            let failed = |(judgement, _): &(Judgement, _)| judgement.lines.iter().any(departs);
            let asks = args.why || args.page.is_asked() && told.as_ref().is_ok_and(failed);
            if asks && !args.why {
                told = judged(&expanded, &plan, &run, Whom::Everybody, jobs);
            }
            let (mut judgement, answers) = match told {
                Ok(judged) => judged,
                Err(message) => return not(Exit::Internal, path, message),
            };
            if args.prove {
                judgement.lines.push(proved(path, &plan, bar));
            }
            let causes = match of_run(&expanded, &plan, &run, jobs) {
                Ok(causes) => causes,
                Err(message) => return not(Exit::Internal, path, message),
            };
            let mut report = RunReport::new(path, &plan, &run, judgement);
            report.warnings = warnings;
            report.causes = causes;
            if let Some(answers) = &answers {
                report = report.answered(answers);
            }
            if args.prove {
                report.command.push_str(" --prove");
            }
            if asks {
                report.command.push_str(" --why");
            }
            match samples.map(|samples| drawn(&plan, &run, report.clone(), &samples, &progress)) {
                None => Ended::Judged(Box::new(report)),
                Some(Ok(report)) => Ended::Judged(Box::new(report)),
                Some(Err((exit, message))) => not(exit, path, message),
            }
        }
        Err((exit, message)) => not(exit, path, message),
    }
}

/// Holds the proof at every step of the plan's timeline, and tells of its progress.
fn proved(path: &str, plan: &Plan, bar: &ProgressBar) -> Line {
    let mut times = 0u64;
    held_throughout(plan, |at| {
        times += 1;
        bar.set_message(format!("{path}: proof {times}, at {at}"));
    })
}

fn simulated<O: Observer>(plan: &Plan, extra: O, told: &progress::OneRun<'_>) -> Result<(Record, O), (Exit, String)> {
    let mut tell = |now, stats: &Stats| told.tell(now, stats.hops);
    simulate(plan, Drawn::new(plan.seed), extra, &mut tell).map_err(|e| (Exit::Internal, e.to_string()))
}

/// The run, and its samples where a page is asked for.
fn sampled(
    args: &RunArgs,
    plan: &Plan,
    told: &progress::OneRun<'_>,
) -> Result<(Record, Option<Samples>), (Exit, String)> {
    let out = args.pcap.as_deref();
    match args.page.is_asked() {
        false => watched(plan, out, NoObserver, told).map(|(run, _)| (run, None)),
        true => watched(plan, out, report::samples(plan), told).map(|(run, samples)| (run, Some(samples))),
    }
}

/// The report with its pictures. Frames that verdicts are about are followed in a run of their own.
fn drawn(
    plan: &Plan,
    run: &Record,
    told: RunReport,
    samples: &Samples,
    progress: &progress::OneRun<'_>,
) -> Result<RunReport, (Exit, String)> {
    let noticed = report::noticed(plan, run, &told.judgement);
    let hops = match noticed.is_empty() {
        true => BTreeMap::new(),
        false => {
            let families = noticed.iter().map(report::Noticed::family);
            let (_, followed) = simulated(plan, Followed::new(families, plan.end), progress)?;
            followed.finish()
        }
    };
    Ok(told.drawn(plan, run, samples, noticed, &hops))
}

/// Runs with a capture, where one is asked for, and somebody else who listens.
fn watched<O: Observer>(
    plan: &Plan,
    pcap: Option<&Path>,
    extra: O,
    told: &progress::OneRun<'_>,
) -> Result<(Record, O), (Exit, String)> {
    match pcap {
        Some(out) => captured(plan, out, extra, told),
        None => simulated(plan, extra, told),
    }
}

/// Runs with a capture, which takes its name only when it is whole.
fn captured<O: Observer>(
    plan: &Plan,
    out: &Path,
    extra: O,
    told: &progress::OneRun<'_>,
) -> Result<(Record, O), (Exit, String)> {
    let cannot = |e: &dyn std::fmt::Display| (Exit::Environment, format!("cannot write {}: {e}", out.display()));
    let (whole, writer) = WholeFile::create(out).map_err(|e| cannot(&e))?;
    let capture = LinkCapture::new(writer, plan).map_err(|e| cannot(&e))?;
    let (run, (capture, extra)) = simulated(plan, (capture, extra), told)?;
    let frames = capture.finish().map_err(|e| cannot(&e))?;
    whole.keep().map_err(|e| cannot(&e))?;
    eprintln!(
        "trunklab: {} frames written to {}",
        crate::check::thousands(frames),
        out.display()
    );
    Ok((run, extra))
}
