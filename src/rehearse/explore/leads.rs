//! Whether the calls that are said to lead on, and back, do.

use super::node::{Behaviour, Enumerated};
use crate::provision::{Call, Done, State};
use crate::rehearse::conversion::Conversion;
use crate::rehearse::hands;
use crate::rehearse::states::HalfDone;

/// Is the call accepted that leads on? `None`: none is said to. `scratch` equals `law`.
pub(super) fn on(
    behaviour: &dyn Behaviour,
    law: &State,
    scratch: &mut State,
    one: &Conversion,
) -> Option<Result<(), &'static str>> {
    let next = HalfDone::of(law, one).go_on().first()?;
    let by = hands::account(law, one, next.by)?;
    let call = Call {
        op: hands::call(law, one, next.call)?,
        token: None,
        dry_run: true,
    };
    Some(match behaviour.call(scratch, by, &call, &mut Enumerated::new(0)) {
        Err(error) if !error.is_dry_run() => Err(error.code),
        Ok(_) | Err(_) => Ok(()),
    })
}

/// Do the calls that are said to lead back end where nothing has begun, their outcomes awaited? `None`:
/// none are said to.
pub(super) fn back(behaviour: &dyn Behaviour, law: &State, one: &Conversion) -> Option<bool> {
    let moves = HalfDone::of(law, one).go_back();
    if moves.is_empty() {
        return None;
    }
    let mut law = law.clone();
    for next in moves {
        let call = hands::account(&law, one, next.by).zip(hands::call(&law, one, next.call));
        let accepted = call.is_some_and(|(by, op)| {
            let choices = &mut Enumerated::new(0);
            behaviour.call(&mut law, by, &Call::from(op), choices).is_ok()
        });
        if !accepted {
            return Some(false);
        }
        for outcome in law.outcomes() {
            if outcome.freed().is_none() && outcome.done() != Done::PortExpired {
                behaviour.bring_about(&mut law, outcome);
            }
        }
    }
    Some(matches!(
        HalfDone::of(&law, one),
        HalfDone::NotBegun | HalfDone::BillingOff
    ))
}
