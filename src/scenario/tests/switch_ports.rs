//! Ports by the words of switches: what a scenario's tables come to.

use std::collections::BTreeMap;

use super::*;
use crate::forward::{FastPath, FrameVerdict, PortRole, Tables, Untagged};
use crate::ident::PortNo;
use crate::scenario::plan::NodeKind;
use crate::units::SimTime;
use crate::wire::{EtherType, Frame, MacAddr, Tag, Vid};

/// The switch of Open vSwitch's own test of VLAN modes, and tunnels beside it.
const SWITCH: &str = include_str!("../../../tests/data/open-vswitch-ports.yaml");
/// What a running one with these ports was measured to send.
const ANSWERS: &str = include_str!("../../../tests/data/open-vswitch-ports.answers");

fn switch(text: &str) -> Tables {
    let plan = plan(text);
    let node = plan
        .nodes
        .into_iter()
        .find(|node| node.name == "sw")
        .expect("the switch");
    let NodeKind::AccessPoint(switch) = node.kind else {
        panic!("it is an access point")
    };
    switch.tables
}

fn tags_of(text: &str) -> Vec<Tag> {
    let tag = |text: &str| {
        let (tpid, tci) = text.split_once(':').expect("TPID and TCI");
        let number = |text| u16::from_str_radix(text, 16).expect("four digits");
        Tag {
            tpid: EtherType(number(tpid)),
            tci: number(tci),
        }
    };
    text.split(',').filter(|text| *text != "-").map(tag).collect()
}

fn frame(tags: &[Tag], number: u8) -> Frame {
    let src = MacAddr([2, 0, 0, 0, 1, number]);
    let mut frame = Frame::ethernet(MacAddr([2, 0, 0, 0, 0, 0xdd]), src, EtherType(0x88b5), &[0x5a; 60]);
    for tag in tags.iter().rev() {
        frame.push_tag(*tag);
    }
    frame
}

/// What leaves, by port: its octets.
fn copies(fast: &mut FastPath, port: u32, frame: &Frame) -> BTreeMap<u32, Vec<u8>> {
    match fast.forward(PortNo(port), frame.bytes(), SimTime::ZERO) {
        FrameVerdict::Drop(_) => BTreeMap::new(),
        FrameVerdict::Forward(..) => panic!("nobody knows the destination"),
        FrameVerdict::Replicate(group) => {
            let copy = |(port, rewrite): (PortNo, crate::forward::Rewrite)| {
                let mut copy = frame.clone();
                rewrite.apply(&mut copy);
                (port.0, copy.bytes().to_vec())
            };
            fast.copies(group).map(copy).collect()
        }
    }
}

#[test]
fn every_port_mode_of_a_scenario_answers_as_a_running_open_vswitch_does() {
    let mut fast = FastPath::new(switch(SWITCH));
    // Port 0 is the circuit, the others are the lines in order of their names.
    let number = |name: &str| {
        name.strip_prefix('p')
            .map_or(0, |n| n.parse::<u32>().expect("a number"))
    };
    let lines = ANSWERS.lines().filter(|line| !line.starts_with('#'));
    let mut asked = 0;
    for line in lines {
        let [from, tags, out] = line.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        asked += 1;
        let wanted = out.split(' ').filter(|out| *out != "none").map(|out| {
            let (port, tags) = out.split_once('=').expect("a port and tags");
            (number(port), frame(&tags_of(tags), asked).bytes().to_vec())
        });
        let got = copies(&mut fast, number(from), &frame(&tags_of(tags), asked));
        assert_eq!(got, wanted.collect(), "{line}");
    }
    assert_eq!(asked, 108, "twelve ports, nine frames each");
}

/// The same switch with this instead of that.
fn with(old: &str, new: &str) -> String {
    assert!(SWITCH.contains(old), "{old}");
    SWITCH.replace(old, new)
}

#[test]
fn a_line_whose_port_has_another_vlan_than_the_customer_tags_takes_that_one_alone() {
    let text = with("switch_port: { allowed_vids: [10, 12] }", "switch_port: { vid: 60 }");
    let mut fast = FastPath::new(switch(&text));
    let tagged = |vid: u16| frame(&[Tag::ctag(Vid::new(vid).unwrap())], 1);
    assert!(copies(&mut fast, 1, &tagged(10)).is_empty());
    let out = copies(&mut fast, 1, &tagged(60));
    assert_eq!(out[&0], tagged(10).bytes(), "on the circuit it is VLAN 10");
}

#[test]
fn a_trunk_of_links_has_the_mode_and_the_type_that_are_written_at_its_end() {
    let text = with(
        "b: dev }",
        "b: dev, native_vid: 10, port_a: { mode: native-tagged, tpid: 0x88a8 }, port_b: { mode: trunk } }",
    );
    let tables = switch(&text);
    assert_eq!(tables.ports[0].untagged, Untagged::Native(Vid::new(10).unwrap()));
    assert_eq!(tables.ports[0].tpid, EtherType::STAG);
    assert!(tables.modes[&PortNo(0)].native_tagged);
    let plan = plan(&text);
    let far = plan.nodes.iter().find(|node| node.name == "dev").expect("the device");
    let NodeKind::AccessDevice(device) = &far.kind else {
        panic!("a device")
    };
    assert_eq!(
        device.tables.ports[0].untagged,
        Untagged::Drop,
        "its end has no native VLAN"
    );
}

#[test]
fn tags_of_the_customer_count_against_the_mtu_of_a_tunnel_and_elsewhere_where_it_is_written() {
    let long = |tags: &[Tag], payload: usize| {
        let src = MacAddr([2, 0, 0, 0, 1, 1]);
        let mut frame = Frame::ethernet(MacAddr::BROADCAST, src, EtherType(0x88b5), &vec![0; payload]);
        tags.iter().for_each(|tag| frame.push_tag(*tag));
        frame
    };
    let own = [Tag::ctag(Vid::new(7).unwrap())];
    let mut fast = FastPath::new(switch(SWITCH));
    let passes = |fast: &mut FastPath, port, frame: &Frame| !copies(fast, port, frame).is_empty();
    // Port 10 is a tunnel: the tag takes four octets of its 1,500.
    assert!(passes(&mut fast, 10, &long(&own, 1_496)));
    assert!(!passes(&mut fast, 10, &long(&own, 1_497)));
    assert!(passes(&mut fast, 10, &long(&[], 1_500)));
    let text = with(
        "port: tunnel, circuit: c0, vlan_id: 12, address: 10.0.10.2/30",
        "port: tunnel, circuit: c0, vlan_id: 12, address: 10.0.10.2/30, switch_port: { mtu_counts: payload }",
    );
    let mut fast = FastPath::new(switch(&text));
    assert!(passes(&mut fast, 10, &long(&own, 1_500)));
    assert!(!passes(&mut fast, 10, &long(&own, 1_501)));
    // A trunk's own tag never counts.
    let text = with("b: dev }", "b: dev, port_a: { mtu_counts: payload_and_tags } }");
    let mut fast = FastPath::new(switch(&text));
    let ten = [Tag::ctag(Vid::new(10).unwrap())];
    assert!(passes(&mut fast, 0, &long(&ten, 1_500)));
    let two = [Tag::ctag(Vid::new(20).unwrap()), ten[0]];
    assert!(passes(&mut fast, 0, &long(&two, 1_496)));
    assert!(!passes(&mut fast, 0, &long(&two, 1_497)));
}

/// The codes of what is wrong with it.
fn codes(text: &str) -> Vec<String> {
    let errors = read(text).err().map_or_else(Vec::new, |refused| refused.errors);
    errors.iter().map(|error| error.code.as_str().to_owned()).collect()
}

#[test]
fn keys_that_mean_nothing_at_a_port_are_refused() {
    let refused = |old: &str, new: &str| {
        let wrong = codes(&with(old, new));
        assert!(wrong.contains(&"TL0410".to_owned()), "{new}: {wrong:?}");
    };
    let access = "vlan_id: 10, address: 10.0.2.2/30";
    for key in [
        "vid: 5",
        "allowed_vids: [5]",
        "tunnel_tpid: 0x8100",
        "customer_vids: [5]",
        "mode: native-tagged",
    ] {
        refused(access, &format!("{access}, switch_port: {{ {key} }}"));
    }
    refused("b: dev }", "b: dev, port_b: { customer_vids: [5] } }");
}

#[test]
fn lines_of_two_tenants_are_in_one_vlan_of_a_circuit_no_more_than_before_and_neither_are_cross_connects() {
    let two = with(
        "uid: 1300000000000001 }",
        "uid: 1300000000000001 }\n  - { name: other, uid: 1300000000000002 }",
    );
    let two = two.replace("{ name: p02, tenant: lab", "{ name: p02, tenant: other");
    assert_eq!(codes(&two).first().map(String::as_str), Some("TL0402"));
    let crossed = with("service: bridged, profile", "profile");
    assert_eq!(codes(&crossed).first().map(String::as_str), Some("TL0402"));
}

#[test]
fn a_port_of_a_customers_line_stands_in_the_role_that_is_written() {
    let roles: Vec<PortRole> = switch(SWITCH).ports.iter().map(|port| port.role).collect();
    let (t, a, n) = (PortRole::Trunk, PortRole::Access, PortRole::Tunnel);
    assert_eq!(roles, [t, t, a, a, a, t, t, t, t, n, n, n]);
}
