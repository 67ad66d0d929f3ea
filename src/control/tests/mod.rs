//! The law driven by a plan, and by a client that has none.

mod agreement;
mod client;
mod following;
mod lowering;
