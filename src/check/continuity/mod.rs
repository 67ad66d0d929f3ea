//! Fails where flows lost, duplicated or reordered more than allowed, or were silent for longer;
//! unknown where nothing was in flight around what happened on their way.

mod events;
mod faults;
mod flight;
mod happened;
mod silence;
mod spots;

pub(super) use happened::Story;

use std::collections::BTreeMap;

use super::case::{Case, some, thousands};
use super::index::Index;
use super::{Finding, Value, Verdict};
use crate::evidence::{FlowAccount, Passage};
use crate::ident::{Direction, FlowId, StationId, TenantId};
use crate::scenario::plan::Over;
use crate::units::{SimDuration, SimTime};
use events::{Subject, Watched};
use flight::Lane;

/// What is allowed, over all flows that are judged together; the silence holds for each flow. And what
/// is judged of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub lost: u64,
    pub duplicated: u64,
    pub reordered: u64,
    pub gap: Option<SimDuration>,
    /// Only what goes this way.
    pub direction: Option<Direction>,
    /// Around what frames have to be in flight.
    pub over: &'a Over,
}

/// What there may be a limit of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limited {
    Lost,
    Duplicated,
    Reordered,
    Silence,
}

/// A silence of a flow.
#[derive(Debug)]
struct Silence {
    gap: SimDuration,
    from: SimTime,
    /// The mean time between its frames.
    pace: SimDuration,
    /// Whose.
    name: String,
}

impl Silence {
    /// From when to when.
    fn stretch(&self) -> (SimTime, SimTime) {
        (self.from, self.from.saturating_add(self.gap))
    }
}

#[derive(Debug, Default)]
struct Totals<'a> {
    sent: u64,
    lost: u64,
    /// Of the lost: frames that waited somewhere at the end.
    overdue: u64,
    /// Frames of which nobody can say whether they were on their way at the end.
    doubtful: u64,
    /// Where the overdue and the doubtful waited.
    waiting: BTreeMap<StationId, u64>,
    /// Frames that were on their way at the end.
    under_way: u64,
    duplicated: u64,
    reordered: u64,
    astray: u64,
    longest: Option<Silence>,
    /// Flows that sent nothing.
    mute: Vec<&'a str>,
    /// Flows of which nothing arrived and nothing was lost: all of it was under way at the end.
    pending: Vec<&'a str>,
    /// Flows that came so late that a duplicate would not have been noticed.
    blurred: Vec<&'a str>,
    /// Tenants of whom nothing was sent one way.
    one_sided: Vec<String>,
}

pub(super) fn judge(index: &Index<'_>, tenant: Option<TenantId>, flow: Option<FlowId>, asked: &Asked<'_>) -> Finding {
    let mut totals = Totals::default();
    let whole = index.case.plan;
    let meant: Vec<FlowId> = match (flow, tenant) {
        (Some(flow), _) => vec![flow],
        (None, Some(tenant)) => index.flows_of(tenant).collect(),
        (None, None) => (0..whole.flows.len()).map(FlowId::of).collect(),
    };
    for id in &meant {
        totals.add(&index.case, *id, asked.direction);
    }
    if totals.sent == 0 {
        return Finding::new(Verdict::Inconc, "nothing was sent, so nothing could be interrupted");
    }
    let mut watched = Watched::default();
    match (flow, tenant) {
        (Some(flow), _) => {
            let subject = Subject::of_flow(&index.case, flow, asked.direction);
            watched.look(index, &subject, asked.over, asked.gap);
        }
        (None, only) => {
            for tenant in index.case.tenants(only) {
                let flows: Vec<FlowId> = index.flows_of(tenant).collect();
                if flows.is_empty() {
                    continue;
                }
                let subject = Subject::of_tenant(&index.case, tenant, flows, asked.direction);
                if only.is_some() {
                    totals.one_sided(index, &subject, asked.direction);
                }
                watched.look(index, &subject, asked.over, asked.gap);
            }
        }
    }
    conclude(&index.case, &totals, &watched, asked)
}

fn conclude(case: &Case<'_>, totals: &Totals<'_>, watched: &Watched, asked: &Asked<'_>) -> Finding {
    let silent = asked
        .gap
        .is_some_and(|max| totals.longest.as_ref().is_some_and(|longest| longest.gap > max));
    let holds = totals.lost <= asked.lost
        && totals.duplicated <= asked.duplicated
        && totals.reordered <= asked.reordered
        && totals.astray == 0
        && !silent;
    let text = totals.text(case);
    let stretch = totals.longest.as_ref().map(Silence::stretch);
    let details = totals.details().into_iter();
    let details = details.chain(watched.details(stretch.filter(|_| !holds))).collect();
    let (verdict, text) = match totals.unknown(case).or_else(|| watched.unknown()) {
        _ if !holds => {
            let happened = watched
                .told(stretch)
                .map_or_else(String::new, |told| format!("; {told}"));
            (Verdict::Fail, format!("{}{happened}", totals.broken(case, asked)))
        }
        Some(why) => (Verdict::Inconc, format!("{text}; {why}")),
        None => (Verdict::Pass, format!("{text}; {}", watched.seen())),
    };
    let longest = totals.longest.as_ref();
    Finding::new(verdict, text).with(details).numbers([
        ("sent", Value::frames(totals.sent)),
        ("lost", Value::frames(totals.lost)),
        ("waiting", Value::frames(totals.overdue)),
        ("doubtful", Value::frames(totals.doubtful)),
        ("under_way", Value::frames(totals.under_way)),
        ("duplicated", Value::frames(totals.duplicated)),
        ("reordered", Value::frames(totals.reordered)),
        ("astray", Value::frames(totals.astray)),
        ("longest_silence", Value::span(longest.map(|longest| longest.gap))),
        ("longest_silence_from", Value::at(longest.map(|longest| longest.from))),
        ("lost_max", Value::frames(asked.lost)),
        ("duplicated_max", Value::frames(asked.duplicated)),
        ("reordered_max", Value::frames(asked.reordered)),
        ("longest_gap_max", Value::span(asked.gap)),
        ("events_watched", Value::count(watched.events())),
        (
            "events",
            if holds {
                Value::List(Vec::new())
            } else {
                watched.fields(stretch)
            },
        ),
        ("resolution", Value::span(watched.resolution())),
    ])
}

impl<'a> Subject<'a> {
    /// One flow: its own direction, and answers where there were any.
    fn of_flow(case: &Case<'_>, flow: FlowId, only: Option<Direction>) -> Self {
        let plan = &case.plan.flows[flow.index()];
        let way = plan.direction(case.plan);
        let mut ways = Vec::new();
        for (answers, way, name) in [(false, way, "its frames"), (true, way.back(), "answers to it")] {
            let wanted = only.is_none_or(|only| only == way) && (!answers || plan.answered);
            if wanted && case.record.passages.passed(flow, answers, None) {
                let name = if way == Direction::Neither { name } else { way.as_str() };
                ways.push((name, vec![Lane { flow, answers }]));
            }
        }
        Self {
            tenant: plan.tenant,
            flows: vec![flow],
            one_flow: true,
            ways,
        }
    }

    /// All flows of a tenant, answers with what goes the same way.
    fn of_tenant(case: &Case<'_>, tenant: TenantId, flows: Vec<FlowId>, only: Option<Direction>) -> Self {
        let mut ways: Vec<(&str, Vec<Lane>)> = Vec::new();
        for (direction, name) in [
            (Direction::Up, "up"),
            (Direction::Down, "down"),
            (Direction::Neither, "between its own places"),
        ] {
            let mut lanes = Vec::new();
            for flow in &flows {
                let plan = &case.plan.flows[flow.index()];
                let way = plan.direction(case.plan);
                for (answers, way) in [(false, way), (true, way.back())] {
                    let meant = way == direction && (!answers || plan.answered);
                    if meant && case.record.passages.passed(*flow, answers, None) {
                        lanes.push(Lane { flow: *flow, answers });
                    }
                }
            }
            if only.is_none_or(|only| only == direction) && !lanes.is_empty() {
                ways.push((name, lanes));
            }
        }
        Self {
            tenant,
            flows,
            one_flow: false,
            ways,
        }
    }
}

impl<'a> Totals<'a> {
    fn add(&mut self, case: &Case<'a>, id: FlowId, only: Option<Direction>) {
        let plan = &case.plan.flows[id.index()];
        let way = plan.direction(case.plan);
        let judged = |way: Direction| only.is_none_or(|only| only == way);
        let any = judged(way) || plan.answered && judged(way.back());
        if !any {
            return;
        }
        let account = case.record.evidence.flow(id).filter(|a| a.forward.sent.frames > 0);
        let Some(account) = account else {
            self.mute.push(&plan.name);
            return;
        };
        self.astray += account.astray;
        if judged(way) {
            self.forward(&plan.name, account);
        }
        if plan.answered && judged(way.back()) {
            self.answers(&plan.name, account);
        }
        if account.forward.beyond_window + account.answers.beyond_window > 0 {
            self.blurred.push(&plan.name);
        }
    }

    fn forward(&mut self, name: &'a str, account: &FlowAccount) {
        let forward = &account.forward;
        self.sent += forward.sent.frames;
        self.wait(forward);
        self.count(forward, forward.missing());
        self.hear(name.to_owned(), silence::of(forward), forward);
        if forward.arrived_once() == 0 && forward.missing() == 0 {
            self.pending.push(name);
        }
    }

    /// Every frame that arrived wants an answer, whether or not one was ever sent.
    fn answers(&mut self, name: &str, account: &FlowAccount) {
        let answers = &account.answers;
        let wanted = account.forward.arrived_once();
        self.sent += wanted;
        self.wait(answers);
        let perhaps = answers.held.saturating_sub(answers.overdue);
        self.count(answers, wanted.saturating_sub(answers.arrived_once() + perhaps));
        let quiet = if answers.sent.frames > 0 {
            silence::of(answers)
        } else {
            silence::of_no_answer(&account.forward)
        };
        self.hear(format!("answers to {name}"), quiet, answers);
    }

    fn wait(&mut self, passage: &Passage) {
        self.overdue += passage.overdue;
        self.doubtful += passage.doubtful;
        self.under_way += passage.on_their_way();
        for (place, frames) in &passage.waiting {
            *self.waiting.entry(*place).or_default() += frames;
        }
    }

    /// Where frames waited at the end, most of them first.
    fn waited_at(&self, case: &Case<'_>) -> String {
        let mut places: Vec<(&StationId, &u64)> = self.waiting.iter().collect();
        places.sort_by_key(|(_, frames)| std::cmp::Reverse(**frames));
        some(places.into_iter().map(|(place, _)| case.station(*place)))
    }

    fn count(&mut self, passage: &Passage, lost: u64) {
        self.lost += lost;
        self.duplicated += passage.duplicated;
        self.reordered += passage.reordered;
    }

    fn hear(&mut self, name: String, silence: Option<(SimDuration, SimTime)>, passage: &Passage) {
        let Some((gap, from)) = silence.filter(|(gap, _)| !gap.is_zero()) else {
            return;
        };
        if self.longest.as_ref().is_none_or(|longest| gap > longest.gap) {
            self.longest = Some(Silence {
                gap,
                from,
                pace: silence::pace(passage),
                name,
            });
        }
    }

    /// Both directions of a tenant are judged, unless one is asked for.
    fn one_sided(&mut self, index: &Index<'_>, subject: &Subject<'_>, only: Option<Direction>) {
        let case = &index.case;
        let sends = |way: &str| subject.ways.iter().any(|(name, _)| *name == way);
        let tenant = case.tenant(subject.tenant);
        if only.is_some() {
            return;
        }
        if !sends("up") && !sends("down") {
            let served = index.story().lives.keys().any(|(.., whose)| *whose == subject.tenant);
            let links = case.plan.circuits.iter().map(|circuit| StationId::link(circuit.link));
            let crosses = links.into_iter().any(|link| spots::passes(case, subject, link));
            if served && !crosses {
                self.one_sided.push(format!("{tenant} sent nothing up or down"));
            }
            return;
        }
        for (way, other) in [("up", "down"), ("down", "up")] {
            if !sends(way) {
                let told = format!("{tenant} sent nothing {way} (`direction: {other}` asks for {other} alone)");
                self.one_sided.push(told);
            }
        }
    }

    /// What names of flows the sentence counts, one by one.
    fn details(&self) -> Vec<String> {
        let all = [
            (&self.mute, "sent nothing"),
            (&self.pending, "was under way when the run ended"),
            (&self.blurred, "came too late to tell duplicates"),
        ];
        let each = all.into_iter().filter(|(flows, _)| flows.len() > 1);
        let each = each.flat_map(|(flows, what)| flows.iter().map(move |name| format!("{name} {what}")));
        each.collect()
    }

    fn text(&self, case: &Case<'_>) -> String {
        self.told(case, &|_| String::new())
    }

    /// What was found, and beside each limit that is broken what is allowed.
    fn broken(&self, case: &Case<'_>, asked: &Asked<'_>) -> String {
        self.told(case, &|what| {
            let allowed = match what {
                Limited::Lost => (self.lost > asked.lost).then(|| thousands(asked.lost)),
                Limited::Duplicated => (self.duplicated > asked.duplicated).then(|| thousands(asked.duplicated)),
                Limited::Reordered => (self.reordered > asked.reordered).then(|| thousands(asked.reordered)),
                Limited::Silence => asked.gap.map(|gap| gap.to_string()),
            };
            allowed.map_or_else(String::new, |allowed| format!(" ({allowed} allowed)"))
        })
    }

    fn told(&self, case: &Case<'_>, limit: &dyn Fn(Limited) -> String) -> String {
        let gap = match &self.longest {
            Some(Silence { gap, from, pace, name }) => {
                let limit = limit(Limited::Silence);
                format!(", longest silence {gap}{limit} from {from} ({name}; every {pace})")
            }
            None => String::new(),
        };
        let astray = match self.astray {
            0 => String::new(),
            n => format!(", {} taken elsewhere (0 allowed)", thousands(n)),
        };
        let waiting = match self.overdue {
            0 => String::new(),
            n => format!(
                " ({} of them still waited at the end, at {})",
                thousands(n),
                self.waited_at(case)
            ),
        };
        let under_way = match self.under_way {
            0 => String::new(),
            n => format!(", {} under way at the end", thousands(n)),
        };
        format!(
            "{} of {} frames lost{waiting}{}, {} duplicated{}, {} out of order{}{astray}{under_way}{gap}",
            thousands(self.lost),
            thousands(self.sent),
            limit(Limited::Lost),
            thousands(self.duplicated),
            limit(Limited::Duplicated),
            thousands(self.reordered),
            limit(Limited::Reordered),
        )
    }

    /// Why a pass would be more than was seen.
    fn unknown(&self, case: &Case<'_>) -> Option<String> {
        if self.doubtful > 0 {
            return Some(format!(
                "{} more waited at the end, at {}, for longer than a second and than twice what the quickest took: whether they would have come is not known",
                thousands(self.doubtful),
                self.waited_at(case)
            ));
        }
        for (flows, why) in [
            (&self.mute, "sent nothing"),
            (&self.pending, "had everything under way when the run ended"),
            (&self.blurred, "came too late to tell duplicates"),
        ] {
            if !flows.is_empty() {
                return Some(format!("{} {why}", some(flows.iter().copied())));
            }
        }
        (!self.one_sided.is_empty()).then(|| some(self.one_sided.iter().map(String::as_str)))
    }
}
