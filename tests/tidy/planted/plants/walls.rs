//! Violations of the house: floors, rooms kept apart, the map.

use super::Change::{Add, Swap, Write};
use super::{Plant, plant};

pub const PLANTS: &[Plant] = &[
    // Floors.
    plant(
        "rooms",
        "src/node/mod.rs",
        "engine",
        Add("use crate::engine::World; // here\n"),
    ),
    plant(
        "rooms",
        "src/provision/mod.rs",
        "forward",
        Add("fn f() { crate::forward::find(); } // here\n"),
    ),
    plant(
        "rooms",
        "src/wire/view.rs",
        "node",
        Add("#[cfg(test)]\nmod tests {}\nuse crate::node::Node; // here\n"),
    ),
    plant(
        "rooms",
        "src/wire/mod.rs",
        "cli",
        Add("#[cfg(test)]\nuse crate::units;\nfn f() {\n    crate::cli::main(); // here\n}\n"),
    ),
    plant(
        "rooms",
        "src/wire/mod.rs",
        "cli",
        Add("#[cfg(any(test, unix))]\nuse crate::cli::main; // here\n"),
    ),
    plant(
        "rooms",
        "src/forward/mod.rs",
        "engine",
        Add("use crate::{units, engine}; // here\n"),
    ),
    plant(
        "rooms",
        "src/forward/mod.rs",
        "engine",
        Add(
            "use crate::{\n    units::Nanos,\n    wire::{\n        view::View,\n    },\n    engine::World, // here\n};\n",
        ),
    ),
    plant(
        "rooms",
        "src/forward/mod.rs",
        "engine",
        Add("use super::engine::World; // here\n"),
    ),
    plant(
        "rooms",
        "src/forward/kernel.rs",
        "cli",
        Add("use super::super::cli; // here\n"),
    ),
    plant(
        "rooms",
        "src/forward/kernel.rs",
        "cli",
        Add("mod inner {\n    use super::super::super::{ident, cli as top}; // here\n}\n"),
    ),
    plant(
        "rooms",
        "src/forward/mod.rs",
        "crate",
        Add("use crate as root; // here\nfn f() { root::engine::of(); }\n"),
    ),
    plant(
        "rooms",
        "src/forward/mod.rs",
        "engine",
        Add("use crate as root;\nfn f() { root::engine::of(); } // here\n"),
    ),
    plant(
        "rooms",
        "src/forward/mod.rs",
        "crate",
        Add("use super::{self as root}; // here\n"),
    ),
    plant(
        "rooms",
        "src/forward/mod.rs",
        "crate",
        Add("extern crate self as root; // here\n"),
    ),
    plant(
        "rooms",
        "src/forward/mod.rs",
        "crate::*",
        Add("use crate::*; // here\n"),
    ),
    plant(
        "rooms",
        "src/forward/mod.rs",
        "crate::*",
        Add("use super::*; // here\n"),
    ),
    plant(
        "rooms",
        "src/forward/mod.rs",
        "judge",
        Add("use crate::judge; // here\n"),
    ),
    plant(
        "rooms",
        "src/node/mod.rs",
        "check",
        Add("fn f(n: u8) -> bool {\n    matches!(\n        n,\n        crate::check::LOW // here\n    )\n}\n"),
    ),
    plant(
        "rooms",
        "src/node/mod.rs",
        "check",
        Add("macro_rules! judged {\n    () => {\n        $crate::check::judge() // here\n    };\n}\n"),
    ),
    plant(
        "rooms",
        "src/node/mod.rs",
        "check",
        Add("macro_rules! judged {\n    () => {\n        use crate::{units, check}; // here\n    };\n}\n"),
    ),
    plant(
        "rooms",
        "src/node/mod.rs",
        "engine",
        Add("pub(in crate::engine) fn f() {} // here\n"),
    ),
    plant(
        "rooms",
        "src/node/mod.rs",
        "engine",
        Add("#[serde(with = \"crate::engine::text\")] // here\nstruct S;\n"),
    ),
    plant(
        "rooms",
        "src/node/mod.rs",
        "engine",
        Add("fn f() -> Vec<<crate::engine::World as Iterator>::Item> { vec![] } // here\n"),
    ),
    plant(
        "rooms",
        "src/node/mod.rs",
        "engine",
        Add("fn f() {\n    for _ in 0..crate::engine::TWO {} // here\n}\n"),
    ),
    plant(
        "rooms",
        "src/node/mod.rs",
        "engine",
        Add("#[test]\nfn t() {}\nuse crate::r#engine as e; // here\n"),
    ),
    // Rooms that are kept apart though a floor lies between them.
    plant(
        "rooms",
        "src/provision/mod.rs",
        "wire",
        Add("use crate::wire::view::View; // here\n"),
    ),
    plant(
        "rooms",
        "src/check/mod.rs",
        "engine",
        Add("use crate::engine::World; // here\n"),
    ),
    // The room that stands alone.
    plant(
        "alone",
        "src/certificate/claim.rs",
        "crate::units",
        Add("use crate::units; // here\n"),
    ),
    plant(
        "alone",
        "src/certificate/claim.rs",
        "crate::wire::view",
        Add("fn f(_: super::super::wire::view) {} // here\n"),
    ),
    plant(
        "alone",
        "src/certificate/mod.rs",
        "thiserror::Error",
        Add("#[derive(thiserror::Error)] // here\nenum E {}\n"),
    ),
    plant(
        "alone",
        "src/certificate/mod.rs",
        "serde",
        Add("extern crate serde; // here\n"),
    ),
    plant(
        "alone",
        "src/certificate/mod.rs",
        "unheard_of::Thing",
        Add("use unheard_of::Thing; // here\n"),
    ),
    // The map, and files that nobody reads.
    plant(
        "map",
        "src/attic.rs",
        "attic",
        Swap("pub mod check;", "mod attic;\npub mod check;"),
    ),
    plant("map", "src/node/mod.rs", "node", Swap("//! | `node` | boxes |\n", "")),
    plant(
        "map",
        "src/lib.rs",
        "swarm",
        Swap("//! | `cli`", "//! | `swarm` | random worlds | here\n//! | `cli`"),
    ),
    plant(
        "map",
        "src/lib.rs",
        "units",
        Swap(
            "//! | `units` | quantities |\n//! | `ident` | ids |\n//! | `wire` | frames |\n",
            "//! | `ident` | ids |\n//! | `wire` | frames |\n//! | `units` | quantities | here\n",
        ),
    ),
    plant(
        "map",
        "src/node/lost.rs",
        "src/node/lost.rs",
        Write("src/node/lost.rs", "use crate::cli; // here\n"),
    ),
    plant("map", "src/node/mod.rs", "src/node/mod.rs", Add("mod gone;\n")),
    plant("map", "src/units.rs", "src/units.rs", Add("fn f( { // here\n")),
];
