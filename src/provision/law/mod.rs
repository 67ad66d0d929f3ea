//! The state as a value, the one door by which it changes, and what its answers hang on.

pub(in crate::provision) mod advance;
pub(in crate::provision) mod attach_effect;
pub(in crate::provision) mod choices;
pub(in crate::provision) mod difference;
pub(in crate::provision) mod error;
pub(in crate::provision) mod event;
pub(in crate::provision) mod guard;
pub(in crate::provision) mod invariant;
pub(in crate::provision) mod pending;
pub(in crate::provision) mod policy;
pub(in crate::provision) mod premises;
pub(in crate::provision) mod setup;
#[cfg(test)]
mod spoiled;
pub(in crate::provision) mod state;
pub(in crate::provision) mod system;
pub(in crate::provision) mod view;
