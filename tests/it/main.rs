//! Integration tests, one module for each room.

mod forward;
mod random_worlds;
mod scenario;
mod switch;
mod wire;
mod worlds;
