//! Profiles and declarations: what a device says of itself decides what is correct, and no saying
//! excuses a leak.

use trunklab::check::Verdict;
use trunklab::isolate::{Declared, Flaw, Options, run};

use super::{World, options, rows};

fn world(profile: &str, vectors: &[&str]) -> trunklab::isolate::IsolationReport {
    let text = format!(", profile: {profile}");
    World {
        tenants: 2,
        ap: &text,
        device: &text,
        ..World::default()
    }
    .suite(vectors)
}

#[test]
fn a_bridge_without_ingress_filtering_lets_a_tenant_into_anothers_vlan() {
    let report = world("ieee-default", &["I-03", "I-07"]);
    assert_eq!(rows(&report, Verdict::Fail), ["I-03", "I-07"]);
    assert!(report.findings().any(|(_, f)| f.flaw == Flaw::Leak));
    assert_eq!(report.profiles, ["ieee-default"]);
}

#[test]
fn open_vswitch_takes_an_s_tag_for_a_c_tag() {
    let report = world("ovs-3.1", &["T-04", "I-03"]);
    assert_eq!(rows(&report, Verdict::Fail), ["T-04"]);
    assert_eq!(rows(&report, Verdict::Pass), ["I-03"]);
}

#[test]
fn the_linux_bridge_passes_bpdus_within_the_own_vlan_as_it_declares() {
    let report = world("linux-6.12", &["D-01..16", "I-03", "I-04"]);
    assert_eq!(report.verdict, Verdict::Pass, "{report:#?}");
}

#[test]
fn a_declaration_that_the_device_does_not_keep_is_a_finding() {
    let plan = World {
        tenants: 2,
        ap: ", profile: linux-6.12",
        device: ", profile: linux-6.12",
        ..World::default()
    }
    .plan();
    let says = |text: &str| Options {
        declared: Declared::parse(text).expect("a declaration"),
        ..options(&["D-01..16"])
    };
    let report = run(&plan, &says("* ends-bpdu yes"), &|_, _| {}).expect("it runs");
    assert_eq!(report.verdict, Verdict::Fail);
    assert!(report.findings().all(|(_, f)| f.flaw == Flaw::Delivered), "{report:#?}");
    let report = run(&plan, &says("# as the profile has it"), &|_, _| {}).expect("it runs");
    assert_eq!(report.verdict, Verdict::Pass);
}

#[test]
fn two_profiles_in_one_world_are_both_named() {
    let report = World {
        tenants: 2,
        device: ", profile: ovs-3.1",
        ..World::default()
    }
    .suite(&["I-01"]);
    assert_eq!(report.profiles, ["strict", "ovs-3.1"]);
}

#[test]
fn a_scenario_declares_and_options_go_before_it() {
    let plan = |more: &str| {
        World {
            tenants: 2,
            ap: ", profile: linux-6.12",
            device: ", profile: linux-6.12",
            more,
            ..World::default()
        }
        .plan()
    };
    let verdict = |plan: &_, says: &str| {
        let options = Options {
            declared: Declared::parse(says).expect("a declaration"),
            ..options(&["D-01..16"])
        };
        run(plan, &options, &|_, _| {}).expect("it runs").verdict
    };
    let strict = plan("pics:\n  - { device: \"*\", ends-bpdu: true }\n");
    assert_eq!(verdict(&strict, ""), Verdict::Fail);
    assert_eq!(verdict(&strict, "* ends-bpdu no"), Verdict::Pass);
    let one = plan(
        "pics:\n  - { device: \"*\", ends-bpdu: true }\n  - { device: ap, ends-bpdu: false }\n  - { device: dev, ends-bpdu: false }\n",
    );
    assert_eq!(verdict(&one, ""), Verdict::Pass);
}

#[test]
fn open_vswitch_that_reads_two_tags_mangles_what_stands_behind_a_priority_tag() {
    let world = |ap: &str| {
        World {
            tenants: 2,
            ap,
            more: "pics:\n  - { device: ap, stacks: true }\n",
            ..World::default()
        }
        .suite(&["T-02", "I-01"])
    };
    let one = world(", profile: ovs-3.1");
    assert!(one.findings().all(|(_, f)| f.flaw != Flaw::Mangled), "{one:#?}");
    let two = world(", profile: ovs-3.1, vlan_limit: 2");
    assert_eq!(rows(&two, Verdict::Fail), ["T-02"]);
    assert!(two.findings().any(|(_, f)| f.flaw == Flaw::Mangled), "{two:#?}");
    assert!(two.findings().all(|(_, f)| f.flaw != Flaw::Leak), "{two:#?}");
}

/// Whoever plugs into an unused port of a switch with a default VLAN is in that VLAN; without one, or
/// with one that nobody has, he is nowhere.
#[test]
fn an_unused_port_is_in_the_default_vlan_that_a_tenant_was_sold() {
    let verdict = |ap: &str| {
        let world = World {
            tenants: 1,
            vids: (1, 1),
            ap,
            ..World::default()
        };
        let report = world.suite(&["I-08"]);
        let at: Vec<String> = report.findings().map(|(_, f)| f.from.clone()).collect();
        (rows(&report, Verdict::Fail) == ["I-08"], at)
    };
    let (leaks, from) = verdict(", service: bridged, default_vlan: 1");
    assert!(leaks);
    assert!(from.iter().any(|from| from == "free:ap"), "{from:?}");
    assert!(!verdict(", service: bridged, default_vlan: 2").0);
    assert!(!verdict(", service: bridged").0);
}
