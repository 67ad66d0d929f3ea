//! Expectations: which check, what should come out, and that no two exclude each other.

mod continuity;
mod service_level;

use std::collections::BTreeMap;

use super::steps::Steps;
use super::terrain::Terrain;
use super::traffic::Flows;
use crate::ident::{FlowId, Party, TenantId};
use crate::scenario::at::At;
use crate::scenario::codes::Code;
use crate::scenario::file::{CheckWord, ExpectItem, ExpectWhat, FaultItem, PartyWord, VerdictWord, Window};
use crate::scenario::issues::Issues;
use crate::scenario::plan::{Check, Expectation, Expected, Need, ServiceLevel};
use crate::scenario::scalars::Name;
use crate::units::SimTime;

/// Checks that run whether they are listed or not.
const ALWAYS: [Check; 4] = [
    Check::Conservation,
    Check::Isolation,
    Check::Gating,
    Check::Provisioning,
];

/// Every expectation as meant, those that always hold first; what cannot be meant is an issue.
pub(super) fn resolve(
    items: &[ExpectItem],
    faults: &[FaultItem],
    terrain: &Terrain,
    flows: &Flows,
    steps: &Steps,
    end: SimTime,
    issues: &mut Issues,
) -> Vec<Expectation> {
    let meaning = Names {
        faults,
        terrain,
        flows,
        steps,
        end,
    };
    let mut meant: Vec<(&ExpectItem, Expectation)> = Vec::with_capacity(items.len());
    for item in items {
        let expectation = |check| Expectation {
            check,
            expected: verdict(item),
            line: item.check.span.line,
        };
        meant.extend(meaning.of(item, issues).map(|check| (item, expectation(check))));
    }
    contradictions(&meant, issues);
    let always = |check: Check| {
        let given = meant.iter().find(|(_, given)| given.check == check);
        given.map_or(
            Expectation {
                check,
                expected: Expected::Pass,
                line: 0,
            },
            |(_, given)| given.clone(),
        )
    };
    let mut list: Vec<Expectation> = ALWAYS.into_iter().map(always).collect();
    list.extend(
        meant
            .into_iter()
            .map(|(_, given)| given)
            .filter(|given| !ALWAYS.contains(&given.check)),
    );
    list
}

fn verdict(item: &ExpectItem) -> Expected {
    match item.verdict.as_ref().map(|v| v.value) {
        None | Some(VerdictWord::Pass) => Expected::Pass,
        Some(VerdictWord::Fail) => Expected::Fail,
        Some(VerdictWord::Inconc) => Expected::Inconc,
    }
}

/// What names of an expectation may mean.
struct Names<'a> {
    faults: &'a [FaultItem],
    terrain: &'a Terrain,
    flows: &'a Flows,
    steps: &'a Steps,
    end: SimTime,
}

impl Names<'_> {
    /// The check with its parameters.
    fn of(&self, item: &ExpectItem, issues: &mut Issues) -> Option<Check> {
        let number = |n: &Option<At<u64>>| n.as_ref().map_or(0, |n| n.value);
        Some(match &item.what {
            ExpectWhat::Conservation {} => Check::Conservation,
            ExpectWhat::Isolation {} => Check::Isolation,
            ExpectWhat::Gating {} => Check::Gating,
            ExpectWhat::Provisioning {} => Check::Provisioning,
            ExpectWhat::Inheritance {} => Check::Inheritance,
            ExpectWhat::Storm {} => Check::Storm,
            ExpectWhat::Reachability { flow, reachable } => Check::Reachability {
                flow: self.flow(flow, issues)?,
                reachable: reachable.as_ref().is_none_or(|r| r.value),
            },
            ExpectWhat::Continuity {
                flow,
                tenant,
                lost_max,
                duplicated_max,
                reordered_max,
                longest_gap_max,
                direction,
                over,
            } => {
                let (flow, tenant) = self.flow_or_tenant(flow, tenant, issues)?;
                // A flow that was refused has a name, and nothing more.
                if let (Some(gap), Expected::Pass) = (longest_gap_max, verdict(item)) {
                    let flows = self.flows.list.iter().enumerate();
                    let meant = flows.filter(|(i, of)| match flow {
                        Some(flow) => flow.index() == *i,
                        None => tenant.is_none_or(|tenant| tenant == of.tenant),
                    });
                    continuity::is_told(meant.map(|(_, flow)| flow), gap, issues);
                }
                let over = continuity::over(over, item.check.span, self.steps, self.faults, issues)?;
                Check::Continuity {
                    direction: direction.as_ref().map(|d| continuity::direction(d.value)),
                    over,
                    tenant,
                    flow,
                    lost_max: number(lost_max),
                    duplicated_max: number(duplicated_max),
                    reordered_max: number(reordered_max),
                    longest_gap_max: longest_gap_max.as_ref().map(|g| g.value),
                }
            }
            ExpectWhat::Bandwidth { tenant, full } => Check::Bandwidth {
                tenant: self.one_of(tenant, issues)?,
                full: full.as_ref().is_some_and(|full| full.value),
            },
            ExpectWhat::Sla { .. } => {
                let level = service_level::of(self, &item.what, item.check.span, self.end, issues)?;
                Check::Sla(Box::new(level))
            }
            ExpectWhat::Billing {
                tenant,
                port_payer,
                outbound_payer,
            } => {
                let of = self.one_of(tenant, issues);
                let port = each(port_payer, |name| self.terrain.account(name, issues));
                let outbound = each(outbound_payer, |name| self.terrain.account(name, issues));
                Check::Billing {
                    tenant: of?,
                    port_payer: port?,
                    outbound_payer: outbound?,
                }
            }
            ExpectWhat::Attribution { tenant, party } => Check::Attribution {
                tenant: self.terrain.tenant(tenant, issues)?,
                party: match party.value {
                    PartyWord::Tenant => Some(Party::Tenant),
                    PartyWord::Partner => Some(Party::Partner),
                    PartyWord::Cloud => Some(Party::Cloud),
                    PartyWord::Nobody => None,
                },
            },
            ExpectWhat::Health {
                tenant,
                unhealthy,
                healthy,
            } => Check::Health {
                tenant: self.terrain.tenant(tenant, issues)?,
                unhealthy: unhealthy.as_ref().map(Window::ends),
                healthy: healthy.as_ref().map(Window::ends),
            },
            ExpectWhat::Resolution {
                after,
                last_resolved,
                gave_up,
            } => Check::Resolution {
                after: after.as_ref().map_or(SimTime::ZERO, |a| a.value),
                last_resolved: last_resolved.as_ref().map(Window::ends),
                gave_up: each(gave_up, |window| tenants(window, issues))?,
            },
            ExpectWhat::Choice {
                vbr,
                ready_by,
                bandwidth_min,
                monthly_max,
                distance_max_km,
                fits,
            } => Check::Choice {
                slot: self.vbr(vbr, issues)?,
                need: Need {
                    ready_by: ready_by.as_ref().map(|t| t.value),
                    bandwidth_min: bandwidth_min.as_ref().map(|b| b.value),
                    monthly_max: monthly_max.as_ref().map(|m| m.value.0),
                    distance_max_km: distance_max_km.as_ref().map(|d| d.value),
                },
                fits: fits.as_ref().is_none_or(|f| f.value),
            },
        })
    }

    fn flow(&self, name: &At<Name>, issues: &mut Issues) -> Option<FlowId> {
        let found = self.flows.names.get(&name.value.0);
        if found.is_none() {
            let message = format!("there is no flow `{}`", name.0);
            issues.dangling(name.span, message, name, self.flows.names.keys().map(String::as_str));
        }
        found.map(|i| FlowId::of(*i))
    }

    fn vbr(&self, name: &At<Name>, issues: &mut Issues) -> Option<usize> {
        let found = self.steps.slot(&name.value.0);
        if found.is_none() {
            let known = self.steps.slot_names.keys().map(String::as_str);
            issues.dangling(name.span, format!("no step makes a VBR `{}`", name.0), name, known);
        }
        found
    }

    /// A flow or a tenant, or neither, but not both.
    fn flow_or_tenant(
        &self,
        flow: &Option<At<Name>>,
        tenant: &Option<At<Name>>,
        issues: &mut Issues,
    ) -> Option<(Option<FlowId>, Option<TenantId>)> {
        if let (Some(flow), Some(_)) = (flow, tenant) {
            issues.err(
                flow.span,
                Code::ExpectationShape,
                "continuity is of a `flow` or of a `tenant`, not of both",
            );
        }
        let (of, flow) = (self.one_of(tenant, issues), each(flow, |flow| self.flow(flow, issues)));
        Some((flow?, of?))
    }

    /// One tenant, or every one where none is named.
    fn one_of(&self, name: &Option<At<Name>>, issues: &mut Issues) -> Option<Option<TenantId>> {
        each(name, |name| self.terrain.tenant(name, issues))
    }
}

/// What is left out stays out; what is written must mean something.
fn each<T, M>(written: &Option<T>, meaning: impl FnOnce(&T) -> Option<M>) -> Option<Option<M>> {
    match written {
        None => Some(None),
        Some(written) => meaning(written).map(Some),
    }
}

/// A window of numbers of tenants.
fn tenants(window: &Window<u64>, issues: &mut Issues) -> Option<(u32, u32)> {
    let mut small = |n: &At<u64>| {
        let small = u32::try_from(n.value).ok();
        if small.is_none() {
            issues.err(n.span, Code::OutOfRange, "there are no more than 4294967295 tenants");
        }
        small
    };
    let (from, to) = (small(&window.from), small(&window.to));
    Some((from?, to?))
}

/// What a check is asked about: two expectations of one question cannot both stand.
type Asked<'a> = (
    CheckWord,
    Option<FlowId>,
    Option<TenantId>,
    Option<usize>,
    Option<SimTime>,
    Option<&'a ServiceLevel>,
);

fn question(check: &Check) -> Asked<'_> {
    let plain = |word| (word, None, None, None, None, None);
    match *check {
        Check::Conservation => plain(CheckWord::Conservation),
        Check::Isolation => plain(CheckWord::Isolation),
        Check::Gating => plain(CheckWord::Gating),
        Check::Provisioning => plain(CheckWord::Provisioning),
        Check::Inheritance => plain(CheckWord::Inheritance),
        Check::Storm => plain(CheckWord::Storm),
        Check::Reachability { flow, .. } => (CheckWord::Reachability, Some(flow), None, None, None, None),
        Check::Continuity { tenant, flow, .. } => (CheckWord::Continuity, flow, tenant, None, None, None),
        Check::Bandwidth { tenant, .. } => (CheckWord::Bandwidth, None, tenant, None, None, None),
        Check::Billing { tenant, .. } => (CheckWord::Billing, None, tenant, None, None, None),
        Check::Attribution { tenant, .. } => (CheckWord::Attribution, None, Some(tenant), None, None, None),
        Check::Health { tenant, .. } => (CheckWord::Health, None, Some(tenant), None, None, None),
        Check::Choice { slot, .. } => (CheckWord::Choice, None, None, Some(slot), None, None),
        Check::Resolution { after, .. } => (CheckWord::Resolution, None, None, None, Some(after), None),
        Check::Sla(ref level) => (CheckWord::Sla, None, None, None, None, Some(level.as_ref())),
    }
}

/// Two expectations of one question.
fn contradictions(meant: &[(&ExpectItem, Expectation)], issues: &mut Issues) {
    let mut seen: BTreeMap<Asked<'_>, (&ExpectItem, &Expectation)> = BTreeMap::new();
    for (item, expectation) in meant {
        let question = question(&expectation.check);
        if let Some((other, already)) = seen.get(&question) {
            let same = (expectation.expected, &expectation.check) == (already.expected, &already.check);
            let message = if same {
                format!("this expectation of `{}` stands twice", item.check.as_str())
            } else {
                format!("this contradicts another expectation of `{}`", item.check.as_str())
            };
            issues.err_help(
                item.check.span,
                Code::Contradiction,
                message,
                format!("the other one stands in line {}", other.check.span.line),
            );
        }
        seen.entry(question).or_insert((item, expectation));
    }
    // A flow that shall not arrive at all cannot also lose little.
    let mut silent: BTreeMap<FlowId, u32> = BTreeMap::new();
    for (item, expectation) in meant.iter().filter(|(_, e)| e.expected == Expected::Pass) {
        if let Check::Reachability { flow, reachable: false } = expectation.check {
            silent.insert(flow, item.check.span.line);
        }
    }
    for (item, expectation) in meant.iter().filter(|(_, e)| e.expected == Expected::Pass) {
        if let Check::Continuity { flow: Some(flow), .. } = expectation.check
            && let Some(line) = silent.get(&flow)
        {
            let name = match &item.what {
                ExpectWhat::Continuity { flow: Some(name), .. } => name.0.as_str(),
                _ => "the flow",
            };
            issues.err(
                item.check.span,
                Code::Contradiction,
                format!("`{name}` is expected not to arrive at all (line {line})"),
            );
        }
    }
}
