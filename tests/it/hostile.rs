//! Hostile scenarios: what protects a tenant, taken away, lets the very attack through.

use std::collections::BTreeSet;

use trunklab::check::{Case, Verdict, judge};
use trunklab::engine::run;
use trunklab::evidence::NoObserver;
use trunklab::provision::Defaults;
use trunklab::record::Record;
use trunklab::scenario::{Code, MemorySources, Plan, load_text};

/// A scenario that ships, with parts of its text changed.
fn changed(name: &str, changes: &[(&str, &str)]) -> String {
    let path = format!("{}/scenarios/isolation/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    let mut text = std::fs::read_to_string(&path).expect("a scenario that ships");
    for (from, to) in changes {
        assert!(text.contains(from), "{name} has no {from:?}");
        text = text.replace(from, to);
    }
    text
}

struct Ended {
    plan: Plan,
    run: Record,
}

impl Ended {
    fn of(name: &str, changes: &[(&str, &str)]) -> Self {
        let loaded = load_text("w.yaml", changed(name, changes), &MemorySources::new());
        let plan = loaded.unwrap_or_else(|r| panic!("{name}: {}", r.errors[0])).plan;
        let (run, _) = run(&plan, Defaults, NoObserver).unwrap_or_else(|e| panic!("{e}"));
        Self { plan, run }
    }

    fn verdict(&self, check: &str) -> Verdict {
        let case = Case {
            plan: &self.plan,
            record: &self.run,
        };
        let judgement = judge(&case);
        let line = judgement.lines.iter().find(|line| line.check == check);
        line.unwrap_or_else(|| panic!("{check} is not judged")).verdict
    }

    /// The verdicts of every line of one check, in order.
    fn verdicts(&self, check: &str) -> Vec<Verdict> {
        let case = Case {
            plan: &self.plan,
            record: &self.run,
        };
        let judgement = judge(&case);
        let lines = judgement.lines.iter().filter(|line| line.check == check);
        lines.map(|line| line.verdict).collect()
    }

    /// Flows of which a frame was seen at another tenant's place, as far as frames are kept.
    fn leaked(&self) -> BTreeSet<&str> {
        let watch = &self.run.isolation;
        let frames = watch.leaks().keys().flat_map(|leak| watch.frames().of(*leak));
        frames
            .filter_map(|frame| self.plan.flows.get(frame.trace.flow.index()))
            .map(|flow| flow.name.as_str())
            .collect()
    }
}

/// As shipped nothing leaks; without its protection, frames of exactly these flows do.
fn is_what_protects(name: &str, changes: &[(&str, &str)], flows: &[&str]) {
    let shipped = Ended::of(name, &[]);
    assert_eq!(shipped.verdict("isolation"), Verdict::Pass, "{name} as it ships");
    let bare = Ended::of(name, changes);
    assert_eq!(bare.verdict("isolation"), Verdict::Fail, "{name} with {changes:?}");
    assert_eq!(
        bare.leaked(),
        flows.iter().copied().collect(),
        "{name} with {changes:?}"
    );
}

/// As shipped it leaks, which is expected; without the mistake nothing does.
fn is_the_mistake(name: &str, changes: &[(&str, &str)]) {
    let shipped = Ended::of(name, &[]);
    assert_eq!(shipped.verdict("isolation"), Verdict::Fail, "{name} as it ships");
    let mended = Ended::of(name, changes);
    assert_eq!(mended.verdict("isolation"), Verdict::Pass, "{name} with {changes:?}");
}

#[test]
fn ingress_filtering_is_what_stops_a_forged_vid() {
    is_what_protects(
        "forged-vid",
        &[("profile: strict", "profile: ieee-default")],
        &["forged"],
    );
}

#[test]
fn a_switch_that_takes_a_tenants_own_tag_and_pops_it_lets_double_tagged_frames_hop() {
    is_what_protects(
        "double-tag-hop",
        &[("profile: strict", "profile: linux-6.12")],
        &["hop"],
    );
}

#[test]
fn a_priority_tag_hides_a_tag_from_open_vswitch_and_from_linux() {
    for profile in ["profile: ovs-3.1", "profile: linux-6.12"] {
        is_what_protects("priority-tag", &[("profile: strict", profile)], &["hidden"]);
    }
}

#[test]
fn a_strict_switch_that_looks_for_no_second_tag_lets_the_hidden_one_hop() {
    let change = ("profile: strict", "profile: strict, quirk: deeper-stacks");
    is_what_protects("priority-tag", &[change], &["hidden"]);
}

#[test]
fn vid_4095_leaks_where_one_switch_bares_it_and_the_next_one_takes_it_for_a_vlan() {
    let changes = [
        ("profile: strict", "profile: linux-6.12"),
        (
            "region: cn-shanghai }",
            "region: cn-shanghai, quirk: reserved-vid-forwarded }",
        ),
    ];
    is_what_protects("reserved-vid", &changes, &["behind"]);
}

#[test]
fn a_device_that_takes_s_tags_for_c_tags_lets_one_into_the_vlan_that_it_names() {
    let change = (
        "region: cn-shanghai, profile: strict",
        "region: cn-shanghai, profile: ovs-3.1",
    );
    is_what_protects("s-tag-at-a-c-tag-port", &[change], &["s-tag"]);
}

#[test]
fn ends_of_a_circuit_that_agree_on_the_native_vlan_leak_nothing() {
    is_the_mistake("native-vlan-mismatch", &[(", native_vid_b: 102", "")]);
}

#[test]
fn a_trunk_with_a_list_of_its_vlans_leaks_nothing() {
    is_the_mistake("unpruned-trunk", &[(", unpruned: true", "")]);
}

#[test]
fn trunks_that_carry_the_vlans_whose_way_they_are_leak_nothing() {
    let lists = [
        (", allowed_vids: [100-199], allowed_vids_b: [100, 102-199]", ""),
        (", allowed_vids: [100]", ""),
    ];
    is_the_mistake("wrong-vlan-list", &lists);
}

#[test]
fn a_vlan_that_is_missing_at_one_end_of_a_circuit_carries_nothing_and_with_it_everything() {
    let lost = Ended::of("wrong-vlan-list", &[]);
    assert_eq!(lost.verdicts("continuity"), [Verdict::Pass, Verdict::Fail]);
    let mended = Ended::of("wrong-vlan-list", &[(", allowed_vids_b: [100, 102-199]", "")]);
    assert_eq!(mended.verdicts("continuity"), [Verdict::Pass, Verdict::Pass]);
}

#[test]
fn a_switch_without_a_default_vlan_leaks_nothing() {
    is_the_mistake("default-vlan", &[(", default_vlan: 1", "")]);
}

#[test]
fn another_default_vlan_than_the_one_that_is_sold_leaks_nothing() {
    is_the_mistake("default-vlan", &[("default_vlan: 1 ", "default_vlan: 4094 ")]);
}

#[test]
fn open_vswitch_that_reads_two_tags_stops_the_hop_that_it_lets_through_when_it_reads_one() {
    is_what_protects("vlan-limit", &[("vlan_limit: 2", "vlan_limit: 1")], &["hidden"]);
}

const UNPRUNED: (&str, &str) = (
    "{ name: circuit-2, a: ap-east, b: dev-sh-a, rate: 10G, delay: 2ms }",
    "{ name: circuit-2, a: ap-east, b: dev-sh-a, rate: 10G, delay: 2ms, unpruned: true }",
);

#[test]
fn a_mac_flood_leaves_by_a_trunk_that_carries_too_many_vlans() {
    let shipped = Ended::of("mac-flood", &[]);
    assert_eq!(shipped.verdict("isolation"), Verdict::Pass);
    let bare = Ended::of("mac-flood", &[UNPRUNED]);
    assert_eq!(bare.verdict("isolation"), Verdict::Fail);
    assert!(bare.leaked().contains("flood"), "{:?}", bare.leaked());
}

#[test]
fn a_bpdu_leaves_where_spanning_tree_is_off_and_nowhere_else() {
    let shipped = Ended::of("tenant-bpdu", &[]);
    assert_eq!(shipped.verdict("isolation"), Verdict::Pass);
    let filtered = Ended::of("tenant-bpdu", &[UNPRUNED]);
    assert!(!filtered.leaked().contains("bpdu"), "{:?}", filtered.leaked());
    let open = Ended::of("tenant-bpdu", &[UNPRUNED, ("profile: strict", "profile: linux-6.12")]);
    assert_eq!(open.verdict("isolation"), Verdict::Fail);
    assert!(open.leaked().contains("bpdu"), "{:?}", open.leaked());
    assert!(!open.leaked().contains("lldp"), "{:?}", open.leaked());
}

#[test]
fn twins_lose_frames_by_shared_learning_alone() {
    let shipped = Ended::of("shared-learning", &[]);
    assert_eq!(shipped.verdict("isolation"), Verdict::Pass);
    assert_eq!(shipped.verdict("continuity"), Verdict::Fail);
    let apart = Ended::of("shared-learning", &[("learning: shared", "learning: independent")]);
    assert_eq!(apart.verdict("continuity"), Verdict::Pass);
}

#[test]
fn a_device_that_reads_the_last_tag_of_a_stack_mixes_up_tunnelled_tenants() {
    let change = (
        "region: cn-shanghai }",
        "region: cn-shanghai, quirk: last-tag-wins, profile: linux-6.12 }",
    );
    is_what_protects("qinq-equal-inner-tags", &[change], &["acme-inner"]);
}

#[test]
fn a_vlan_that_is_sold_anew_leaks_while_the_line_of_its_former_tenant_is_still_in_it() {
    let change = (
        "  - { at: 21s, misconnect: ap-east, tenant: umbrella, vlan_id: 101 }",
        "  []",
    );
    is_what_protects("vlan-reuse", &[change], &["acme-still"]);
}

#[test]
fn keys_that_mean_nothing_are_refused_where_they_stand() {
    let refused = |name: &str, from: &str, to: &str, code: Code| {
        let text = changed(name, &[(from, to)]);
        let Err(refused) = load_text("w.yaml", text, &MemorySources::new()) else {
            panic!("{to} is taken");
        };
        let codes: Vec<_> = refused.errors.iter().map(|error| error.code).collect();
        assert!(codes.contains(&code), "{to}: {codes:?}");
    };
    let forged = "tags: [{ vid: 102 }]";
    for (tags, code) in [
        ("tags: [{ vid: 4096 }]", Code::OutOfRange),
        ("tags: [{ vid: 102, pcp: 8 }]", Code::OutOfRange),
        ("tags: [{ vid: 102, tpid: 33024 }]", Code::BadNumber),
        ("tags: [{ pcp: 1 }]", Code::MissingField),
        ("tags: [{ vid: 102 }], src_macs: 0", Code::OutOfRange),
        ("tags: [{ vid: 102 }], pattern: poisson", Code::FlowShape),
        ("tags: [{ vid: 102 }], size: imix", Code::FlowShape),
        ("tags: [{ vid: 102 }], answered: true", Code::FlowShape),
    ] {
        refused("forged-vid", forged, tags, code);
    }
    refused("forged-vid", "kind: raw", "kind: udp", Code::FlowShape);
    let nine = format!("tags: [{}]", ["{ vid: 1 }"; 9].join(", "));
    refused("forged-vid", forged, &nine, Code::OutOfRange);
    refused(
        "forged-vid",
        "interval: 10ms, start: 4s, count: 200",
        "interval: 1ns, start: 4s",
        Code::TooManyFrames,
    );
    refused(
        "unpruned-trunk",
        "service: bridged",
        "service: cross-connect",
        Code::Needed,
    );
    refused("double-tag-hop", "native_vid: 101", "native_vid: 4095", Code::VidRange);
}
