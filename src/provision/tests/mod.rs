//! Tests of the law.

mod bench;
mod first_time;
