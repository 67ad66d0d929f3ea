//! A plan that could not be run is noticed: each is broken by hand.

use super::*;
use crate::ident::NodeId;
use crate::units::SimTime;

fn broken(breaks: impl FnOnce(&mut Plan)) -> String {
    let mut plan = plan(TWO);
    assert_eq!(plan.wrong(), None);
    breaks(&mut plan);
    plan.wrong().expect("it is broken")
}

#[test]
fn nodes_out_of_order_are_noticed() {
    let wrong = broken(|plan| plan.nodes.swap(0, 1));
    assert_eq!(wrong, "the nodes are not in order of their names, each once");
}

#[test]
fn a_link_on_a_port_that_is_taken_is_noticed() {
    let wrong = broken(|plan| plan.links[1].a = plan.links[0].a);
    assert!(wrong.ends_with("does not join two free ports"), "{wrong}");
}

#[test]
fn a_flow_that_starts_nowhere_is_noticed() {
    let wrong = broken(|plan| plan.flows[0].from = NodeId(999));
    assert!(wrong.ends_with("joins nothing"), "{wrong}");
}

#[test]
fn a_vbr_that_no_step_makes_is_noticed() {
    let wrong = broken(|plan| plan.vbr_slots[0].step = plan.steps.len());
    assert_eq!(wrong, "the VBR `vbr-acme` leads nowhere");
}

#[test]
fn a_circuit_that_ends_nowhere_is_noticed() {
    let wrong = broken(|plan| plan.circuits[0].device = NodeId(999));
    assert!(wrong.starts_with("the circuit"), "{wrong}");
}

#[test]
fn a_circuit_without_an_id_is_noticed() {
    let wrong = broken(|plan| plan.circuit_ids.clear());
    assert_eq!(wrong, "a circuit has no id of the cloud's");
}

#[test]
fn a_tenant_without_an_account_is_noticed() {
    let wrong = broken(|plan| plan.tenants[0].account.0 = 999);
    assert!(wrong.ends_with("has no account"), "{wrong}");
}

#[test]
fn faults_out_of_order_are_noticed() {
    use crate::node::{LinkChange, LinkWay};
    use crate::scenario::plan::{Fault, FaultPlan};
    let wrong = broken(|plan| {
        let cut = Fault::Link(crate::ident::LinkId(0), LinkChange::Cut(LinkWay::Both));
        let at = |seconds| FaultPlan {
            at: SimTime::from_secs(seconds),
            what: cut.clone(),
        };
        plan.faults = vec![at(2), at(1)];
    });
    assert_eq!(wrong, "faults come out of order");
}
