//! Each call of the plan: who asked for what and when, how it ended, and what a refusal follows from.

use std::collections::BTreeMap;

use super::names::{Names, hole_name};
use crate::check::case::Case;
use crate::check::{Field, Value};
use crate::evidence::StepRecord;
use crate::ident::{BindingId, TenantId};
use crate::provision::{ErrorCode, Hole, ResourceId};
use crate::scenario::plan::StepPlan;
use crate::units::SimTime;

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It never ran.
    NotRun,
    /// It was accepted.
    Accepted,
    /// It was refused, by this code and message.
    Refused(String, String),
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step<'a> {
    /// Line in the scenario file, from 1.
    pub line: u32,
    /// When it was called, or should have been.
    pub at: SimTime,
    /// Who called.
    pub by: &'a str,
    /// The operation.
    pub call: &'static str,
    /// What it names, and what its result is called, by the file's names.
    pub on: Vec<&'a str>,
    /// Whose service it is about, if it is one tenant's.
    pub tenant: Option<&'a str>,
    /// How it ended; messages name resources as the file does.
    pub outcome: Outcome,
    /// The code that it should be refused by.
    pub expected: Option<&'static str>,
    /// Line of the step whose refusal this one follows from.
    pub follows: Option<u32>,
    /// Its place among all steps: many tenants written as one have one line.
    pub root: Option<usize>,
}

impl Step<'_> {
    /// Did it end as it should?
    pub fn conforms(&self) -> bool {
        match &self.outcome {
            Outcome::NotRun => false,
            Outcome::Accepted => self.expected.is_none(),
            Outcome::Refused(code, _) => self.expected == Some(code.as_str()),
        }
    }

    /// How it ended, in words.
    pub fn told(&self) -> String {
        match (&self.outcome, self.expected) {
            (Outcome::NotRun, _) => "never ran".to_owned(),
            (Outcome::Accepted, None) => "accepted".to_owned(),
            (Outcome::Accepted, Some(code)) => format!("accepted; it should be refused by {code}"),
            (Outcome::Refused(code, _), Some(expected)) if code == expected => {
                let dry = ErrorCode::parse(expected).is_some_and(ErrorCode::is_dry_run);
                match dry {
                    true => format!("passed the dry run: {code}"),
                    false => format!("refused by {code}, as it should be"),
                }
            }
            (Outcome::Refused(code, message), None) => format!("refused: {code}: {message}"),
            (Outcome::Refused(code, message), Some(expected)) => {
                format!("refused by {code} instead of {expected}: {message}")
            }
        }
    }
}

/// What was refused that should not have been, and what the step should have made or changed.
#[derive(Default)]
struct Broken {
    /// The first refusal on each name that a step binds: its place among all steps, and its line.
    roots: BTreeMap<BindingId, (usize, u32)>,
    /// Why each name stands for nothing: the line of the last step that should have made it.
    unmade: BTreeMap<BindingId, Unmade>,
}

/// Why a step made nothing.
#[derive(Clone, Copy)]
enum Unmade {
    /// It was refused.
    Refused(u32),
    /// It was a dry run.
    DryRun(u32),
}

/// Every call of the plan, in order.
pub fn story<'a>(case: &Case<'a>, names: &Names<'_>) -> Vec<Step<'a>> {
    let mut records: Vec<Option<&StepRecord>> = vec![None; case.plan.steps.len()];
    for record in &case.record.cloud.steps {
        if let Some(slot) = records.get_mut(record.step as usize) {
            *slot = Some(record);
        }
    }
    let mut broken = Broken::default();
    let callers = Callers::of(case, names);
    let steps = case.plan.steps.iter().zip(records).enumerate();
    steps
        .map(|(at, (step, record))| told(case, names, &callers, &mut broken, (at, step), record))
        .collect()
}

/// Of each name, the first call of a tenant that names it: its place among the steps, and the tenant. Looked
/// up, since a plan of many tenants has many calls of whom nothing else tells whose they are.
struct Callers(BTreeMap<BindingId, (usize, TenantId)>);

impl Callers {
    fn of(case: &Case<'_>, names: &Names<'_>) -> Self {
        let mut first = BTreeMap::new();
        for (at, step) in case.plan.steps.iter().enumerate() {
            let Some(tenant) = names.tenant_of(step.by) else {
                continue;
            };
            for hole in step.operation.holes() {
                if let Hole::Binding(binding) = hole {
                    first.entry(binding).or_insert((at, tenant));
                }
            }
        }
        Self(first)
    }

    /// Who calls first for any of these.
    fn first(&self, names: &[BindingId]) -> Option<TenantId> {
        let calls = names.iter().filter_map(|name| self.0.get(name));
        calls.min().map(|(_, tenant)| *tenant)
    }
}

fn told<'a>(
    case: &Case<'a>,
    names: &Names<'_>,
    callers: &Callers,
    broken: &mut Broken,
    (at, plan): (usize, &'a StepPlan),
    record: Option<&StepRecord>,
) -> Step<'a> {
    let holes = plan.operation.holes();
    let bindings: Vec<BindingId> = holes
        .iter()
        .filter_map(|hole| match hole {
            Hole::Binding(binding) => Some(*binding),
            Hole::Circuit(_) | Hole::Nothing => None,
        })
        .collect();
    let touched = || bindings.iter().copied().chain(plan.as_name);
    let root = touched().find_map(|binding| broken.roots.get(&binding).copied());
    let outcome = match record.map(|r| &r.error) {
        None => Outcome::NotRun,
        Some(None) => Outcome::Accepted,
        Some(Some((code, message))) => {
            Outcome::Refused(code.clone(), message_of(case, names, broken, &bindings, message))
        }
    };
    // Some operations say by a plain answer that a dry run passes: the code stands for that too.
    let expected = expected_code(plan, record, &outcome);
    let refused = matches!(&outcome, Outcome::Refused(code, _) if expected != Some(code.as_str()));
    let follows = root.filter(|_| refused);
    // A dry run changes nothing, so nothing follows from it.
    if refused && !plan.dry_run {
        for binding in touched() {
            broken
                .roots
                .entry(binding)
                .or_insert(follows.unwrap_or((at, plan.line)));
        }
    }
    if let Some(name) = plan.as_name {
        match (plan.dry_run, &outcome) {
            (true, _) => broken.unmade.insert(name, Unmade::DryRun(plan.line)),
            (false, Outcome::Refused(..)) => broken.unmade.insert(name, Unmade::Refused(plan.line)),
            (false, Outcome::Accepted | Outcome::NotRun) => None,
        };
    }
    let mut on: Vec<&str> = holes.iter().filter_map(|hole| hole_name(case, *hole)).collect();
    on.extend(
        plan.as_name
            .and_then(|name| case.plan.bindings.get(name.index()))
            .map(String::as_str),
    );
    Step {
        line: plan.line,
        at: record.map_or(plan.at, |record| record.at),
        by: case.account(plan.by),
        call: plan.operation.name(),
        on,
        tenant: whose(case, names, callers, plan, touched()).map(|tenant| case.tenant(tenant)),
        outcome,
        expected,
        follows: follows.map(|(_, line)| line),
        root: follows.map(|(at, _)| at),
    }
}

/// The code that a step should be refused by. Where a dry run passes, some operations say so by a plain
/// answer and others by a code: the one stands for the other, and for a step of which no code is asked.
fn expected_code(plan: &StepPlan, record: Option<&StepRecord>, outcome: &Outcome) -> Option<&'static str> {
    let asked = plan.expect_error;
    let plain = *outcome == Outcome::Accepted && asked.is_some_and(ErrorCode::is_dry_run);
    if !plan.dry_run || asked.is_some_and(|code| !code.is_dry_run()) {
        return asked.map(ErrorCode::as_str);
    }
    let answered = record.and_then(|record| record.error.as_ref());
    let passed = answered.and_then(|(code, _)| ErrorCode::parse(code));
    match passed.filter(|code| code.is_dry_run()) {
        Some(code) if asked.is_none_or(|asked| asked == code) => Some(code.as_str()),
        _ if plain => None,
        _ => asked.map(ErrorCode::as_str),
    }
}

/// The API's message by the file's names. What no step made has no id to be told by: that it is not
/// there, and since which step, is what there is to say.
fn message_of(case: &Case<'_>, names: &Names<'_>, broken: &Broken, bindings: &[BindingId], message: &str) -> String {
    let missing = bindings.iter().find(|binding| {
        let bound = case.record.cloud.bound.get(binding.index());
        bound.is_none_or(|id| *id == ResourceId::UNBOUND)
    });
    let unbound = ResourceId::UNBOUND.to_string();
    let Some(missing) = missing.filter(|_| message.contains(&unbound)) else {
        return names.readable(&message.replace(&unbound, "what the step names"));
    };
    let name = hole_name(case, Hole::Binding(*missing)).unwrap_or("it");
    match broken.unmade.get(missing) {
        Some(Unmade::Refused(line)) => format!("{name} was never made: the step of line {line} was refused"),
        Some(Unmade::DryRun(line)) => format!("{name} was never made: the step of line {line} was a dry run"),
        None => format!("{name} was never made"),
    }
}

/// The tenant that a step is about: who owns what it names, who runs the VBR that it creates, who
/// calls; else who calls for the same thing later.
fn whose(
    case: &Case<'_>,
    names: &Names<'_>,
    callers: &Callers,
    plan: &StepPlan,
    touched: impl Iterator<Item = BindingId>,
) -> Option<TenantId> {
    let touched: Vec<BindingId> = touched.collect();
    let slot = plan.slot.map(|slot| case.plan.vbr_slots[slot].tenant);
    let owner = || touched.iter().find_map(|binding| names.owner_of(case, *binding));
    let later = || callers.first(&touched);
    slot.or_else(owner).or_else(|| names.tenant_of(plan.by)).or_else(later)
}

impl Step<'_> {
    /// What a program wants to know of it.
    pub fn values(&self) -> Vec<Field> {
        let (outcome, code, message) = match &self.outcome {
            Outcome::NotRun => ("not_run", None, None),
            Outcome::Accepted => ("accepted", None, None),
            Outcome::Refused(code, message) => ("refused", Some(code), Some(message)),
        };
        let maybe = |text: Option<&String>| text.map_or(Value::Nothing, Value::text);
        vec![
            Field::new("line", Value::label(self.line)),
            Field::new("at", Value::at(self.at)),
            Field::new("by", Value::text(self.by)),
            Field::new("call", Value::text(self.call)),
            Field::new("on", Value::names(self.on.iter().copied())),
            Field::new("tenant", self.tenant.map_or(Value::Nothing, Value::text)),
            Field::new("outcome", Value::text(outcome)),
            Field::new("code", maybe(code)),
            Field::new("message", maybe(message)),
            Field::new("expected_code", self.expected.map_or(Value::Nothing, Value::text)),
            Field::new("as_expected", Value::Flag(self.conforms())),
            Field::new("follows_from_line", self.follows.map_or(Value::Nothing, Value::label)),
        ]
    }
}
