//! Shipped scenarios, and every planted fault in one of their switches.

use std::path::Path;

use trunklab::forward::Planted;
use trunklab::prove::Snapshots;
use trunklab::scenario::Plan;
use trunklab::study::{Proof, Proven, prove_snapshot, prove_throughout};

use super::worlds::{at_end, base, load, switches};

fn shipped(path: &str) -> Plan {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    load(&std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
}

fn proof(plan: &Plan) -> Proof {
    prove_snapshot(plan, &at_end(plan)).expect("it has room")
}

#[test]
fn healthy_scenarios_are_proved_and_their_frames_do_arrive() {
    for path in [
        "scenarios/isolation/two-tenants-one-circuit.yaml",
        "scenarios/isolation/same-mac.yaml",
        "scenarios/isolation/overlapping-subnets.yaml",
        "scenarios/migration/legacy-to-shared-port.yaml",
        "scenarios/provisioning/equinix-dc11-virginia-beijing.yaml",
    ] {
        let proof = proof(&shipped(path));
        assert_eq!(proof.verdict, Proven::Proved, "{path}");
        assert!(proof.standing.carried > 0, "{path}: the positive control");
        assert!(
            !proof.nature.mixed,
            "{path}: a healthy forwarder reads nothing but its key"
        );
        assert!(proof.certificate.is_some(), "{path}");
    }
}

#[test]
fn a_switch_that_takes_a_second_tag_off_is_not_proved_and_the_reason_is_told() {
    // An S-tag leaves as an S-tag, which the next device does not read: the circuit's native VLAN is another's.
    let path = "scenarios/isolation/vlan-limit.yaml";
    assert_eq!(proof(&shipped(path)).verdict, Proven::Leaks);
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("it is shipped");
    let without = text.replace(", native_vid: 101", "");
    let told = proof(&load(&without));
    let Proven::Undecided(why) = &told.verdict else {
        panic!("{:?}", told.verdict);
    };
    assert!(why.contains("takes a second tag off"), "{why}");
    assert!(told.certificate.is_none());
}

#[test]
fn lists_and_a_default_vlan_are_in_the_tables_that_are_proved() {
    for name in ["wrong-vlan-list", "default-vlan"] {
        let proof = proof(&shipped(&format!("scenarios/isolation/{name}.yaml")));
        assert_eq!(proof.verdict, Proven::Leaks, "{name}");
    }
}

#[test]
fn an_operators_wrong_vlan_is_found_replayed_and_laid_at_its_table_entry() {
    let proof = proof(&shipped("scenarios/isolation/planted-leak.yaml"));
    assert_eq!(proof.verdict, Proven::Leaks);
    let names: Vec<_> = proof
        .leaks
        .iter()
        .map(|shown| (shown.leak.from, shown.leak.to))
        .collect();
    assert_eq!(names, [(0, 1), (1, 0)], "both ways");
    let first = &proof.leaks[0];
    assert_eq!(first.replayed.frame.len(), 60);
    assert!(
        first.hops[0].contains("ap-east") && first.hops[0].contains("service 0 of acme"),
        "{:?}",
        first.hops
    );
    assert_eq!(first.hops.len(), 2);
}

#[test]
fn a_frame_that_leaks_after_another_alone_is_replayed_with_that_one_through_the_engine() {
    let mut plan = shipped("scenarios/isolation/two-tenants-one-circuit.yaml");
    let mut all = switches(&mut plan);
    all.last_mut().expect("the access device").quirk = Some(Planted::FlowCacheTooWide);
    let proof = proof(&plan);
    assert_eq!(proof.verdict, Proven::Leaks);
    assert!(proof.nature.taught && proof.planted);
    let owner = |node: trunklab::ident::NodeId| plan.nodes[node.index()].place.only.map(|tenant| tenant.0);
    assert_eq!(proof.leaks.len(), 2, "both ways");
    for shown in &proof.leaks {
        let (leak, replayed) = (&shown.leak, &shown.replayed);
        let before = replayed.before.as_ref().expect("alone it goes where it should");
        assert_eq!(
            owner(before.from),
            Some(leak.to),
            "the other tenant's own frame opens the way"
        );
        let last = replayed.arrivals.last().expect("it arrives");
        assert_eq!(owner(last.node), Some(leak.to), "at a box of the other tenant");
        assert_eq!(
            replayed.frame[..6],
            before.frame[..6],
            "what was kept is kept by where to"
        );
        assert_eq!((replayed.frame.len(), before.frame.len()), (60, 60));
    }
}

#[test]
fn a_timeline_is_proved_until_the_step_that_breaks_it() {
    let plan = shipped("scenarios/isolation/planted-leak.yaml");
    let mut timeline = Snapshots::new(&plan).expect("a world");
    let mut heard = Vec::new();
    let proof = prove_throughout(&plan, &mut timeline, |at, _, holds| heard.push((at.as_secs(), holds))).expect("room");
    timeline.finish();
    assert_eq!(proof.verdict, Proven::Leaks);
    assert_eq!(heard.last(), Some(&(5, false)), "{heard:?}");
    assert!(heard.iter().rev().skip(1).all(|(_, holds)| *holds), "{heard:?}");
    assert!(heard.len() > 2, "provisioning changed tables before: {heard:?}");
}

/// Faults that lead no frame astray here: there is none; frames are not policed; VID 4095 comes to
/// no trunk that several tenants share, and a line of one tenant has no other's VIDs; what else is
/// let in here stays its tenant's, and so does what leaves with a wrong tag.
const HARMLESS: [Planted; 12] = [
    Planted::Nothing,
    Planted::Unpoliced,
    Planted::ReservedVidForwarded,
    Planted::PriorityTagHides,
    Planted::TagBehindSnap,
    Planted::TruncatedTagPasses,
    Planted::UntaggedMeansAny,
    Planted::DeeperStacks,
    Planted::AnyTagIsOwn,
    Planted::TagKept,
    Planted::PriorityLost,
    Planted::RowTakesSecondTag,
];

#[test]
fn every_planted_fault_of_tags_that_can_leak_is_found_somewhere_and_the_others_nowhere() {
    found_or_harmless(&Planted::ALL[..6]);
}

#[test]
fn every_other_planted_fault_that_can_leak_is_found_somewhere_and_the_others_nowhere() {
    found_or_harmless(&Planted::ALL[6..]);
}

#[test]
fn a_planted_fault_of_rows_that_can_leak_is_found_somewhere_although_the_stages_are_healthy() {
    found_or_harmless(Planted::ROWS);
}

fn found_or_harmless(faults: &[Planted]) {
    let mut wrong = Vec::new();
    for fault in faults {
        let mut worlds = [2, 0, 1]
            .into_iter()
            .flat_map(|place| [Way::Trunk, Way::Unprovisioned, Way::Access].map(|way| (place, way)));
        let found = worlds.find(|(place, way)| leaks(*fault, *place, *way));
        if found.is_none() != HARMLESS.contains(fault) {
            wrong.push(format!("{fault}: found at {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn leaks(fault: Planted, place: usize, way: Way) -> bool {
    let mut plan = faulty_base(way);
    switches(&mut plan)[place].quirk = Some(fault);
    let proof = proof(&plan);
    assert!(
        !matches!(proof.verdict, Proven::Broken(_)),
        "{fault} at {place}: {:?}",
        proof.verdict
    );
    assert_eq!(proof.verdict == Proven::Leaks, !proof.leaks.is_empty());
    proof.verdict == Proven::Leaks
}

/// How tenants come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Untagged.
    Access,
    /// Tagged at their lines, all with one VID.
    Trunk,
    /// One of them is not provisioned in the cloud; its VLAN is 256 above another's.
    Unprovisioned,
}

fn faulty_base(way: Way) -> Plan {
    match way {
        Way::Access => return base(),
        Way::Unprovisioned => return unprovisioned(),
        Way::Trunk => {}
    }
    let mut plan = base();
    let links: Vec<_> = plan
        .links
        .iter()
        .filter(|link| link.name.ends_with("/uni"))
        .map(|link| link.b)
        .collect();
    for (node, port) in links {
        let mut nodes: Vec<_> = plan.nodes.iter_mut().collect();
        let trunklab::scenario::plan::NodeKind::AccessPoint(switch) = &mut nodes[node.index()].kind else {
            panic!("lines end at the partner's switches");
        };
        switch.tables.ports[port.index()].role = trunklab::forward::PortRole::Trunk;
        for service in switch.tables.services.values_mut() {
            for member in service.members.iter_mut().filter(|member| member.port == port) {
                member.vid = trunklab::wire::Vid::new(77);
            }
            service.members.sort();
        }
    }
    plan
}

fn unprovisioned() -> Plan {
    load(
        "trunklab: 1
name: small
seed: 1
duration: 20s
accounts:
  - { name: telecom, uid: 1, role: partner }
access_points:
  - { name: ap1 }
  - { name: ap2 }
access_devices:
  - { name: dev, region: cn-shanghai }
links:
  - { name: l1, a: ap1, b: ap2, delay: 1ms }
circuits:
  - { name: c1, a: ap1, b: dev, delay: 1ms }
tenants:
  - { name: open, circuit: c1, attach: ap2, vlan_id: 10, spec: 50M }
  - { name: shut, circuit: c1, attach: ap2, vlan_id: 266, spec: 50M, provision: false }
",
    )
}

#[test]
fn a_tenant_that_is_served_and_reaches_nothing_has_no_control_at_once_or_throughout() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/isolation/two-tenants-one-circuit.yaml");
    let healthy = std::fs::read_to_string(path).expect("a shipped scenario");
    // The data centre's VLAN is typed wrongly, and nobody uses the one that it has now.
    let typed = healthy.replacen("vlan_id: 101", "vlan_id: 111", 1);
    assert_ne!(healthy, typed);
    for (text, without) in [(healthy, 0), (typed, 1)] {
        let plan = load(&text);
        let at_once = proof(&plan);
        let still = trunklab::prove::quiet(&plan);
        let mut timeline = Snapshots::new(&still).expect("a plan has a world");
        let throughout = prove_throughout(&plan, &mut timeline, |_, _, _| {}).expect("it has room");
        timeline.finish();
        for proof in [&at_once, &throughout] {
            assert_eq!(proof.verdict, Proven::Proved);
            assert_eq!(proof.uncontrolled.len(), without);
        }
    }
}
