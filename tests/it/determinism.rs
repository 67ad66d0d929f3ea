//! Nothing but (plan, seed) decides what happens, and what is said of it.

use trunklab::check::{Case, judge};
use trunklab::engine::run;
use trunklab::evidence::{Evidence, FlowEnds, NoObserver};
use trunklab::provision::Defaults;
use trunklab::report::{Format, RunReport, run_document};
use trunklab::scenario::Plan;

use crate::judgement::{Judged, Tenant, World};

fn reports(plan: &Plan) -> [String; 6] {
    let (run, _) = run(plan, Defaults, NoObserver).expect("a plan can be run");
    let judgement = judge(&Case { plan, record: &run });
    let report = [RunReport::new("small.yaml", plan, &run, judgement)];
    let formats = [
        Format::Text { verbose: true },
        Format::Text { verbose: false },
        Format::Json,
        Format::Junit,
        Format::Markdown,
        Format::Csv,
    ];
    formats.map(|format| run_document(&report, &[], false).render(format))
}

fn digest(plan: &Plan) -> u64 {
    run(plan, Defaults, NoObserver).expect("a plan can be run").0.digest
}

/// The same of the network alone.
fn network(plan: &Plan) -> u64 {
    run(plan, Defaults, NoObserver).expect("a plan can be run").0.network
}

/// Traffic that draws random numbers, on a line that does.
fn random() -> World {
    World {
        traffic: Some(
            "  - { name: a, from: acme-dc, to: acme-vpc/web, pattern: poisson, interval: 5ms, start: 3s, stop: 6s }\n  - { name: b, from: globex-dc, to: globex-vpc/web, interval: 7ms, size: imix, start: 3s, stop: 6s }\n".into(),
        ),
        faults: "  - { at: 4s, lose: line, share: \"5%\" }\n  - { at: 5s, duplicate: line, share: \"5%\" }\n",
        expect: "  - { check: continuity }\n  - { check: bandwidth }\n  - { check: attribution, tenant: acme, party: partner }\n  - { check: billing, outbound_payer: acme }\n",
        ..World::default()
    }
}

#[test]
fn two_runs_give_the_same_digest_and_the_same_reports() {
    let (a, b) = (random().plan(), random().plan());
    assert_eq!(digest(&a), digest(&b));
    assert_eq!(reports(&a), reports(&b));
}

#[test]
fn an_idle_tenant_more_leaves_the_digest_of_the_network_as_it_is() {
    let quiet = ", arp: { gratuitous: false }";
    let mut more = random();
    for name in ["aaa", "zzz"] {
        let vlan = if name == "aaa" { 300 } else { 301 };
        let idle = Tenant {
            idc: quiet,
            vbr: false,
            ..Tenant::new(name, vlan)
        };
        more.tenants.push(idle);
    }
    let (plan, other) = (random().plan(), more.plan());
    assert!(other.nodes.len() > plan.nodes.len());
    assert_eq!(network(&plan), network(&other));
    assert_ne!(
        digest(&plan),
        digest(&other),
        "their ports were sold, which the whole digest tells"
    );
}

#[test]
fn an_idle_switch_and_an_idle_circuit_more_leave_the_digest_as_it_is() {
    let text = random().text();
    let more = text
        .replace(
            "access_points: [{ name: ap }]",
            "access_points: [{ name: ap }, { name: aa-idle }, { name: zz-idle }]",
        )
        .replace("access_devices: [", "access_devices: [{ name: a-dev, region: r }, ")
        .replace(
            "circuits: [",
            "circuits: [{ name: a-line, a: aa-idle, b: a-dev }, { name: z-line, a: zz-idle, b: dev }, ",
        );
    assert_ne!(text, more);
    let plan = crate::judgement::plan(&more, &[]);
    assert_eq!(plan.nodes.len(), random().plan().nodes.len() + 3);
    assert_eq!(digest(&random().plan()), digest(&plan));
}

#[test]
fn the_order_of_accounts_sites_and_vpcs_in_the_file_does_not_matter() {
    let straight = random();
    let text = straight.text();
    let mut lines: Vec<&str> = text.lines().collect();
    for key in ["accounts:", "idcs:", "vpcs:"] {
        let from = lines.iter().position(|l| *l == key).expect(key) + 1;
        let many = lines[from..].iter().take_while(|l| l.starts_with("  - ")).count();
        assert!(many >= 2, "{key}");
        lines[from..from + many].reverse();
    }
    let shuffled = lines.join("\n");
    assert_ne!(shuffled, text);
    let plan = crate::judgement::plan(&shuffled, &[]);
    assert_eq!(digest(&straight.plan()), digest(&plan));
    let names = |p: &Plan| p.nodes.iter().map(|n| n.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&straight.plan()), names(&plan));
}

#[test]
fn the_seed_matters_where_something_is_drawn_and_nowhere_else() {
    let with = |world: &World, seed| {
        let mut plan = world.plan();
        plan.seed = seed;
        digest(&plan)
    };
    let plain = World::default();
    let lock_step = |seed| {
        let text = plain.text().replace("interval: 20ms", "interval: 20ms, phase: 0s");
        let mut plan = crate::judgement::plan(&text, &[]);
        plan.seed = seed;
        digest(&plan)
    };
    assert_eq!(lock_step(1), lock_step(2), "nothing is drawn");
    assert_ne!(with(&plain, 1), with(&plain, 2), "phases are drawn");
    assert_ne!(
        with(&random(), 1),
        with(&random(), 2),
        "Poisson gaps and losses are drawn"
    );
    assert_eq!(with(&random(), 2), with(&random(), 2));
}

#[test]
fn another_observer_changes_nothing() {
    let plan = random().plan();
    let flows = plan.flows.iter().map(|f| FlowEnds {
        from: f.from,
        to: f.to,
        direction: f.direction(&plan),
    });
    let flows = flows.collect();
    let (bare, _) = run(&plan, Defaults, NoObserver).expect("a run");
    let (seen, second) = run(&plan, Defaults, Evidence::new(plan.tenants.len(), flows)).expect("a run");
    assert_eq!(bare.digest, seen.digest);
    assert_eq!(seen.evidence.cells(), second.cells(), "both heard the same");
    assert_eq!(bare.evidence.cells(), second.cells());
}

#[test]
fn judging_twice_says_the_same_and_leaves_the_evidence_alone() {
    let judged = Judged::of(random().plan());
    let (before, cells) = (judged.judgement.clone(), judged.run.evidence.cells());
    let judged = judged.again();
    assert_eq!(before, judged.judgement);
    assert_eq!(cells, judged.run.evidence.cells());
}

fn program(args: &[&str]) -> Vec<u8> {
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_trunklab"))
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program starts");
    assert!(!out.stdout.is_empty(), "{}", String::from_utf8_lossy(&out.stderr));
    out.stdout
}

#[test]
fn one_job_and_two_print_the_same_octets() {
    let paths = [
        "scenarios/provisioning/refused-stranger.yaml",
        "tests/data/golden.yaml",
        "scenarios/provisioning/refused-second-vbr.yaml",
    ];
    for format in ["human", "json", "junit", "markdown", "csv"] {
        let with = |jobs| {
            let mut args = vec!["run", "--format", format, "--jobs", jobs];
            args.extend(paths);
            program(&args)
        };
        assert_eq!(with("1"), with("2"), "{format}");
    }
}

#[test]
fn a_capture_changes_nothing_in_the_report() {
    let out = std::env::temp_dir().join(format!("trunklab-determinism-{}.pcapng", std::process::id()));
    let path = out.to_string_lossy().into_owned();
    let plain = program(&["run", "tests/data/golden.yaml"]);
    let captured = program(&["run", "tests/data/golden.yaml", "--pcap", &path]);
    std::fs::remove_file(&out).expect("the capture was written");
    assert_eq!(plain, captured);
}
