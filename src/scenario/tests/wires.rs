//! Paths, members, VIDs, slots: who is wired to whom.

use super::*;
use crate::forward::{Member, PortRole, Service, ServiceId, Tables, Untagged, VlanLimit};
use crate::ident::{FlowId, PortNo};
use crate::node::{LinkChange, LinkWay, SwitchChange};
use crate::provision::{AccountRef, Feature, Hole, Lead, Operation, Spec};
use crate::scenario::plan::{Capability, Check, Expected, Fault, LinkRole, NodeKind, PicsPlan};
use crate::units::{BitRate, SimTime};
use crate::wire::Vid;

fn tables<'a>(plan: &'a Plan, name: &str) -> &'a Tables {
    match &plan.nodes.iter().find(|n| n.name == name).unwrap().kind {
        NodeKind::AccessPoint(s) | NodeKind::Fabric(s) | NodeKind::AccessDevice(s) => &s.tables,
        other => panic!("{other:?}"),
    }
}

fn vids(service: &Service) -> Vec<Option<u16>> {
    service.members.iter().map(|m: &Member| m.vid.map(Vid::get)).collect()
}

#[test]
fn two_tenants_share_one_circuit_in_two_vlans() {
    let plan = plan(TWO);
    assert_eq!(plan.tenants.len(), 2);
    let switch = tables(&plan, "ap-sh");
    // Port 0 is the circuit; ports 1 and 2 are the lines, in order of the IDCs' names.
    assert_eq!(
        switch.ports.iter().map(|p| p.role).collect::<Vec<_>>(),
        [PortRole::Trunk; 3]
    );
    let acme = &switch.services[&ServiceId(0)];
    assert_eq!(vids(acme), [Some(101), Some(50)]);
    assert_eq!(acme.members[1].arp.unwrap().per_second, 1);
    assert_eq!(acme.members[1].icmp.unwrap().per_second, 500);
    let both = [acme.members[0].police.unwrap(), acme.members[1].police.unwrap()];
    assert!(
        both.iter()
            .all(|p| p.rate == BitRate::from_mbps(100) && p.burst.get() == 1_250_000)
    );
    assert!(acme.members[0].arp.is_none(), "limits are at the customer's end");
    let device = tables(&plan, "dev-sh-1");
    assert!(device.services.is_empty(), "provisioning adds them");
    assert_eq!(device.ports.len(), 3);
    assert_eq!(
        plan.vbr_slots.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(),
        ["vbr-acme", "vbr-globex"]
    );
    let slot = &plan.vbr_slots[1];
    assert_eq!(
        (slot.circuit, slot.device_port, slot.vpc.unwrap().1),
        (0, PortNo(2), PortNo(0))
    );
    assert_eq!(plan.steps[slot.step].slot, Some(1));
}

#[test]
fn every_list_is_sorted_by_name() {
    let plan = plan(TWO);
    assert!(plan.nodes.windows(2).all(|w| w[0].name < w[1].name));
    assert!(plan.links.windows(2).all(|w| w[0].name < w[1].name));
    assert!(plan.flows.windows(2).all(|w| w[0].name < w[1].name));
    assert!(plan.bindings.windows(2).all(|w| w[0] < w[1]));
    assert!(plan.steps.windows(2).all(|w| w[0].at <= w[1].at));
    let last_miles = plan.links.iter().filter(|l| l.role == LinkRole::LastMile);
    assert!(last_miles.clone().all(|l| l.place.only.is_some()));
    assert_eq!(last_miles.count(), 2);
}

#[test]
fn an_idle_tenant_more_changes_no_mac_address() {
    let macs = |plan: &Plan| -> Vec<(String, String)> {
        let mac = |n: &crate::scenario::plan::NodePlan| match &n.kind {
            NodeKind::Idc(i) => Some((n.name.clone(), i.mac.to_string())),
            NodeKind::Vbr(v) => Some((n.name.clone(), v.mac.to_string())),
            NodeKind::Vpc(v) => Some((n.name.clone(), v.mac.to_string())),
            _ => None,
        };
        plan.nodes.iter().filter_map(mac).collect()
    };
    let before = macs(&plan(TWO));
    let after = macs(&plan(&with(
        "access_points:\n",
        "  - { name: aaa, uid: 5 }\naccess_points:\n",
    )));
    assert_eq!(before, after);
    assert_eq!(before[4].1, before[5].1, "sub-interfaces of one device share its MAC");
}

/// A square of switches: `ap-sh` to `near` by `m` (2 ms) or by `a` and `b` (1 ms each).
fn square(b_delay: &str) -> String {
    with(
        "access_points:\n  - { name: ap-sh, profile: strict }\n",
        "access_points:\n  - { name: ap-sh }\n  - { name: near }\n  - { name: m }\n  - { name: b }\n  - { name: lonely }\n",
    )
    .replacen(
        "circuits:\n  - { name: c1, a: ap-sh",
        &format!(
            "links:\n  - {{ name: l1, a: ap-sh, b: m, delay: 1ms }}\n  - {{ name: l2, a: m, b: near, delay: 1ms }}\n  - {{ name: l3, a: b, b: ap-sh, delay: 1ms }}\n  - {{ name: l4, a: near, b: b, delay: {b_delay} }}\n  - {{ name: l5, a: near, b: lonely }}\ncircuits:\n  - {{ name: c1, a: ap-sh"
        ),
        1,
    )
    .replacen("attach: ap-sh", "attach: near", 1)
}

#[test]
fn a_tenant_takes_the_way_of_least_delay_and_only_its_switches_are_members() {
    let plan = plan(&square("3ms"));
    assert_eq!(tables(&plan, "m").services.len(), 1);
    assert!(tables(&plan, "b").services.is_empty());
    assert!(tables(&plan, "lonely").services.is_empty());
    assert_eq!(
        vids(&tables(&plan, "near").services[&ServiceId(0)]),
        [Some(101), Some(50)]
    );
    assert_eq!(
        vids(&tables(&plan, "m").services[&ServiceId(0)]),
        [Some(101), Some(101)]
    );
    // The policer of what the tenant sends stands at its own switch, the other at the circuit's.
    let near = &tables(&plan, "near").services[&ServiceId(0)];
    assert_eq!(
        near.members.iter().map(|m| m.police.is_some()).collect::<Vec<_>>(),
        [false, true]
    );
    assert!(
        tables(&plan, "m").services[&ServiceId(0)]
            .members
            .iter()
            .all(|m| m.police.is_none())
    );
}

#[test]
fn of_two_ways_of_one_delay_the_smaller_name_is_taken() {
    let plan = plan(&square("1ms"));
    assert_eq!(tables(&plan, "b").services.len(), 1);
    assert!(tables(&plan, "m").services.is_empty());
}

#[test]
fn a_vid_that_is_taken_on_a_trunk_is_translated_there_and_back() {
    let text = square("1ms")
        .replacen("attach: ap-sh", "attach: near", 1)
        .replacen("circuits:\n", "circuits:\n  - { name: c2, a: ap-sh, b: dev-sh-1 }\n", 1)
        .replacen("circuit: c1, vlan_id: 102", "circuit: c2, vlan_id: 101", 1);
    let plan = plan(&text);
    let globex = ServiceId(1);
    assert_eq!(vids(&tables(&plan, "near").services[&globex]), [Some(1), Some(50)]);
    assert_eq!(vids(&tables(&plan, "b").services[&globex]), [Some(1), Some(1)]);
    assert_eq!(vids(&tables(&plan, "ap-sh").services[&globex]), [Some(1), Some(101)]);
}

#[test]
fn vlan_0_is_an_untagged_routed_port() {
    let text = with("circuits:\n", "circuits:\n  - { name: c0, a: ap-sh, b: dev-sh-1 }\n").replacen(
        "circuit: c1, vlan_id: 102",
        "circuit: c0, vlan_id: 0",
        1,
    );
    let plan = plan(&text);
    assert_eq!(tables(&plan, "dev-sh-1").ports[0].role, PortRole::Routed);
    assert_eq!(tables(&plan, "ap-sh").ports[0].role, PortRole::Access);
    assert_eq!(vids(&tables(&plan, "ap-sh").services[&ServiceId(1)]), [None, Some(50)]);
}

#[test]
fn a_pushed_vbr_and_its_migration_have_one_slot() {
    let text = with(
        "traffic:\n",
        "  - { at: 3s, by: telecom, do: CreateVirtualBorderRouter, as: vbr-old, with: { PhysicalConnectionId: c1, VbrOwnerId: acme, VlanId: 103 } }\n  - { at: 4s, by: telecom, do: CreateVpconnFromVbr, as: port-new, with: { VbrId: vbr-old, OrderMode: PayByPhysicalConnectionOwner } }\n  - { at: 5s, by: acme, do: CreateVirtualBorderRouter, as: vbr-second, with: { PhysicalConnectionId: port-new }, expect_error: QuotaExceeded.VPCONN }\ntraffic:\n",
    );
    let plan = plan(&text);
    let slot = |name: &str| plan.vbr_slots.iter().find(|s| s.name == name).unwrap();
    assert_eq!(slot("vbr-old").tenant, plan.vbr_slots[0].tenant);
    assert_eq!(slot("vbr-second").circuit, 0, "found through port-new and vbr-old");
    let step = &plan.steps[slot("vbr-second").step];
    assert_eq!(
        step.expect_error.map(|code| code.as_str()),
        Some("QuotaExceeded.VPCONN")
    );
    assert!(matches!(step.operation.made_on(), Some(Hole::Binding(_))));
}

#[test]
fn a_wrong_vid_at_the_circuit_overwrites_its_holder_and_two_swap_them() {
    let faults = "faults:\n  - { at: 6s, misconnect: ap-sh, tenant: acme, vlan_id: 102 }\n  - { at: 6s, misconnect: ap-sh, tenant: globex, vlan_id: 101 }\n  - { at: 7s, cut: c1, way: a_to_b }\n  - { at: 8s, restore: acme-dc/uni }\n";
    let plan = plan(&format!("{TWO}{faults}"));
    let shown: Vec<String> = plan
        .faults
        .iter()
        .map(|f| match &f.what {
            Fault::Switch(_, SwitchChange::Set(id, s)) => format!("set {} {:?}", id.0, vids(s)),
            Fault::Switch(_, SwitchChange::Remove(id)) => format!("remove {}", id.0),
            Fault::Link(id, LinkChange::Cut(LinkWay::AToB)) => format!("cut {}", plan.links[id.index()].name),
            Fault::Link(id, LinkChange::Restore(LinkWay::Both)) => format!("restore {}", plan.links[id.index()].name),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(
        shown,
        [
            "remove 1",
            "set 0 [Some(102), Some(50)]",
            "set 1 [Some(101), Some(50)]",
            "cut c1",
            "restore acme-dc/uni"
        ]
    );
}

#[test]
fn a_flap_is_cut_and_restored_so_many_times() {
    let plan = plan(&format!(
        "{TWO}faults: [{{ at: 1s, flap: {{ link: c1, every: 2s, down: 500ms, times: 3 }} }}]\n"
    ));
    let at: Vec<u64> = plan.faults.iter().map(|f| f.at.as_nanos() / 1_000_000).collect();
    assert_eq!(at, [1000, 1500, 3000, 3500, 5000, 5500]);
}

#[test]
fn the_four_checks_that_always_run_stand_first() {
    let text = with(
        "expect:\n",
        "expect:\n  - { check: isolation, verdict: fail, because: planted }\n  - { check: continuity, flow: web-acme, lost_max: 3 }\n",
    );
    let plan = plan(&text);
    let first: Vec<_> = plan
        .expect
        .iter()
        .take(4)
        .map(|e| (e.check.clone(), e.expected, e.line > 0))
        .collect();
    assert_eq!(
        first,
        [
            (Check::Conservation, Expected::Pass, false),
            (Check::Isolation, Expected::Fail, true),
            (Check::Gating, Expected::Pass, false),
            (Check::Provisioning, Expected::Pass, false),
        ]
    );
    assert!(matches!(
        plan.expect[4].check,
        Check::Continuity {
            flow: Some(FlowId(0)),
            lost_max: 3,
            ..
        }
    ));
}

#[test]
fn a_link_between_regions_gives_both_routers_their_routes() {
    let text = with("vpcs:\n", "vpcs:\n  - { name: acme-bj, tenant: acme, region: cn-beijing, cidr: 10.9.0.0/16 }\n")
        .replacen("provisioning:\n", "cross_border:\n  - { name: xb, tenant: acme, a: acme-vpc, b: acme-bj, rate: 10M, delay: 110ms }\nprovisioning:\n", 1);
    let plan = plan(&text);
    let vpc = |name: &str| match &plan.nodes.iter().find(|n| n.name == name).unwrap().kind {
        NodeKind::Vpc(v) => v.clone(),
        other => panic!("{other:?}"),
    };
    let routes = |name: &str| {
        vpc(name)
            .routes
            .iter()
            .map(|(n, l, p)| format!("{n}/{l}>{}", p.0))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        routes("acme-bj"),
        ["10.0.0.0/30>0", "172.16.0.0/24>0", "192.168.0.0/16>0"]
    );
    assert_eq!(routes("acme-vpc"), ["10.9.0.0/16>1"], "port 0 is the VBR's");
    assert_eq!(vpc("acme-vpc").attached, [PortNo(1)]);
}

#[test]
fn rates_become_intervals_of_frames_with_their_fcs() {
    let plan = plan(&with("rate: 10M,", "rate: 10M, size: 1250,"));
    let NodeKind::Idc(idc) = &plan.nodes.iter().find(|n| n.name == "acme-dc").unwrap().kind else {
        panic!()
    };
    assert_eq!(
        idc.flows[0].pattern,
        crate::host::Pattern::Constant(crate::units::SimDuration::from_millis(1))
    );
    assert_eq!(idc.flows[0].start, SimTime::from_secs(5));
    assert_eq!(
        idc.routes,
        [("192.168.0.0".parse().unwrap(), 16)],
        "the tenant's own VPCs"
    );
}

#[test]
fn a_shorthand_writes_out_whole_tenants() {
    let text = "trunklab: 1\nname: many\nduration: 20s\naccounts: [{ name: telecom, uid: 1, role: partner }]\naccess_points: [{ name: ap }]\naccess_devices: [{ name: dev, region: r }]\ncircuits: [{ name: c1, a: ap, b: dev }, { name: c2, a: ap, b: dev }]\ntenants:\n  - { name: t, count: 200, circuits: [c1, c2], vlan_id: 100, spec: 50M, traffic: { rate: 1M } }\n  - { name: u, count: 3, circuit: c1, same_mac: true, overlapping: true, provision: false }\n  - { name: solo, circuit: c2 }\n";
    let plan = plan(text);
    assert_eq!(plan.tenants.len(), 204);
    assert_eq!(plan.vbr_slots.len(), 201);
    assert_eq!(plan.flows.len(), 200);
    assert_eq!(plan.steps.len(), 201 * 5);
    let idc = |name: &str| match &plan.nodes.iter().find(|n| n.name == name).unwrap().kind {
        NodeKind::Idc(i) => i.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(idc("t-0003-idc").tag.unwrap().get(), 101, "every second one is on c1");
    let last = idc("t-0200-idc").address.to_string();
    assert_eq!(last, "10.0.3.34", "`solo` stands before `t`, by name");
    assert_eq!(idc("u-0001-idc").address, idc("u-0002-idc").address);
    assert_eq!(idc("u-0001-idc").mac, idc("u-0002-idc").mac);
    assert_eq!(idc("solo-idc").tag.unwrap().get(), 1, "the first free one");
}

#[test]
fn every_key_of_the_format_finds_its_way_into_the_plan() {
    let plan = plan(include_str!("../../../tests/data/scenario/equinix.yaml"));
    let fabric = tables(&plan, "ecx-dc11");
    assert_eq!(
        vids(&fabric.services[&ServiceId(0)]),
        [Some(201), Some(1234)],
        "the tag is translated"
    );
    let uni = &fabric.services[&ServiceId(0)].members[1];
    assert_eq!(uni.bound_mac.unwrap().to_string(), "02:aa:bb:cc:dd:ee");
    assert_eq!(
        uni.police.unwrap().rate,
        BitRate::from_mbps(100),
        "the spec of the port"
    );
    let circuit = &plan.circuits[0];
    assert_eq!(
        circuit.created_by.map(|b| plan.bindings[b.0 as usize].as_str()),
        Some("c-va")
    );
    assert_eq!(
        circuit.features,
        [Feature::SubifRateLimit, Feature::Bfd, Feature::Mpbgp]
    );
    assert_eq!(
        (plan.lead_times[1].lead, plan.lead_times[1].range.max.to_string()),
        (Lead::LastMile, "28d".into())
    );
    let prices = plan.prices.as_ref().unwrap();
    assert_eq!(
        prices.port_per_month.clone().into_iter().collect::<Vec<_>>(),
        [("50M", 60_000_000), ("100M", 110_500_000)].map(|(name, price)| (Spec::parse(name).unwrap(), price))
    );
    assert_eq!(prices.outbound_per_gb, Some(50_000));
    assert_eq!(plan.faults.len(), 7 + 10);
    assert_eq!(plan.expect.len(), 4 + 8);
    let step = |name: &str| plan.steps.iter().find(|s| s.operation.name() == name).unwrap();
    assert_eq!(step("CreateVirtualPhysicalConnection").token.as_deref(), Some("once"));
    let sale = &step("CreateVirtualPhysicalConnection").operation;
    assert!(matches!(sale.made_on(), Some(Hole::Binding(_))));
    assert!(matches!(sale.made_for(), Some(AccountRef::Account(_))));
    let Operation::EnableCenVbrHealthCheck(check) = &step("EnableCenVbrHealthCheck").operation else {
        panic!()
    };
    assert_eq!(check.health_check_interval, Some(2));
    let NodeKind::Vpc(us) = &plan.nodes.iter().find(|n| n.name == "acme-us").unwrap().kind else {
        panic!()
    };
    assert_eq!(us.routes.len(), 1);
    assert_eq!(
        plan.vbr_slots[0].vpc.map(|(n, _)| plan.nodes[n.index()].name.as_str()),
        Some("acme-us")
    );
}

#[test]
fn a_full_circuit_has_2999_vlans() {
    let base = "trunklab: 1\nname: full\nduration: 20s\naccounts: [{ name: p, uid: 1, role: partner }]\naccess_points: [{ name: ap }]\naccess_devices: [{ name: dev, region: r }]\ncircuits: [{ name: c1, a: ap, b: dev }]\n";
    let plan = plan(&format!("{base}tenants: [{{ name: t, count: 2999, circuit: c1 }}]\n"));
    assert_eq!(tables(&plan, "ap").services.len(), 2999);
    assert_eq!(tables(&plan, "dev").ports.len(), 3000);
}

#[test]
fn an_operator_polices_a_tenant_to_another_spec_both_ways_and_nobody_else() {
    let text = with(
        "expect:",
        "faults:\n  - { at: 5s, police: ap-sh, tenant: acme, spec: 200M }\nexpect:",
    );
    let text = match TWO.contains("\nfaults:") {
        true => with(
            "\nfaults:\n",
            "\nfaults:\n  - { at: 5s, police: ap-sh, tenant: acme, spec: 200M }\n",
        ),
        false => text,
    };
    let plan = plan(&text);
    let acme = crate::ident::TenantId(0);
    let set: Vec<_> = plan
        .faults
        .iter()
        .filter_map(|f| match &f.what {
            crate::scenario::plan::Fault::Switch(_, crate::node::SwitchChange::Set(_, service)) => Some(service),
            _ => None,
        })
        .collect();
    assert_eq!(set.len(), 1);
    assert_eq!(set[0].tenant, acme);
    let rates: Vec<u64> = set[0]
        .members
        .iter()
        .filter_map(|m| Some(m.police?.rate.as_bps()))
        .collect();
    assert_eq!(rates, [200_000_000, 200_000_000]);
}

/// Ports of `ap-sh`: the circuits in order, then the lines in order of the IDCs' names.
fn two_circuits(ap: &str, first: &str, second: &str) -> String {
    with("name: ap-sh, profile: strict", &format!("name: ap-sh, {ap}"))
        .replacen(
            "b: dev-sh-1 }",
            &format!("b: dev-sh-1{first} }}\n  - {{ name: c2, a: ap-sh, b: dev-sh-1{second} }}"),
            1,
        )
        .replacen("circuit: c1, vlan_id: 102", "circuit: c2, vlan_id: 102", 1)
        .replacen(
            "PhysicalConnectionId: c1, VpconnAliUid: globex",
            "PhysicalConnectionId: c2, VpconnAliUid: globex",
            1,
        )
}

fn ports(service: &Service) -> Vec<u32> {
    service.members.iter().map(|member| member.port.0).collect()
}

#[test]
fn a_list_takes_vlans_off_a_trunk_at_each_end_for_itself() {
    let plan = plan(&two_circuits(
        "profile: strict",
        ", allowed_vids: [100-101, 7], allowed_vids_b: [9]",
        "",
    ));
    let list = |name: &str, port: u32| tables(&plan, name).allowed.get(&PortNo(port)).map(ToString::to_string);
    assert_eq!(list("ap-sh", 0).as_deref(), Some("7, 100-101"));
    assert_eq!(list("dev-sh-1", 0).as_deref(), Some("9"));
    assert_eq!((list("ap-sh", 1), list("dev-sh-1", 1)), (None, None));
}

#[test]
fn a_list_lets_another_vlan_of_a_bridged_switch_onto_a_trunk_and_none_of_a_cross_connects() {
    let lists = ", allowed_vids: [101-102]";
    let bridged = plan(&two_circuits("service: bridged", "", lists));
    assert_eq!(ports(&tables(&bridged, "ap-sh").services[&ServiceId(0)]), [0, 1, 2]);
    assert_eq!(ports(&tables(&bridged, "ap-sh").services[&ServiceId(1)]), [1, 3]);
    let connected = plan(&two_circuits("service: cross-connect", "", lists));
    assert_eq!(ports(&tables(&connected, "ap-sh").services[&ServiceId(0)]), [0, 2]);
}

#[test]
fn a_default_vlan_is_the_native_one_of_every_trunk_without_another_and_its_service_is_on_all_of_them() {
    let native = |port: u16| Untagged::Native(Vid::new(port).unwrap());
    let plan = plan(&two_circuits(
        "service: bridged, default_vlan: 101",
        "",
        ", native_vid: 7",
    ));
    let switch = tables(&plan, "ap-sh");
    let untagged: Vec<Untagged> = switch.ports.iter().map(|port| port.untagged).collect();
    // Both circuits, and two customers' trunks.
    assert_eq!(untagged, [native(101), native(7), native(101), native(101)]);
    assert_eq!(ports(&switch.services[&ServiceId(0)]), [0, 2, 3]);
    assert_eq!(ports(&switch.services[&ServiceId(1)]), [1, 3]);
}

#[test]
fn open_vswitch_reads_two_tags_where_it_is_told_to() {
    let limit = |text: &str| tables(&plan(&with("profile: strict", text)), "ap-sh").vlan_limit;
    assert_eq!(limit("profile: ovs-3.1, vlan_limit: 2"), VlanLimit::Two);
    assert_eq!(limit("profile: ovs-3.1, vlan_limit: 1"), VlanLimit::One);
    assert_eq!(limit("profile: ovs-3.1"), VlanLimit::One);
}

#[test]
fn what_one_device_declares_stands_behind_what_all_do() {
    let text = format!(
        "{TWO}pics:\n  - {{ device: ap-sh, stacks: false }}\n  - {{ device: \"*\", stacks: true, ends-bpdu: false }}\n"
    );
    let plan = plan(&text);
    let name = |pics: &PicsPlan| pics.device.map(|id| plan.nodes[id.index()].name.as_str());
    let all: Vec<_> = plan.pics.iter().map(|p| (name(p), p.capability, p.holds)).collect();
    assert_eq!(
        all,
        [
            (None, Capability::EndsBpdu, false),
            (None, Capability::Stacks, true),
            (Some("ap-sh"), Capability::Stacks, false),
        ]
    );
}
