//! Any octets as a certificate: it holds or it is refused, in time, and nothing else happens.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trunklab::certificate::check;

fuzz_target!(|octets: &[u8]| {
    if let Err(refused) = check(octets) {
        assert!(!refused.why.is_empty(), "a refusal says why");
    }
});
