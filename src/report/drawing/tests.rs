use super::*;
use crate::scenario::{MemorySources, load_text};

fn plan_of(count: u32) -> Plan {
    let text = format!(
        "trunklab: 1\nname: drawn\nduration: 1s\naccounts:\n  - {{ name: telecom, uid: 1, role: partner }}\n\
         access_points:\n  - {{ name: ap-east }}\naccess_devices:\n  - {{ name: dev, region: cn-shanghai }}\n\
         circuits:\n  - {{ name: c-1, a: ap-east, b: dev, rate: 10G, delay: 2ms }}\n\
         tenants:\n  - {{ name: t, count: {count}, circuit: c-1, vlan_id: 10 }}\n"
    );
    match load_text("drawn.yaml", text, &MemorySources::new()) {
        Ok(loaded) => loaded.plan,
        Err(refused) => panic!("{:?}", refused.errors),
    }
}

#[test]
fn every_box_and_every_link_is_drawn_once() {
    let plan = plan_of(2);
    for drawn in [Drawing::Mermaid, Drawing::Dot] {
        let text = drawing(&plan, None, 6, drawn);
        for node in &plan.nodes {
            let label = format!("\"{}\"]", node.name);
            assert_eq!(text.matches(&label).count(), 1, "{}: {text}", node.name);
        }
        let lines = text.lines().filter(|line| line.contains(" --")).count();
        assert_eq!(lines, plan.links.len(), "{text}");
        assert!(text.contains("c-1 10G 2ms"), "{text}");
    }
}

#[test]
fn more_boxes_than_asked_for_at_one_place_are_one_with_their_number() {
    let text = drawing(&plan_of(7), None, 6, Drawing::Mermaid);
    for folded in ["7 data centres", "7 VBRs", "7 VPCs", "7 links"] {
        assert!(text.contains(folded), "{folded}: {text}");
    }
    assert!(!text.contains("t-0001"), "{text}");
    let six = drawing(&plan_of(6), None, 6, Drawing::Mermaid);
    assert!(six.contains("t-0006-idc"), "{six}");
}

#[test]
fn one_tenant_has_its_own_boxes_and_the_switches_alone() {
    let plan = plan_of(3);
    let text = drawing(&plan, Some(TenantId::of(1)), 6, Drawing::Dot);
    assert!(text.contains("t-0002-idc") && text.contains("ap-east"), "{text}");
    assert!(!text.contains("t-0001") && !text.contains("t-0003"), "{text}");
}

#[test]
fn what_would_end_a_label_is_spelt_out() {
    assert_eq!(spelt("a\"b<c>"), "a#34;b#60;c#62;");
    assert_eq!(quoted("a\"b\\"), "a\\\"b\\\\");
}
