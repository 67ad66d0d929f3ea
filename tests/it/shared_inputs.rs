//! Real inputs, which the package does not ship: they lie in a folder beside it.

use std::path::{Path, PathBuf};

/// Where an input of the shared folder lies: beside the package, or where `TRUNKLAB_SHARED` says.
pub fn path(name: &str) -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    std::env::var_os("TRUNKLAB_SHARED")
        .map_or_else(beside, PathBuf::from)
        .join(name)
}

/// An input of the shared folder; `None`, with a message, where it is absent. Where
/// `TRUNKLAB_REQUIRE` is set, that is a failure.
pub fn read(name: &str) -> Option<Vec<u8>> {
    let path = path(name);
    match std::fs::read(&path) {
        Ok(octets) => Some(octets),
        Err(error) => {
            let required = std::env::var_os("TRUNKLAB_REQUIRE").is_some();
            assert!(!required, "{} is required: {error}", path.display());
            eprintln!("SKIPPED: {}: {error}", path.display());
            None
        }
    }
}
