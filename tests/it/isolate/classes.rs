//! One tenant attacks for all that the proof shows to be like it: held against worlds in which each attacks.

use trunklab::check::Verdict;
use trunklab::forward::{Limit, PriorityMap};
use trunklab::isolate::{ByClass, ClassReport, IsolationReport, Options, run};
use trunklab::mutants::{FAULTS, Injection};
use trunklab::scenario::Plan;
use trunklab::scenario::plan::{NodeKind, SwitchPlan};
use trunklab::units::SimDuration;

use super::{World, options};

/// A question to the control plane alone: it costs no trial.
const QUESTION: &[&str] = &["V-04"];
/// A row of each kind of verdict on what tenants send.
const ROWS: &[&str] = &["I-03", "I-07", "D-19", "D-20", "F-05", "S-05", "Q-01", "P-06"];

fn tried(plan: &Plan, vectors: &[&str], by_class: ByClass) -> IsolationReport {
    let options = Options {
        by_class,
        ..options(vectors)
    };
    run(plan, &options, &|_, _| {}).expect("a plan that exists can be tried")
}

/// How many tenants each class has, the largest first.
fn sizes(plan: &Plan) -> Vec<usize> {
    let report = tried(plan, QUESTION, ByClass::Always);
    assert!(report.classes.iter().all(|class| class.attacks));
    assert_eq!(report.tenants.1, report.classes.len(), "one of each attacks");
    report.classes.iter().map(|class| class.tenants).collect()
}

fn access_point(plan: &mut Plan) -> &mut SwitchPlan {
    let switch = plan.nodes.iter_mut().find_map(|node| match &mut node.kind {
        NodeKind::AccessPoint(switch) => Some(switch),
        _ => None,
    });
    switch.expect("an access point")
}

fn world(tenants: u32) -> World<'static> {
    World {
        tenants,
        ..World::default()
    }
}

#[test]
fn tenants_that_differ_in_names_alone_are_one_class_and_the_report_says_for_how_many_one_stands() {
    for tagged in [false, true] {
        let plan = World { tagged, ..world(5) }.plan();
        let report = tried(&plan, &["I-01"], ByClass::Always);
        let expected = ClassReport {
            representative: "t1".to_owned(),
            attacks: true,
            tenants: 5,
            ports: 10,
        };
        assert_eq!(report.classes, [expected]);
        assert_eq!((report.tenants.0, report.tenants.1), (5, 1));
        assert_eq!(report.verdict, Verdict::Pass);
    }
    let two_circuits = World {
        circuits: 2,
        ..world(5)
    };
    assert_eq!(sizes(&two_circuits.plan()), [3, 2], "each circuit has its own");
}

#[test]
fn where_each_attacks_for_itself_there_are_no_classes() {
    for by_class in [ByClass::Never, ByClass::WhereMany] {
        let report = tried(&world(3).plan(), QUESTION, by_class);
        assert_eq!((report.classes.len(), report.tenants.1), (0, 3));
    }
}

/// Changes one thing of the third tenant's, and nothing else.
type Change = fn(&mut Plan);

#[test]
fn whoever_differs_in_one_term_is_in_a_class_of_its_own() {
    fn member(plan: &mut Plan) -> &mut trunklab::forward::Member {
        let service = access_point(plan).tables.services.values_mut().nth(2);
        &mut service.expect("the third tenant's").members[0]
    }
    let changes: [(&str, Change); 6] = [
        ("priority", |plan| {
            member(plan).priority = PriorityMap::new([3; 16]).expect("four bits each")
        }),
        ("arp", |plan| {
            member(plan).arp = Some(Limit {
                per_second: 9,
                burst: 9,
                shared: None,
            });
        }),
        ("address", |plan| {
            member(plan).bound_mac = Some(trunklab::wire::MacAddr([2, 0, 0, 0, 0, 9]))
        }),
        ("last mile", |plan| {
            let link = plan.links.iter_mut().find(|link| link.name.contains("d3"));
            link.expect("its last mile").config.delay = SimDuration::from_millis(7);
        }),
        ("mtu", |plan| {
            let port = member(plan).port;
            let other = access_point(plan)
                .tables
                .services
                .values()
                .nth(2)
                .map(|s| s.members.clone());
            let own = other
                .into_iter()
                .flatten()
                .map(|m| m.port)
                .find(|p| p.0 > 0)
                .unwrap_or(port);
            access_point(plan).tables.ports[own.index()].mtu = 900;
        }),
        ("vlan", |plan| {
            let service = access_point(plan)
                .tables
                .services
                .values_mut()
                .nth(2)
                .expect("the third");
            let tagged = service.members.iter_mut().find(|member| member.vid.is_some());
            tagged.expect("its circuit").vid = trunklab::wire::Vid::new(999);
        }),
    ];
    assert_eq!(sizes(&world(4).plan()), [4]);
    for (what, change) in changes {
        let mut plan = world(4).plan();
        change(&mut plan);
        assert_eq!(sizes(&plan), [3, 1], "{what}");
    }
}

/// A planted fault may read single bits of a VID: nobody is like another behind it.
#[test]
fn a_planted_fault_leaves_nobody_like_another_and_wrong_tables_not_those_that_they_name() {
    let loaded = world(4).loaded();
    let mut seen = Vec::new();
    for fault in FAULTS {
        let Ok((plan, _)) = fault.injection.apply(&loaded) else {
            continue;
        };
        let sizes = sizes(&plan);
        match fault.injection {
            Injection::Quirk(_) | Injection::Learner(_) => assert!(sizes.iter().all(|n| *n == 1), "{}", fault.id),
            _ => {}
        }
        if ["C01", "C02", "M25", "M29"].contains(&fault.id) {
            assert!(sizes.len() > 1 && sizes.contains(&1), "{}: {sizes:?}", fault.id);
            seen.push(fault.id);
        }
    }
    assert_eq!(seen, ["M25", "M29", "C01", "C02"]);
}

#[test]
fn one_for_its_class_comes_to_the_same_verdicts_as_each_for_itself_whatever_fault_is_planted() {
    let loaded = world(3).loaded();
    let healthy = [("healthy", loaded.plan.clone())];
    let faulty = FAULTS.iter().filter_map(|fault| match fault.injection {
        // Behind these nobody is like another: it is the same run.
        Injection::Quirk(_) | Injection::Learner(_) => None,
        _ => Some((fault.id, fault.injection.apply(&loaded).ok()?.0)),
    });
    let mut failed = Vec::new();
    for (id, plan) in healthy.into_iter().chain(faulty) {
        let (each, by_class) = (tried(&plan, ROWS, ByClass::Never), tried(&plan, ROWS, ByClass::Always));
        let verdicts = |report: &IsolationReport| report.verdicts().collect::<Vec<_>>();
        assert_eq!(verdicts(&by_class), verdicts(&each), "{id}");
        assert_eq!(by_class.verdict, each.verdict, "{id}");
        if each.verdict == Verdict::Fail {
            failed.push(id);
        }
    }
    assert!(failed.contains(&"C01") && failed.contains(&"C02"), "{failed:?}");
    assert!(!failed.contains(&"healthy"));
}
