//! Random worlds: what they come to depends on the seed alone, and each of their judges has teeth.

use trunklab::control::Drawn;
use trunklab::engine::run;
use trunklab::evidence::NoObserver;
use trunklab::ident::FlowId;
use trunklab::scenario::plan::NodeKind;
use trunklab::scenario::{MemorySources, Plan, load_text};
use trunklab::study::draft::{Draft, Part, Section, Value};
use trunklab::swarm::{
    Bounds, DrawnWorld, Flight, Flown, Forecast, Kind, claims, draw, fly, foretells_nothing, minimal, try_draft,
    try_world,
};

fn planted() -> Bounds {
    Bounds {
        tenants: (2, 3),
        kinds: vec![Kind::Misconnect, Kind::Mistype, Kind::Quirk],
        ..Bounds::default()
    }
}

fn flown(jobs: usize, bounds: &Bounds, keep_all: bool) -> Flown {
    fly(&Flight {
        first: 1,
        seeds: 24,
        jobs,
        bounds,
        oracle: &foretells_nothing,
        keep_all,
        go_on: &|| true,
        told: &|_| {},
    })
}

fn plan(draft: &Draft) -> Plan {
    let loaded = load_text("world.yaml", draft.yaml(), &MemorySources::new());
    loaded
        .unwrap_or_else(|refused| panic!("{}\n{}", refused.errors[0], draft.yaml()))
        .plan
}

fn answered(plan: &Plan, flow: FlowId) -> u64 {
    let (run, _) = run(plan, Drawn::new(plan.seed), NoObserver).expect("a plan can be run");
    run.evidence
        .flow(flow)
        .map_or(0, |account| account.answers.arrived_once())
}

#[test]
fn many_threads_come_to_the_same_digest_as_one() {
    let bounds = Bounds::default();
    let (one, many) = (flown(1, &bounds, true), flown(5, &bounds, false));
    assert_eq!((one.worlds, one.digest, one.frames), (24, many.digest, many.frames));
    assert_ne!(one.digest, 0);
    assert_eq!(one.kept.len(), 24, "all worlds are kept where that is asked for");
    assert!(many.kept.is_empty(), "else those that failed");
}

#[test]
fn a_flight_that_is_told_to_stop_has_tried_the_seeds_from_the_first_on_without_a_gap() {
    let asked = std::sync::atomic::AtomicU64::new(0);
    let bounds = Bounds::default();
    let stopped = fly(&Flight {
        first: 100,
        seeds: 1_000,
        jobs: 3,
        bounds: &bounds,
        oracle: &foretells_nothing,
        keep_all: true,
        go_on: &|| asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 7,
        told: &|_| {},
    });
    let seeds: Vec<u64> = stopped.kept.keys().copied().collect();
    assert_eq!(seeds, (100..107).collect::<Vec<_>>());
}

#[test]
fn a_seed_means_the_same_world_for_ever() {
    let world = draw(1, &Bounds::default());
    assert_eq!(world.draft.yaml(), draw(1, &Bounds::default()).draft.yaml());
    assert_ne!(world.draft.yaml(), draw(2, &Bounds::default()).draft.yaml());
    insta::assert_snapshot!(world.draft.yaml());
}

#[test]
fn a_leak_in_a_world_that_is_called_healthy_is_an_alarm() {
    let leaking: Vec<DrawnWorld> = (1..40).map(|seed| draw(seed, &planted())).collect();
    let mut alarms = 0;
    for world in &leaking {
        let trial = try_draft(&world.draft, &[], &foretells_nothing);
        let alarm = trial.failures.iter().any(|failure| failure.question == "isolation");
        assert_eq!(alarm, trial.astray > 0, "world {}", world.seed);
        alarms += u64::from(alarm);
    }
    assert!(alarms > 5, "{alarms} of {} worlds leak", leaking.len());
}

#[test]
fn an_oracle_that_excludes_what_the_simulation_shows_is_a_failure_and_one_that_admits_it_is_none() {
    let (denies, admits) = (
        |_: &Plan| {
            Some(Forecast {
                may_leak: false,
                defect: None,
            })
        },
        |_: &Plan| {
            Some(Forecast {
                may_leak: true,
                defect: None,
            })
        },
    );
    let mut contradicted = 0;
    for world in (1..20).map(|seed| draw(seed, &planted())) {
        let trial = try_world(&world, &denies);
        let wrong = trial.failures.iter().any(|failure| failure.question == "oracle");
        assert_eq!(wrong, trial.astray > 0, "world {}", world.seed);
        assert_eq!(try_world(&world, &admits).failures, [], "world {}", world.seed);
        contradicted += u64::from(wrong);
    }
    assert!(contradicted > 2);
}

#[test]
fn a_failing_world_is_shrunk_to_one_that_still_fails_so_and_can_be_loaded() {
    let denies = |_: &Plan| {
        Some(Forecast {
            may_leak: false,
            defect: None,
        })
    };
    let world = (1..40)
        .map(|seed| draw(seed, &planted()))
        .find(|world| !try_world(world, &denies).failures.is_empty());
    let world = world.expect("one leaks");
    let least = minimal(&world, 150, &denies).expect("it fails");
    assert_eq!(least.failure.question, "oracle");
    assert!(
        least.draft.parts.len() * 2 < world.draft.parts.len(),
        "{}",
        least.draft.yaml()
    );
    let again = try_draft(&least.draft, &world.kinds, &denies);
    assert_eq!(again.failures.first(), Some(&least.failure));
    plan(&least.draft);
    assert!(
        minimal(&draw(1, &Bounds::default()), 150, &denies).is_none(),
        "what holds is not shrunk"
    );
}

/// Claims are made of the healthy plan; a box that does not do what its tables say breaks them.
#[test]
fn who_has_a_claim_in_the_quiet_end_is_answered_and_would_not_be_by_a_box_that_drops_its_frames() {
    let (mut claimed, mut broken) = (0, 0);
    for world in (1..30).map(|seed| draw(seed, &Bounds::default())) {
        let healthy = plan(&world.draft);
        let (ran, _) = run(&healthy, Drawn::new(healthy.seed), NoObserver).expect("a plan can be run");
        let Some(flow) = claims(&healthy, &ran).first().copied() else {
            continue;
        };
        claimed += 1;
        assert!(answered(&healthy, flow) > 0, "world {}", world.seed);
        let mut faulty = healthy.clone();
        for node in &mut faulty.nodes {
            if let NodeKind::AccessDevice(switch) = &mut node.kind {
                switch.quirk = Some(trunklab::forward::Planted::PushOffByOne);
            }
        }
        broken += u64::from(answered(&faulty, flow) == 0);
        assert!(claims(&faulty, &ran).is_empty(), "of a faulty box nothing is claimed");
    }
    assert!(
        claimed > 5 && broken > 5,
        "{claimed} claims, {broken} of them broken by the fault"
    );
}

#[test]
fn a_claim_is_lost_with_anything_that_could_be_in_its_way() {
    let bounds = Bounds {
        tenants: (1, 1),
        kinds: vec![],
        ..Bounds::default()
    };
    let claimed = |draft: &Draft| {
        let plan = plan(draft);
        let (ran, _) = run(&plan, Drawn::new(plan.seed), NoObserver).expect("a plan can be run");
        !claims(&plan, &ran).is_empty()
    };
    let world = (1..60)
        .map(|seed| draw(seed, &bounds))
        .find(|world| claimed(&world.draft))
        .expect("one has a claim");
    let at = |ms| trunklab::units::SimDuration::from_millis(ms);
    let fault = |ms, key, value: &str| Part::new().must("at", at(ms)).must(key, value);
    let mut changes = vec![
        (Section::Faults, fault(300, "cut", "d1/uni")),
        (Section::Faults, fault(300, "detach", "r1")),
        (
            Section::Faults,
            fault(300, "lose", "d1/uni").must("share", Value::Percent(1)),
        ),
        (Section::Faults, fault(900, "restore", "d1/uni")),
    ];
    let terminate = Part::new()
        .must("at", at(300))
        .must("by", "t1")
        .must("do", "DeleteTransitRouterVbrAttachment");
    let which = Part::new().must("TransitRouterAttachmentId", "a1");
    changes.push((Section::Provisioning, terminate.must("with", which)));
    for (section, part) in changes {
        let mut draft = world.draft.clone();
        draft.add(section, part);
        assert!(!claimed(&draft), "{}", draft.yaml());
    }
}
