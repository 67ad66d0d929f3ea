//! Fails where frames went in circles between switches.

use super::case::{Case, frames, some, thousands};
use super::{Detail, Field, Finding, Value, Verdict};
use crate::ident::{Lane, NodeId, PortNo};
use crate::scenario::Key;
use crate::scenario::plan::{Fault, LinkPlan};
use crate::units::SimTime;

pub(super) fn judge(case: &Case<'_>) -> Finding {
    let storm = &case.record.storm;
    let Some(first) = storm.first.filter(|_| storm.dropped > 0) else {
        return none(case);
    };
    let circles = storm.circles();
    let names: Vec<String> = circles.iter().map(|circle| way(case, circle)).collect();
    let through = match names.first() {
        Some(name) => format!("a loop through {name}"),
        None => "a way that leads past a switch twice".to_owned(),
    };
    let tenants = some(storm.tenants.iter().map(|tenant| case.tenant(*tenant)));
    let numbers = [
        ("went_round", Value::count(storm.rounds)),
        ("dropped", Value::frames(storm.dropped)),
        ("circles", Value::count(circles.len())),
    ];
    let text = format!(
        "{through}: from {first} on, {} of {tenants} went round {} times and were taken out{}",
        frames(storm.dropped),
        thousands(storm.rounds),
        moves_told(case)
    );
    let mut details: Vec<String> = names
        .iter()
        .skip(1)
        .map(|name| format!("another loop: {name}"))
        .collect();
    if storm.tenants.len() > 1 {
        let each = storm.tenants.iter().map(|tenant| case.tenant(*tenant));
        details.extend(each.map(|name| format!("frames of {name} went round")));
    }
    details.extend(circles.first().map(|circle| closed_by(case, circle, first)));
    let details = details.into_iter().map(Detail::from).chain(movers(case));
    Finding::new(Verdict::Fail, text)
        .told(details.collect())
        .numbers(numbers)
}

fn none(case: &Case<'_>) -> Finding {
    let storm = &case.record.storm;
    if storm.longest == 0 {
        return Finding::new(Verdict::NotApplicable, "no frame was sent");
    }
    let circles = storm.circles();
    if let Some(circle) = circles.first().filter(|_| case.record.stats.held > 0) {
        let text = format!(
            "frames that had come back to a link of {} were still under way when the run ended",
            way(case, circle)
        );
        return Finding::new(Verdict::Inconc, text);
    }
    let text = format!(
        "no frame went in circles: none crossed more than {} links without a router, and more than {} are a storm{}",
        storm.longest,
        storm.storm_from,
        moves_told(case)
    );
    Finding::new(Verdict::Pass, text).told(movers(case))
}

/// How many addresses moved to and fro between ports of a switch, where any did.
fn moves_told(case: &Case<'_>) -> String {
    match case.record.evidence.moves().to_and_fro().count() {
        0 => String::new(),
        1 => "; 1 address moved to and fro".to_owned(),
        n => format!("; {} addresses moved to and fro", thousands(n as u64)),
    }
}

/// Each of them: where, how often, from when to when.
fn movers(case: &Case<'_>) -> Vec<Detail> {
    let movers = case.record.evidence.moves().to_and_fro();
    let told = movers.map(|(station, mover)| {
        let switch = node(case, station.node);
        let ports: Vec<String> = mover
            .ports
            .iter()
            .map(|port| port_name(case, station.node, *port))
            .collect();
        let text = format!(
            "{} of {} moved {} times between {} of {switch} (VLAN {}), from {} to {}",
            station.mac,
            case.tenant(mover.tenant),
            thousands(mover.moves),
            ports.join(" and "),
            mover.vlan,
            mover.first,
            mover.last
        );
        let values = vec![
            Field::new("address", Value::text(station.mac.to_string())),
            Field::new("tenant", Value::text(case.tenant(mover.tenant))),
            Field::new("switch", Value::text(switch)),
            Field::new("vlan", Value::label(mover.vlan)),
            Field::new("ports", Value::names(ports)),
            Field::new("moves", Value::count(mover.moves)),
            Field::new("returns", Value::count(mover.returns)),
            Field::new("first_at", Value::at(mover.first)),
            Field::new("last_at", Value::at(mover.last)),
            Field::new("to_and_fro_at", Value::at(mover.to_and_fro)),
        ];
        Detail::new(text, values)
    });
    told.collect()
}

/// A port by the link at it.
fn port_name(case: &Case<'_>, at: NodeId, port: PortNo) -> String {
    let mut links = case.plan.links.iter();
    let here = links.find(|link| link.a == (at, port) || link.b == (at, port));
    here.map_or_else(|| format!("port {}", port.0), |link| link.name.clone())
}

/// A circle's links, and the switches between them.
fn way(case: &Case<'_>, circle: &[Lane]) -> String {
    let part = |lane: &Lane| {
        let link = link(case, *lane);
        let to = if lane.from_b { link.a.0 } else { link.b.0 };
        format!("{} to {}", link.name, node(case, to))
    };
    let parts: Vec<String> = circle.iter().map(part).collect();
    parts.join(", ")
}

fn link<'a>(case: &Case<'a>, lane: Lane) -> &'a LinkPlan {
    &case.plan.links[lane.link.index()]
}

fn node<'a>(case: &Case<'a>, node: NodeId) -> &'a str {
    &case.plan.nodes[node.index()].name
}

/// What the scenario did last to the circle before frames went round; else where its links stand.
fn closed_by(case: &Case<'_>, circle: &[Lane], first: SimTime) -> String {
    let on_circle = |fault: &Fault| match fault {
        Fault::Link(link, _) => circle.iter().any(|lane| lane.link == *link),
        Fault::Switch(at, _) => circle.iter().any(|lane| {
            let link = link(case, *lane);
            link.a.0 == *at || link.b.0 == *at
        }),
        Fault::Vpc(..) | Fault::Router(..) => false,
    };
    let faults = case
        .plan
        .faults
        .iter()
        .filter(|plan| plan.at <= first && on_circle(&plan.what));
    let last = faults.max_by_key(|plan| plan.at);
    if let Some(plan) = last {
        let of = match &plan.what {
            Fault::Link(link, _) => &case.plan.links[link.index()].name,
            Fault::Switch(at, _) | Fault::Vpc(at, _) | Fault::Router(at, _) => &case.plan.nodes[at.index()].name,
        };
        return format!("closed by what was done to {of} at {}", plan.at);
    }
    let placed = circle.iter().filter_map(|lane| {
        let name = link(case, *lane).name.as_str();
        Some((case.plan.origins.link(name, Key::Name)?.line, name))
    });
    match placed.max() {
        Some((line, name)) => format!("closed from the start: {name} (line {line}) is its last link"),
        None => "closed from the start".to_owned(),
    }
}
