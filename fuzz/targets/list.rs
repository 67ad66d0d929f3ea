//! Any octets as a list of tenants: rows, or what is wrong by line and column; never a panic. A list without errors
//! becomes a scenario that can be read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trunklab::inventory::table::{COLUMNS_MAX, Map, read};
use trunklab::inventory::write::{Origin, scenario};
use trunklab::scenario::{MemorySources, load_text};

fuzz_target!(|octets: &[u8]| {
    let listed = read("t.csv", octets, &Map::new());
    for trouble in &listed.troubles {
        let (_, column) = trouble.place.line_and_column();
        assert!(column as usize <= COLUMNS_MAX + 1, "{trouble}");
    }
    if listed.is_refused() || listed.services.is_empty() || listed.services.len() > 50 {
        return;
    }
    let origin = Origin {
        command: "fuzz",
        source: "t.csv",
        inventory: None,
    };
    if let Err(refused) = load_text("t.yaml", scenario(&listed.services, &origin), &MemorySources::new()) {
        assert!(refused.errors.iter().all(|error| error.code.as_str() >= "TL0205"), "{}", refused.errors[0]);
    }
});
