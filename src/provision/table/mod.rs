//! The closed lists of Express Connect, each stated once: operations, parameters, specs, types of
//! ports, error codes.

pub(in crate::provision) mod asked_word;
pub mod codes;
pub(in crate::provision) mod hole;
pub(in crate::provision) mod operation;
pub(in crate::provision) mod param;
pub(in crate::provision) mod parse;
pub(in crate::provision) mod port_type;
pub(in crate::provision) mod spec;
