//! The experiment behind attribution: deviations are put right, the same world runs again, and what became
//! of each frame is compared.
//!
//! Invariant: a party is named only if healing its deviation, and nothing else, saves frames. Nothing is
//! judged by names, places or reasons.
//!
//! - `fates`: what became of each frame of each flow. `worlds`: the worlds that were run, by whose
//!   deviations are put right in them. `answer`: from worlds to answers. `lines`: the smallest cause.

mod answer;
mod fates;
mod lines;
mod worlds;

pub use answer::ask;
