//! Fails where a tenant got more than its spec allows, or one that stayed within it lost frames
//! to others.
//!
//! The bound is the token bucket's: over a span T at most burst + rate x T passes (octets with
//! FCS of the untagged frame, the policers' default basis).

use std::collections::BTreeMap;

use super::case::{Case, frames, thousands};
use super::{Finding, Verdict};
use crate::evidence::{Bound, Metered};
use crate::ident::{DropReason, Fate, TenantId};
use crate::node::access_device::rate_limit;
use crate::units::{BitRate, SimDuration, SimTime};

struct Share {
    /// The lowest spec that was in force.
    spec: BitRate,
    /// Octets that may have passed: bursts, and each spec for as long as it was in force.
    bound: u64,
    /// Bits a second that its flows offered together, each while it ran.
    offered_bps: u128,
    passed: [u64; 2],
    policed: u64,
    squeezed: u64,
}

pub(super) fn judge(case: &Case<'_>, only: Option<TenantId>) -> Finding {
    let shares: Vec<(TenantId, Share)> = case
        .tenants(only)
        .filter_map(|t| share(case, t).map(|s| (t, s)))
        .collect();
    if shares.is_empty() {
        return Finding::new(Verdict::Inconc, "no tenant with a spec sent anything");
    }
    let mut wrong = Vec::new();
    let mut within = 0u64;
    for (tenant, share) in &shares {
        let name = case.tenant(*tenant);
        for (passed, way) in share.passed.iter().zip(["to the cloud", "from the cloud"]) {
            if *passed > share.bound {
                let bound = thousands(share.bound);
                wrong.push(format!(
                    "{name}: {} octets passed {way}, the bound is {bound}",
                    thousands(*passed)
                ));
            }
        }
        if share.stays_within() {
            within += 1;
            let lost = share.policed + share.squeezed;
            if lost > 0 {
                wrong.push(format!("{name} stayed within {} and lost {}", share.spec, frames(lost)));
            }
        }
    }
    let policed: u64 = shares.iter().map(|(_, s)| s.policed).sum();
    let text = format!(
        "{} tenant{}: {within} stayed within their spec, {} asked for more; {} policed",
        shares.len(),
        if shares.len() == 1 { "" } else { "s" },
        shares.len() as u64 - within,
        frames(policed)
    );
    let verdict = if wrong.is_empty() { Verdict::Pass } else { Verdict::Fail };
    Finding::new(verdict, text).with(wrong.into_iter().take(12).collect())
}

impl Share {
    /// Did it offer at most its lowest spec, also if all its flows ran at once?
    fn stays_within(&self) -> bool {
        self.offered_bps <= u128::from(self.spec.as_bps())
    }
}

fn share(case: &Case<'_>, tenant: TenantId) -> Option<Share> {
    let (mut first, mut last, mut offered_bps) = (SimTime::MAX, SimTime::ZERO, 0u128);
    for (_, plan, account) in case.flows() {
        let Some(account) = account.filter(|_| plan.tenant == tenant) else {
            continue;
        };
        let sent = &account.forward;
        let (from, to) = (sent.first_sent?, sent.last_sent?);
        first = first.min(from);
        last = last.max(to);
        // Less than a second of frames is a burst, which the policers' buckets take.
        let nanos = to.saturating_since(from).max(SimDuration::from_secs(1)).as_nanos();
        let octets = sent.sent.octets + 4 * sent.sent.frames;
        offered_bps += u128::from(octets) * 8_000_000_000 / u128::from(nanos);
    }
    if first > last {
        return None;
    }
    // One more second: what was sent last passes later, and delays are below that.
    let end = last.saturating_add(SimDuration::from_secs(1));
    let (spec, bound) = bound(case, tenant, first, end)?;
    let evidence = case.run.evidence.cells();
    let drops = |reasons: &[DropReason]| -> u64 {
        let cells = evidence.iter().filter(|(key, _)| key.tenant == tenant);
        cells
            .filter(|(key, _)| matches!(key.fate, Fate::Dropped(r) if reasons.contains(&r)))
            .map(|(_, c)| c.frames)
            .sum()
    };
    Some(Share {
        spec,
        bound,
        offered_bps,
        passed: [Bound::Inbound, Bound::Outbound].map(|bound| passed(case, tenant, bound)),
        policed: drops(&[DropReason::OverRate, DropReason::Throttled]),
        squeezed: drops(&[DropReason::QueueFull]),
    })
}

/// The lowest spec of the tenant in that time, and how many octets its specs let pass: for each
/// service a burst at every change, and every rate for as long as it was in force.
fn bound(case: &Case<'_>, tenant: TenantId, first: SimTime, end: SimTime) -> Option<(BitRate, u64)> {
    let mut specs: BTreeMap<(&str, u16), Vec<(SimTime, BitRate)>> = BTreeMap::new();
    for (_, fact) in case.run.cloud.facts.iter().filter(|(_, f)| f.tenant == tenant) {
        let Some(rate) = fact.vbr.as_ref().and_then(|vbr| vbr.bandwidth) else {
            continue;
        };
        let of_service = specs.entry((&fact.circuit, fact.vlan)).or_default();
        if of_service.last().is_none_or(|(_, last)| *last != rate) {
            of_service.push((fact.at, rate));
        }
    }
    let (mut lowest, mut octets) = (None, 0u64);
    for of_service in specs.values() {
        for (i, (at, rate)) in of_service.iter().enumerate() {
            let until = of_service.get(i + 1).map_or(end, |(next, _)| *next).min(end);
            let span = until.saturating_since((*at).max(first));
            if span == SimDuration::ZERO {
                continue;
            }
            let share = rate_limit(*rate).burst.get().saturating_add(rate.octets_in(span).get());
            octets = octets.saturating_add(share);
            lowest = Some(lowest.map_or(*rate, |low: BitRate| low.min(*rate)));
        }
    }
    lowest.map(|low| (low, octets))
}

/// What passed the circuit's port of the access device, as octets of untagged frames with FCS.
fn passed(case: &Case<'_>, tenant: TenantId, bound: Bound) -> u64 {
    let readings = case.run.meter.readings();
    let vlan_of = |service: u32| case.run.numbering.vlans().get(service as usize).copied();
    let at_circuits = readings.iter().filter(|r| r.bound == bound);
    let mine = at_circuits.filter_map(|r| {
        let (circuit, vlan) = vlan_of(r.service)?;
        let mut slots = case.plan.vbr_slots.iter();
        let own = slots.any(|s| s.tenant == tenant && (s.circuit, s.vlan) == (circuit, Some(vlan)));
        own.then(|| untagged(&r.metered, vlan))
    });
    mine.sum()
}

fn untagged(metered: &Metered, vlan: u16) -> u64 {
    let tags = if vlan == 0 { 0 } else { 4 * metered.frames };
    metered.l2_fcs().saturating_sub(tags)
}
