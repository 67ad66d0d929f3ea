//! What is kept from change to change comes to what asking everything anew at each of them comes to.

use std::path::Path;

use trunklab::forward::ServiceId;
use trunklab::mutants::{FAULTS, Injection, ailing};
use trunklab::prove::{Network, Snapshots, prove, quiet, starts_of};
use trunklab::scenario::{Loaded, MemorySources, Plan, load_text};
use trunklab::study::{Proven, prove_plan, prove_snapshot};
use trunklab::units::SimTime;

use super::worlds::at_end;

/// Everything is asked at the start and at each change, and nothing is kept from one to the next.
fn from_scratch(plan: &Plan) -> (SimTime, Proven, usize) {
    let quiet = quiet(plan);
    let mut timeline = Snapshots::new(&quiet).expect("a plan has a world");
    let mut changes = 0;
    let snapshot = loop {
        let snapshot = timeline.snapshot();
        let (_, model) = Network::read(&quiet, &snapshot).expect("room");
        let holds = prove(&model, &starts_of(&model), |_, _| {}).is_proved();
        if !holds || timeline.run_to_change().is_none() {
            break snapshot;
        }
        changes += 1;
    };
    timeline.finish();
    let proof = prove_snapshot(&quiet, &snapshot).expect("room");
    (proof.at, proof.verdict, changes)
}

fn assert_same(plan: &Plan, what: &str) -> (Proven, usize) {
    let (at, verdict, changes) = from_scratch(plan);
    let kept = prove_plan(plan, |_, _, _| {}).expect("it has a proof");
    assert_eq!((kept.at, &kept.verdict), (at, &verdict), "{what}");
    (verdict, changes)
}

/// Three tenants of one circuit, provisioned one after another.
fn one_after_another() -> Loaded {
    let text = "trunklab: 1
name: apart
seed: 3
duration: 9s
accounts:
  - { name: telecom, uid: 1, role: partner }
access_points:
  - { name: ap }
access_devices:
  - { name: dev, region: cn-shanghai }
circuits:
  - { name: c1, a: ap, b: dev, delay: 1ms }
tenants:
  - { name: a, circuit: c1, vlan_id: 10, spec: 50M, at: 1s }
  - { name: b, circuit: c1, vlan_id: 11, spec: 50M, at: 2s }
  - { name: c, circuit: c1, vlan_id: 12, spec: 50M, at: 3s }
";
    load_text("apart.yaml", text.to_owned(), &MemorySources::new()).expect("it loads")
}

#[test]
fn a_fault_is_found_when_asking_anew_at_each_change_finds_it() {
    let world = one_after_another();
    let (healthy, changes) = assert_same(&world.plan, "healthy");
    assert_eq!(healthy, Proven::Proved);
    assert!(changes > 2, "one after another: {changes} changes");
    let mut leaks = Vec::new();
    for id in ["M01", "M13", "M14", "M34", "M43", "C01"] {
        let Some(fault) = FAULTS.iter().find(|fault| fault.id == id) else {
            panic!("{id} is listed")
        };
        let (plan, _) = fault.injection.apply(&world).expect("it has a place here");
        if assert_same(&plan, id).0 == Proven::Leaks {
            leaks.push(id);
        }
    }
    assert!(
        leaks.contains(&"C01") && leaks.len() > 1 && leaks.len() < 6,
        "{leaks:?}"
    );
}

/// The shipped scenarios of isolation, with so many tenants at most.
fn shipped(most: usize) -> Vec<Loaded> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/isolation");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    let worlds = paths.into_iter().map(|path| {
        let text = std::fs::read_to_string(&path).expect("a shipped scenario");
        load_text(&path.to_string_lossy(), text, &MemorySources::new()).expect("it loads")
    });
    worlds.filter(|world| world.plan.tenants.len() <= most).collect()
}

#[test]
fn each_planted_fault_is_found_or_not_in_shipped_scenarios_as_by_asking_anew_at_each_change() {
    let healthy = |world: &Loaded| ailing(&world.plan).is_none();
    let worlds: Vec<Loaded> = shipped(3).into_iter().filter(healthy).collect();
    assert!(worlds.len() > 2, "{}", worlds.len());
    let quirks = FAULTS
        .iter()
        .filter(|fault| matches!(fault.injection, Injection::Quirk(_) | Injection::Learner(_)));
    let mut came_to = [0; 3];
    for (i, fault) in quirks.enumerate() {
        // Each in the next of them that has a place for it.
        let mut rest = worlds.iter().cycle().skip(i).take(worlds.len());
        let (world, plan) = rest
            .find_map(|world| Some((world, fault.injection.apply(world).ok()?.0)))
            .expect("some world has a place for it");
        match assert_same(&plan, &format!("{} in {}", fault.id, world.plan.name)).0 {
            Proven::Leaks => came_to[0] += 1,
            Proven::Proved => came_to[1] += 1,
            Proven::Undecided(_) => came_to[2] += 1,
            Proven::Broken(why) => panic!("{}: {why}", fault.id),
        }
    }
    let [leaks, proved, _] = came_to;
    assert!(leaks > 3 && proved > 3, "{came_to:?}");
}

#[test]
fn a_switch_with_a_planted_fault_is_asked_once_for_all_services_that_change_at_one_instant() {
    let (plan, _) = FAULTS[0].injection.apply(&one_after_another()).expect("a quirk");
    let plan = quiet(&plan);
    let snapshot = at_end(&plan);
    let (mut network, mut model) = Network::read(&plan, &snapshot).expect("room");
    let services = network.seats[0].tables.services.clone();
    assert_eq!(services.len(), 3);
    let mut cost = |ids: &[ServiceId]| {
        let before = network.nature().asked;
        let same = ids.iter().map(|id| (*id, services.get(id).cloned())).collect();
        let cells = network.change(0, same, &mut model).expect("room");
        (network.nature().asked - before, cells.len())
    };
    let ids: Vec<ServiceId> = services.keys().copied().collect();
    let (one, all) = (cost(&ids[..1]), cost(&ids));
    assert!(one.0 > 10_000, "{one:?}");
    assert_eq!(one, all);
    assert_eq!(cost(&[]), (0, 0), "nothing changed");
}
