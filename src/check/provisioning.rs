//! Fails where a step was refused that should not have been, or accepted, or refused by another code.

use super::case::{Case, some, thousands};
use super::story::{Names, Outcome, ServiceEnd, Step, service_ends, story};
use super::{Detail, Field, Finding, Value, Verdict};

pub(super) fn judge(case: &Case<'_>) -> Finding {
    if case.plan.steps.is_empty() {
        return Finding::new(Verdict::NotApplicable, "the scenario has no provisioning step");
    }
    let names = Names::new(case);
    let steps = story(case, &names);
    let count = |is: &dyn Fn(&Step<'_>) -> bool| steps.iter().filter(|step| is(step)).count();
    let strange = strangers(case);
    let never = count(&|s| s.outcome == Outcome::NotRun);
    let wrong = count(&|s| s.outcome != Outcome::NotRun && !s.conforms()) + strange.len();
    let refused = count(&|s| s.conforms() && matches!(s.outcome, Outcome::Refused(..)));
    let numbers = [
        ("steps", Value::count(steps.len())),
        ("ended_otherwise", Value::count(wrong)),
        ("never_ran", Value::count(never)),
        ("refused_as_expected", Value::count(refused)),
        ("settled", Value::Flag(case.record.cloud.law.is_settled())),
    ];
    if wrong > 0 {
        let text = format!("{wrong} of {} steps ended otherwise than they should", steps.len());
        let mut details = folded(&steps, &service_ends(case, &names));
        details.extend(strange.into_iter().map(Detail::from));
        return Finding::new(Verdict::Fail, text).told(details).numbers(numbers);
    }
    if never > 0 {
        let calls = steps.iter().filter(|s| s.outcome == Outcome::NotRun);
        let text = format!(
            "{never} of {} steps never ran: {}",
            steps.len(),
            some(calls.clone().map(|s| s.call))
        );
        let details = calls.map(|step| detail(step, "")).collect();
        return Finding::new(Verdict::Inconc, text).told(details).numbers(numbers);
    }
    let pending = match case.record.cloud.law.is_settled() {
        true => "",
        false => "; an outcome is still on its way when the run ends",
    };
    let s = if steps.len() == 1 { "" } else { "s" };
    let text = format!("{} step{s}{}{pending}", thousands(steps.len() as u64), codes(&steps));
    let refused = steps.iter().filter(|step| matches!(step.outcome, Outcome::Refused(..)));
    let details = refused.map(|step| detail(step, "")).collect();
    Finding::new(Verdict::Pass, text).told(details).numbers(numbers)
}

/// Codes of what was refused as it should be.
fn codes(steps: &[Step<'_>]) -> String {
    let refused = steps.iter().filter_map(|step| match &step.outcome {
        Outcome::Refused(code, _) => Some(code.as_str()),
        Outcome::Accepted | Outcome::NotRun => None,
    });
    let codes: Vec<&str> = refused.collect();
    match codes.len() {
        0 => String::new(),
        n => format!(", {n} of them refused as they should be: {}", some(codes)),
    }
}

/// Records of steps that the plan does not have.
fn strangers(case: &Case<'_>) -> Vec<String> {
    let records = case.record.cloud.steps.iter();
    let strange = records.filter(|record| record.step as usize >= case.plan.steps.len());
    strange
        .map(|record| format!("step {} is none of the plan's", record.step))
        .collect()
}

/// What ended otherwise than it should, each followed by what follows from it: later refusals, and
/// how the tenant stands at the end.
fn folded(steps: &[Step<'_>], ends: &[ServiceEnd<'_>]) -> Vec<Detail> {
    let departed = |s: &&Step<'_>| s.outcome != Outcome::NotRun && !s.conforms();
    let mut out = Vec::new();
    for root in steps.iter().filter(departed).filter(|s| s.follows.is_none()) {
        out.push(detail(root, ""));
        let from = steps.iter().filter(departed).filter(|s| s.follows == Some(root.line));
        out.extend(from.clone().map(|step| detail(step, "  so ")));
        let named = |end: &ServiceEnd<'_>| {
            let about = |step: &Step<'_>| {
                step.on
                    .iter()
                    .any(|name| [&end.vbr, &end.port].into_iter().flatten().any(|n| n == name))
            };
            let made = |step: &Step<'_>| {
                step.on
                    .iter()
                    .any(|name| end.unfinished.split(' ').any(|word| word == *name))
            };
            about(root) || made(root) || from.clone().any(|step| about(step) || made(step))
        };
        for end in ends.iter().filter(|end| !end.unfinished.is_empty() && named(end)) {
            let values = vec![
                Field::new("tenant", Value::text(end.tenant)),
                Field::new("unfinished", Value::text(&end.unfinished)),
                Field::new("follows_from_line", Value::label(root.line)),
            ];
            out.push(Detail::new(
                format!("  at the end {} is {}", end.tenant, said(end)),
                values,
            ));
        }
    }
    out
}

/// The state of a service as what its tenant is.
pub(super) fn said(end: &ServiceEnd<'_>) -> String {
    match end.unfinished.as_str() {
        "" => "open".to_owned(),
        legacy if legacy.starts_with("still legacy") => legacy.to_owned(),
        other => format!("without service: {other}"),
    }
}

fn detail(step: &Step<'_>, so: &str) -> Detail {
    let whose = step.tenant.map_or(String::new(), |tenant| format!("{tenant}: "));
    let text = format!(
        "{so}line {}: {whose}{} of {} by {} at {} was {}",
        step.line,
        step.call,
        step.on.join(", "),
        step.by,
        step.at,
        step.told()
    );
    let text = match step.outcome {
        Outcome::NotRun => text.replace(" was never ran", " never ran"),
        Outcome::Accepted | Outcome::Refused(..) => text,
    };
    Detail::new(text, step.values())
}
