//! Integration tests, one module for each room.

mod determinism;
mod docs;
mod forward;
mod golden;
mod hostile;
mod isolate;
mod judgement;
mod metamorphic;
mod mutants;
mod policing;
mod profile_rows;
mod prove;
mod random_worlds;
mod real_input;
mod record;
mod rivals;
mod scenario;
mod shards;
mod swarm;
mod sweep;
mod switch;
mod wire;
mod worlds;
