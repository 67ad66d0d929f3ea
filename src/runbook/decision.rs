//! What is recommended to the board, and why.

use super::{Rehearsed, words};
use crate::check::Verdict;
use crate::preflight::{Standing, Text};

/// What is recommended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// Go.
    Go,
    /// Convert the test tenant alone, measure, rehearse again, and decide on the others then.
    WaveZero,
    /// Something that has to be known is not.
    NotYet,
    /// Something is in the way.
    NoGo,
}

impl Decision {
    /// Its name for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Go => "GO",
            Self::WaveZero => "GO FOR WAVE 0 ALONE",
            Self::NotYet => "NOT YET",
            Self::NoGo => "NO-GO",
        }
    }
}

/// A recommendation, and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recommendation {
    /// What.
    pub decision: Decision,
    /// Why, the most important first; at least one.
    pub reasons: Vec<Text>,
}

pub(super) fn recommend(rehearsed: &Rehearsed<'_>) -> Recommendation {
    let rehearsal = rehearsed.rehearsal;
    let verdict = rehearsal.verdict();
    let mut reasons: Vec<(Decision, Text)> = Vec::new();
    match verdict {
        Verdict::Fail => reasons.push((Decision::NoGo, words::rehearsal_fails())),
        Verdict::Error => reasons.push((Decision::NoGo, words::rehearsal_broken())),
        Verdict::Pass => {}
        Verdict::Inconc | Verdict::NotApplicable | Verdict::NotTestable => {
            reasons.push((Decision::NotYet, words::rehearsal_open()));
        }
    }
    let planned = || {
        let going = rehearsed.units().iter().filter(|unit| rehearsed.goes(unit));
        going.filter_map(|unit| rehearsed.line(unit))
    };
    let of = |standing: Standing| planned().filter(move |line| line.standing() == standing);
    let names = |standing: Standing| {
        const SHOWN: usize = 5;
        let mut names: Vec<&str> = of(standing).map(|line| line.tenant.as_str()).take(SHOWN).collect();
        if of(standing).count() > SHOWN {
            names.push("...");
        }
        names.join(", ")
    };
    let (no_go, unknown) = (of(Standing::NoGo).count(), of(Standing::Unknown).count());
    if no_go > 0 {
        reasons.push((Decision::NoGo, words::tenants_no_go(no_go, &names(Standing::NoGo))));
    }
    if unknown > 0 {
        reasons.push((
            Decision::NotYet,
            words::tenants_unknown(unknown, &names(Standing::Unknown)),
        ));
    }
    if planned().count() == 0 {
        reasons.push((Decision::NoGo, words::nobody_goes()));
    }
    if rehearsal.hypothetical {
        reasons.push(match &rehearsal.cutover.test_tenant {
            Some(tenant) => (Decision::WaveZero, words::unmeasured(tenant)),
            None => (Decision::NotYet, words::unmeasured_without_trial()),
        });
    }
    reasons.sort_by_key(|(decision, _)| std::cmp::Reverse(*decision));
    let decision = reasons.first().map_or(Decision::Go, |(decision, _)| *decision);
    if reasons.is_empty() {
        reasons.push((Decision::Go, words::all_shown()));
    }
    Recommendation {
        decision,
        reasons: reasons.into_iter().map(|(_, reason)| reason).collect(),
    }
}
