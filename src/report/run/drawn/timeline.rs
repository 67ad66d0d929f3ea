//! The time line of a run: calls by actor, what happened to the network, health checks, and what each
//! tenant got.

use std::collections::BTreeMap;

use super::{Named, Tones};
use crate::check::{Case, Judgement, Line, Names, Outcome, Verdict, later_outcomes, network_events, story, thousands};
use crate::evidence::{NodeChange, Samples};
use crate::ident::{Fate, TenantId};
use crate::report::document::picture::{LaneDrawn, Mark, Strip, Timeline, Tone};
use crate::report::verdict_text;
use crate::units::SimTime;

/// Places of losses that a tenant's row names.
const PLACES: usize = 3;

pub(super) fn timeline(case: &Case<'_>, judgement: &Judgement, tones: &Tones, samples: &Samples) -> Timeline {
    let names = Names::new(case);
    let mut lanes = calls(case, &names);
    lanes.extend(outcomes(case, &names));
    lanes.extend(network(case));
    lanes.extend(health(case));
    Timeline {
        end_ns: case.record.end.as_nanos(),
        lanes,
        tenants: strips(case, judgement, tones, samples),
    }
}

/// Lanes of a group, by name.
fn lanes(group: &'static str, marks: impl IntoIterator<Item = (String, Mark)>) -> Vec<LaneDrawn> {
    let mut by_name: BTreeMap<String, Vec<Mark>> = BTreeMap::new();
    for (name, mark) in marks {
        by_name.entry(name).or_default().push(mark);
    }
    let lanes = by_name
        .into_iter()
        .map(|(name, marks)| LaneDrawn { group, name, marks });
    lanes.collect()
}

/// A lane of calls for each actor.
fn calls(case: &Case<'_>, names: &Names<'_>) -> Vec<LaneDrawn> {
    let steps = story(case, names).into_iter().map(|step| {
        let on = step.on.join(" ");
        let mark = Mark {
            at_ns: step.at.as_nanos(),
            until_ns: None,
            text: format!("{} {on}: {} (line {})", step.call, step.told(), step.line),
            tone: match (step.conforms(), &step.outcome) {
                (true, Outcome::Accepted) => Tone::Good,
                (true, _) => Tone::Plain,
                (false, _) => Tone::Bad,
            },
        };
        (step.by.to_owned(), mark)
    });
    lanes("calls of the API", steps)
}

/// A lane of later outcomes for each circuit.
fn outcomes(case: &Case<'_>, names: &Names<'_>) -> Vec<LaneDrawn> {
    let later = later_outcomes(case, names).into_iter().map(|outcome| {
        let mark = Mark {
            at_ns: outcome.at.as_nanos(),
            until_ns: None,
            text: format!(
                "{}: {} of {} VLAN {}{}",
                outcome.tenant,
                outcome.what.as_str(),
                outcome.circuit,
                outcome.vlan,
                if outcome.carries { ", can carry frames" } else { "" }
            ),
            tone: if outcome.is_failure() { Tone::Bad } else { Tone::Good },
        };
        (outcome.circuit, mark)
    });
    lanes("what became of calls", later)
}

/// A lane for each place that something happened to.
fn network(case: &Case<'_>) -> Vec<LaneDrawn> {
    let events = network_events(case).into_iter().map(|event| {
        let mark = Mark {
            at_ns: event.from.as_nanos(),
            until_ns: (event.to > event.from).then(|| event.to.min(case.record.end).as_nanos()),
            text: event.text,
            tone: Tone::Bad,
        };
        (event.place, mark)
    });
    lanes("what happened to the network", events)
}

/// Health checks that were unhealthy, by tenant.
fn health(case: &Case<'_>) -> Vec<LaneDrawn> {
    let mut since: BTreeMap<TenantId, SimTime> = BTreeMap::new();
    let mut marks = Vec::new();
    let name = |tenant: TenantId| case.plan.tenants.get(tenant.index()).map(|t| t.name.clone());
    let mark = |from: SimTime, to: SimTime| Mark {
        at_ns: from.as_nanos(),
        until_ns: Some(to.as_nanos()),
        text: format!("unhealthy from {from} to {to}"),
        tone: Tone::Bad,
    };
    for noted in case.record.evidence.changes() {
        match noted.change {
            NodeChange::Health { tenant, healthy: false } => {
                since.entry(tenant).or_insert(noted.at);
            }
            NodeChange::Health { tenant, healthy: true } => {
                if let (Some(from), Some(name)) = (since.remove(&tenant), name(tenant)) {
                    marks.push((name, mark(from, noted.at)));
                }
            }
            NodeChange::Arp { .. } | NodeChange::Moved { .. } => {}
        }
    }
    let open = since.into_iter();
    marks.extend(open.filter_map(|(tenant, from)| Some((name(tenant)?, mark(from, case.record.end)))));
    lanes("health checks", marks)
}

/// A row for each tenant.
fn strips(case: &Case<'_>, judgement: &Judgement, tones: &Tones, samples: &Samples) -> Vec<Strip> {
    let names = Named::new(case.plan);
    let mut lines: BTreeMap<TenantId, Vec<&Line>> = BTreeMap::new();
    let of_all = |line: &&Line| line.check == "continuity" && line.subject.is_empty();
    let of_all: Vec<&Line> = judgement.lines.iter().filter(of_all).collect();
    for line in &judgement.lines {
        if let Some(tenant) = names.tenant(&line.subject) {
            lines.entry(tenant).or_default().push(line);
        }
    }
    let mut lost = losses(case);
    let astray = astray(case);
    let mut open = open(case);
    let each = case.plan.tenants.iter().enumerate().map(|(i, tenant)| {
        let id = TenantId::of(i);
        let slots = samples.slots(id);
        let own = lines.remove(&id).unwrap_or_default();
        let (frames, places) = lost.remove(&id).unwrap_or_default();
        let (tone, says) = match astray.get(&id) {
            // As the check counts: the link and the node behind it each saw the frame.
            Some(astray) => (
                Tone::Bad,
                format!(
                    "its frames were seen {} times at another tenant's place",
                    thousands(*astray)
                ),
            ),
            None => says(
                &own,
                &of_all,
                tones.of(id),
                frames,
                slots.arrived.iter().any(|n| *n > 0),
            ),
        };
        let told = |line: &&Line| format!("{} {}: {}", verdict_text(line, false), line.check, line.finding);
        Strip {
            name: tenant.name.clone(),
            open: open.remove(&id).unwrap_or_default(),
            arrived: slots.arrived,
            offered: slots.offered,
            lost: slots.lost,
            says,
            because: own.iter().chain(&of_all).map(told).chain(places).collect(),
            tone,
        }
    });
    each.collect()
}

/// What is to be said of a tenant at a glance: "not affected" only where a check says so.
fn says(lines: &[&Line], of_all: &[&Line], tone: Option<Tone>, lost: u64, arrived: bool) -> (Tone, String) {
    let frames = thousands(lost);
    let all = |verdict: Verdict| of_all.iter().any(|line| line.verdict == verdict);
    let wrong: Vec<&str> = lines
        .iter()
        .filter(|line| matches!(line.verdict, Verdict::Fail | Verdict::Error))
        .map(|line| line.check)
        .collect();
    let continuity = lines
        .iter()
        .chain(of_all)
        .any(|line| line.check == "continuity" && line.verdict == Verdict::Pass);
    match tone {
        Some(Tone::Bad) => (
            Tone::Bad,
            format!("affected: {}; {frames} frames lost", wrong.join(", ")),
        ),
        Some(Tone::Unknown) => (Tone::Unknown, format!("not known; {frames} frames lost")),
        // A check of everybody does not say whom it is about.
        _ if all(Verdict::Fail) && lost > 0 => (Tone::Bad, format!("affected: continuity; {frames} frames lost")),
        _ if all(Verdict::Fail) => (Tone::Plain, "no frame lost; others are affected".to_owned()),
        _ if all(Verdict::Inconc) => (Tone::Unknown, format!("not known; {frames} frames lost")),
        _ if continuity && lost == 0 => (Tone::Good, "not affected".to_owned()),
        _ if continuity => (Tone::Good, format!("within its limits; {frames} frames lost")),
        _ if lost > 0 => (
            Tone::Plain,
            format!("{frames} frames lost; no continuity was asked for"),
        ),
        _ if arrived => (Tone::Plain, "no frame lost; no continuity was asked for".to_owned()),
        _ => (Tone::Plain, "nothing arrived; no continuity was asked for".to_owned()),
    }
}

/// Frames of each tenant that were seen at another's place.
fn astray(case: &Case<'_>) -> BTreeMap<TenantId, u64> {
    let mut astray: BTreeMap<TenantId, u64> = BTreeMap::new();
    for (leak, count) in case.record.isolation.leaks() {
        *astray.entry(leak.from).or_default() += count.arrived.frames.max(count.settled.frames);
    }
    astray
}

/// Frames of flows that each tenant lost, and the places where it lost most.
fn losses(case: &Case<'_>) -> BTreeMap<TenantId, (u64, Vec<String>)> {
    let mut by_place: BTreeMap<TenantId, BTreeMap<(String, &'static str), u64>> = BTreeMap::new();
    for (key, count) in case.record.evidence.cells() {
        let (true, Fate::Dropped(reason)) = (key.of_flow, key.fate) else {
            continue;
        };
        let place = match (key.station.as_node(), key.station.as_link()) {
            (Some(node), _) => case.plan.nodes.get(node.index()).map(|n| n.name.clone()),
            (_, Some(link)) => case.plan.links.get(link.index()).map(|l| l.name.clone()),
            _ => None,
        };
        let places = by_place.entry(key.tenant).or_default();
        *places.entry((place.unwrap_or_default(), reason.as_str())).or_default() += count.frames;
    }
    let told = by_place.into_iter().map(|(tenant, places)| {
        let all: u64 = places.values().sum();
        let mut sorted: Vec<_> = places.into_iter().collect();
        sorted.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        let lines = sorted.into_iter().take(PLACES);
        let lines = lines.map(|((place, reason), n)| format!("{} lost at {place}: {reason}", thousands(n)));
        (tenant, (all, lines.collect()))
    });
    told.collect()
}

/// When the services of each tenant were open, as the control plane showed it.
fn open(case: &Case<'_>) -> BTreeMap<TenantId, Vec<Mark>> {
    let mut since: BTreeMap<(TenantId, &str, u16), SimTime> = BTreeMap::new();
    let mut marks: BTreeMap<TenantId, Vec<Mark>> = BTreeMap::new();
    let mark = |circuit: &str, vlan: u16, from: SimTime, to: SimTime| Mark {
        at_ns: from.as_nanos(),
        until_ns: Some(to.as_nanos()),
        text: format!("{circuit} VLAN {vlan} open from {from} to {to}"),
        tone: Tone::Good,
    };
    for (_, fact) in &case.record.cloud.facts {
        let key = (fact.tenant, fact.circuit.as_str(), fact.vlan);
        match fact.open {
            true => {
                since.entry(key).or_insert(fact.at);
            }
            false => {
                if let Some(from) = since.remove(&key) {
                    let own = marks.entry(fact.tenant).or_default();
                    own.push(mark(&fact.circuit, fact.vlan, from, fact.at));
                }
            }
        }
    }
    for ((tenant, circuit, vlan), from) in since {
        let own = marks.entry(tenant).or_default();
        own.push(mark(circuit, vlan, from, case.record.end));
    }
    marks
}
