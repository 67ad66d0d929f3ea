//! Nanoseconds a frame of the scalar fast path on one core.
//!
//! A partner's switch with N tenants: what comes from the circuit (a trunk) leaves by each
//! tenant's access port, policed. Frames come round-robin over the tenants, the worst order
//! for caches.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use trunklab::forward::{
    Admission, FastPath, Member, PolicerRule, PortConfig, PortRole, PriorityMap, Profile, Service, ServiceId,
    ServiceKind, Tables, Untagged,
};
use trunklab::ident::{PortNo, TenantId};
use trunklab::units::{BitRate, SimTime};
use trunklab::wire::{EtherType, Frame, MacAddr, Tag, Vid};

fn tables(tenants: u16, kind: ServiceKind, policed: bool) -> Tables {
    let port = |role| PortConfig {
        role,
        tpid: EtherType::CTAG,
        untagged: Untagged::Drop,
        mtu: 1500,
        admit: Admission::BY_PROFILE,
    };
    let mut ports = vec![port(PortRole::Trunk)];
    ports.extend((0..tenants).map(|_| port(PortRole::Access)));
    let police = policed.then(|| PolicerRule::default().policer(BitRate::from_mbps(100_000)));
    let member = |port, vid| Member {
        port: PortNo(port),
        vid,
        police,
        arp: None,
        icmp: None,
        bound_mac: None,
        priority: PriorityMap::KEEP,
    };
    let services = (1..=tenants).map(|n| {
        let members = vec![member(0, Vid::new(n)), member(u32::from(n), None)];
        (
            ServiceId(u32::from(n)),
            Service {
                tenant: TenantId(u32::from(n)),
                kind,
                members,
            },
        )
    });
    Tables {
        profile: Profile::Strict,
        ports,
        services: services.collect(),
    }
}

fn frames(tenants: u16) -> Vec<Frame> {
    let frame = |n| {
        let mut frame = Frame::ethernet(MacAddr::local(1, 1), MacAddr::local(2, n), EtherType::IPV4, &[0x45; 46]);
        frame.push_tag(Tag::ctag(Vid::of_tci(u16::try_from(n).expect("a VID"))));
        frame
    };
    (1..=u32::from(tenants)).map(frame).collect()
}

fn forward(c: &mut Criterion) {
    let bridged = ServiceKind::Bridged {
        mac_limit: 16,
        age: trunklab::units::SimDuration::from_secs(300),
    };
    for (name, kind, policed) in [
        ("cross-connect", ServiceKind::CrossConnect, false),
        ("cross-connect, policed", ServiceKind::CrossConnect, true),
        ("bridged, learning", bridged, false),
    ] {
        let mut group = c.benchmark_group(name);
        for tenants in [16, 3000] {
            let frames = frames(tenants);
            let mut fast = FastPath::new(tables(tenants, kind, policed));
            group.throughput(Throughput::Elements(frames.len() as u64));
            let keys: Vec<_> = frames
                .iter()
                .map(|frame| fast.classify(frame.bytes(), PortNo(0)))
                .collect();
            let mut now = 0;
            group.bench_function(format!("decide and charge, {tenants} tenants"), |b| {
                b.iter(|| {
                    now += 1_000;
                    for key in &keys {
                        let decision = fast.decide(key);
                        black_box(fast.charge(key, decision, SimTime::from_nanos(now)));
                    }
                });
            });
            group.bench_function(format!("whole way without rewrite, {tenants} tenants"), |b| {
                b.iter(|| {
                    now += 1_000;
                    for frame in &frames {
                        black_box(fast.forward(PortNo(0), frame.bytes(), SimTime::from_nanos(now)));
                    }
                });
            });
        }
        group.finish();
    }
    let built = tables(3000, ServiceKind::CrossConnect, true);
    c.bench_function("build from tables of 3000 tenants", |b| {
        b.iter_batched(|| built.clone(), FastPath::new, BatchSize::LargeInput);
    });
}

criterion_group!(benches, forward);
criterion_main!(benches);
