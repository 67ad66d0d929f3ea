//! What the room as a whole promises.

use super::*;
use crate::forward::{PortRole, ServiceId};
use crate::scenario::plan::NodeKind;

/// Two tenants on one circuit, the smallest scenario that shows anything.
const TWO: &str = include_str!("../../tests/data/scenario/two-tenants.yaml");

fn read(text: &str) -> Result<Loaded, Refused> {
    load_text("test.yaml", text.to_owned(), &MemorySources::new())
}

#[test]
fn two_tenants_on_one_circuit_give_a_plan() {
    let plan = read(TWO)
        .map_err(|r| r.errors.iter().map(ToString::to_string).collect::<Vec<_>>())
        .unwrap()
        .plan;
    assert_eq!(plan.tenants.len(), 2);
    assert_eq!(plan.vbr_slots.len(), 2);
    let NodeKind::AccessPoint(switch) = &plan.nodes.iter().find(|n| n.name == "ap-sh").unwrap().kind else {
        panic!()
    };
    assert_eq!(switch.tables.services.len(), 2);
    assert_eq!(switch.tables.services[&ServiceId(0)].members.len(), 2);
    assert_eq!(switch.tables.ports[0].role, PortRole::Trunk);
}
