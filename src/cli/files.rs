//! Finds, reads and writes what the user named: files, folders, standard input.

use std::collections::BTreeSet;
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::mpsc;
use std::time::Duration;

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
        if path.contains(char::REPLACEMENT_CHARACTER) && !Path::new(path).exists() {
            return Err(SourceError::Io("its path is not UTF-8 text".to_owned()));
        }
        let about = fs::metadata(path).map_err(|e| source_error(&e))?;
        if about.is_dir() {
            // A folder among the files to read is one that could not be listed.
            return Err(fs::read_dir(path)
                .err()
                .map_or(SourceError::Directory, |e| source_error(&e)));
        }
        if about.len() > FILE_MAX {
            return Err(SourceError::TooLarge(about.len()));
        }
        let file = if about.is_file() {
            fs::File::open(path).map_err(|e| source_error(&e))?
        } else {
            open_in_time(path)?
        };
        bounded(file, about.len())
    }
}

/// Opens what is no file. Opening a pipe waits for a writer, and there may be none: after a while
/// the thread is left behind, to end with the process.
fn open_in_time(path: &str) -> Result<fs::File, SourceError> {
    const WAIT: Duration = Duration::from_secs(5);
    let (done, opened) = mpsc::channel();
    let name = path.to_owned();
    std::thread::spawn(move || done.send(fs::File::open(name)));
    match opened.recv_timeout(WAIT) {
        Ok(file) => file.map_err(|e| source_error(&e)),
        Err(_) => Err(SourceError::Io("it is a pipe, and nobody writes to it".to_owned())),
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
/// `.yml` file below it, in order of path; `-` is standard input. Paths that do not exist, and
/// folders that cannot be listed, are returned as they are, so that reading them gives the error.
pub(super) fn expand(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().flat_map(|path| below(path, &["yaml", "yml"])).collect()
}

/// The same of one path, and of files with these extensions.
pub(super) fn below(path: &Path, extensions: &[&str]) -> Vec<String> {
    let mut out = Vec::new();
    if path.is_dir() {
        walk(path, extensions, &mut BTreeSet::new(), &mut out);
    } else {
        out.push(path.to_owned());
    }
    out.iter().map(|p| p.to_string_lossy().into_owned()).collect()
}

/// Says what is wrong with what was asked.
pub(super) fn bad(message: &str) -> super::Exit {
    eprintln!("trunklab: {message}");
    super::Exit::BadInput
}

/// Standard input can be read once.
///
/// # Errors
/// The exit status, after it was said.
pub(super) fn stdin_once(paths: &[String]) -> Result<(), super::Exit> {
    if paths.iter().filter(|p| *p == STDIN).count() > 1 {
        eprintln!("trunklab: `-` stands twice, and standard input can be read once");
        return Err(super::Exit::BadInput);
    }
    Ok(())
}

/// `seen` holds the folders by their real paths: links may lead back to where we come from.
fn walk(dir: &Path, extensions: &[&str], seen: &mut BTreeSet<PathBuf>, out: &mut Vec<PathBuf>) {
    let (Ok(real), Ok(entries)) = (fs::canonicalize(dir), fs::read_dir(dir)) else {
        out.push(dir.to_owned());
        return;
    };
    if !seen.insert(real) {
        return;
    }
    let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    // A real folder before a link to it, whatever their names.
    entries.sort_by_cached_key(|path| (path.is_dir() && path.is_symlink(), path.clone()));
    for path in entries {
        if path.is_dir() {
            walk(&path, extensions, seen, out);
        } else if extensions
            .iter()
            .any(|one| path.extension().is_some_and(|own| own == *one))
        {
            out.push(path);
        }
    }
}

/// Files that are being written, to be removed where the process is told to end.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn unfinished() -> std::sync::MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// From here on, a signal that ends the process first removes what is half written.
fn tidy_up_on_signals() -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    std::thread::spawn(move || {
        for signal in &mut signals {
            for part in unfinished().drain(..) {
                let _ = fs::remove_file(part);
            }
            // As if nobody had listened: the shell sees what ended us.
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    });
    Ok(())
}

/// Behind the name of a file that is being written, in front of the number of the process that writes it.
const PART: &str = ".part-";

/// What runs of the same output have left that were killed: removed where their process is gone, else named.
fn clear_leftovers(target: &Path, name: &std::ffi::OsStr) {
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let Ok(entries) = fs::read_dir(folder) else { return };
    let before = format!("{}{PART}", name.to_string_lossy());
    for entry in entries.flatten() {
        let left = entry.file_name();
        let number = left.to_str().and_then(|left| left.strip_prefix(&before));
        let Some(process) = number.and_then(|number| number.parse::<u32>().ok()) else {
            continue;
        };
        if process == std::process::id() {
            continue;
        }
        let shown = entry.path();
        let is_gone = Path::new("/proc/self").exists() && !Path::new(&format!("/proc/{process}")).exists();
        match is_gone && fs::remove_file(&shown).is_ok() {
            true => eprintln!(
                "trunklab: removed {}: a run that was killed had left it",
                shown.display()
            ),
            false => eprintln!(
                "trunklab: {} is there: process {process} may be writing it",
                shown.display()
            ),
        }
    }
}

/// A file that takes its name only when it is whole: until then it stands beside it, and dropping
/// it unfinished, or a signal, removes it. What is no file (a device, a pipe) is written as it is.
pub(super) struct WholeFile {
    target: PathBuf,
    part: Option<PathBuf>,
}

impl WholeFile {
    pub(super) fn create(target: &Path) -> std::io::Result<(Self, std::io::BufWriter<fs::File>)> {
        // A link stays a link: what it leads to is replaced. One that leads nowhere would be replaced itself.
        let is_link = fs::symlink_metadata(target).is_ok_and(|about| about.is_symlink());
        let target = match fs::canonicalize(target) {
            Ok(real) => real,
            Err(_) if is_link => {
                return Err(std::io::Error::new(
                    ErrorKind::NotFound,
                    "it is a link that leads nowhere",
                ));
            }
            Err(_) => target.to_owned(),
        };
        let (file, part) = match fs::metadata(&target) {
            Ok(about) if about.is_dir() => {
                return Err(std::io::Error::new(ErrorKind::IsADirectory, "it is a folder"));
            }
            Ok(about) if !about.is_file() => (fs::OpenOptions::new().write(true).open(&target)?, None),
            _ => {
                let mut name = target.file_name().unwrap_or_default().to_owned();
                clear_leftovers(&target, &name);
                name.push(format!("{PART}{}", std::process::id()));
                let part = target.with_file_name(name);
                tidy_up_on_signals()?;
                unfinished().push(part.clone());
                (fs::File::create(&part)?, Some(part))
            }
        };
        let whole = Self { target, part };
        Ok((whole, std::io::BufWriter::with_capacity(1 << 20, file)))
    }

    pub(super) fn keep(self) -> std::io::Result<()> {
        match &self.part {
            Some(part) => fs::rename(part, &self.target),
            None => Ok(()),
        }
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        let Some(part) = &self.part else { return };
        // After `keep` there is nothing left to remove.
        let _ = fs::remove_file(part);
        unfinished().retain(|p| p != part);
    }
}

/// Writes to standard output, verdicts in colour where it is a terminal. A reader that went away before all was
/// written (`| head`) has not had the answer: that is no success.
pub(super) fn print(text: &str) -> super::Exit {
    let mut out = anstream::stdout().lock();
    let text = match std::io::IsTerminal::is_terminal(&std::io::stdout()) {
        true => super::colour::verdicts(text),
        false => std::borrow::Cow::Borrowed(text),
    };
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => super::Exit::Conforms,
        Err(error) => {
            let why = match error.kind() {
                ErrorKind::BrokenPipe => "it was closed before all was written".to_owned(),
                _ => error.to_string(),
            };
            // Whoever closed the one may have closed the other.
            let _ = writeln!(std::io::stderr(), "trunklab: cannot write to standard output: {why}");
            super::Exit::Environment
        }
    }
}
