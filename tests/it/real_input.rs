//! Real captures and topologies through the whole product: loaded, run, judged.
//!
//! The inputs are not part of the package: where their folder is absent, a test says so and skips.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use trunklab::check::{Case, Standing, Verdict, judge};
use trunklab::engine::run;
use trunklab::evidence::NoObserver;
use trunklab::ident::{Fate, FlowId, NodeId, StationId, TenantId};
use trunklab::provision::Defaults;
use trunklab::record::Record;
use trunklab::scenario::{Plan, SourceError, Sources, load_text};
use trunklab::units::SimDuration;

use crate::shared_inputs;

/// The package's files, and real inputs by their last name from the shared folder.
struct Inputs;

const REAL: [(&str, &str); 3] = [
    ("gre-aruba.pcap", "captures/zeek__gre-aruba.pcap"),
    ("vlan-collisions.pcap", "captures/zeek__vlan-collisions.pcap"),
    ("Chinanet.graphml", "topologies/Chinanet.graphml"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn path_of(path: &str) -> PathBuf {
    match REAL.iter().find(|(name, _)| path.ends_with(name)) {
        Some((_, real)) => shared_inputs::path(real),
        None => root().join(path),
    }
}

impl Sources for Inputs {
    fn read(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        std::fs::read(path_of(path)).map_err(|e| SourceError::Io(e.to_string()))
    }
}

/// Is the input there? Where it has to be and is not, that is a failure.
fn there(name: &str) -> bool {
    let (_, real) = REAL.iter().find(|(known, _)| *known == name).expect("a real input");
    shared_inputs::read(real).is_some()
}

fn example(name: &str) -> String {
    std::fs::read_to_string(root().join("docs/examples").join(name)).unwrap()
}

fn plan_of(text: String) -> Plan {
    let refused = |r: trunklab::scenario::Refused| -> Plan {
        panic!("{}", r.errors.iter().map(|e| format!("{e}\n")).collect::<String>())
    };
    load_text("docs/examples/x.yaml", text, &Inputs).map_or_else(refused, |l| l.plan)
}

/// Runs and judges; every line is as expected.
fn conforms(plan: &Plan) -> Record {
    let (run, _) = run(plan, Defaults, NoObserver).unwrap();
    let judgement = judge(&Case { plan, record: &run });
    let lines: String = judgement
        .lines
        .iter()
        .map(|l| {
            format!(
                "{:?} {} {}: {}\n{:#?}\n",
                l.verdict, l.check, l.subject, l.finding, l.details
            )
        })
        .collect();
    assert_eq!(judgement.standing(true), Standing::Conforms, "{lines}");
    run
}

fn tenant(plan: &Plan, name: &str) -> TenantId {
    TenantId::of(plan.tenants.iter().position(|t| t.name == name).unwrap())
}

/// Where the frames of a tenant's flows ended, copies too: (station, fate) and how many.
fn ledger(plan: &Plan, run: &Record, name: &str) -> BTreeMap<(String, &'static str), u64> {
    let whose = tenant(plan, name);
    let mut sums = BTreeMap::new();
    for (key, count) in run.evidence.cells() {
        if key.tenant == whose && key.of_flow {
            *sums.entry((station(plan, key.station), key.fate.as_str())).or_default() += count.frames;
        }
    }
    sums
}

fn station(plan: &Plan, station: StationId) -> String {
    match (station.as_node(), station.as_link()) {
        (Some(node), _) => plan.nodes[node.index()].name.clone(),
        (_, Some(link)) => plan.links[link.index()].name.clone(),
        _ => panic!("nowhere"),
    }
}

fn drop(place: &str, why: &'static str, frames: u64) -> (String, &'static str, u64) {
    (place.to_owned(), why, frames)
}

/// The part of the ledger that did not arrive.
fn dropped(plan: &Plan, run: &Record, name: &str) -> Vec<(String, &'static str, u64)> {
    let good = [Fate::Delivered.as_str(), Fate::Consumed.as_str()];
    ledger(plan, run, name)
        .into_iter()
        .filter(|((_, fate), _)| !good.contains(fate))
        .map(|((place, fate), n)| (place, fate, n))
        .collect()
}

#[test]
fn real_frames_of_four_tenants_are_accounted_for_whatever_becomes_of_their_tags() {
    if !there("gre-aruba.pcap") {
        return;
    }
    let plan = plan_of(example("replay-capture.yaml"));
    let run = conforms(&plan);
    // A second tag is nothing that the cloud's sub-interface takes; the rest is for another station.
    assert_eq!(dropped(&plan, &run, "tunnel"), [drop("dev-sh-a", "second_tag", 2407)]);
    for name in ["trunk", "access", "retag"] {
        let vbr = format!("{name}-vbr");
        assert_eq!(dropped(&plan, &run, name), [drop(&vbr, "not_for_me", 2407)], "{name}");
    }
    assert_eq!(dropped(&plan, &run, "globex"), []);
    for tenant in 0..plan.tenants.len() {
        assert!(run.evidence.tenant(TenantId::of(tenant)).balances());
    }
}

#[test]
fn real_frames_that_an_operator_sends_into_a_neighbours_vlan_are_a_leak() {
    if !there("gre-aruba.pcap") {
        return;
    }
    let fault = "\nfaults:\n  - { at: 30s, misconnect: ap-east, tenant: trunk, vlan_id: 305 }\n";
    let plan = plan_of(example("replay-capture.yaml") + fault);
    let (run, _) = run(&plan, Defaults, NoObserver).unwrap();
    let judgement = judge(&Case {
        plan: &plan,
        record: &run,
    });
    let isolation = judgement.lines.iter().find(|l| l.check == "isolation").unwrap();
    assert_eq!(isolation.verdict, Verdict::Fail, "{}", isolation.finding);
    let leaked: u64 = dropped(&plan, &run, "trunk")
        .iter()
        .filter(|(place, ..)| place == "globex-vbr")
        .map(|(.., frames)| frames)
        .sum();
    assert!(leaked > 500, "{leaked} real frames at globex's VBR");
}

#[test]
fn a_tag_of_another_service_on_a_trunk_ends_at_the_port_and_nowhere_else() {
    if !there("gre-aruba.pcap") {
        return;
    }
    // The tenant `trunk` has 299 on its port, and its frames say 300.
    let plan = plan_of(example("replay-capture.yaml").replace("tag: 300", "tag: 299"));
    let run = conforms(&plan);
    assert_eq!(dropped(&plan, &run, "trunk"), [drop("ap-east", "unknown_vid", 2407)]);
}

#[test]
fn one_session_in_three_stacks_is_kept_apart_as_three_tenants() {
    if !there("vlan-collisions.pcap") {
        return;
    }
    let text = example("colliding-stacks.yaml");
    let plan = plan_of(text.clone());
    let run = conforms(&plan);
    // Both stations of the session are behind the customer's port: only the first frame, to an
    // address not yet heard, floods.
    let home = drop("ap-east", "port_loopback_filter", 13);
    let flooded = |place: &str, why| vec![home.clone(), drop(place, why, 1)];
    assert_eq!(dropped(&plan, &run, "plain"), flooded("plain-vbr", "not_for_me"));
    assert_eq!(dropped(&plan, &run, "single"), flooded("single-vbr", "not_for_me"));
    assert_eq!(dropped(&plan, &run, "double"), flooded("dev-sh-a", "second_tag"));
    // Learning is independent: each fares as it does with nobody beside it.
    for name in ["plain", "single", "double"] {
        let others = |line: &str| line.contains("-replay") && !line.contains(&format!("{name}-replay"));
        let alone: String = text.lines().filter(|l| !others(l)).map(|l| format!("{l}\n")).collect();
        let plan = plan_of(alone);
        let by_itself = conforms(&plan);
        assert_eq!(ledger(&plan, &by_itself, name), ledger(&plan, &run, name), "{name}");
    }
}

#[test]
fn a_real_frame_over_the_mtu_of_a_circuit_is_dropped_for_that_and_the_rest_passes() {
    if !there("vlan-collisions.pcap") {
        return;
    }
    let text = example("colliding-stacks.yaml")
        .replace("service: bridged, mac_limit: 16", "service: cross-connect")
        .replace("rate: 10G, delay: 2ms", "rate: 10G, delay: 2ms, mtu: 1400");
    let plan = plan_of(text);
    let run = conforms(&plan);
    let long = drop("ap-east", "mtu_exceeded", 3);
    for (name, place, why) in [
        ("plain", "plain-vbr", "not_for_me"),
        ("single", "single-vbr", "not_for_me"),
        ("double", "dev-sh-a", "second_tag"),
    ] {
        assert_eq!(
            dropped(&plan, &run, name),
            [long.clone(), drop(place, why, 11)],
            "{name}"
        );
    }
}

#[test]
fn two_hundred_tenants_of_a_real_backbone_reach_their_circuits_at_two_access_points() {
    if !there("Chinanet.graphml") {
        return;
    }
    let plan = plan_of(example("chinanet-backbone.yaml"));
    let run = conforms(&plan);
    let mut measured = Vec::new();
    for (i, flow) in plan.flows.iter().enumerate() {
        let account = run.evidence.flow(FlowId::of(i)).unwrap();
        assert_eq!(
            (account.forward.lost(), account.answers.lost()),
            (0, 0),
            "{}",
            flow.name
        );
        let passage = &account.forward;
        let delay = passage
            .last_arrival
            .unwrap()
            .saturating_since(passage.last_sent.unwrap());
        let light = propagation(&plan, flow.from, flow.to);
        // What is above propagation is serialisation, and waiting for others' frames.
        let above = delay.as_nanos().checked_sub(light.as_nanos());
        assert!(
            above.is_some_and(|ns| ns < 500_000),
            "{}: {delay}, light needs {light}",
            flow.name
        );
        measured.push((
            light.as_nanos() / 1000,
            flow.name.clone(),
            plan.nodes[uplink(&plan, flow.from).index()].name.clone(),
        ));
    }
    measured.sort();
    assert_eq!(measured.len(), 200);
    let (shortest, longest) = (measured.first().unwrap(), measured.last().unwrap());
    assert_eq!((shortest.0, shortest.2.as_str()), (1600, "chinanet/Shanghai"));
    assert_eq!((longest.0, longest.2.as_str()), (23669, "chinanet/Kashi"));
}

/// The node at the far end of the only link of `node`.
fn uplink(plan: &Plan, node: NodeId) -> NodeId {
    let link = plan.links.iter().find(|l| l.a.0 == node || l.b.0 == node).unwrap();
    if link.a.0 == node { link.b.0 } else { link.a.0 }
}

/// The least propagation delay between two nodes, by relaxing every link until nothing changes.
fn propagation(plan: &Plan, from: NodeId, to: NodeId) -> SimDuration {
    let mut best = vec![None; plan.nodes.len()];
    best[from.index()] = Some(SimDuration::ZERO);
    let mut changed = true;
    while changed {
        changed = false;
        for link in &plan.links {
            for (a, b) in [(link.a.0, link.b.0), (link.b.0, link.a.0)] {
                let Some(here) = best[a.index()] else { continue };
                let there = here.saturating_add(link.config.delay);
                if best[b.index()].is_none_or(|known| there < known) {
                    best[b.index()] = Some(there);
                    changed = true;
                }
            }
        }
    }
    best[to.index()].expect("there is a way")
}

#[test]
fn every_example_names_where_its_input_comes_from_and_under_which_licence() {
    let mut seen = 0;
    for entry in std::fs::read_dir(root().join("docs/examples")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let head = text
            .lines()
            .take_while(|l| l.starts_with('#'))
            .map(|l| l[1..].trim())
            .collect::<Vec<_>>()
            .join(" ");
        assert!(head.contains("Get it from http"), "{head}");
        assert!(head.contains("BSD licence") || head.contains("CC BY 4.0"), "{head}");
        seen += 1;
    }
    assert_eq!(seen, REAL.len());
}
