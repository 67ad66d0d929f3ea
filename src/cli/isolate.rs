//! `trunklab isolate`: tries every isolation vector on the devices of scenarios.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::files::WholeFile;
use super::format::Format;
use super::run::Seed;
use super::{Exit, files, load, progress};
use crate::check::Verdict;
use crate::isolate::{ByClass, Declared, IsolationReport, Options, list, run_and_explain};
use crate::report::document::picture::Picture;
use crate::report::isolate::{SuiteReport, Suites, capture, suite_document};
use crate::report::{Explanation, NotRun, Problem, built, explanations, quoted};
use crate::scenario::Plan;

/// Flags of `isolate`.
#[derive(Debug, clap::Args)]
pub(super) struct IsolateArgs {
    /// Scenario files, folders of them, or `-` for standard input.
    #[arg(required_unless_present = "list", env = "TRUNKLAB_SCENARIOS")]
    paths: Vec<PathBuf>,
    /// Only these vectors, by id (I-06) or group (I), with commas between them.
    #[arg(long, env = "TRUNKLAB_VECTORS", value_name = "ID,GROUP", value_delimiter = ',')]
    vectors: Vec<String>,
    /// Root of every random stream, instead of the scenario's own: a number, or `random`.
    #[arg(long, env = "TRUNKLAB_SEED", value_name = "N")]
    seed: Option<Seed>,
    /// How to print the verdicts.
    #[arg(long, env = "TRUNKLAB_FORMAT", default_value = "human")]
    format: Format,
    /// Print a line for every vector, also of those that passed.
    #[arg(long, short, env = "TRUNKLAB_VERBOSE", value_parser = super::env::switch)]
    verbose: bool,
    /// Write the smallest case of the first leak to this capture file (pcapng); for one scenario.
    #[arg(long, env = "TRUNKLAB_PCAP", value_name = "OUT")]
    pcap: Option<PathBuf>,
    /// What devices declare, before the scenario's `pics` and their profile: lines of
    /// `DEVICE CAPABILITY yes|no`.
    #[arg(long, env = "TRUNKLAB_PICS", value_name = "FILE")]
    pics: Option<PathBuf>,
    /// Random frames that every port sends (vector P-08) [default: as many as make 1,000,000 over
    /// all ports].
    #[arg(long, env = "TRUNKLAB_RANDOM", value_name = "N", value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    random: Option<u32>,
    /// How many tenants attack at most, in order of name; the others are watched [default: all of up to
    /// 34; of more, one for all that the proof shows to be like it, so that attackers times tenants is
    /// 1,200 at most, but four at least].
    #[arg(long, env = "TRUNKLAB_ATTACKERS", value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    attackers: Option<u16>,
    /// Every tenant attacks from every port, whatever that costs; of more than 34, one for all that the
    /// proof shows to be like it.
    #[arg(long, env = "TRUNKLAB_FULL", conflicts_with = "attackers", value_parser = super::env::switch)]
    full: bool,
    /// Each tenant attacks for itself, also where the proof shows that one stands for many.
    #[arg(long, env = "TRUNKLAB_EACH", value_parser = super::env::switch)]
    each: bool,
    #[command(flatten)]
    page: super::page::ReportArgs,
    /// How many ports are tried at once; what is printed does not depend on it.
    #[arg(long, env = "TRUNKLAB_JOBS", value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Print every vector with what it tries, and run nothing.
    #[arg(long, env = "TRUNKLAB_LIST", value_parser = super::env::switch)]
    list: bool,
}

/// Runs the suite on every scenario, prints what it came to, and returns the worst standing.
pub(super) fn isolate(args: &IsolateArgs) -> Exit {
    if let Err(exit) = args.page.goes_without("--list", args.list) {
        return exit;
    }
    if args.list {
        return vectors(args);
    }
    let paths = files::expand(&args.paths);
    if paths.is_empty() {
        eprintln!("trunklab: there is no scenario (*.yaml) to try, so nothing was tested");
        return Exit::Inconclusive;
    }
    let options = match files::stdin_once(&paths).and_then(|()| options(args, &paths)) {
        Ok(options) => options,
        Err(exit) => return exit,
    };
    let mut exit = Exit::Conforms;
    let (mut ran, mut not_run, mut drawings) = (Vec::new(), Vec::new(), Vec::new());
    for path in &paths {
        match one(args, &options, path) {
            Ok((report, drawn)) => {
                exit = exit.and(standing(&report.suite));
                drawings.extend(drawn.map(|drawn| (report.source.clone(), drawn)));
                ran.push(report);
            }
            Err((why, missing)) => {
                exit = exit.and(why);
                not_run.push(missing);
            }
        }
    }
    if let Some(out) = &args.pcap {
        exit = exit.and(captured(&ran, out));
    }
    let suites = Suites {
        ran: &ran,
        not_run: &not_run,
    };
    let mut document = suite_document(suites);
    for (source, drawn) in drawings {
        document.draw(&source, drawn);
    }
    exit = exit.and(args.page.write(&document, exit, ""));
    exit.and(files::print(&document.render(args.format.told(args.verbose))))
}

fn standing(suite: &IsolationReport) -> Exit {
    match suite.verdict {
        _ if suite.count(Verdict::Error) > 0 => Exit::Internal,
        Verdict::Pass => Exit::Conforms,
        Verdict::Fail => Exit::Departs,
        _ => Exit::Inconclusive,
    }
}

fn vectors(args: &IsolateArgs) -> Exit {
    let all = list();
    let lines = all.iter().map(|(id, title, reason)| match reason.is_empty() {
        true => format!("{id:8}  {title}"),
        false => format!("{id:8}  {title} (not applicable: {reason})"),
    });
    let lines = lines.collect();
    let entries = all.iter().map(|(id, title, reason)| Explanation {
        code: (*id).to_string(),
        of: id.split('-').next().unwrap_or_default().to_owned(),
        summary: (*title).to_string(),
        explanation: match reason.is_empty() {
            true => String::new(),
            false => format!("not applicable: {reason}"),
        },
    });
    let entries: Vec<Explanation> = entries.collect();
    let document = explanations("trunklab.vectors/1", "trunklab isolate --list", &entries, lines);
    files::print(&document.render(args.format.told(args.verbose)))
}

fn refuse(message: &str) -> Exit {
    eprintln!("trunklab: {message}");
    Exit::BadInput
}

fn options(args: &IsolateArgs, paths: &[String]) -> Result<Options, Exit> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let options = Options {
        vectors: args
            .vectors
            .iter()
            .map(|v| v.trim().to_owned())
            .filter(|v| !v.is_empty())
            .collect(),
        jobs: args.jobs.map_or(cores, usize::from),
        random: args.random,
        attackers: match args.full {
            true => Some(usize::MAX),
            false => args.attackers.map(usize::from),
        },
        by_class: match args.each {
            true => ByClass::Never,
            false => ByClass::default(),
        },
        declared: declared(args.pics.as_deref())?,
        ..Options::default()
    };
    if let Some(unknown) = options.unknown_vectors().first() {
        let message = format!("`{unknown}` is neither a vector nor a group; `trunklab isolate --list` prints them");
        return Err(refuse(&message));
    }
    match (&args.pcap, paths) {
        (Some(out), _) if out.as_os_str() == files::STDIN => Err(refuse(
            "--pcap wants the name of a file: standard output carries the report",
        )),
        (Some(out), [path]) if super::run::same_file(path, out) => {
            Err(refuse(&format!("--pcap {path} would replace the scenario itself")))
        }
        (Some(_), many) if many.len() > 1 => Err(refuse(&format!("--pcap takes one scenario, not {}", many.len()))),
        _ => args.page.fits(paths, &[args.pcap.as_deref()]).map(|()| options),
    }
}

fn declared(path: Option<&Path>) -> Result<Declared, Exit> {
    let Some(path) = path else {
        return Ok(Declared::default());
    };
    let text = std::fs::read_to_string(path).map_err(|e| refuse(&format!("{}: {e}", path.display())))?;
    Declared::parse(&text).map_err(|e| refuse(&format!("{}: {e}", path.display())))
}

/// What came of a scenario, and its network where a page is asked for.
type Drawn = (SuiteReport, Option<Picture>);

fn one(args: &IsolateArgs, options: &Options, path: &str) -> Result<Drawn, (Exit, NotRun)> {
    let missing = |problems| NotRun {
        source: path.to_owned(),
        problems,
    };
    let problem = |message: String| {
        eprintln!("trunklab: {path}: {message}");
        missing(vec![Problem {
            message,
            ..Problem::default()
        }])
    };
    let loaded = load::scenario(path).map_err(|problems| (Exit::BadInput, missing(problems)))?;
    let warnings = loaded.warnings.iter().map(Problem::from).collect();
    let (mut plan, expanded) = (loaded.plan, loaded.expanded);
    if let Some(seed) = args.seed {
        plan.seed = seed.0;
    }
    let strangers: Vec<&str> = options
        .declared
        .devices()
        .filter(|d| plan.nodes.iter().all(|n| n.name != *d))
        .collect();
    if let Some(stranger) = strangers.first() {
        let message = format!("the declarations name `{stranger}`, and no device of the scenario has that name");
        return Err((Exit::BadInput, problem(message)));
    }
    let bar = progress::trials();
    bar.set_message(path.to_owned());
    let lines = progress::Lines::start();
    let tell = |done: usize, of: usize| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
        lines.tell(path, done, of, "ports and stories");
    };
    let suite = catch_unwind(AssertUnwindSafe(|| run_and_explain(&expanded, &plan, options, &tell)));
    bar.finish_and_clear();
    match suite {
        Ok(Ok(suite)) => {
            let report = SuiteReport {
                source: path.to_owned(),
                command: command(args, path, &plan),
                suite,
                warnings,
            };
            let drawn = args.page.is_asked().then(|| built(&plan, &report.astray()));
            Ok((report, drawn))
        }
        Ok(Err(message)) => Err((Exit::Internal, problem(message))),
        Err(_) => {
            let message = "internal error; please report it with the scenario".to_owned();
            Err((Exit::Internal, problem(message)))
        }
    }
}

/// The command that runs it again: the seed, and every flag that what is printed depends on.
fn command(args: &IsolateArgs, path: &str, plan: &Plan) -> String {
    let mut command = format!("trunklab isolate {} --seed {}", quoted(path), plan.seed);
    if !args.vectors.is_empty() {
        command.push_str(&format!(" --vectors {}", quoted(&args.vectors.join(","))));
    }
    if let Some(random) = args.random {
        command.push_str(&format!(" --random {random}"));
    }
    if let Some(attackers) = args.attackers {
        command.push_str(&format!(" --attackers {attackers}"));
    }
    if args.full {
        command.push_str(" --full");
    }
    if args.each {
        command.push_str(" --each");
    }
    if let Some(pics) = &args.pics {
        command.push_str(&format!(" --pics {}", quoted(&pics.to_string_lossy())));
    }
    command
}

/// Writes the smallest case of the first leak; without one there is nothing to write.
fn captured(ran: &[SuiteReport], out: &Path) -> Exit {
    let mut all = ran.iter().flat_map(|r| r.suite.findings());
    let Some(minimal) = all.find_map(|(_, f)| f.minimal.as_ref()) else {
        eprintln!("trunklab: nothing leaked, so {} was not written", out.display());
        return Exit::Conforms;
    };
    let cannot = |e: &dyn std::fmt::Display| {
        eprintln!("trunklab: cannot write {}: {e}", out.display());
        Exit::Environment
    };
    let (whole, writer) = match WholeFile::create(out) {
        Ok(created) => created,
        Err(e) => return cannot(&e),
    };
    let frames = match capture(writer, minimal) {
        Ok(frames) => frames,
        Err(e) => return cannot(&e),
    };
    if let Err(e) = whole.keep() {
        return cannot(&e);
    }
    eprintln!("trunklab: {frames} frames written to {}", out.display());
    Exit::Conforms
}
