//! Who may notice a fault: each engine is given a plan and names its alarms.

use std::collections::BTreeSet;

use crate::check::{Case, Judgement, Verdict, judge};
use crate::engine::cloud::Drawn;
use crate::engine::run as simulate;
use crate::evidence::NoObserver;
use crate::scenario::Plan;

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
    vec![checks()]
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

fn judged(plan: &Plan) -> Result<Judgement, String> {
    let (run, _) = simulate(plan, Drawn::new(plan.seed), NoObserver).map_err(|e| e.to_string())?;
    Ok(judge(&Case { plan, run: &run }))
}
