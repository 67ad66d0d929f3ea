//! Real captures and topologies, where their folder is there.

use trunklab::scenario::import::capture::{self, Stack, restack};
use trunklab::scenario::import::graphml;
use trunklab::scenario::plan::NodeKind;
use trunklab::scenario::{Code, Diagnostic, MemorySources, load_text};
use trunklab::wire::{Tag, Vid};

use crate::shared_inputs;

fn lines(list: &[Diagnostic]) -> String {
    list.iter().map(|d| format!("{d}\n")).collect()
}

const BACKBONE: &str = "trunklab: 1\nname: backbone\nduration: 20s\naccounts: [{ name: telecom, uid: 1, role: partner }]\nbackbones: [{ name: net, graphml: g.graphml }]\naccess_devices: [{ name: dev, region: r }]\ncircuits: [{ name: c1, a: net/AAA, b: dev }, { name: c2, a: net/BBB, b: dev }]\ntenants: [{ name: t, count: 200, circuits: [c1, c2], spread: ['net/*'], traffic: { rate: 100k } }]\n";

#[test]
fn a_real_capture_is_read_whole_and_restacked() {
    let Some(octets) = shared_inputs::read("captures/zeek__gre-aruba.pcap") else {
        return;
    };
    let frames = capture::frames(&octets).unwrap().frames;
    assert_eq!(frames.len(), 2407);
    assert!(frames.iter().all(|(_, f)| f.outer_tag().unwrap().vid().get() == 300));
    let tag = Tag::ctag(Vid::new(50).unwrap());
    let (_, frame) = &frames[0];
    assert_eq!(&restack(frame, Stack::Keep), frame);
    assert_eq!(restack(frame, Stack::Strip).outer_tag(), None);
    assert_eq!(restack(frame, Stack::Retag(tag)).outer_tag(), Some(tag));
}

#[test]
fn every_real_capture_is_read() {
    let Some(list) = shared_inputs::read("captures/LIST.md") else {
        return;
    };
    let list = String::from_utf8(list).unwrap();
    let mut seen = 0;
    for line in list.lines() {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let (Some(file), Some(Ok(count))) = (cells.next(), cells.next().map(str::parse::<usize>)) else {
            continue;
        };
        let octets = shared_inputs::read(&format!("captures/{file}")).unwrap();
        let frames = capture::frames(&octets).unwrap_or_else(|w| panic!("{file}: {}", w.message));
        assert_eq!(frames.frames.len(), count, "{file}");
        seen += 1;
    }
    assert_eq!(seen, 17);
}

#[test]
fn chinanet_carries_two_hundred_tenants_to_two_circuits() {
    let Some(graph) = shared_inputs::read("topologies/Chinanet.graphml") else {
        return;
    };
    let read = graphml::read(&graph).unwrap();
    assert_eq!((read.pops.len(), read.edges.len(), read.parts), (42, 66, 1));
    assert_eq!(read.pops.iter().filter(|p| p.position.is_some()).count(), 38);
    let text = BACKBONE.replace("AAA", "Shanghai").replace("BBB", "Beijing");
    let sources = MemorySources::new().with("g.graphml", graph);
    let loaded = load_text("test.yaml", text, &sources).unwrap_or_else(|r| panic!("{}", lines(&r.errors)));
    assert_eq!(loaded.plan.tenants.len(), 200);
    let switches = loaded
        .plan
        .nodes
        .iter()
        .filter(|n| matches!(n.kind, NodeKind::AccessPoint(_)))
        .count();
    assert_eq!(switches, 42);
    assert!(
        loaded.warnings.iter().any(|w| w.code == Code::GraphPosition),
        "{}",
        lines(&loaded.warnings)
    );
}

#[test]
fn a_planted_fault_that_no_run_shows_is_warned_of_where_it_is_planted() {
    let golden = include_str!("../data/golden.yaml");
    for (healthy, at) in [
        (
            "access_points: [{ name: ap }]",
            "{ name: ap, quirk: batch-takes-row-before }",
        ),
        (
            "access_devices: [{ name: dev, region: r }]",
            "{ name: dev, region: r, quirk: scalar-kernel-cuts-vid }",
        ),
    ] {
        let key = healthy.split_once(':').expect("a key").0;
        let told = |item: &str| {
            let text = golden.replace(healthy, &format!("{key}: [{item}]"));
            load_text("test.yaml", text, &MemorySources::new())
                .expect("a scenario")
                .warnings
        };
        let warnings = told(at);
        let [warning] = &warnings[..] else {
            panic!("{}", lines(&warnings))
        };
        assert_eq!(warning.code, Code::UnseenFault);
        assert!(
            told(
                &at.replace("batch-takes-row-before", "row-to-next-port")
                    .replace("scalar-kernel-cuts-vid", "tag-kept")
            )
            .is_empty()
        );
    }
}

#[test]
fn every_real_graph_is_read() {
    for (file, pops, edges) in [("BtAsiaPac", 20, 31), ("Cernet", 41, 59), ("Packetexchange", 21, 27)] {
        let Some(octets) = shared_inputs::read(&format!("topologies/{file}.graphml")) else {
            return;
        };
        let graph = graphml::read(&octets).unwrap_or_else(|w| panic!("{file}: {}", w.message));
        assert_eq!((graph.pops.len(), graph.edges.len()), (pops, edges), "{file}");
    }
}
