//! Fails where a frame of one tenant was seen at a place that another tenant has alone.

use super::case::{Case, frames, some, thousands};
use super::{Detail, Field, Finding, Value, Verdict};
use crate::evidence::{Leak, LeakCount};
use crate::ident::{DropReason, Fate, TenantId};
use crate::record::{Needed, uncontrolled};
use crate::scenario::plan::NodeKind;

pub(super) fn judge(case: &Case<'_>) -> Finding {
    let watch = &case.record.isolation;
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
    let controls: Vec<(TenantId, Control)> = placed.iter().map(|t| (*t, Control::default())).collect();
    let controls = fill(case, controls);
    // What did not leak has to be frames that came all the way, of each tenant its own.
    let seen = controls
        .iter()
        .map(|(tenant, control)| ((tenant, control.missing()), control.missing().is_none()));
    let missing: Vec<String> = uncontrolled(Needed::Each, seen)
        .into_iter()
        .filter_map(|(tenant, place)| Some(format!("{} {}", case.tenant(*tenant), place?)))
        .collect();
    if !missing.is_empty() {
        let names = some(missing.iter().map(String::as_str));
        let text = format!("no leak was seen, but no own frame reached {names}: the control is missing");
        let all = missing.iter().map(|name| format!("no own frame reached {name}"));
        return Finding::new(Verdict::Inconc, text)
            .with(all.collect())
            .numbers([("astray", Value::frames(0)), ("offered", Value::frames(case.offered()))]);
    }
    let customer: u64 = controls.iter().map(|(_, c)| c.customer).sum();
    let cloud: u64 = controls.iter().map(|(_, c)| c.cloud).sum();
    Finding::new(
        Verdict::Pass,
        format!(
            "0 of {} at another tenant's place; {} places watched; control: {} at own data centres, {} in own clouds, {} tenants",
            frames(case.offered()),
            thousands(watch.places() as u64),
            thousands(customer),
            thousands(cloud),
            thousands(placed.len() as u64)
        ),
    )
    .numbers([
        ("astray", Value::frames(0)),
        ("offered", Value::frames(case.offered())),
        ("places_watched", Value::count(watch.places())),
        ("control_at_data_centres", Value::frames(customer)),
        ("control_in_clouds", Value::frames(cloud)),
        ("tenants", Value::count(placed.len())),
    ])
}

/// Own frames that came over shared equipment to a tenant's own places.
#[derive(Debug, Clone, Copy, Default)]
struct Control {
    has_customer: bool,
    has_cloud: bool,
    customer: u64,
    cloud: u64,
}

impl Control {
    fn missing(&self) -> Option<&'static str> {
        match (
            self.has_customer && self.customer == 0,
            self.has_cloud && self.cloud == 0,
        ) {
            (true, true) => Some("at any place"),
            (true, false) => Some("at its data centre"),
            (false, true) => Some("in its cloud"),
            (false, false) => None,
        }
    }
}

/// A data centre takes frames from its line alone. A VBR or VPC may also hear its own region, so
/// there count what VBRs take of protocols (ARP over the circuit), and flows from a data centre.
fn fill(case: &Case<'_>, mut controls: Vec<(TenantId, Control)>) -> Vec<(TenantId, Control)> {
    let kind = |node: crate::ident::NodeId| &case.plan.nodes[node.index()].kind;
    for node in &case.plan.nodes {
        let Some(control) = of(&mut controls, node.place.only) else {
            continue;
        };
        match node.kind {
            NodeKind::Idc(_) => control.has_customer = true,
            NodeKind::Vbr(_) | NodeKind::Vpc(_) => control.has_cloud = true,
            NodeKind::AccessPoint(_) | NodeKind::Fabric(_) | NodeKind::AccessDevice(_) => {}
        }
    }
    for (key, count) in case.record.evidence.cells() {
        let Some(node) = key.station.as_node().filter(|_| came(key.fate)) else {
            continue;
        };
        let own = case.plan.nodes[node.index()].place.only == Some(key.tenant);
        let Some(control) = of(&mut controls, Some(key.tenant)).filter(|_| own) else {
            continue;
        };
        match kind(node) {
            NodeKind::Idc(_) => control.customer += count.frames,
            NodeKind::Vbr(_) if !key.of_flow => control.cloud += count.frames,
            NodeKind::Vbr(_) | NodeKind::Vpc(_) => {}
            NodeKind::AccessPoint(_) | NodeKind::Fabric(_) | NodeKind::AccessDevice(_) => {}
        }
    }
    for (_, plan, account) in case.flows() {
        let across = matches!(kind(plan.from), NodeKind::Idc(_)) && !matches!(kind(plan.to), NodeKind::Idc(_));
        let (Some(account), true) = (account, across) else {
            continue;
        };
        if let Some(control) = of(&mut controls, Some(plan.tenant)) {
            control.cloud += account.forward.arrived.frames;
        }
    }
    controls
}

fn of(controls: &mut [(TenantId, Control)], tenant: Option<TenantId>) -> Option<&mut Control> {
    let at = controls.binary_search_by_key(&tenant?, |(t, _)| *t).ok()?;
    Some(&mut controls[at].1)
}

/// Fates that a frame can only meet at a node that it came to.
const fn came(fate: Fate) -> bool {
    match fate {
        Fate::Delivered | Fate::Consumed => true,
        Fate::Dropped(reason) => is_of_arrival(reason),
    }
}

/// Reasons for which a station drops only what came to it.
const fn is_of_arrival(reason: DropReason) -> bool {
    use DropReason as R;
    match reason {
        R::NotForMe | R::BadHeader | R::UnsupportedProtocol | R::NoListener | R::NoSuchHost | R::VlanTagMismatch => {
            true
        }
        // A station's own: no way to the next hop, no room, or its interface is down.
        R::NoRoute | R::TtlExpired | R::ArpFailed | R::ArpQueueFull | R::InterfaceDown | R::Throttled => false,
        // A link's.
        R::QueueFull | R::LinkDown | R::LinkLoss | R::BadFcs => false,
        // A switch's, mostly.
        R::RuntFrame
        | R::MtuExceeded
        | R::TruncatedTag
        | R::SourceMacIsMulticast
        | R::SourceMacIsZero
        | R::SourceMacNotBound
        | R::ReservedDestination
        | R::UnknownVid
        | R::ReservedVid
        | R::SecondTag
        | R::IngressVlanFilter
        | R::PortLoopbackFilter
        | R::PortListIsEmpty
        | R::MacLimit
        | R::Storm
        | R::AttachEffect
        | R::OverRate
        | R::ArpLimit
        | R::IcmpLimit => false,
    }
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
    let leaks = case.record.isolation.leaks();
    let seen = |count: &LeakCount| count.arrived.frames.max(count.settled.frames);
    let total: u64 = leaks.values().map(seen).sum();
    let mut worst: Vec<_> = leaks.iter().map(|(leak, count)| (leak, seen(count))).collect();
    worst.sort_by_key(|(_, frames)| std::cmp::Reverse(*frames));
    let details = worst.into_iter().map(|(leak, frames)| detail(case, leak, frames));
    let pairs = leaks.len();
    let text = format!(
        "{} seen at another tenant's place, at {pairs} (tenant, place) pairs",
        frames(total)
    );
    Finding::new(Verdict::Fail, text).told(details.collect()).numbers([
        ("astray", Value::frames(total)),
        ("pairs", Value::count(pairs)),
        ("offered", Value::frames(case.offered())),
        ("places_watched", Value::count(case.record.isolation.places())),
    ])
}

fn detail(case: &Case<'_>, leak: &Leak, count: u64) -> Detail {
    let owner = case
        .place(leak.station)
        .and_then(|p| p.only)
        .map_or("nobody", |t| case.tenant(t));
    let kept = case.record.isolation.frames().of(*leak).next();
    let head = kept.map(|e| {
        let head: Vec<String> = e.octets.iter().take(18).map(|o| format!("{o:02x}")).collect();
        (e, head.join(" "))
    });
    let first = head.as_ref().map_or(String::new(), |(e, head)| {
        format!("; the first at {} with {} octets: {head}", e.at, e.length)
    });
    let (whose, place) = (case.tenant(leak.from), case.station(leak.station));
    let text = format!(
        "{} of {whose} at {place}, which belongs to {owner}{first}",
        frames(count)
    );
    let mut values = vec![
        Field::new("tenant", Value::text(whose)),
        Field::new("place", Value::text(place)),
        Field::new("owner", Value::text(owner)),
        Field::new("astray", Value::frames(count)),
    ];
    if let Some((e, head)) = head {
        values.push(Field::new("first_at", Value::at(e.at)));
        values.push(Field::new("first", Value::octets(u64::from(e.length))));
        values.push(Field::new("first_begins", Value::Text(head)));
    }
    Detail::new(text, values)
}
