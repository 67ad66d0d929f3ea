#!/usr/bin/env bash
# Builds the program and lets it write what packages ship beside it: completions and manual pages.
set -euo pipefail
cd "$(dirname "$0")/.."
out=target/package-assets
mkdir -p "$out"
cargo build --release --locked
target/release/trunklab completions bash >"$out/trunklab.bash"
target/release/trunklab completions zsh >"$out/_trunklab"
target/release/trunklab completions fish >"$out/trunklab.fish"
target/release/trunklab man "$out/man"
