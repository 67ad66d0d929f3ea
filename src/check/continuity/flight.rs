//! Was a flow in flight when something happened, and which gap would have gone unseen?

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
    /// No frame passed before it.
    NoneBefore,
    /// No frame passed after it.
    NoneAfter,
    /// No gap longer than this could have gone unseen.
    Seen(SimDuration),
}

/// What all lanes together had in flight at a place around a window of time. A place that none of them
/// ever came to is not on their way: then their sender stands for it.
pub(super) fn flight(case: &Case<'_>, lanes: &[Lane], place: Option<StationId>, window: (SimTime, SimTime)) -> Flight {
    let watch = &case.record.passages;
    let passes = |lane: &&Lane| place.is_some() && watch.passed(lane.flow, lane.answers, place);
    let here = lanes.iter().any(|lane| passes(&lane)).then_some(place).flatten();
    let around = |lane: &Lane| watch.around(lane.flow, lane.answers, here, window);
    let seen: Vec<(Around, SimDuration)> = lanes
        .iter()
        .filter_map(|lane| Some((around(lane)?, jitter(case, *lane))))
        .collect();
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
