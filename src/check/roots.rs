//! What a verdict that is not as one would wish follows from: a step that was refused, a storm, a line that was cut,
//! or else the place and reason of most of what was lost. Verdicts with the same root are told under it.

use std::collections::{BTreeMap, BTreeSet};

use super::index::Index;
use super::story::{Names, Outcome, Step, service_ends, story};
use super::{Field, Value, Verdict};
use crate::evidence::FlowEnd;
use crate::ident::{DropReason, Fate, FlowId, StationId, TenantId};
use crate::node::LinkChange;
use crate::scenario::plan::{Check, Fault};

/// Of which kind a root is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RootKind {
    /// A call of the API was refused that should not have been.
    Step,
    /// Frames went in circles.
    Storm,
    /// A link was down.
    Cut,
    /// Most of what was lost ended at one place for one reason.
    Place,
}

impl RootKind {
    /// The word that programs read.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Storm => "storm",
            Self::Cut => "cut",
            Self::Place => "place",
        }
    }
}

/// What verdicts follow from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Root {
    /// Of which kind it is.
    pub kind: RootKind,
    /// Line of the step, from 1; 0: it has none.
    pub line: u32,
    /// Where, by the file's name; empty: at no place of the network.
    pub place: String,
    /// Why frames ended there; `None`: no frame did.
    pub reason: Option<DropReason>,
    /// In words.
    pub text: String,
}

impl Root {
    /// What a program wants to know of it.
    pub fn values(&self) -> Vec<Field> {
        let line = (self.line > 0).then(|| Value::label(self.line));
        let reason = self.reason.map(|reason| Value::text(reason.as_str()));
        let place = (!self.place.is_empty()).then(|| Value::text(&self.place));
        vec![
            Field::new("kind", Value::text(self.kind.as_str())),
            Field::new("line", line.unwrap_or(Value::Nothing)),
            Field::new("place", place.unwrap_or(Value::Nothing)),
            Field::new("reason", reason.unwrap_or(Value::Nothing)),
            Field::new("root", Value::text(&self.text)),
        ]
    }
}

/// Roots of a run that are looked up again and again.
pub(super) struct Roots {
    /// Tenants that a refused step left without an open service.
    refused: BTreeMap<TenantId, Root>,
}

impl Roots {
    pub(super) fn new(index: &Index<'_>) -> Self {
        let case = &index.case;
        let names = Names::new(case);
        let steps = story(case, &names);
        let ends = service_ends(case, &names);
        let closed: BTreeSet<&str> = ends.iter().filter(|end| !end.open).map(|end| end.tenant).collect();
        let is_refused = |step: &&Step<'_>| matches!(step.outcome, Outcome::Refused(..)) && !step.conforms();
        let mut first: BTreeMap<&str, &Step<'_>> = BTreeMap::new();
        for step in steps.iter().filter(is_refused) {
            if let Some(tenant) = step.tenant {
                first.entry(tenant).or_insert(step);
            }
        }
        let mut refused = BTreeMap::new();
        for (at, tenant) in case.plan.tenants.iter().enumerate() {
            let name = tenant.name.as_str();
            let Some(step) = first.get(name).copied().filter(|_| closed.contains(name)) else {
                continue;
            };
            // The first refusal, whoever it hit: it may be another's call that this one needed.
            let root = step.root.and_then(|at| steps.get(at));
            refused.insert(TenantId::of(at), of_step(root.unwrap_or(step)));
        }
        Self { refused }
    }
}

fn of_step(step: &Step<'_>) -> Root {
    let whose = step.tenant.map_or(String::new(), |tenant| format!("{tenant}: "));
    Root {
        kind: RootKind::Step,
        line: step.line,
        place: String::new(),
        reason: None,
        text: format!(
            "line {}: {whose}{} of {} was {}",
            step.line,
            step.call,
            step.on.join(", "),
            step.told()
        ),
    }
}

/// What a verdict follows from, where that is known. One that passes follows from nothing.
pub(super) fn of(index: &Index<'_>, check: &Check, verdict: Verdict) -> Option<Root> {
    if !matches!(verdict, Verdict::Fail | Verdict::Inconc) {
        return None;
    }
    let (tenant, flow) = match check {
        Check::Continuity { flow: Some(flow), .. } => (index.case.plan.flows[flow.index()].tenant, Some(*flow)),
        Check::Continuity {
            tenant: Some(tenant), ..
        }
        | Check::Bandwidth {
            tenant: Some(tenant), ..
        } => (*tenant, None),
        Check::Reachability { flow, reachable: true } => (index.case.plan.flows[flow.index()].tenant, Some(*flow)),
        _ => return None,
    };
    let most = most(index, tenant, flow);
    let refused = || index.roots().refused.get(&tenant).cloned();
    match most {
        None => refused(),
        Some((_, reason)) if !is_accident(reason) && index.roots().refused.contains_key(&tenant) => refused(),
        // What was lost by the way does not say why nothing could be told.
        Some(_) if verdict == Verdict::Inconc => None,
        Some((station, reason)) => Some(at_place(index, station, reason)),
    }
}

/// Where most of what was lost ended, and why.
fn most(index: &Index<'_>, tenant: TenantId, flow: Option<FlowId>) -> Option<(StationId, DropReason)> {
    let account = flow.and_then(|flow| index.case.record.evidence.flow(flow));
    let own = account.and_then(|account| account.ends.iter().max_by_key(|end| end.frames));
    if let Some(FlowEnd { station, reason, .. }) = own {
        return Some((*station, *reason));
    }
    let mut by_place: BTreeMap<(StationId, DropReason), u64> = BTreeMap::new();
    for (key, count) in index.cells(tenant) {
        if let (Fate::Dropped(reason), true) = (key.fate, key.of_flow) {
            *by_place.entry((key.station, reason)).or_default() += count.frames;
        }
    }
    by_place.into_iter().max_by_key(|(_, frames)| *frames).map(|(at, _)| at)
}

/// Does this end frames of a service that is set up as it should be?
const fn is_accident(reason: DropReason) -> bool {
    use DropReason as R;
    matches!(
        reason,
        R::QueueFull
            | R::OverRate
            | R::ArpLimit
            | R::IcmpLimit
            | R::MacLimit
            | R::LinkDown
            | R::LinkLoss
            | R::BadFcs
            | R::Storm
            | R::Throttled
    )
}

fn at_place(index: &Index<'_>, station: StationId, reason: DropReason) -> Root {
    let case = &index.case;
    let place = case.station(station);
    let storm = &case.record.storm;
    let (kind, text) = match (reason, storm.first) {
        (DropReason::Storm | DropReason::QueueFull, Some(first)) if storm.dropped > 0 => {
            (RootKind::Storm, format!("frames went in circles from {first} on"))
        }
        (DropReason::LinkDown, _) => {
            let cuts = case.plan.faults.iter().filter(|fault| {
                let down = matches!(&fault.what, Fault::Link(_, LinkChange::Cut(_)));
                down && fault.what.station() == station
            });
            let cuts: Vec<String> = cuts.map(|fault| fault.at.to_string()).collect();
            match cuts.is_empty() {
                true => (RootKind::Cut, format!("{place} was down")),
                false => (RootKind::Cut, format!("{place} was cut at {}", cuts.join(", "))),
            }
        }
        _ => (RootKind::Place, format!("{} at {place}", reason.as_str())),
    };
    let storm = kind == RootKind::Storm;
    Root {
        kind,
        line: 0,
        place: if storm { String::new() } else { place.to_owned() },
        reason: (!storm).then_some(reason),
        text,
    }
}
