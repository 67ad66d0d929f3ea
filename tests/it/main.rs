//! Integration tests, one module for each room.

mod determinism;
mod docs;
mod edits;
mod forward;
mod golden;
mod hostile;
mod isolate;
mod judgement;
mod metamorphic;
mod mutants;
mod nonsense;
mod policing;
mod profile_rows;
mod prove;
mod random_worlds;
mod real_input;
mod resale;
mod rivals;
mod scenario;
mod shards;
mod swarm;
mod sweep;
mod switch;
mod wire;
mod words;
mod worlds;
