//! On what a verdict rests that an attach touches: what the scenario assumes that it does to frames.
//!
//! The vendor promises that `AttachVbrToVpconn` interrupts nothing and says nowhere how. So every line
//! says which effect the run was made with, whatever came of it.

use std::collections::BTreeMap;

use super::case::{Case, frames, some};
use super::index::Index;
use super::{Field, Finding, Value, Verdict};
use crate::ident::{DropReason, Fate, TenantId};
use crate::provision::{AttachEffect, OperationName};
use crate::record::{Cause, Touched};
use crate::scenario::Plan;
use crate::scenario::plan::Check;

/// Of every attach that was accepted, in order: the service whose VBR was hung on its port.
pub(in crate::check) fn attaches(case: &Case<'_>) -> Vec<Touched> {
    if !attaches_in(case.plan) {
        return Vec::new();
    }
    let accepted: Vec<u32> = case
        .record
        .cloud
        .steps
        .iter()
        .filter(|s| s.error.is_none())
        .map(|s| s.step)
        .collect();
    let is_attach = |call: u32| {
        let step = accepted
            .get(call as usize)
            .and_then(|step| case.plan.steps.get(*step as usize));
        step.is_some_and(|step| step.operation.operation() == OperationName::AttachVbrToVpconn)
    };
    let of = |happening: &crate::record::Happening| match happening.cause {
        Cause::Call(call) if is_attach(call) => happening.touched.first().copied(),
        Cause::Call(_) | Cause::Outcome(_) => None,
    };
    case.record.cloud.happenings.iter().filter_map(of).collect()
}

/// Does any step of the plan hang a VBR on a shared port?
fn attaches_in(plan: &Plan) -> bool {
    let mut steps = plan.steps.iter();
    steps.any(|step| step.operation.operation() == OperationName::AttachVbrToVpconn)
}

/// The effect that a plan's run is made with.
pub(in crate::check) fn effect(plan: &Plan) -> AttachEffect {
    plan.law.premises().policies.attach_effect
}

/// What a proof or a suite of a plan rests on, where a step of it hangs a VBR on a shared port.
pub fn assumed_of_attach(plan: &Plan) -> Option<String> {
    attaches_in(plan).then(|| phrase(effect(plan)))
}

fn phrase(effect: AttachEffect) -> String {
    match effect.some() {
        None => {
            "assumed: AttachVbrToVpconn itself interrupts nothing, as the vendor promises without saying how".to_owned()
        }
        Some(effect) => format!("assumed of AttachVbrToVpconn: {effect}"),
    }
}

/// Says it in a finding, and puts it among its numbers.
pub(super) fn tell(index: &Index<'_>, check: &Check, finding: &mut Finding) {
    let silent = matches!(check, Check::Provisioning | Check::Storm | Check::Choice { .. });
    if silent || finding.verdict == Verdict::NotApplicable || index.attaches().is_empty() {
        return;
    }
    let case = &index.case;
    let whose = subject(case, check);
    if !index.attaches().iter().any(|attach| touches(case, attach, whose)) {
        return;
    }
    let effect = effect(case.plan);
    let lost: Vec<(TenantId, u64)> = lost(index, whose);
    finding.text += "; ";
    finding.text += &phrase(effect);
    if effect.some().is_some() {
        finding.text += &match lost.iter().map(|(_, lost)| lost).sum() {
            0 => ", by which no frame was lost".to_owned(),
            sum => {
                let names = some(lost.iter().map(|(tenant, _)| case.tenant(*tenant)));
                format!(", by which {} of {names} ended", frames(sum))
            }
        };
    }
    finding
        .values
        .push(Field::new("attach_effect", values(case, effect, &lost)));
}

fn values(case: &Case<'_>, effect: AttachEffect, lost: &[(TenantId, u64)]) -> Value {
    let mut fields = vec![Field::new("kind", Value::text(effect.kind.as_str()))];
    if let Some(effect) = effect.some() {
        fields.push(Field::new("for", Value::span(effect.time)));
        fields.push(Field::new("direction", Value::text(effect.direction.as_str())));
        fields.push(Field::new("scope", Value::text(effect.scope.as_str())));
        let each = lost.iter().map(|(tenant, lost)| {
            let whose = Field::new("tenant", Value::text(case.tenant(*tenant)));
            Value::Fields(vec![whose, Field::new("lost", Value::frames(*lost))])
        });
        fields.push(Field::new("hurt", Value::List(each.collect())));
    }
    Value::Fields(fields)
}

/// Whose frames a check is about; `None`: everybody's.
pub(super) fn subject(case: &Case<'_>, check: &Check) -> Option<TenantId> {
    let of = |flow: crate::ident::FlowId| case.plan.flows[flow.index()].tenant;
    match check {
        Check::Reachability { flow, .. } => Some(of(*flow)),
        Check::Continuity { tenant, flow, .. } => flow.map(of).or(*tenant),
        Check::Sla(level) => level.flow.map(of).or(level.tenant),
        Check::Bandwidth { tenant, .. } | Check::Billing { tenant, .. } => *tenant,
        Check::Attribution { tenant, .. } | Check::Health { tenant, .. } => Some(*tenant),
        Check::Conservation
        | Check::Isolation
        | Check::Gating
        | Check::Provisioning
        | Check::Inheritance
        | Check::Storm
        | Check::Choice { .. }
        | Check::Resolution { .. } => None,
    }
}

/// Whoever has a place at the same access device rests on what is assumed.
fn touches(case: &Case<'_>, attach: &Touched, whose: Option<TenantId>) -> bool {
    let device = |circuit: usize| case.plan.circuits[circuit].device;
    whose.is_none_or(|tenant| {
        let mut slots = case.plan.vbr_slots.iter().filter(|slot| slot.tenant == tenant);
        attach.tenant == tenant || slots.any(|slot| device(slot.circuit) == device(attach.circuit))
    })
}

/// What each tenant lost by it, of those that are meant; most first.
fn lost(index: &Index<'_>, whose: Option<TenantId>) -> Vec<(TenantId, u64)> {
    let mut sums: BTreeMap<TenantId, u64> = BTreeMap::new();
    for tenant in index.case.tenants(whose) {
        for (key, count) in index.cells(tenant) {
            if key.fate == Fate::Dropped(DropReason::AttachEffect) {
                *sums.entry(tenant).or_default() += count.frames;
            }
        }
    }
    let mut lost: Vec<(TenantId, u64)> = sums.into_iter().collect();
    lost.sort_by_key(|(tenant, frames)| (std::cmp::Reverse(*frames), *tenant));
    lost
}
