//! Integration tests, one module for each room.

mod determinism;
mod forward;
mod golden;
mod judgement;
mod scenario;
mod switch;
mod wire;
