//! Any text as declarations of what devices can do: they are read, or one line is refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trunklab::isolate::Declared;

fuzz_target!(|text: &str| {
    match Declared::parse(text) {
        Ok(declared) => assert!(declared.devices().all(|device| text.contains(device))),
        Err(refused) => assert!(refused.starts_with("line "), "a refusal names its line"),
    }
});
