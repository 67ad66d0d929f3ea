//! `--report`: the same document as one page of HTML, in a file.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::files::WholeFile;
use super::{Exit, files};
use crate::check::Standing;
use crate::report::Document;
use crate::report::html::page;

/// The flag of every command that writes a page.
#[derive(Debug, clap::Args)]
pub(super) struct ReportArgs {
    /// Write everything as one page of HTML to this file, too: it loads nothing and can be sent (see
    /// docs/report.md).
    #[arg(long, env = "TRUNKLAB_REPORT", value_name = "OUT.html")]
    report: Option<PathBuf>,
}

impl ReportArgs {
    /// Is a page asked for?
    pub(super) const fn is_asked(&self) -> bool {
        self.report.is_some()
    }

    /// A flag that does something else than what a page shows goes without one.
    ///
    /// # Errors
    /// The exit status, after it was said.
    pub(super) fn goes_without(&self, flag: &str, is_set: bool) -> Result<(), Exit> {
        if self.is_asked() && is_set {
            eprintln!("trunklab: --report does not go with {flag}");
            return Err(Exit::BadInput);
        }
        Ok(())
    }

    /// Can the page be written there, beside these scenarios and other outputs?
    ///
    /// # Errors
    /// The exit status, after it was said why not.
    pub(super) fn fits(&self, paths: &[String], others: &[Option<&Path>]) -> Result<(), Exit> {
        let Some(out) = &self.report else { return Ok(()) };
        let name = out.display();
        let message = if out.as_os_str() == files::STDIN {
            "--report wants the name of a file: standard output carries the verdicts".to_owned()
        } else if let Some(path) = paths.iter().find(|path| super::run::same_file(path, out)) {
            format!("--report {path} would replace the scenario itself")
        } else if others.iter().flatten().any(|other| *other == out.as_path()) {
            format!("--report {name} and another output are one file")
        } else {
            return Ok(());
        };
        eprintln!("trunklab: {message}");
        Err(Exit::BadInput)
    }

    /// Writes the page, where one is asked for, of a command that ends so. `again` is the command, where the
    /// document does not say it of each section. The file takes its name when it is whole.
    pub(super) fn write(&self, document: &Document, exit: Exit, again: &str) -> Exit {
        let Some(out) = &self.report else {
            return Exit::Conforms;
        };
        let text = match page(document, standing(exit), again) {
            Ok(text) => text,
            Err(error) => {
                eprintln!("trunklab: {error}; please report it");
                return Exit::Internal;
            }
        };
        let written = WholeFile::create(out).and_then(|(whole, mut writer)| {
            writer.write_all(text.as_bytes())?;
            writer.flush()?;
            whole.keep()
        });
        match written {
            Ok(()) => Exit::Conforms,
            Err(error) => {
                eprintln!("trunklab: cannot write {}: {error}", out.display());
                Exit::Environment
            }
        }
    }
}

/// A command over these files and folders.
pub(super) fn over(command: &str, paths: &[PathBuf]) -> String {
    let paths = paths.iter().map(|path| crate::report::quoted(&path.to_string_lossy()));
    std::iter::once(command.to_owned())
        .chain(paths)
        .collect::<Vec<_>>()
        .join(" ")
}

/// What a page says of a command that ends so.
const fn standing(exit: Exit) -> Standing {
    match exit {
        Exit::Conforms => Standing::Conforms,
        Exit::Departs => Standing::Departs,
        Exit::Inconclusive => Standing::Unknown,
        Exit::BadInput | Exit::Environment | Exit::Internal => Standing::Broken,
    }
}
