//! What two plans differ in, on small worlds.

use super::{Aspect, Difference, diff};
use crate::scenario::{MemorySources, Plan, load_text};

const WORLD: &str = "\
trunklab: 1
name: two
seed: 7
duration: 6s
accounts:
  - { name: telecom, uid: 1200000000000001, role: partner }
access_points: [{ name: ap }]
access_devices: [{ name: dev, region: cn-shanghai }]
circuits: [{ name: c1, a: ap, b: dev, rate: 1G, delay: 1ms }]
tenants:
  - { name: ant, circuit: c1, vlan_id: 101, spec: 50M, traffic: { interval: 5ms, start: 3s, stop: 5s } }
  - { name: bee, circuit: c1, vlan_id: 102, spec: 50M, traffic: { interval: 5ms, start: 3s, stop: 5s } }
";

fn plan(text: &str) -> Plan {
    match load_text("two.yaml", text.to_owned(), &MemorySources::new()) {
        Ok(loaded) => loaded.plan,
        Err(refused) => panic!("{:?}", refused.errors),
    }
}

fn differ(a: &str, b: &str) -> Difference {
    diff(&plan(a), &plan(b), |_| {}).expect("both run")
}

fn of(found: &Difference) -> Vec<(&str, Aspect, &str)> {
    let keys = found.changes.iter().map(|change| &change.key);
    keys.map(|key| (key.tenant.as_str(), key.aspect, key.subject.as_str()))
        .collect()
}

#[test]
fn a_scenario_differs_from_itself_in_nothing() {
    let found = differ(WORLD, WORLD);
    assert!(found.is_none(), "{found:?}");
    assert!(found.facts > 20, "{} facts were compared", found.facts);
    assert!(found.events[0] > 1_000 && found.events[0] == found.events[1]);
}

#[test]
fn another_bandwidth_is_told_of_its_tenant_alone() {
    let found = differ(WORLD, &WORLD.replacen("spec: 50M", "spec: 100M", 1));
    let all = of(&found);
    assert!(all.iter().all(|(tenant, ..)| *tenant == "ant"), "{all:?}");
    assert!(all.contains(&("ant", Aspect::Bandwidth, "VBR on c1: limit")), "{all:?}");
    let limit = found
        .changes
        .iter()
        .find(|change| change.key.subject == "VBR on c1: limit");
    let limit = limit.expect("it differs");
    assert_eq!(
        (limit.before.as_deref(), limit.after.as_deref()),
        (Some("50M"), Some("100M"))
    );
}

#[test]
fn another_vlan_is_told_and_the_first_call_that_differs_is_the_one_that_sells_it() {
    let found = differ(WORLD, &WORLD.replacen("vlan_id: 102", "vlan_id: 103", 1));
    let all = of(&found);
    assert!(all.iter().all(|(tenant, ..)| *tenant == "bee"), "{all:?}");
    assert!(
        all.contains(&("bee", Aspect::Reachability, "service on c1: VLAN")),
        "{all:?}"
    );
    let parting = found.parting.expect("its frames have another tag");
    let [Some(first), Some(second)] = &parting.next else {
        panic!("both runs go on: {parting:?}");
    };
    assert_eq!(first.at, second.at, "the same frame, with another tag");
    assert!(first.text.contains("bee"), "{first:?}");
    let octets = parting.octets.expect("the words are the same");
    assert_eq!(octets, "octet 16 of the frame is 66 in the first and 67 in the second");
}

#[test]
fn one_more_tenant_changes_nothing_for_the_others() {
    let more = "  - { name: cat, circuit: c1, vlan_id: 100, spec: 50M }\n";
    let found = differ(WORLD, &format!("{WORLD}{more}"));
    let all = of(&found);
    assert!(!all.is_empty());
    assert!(all.iter().all(|(tenant, ..)| *tenant == "cat"), "{all:?}");
    assert!(found.changes.iter().all(|change| change.before.is_none()));
}

#[test]
fn runs_part_at_the_first_event_that_is_another() {
    let later = WORLD.replacen("start: 3s, stop: 5s", "start: 4s, stop: 5s", 1);
    let found = differ(WORLD, &later);
    let parting = found.parting.expect("ant begins a second later");
    let [Some(first), _] = &parting.next else {
        panic!("the first goes on: {parting:?}");
    };
    assert!(first.text.contains("ant"), "{first:?}");
    assert!(parting.common > 0 && parting.before.len() == 3, "{parting:?}");
    // One that stops earlier, thousands of events later.
    let short = WORLD.replace("stop: 5s", "stop: 4500ms");
    let found = differ(WORLD, &short);
    let cut = found.parting.expect("one stops before the other");
    assert!(cut.common > super::parting::BLOCK, "{cut:?}");
    assert!(cut.next[0].is_some() && cut.next[1].is_none(), "{cut:?}");
    assert_eq!(cut.common, found.events[1], "all that the shorter one has");
}

#[test]
fn a_right_that_only_one_side_has_is_told_with_the_code_that_refuses_it() {
    let locked = format!(
        "{WORLD}provisioning:\n  - {{ at: 5s, by: telecom, do: TerminatePhysicalConnection, \
         with: {{ PhysicalConnectionId: c1 }}, expect_error: Forbidden.VBRExists }}\n"
    );
    let found = differ(WORLD, &locked);
    assert!(
        of(&found).is_empty(),
        "a refused call changes nothing: {:?}",
        of(&found)
    );
    assert!(found.call[0].is_none() && found.call[1].is_some(), "{:?}", found.call);
    assert!(found.parting.is_none());
}
