//! The smallest world that still fails in the same way.

use super::draw::DrawnWorld;
use super::trial::{Failure, Oracle, try_draft};
use crate::study::draft::Draft;
use crate::study::shrink::shrink;

/// A failing world, shrunk.
#[derive(Debug, Clone)]
pub struct Minimal {
    /// What is left of it.
    pub draft: Draft,
    /// How it fails now: by the same question, of the same subject or another.
    pub failure: Failure,
    /// How many smaller worlds were tried.
    pub tried: u64,
    /// Nothing more could be taken away; `false`: the trials were used up before that.
    pub is_least: bool,
}

/// Takes away from a world what does not matter to its first failure, within so many trials.
/// `None` where it does not fail.
pub fn minimal(world: &DrawnWorld, most_trials: u64, oracle: Oracle<'_>) -> Option<Minimal> {
    let fails = |draft: &Draft| try_draft(draft, &world.kinds, oracle).failures.into_iter().next();
    let mut failure = fails(&world.draft)?;
    let question = failure.question;
    let shrunk = shrink(&world.draft, most_trials, |draft| match fails(draft) {
        Some(now) if now.question == question => {
            failure = now;
            true
        }
        _ => false,
    });
    Some(Minimal {
        draft: shrunk.draft,
        failure,
        tried: shrunk.tried,
        is_least: shrunk.is_least,
    })
}
