//! A small house in order, full of what looks like a violation and is none.

use std::collections::BTreeMap;

use crate::house::{Exception, HOUSE, House};

/// The rules of this package, with what names files of its own put in terms of the small tree.
pub const SMALL: House = House {
    unsafe_files: &["src/forward/kernel.rs"],
    exceptions: &[Exception {
        rule: "fences",
        file: "src/forward/kernel.rs",
        name: "libc",
        why: "asks the kernel for huge pages",
    }],
    ..HOUSE
};

/// The files of the small tree.
pub fn tree() -> BTreeMap<String, String> {
    FILES
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect()
}

const FILES: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        "[package]\nname = \"small\"\n\n[dependencies]\nserde = \"1\"\n\n[dev-dependencies]\nsyn = \"3\"\n",
    ),
    ("src/lib.rs", LIB),
    (
        "src/main.rs",
        "fn main() -> std::process::ExitCode {\n    small::cli::main()\n}\n",
    ),
    (
        "src/units.rs",
        "pub struct Nanos(pub u64);\n\npub fn inner(pair: &((u8, u8), u8)) -> u8 {\n    pair.0.1\n}\n",
    ),
    (
        "src/ident.rs",
        "use crate::units::Nanos;\n\npub struct Stream(pub Nanos);\n",
    ),
    ("src/wire/mod.rs", "pub mod view;\n"),
    ("src/wire/view.rs", "pub struct View<'a>(pub &'a [u8]);\n"),
    ("src/forward/mod.rs", FORWARD),
    ("src/forward/kernel.rs", KERNEL),
    (
        "src/provision/mod.rs",
        "use crate::ident::Stream;\n\npub struct State(Stream);\n",
    ),
    ("src/node/mod.rs", NODE),
    (
        "src/node/tests.rs",
        "use crate::cli;\nuse std::fs;\n\nmod deeper;\n\nconst HALF: f64 = 0.5;\n",
    ),
    (
        "src/node/tests/deeper.rs",
        "use crate::engine::World;\nuse etherparse::SlicedPacket;\n",
    ),
    (
        "src/control/mod.rs",
        "//! Its timeline knows what was written.\n\npub mod law;\n\npub use crate::scenario::Written;\n",
    ),
    (
        "src/control/law.rs",
        "//! It knows no Plan and no scenario.\n\npub struct Law;\n",
    ),
    ("src/engine/mod.rs", ENGINE),
    (
        "src/scenario/mod.rs",
        "use serde::Deserialize;\n\n#[derive(Deserialize)]\npub struct Written;\n",
    ),
    (
        "src/check/mod.rs",
        "use crate::scenario::Written;\n\npub fn judge(_: &Written) {}\n",
    ),
    ("src/certificate/mod.rs", CERTIFICATE),
    ("src/certificate/claim.rs", "pub struct Claim;\n"),
    ("src/cli/mod.rs", CLI),
    (
        "scenarios/first.yaml",
        "# yaml-language-server: $schema=s.json\n# Shows: one frame.\n# Refuted by: none.\n",
    ),
    ("tests/cli/digests.txt", "scenarios/first.yaml 0123456789abcdef\n"),
];

const LIB: &str = r#"//! A small house.
//!
//! | `units` | quantities |
//! | `ident` | ids |
//! | `wire` | frames |
//! | `forward` | the fast path |
//! | `provision` | the law |
//! | `node` | boxes |
//! | `scenario` | what was written |
//! | `control` | the control plane |
//! | `engine` | virtual time |
//! | `check` | judgements |
//! | `certificate` | the small checker |
//! | `cli` | flags |

pub mod certificate;
pub mod check;
pub mod cli;
pub mod control;
pub mod engine;
pub mod forward;
pub mod ident;
pub mod node;
pub mod provision;
pub mod scenario;
pub mod units;
pub mod wire;

pub use check::judge;
pub use crate::engine::World;
"#;

const FORWARD: &str = r#"//! It says crate::cli and std::fs in a remark.

mod kernel;

use std::collections::HashMap;
use std::{fmt, mem};

pub struct Learned {
    by_mac: HashMap<u64, u32>,
    rows: Vec<u64>,
}

impl Learned {
    pub fn find(&self, mac: u64) -> Option<u32> {
        self.by_mac.get(&mac).copied()
    }

    pub fn all(&self, into: &mut Vec<u32>) -> usize {
        into.extend(self.by_mac.get(&1).into_iter());
        self.rows.iter().len() + mem::size_of::<fmt::Error>()
    }
}
"#;

const KERNEL: &str = r#"pub(in crate::forward) fn lines() -> i64 {
    // SAFETY: sysconf takes any number.
    unsafe { libc::sysconf(libc::_SC_PAGESIZE) }
}
"#;

const NODE: &str = r#"//! Boxes.

use super::forward::Learned;

mod serde {
    pub fn rest() -> &'static str {
        "std::fs::read and crate::cli and 1.5"
    }
}

#[cfg(test)]
mod tests;

macro_rules! at {
    ($rand:expr) => {
        $crate::units::Nanos($rand)
    };
}

#[cfg(test)]
use crate::cli::main;

pub struct Node {
    pub learned: Learned,
    #[cfg(test)]
    pub clock: std::time::Instant,
}

impl Node {
    pub fn now(&self) -> super::units::Nanos {
        serde::rest();
        at!(7)
    }

    #[cfg(all(test, target_os = "linux"))]
    fn wall() -> std::time::SystemTime {
        std::time::SystemTime::now()
    }
}

#[cfg(test)]
mod inner {
    use crate::engine::World;
}
"#;

const ENGINE: &str = r#"//! Virtual time.

use crate::{
    ident::Stream,
    node::{self, Node},
};

pub struct World {
    pub nodes: Vec<Node>,
    pub stream: Stream,
}

#[cfg(not(test))]
pub fn parts() -> [u32; 2] {
    let range = 0..2;
    assert!(matches!(range.end, crate::engine::TWO));
    [range.start, range.end]
}

pub const TWO: u32 = 2;

pub fn of(world: &World) -> Option<&node::Node> {
    world.nodes.first()
}
"#;

const CERTIFICATE: &str = r#"//! The small checker.

mod claim;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use self::claim::Claim;

pub fn check(claims: &[Claim]) -> Result<BTreeMap<u32, BTreeSet<u32>>, fmt::Error> {
    match claims.len() {
        0 => Err(fmt::Error),
        _ => Ok(BTreeMap::new()),
    }
}
"#;

const CLI: &str = r#"use std::process::ExitCode;
use std::{fs, io};

use crate::engine;

pub fn main() -> ExitCode {
    let text: Result<String, io::Error> = fs::read_to_string("a.yaml");
    println!("{}: {:.1}", text.is_ok(), 1.5);
    match engine::TWO {
        2 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
"#;
