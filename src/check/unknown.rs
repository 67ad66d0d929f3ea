//! What nobody knows: a verdict that needs it is INCONC, whatever the stand-in that was run came to.

use super::assumed::subject;
use super::case::some;
use super::index::Index;
use super::{Field, Finding, Value, Verdict};
use crate::scenario::plan::{Check, UnknownWord};

/// What a check needs to know of a tenant's service.
pub(super) const fn needs(check: &Check) -> &'static [UnknownWord] {
    use UnknownWord::{Account, Address, Circuit, Legacy, Peak, Spec, Tag, VlanId};
    match check {
        Check::Conservation | Check::Storm => &[],
        Check::Isolation => &[Circuit, VlanId, Tag],
        Check::Gating => &[Legacy],
        // Would each call be answered so? That hangs on everything that it is told.
        Check::Provisioning => &[Account, Circuit, VlanId, Spec, Address, Legacy],
        Check::Inheritance => &[VlanId, Spec, Address, Legacy],
        Check::Reachability { .. } | Check::Health { .. } | Check::Resolution { .. } => {
            &[Circuit, VlanId, Tag, Address]
        }
        Check::Continuity { .. } | Check::Sla(_) => &[Circuit, VlanId, Tag, Spec, Address, Peak],
        Check::Bandwidth { .. } => &[Spec, Peak],
        Check::Billing { .. } => &[Account, Legacy, Spec, Peak],
        Check::Attribution { .. } => &[Account, Circuit, VlanId, Tag, Spec, Address, Legacy, Peak],
        Check::Choice { .. } => &[Circuit, Spec],
    }
}

/// Takes a verdict back that needs what nobody knows, and says what that is. A check of the whole run that fails
/// keeps its FAIL: the frames that it found may be of others.
pub(super) fn tell(index: &Index<'_>, check: &Check, finding: &mut Finding) {
    let case = &index.case;
    let whose = subject(case, check);
    let needs = needs(check);
    let missing: Vec<String> = case
        .plan
        .unknown
        .iter()
        .filter(|(tenant, word)| whose.is_none_or(|whose| whose == *tenant) && needs.contains(word))
        .map(|(tenant, word)| format!("{} of {}", word.as_str(), case.tenant(*tenant)))
        .collect();
    let taken_back = match finding.verdict {
        Verdict::Pass => true,
        Verdict::Fail => whose.is_some(),
        Verdict::Inconc | Verdict::Error | Verdict::NotApplicable | Verdict::NotTestable => false,
    };
    if missing.is_empty() || !taken_back {
        return;
    }
    let was = finding.verdict.as_str();
    let names = some(missing.iter().map(String::as_str));
    finding.text = format!("UNKNOWN: {names}; with stand-ins it is {was}: {}", finding.text);
    finding.verdict = Verdict::Inconc;
    finding.values.push(Field::new("unknown", Value::names(missing)));
}
