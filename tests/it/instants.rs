//! What the instants of a run are: first bits on the wire, and arrivals.

use std::collections::BTreeMap;

use trunklab::engine::run;
use trunklab::evidence::{Observer, Trace};
use trunklab::ident::{Lane, LinkId, NodeId, PortNo};
use trunklab::provision::Defaults;
use trunklab::report::LinkCapture;
use trunklab::scenario::{MemorySources, Plan, load_text};
use trunklab::units::SimTime;
use trunklab::wire::Frame;

use crate::judgement::{Tenant, World};
use crate::shared_inputs;

/// Every first bit on a wire, and every arrival, in order.
#[derive(Debug, Default)]
struct Instants {
    starts: Vec<(u64, NodeId, LinkId, Trace, usize)>,
    arrivals: Vec<(u64, NodeId, Trace)>,
}

impl Observer for Instants {
    fn crosses(&mut self, start: SimTime, node: NodeId, lane: Lane, trace: &Trace, frame: &Frame) {
        let link = lane.link;
        self.starts
            .push((start.as_nanos(), node, link, *trace, frame.bytes().len()));
    }
    fn arrived(&mut self, at: SimTime, node: NodeId, _port: PortNo, trace: &Trace, _frame: &Frame) {
        self.arrivals.push((at.as_nanos(), node, *trace));
    }
}

fn instants(plan: &Plan) -> Instants {
    run(plan, Defaults, Instants::default()).expect("it runs").1
}

#[test]
fn an_arrival_is_the_delay_of_the_link_after_preamble_frame_check_sequence_and_gap() {
    const PREAMBLE: u64 = 8;
    const FCS: u64 = 4;
    const GAP: u64 = 12;
    for (rate, bps) in [("1G", 1_000_000_000u64), ("999M", 999_000_000), ("10M", 10_000_000)] {
        let mut tenant = Tenant::new("acme", 101);
        tenant.idc = format!(", last_mile: {{ rate: {rate}, delay: 7us }}").leak();
        let flow = "  - { name: f, from: acme-dc, to: acme-vpc/web, size: 64, interval: 10ms, start: 4s, stop: 5s }";
        let plan = World {
            tenants: vec![tenant],
            traffic: Some(flow.to_owned()),
            ..World::default()
        }
        .plan();
        let line = plan.links.iter().position(|l| l.name == "acme-dc/uni").expect("a line");
        let found = instants(&plan);
        let mut held = 0;
        let on_line = found
            .starts
            .iter()
            .filter(|s| s.2.index() == line && s.3.flow.is_some());
        for (start, node, link, trace, octets) in on_line {
            assert!(*octets >= 60, "64 octets with FCS, and a tag where there is one");
            let bits = 8 * (PREAMBLE + *octets as u64 + FCS + GAP);
            let wire = (u128::from(bits) * 1_000_000_000).div_ceil(u128::from(bps));
            let due = start + u64::try_from(wire).expect("short") + 7_000;
            let ends = [plan.links[link.index()].a.0, plan.links[link.index()].b.0];
            let far = ends.into_iter().find(|end| end != node).expect("two ends");
            // Frames follow each other after 10 ms: nothing is left over from the one before.
            let arrived = found.arrivals.iter().find(|(_, at, t)| (*at, t) == (far, trace));
            assert_eq!(arrived.map(|(at, ..)| *at), Some(due), "{trace:?} over {rate}");
            held += 1;
        }
        assert!(held >= 200, "{held} frames are few");
    }
}

/// The stamps of a capture by interface.
fn stamps(plan: &Plan) -> BTreeMap<u32, Vec<u64>> {
    let mut octets = Vec::new();
    let capture = LinkCapture::new(&mut octets, plan).expect("a vector takes everything");
    let (_, capture) = run(plan, Defaults, capture).expect("it runs");
    capture.finish().expect("a vector takes everything");
    let mut reader = pcap_file::pcapng::PcapNgReader::new(&octets[..]).expect("a capture");
    let mut all: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    while let Some(block) = reader.next_block() {
        if let (pcap_file::pcapng::Block::EnhancedPacket(packet), _) = block.expect("a block") {
            let at = u64::try_from(packet.timestamp.as_nanos()).expect("a short run");
            all.entry(packet.interface_id).or_default().push(at);
        }
    }
    all
}

#[test]
fn case_70_stamps_of_64_octets_on_a_line_of_1g_are_672_ns_apart_at_least() {
    let Some(octets) = shared_inputs::read("cases/70-exact-values/pcap-stamps-at-enqueue.yaml") else {
        return;
    };
    let text = String::from_utf8(octets).expect("a scenario is text");
    let loaded = load_text("pq.yaml", text, &MemorySources::new());
    let plan = loaded.unwrap_or_else(|refused| panic!("{:?}", refused.errors)).plan;
    let all = stamps(&plan);
    // Frames go upwards alone from 10 s on: both wires of a link share an interface.
    let slow = plan.links.iter().enumerate();
    let slow = slow.filter(|(_, link)| link.config.rate.as_bps() <= 1_000_000_000);
    let mut held = 0;
    for (i, link) in slow {
        let interface = u32::try_from(i).expect("few links");
        let at: Vec<u64> = all.get(&interface).into_iter().flatten().copied().collect();
        let at: Vec<u64> = at.into_iter().filter(|at| *at >= 10_000_000_000).collect();
        let nearest = at.windows(2).map(|pair| pair[1] - pair[0]).min();
        assert!(
            nearest.is_some_and(|nearest| nearest >= 672),
            "{}: {nearest:?}",
            link.name
        );
        held += at.len();
    }
    assert!(held >= 1_000, "{held} stamps are few");
}
