use super::*;
use crate::control::Drawn;
use crate::engine::run;
use crate::scenario::{MemorySources, load_text};

/// Frames of 64 octets with FCS every 336 ns, tagged on a line of 1 Gbit/s that carries one each 704 ns, and
/// a fault.
fn plan(fault: &str) -> Plan {
    let mut text = include_str!("../../../tests/data/scenario/two-tenants.yaml").to_owned();
    for (from, to) in [
        (
            "web, rate: 10M, start: 5s, stop: 9s",
            "web, size: 64, interval: 336ns, start: 5s, count: 60000, answered: false",
        ),
        (
            "hosts: [172.16.0.10] }",
            "hosts: [172.16.0.10], last_mile: { rate: 1G, delay: 1us } }",
        ),
        ("expect:\n", &format!("faults:\n  - {{ {fault} }}\nexpect:\n")),
    ] {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let loaded = load_text("two.yaml", text, &MemorySources::new());
    loaded.unwrap_or_else(|e| panic!("{e:?}")).plan
}

/// Stamps of the flow's frames on the tenant's line, in the order in which they were written.
fn stamps(plan: &Plan) -> Vec<u64> {
    let capture = LinkCapture::new(Vec::new(), plan).expect("a vector takes everything");
    let (_, mut capture) = run(plan, Drawn::new(plan.seed), capture).expect("it runs");
    capture.write_until(plan.end);
    let line = plan
        .links
        .iter()
        .position(|link| link.name == "acme-dc/uni")
        .expect("a line");
    let octets = capture.writer.0.into_inner();
    let mut reader = pcap_file::pcapng::PcapNgReader::new(&octets[..]).expect("a capture");
    let mut all = Vec::new();
    while let Some(block) = reader.next_block() {
        if let (pcap_file::pcapng::Block::EnhancedPacket(packet), _) = block.expect("a block") {
            let at = u64::try_from(packet.timestamp.as_nanos()).expect("a short run");
            all.push((at, packet.interface_id as usize == line));
        }
    }
    assert!(all.is_sorted_by_key(|(at, ..)| *at), "written in order of time");
    let of_flow = all.iter().filter(|(at, here)| *here && *at >= 5_000_000_000);
    of_flow.map(|(at, ..)| *at).collect()
}

#[test]
fn a_stamp_is_the_first_bit_on_the_wire_so_that_no_two_frames_are_on_it_at_once() {
    let at = stamps(&plan("at: 9s, cut: c1"));
    let apart: Vec<u64> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(apart.len() >= 1_000, "{}", at.len());
    assert!(apart.iter().filter(|apart| **apart == 704).count() >= 900);
    assert!(apart.iter().all(|apart| *apart >= 704));
}

#[test]
fn what_still_waits_when_the_line_is_cut_never_crosses_and_is_not_captured() {
    let at = stamps(&plan("at: 5015ms, cut: acme-dc/uni"));
    assert!(at.len() > 100, "{}", at.len());
    assert!(at.iter().all(|at| *at <= 5_015_000_000), "{:?}", at.last());
}
