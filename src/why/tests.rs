//! Who answers, in small worlds: what was promised, agreed, due, locked and converted.

use super::{Whom, judged};
use crate::check::{Answers, Verdict};
use crate::control::Drawn;
use crate::engine::run;
use crate::evidence::NoObserver;
use crate::scenario::{Loaded, MemorySources, load_text};

/// One tenant behind a partner's switch. Empty places are filled by each test.
#[derive(Clone, Copy, Default)]
struct World<'a> {
    /// Whole lines at the top: policies, lead times.
    top: &'a str,
    /// Further keys of the data centre.
    idc: &'a str,
    /// Of the sale: VLAN, spec, and who pays.
    vlan: Option<u32>,
    spec: &'a str,
    payer: &'a str,
    /// When the tenant accepts, and when its VBR is attached.
    accepted: &'a str,
    attached: &'a str,
    /// The VBR's ends, if others than the data centre's.
    ends: Option<(&'a str, &'a str)>,
    /// Further calls and faults.
    calls: &'a str,
    faults: &'a str,
    /// When frames are sent, and how.
    start: &'a str,
    flow: &'a str,
    flows: &'a str,
}

/// What is written or, where nothing is, this.
fn or<'a>(text: &'a str, other: &'a str) -> &'a str {
    if text.is_empty() { other } else { text }
}

impl World<'_> {
    fn text(&self) -> String {
        let (local, peer) = self.ends.unwrap_or(("10.255.1.1", "10.255.1.2"));
        let payer = or(self.payer, "PayByVirtualPhysicalConnectionOwner");
        let (spec, vlan) = (or(self.spec, "100M"), self.vlan.unwrap_or(101));
        let faults = match self.faults {
            "" => String::new(),
            faults => format!("faults:\n  - {faults}\n"),
        };
        format!(
            "trunklab: 1
name: who
duration: 20s
{top}
accounts:
  - {{ name: telecom, uid: 1, role: partner, large_specs: true }}
  - {{ name: acme, uid: 2, outbound_billing: true }}
  - {{ name: cloud, uid: 3, role: system }}
access_points: [{{ name: ap }}]
access_devices: [{{ name: dev, region: r }}]
circuits: [{{ name: c, a: ap, b: dev, rate: 100G, bandwidth: 10G }}]
idcs: [{{ name: dc, tenant: acme, attach: ap, circuit: c, vlan_id: 101, address: 10.255.1.2/30, lan: 172.16.1.0/24{idc} }}]
vpcs: [{{ name: vpc, tenant: acme, region: r, cidr: 192.168.1.0/24, endpoints: [{{ name: web, address: 192.168.1.10 }}] }}]
provisioning:
  - {{ at: 0s, by: telecom, do: CreateVirtualPhysicalConnection, as: port, with: {{ PhysicalConnectionId: c, VpconnAliUid: acme, VlanId: {vlan}, Spec: {spec}, OrderMode: {payer} }} }}
  - {{ at: {accepted}, by: acme, do: ConfirmPhysicalConnection, with: {{ PhysicalConnectionId: port }} }}
  - {{ at: {attached}, by: acme, do: CreateVirtualBorderRouter, as: vbr, with: {{ PhysicalConnectionId: port, LocalGatewayIp: {local}, PeerGatewayIp: {peer}, PeeringSubnetMask: 255.255.255.252 }} }}
  - {{ at: {attached}, by: acme, do: CreateRouteEntry, with: {{ RouteTableId: vbr, DestinationCidrBlock: 172.16.1.0/24, NextHopType: PhysicalConnection }} }}
  - {{ at: {attached}, by: acme, do: CreateTransitRouterVbrAttachment, with: {{ VbrId: vbr }} }}
{calls}
traffic:
  - {{ name: web, from: dc, to: vpc/web, start: {start}, stop: 15s, {flow} }}
{flows}
{faults}",
            top = self.top,
            idc = self.idc,
            accepted = or(self.accepted, "1s"),
            attached = or(self.attached, "2s"),
            calls = self.calls,
            start = or(self.start, "5s"),
            flow = or(self.flow, "interval: 100ms"),
            flows = self.flows,
        )
    }

    fn asked(&self) -> Asked {
        asked(&self.text())
    }
}

/// What was found out of one tenant.
struct Asked {
    /// `70 partner`, group by group, most first; `by contract` where nobody is in breach.
    groups: Vec<String>,
    /// What the groups name, in order.
    what: Vec<String>,
    verdict: Verdict,
    text: String,
}

fn asked(text: &str) -> Asked {
    let told = format!("{text}\nexpect:\n  - {{ check: attribution, tenant: acme, party: partner }}\n");
    let loaded = load_text("w.yaml", told, &MemorySources::new());
    let Loaded { plan, expanded, .. } = loaded.unwrap_or_else(|refused| panic!("{}\n{text}", refused.errors[0]));
    let (record, _) = run(&plan, Drawn::new(plan.seed), NoObserver).expect("a plan can be run");
    let (judgement, answers) = judged(&expanded, &plan, &record, Whom::Everybody, 1).expect("it can be run");
    let answers: Answers = answers.expect("everybody is asked about");
    let line = judgement.lines.iter().find(|line| line.check == "attribution");
    let line = line.expect("it is expected");
    let mut groups = Vec::new();
    let mut what = Vec::new();
    if let Some(answer) = answers.tenants.get("acme") {
        for group in &answer.groups {
            groups.push(format!(
                "{} {}",
                group.frames,
                crate::check::who_answers(group, "acme", answers.partners)
            ));
            let causes = group.causes.iter().flat_map(|cause| &cause.deviations);
            what.extend(causes.map(|deviation| deviation.what.clone()));
        }
    }
    Asked {
        groups,
        what,
        verdict: line.verdict,
        text: line.finding.clone(),
    }
}

#[test]
fn a_healthy_world_loses_nothing_and_names_nobody() {
    assert_eq!(World::default().asked().groups, [""; 0]);
}

#[test]
fn a_frame_that_comes_where_nobody_listens_is_lost_by_nobody_and_one_that_does_not_come_is() {
    let world = World {
        flow: "interval: 100ms, port: 8080",
        ..World::default()
    };
    let closed = |world: &World<'_>| {
        asked(
            &world
                .text()
                .replace("{ name: web, address", "{ name: web, kind: rds, address"),
        )
    };
    assert_eq!(closed(&world).groups, [""; 0]);
    let cut = World {
        faults: "{ at: 10s, cut: c }",
        ..world
    };
    assert_eq!(closed(&cut).groups, ["50 partner"]);
}

/// Twenty tenants, each policed anew by the partner: all to what is enough, but for these.
fn twenty(tight: usize) -> String {
    let of = |tenant: usize| {
        let spec = if tenant == tight { "1M" } else { "40M" };
        format!("  - {{ at: 7s, police: ap, tenant: t-{tenant:04}, spec: {spec}, burst: 2kB }}\n")
    };
    let faults: String = (1..=20).map(of).collect();
    format!(
        "trunklab: 1
name: twenty
duration: 8s
accounts: [{{ name: telecom, uid: 1, role: partner }}]
access_points: [{{ name: ap }}]
access_devices: [{{ name: dev, region: r }}]
circuits: [{{ name: c, a: ap, b: dev, rate: 100G }}]
tenants:
  - {{ name: t, count: 20, circuit: c, vlan_id: 300, spec: 50M, traffic: {{ interval: 8ms, size: 1200, start: 6500ms, stop: 7500ms }} }}
faults:
{faults}"
    )
}

#[test]
fn of_many_deviations_the_one_that_matters_is_found_by_halves() {
    for tight in [1, 9, 20] {
        let Loaded { plan, expanded, .. } =
            load_text("w.yaml", twenty(tight), &MemorySources::new()).unwrap_or_else(|e| panic!("{}", e.errors[0]));
        let (record, _) = run(&plan, Drawn::new(plan.seed), NoObserver).expect("a plan can be run");
        let (_, answers) = judged(&expanded, &plan, &record, Whom::Everybody, 1).expect("it can be run");
        let answers = answers.expect("everybody is asked about");
        let hurt: Vec<&String> = answers.tenants.keys().collect();
        assert_eq!(hurt, [&format!("t-{tight:04}")]);
        let group = &answers.tenants[hurt[0]].groups[0];
        let causes: Vec<&str> = group.causes[0].deviations.iter().map(|d| d.what.as_str()).collect();
        assert_eq!(causes, [format!("ap is set to police t-{tight:04} to 1M at 7s")]);
        assert_eq!(group.causes[0].left, 0);
        // None, all, half and half again: not one for each of twenty.
        assert!(answers.worlds <= 14, "{tight}: {} worlds", answers.worlds);
    }
}

#[test]
fn a_step_that_takes_longer_than_is_promised_is_the_clouds_and_one_that_does_not_is_nobodys() {
    for (lead, promised) in [("route_entry", "1s"), ("cen_attachment", "1s"), ("port_enable", "0ns")] {
        let top = format!("lead_times: {{ {lead}: 8s }}");
        let slow = World {
            top: &top,
            ..World::default()
        }
        .asked();
        assert_eq!(slow.groups.len(), 1, "{lead}: {:?}", slow.groups);
        assert!(slow.groups[0].ends_with(" cloud"), "{lead}: {:?}", slow.groups);
        assert!(
            slow.what[0].contains(&format!("{promised} is promised (policy async_promise)")),
            "{:?}",
            slow.what
        );
    }
    // The same, where so long is promised.
    let top = "lead_times: { cen_attachment: 8s }\npolicies: { async_promise: 30s }";
    let promised = World {
        top,
        ..World::default()
    }
    .asked();
    assert!(
        promised.groups[0].ends_with("nobody: the contract allows it"),
        "{:?}",
        promised.groups
    );
    assert!(
        promised.what[0].contains("within what is promised"),
        "{:?}",
        promised.what
    );
    // Half of it is promised: the first half is by contract, and the other the cloud's.
    let top = "lead_times: { cen_attachment: 8s }\npolicies: { async_promise: 6s }";
    let half = World {
        top,
        ..World::default()
    }
    .asked();
    assert_eq!(half.groups.len(), 2, "{:?}", half.groups);
    assert!(
        half.groups
            .iter()
            .any(|group| group == "30 nobody: the contract allows it"),
        "{:?}",
        half.groups
    );
    assert!(half.groups.iter().any(|group| group == "20 cloud"), "{:?}", half.groups);
}

#[test]
fn what_is_done_late_is_the_tenants_unless_a_later_date_was_set() {
    let late = World {
        accepted: "7s",
        attached: "8s",
        ..World::default()
    };
    let all = late.asked();
    assert_eq!(all.groups.len(), 1, "{:?}", all.groups);
    assert!(all.groups[0].ends_with(" tenant"), "{:?}", all.groups);
    let dated = World {
        idc: ", due: { acceptance: 7s, billing: 6s }",
        attached: "7s",
        ..late
    }
    .asked();
    assert!(
        dated
            .groups
            .iter()
            .any(|group| group.ends_with("nobody: the contract allows it")),
        "{:?}",
        dated.groups
    );
    assert!(
        !dated.groups.iter().any(|group| group.ends_with("tenant")),
        "{:?}",
        dated.groups
    );
    assert!(
        dated.what[0].contains("the acceptance of dc is due at 7s"),
        "{:?}",
        dated.what
    );
    // It was due sooner than it was done: only what is lost from then on is the tenant's.
    let later = World {
        idc: ", due: { attach: 6s }",
        accepted: "1s",
        attached: "9s",
        ..late
    };
    let text = later.text().replace(
        "at: 9s, by: acme, do: CreateVirtualBorderRouter",
        "at: 2s, by: acme, do: CreateVirtualBorderRouter",
    );
    let text = text.replace(
        "at: 9s, by: acme, do: CreateRouteEntry",
        "at: 2s, by: acme, do: CreateRouteEntry",
    );
    let parts = asked(&text).groups;
    assert!(parts.iter().any(|group| group.ends_with(" tenant")), "{parts:?}");
    assert!(
        parts
            .iter()
            .any(|group| group.ends_with("nobody: the contract allows it")),
        "{parts:?}"
    );
}

#[test]
fn what_was_agreed_says_which_of_two_records_is_wrong() {
    // The VBR has the ends the other way round: both are the tenant's, and the order stands.
    let swapped = World {
        ends: Some(("10.255.1.2", "10.255.1.1")),
        ..World::default()
    };
    assert!(
        swapped.asked().what[0].contains("and its VBR (line"),
        "{:?}",
        swapped.asked().what
    );
    let agreed = ", agreed: { address: 10.255.1.2/30, gateway: 10.255.1.1 }";
    let asked = World { idc: agreed, ..swapped }.asked();
    assert!(asked.groups[0].ends_with(" tenant"), "{:?}", asked.groups);
    assert!(asked.what[0].contains("was agreed"), "{:?}", asked.what);
    // Who runs the edge answers for it where the VBR has what was agreed.
    let top = "policies: { ce_managed_by: partner }";
    let edge = World {
        top,
        idc: ", agreed: { address: 10.255.1.1/30, gateway: 10.255.1.2 }",
        ..swapped
    }
    .asked();
    assert!(edge.groups[0].ends_with(" partner"), "{:?}", edge.groups);
    let both = World {
        top,
        idc: agreed,
        ..swapped
    }
    .asked();
    assert!(both.groups[0].ends_with(" tenant"), "{:?}", both.groups);
}

#[test]
fn an_agreed_vlan_spec_and_size_are_owed_by_whoever_has_another() {
    // The sale has the agreed VLAN, the switch another.
    let vlan = World {
        idc: ", agreed: { vlan_id: 102 }",
        vlan: Some(102),
        ..World::default()
    }
    .asked();
    assert!(vlan.groups[0].ends_with(" partner"), "{:?}", vlan.groups);
    assert!(
        vlan.what[0].contains("ap has VLAN 101 for dc, and VLAN 102 was agreed"),
        "{:?}",
        vlan.what
    );
    // Less was sold than was agreed: what is sent over what was sold is not the sender's own.
    let flow = "rate: 90M, size: 1500, count: 3000";
    let sold = World {
        spec: "50M",
        flow,
        ..World::default()
    };
    assert!(sold.asked().groups[0].ends_with(" tenant"), "{:?}", sold.asked().groups);
    let less = World {
        idc: ", agreed: { spec: 100M }",
        ..sold
    }
    .asked();
    assert!(less.groups[0].ends_with(" partner"), "{:?}", less.groups);
    // Long frames were agreed, and no link carries them.
    let flow = "interval: 100ms, size: 4018";
    let long = World {
        flow,
        ..World::default()
    }
    .asked();
    assert!(long.groups[0].ends_with(" tenant"), "{:?}", long.groups);
    let agreed = World {
        flow,
        idc: ", agreed: { mtu: 4000 }",
        ..World::default()
    }
    .asked();
    assert!(agreed.groups[0].ends_with(" partner"), "{:?}", agreed.groups);
}

#[test]
fn an_agreed_tag_decides_between_a_port_and_who_sends_to_it() {
    let raw = "  - { name: tagged, from: dc, to: vpc/web, kind: raw, tags: [{ vid: 60 }], dst_mac: 02:00:00:00:00:09, ethertype: 0x0800, interval: 100ms, start: 5s, count: 20 }";
    let own = World {
        idc: ", tag: 50",
        flows: raw,
        ..World::default()
    }
    .asked();
    assert!(own.groups[0].ends_with(" tenant"), "{:?}", own.groups);
    let port = World {
        idc: ", tag: 50, agreed: { tag: 60 }",
        flows: raw,
        ..World::default()
    }
    .asked();
    assert!(port.groups[0].ends_with(" partner"), "{:?}", port.groups);
    assert!(port.what[0].contains("tag 60 was agreed"), "{:?}", port.what);
}

#[test]
fn a_port_that_admits_the_old_router_and_a_new_one_contradict_each_other_unless_something_was_agreed() {
    let faults = "{ at: 8s, swap_router: dc, mac: \"02:aa:00:00:00:02\" }";
    let old = ", mac: \"02:aa:00:00:00:01\", bind_mac: true";
    let free = World {
        faults,
        idc: ", mac: \"02:aa:00:00:00:01\"",
        ..World::default()
    }
    .asked();
    assert_eq!(free.groups, [""; 0], "a router that nobody locks out is heard at once");
    let swapped = World {
        faults,
        idc: old,
        ..World::default()
    }
    .asked();
    assert_eq!(swapped.verdict, Verdict::Inconc, "{}", swapped.text);
    assert!(
        swapped.text.contains("two records contradict each other"),
        "{}",
        swapped.text
    );
    assert!(
        swapped.groups[0].ends_with(" either of partner or tenant"),
        "{:?}",
        swapped.groups
    );
    assert!(
        swapped
            .what
            .iter()
            .any(|what| what.contains("ap admits 02:aa:00:00:00:01 alone")),
        "{:?}",
        swapped.what
    );
    let with = |agreed: &str| {
        let idc = format!("{old}, agreed: {{ mac: \"{agreed}\" }}");
        World {
            faults,
            idc: &idc,
            ..World::default()
        }
        .asked()
        .groups
    };
    assert!(
        with("02:aa:00:00:00:01")[0].ends_with(" tenant"),
        "the old one was agreed"
    );
    assert!(
        with("02:aa:00:00:00:02")[0].ends_with(" partner"),
        "the new one was agreed"
    );
    // From the start.
    let bound = ", mac: \"02:aa:00:00:00:01\", bind_mac: \"02:aa:00:00:00:09\"";
    let start = World {
        idc: bound,
        ..World::default()
    }
    .asked();
    assert_eq!(
        (start.verdict, start.groups.len()),
        (Verdict::Inconc, 1),
        "{:?}",
        start.groups
    );
    assert!(start.groups[0].starts_with("100 either of"), "{:?}", start.groups);
}

#[test]
fn a_lock_blames_whoever_owes_and_a_policy_says_what_it_does() {
    let lock = |what: &str, status: &str, more: &str| {
        format!(
            "  - {{ at: 8s, by: cloud, do: Simulator.SetBusinessStatus{more}, with: {{ InstanceId: {what}, BusinessStatus: {status} }} }}"
        )
    };
    let financial = lock("port", "FinancialLocked", "");
    let by_tenant = World {
        calls: &financial,
        ..World::default()
    };
    assert_eq!(by_tenant.asked().groups, ["70 tenant"]);
    assert!(
        by_tenant
            .asked()
            .text
            .contains("assumed: a lock stops frames at once (policy lock_effect)")
    );
    let by_partner = World {
        payer: "PayByPhysicalConnectionOwner",
        ..by_tenant
    };
    assert_eq!(by_partner.asked().groups, ["70 partner"]);
    let circuit = lock("c", "FinancialLocked", "");
    assert_eq!(
        World {
            calls: &circuit,
            ..World::default()
        }
        .asked()
        .groups,
        ["70 partner"]
    );
    let security = lock("port", "SecurityLocked", "");
    assert_eq!(
        World {
            calls: &security,
            ..World::default()
        }
        .asked()
        .groups,
        ["70 not attributable"]
    );
    let because = lock("port", "SecurityLocked", ", because_of: telecom");
    assert_eq!(
        World {
            calls: &because,
            ..World::default()
        }
        .asked()
        .groups,
        ["70 partner"]
    );
    let none = World {
        top: "policies: { lock_effect: none }",
        ..by_tenant
    }
    .asked();
    assert_eq!(none.groups, [""; 0]);
    let after = World {
        top: "policies: { lock_effect: after(3s) }",
        ..by_tenant
    }
    .asked();
    assert_eq!(after.groups, ["40 tenant"]);
    assert!(after.text.contains("once it has lasted 3s"), "{}", after.text);
}

#[test]
fn what_a_conversion_takes_away_is_nobodys() {
    let text = |policy: &str, bandwidth: &str| {
        let world = World {
            flow: "rate: 2040M, size: 1500",
            start: "11s",
            ..World::default()
        };
        let text = world.text();
        let (from, to) = (
            text.find("  - { at: 0s").expect("a sale"),
            text.find("traffic:").expect("traffic"),
        );
        let calls = format!(
            "  - {{ at: 0s, by: telecom, do: CreateVirtualBorderRouter, as: vbr, with: {{ PhysicalConnectionId: c, VbrOwnerId: acme, VlanId: 101{bandwidth} }} }}
  - {{ at: 1s, by: acme, do: Simulator.ConfirmVirtualBorderRouter, with: {{ VbrId: vbr }} }}
  - {{ at: 1s, by: acme, do: ModifyVirtualBorderRouterAttribute, with: {{ VbrId: vbr, LocalGatewayIp: 10.255.1.1, PeerGatewayIp: 10.255.1.2, PeeringSubnetMask: 255.255.255.252 }} }}
  - {{ at: 2s, by: acme, do: CreateRouteEntry, with: {{ RouteTableId: vbr, DestinationCidrBlock: 172.16.1.0/24, NextHopType: PhysicalConnection }} }}
  - {{ at: 2s, by: acme, do: CreateTransitRouterVbrAttachment, with: {{ VbrId: vbr }} }}
  - {{ at: 8s, by: telecom, do: CreateVpconnFromVbr, as: port, with: {{ VbrId: vbr, OrderMode: PayByVirtualPhysicalConnectionOwner }} }}
  - {{ at: 9s, by: acme, do: ConfirmPhysicalConnection, with: {{ PhysicalConnectionId: port }} }}
  - {{ at: 10s, by: telecom, do: AttachVbrToVpconn, with: {{ VbrId: vbr, VpconnId: port }} }}
"
        );
        let text = format!("{}{calls}{}", &text[..from], &text[to..]);
        text.replace(
            "duration: 20s\n",
            &format!("duration: 20s\npolicies: {{ {policy}, policer_burst: 1ms }}\n"),
        )
        .replace("lan: 172", "last_mile: { rate: 10G, queue: 100MB }, lan: 172")
        .replace("stop: 15s", "stop: 11100ms")
    };
    let own = ", Bandwidth: 2048";
    let rounded = asked(&text("convert_spec: round_down", own));
    assert_eq!(rounded.groups.len(), 1, "{:?}", rounded.groups);
    assert!(
        rounded.groups[0].ends_with("nobody: the contract allows it"),
        "{:?}",
        rounded.groups
    );
    assert!(
        rounded.what[0].contains("(policy convert_spec: round_down)"),
        "{:?}",
        rounded.what
    );
    assert!(
        rounded
            .text
            .contains("takes the next spec below when it is converted (policy convert_spec)"),
        "{}",
        rounded.text
    );
    for policy in ["convert_spec: keep_exact", "convert_spec: round_up"] {
        assert_eq!(asked(&text(policy, own)).groups, [""; 0], "{policy}");
    }
    // None of its own: the spec that a policy names is no more the tenant's choice.
    let bare = asked(&text("converted_spec: 1G", ""));
    assert!(
        bare.groups[0].ends_with("nobody: the contract allows it"),
        "{:?}",
        bare.groups
    );
    assert!(bare.what[0].contains("(policy converted_spec: 1G)"), "{:?}", bare.what);
}
