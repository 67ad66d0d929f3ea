//! Any octets as GraphML: a graph whose edges name its points of presence, or an error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trunklab::scenario::import::graphml::{EDGES_MAX, POPS_MAX, read};

fuzz_target!(|octets: &[u8]| {
    let Ok(graph) = read(octets) else { return };
    assert!(!graph.pops.is_empty() && graph.pops.len() <= POPS_MAX && graph.edges.len() <= EDGES_MAX);
    assert!(
        graph.pops.windows(2).all(|w| w[0].name < w[1].name),
        "names are not sorted and unique"
    );
    assert!(graph.parts >= 1 && graph.parts <= graph.pops.len());
    for edge in &graph.edges {
        assert!(edge.a < edge.b && edge.b < graph.pops.len());
        assert!(edge.delay.is_none_or(|d| !d.is_zero()));
    }
});
