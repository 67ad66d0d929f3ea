//! Who may notice a fault: each engine is given a plan and names its alarms.

use std::collections::BTreeSet;

use crate::check::{Case, Judgement, Verdict, judge};
use crate::engine::cloud::Drawn;
use crate::engine::run as simulate;
use crate::evidence::NoObserver;
use crate::scenario::Plan;
use crate::study::isolate::{self, Options};
use crate::study::{Verdict as Proven, prove_plan};

/// Something that judges worlds.
pub struct Engine {
    /// Its name in the matrix.
    pub name: &'static str,
    /// The alarms that it raises in a world, by name; or why it cannot judge it.
    pub alarms: fn(&Plan) -> Result<BTreeSet<String>, String>,
    /// Every alarm that it could raise in this world.
    pub able: fn(&Plan) -> BTreeSet<String>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Engine").field(&self.name).finish()
    }
}

/// Every engine.
pub fn engines() -> Vec<Engine> {
    vec![suite(), proof(), checks()]
}

/// The checks of a scenario: it is run, and each verdict of FAIL that was not expected is an alarm.
fn checks() -> Engine {
    Engine {
        name: "checks",
        alarms: |plan| {
            let judgement = judged(plan)?;
            let failed = judgement.lines.iter().filter(|line| line.verdict == Verdict::Fail);
            Ok(failed.map(|line| line.check.to_owned()).collect())
        },
        able: |plan| {
            let lines = judged(plan).map(|judgement| judgement.lines).unwrap_or_default();
            lines.iter().map(|line| line.check.to_owned()).collect()
        },
    }
}

/// The isolation suite: each vector with a verdict of FAIL is an alarm.
fn suite() -> Engine {
    Engine {
        name: "suite",
        alarms: |plan| {
            Ok(vectors(plan)?
                .into_iter()
                .filter_map(|(id, at)| (at == Verdict::Fail).then_some(id))
                .collect())
        },
        able: |plan| {
            let tried = vectors(plan).unwrap_or_default();
            let able = |at| matches!(at, Verdict::Pass | Verdict::Fail | Verdict::Inconc);
            tried
                .into_iter()
                .filter_map(|(id, at)| able(at).then_some(id))
                .collect()
        },
    }
}

fn vectors(plan: &Plan) -> Result<Vec<(String, Verdict)>, String> {
    // No result depends on the number of threads.
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let options = Options {
        jobs,
        random: 200,
        minimised: 0,
        ..Options::default()
    };
    let report = isolate::run(plan, &options, &|_, _| {})?;
    Ok(report
        .verdicts()
        .map(|(id, _, verdict)| (id.to_owned(), verdict))
        .collect())
}

/// The proof of the tables at every time of the run.
fn proof() -> Engine {
    const COUNTEREXAMPLE: &str = "counterexample";
    Engine {
        name: "proof",
        alarms: |plan| match prove_plan(plan)?.verdict {
            Proven::Proved => Ok(BTreeSet::new()),
            Proven::Leaks => Ok(BTreeSet::from([COUNTEREXAMPLE.to_owned()])),
            Proven::Undecided(why) => Err(why),
            Proven::Broken(why) => Err(format!("defect of the prover: {why}")),
        },
        able: |_| BTreeSet::from([COUNTEREXAMPLE.to_owned()]),
    }
}

fn judged(plan: &Plan) -> Result<Judgement, String> {
    let (run, _) = simulate(plan, Drawn::new(plan.seed), NoObserver).map_err(|e| e.to_string())?;
    Ok(judge(&Case { plan, run: &run }))
}
