//! Before the window: may each tenant go, what is in the way, and what changes for it besides frames.
//!
//! Invariant: what no source shows is UNKNOWN, never GO. A scenario's defaults are no source; that its law accepts
//! a call shows nothing of the real cloud, that it refuses one is a reason.
//!
//! - `language`: texts in every language. `item`: the closed list of questions. `said`: the sentences.
//! - `evidence`: what was looked up. `saved`: the same out of saved answers of the API. `law`: what the law makes of the plan.
//! - `asked`: the questions that one value answers. `fits`: bandwidth. `ways`: health checks and ways.
//! - `changes`: money, rights and who answers for the line, before and afterwards. `result`: what it came to.

mod asked;
mod changes;
mod evidence;
mod fits;
mod item;
mod language;
mod law;
mod result;
mod said;
mod saved;
#[cfg(test)]
mod tests;
mod ways;

pub use changes::{Changes, Money, Rights, amount};
pub use evidence::Evidence;
pub use item::{Item, Who};
pub use language::{Language, Text};
pub(crate) use language::{Say, texts};
pub use result::{Finding, Preflight, Standing, TenantLine};
pub use saved::add_answers;

use std::collections::BTreeMap;

use crate::scenario::file::ScenarioFile;
use crate::scenario::plan::UnknownWord;
use crate::scenario::{Cutover, Moment, Plan, Unit};
use law::Law;

/// What all tenants are asked with.
struct Case<'a> {
    plan: &'a Plan,
    file: &'a ScenarioFile,
    cutover: &'a Cutover,
    evidence: &'a Evidence,
    law: &'a Law,
    /// When the window is over, where the file says when it opens.
    over: Option<Moment>,
    /// How many ports of this plan are made on the VBR's circuit up to its own, and is it the first to find no room?
    places: BTreeMap<&'a str, (u64, bool)>,
}

impl Case<'_> {
    /// Values of a tenant's that nobody knows.
    fn stand_ins(&self, unit: &Unit) -> Vec<UnknownWord> {
        let tenant = self.plan.tenants.iter().position(|tenant| tenant.name == unit.tenant);
        let words = self.plan.unknown.iter().filter(|(of, _)| Some(of.index()) == tenant);
        words.map(|(_, word)| *word).collect()
    }
}

/// Asks everything of every tenant of a cutover. `file`: the scenario with its steps written out.
pub fn preflight(plan: &Plan, file: &ScenarioFile, cutover: &Cutover, evidence: &Evidence) -> Preflight {
    let law = Law::of(plan, file, cutover, |vbr| evidence.pilot(vbr));
    let lasts = cutover.window.1.saturating_since(cutover.window.0);
    let opens = cutover.board.as_ref().and_then(|board| board.opens.as_ref());
    let case = Case {
        plan,
        file,
        cutover,
        evidence,
        law: &law,
        over: opens.map(|opens| opens.plus(lasts)),
        places: places(cutover, &law),
    };
    let line = |unit: &Unit| TenantLine::new(unit, asked::ask(&case, unit), changes::of(&case, unit));
    Preflight {
        name: plan.name.clone(),
        currency: plan.prices.as_ref().map(|prices| prices.currency.clone()),
        lines: cutover.units.iter().map(line).collect(),
    }
}

fn places<'a>(cutover: &'a Cutover, law: &Law) -> BTreeMap<&'a str, (u64, bool)> {
    let mut made: BTreeMap<&str, (u64, bool)> = BTreeMap::new();
    let mut places = BTreeMap::new();
    for unit in &cutover.units {
        let (count, full) = made.entry(unit.circuit.as_str()).or_default();
        *count += 1;
        let refused = law
            .answered
            .get(&unit.vbr)
            .is_some_and(|answered| answered.create.as_deref() == Some(Item::CircuitHasRoom.code()));
        places.insert(unit.vbr.as_str(), (*count, refused && !*full));
        *full |= refused;
    }
    places
}
