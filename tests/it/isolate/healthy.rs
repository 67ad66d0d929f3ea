//! Worlds that leak nothing, the generator, and runs held against one another.

use std::collections::BTreeSet;

use trunklab::check::Verdict;
use trunklab::isolate::{IsolationReport, MILLION, Options, frames, list, run, within_budget};
use trunklab::report::Format;
use trunklab::report::isolate::{SuiteReport, Suites, suite_document};

use super::{World, options, rows, suite};

fn all_pass(report: &IsolationReport) {
    let findings: Vec<String> = report.findings().map(|(id, f)| format!("{id}: {f:?}")).collect();
    assert_eq!(findings, Vec::<String>::new());
    assert_eq!(rows(report, Verdict::Inconc), Vec::<&str>::new());
    assert_eq!(report.verdict, Verdict::Pass);
}

#[test]
fn a_strict_world_of_two_passes_every_vector_that_applies() {
    let report = World {
        tenants: 2,
        ..World::default()
    }
    .suite(&[]);
    all_pass(&report);
    assert_eq!(rows(&report, Verdict::NotApplicable), ["F-02", "F-07", "P-07"]);
    let p08 = report
        .rows
        .iter()
        .find(|r| r.id == "P-08")
        .expect("the row of random frames");
    assert!(p08.bound_ppb.is_some_and(|ppb| ppb > 0), "0 of {} leaked", p08.frames);
    for row in report
        .rows
        .iter()
        .filter(|r| r.verdict == Verdict::Pass && r.frames > 0)
    {
        let controlled = row.controls.0 > 0 && row.controls.0 == row.controls.1;
        assert!(
            controlled || row.id == "R-07",
            "{} has no control: {:?}",
            row.id,
            row.controls
        );
    }
}

#[test]
fn a_bridging_switch_with_tagged_customers_passes_too_and_its_addresses_age() {
    let report = World {
        tenants: 3,
        tagged: true,
        ap: ", service: bridged, mac_limit: 64",
        ..World::default()
    }
    .suite(&["I-01", "I-03", "V", "T", "F", "Q-06", "R"]);
    all_pass(&report);
    assert!(!rows(&report, Verdict::NotApplicable).contains(&"F-07"));
}

#[test]
fn the_generator_knows_the_77_rows_and_makes_more_than_20_000_distinct_frames() {
    let ids: Vec<&str> = list().into_iter().map(|(id, ..)| id).collect();
    let expected = [
        ("I", 9),
        ("V", 5),
        ("T", 13),
        ("L", 6),
        ("F", 9),
        ("S", 5),
        ("Q", 7),
        ("P", 9),
        ("R", 8),
    ];
    let mut all: Vec<String> = Vec::new();
    for (letter, count) in expected {
        all.extend((1..=count).map(|n| format!("{letter}-{n:02}")));
    }
    all.extend(["D-01..16", "D-17", "D-18", "D-19", "D-20", "D-21"].map(str::to_owned));
    assert_eq!(all.len(), 77);
    for id in &all {
        assert!(ids.contains(&id.as_str()), "{id} is missing");
    }
    assert_eq!(ids.len(), 78, "and the pairwise crossings");

    let plan = World {
        tenants: 2,
        ..World::default()
    }
    .plan();
    let made = frames(&plan, &options(&[])).expect("frames");
    let distinct: BTreeSet<&Vec<u8>> = made.iter().flat_map(|(.., octets)| octets).collect();
    assert!(distinct.len() > 20_000, "{} distinct frames", distinct.len());
    assert!(made.iter().flat_map(|(.., o)| o).all(|o| o.len() <= 9_300));
}

#[test]
fn two_runs_are_the_same_bytes_in_every_format_on_one_thread_and_on_three() {
    let plan = World {
        tenants: 2,
        ap: ", quirk: arp-to-first",
        ..World::default()
    }
    .plan();
    let render = |jobs| {
        let options = Options {
            jobs,
            ..options(&["I-01", "I-05", "L-06", "F-01", "P-08", "R"])
        };
        let suite = run(&plan, &options, &|_, _| {}).expect("it runs");
        let ran = [SuiteReport {
            source: "small.yaml".to_owned(),
            command: "trunklab isolate small.yaml".to_owned(),
            suite,
            warnings: Vec::new(),
        }];
        let suites = Suites {
            ran: &ran,
            not_run: &[],
        };
        [Format::Text { verbose: true }, Format::Json, Format::Junit]
            .map(|format| suite_document(suites).render(format))
    };
    let once = render(1);
    assert_eq!(once, render(1));
    assert_eq!(once, render(3));
    assert!(once[0].contains("L-06"), "{}", once[0]);
}

#[test]
fn another_seed_sends_other_random_frames_and_comes_to_the_same_verdict() {
    let mut plan = World {
        tenants: 2,
        ..World::default()
    }
    .plan();
    let first = suite(&plan, &["P-08"]);
    plan.seed += 1;
    let second = suite(&plan, &["P-08"]);
    assert_ne!(first.digest, second.digest);
    assert_eq!((first.verdict, second.verdict), (Verdict::Pass, Verdict::Pass));
}

#[test]
fn a_circuit_that_is_cut_leaves_everything_that_crosses_it_unknown() {
    let report = World {
        tenants: 2,
        more: "faults:\n  - { at: 4s, cut: c1 }\n",
        ..World::default()
    }
    .suite(&["I-01", "I-03", "F-05", "P-08"]);
    assert_eq!(report.verdict, Verdict::Inconc, "{report:#?}");
    assert_eq!(rows(&report, Verdict::Pass), Vec::<&str>::new());
    let reason = &report.rows[0].reason;
    assert!(
        reason.contains("good frame") && reason.contains("did not arrive"),
        "{reason}"
    );
}

#[test]
fn a_tenant_alone_has_nobody_to_leak_to_but_free_ports_listen() {
    let report = World {
        tenants: 1,
        ..World::default()
    }
    .suite(&["I-01", "I-03", "Q-01", "R-07"]);
    assert_eq!(rows(&report, Verdict::Pass), ["I-01"]);
    assert_eq!(rows(&report, Verdict::NotApplicable), ["I-03", "Q-01", "R-07"]);
    assert_eq!(report.ports, 4, "its two ends, and a free port on each switch");
}

#[test]
fn without_a_number_the_random_frames_of_all_ports_are_a_million_in_trials_of_20_000_at_most() {
    let plan = World {
        tenants: 1,
        ..World::default()
    }
    .plan();
    let only = |random| Options {
        random,
        vectors: vec!["P-08".to_owned()],
        jobs: 2,
        ..Options::default()
    };
    let made = frames(&plan, &only(None)).expect("frames");
    let all: usize = made.iter().map(|(.., octets)| octets.len()).sum();
    assert_eq!(made.len(), 4, "two ports and both ends of the circuit");
    assert!((MILLION as usize..MILLION as usize + 4).contains(&all), "{all}");
    let report = run(&plan, &only(Some(20_001)), &|_, _| {}).expect("it runs");
    assert_eq!((report.frames(), report.rows[0].trials), (80_004, 8));
    assert_eq!(report.verdict, Verdict::Pass);
}

#[test]
fn all_tenants_of_a_small_circuit_attack_and_four_of_a_large_one_unless_all_are_asked_for() {
    assert_eq!([0, 2, 34, 200, 2_999].map(within_budget), [4, 600, 35, 6, 4]);
    let world = World {
        tenants: 6,
        ..World::default()
    };
    let attacking = |attackers| {
        let options = Options {
            attackers,
            ..options(&["I-01", "F-01"])
        };
        let report = run(&world.plan(), &options, &|_, _| {}).expect("it runs");
        (report.tenants, report.rows[0].trials, report.rows[1].trials)
    };
    assert_eq!(attacking(None), ((6, 6, 6), 12, 12));
    assert_eq!(attacking(Some(3)), ((6, 3, 6), 6, 6));
    assert_eq!(attacking(Some(usize::MAX)), ((6, 6, 6), 12, 12));
}

#[test]
fn a_tag_of_another_protocol_behind_a_native_vlan_has_no_priority_to_keep() {
    let tagged = World {
        tenants: 2,
        ..World::default()
    };
    let mut plan = tagged.plan();
    for node in &mut plan.nodes {
        use trunklab::scenario::plan::NodeKind;
        if let NodeKind::AccessPoint(switch) | NodeKind::AccessDevice(switch) = &mut node.kind {
            for port in switch
                .tables
                .ports
                .iter_mut()
                .filter(|p| p.role == trunklab::forward::PortRole::Trunk)
            {
                port.untagged = trunklab::forward::Untagged::Native(trunklab::wire::Vid::new(101).expect("a VID"));
            }
        }
    }
    let report = suite(&plan, &["P-08"]);
    assert_eq!(report.verdict, Verdict::Pass, "{report:#?}");
}

#[test]
fn the_matrix_tells_what_was_tried_of_what_exists() {
    let world = World {
        tenants: 2,
        ..World::default()
    };
    let some = world.suite(&["I-01"]);
    let row = &some.matrix.rows[0];
    assert_eq!(row.from, "t1");
    assert!(row.tried > 0 && row.tried < row.existing, "{row:?}");
    assert_eq!(row.cells.iter().filter(|c| c.own).count(), 2);
    assert!(row.cells.iter().all(|c| c.leaks == 0 && c.controlled));
}
