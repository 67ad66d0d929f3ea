//! Which of the things that happened a subject has to have been in flight around.

use std::collections::BTreeSet;

use super::flight::{Flight, Lane, flight};
use super::happened::Story;
use super::spots::{self, Spot, passes};
use crate::check::case::Case;
use crate::check::index::Index;
use crate::check::{Field, Value};
use crate::ident::{FlowId, StationId, TenantId};
use crate::scenario::plan::Over;
use crate::units::{SimDuration, SimTime};

/// Flows that are judged together.
pub(super) struct Subject<'a> {
    pub tenant: TenantId,
    pub flows: Vec<FlowId>,
    /// Is it one flow, not a tenant?
    pub one_flow: bool,
    /// Lanes by what the reader calls them: `up`, `down`.
    pub ways: Vec<(&'a str, Vec<Lane>)>,
}

impl Subject<'_> {
    /// Does any of it go to the cloud or come from it?
    pub(super) fn crosses(&self) -> bool {
        self.ways.iter().any(|(way, _)| is_across(way))
    }
}

fn is_across(way: &str) -> bool {
    matches!(way, "up" | "down")
}

/// Something around which a subject was looked at, one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Looked {
    what: String,
    from: SimTime,
    to: SimTime,
    way: String,
    found: Flight,
    /// Would a silence longer than allowed have gone unseen?
    blind: bool,
}

impl Looked {
    fn when(&self) -> String {
        match self.from == self.to {
            true => format!("at {}", self.from),
            false => format!("from {} to {}", self.from, self.to),
        }
    }

    fn told(&self) -> String {
        format!("{} {}, {}", self.what, self.when(), self.way)
    }

    fn gap(&self) -> Option<SimDuration> {
        match self.found {
            Flight::Seen(gap) => Some(gap),
            Flight::NotThere | Flight::NoneBefore | Flight::NoneAfter => None,
        }
    }

    fn missing(&self) -> Option<String> {
        let why = match self.found {
            Flight::NotThere => "no frame came there",
            Flight::NoneBefore => "no frame before it",
            Flight::NoneAfter => "no frame after it",
            Flight::Seen(_) => return None,
        };
        Some(format!("{}: {why}", self.told()))
    }

    fn blind(&self) -> Option<String> {
        let gap = self.gap().filter(|_| self.blind)?;
        Some(format!("{}: a gap of {gap} could have gone unseen", self.told()))
    }

    fn fields(&self) -> Value {
        Value::Fields(vec![
            Field::new("name", Value::text(&self.what)),
            Field::new("from", Value::at(Some(self.from))),
            Field::new("to", Value::at(Some(self.to))),
            Field::new("direction", Value::text(&self.way)),
            Field::new("gap_unseen", Value::span(self.gap())),
        ])
    }
}

/// What can be said of a subject.
#[derive(Debug, Default)]
pub(super) struct Watched {
    /// Events that were looked at.
    pub events: usize,
    looked: Vec<Looked>,
    /// Names in `over` of which nothing happened.
    unknown: Vec<String>,
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
                    let spots = spots::spots(case, story, subject, &circuits, happened);
                    self.at(
                        index,
                        subject,
                        &happened.text,
                        &spots,
                        (happened.from, happened.to),
                        gap,
                    );
                }
            }
            Over::Named(names) => {
                for name in names {
                    let named = story.list.iter().filter(|h| h.names.contains(name.as_str()));
                    let mut any = false;
                    for happened in named {
                        any = true;
                        let spots = spots::named(case, story, subject, happened);
                        self.at(
                            index,
                            subject,
                            &happened.text,
                            &spots,
                            (happened.from, happened.to),
                            gap,
                        );
                    }
                    if !any {
                        self.unknown.push(name.clone());
                    }
                }
            }
            Over::Window(from, to) => {
                let anywhere = BTreeSet::from([Spot::Sender]);
                self.at(index, subject, "the window", &anywhere, (*from, *to), gap);
            }
        }
    }

    /// Looks at all ways of a subject. What never comes to a place has not to be in flight there, unless
    /// it is the tenant's own service, or nothing else comes there.
    fn at(
        &mut self,
        index: &Index<'_>,
        subject: &Subject<'_>,
        what: &str,
        spots: &BTreeSet<Spot>,
        window: (SimTime, SimTime),
        max: Option<SimDuration>,
    ) {
        self.events += usize::from(!spots.is_empty());
        for spot in spots {
            let found = subject.ways.iter().map(|(way, lanes)| {
                let found = flight(&index.case, index.story(), lanes, spot, window);
                (*way, found)
            });
            let found: Vec<(&str, Flight)> = found.collect();
            let there = found.iter().any(|(_, found)| *found != Flight::NotThere);
            for (way, found) in found {
                let due = match spot {
                    Spot::Service(_) => is_across(way) && !subject.one_flow || !there,
                    Spot::At(_) | Spot::Sender => !there,
                };
                if found == Flight::NotThere && !due {
                    continue;
                }
                self.looked.push(Looked {
                    what: what.to_owned(),
                    from: window.0,
                    to: window.1,
                    way: way.to_owned(),
                    found,
                    blind: matches!(found, Flight::Seen(gap) if max.is_some_and(|max| gap > max)),
                });
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

impl Watched {
    /// The longest gap that could have gone unseen, and around what.
    fn worst(&self) -> Option<(SimDuration, &Looked)> {
        let seen = self.looked.iter().filter_map(|looked| Some((looked.gap()?, looked)));
        seen.fold(
            None,
            |worst: Option<(SimDuration, &Looked)>, (gap, looked)| match worst {
                Some((most, _)) if most >= gap => worst,
                _ => Some((gap, looked)),
            },
        )
    }

    /// What a pass rests on.
    pub(super) fn seen(&self) -> String {
        let Some((resolution, looked)) = self.worst() else {
            return "nothing happened on its way since its service was opened".to_owned();
        };
        let around = match self.events {
            1 => "one event".to_owned(),
            many => format!("{many} events"),
        };
        let told = looked.told();
        format!("around {around} no gap longer than {resolution} could have gone unseen (worst: {told})")
    }

    /// Why a pass would be more than was seen.
    pub(super) fn unknown(&self) -> Option<String> {
        let missing: Vec<String> = self.looked.iter().filter_map(Looked::missing).collect();
        if !missing.is_empty() {
            return Some(format!("nothing in flight around {}", first_of(&missing, "; ")));
        }
        if !self.unknown.is_empty() {
            return Some(format!("nothing happened to {}", first_of(&self.unknown, "; ")));
        }
        let blind: Vec<String> = self.looked.iter().filter_map(Looked::blind).collect();
        (!blind.is_empty()).then(|| first_of(&blind, "; "))
    }

    /// Everything that could not be seen, line by line. `silence`: in it a gap was seen.
    pub(super) fn details(&self, silence: Option<(SimTime, SimTime)>) -> Vec<String> {
        let missing = self.looked.iter().filter_map(Looked::missing);
        let unseen = self.looked.iter().filter(|looked| !meets(looked, silence));
        let unknown = self.unknown.iter().map(|what| format!("nothing happened to {what}"));
        missing.chain(unseen.filter_map(Looked::blind)).chain(unknown).collect()
    }

    /// What happened in a stretch of time; where nothing did, all that happened.
    fn within(&self, stretch: Option<(SimTime, SimTime)>) -> Vec<&Looked> {
        let met: Vec<&Looked> = self.looked.iter().filter(|looked| meets(looked, stretch)).collect();
        if met.is_empty() {
            self.looked.iter().collect()
        } else {
            met
        }
    }

    /// What happened in a stretch of time, in words, once for both ways.
    pub(super) fn told(&self, stretch: Option<(SimTime, SimTime)>) -> Option<String> {
        let mut told: Vec<String> = Vec::new();
        for looked in self.within(stretch) {
            let text = format!("{} {}", looked.what, looked.when());
            if !told.contains(&text) {
                told.push(text);
            }
        }
        (!told.is_empty()).then(|| first_of(&told, ", "))
    }

    /// The same as fields, one for each way.
    pub(super) fn fields(&self, stretch: Option<(SimTime, SimTime)>) -> Value {
        Value::List(self.within(stretch).into_iter().map(Looked::fields).collect())
    }

    /// How many events were looked at.
    pub(super) const fn events(&self) -> usize {
        self.events
    }

    /// The longest gap that could have gone unseen around one of them.
    pub(super) fn resolution(&self) -> Option<SimDuration> {
        self.worst().map(|(resolution, _)| resolution)
    }
}

fn meets(looked: &Looked, stretch: Option<(SimTime, SimTime)>) -> bool {
    stretch.is_some_and(|(from, to)| looked.from <= to && from <= looked.to)
}

/// The first few, and how many more there are.
fn first_of(list: &[String], between: &str) -> String {
    const SHOWN: usize = 3;
    let more = match list.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    format!("{}{more}", list[..list.len().min(SHOWN)].join(between))
}
