//! On which policies a verdict rests, where a call of the run is read by one: a lock, and a conversion.

use super::assumed::subject;
use super::case::Case;
use super::index::Index;
use super::{Field, Finding, Value, Verdict};
use crate::ident::TenantId;
use crate::provision::{BusinessStatus, ConvertSpec, LockEffect, Operation, Policies};
use crate::record::Cause;
use crate::scenario::plan::{Check, StepPlan};

/// A policy that calls of a run are read by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::check) enum Rests {
    /// `lock_effect`.
    Lock,
    /// `convert_spec`.
    Conversion,
}

/// Whose services accepted calls of these kinds were about.
pub(in crate::check) fn touched(case: &Case<'_>) -> Vec<(Rests, TenantId)> {
    let of = |step: &StepPlan| match &step.operation {
        Operation::SetBusinessStatus(lock) if lock.business_status != BusinessStatus::Normal => Some(Rests::Lock),
        Operation::CreateVpconnFromVbr(_) => Some(Rests::Conversion),
        _ => None,
    };
    if !case.plan.steps.iter().any(|step| of(step).is_some()) {
        return Vec::new();
    }
    let steps = case.record.cloud.steps.iter().filter(|step| step.error.is_none());
    let accepted: Vec<Option<Rests>> = steps.map(|step| of(case.plan.steps.get(step.step as usize)?)).collect();
    let mut all = Vec::new();
    for happening in &case.record.cloud.happenings {
        let Cause::Call(call) = happening.cause else { continue };
        if let Some(Some(rests)) = accepted.get(call as usize) {
            all.extend(happening.touched.iter().map(|touched| (*rests, touched.tenant)));
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Says it in a finding, and puts it among its numbers.
pub(super) fn tell(index: &Index<'_>, check: &Check, finding: &mut Finding) {
    let silent = matches!(check, Check::Provisioning | Check::Storm | Check::Choice { .. });
    if silent || finding.verdict == Verdict::NotApplicable || index.rests().is_empty() {
        return;
    }
    let whose = subject(&index.case, check);
    let policies = &index.case.plan.law.premises().policies;
    for rests in [Rests::Lock, Rests::Conversion] {
        let mut touched = index.rests().iter();
        if !touched.any(|(of, tenant)| *of == rests && whose.is_none_or(|whose| whose == *tenant)) {
            continue;
        }
        if let Some((name, value, phrase)) = phrase(rests, policies) {
            finding.text += &format!("; assumed: {phrase} (policy {name})");
            finding.values.push(Field::new(name, Value::Text(value)));
        }
    }
}

/// The policy's name, its value, and what that means; `None`: it changes nothing.
fn phrase(rests: Rests, policies: &Policies) -> Option<(&'static str, String, String)> {
    match rests {
        Rests::Lock => {
            let (value, text) = match policies.lock_effect {
                LockEffect::AtOnce => ("at_once".to_owned(), "a lock stops frames at once".to_owned()),
                LockEffect::After(span) => (
                    format!("after({span})"),
                    format!("a lock stops frames once it has lasted {span}"),
                ),
                LockEffect::None => ("none".to_owned(), "a lock stops no frames".to_owned()),
            };
            Some(("lock_effect", value, text))
        }
        Rests::Conversion => {
            let (value, text) = match policies.convert_spec {
                ConvertSpec::Refuse => return None,
                ConvertSpec::RoundDown => ("round_down", "takes the next spec below"),
                ConvertSpec::RoundUp => ("round_up", "takes the next spec above"),
                ConvertSpec::KeepExact => ("keep_exact", "keeps it"),
            };
            let text = format!("a VBR whose bandwidth no spec is exactly {text} when it is converted");
            Some(("convert_spec", value.to_owned(), text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SimDuration;

    #[test]
    fn what_a_verdict_rests_on_is_told_by_name_and_a_refused_conversion_rests_on_nothing() {
        let mut policies = Policies::default();
        let told = |rests, policies: &Policies| phrase(rests, policies).map(|(_, value, text)| (value, text));
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(
            told(Rests::Lock, &policies),
            pair("at_once", "a lock stops frames at once")
        );
        assert_eq!(told(Rests::Conversion, &policies), None);
        policies.lock_effect = LockEffect::After(SimDuration::from_secs(5));
        policies.convert_spec = ConvertSpec::RoundUp;
        assert_eq!(
            told(Rests::Lock, &policies),
            pair("after(5s)", "a lock stops frames once it has lasted 5s")
        );
        let (value, text) = told(Rests::Conversion, &policies).expect("it changes something");
        assert_eq!(value, "round_up");
        assert!(text.contains("takes the next spec above"), "{text}");
        policies.lock_effect = LockEffect::None;
        assert_eq!(told(Rests::Lock, &policies), pair("none", "a lock stops no frames"));
    }
}
