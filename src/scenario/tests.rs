//! What the room as a whole promises.

mod calls;
mod captures;
mod graphs;
mod holds;
mod imports;
mod readers;
mod refusals;
mod switch_ports;
mod wires;

use super::*;

/// Two tenants on one circuit, the smallest scenario that shows anything.
const TWO: &str = include_str!("../../tests/data/scenario/two-tenants.yaml");

fn read(text: &str) -> Result<Loaded, Refused> {
    load_text("test.yaml", text.to_owned(), &MemorySources::new())
}

/// The plan, or a panic with every error.
fn plan(text: &str) -> Plan {
    plan_with(text, &MemorySources::new())
}

fn plan_with(text: &str, sources: &MemorySources) -> Plan {
    match load_text("test.yaml", text.to_owned(), sources) {
        Ok(loaded) => loaded.plan,
        Err(refused) => panic!("{}", lines(&refused.errors)),
    }
}

fn lines(list: &[Diagnostic]) -> String {
    list.iter().map(|d| format!("{d}\n")).collect()
}

/// `TWO` with the first `from` replaced.
fn with(from: &str, to: &str) -> String {
    assert!(TWO.contains(from), "`{from}` is not in the scenario");
    TWO.replacen(from, to, 1)
}
