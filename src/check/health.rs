//! Fails where a VBR's health check does not notice a fault, or its end, within the window stated.

use super::index::Index;
use super::{Finding, Verdict};
use crate::ident::TenantId;
use crate::units::SimTime;

/// From and to, both included.
pub(super) type Window = (SimTime, SimTime);

pub(super) fn judge(index: &Index<'_>, of: TenantId, unhealthy: Option<Window>, healthy: Option<Window>) -> Finding {
    let turns = index.turns(of);
    let story = if turns.is_empty() {
        "the health check never changed its mind".to_owned()
    } else {
        let each = turns
            .iter()
            .take(6)
            .map(|(at, up)| format!("{} at {at}", if *up { "healthy" } else { "unhealthy" }));
        each.collect::<Vec<_>>().join(", ")
    };
    let first_down = turns.iter().find(|(_, up)| !up).map(|(at, _)| *at);
    let up_after = first_down.and_then(|down| turns.iter().find(|(at, up)| *up && *at > down).map(|(at, _)| *at));
    let within = |at: Option<SimTime>, window: Option<Window>| match (at, window) {
        (Some(at), Some((from, to))) => from <= at && at <= to,
        (None, None) => true,
        _ => false,
    };
    // A window for the end of a fault that is not asked for is not judged.
    let holds = within(first_down, unhealthy) && (healthy.is_none() || within(up_after, healthy));
    let probing = turns.iter().any(|(_, up)| *up);
    match (holds, unhealthy, probing) {
        (true, None, false) => Finding::new(
            Verdict::Inconc,
            format!("{story}: there is no sign that it ever probed"),
        ),
        (true, ..) => Finding::new(Verdict::Pass, story),
        (false, ..) => Finding::new(Verdict::Fail, format!("{story}{}", wanted(unhealthy, healthy))),
    }
}

fn wanted(unhealthy: Option<Window>, healthy: Option<Window>) -> String {
    let text = |what: &str, window: Option<Window>| match window {
        Some((from, to)) => format!("; it should be {what} from {from} to {to}"),
        None => format!("; it should not be {what}"),
    };
    text("unhealthy", unhealthy) + &healthy.map_or(String::new(), |w| text("healthy again", Some(w)))
}
