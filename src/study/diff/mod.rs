//! Two plans held against each other: what changes for whom, and where their runs part.
//!
//! Things are compared by name, never by number, so that one more tenant does not shift the others.
//!
//! - `facts`: what holds for each tenant, by aspect. `rights`: who may do what, found by asking the law.
//! - `parting`: the first event at which two runs part.

mod facts;
mod parting;
mod rights;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use facts::{Aspect, Key};
pub use parting::Parting;

use crate::check::{Case, Names, Step, story};
use crate::record::Record;
use crate::scenario::Plan;
use crate::study::{Proof, prove_plan};
use crate::units::SimTime;

/// A fact that holds on one side only, or is another on each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Of whom and what.
    pub key: Key,
    /// What it is in the first; `None`: it is not there.
    pub before: Option<String>,
    /// What it is in the second.
    pub after: Option<String>,
}

/// A call of the API, as it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// When.
    pub at: SimTime,
    /// Who asked for what, and how it ended.
    pub text: String,
}

/// What two plans and their runs differ in.
#[derive(Debug, Clone, Default)]
pub struct Difference {
    /// Facts compared, equal ones included.
    pub facts: u64,
    /// Facts that differ, by tenant, aspect and subject.
    pub changes: Vec<Change>,
    /// The first call of the API that differs, on each side; both `None`: all calls went alike.
    pub call: [Option<Told>; 2],
    /// The first event of the network at which the runs part; `None`: every event is the same.
    pub parting: Option<Parting>,
    /// Events of each run.
    pub events: [u64; 2],
}

impl Difference {
    /// Is nothing different?
    pub fn is_none(&self) -> bool {
        self.changes.is_empty() && self.call == [None, None] && self.parting.is_none()
    }

    /// How many facts differ for each tenant, by name.
    pub fn by_tenant(&self) -> BTreeMap<&str, u64> {
        let mut out = BTreeMap::new();
        for change in &self.changes {
            *out.entry(change.key.tenant.as_str()).or_default() += 1;
        }
        out
    }
}

/// One side, run and proved.
struct Side<'a> {
    plan: &'a Plan,
    record: Record,
    proof: Proof,
    events: parting::Sums,
}

impl<'a> Side<'a> {
    fn of(plan: &'a Plan) -> Result<Self, String> {
        let (record, events) = parting::summed(plan)?;
        let proof = prove_plan(plan, |_, _, _| {})?;
        Ok(Self {
            plan,
            record,
            proof,
            events,
        })
    }

    fn calls(&self) -> Vec<Told> {
        let case = Case {
            plan: self.plan,
            record: &self.record,
        };
        let names = Names::new(&case);
        story(&case, &names).iter().map(told).collect()
    }
}

fn told(step: &Step<'_>) -> Told {
    Told {
        at: step.at,
        text: format!(
            "{} calls {} on {}: {}",
            step.by,
            step.call,
            step.on.join(" "),
            step.told()
        ),
    }
}

/// Runs and proves both plans, and says what differs. `each` hears what is done next.
///
/// # Errors
/// A plan cannot be run, or its tables cannot be read.
pub fn diff(a: &Plan, b: &Plan, each: impl Fn(&str)) -> Result<Difference, String> {
    each("the first is run and proved");
    let first = Side::of(a)?;
    each("the second is run and proved");
    let second = Side::of(b)?;
    let facts = [&first, &second].map(|side| facts::of(side.plan, &side.record, &side.proof));
    let calls = [first.calls(), second.calls()];
    each("the event at which they part is looked for");
    let [before, after] = facts;
    let keys: std::collections::BTreeSet<&Key> = before.keys().chain(after.keys()).collect();
    let changes = keys.iter().filter(|key| before.get(**key) != after.get(**key));
    Ok(Difference {
        facts: keys.len() as u64,
        changes: changes
            .map(|key| Change {
                key: (*key).clone(),
                before: before.get(*key).cloned(),
                after: after.get(*key).cloned(),
            })
            .collect(),
        call: first_other(calls),
        events: [first.events.count(), second.events.count()],
        parting: parting::part([(a, &first.events), (b, &second.events)])?,
    })
}

/// The first entries at which two lists differ.
fn first_other([a, b]: [Vec<Told>; 2]) -> [Option<Told>; 2] {
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    [a, b].map(|mut calls| (same < calls.len()).then(|| calls.swap_remove(same)))
}
