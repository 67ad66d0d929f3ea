//! Instructions for 4,096 frames, counted by valgrind: the same on every run of one build, so that a
//! change which makes the fast path do more is told from noise. Limits are about a tenth above
//! what was counted; a release of the compiler may move them.
//!
//! Needs valgrind, and `gungraun-runner` of the version that Cargo.lock has for `gungraun`.
//! Valgrind has no AVX-512: that kernel is not counted.

mod load;

use std::hint::black_box;

use gungraun::{Callgrind, EventKind, LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main};
use load::{Load, Way, pass, switch};
use trunklab::forward::{FastPath, FrameVerdict, Kernel};
use trunklab::ident::PortNo;
use trunklab::units::SimTime;

const FRAMES: usize = 4_096;
const VLANS: u16 = 3_000;

fn at_most(instructions: u64) -> LibraryBenchmarkConfig {
    let mut config = LibraryBenchmarkConfig::default();
    config.tool(Callgrind::default().hard_limits([(EventKind::Ir, instructions * FRAMES as u64)]));
    config
}

/// A switch whose rows are there and a load; a kernel that the processor lacks is not counted.
fn setup(kernel: &str, way: Way) -> (FastPath, Load) {
    let kernel = kernel.parse().unwrap_or(Kernel::SCALAR);
    (switch(VLANS, way, kernel), Load::new(VLANS, FRAMES))
}

#[library_benchmark]
#[bench::scalar(args = ("scalar", Way::Translate), setup = setup, config = at_most(SCALAR))]
#[bench::avx2(args = ("avx2", Way::Translate), setup = setup, config = at_most(AVX2))]
#[bench::pop(args = ("avx2", Way::Pop), setup = setup, config = at_most(POP))]
fn batches((mut fast, mut load): (FastPath, Load)) -> (FastPath, Load, u64) {
    let left = pass(&mut fast, &mut load, 256, &mut 0).left;
    // Taking it all apart is not counted.
    (fast, load, left)
}

#[library_benchmark]
#[bench::translate(args = ("scalar", Way::Translate), setup = setup, config = at_most(SINGLE))]
fn one_at_a_time((mut fast, load): (FastPath, Load)) -> (FastPath, Load, u64) {
    let mut left = 0;
    for (i, standing) in (0..).zip(&load.standing) {
        let frame = &load.memory[standing.at()..][..60];
        let verdict = fast.forward(PortNo(0), black_box(frame), SimTime::from_nanos(i));
        left += u64::from(matches!(black_box(verdict), FrameVerdict::Forward(..)));
    }
    (fast, load, left)
}

// Instructions a frame at most.
const SCALAR: u64 = 230;
const AVX2: u64 = 170;
const POP: u64 = 290;
const SINGLE: u64 = 265;

library_benchmark_group!(name = fast_path; benchmarks = batches, one_at_a_time);
main!(library_benchmark_groups = fast_path);
