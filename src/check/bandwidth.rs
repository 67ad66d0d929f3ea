//! Fails where a tenant got more than its spec allows, or one that stayed within it lost frames
//! to others.
//!
//! The bound is the token bucket's: over a span T at most burst + rate x T passes (octets with
//! FCS of the untagged frame, the policers' default basis).

use super::case::{frames, thousands};
use super::index::Index;
use super::{Finding, Verdict};
use crate::evidence::{Bound, Metered};
use crate::forward::PolicerRule;
use crate::ident::{DropReason, Fate, TenantId};
use crate::units::{BitRate, SimDuration, SimTime};

struct Share {
    spec: BitRate,
    /// From the first frame that the tenant's flows sent to the last.
    span: SimDuration,
    offered: u64,
    passed: [u64; 2],
    policed: u64,
    squeezed: u64,
}

pub(super) fn judge(index: &Index<'_>, only: Option<TenantId>) -> Finding {
    let case = &index.case;
    let shares: Vec<(TenantId, Share)> = case
        .tenants(only)
        .filter_map(|t| share(index, t).map(|s| (t, s)))
        .collect();
    if shares.is_empty() {
        return Finding::new(Verdict::Inconc, "no tenant with a spec sent anything");
    }
    let mut wrong = Vec::new();
    let mut within = 0u64;
    for (tenant, share) in &shares {
        let name = case.tenant(*tenant);
        for (passed, way) in share.passed.iter().zip(["to the cloud", "from the cloud"]) {
            if *passed > share.bound() {
                let bound = thousands(share.bound());
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
        "{} tenants: {within} stayed within their spec, {} asked for more; {} policed",
        shares.len(),
        shares.len() as u64 - within,
        frames(policed)
    );
    let verdict = if wrong.is_empty() { Verdict::Pass } else { Verdict::Fail };
    Finding::new(verdict, text).with(wrong.into_iter().take(12).collect())
}

impl Share {
    fn bound(&self) -> u64 {
        let burst = PolicerRule::default().policer(self.spec).burst.get();
        burst.saturating_add(self.spec.octets_in(self.span).get())
    }

    /// Did it offer at most what its spec carries in that time?
    fn stays_within(&self) -> bool {
        self.offered <= self.spec.octets_in(self.span).get()
    }
}

fn share(index: &Index<'_>, tenant: TenantId) -> Option<Share> {
    let spec = index.facts(tenant).filter_map(|f| f.vbr.as_ref()?.bandwidth).max()?;
    let (mut first, mut last, mut offered) = (SimTime::MAX, SimTime::ZERO, 0u64);
    for flow in index.flows_of(tenant) {
        let (_, Some(account)) = index.flow(flow) else {
            continue;
        };
        let sent = &account.forward;
        first = first.min(sent.first_sent?);
        last = last.max(sent.last_sent?);
        offered += sent.sent.octets + 4 * sent.sent.frames;
    }
    if first > last {
        return None;
    }
    let drops = |reasons: &[DropReason]| -> u64 {
        let cells = index.cells(tenant).iter();
        cells
            .filter(|(key, _)| matches!(key.fate, Fate::Dropped(r) if reasons.contains(&r)))
            .map(|(_, c)| c.frames)
            .sum()
    };
    Some(Share {
        spec,
        // One more second: what was sent last passes later, and delays are below that.
        span: last.saturating_since(first).saturating_add(SimDuration::from_secs(1)),
        offered,
        passed: [Bound::Inbound, Bound::Outbound].map(|bound| passed(index, tenant, bound)),
        policed: drops(&[DropReason::OverRate, DropReason::Throttled]),
        squeezed: drops(&[DropReason::QueueFull]),
    })
}

/// What passed the circuit's port of the access device, as octets of untagged frames with FCS.
fn passed(index: &Index<'_>, tenant: TenantId, bound: Bound) -> u64 {
    let readings = index.metered(tenant).filter(|(_, r)| r.bound == bound);
    readings.map(|(vlan, r)| untagged(&r.metered, *vlan)).sum()
}

fn untagged(metered: &Metered, vlan: u16) -> u64 {
    let tags = if vlan == 0 { 0 } else { 4 * metered.frames };
    metered.l2_fcs().saturating_sub(tags)
}
