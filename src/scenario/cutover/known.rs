//! What was looked up names what the cutover converts, and what people do is in order of time.

use std::collections::BTreeSet;

use super::Unit;
use crate::scenario::at::At;
use crate::scenario::codes::Code;
use crate::scenario::file::{CutoverItem, ScenarioFile};
use crate::scenario::issues::Issues;
use crate::scenario::moment::Moment;
use crate::scenario::scalars::Name;

/// Every name in what was looked up, and of who calls, is one of the cutover's.
pub(super) fn names(file: &ScenarioFile, item: &CutoverItem, units: &[Unit], issues: &mut Issues) {
    let tenants: BTreeSet<&str> = units.iter().map(|unit| unit.tenant.as_str()).collect();
    let circuits: BTreeSet<&str> = units.iter().map(|unit| unit.circuit.as_str()).collect();
    let accounts: BTreeSet<&str> = file.accounts.iter().map(|account| &*account.name.0).collect();
    let mut known = |name: &At<Name>, all: &BTreeSet<&str>, what: &str| {
        if !all.contains(&*name.0) {
            let message = format!("{what} `{}`", name.0);
            issues.dangling(name.span, message, &name.0, all.iter().copied());
        }
    };
    for name in item.known.iter().flat_map(|item| &item.tenants) {
        known(name, &tenants, "the cutover converts nothing of");
    }
    for name in item.known_circuits.iter().flat_map(|item| &item.circuits) {
        known(name, &circuits, "the cutover converts nothing on a circuit");
    }
    let Some(board) = &item.board else { return };
    for actor in &board.actors {
        known(&actor.account, &accounts, "there is no account");
    }
    let mut ordered = |from: &At<Moment>, to: &At<Moment>| {
        if from.is_after(to.value) {
            issues.err(
                to.span,
                Code::TimeOrder,
                format!("{} is before {}", to.value, from.value),
            );
        }
    };
    if let Some(freeze) = &board.freeze {
        ordered(&freeze.from, &freeze.to);
    }
    for actor in &board.actors {
        if let (Some(from), Some(to)) = (&actor.from, &actor.to) {
            ordered(from, to);
        }
    }
}
