//! Where a subject has to have been in flight when something happened.

use std::collections::BTreeSet;

use super::events::Subject;
use super::happened::{Happened, Life, Story};
use crate::check::case::Case;
use crate::ident::{FlowId, StationId};
use crate::record::Touched;
use crate::units::SimTime;

/// A place, or places of which one will do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spot {
    /// One service: its VBRs, or their lines to the transit router. Frames of other services say nothing
    /// of it.
    Service(Vec<StationId>),
    /// A place that is not one service's.
    At(StationId),
    /// Where the frames come to be.
    Sender,
}

/// Where a subject has to have been in flight; nowhere: it is no event of the subject's. A fault on its
/// way; or something at one of its own services, or at another one on a circuit of its, other than the
/// opening and the ordered end.
pub(super) fn spots(
    case: &Case<'_>,
    story: &Story<'_>,
    subject: &Subject<'_>,
    circuits: &BTreeSet<usize>,
    happened: &Happened<'_>,
) -> BTreeSet<Spot> {
    if let Some(whose) = happened.whose {
        return (whose == subject.tenant).then_some(Spot::Sender).into_iter().collect();
    }
    if let Some(slot) = happened.slot {
        let own = case.plan.vbr_slots[slot].tenant == subject.tenant;
        let line = story.lines(&[slot]);
        let on_way = line.iter().any(|line| passes(case, subject, *line));
        let counts = own && (on_way || !subject.one_flow);
        return counts.then_some(Spot::Service(line)).into_iter().collect();
    }
    if happened.touched.is_empty() {
        let passed = passes(case, subject, happened.place);
        return passed.then_some(Spot::At(happened.place)).into_iter().collect();
    }
    let each = happened.touched.iter();
    each.flat_map(|touched| of_service(case, story, subject, circuits, happened, *touched))
        .collect()
}

/// Where something that is asked for by name is looked for, whatever else was on the subject's way.
pub(super) fn named(
    case: &Case<'_>,
    story: &Story<'_>,
    subject: &Subject<'_>,
    happened: &Happened<'_>,
) -> BTreeSet<Spot> {
    let own_slot = |slot: &usize| case.plan.vbr_slots[*slot].tenant == subject.tenant;
    if let Some(slot) = happened.slot.filter(own_slot) {
        return BTreeSet::from([Spot::Service(story.lines(&[slot]))]);
    }
    if happened.whose.is_some() {
        return BTreeSet::from([Spot::Sender]);
    }
    let own = happened.touched.iter().filter(|t| t.tenant == subject.tenant);
    let own = own.filter(|_| !happened.wide);
    let mut spots: BTreeSet<Spot> = own
        .map(|touched| places(case, story, happened, *touched))
        .filter(|places| !places.is_empty())
        .map(Spot::Service)
        .collect();
    if spots.is_empty() {
        spots.insert(Spot::At(happened.place));
    }
    spots
}

/// What a call or an outcome at one service asks of a subject.
fn of_service(
    case: &Case<'_>,
    story: &Story<'_>,
    subject: &Subject<'_>,
    circuits: &BTreeSet<usize>,
    happened: &Happened<'_>,
    touched: Touched,
) -> Vec<Spot> {
    let own = touched.tenant == subject.tenant;
    let life = story.lives.get(&(touched.circuit, touched.vlan, touched.tenant));
    let life = life.copied().unwrap_or_default();
    let opening = life.opened.is_none_or(|opened| happened.from <= opened);
    // Before a subject has sent anything, a neighbour who moves in finds nobody to disturb. Asked first: of a
    // full circuit each of thousands moves in beside all the others.
    if !own && opening && !sent_before(case, subject, happened.from) {
        return Vec::new();
    }
    let here = |circuit: &&usize| match happened.device {
        Some(device) => case.plan.circuits[**circuit].device == device,
        None => **circuit == touched.circuit,
    };
    let links = circuits
        .iter()
        .filter(here)
        .map(|c| StationId::link(case.plan.circuits[*c].link));
    let links = || -> Vec<StationId> {
        let crossed = |link: &StationId| subject.crosses() || passes(case, subject, *link);
        links.clone().filter(crossed).collect()
    };
    let ending = life.ended.is_some_and(|ended| happened.from >= ended);
    let shared = || links().into_iter().map(Spot::At).collect();
    if !own {
        return shared();
    }
    let places = places(case, story, happened, touched);
    let on_way = places.iter().any(|place| passes(case, subject, *place));
    let is_mine = on_way || !subject.one_flow;
    if opening || ending {
        // Beside another service of the tenant it is a neighbour.
        let beside = !(subject.one_flow && on_way) && another_open(story, subject, touched, happened.from);
        let disturbs = beside && sent_before(case, subject, happened.from);
        return if disturbs { shared() } else { Vec::new() };
    }
    if !is_mine || happened.wide || places.is_empty() {
        return shared();
    }
    vec![Spot::Service(places)]
}

/// Had the subject's tenant another service, that could carry frames then?
fn another_open(story: &Story<'_>, subject: &Subject<'_>, touched: Touched, at: SimTime) -> bool {
    let open = |life: &Life| life.opened.is_some_and(|opened| opened < at) && life.ended.is_none_or(|ended| at < ended);
    let mut others = story.lives.iter().filter(|((circuit, vlan, tenant), _)| {
        *tenant == subject.tenant && (*circuit, *vlan) != (touched.circuit, touched.vlan)
    });
    others.any(|(_, life)| open(life))
}

/// Where frames pass a service: its VBRs, or where the attachment is what changes, their lines to the
/// transit router.
fn places(case: &Case<'_>, story: &Story<'_>, happened: &Happened<'_>, touched: Touched) -> Vec<StationId> {
    let slots = story.slots.get(&(touched.circuit, touched.vlan, touched.tenant));
    let slots: Vec<usize> = slots.into_iter().flatten().copied().collect();
    if happened.attachment {
        return story.lines(&slots);
    }
    let nodes = slots
        .iter()
        .map(|slot| StationId::node(case.plan.vbr_slots[*slot].node));
    nodes.collect()
}

/// Did any frame of a subject, or answer to one, come to a place?
pub(super) fn passes(case: &Case<'_>, subject: &Subject<'_>, place: StationId) -> bool {
    let here = |flow: &FlowId| [false, true].map(|answers| case.record.passages.passed(*flow, answers, Some(place)));
    subject.flows.iter().any(|flow| here(flow).contains(&true))
}

fn sent_before(case: &Case<'_>, subject: &Subject<'_>, at: SimTime) -> bool {
    let first = |flow: &FlowId| case.record.evidence.flow(*flow)?.forward.first_sent;
    subject.flows.iter().filter_map(first).any(|first| first < at)
}
