//! The small world of these tests, and what is said of half-done states and ways back in it.

mod docs;
mod states;
mod ways_back;
pub mod world;
