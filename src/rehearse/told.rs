//! What one world came to, service by service.

use std::collections::{BTreeMap, BTreeSet};

use super::result::{Outcome, Run, ServiceTold, StepTold};
use super::stage::{Ran, Stage};
use super::timing::Called;
use crate::check::{Case, Verdict, judge, thousands};
use crate::contract::Owner;
use crate::provision::money::BillRow;
use crate::provision::{AttachEffect, ResourceId, State, VbrId};
use crate::scenario::{Cutover, Plan, Unit};
use crate::why;

/// What became of a VBR of the cutover's.
pub(super) fn outcome(unit: &Unit, calls: &BTreeMap<String, Called>) -> Outcome {
    let refused = unit.steps.iter().find_map(|step| {
        let error = calls.get(&step.name)?.error.clone()?;
        Some((step.name.clone(), error))
    });
    if let Some((step, why)) = refused {
        return Outcome::Stopped { step, why: Some(why) };
    }
    if let Some(carried) = unit.carried_over {
        return Outcome::CarriedOver(carried);
    }
    match unit.steps.iter().find(|step| !calls.contains_key(&step.name)) {
        Some(step) => Outcome::Stopped {
            step: step.name.clone(),
            why: None,
        },
        None => Outcome::Converted,
    }
}

/// What a name stands for at the end of a run.
fn bound(plan: &Plan, record: &crate::record::Record, name: &str) -> ResourceId {
    let at = plan.bindings.iter().position(|known| known == name);
    at.and_then(|at| record.cloud.bound.get(at))
        .copied()
        .unwrap_or(ResourceId::UNBOUND)
}

/// What a converted VBR has not kept: its id, VLAN, bandwidth, addresses, routes and attachment.
fn changed(before: &State, after: &State, was: VbrId, is: Option<VbrId>) -> Vec<String> {
    let Some(old) = before.vbr(was) else { return Vec::new() };
    let Some(new) = is.and_then(|is| after.vbr(is)) else {
        return vec!["the VBR is gone".to_owned()];
    };
    let mut changed = Vec::new();
    if is != Some(was) {
        changed.push("the VBR's id".to_owned());
    }
    if old.vlan != new.vlan {
        changed.push(format!("VLAN {} became {}", old.vlan, new.vlan));
    }
    if before.vbr_bandwidth(old) != after.vbr_bandwidth(new) {
        changed.push("the bandwidth".to_owned());
    }
    if old.addresses != new.addresses {
        changed.push("the addresses".to_owned());
    }
    if old.routes.keys().ne(new.routes.keys()) {
        changed.push("the routes".to_owned());
    }
    let attached = |vbr: &crate::provision::Vbr| vbr.attachment.is_some();
    if attached(old) != attached(new) || (is == Some(was) && old.attachment != new.attachment) {
        changed.push("the attachment".to_owned());
    }
    changed
}

/// Octets that the port of a VBR was billed, by account.
fn billed(ran: &Ran, unit: &Unit) -> Vec<(String, u64)> {
    let port = bound(&ran.world.plan, &ran.record, &unit.port);
    let lines = ran.record.invoice(&ran.world.plan);
    let own = lines
        .iter()
        .filter(|line| line.resource == port && line.row == BillRow::OutboundDataTransfer);
    own.map(|line| {
        (
            ran.world.plan.accounts[line.account.index()].name.clone(),
            line.quantity,
        )
    })
    .collect()
}

/// What a run came to for each service that is watched. `judged`: does the cutover stand or fall by it?
pub(super) fn tell(
    stage: &Stage<'_>,
    ran: &Ran,
    effect: AttachEffect,
    assumed: String,
    judged: bool,
    whole: bool,
) -> Run {
    let cutover = &stage.cutover;
    let units: BTreeMap<&str, &Unit> = cutover.units.iter().map(|unit| (unit.vbr.as_str(), unit)).collect();
    let services = stage.watched.iter().map(|watched| {
        let unit = watched.vbr.as_deref().and_then(|vbr| units.get(vbr)).copied();
        let damage = stage.damage(watched, &ran.with);
        let unseen = unit.map_or_else(Vec::new, |unit| stage.unseen(&unit.vbr));
        let outcome = unit.map_or(Outcome::Neighbour, |unit| outcome(unit, &ran.calls));
        let verdict = match (damage.verdict(&cutover.budget), unseen.is_empty()) {
            (Verdict::Pass, false) => Verdict::Inconc,
            // Nobody sent a frame around a neighbour that no step could touch: nothing is claimed of it.
            (Verdict::Inconc, _) if unit.is_none() => Verdict::NotApplicable,
            (verdict, _) => verdict,
        };
        let unknown = unknown(&ran.world.plan, &watched.tenant);
        let verdict = match (verdict, unknown.is_empty()) {
            (Verdict::Pass | Verdict::Fail, false) => Verdict::Inconc,
            (verdict, _) => verdict,
        };
        let changed = unit
            .filter(|_| outcome == Outcome::Converted)
            .map_or_else(Vec::new, |unit| {
                let of = |name: &str| bound(&ran.world.plan, &ran.record, name).vbr();
                let now = of(&format!("{}-new", unit.vbr)).or_else(|| of(&unit.vbr));
                let was = of(&unit.vbr);
                was.map_or_else(Vec::new, |was| {
                    changed(&stage.law_without, &ran.record.cloud.law, was, now)
                })
            });
        ServiceTold {
            tenant: watched.tenant.clone(),
            idc: watched.idc.clone(),
            vbr: watched.vbr.clone(),
            wave: unit.map(|unit| unit.wave),
            is_test: cutover.test_tenant.as_deref() == Some(watched.tenant.as_str()),
            outcome,
            damage,
            verdict,
            unseen,
            unknown,
            changed,
            billed: unit.map_or_else(Vec::new, |unit| billed(ran, unit)),
        }
    });
    Run {
        assumed,
        effect,
        judged,
        whole,
        services: services.collect(),
        steps: steps(cutover, &ran.calls),
        leaks: ran.record.isolation.leaks().len() as u64,
        answers: Vec::new(),
        clients: ran.record.cloud.clients,
        lines: match judged {
            true => {
                judge(&Case {
                    plan: &ran.world.plan,
                    record: &ran.record,
                })
                .lines
            }
            false => Vec::new(),
        },
    }
}

/// What nobody knows of a tenant's services.
fn unknown(plan: &Plan, tenant: &str) -> Vec<&'static str> {
    let of = plan.tenants.iter().position(|known| known.name == tenant);
    let own = plan.unknown.iter().filter(|(whose, _)| Some(whose.index()) == of);
    own.map(|(_, word)| word.as_str()).collect()
}

fn steps(cutover: &Cutover, calls: &BTreeMap<String, Called>) -> Vec<StepTold> {
    let all = cutover.units.iter().flat_map(|unit| &unit.steps);
    let mut steps: Vec<StepTold> = all
        .map(|step| {
            let called = calls.get(&step.name);
            StepTold {
                name: step.name.clone(),
                at: called.map(|called| called.at),
                by: step.by.clone(),
                operation: step.operation.as_str(),
                refused: called
                    .and_then(|called| called.error.as_ref())
                    .map(|(code, _)| code.clone()),
            }
        })
        .collect();
    steps.sort_by_key(|step| (step.at.is_none(), step.at));
    steps
}

fn name(owner: &Owner) -> String {
    match owner {
        Owner::Partner(name) | Owner::Tenant(name) => name.clone(),
        Owner::Cloud => "the cloud".to_owned(),
        Owner::Load(name) => format!("the load of {name}"),
        Owner::Contract => "nobody: the contract allows it".to_owned(),
    }
}

/// Who answers for what these tenants lost in this world.
///
/// # Errors
/// A world cannot be run; the text says why.
pub(super) fn ask(ran: &Ran, tenants: &BTreeSet<String>) -> Result<Vec<(String, String)>, String> {
    let answers = why::ask(&ran.world.expanded, &ran.world.plan, &ran.record, Some(tenants), 1)?;
    let told = answers.tenants.iter().map(|(tenant, answer)| {
        let groups = answer.groups.iter().map(|group| {
            let sets: Vec<String> = group
                .sets
                .iter()
                .map(|set| set.iter().map(name).collect::<Vec<_>>().join(" with "))
                .collect();
            let who = if sets.is_empty() {
                "nobody".to_owned()
            } else {
                sets.join(" or ")
            };
            let s = if group.frames == 1 { "" } else { "s" };
            format!("{who} for {} frame{s}", thousands(group.frames))
        });
        (tenant.clone(), groups.collect::<Vec<_>>().join(", "))
    });
    Ok(told.collect())
}
