//! Calls of the API: who, when, with what; and where a VBR that one creates will run.

mod follows;
mod names;
mod overlaps;
mod slots;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use names::Names;
use slots::Slots;

use super::terrain::Terrain;
use crate::ident::{BindingId, TenantId, name_hash};
use crate::provision::{Hole, Operation, OperationName, ParamKind};
use crate::scenario::at::Span;
use crate::scenario::codes::Code;
use crate::scenario::file::{ApiLimitItem, StepItem};
use crate::scenario::issues::Issues;
use crate::scenario::plan::{ApiLimit, StepPlan};
use crate::units::SimTime;

/// Steps that a scenario may have.
const STEPS_MAX: usize = 3_000_000;

/// Where a VBR will run.
pub(crate) struct PlannedVbr {
    pub name: String,
    pub span: Span,
    pub tenant: TenantId,
    pub circuit: usize,
    pub vpc: Option<usize>,
    /// Index into the steps.
    pub step: usize,
    /// Its `LocalGatewayIp`, where the step that creates it, or one that modifies it, gives one.
    pub local: Option<Ipv4Addr>,
    /// Its VLAN on the circuit, where the steps name one.
    pub vlan: Option<u16>,
}

/// All steps.
pub(crate) struct Steps {
    pub list: Vec<StepPlan>,
    pub bindings: Vec<String>,
    pub slots: Vec<PlannedVbr>,
    /// Slot by name.
    pub slot_names: BTreeMap<String, usize>,
}

impl Steps {
    /// What steps bind by this name.
    pub(crate) fn binding(&self, name: &str) -> Option<BindingId> {
        let found = self.bindings.binary_search_by(|known| known.as_str().cmp(name));
        found.ok().map(BindingId::of)
    }

    /// The slot's index.
    pub(crate) fn slot(&self, name: &str) -> Option<usize> {
        self.slot_names.get(name).copied()
    }
}

pub(super) fn resolve(written: &[StepItem], terrain: &Terrain, end: SimTime, issues: &mut Issues) -> Steps {
    let mut items: Vec<&StepItem> = written.iter().collect();
    if items.len() > STEPS_MAX {
        issues.err(
            items[0].at.span,
            Code::TooMany,
            format!("{} steps are more than {STEPS_MAX}", items.len()),
        );
        items.truncate(1);
    }
    items.sort_by_key(|item| item.at.value);
    let names = Names::new(&items, issues);
    check_planned(&items, &names, terrain, issues);
    let calls: Vec<Option<Operation<Hole>>> = items.iter().map(|item| names.call(item, terrain, issues)).collect();
    let mut slots = Slots {
        names: &names,
        terrain,
        calls: &calls,
        list: Vec::new(),
        by_name: BTreeMap::new(),
    };
    let mut places = Vec::with_capacity(items.len());
    for (number, item) in items.iter().enumerate() {
        if item.at.value > end {
            issues.err(
                item.at.span,
                Code::TimeOrder,
                format!("the run ends at {end}, before this step"),
            );
        }
        let by = terrain.account(&item.by, issues);
        if let Some(account) = &item.because_of {
            terrain.account(account, issues);
            if item.operation.value != OperationName::SetBusinessStatus {
                let text = "only `Simulator.SetBusinessStatus` locks something because of an account";
                issues.err(account.span, Code::StepParameter, text);
            }
        }
        places.push((by, slots.place(number, item, by, issues)));
    }
    overlaps::warn(&items, &slots, issues);
    let mut follows = follows::resolve(&items, end, issues);
    slots.find_addresses();
    let order = slots.sort();
    let Slots {
        list: planned, by_name, ..
    } = slots;
    let mut list = Vec::with_capacity(items.len());
    for (number, ((item, call), (by, slot))) in items.iter().zip(calls).zip(places).enumerate() {
        // A step without a caller or a call stands among the issues, and no plan comes of it.
        let (Some(by), Some(operation)) = (by, call) else {
            continue;
        };
        list.push(StepPlan {
            at: item.at.value,
            follows: std::mem::take(&mut follows[number]),
            by,
            operation,
            as_name: item.bind.as_ref().and_then(|b| names.binding(&b.0)),
            subject: subject(item),
            token: item.token.as_ref().map(|t| t.value.clone()),
            dry_run: item.dry_run.as_ref().is_some_and(|d| d.value),
            expect_error: item.expect_error.as_ref().map(|e| e.value),
            line: item.at.span.line,
            slot: slot.map(|slot| order[slot]),
        });
    }
    Steps {
        list,
        bindings: names.list(),
        slots: planned,
        slot_names: by_name,
    }
}

/// How many calls the cloud takes; what is left out is as documented.
pub(super) fn api_limit(item: &ApiLimitItem, issues: &mut Issues) -> ApiLimit {
    let known = ApiLimit::DOCUMENTED;
    let zero = [
        item.calls
            .as_ref()
            .filter(|calls| calls.value == 0)
            .map(|calls| calls.span),
        item.per.as_ref().filter(|per| per.is_zero()).map(|per| per.span),
        item.retry
            .as_ref()
            .filter(|retry| retry.is_zero())
            .map(|retry| retry.span),
    ];
    for span in zero.into_iter().flatten() {
        issues.err(
            span,
            Code::Zero,
            "no call would ever be taken, or none would be counted",
        );
    }
    ApiLimit {
        calls: item.calls.as_ref().map_or(known.calls, |calls| calls.value),
        per: item.per.as_ref().map_or(known.per, |per| per.value),
        retry: item.retry.as_ref().map_or(known.retry, |retry| retry.value),
    }
}

/// The hash of what a call is about: the name that its result gets, else the resources and accounts
/// that it names. Routes of one VBR are told apart by their order alone: what `tenants` makes of an
/// address follows from who else is there.
fn subject(item: &StepItem) -> u64 {
    if let Some(name) = &item.bind {
        return name_hash(&name.0);
    }
    let params = item.operation.value.info().params.iter();
    let named = params.filter(|param| matches!(param.kind, ParamKind::Resource | ParamKind::Account));
    let values = named.filter_map(|param| item.with.0.iter().find(|(key, _)| *key == param.name));
    let texts: Vec<&str> = values.map(|(_, value)| value.value.0.as_str()).collect();
    name_hash(&texts.join("\n"))
}

/// A planned circuit is created by exactly the steps that bind its name, and nothing else has it.
fn check_planned(items: &[&StepItem], names: &Names<'_>, terrain: &Terrain, issues: &mut Issues) {
    for circuit in &terrain.circuits {
        let name = &circuit.item.name;
        let bound = names.step(&name.0).map(|step| items[step]);
        match (circuit.planned(), bound) {
            (true, None) => issues.err_help(
                name.span,
                Code::Needed,
                format!("the circuit `{}` is planned, and no step creates it", name.0),
                format!("add a step with `do: CreatePhysicalConnection` and `as: {}`", name.0),
            ),
            (true, Some(item)) if item.operation.value != OperationName::CreatePhysicalConnection => {
                issues.err(
                    item.operation.span,
                    Code::StepParameter,
                    format!("`{}` is a circuit: CreatePhysicalConnection creates it", name.0),
                );
            }
            (false, Some(item)) => {
                let span = item.bind.as_ref().map_or(item.at.span, |b| b.span);
                issues.err_help(
                    span,
                    Code::DuplicateName,
                    format!("the circuit `{}` exists from the start", name.0),
                    "give the circuit `state: planned`, or the step another name",
                );
            }
            _ => {}
        }
    }
}
