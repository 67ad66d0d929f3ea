//! The capture of a leak's smallest case: what crossed each link of the testbed.

use std::io::Write;

use crate::isolate::Minimal;
use crate::report::pcapng::{CaptureError, Captures};

/// Writes what crossed the links; returns how many frames that were.
///
/// # Errors
/// Where it cannot be written.
pub fn capture<W: Write>(writer: W, minimal: &Minimal) -> Result<u64, CaptureError> {
    let mut captures = Captures::new(writer)?;
    for (name, bps) in &minimal.links {
        captures.interface(name, "a link of the testbed", *bps)?;
    }
    for frame in &minimal.capture {
        let link = u32::try_from(frame.link).unwrap_or(u32::MAX);
        captures.frame(link, frame.at, &frame.octets, frame.comment.clone())?;
    }
    captures.finish()?;
    Ok(minimal.capture.len() as u64)
}
