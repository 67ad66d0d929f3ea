//! The closed lists of Express Connect, each stated once: operations, parameters, specs, error codes.

pub mod codes;
pub(in crate::provision) mod operation;
pub(in crate::provision) mod param;
pub(in crate::provision) mod parse;
pub(in crate::provision) mod spec;
