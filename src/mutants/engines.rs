//! Who may notice a fault: each engine is given a plan and names its alarms.

use std::collections::BTreeSet;

use super::work::LARGE;
use crate::check::{Case, Verdict, judge};
use crate::control::Drawn;
use crate::engine::run as simulate;
use crate::evidence::NoObserver;
use crate::isolate::{self, Options};
use crate::scenario::Plan;
use crate::study::{Proven, prove_plan_by_class};

/// The name of the isolation suite.
pub const SUITE: &str = "suite";

/// What an engine heard in a world.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heard {
    /// Everything that it could have raised an alarm by.
    pub able: BTreeSet<String>,
    /// What it raised an alarm by.
    pub alarms: BTreeSet<String>,
}

/// How much of the isolation suite a world gets, by its size: every vector, from so many tenants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Tenants that attack, at most.
    pub attackers: usize,
    /// Tenants whose good frames are controls, at most.
    pub controlled: usize,
    /// Random frames that each port sends.
    pub random: u32,
}

impl Share {
    /// A world's share.
    pub fn of(plan: &Plan) -> Self {
        match plan.tenants.len() > LARGE {
            false => Self {
                attackers: 4,
                controlled: 32,
                random: 200,
            },
            true => Self {
                attackers: 1,
                controlled: 4,
                random: 200,
            },
        }
    }
}

/// Something that judges worlds.
#[derive(Clone, Copy)]
pub struct Engine {
    /// Its name in the matrix.
    pub name: &'static str,
    /// What it hears in a world; or why it cannot judge it.
    pub ask: fn(&Plan, Share) -> Result<Heard, String>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Engine").field(&self.name).finish()
    }
}

/// Every engine.
pub fn engines() -> Vec<Engine> {
    let engine = |name, ask| Engine { name, ask };
    vec![
        engine(SUITE, suite as fn(&Plan, Share) -> Result<Heard, String>),
        engine("proof", proof),
        engine("checks", checks),
    ]
}

fn heard(lines: impl Iterator<Item = (String, Verdict)>) -> Heard {
    let mut heard = Heard::default();
    for (name, verdict) in lines {
        if matches!(verdict, Verdict::Pass | Verdict::Fail | Verdict::Inconc) {
            heard.able.insert(name.clone());
        }
        if verdict == Verdict::Fail {
            heard.alarms.insert(name);
        }
    }
    heard
}

/// The checks of a scenario: it is run, and each verdict of FAIL is an alarm.
fn checks(plan: &Plan, _: Share) -> Result<Heard, String> {
    let (run, _) = simulate(plan, Drawn::new(plan.seed), NoObserver).map_err(|e| e.to_string())?;
    let judgement = judge(&Case { plan, record: &run });
    let lines = judgement.lines.iter().map(|line| (line.check.to_owned(), line.verdict));
    Ok(heard(lines))
}

/// The isolation suite: each vector with a verdict of FAIL is an alarm.
fn suite(plan: &Plan, share: Share) -> Result<Heard, String> {
    let options = Options {
        // The cores are busy with other worlds.
        jobs: 1,
        random: Some(share.random),
        attackers: Some(share.attackers),
        controlled: share.controlled,
        minimised: 0,
        ..Options::default()
    };
    let report = isolate::run(plan, &options, &|_, _| {})?;
    Ok(heard(
        report.verdicts().map(|(id, _, verdict)| (id.to_owned(), verdict)),
    ))
}

/// The proof of the tables at every time of the run. VIDs that no table names are asked for by class where no
/// fault is planted in the forwarder itself; a test holds what it says against all of them asked.
fn proof(plan: &Plan, _: Share) -> Result<Heard, String> {
    let counterexample = || BTreeSet::from(["counterexample".to_owned()]);
    let alarms = match prove_plan_by_class(plan)?.verdict {
        Proven::Proved => BTreeSet::new(),
        Proven::Leaks => counterexample(),
        Proven::Undecided(why) => return Err(why),
        Proven::Broken(why) => return Err(format!("defect of the prover: {why}")),
    };
    let able = counterexample();
    Ok(Heard { able, alarms })
}
