//! Fails where a step was refused that should not have been, or accepted, or refused by another code.

use super::case::{Case, some, thousands};
use super::{Finding, Verdict};
use crate::evidence::StepRecord;
use crate::provision::ErrorCode;
use crate::scenario::plan::StepPlan;

pub(super) fn judge(case: &Case<'_>) -> Finding {
    let (steps, records) = (&case.plan.steps, &case.record.cloud.steps);
    if steps.is_empty() {
        return Finding::new(Verdict::NotApplicable, "the scenario has no provisioning step");
    }
    let wrong: Vec<String> = records.iter().filter_map(|record| departure(case, record)).collect();
    if !wrong.is_empty() {
        let text = format!(
            "{} of {} steps ended otherwise than they should",
            wrong.len(),
            steps.len()
        );
        return Finding::new(Verdict::Fail, text).with(wrong.into_iter().take(24).collect());
    }
    let mut ran = vec![false; steps.len()];
    for record in records {
        if let Some(ran) = ran.get_mut(record.step as usize) {
            *ran = true;
        }
    }
    let never: Vec<&str> = steps
        .iter()
        .zip(&ran)
        .filter(|(_, ran)| !**ran)
        .map(|(step, _)| step.operation.name())
        .collect();
    if !never.is_empty() {
        let text = format!(
            "{} of {} steps never ran: {}",
            never.len(),
            steps.len(),
            some(never.iter().copied())
        );
        return Finding::new(Verdict::Inconc, text);
    }
    let codes: Vec<&str> = records
        .iter()
        .filter_map(|record| record.error.as_ref().map(|(code, _)| code.as_str()))
        .collect();
    let refused = if codes.is_empty() {
        String::new()
    } else {
        format!(", {} of them refused as they should be: {}", codes.len(), some(codes))
    };
    let count = thousands(steps.len() as u64);
    let pending = match case.record.cloud.law.is_settled() {
        true => "",
        false => "; an outcome is still on its way when the run ends",
    };
    Finding::new(
        Verdict::Pass,
        format!(
            "{count} step{}{refused}{pending}",
            if steps.len() == 1 { "" } else { "s" }
        ),
    )
}

fn departure(case: &Case<'_>, record: &StepRecord) -> Option<String> {
    let Some(step): Option<&StepPlan> = case.plan.steps.get(record.step as usize) else {
        return Some(format!("step {} is none of the plan's", record.step));
    };
    let got = record.error.as_ref();
    if got.map(|(code, _)| code.as_str()) == step.expect_error.map(ErrorCode::as_str) {
        return None;
    }
    // Some operations say by a plain answer that a dry run passes: the code stands for that too.
    if step.dry_run && got.is_none() && step.expect_error.is_some_and(ErrorCode::is_dry_run) {
        return None;
    }
    let what = match (got, &step.expect_error) {
        (Some((code, message)), None) => format!("was refused: {code}: {message}"),
        (Some((code, message)), Some(expected)) => format!("was refused by {code} instead of {expected}: {message}"),
        (None, Some(expected)) => format!("was accepted; it should be refused by {expected}"),
        (None, None) => return None,
    };
    Some(format!(
        "line {}: {} by {} at {} {what}",
        step.line,
        step.operation.name(),
        case.account(record.by),
        record.at
    ))
}
