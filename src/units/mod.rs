//! Quantities: virtual time, bit rates, byte counts.
//!
//! Invariant: no floats; arithmetic is checked, or saturates by name.
//!
//! Every quantity reads what it prints: `"5ms".parse::<SimDuration>()` and
//! `SimDuration::from_millis(5).to_string()` are inverse.

mod parse;
mod rate;
mod size;
mod time;

pub use parse::UnitError;
pub use rate::BitRate;
pub use size::ByteCount;
pub use time::{SimDuration, SimTime};

#[cfg(test)]
mod tests;
