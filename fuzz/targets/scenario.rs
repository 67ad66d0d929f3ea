//! Any text as a scenario: a plan, or errors with their place; never a panic, never a hang.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trunklab::scenario::{MemorySources, load_text};

const GRAPH: &str = include_str!("../corpus/graphml/two-cities.graphml");
const CAPTURE: &[u8] = include_bytes!("../corpus/capture/two-frames.pcap");

fuzz_target!(|octets: &[u8]| {
    let Ok(text) = std::str::from_utf8(octets) else { return };
    if many(text) {
        return;
    }
    let sources = MemorySources::new().with("g.graphml", GRAPH).with("c.pcap", CAPTURE);
    match load_text("fuzz.yaml", text.to_owned(), &sources) {
        Ok(loaded) => assert!(loaded.plan.flows.iter().all(|f| f.start < f.stop)),
        Err(refused) => {
            assert!(!refused.errors.is_empty(), "refused without a reason");
            for error in &refused.errors {
                let _ = error.render(&refused.source, false);
            }
        }
    }
});

/// Hundreds of thousands of tenants are admitted and take seconds: not what is looked for here.
fn many(text: &str) -> bool {
    let digits = |rest: &str| rest.chars().filter(char::is_ascii_digit).take(4).count();
    text.match_indices("count").any(|(at, _)| {
        let rest: String = text[at + 5..].chars().take(16).collect();
        digits(&rest) > 3
    })
}
