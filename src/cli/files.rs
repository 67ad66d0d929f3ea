//! Finds, reads and writes what the user named: files, folders, standard input.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use crate::scenario::{FILE_MAX, SourceError, Sources};

/// Standard input's name on the command line.
pub(super) const STDIN: &str = "-";

/// The file system.
pub(super) struct FileSources;

impl Sources for FileSources {
    fn read(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        if path == STDIN {
            return bounded(std::io::stdin().lock(), 0);
        }
        let about = fs::metadata(path).map_err(|e| source_error(&e))?;
        if about.is_dir() {
            return Err(SourceError::Directory);
        }
        if about.len() > FILE_MAX {
            return Err(SourceError::TooLarge(about.len()));
        }
        bounded(fs::File::open(path).map_err(|e| source_error(&e))?, about.len())
    }
}

/// Reads to the end, but never past the limit: what a pipe or a device yields has no size.
fn bounded(from: impl Read, size: u64) -> Result<Vec<u8>, SourceError> {
    let mut octets = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    from.take(FILE_MAX + 1)
        .read_to_end(&mut octets)
        .map_err(|e| source_error(&e))?;
    if octets.len() as u64 > FILE_MAX {
        return Err(SourceError::TooLarge(0));
    }
    Ok(octets)
}

fn source_error(error: &std::io::Error) -> SourceError {
    match error.kind() {
        ErrorKind::NotFound => SourceError::Missing,
        ErrorKind::IsADirectory => SourceError::Directory,
        _ => SourceError::Io(error.to_string()),
    }
}

/// The scenario files behind the paths that a user gave: a folder stands for every `.yaml` and
/// `.yml` file below it, in order of path; `-` is standard input. Paths that do not exist are
/// returned as they are, so that reading them gives the error.
pub(super) fn expand(paths: &[PathBuf]) -> Vec<String> {
    let mut out = Vec::new();
    for path in paths {
        if path.is_dir() {
            walk(path, 0, &mut out);
        } else {
            out.push(path.clone());
        }
    }
    out.iter().map(|p| p.to_string_lossy().into_owned()).collect()
}

fn walk(dir: &Path, depth: usize, out: &mut Vec<PathBuf>) {
    // Deeper than this is a loop of links, not a collection of scenarios.
    const DEEPEST: usize = 16;
    let Ok(entries) = fs::read_dir(dir) else { return };
    let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            if depth < DEEPEST {
                walk(&path, depth + 1, out);
            }
        } else if path.extension().is_some_and(|e| e == "yaml" || e == "yml") {
            out.push(path);
        }
    }
}

/// A file that takes its name only when it is whole: until then it stands beside it, and dropping
/// it unfinished removes it.
pub(super) struct WholeFile {
    target: PathBuf,
    part: PathBuf,
}

impl WholeFile {
    pub(super) fn create(target: &Path) -> std::io::Result<(Self, std::io::BufWriter<fs::File>)> {
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(format!(".part-{}", std::process::id()));
        let part = target.with_file_name(name);
        let file = fs::File::create(&part)?;
        let whole = Self {
            target: target.to_owned(),
            part,
        };
        Ok((whole, std::io::BufWriter::with_capacity(1 << 20, file)))
    }

    pub(super) fn keep(self) -> std::io::Result<()> {
        fs::rename(&self.part, &self.target)
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        // After `keep` there is nothing left to remove.
        let _ = fs::remove_file(&self.part);
    }
}

/// Writes to standard output. A reader that went away (`| head`) is no error.
pub(super) fn print(text: &str) -> super::Exit {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => super::Exit::Conforms,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => super::Exit::Conforms,
        Err(error) => {
            eprintln!("trunklab: cannot write to standard output: {error}");
            super::Exit::Environment
        }
    }
}
