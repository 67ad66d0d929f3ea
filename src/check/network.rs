//! What happened to the network of a run, by itself or by the partner's hand: faults, and addresses that
//! moved to and fro.

use super::case::Case;
use super::continuity::Story;
use crate::units::SimTime;

/// Something that happened to the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkEvent {
    /// When it began.
    pub from: SimTime,
    /// When it ended; the same instant where it has no length, or lasted to the end of the run.
    pub to: SimTime,
    /// What.
    pub text: String,
    /// Where, by the file's name.
    pub place: String,
}

/// Everything that happened to the network, in order of time.
pub fn network_events(case: &Case<'_>) -> Vec<NetworkEvent> {
    let story = Story::of(case);
    let of_network = story.list.iter().filter(|happened| happened.touched.is_empty());
    let mut events: Vec<NetworkEvent> = of_network
        .map(|happened| NetworkEvent {
            from: happened.from,
            to: happened.to,
            text: happened.text.clone(),
            place: case.station(happened.place).to_owned(),
        })
        .collect();
    // One hand at a switch may change several services.
    events.dedup();
    events
}
