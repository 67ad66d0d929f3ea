//! A law that breaks its invariants is noticed at the next step: each state here is broken by hand.

use super::bench::*;
use crate::provision::ids::ServiceKey;
use crate::provision::law::pending::Task;
use crate::provision::law::state::VlanUse;
use crate::provision::money::Ledger;
use crate::provision::*;
use crate::units::{SimDuration, SimTime};

/// A shared port of a tenant with a VBR on it, broken, and one more step.
fn one_step_after(breaks: impl FnOnce(&mut State, PcId, VbrId)) {
    let mut b = Bench::new();
    let port = b.port(T1, 100, "200M");
    let vbr = b.vbr(T1, port);
    breaks(&mut b.s, port, vbr);
    let call = Call::from(Operation::from(GetPhysicalConnectionServiceStatus {}));
    b.s.call(T1, &call, &mut Defaults)
        .expect("a question is always allowed");
}

#[test]
fn a_state_in_order_is_let_through() {
    one_step_after(|_, _, _| {});
}

#[test]
#[should_panic(expected = "hang on it")]
fn a_shared_port_with_two_vbrs_is_noticed() {
    one_step_after(|s, _, vbr| {
        let twin = s.vbrs[&vbr].clone();
        s.vbrs.insert(VbrId { n: 9, ..vbr }, twin);
    });
}

#[test]
#[should_panic(expected = "its shared port")]
fn a_vbr_with_another_vlan_than_its_port_is_noticed() {
    one_step_after(|s, _, vbr| s.vbrs.get_mut(&vbr).expect("it was made").vlan = 7);
}

#[test]
#[should_panic(expected = "has lost its shared port")]
fn a_vbr_whose_port_is_gone_is_noticed() {
    one_step_after(|s, port, _| drop(s.ports.remove(&port)));
}

#[test]
#[should_panic(expected = "is kept for nobody")]
fn a_vlan_that_is_kept_for_nobody_is_noticed() {
    one_step_after(|s, port, _| {
        let circuit = s.ports[&port].circuit;
        s.slots.insert(ServiceKey { circuit, vlan: 9 }, VlanUse::default());
    });
}

#[test]
#[should_panic(expected = "Mbit/s and")]
fn a_circuit_that_miscounts_what_it_sold_is_noticed() {
    one_step_after(|s, port, _| {
        let circuit = s.ports[&port].circuit;
        s.circuits.get_mut(&circuit).expect("under the port").allocated_mbps += 1;
    });
}

#[test]
#[should_panic(expected = "the books of account 0 are off")]
fn books_that_are_off_are_noticed() {
    one_step_after(|s, _, _| s.books_mut(P).overdue += 1);
}

#[test]
#[should_panic(expected = "what completes keeps what must hold")]
fn what_time_breaks_is_noticed_too() {
    let mut b = Bench::new();
    let port = b.port(T1, 100, "200M");
    b.s.pending.schedule(SimDuration::from_secs(1), Task::EnablePort(port));
    b.s.books_mut(P).unfinished += 1;
    b.s.advance(SimDuration::from_secs(2));
}

#[test]
#[should_panic(expected = "a bill never runs backwards")]
fn a_bill_that_ends_before_it_begins_is_noticed() {
    let mut b = Bench::new();
    let port = b.port(T1, 100, "200M");
    let mut ledger = Ledger::new();
    let spec = Spec::all().next().expect("there are specs");
    ledger.fold(SimTime::from_secs(2), &Event::PortFeeStarted { port, payer: T1, spec });
    ledger.fold(SimTime::from_secs(1), &Event::PortFeeStopped { port });
}
