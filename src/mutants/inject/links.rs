//! Physical faults: circuits that lose, corrupt or go down.

use crate::ident::LinkId;
use crate::node::{LinkChange, LinkWay};
use crate::scenario::Plan;
use crate::scenario::plan::{Fault, FaultPlan, LinkRole};
use crate::units::{SimDuration, SimTime};

/// The first circuit.
fn circuit(plan: &Plan) -> Result<(LinkId, String), String> {
    let found = plan
        .links
        .iter()
        .enumerate()
        .find(|(_, link)| link.role == LinkRole::Circuit);
    let (i, link) = found.ok_or("the scenario has no circuit")?;
    Ok((LinkId::of(i), link.name.clone()))
}

fn at(plan: &mut Plan, at: SimTime, link: LinkId, change: LinkChange) {
    plan.faults.push(FaultPlan {
        at,
        what: Fault::Link(link, change),
    });
    plan.faults.sort_by_key(|fault| fault.at);
}

/// The middle of the run's last half, when what should flow does.
fn late(plan: &Plan) -> SimTime {
    SimTime::from_nanos(plan.end.as_nanos() / 4 * 3)
}

/// Nothing passes for half a minute, or until the end.
pub fn down_for_half_a_minute(plan: &mut Plan) -> Result<String, String> {
    let (link, name) = circuit(plan)?;
    let from = late(plan);
    at(plan, from, link, LinkChange::Cut(LinkWay::Both));
    let until = from.saturating_add(SimDuration::from_secs(30));
    if until < plan.end {
        at(plan, until, link, LinkChange::Restore(LinkWay::Both));
    }
    Ok(format!("{name} is down for 30 s from {from} on"))
}

/// One frame of fifty.
pub fn corrupts(plan: &mut Plan) -> Result<String, String> {
    let (link, name) = circuit(plan)?;
    at(
        plan,
        SimTime::ZERO,
        link,
        LinkChange::Corrupt(LinkWay::Both, 20_000_000),
    );
    Ok(format!("{name} corrupts one frame of fifty"))
}

/// Three times down for a tenth of a second.
pub fn flaps(plan: &mut Plan) -> Result<String, String> {
    let (link, name) = circuit(plan)?;
    let mut when = late(plan);
    for _ in 0..3 {
        at(plan, when, link, LinkChange::Cut(LinkWay::Both));
        when = when.saturating_add(SimDuration::from_millis(100));
        at(plan, when, link, LinkChange::Restore(LinkWay::Both));
        when = when.saturating_add(SimDuration::from_millis(100));
    }
    Ok(format!("{name} goes down three times for 100 ms"))
}

/// Every third frame to the cloud.
pub fn one_way(plan: &mut Plan) -> Result<String, String> {
    let (link, name) = circuit(plan)?;
    at(plan, SimTime::ZERO, link, LinkChange::Loss(LinkWay::AToB, 333_333_333));
    Ok(format!("{name} loses every third frame one way"))
}

/// From some time on nothing passes.
pub fn cut(plan: &mut Plan) -> Result<String, String> {
    let (link, name) = circuit(plan)?;
    let from = late(plan);
    at(plan, from, link, LinkChange::Cut(LinkWay::Both));
    Ok(format!("{name} is cut at {from}"))
}
