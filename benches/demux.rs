//! The fast path's kernels and ways, for development: nanoseconds a frame on one core, in the
//! cache. `trunklab bench demux` is the honest measure; this one is quick and tells what changed.

mod load;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use load::{Load, Way, pass, switch, tables};
use trunklab::forward::{FastPath, Kernel, ServiceKind};
use trunklab::ident::PortNo;
use trunklab::units::{SimDuration, SimTime};

const FRAMES: usize = 4_096;

fn kernels(c: &mut Criterion) {
    let mut group = c.benchmark_group("batches of 256");
    group.throughput(Throughput::Elements(FRAMES as u64));
    for way in [Way::Translate, Way::Pop] {
        for vlans in [16, 3_000] {
            for kernel in Kernel::available() {
                let mut fast = switch(vlans, way, kernel);
                // Frames are edited in place, so each pass has frames of its own.
                let mut now = 0;
                group.bench_function(format!("{way:?}, {vlans} VLANs, {kernel}"), |b| {
                    b.iter_batched_ref(
                        || Load::new(vlans, FRAMES),
                        |load| assert_eq!(pass(&mut fast, load, 256, &mut now).left, FRAMES as u64),
                        BatchSize::LargeInput,
                    );
                });
            }
        }
    }
    group.finish();
}

fn ways(c: &mut Criterion) {
    let mut group = c.benchmark_group("one frame at a time, without the rewrite");
    group.throughput(Throughput::Elements(FRAMES as u64));
    let bridged = ServiceKind::Bridged {
        mac_limit: 16,
        age: SimDuration::from_secs(300),
    };
    for (name, kind) in [
        ("cross-connect", ServiceKind::CrossConnect),
        ("bridged, learning", bridged),
    ] {
        for vlans in [16, 3_000] {
            let load = Load::new(vlans, FRAMES);
            let frames = load.standing.iter().map(|s| &load.memory[s.at()..][..60]);
            let frames: Vec<_> = frames.collect();
            let mut fast = FastPath::new(tables(vlans, Way::Translate, kind));
            let mut now = 0;
            group.bench_function(format!("{name}, {vlans} VLANs"), |b| {
                b.iter(|| {
                    for frame in &frames {
                        now += 7;
                        black_box(fast.forward(PortNo(0), frame, SimTime::from_nanos(now)));
                    }
                });
            });
        }
    }
    group.finish();
    let built = tables(3_000, Way::Pop, ServiceKind::CrossConnect);
    c.bench_function("build from tables of 3000 tenants", |b| {
        b.iter_batched(|| built.clone(), FastPath::new, BatchSize::LargeInput);
    });
}

criterion_group!(benches, kernels, ways);
criterion_main!(benches);
