//! Conservation, provisioning, inheritance, attribution, and how expected verdicts stand.

use trunklab::check::Standing;
use trunklab::check::Verdict::{Fail, Inconc, NotApplicable, Pass};
use trunklab::evidence::{Lineage, Observer, Trace};
use trunklab::ident::{FlowId, Origin, Station};
use trunklab::node::SwitchChange;
use trunklab::scenario::plan::{Expected, Fault, FaultPlan};
use trunklab::units::{BitRate, SimTime};

use super::{Judged, Tenant, World};

#[test]
fn a_frame_that_was_offered_and_never_settled_breaks_conservation() {
    let mut judged = World::default().judged();
    judged.is("conservation", Pass);
    let trace = Trace {
        tenant: judged
            .plan
            .tenants
            .iter()
            .position(|t| t.name == "acme")
            .map(trunklab::ident::TenantId::of)
            .expect("acme"),
        origin: Origin::Unknown,
        flow: FlowId::NONE,
        seq: 0,
        lineage: Lineage::Root,
        doubled: 0,
    };
    let at = Station::Node(judged.plan.flows[0].from);
    judged.run.evidence.offered(SimTime::from_secs(5), at, &trace, 64);
    let judged = judged.again();
    judged.is("conservation", Fail);
    judged.says("conservation", "acme: offered");
}

#[test]
fn a_frame_under_way_that_the_network_does_not_hold_breaks_conservation() {
    let mut judged = World::default().judged();
    judged.run.stats.held += 1;
    judged.again().is("conservation", Fail);
}

#[test]
fn a_scenario_without_a_frame_shows_nothing_of_conservation() {
    let mut world = World::default();
    for tenant in &mut world.tenants {
        tenant.idc = ", arp: { gratuitous: false }";
        tenant.vbr = false;
    }
    world.traffic = Some(String::new());
    world.judged().is("conservation", NotApplicable);
}

#[test]
fn a_refusal_that_was_not_expected_and_one_that_did_not_come_fail() {
    let step = |rest: &str| -> &'static str {
        let text = format!(
            "  - {{ at: 2s, by: globex, do: ConfirmPhysicalConnection, with: {{ PhysicalConnectionId: acme-port }}{rest} }}\n"
        );
        Box::leak(text.into_boxed_str())
    };
    let world = |steps| World {
        steps,
        ..World::default()
    };
    let refused = world(step("")).judged();
    refused.is("provisioning", Fail);
    let code = refused
        .run
        .cloud
        .steps
        .iter()
        .find_map(|s| s.error.as_ref())
        .expect("refused")
        .0
        .clone();
    let expected = world(step(&format!(", expect_error: {code}"))).judged();
    expected.is("provisioning", Pass);
    let other = world(step(", expect_error: QuotaExceeded.VPCONN")).judged();
    other.is("provisioning", Fail);
    let accepted = world("  - { at: 2s, by: acme, do: DeleteVirtualBorderRouter, with: { VbrId: acme-vbr }, expect_error: QuotaExceeded.VPCONN }\n").judged();
    accepted.is("provisioning", Fail);
}

#[test]
fn a_step_that_never_ran_is_inconclusive() {
    let mut plan = World::default().plan();
    plan.end = SimTime::from_nanos(900_000_000);
    Judged::of(plan).is("provisioning", Inconc);
    let mut judged = World::default().judged();
    judged.run.cloud.steps.remove(0);
    judged.again().is("provisioning", Inconc);
}

#[test]
fn a_vbr_with_another_vlan_or_bandwidth_than_its_port_is_caught() {
    let judged = || World::default().judged();
    judged().is("inheritance", Pass);
    let edits: [fn(&mut trunklab::evidence::ServiceFact); 4] = [
        |fact| fact.vbr.as_mut().expect("a VBR").vlan += 1,
        |fact| fact.vbr.as_mut().expect("a VBR").bandwidth = Some(BitRate::from_mbps(51)),
        |fact| fact.vbr.as_mut().expect("a VBR").bandwidth = None,
        |fact| fact.port.as_mut().expect("a port").vbrs = 2,
    ];
    for edit in edits {
        let mut judged = judged();
        let facts = judged.run.cloud.facts.iter_mut().map(|(_, fact)| fact);
        edit(facts.into_iter().find(|f| f.vbr.is_some()).expect("a fact"));
        let judged = judged.again();
        judged.is("inheritance", Fail);
    }
}

#[test]
fn records_or_states_alone_are_enough_to_judge_inheritance_by() {
    let mut judged = World::default().judged();
    judged.run.cloud.facts.clear();
    let judged = judged.again();
    judged.is("inheritance", Pass);
    judged.says("inheritance", "in 0 states shown");
}

#[test]
fn a_device_whose_table_disagrees_with_the_port_is_caught() {
    let world = World::default();
    let mut plan = world.plan();
    let healthy = Judged::of(world.plan());
    let device = plan.circuits[0].device;
    let mut forged = healthy.run.devices[0].service.clone().expect("a table entry");
    for member in &mut forged.members {
        member.police = None;
    }
    plan.faults.push(FaultPlan {
        at: SimTime::from_secs(3),
        what: Fault::Switch(device, SwitchChange::Set(trunklab::forward::ServiceId(101), forged)),
    });
    let judged = Judged::of(plan);
    judged.is("inheritance", Fail);
    judged.says("inheritance", "polices VLAN 101 to nothing");
}

#[test]
fn a_scenario_without_a_shared_port_in_use_has_nothing_to_inherit() {
    let mut world = World::default();
    for tenant in &mut world.tenants {
        tenant.vbr = false;
    }
    world.judged().is("inheritance", NotApplicable);
}

fn attributed(faults: &'static str, party: &str) -> Judged {
    let expect = format!("  - {{ check: attribution, tenant: acme, party: {party} }}");
    World {
        faults,
        expect: Box::leak(expect.into_boxed_str()),
        ..World::default()
    }
    .judged()
}

#[test]
fn a_cut_circuit_is_its_owners_and_nobody_elses() {
    let cut = "  - { at: 5s, cut: line }";
    attributed(cut, "partner").is("attribution", Pass);
    for party in ["tenant", "cloud", "none"] {
        attributed(cut, party).is("attribution", Fail);
    }
}

#[test]
fn without_a_loss_nobody_answers_for_one() {
    attributed("", "partner").is("attribution", Inconc);
}

#[test]
fn frames_before_the_vbr_is_made_are_the_tenants_own_loss() {
    let mut world = World {
        expect: "  - { check: attribution, tenant: acme, party: tenant }",
        ..World::default()
    };
    world.tenants[0] = Tenant {
        at: 6,
        ..Tenant::new("acme", 101)
    };
    world.seconds = 12;
    world.judged().is("attribution", Pass);
}

#[test]
fn a_second_service_that_is_open_does_not_excuse_one_that_is_closed() {
    // acme has a second line in VLAN 201, whose VBR is never made; its frames come to the same device.
    let mut world = World {
        expect: "  - { check: attribution, tenant: acme, party: tenant }",
        seconds: 12,
        ..World::default()
    };
    let text = world.text().replace(
        "vpcs:\n",
        "  - { name: acme-dc2, tenant: acme, attach: ap, circuit: line, vlan_id: 201, spec: 50M, address: 10.255.9.2/30, lan: 172.16.9.0/24 }\nvpcs:\n",
    );
    let text = text.replace(
        "traffic:\n",
        "  - { at: 2s, by: telecom, do: CreateVirtualPhysicalConnection, as: acme-second, with: { PhysicalConnectionId: line, VpconnAliUid: acme, VlanId: 201, Spec: 50M, OrderMode: PayByVirtualPhysicalConnectionOwner } }\ntraffic:\n  - { name: second, from: acme-dc2, to: acme-vpc/web, interval: 20ms, start: 5s, stop: 6s }\n",
    );
    world.seconds = 12;
    let judged = Judged::asked(&text, &[]);
    judged.is("attribution", Pass);
    judged.says("attribution", "acme accepts its port never");
}

#[test]
fn an_expected_failure_conforms_until_strict_is_asked_for() {
    let judged = World {
        faults: "  - { at: 5s, misconnect: ap, tenant: acme, vlan_id: 102 }",
        expect: "  - { check: isolation, verdict: fail }",
        ..World::default()
    }
    .judged();
    assert_eq!(judged.line("isolation").expected, Expected::Fail);
    assert_eq!(judged.judgement.standing(false), Standing::Conforms);
    assert_eq!(judged.judgement.standing(true), Standing::Departs);
}

#[test]
fn a_failure_that_was_expected_and_does_not_come_departs() {
    let judged = World {
        expect: "  - { check: isolation, verdict: fail }",
        ..World::default()
    }
    .judged();
    judged.is("isolation", Pass);
    assert_eq!(judged.judgement.standing(false), Standing::Departs);
    assert_eq!(judged.judgement.standing(true), Standing::Conforms);
}

#[test]
fn a_failure_that_was_expected_of_what_does_not_apply_departs() {
    let judged = World {
        tenants: vec![Tenant::new("acme", 101)],
        expect: "  - { check: isolation, verdict: fail }",
        ..World::default()
    }
    .judged();
    judged.is("isolation", NotApplicable);
    assert_eq!(judged.judgement.standing(false), Standing::Departs);
    assert_eq!(judged.judgement.standing(true), Standing::Conforms);
}

#[test]
fn every_check_that_always_runs_takes_an_expected_verdict() {
    for check in ["conservation", "isolation", "gating", "provisioning", "inheritance"] {
        let expect = format!("  - {{ check: {check}, verdict: fail }}");
        let judged = World {
            expect: Box::leak(expect.into_boxed_str()),
            ..World::default()
        }
        .judged();
        let lines: Vec<_> = judged.judgement.lines.iter().filter(|l| l.check == check).collect();
        assert_eq!(lines.len(), 1, "{check}");
        assert_eq!((lines[0].verdict, lines[0].expected), (Pass, Expected::Fail), "{check}");
        assert!(lines[0].line > 0, "{check} names its line");
        assert_eq!(judged.judgement.standing(false), Standing::Departs, "{check}");
    }
}
