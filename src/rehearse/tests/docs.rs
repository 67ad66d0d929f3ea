//! The tables of `docs/rehearsal-states.md` say what the code says.

use std::fmt::Write;

use crate::rehearse::explore::Invariant;
use crate::rehearse::states::{HalfDone, Move};
use crate::rehearse::ways_back::{Step, Terms, WayBack};

const PAGE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rehearsal-states.md"));

fn calls(moves: &[Move], otherwise: &str) -> String {
    if moves.is_empty() {
        return otherwise.to_owned();
    }
    let calls: Vec<String> = moves
        .iter()
        .map(|one| format!("{} `{}`", one.by, one.call.as_str()))
        .collect();
    calls.join(", then ")
}

fn rows() -> String {
    let mut rows = String::new();
    for state in HalfDone::ALL {
        let awaited = state.awaits().map_or("nobody", |actor| actor.as_str());
        let back = if state.is_past_return() { "NONE" } else { "" };
        let (on, back) = (calls(state.go_on(), ""), calls(state.go_back(), back));
        let _ = writeln!(
            rows,
            "| `{}` | {} | {awaited} | {on} | {back} |",
            state.name(),
            state.what()
        );
    }
    for step in Step::ALL {
        let (way, source) = match step.way_back(Terms::default()) {
            WayBack::Documented { calls: moves, source } => {
                (calls(moves, ""), format!("{}: {}", source.document, source.says))
            }
            WayBack::Policy { name, .. } => (name.to_owned(), String::new()),
            WayBack::Nothing { why } => ("NONE".to_owned(), why.to_owned()),
        };
        let _ = writeln!(
            rows,
            "| `{}` | {} | {way} | {source} |",
            step.call().as_str(),
            step.by()
        );
    }
    for invariant in Invariant::ALL {
        let _ = writeln!(rows, "| `{}` | {} |", invariant.name(), invariant.what());
    }
    rows
}

#[test]
fn the_page_on_half_done_states_says_what_the_code_says() {
    let rows = rows();
    let missing: Vec<&str> = rows.lines().filter(|row| !PAGE.contains(&format!("{row}\n"))).collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
