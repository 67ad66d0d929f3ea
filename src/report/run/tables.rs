//! What happened in a run, as tables: the story of the control plane, how services stand at the end,
//! what was lost, and the counts of every tenant, flow and link.

use super::money::{bill, bill_hours, ways};
use crate::check::{
    Answers, Case, Judgement, Names, Step, Unit, Value, all_losses, later_outcomes, network_events, service_ends,
    story, thousands, who_answers,
};
use crate::evidence::Passage;
use crate::ident::{Direction, LinkId};
use crate::report::document::{Column, For, Table};

/// Rows of a table that text shows.
const SHOWN: usize = 12;

/// Every table of a run; whether one is empty, who renders it sees.
pub(super) fn tables(case: &Case<'_>, judgement: &Judgement) -> Vec<Table> {
    let names = Names::new(case);
    let judged = |check: &str| judgement.lines.iter().any(|l| l.check == check);
    let mut out = vec![
        steps(&story(case, &names)),
        outcomes(case, &names),
        services(case, &names),
        events(case),
        losses(case),
    ];
    if judged("billing") {
        out.extend([bill(case), bill_hours(case)]);
    }
    out.extend([ways(case), tenants(case), flows(case), links(case)]);
    out
}

const STEPS: [Column; 13] = [
    Column::of("line", "line", Unit::Label, For::Programs),
    Column::unit("at", "at", Unit::Instant),
    Column::new("by", "by"),
    Column::new("call", "call"),
    Column::new("on", "on"),
    Column::of("tenant", "tenant", Unit::Count, For::Programs),
    Column::of("outcome", "", Unit::Count, For::Programs),
    Column::of("code", "", Unit::Count, For::Programs),
    Column::of("message", "", Unit::Count, For::Programs),
    Column::of("expected_code", "", Unit::Count, For::Programs),
    Column::of("as_expected", "", Unit::Count, For::Programs),
    Column::of("follows_from_line", "", Unit::Count, For::Programs),
    Column::of("", "outcome", Unit::Count, For::People),
];

/// The story of the control plane: a row for each call, in order of time.
fn steps(all: &[Step<'_>]) -> Table {
    let mut table = Table::new("steps", "calls of the API", &STEPS, SHOWN);
    for step in all {
        if !step.conforms() {
            table.urgent.push(table.rows.len());
        }
        let values = step.values().into_iter().map(|field| field.value);
        table.push(values.chain([Value::Text(step.told())]).collect());
    }
    table
}

const OUTCOMES: [Column; 6] = [
    Column::unit("at", "at", Unit::Instant),
    Column::new("outcome", "outcome"),
    Column::new("tenant", "tenant"),
    Column::new("circuit", "circuit"),
    Column::of("vlan", "VLAN", Unit::Label, For::All),
    Column::new("carries", "can carry frames"),
];

/// What became of calls later. Text shows it only where one failed.
fn outcomes(case: &Case<'_>, names: &Names<'_>) -> Table {
    let all = later_outcomes(case, names);
    let failed: Vec<usize> = (0..all.len()).filter(|at| all[*at].is_failure()).collect();
    let mut table = Table::new(
        "outcomes",
        "what became of calls later",
        &OUTCOMES,
        failed.len().min(SHOWN),
    );
    table.urgent = failed;
    for one in all {
        table.push(vec![
            Value::at(one.at),
            Value::text(one.what.as_str()),
            Value::text(one.tenant),
            Value::Text(one.circuit),
            Value::label(one.vlan),
            Value::Flag(one.carries),
        ]);
    }
    table
}

const SERVICES: [Column; 8] = [
    Column::new("tenant", "tenant"),
    Column::new("circuit", "circuit"),
    Column::new("vlan", "VLAN"),
    Column::new("kind", "over"),
    Column::new("vbr", "VBR"),
    Column::new("port", "port"),
    Column::new("open", "open"),
    Column::new("unfinished", "at the end"),
];

/// How each service stands at the end; those that are not open first. Text shows them only if one is.
fn services(case: &Case<'_>, names: &Names<'_>) -> Table {
    let mut ends = service_ends(case, names);
    ends.sort_by_key(|end| end.unfinished.is_empty());
    let unfinished = ends.iter().filter(|end| !end.unfinished.is_empty()).count();
    let title = format!(
        "services at the end: {} of {} unfinished",
        thousands(unfinished as u64),
        thousands(ends.len() as u64)
    );
    let mut table = Table::new("services", title, &SERVICES, unfinished.min(SHOWN));
    let maybe = |text: Option<String>| text.map_or(Value::Nothing, Value::Text);
    for end in ends {
        table.push(vec![
            Value::text(end.tenant),
            Value::Text(end.circuit),
            Value::label(end.vlan),
            Value::text(end.kind),
            maybe(end.vbr),
            maybe(end.port),
            Value::Flag(end.open),
            Value::Text(end.unfinished),
        ]);
    }
    table
}

const EVENTS: [Column; 4] = [
    Column::unit("at", "at", Unit::Instant),
    Column::unit("until", "until", Unit::Instant),
    Column::new("what", "what"),
    Column::of("place", "", Unit::Count, For::Programs),
];

/// What happened to the network: faults, the partner's hands, addresses to and fro.
fn events(case: &Case<'_>) -> Table {
    let mut table = Table::new("events", "what happened to the network", &EVENTS, SHOWN);
    for event in network_events(case) {
        let until = (event.to > event.from).then_some(event.to);
        table.push(vec![
            Value::at(event.from),
            Value::at(until),
            Value::Text(event.text),
            Value::Text(event.place),
        ]);
    }
    table
}

const LOSSES: [Column; 8] = [
    Column::new("tenant", "tenant"),
    Column::new("direction", "direction"),
    Column::unit("lost", "frames", Unit::Frames),
    Column::of("lost", "octets", Unit::Octets, For::Programs),
    Column::of("reason", "", Unit::Count, For::Programs),
    Column::of("of", "", Unit::Count, For::Programs),
    Column::of("", "reason", Unit::Count, For::People),
    Column::new("place", "place"),
];

/// Everything that was lost: whose, which way, why and where.
fn losses(case: &Case<'_>) -> Table {
    let all = all_losses(case);
    let lost: u64 = all.iter().map(|(_, loss)| loss.count.frames).sum();
    let title = format!("frames lost, by place and reason: {}", thousands(lost));
    let mut table = Table::new("losses", title, &LOSSES, SHOWN);
    for (tenant, loss) in all {
        let reason = loss.reason.as_str();
        table.push(vec![
            Value::text(tenant),
            Value::text(loss.direction.as_str()),
            Value::frames(loss.count.frames),
            Value::octets(loss.count.octets),
            Value::text(reason),
            Value::text(if loss.of_flow { "flow" } else { "protocol" }),
            Value::Text(if loss.of_flow {
                reason.to_owned()
            } else {
                format!("{reason} (of a protocol)")
            }),
            Value::text(loss.station),
        ]);
    }
    table
}

const ANSWERS: [Column; 7] = [
    Column::new("tenant", "tenant"),
    Column::unit("harmed", "frames", Unit::Frames),
    Column::new("answers_for_it", "answers for it"),
    Column::new("by", "by what"),
    Column::new("line", "line"),
    Column::new("column", "column"),
    Column::unit("left", "still lost with that put right", Unit::Frames),
];

/// Who answers for what was lost or went astray, and by what.
pub(super) fn answers(answers: &Answers) -> Table {
    let title = format!("who answers, found by running {} worlds", thousands(answers.worlds));
    let mut table = Table::new("answers", title, &ANSWERS, SHOWN);
    for (tenant, answer) in &answers.tenants {
        for group in &answer.groups {
            let causes = group.causes.iter().flat_map(|cause| {
                let each = cause.deviations.iter();
                each.map(move |deviation| (Some(deviation), cause.left + cause.newly_lost))
            });
            let mut rows: Vec<_> = causes.collect();
            if rows.is_empty() {
                rows.push((None, group.frames));
            }
            for (deviation, left) in rows {
                let wrote = deviation.map(|deviation| deviation.wrote);
                table.push(vec![
                    Value::text(tenant),
                    Value::frames(group.frames),
                    Value::Text(who_answers(group, tenant, answers.partners)),
                    deviation.map_or(Value::Nothing, |deviation| Value::text(&deviation.what)),
                    wrote.map_or(Value::Nothing, |span| Value::label(span.line)),
                    wrote.map_or(Value::Nothing, |span| Value::label(span.column)),
                    Value::frames(left),
                ]);
            }
        }
    }
    table
}

const TENANTS: [Column; 8] = [
    Column::new("tenant", "tenant"),
    Column::unit("offered", "offered", Unit::Frames),
    Column::of("offered", "octets offered", Unit::Octets, For::Programs),
    Column::unit("copied", "copies and answers", Unit::Frames),
    Column::unit("settled", "settled", Unit::Frames),
    Column::of("settled", "octets settled", Unit::Octets, For::Programs),
    Column::unit("lost", "lost", Unit::Frames),
    Column::unit("under_way", "under way", Unit::Frames),
];

/// The account of each tenant.
fn tenants(case: &Case<'_>) -> Table {
    let mut lost = vec![0u64; case.plan.tenants.len()];
    for (key, count) in case.record.evidence.cells() {
        let slot = lost.get_mut(key.tenant.index());
        if let (Some(slot), crate::ident::Fate::Dropped(_)) = (slot, key.fate) {
            *slot += count.frames;
        }
    }
    let mut table = Table::new("tenants", "tenants", &TENANTS, 0);
    for (i, (tenant, lost)) in case.plan.tenants.iter().zip(lost).enumerate() {
        let account = case.record.evidence.tenant(crate::ident::TenantId::of(i));
        table.push(vec![
            Value::text(tenant.name.as_str()),
            Value::frames(account.offered.frames),
            Value::octets(account.offered.octets),
            Value::frames(account.copied.frames),
            Value::frames(account.settled.frames),
            Value::octets(account.settled.octets),
            Value::frames(lost),
            Value::frames(account.held.frames),
        ]);
    }
    table
}

const FLOWS: [Column; 18] = [
    Column::new("flow", "flow"),
    Column::new("of", "of"),
    Column::new("tenant", "tenant"),
    Column::new("direction", "direction"),
    Column::unit("sent", "sent", Unit::Frames),
    Column::of("sent", "", Unit::Octets, For::Programs),
    Column::unit("arrived", "arrived", Unit::Frames),
    Column::of("arrived", "", Unit::Octets, For::Programs),
    Column::unit("lost", "lost", Unit::Frames),
    Column::unit("duplicated", "duplicated", Unit::Frames),
    Column::unit("reordered", "out of order", Unit::Frames),
    Column::unit("under_way", "under way", Unit::Frames),
    Column::unit("first_sent_at", "first sent", Unit::Instant),
    Column::unit("last_sent_at", "last sent", Unit::Instant),
    Column::unit("first_arrived_at", "first arrived", Unit::Instant),
    Column::unit("last_arrived_at", "last arrived", Unit::Instant),
    Column::unit("longest_gap", "longest gap", Unit::Span),
    Column::unit("longest_gap_from", "since", Unit::Instant),
];

/// Each flow, and its answers where it wants them, each with its direction.
fn flows(case: &Case<'_>) -> Table {
    let mut table = Table::new("flows", "flows", &FLOWS, 0);
    let silent = Passage::default();
    for (i, flow) in case.plan.flows.iter().enumerate() {
        let account = case.record.evidence.flow(crate::ident::FlowId::of(i));
        let direction = flow.direction(case.plan);
        let tenant = case
            .plan
            .tenants
            .get(flow.tenant.index())
            .map_or("no tenant", |t| t.name.as_str());
        let of = |passage: &Passage, of: &str, direction: Direction| {
            let names = [flow.name.as_str(), of, tenant, direction.as_str()].map(Value::text);
            names.into_iter().chain(passed(passage)).collect()
        };
        table.push(of(account.map_or(&silent, |a| &a.forward), "frames", direction));
        if flow.answered {
            table.push(of(account.map_or(&silent, |a| &a.answers), "answers", direction.back()));
        }
    }
    table
}

/// The numbers of one direction of a flow.
fn passed(passage: &Passage) -> [Value; 14] {
    let gap = passage.longest_gap;
    [
        Value::frames(passage.sent.frames),
        Value::octets(passage.sent.octets),
        Value::frames(passage.arrived.frames),
        Value::octets(passage.arrived.octets),
        Value::frames(passage.lost()),
        Value::frames(passage.duplicated),
        Value::frames(passage.reordered),
        Value::frames(passage.held),
        Value::at(passage.first_sent),
        Value::at(passage.last_sent),
        Value::at(passage.first_arrival),
        Value::at(passage.last_arrival),
        Value::span(gap.map(|gap| gap.length())),
        Value::at(gap.map(|gap| gap.from)),
    ]
}

const LINKS: [Column; 15] = [
    Column::new("link", "link"),
    Column::new("a", "a"),
    Column::new("b", "b"),
    Column::unit("rate", "rate", Unit::Rate),
    Column::unit("delay", "delay", Unit::Span),
    Column::unit("queue", "queue", Unit::Octets),
    Column::unit("carried_a_to_b", "a to b", Unit::Frames),
    Column::unit("carried_a_to_b", "octets", Unit::Octets),
    Column::unit("busy_a_to_b", "busy", Unit::Span),
    Column::unit("carried_b_to_a", "b to a", Unit::Frames),
    Column::unit("carried_b_to_a", "octets", Unit::Octets),
    Column::unit("busy_b_to_a", "busy", Unit::Span),
    Column::unit("lost_up", "lost up", Unit::Frames),
    Column::unit("lost_down", "lost down", Unit::Frames),
    Column::unit("lost_else", "else", Unit::Frames),
];

/// Each link, what it carried and how long that took, and what it lost each way.
fn links(case: &Case<'_>) -> Table {
    let mut lost = vec![[0u64; 3]; case.plan.links.len()];
    for (key, count) in case.record.evidence.cells() {
        let of = key.station.as_link().and_then(|link| lost.get_mut(link.index()));
        let way = match key.direction {
            Direction::Up => 0,
            Direction::Down => 1,
            Direction::Neither => 2,
        };
        if let Some(of) = of {
            of[way] += count.frames;
        }
    }
    let node = |end: crate::ident::NodeId| case.plan.nodes[end.index()].name.as_str();
    let mut table = Table::new("links", "links", &LINKS, 0);
    for (i, (link, [up, down, other])) in case.plan.links.iter().zip(lost).enumerate() {
        let [there, back] = case.record.carried.carried(LinkId::of(i));
        table.push(vec![
            Value::text(link.name.as_str()),
            Value::text(node(link.a.0)),
            Value::text(node(link.b.0)),
            Value::rate(link.config.rate),
            Value::span(link.config.delay),
            Value::octets(link.config.queue.get()),
            Value::frames(there.frames),
            Value::octets(there.octets),
            Value::span(there.busy(link.config.rate)),
            Value::frames(back.frames),
            Value::octets(back.octets),
            Value::span(back.busy(link.config.rate)),
            Value::frames(up),
            Value::frames(down),
            Value::frames(other),
        ]);
    }
    table
}
