//! Integration tests, one module for each room.

mod determinism;
mod docs;
mod forward;
mod golden;
mod isolate;
mod judgement;
mod policing;
mod random_worlds;
mod real_input;
mod rivals;
mod scenario;
mod shards;
mod sweep;
mod switch;
mod wire;
mod worlds;
