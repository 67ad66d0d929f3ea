//! Metamorphic tests: how two runs must stand to each other, whatever each of them comes to.

mod tables;
mod worlds;
