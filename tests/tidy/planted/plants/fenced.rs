//! Violations of fences: crates, names, macros and words.

use super::Change::{Add, Swap};
use super::{Plant, plant};

pub const PLANTS: &[Plant] = &[
    // Fences.
    plant(
        "fences",
        "src/engine/mod.rs",
        "serde",
        Add("use serde::Serialize; // here\n"),
    ),
    plant(
        "fences",
        "src/engine/mod.rs",
        "serde",
        Add("#[derive(Clone, ::serde::Serialize)] // here\nstruct S;\n"),
    ),
    plant(
        "fences",
        "src/engine/mod.rs",
        "serde",
        Add("extern crate serde as words; // here\n"),
    ),
    plant(
        "fences",
        "src/engine/mod.rs",
        "serde_json",
        Add("fn f() { vec![serde_json::json!({})]; } // here\n"),
    ),
    plant(
        "fences",
        "src/node/mod.rs",
        "rand",
        Add("fn f() -> u8 { rand::random() } // here\n"),
    ),
    plant(
        "fences",
        "src/engine/mod.rs",
        "tokio",
        Add("use { std::fmt, tokio::spawn }; // here\n"),
    ),
    plant(
        "fences",
        "src/scenario/mod.rs",
        "serde",
        Add("pub use serde::Serialize; // here\n"),
    ),
    plant("fences", "src/lib.rs", "serde", Add("pub use serde; // here\n")),
    plant(
        "fences",
        "src/forward/mod.rs",
        "libc",
        Add("fn f() { libc::getpid(); } // here\n"),
    ),
    plant(
        "fences",
        "src/scenario/mod.rs",
        "std::fs",
        Add("fn f() { ::std::fs::read(\"a\").ok(); } // here\n"),
    ),
    plant(
        "fences",
        "src/scenario/mod.rs",
        "std::fs",
        Add("use std::{fs, io}; // here\n"),
    ),
    plant(
        "fences",
        "src/scenario/mod.rs",
        "std::fs",
        Add("use std::{\n    io,\n    fs::{self as disk, File}, // here\n};\n"),
    ),
    plant(
        "fences",
        "src/scenario/mod.rs",
        "std::fs",
        Add("use std as s;\nfn f() { s::fs::read(\"a\").ok(); } // here\n"),
    ),
    plant(
        "fences",
        "src/scenario/mod.rs",
        "std::fs",
        Add("extern crate std as s;\nfn f() { s::fs::read(\"a\").ok(); } // here\n"),
    ),
    plant("fences", "src/scenario/mod.rs", "std::fs", Add("use std::*; // here\n")),
    plant(
        "fences",
        "src/scenario/mod.rs",
        "std::fs",
        Add("fn f() { assert!(std::fs::exists(\"a\").is_ok()); } // here\n"),
    ),
    plant(
        "fences",
        "src/engine/mod.rs",
        "std::time::Instant",
        Add("use std::time::{self, Duration};\nfn f() { time::Instant::now(); } // here\n"),
    ),
    plant(
        "fences",
        "src/engine/mod.rs",
        "std::time::Instant",
        Add("use std::time::*; // here\n"),
    ),
    plant(
        "fences",
        "src/node/mod.rs",
        "std::net::UdpSocket",
        Add("use core::net as n;\nuse std::net::UdpSocket as Door; // here\n"),
    ),
    plant(
        "fences",
        "src/engine/mod.rs",
        "println",
        Add("fn f() { println!(\"x\") } // here\n"),
    ),
    plant(
        "fences",
        "Cargo.toml",
        "left_pad",
        Swap("\n[dev-dep", "left-pad = \"1\" # here\n\n[dev-dep"),
    ),
    plant(
        "fences",
        "Cargo.toml",
        "left_pad",
        Add("\n[target.'cfg(unix)'.dependencies]\nleft-pad = \"1\" # here\n"),
    ),
    // Words.
    plant(
        "words",
        "src/forward/mod.rs",
        "dyn",
        Add("fn f(_: &dyn Fn()) {} // here\n"),
    ),
    plant(
        "words",
        "src/wire/view.rs",
        "to_vec",
        Add("fn f(v: &View<'_>) -> usize { v.0.to_vec().len() } // here\n"),
    ),
    plant(
        "words",
        "src/control/law.rs",
        "scenario",
        Add("fn f(_: &crate::scenario::Written) {} // here\n"),
    ),
    // An exception that outlived its reason.
    plant(
        "exceptions",
        "src/forward/kernel.rs",
        "libc",
        Swap("unsafe { libc::sysconf(libc::_SC_PAGESIZE) }", "4096"),
    ),
];
