//! Any octets as a capture: read within bounds or refused, never a panic; times never step back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trunklab::scenario::import::capture::{FRAMES_MAX, OCTETS_MAX, Stack, frames, restack};
use trunklab::wire::{Tag, Vid};

fuzz_target!(|octets: &[u8]| {
    let Ok(captured) = frames(octets) else { return };
    let list = captured.frames;
    assert!(!list.is_empty() && list.len() <= FRAMES_MAX);
    assert!(list.windows(2).all(|w| w[0].0 <= w[1].0), "times step back");
    let tag = Tag::ctag(Vid::new(5).expect("twelve bits"));
    for (_, frame) in &list {
        assert!(frame.len() <= OCTETS_MAX);
        assert_eq!(&restack(frame, Stack::Keep), frame);
        assert_eq!(restack(frame, Stack::Strip).outer_tag(), None, "a tag is left");
        let retagged = restack(frame, Stack::Retag(tag));
        if retagged.len() >= 18 {
            assert_eq!(retagged.outer_tag(), Some(tag));
        }
    }
});
