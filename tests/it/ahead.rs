//! Whether nodes look ahead or wait for their turn, a run leaves the same: shipped scenarios and worlds that
//! nobody would draw.
//!
//! What judges bandwidths, service levels and continuity must hear everything in one order, so that no node
//! looks ahead where it is asked for: expectations are taken out here.

use std::path::Path;

use trunklab::control::Drawn;
use trunklab::engine::{run, run_in_order};
use trunklab::evidence::{NoObserver, Observer, Trace};
use trunklab::ident::{Lane, NodeId, PortNo};
use trunklab::record::Record;
use trunklab::scenario::Plan;
use trunklab::swarm::{Bounds, Kind, draw};
use trunklab::units::SimTime;
use trunklab::wire::Frame;

use crate::edits::{loaded, shipped};

/// A record in full; how many events were pending at most is the driver's own affair.
fn told(mut record: Record) -> String {
    record.stats.pending_max = 0;
    format!("{record:#?}")
}

fn agree(name: &str, plan: &mut Plan) {
    plan.expect.clear();
    let (ahead, _) = run(plan, Drawn::new(plan.seed), NoObserver).expect("a plan can be run");
    let (in_turn, _) = run_in_order(plan, Drawn::new(plan.seed), NoObserver).expect("a plan can be run");
    assert_eq!(ahead.digest, in_turn.digest, "{name}");
    let (ahead, in_turn) = (told(ahead), told(in_turn));
    let differ = ahead.lines().zip(in_turn.lines()).find(|(a, b)| a != b);
    assert!(ahead == in_turn, "{name}: {differ:?}");
}

#[test]
fn every_shipped_scenario_leaves_the_same_record() {
    let mut paths = Vec::new();
    shipped(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios"), &mut paths);
    assert!(paths.len() > 40, "{}", paths.len());
    for path in paths {
        let mut plan = loaded(&std::fs::read_to_string(&path).expect("a scenario")).plan;
        agree(&path.display().to_string(), &mut plan);
    }
}

/// Worlds with every kind of fault, healthy ones and such that leak.
fn worlds_agree(default: u64) {
    let set = std::env::var("TRUNKLAB_WORLDS")
        .ok()
        .and_then(|count| count.parse().ok());
    let from = std::env::var("TRUNKLAB_WORLDS_FROM")
        .ok()
        .and_then(|from| from.parse().ok());
    let first = from.unwrap_or(1);
    let kinds = [Bounds::default().kinds, Kind::ALL.to_vec()];
    for seed in first..first + set.unwrap_or(default) {
        let bounds = Bounds {
            tenants: (1, 4),
            kinds: kinds[(seed % 2) as usize].clone(),
            ..Bounds::default()
        };
        let text = draw(seed, &bounds).draft.yaml();
        agree(&format!("world {seed}"), &mut loaded(&text).plan);
    }
}

#[test]
fn random_worlds_leave_the_same_record() {
    worlds_agree(40);
}

#[test]
#[ignore = "an hour: run by .ci/long"]
fn ten_thousand_random_worlds_leave_the_same_record() {
    worlds_agree(10_000);
}

/// Writes down in which order it is told, as a capture does.
#[derive(Default)]
struct InOrder(Vec<(SimTime, NodeId, bool)>);

impl Observer for InOrder {
    fn sent(&mut self, at: SimTime, node: NodeId, _: PortNo, _: Lane, _: &Trace, _: &Frame) {
        self.0.push((at, node, true));
    }
    fn arrived(&mut self, at: SimTime, node: NodeId, _: PortNo, _: &Trace, _: &Frame) {
        self.0.push((at, node, false));
    }
}

#[test]
fn who_needs_everything_in_one_order_hears_it_so() {
    let text = include_str!("../data/scenario/two-tenants.yaml");
    let mut plan = loaded(text).plan;
    plan.expect.clear();
    let (record, told) = run(&plan, Drawn::new(plan.seed), InOrder::default()).expect("a plan can be run");
    assert!(told.0.len() > 100, "{}", told.0.len());
    assert!(told.0.is_sorted_by_key(|(at, ..)| *at), "time never goes back");
    let (alone, NoObserver) = run(&plan, Drawn::new(plan.seed), NoObserver).expect("a plan can be run");
    assert_eq!((record.digest, record.stats.hops), (alone.digest, alone.stats.hops));
}
