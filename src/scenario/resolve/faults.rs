//! Faults and operators' hands, each at its time.

use std::collections::BTreeMap;

use super::steps::Steps;
use super::world::Terrain;
use crate::forward::{Service, ServiceId};
use crate::ident::{LinkId, NodeId};
use crate::node::{LinkChange, LinkWay, SwitchChange, VpcChange};
use crate::scenario::at::{At, Span};
use crate::scenario::codes::Code;
use crate::scenario::file::{FaultItem, FlapItem, WayWord};
use crate::scenario::issues::Issues;
use crate::scenario::plan::{Fault, FaultPlan, NodeKind};
use crate::scenario::scalars::PlaceRef;
use crate::scenario::wiring::Wired;
use crate::units::{ByteCount, SimDuration, SimTime};
use crate::wire::Vid;

/// Faults that a plan may have; a flap counts each cut and each restore.
const FAULTS_MAX: u64 = 1_000_000;

/// Misconnections and new policers that a plan may have: each looks at every service of its switch.
const HANDS_MAX: usize = 1_000;

/// A slower policer's burst stays at least this, unless it was smaller before.
const LEAST_BURST: ByteCount = ByteCount::new(64_000);

/// Everything that can be wrong with a fault before the wires are known.
pub(super) fn check(items: &[FaultItem], world: &Terrain, steps: &Steps, end: SimTime, issues: &mut Issues) {
    let mut total = items.len() as u64;
    let mut hands = items.iter().filter(|i| i.misconnect.is_some() || i.police.is_some());
    if let Some(extra) = hands.nth(HANDS_MAX) {
        issues.err(
            extra.at.span,
            Code::TooMany,
            format!("more than {HANDS_MAX} misconnections and policers"),
        );
        return;
    }
    for item in items {
        if item.at.value > end {
            issues.err(
                item.at.span,
                Code::TimeOrder,
                format!("the run ends at {end}, before this fault"),
            );
        }
        let kinds = [
            item.cut.is_some(),
            item.restore.is_some(),
            item.lose.is_some(),
            item.corrupt.is_some(),
            item.duplicate.is_some(),
            item.flap.is_some(),
            item.misconnect.is_some(),
            item.police.is_some(),
            item.detach.is_some(),
            item.attach.is_some(),
        ];
        let many = kinds.iter().filter(|k| **k).count();
        if many != 1 {
            issues.err_help(
                item.at.span,
                Code::FaultShape,
                format!("a fault is one thing, and here are {many}"),
                "give exactly one of cut, restore, lose, corrupt, duplicate, flap, misconnect, police, detach, attach",
            );
            continue;
        }
        check_share(item, issues);
        if let Some(flap) = &item.flap {
            check_flap(item, flap, end, issues);
            total = total.saturating_add(flap.times.value.saturating_mul(2));
        }
        if item.misconnect.is_some() {
            check_misconnect(item, world, issues);
        } else if let Some(switch) = &item.police {
            check_police(item, switch, world, issues);
        } else if let Some(key) = item
            .tenant
            .as_ref()
            .map(|t| t.span)
            .or(item.vlan_id.as_ref().map(|v| v.span))
        {
            issues.err(
                key,
                Code::FaultShape,
                "`tenant` and `vlan_id` belong to `misconnect` and `police`",
            );
        }
        if let Some(spec) = item.spec.as_ref().filter(|_| item.police.is_none()) {
            issues.err(spec.span, Code::FaultShape, "`spec` belongs to `police`");
        }
        for name in item.detach.iter().chain(&item.attach) {
            if steps.slot(name).is_none() {
                let message = format!("there is no VBR `{}`", name.0);
                issues.dangling(name.span, message, name, steps.slot_names.keys().map(String::as_str));
            }
        }
    }
    if total > FAULTS_MAX {
        let span = items.first().map_or_else(Span::default, |i| i.at.span);
        issues.err(
            span,
            Code::TooMany,
            format!("{total} faults are more than {FAULTS_MAX}"),
        );
    }
}

fn check_share(item: &FaultItem, issues: &mut Issues) {
    let rated = item.lose.as_ref().or(item.corrupt.as_ref()).or(item.duplicate.as_ref());
    match (rated, &item.share) {
        (Some(link), None) => issues.err_help(
            link.span,
            Code::Needed,
            "what share of the frames?",
            "add `share: \"0.1%\"`",
        ),
        (None, Some(share)) => issues.err(
            share.span,
            Code::FaultShape,
            "`share` belongs to lose, corrupt and duplicate",
        ),
        _ => {}
    }
    if let Some(way) = item.way.as_ref().filter(|_| {
        item.misconnect.is_some() || item.police.is_some() || item.detach.is_some() || item.attach.is_some()
    }) {
        issues.err(way.span, Code::FaultShape, "`way` belongs to faults of links");
    }
}

fn check_flap(item: &FaultItem, flap: &FlapItem, end: SimTime, issues: &mut Issues) {
    if flap.down.is_zero() || flap.times.value == 0 {
        let span = if flap.down.is_zero() {
            flap.down.span
        } else {
            flap.times.span
        };
        issues.err(span, Code::Zero, "a flap that is never down is none");
        return;
    }
    if flap.every.value <= flap.down.value {
        issues.err(
            flap.every.span,
            Code::TimeOrder,
            format!(
                "down for {} of every {}: the link would never come up",
                flap.down.value, flap.every.value
            ),
        );
    }
    let last = flap
        .every
        .saturating_mul(flap.times.value - 1)
        .saturating_add(flap.down.value);
    if item.at.value.saturating_add(last) > end {
        issues.err(
            flap.times.span,
            Code::TimeOrder,
            format!("the run ends at {end}, before the last flap"),
        );
    }
}

fn check_misconnect(item: &FaultItem, world: &Terrain, issues: &mut Issues) {
    let Some(switch) = &item.misconnect else { return };
    let place = world.switch_names.get(switch, switch.span, issues);
    let (Some(name), Some(vlan)) = (&item.tenant, &item.vlan_id) else {
        issues.err(
            switch.span,
            Code::Needed,
            "`misconnect` needs the `tenant` and the `vlan_id` that the operator types",
        );
        return;
    };
    super::sites::vid(vlan, 1, issues);
    let (Some(place), Some(tenant)) = (place, world.tenant(name, issues)) else {
        return;
    };
    let services = world
        .idcs
        .iter()
        .filter(|i| i.tenant == tenant && world.circuits.get(i.circuit).is_some_and(|c| c.a == place))
        .count();
    if services != 1 {
        issues.err(
            switch.span,
            Code::FaultShape,
            format!(
                "`{}` has {services} services towards a circuit at `{}`; one is needed",
                name.0, switch.0
            ),
        );
    }
}

fn check_police(item: &FaultItem, switch: &At<PlaceRef>, world: &Terrain, issues: &mut Issues) {
    world.switch_names.get(switch, switch.span, issues);
    if let Some(vlan) = &item.vlan_id {
        issues.err(vlan.span, Code::FaultShape, "`vlan_id` belongs to `misconnect`");
    }
    let (Some(name), Some(spec)) = (&item.tenant, &item.spec) else {
        issues.err(
            switch.span,
            Code::Needed,
            "`police` needs the `tenant` and the `spec` that the operator types",
        );
        return;
    };
    world.tenant(name, issues);
    if spec.as_bps() == 0 {
        issues.err(spec.span, Code::Zero, "a policer of no rate passes nothing");
    }
}

/// The faults, sorted by time, then as written; all but the names of links has been checked.
pub(super) fn resolve(
    items: &[FaultItem],
    world: &Terrain,
    steps: &Steps,
    wired: &Wired,
    end: SimTime,
    issues: &mut Issues,
) -> Vec<FaultPlan> {
    let mut list: Vec<FaultPlan> = Vec::new();
    let mut order: Vec<&FaultItem> = items.iter().collect();
    order.sort_by_key(|i| i.at.value);
    let mut hands = Hands {
        wired,
        services: BTreeMap::new(),
    };
    for item in order {
        let at = item.at.value;
        let way = match item.way.as_ref().map(|w| w.value) {
            None | Some(WayWord::Both) => LinkWay::Both,
            Some(WayWord::AToB) => LinkWay::AToB,
            Some(WayWord::BToA) => LinkWay::BToA,
        };
        let share = item.share.as_ref().map_or(0, |s| s.value.0);
        let links: [(&Option<At<PlaceRef>>, LinkChange); 5] = [
            (&item.cut, LinkChange::Cut(way)),
            (&item.restore, LinkChange::Restore(way)),
            (&item.lose, LinkChange::Loss(way, share)),
            (&item.corrupt, LinkChange::Corrupt(way, share)),
            (&item.duplicate, LinkChange::Duplicate(way, share)),
        ];
        for (name, change) in links {
            if let Some(link) = name.as_ref().and_then(|n| link(n, wired, issues)) {
                list.push(FaultPlan {
                    at,
                    what: Fault::Link(link, change),
                });
            }
        }
        if let Some(flap) = &item.flap
            && let Some(link) = link(&flap.link, wired, issues)
        {
            flaps(at, flap, link, way, end, &mut list);
        }
        if let Some(switch) = &item.misconnect {
            let changes = hands.misconnect(item, switch, world);
            list.extend(changes.into_iter().map(|what| FaultPlan { at, what }));
        }
        if let Some(switch) = &item.police {
            let changes = hands.police(item, switch, world);
            list.extend(changes.into_iter().map(|what| FaultPlan { at, what }));
        }
        for (name, attached) in item
            .detach
            .iter()
            .map(|n| (n, false))
            .chain(item.attach.iter().map(|n| (n, true)))
        {
            let slot = steps.slot(name).and_then(|i| wired.slots.get(i));
            match slot.and_then(|s| s.vpc) {
                Some((node, port)) => list.push(FaultPlan {
                    at,
                    what: Fault::Vpc(node, VpcChange::Attached(port, attached)),
                }),
                None => issues.err(
                    name.span,
                    Code::Needed,
                    format!("the VBR `{}` has no transit router", name.0),
                ),
            }
        }
    }
    list.sort_by_key(|f| f.at);
    list
}

fn link(name: &At<PlaceRef>, wired: &Wired, issues: &mut Issues) -> Option<LinkId> {
    if let Some(id) = wired.link(name) {
        return Some(id);
    }
    let message = format!(
        "there is no link or circuit `{}`",
        name.0.chars().take(80).collect::<String>()
    );
    issues.dangling(name.span, message, name, wired.links.iter().map(|l| l.name.as_str()));
    None
}

fn flaps(at: SimTime, flap: &FlapItem, link: LinkId, way: LinkWay, end: SimTime, list: &mut Vec<FaultPlan>) {
    let mut down = at;
    for _ in 0..flap.times.value.min(FAULTS_MAX) {
        let up = down.saturating_add(flap.down.value);
        if up > end {
            break;
        }
        let what = Fault::Link(link, LinkChange::Cut(way));
        list.push(FaultPlan { at: down, what });
        let what = Fault::Link(link, LinkChange::Restore(way));
        list.push(FaultPlan { at: up, what });
        down = down.saturating_add(SimDuration::from_nanos(flap.every.as_nanos()));
    }
}

/// What operators have done so far: services that no longer are as wired.
struct Hands<'a> {
    wired: &'a Wired,
    services: BTreeMap<(NodeId, ServiceId), Option<Service>>,
}

impl Hands<'_> {
    fn now(&self, node: NodeId, id: ServiceId) -> Option<Service> {
        match self.services.get(&(node, id)) {
            Some(changed) => changed.clone(),
            None => match &self.wired.nodes[node.index()].kind {
                NodeKind::AccessPoint(s) | NodeKind::Fabric(s) => s.tables.services.get(&id).cloned(),
                _ => None,
            },
        }
    }

    fn all(&self, node: NodeId) -> Vec<ServiceId> {
        match &self.wired.nodes[node.index()].kind {
            NodeKind::AccessPoint(s) | NodeKind::Fabric(s) => s.tables.services.keys().copied().collect(),
            _ => Vec::new(),
        }
    }

    /// The tenant's service gets this VLAN towards the circuit; who had it is overwritten, as on
    /// a real switch.
    fn misconnect(&mut self, item: &FaultItem, switch: &At<PlaceRef>, world: &Terrain) -> Vec<Fault> {
        let found = || {
            let place = world.switch_names.find(switch)?;
            let account = world.account_names.find(item.tenant.as_ref()?)?;
            let tenant = world.tenant_of[account]?;
            let vid = Vid::new(u16::try_from(item.vlan_id.as_ref()?.value).ok()?)?;
            let idc = world
                .idcs
                .iter()
                .position(|i| i.tenant == tenant && world.circuits[i.circuit].a == place)?;
            Some((self.wired.switch_nodes[place], idc, vid))
        };
        let Some((node, idc, vid)) = found() else {
            return Vec::new();
        };
        let (id, port) = (ServiceId(idc as u32), self.wired.circuit_ports[world.idcs[idc].circuit]);
        let mut changes = Vec::new();
        for other in self.all(node).into_iter().filter(|o| *o != id) {
            let holds = self
                .now(node, other)
                .is_some_and(|s| s.members.iter().any(|m| m.port == port && m.vid == Some(vid)));
            if holds {
                self.services.insert((node, other), None);
                changes.push(Fault::Switch(node, SwitchChange::Remove(other)));
            }
        }
        let healthy = match &self.wired.nodes[node.index()].kind {
            NodeKind::AccessPoint(s) | NodeKind::Fabric(s) => s.tables.services.get(&id).cloned(),
            _ => None,
        };
        if let Some(mut service) = self.now(node, id).or(healthy) {
            for member in service.members.iter_mut().filter(|m| m.port == port) {
                member.vid = Some(vid);
            }
            service.members.sort();
            self.services.insert((node, id), Some(service.clone()));
            changes.push(Fault::Switch(node, SwitchChange::Set(id, service)));
        }
        changes
    }

    /// Wherever this switch polices the tenant, it does so to the new rate; the burst keeps the
    /// time that it had.
    fn police(&mut self, item: &FaultItem, switch: &At<PlaceRef>, world: &Terrain) -> Vec<Fault> {
        let found = || {
            let place = world.switch_names.find(switch)?;
            let account = world.account_names.find(item.tenant.as_ref()?)?;
            Some((
                self.wired.switch_nodes[place],
                world.tenant_of[account]?,
                item.spec.as_ref()?.value,
            ))
        };
        let Some((node, tenant, rate)) = found() else {
            return Vec::new();
        };
        let mut changes = Vec::new();
        for id in self.all(node) {
            let Some(mut service) = self.now(node, id).filter(|s| s.tenant == tenant) else {
                continue;
            };
            for policer in service.members.iter_mut().filter_map(|m| m.police.as_mut()) {
                let (old, new) = (u128::from(policer.rate.as_bps().max(1)), u128::from(rate.as_bps()));
                let burst = u128::from(policer.burst.get()) * new / old;
                let least = policer.burst.min(LEAST_BURST);
                policer.burst = ByteCount::new(u64::try_from(burst).unwrap_or(u64::MAX)).max(least);
                policer.rate = rate;
            }
            self.services.insert((node, id), Some(service.clone()));
            changes.push(Fault::Switch(node, SwitchChange::Set(id, service)));
        }
        changes
    }
}
