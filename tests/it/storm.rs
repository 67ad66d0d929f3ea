//! Loops between switches: warned of, ended, told with their links, and held against healthy twins.

use trunklab::check::{Case, Judgement, Line, Verdict, judge};
use trunklab::control::Drawn;
use trunklab::engine::run;
use trunklab::evidence::NoObserver;
use trunklab::record::Record;
use trunklab::scenario::{Code, Loaded, MemorySources, load_text};
use trunklab::units::SimTime;

/// Bridged switches `s0` to `s{n-1}`, the circuit at the first, the data centre at the last; `links`
/// are written as they are.
fn world(switches: usize, links: &str, more: &str) -> Loaded {
    world_that(switches, links, more, "")
}

/// The same with more that is expected.
fn world_that(switches: usize, links: &str, more: &str, expect: &str) -> Loaded {
    let points: Vec<String> = (0..switches)
        .map(|i| format!("  - {{ name: s{i}, service: bridged }}\n"))
        .collect();
    let text = format!(
        "trunklab: 1
name: loop
seed: 5
duration: 8s
accounts:
  - {{ name: carrier, uid: 1, role: partner }}
  - {{ name: ant, uid: 2, outbound_billing: true }}
access_points:
{}links:
{links}access_devices:
  - {{ name: edge, region: r }}
circuits:
  - {{ name: c1, a: s0, b: edge }}
idcs:
  - {{ name: ant-dc, tenant: ant, attach: s{}, circuit: c1, vlan_id: 101, address: 10.1.0.2/30, lan: 172.16.1.0/24 }}
vpcs:
  - {{ name: ant-vpc, tenant: ant, region: r, cidr: 192.168.1.0/24, endpoints: [{{ name: web, address: 192.168.1.10 }}] }}
provisioning:
  - {{ at: 0s, by: carrier, do: CreateVirtualPhysicalConnection, as: ant-port, with: {{ PhysicalConnectionId: c1, VpconnAliUid: ant, VlanId: 101, Spec: 100M, OrderMode: PayByVirtualPhysicalConnectionOwner }} }}
  - {{ at: 1s, by: ant, do: ConfirmPhysicalConnection, with: {{ PhysicalConnectionId: ant-port }} }}
  - {{ at: 2s, by: ant, do: CreateVirtualBorderRouter, as: ant-vbr, with: {{ PhysicalConnectionId: ant-port, LocalGatewayIp: 10.1.0.1, PeerGatewayIp: 10.1.0.2, PeeringSubnetMask: 255.255.255.252 }} }}
  - {{ at: 2100ms, by: ant, do: CreateRouteEntry, with: {{ RouteTableId: ant-vbr, DestinationCidrBlock: 172.16.1.0/24, NextHopType: PhysicalConnection }} }}
  - {{ at: 2100ms, by: ant, do: CreateTransitRouterVbrAttachment, as: ant-att, with: {{ VbrId: ant-vbr }} }}
traffic:
  - {{ name: web, from: ant-dc, to: ant-vpc/web, interval: 20ms, start: 4s, stop: 7s }}
{more}expect:
  - {{ check: reachability, flow: web }}
{expect}",
        points.concat(),
        switches - 1,
    );
    load_text("test.yaml", text, &MemorySources::new()).unwrap_or_else(|refused| panic!("{:?}", refused.errors))
}

fn judged(loaded: &Loaded) -> (Record, Judgement) {
    let plan = &loaded.plan;
    let (record, NoObserver) = run(plan, Drawn::new(plan.seed), NoObserver).expect("a plan can be run");
    let judgement = judge(&Case { plan, record: &record });
    (record, judgement)
}

fn line<'a>(judgement: &'a Judgement, check: &str) -> &'a Line {
    judgement
        .lines
        .iter()
        .find(|line| line.check == check)
        .expect("it is judged")
}

fn warned(loaded: &Loaded) -> Vec<String> {
    let loops = loaded.warnings.iter().filter(|warning| warning.code == Code::Loop);
    loops.map(ToString::to_string).collect()
}

const RING: &str = "  - { name: r0, a: s0, b: s1, unpruned: true }
  - { name: r1, a: s1, b: s2, unpruned: true }
  - { name: r2, a: s2, b: s3, unpruned: true }
  - { name: r3, a: s3, b: s0, unpruned: true, delay: 200ms }
";

fn parallel(trunks: usize) -> String {
    (0..trunks)
        .map(|i| format!("  - {{ name: t{i}, a: s0, b: s1, unpruned: true }}\n"))
        .collect()
}

#[test]
fn a_loop_is_warned_of_fails_and_names_its_links_and_what_closed_it() {
    for (loaded, links) in [
        (world(2, &parallel(2), ""), ["t0", "t1"]),
        (world(4, RING, ""), ["r0", "r3"]),
    ] {
        let warned = warned(&loaded);
        assert_eq!(warned.len(), 1, "{warned:?}");
        let (record, judgement) = judged(&loaded);
        let storm = line(&judgement, "storm");
        assert_eq!(storm.verdict, Verdict::Fail, "{}", storm.finding);
        for link in links {
            assert!(warned[0].contains(link), "{warned:?}");
            assert!(storm.finding.contains(link), "{}", storm.finding);
        }
        assert!(storm.finding.contains("of ant"), "{}", storm.finding);
        assert!(
            storm.details[0].starts_with("closed from the start"),
            "{:?}",
            storm.details
        );
        let conservation = line(&judgement, "conservation");
        assert_eq!(conservation.verdict, Verdict::Fail, "{}", conservation.finding);
        assert!(
            conservation.finding.contains("went in circles"),
            "{}",
            conservation.finding
        );
        assert_eq!(line(&judgement, "reachability").verdict, Verdict::Fail);
        assert!(
            record.storm.dropped > 0 && record.stats.held == 0,
            "nothing hides behind under way"
        );
    }
}

#[test]
fn what_doubles_at_every_switch_ends_too() {
    let loaded = world(2, &parallel(5), "");
    let (record, judgement) = judged(&loaded);
    assert_eq!(line(&judgement, "storm").verdict, Verdict::Fail);
    assert!(record.stats.hops < 60_000_000, "{} hops", record.stats.hops);
}

#[test]
fn a_loop_that_a_fault_closes_is_not_warned_of_and_is_told_with_the_fault() {
    let cut = "faults:\n  - { at: 0s, cut: t1 }\n  - { at: 1500ms, restore: t1 }\n";
    let (record, judgement) = judged(&world(2, &parallel(2), cut));
    let storm = line(&judgement, "storm");
    assert_eq!(storm.verdict, Verdict::Fail, "{}", storm.finding);
    assert!(
        storm
            .details
            .iter()
            .any(|d| **d == *"closed by what was done to t1 at 1.5s"),
        "{:?}",
        storm.details
    );
    assert!(
        record.storm.first >= Some(SimTime::from_millis(1500)),
        "{:?}",
        record.storm.first
    );
}

/// A loop that frames have arrived by before it closed, and in spite of it: what arrives is told with how
/// often it came, and neither the books nor the reach pass.
#[test]
fn what_a_storm_delivers_again_is_counted_for_its_flow() {
    let late = "faults:\n  - { at: 0s, cut: t1 }\n  - { at: 5s, restore: t1 }\n";
    for (direction, flow) in [
        (
            "up",
            "  - { name: more, from: ant-dc, to: ant-vpc/web, interval: 20ms, start: 4s, stop: 7s, answered: false }\n",
        ),
        (
            "down",
            "  - { name: more, from: ant-vpc/web, to: ant-dc, interval: 20ms, start: 4s, stop: 7s, answered: false }\n",
        ),
    ] {
        let shout =
            "  - { name: shout, from: ant-dc, to: ant-vpc/web, kind: raw, interval: 1s, start: 6s, count: 1 }\n";
        let text = format!("{flow}{shout}{late}");
        let loaded = world(2, &parallel(2), &text);
        let (record, judgement) = judged(&loaded);
        let id = loaded.plan.flows.iter().position(|f| f.name == "more").expect("a flow");
        let account = record
            .evidence
            .flow(trunklab::ident::FlowId::of(id))
            .expect("it was sent");
        assert!(account.forward.arrived.frames > 0, "{direction}");
        assert!(
            account.forward.arrived_once() <= account.forward.sent.frames,
            "{direction}"
        );
        for check in ["storm", "conservation", "reachability"] {
            let line = line(&judgement, check);
            assert_eq!(line.verdict, Verdict::Fail, "{direction}: {}", line.finding);
        }
        let healthy = world(
            2,
            &parallel(2),
            &format!("{flow}{shout}faults:\n  - {{ at: 0s, cut: t1 }}\n"),
        );
        let (_, judgement) = judged(&healthy);
        for check in ["storm", "conservation", "reachability"] {
            let line = line(&judgement, check);
            assert_eq!(line.verdict, Verdict::Pass, "{direction}: {}", line.finding);
        }
    }
}

/// Copies that a link makes are counted for their flow, and the books balance all the same.
#[test]
fn what_a_link_doubles_is_counted_and_is_no_storm() {
    let doubled =
        "faults:\n  - { at: 5s, duplicate: c1, share: \"100%\" }\n  - { at: 5100ms, duplicate: c1, share: \"0%\" }\n";
    let links = "  - { name: t0, a: s0, b: s1 }\n";
    let (record, judgement) = judged(&world(2, links, doubled));
    let account = record
        .evidence
        .flow(trunklab::ident::FlowId::of(0))
        .expect("it was sent");
    // Of five frames two copies came and were answered, and each of these answers came twice.
    assert_eq!((account.forward.duplicated, account.answers.duplicated), (5, 15));
    let conservation = line(&judgement, "conservation");
    assert_eq!(conservation.verdict, Verdict::Pass, "{}", conservation.finding);
    assert!(
        conservation.finding.contains("20 frames delivered more than once"),
        "{}",
        conservation.finding
    );
    let told = conservation
        .details
        .iter()
        .any(|d| d.contains("web: 5 frames delivered more than once, 15 frames"));
    assert!(told, "{:?}", conservation.details);
}

/// What is said of addresses that move to and fro, with their lines.
fn to_and_fro(judgement: &Judgement) -> (String, Vec<String>) {
    let storm = line(judgement, "storm");
    let moved = storm
        .details
        .iter()
        .map(ToString::to_string)
        .filter(|d| d.contains(" moved "));
    (storm.finding.clone(), moved.collect())
}

#[test]
fn an_address_that_a_loop_or_a_forger_moves_to_and_fro_is_told_with_its_ports() {
    let (_, judgement) = judged(&world(2, &parallel(2), ""));
    let (finding, told) = to_and_fro(&judgement);
    assert!(finding.contains("moved to and fro"), "{finding}");
    assert!(
        told.iter().any(|t| t.contains("t0 and t1") && t.contains("VLAN 101")),
        "{told:?}"
    );

    // A station in the data centre sends under the router's address while the router answers.
    let links = "  - { name: t0, a: s0, b: s1 }\n";
    let healthy = world(2, links, "");
    let router = healthy.plan.nodes.iter().find_map(|node| match &node.kind {
        trunklab::scenario::plan::NodeKind::Vbr(config) => Some(config.mac),
        _ => None,
    });
    let mac = router.expect("a router");
    let forger = format!(
        "  - {{ name: forger, from: ant-dc, to: ant-vpc/web, kind: raw, src_mac: \"{mac}\", dst_mac: \"02:00:00:00:00:99\", interval: 20ms, start: 5s, stop: 6s }}\n  - {{ name: down, from: ant-vpc/web, to: ant-dc, interval: 20ms, answered: false, start: 4s, stop: 7s }}\n"
    );
    let ask = "  - { check: continuity, flow: web, lost_max: 1000 }\n";
    let loaded = world_that(2, links, &forger, ask);
    let (_, judgement) = judged(&loaded);
    let (finding, told) = to_and_fro(&judgement);
    assert!(finding.contains("2 addresses moved to and fro"), "{finding}");
    assert!(
        told.iter().all(|t| t.contains(&mac.to_string()) && t.contains("t0")),
        "{told:?}"
    );
    let continuity = line(&judgement, "continuity");
    assert!(
        continuity.finding.contains("begins to move to and fro at s"),
        "{}",
        continuity.finding
    );
}

#[test]
fn a_path_that_fails_over_and_stations_that_stay_move_nothing_to_and_fro() {
    let over = "faults:\n  - { at: 0s, cut: t1 }\n  - { at: 5s, cut: t0 }\n  - { at: 5s, restore: t1 }\n";
    let back = format!("{over}  - {{ at: 6s, cut: t1 }}\n  - {{ at: 6s, restore: t0 }}\n");
    for faults in [over, &back] {
        let (_, judgement) = judged(&world(2, &parallel(2), faults));
        let (finding, told) = to_and_fro(&judgement);
        assert_eq!(line(&judgement, "storm").verdict, Verdict::Pass, "{finding}");
        assert!(!finding.contains("to and fro") && told.is_empty(), "{finding} {told:?}");
    }
    let (record, _) = judged(&world(
        4,
        RING.rsplit_once("  - { name: r3").expect("the last link").0,
        "",
    ));
    assert_eq!(record.evidence.moves().all().count(), 0);
}

#[test]
fn without_a_loop_nothing_is_warned_of_and_the_way_is_told() {
    let line_of_four = RING.rsplit_once("  - { name: r3").expect("the last link").0;
    let pruned = RING.replace(", b: s0, unpruned: true, delay", ", b: s0, allowed_vids: [4000], delay");
    for links in [line_of_four, &pruned] {
        let loaded = world(4, links, "");
        assert_eq!(warned(&loaded), Vec::<String>::new());
        let (record, judgement) = judged(&loaded);
        let storm = line(&judgement, "storm");
        assert_eq!(storm.verdict, Verdict::Pass, "{}", storm.finding);
        // Data centre to s3, s3 to s0 over three trunks, circuit, access device to VBR.
        assert_eq!((record.storm.longest, record.storm.rounds), (6, 0));
        assert_eq!(line(&judgement, "reachability").verdict, Verdict::Pass);
    }
}
