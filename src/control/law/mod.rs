//! Brings the boxes to what the law says.

mod bursts;
mod services;

pub(super) use services::Services;
