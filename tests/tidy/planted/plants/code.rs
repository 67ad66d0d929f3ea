//! Violations in code and beside it: floats, hash maps, unsafe, marks, scenarios.

use super::Change::{Add, Swap, Write};
use super::{Plant, plant};

pub const PLANTS: &[Plant] = &[
    // Floats.
    plant("floats", "src/engine/mod.rs", "f64", Add("fn f(_: f64) {} // here\n")),
    plant(
        "floats",
        "src/check/mod.rs",
        "f64",
        Add("fn f() -> bool { [1.5] == [2.0] } // here\n"),
    ),
    plant(
        "floats",
        "src/units.rs",
        "f64",
        Add("fn f() -> u64 {\n    (0..2).map(|n| (n as f64 * 2e3) as u64).sum() // here\n}\n"),
    ),
    plant(
        "floats",
        "src/units.rs",
        "f32",
        Add("fn f() { vec![1_u8 as f32]; } // here\n"),
    ),
    // Hash maps.
    plant(
        "hash",
        "src/forward/mod.rs",
        "by_mac",
        Add("fn f(l: &Learned) { l.by_mac.iter().count(); } // here\n"),
    ),
    plant(
        "hash",
        "src/forward/mod.rs",
        "by_mac",
        Add("fn f(l: &Learned) {\n    l\n        .by_mac // here\n        .values()\n        .count();\n}\n"),
    ),
    plant(
        "hash",
        "src/forward/mod.rs",
        "by_mac",
        Add("fn f(l: &Learned) {\n    for (mac, port) in &l.by_mac {} // here\n}\n"),
    ),
    plant(
        "hash",
        "src/forward/kernel.rs",
        "by_mac",
        Add("fn f(l: &super::Learned) { l.by_mac.keys().count(); } // here\n"),
    ),
    plant(
        "hash",
        "src/forward/kernel.rs",
        "seen",
        Add(
            "use std::collections::HashSet as Seen;\nfn f() {\n    let seen = Seen::from([1]);\n    for one in seen {} // here\n}\n",
        ),
    ),
    plant(
        "hash",
        "src/forward/kernel.rs",
        "seen",
        Add(
            "type Seen<'a> = std::collections::HashSet<&'a u8>;\nfn f(seen: &mut Seen<'_>) { seen.drain(); } // here\n",
        ),
    ),
    plant(
        "hash",
        "src/forward/kernel.rs",
        "map",
        Add(
            "fn map() -> &'static HashMap<u8, u8> { todo() }\nfn f() { assert!(map().values().all(|v| *v == 0)); } // here\n",
        ),
    ),
    plant(
        "hash",
        "src/forward/kernel.rs",
        "set",
        Add("fn f(v: Vec<u8>) {\n    let set = v.iter().collect::<HashSet<_>>();\n    vec.extend(&set); // here\n}\n"),
    ),
    plant(
        "hash",
        "src/forward/kernel.rs",
        "0",
        Add("struct Seen(pub std::collections::HashSet<u8>);\nfn f(s: &Seen) { s.0.iter().count(); } // here\n"),
    ),
    // Unsafe code.
    plant(
        "unsafe",
        "src/forward/mod.rs",
        "unsafe",
        Add("unsafe fn f() {} // here\n"),
    ),
    plant(
        "unsafe",
        "src/forward/mod.rs",
        "unsafe",
        Add("macro_rules! m {\n    () => {\n        unsafe { f() } // here\n    };\n}\n"),
    ),
    plant(
        "unsafe",
        "src/forward/mod.rs",
        "unsafe",
        Add("#[cfg(test)]\nmod tests {\n    fn f() { unsafe { g() } } // here\n}\n"),
    ),
    plant(
        "safety",
        "src/forward/kernel.rs",
        "unsafe",
        Add("fn f() { unsafe { g() } } // here\n"),
    ),
    plant(
        "safety",
        "src/forward/kernel.rs",
        "unsafe",
        Add("// SAFETY: too far away.\n\n\n\nfn f() { unsafe { g() } } // here\n"),
    ),
    plant(
        "safety",
        "src/forward/kernel.rs",
        "unsafe",
        Add("#[cfg(test)]\nmod tests {\n    fn f() { unsafe { g() } } // here\n}\n"),
    ),
    // Unfinished marks.
    plant("marks", "src/cli/mod.rs", "todo", Add("fn f() { todo!() } // here\n")),
    plant(
        "marks",
        "src/cli/mod.rs",
        "dbg",
        Add("#[cfg(test)]\nmod tests {\n    fn f() { dbg!(1); } // here\n}\n"),
    ),
    plant(
        "marks",
        "src/cli/mod.rs",
        "unimplemented",
        Add("fn f() { std::unimplemented!(\"later\") } // here\n"),
    ),
    plant(
        "marks",
        "src/cli/mod.rs",
        concat!("TO", "DO"),
        Add(concat!("// TO", "DO: more. here\n")),
    ),
    plant(
        "marks",
        "tests/it/main.rs",
        concat!("FIX", "ME"),
        Write("tests/it/main.rs", concat!("// FIX", "ME here\n")),
    ),
    // Scenarios.
    plant(
        "scenarios",
        "scenarios/second.yaml",
        "scenarios/second.yaml",
        Write(
            "scenarios/second.yaml",
            "# yaml-language-server: $schema=s.json here\n# Shows: a. Refuted by: b.\n",
        ),
    ),
    plant(
        "scenarios",
        "scenarios/first.yaml",
        "scenarios/first.yaml",
        Swap("# yaml-language-server", "# here"),
    ),
    plant(
        "scenarios",
        "scenarios/first.yaml",
        "scenarios/first.yaml",
        Swap("# Refuted by: none.", ""),
    ),
];
