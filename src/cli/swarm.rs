//! `trunklab swarm`: random worlds, each held against what must always hold.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::files::WholeFile;
use super::format::Format;
use super::{Exit, files, progress};
use crate::report::{SwarmReport, scenario_file, swarm_document};
use crate::swarm::{Bounds, Flight, Flown, Kind, Minimal, by_proof, fly, minimal};
use crate::units::SimDuration;

pub(super) const AFTER: &str = "A world is drawn from its seed: topology, tenants, calls of the API, traffic, and a \
random subset of the kinds of faults. It runs twice and is judged: conservation, isolation, gating, inheritance, \
billing, bandwidth; equal digests; tables that equal those lowered from scratch; and in a quiet end, with every \
fault mended, whoever is provisioned as it should be is answered.\n\n\
Examples:\n  \
trunklab swarm --seeds 1000\n  \
trunklab swarm --seeds 100000 --first 1 --time 10min --shrink-to least.yaml\n  \
trunklab swarm --seeds 500 --tenants 3..3 --faults cut,flap,stray-call\n  \
trunklab swarm --seeds 200 --faults quirk,misconnect,mistype\n  \
trunklab swarm --sound --seeds 2000 --suites 20 --twins 4\n\n\
Exit status: 0 everything held, 1 something did not, 2 bad usage, 3 no world ran, 4 environment, 70 a panic.";

/// Flags of `swarm`.
#[derive(Debug, clap::Args)]
pub(super) struct SwarmArgs {
    /// How many worlds, one a seed.
    #[arg(long, env = "TRUNKLAB_SWARM_SEEDS", value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    pub(super) seeds: u64,
    /// The first seed; the others follow it.
    #[arg(long, env = "TRUNKLAB_SWARM_FIRST", value_name = "SEED", default_value_t = 1)]
    pub(super) first: u64,
    /// How many worlds run at once; what comes out does not depend on it.
    #[arg(long, env = "TRUNKLAB_JOBS", value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,
    /// Begin no further world after this time on the wall clock: `30s`, `10min`, `1h`.
    #[arg(long, env = "TRUNKLAB_SWARM_TIME", value_name = "TIME")]
    pub(super) time: Option<SimDuration>,
    #[command(flatten)]
    pub(super) page: super::page::ReportArgs,
    /// How to print what came out.
    #[arg(long, env = "TRUNKLAB_FORMAT", default_value = "human")]
    pub(super) format: Format,
    /// Print every detail, and the minimal scenario whole.
    #[arg(long, short, env = "TRUNKLAB_VERBOSE", value_parser = super::env::switch)]
    pub(super) verbose: bool,
    /// Print every world in JSON and the other formats for programs, not only those that failed; at
    /// most 100,000.
    #[arg(long, env = "TRUNKLAB_SWARM_ALL", value_parser = super::env::switch)]
    pub(super) all: bool,
    /// Write the first failing world, shrunk, to this scenario file.
    #[arg(long, env = "TRUNKLAB_SWARM_SHRINK_TO", value_name = "FILE")]
    pub(super) shrink_to: Option<PathBuf>,
    /// How many smaller worlds are tried to shrink it; 0: it is not shrunk.
    #[arg(
        long,
        env = "TRUNKLAB_SWARM_SHRINK_TRIALS",
        value_name = "N",
        default_value_t = 2_000
    )]
    shrink_trials: u64,
    /// Tenants of a world: at most so many, or from so many to so many, 1 to 64.
    #[arg(
        long,
        env = "TRUNKLAB_SWARM_TENANTS",
        value_name = "N|LOW..HIGH",
        default_value = "1..4"
    )]
    pub(super) tenants: Tenants,
    /// Kinds of faults that may be on in a world; all of healthy worlds where left out.
    ///
    /// Healthy: cut, flap, lose, corrupt, duplicate, detach, lost-call, repeated-call, wrong-hand,
    /// stray-call. Planted, where the checks must catch what leaks: misconnect, mistype, quirk.
    #[arg(
        long,
        env = "TRUNKLAB_SWARM_FAULTS",
        value_name = "KIND,...|none",
        value_delimiter = ','
    )]
    pub(super) faults: Option<Vec<Fault>>,
    /// Virtual time of a world: 100ms to 1h [default: 1s; of sound worlds 4s, 2s at least].
    #[arg(long, env = "TRUNKLAB_SWARM_DURATION", value_name = "TIME")]
    pub(super) duration: Option<SimDuration>,
    /// Draw sound worlds: everybody keeps to what was bought, nothing is broken, so that whatever fails
    /// is a false alarm.
    #[arg(long, env = "TRUNKLAB_SWARM_SOUND", value_parser = super::env::switch)]
    pub(super) sound: bool,
    /// Of sound worlds, one of so many goes through the suite of isolation; 0: none.
    #[arg(long, env = "TRUNKLAB_SWARM_SUITES", value_name = "N", default_value_t = 10)]
    pub(super) suites: u64,
    /// Of sound worlds, one of so many has a twin with a fault, one of three with two, which must be told where it hurts; 0: none.
    #[arg(long, env = "TRUNKLAB_SWARM_TWINS", value_name = "N", default_value_t = 4)]
    pub(super) twins: u64,
}

/// How many tenants.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tenants(pub(super) u64, pub(super) u64);

impl std::str::FromStr for Tenants {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.parse::<u64>().ok();
        let pair = match text.split_once("..") {
            Some((low, high)) => number(low).zip(number(high)),
            None => number(text).map(|high| (1, high)),
        };
        let fits = |(low, high): &(u64, u64)| 1 <= *low && low <= high && *high <= Bounds::MOST_TENANTS;
        let wrong = || {
            format!(
                "`{text}` is neither 1 to {most} nor LOW..HIGH within it",
                most = Bounds::MOST_TENANTS
            )
        };
        pair.filter(fits).map(|(low, high)| Self(low, high)).ok_or_else(wrong)
    }
}

/// A kind, or none of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fault(Option<Kind>);

impl std::str::FromStr for Fault {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self(None)),
            name => name.parse().map(|kind| Self(Some(kind))),
        }
    }
}

/// Flies through the worlds, prints what came out, and returns how it stands.
pub(super) fn swarm(args: &SwarmArgs) -> Exit {
    if let Err(exit) = args.page.fits(&[], &[args.shrink_to.as_deref()]) {
        return exit;
    }
    if args.sound {
        return super::sound::sound(args);
    }
    let bounds = match bounds(args) {
        Ok(bounds) => bounds,
        Err(why) => {
            eprintln!("trunklab: {why}");
            return Exit::BadInput;
        }
    };
    let began = Instant::now();
    let jobs = args.jobs();
    let flown = flight(args, &bounds, jobs, began);
    let took = began.elapsed();
    let least = first_failing(args, &flown);
    let mut report = SwarmReport {
        bounds: &bounds,
        first: args.first,
        asked: args.seeds,
        flown: &flown,
        minimal: least.as_ref(),
        file: None,
    };
    let file = args.shrink_to.as_ref().map(|path| path.to_string_lossy().into_owned());
    let mut exit = standing(&flown);
    if let (Some(path), Some(least)) = (&args.shrink_to, &least) {
        report.file = file.as_deref();
        if let Err(error) = write(path, &scenario_file(&report, least)) {
            eprintln!("trunklab: cannot write {}: {error}", path.display());
            report.file = None;
            exit = exit.and(Exit::Environment);
        }
    }
    let document = swarm_document(&report);
    exit = exit.and(args.page.write(&document, exit, ""));
    let text = document.render(args.format.told(args.verbose));
    pace(flown.worlds, took, jobs, args.seeds);
    exit.and(files::print(&text))
}

/// What depends on the machine goes to standard error.
pub(super) fn pace(worlds: u64, took: Duration, jobs: usize, seeds: u64) {
    let busy = jobs.min(usize::try_from(seeds).unwrap_or(usize::MAX)).max(1);
    let millis = took.as_millis().max(1) * busy as u128;
    eprintln!(
        "trunklab: {} worlds per core-second",
        u128::from(worlds) * 1_000 / millis
    );
}

impl SwarmArgs {
    pub(super) fn jobs(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, usize::from);
        self.jobs.map_or_else(all, usize::from)
    }
    /// Is every seed a number?
    pub(super) fn leaves_room(&self) -> Result<(), String> {
        let (first, seeds) = (self.first, self.seeds);
        let last = first.checked_add(seeds - 1);
        last.map(|_| ())
            .ok_or_else(|| format!("--first {first} leaves no room for {seeds} seeds"))
    }
}

fn bounds(args: &SwarmArgs) -> Result<Bounds, String> {
    let duration = args.duration.unwrap_or(Bounds::default().duration);
    if !(Bounds::SHORTEST..=Bounds::LONGEST).contains(&duration) {
        return Err(format!("--duration is 100ms to 1h, not {duration}"));
    }
    if args.all && args.format == Format::Human {
        return Err("--all goes with --format json, junit, markdown or csv".to_owned());
    }
    if args.all && args.seeds > 100_000 {
        return Err("--all prints at most 100,000 worlds; run them in parts by --first".to_owned());
    }
    args.leaves_room()?;
    let kinds = match &args.faults {
        None => Kind::healthy(),
        Some(faults) => {
            let mut kinds: Vec<Kind> = faults.iter().filter_map(|fault| fault.0).collect();
            if kinds.len() < faults.len() && faults.len() > 1 {
                return Err("--faults none stands alone".to_owned());
            }
            kinds.sort_unstable();
            kinds.dedup();
            kinds
        }
    };
    Ok(Bounds {
        tenants: (args.tenants.0, args.tenants.1),
        kinds,
        duration,
    })
}

fn flight(args: &SwarmArgs, bounds: &Bounds, jobs: usize, began: Instant) -> Flown {
    let limit = args.time.map(|time| Duration::from_nanos(time.as_nanos()));
    let failed = AtomicUsize::new(0);
    let bar = progress::worlds(usize::try_from(args.seeds).unwrap_or(usize::MAX));
    let flown = fly(&Flight {
        first: args.first,
        seeds: args.seeds,
        jobs,
        bounds,
        oracle: &by_proof,
        keep_all: args.all,
        go_on: &|| limit.is_none_or(|limit| began.elapsed() < limit),
        told: &|trial| {
            if !trial.failures.is_empty() {
                let n = failed.fetch_add(1, Ordering::Relaxed) + 1;
                bar.set_message(format!("{n} failed"));
            }
            bar.inc(1);
        },
    });
    bar.finish_and_clear();
    flown
}

/// The failing world of the lowest seed, shrunk, where that is asked for.
fn first_failing(args: &SwarmArgs, flown: &Flown) -> Option<Minimal> {
    if args.shrink_trials == 0 {
        return None;
    }
    let (world, _) = flown.kept.values().find(|(_, trial)| !trial.failures.is_empty())?;
    minimal(world, args.shrink_trials, &by_proof)
}

fn standing(flown: &Flown) -> Exit {
    let failures = flown.kept.values().flat_map(|(_, trial)| &trial.failures);
    let broken = failures
        .into_iter()
        .any(|failure| matches!(failure.question, "panic" | "engine"));
    match (broken, flown.failed > 0, flown.worlds > flown.refused) {
        (true, ..) => Exit::Internal,
        (_, true, _) => Exit::Departs,
        (_, _, false) => Exit::Inconclusive,
        _ => Exit::Conforms,
    }
}

pub(super) fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let (whole, mut writer) = WholeFile::create(path)?;
    writer.write_all(text.as_bytes())?;
    writer.flush()?;
    whole.keep()
}
