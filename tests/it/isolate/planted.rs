//! Every planted fault that leaks is found, by the vectors that name it; what is found is brought
//! to its smallest case and explained.

use trunklab::check::Verdict;
use trunklab::forward::Planted;
use trunklab::isolate::{Flaw, IsolationReport};

use super::{World, rows};

/// The world in which a fault can show at a device: some need a second trunk, a tagged customer,
/// VIDs 256 apart, or untagged neighbours.
fn world(fault: Planted, at_device: bool) -> (String, World<'static>) {
    let quirk = format!(", quirk: {fault}");
    let world = World {
        tenants: 2,
        circuits: if fault == Planted::SubsetTrunkIsFull { 2 } else { 1 },
        tagged: fault == Planted::PopWithoutPush && !at_device,
        vids: if fault == Planted::VidLowByte {
            (100, 256)
        } else {
            (101, 1)
        },
        ..World::default()
    };
    (quirk, world)
}

fn tried(fault: Planted, at_device: bool, vectors: &[&str]) -> IsolationReport {
    let (quirk, world) = world(fault, at_device);
    let world = match at_device {
        true => World {
            device: &quirk,
            ..world
        },
        false => World { ap: &quirk, ..world },
    };
    world.suite(vectors)
}

/// Which vectors are enough for a fault.
fn vectors(fault: Planted) -> &'static [&'static str] {
    match fault {
        Planted::Nothing => &[],
        Planted::LastTagWins => &["T-07"],
        Planted::TciNotMasked => &["V-01"],
        Planted::VidLowByte => &["I-06"],
        Planted::SubsetTrunkIsFull => &["I-06"],
        Planted::UnknownVidToFirst => &["I-05"],
        Planted::ReservedVidForwarded => &["V-03"],
        Planted::BroadcastToNextVid => &["D-19"],
        Planted::ArpToFirst => &["P-06"],
        Planted::PortOffByOne => &["I-01"],
        Planted::PushOffByOne => &["I-01"],
        Planted::PopWithoutPush => &["V-01"],
        Planted::Unpoliced => &["Q-01"],
        Planted::FlowCacheTooWide => &["I-06"],
        Planted::DeeperStacks => &["T-07"],
        Planted::RowToNextPort | Planted::RowPushesNextVid => &["I-01"],
        Planted::RowTakesSecondTag => &["T-07"],
        // These show where every switch has them: the tests of the mutants do.
        Planted::PriorityTagHides
        | Planted::TagBehindSnap
        | Planted::TruncatedTagPasses
        | Planted::UntaggedMeansAny
        | Planted::AnyTagIsOwn
        | Planted::TagKept
        | Planted::PriorityLost => &[],
        // These show where addresses are learned, and where a tag is taken off.
        Planted::StaleAddresses | Planted::LearnsWithoutLimit | Planted::DirtyPadding => &[],
        // A trial hands over one frame at a time.
        Planted::BatchTakesRowBefore | Planted::ScalarKernelCutsVid => &[],
    }
}

#[test]
fn each_planted_fault_is_found_at_either_switch_by_the_vector_that_is_meant_for_it() {
    for fault in Planted::every().filter(|f| !vectors(*f).is_empty()) {
        for at_device in [false, true] {
            let report = tried(fault, at_device, vectors(fault));
            let found = rows(&report, Verdict::Fail);
            assert_eq!(
                found,
                vectors(fault),
                "{fault}, at the device: {at_device}\n{report:#?}"
            );
        }
    }
}

#[test]
fn a_fault_that_does_nothing_is_no_finding() {
    let report = tried(Planted::Nothing, false, &["I-01", "V-01", "T-07", "P-06"]);
    assert_eq!(report.verdict, Verdict::Pass);
}

#[test]
fn a_plain_leak_ends_at_one_frame_of_60_octets_with_its_hop_entry_and_capture() {
    let report = tried(Planted::BroadcastToNextVid, true, &["T-12", "S-02", "D-19"]);
    let leaks: Vec<_> = report.findings().filter(|(_, f)| f.flaw == Flaw::Leak).collect();
    assert!(!leaks.is_empty());
    let minimal = leaks
        .iter()
        .find_map(|(_, f)| f.minimal.as_ref().zip(f.explained.as_ref()));
    let (minimal, explained) = minimal.expect("the first leak is brought to its smallest case");
    let [step] = minimal.steps.as_slice() else {
        panic!("one frame is enough: {minimal:?}");
    };
    assert_eq!(step.octets.len(), 60);
    assert!(
        step.octets[14..].iter().all(|o| *o == 0),
        "its payload is plain: {step:?}"
    );
    assert_eq!(explained.device, "dev");
    assert!(explained.entry.contains("broadcast-to-next-vid"), "{explained:?}");
    assert_eq!(explained.stage, "decide", "{explained:?}");
    assert_eq!(
        explained.hops.first().map(|h| h.tags.len()),
        Some(0),
        "it starts untagged"
    );
    assert!(minimal.capture.len() >= 3 && minimal.links.len() >= 3, "{minimal:?}");
}

#[test]
fn a_switch_that_keeps_addresses_too_long_or_too_many_is_found_where_it_learns() {
    for (fault, vector, flaw) in [
        (Planted::StaleAddresses, "F-08", Flaw::Lost),
        (Planted::LearnsWithoutLimit, "F-09", Flaw::Overfull),
    ] {
        let learning = format!(", service: bridged, mac_limit: 16, quirk: {fault}");
        let report = World {
            tenants: 2,
            ap: &learning,
            ..World::default()
        }
        .suite(&["F-08", "F-09"]);
        assert_eq!(rows(&report, Verdict::Fail), [vector], "{report:#?}");
        assert!(report.findings().all(|(_, f)| f.flaw == flaw), "{report:#?}");
    }
}

#[test]
fn a_cutover_whose_switch_puts_the_wrong_vid_on_fails_and_a_healthy_one_passes() {
    let cut = |ap| {
        World {
            tenants: 3,
            ap,
            ..World::default()
        }
        .suite(&["R-02"])
    };
    let healthy = cut("");
    assert_eq!(rows(&healthy, Verdict::Pass), ["R-02"], "{healthy:#?}");
    assert!(healthy.rows[0].frames >= 3 * 200, "{:?}", healthy.rows[0].frames);
    let wrong = cut(", quirk: push-off-by-one");
    assert_eq!(rows(&wrong, Verdict::Fail), ["R-02"]);
    assert!(
        wrong.findings().any(|(_, f)| matches!(f.flaw, Flaw::Lost | Flaw::Leak)),
        "{wrong:#?}"
    );
}

#[test]
fn octets_of_the_frame_before_in_the_padding_are_found() {
    let report = World {
        tenants: 2,
        device: ", quirk: dirty-padding",
        ..World::default()
    }
    .suite(&["S-01"]);
    assert_eq!(rows(&report, Verdict::Fail), ["S-01"]);
    assert!(
        report
            .findings()
            .all(|(_, f)| f.flaw == Flaw::Mangled && f.text.contains("no padding")),
        "{report:#?}"
    );
}

#[test]
fn a_stack_that_comes_to_light_at_an_untagged_port_is_exposed_where_the_device_declares_none_does() {
    let report = World {
        tenants: 2,
        device: ", quirk: deeper-stacks",
        ..World::default()
    }
    .suite(&["T-07"]);
    assert!(report.findings().any(|(_, f)| f.flaw == Flaw::Exposed), "{report:#?}");
}

/// The line of a shipped scenario that holds this text, from 1.
fn line_of(text: &str, needle: &str) -> u32 {
    let at = text
        .lines()
        .position(|line| line.contains(needle))
        .expect("it is written");
    u32::try_from(at + 1).expect("a short file")
}

#[test]
fn each_scenario_that_leaks_by_design_names_the_very_line_that_makes_it() {
    for (name, vectors, needle, key, of) in [
        (
            "native-vlan-mismatch",
            "I-01",
            "native_vid_b: 102",
            "native_vid_b",
            "circuit-1",
        ),
        ("unpruned-trunk", "I-01", "unpruned: true", "unpruned", "circuit-2"),
        ("default-vlan", "I-01", "default_vlan: 1", "default_vlan", "ap-east"),
        ("shared-learning", "F-02", "learning: shared", "learning", "ap-east"),
        (
            "wrong-vlan-list",
            "I-01",
            "allowed_vids: [100]",
            "allowed_vids",
            "circuit-2",
        ),
        ("planted-leak", "I-01", "misconnect:", "faults", "ap-east"),
    ] {
        let path = format!("scenarios/isolation/{name}.yaml");
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let text = std::fs::read_to_string(path).expect("a shipped scenario");
        let loaded = trunklab::scenario::load_text(name, text.clone(), &trunklab::scenario::MemorySources::new());
        let report = super::explained(&loaded.expect("it loads"), &[vectors]);
        assert_eq!(report.verdict, Verdict::Fail, "{name}");
        let wanted = (key.to_owned(), of.to_owned(), line_of(&text, needle));
        let mut all = report
            .findings()
            .flat_map(|(_, finding)| super::cause_of(&report, finding));
        assert!(
            all.any(|cause| cause == wanted),
            "{name}: {wanted:?} in {:#?}",
            report.causes
        );
    }
}

#[test]
fn the_smallest_world_has_the_two_tenants_that_it_takes() {
    let report = World {
        tenants: 6,
        ap: ", quirk: arp-to-first",
        ..World::default()
    }
    .suite(&["P-06"]);
    let (_, leak) = report.findings().find(|(_, f)| f.flaw == Flaw::Leak).expect("a leak");
    let minimal = leak.minimal.as_ref().expect("its smallest case");
    assert!(minimal.tenants.len() <= 2 && minimal.removed >= 4, "{minimal:?}");
    assert!(minimal.steps[0].octets.len() <= 60);
    assert!(leak.consequence.contains("t1"), "{}", leak.consequence);
}

#[test]
fn an_operator_who_gives_a_tenant_anothers_vlan_is_found_and_named() {
    let report = World {
        tenants: 2,
        more: "faults:\n  - { at: 4s, misconnect: ap, tenant: t1, vlan_id: 102 }\n",
        ..World::default()
    }
    .suite(&["I-01"]);
    assert_eq!(report.verdict, Verdict::Fail);
    let stray = report
        .findings()
        .find(|(_, f)| f.flaw == Flaw::Stray)
        .expect("it is in the wrong VLAN");
    let explained = stray.1.explained.as_ref().expect("it is explained");
    assert!(
        explained.device == "ap" && explained.entry.contains("VID 102"),
        "{explained:?}"
    );
}

#[test]
fn a_shared_arp_limit_is_a_tenant_that_takes_anothers_tokens() {
    let shared = World {
        tenants: 2,
        ap: ", arp_limit: shared",
        ..World::default()
    }
    .suite(&["Q-04"]);
    assert_eq!(shared.verdict, Verdict::Fail);
    assert!(shared.findings().any(|(_, f)| f.flaw == Flaw::Disturbed));
    let own = World {
        tenants: 2,
        ..World::default()
    }
    .suite(&["Q-04"]);
    assert_eq!(own.verdict, Verdict::Pass);
}

#[test]
fn what_an_attacker_changes_of_anothers_state_is_a_finding_even_where_no_frame_arrives() {
    // Untagged frames of t1 enter the service of the next port, whose bound address drops them.
    let report = World {
        tenants: 2,
        ap: ", quirk: port-off-by-one",
        ..World::default()
    }
    .suite(&["I-01"]);
    let state = report
        .findings()
        .any(|(_, f)| f.flaw == Flaw::State && f.tenant == "t1");
    assert!(state, "{report:#?}");
}
