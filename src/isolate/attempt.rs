//! A trial, run and judged, beside the same trial without its attack where the two are compared.

use super::drive::{self, Ended};
use super::judge::{Outcome, judge};
use super::pics::Declared;
use super::testbed::Testbed;
use super::trial::Trial;
use crate::node::AnySwitch;

/// What a trial came to.
pub struct Attempt {
    /// What is thought of it.
    pub outcome: Outcome,
    /// The run without the attack, where the two were compared.
    pub reference: Option<Ended>,
}

/// Runs a trial, and the one that it is compared with, and judges it.
///
/// # Errors
///
/// The trial cannot be run; the text says why.
pub fn attempt(bed: &Testbed, switches: &[AnySwitch], declared: &Declared, trial: &Trial) -> Result<Attempt, String> {
    let ended = drive::run(bed, switches, trial, false)?;
    let reference = match trial.compare {
        Some(_) => {
            let plain = trial.without_attack();
            let run = drive::run(bed, switches, &plain, false)?;
            Some((plain, run))
        }
        None => None,
    };
    let pair = reference.as_ref().map(|(plan, run)| (plan, run));
    Ok(Attempt {
        outcome: judge(bed, declared, trial, &ended, pair),
        reference: reference.map(|(_, run)| run),
    })
}
