//! Any octets as a saved answer of the API: read or told what is wrong, never a panic; the services in it become a
//! scenario.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trunklab::inventory::write::{Origin, scenario};
use trunklab::inventory::{answers, services};
use trunklab::scenario::{MemorySources, load_text};

fuzz_target!(|octets: &[u8]| {
    let inventory = answers::read(&[("1300000000000001/a.json".to_owned(), octets.to_vec())]);
    assert!(!inventory.answers.is_empty() || !inventory.troubles.is_empty() || octets.trim_ascii() == b"[]");
    for list in &inventory.lists {
        assert!(!list.pages.is_empty() && list.pages.iter().all(|page| *page < inventory.answers.len()));
    }
    let services = services(&inventory);
    if services.is_empty() || services.len() > 50 {
        return;
    }
    let origin = Origin {
        command: "fuzz",
        source: "a.json",
        inventory: Some(&inventory),
    };
    // Values that contradict each other are refused, with a place: never what cannot be read.
    if let Err(refused) = load_text("a.yaml", scenario(&services, &origin), &MemorySources::new()) {
        assert!(refused.errors.iter().all(|error| error.code.as_str() >= "TL0205"), "{}", refused.errors[0]);
    }
});
