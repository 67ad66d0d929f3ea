//! The house: its floors, and who may hold what. The text is ARCHITECTURE's; a room may be missing.

/// What the rules hold a tree to.
pub struct House {
    /// The floors, from the ground up. A room names only rooms on floors below its own.
    pub floors: &'static [&'static [&'static str]],
    /// Rooms on one floor that may meet.
    pub neighbours: &'static [(&'static str, &'static str)],
    /// Rooms that name nothing but themselves and the standard library.
    pub alone: &'static [&'static str],
    /// Where nothing below a path of `src` may name a room, though it lies on a floor below.
    pub apart: &'static [(&'static str, &'static str)],
    /// Every crate that is depended on, and the rooms that may name it.
    pub crates: &'static [(&'static str, &'static [&'static str])],
    /// Names of the standard library that few rooms may hold.
    pub fenced: &'static [(&'static str, &'static [&'static str])],
    /// Macros that few rooms may call.
    pub macros: &'static [(&'static str, &'static [&'static str])],
    /// Words that nothing below a path of `src` may hold.
    pub words: &'static [(&'static str, &'static [&'static str])],
    /// Rooms that may hold floating-point numbers.
    pub floats: &'static [&'static str],
    /// Files that may hold unsafe code, each block of it with its reason.
    pub unsafe_files: &'static [&'static str],
    pub exceptions: &'static [Exception],
}

/// One name in one file that a rule would find, and why it may stand there.
pub struct Exception {
    pub rule: &'static str,
    pub file: &'static str,
    pub name: &'static str,
    pub why: &'static str,
}

/// Every room but those that stand alone.
const ALL: &[&str] = &[
    "units",
    "ident",
    "wire",
    "forward",
    "provision",
    "measure",
    "evidence",
    "host",
    "session",
    "node",
    "scenario",
    "record",
    "contract",
    "control",
    "inventory",
    "engine",
    "attach",
    "check",
    "prove",
    "study",
    "why",
    "isolate",
    "swarm",
    "mutants",
    "preflight",
    "rehearse",
    "diagnose",
    "runbook",
    "report",
    "api",
    "bench",
    "cli",
];

/// The drivers' floor and those above it: what may draw at random outside a named stream.
const DRIVERS: &[&str] = &[
    "engine", "attach", "check", "prove", "study", "why", "isolate", "swarm", "mutants", "rehearse", "diagnose",
    "report", "api", "bench", "cli",
];

/// Rooms that do independent pieces of work side by side.
const CREWS: &[&str] = &[
    "study", "isolate", "swarm", "mutants", "rehearse", "bench", "cli", "attach", "api",
];

/// This package.
pub const HOUSE: House = House {
    floors: &[
        &["units", "ident"],
        &["wire"],
        &["forward", "provision", "measure", "evidence"],
        &["host", "session"],
        &["node"],
        &["scenario"],
        &["record"],
        &["contract"],
        &["control"],
        &["inventory"],
        &["engine", "attach"],
        &["check", "prove", "certificate"],
        &["study"],
        &["why"],
        &["isolate", "swarm"],
        &["mutants", "preflight", "rehearse", "diagnose"],
        &["runbook"],
        &["report", "api", "bench"],
        &["cli"],
    ],
    // `ident::Stream` and the quantities share the ground.
    neighbours: &[("units", "ident")],
    alone: &["certificate"],
    apart: &[
        // The law knows no frames; it is lowered to them.
        ("provision", "wire"),
        // A record is judged, whoever made it.
        ("check", "engine"),
        ("check", "attach"),
        ("report", "engine"),
        ("report", "attach"),
        ("attach", "report"),
        ("measure", "wire"),
        ("api", "forward"),
    ],
    crates: &[
        ("annotate_snippets", &["scenario"]),
        ("anstream", &["cli"]),
        ("clap", &["cli"]),
        ("clap_complete", &["cli"]),
        ("clap_mangen", &["cli"]),
        ("csv", &["inventory"]),
        ("etherparse", &["bench"]),
        ("foldhash", &["evidence", "forward", "prove", "record", "rehearse"]),
        ("indicatif", &["cli"]),
        // `bench` asks the kernel for bpf(2), huge pages and signals.
        ("libc", &["attach", "bench"]),
        ("libm", &["scenario"]),
        ("memmap2", &["bench"]),
        ("minijinja", &["report"]),
        ("pcap_file", &["report", "scenario", "attach"]),
        // `bench` times pnet as a rival.
        ("pnet", &["attach", "bench"]),
        ("quick_junit", &["report"]),
        ("rand", DRIVERS),
        // Named streams are built of these, once.
        ("rand_core", &["ident"]),
        ("rand_xoshiro", &["ident"]),
        ("roxmltree", &["scenario"]),
        ("schemars", &["scenario"]),
        ("serde", &["scenario", "report", "api", "bench", "cli"]),
        (
            "serde_json",
            &["scenario", "inventory", "report", "api", "bench", "cli"],
        ),
        ("serde_saphyr", &["scenario"]),
        ("sha2", &["runbook", "report"]),
        ("signal_hook", &["cli", "attach", "api"]),
        ("smoltcp", &["host"]),
        ("tempfile", &["bench"]),
        ("thiserror", ALL),
        ("tokio", &["attach", "api", "cli"]),
        (
            "xxhash_rust",
            &[
                "ident", "scenario", "record", "engine", "study", "isolate", "swarm", "mutants",
            ],
        ),
        ("zerocopy", &["bench", "wire"]),
    ],
    fenced: &[
        // `bench` writes what a rival's compiler or daemon reads into temporary folders of its own.
        ("std::fs", &["cli", "bench"]),
        ("std::env", &["cli", "bench"]),
        ("std::process", &["cli", "bench", "main"]),
        ("std::io::stdin", &["cli", "bench"]),
        ("std::io::stdout", &["cli", "bench"]),
        ("std::io::stderr", &["cli", "bench"]),
        ("std::net::TcpStream", &["attach", "api"]),
        ("std::net::TcpListener", &["attach", "api"]),
        ("std::net::UdpSocket", &["attach"]),
        ("std::os", &["attach", "api", "bench", "cli"]),
        ("std::thread", CREWS),
        ("std::time::Instant", &["bench", "cli", "attach", "api"]),
        ("std::time::SystemTime", &["bench", "cli", "attach", "api"]),
        // Seeds of its own, so that two runs differ.
        ("std::hash::RandomState", &[]),
        ("std::collections::hash_map::RandomState", &[]),
        ("std::collections::hash_map::DefaultHasher", &[]),
        ("std::hash::DefaultHasher", &[]),
    ],
    macros: &[
        ("print", &["cli", "bench"]),
        ("println", &["cli", "bench"]),
        ("eprint", &["cli", "bench"]),
        ("eprintln", &["cli", "bench"]),
        // A file that belongs to no module is read by no rule.
        ("include", &[]),
    ],
    words: &[
        // The law in time has clients that have no plan.
        ("control/law", &["scenario", "Plan"]),
        // No call through a table, frame by frame.
        ("forward", &["dyn"]),
        // A view lends what is there.
        (
            "wire/view.rs",
            &[
                "Vec",
                "String",
                "Box",
                "vec",
                "to_vec",
                "to_owned",
                "to_string",
                "format",
            ],
        ),
    ],
    floats: &["bench", "cli"],
    unsafe_files: &[
        // Vector loads and stores, a prefetch, and frames at places that were checked once.
        "src/forward/kernel/x86.rs",
        "src/forward/kernel/four.rs",
        "src/forward/kernel/slots.rs",
        "src/forward/kernel/huge.rs",
        // System calls that no library wraps.
        "src/bench/against/sys.rs",
        "src/bench/clock.rs",
    ],
    exceptions: &[
        Exception {
            rule: "fences",
            file: "src/forward/kernel/huge.rs",
            name: "libc",
            why: "asks the kernel for huge pages under the tables, and does nothing else",
        },
        Exception {
            rule: "fences",
            file: "src/evidence/ticket.rs",
            name: "std::thread",
            why: "a ticket that is lost while a panic unwinds adds no second panic",
        },
        Exception {
            rule: "floats",
            file: "src/scenario/import/graphml/globe.rs",
            name: "f64",
            why: "degrees on a globe become a delay in whole nanoseconds, by a pinned library",
        },
    ],
};
