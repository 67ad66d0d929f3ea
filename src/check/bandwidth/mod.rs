//! Fails where more passed for a tenant than its spec allows over any span of time, where less was
//! delivered than it was sold, or where a tenant that kept to its spec lost frames to policers or to
//! queues: to others, or while it was alone.
//!
//! What the access device sent each way is held against the token bucket: over every span at
//! most burst + rate x span, in octets of untagged frames with FCS. A tenant kept to its spec
//! where its offered frames stay below the smallest burst of all policers on their way.

mod lower;

use super::case::{Case, frames, some, thousands};
use super::index::Index;
use super::{Detail, Field, Finding, Value, Verdict};
use crate::evidence::{Shadow, SoldRate};
use crate::ident::{DropReason, Fate, StationId, TenantId};
use crate::record::{Needed, uncontrolled};
use crate::scenario::Plan;
use crate::scenario::plan::{LinkRole, NodeKind};

/// One direction of a service, as the device sent it.
struct Stream {
    place: String,
    way: &'static str,
    sold_rate: SoldRate,
    passed: Shadow,
}

pub(super) fn judge(index: &Index<'_>, only: Option<TenantId>, full: bool) -> Finding {
    let case = &index.case;
    let (mut wrong, mut kept, mut more, mut seen) = (Vec::<Detail>::new(), 0u64, 0u64, Vec::new());
    let mut hurt: Vec<(u64, Detail)> = Vec::new();
    let mut lost_over = 0;
    let mut lower = lower::LowerSide::default();
    let company = Company::new(index);
    for tenant in case.tenants(only) {
        let offered = case.record.profiles.offered(tenant);
        let none = offered.iter().all(|way| way.octets == 0);
        lower.add(index, tenant, full, !none);
        if none {
            continue;
        }
        let streams = streams(index, tenant);
        seen.push((case.tenant(tenant), arrived(index, tenant)));
        wrong.extend(
            streams
                .iter()
                .filter(|s| s.passed.over > 0)
                .map(|s| Detail::from(s.excess())),
        );
        lost_over += lost(index, tenant, POLICED).map(|(_, lost)| lost).sum::<u64>();
        if offered.iter().any(|way| way.over > 0) {
            more += 1;
            continue;
        }
        kept += 1;
        let harm = harm(index, &company, tenant).into_iter().filter(|(lost, _)| *lost > 0);
        hurt.extend(harm.map(|(lost, to)| {
            let name = case.tenant(tenant);
            let text = format!("{name} kept to its spec and lost {} {to}", frames(lost));
            let values = vec![
                Field::new("tenant", Value::text(name)),
                Field::new("lost", Value::frames(lost)),
            ];
            (lost, Detail::new(text, values))
        }));
    }
    // The worst first: who is cut off at the end of a list is hurt least.
    hurt.sort_by_key(|(lost, _)| std::cmp::Reverse(*lost));
    let numbers = [
        ("kept_to_the_spec", Value::count(kept)),
        ("asked_for_more", Value::count(more)),
        ("hurt", Value::count(hurt.len())),
        ("policed", Value::frames(lost_over)),
        ("directions", lower.values()),
    ];
    wrong.extend(hurt.into_iter().map(|(_, detail)| detail));
    if kept + more == 0 && lower.asked.is_empty() {
        return Finding::new(Verdict::Inconc, "no tenant offered anything while a spec was in force");
    }
    lower.add_links(index, only);
    wrong.append(&mut lower.wrong);
    let text = format!(
        "{} tenant{}: {} kept to the spec, {} asked for more; {} policed{}",
        thousands(kept + more),
        if kept + more == 1 { "" } else { "s" },
        thousands(kept),
        thousands(more),
        frames(lost_over),
        lower.told(wrong.is_empty())
    );
    if !wrong.is_empty() {
        return Finding::new(Verdict::Fail, text).told(wrong).numbers(numbers);
    }
    let unseen = uncontrolled(Needed::Each, seen);
    if !unseen.is_empty() {
        let all = unseen
            .iter()
            .map(|name| format!("nothing arrived for {name}"))
            .collect();
        let text = format!("{text}; nothing arrived for {}: the control is missing", some(unseen));
        return Finding::new(Verdict::Inconc, text).with(all).numbers(numbers);
    }
    let asked = lower.details();
    if let Some(why) = lower.unknown.first() {
        let text = format!("{text}; {why}");
        let unknown = lower.unknown.iter().cloned().map(Detail::from);
        let all = unknown.chain(asked).collect();
        return Finding::new(Verdict::Inconc, text).told(all).numbers(numbers);
    }
    Finding::new(Verdict::Pass, text).told(asked).numbers(numbers)
}

impl Stream {
    fn excess(&self) -> String {
        format!(
            "{} {}: {} octets beyond {} and its burst of {} (untagged with FCS), first at {}",
            self.place,
            self.way,
            thousands(self.passed.excess),
            self.sold_rate.rate,
            thousands(self.sold_rate.burst.get()),
            self.passed.first_over.unwrap_or_default()
        )
    }
}

/// Did any frame of any flow of the tenant arrive?
fn arrived(index: &Index<'_>, tenant: TenantId) -> bool {
    let accounts = index
        .flows_of(tenant)
        .filter_map(|flow| index.case.record.evidence.flow(flow));
    accounts.into_iter().any(|a| a.forward.arrived.frames > 0)
}

/// Every service of a tenant that had a contract, each way: to the cloud at its VBR's port, from
/// the cloud at its circuit's.
fn streams(index: &Index<'_>, tenant: TenantId) -> Vec<Stream> {
    let case = &index.case;
    let (numbering, profiles) = (&case.record.numbering, &case.record.profiles);
    let mut out = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for i in index.slots_of(tenant) {
        let slot = &case.plan.vbr_slots[i];
        let vlan = slot.vlan.and_then(|vlan| numbering.vlan((slot.circuit, vlan)));
        let vlan = vlan.filter(|vlan| seen.insert(*vlan));
        for (service, way) in [(Some(numbering.slot(i)), "to the cloud"), (vlan, "from the cloud")] {
            let Some(service) = service else { continue };
            let passed = profiles.passed(service);
            let Some(sold_rate) = profiles.last_sold(service) else {
                continue;
            };
            out.push(Stream {
                place: format!("{}, {}", case.tenant(tenant), slot.name),
                way,
                sold_rate,
                passed,
            });
        }
    }
    out
}

const POLICED: &[DropReason] = &[DropReason::OverRate, DropReason::Throttled];

/// Frames of flows that a tenant lost for these reasons, place by place; not in the queue of its own
/// line.
fn lost<'i>(
    index: &'i Index<'_>,
    tenant: TenantId,
    reasons: &'i [DropReason],
) -> impl Iterator<Item = (StationId, u64)> + 'i {
    let cells = index.cells(tenant).iter();
    cells
        .filter(|(key, _)| key.of_flow && matches!(key.fate, Fate::Dropped(r) if reasons.contains(&r)))
        .filter(move |(key, _)| !own_line(&index.case, key.station, key.fate, tenant))
        .filter(|(key, _)| !is_border(&index.case, key.station))
        .map(|(key, count)| (key.station, count.frames))
}

/// What a tenant lost that kept to its spec, and to what. Whether neighbours have a part in it is
/// said, not supposed: a policer is the tenant's own, and a queue may have been too.
fn harm(index: &Index<'_>, company: &Company<'_>, tenant: TenantId) -> [(u64, &'static str); 3] {
    let policed = lost(index, tenant, POLICED).map(|(_, frames)| frames).sum();
    let (mut shared, mut alone) = (0, 0);
    for (station, frames) in lost(index, tenant, &[DropReason::QueueFull]) {
        match company.has_others(station, tenant) {
            true => shared += frames,
            false => alone += frames,
        }
    }
    [
        (policed, "to policers on its way"),
        (shared, "to queues that others send into too"),
        (
            alone,
            "to queues that nobody else sends into: no neighbour has a part in it",
        ),
    ]
}

/// Who sends into which queue.
struct Company<'a> {
    plan: &'a Plan,
    /// Tenants with flows that sent something, in order.
    senders: Vec<TenantId>,
}

impl<'a> Company<'a> {
    fn new(index: &Index<'a>) -> Self {
        let sent = |flow| {
            let account = index.case.record.evidence.flow(flow);
            account.is_some_and(|account| account.forward.sent.frames > 0)
        };
        let tenants = index.case.tenants(None);
        Self {
            plan: index.case.plan,
            senders: tenants.filter(|t| index.flows_of(*t).any(sent)).collect(),
        }
    }

    /// Does any other tenant that sends something have its way by this link? Asked of the switch in
    /// front of it; where there is none, all that send have.
    fn has_others(&self, station: StationId, tenant: TenantId) -> bool {
        let sends = |other: TenantId| other != tenant && self.senders.binary_search(&other).is_ok();
        let link = station.as_link().and_then(|id| self.plan.links.get(id.index()));
        let ends = link.map(|link| [link.a, link.b]).into_iter().flatten();
        let mut switches = ends
            .filter_map(|(node, port)| match &self.plan.nodes[node.index()].kind {
                NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) => Some((switch, port)),
                NodeKind::AccessDevice(_) | NodeKind::Idc(_) | NodeKind::Vbr(_) | NodeKind::Vpc(_) => None,
            })
            .peekable();
        if switches.peek().is_none() {
            return self.senders.iter().any(|other| *other != tenant);
        }
        switches.any(|(switch, port)| {
            let services = switch.tables.services.values();
            let mut here = services.filter(|s| s.members.iter().any(|member| member.port == port));
            here.any(|service| sends(service.tenant))
        })
    }
}

/// What a border carries is a contract of its own.
fn is_border(case: &Case<'_>, station: StationId) -> bool {
    let link = station.as_link().and_then(|id| case.plan.links.get(id.index()));
    link.is_some_and(|link| link.role == LinkRole::CrossBorder)
}

/// The queue of a line that the tenant has alone is filled by nobody else.
fn own_line(case: &Case<'_>, station: StationId, fate: Fate, tenant: TenantId) -> bool {
    fate == Fate::Dropped(DropReason::QueueFull)
        && station.as_link().is_some()
        && case.place(station).is_some_and(|place| place.only == Some(tenant))
}
