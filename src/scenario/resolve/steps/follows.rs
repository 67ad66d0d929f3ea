//! Which steps follow which: names become places in the order of steps.

use std::collections::BTreeMap;

use crate::scenario::codes::Code;
use crate::scenario::file::{OutcomeWord, StepItem};
use crate::scenario::issues::Issues;
use crate::scenario::plan::{AfterPlan, Following};
use crate::units::{SimDuration, SimTime};

/// How often a step may be asked after within a run.
const LOOKS_MAX: u64 = 1_000_000;

/// What each step follows, in their order; a step that follows nothing is called at its time.
pub(super) fn resolve(items: &[&StepItem], end: SimTime, issues: &mut Issues) -> Vec<Following> {
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, item) in items.iter().enumerate() {
        let Some(name) = &item.step else { continue };
        if let Some(before) = names.insert(&name.0, at) {
            let text = format!("a step is called `{}` already", name.0);
            let help = format!("the other one stands in line {}", items[before].at.span.line);
            issues.err_help(name.span, Code::DuplicateName, text, help);
        }
    }
    let each = items.iter().enumerate();
    each.map(|(at, item)| one(at, item, &names, end, issues)).collect()
}

fn one(at: usize, item: &StepItem, names: &BTreeMap<&str, usize>, end: SimTime, issues: &mut Issues) -> Following {
    let mut after = Vec::with_capacity(item.after.len());
    for follows in &item.after {
        let name = &follows.step;
        match names.get(&*name.0) {
            Some(step) if *step < at => after.push(AfterPlan {
                step: *step,
                outcome: follows.outcome.as_ref().map_or(OutcomeWord::Done, |word| word.value),
            }),
            Some(_) => issues.err_help(
                name.span,
                Code::TimeOrder,
                format!("`{}` does not stand before the step that follows it", name.0),
                "steps stand in order of `at`, those of one time as written",
            ),
            None => {
                let message = format!("there is no step `{}`", name.0);
                issues.dangling(name.span, message, &name.0, names.keys().copied());
            }
        }
    }
    for (key, span) in [("wait", &item.wait), ("poll", &item.poll)] {
        if let Some(span) = span.as_ref().filter(|_| item.after.is_empty()) {
            let text = format!("a step that follows nothing has no `{key}`");
            issues.err_help(span.span, Code::Needed, text, "say with `after` which step it follows");
        }
    }
    if let Some(poll) = &item.poll {
        let looks = end.as_nanos().checked_div(poll.as_nanos());
        match looks {
            None => issues.err(
                poll.span,
                Code::Zero,
                "who asks for an outcome waits between two questions",
            ),
            Some(looks) if looks > LOOKS_MAX => issues.err(
                poll.span,
                Code::TooMany,
                format!("{looks} questions for one outcome are more than {LOOKS_MAX}"),
            ),
            Some(_) => {}
        }
    }
    Following {
        after,
        wait: item.wait.as_ref().map_or(SimDuration::ZERO, |wait| wait.value),
        poll: item.poll.as_ref().map(|poll| poll.value),
    }
}
