//! What is asked of a continuity, as meant.

use crate::host::{FlowKind, Pattern};
use crate::ident::Direction;
use crate::provision::OperationName;
use crate::scenario::Span;
use crate::scenario::at::At;
use crate::scenario::codes::Code;
use crate::scenario::file::{DirectionWord, FaultItem, FaultWhat};
use crate::scenario::issues::Issues;
use crate::scenario::plan::Over;
use crate::scenario::resolve::steps::Steps;
use crate::scenario::resolve::traffic::Flow;
use crate::scenario::scalars::PlaceRef;
use crate::units::{SimDuration, SimTime};

/// Which way.
pub(super) const fn direction(word: DirectionWord) -> Direction {
    match word {
        DirectionWord::Up => Direction::Up,
        DirectionWord::Down => Direction::Down,
    }
}

/// Flows that always send at one interval cannot tell a shorter silence: an error where there are no
/// others.
pub(super) fn is_told<'a>(flows: impl IntoIterator<Item = &'a Flow>, gap: &At<SimDuration>, issues: &mut Issues) {
    let slow = |flow: &'a Flow| {
        let beats = matches!(flow.spec.kind, FlowKind::Udp { .. } | FlowKind::Ping);
        match flow.spec.pattern {
            Pattern::Constant(interval) if beats && interval > gap.value => Some((interval, &flow.name)),
            _ => None,
        }
    };
    let slow: Option<Vec<(SimDuration, &String)>> = flows.into_iter().map(slow).collect();
    if let Some((interval, name)) = slow.and_then(|slow| slow.into_iter().min()) {
        issues.err_help(
            gap.span,
            Code::ExpectationShape,
            format!(
                "`{name}` sends every {interval}: a silence of {} could not be told",
                gap.value
            ),
            format!("allow {interval} at least, or send more often"),
        );
    }
}

/// Around what frames have to be in flight: two times are a window, everything else are names.
pub(super) fn over(
    over: &Option<Vec<At<PlaceRef>>>,
    check: Span,
    steps: &Steps,
    faults: &[FaultItem],
    issues: &mut Issues,
) -> Option<Over> {
    let Some(list) = over else {
        return Some(Over::Everything);
    };
    if list.is_empty() {
        let message = "`over` names nothing: then nothing could have been noticed";
        issues.err(check, Code::ExpectationShape, message);
        return None;
    }
    let time = |at: &At<PlaceRef>| at.0.parse::<SimTime>().ok();
    if let [from, to] = list.as_slice()
        && let (Some(start), Some(end)) = (time(from), time(to))
    {
        if start > end {
            issues.err(to.span, Code::EmptyWindow, "the window ends before it begins");
            return None;
        }
        return Some(Over::Window(start, end));
    }
    let operations = OperationName::ALL.iter().map(|op| op.as_str());
    let bound = steps.bindings.iter().map(String::as_str);
    let known: Vec<&str> = faults.iter().map(place).chain(bound).chain(operations).collect();
    let mut names = Vec::with_capacity(list.len());
    for name in list {
        if known.contains(&name.0.as_str()) {
            names.push(name.0.clone());
            continue;
        }
        let message = format!(
            "no fault and no step has the name `{}`",
            name.0.chars().take(80).collect::<String>()
        );
        issues.dangling(name.span, message, &name.0, known.iter().copied());
    }
    (names.len() == list.len()).then_some(Over::Named(names))
}

/// What a fault is about.
fn place(fault: &FaultItem) -> &str {
    match &fault.what {
        FaultWhat::Cut { cut: place, .. }
        | FaultWhat::Restore { restore: place, .. }
        | FaultWhat::Lose { lose: place, .. }
        | FaultWhat::Corrupt { corrupt: place, .. }
        | FaultWhat::Duplicate { duplicate: place, .. }
        | FaultWhat::Misconnect { misconnect: place, .. }
        | FaultWhat::Police { police: place, .. } => &place.0,
        FaultWhat::Flap { flap, .. } => &flap.link.0,
        FaultWhat::Detach { detach: name }
        | FaultWhat::Attach { attach: name }
        | FaultWhat::SwapRouter { swap_router: name, .. } => &name.0,
    }
}
