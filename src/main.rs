//! The `trunklab` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    trunklab::cli::main()
}
