//! Integration tests, one module for each room.

mod forward;
mod scenario;
mod switch;
mod wire;
