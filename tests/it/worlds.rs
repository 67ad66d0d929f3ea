//! Odd worlds, and what an engineer expects of them.

use trunklab::check::{Case, Judgement, Line, Verdict, all_losses};
use trunklab::engine::run;
use trunklab::evidence::{NoObserver, Passage};
use trunklab::ident::FlowId;
use trunklab::provision::Defaults;
use trunklab::provision::money::BillRow;
use trunklab::record::Record;
use trunklab::scenario::{Loaded, MemorySources, Plan, load_text};
use trunklab::why::{Whom, judged};

/// One tenant on one circuit; the empty places are filled per test.
#[derive(Default, Clone, Copy)]
struct World<'a> {
    duration: &'a str,
    /// Whole lines at the top.
    top: &'a str,
    access_point: &'a str,
    idc: &'a str,
    vlan: u16,
    steps: &'a str,
    flows: &'a str,
    faults: &'a str,
    expect: &'a str,
}

impl World<'_> {
    fn text(&self) -> String {
        let Self {
            duration,
            top,
            access_point,
            idc,
            vlan,
            steps,
            flows,
            faults,
            expect,
        } = self;
        let list = |key: &str, items: &str| match items.trim() {
            "" => String::new(),
            items => format!(
                "{key}:\n{}",
                items.lines().map(|l| format!("  - {}\n", l.trim())).collect::<String>()
            ),
        };
        let steps = format!(
            "{{ at: 0s, by: telecom, do: CreateVirtualPhysicalConnection, as: port, with: {{ PhysicalConnectionId: circuit, VpconnAliUid: acme, VlanId: {vlan}, Spec: 100M, OrderMode: PayByVirtualPhysicalConnectionOwner }} }}
            {{ at: 1s, by: acme, do: ConfirmPhysicalConnection, with: {{ PhysicalConnectionId: port }} }}
            {{ at: 1s, by: acme, do: CreateVirtualBorderRouter, as: vbr, with: {{ PhysicalConnectionId: port, LocalGatewayIp: 10.255.1.1, PeerGatewayIp: 10.255.1.2, PeeringSubnetMask: 255.255.255.252 }} }}
            {{ at: 1s, by: acme, do: CreateRouteEntry, with: {{ RouteTableId: vbr, DestinationCidrBlock: 172.16.1.0/24, NextHopType: PhysicalConnection }} }}
            {{ at: 1s, by: acme, do: CreateTransitRouterVbrAttachment, with: {{ VbrId: vbr }} }}\n{steps}"
        );
        format!(
            "trunklab: 1\nname: odd\nduration: {duration}\n{top}\naccounts:
  - {{ name: telecom, uid: 1, role: partner }}
  - {{ name: acme, uid: 2, outbound_billing: true }}
access_points: [{{ name: ap{access_point} }}]
access_devices: [{{ name: dev, region: r }}]
circuits: [{{ name: circuit, a: ap, b: dev, delay: 2ms }}]
idcs: [{{ name: dc, tenant: acme, attach: ap, circuit: circuit, vlan_id: {vlan}, address: 10.255.1.2/30, lan: 172.16.1.0/24{idc} }}]
vpcs: [{{ name: vpc, tenant: acme, region: r, cidr: 192.168.1.0/24, endpoints: [{{ name: web, address: 192.168.1.10 }}] }}]
{}{}{}{}",
            list("provisioning", &steps),
            list("traffic", flows),
            list("faults", faults),
            list("expect", expect),
        )
    }

    fn run(&self) -> Ended {
        ended(&self.text())
    }
}

/// A world that ran to its end, every frame accounted for.
struct Ended {
    plan: Plan,
    run: Record,
    judgement: Judgement,
}

fn ended(text: &str) -> Ended {
    let loaded = load_text("w.yaml", text.to_owned(), &MemorySources::new());
    let Loaded { plan, expanded, .. } = loaded.unwrap_or_else(|r| panic!("{}\n{text}", r.errors[0]));
    let (run, _) = run(&plan, Defaults, NoObserver).unwrap_or_else(|e| panic!("{e}"));
    let (judgement, _) = judged(&expanded, &plan, &run, Whom::Expected, 1).expect("a plan can be run");
    let ended = Ended { plan, run, judgement };
    for check in ["conservation", "gating", "provisioning"] {
        assert_eq!(
            ended.line(check).verdict,
            Verdict::Pass,
            "{check}: {:?}",
            ended.line(check)
        );
    }
    ended
}

impl Ended {
    fn line(&self, check: &str) -> &Line {
        let mut lines = self.judgement.lines.iter();
        lines
            .find(|l| l.check == check)
            .unwrap_or_else(|| panic!("{check} is judged"))
    }

    /// Both ways of a flow, by its name.
    fn flow(&self, name: &str) -> (&Passage, &Passage) {
        let at = self
            .plan
            .flows
            .iter()
            .position(|f| f.name == name)
            .expect("a flow of that name");
        let account = self.run.evidence.flow(FlowId::of(at)).expect("it sent something");
        (&account.forward, &account.answers)
    }

    /// Losses of flows, or of protocols where no flow lost anything, as `frames reason place`.
    fn losses(&self) -> Vec<String> {
        let rows = all_losses(&Case {
            plan: &self.plan,
            record: &self.run,
        });
        rows.iter()
            .map(|(_, l)| {
                let of = if l.of_flow { "" } else { " (of a protocol)" };
                let (frames, reason) = (l.count.frames, l.reason.as_str());
                format!("{frames} {reason}{of} {}", l.station)
            })
            .collect()
    }

    fn billed(&self, row: BillRow) -> (u64, Option<u64>) {
        let lines = self.run.invoice(&self.plan);
        let line = lines.iter().find(|l| l.row == row).expect("the row is on the bill");
        (line.quantity, line.amount)
    }
}

const UP: &str = "{ name: up, from: dc, to: vpc/web, interval: 10ms, phase: 0s, start: 3s, stop: 6s }";
const PLAIN: World<'_> = World {
    duration: "7s",
    top: "",
    access_point: "",
    idc: "",
    vlan: 101,
    steps: "",
    flows: UP,
    faults: "",
    expect: "",
};

#[test]
fn a_routed_port_without_a_tag_the_customers_own_tag_and_a_bridged_service_carry_a_tenant_alike() {
    for world in [
        PLAIN,
        World { vlan: 0, ..PLAIN },
        World {
            idc: ", port: trunk, tag: 77",
            ..PLAIN
        },
        World {
            access_point: ", service: bridged, mac_limit: 2, mac_age: 10s",
            ..PLAIN
        },
    ] {
        let ended = world.run();
        let (there, back) = ended.flow("up");
        assert_eq!(
            (there.arrived.frames, back.arrived.frames),
            (300, 300),
            "{}",
            world.text()
        );
    }
}

#[test]
fn a_second_tag_is_dropped_at_the_access_device_and_is_the_partners() {
    let ended = World {
        idc: ", port: tunnel, tag: 77",
        expect: "{ check: attribution, tenant: acme, party: partner }",
        ..PLAIN
    }
    .run();
    assert_eq!(ended.flow("up").0.arrived.frames, 0);
    assert_eq!(ended.line("attribution").verdict, Verdict::Pass);
    let losses = ended.losses();
    assert!(
        losses.iter().any(|l| l.contains("second_tag (of a protocol) dev")),
        "{losses:?}"
    );
    assert!(
        losses.iter().any(|l| l.contains("arp") && l.ends_with(" dc")),
        "{losses:?}"
    );
}

#[test]
fn frames_that_are_duplicated_and_answered_twice_are_not_lost() {
    for kind in ["", ", kind: ping"] {
        let flow = UP.replace(" }", &format!("{kind} }}"));
        let ended = World {
            flows: &flow,
            faults: "{ at: 2s, duplicate: circuit, share: 50% }",
            ..PLAIN
        }
        .run();
        let (there, back) = ended.flow("up");
        assert_eq!((there.sent.frames, back.sent.frames), (300, 300));
        assert_eq!((there.lost(), back.lost()), (0, 0));
        assert!(there.duplicated > 100 && back.duplicated > there.duplicated);
    }
}

#[test]
fn what_a_circuit_loses_one_way_is_missing_that_way_alone() {
    let ended = World {
        faults: "{ at: 4s, cut: circuit, way: b_to_a }\n{ at: 5s, restore: circuit, way: b_to_a }",
        ..PLAIN
    }
    .run();
    let (there, back) = ended.flow("up");
    assert_eq!((there.lost(), back.lost()), (0, 100));
    assert_eq!(ended.losses()[0], "100 link_down circuit");
}

#[test]
fn an_address_that_ages_is_asked_for_again_and_no_frame_is_lost() {
    let aged = World {
        idc: ", arp: { age: 1s }",
        duration: "30s",
        flows: "{ name: up, from: dc, to: vpc/web, interval: 100ms, phase: 0s, start: 3s, stop: 29s }",
        ..PLAIN
    }
    .run();
    let (there, back) = aged.flow("up");
    assert_eq!((there.lost(), back.lost()), (0, 0));
    let gap = there.longest_gap.expect("gaps");
    assert!(
        gap.to.saturating_since(gap.from).as_nanos() > 100_000_000,
        "it waits for the answer: {gap:?}"
    );
}

#[test]
fn pings_beyond_five_hundred_a_second_and_the_bucket_are_lost_exactly() {
    let flow = "{ name: up, from: dc, to: vpc/web, kind: ping, interval: 1250us, size: 64, start: 3s, stop: 6s }";
    let ended = World { flows: flow, ..PLAIN }.run();
    let (there, back) = ended.flow("up");
    // 2,400 in three seconds; the bucket holds 500 and gains 500 a second until the last of them.
    assert_eq!((there.sent.frames, there.arrived.frames), (2400, 500 + 1499));
    assert_eq!(back.lost(), 0);
}

#[test]
fn a_flood_of_one_octet_too_much_is_dropped_and_one_octet_less_passes() {
    for (size, arrived) in [(1518, 300), (1519, 0)] {
        let flow = UP.replace(" }", &format!(", size: {size} }}"));
        let ended = World {
            flows: &flow,
            idc: ", last_mile: { mtu: 9000 }",
            ..PLAIN
        }
        .run();
        assert_eq!(ended.flow("up").0.arrived.frames, arrived);
    }
}

#[test]
fn billed_octets_differ_by_header_fcs_tag_preamble_and_gap_exactly() {
    let billed = |policy: &str| {
        let top = format!("policies: {{ {policy} }}");
        let down =
            "{ name: down, from: vpc/web, to: dc, interval: 10ms, size: 512, answered: false, start: 3s, stop: 6s }";
        let world = World {
            top: &top,
            flows: down,
            expect: "{ check: billing, tenant: acme, outbound_payer: acme }",
            ..PLAIN
        };
        world.run().billed(BillRow::OutboundDataTransfer).0
    };
    let (l3, l2, with_fcs, l1) = (
        billed("octets_billing: l3"),
        billed("octets_billing: l2"),
        billed("octets_billing: l2_fcs"),
        billed("octets_billing: l1"),
    );
    let frames = (with_fcs - l2) / 4;
    assert!(frames >= 300 && with_fcs - l2 == 4 * frames);
    assert_eq!(l1 - with_fcs, 20 * frames, "preamble 8, gap 12");
    assert_eq!(l2 - l3, (14 + 4) * frames, "header 14, tag 4");
    assert_eq!(
        billed("billing_point: vbr_egress"),
        l3,
        "nothing is dropped between the two points"
    );
}

#[test]
fn what_the_throttle_drops_is_billed_at_neither_point() {
    for point in ["vbr_egress", "circuit_egress"] {
        let top = format!("policies: {{ billing_point: {point} }}");
        let world = World {
            top: &top,
            flows: "{ name: down, from: vpc/web, to: dc, rate: 200M, size: 1518, answered: false, start: 3s, stop: 4s }",
            expect: "{ check: billing, tenant: acme, outbound_payer: acme }",
            ..PLAIN
        };
        let ended = world.run();
        let (down, _) = ended.flow("down");
        assert!(down.lost() > 7000, "{}", down.lost());
        let (octets, _) = ended.billed(BillRow::OutboundDataTransfer);
        // Packets of 1,500 octets, and a few ARP payloads.
        let beside = octets - 1500 * down.arrived.frames;
        assert!(beside < 500, "{beside} octets at {point} are of no frame that arrived");
    }
}

#[test]
fn the_port_fee_of_thirty_days_is_the_price_of_a_month_to_the_last_millionth() {
    let world = World {
        duration: "30d",
        // The fee begins with the acceptance at 1 s.
        steps: "{ at: 2592000s, by: acme, do: OpenPhysicalConnectionService }",
        top: "prices: { port_per_month: { 100M: 86.4 } }",
        flows: "{ name: up, from: dc, to: vpc/web, interval: 1s, start: 3s, count: 1 }",
        expect: "{ check: billing, tenant: acme, port_payer: acme }",
        ..PLAIN
    };
    let (nanos, amount) = world.run().billed(BillRow::PortUsage);
    assert_eq!(nanos, (30 * 86_400 - 1) * 1_000_000_000);
    // 86.40 over 2,592,000 s is 33.333 millionths a second; rounded down once.
    assert_eq!(amount, Some(86_400_000 * (30 * 86_400 - 1) / (30 * 86_400)));
}

#[test]
fn a_dry_run_changes_nothing_and_a_repeated_token_creates_nothing_twice() {
    let create = |rest: &str| {
        format!(
            "do: CreateVirtualPhysicalConnection, {rest}, with: {{ PhysicalConnectionId: circuit, VpconnAliUid: acme, VlanId: 102, Spec: 50M, OrderMode: PayByVirtualPhysicalConnectionOwner }} }}"
        )
    };
    let steps = format!(
        "{{ at: 3s, by: telecom, {}\n{{ at: 4s, by: telecom, {}\n{{ at: 5s, by: telecom, {}\n{{ at: 6s, by: telecom, {}",
        create("dry_run: true, expect_error: DRYRUN.SUCCESS"),
        create("token: once"),
        create("token: once"),
        create("token: twice, expect_error: Simulator.VlanIdInUse"),
    );
    let ended = World { steps: &steps, ..PLAIN }.run();
    let ports = ended.run.cloud.law.ports().count();
    assert_eq!(ports, 2);
}

#[test]
fn an_ipv6_address_on_a_vbr_is_refused_with_its_code() {
    let steps = "{ at: 4s, by: acme, do: ModifyVirtualBorderRouterAttribute, with: { VbrId: vbr, EnableIpv6: true } }";
    let text = World { steps, ..PLAIN }.text();
    let refused = load_text("w.yaml", text, &MemorySources::new()).expect_err("it is not modelled");
    assert_eq!(refused.errors[0].code.as_str(), "TL0406");
}

#[test]
fn the_transit_router_takes_the_second_circuit_while_the_first_fails_its_health_check() {
    let call = |i: u32, at: u32, by: &str, what: &str| {
        format!(
            "  - {{ at: {at}s, by: {by}, do: {} }}\n",
            what.replace('#', &i.to_string())
        )
    };
    let steps: String = (1..=2)
        .flat_map(|i| {
            [
                call(i, 0, "telecom", "CreateVirtualPhysicalConnection, as: port-#, with: { PhysicalConnectionId: c#, VpconnAliUid: acme, VlanId: 10#, Spec: 100M, OrderMode: PayByVirtualPhysicalConnectionOwner }"),
                call(i, 1, "acme", "ConfirmPhysicalConnection, with: { PhysicalConnectionId: port-# }"),
                call(i, 2, "acme", "CreateVirtualBorderRouter, as: vbr-#, with: { PhysicalConnectionId: port-#, LocalGatewayIp: 10.255.#.1, PeerGatewayIp: 10.255.#.2, PeeringSubnetMask: 255.255.255.252 }"),
                call(i, 3, "acme", "CreateRouteEntry, with: { RouteTableId: vbr-#, DestinationCidrBlock: 172.16.2.0/24, NextHopType: PhysicalConnection }"),
                call(i, 4, "acme", "CreateTransitRouterVbrAttachment, with: { VbrId: vbr-# }"),
                call(i, 5, "acme", "EnableCenVbrHealthCheck, with: { VbrInstanceId: vbr-#, HealthCheckInterval: 2, HealthyThreshold: 3 }"),
            ]
        })
        .collect();
    let text = format!(
        "trunklab: 1\nname: two\nduration: 70s\naccounts: [{{ name: telecom, uid: 1, role: partner }}, {{ name: acme, uid: 2, outbound_billing: true }}]
access_points: [{{ name: ap }}]
access_devices: [{{ name: dev-1, region: r }}, {{ name: dev-2, region: r }}]
circuits: [{{ name: c1, a: ap, b: dev-1 }}, {{ name: c2, a: ap, b: dev-2 }}]
idcs:
  - {{ name: dc-1, tenant: acme, attach: ap, circuit: c1, vlan_id: 101, address: 10.255.1.2/30, lan: 172.16.1.0/24 }}
  - {{ name: dc-2, tenant: acme, attach: ap, circuit: c2, vlan_id: 102, address: 10.255.2.2/30, lan: 172.16.2.0/24 }}
vpcs: [{{ name: vpc, tenant: acme, region: r, cidr: 192.168.1.0/24, endpoints: [{{ name: web, address: 192.168.1.10 }}] }}]
provisioning:\n{steps}traffic:
  - {{ name: down, from: vpc/web, to: dc-2, interval: 100ms, answered: false, start: 10s, stop: 69s }}
faults: [{{ at: 20s, cut: c1 }}, {{ at: 50s, restore: c1 }}]
expect: [{{ check: health, tenant: acme, unhealthy: [24s, 28s], healthy: [54s, 60s] }}]\n"
    );
    // Both circuits are announced for dc-2's network; only the second one leads there.
    let ended = ended(&text);
    assert_eq!(
        ended.line("health").verdict,
        Verdict::Pass,
        "{:?}",
        ended.line("health")
    );
    let (down, _) = ended.flow("down");
    let (first, last) = (down.first_arrival.expect("some"), down.last_arrival.expect("some"));
    assert!((24..29).contains(&(first.as_nanos() / 1_000_000_000)), "{first}");
    assert!((53..61).contains(&(last.as_nanos() / 1_000_000_000)), "{last}");
}
