//! Fails where a frame of one tenant was seen at a place that another tenant has alone.

use super::case::{Case, frames, some, thousands};
use super::{Finding, Verdict};
use crate::evidence::{Leak, LeakCount};
use crate::ident::TenantId;

pub(super) fn judge(case: &Case<'_>) -> Finding {
    let watch = &case.run.isolation;
    if !watch.leaks().is_empty() {
        return leaked(case);
    }
    if case.plan.flows.is_empty() {
        return Finding::new(Verdict::NotApplicable, "the scenario sends nothing");
    }
    let placed = placed(case);
    if placed.len() < 2 {
        return Finding::new(Verdict::NotApplicable, "one tenant alone has nobody to leak to");
    }
    let silent: Vec<TenantId> = placed
        .iter()
        .copied()
        .filter(|t| watch.own(*t).taken.frames == 0)
        .collect();
    if !silent.is_empty() {
        let names = some(silent.iter().map(|t| case.tenant(*t)));
        let text = format!("no leak was seen, but no frame reached an own place of {names}: the control is missing");
        return Finding::new(Verdict::Inconc, text);
    }
    let taken: u64 = case.tenants(None).map(|t| watch.own(t).taken.frames).sum();
    Finding::new(
        Verdict::Pass,
        format!(
            "0 of {} at another tenant's place; {} places watched; control: {} taken at their own, {} tenants",
            frames(case.offered()),
            thousands(watch.places() as u64),
            thousands(taken),
            thousands(placed.len() as u64)
        ),
    )
}

/// Tenants that have a place of their own, to which something could leak.
fn placed(case: &Case<'_>) -> Vec<TenantId> {
    let places = case
        .plan
        .nodes
        .iter()
        .map(|n| n.place)
        .chain(case.plan.links.iter().map(|l| l.place));
    let mut tenants: Vec<TenantId> = places.filter_map(|place| place.only).collect();
    tenants.sort_unstable();
    tenants.dedup();
    tenants
}

fn leaked(case: &Case<'_>) -> Finding {
    let leaks = case.run.isolation.leaks();
    let seen = |count: &LeakCount| count.arrived.frames.max(count.settled.frames);
    let total: u64 = leaks.values().map(seen).sum();
    let details = leaks
        .iter()
        .take(12)
        .map(|(leak, count)| detail(case, leak, seen(count)));
    let pairs = leaks.len();
    let text = format!(
        "{} seen at another tenant's place, at {pairs} (tenant, place) pairs",
        frames(total)
    );
    Finding::new(Verdict::Fail, text).with(details.collect())
}

fn detail(case: &Case<'_>, leak: &Leak, count: u64) -> String {
    let owner = case
        .place(leak.station)
        .and_then(|p| p.only)
        .map_or("nobody", |t| case.tenant(t));
    let first = case.run.isolation.frames().of(*leak).next().map_or(String::new(), |e| {
        let head: Vec<String> = e.octets.iter().take(18).map(|o| format!("{o:02x}")).collect();
        format!("; the first at {} with {} octets: {}", e.at, e.length, head.join(" "))
    });
    format!(
        "{} of {} at {}, which belongs to {owner}{first}",
        frames(count),
        case.tenant(leak.from),
        case.station(leak.station)
    )
}
