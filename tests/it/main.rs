//! Integration tests, one module for each room.

mod determinism;
mod docs;
mod forward;
mod golden;
mod judgement;
mod real_input;
mod scenario;
mod switch;
mod wire;
