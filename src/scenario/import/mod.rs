//! Real input: captures and graphs, out of octets that somebody else wrote.

pub mod capture;
pub mod graphml;
pub mod kind;
