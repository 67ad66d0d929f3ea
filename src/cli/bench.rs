//! `trunklab bench`: the fast path by the clock of its own thread.

#[cfg(feature = "rivals")]
mod against;
mod page;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::files::WholeFile;
use super::{Exit, files, progress};
use crate::bench::{
    Axes, Duties, Effort, Feed, Kernel, Layout, Machine, Operation, Order, Point, PointResult, Report, Set, Size,
    Trouble, human, json, markdown, measure, usual,
};

/// Flags of `bench`.
#[derive(Debug, clap::Args)]
pub(super) struct BenchArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Time the demultiplexer: parse, admit, police, count, rewrite, deliver, drain.
    ///
    /// Every rate stands beside its bound and is compared with two bare loops over the same frames in
    /// the same rounds: `touch` only reads, `floor` does what any demultiplexer does to memory. All are
    /// timed by the processor time of their thread, in turns of one length, each warmed by a pass that
    /// is not timed. Before a rate is printed the books must balance: frames and octets in =
    /// delivered + dropped by reason, for every tenant; and every verdict and octet is compared with
    /// what the schedule says it must be.
    ///
    /// Without flags: a base point, then one dimension at a time, in about a minute. A dimension's
    /// flag takes values with commas between them; what is given is crossed in full, what is not
    /// stays at the base point.
    #[command(after_help = AFTER)]
    Demux(Box<DemuxArgs>),
}

const AFTER: &str = "Examples:\n  \
trunklab bench demux\n  \
trunklab bench demux --size 64,imix --vlans 16,3000 --bad 0,10\n  \
trunklab bench demux --format json --output demux.json\n  \
trunklab bench demux --against\n  \
trunklab bench demux --against c-loop,xdp-floor,xdp --vlans 16\n\n\
Exit status: 0 measured, 2 bad usage, 3 no row could tell a ratio, 4 environment, 70 the books do not balance.";

/// Flags of `bench demux`.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Dimensions (values with commas between them)")]
struct DemuxArgs {
    /// Octets on the wire with tag and FCS, 64 to 1522, or `imix` (28 of 64, 16 of 570, 4 of 1518).
    #[arg(long, env = "TRUNKLAB_BENCH_SIZE", value_delimiter = ',', value_name = "OCTETS")]
    size: Vec<Size>,
    /// VLANs of each circuit, each one tenant: 1 to 4094.
    #[arg(long, env = "TRUNKLAB_BENCH_VLANS", value_delimiter = ',', value_name = "N", value_parser = clap::value_parser!(u16).range(1..=4094))]
    vlans: Vec<u16>,
    /// Order of the frames' VLANs: `uniform`, `zipf`, `round-robin`.
    #[arg(long, env = "TRUNKLAB_BENCH_ORDER", value_delimiter = ',')]
    order: Vec<Order>,
    /// Circuits of each core, their frames mixed one by one: 1 to 1024.
    #[arg(long, env = "TRUNKLAB_BENCH_CIRCUITS", value_delimiter = ',', value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    circuits: Vec<u16>,
    /// Frames in memory: `l2` (they fit it with tables and outputs), `l3` (four times that), `dram` (first
    /// lines of 4 x the last cache), or a number.
    #[arg(long, env = "TRUNKLAB_BENCH_SET", value_delimiter = ',')]
    set: Vec<Set>,
    /// Where they stand: `slots` of 2,112 octets, or `packed` at multiples of 64.
    #[arg(long, env = "TRUNKLAB_BENCH_LAYOUT", value_delimiter = ',')]
    layout: Vec<Layout>,
    /// Bad frames in percent, of nine kinds in turn.
    #[arg(long, env = "TRUNKLAB_BENCH_BAD", value_delimiter = ',', value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    bad: Vec<u8>,
    /// Frames over their tenant's rate in percent: drop-eligible ones, where no excess was bought.
    #[arg(long, env = "TRUNKLAB_BENCH_POLICED", value_delimiter = ',', value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    policed: Vec<u8>,
    /// What is done to the tag: `translate`, `pop`, `push`.
    #[arg(long, env = "TRUNKLAB_BENCH_OPERATION", value_delimiter = ',')]
    operation: Vec<Operation>,
    /// Code of the fast path: `auto`, `scalar`, `avx2`, `avx512`.
    #[arg(long, env = "TRUNKLAB_BENCH_KERNEL", value_delimiter = ',')]
    kernel: Vec<Kernel>,
    /// Frames of one call, 1 to 512, or `single` (one at a time, as the simulator does).
    #[arg(long, env = "TRUNKLAB_BENCH_BATCH", value_delimiter = ',', value_name = "FRAMES")]
    batch: Vec<Feed>,
    /// Cores, each with circuits, tables and memory of its own.
    #[arg(long, env = "TRUNKLAB_BENCH_CORES", value_delimiter = ',', value_name = "N", value_parser = clap::value_parser!(u8).range(1..=64))]
    cores: Vec<u8>,

    #[cfg(feature = "rivals")]
    #[command(flatten)]
    rivals: against::RivalArgs,

    #[command(flatten)]
    how: HowArgs,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "How")]
struct HowArgs {
    /// Every two dimensions crossed, the others at the base point: some 700 rows, a quarter of an
    /// hour or more. A dimension given by its flag has the values given.
    #[arg(long, env = "TRUNKLAB_BENCH_FULL", value_parser = super::env::switch)]
    full: bool,
    /// Rounds of each row; the bare loops and the fast path take turns in each.
    #[arg(long, env = "TRUNKLAB_BENCH_ROUNDS", default_value_t = 25, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rounds: u32,
    /// Seconds of timed work for each row, about; setting up and verifying come on top.
    #[arg(long, env = "TRUNKLAB_BENCH_SECONDS", default_value_t = 0.4, value_name = "S", value_parser = seconds)]
    seconds: f64,
    /// Root of every random stream.
    #[arg(long, env = "TRUNKLAB_SEED", default_value_t = 1, value_name = "N")]
    seed: u64,
    /// How to print.
    #[arg(long, env = "TRUNKLAB_FORMAT", default_value = "human")]
    format: Format,
    #[command(flatten)]
    page: super::page::ReportArgs,
    /// Write to this file, whole or not at all, instead of standard output.
    #[arg(long, env = "TRUNKLAB_BENCH_OUTPUT", value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How to print.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Aligned lines for people.
    Human,
    /// Stable, versioned JSON.
    Json,
    /// A Markdown table.
    Markdown,
}

/// Reads a time to measure for.
fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse::<f64>().ok();
    seconds
        .filter(|seconds| (0.000_1..=3_600.0).contains(seconds))
        .ok_or_else(|| "it is a number of seconds from 0.0001 to 3600".to_owned())
}

/// More rows than this are taken for a slip of the pen.
const MOST_ROWS: usize = 5_000;

impl DemuxArgs {
    /// The command that measures the same rows.
    fn command(&self) -> String {
        let mut command = "trunklab bench demux".to_owned();
        macro_rules! given {
            ($($flag:ident),*) => {
                $(if !self.$flag.is_empty() {
                    let values: Vec<String> = self.$flag.iter().map(ToString::to_string).collect();
                    command += &format!(" --{} {}", stringify!($flag), values.join(","));
                })*
            };
        }
        given!(
            size, vlans, order, circuits, set, layout, bad, policed, operation, kernel, batch, cores
        );
        if self.how.full {
            command += " --full";
        }
        let HowArgs {
            rounds, seconds, seed, ..
        } = &self.how;
        command + &format!(" --rounds {rounds} --seconds {seconds} --seed {seed}")
    }

    /// The rows that are asked for.
    fn points(&self) -> Vec<Point> {
        let full = Axes::full();
        let mut asked = false;
        macro_rules! axes {
            ($($flag:ident to $axis:ident),*) => {
                Axes {
                    $($axis: if self.$flag.is_empty() {
                        if self.how.full { full.$axis } else { full.$axis[..1].to_vec() }
                    } else {
                        asked = true;
                        self.$flag.clone()
                    }),*
                }
            };
        }
        let axes = axes!(
            size to size, vlans to vlans, order to order, circuits to circuits, set to set, layout to layout,
            bad to bad, policed to policed, operation to operation, kernel to kernel, batch to feed, cores to cores
        );
        match (self.how.full, asked) {
            (true, _) => axes.pairs(),
            (false, true) => axes.product(),
            (false, false) => usual(),
        }
    }
}

/// Runs what was asked for.
pub(super) fn bench(args: &BenchArgs) -> Exit {
    let What::Demux(args) = &args.what;
    demux(args).unwrap_or_else(|exit| exit)
}

fn demux(args: &DemuxArgs) -> Result<Exit, Exit> {
    let points = args.points();
    if points.len() > MOST_ROWS {
        eprintln!(
            "trunklab: these flags ask for {} rows, more than {MOST_ROWS}; `--full` crosses only every two dimensions",
            points.len()
        );
        return Err(Exit::BadInput);
    }
    let machine = Machine::read(&|path| std::fs::read_to_string(path).ok());
    if machine.profile == "debug" {
        eprintln!("trunklab: warning: this is a debug build; its rates say nothing (build with --release)");
    }
    let effort = Effort {
        rounds: args.how.rounds,
        seconds: args.how.seconds,
        seed: args.how.seed,
        caches: machine.levels.unwrap_or_default(),
        // The rest is for everybody else on this machine.
        memory: machine.memory.map(|octets| octets / 10 * 7),
        cores: machine.cores,
    };
    #[cfg(feature = "rivals")]
    args.rivals.check(&points)?;
    #[cfg(feature = "rivals")]
    args.how.page.goes_without("--against", args.rivals.asked().is_some())?;
    args.how.page.fits(&[], &[args.how.output.as_deref()])?;
    // A file that cannot be written is better known before the rows are measured.
    let out = args
        .how
        .output
        .as_deref()
        .map(|path| create(path).map(|file| (path, file)));
    let out = out.transpose()?;
    let duties = Duties::probe();
    #[cfg(feature = "rivals")]
    if let Some(rivals) = args.rivals.asked() {
        let (text, exit) = against::race_on(&points, &effort, &duties, machine, rivals, args.how.format)?;
        return Ok(exit.and(match out {
            None => files::print(&text),
            Some((path, (whole, writer))) => keep(path, whole, writer, &text),
        }));
    }
    let report = Report {
        entries: rows(&points, &effort, &duties)?,
        machine,
        effort,
        duties,
    };
    let text = match args.how.format {
        Format::Human => human(&report),
        Format::Json => json(&report),
        Format::Markdown => markdown(&report),
    };
    let exit = if report.tells() {
        Exit::Conforms
    } else {
        Exit::Inconclusive
    };
    let exit = match args.how.page.is_asked() {
        true => exit.and(args.how.page.write(&page::document(&report, args.command()), exit, "")),
        false => exit,
    };
    Ok(exit.and(match out {
        None => files::print(&text),
        Some((path, (whole, writer))) => keep(path, whole, writer, &text),
    }))
}

/// Books that do not balance are a verdict on what was measured, not a defect of the one who measures.
const UNBALANCED: Exit = Exit::Departs;

/// Says why there is no rate, and returns the exit status of that.
fn trouble_said(trouble: Trouble, point: &Point, effort: &Effort) -> Exit {
    let (exit, what, why) = match trouble {
        Trouble::Unbalanced(why) => (UNBALANCED, "the books do not balance", why),
        Trouble::Environment(why) | Trouble::NotRun(why) => (Exit::Environment, "it cannot be measured", why),
    };
    eprintln!(
        "trunklab: {what}: {why}\n  again: trunklab bench demux {point} --seed {}",
        effort.seed
    );
    exit
}

/// Measures row after row.
///
/// # Errors
/// The exit status, after it was said: one row that does not balance, and no rate is printed.
fn rows(points: &[Point], effort: &Effort, duties: &Duties) -> Result<Vec<PointResult>, Exit> {
    let bar = progress::rows(points.len());
    let mut entries = Vec::with_capacity(points.len());
    for point in points {
        bar.set_message(point.to_string());
        let row = match measure(point, effort, duties) {
            Ok(row) => Ok(Box::new(row)),
            Err(Trouble::NotRun(why)) => Err(why),
            Err(trouble) => {
                bar.finish_and_clear();
                return Err(trouble_said(trouble, point, effort));
            }
        };
        entries.push(PointResult { point: *point, row });
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(entries)
}

type Writer = std::io::BufWriter<std::fs::File>;

fn create(path: &Path) -> Result<(WholeFile, Writer), Exit> {
    WholeFile::create(path).map_err(|e| cannot(path, &e))
}

fn keep(path: &Path, whole: WholeFile, mut writer: Writer, text: &str) -> Exit {
    let done = writer
        .write_all(text.as_bytes())
        .and_then(|()| writer.flush())
        .and_then(|()| whole.keep());
    done.map_or_else(|e| cannot(path, &e), |()| Exit::Conforms)
}

fn cannot(path: &Path, error: &std::io::Error) -> Exit {
    eprintln!("trunklab: cannot write {}: {error}", path.display());
    Exit::Environment
}
