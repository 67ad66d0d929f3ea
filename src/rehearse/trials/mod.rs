//! Rehearsals of small cutovers.

mod faults;
mod freeze;
mod judged;
mod states;
mod waves;

use super::{Options, Rehearsal, rehearse};
use crate::scenario::{Expanded, Loaded, MemorySources, load_text};

/// Two tenants on one circuit, one on another of the same device; `cutover`: what stands under that key.
pub(super) fn text(policies: &str, cutover: &str, rest: &str) -> String {
    let tenant = |name: &str, circuit: &str, vlan: u16| {
        format!("  - {{ name: {name}, circuit: {circuit}, vlan_id: {vlan}, spec: 50M, legacy: true }}\n")
    };
    let tenants = [
        tenant("acme", "one", 101),
        tenant("globex", "one", 102),
        tenant("initech", "two", 101),
    ]
    .concat();
    format!(
        "trunklab: 1\nname: small\nduration: 30s\npolicies: {{ {policies} }}\naccounts:\n  - {{ name: telecom, uid: 99, role: partner }}\n  \
         - {{ name: cloud, uid: 98, role: system }}\naccess_points: [{{ name: ap }}]\naccess_devices: [{{ name: dev, region: r }}]\n\
         circuits: [{{ name: one, a: ap, b: dev }}, {{ name: two, a: ap, b: dev }}]\ntenants:\n{tenants}cutover:\n{cutover}{rest}"
    )
}

/// Everybody of the first circuit is converted at 20 s.
pub(super) const IN_PLACE: &str = "  tenants: [acme, globex]\n  prepare: { at: 5s, acceptance: { median: 1s, p95: 2s, longest: 3s } }\n  \
     window: { at: 20s, lasts: 8s }\n";

pub(super) fn load(text: &str) -> Loaded {
    let loaded = load_text("small.yaml", text.to_owned(), &MemorySources::new());
    loaded.unwrap_or_else(|refused| panic!("{}\n{text}", refused.errors[0]))
}

pub(super) fn scenario(text: &str) -> Expanded {
    load(text).cutover.expect("it has a cutover")
}

/// The whole worlds alone.
pub(super) const QUICK: Options = Options {
    jobs: 2,
    effects: false,
    faults: false,
    search: false,
    explore: false,
};

pub(super) fn rehearsed(text: &str, options: Options) -> Rehearsal {
    rehearse(&scenario(text), &options, &|_| ()).unwrap_or_else(|why| panic!("{why}\n{text}"))
}
