//! Which of the things that happened a subject has to have been in flight around.

use std::collections::BTreeSet;

use super::flight::{Flight, Lane, flight};
use super::happened::{Happened, Story};
use crate::check::case::Case;
use crate::check::index::Index;
use crate::ident::{FlowId, StationId, TenantId};
use crate::record::Touched;
use crate::scenario::plan::Over;
use crate::units::{SimDuration, SimTime};

/// Flows that are judged together.
pub(super) struct Subject<'a> {
    pub tenant: TenantId,
    pub flows: Vec<FlowId>,
    /// Lanes by what the reader calls them: `up`, `down`.
    pub ways: Vec<(&'a str, Vec<Lane>)>,
}

/// What can be said of a subject.
#[derive(Debug, Default)]
pub(super) struct Watched {
    /// Events that were looked at.
    pub events: usize,
    /// The worst resolution, and around what.
    pub worst: Option<(SimDuration, String)>,
    /// Events without a passage before or after, and which way.
    pub missing: Vec<String>,
    /// Events at which a silence that is longer than allowed would not have shown.
    pub blind: Vec<String>,
    /// Names in `over` of which nothing happened.
    pub unknown: Vec<String>,
}

impl Watched {
    /// Looks at a subject, around what `over` says.
    pub(super) fn look(&mut self, index: &Index<'_>, subject: &Subject<'_>, over: &Over, gap: Option<SimDuration>) {
        let case = &index.case;
        let story = index.story();
        match over {
            Over::Everything => {
                let since = opened(case, story, subject);
                let Some(since) = since else { return };
                let circuits = circuits(case, story, subject);
                let until = ended(story, subject);
                let from = story.list.partition_point(|h| h.from < since);
                let here = story.list[from..].iter();
                for happened in here.take_while(|h| until.is_none_or(|until| h.from < until)) {
                    if concerns(case, story, subject, &circuits, happened) {
                        self.at(case, subject, happened, gap);
                    }
                }
            }
            Over::Named(names) => {
                for name in names {
                    let named = story.list.iter().filter(|h| h.names.contains(name.as_str()));
                    let mut any = false;
                    for happened in named {
                        any = true;
                        self.at(case, subject, happened, gap);
                    }
                    if !any {
                        self.unknown.push(name.clone());
                    }
                }
            }
            Over::Window(from, to) => {
                self.around(case, subject, "the window", None, (*from, *to), gap);
            }
        }
    }

    fn at(&mut self, case: &Case<'_>, subject: &Subject<'_>, happened: &Happened<'_>, gap: Option<SimDuration>) {
        let window = (happened.from, happened.to);
        self.around(case, subject, &happened.text, Some(happened.place), window, gap);
    }

    fn around(
        &mut self,
        case: &Case<'_>,
        subject: &Subject<'_>,
        what: &str,
        place: Option<StationId>,
        (from, to): (SimTime, SimTime),
        gap: Option<SimDuration>,
    ) {
        self.events += 1;
        let when = if from == to {
            format!("at {from}")
        } else {
            format!("from {from} to {to}")
        };
        for (way, lanes) in &subject.ways {
            let told = format!("{what} {when}, {way}");
            match flight(case, lanes, place, (from, to)) {
                Flight::NoneBefore => self.missing.push(format!("{told}: no frame before it")),
                Flight::NoneAfter => self.missing.push(format!("{told}: no frame after it")),
                Flight::Seen(resolution) => {
                    if gap.is_some_and(|max| resolution > max) {
                        self.blind
                            .push(format!("{told}: a gap of {resolution} could have gone unseen"));
                    }
                    if self.worst.as_ref().is_none_or(|(worst, _)| resolution > *worst) {
                        self.worst = Some((resolution, told));
                    }
                }
            }
        }
    }
}

/// When the first of a subject's services could carry frames; where the law knows none, when the first
/// of its frames arrived.
fn opened(case: &Case<'_>, story: &Story<'_>, subject: &Subject<'_>) -> Option<SimTime> {
    let own = story.lives.iter().filter(|((.., tenant), _)| *tenant == subject.tenant);
    let by_law = own.filter_map(|(_, life)| life.opened).min();
    let arrived = subject
        .flows
        .iter()
        .filter_map(|flow| case.record.evidence.flow(*flow)?.forward.first_arrival);
    by_law.or_else(|| arrived.min())
}

/// When the last of a subject's services was ended in order; `None` where one was not.
fn ended(story: &Story<'_>, subject: &Subject<'_>) -> Option<SimTime> {
    let own = story.lives.iter().filter(|((.., tenant), _)| *tenant == subject.tenant);
    let opened = own.filter(|(_, life)| life.opened.is_some());
    opened
        .map(|(_, life)| life.ended)
        .max_by_key(|ended| ended.unwrap_or(SimTime::MAX))?
}

/// The circuits that a subject's frames pass; where they pass none, those of its services.
fn circuits(case: &Case<'_>, story: &Story<'_>, subject: &Subject<'_>) -> BTreeSet<usize> {
    let mut passed = BTreeSet::new();
    for (i, circuit) in case.plan.circuits.iter().enumerate() {
        if passes(case, subject, StationId::link(circuit.link)) {
            passed.insert(i);
        }
    }
    if passed.is_empty() {
        let own = story.lives.keys().filter(|(.., tenant)| *tenant == subject.tenant);
        passed.extend(own.map(|(circuit, ..)| *circuit));
    }
    passed
}

fn passes(case: &Case<'_>, subject: &Subject<'_>, place: StationId) -> bool {
    let here = |flow: &FlowId| [false, true].map(|answers| case.record.passages.passed(*flow, answers, Some(place)));
    subject.flows.iter().any(|flow| here(flow).contains(&true))
}

/// A fault on the subject's way; or something at one of its own services, or at another one on a
/// circuit of its, other than the opening and the ordered end.
fn concerns(
    case: &Case<'_>,
    story: &Story<'_>,
    subject: &Subject<'_>,
    circuits: &BTreeSet<usize>,
    happened: &Happened<'_>,
) -> bool {
    if let Some(whose) = happened.whose {
        return whose == subject.tenant;
    }
    if happened.touched.is_empty() {
        return passes(case, subject, happened.place);
    }
    let disturbs = |touched: &Touched| {
        let own = touched.tenant == subject.tenant;
        let here = |circuit: &usize| match happened.device {
            Some(device) => case.plan.circuits[*circuit].device == device,
            None => *circuit == touched.circuit,
        };
        if !own && !circuits.iter().any(here) {
            return false;
        }
        let life = story.lives.get(&(touched.circuit, touched.vlan, touched.tenant));
        let life = life.copied().unwrap_or_default();
        let opening = life.opened.is_none_or(|opened| happened.from <= opened);
        if own {
            let ending = life.ended.is_some_and(|ended| happened.from >= ended);
            return !opening && !ending;
        }
        // Before a subject has sent anything, a neighbour who moves in finds nobody to disturb.
        !opening || sent_before(case, subject, happened.from)
    };
    happened.touched.iter().any(disturbs)
}

fn sent_before(case: &Case<'_>, subject: &Subject<'_>, at: SimTime) -> bool {
    let first = |flow: &FlowId| case.record.evidence.flow(*flow)?.forward.first_sent;
    subject.flows.iter().filter_map(first).any(|first| first < at)
}

impl Watched {
    /// What a pass rests on.
    pub(super) fn seen(&self) -> String {
        let Some((resolution, told)) = &self.worst else {
            return "nothing happened on its way since its service was opened".to_owned();
        };
        let around = match self.events {
            1 => "one event".to_owned(),
            many => format!("{many} events"),
        };
        format!("around {around} no gap longer than {resolution} could have gone unseen (worst: {told})")
    }

    /// Why a pass would be more than was seen.
    pub(super) fn unknown(&self) -> Option<String> {
        const SHOWN: usize = 3;
        let told = |list: &[String]| {
            let more = match list.len().saturating_sub(SHOWN) {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            format!("{}{more}", list[..list.len().min(SHOWN)].join("; "))
        };
        if !self.missing.is_empty() {
            return Some(format!("nothing in flight around {}", told(&self.missing)));
        }
        if !self.unknown.is_empty() {
            return Some(format!("nothing happened to {}", told(&self.unknown)));
        }
        (!self.blind.is_empty()).then(|| told(&self.blind))
    }

    /// Everything that could not be seen, line by line.
    pub(super) fn details(&self) -> Vec<String> {
        let unknown = self.unknown.iter().map(|what| format!("nothing happened to {what}"));
        self.missing.iter().chain(&self.blind).cloned().chain(unknown).collect()
    }

    /// How many events were looked at.
    pub(super) const fn events(&self) -> usize {
        self.events
    }

    /// The longest gap that could have gone unseen around one of them.
    pub(super) fn resolution(&self) -> Option<SimDuration> {
        self.worst.as_ref().map(|(resolution, _)| *resolution)
    }
}
