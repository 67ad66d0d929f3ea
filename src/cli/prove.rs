//! `trunklab prove`: proves scenarios' tables for all frames, or finds a frame that leaks.

use std::io::{Read as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::files::WholeFile;
use super::format::Format;
use super::{Exit, files, load};
use crate::certificate;
use crate::prove::{Snapshots, quiet};
use crate::report::{NotRun, Problem, ProofReport, built, certificate_document, proof_document};
use crate::scenario::Plan;
use crate::study::{Proof, Proven, prove_snapshot, prove_throughout};
use crate::units::{SimDuration, SimTime};
use crate::why::leaks::of_proof;

/// What the exit statuses mean here.
pub(super) const STATUS: &str = "Exit status: 0 proved, 1 a frame leaks, 2 bad scenario, certificate or usage, \
3 the prover cannot tell or no tenant's frame gets anywhere, 4 environment, 70 internal error.";

/// Flags of `prove`.
#[derive(Debug, clap::Args)]
pub(super) struct ProveArgs {
    /// Scenario files, folders of them, or `-` for standard input.
    #[arg(required_unless_present = "check")]
    paths: Vec<PathBuf>,
    /// How to print what was proved.
    #[arg(long, env = "TRUNKLAB_FORMAT", default_value = "human")]
    format: Format,
    /// Print every leak with all that is known of it.
    #[arg(long, short, env = "TRUNKLAB_VERBOSE", value_parser = super::env::switch)]
    verbose: bool,
    /// Write what was proved to this file, for a separate checker; for one scenario.
    #[arg(long, env = "TRUNKLAB_CERTIFICATE", value_name = "OUT", conflicts_with = "check")]
    certificate: Option<PathBuf>,
    /// Prove the tables as they stand at this time of the scenario instead of at its end.
    #[arg(long, env = "TRUNKLAB_AT", value_name = "TIME", conflicts_with_all = ["check", "throughout"])]
    at: Option<SimDuration>,
    /// Prove the tables at the start and at every change until the scenario's end.
    #[arg(long, env = "TRUNKLAB_THROUGHOUT", conflicts_with = "check", value_parser = super::env::switch)]
    throughout: bool,
    #[command(flatten)]
    page: super::page::ReportArgs,
    /// Print the tables, too.
    #[arg(long, env = "TRUNKLAB_TABLES", conflicts_with = "check", value_parser = super::env::switch)]
    tables: bool,
    /// Check a certificate instead, by code that shares nothing with the prover.
    #[arg(long, env = "TRUNKLAB_CHECK", value_name = "CERT", conflicts_with = "paths")]
    check: Option<PathBuf>,
}

impl ProveArgs {
    /// The command that proves it again.
    fn again(&self) -> String {
        let mut command = super::page::over("trunklab prove", &self.paths);
        if let Some(at) = self.at {
            command += &format!(" --at {at}");
        }
        if self.throughout {
            command += " --throughout";
        }
        command
    }
}

/// Proves every scenario, prints what came of it, and returns the worst.
pub(super) fn prove(args: &ProveArgs) -> Exit {
    if let Err(exit) = args.page.goes_without("--check", args.check.is_some()) {
        return exit;
    }
    if let Some(path) = &args.check {
        return check(path, args);
    }
    let paths = files::expand(&args.paths);
    if paths.is_empty() {
        eprintln!("trunklab: there is no scenario (*.yaml) to prove, so nothing was");
        return Exit::Inconclusive;
    }
    let fits = || args.page.fits(&paths, &[args.certificate.as_deref()]);
    if let Err(exit) = files::stdin_once(&paths).and_then(|()| fits()) {
        return exit;
    }
    if let (Some(out), [_, _, ..]) = (&args.certificate, &paths[..]) {
        let (out, many) = (out.display(), paths.len());
        eprintln!("trunklab: --certificate {out} takes one scenario, not {many}");
        return Exit::BadInput;
    }
    let mut exit = Exit::Conforms;
    let (mut reports, mut not_run) = (Vec::with_capacity(paths.len()), Vec::new());
    for path in paths {
        let ended = catch_unwind(AssertUnwindSafe(|| one(args, &path)));
        let ended = ended.unwrap_or_else(|_| {
            let why = "internal error; please report it with the scenario".to_owned();
            Err((Exit::Internal, without(&path, why)))
        });
        match ended {
            Ok((how, report)) => {
                exit = exit.and(how);
                reports.push(report);
            }
            Err((how, missing)) => {
                exit = exit.and(how);
                not_run.push(missing);
            }
        }
    }
    let mut document = proof_document(&reports, &not_run, args.tables);
    for report in reports.iter().filter(|_| args.page.is_asked()) {
        document.draw(&report.source, built(&report.plan, &report.astray()));
    }
    exit = exit.and(args.page.write(&document, exit, &args.again()));
    exit.and(files::print(&document.render(args.format.told(args.verbose))))
}

fn without(path: &str, message: String) -> NotRun {
    eprintln!("trunklab: {path}: {message}");
    let problem = Problem {
        message,
        ..Problem::default()
    };
    NotRun {
        source: path.to_owned(),
        problems: vec![problem],
    }
}

fn one(args: &ProveArgs, path: &str) -> Result<(Exit, ProofReport), (Exit, NotRun)> {
    let loaded = load::scenario(path).map_err(|problems| {
        let source = path.to_owned();
        (Exit::BadInput, NotRun { source, problems })
    })?;
    let warnings = loaded.warnings.iter().map(Problem::from).collect();
    let plan = quiet(&loaded.plan);
    let at = args.at.map_or(plan.end, |at| SimTime::ZERO.saturating_add(at));
    if at > plan.end {
        let why = format!("--at {at} is behind the scenario's end at {}", plan.end);
        return Err((Exit::BadInput, without(path, why)));
    }
    let (proof, changes) = proof(args, &plan, at).map_err(|(exit, why)| (exit, without(path, why)))?;
    let exit = exit_of(&plan, &proof).and(keep(args, &proof));
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let causes = of_proof(&loaded.expanded, &loaded.plan, &proof, args.throughout, jobs);
    let causes = causes.map_err(|why| (Exit::Internal, without(path, why)))?;
    let source = path.to_owned();
    let report = ProofReport {
        source,
        plan,
        proof,
        causes,
        changes,
        warnings,
    };
    Ok((exit, report))
}

fn proof(args: &ProveArgs, plan: &Plan, at: SimTime) -> Result<(Proof, Option<u64>), (Exit, String)> {
    let mut timeline = Snapshots::new(plan).map_err(|e| (Exit::Internal, e.to_string()))?;
    let mut changes = 0;
    let proof = if args.throughout {
        prove_throughout(plan, &mut timeline, |at, tenants, holds| {
            changes += u64::from(at > SimTime::ZERO);
            if !holds {
                eprintln!("trunklab: the proof does not hold at {at}; {tenants} tenants were asked about again");
            }
        })
    } else {
        timeline.run(at);
        prove_snapshot(plan, &timeline.snapshot())
    };
    timeline.finish();
    let proof = proof.map_err(|e| (Exit::Inconclusive, e.to_string()))?;
    Ok((proof, args.throughout.then_some(changes)))
}

fn exit_of(plan: &Plan, proof: &Proof) -> Exit {
    match &proof.verdict {
        // Where nothing gets anywhere, nothing was shown by that.
        Proven::Proved if !proof.has_control() => {
            eprintln!("trunklab: at {}, {}; see --at", proof.at, proof.without_control(plan));
            Exit::Inconclusive
        }
        Proven::Proved => Exit::Conforms,
        Proven::Leaks => Exit::Departs,
        Proven::Undecided(_) => Exit::Inconclusive,
        Proven::Broken(why) => {
            eprintln!("trunklab: {why}; please report it with the scenario");
            Exit::Internal
        }
    }
}

/// Writes the certificate, where one was asked for and there is one.
fn keep(args: &ProveArgs, proof: &Proof) -> Exit {
    let Some(out) = &args.certificate else {
        return Exit::Conforms;
    };
    let Some(text) = &proof.certificate else {
        eprintln!("trunklab: nothing is proved, so there is no certificate");
        return Exit::Conforms;
    };
    match write(out, text) {
        Ok(()) => Exit::Conforms,
        Err(e) => {
            eprintln!("trunklab: cannot write {}: {e}", out.display());
            Exit::Environment
        }
    }
}

fn write(out: &Path, text: &str) -> std::io::Result<()> {
    let (whole, mut writer) = WholeFile::create(out)?;
    writer.write_all(text.as_bytes())?;
    writer.flush()?;
    whole.keep()
}

/// More octets than this are no certificate: of a million tenants one has 300 MB.
const LARGEST: u64 = 1 << 31;

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(std::io::Error::other("it is no file"));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(std::io::Error::other("it is larger than 2 GiB"));
    }
    Ok(bytes)
}

fn check(path: &Path, args: &ProveArgs) -> Exit {
    let bytes = match read(path) {
        Ok(bytes) => bytes,
        Err(e) => {
            eprintln!("trunklab: cannot read {}: {e}", path.display());
            return Exit::BadInput;
        }
    };
    match certificate::check(&bytes) {
        Ok(checked) => {
            let document = certificate_document(&path.to_string_lossy(), &checked);
            files::print(&document.render(args.format.told(args.verbose)))
        }
        Err(refused) => {
            eprintln!("trunklab: {}: refused: {refused}", path.display());
            Exit::BadInput
        }
    }
}
