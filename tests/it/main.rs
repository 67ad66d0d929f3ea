//! Integration tests, one module for each room.

mod forward;
mod switch;
