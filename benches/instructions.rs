//! Instructions a frame, counted by valgrind: the same on every run of one build, so that a change which
//! makes the fast path do more is told from noise. Limits are some percent above what was counted; a release
//! of the compiler may move them.
//!
//! Batches are what `trunklab bench demux` times: every duty, outputs, and a consumer that empties them.
//!
//! Needs valgrind, and `gungraun-runner` of the version that Cargo.lock has for `gungraun`.
//! Valgrind has no AVX-512: that kernel is not counted.

mod load;

use std::hint::black_box;

use gungraun::{Callgrind, EventKind, LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main};
use load::{Load, Way, switch};
use trunklab::bench::{Duties, Lane, Operation, Plant, Point, possible, schedule};
use trunklab::forward::{FastPath, FrameVerdict, Kernel};
use trunklab::ident::PortNo;
use trunklab::units::SimTime;

/// Sixteen a tenant: as often as a box is emptied.
const FRAMES: u32 = 49_152;
const ALONE: usize = 4_096;
const VLANS: u16 = 3_000;

fn at_most(instructions: u64, frames: u64) -> LibraryBenchmarkConfig {
    let mut config = LibraryBenchmarkConfig::default();
    config.tool(Callgrind::default().hard_limits([(EventKind::Ir, instructions * frames)]));
    config
}

fn of_batches(instructions: u64) -> LibraryBenchmarkConfig {
    at_most(instructions, FRAMES.into())
}

/// A switch and its frames, at the pass that is asked for; a kernel that the processor lacks is not counted.
fn lane(kernel: &str, asked: Point) -> Lane {
    let kernel = kernel.parse().expect("a kernel's name");
    let mut point = Point {
        kernel,
        vlans: VLANS,
        ..asked
    };
    if !point.kernel.is_available() {
        point.kernel = "scalar".parse().expect("a kernel's name");
    }
    let faults = possible(&Plant::of(&point), &Duties::probe().faults());
    let mut lane = Lane::new(&point, schedule(1, &point, 0, FRAMES, &faults)).expect("a little memory");
    // Rows and boxes have been touched, and outputs are as full as they usually are.
    for _ in 0..2 {
        lane.pass();
    }
    if !lane.counts() {
        lane.pass();
    }
    lane.prepare();
    lane
}

fn good(operation: Operation) -> Point {
    Point {
        operation,
        ..Point::BASE
    }
}

fn spoilt(bad: u8, policed: u8) -> Point {
    Point {
        bad,
        policed,
        ..Point::BASE
    }
}

#[library_benchmark]
#[bench::scalar(args = ("scalar", good(Operation::Translate)), setup = lane, config = of_batches(SCALAR))]
#[bench::avx2(args = ("avx2", good(Operation::Translate)), setup = lane, config = of_batches(AVX2))]
#[bench::pop(args = ("avx2", good(Operation::Pop)), setup = lane, config = of_batches(POP))]
#[bench::push(args = ("avx2", good(Operation::Push)), setup = lane, config = of_batches(PUSH))]
#[bench::half_bad(args = ("avx2", spoilt(50, 0)), setup = lane, config = of_batches(BAD))]
#[bench::half_over_rate(args = ("avx2", spoilt(0, 50)), setup = lane, config = of_batches(OVER))]
fn batches(mut lane: Lane) -> Lane {
    lane.pass();
    // Taking it apart is not counted.
    lane
}

/// A switch whose rows are there and a load.
fn setup(kernel: &str, way: Way) -> (FastPath, Load) {
    let kernel = kernel.parse().unwrap_or(Kernel::SCALAR);
    (switch(VLANS, way, kernel), Load::new(VLANS, ALONE))
}

#[library_benchmark]
#[bench::translate(args = ("scalar", Way::Translate), setup = setup, config = at_most(SINGLE, ALONE as u64))]
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
const SCALAR: u64 = 215;
const AVX2: u64 = 91;
const POP: u64 = 150;
const PUSH: u64 = 280;
const BAD: u64 = 390;
const OVER: u64 = 530;
const SINGLE: u64 = 265;

library_benchmark_group!(name = fast_path; benchmarks = batches, one_at_a_time);
main!(library_benchmark_groups = fast_path);
