//! The experiment behind attribution: deviations are put right, the same world runs again, and what became
//! of each frame is compared.
//!
//! Invariant: a party is named only if healing its deviation, and nothing else, saves frames. Nothing is
//! judged by names, places or reasons.
//!
//! - `fates`: what became of each frame of each flow. `worlds`: the worlds that were run, by whose
//!   deviations are put right in them. `answer`: from worlds to answers. `lines`: the smallest cause.
//! - `leaks`: the smallest change of the scenario that closes leaks.

mod answer;
mod fates;
pub mod leaks;
mod lines;
#[cfg(test)]
mod tests;
mod worlds;

pub use answer::ask;

use std::collections::BTreeSet;

use crate::check::{Answers, Case, Judgement, judge, judge_with};
use crate::record::Record;
use crate::scenario::plan::Check;
use crate::scenario::{Expanded, Plan};

/// Whom a judgement asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// Tenants of whom the scenario expects an attribution.
    Expected,
    /// Every tenant.
    Everybody,
}

/// Judges a run, having found out who answers for losses where that is asked. `None`: nobody asked.
///
/// # Errors
/// The scenario cannot be run; the text says why.
pub fn judged(
    expanded: &Expanded,
    plan: &Plan,
    record: &Record,
    whom: Whom,
    jobs: usize,
) -> Result<(Judgement, Option<Answers>), String> {
    let case = Case { plan, record };
    let expected = plan.expect.iter().filter_map(|expected| match expected.check {
        Check::Attribution { tenant, .. } => Some(plan.tenants[tenant.index()].name.clone()),
        _ => None,
    });
    let expected: BTreeSet<String> = expected.collect();
    let only = match whom {
        Whom::Expected if expected.is_empty() => return Ok((judge(&case), None)),
        Whom::Expected => Some(&expected),
        Whom::Everybody => None,
    };
    let answers = ask(expanded, plan, record, only, jobs)?;
    Ok((judge_with(&case, &answers), Some(answers)))
}
