//! What the proof foretells of a world, to be held against what its simulation shows.

use super::trial::Forecast;
use crate::scenario::Plan;
use crate::study::{Proven, prove_plan_by_class};

/// Proves the tables at every time of the world; says nothing where the prover cannot decide.
pub fn by_proof(plan: &Plan) -> Option<Forecast> {
    let forecast = |may_leak, defect| Some(Forecast { may_leak, defect });
    match prove_plan_by_class(plan).ok()?.verdict {
        Proven::Proved => forecast(false, None),
        Proven::Leaks => forecast(true, None),
        Proven::Broken(why) => forecast(true, Some(why)),
        Proven::Undecided(_) => None,
    }
}
