//! Did frames that should not arrive come to a place that refuses them, and end there for that?

use crate::check::case::{Case, frames};
use crate::evidence::{FlowAccount, FlowEnd};
use crate::ident::{DropReason, Fate, FlowId, Origin, Party, StationId, TenantId};
use crate::scenario::plan::FlowPlan;
use crate::units::{SimDuration, SimTime};

/// How long after its last frame a flow may still ask for its gateway's address.
const ASKING: SimDuration = SimDuration::from_secs(5);

/// Where the flow was refused, in words.
///
/// # Errors
/// Where it ended instead, in words.
pub(super) fn of(case: &Case<'_>, flow: FlowId, account: &FlowAccount) -> Result<String, String> {
    let plan = &case.plan.flows[flow.index()];
    let (Some(from), Some(to)) = (account.forward.first_sent, account.forward.last_sent) else {
        return Err("nothing was sent".to_owned());
    };
    let closed = is_closed(case, plan.tenant, from, to);
    let enforces = |station: StationId, reason: DropReason| {
        let in_cloud = case.place(station).is_some_and(|place| place.party == Party::Cloud);
        station != StationId::node(plan.from) && is_refusal(reason) && (in_cloud || !closed)
    };
    let refused = account.ends.iter().filter(|end| enforces(end.station, end.reason));
    let refused = refused.max_by_key(|end| end.frames);
    if let Some(end) = refused.filter(|end| !closed || end.reason != DropReason::NoRoute) {
        return Ok(told(case, end));
    }
    if let Some((station, reason)) = asked_in_vain(case, plan, from, to, enforces) {
        return Ok(format!(
            "its sender's requests for the gateway's address ended at {} ({})",
            case.station(station),
            reason.as_str()
        ));
    }
    if let Some(end) = refused {
        return Ok(told(case, end));
    }
    let most = account.ends.iter().max_by_key(|end| end.frames);
    Err(most.map_or_else(|| "all of it waits somewhere".to_owned(), |end| told(case, end)))
}

fn told(case: &Case<'_>, end: &FlowEnd) -> String {
    let (station, reason) = (case.station(end.station), end.reason.as_str());
    format!("{} ended at {station} ({reason})", frames(end.frames))
}

/// Was none of the tenant's services open while the flow was sent?
fn is_closed(case: &Case<'_>, tenant: TenantId, from: SimTime, to: SimTime) -> bool {
    let mut before: Vec<((&str, u16), bool)> = Vec::new();
    for (_, fact) in &case.record.cloud.facts {
        if fact.tenant != tenant || fact.at > to {
            continue;
        }
        if fact.at > from && fact.open {
            return false;
        }
        if fact.at <= from {
            let service = (fact.circuit.as_str(), fact.vlan);
            before.retain(|(known, _)| *known != service);
            before.push((service, fact.open));
        }
    }
    before.iter().all(|(_, open)| !open)
}

/// The flow's frames waited for an address that its sender asked for; where a request ended.
fn asked_in_vain(
    case: &Case<'_>,
    plan: &FlowPlan,
    from: SimTime,
    to: SimTime,
    enforces: impl Fn(StationId, DropReason) -> bool,
) -> Option<(StationId, DropReason)> {
    let until = to.saturating_add(ASKING);
    let kept = case.record.evidence.exceptions().all().iter();
    let mut ends = kept.filter_map(|kept| {
        let Fate::Dropped(reason) = kept.kind.fate else {
            return None;
        };
        let asked = kept.trace.origin == Origin::Protocol(plan.from) && !kept.kind.of_flow;
        let then = from <= kept.at && kept.at <= until;
        (asked && then && enforces(kept.kind.station, reason)).then_some((kept.kind.station, reason))
    });
    ends.next()
}

/// Does a place that drops a frame for this refuse it, because of what it is or where it wants to go?
const fn is_refusal(reason: DropReason) -> bool {
    use DropReason as R;
    match reason {
        R::MtuExceeded
        | R::SourceMacIsMulticast
        | R::SourceMacNotBound
        | R::SourceMacIsZero
        | R::ReservedDestination
        | R::UnknownVid
        | R::VlanTagMismatch
        | R::ReservedVid
        | R::SecondTag
        | R::IngressVlanFilter
        | R::PortListIsEmpty
        | R::UnsupportedProtocol
        | R::NoRoute
        | R::NoSuchHost
        | R::NoListener
        | R::InterfaceDown => true,
        // Accidents, limits of what passes, and what follows from something else.
        R::RuntFrame
        | R::BadFcs
        | R::TruncatedTag
        | R::PortLoopbackFilter
        | R::MacLimit
        | R::OverRate
        | R::ArpLimit
        | R::IcmpLimit
        | R::QueueFull
        | R::LinkDown
        | R::LinkLoss
        | R::NotForMe
        | R::BadHeader
        | R::TtlExpired
        | R::ArpFailed
        | R::ArpQueueFull
        | R::Throttled
        | R::Storm
        | R::AttachEffect => false,
    }
}
