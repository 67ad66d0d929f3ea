//! Profiles and declarations: what a device says of itself decides what is correct, and no saying
//! excuses a leak.

use trunklab::check::Verdict;
use trunklab::study::isolate::{Declared, Flaw, Options, run};

use super::{World, options, rows};

fn world(profile: &str, vectors: &[&str]) -> trunklab::study::isolate::IsolationReport {
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
