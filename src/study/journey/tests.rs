use super::*;
use crate::scenario::{MemorySources, load_text};

/// Two tenants on one circuit.
const TWO: &str = include_str!("../../../scenarios/isolation/two-tenants-one-circuit.yaml");

/// Who is where and what is sold, without traffic.
fn quiet() -> String {
    let (text, _) = TWO.split_once("\ntraffic:").expect("traffic");
    format!("{text}\n")
}

fn plan_of(text: &str) -> Plan {
    match load_text("two.yaml", text.to_owned(), &MemorySources::new()) {
        Ok(loaded) => loaded.plan,
        Err(refused) => panic!("{:?}", refused.errors),
    }
}

fn node(plan: &Plan, name: &str) -> NodeId {
    let at = plan.nodes.iter().position(|node| node.name == name);
    NodeId::of(at.unwrap_or_else(|| panic!("no node {name}")))
}

fn port_of(plan: &Plan, of: NodeId, link: &str) -> PortNo {
    let link = plan.links.iter().find(|l| l.name == link).expect("the link");
    if link.a.0 == of { link.a.1 } else { link.b.1 }
}

/// A question for 10.255.1.1 with this VID.
fn question(vid: u16) -> Frame {
    let mut octets = vec![0xff; 6];
    octets.extend([2, 0, 0, 0, 0, 1, 0x81, 0]);
    octets.extend(vid.to_be_bytes());
    octets.extend([8, 6, 0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 10, 255, 1, 2]);
    octets.extend([0, 0, 0, 0, 0, 0, 10, 255, 1, 1]);
    Frame::from_octets(&octets)
}

fn at_device(plan: &Plan, vid: u16) -> Journey {
    let device = plan.circuits[0].device;
    let entry = Entry {
        node: device,
        port: plan.circuits[0].device_port,
        at: plan.end,
        frame: question(vid),
    };
    journey(plan, &entry).expect("a plan that exists can be run")
}

#[test]
fn a_question_is_followed_to_the_vbr_and_its_answer_back_with_the_lines_that_led_them() {
    let plan = plan_of(&quiet());
    let found = at_device(&plan, 101);
    let places: Vec<&str> = found
        .hops
        .iter()
        .map(|hop| match hop.place {
            Place::Node(node, _) => plan.nodes[node.index()].name.as_str(),
            Place::Link(_) => panic!("nothing is lost"),
        })
        .collect();
    let vbr = plan
        .vbr_slots
        .iter()
        .find(|slot| slot.vlan == Some(101))
        .expect("a VBR");
    assert_eq!(
        places[..2],
        [&*plan.nodes[plan.circuits[0].device.index()].name, &vbr.name]
    );
    assert!(places.len() >= 4, "the answer is followed too: {places:?}");
    let lines: Vec<Option<u32>> = found
        .hops
        .iter()
        .map(|hop| hop.rule.as_ref().and_then(|r| r.line))
        .collect();
    assert_eq!(lines[0], Some(plan.steps[vbr.step].line), "the step that made the VBR");
    let rule = found.hops[0].rule.as_ref().expect("a rule");
    assert!(rule.text.contains("service 101 of acme"), "{}", rule.text);
    assert!(matches!(
        found.hops[1].done[..],
        [Done::Ended(Fate::Consumed), Done::Sent(..)]
    ));
    assert_eq!((found.under_way, found.cut), (0, false));
    assert_eq!(found.ends().count(), 2, "the question and its answer");
}

#[test]
fn a_frame_of_no_service_ends_where_it_came_in() {
    let plan = plan_of(&quiet());
    let found = at_device(&plan, 999);
    assert_eq!(found.hops.len(), 1);
    assert_eq!(found.hops[0].done, [Done::Ended(Fate::Dropped(DropReason::UnknownVid))]);
    let rule = found.hops[0].rule.as_ref().expect("a rule");
    assert!(rule.text.contains("no service has VLAN 999"), "{}", rule.text);
}

#[test]
fn before_its_vbr_is_made_a_vlan_leads_nowhere() {
    let plan = plan_of(&quiet());
    let entry = Entry {
        node: plan.circuits[0].device,
        port: plan.circuits[0].device_port,
        at: SimTime::ZERO,
        frame: question(101),
    };
    let found = journey(&plan, &entry).expect("a journey");
    assert_eq!(found.hops[0].done, [Done::Ended(Fate::Dropped(DropReason::UnknownVid))]);
}

#[test]
fn a_link_that_is_cut_loses_the_frame_and_is_named() {
    let circuit = &plan_of(&quiet()).circuits[0].name.clone();
    let text = format!("{}\nfaults:\n  - {{ at: 9s, cut: {circuit} }}\n", quiet());
    let plan = plan_of(&text);
    let link = plan.circuits[0].link;
    let (switch, _) = plan.links[link.index()].a;
    let idc = &plan
        .links
        .iter()
        .find(|l| l.role == crate::scenario::plan::LinkRole::LastMile);
    let uni = idc.expect("a line").name.clone();
    let entry = Entry {
        node: switch,
        port: port_of(&plan, switch, &uni),
        at: plan.end,
        frame: question(50),
    };
    let found = journey(&plan, &entry).expect("a journey");
    let last = found.hops.last().expect("a hop");
    let lane = Lane { link, from_b: false };
    assert_eq!(last.place, Place::Link(lane), "{:?}", found.hops);
    assert_eq!(last.done, [Done::Ended(Fate::Dropped(DropReason::LinkDown))]);
    assert_eq!(node(&plan, &plan.nodes[switch.index()].name), switch);
}
