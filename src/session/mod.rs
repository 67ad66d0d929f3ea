//! Sessions between a VBR and its peer: the health check now; BGP and BFD have their room here.
//!
//! Invariant: the same inputs in the same order give the same outputs; nothing idle holds a timer.
//! A session is told of time and of answers, and says what to send; it knows no frames.

mod health;

pub use health::{HealthCheck, Tick};
