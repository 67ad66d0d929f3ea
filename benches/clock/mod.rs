//! The processor time of this thread: what a busy machine takes away does not count. The same clock as
//! `trunklab bench demux` has.

use std::time::Duration;

/// Processor time used by this thread so far.
pub fn cpu() -> Duration {
    trunklab::bench::clock::processor_time()
}
