//! The rehearsal of cutovers: legacy VBRs become shared ports here before they do in production.
//!
//! Invariant: an effect, or a way back, that no document states is a named policy or NONE; zero loss
//! is claimed only under the assumption that it rests on.
//!
//! - `conversion`: what is converted, and who has a hand in it.
//! - `hands`: the calls of a conversion.
//! - `explore`: every interleaving, over exact states.
//! - `states`: every half-done state by name. `ways_back`: how each step is undone, or that it is not.

mod conversion;
pub mod explore;
pub mod hands;
pub mod states;
#[cfg(test)]
mod tests;
pub mod ways_back;

pub use conversion::{Actor, Conversion};
