//! The prover against the forwarders themselves: what it excludes never happens, what it finds does.

mod alike;
mod brute;
mod certificate;
mod classes;
mod incremental;
mod memory;
mod parser;
mod scenarios;
mod throughout;
mod worlds;
