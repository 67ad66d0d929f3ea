//! Where the octets of a scenario, a capture or a graph come from.

use std::collections::BTreeMap;

use thiserror::Error;

/// The largest file that is read: 256 MiB.
pub const FILE_MAX: u64 = 256 << 20;

/// Why a file could not be had.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SourceError {
    /// No such file.
    #[error("there is no such file")]
    Missing,
    /// It is a directory.
    #[error("it is a directory, not a file")]
    Directory,
    /// It is larger than [`FILE_MAX`]; `0` where the size is not known before reading.
    #[error("it is larger than 256 MiB")]
    TooLarge(u64),
    /// The system refuses; its reason as text.
    #[error("{0}")]
    Io(String),
}

/// Reads files by path. The command line implements it over the file system, tests over a map.
///
/// An implementation asks for the size before it reads, and never reads past [`FILE_MAX`].
pub trait Sources {
    /// The whole file at `path`.
    ///
    /// # Errors
    /// Says why there is none.
    fn read(&self, path: &str) -> Result<Vec<u8>, SourceError>;
}

/// Files held in memory, by path.
#[derive(Debug, Clone, Default)]
pub struct MemorySources(BTreeMap<String, Vec<u8>>);

impl MemorySources {
    /// No file at all.
    pub fn new() -> Self {
        Self::default()
    }
    /// The same with one file more.
    #[must_use]
    pub fn with(mut self, path: &str, octets: impl Into<Vec<u8>>) -> Self {
        self.0.insert(path.to_owned(), octets.into());
        self
    }
}

impl Sources for MemorySources {
    fn read(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        self.0.get(path).cloned().ok_or(SourceError::Missing)
    }
}

/// The path of `name` as written in the file at `base`: relative to that file's folder.
pub(super) fn beside(base: &str, name: &str) -> String {
    match base.rsplit_once('/') {
        Some((folder, _)) if !name.starts_with('/') => format!("{folder}/{name}"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_relative_to_the_file_that_names_it() {
        assert_eq!(beside("scenarios/a/x.yaml", "../c.pcap"), "scenarios/a/../c.pcap");
        assert_eq!(beside("x.yaml", "c.pcap"), "c.pcap");
        assert_eq!(beside("scenarios/x.yaml", "/tmp/c.pcap"), "/tmp/c.pcap");
    }
}
