//! Fails where addresses resolve earlier or later than stated, or more or fewer tenants give up.

use std::collections::BTreeMap;

use super::case::Case;
use super::health::Window;
use super::{Finding, Verdict};
use crate::evidence::NodeChange;
use crate::ident::TenantId;
use crate::units::SimTime;

pub(super) fn judge(
    case: &Case<'_>,
    after: SimTime,
    last_resolved: Option<Window>,
    gave_up: Option<(u32, u32)>,
) -> Finding {
    let mut first: BTreeMap<TenantId, SimTime> = BTreeMap::new();
    let mut failed: BTreeMap<TenantId, SimTime> = BTreeMap::new();
    for noted in case.run.evidence.changes().iter().filter(|n| n.at >= after) {
        if let NodeChange::Arp { tenant, resolved, .. } = noted.change {
            let list = if resolved { &mut first } else { &mut failed };
            list.entry(tenant).or_insert(noted.at);
        }
    }
    if first.is_empty() && failed.is_empty() {
        return Finding::new(Verdict::Inconc, format!("nobody resolved an address after {after}"));
    }
    let last = first.values().max().copied();
    let given = u32::try_from(failed.len()).unwrap_or(u32::MAX);
    let text = format!(
        "after {after} {} tenants resolved their gateway{}, {given} gave up",
        first.len(),
        last.map_or(String::new(), |at| format!(", the last at {at}")),
    );
    let timely = last_resolved.is_none_or(|(from, to)| last.is_some_and(|at| from <= at && at <= to));
    let patient = gave_up.is_none_or(|(least, most)| least <= given && given <= most);
    Finding::new(
        if timely && patient {
            Verdict::Pass
        } else {
            Verdict::Fail
        },
        text,
    )
}
