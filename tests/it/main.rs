//! Integration tests, one module for each room.

mod docs;
mod forward;
mod real_input;
mod scenario;
mod switch;
mod wire;
