//! `trunklab new`: writes a first scenario.

use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use clap::ValueEnum;

use super::files::{self, FileSources, WholeFile};
use super::{Exit, env};
use crate::scenario::Sources;
use crate::scenario::starter::{Site, Starter, TENANTS_MAX, Use};

/// What stands behind `new --help`.
pub(super) const STATUS: &str = "Exit status: 0 written, 2 bad usage, a bad graph, or a file that is there already, \
4 environment, 70 internal error.";

/// Flags of `new`.
#[derive(Debug, clap::Args)]
pub(super) struct NewArgs {
    /// The file to write, or `-` for standard output; named after its use where left out.
    out: Option<PathBuf>,
    /// What the scenario is for.
    #[arg(long = "use", env = "TRUNKLAB_USE", default_value = "isolation")]
    what: UseWord,
    /// How many tenants.
    #[arg(long, env = "TRUNKLAB_TENANTS", value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=i64::from(TENANTS_MAX)))]
    tenants: Option<u32>,
    /// Put the tenants at the points of presence of this graph (GraphML) instead of at one switch.
    #[arg(long, env = "TRUNKLAB_TOPOLOGY", value_name = "FILE.graphml")]
    topology: Option<PathBuf>,
    /// Take the place of a file that is there already.
    #[arg(long, env = "TRUNKLAB_FORCE", value_parser = env::switch)]
    force: bool,
}

/// What a scenario is for, as a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum UseWord {
    /// Tenants share a circuit and must not see each other.
    Isolation,
    /// Tenants come from VBRs that the partner pushed to shared ports of their own.
    Cutover,
    /// Each gets what was bought, and one that wants more takes it from nobody.
    Throughput,
}

impl From<UseWord> for Use {
    fn from(word: UseWord) -> Self {
        match word {
            UseWord::Isolation => Self::Isolation,
            UseWord::Cutover => Self::Cutover,
            UseWord::Throughput => Self::Throughput,
        }
    }
}

/// Writes the scenario, and says what to do with it.
pub(super) fn new(args: &NewArgs) -> Exit {
    match written(args) {
        Ok(exit) => exit,
        Err((exit, message)) => {
            eprintln!("trunklab: {message}");
            exit
        }
    }
}

fn written(args: &NewArgs) -> Result<Exit, (Exit, String)> {
    let what = Use::from(args.what);
    let default = PathBuf::from(format!("{}.yaml", what.word()));
    let out = args.out.as_ref().unwrap_or(&default);
    let to_stdout = out.as_os_str() == files::STDIN;
    if !to_stdout && !args.force && fs::symlink_metadata(out).is_ok() {
        let message = format!("{} is there already: --force takes its place", out.display());
        return Err((Exit::BadInput, message));
    }
    let site = match &args.topology {
        Some(graph) => Some(site(graph, out, to_stdout)?),
        None => None,
    };
    let stem = match to_stdout {
        true => what.word().into(),
        false => out.file_stem().unwrap_or_default().to_string_lossy(),
    };
    let starter = Starter {
        what,
        name: stem.into_owned(),
        tenants: args.tenants,
        site,
    };
    let text = starter.write().map_err(|e| (Exit::BadInput, e.to_string()))?;
    if to_stdout {
        return Ok(files::print(&text));
    }
    write_whole(out, &text).map_err(|e| (Exit::Environment, format!("cannot write {}: {e}", out.display())))?;
    let shown = out.display();
    let next = match what {
        Use::Isolation => "prove",
        Use::Cutover => "rehearse",
        Use::Throughput => "run --why",
    };
    Ok(files::print(&format!(
        "wrote {shown}\nnext: trunklab run {shown}\n      trunklab {next} {shown}\n"
    )))
}

fn write_whole(out: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let (whole, mut writer) = WholeFile::create(out)?;
    writer.write_all(text.as_bytes())?;
    writer.flush()?;
    whole.keep()
}

/// The graph, named as a scenario at `out` has to name it.
fn site(graph: &Path, out: &Path, to_stdout: bool) -> Result<Site, (Exit, String)> {
    let bad = |e: &dyn std::fmt::Display| (Exit::BadInput, format!("{}: {e}", graph.display()));
    let path = graph.to_str().ok_or_else(|| bad(&"its path is not UTF-8 text"))?;
    let octets = FileSources.read(path).map_err(|e| bad(&e))?;
    let folder = match out.parent().filter(|_| !to_stdout) {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => Path::new("."),
    };
    let named = relative(graph, folder).map_err(|e| match e.kind() {
        ErrorKind::NotFound => (Exit::Environment, format!("there is no folder {}", folder.display())),
        _ => bad(&e),
    })?;
    let named = named.to_str().ok_or_else(|| bad(&"its path is not UTF-8 text"))?;
    Site::read(named, &octets).map_err(|e| bad(&e))
}

/// `file` as seen from `folder`; as it is where it was given from the root.
fn relative(file: &Path, folder: &Path) -> std::io::Result<PathBuf> {
    if file.is_absolute() {
        return Ok(file.to_owned());
    }
    let (real, from) = (fs::canonicalize(file)?, fs::canonicalize(folder)?);
    let shared = real.components().zip(from.components()).take_while(|(a, b)| a == b);
    let shared = shared.count();
    let ups = from.components().skip(shared).map(|_| Component::ParentDir);
    Ok(ups.chain(real.components().skip(shared)).collect())
}
