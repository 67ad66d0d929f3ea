//! What is the cause of a flaw is found by taking it away: what then is gone belongs to it, all of it.

use std::collections::BTreeMap;

use trunklab::isolate::IsolationReport;
use trunklab::scenario::{MemorySources, load_text};

use super::{World, cause_of, explained};

/// How many ways belong to each key and thing; those without a cause under nothing.
fn causes(report: &IsolationReport) -> BTreeMap<Vec<(String, String)>, usize> {
    let mut all = BTreeMap::new();
    for (_, finding) in report.findings() {
        let cause = cause_of(report, finding).into_iter();
        let keys = cause.map(|(key, of, _)| (key, of)).collect();
        *all.entry(keys).or_insert(0) += 1;
    }
    all
}

fn one(key: &str, of: &str) -> Vec<(String, String)> {
    vec![(key.to_owned(), of.to_owned())]
}

fn assert_one_cause(report: &IsolationReport, key: &str, of: &str) {
    let all = causes(report);
    assert_eq!(all.keys().collect::<Vec<_>>(), [&one(key, of)], "{all:?}");
    let told = report.causes.as_ref().expect("it was asked");
    assert_eq!(told.remains, 0, "{told:#?}");
    assert_eq!(told.total, all.values().sum::<usize>() as u64);
    assert!(all.into_values().sum::<usize>() > 8);
}

#[test]
fn a_service_that_an_operator_put_into_anothers_vlan_is_the_cause_of_every_way_and_of_changed_state() {
    for vid in [102, 103] {
        let more = format!("faults:\n  - {{ at: 4s, misconnect: ap, tenant: t1, vlan_id: {vid} }}\n");
        let loaded = World {
            tenants: 3,
            more: &more,
            ..World::default()
        }
        .loaded();
        let report = explained(&loaded, &["I", "T-06", "F-05", "R-01", "R-04", "R-08"]);
        assert_one_cause(&report, "faults", "ap");
    }
}

#[test]
fn a_loop_of_trunks_that_nobody_pruned_is_the_cause_of_what_comes_twice_comes_back_and_is_too_much() {
    for (first, second) in [("one", "two"), ("zulu", "alpha")] {
        let text = format!(
            "trunklab: 1\nname: loop\nduration: 4s\naccounts:\n  - {{ name: telecom, uid: 1, role: partner }}\n\
             access_points:\n  - {{ name: a, service: bridged }}\n  - {{ name: b, service: bridged }}\n\
             links:\n  - {{ name: {first}, a: a, b: b, rate: 10G, delay: 100us, unpruned: true }}\n  \
             - {{ name: {second}, a: b, b: a, rate: 10G, delay: 100us, unpruned: true }}\n\
             access_devices:\n  - {{ name: dev, region: r1 }}\n\
             circuits:\n  - {{ name: c, a: b, b: dev, rate: 10G, delay: 2ms }}\n\
             tenants:\n  - {{ name: t1, circuit: c, attach: a, vlan_id: 101, spec: 50M }}\n  \
             - {{ name: t2, circuit: c, attach: a, vlan_id: 102, spec: 50M }}\n"
        );
        let loaded = load_text("loop.yaml", text, &MemorySources::new()).expect("it loads");
        let report = explained(&loaded, &["I", "Q-01", "F-06", "R-02"]);
        // Of two that nobody pruned one is enough.
        let all = causes(&report);
        let either = [first, second].map(|trunk| one("unpruned", trunk));
        assert!(
            all.len() == 1 && all.keys().all(|cause| either.contains(cause)),
            "{all:?}"
        );
        assert!(all.into_values().sum::<usize>() > 8);
    }
}

#[test]
fn a_planted_fault_is_the_cause_and_not_the_profile_of_a_device_that_does_no_harm() {
    let loaded = World {
        tenants: 2,
        ap: ", profile: linux-6.12",
        device: ", quirk: port-off-by-one",
        ..World::default()
    }
    .loaded();
    let report = explained(&loaded, &["I-01", "I-02", "D-19"]);
    let all = causes(&report);
    assert_eq!(all.keys().collect::<Vec<_>>(), [&one("quirk", "dev")], "{all:?}");
}

#[test]
fn a_profile_without_ingress_filtering_is_the_one_cause_of_all_ways_stacks_and_changed_state_among_them() {
    let text = "trunklab: 1\nname: metro\nduration: 10s\naccounts:\n  - { name: telecom, uid: 1200000000000001, role: partner }\n\
                access_points:\n  - { name: ap, service: bridged, profile: ieee-default, default_vlan: 1 }\n\
                access_devices:\n  - { name: dev, region: cn-shanghai }\n\
                circuits:\n  - { name: c1, a: ap, b: dev, allowed_vids: [600-639], native_vid: 600 }\n\
                tenants:\n  - { name: cust, count: 3, circuit: c1, vlan_id: 600 }\n";
    let loaded = load_text("metro.yaml", text.to_owned(), &MemorySources::new()).expect("it loads");
    for vectors in [&["I", "T", "L", "R"][..], &["T-01"]] {
        let all = causes(&explained(&loaded, vectors));
        assert_eq!(all.keys().collect::<Vec<_>>(), [&one("profile", "ap")], "{all:?}");
    }
}
