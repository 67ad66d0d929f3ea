//! Captures and graphs, real and hostile.

use proptest::prelude::*;

use super::*;
use crate::host::FlowKind;
use crate::scenario::import::capture::{self, Stack, restack};
use crate::scenario::import::graphml;
use crate::scenario::plan::NodeKind;
use crate::wire::{Frame, Tag, Vid};

fn code(wrong: Wrong) -> &'static str {
    wrong.code.as_str()
}

/// A pcap with this magic and these (seconds, fraction, octets).
fn pcap(magic: u32, link: u32, packets: &[(u32, u32, &[u8])]) -> Vec<u8> {
    let mut file = Vec::new();
    for word in [magic, 0x0004_0002, 0, 0, 65535, link] {
        file.extend_from_slice(&word.to_le_bytes());
    }
    for (s, f, octets) in packets {
        let len = u32::try_from(octets.len()).unwrap();
        for word in [*s, *f, len, len] {
            file.extend_from_slice(&word.to_le_bytes());
        }
        file.extend_from_slice(octets);
    }
    file
}

const MICRO: u32 = 0xa1b2_c3d4;
const NANO: u32 = 0xa1b2_3c4d;

#[test]
fn times_of_microsecond_and_nanosecond_captures_are_exact() {
    let packets: [(u32, u32, &[u8]); 3] = [(10, 999_999, &[0; 60]), (11, 1, &[1; 60]), (10, 0, &[2; 60])];
    let nanos = |magic| -> Vec<u64> {
        capture::frames(&pcap(magic, 1, &packets))
            .unwrap()
            .frames
            .iter()
            .map(|(t, _)| t.as_nanos())
            .collect()
    };
    assert_eq!(
        nanos(MICRO),
        [0, 2_000, 2_000],
        "a time that goes back is taken as the latest"
    );
    assert_eq!(nanos(NANO), [0, 999_000_002, 999_000_002]);
}

#[test]
fn malformed_captures_are_errors() {
    let good = pcap(MICRO, 1, &[(0, 0, &[0; 60])]);
    assert_eq!(code(capture::frames(&[]).unwrap_err()), "TL0701");
    assert_eq!(code(capture::frames(&good[..good.len() - 1]).unwrap_err()), "TL0701");
    assert_eq!(
        code(capture::frames(b"PK\x03\x04 not a capture at all....").unwrap_err()),
        "TL0701"
    );
    assert_eq!(
        code(capture::frames(&pcap(MICRO, 113, &[(0, 0, &[0; 60])])).unwrap_err()),
        "TL0702"
    );
    assert_eq!(
        code(capture::frames(&pcap(MICRO, 1, &[(0, 0, &[0; 9281])])).unwrap_err()),
        "TL0703"
    );
    assert_eq!(code(capture::frames(&pcap(MICRO, 1, &[])).unwrap_err()), "TL0704");
}

#[test]
fn a_replay_takes_the_idcs_own_tag_unless_told_otherwise() {
    let double = {
        let mut f = Frame::from_octets(&[7; 60]);
        f.bytes_mut()[12..14].copy_from_slice(&[8, 0]);
        f.push_tag(Tag::ctag(Vid::new(20).unwrap()));
        f.push_tag(Tag::ctag(Vid::new(10).unwrap()));
        f.bytes().to_vec()
    };
    let sources = MemorySources::new().with("c.pcap", pcap(MICRO, 1, &[(0, 0, &double), (1, 0, &double)]));
    let replay = |extra: &str| -> Frame {
        let text = with("rate: 10M", &format!("kind: replay, capture: c.pcap{extra}"));
        let plan = plan_with(&text, &sources);
        let NodeKind::Idc(idc) = &plan.nodes.iter().find(|n| n.name == "acme-dc").unwrap().kind else {
            panic!()
        };
        let FlowKind::Replay(frames) = &idc.flows[0].kind else {
            panic!()
        };
        assert_eq!(frames.len(), 2);
        frames[1].1.clone()
    };
    let vid = |f: &Frame| f.outer_tag().map(|t| t.vid().get());
    assert_eq!(vid(&replay("")), Some(50));
    assert_eq!(vid(&replay(", stack: retag, tag: 77")), Some(77));
    assert_eq!(vid(&replay(", stack: strip")), None);
    assert_eq!(replay(", stack: keep").bytes(), double);
}

#[test]
fn a_replay_takes_only_the_frames_with_the_stack_that_is_asked_for() {
    let frame = |vids: &[u16]| {
        let mut f = Frame::from_octets(&[7; 60]);
        f.bytes_mut()[12..14].copy_from_slice(&[8, 0]);
        for vid in vids.iter().rev() {
            f.push_tag(Tag::ctag(Vid::new(*vid).unwrap()));
        }
        f.bytes().to_vec()
    };
    let stacks: [&[u16]; 5] = [&[], &[42], &[10, 20], &[10, 30], &[42]];
    let octets: Vec<Vec<u8>> = stacks.iter().map(|s| frame(s)).collect();
    let packets: Vec<(u32, u32, &[u8])> = (0..).zip(&octets).map(|(s, o)| (s, 0, o.as_slice())).collect();
    let sources = MemorySources::new().with("c.pcap", pcap(MICRO, 1, &packets));
    let text = |only: &str, more: &str| {
        with(
            "rate: 10M",
            &format!("kind: replay, capture: c.pcap, only_vid: {only}, stack: keep{more}"),
        )
    };
    let seconds = |only: &str, more: &str| -> Vec<u64> {
        let plan = plan_with(&text(only, more), &sources);
        let NodeKind::Idc(idc) = &plan.nodes.iter().find(|n| n.name == "acme-dc").unwrap().kind else {
            panic!()
        };
        let FlowKind::Replay(frames) = &idc.flows[0].kind else {
            panic!()
        };
        frames.iter().map(|(at, _)| at.as_secs()).collect()
    };
    assert_eq!(seconds("untagged", ""), [0]);
    assert_eq!(seconds("42", ""), [1, 4], "times are those of the capture");
    assert_eq!(seconds("42", ", count: 1"), [1], "the count is of chosen frames");
    assert_eq!(seconds("10/20", ""), [2]);
    assert_eq!(seconds("10/*", ""), [2, 3]);
    assert_eq!(seconds("\"*\"", ""), [1, 4]);
    let refused = |only: &str| {
        let errors = load_text("test.yaml", text(only, ""), &sources).unwrap_err().errors;
        errors[0].code.as_str()
    };
    assert_eq!(refused("43"), "TL0704");
    for wrong in ["4096", "10/", "tagged", "1/2/3/4/5/6/7/8/9", "-1"] {
        assert_eq!(refused(wrong), "TL0209", "{wrong}");
    }
}

const GRAPH: &str = r#"<graphml><key attr.name="Longitude" attr.type="double" for="node" id="x"/>
<key attr.name="Latitude" for="node" id="y"/><key attr.name="label" for="node" id="l"/><graph edgedefault="undirected">
<node id="0"><data key="y">31.2304</data><data key="x">121.4737</data><data key="l">Shanghai</data></node>
<node id="1"><data key="y">39.9042</data><data key="x">116.4074</data><data key="l">Beijing</data></node>
<node id="2"><data key="l">New York, NY</data></node><node id="3"><data key="l">Alone</data></node>
<edge source="0" target="1"/><edge source="1" target="0"/><edge source="1" target="2"/><edge source="2" target="2"/>
</graph></graphml>"#;

#[test]
fn a_graph_gives_delays_parallel_links_and_says_what_is_odd() {
    let graph = graphml::read(GRAPH.as_bytes()).unwrap();
    let names: Vec<&str> = graph.pops.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["Alone", "Beijing", "New-York--NY", "Shanghai"]);
    let edges: Vec<_> = graph
        .edges
        .iter()
        .map(|e| (e.name.as_str(), e.delay.map(|d| d.to_string())))
        .collect();
    // 1,067 km of great circle between the two cities.
    let shanghai = Some("5.336558ms".to_owned());
    assert_eq!(
        edges,
        [
            ("Beijing--New-York--NY", None),
            ("Beijing--Shanghai", shanghai.clone()),
            ("Beijing--Shanghai--2", shanghai)
        ]
    );
    assert_eq!(graph.parts, 2);
    let told: Vec<&str> = graph.told.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(told, ["1 edges to themselves are left out, 1 are parallel to another"]);
}

#[test]
fn malformed_graphs_are_errors() {
    let refuse = |text: &str| code(graphml::read(text.as_bytes()).unwrap_err());
    assert_eq!(refuse(""), "TL0711");
    assert_eq!(refuse("<html/>"), "TL0711");
    assert_eq!(refuse("<graphml/>"), "TL0711");
    assert_eq!(refuse("<graphml><graph/></graphml>"), "TL0711");
    assert_eq!(
        refuse("<graphml><graph><node id='a'/><edge source='a' target='b'/></graph></graphml>"),
        "TL0711"
    );
    assert_eq!(
        refuse("<graphml><graph><node id='a'/><node id='a'/></graph></graphml>"),
        "TL0711"
    );
    assert_eq!(refuse("<!DOCTYPE a [<!ENTITY b 'c'>]><graphml/>"), "TL0711");
    assert_eq!(
        refuse(&format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000))),
        "TL0712"
    );
    let many: String = (0..10_001).map(|i| format!("<node id='{i}'/>")).collect();
    assert_eq!(refuse(&format!("<graphml><graph>{many}</graph></graphml>")), "TL0712");
    assert_eq!(
        code(graphml::read(&vec![b' '; graphml::XML_MAX + 1]).unwrap_err()),
        "TL0712"
    );
}

const BACKBONE: &str = "trunklab: 1\nname: backbone\nduration: 20s\naccounts: [{ name: telecom, uid: 1, role: partner }]\nbackbones: [{ name: net, graphml: g.graphml }]\naccess_devices: [{ name: dev, region: r }]\ncircuits: [{ name: c1, a: net/AAA, b: dev }, { name: c2, a: net/BBB, b: dev }]\ntenants: [{ name: t, count: 200, circuits: [c1, c2], spread: ['net/*'], traffic: { rate: 100k } }]\n";

#[test]
fn a_graph_in_parts_is_told_and_a_tenant_without_a_way_is_refused() {
    let text = BACKBONE.replace("AAA", "Shanghai").replace("BBB", "Beijing");
    let sources = MemorySources::new().with("g.graphml", GRAPH);
    let refused = load_text("test.yaml", text, &sources).unwrap_err();
    assert!(
        refused.errors.iter().all(|e| e.code == Code::NoPath),
        "{}",
        lines(&refused.errors)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_octets_panic_the_capture_reader(octets: Vec<u8>, magic in 0usize..4) {
        let magic: &[u8] = [&[][..], &[0xd4, 0xc3, 0xb2, 0xa1], &[0x0a, 0x0d, 0x0d, 0x0a], &[0xa1, 0xb2, 0x3c, 0x4d]][magic];
        let _ = capture::frames(&[magic, &octets].concat());
    }

    #[test]
    fn a_capture_with_an_octet_changed_is_read_or_refused(at in 0usize..140, to: u8) {
        let mut file = pcap(MICRO, 1, &[(0, 0, &[0; 60]), (0, 1, &[1; 20])]);
        let at = at % file.len();
        file[at] = to;
        if let Ok(captured) = capture::frames(&file) {
            let frames = captured.frames;
            prop_assert!(frames.windows(2).all(|w| w[0].0 <= w[1].0));
            for (_, frame) in frames {
                let _ = restack(&frame, Stack::Retag(Tag::ctag(Vid::new(5).unwrap())));
            }
        }
    }

    #[test]
    fn a_graph_with_octets_changed_is_read_or_refused(edits in proptest::collection::vec((0usize..GRAPH.len(), any::<u8>()), 1..4)) {
        let mut file = GRAPH.as_bytes().to_vec();
        for (at, to) in edits {
            file[at] = to;
        }
        let _ = graphml::read(&file);
    }
}
