//! Where conversions stand, how each step is undone, what contains an attach, and what waiting costs.

use super::SHOWN;
use crate::check::{Unit, Value, thousands};
use crate::rehearse::explore::Seen;
use crate::rehearse::states::{HalfDone, Line, Move};
use crate::rehearse::ways_back::{Rebuild, WayBack};
use crate::rehearse::{CallTold, Rehearsal, Stands};
use crate::report::document::{Column, For, Table};

/// Where each VBR stands before the window and at the end, who is awaited there, and what leads on and back.
pub(super) fn standings(rehearsal: &Rehearsal) -> Table {
    let columns = [
        Column::new("vbr", "VBR"),
        Column::new("at_window", "before the window"),
        Column::new("at_end", "at the end"),
        Column::new("awaits", "awaits"),
        Column::new("leads_on", "goes on by"),
        Column::new("leads_back", "goes back by"),
        Column::new("payer", "waiting is paid by"),
        Column::of("", "a day of it", Unit::Count, For::People),
        Column::of("waiting_day", "", Unit::Micros, For::Programs),
        Column::of("currency", "", Unit::Count, For::Programs),
        Column::unit("waits", "waits", Unit::Span),
    ];
    let mut table = Table::new("standings", "where each VBR stands", &columns, SHOWN);
    for (at, stands) in rehearsal.standings.iter().enumerate() {
        let end = stands.at_end;
        if end != HalfDone::Converted {
            table.urgent.push(at);
        }
        table.push(vec![
            Value::text(&stands.vbr),
            Value::text(stands.at_window.name()),
            Value::text(end.name()),
            Value::text(awaits(end)),
            Value::Text(moves(end.go_on(), "-")),
            Value::Text(moves(end.go_back(), nothing_back(end))),
            Value::text(&stands.payer),
            Value::Text(day(rehearsal, stands)),
            Value::Number(Unit::Micros, stands.waiting.day),
            Value::text(&rehearsal.currency),
            Value::span(stands.waits),
        ]);
    }
    table
}

fn awaits(state: HalfDone) -> &'static str {
    state.awaits().map_or("nobody", |actor| actor.as_str())
}

/// What is said where nothing leads back.
const fn nothing_back(state: HalfDone) -> &'static str {
    if state.is_past_return() { "NONE" } else { "-" }
}

fn moves(all: &[Move], otherwise: &str) -> String {
    let each = all.iter().map(|one| format!("{} {}", one.by, one.call.as_str()));
    let text = each.collect::<Vec<_>>().join(", then ");
    if text.is_empty() { otherwise.to_owned() } else { text }
}

fn day(rehearsal: &Rehearsal, stands: &Stands) -> String {
    match stands.waiting.day {
        Some(micros) => money(micros, &rehearsal.currency),
        None => "no price given".to_owned(),
    }
}

/// Millionths as an amount, without needless zeros behind the second digit.
fn money(micros: u64, currency: &str) -> String {
    let mut part = format!("{:06}", micros % 1_000_000);
    while part.len() > 2 && part.ends_with('0') {
        part.pop();
    }
    format!("{}.{part} {currency}", thousands(micros / 1_000_000))
}

/// Every half-done state by name; those that were reached come with what was seen of them.
pub(super) fn half_done(rehearsal: &Rehearsal) -> Table {
    let columns = [
        Column::new("name", "state"),
        Column::unit("states", "states", Unit::Count),
        Column::new("frames", "frames pass"),
        Column::new("fee", "fee runs"),
        Column::new("line", "may end the VBR"),
        Column::new("awaits", "stuck without"),
        Column::new("leads_on", "goes on by"),
        Column::of("went_on", "", Unit::Count, For::Programs),
        Column::of("", "accepted", Unit::Count, For::People),
        Column::new("blocked", "else refused by"),
        Column::new("leads_back", "goes back by"),
        Column::of("went_back", "", Unit::Count, For::Programs),
        Column::of("what", "", Unit::Count, For::Programs),
    ];
    let title = "half-done states that some order of events leads to";
    let mut table = Table::new("half_done", title, &columns, 0);
    for (at, state) in HalfDone::ALL.iter().copied().enumerate() {
        let seen = seen(rehearsal, state);
        if seen.states > 0 {
            table.urgent.push(at);
        }
        let told = state.standing(&rehearsal.policies);
        let blocked = seen
            .blocked
            .iter()
            .map(|(code, count)| format!("{code} ({})", thousands(*count)));
        let accepted = match state.go_on() {
            [] => "-".to_owned(),
            _ => format!("{} of {}", thousands(seen.goes_on), thousands(seen.states)),
        };
        table.push(vec![
            Value::text(state.name()),
            Value::count(seen.states),
            yes_or_no(told.frames),
            yes_or_no(told.fee),
            Value::text(match told.line {
                Some(Line::Nobody) => "nobody",
                Some(Line::Partner) => "partner",
                Some(Line::Tenant) => "tenant",
                None => "it depends",
            }),
            Value::text(awaits(state)),
            Value::Text(moves(state.go_on(), "-")),
            Value::count(seen.goes_on),
            Value::Text(accepted),
            Value::Text(blocked.collect::<Vec<_>>().join("; ")),
            Value::Text(moves(state.go_back(), nothing_back(state))),
            Value::count(seen.goes_back),
            Value::text(state.what()),
        ]);
    }
    table.shown = table.urgent.len();
    table
}

fn yes_or_no(known: Option<bool>) -> Value {
    Value::text(match known {
        Some(true) => "yes",
        Some(false) => "no",
        None => "it depends",
    })
}

/// What the exploration saw of a state, in all its groups.
fn seen(rehearsal: &Rehearsal, state: HalfDone) -> Seen {
    let mut sum = Seen::default();
    let groups = rehearsal.explored.iter().flat_map(|explored| &explored.groups);
    for seen in groups.filter_map(|group| group.names.get(&state)) {
        sum.states += seen.states;
        sum.goes_on += seen.goes_on;
        sum.goes_back += seen.goes_back;
        for (code, count) in &seen.blocked {
            *sum.blocked.entry(code).or_default() += count;
        }
    }
    sum
}

fn calls(all: &[CallTold]) -> String {
    let each = all.iter().map(|called| {
        let refused = called
            .refused
            .as_ref()
            .map_or_else(String::new, |code| format!(" ({code})"));
        format!("{} {}{refused}", called.by, called.call.as_str())
    });
    each.collect::<Vec<_>>().join(", then ")
}

/// For whom something was run, and for how many it stands.
fn class(representative: &str, vbrs: usize) -> String {
    match vbrs {
        0 | 1 => representative.to_owned(),
        more => format!("{representative} and {} like it", thousands(more as u64 - 1)),
    }
}

/// The way back of each step, as it was run.
pub(super) fn ways_back(rehearsal: &Rehearsal) -> Table {
    let columns = [
        Column::new("step", "step"),
        Column::new("by", "by"),
        Column::of("representative", "", Unit::Count, For::Programs),
        Column::of("vbrs", "", Unit::Count, For::Programs),
        Column::of("", "run for", Unit::Count, For::People),
        Column::new("way", "way back"),
        Column::new("verdict", "verdict"),
        Column::new("remains", "is not as it was"),
        Column::unit("longest", "takes at most", Unit::Span),
        Column::unit("lost", "lost", Unit::Frames),
        Column::unit("gap", "longest silence", Unit::Span),
        Column::new("fee_began", "a fee began"),
        Column::new("no_return", "no return"),
        Column::of("calls", "", Unit::Count, For::Programs),
        Column::of("source", "", Unit::Count, For::Programs),
    ];
    let mut table = Table::new("ways_back", "the way back of each step, as it was run", &columns, SHOWN);
    for way in &rehearsal.ways_back {
        let (how, source) = match way.way {
            WayBack::Documented { calls, source } => {
                (moves(calls, "-"), format!("{}: {}", source.document, source.says))
            }
            WayBack::Policy { name, delay } => (
                format!("by the policy {name} within {delay}"),
                "nowhere: it is assumed".to_owned(),
            ),
            WayBack::Nothing { why } => ("NONE".to_owned(), why.to_owned()),
        };
        table.push(vec![
            Value::text(way.step.call().as_str()),
            Value::text(&way.by),
            Value::text(&way.representative),
            Value::count(way.vbrs),
            Value::Text(class(&way.representative, way.vbrs)),
            Value::Text(how),
            Value::text(way.verdict.as_str()),
            Value::Text(way.remains.join("; ")),
            Value::span(way.longest),
            Value::Number(Unit::Frames, way.damage.map(|damage| damage.lost)),
            Value::span(way.damage.map(|damage| damage.gap)),
            Value::Flag(way.costs),
            Value::Flag(way.step.is_point_of_no_return()),
            Value::Text(calls(&way.calls)),
            Value::Text(source),
        ]);
    }
    table
}

/// A VBR built anew after its attach: where, by which calls, and what that costs.
pub(super) fn anew(rehearsal: &Rehearsal) -> Table {
    let columns = [
        Column::new("how", "built anew"),
        Column::of("representative", "", Unit::Count, For::Programs),
        Column::of("vbrs", "", Unit::Count, For::Programs),
        Column::of("", "run for", Unit::Count, For::People),
        Column::new("built", "built"),
        Column::unit("lost", "lost", Unit::Frames),
        Column::unit("gap", "longest silence", Unit::Span),
        Column::new("remains", "is not as it was"),
        Column::of("", "calls", Unit::Count, For::People),
        Column::of("calls", "", Unit::Count, For::Programs),
    ];
    let mut table = Table::new("built_anew", "a VBR built anew after its attach", &columns, SHOWN);
    for anew in &rehearsal.anew {
        table.push(vec![
            Value::text(match anew.how {
                Rebuild::OnThePort => "on its port",
                Rebuild::AsLegacy => "as a legacy VBR",
            }),
            Value::text(&anew.representative),
            Value::count(anew.vbrs),
            Value::Text(class(&anew.representative, anew.vbrs)),
            Value::Flag(anew.built),
            Value::Number(Unit::Frames, anew.damage.map(|damage| damage.lost)),
            Value::span(anew.damage.map(|damage| damage.gap)),
            Value::Text(anew.remains.join("; ")),
            Value::count(anew.calls.len()),
            Value::Text(calls(&anew.calls)),
        ]);
    }
    table
}

/// What there is instead of a way back from the attach, by the user's own data.
pub(super) fn containment(rehearsal: &Rehearsal) -> Vec<String> {
    if !rehearsal.ways_back.iter().any(|way| way.step.is_point_of_no_return()) {
        return Vec::new();
    }
    let contained = &rehearsal.cutover.containment;
    let mut lines = vec![
        "  AttachVbrToVpconn is the point of no return: no page names a call that takes a VBR off its port".to_owned(),
    ];
    let stop = contained.stop.map(|stop| {
        let tenants = stop.tenants.map(|n| format!("{} tenants are harmed", thousands(n)));
        let octets = stop.octets.map(|n| format!("{} octets are lost", thousands(n)));
        let silence = stop.silence.map(|time| format!("a tenant is silent for {time}"));
        let any: Vec<String> = [tenants, octets, silence].into_iter().flatten().collect();
        format!("it stops once {}", any.join(" or "))
    });
    let case = contained.case.as_ref().map(|case| {
        format!(
            "a case of severity {} is answered within {} by the contract",
            case.severity, case.response
        )
    });
    let stop = stop.unwrap_or_else(|| "no stop rule is given".to_owned());
    let case = case.unwrap_or_else(|| "no case with the vendor is given".to_owned());
    lines.push(format!("  its containment: {stop}; {case}; the VBR can be built anew"));
    lines
}
