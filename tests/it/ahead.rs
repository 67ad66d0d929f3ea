//! Whether nodes look ahead or wait for their turn, a run leaves the same: records, judgements and captures of
//! shipped scenarios and of worlds that nobody would draw.

use std::fmt::Write;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

use trunklab::control::Drawn;
use trunklab::engine::{run, run_in_order};
use trunklab::evidence::{NoObserver, Observer, Trace};
use trunklab::ident::{Lane, NodeId, PortNo};
use trunklab::judge;
use trunklab::record::Record;
use trunklab::report::LinkCapture;
use trunklab::scenario::Plan;
use trunklab::scenario::plan::Check;
use trunklab::swarm::{Bounds, Kind, draw};
use trunklab::units::SimTime;
use trunklab::wire::Frame;

use crate::edits::{loaded, shipped};

/// Hashes what is written: a record's text may take a gigabyte.
#[derive(Default)]
struct Hashed(DefaultHasher);

impl Write for Hashed {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

/// The hash of a record in full, and where it is small of what is judged of it.
fn hashed(plan: &Plan, record: &Record) -> u64 {
    let mut hashed = Hashed::default();
    write!(hashed, "{record:?}").expect("a hash takes everything");
    if record.stats.hops <= HOPS_CAPTURED {
        write!(hashed, "{:?}", judge(plan, record)).expect("a hash takes everything");
    }
    hashed.0.finish()
}

/// What a run leaves; how many events were pending at most is the driver's own affair.
fn left<O: Observer>(plan: &Plan, in_order: bool, extra: O) -> (Record, O) {
    let choices = Drawn::new(plan.seed);
    let run = if in_order {
        run_in_order(plan, choices, extra)
    } else {
        run(plan, choices, extra)
    };
    let (mut record, extra) = run.expect("a plan can be run");
    record.stats.pending_max = 0;
    (record, extra)
}

/// What a run leaves that writes a capture, and the capture.
fn captured(plan: &Plan, in_order: bool) -> (Record, Vec<u8>) {
    let mut octets = Vec::new();
    let capture = LinkCapture::new(&mut octets, plan).expect("a list takes everything");
    let (record, capture) = left(plan, in_order, capture);
    capture.finish().expect("a list takes everything");
    (record, octets)
}

fn alike(name: &str, plan: &Plan, one: &Record, other: &Record) {
    if hashed(plan, one) != hashed(plan, other) {
        let text = |record| format!("{record:?} {:?}", judge(plan, record));
        let (one, other) = (text(one), text(other));
        let differ = one.split(", ").zip(other.split(", ")).find(|(a, b)| a != b);
        panic!("{name}: {differ:?}");
    }
}

/// A capture of more hops is not made: two of them are held in memory. Nor is the run judged, by what has
/// been compared already.
const HOPS_CAPTURED: u64 = 100_000;

/// Runs that look ahead and one that does not leave the same; with a capture or without.
fn agree(name: &str, plan: &Plan, capture: bool) {
    let (ahead, NoObserver) = left(plan, false, NoObserver);
    if !capture || ahead.stats.hops > HOPS_CAPTURED {
        let (in_turn, NoObserver) = left(plan, true, NoObserver);
        return alike(name, plan, &ahead, &in_turn);
    }
    let (there, here) = (captured(plan, false), captured(plan, true));
    alike(name, plan, &ahead, &here.0);
    alike(name, plan, &there.0, &here.0);
    assert!(here.1.len() > 100 && there.1 == here.1, "{name}: the captures differ");
}

#[test]
fn every_shipped_scenario_leaves_the_same_record_judgement_and_capture() {
    let mut paths = Vec::new();
    shipped(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios"), &mut paths);
    assert!(paths.len() > 40, "{}", paths.len());
    for path in paths {
        let plan = loaded(&std::fs::read_to_string(&path).expect("a scenario")).plan;
        agree(&path.display().to_string(), &plan, true);
    }
}

/// Everything that hears of several places is asked for: what a drawn world expects, and service levels.
fn asking(seed: u64) -> Plan {
    let kinds = [Bounds::default().kinds, Kind::ALL.to_vec()];
    let bounds = Bounds {
        tenants: (1, 4),
        kinds: kinds[(seed % 2) as usize].clone(),
        ..Bounds::default()
    };
    let drawn = draw(seed, &bounds);
    let mut text = drawn.draft.yaml();
    for tenant in 1..=drawn.tenants {
        for (flow, direction) in [("u", "up"), ("w", "down")] {
            for segment in ["partner", "cloud", "end_to_end"] {
                text += &format!(
                    "  - {{ check: sla, flow: {flow}{tenant}, direction: {direction}, segment: {segment}, delay_max: 5ms, frame_loss_max: 1% }}\n"
                );
            }
        }
    }
    let plan = loaded(&text).plan;
    let asks = |what: &dyn Fn(&Check) -> bool| plan.expect.iter().any(|expectation| what(&expectation.check));
    assert!(asks(&|check| matches!(check, Check::Continuity { .. })) && asks(&|check| matches!(check, Check::Sla(_))));
    plan
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
    for seed in first..first + set.unwrap_or(default) {
        agree(&format!("world {seed}"), &asking(seed), seed % 3 == 0);
    }
}

#[test]
fn random_worlds_leave_the_same_record_judgement_and_capture() {
    worlds_agree(120);
}

#[test]
#[ignore = "an hour: run by .ci/long"]
fn ten_thousand_random_worlds_leave_the_same_record_judgement_and_capture() {
    worlds_agree(10_000);
}

/// Writes down in which order it is told, as a capture does.
#[derive(Default)]
struct Story(Vec<(SimTime, NodeId, bool)>);

impl Observer for Story {
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
    let plan = loaded(text).plan;
    let (record, ahead) = run(&plan, Drawn::new(plan.seed), Story::default()).expect("a plan can be run");
    let (_, in_turn) = run_in_order(&plan, Drawn::new(plan.seed), Story::default()).expect("a plan can be run");
    assert!(ahead.0.len() > 100, "{}", ahead.0.len());
    assert!(ahead.0.is_sorted_by_key(|(at, ..)| *at), "time never goes back");
    assert_eq!(ahead.0, in_turn.0);
    let (alone, NoObserver) = run(&plan, Drawn::new(plan.seed), NoObserver).expect("a plan can be run");
    assert_eq!((record.digest, record.stats.hops), (alone.digest, alone.stats.hops));
}
