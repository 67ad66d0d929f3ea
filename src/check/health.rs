//! Fails where a VBR's health check does not notice a fault, or its end, within the window stated.

use std::collections::BTreeMap;

use super::case::{Case, thousands};
use super::{Detail, Field, Finding, Value, Verdict};
use crate::evidence::NodeChange;
use crate::ident::{NodeId, TenantId};
use crate::units::SimTime;

/// From and to, both included.
pub(super) type Window = (SimTime, SimTime);

/// Turns that the sentence names.
const SHOWN: usize = 6;

/// When the checks of one tenant turned unhealthy, and healthy again.
#[derive(Default)]
struct Turns {
    all: Vec<(SimTime, NodeId, bool)>,
    down: Vec<SimTime>,
    up: Vec<SimTime>,
}

pub(super) fn judge(case: &Case<'_>, of: TenantId, unhealthy: Option<Window>, healthy: Option<Window>) -> Finding {
    let turns = Turns::of(case, of);
    let own = case.record.isolation.own(of);
    found(case, of, &turns, unhealthy, healthy)
        .told(turns.details(case))
        .numbers([
            ("turned_unhealthy", Value::count(turns.down.len())),
            ("turned_healthy", Value::count(turns.up.len())),
            ("first_unhealthy_at", Value::at(turns.down.first().copied())),
            ("last_unhealthy_at", Value::at(turns.down.last().copied())),
            ("first_healthy_at", Value::at(turns.up.first().copied())),
            ("last_healthy_at", Value::at(turns.up.last().copied())),
            ("probes_answered", Value::frames(own.probes.frames)),
        ])
}

fn found(case: &Case<'_>, of: TenantId, turns: &Turns, unhealthy: Option<Window>, healthy: Option<Window>) -> Finding {
    let story = turns.story(case);
    let down = held(&turns.down, unhealthy);
    // A window for the end of a fault that is not asked for is not judged.
    let up = healthy.is_none_or(|window| held(&turns.up, Some(window)));
    if !(down && up) {
        let late = |at: &[SimTime], window: Option<Window>| {
            window.is_some_and(|(_, to)| to > case.record.end && at.iter().all(|t| within(*t, window)))
        };
        if (down || late(&turns.down, unhealthy)) && (up || late(&turns.up, healthy)) {
            let text = format!("{story}; the run ends at {}, within the window", case.record.end);
            return Finding::new(Verdict::Inconc, text);
        }
        return Finding::new(Verdict::Fail, format!("{story}{}", wanted(unhealthy, healthy)));
    }
    if case.record.evidence.changes_omitted() > 0 {
        return Finding::new(Verdict::Inconc, format!("{story}; later changes were not kept"));
    }
    // The check begins as healthy: only an answer shows that it ever worked.
    let own = case.record.isolation.own(of);
    let first = turns.down.first().copied().unwrap_or(case.record.end);
    if own.first_probe.is_none_or(|at| at > first) {
        let text = format!("{story}, but no probe was answered before: the control is missing");
        return Finding::new(Verdict::Inconc, text);
    }
    let text = format!("{story}; control: {} probes answered", thousands(own.probes.frames));
    Finding::new(Verdict::Pass, text)
}

impl Turns {
    fn of(case: &Case<'_>, tenant: TenantId) -> Self {
        let mut turns = Self::default();
        let mut sick: BTreeMap<NodeId, bool> = BTreeMap::new();
        for noted in case.record.evidence.changes() {
            let NodeChange::Health { tenant: of, healthy } = noted.change else {
                continue;
            };
            if of != tenant {
                continue;
            }
            turns.all.push((noted.at, noted.node, healthy));
            if !healthy {
                turns.down.push(noted.at);
                sick.insert(noted.node, true);
            } else if sick.get(&noted.node) == Some(&true) {
                turns.up.push(noted.at);
            }
        }
        turns
    }

    fn story(&self, case: &Case<'_>) -> String {
        if self.all.is_empty() {
            return "the health check never changed its mind".to_owned();
        }
        let several = self.all.iter().any(|(_, node, _)| *node != self.all[0].1);
        let each = self.all.iter().take(SHOWN).map(|(at, node, up)| {
            let word = if *up { "healthy" } else { "unhealthy" };
            match several {
                true => format!("{} {word} at {at}", case.plan.nodes[node.index()].name),
                false => format!("{word} at {at}"),
            }
        });
        let more = match self.all.len().saturating_sub(SHOWN) {
            0 => String::new(),
            n => format!(" and {} more turns (--verbose tells each)", thousands(n as u64)),
        };
        each.collect::<Vec<_>>().join(", ") + &more
    }

    /// Every turn, where the sentence has no room for all.
    fn details(&self, case: &Case<'_>) -> Vec<Detail> {
        if self.all.len() <= SHOWN {
            return Vec::new();
        }
        let each = self.all.iter().map(|(at, node, up)| {
            let name = case.plan.nodes[node.index()].name.as_str();
            let word = if *up { "healthy" } else { "unhealthy" };
            let values = vec![
                Field::new("node", Value::text(name)),
                Field::new("healthy", Value::Flag(*up)),
                Field::new("at", Value::at(*at)),
            ];
            Detail::new(format!("{name} {word} at {at}"), values)
        });
        each.collect()
    }
}

fn within(at: SimTime, window: Option<Window>) -> bool {
    window.is_some_and(|(from, to)| from <= at && at <= to)
}

/// Every turn lies in the window, and there is one; without a window there is none.
fn held(turns: &[SimTime], window: Option<Window>) -> bool {
    (window.is_none() || !turns.is_empty()) && turns.iter().all(|at| within(*at, window))
}

fn wanted(unhealthy: Option<Window>, healthy: Option<Window>) -> String {
    let text = |what: &str, window: Option<Window>| match window {
        Some((from, to)) => format!("; it should be {what} from {from} to {to}"),
        None => format!("; it should not be {what}"),
    };
    text("unhealthy", unhealthy) + &healthy.map_or(String::new(), |w| text("healthy again", Some(w)))
}
