//! Expectations: which check, what should come out, and that no two exclude each other.

use super::steps::Steps;
use super::traffic::Flows;
use super::world::Terrain;
use crate::ident::{FlowId, Party, TenantId};
use crate::scenario::at::{At, Span};
use crate::scenario::codes::Code;
use crate::scenario::file::{CheckWord, ExpectItem, PartyWord, VerdictWord};
use crate::scenario::issues::Issues;
use crate::scenario::plan::{Check, Expectation, Expected, Need};
use crate::scenario::scalars::Name;
use crate::units::SimTime;

/// Checks that run whether they are listed or not.
const ALWAYS: [CheckWord; 4] = [
    CheckWord::Conservation,
    CheckWord::Isolation,
    CheckWord::Gating,
    CheckWord::Provisioning,
];

/// Keys that a check has beside `check`, `verdict` and `because`.
fn keys(check: CheckWord) -> &'static [&'static str] {
    match check {
        CheckWord::Conservation
        | CheckWord::Isolation
        | CheckWord::Gating
        | CheckWord::Provisioning
        | CheckWord::Inheritance => &[],
        CheckWord::Reachability => &["flow", "reachable"],
        CheckWord::Continuity => &[
            "flow",
            "tenant",
            "lost_max",
            "duplicated_max",
            "reordered_max",
            "longest_gap_max",
        ],
        CheckWord::Bandwidth => &["tenant"],
        CheckWord::Billing => &["tenant", "port_payer", "outbound_payer"],
        CheckWord::Attribution => &["tenant", "party"],
        CheckWord::Health => &["tenant", "unhealthy", "healthy"],
        CheckWord::Resolution => &["after", "last_resolved", "gave_up"],
        CheckWord::Choice => &[
            "vbr",
            "ready_by",
            "bandwidth_min",
            "monthly_max",
            "distance_max_km",
            "fits",
        ],
    }
}

/// Keys that a check cannot do without.
fn needed(check: CheckWord) -> &'static [&'static str] {
    match check {
        CheckWord::Reachability => &["flow"],
        CheckWord::Attribution => &["tenant", "party"],
        CheckWord::Health => &["tenant"],
        CheckWord::Choice => &["vbr"],
        _ => &[],
    }
}

fn written(item: &ExpectItem) -> Vec<(&'static str, Span)> {
    fn first<T>(list: &Option<Vec<At<T>>>, item: &ExpectItem) -> Option<Span> {
        list.as_ref().map(|l| l.first().map_or(item.check.span, |a| a.span))
    }
    [
        ("flow", item.flow.as_ref().map(|a| a.span)),
        ("tenant", item.tenant.as_ref().map(|a| a.span)),
        ("reachable", item.reachable.as_ref().map(|a| a.span)),
        ("lost_max", item.lost_max.as_ref().map(|a| a.span)),
        ("duplicated_max", item.duplicated_max.as_ref().map(|a| a.span)),
        ("reordered_max", item.reordered_max.as_ref().map(|a| a.span)),
        ("longest_gap_max", item.longest_gap_max.as_ref().map(|a| a.span)),
        ("port_payer", item.port_payer.as_ref().map(|a| a.span)),
        ("outbound_payer", item.outbound_payer.as_ref().map(|a| a.span)),
        ("party", item.party.as_ref().map(|a| a.span)),
        ("unhealthy", first(&item.unhealthy, item)),
        ("healthy", first(&item.healthy, item)),
        ("after", item.after.as_ref().map(|a| a.span)),
        ("last_resolved", first(&item.last_resolved, item)),
        ("gave_up", first(&item.gave_up, item)),
        ("vbr", item.vbr.as_ref().map(|a| a.span)),
        ("ready_by", item.ready_by.as_ref().map(|a| a.span)),
        ("bandwidth_min", item.bandwidth_min.as_ref().map(|a| a.span)),
        ("monthly_max", item.monthly_max.as_ref().map(|a| a.span)),
        ("distance_max_km", item.distance_max_km.as_ref().map(|a| a.span)),
        ("fits", item.fits.as_ref().map(|a| a.span)),
    ]
    .into_iter()
    .filter_map(|(key, span)| span.map(|s| (key, s)))
    .collect()
}

/// Everything that can be wrong with an expectation.
pub(super) fn check(items: &[ExpectItem], world: &Terrain, flows: &Flows, steps: &Steps, issues: &mut Issues) {
    for item in items {
        let word = item.check.value;
        let there = written(item);
        for (key, span) in &there {
            if !keys(word).contains(key) {
                issues.err(
                    *span,
                    Code::ExpectationShape,
                    format!("the check `{}` has no `{key}`", word.as_str()),
                );
            }
        }
        for key in needed(word) {
            if !there.iter().any(|(k, _)| k == key) {
                issues.err(
                    item.check.span,
                    Code::ExpectationShape,
                    format!("the check `{}` needs `{key}`", word.as_str()),
                );
            }
        }
        if let (CheckWord::Continuity, Some(flow), Some(_)) = (word, &item.flow, &item.tenant) {
            issues.err(
                flow.span,
                Code::ExpectationShape,
                "continuity is of a `flow` or of a `tenant`, not of both",
            );
        }
        if let Some(name) = &item.flow
            && !flows.names.contains_key(&name.value.0)
        {
            let message = format!("there is no flow `{}`", name.0);
            issues.dangling(name.span, message, name, flows.names.keys().map(String::as_str));
        }
        if let Some(name) = item.vbr.as_ref().filter(|n| steps.slot(&n.value.0).is_none()) {
            let known = steps.slot_names.keys().map(String::as_str);
            issues.dangling(name.span, format!("no step makes a VBR `{}`", name.0), name, known);
        }
        if let Some(name) = &item.tenant {
            world.tenant(name, issues);
        }
        for name in [&item.port_payer, &item.outbound_payer].into_iter().flatten() {
            world.account(name, issues);
        }
        for list in [&item.unhealthy, &item.healthy, &item.last_resolved]
            .into_iter()
            .flatten()
        {
            window_shape(list, item.check.span, issues);
        }
        if let Some(list) = &item.gave_up {
            window_shape(list, item.check.span, issues);
            for n in list.iter().filter(|n| u32::try_from(n.value).is_err()) {
                issues.err(n.span, Code::OutOfRange, "there are no more than 4294967295 tenants");
            }
        }
    }
    contradictions(items, issues);
}

fn window_shape<T: PartialOrd>(list: &[At<T>], place: Span, issues: &mut Issues) {
    match list {
        [from, to] if from.value <= to.value => {}
        [_, to] => issues.err(to.span, Code::EmptyWindow, "the window ends before it begins"),
        _ => issues.err(
            list.first().map_or(place, |a| a.span),
            Code::EmptyWindow,
            format!("a window has two ends, `[from, to]`, not {}", list.len()),
        ),
    }
}

/// Two expectations of one question.
fn contradictions(items: &[ExpectItem], issues: &mut Issues) {
    let name = |n: &Option<At<Name>>| n.as_ref().map(|n| n.value.0.clone());
    type Question = (CheckWord, Option<String>, Option<String>, Option<SimTime>);
    let mut seen: std::collections::BTreeMap<Question, &ExpectItem> = std::collections::BTreeMap::new();
    for item in items {
        let key = (
            item.check.value,
            name(&item.flow).or(name(&item.vbr)),
            name(&item.tenant),
            item.after.as_ref().map(|a| a.value),
        );
        if let Some(other) = seen.get(&key) {
            let same = format!("{:?}", facts(item)) == format!("{:?}", facts(other));
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
        seen.entry(key).or_insert(item);
    }
    // A flow that shall not arrive at all cannot also lose little.
    let passes = |item: &&ExpectItem, check: CheckWord| item.check.value == check && verdict(item) == Expected::Pass;
    let silent: std::collections::BTreeMap<String, u32> = items
        .iter()
        .filter(|i| passes(i, CheckWord::Reachability) && i.reachable.as_ref().is_some_and(|r| !r.value))
        .filter_map(|i| Some((name(&i.flow)?, i.check.span.line)))
        .collect();
    for item in items.iter().filter(|i| passes(i, CheckWord::Continuity)) {
        if let Some((flow, line)) = name(&item.flow).and_then(|f| silent.get_key_value(&f)) {
            issues.err(
                item.check.span,
                Code::Contradiction,
                format!("`{flow}` is expected not to arrive at all (line {line})"),
            );
        }
    }
}

/// What an expectation says, without its places.
fn facts(item: &ExpectItem) -> (Expected, Vec<u64>, Vec<Option<String>>) {
    let times = |list: &Option<Vec<At<SimTime>>>| {
        list.iter()
            .flatten()
            .map(|t| t.as_nanos().saturating_add(1))
            .collect::<Vec<_>>()
    };
    let number = |n: &Option<At<u64>>| n.as_ref().map_or(0, |n| n.value.saturating_add(1));
    let mut numbers = vec![
        item.ready_by.as_ref().map_or(0, |t| t.as_nanos().saturating_add(1)),
        item.bandwidth_min.as_ref().map_or(0, |b| b.as_bps().saturating_add(1)),
        item.monthly_max.as_ref().map_or(0, |m| m.value.0.saturating_add(1)),
        number(&item.distance_max_km),
        item.fits.as_ref().map_or(1, |f| u64::from(f.value)),
        item.reachable.as_ref().map_or(1, |r| u64::from(r.value)),
        number(&item.lost_max),
        number(&item.duplicated_max),
        number(&item.reordered_max),
        item.longest_gap_max
            .as_ref()
            .map_or(0, |g| g.as_nanos().saturating_add(1)),
        item.party.as_ref().map_or(0, |p| p.value as u64 + 1),
    ];
    for list in [&item.unhealthy, &item.healthy, &item.last_resolved] {
        numbers.extend(times(list));
        numbers.push(u64::MAX);
    }
    numbers.extend(item.gave_up.iter().flatten().map(|n| n.value));
    let name = |n: &Option<At<Name>>| n.as_ref().map(|n| n.value.0.clone());
    (
        verdict(item),
        numbers,
        vec![name(&item.port_payer), name(&item.outbound_payer)],
    )
}

fn verdict(item: &ExpectItem) -> Expected {
    match item.verdict.as_ref().map(|v| v.value) {
        None | Some(VerdictWord::Pass) => Expected::Pass,
        Some(VerdictWord::Fail) => Expected::Fail,
        Some(VerdictWord::Inconc) => Expected::Inconc,
    }
}

/// The expectations, and those that always hold; everything in them has been checked.
pub(super) fn resolve(items: &[ExpectItem], world: &Terrain, flows: &Flows, steps: &Steps) -> Vec<Expectation> {
    let mut list = Vec::new();
    for word in ALWAYS {
        let given = items.iter().find(|i| i.check.value == word);
        list.push(Expectation {
            check: plain(word),
            expected: given.map_or(Expected::Pass, verdict),
            line: given.map_or(0, |i| i.check.span.line),
        });
    }
    for item in items.iter().filter(|i| !ALWAYS.contains(&i.check.value)) {
        list.push(Expectation {
            check: one(item, world, flows, steps),
            expected: verdict(item),
            line: item.check.span.line,
        });
    }
    list
}

fn plain(word: CheckWord) -> Check {
    match word {
        CheckWord::Isolation => Check::Isolation,
        CheckWord::Gating => Check::Gating,
        CheckWord::Provisioning => Check::Provisioning,
        CheckWord::Inheritance => Check::Inheritance,
        _ => Check::Conservation,
    }
}

fn one(item: &ExpectItem, world: &Terrain, flows: &Flows, steps: &Steps) -> Check {
    let tenant = item
        .tenant
        .as_ref()
        .and_then(|n| world.account_names.find(n))
        .and_then(|i| world.tenant_of[i]);
    let flow = item
        .flow
        .as_ref()
        .and_then(|n| flows.names.get(&n.value.0))
        .map(|i| FlowId::of(*i));
    let account = |n: &Option<At<Name>>| {
        n.as_ref()
            .and_then(|n| world.account_names.find(n))
            .map(crate::ident::AccountId::of)
    };
    let number = |n: &Option<At<u64>>| n.as_ref().map_or(0, |n| n.value);
    let of = tenant.unwrap_or(TenantId::NONE);
    match item.check.value {
        CheckWord::Reachability => Check::Reachability {
            flow: flow.unwrap_or(FlowId::NONE),
            reachable: item.reachable.as_ref().is_none_or(|r| r.value),
        },
        CheckWord::Continuity => Check::Continuity {
            tenant,
            flow,
            lost_max: number(&item.lost_max),
            duplicated_max: number(&item.duplicated_max),
            reordered_max: number(&item.reordered_max),
            longest_gap_max: item.longest_gap_max.as_ref().map(|g| g.value),
        },
        CheckWord::Bandwidth => Check::Bandwidth { tenant },
        CheckWord::Billing => Check::Billing {
            tenant,
            port_payer: account(&item.port_payer),
            outbound_payer: account(&item.outbound_payer),
        },
        CheckWord::Attribution => Check::Attribution {
            tenant: of,
            party: match item.party.as_ref().map(|p| p.value) {
                Some(PartyWord::Tenant) => Some(Party::Tenant),
                Some(PartyWord::Partner) => Some(Party::Partner),
                Some(PartyWord::Alibaba) => Some(Party::Alibaba),
                Some(PartyWord::Nobody) | None => None,
            },
        },
        CheckWord::Health => Check::Health {
            tenant: of,
            unhealthy: window(&item.unhealthy),
            healthy: window(&item.healthy),
        },
        CheckWord::Choice => Check::Choice {
            slot: item
                .vbr
                .as_ref()
                .and_then(|n| steps.slot(&n.value.0))
                .unwrap_or_default(),
            need: Need {
                ready_by: item.ready_by.as_ref().map(|t| t.value),
                bandwidth_min: item.bandwidth_min.as_ref().map(|b| b.value),
                monthly_max: item.monthly_max.as_ref().map(|m| m.value.0),
                distance_max_km: item.distance_max_km.as_ref().map(|d| d.value),
            },
            fits: item.fits.as_ref().is_none_or(|f| f.value),
        },
        CheckWord::Resolution => Check::Resolution {
            after: item.after.as_ref().map_or(SimTime::ZERO, |a| a.value),
            last_resolved: window(&item.last_resolved),
            gave_up: item.gave_up.as_ref().and_then(|l| match l.as_slice() {
                [a, b] => Some((u32::try_from(a.value).ok()?, u32::try_from(b.value).ok()?)),
                _ => None,
            }),
        },
        word => plain(word),
    }
}

fn window(list: &Option<Vec<At<SimTime>>>) -> Option<(SimTime, SimTime)> {
    match list.as_deref() {
        Some([from, to]) => Some((from.value, to.value)),
        _ => None,
    }
}
