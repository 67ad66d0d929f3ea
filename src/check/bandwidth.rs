//! Fails where more passed for a tenant than its spec allows over any span of time, or where a
//! tenant that kept to its spec lost frames to others.
//!
//! What the access device sent each way is held against the token bucket: over every span at
//! most burst + rate x span, in octets of untagged frames with FCS. A tenant kept to its spec
//! where its offered frames stay below the smallest burst of all policers on their way.

use super::case::{Case, frames, some, thousands};
use super::index::Index;
use super::{Finding, Verdict};
use crate::evidence::{Contract, Shadow};
use crate::ident::{DropReason, Fate, TenantId};

/// One direction of a service, as the device sent it.
struct Stream {
    place: String,
    way: &'static str,
    contract: Contract,
    passed: Shadow,
}

pub(super) fn judge(index: &Index<'_>, only: Option<TenantId>) -> Finding {
    let case = &index.case;
    let (mut wrong, mut kept, mut more, mut unseen) = (Vec::new(), 0u64, 0u64, Vec::new());
    let mut lost_over = 0;
    for tenant in case.tenants(only) {
        let offered = case.run.profiles.offered(tenant);
        if offered.iter().all(|way| way.octets == 0) {
            continue;
        }
        let streams = streams(index, tenant);
        if !arrived(index, tenant) {
            unseen.push(case.tenant(tenant));
        }
        wrong.extend(streams.iter().filter(|s| s.passed.over > 0).map(Stream::excess));
        lost_over += lost(index, tenant, &[DropReason::OverRate, DropReason::Throttled]);
        if offered.iter().any(|way| way.over > 0) {
            more += 1;
            continue;
        }
        kept += 1;
        let lost = lost(
            index,
            tenant,
            &[DropReason::OverRate, DropReason::Throttled, DropReason::QueueFull],
        );
        if lost > 0 {
            wrong.push(format!(
                "{} kept to its spec and lost {}",
                case.tenant(tenant),
                frames(lost)
            ));
        }
    }
    if kept + more == 0 {
        return Finding::new(Verdict::Inconc, "no tenant offered anything while a spec was in force");
    }
    let text = format!(
        "{} tenant{}: {} kept to the spec, {} asked for more; {} policed",
        thousands(kept + more),
        if kept + more == 1 { "" } else { "s" },
        thousands(kept),
        thousands(more),
        frames(lost_over)
    );
    if !wrong.is_empty() {
        return Finding::new(Verdict::Fail, text).with(wrong.into_iter().take(12).collect());
    }
    if !unseen.is_empty() {
        let text = format!("{text}; nothing arrived for {}: the control is missing", some(unseen));
        return Finding::new(Verdict::Inconc, text);
    }
    Finding::new(Verdict::Pass, text)
}

impl Stream {
    fn excess(&self) -> String {
        format!(
            "{} {}: {} octets beyond {} and its burst of {} (untagged with FCS), first at {}",
            self.place,
            self.way,
            thousands(self.passed.excess),
            self.contract.rate,
            thousands(self.contract.burst.get()),
            self.passed.first_over.unwrap_or_default()
        )
    }
}

/// Did any frame of any flow of the tenant arrive?
fn arrived(index: &Index<'_>, tenant: TenantId) -> bool {
    let accounts = index
        .flows_of(tenant)
        .filter_map(|flow| index.case.run.evidence.flow(flow));
    accounts.into_iter().any(|a| a.forward.arrived.frames > 0)
}

/// Every service of a tenant that had a contract, each way: to the cloud at its VBR's port, from
/// the cloud at its circuit's.
fn streams(index: &Index<'_>, tenant: TenantId) -> Vec<Stream> {
    let case = &index.case;
    let (numbering, profiles) = (&case.run.numbering, &case.run.profiles);
    let mut out = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for i in index.slots_of(tenant) {
        let slot = &case.plan.vbr_slots[i];
        let vlan = slot.vlan.and_then(|vlan| numbering.vlan((slot.circuit, vlan)));
        let vlan = vlan.filter(|vlan| seen.insert(*vlan));
        for (service, way) in [(Some(numbering.slot(i)), "to the cloud"), (vlan, "from the cloud")] {
            let Some(service) = service else { continue };
            let passed = profiles.passed(service);
            let Some(contract) = profiles.last_contract(service) else {
                continue;
            };
            out.push(Stream {
                place: format!("{}, {}", case.tenant(tenant), slot.name),
                way,
                contract,
                passed,
            });
        }
    }
    out
}

/// Frames of flows that a tenant lost for these reasons at places that it shares with others.
fn lost(index: &Index<'_>, tenant: TenantId, reasons: &[DropReason]) -> u64 {
    let cells = index.cells(tenant).iter();
    cells
        .filter(|(key, _)| key.of_flow && matches!(key.fate, Fate::Dropped(r) if reasons.contains(&r)))
        .filter(|(key, _)| !own_line(&index.case, key.station, key.fate, tenant))
        .map(|(_, count)| count.frames)
        .sum()
}

/// The queue of a line that the tenant has alone is filled by nobody else.
fn own_line(case: &Case<'_>, station: crate::ident::StationId, fate: Fate, tenant: TenantId) -> bool {
    fate == Fate::Dropped(DropReason::QueueFull)
        && station.as_link().is_some()
        && case.place(station).is_some_and(|place| place.only == Some(tenant))
}
