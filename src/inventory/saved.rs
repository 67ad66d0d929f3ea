//! The saved answers of `tests/data/answers`: in the shapes of the vendor's SDK (its models write them back equal).

use std::fs;
use std::path::Path;

/// Every file below a folder of `tests/data`, by path.
pub(crate) fn below(folder: &str) -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let (mut found, mut folders) = (Vec::new(), vec![root.join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&root).expect("below").to_string_lossy().into_owned();
            found.push((name, fs::read(&path).expect("a file")));
        }
    }
    found.sort();
    assert!(!found.is_empty(), "nothing is below {folder}");
    found
}
