//! Was a flow in flight when something happened, and which gap would have gone unseen?

use super::happened::Story;
use super::spots::Spot;
use crate::check::case::Case;
use crate::evidence::Around;
use crate::ident::{FlowId, StationId};
use crate::units::{SimDuration, SimTime};

/// The frames of a flow, or answers to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lane {
    pub flow: FlowId,
    pub answers: bool,
}

/// What was in flight around a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flight {
    /// None of the frames ever came there, or not at that time.
    NotThere,
    /// No frame passed before it.
    NoneBefore,
    /// No frame passed after it.
    NoneAfter,
    /// No gap longer than this could have gone unseen.
    Seen(SimDuration),
}

/// What all lanes together had in flight at a place around a window of time. Lanes that never came there
/// say nothing of it.
pub(super) fn flight(
    case: &Case<'_>,
    story: &Story<'_>,
    lanes: &[Lane],
    spot: &Spot,
    window: (SimTime, SimTime),
) -> Flight {
    let there = |lane: &Lane| Some((around(case, story, *lane, spot, window)?, jitter(case, *lane)));
    let here = lanes.iter().filter_map(there);
    let seen: Vec<(Around, SimDuration)> = here.collect();
    if seen.is_empty() {
        return Flight::NotThere;
    }
    let Some(before) = seen.iter().filter_map(|(a, _)| a.before).max() else {
        return Flight::NoneBefore;
    };
    let Some(after) = seen.iter().filter_map(|(a, _)| a.after).min() else {
        return Flight::NoneAfter;
    };
    let whole = |(a, jitter): &(Around, SimDuration)| {
        (a.before.is_some() && a.after.is_some()).then(|| a.longest.saturating_add(*jitter))
    };
    let worst = seen
        .iter()
        .map(|(_, jitter)| *jitter)
        .max()
        .unwrap_or(SimDuration::ZERO);
    let across = after.saturating_since(before).saturating_add(worst);
    Flight::Seen(seen.iter().filter_map(whole).min().unwrap_or(across))
}

/// What one lane had in flight there; `None` where it was not there.
fn around(case: &Case<'_>, story: &Story<'_>, lane: Lane, spot: &Spot, window: (SimTime, SimTime)) -> Option<Around> {
    let watch = &case.record.passages;
    let at = |place: Option<StationId>| watch.around(lane.flow, lane.answers, place, window);
    let places = match spot {
        Spot::Sender => return at(None),
        Spot::At(place) => return at(Some(*place)),
        Spot::Service(places) => places,
    };
    let own: Vec<Around> = places.iter().filter_map(|place| at(Some(*place))).collect();
    let tenant = case.plan.flows[lane.flow.index()].tenant;
    let nodes = places.first().is_some_and(|place| place.as_node().is_some());
    let every: Vec<StationId> = story.vbrs_of(case, tenant, nodes);
    let others: Vec<Around> = every
        .iter()
        .filter(|place| !places.contains(place))
        .filter_map(|place| at(Some(*place)))
        .collect();
    if own.len() == 1 && others.is_empty() {
        return own.first().copied();
    }
    // Where a flow goes over from one VBR to another, it was there if it was there last before or first
    // after; how often it sends is seen at its sender.
    let last = |list: &[Around]| list.iter().filter_map(|a| a.before).max();
    let first = |list: &[Around]| list.iter().filter_map(|a| a.after).min();
    let before = last(&own).is_some_and(|own| last(&others).is_none_or(|other| other <= own));
    let after = first(&own).is_some_and(|own| first(&others).is_none_or(|other| own <= other));
    if before || after { at(None) } else { None }
}

/// By how much the transit of a lane's frames varies.
fn jitter(case: &Case<'_>, lane: Lane) -> SimDuration {
    let account = case.record.evidence.flow(lane.flow);
    account.map_or(SimDuration::ZERO, |account| {
        let passage = if lane.answers {
            &account.answers
        } else {
            &account.forward
        };
        passage.jitter()
    })
}
